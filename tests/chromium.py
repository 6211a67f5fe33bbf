"""Which Chromium the tests use, and how they open and forget its pages."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

NO_BROWSER = (
    "no Chromium found: install it with `apt-get install chromium-headless-shell` (Debian), `apt-get install chromium` "
    "(Ubuntu) or `python -m playwright install chromium`, and run again"
)
# The headless shell is the same engine without the browser around it, and opens a page for two thirds of the work.
NAMES = ("chromium-headless-shell", "/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--process-per-site",
]


def chromium(default: str) -> str | None:
    """Path of a Chromium: the system's, else Playwright's own at `default`."""
    return next(filter(None, map(shutil.which, NAMES)), None) or (default if Path(default).exists() else None)


def launched(playwright: Any) -> Any:
    """A Chromium. Without one a sentence ends the program."""
    path = chromium(playwright.chromium.executable_path)
    return playwright.chromium.launch(executable_path=path, args=FLAGS) if path else sys.exit(NO_BROWSER)


def new_context(browser: Any, options: dict[str, Any]) -> Any:
    """A context with an empty page that stays open, and with it the process that has compiled what every page needs."""
    context = browser.new_context(**options)
    stays = context.new_page()
    stays.route("**/*", lambda route: route.fulfill(body=""))
    stays.goto("http://127.0.0.1/")
    return context


def visited(context: Any) -> list[Any]:
    """The pages of a `new_context` but the one that stays."""
    return context.pages[1:]


def forget(page: Any) -> None:
    """Close a page, and forget what it has kept."""
    if page.url.startswith("http"):
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(page.url))
        devtools = page.context.new_cdp_session(page)
        devtools.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
    page.close()
