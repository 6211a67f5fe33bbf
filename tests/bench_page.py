"""How light the page is, beside an empty Gradio page with three tabs in the same run: python -m tests.bench_page."""

from __future__ import annotations

import gzip
import os
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import gradio as gr
from playwright.sync_api import Browser, Page, TimeoutError, sync_playwright

import app
from models.core import runtime
from tests.bench.measuring import row, seconds, side_by_side
from tests.chromium import launched
from tests.conftest import free_port

ROOT = Path(__file__).resolve().parent.parent
LINKS = {"10 Mbit/s, 40 ms": (10e6 / 8, 40), "1.6 Mbit/s, 150 ms": (1.6e6 / 8, 150)}  # bytes a second, milliseconds
SLOWED = 4  # times, the processor
ROUNDS = 3
PATIENCE = 60_000  # ms
TRIES = 3  # the browser's slowed line sometimes stands still: all has been sent, and it does not read it
IMPORTS = "import gradio, torch"  # what any page like this one has to load
# A picture of our page: a canvas, a drawing or a picture within an open section, before gradio is there or after.
PICTURE = """() => [...document.querySelectorAll('SECTION .html-container')].some(element =>
    element.checkVisibility({ visibilityProperty: true }) && element.querySelector('canvas, svg, img'))"""
BEFORE, AFTER = "#first-screen [data-twin=stage]", "#lessons .tabitem .tabitem"
ANY, GRADIO_S, SIGNAL = (PICTURE.replace("SECTION", at) for at in (f":is({BEFORE}, {AFTER})", AFTER, "#deeper-signal"))
USABLE = f"() => !document.getElementById('first-screen') && ({GRADIO_S})()"
IN_USE = "until it can be used"
READY = "() => document.querySelector('[role=tabpanel] p, [role=tabpanel] .prose')"


@dataclass(frozen=True)
class Visit:
    seconds: float  # until the first picture
    bytes: float  # until then
    elements: int


def empty() -> gr.Blocks:
    with gr.Blocks(analytics_enabled=False) as page:
        for name in ("One", "Two", "Three"):
            with gr.Tab(name):
                gr.Markdown(name)
    return page


@contextmanager
def served(page: gr.Blocks, **options: object) -> Iterator[str]:
    where = {"server_name": "127.0.0.1", "server_port": free_port(), "prevent_thread_lock": True, "quiet": True}
    _, address, _ = page.launch(**options, **where)
    yield address
    page.close(verbose=False)


def throttled(page: Page, speed: tuple[float, float]) -> list[float]:
    """Slows a page's network and processor; returns the sizes of what arrives, as it arrives, in bytes."""
    devtools, sizes = page.context.new_cdp_session(page), []
    devtools.send("Network.enable")
    down, latency = speed
    limits = {"offline": False, "latency": latency, "downloadThroughput": down, "uploadThroughput": down}
    devtools.send("Network.emulateNetworkConditions", limits)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
    devtools.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    return sizes


def visit(page: Page, address: str, until: str, speed: tuple[float, float]) -> Visit:
    sizes, began = throttled(page, speed), time.perf_counter()
    page.goto(address, wait_until="commit", timeout=PATIENCE)
    page.wait_for_function(until, timeout=PATIENCE)
    took = time.perf_counter() - began
    return Visit(took, sum(sizes), page.evaluate("document.querySelectorAll('*').length"))


def visits(browser: Browser, address: str, until: str, speed: tuple[float, float]) -> tuple[Visit, Visit]:
    """A first visit and, with what its browser has kept, a second."""
    for _ in range(TRIES):
        context = browser.new_context(viewport={"width": 1280, "height": 720})
        try:
            first, second = (visit(context.new_page(), address, until, speed) for _ in range(2))
            return first, second
        except TimeoutError:
            print(f"No picture of {address} within {PATIENCE / 1000:.0f} s", flush=True)
        finally:
            context.close()
    raise TimeoutError(f"no picture of {address} at {TRIES} visits")


def median(found: list[Visit], of: Callable[[Visit], float]) -> float:
    return statistics.median(map(of, found))


def compressed(address: str) -> int:
    with urllib.request.urlopen(address, timeout=60) as answer:
        return len(gzip.compress(answer.read(), 6))


def opening(browser: Browser, address: str) -> float:
    """Seconds until a section that was never opened shows its heading and first picture, on the faster link."""
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.goto(f"{address}?tab=deeper&predict=off", timeout=PATIENCE)
    page.wait_for_function(USABLE, timeout=PATIENCE)
    throttled(page, LINKS["10 Mbit/s, 40 ms"])
    began = time.perf_counter()
    page.evaluate("document.dispatchEvent(new CustomEvent('open-section', {detail: {tab: 'deeper', at: 'signal'}}))")
    page.wait_for_function(SIGNAL, timeout=PATIENCE)
    took = time.perf_counter() - began
    page.close()
    return took


def compare(browser: Browser, ours: str, bare: str) -> bool:
    size = compressed(ours)
    met = row("HTML of the page, compressed, in units of 120 kB", size / 120e3, f"{size:,} bytes", at_most=1.0)
    for name, speed in LINKS.items():
        limit = 1.6 if speed[0] > 1e6 else 2.0
        pages = {"empty": (bare, READY)} | {
            name: (f"{ours}?tab={one.name}", until)
            for one in app.LESSONS
            for name, until in ((one.name, ANY), (f"{one.name} {IN_USE}", USABLE))
        }
        found: dict[str, list[tuple[Visit, Visit]]] = {page: [] for page in pages}
        for _ in range(ROUNDS):
            for page, (address, until) in pages.items():
                found[page].append(visits(browser, address, until, speed))
        base = median([first for first, _ in found["empty"]], lambda v: v.seconds)
        for page, taken in found.items():
            first, again = [one for one, _ in taken], [two for _, two in taken]
            took, came = median(first, lambda v: v.seconds), median(first, lambda v: v.bytes)
            warm, elements = median(again, lambda v: v.bytes), median(first, lambda v: v.elements)
            if page == "empty":
                print(f"empty page, {name}: {took:.1f} s, {came / 1e6:.2f} MB, warm {warm / 1e6:.2f} MB", flush=True)
                continue
            if page.endswith(IN_USE):
                row(f"{page} / empty page, {name}", took / base, f"{took:.1f} s")
                met &= row("  elements, in units of 1,500", elements / 1500, f"{elements:,.0f}", at_most=1.0)
                continue
            met &= row(f"{page}: first picture / empty page, {name}", took / base, f"{took:.1f} s", at_most=limit)
            met &= row("  bytes until then, in MB", came / 1e6, f"{came:,.0f}", at_most=1.0)
            met &= row("  the same with a warm cache, in units of 0.25 MB", warm / 250e3, f"{warm:,.0f}", at_most=1.0)
    took = statistics.median(opening(browser, ours) for _ in range(ROUNDS))
    return met & row("a section opened for the first time, in units of 1.5 s", took / 1.5, f"{took:.2f} s", at_most=1.0)


def app_start() -> float:
    """Seconds from `python app.py` to the first answer."""
    port = free_port()
    environment = os.environ | {"GRADIO_SERVER_PORT": str(port), "GRADIO_SERVER_NAME": "127.0.0.1"}
    start = time.perf_counter()
    served = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        while served.poll() is None:
            with suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10).read()
                return time.perf_counter() - start
            time.sleep(0.05)
        raise RuntimeError("app.py ended before it served")
    finally:
        served.terminate()
        served.wait()


def bare_imports() -> float:
    return seconds(lambda: subprocess.run([sys.executable, "-c", IMPORTS], cwd=ROOT, check=True))


def start() -> bool:
    took = side_by_side(ROUNDS, app=app_start, imports=bare_imports)
    detail = f"{took['app']:.1f} and {took['imports']:.1f} s"
    return row(f"`python app.py` to its first answer / `{IMPORTS}`", took["app"] / took["imports"], detail, at_most=1.3)


def main() -> int:
    runtime.use_threads()
    with served(app.build(), **app.LAUNCH) as ours, served(empty()) as bare, sync_playwright() as playwright:
        met = compare(launched(playwright), ours, bare)
    return 0 if met & start() else 1


if __name__ == "__main__":
    sys.exit(main())
