"""Where the page is served and seen: what this changes for gradio. Import it first: it prepares the environment."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import socket
import tempfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies

EVERYBODY = "0.0.0.0"
OWN_NAMES = ("localhost", "127.0.0.1", "::1")
# Runs before gradio.
SCRIPT = "".join(Path(__file__).with_name(name).read_text(encoding="utf-8") for name in ("language.js", "line.js"))
# For the page's head. Without the link browsers show the icon of the host's root, where another site may be.
HEAD = '<link rel="icon" href="favicon.ico">'


def without_telemetry() -> None:
    """No request leaves this machine unless somebody presses a button that says so."""
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")


def without_summaries() -> None:
    """After each event gradio would sum up all events so far, for a view of its own; that held up all others 15 ms."""
    os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", str(10**12))


def own_temp_folder() -> None:
    """A folder for what visitors send, removed at the end. Gradio's own is one that all users of a machine share."""
    if not os.environ.get("GRADIO_TEMP_DIR"):
        os.environ["GRADIO_TEMP_DIR"] = folder = tempfile.mkdtemp(prefix="gradio-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)


def past_proxies(found: Mapping[str, str]) -> None:
    """The page asks itself for its first answer, which no proxy can give; `found` as urllib has them, by scheme.

    A proxy that does not speak HTTP is forgotten: nothing here could use it, and httpx would end the program.
    """
    for scheme in ("http", "https", "all"):
        address, name = found.get(scheme, ""), f"{scheme}_proxy"
        if "://" in address and not address.lower().startswith("http"):
            os.environ.pop(name, None)
            os.environ.pop(name.upper(), None)
        elif address:
            os.environ[name] = address  # where it came from the system's settings, these count no more from here on
    excepted, served_at = found.get("no", ""), os.environ.get("GRADIO_SERVER_NAME", "").strip("[]")
    if excepted != "*":
        os.environ["no_proxy"] = ",".join(filter(None, (excepted, *OWN_NAMES, served_at)))


def serve_the_network() -> None:
    """And not this machine alone."""
    os.environ["GRADIO_SERVER_NAME"] = EVERYBODY


def served_at() -> str | None:
    """As gradio's launch takes it; it has read the environment before."""
    return os.environ.get("GRADIO_SERVER_NAME")


def network() -> str:
    """This machine's own number in the network that it serves, "" where it serves itself alone or is in none."""
    return own_number() if served_at() == EVERYBODY else ""


def own_number() -> str:
    """This machine's in its network, "" where it is in none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        try:
            way.connect(("192.0.2.1", 9))  # an address that nobody has, to which nothing is sent
        except OSError:
            return ""
        return way.getsockname()[0]


def address_for_a_class(address: str) -> str:
    """What to tell the teacher, of a page that is served at `address`, as seen from this machine."""
    own = network()
    if not own:
        return "This machine is in no network that a class could share."
    return f"For the class, in the same network: http://{own}:{urlsplit(address).port}/class"


def kept_folder() -> Path:
    """A folder of this user's own that outlives the process: a restart goes on with what lies there."""
    named = os.environ.get("CLASSROOM_DIR")
    folder = Path(named or Path(tempfile.gettempdir()) / f"classroom-{os.getuid() if hasattr(os, 'getuid') else ''}")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    somebody_else_s = not named and hasattr(os, "getuid") and folder.lstat().st_uid != os.getuid()
    return Path(tempfile.mkdtemp(prefix="classroom-")) if somebody_else_s else folder


def end_when_told() -> None:
    """Systems that end a service end it as Ctrl+C would: what visitors have sent is deleted."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


without_telemetry()
without_summaries()
own_temp_folder()
past_proxies(getproxies())
