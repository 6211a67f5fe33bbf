"""How fast it is, as ratios of things measured side by side in one run: python -m tests.bench

Both sides of a ratio are measured in turn, several times, and their medians are divided, so that a slow machine or a
busy one slows both. Takes about ten minutes on two cores.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import app
from models.core import artifacts, runtime
from tests.bench.deeper import live_landscape, live_race, vectorised_seeds
from tests.bench.noisier import denoising, payload, samplers, streaming
from tests.bench.wider import one_picture
from tests.chromium import launched
from tests.small_page import served


@contextmanager
def opened(url: str) -> Iterator:
    """The page in a browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = launched(playwright)
        tab = browser.new_page(viewport={"width": 1280, "height": 720})
        tab.goto(url)
        yield tab
        browser.close()


def main() -> int:
    runtime.use_threads()
    print(f"{runtime.hardware()}, torch {artifacts.packages()['torch']}\n")
    print(f"{'this / that':<58} {'ratio':>7}  {'required':<13} this and that")
    with served(app.build()) as url:
        met = streaming(url)
        with opened(url) as page:
            met &= denoising(page)
    met &= live_race()
    met &= vectorised_seeds()
    met &= live_landscape()
    met &= one_picture()
    met &= payload()
    met &= samplers()
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
