"""A long day of the page in minutes: python -m tests.soak [--visits 1000] [--minutes 60]

Visitors without a browser open the page, send a photo, begin short runs and leave, AT_ONCE of them at a time, over a
line that is cut now and then; whoever is cut off asks for the same again, as one who comes back. Nobody may be answered
in the words of Python or gradio, and the server's memory may grow by GROWTH at most after a fifth of the visits.

Before those come a few, and beside them a browser: in the middle of its runs the line is cut, and the server started
anew. Each time what was on the screen must come back, with the end of the run.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPException
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from tests.bench.measuring import row
from tests.bench_class import Seen, Served
from tests.chromium import launched
from tests.conftest import free_port
from tests.relay import Relay

ROOT = Path(__file__).resolve().parent.parent
AT_ONCE = 4
EVERY = 3  # visitors of whom one begins a run
GROWTH = 0.05
STEPS = 300  # of a run that is long enough to be cut in its middle
PATIENCE = 180.0  # seconds for one answer, and for the line or the server to come back
DROPS = {10: 0.3, 100: 10.0}  # after so many visits the line is cut for so many seconds
RAW = re.compile(
    r"Traceback|\w(?:Error|Exception)\b|NoneType|object has no|errored out|Queue is full|\bgradio\b(?![-/.])|"
    r"Internal Server|Not Found|Could not"
)

_sessions = count(1)


class Raw(AssertionError):
    """An answer in words that are not the page's."""


class Day:
    """What happens at an address: the visits so far, those who came back, and the first raw words."""

    def __init__(self, address: str):
        self.address, self.page = address, Served(address, os.getpid())
        self.answers: Counter[str] = Counter()
        noise = Image.effect_noise((1600, 1200), 64).convert("RGB")
        file = io.BytesIO()
        noise.save(file, "JPEG")
        self.photo = file.getvalue()

    def visit(self, number: int) -> None:
        """One, to its end: cut off, a visitor tries again."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                self._visit(number)
            except HTTPError as error:
                said = error.read().decode(errors="replace")
                raise Raw(f"{error.code}: {said[:300]}") from error
            except (OSError, HTTPException, EOFError):
                if time.monotonic() > until:
                    raise
                self.answers["came back"] += 1
                time.sleep(0.2)
            else:
                self.answers["visits"] += 1
                return

    def _visit(self, number: int) -> None:
        session = f"soak{next(_sessions)}"
        with urlopen(f"{self.address}/?tab=wider&at=see", timeout=PATIENCE) as page:
            page.read()
        with urlopen(f"{self.page.api}/heartbeat/{session}", timeout=PATIENCE) as beating:
            beating.readline()
            self._photo(session)
            if number % EVERY == 0:
                self._run(number // EVERY, session)

    def _photo(self, session: str) -> None:
        event = self.page.event("wider-upload", "upload", 2)
        sent = {"path": self.page.send(self.photo), "meta": {"_type": "gradio.FileData"}}
        self._answered("photo", event, [sent, "tiny"], session)

    def _run(self, number: int, session: str) -> None:
        """A short one, each of its own; every tenth is a race."""
        if number % 10:
            event = self.page.event("journey-go", "click", 5)
            self._answered("journey", event, self.page.values(event, journey_steps=5, journey_seed=number), session)
        else:
            event, card = self.page.event("race-go", "click", 5), self.page.named("race-predict")
            off = self.page._components[card]["value"] | {"state": "off"}
            values = self.page.values(event, race_predict=off, race_steps=20, race_seed=number)
            self._answered("race", event, values, session)

    def _answered(self, what: str, event: dict[str, Any], values: list[Any], session: str) -> None:
        seen = self.page.press(event, values, PATIENCE, session)
        for _, message in seen.messages:
            raw = RAW.search(json.dumps(message, ensure_ascii=False))
            if raw:
                raise Raw(f"{what}: {raw[0]} in {json.dumps(message)[:600]}")
        if not ended(seen):
            raise EOFError(what)
        self.answers[what] += 1


def ended(seen: Seen) -> bool:
    return bool(seen.messages) and seen.messages[-1][1]["msg"] == "process_completed"


class Server:
    """`python app.py` on a port, which can be started anew."""

    def __init__(self, folder: Path):
        self.port, self._folder = free_port(), folder
        self.start()

    def start(self) -> None:
        where = {"GRADIO_SERVER_PORT": str(self.port), "GRADIO_SERVER_NAME": "127.0.0.1"}
        with (self._folder / "log").open("a") as log:
            command = [sys.executable, "app.py"]
            self.process = subprocess.Popen(command, cwd=ROOT, env=os.environ | where, stdout=log, stderr=log)

    def restart(self) -> None:
        self.end()
        self.start()

    def end(self) -> None:
        self.process.terminate()
        self.process.wait()

    @property
    def memory(self) -> int:
        """Bytes that it holds; 0 while it is started anew."""
        try:
            pages = Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1]
        except OSError:
            return 0
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    @property
    def log(self) -> str:
        return (self._folder / "log").read_text(encoding="utf-8", errors="replace")


@contextmanager
def served() -> Iterator[tuple[Server, Relay]]:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        relay = Relay(server.port)
        try:
            yield server, relay
        finally:
            relay.close()
            server.end()


def day(server: Server, relay: Relay) -> Day:
    """Once the server answers."""
    while server.process.poll() is None:
        try:
            return Day(f"http://127.0.0.1:{relay.port}")
        except (OSError, HTTPException, ValueError):
            time.sleep(0.2)
    raise RuntimeError(f"app.py ended before it served:\n{server.log[-2000:]}")


def visits(now: Day, server: Server, relay: Relay, numbers: range, seconds: float) -> dict[int, int]:
    """Bytes that the server held after so many of these visits. It gives up when the time is over."""
    end, held = time.monotonic() + seconds, {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        waiting = [pool.submit(now.visit, number) for number in numbers]
        try:
            for done, visit in enumerate(waiting, 1):
                visit.result(max(0, end - time.monotonic()))
                pause = max((seconds for each, seconds in DROPS.items() if done % each == 0), default=0)
                if pause:
                    with relay.cut():
                        time.sleep(pause)
                    now.answers[f"drops of {pause:g} s"] += 1
                if done % max(1, len(numbers) // 20) == 0:
                    held[done] = server.memory
                    print(f"{done} visits: {held[done] / 2**20:.0f} MB, {dict(now.answers)}", flush=True)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return held


# --- What a browser shows ---------------------------------------------------------------------------------------


@contextmanager
def browser() -> Iterator[Page]:
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        started = launched(playwright)
        yield started.new_page()
        started.close()


def interrupted(page: Page, address: str, seed: int, interrupt: Callable[[], None]) -> None:
    """A run of its own with settings of its own, in the middle of which something happens: it comes to its end."""
    page.goto(f"{address}/?tab=noisier&at=journey&steps={STEPS}&seed={seed}")
    page.click("#journey-go")
    status = page.locator("#journey-status")
    expect(status).to_contain_text(f"of {STEPS}, about")
    interrupt()
    expect(status).to_contain_text(f"{STEPS} steps back in")
    expect(page.locator("#player .player")).to_have_attribute("data-frames", re.compile(r"\d{2,}"))
    assert {f"steps={STEPS}", f"seed={seed}"} <= set(page.url.split("&")), f"it came back as {page.url}"
    said = page.locator("body").inner_text()
    assert not RAW.search(said), f"a browser shows {RAW.search(said)}"


def cut(relay: Relay, seconds: float) -> None:
    with relay.cut():
        time.sleep(seconds)


def interruptions(address: str, server: Server, relay: Relay) -> None:
    with browser() as page:
        interrupted(page, address, 1, lambda: cut(relay, 0.3))
        interrupted(page, address, 2, lambda: cut(relay, 10))
        interrupted(page, address, 3, server.restart)


def soak(count_of: int, minutes: float) -> bool:
    with served() as (server, relay):
        early = range(10**6, 10**6 + count_of // 20)
        first = day(server, relay)
        beside = Thread(target=visits, args=(first, server, relay, early, minutes * 60), daemon=True)
        beside.start()
        interruptions(first.address, server, relay)
        beside.join()
        if first.answers["visits"] < len(early):
            raise RuntimeError(f"of {len(early)} visits before those that count, {dict(first.answers)}")
        print(f"a browser came back three times; beside it {dict(first.answers)}", flush=True)
        now = day(server, relay)
        began = time.monotonic()
        held = visits(now, server, relay, range(count_of), minutes * 60)
        took = time.monotonic() - began
        fifth, whole = (held[count_of // 5], held[count_of])
        lines = server.log.count("\n")
        print(f"{count_of} visits in {took / 60:.1f} minutes: {dict(now.answers)}; {lines} lines of log")
        detail = f"{fifth / 2**20:.0f} and {whole / 2**20:.0f} MB, after {count_of // 5} and {count_of} visits"
        return row("growth of the server's memory / 5 %", (whole / fifth - 1) / GROWTH, detail, at_most=1.0)


def main() -> int:
    options = ArgumentParser(description=__doc__)
    options.add_argument("--visits", type=int, default=1000)
    options.add_argument("--minutes", type=float, default=60, help="after which it gives up")
    asked = options.parse_args()
    return 0 if soak(asked.visits, asked.minutes) else 1


if __name__ == "__main__":
    sys.exit(main())
