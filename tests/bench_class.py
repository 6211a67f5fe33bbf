"""Thirty at once, through the page's own queue, as ratios in one run: python -m tests.bench_class

The page is served by `python app.py`, in a process of its own. The thirty are plain HTTP: what their browsers send, and
the event streams that these would read; nothing is drawn. All settings but the seed are those that the page opens with.
Races of different seeds are left after LOOK times what one takes alone: by then each must have been told something. It
takes six minutes on two cores, of which half is waiting until those who have left no longer come back.
"""

from __future__ import annotations

import io
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import count
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from PIL import Image

from tests.bench.measuring import row
from tests.conftest import free_port
from visuals.page.visitors import GRACE
from visuals.wider.examples import EXAMPLES

ROOT = Path(__file__).resolve().parent.parent
CLASS = 30
LOOK = 1.5
PAUSE = 15.0  # seconds in which the server has handed back what visitors have left
PATIENCE = 240.0  # seconds
LAST, LAST_WITHIN = b'"process_completed"', 60  # a run's last message says so in its first bytes

_sessions = count(1)
Message = dict[str, Any]


def asked(address: str, body: dict[str, Any] | None = None) -> Any:
    """The answer of one of the page's addresses, as JSON."""
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(address, data, {"Content-Type": "application/json"}), timeout=PATIENCE) as answer:
        return json.load(answer)


@dataclass
class Seen:
    """What came to one visitor: seconds since the press, and every message of the queue.

    They are read afterwards: thirty browsers do that on thirty machines.
    """

    lines: list[tuple[float, bytes]] = field(default_factory=list)

    @cached_property
    def messages(self) -> list[tuple[float, Message]]:
        return [(at, json.loads(line)) for at, line in self.lines]

    def first(self, of: Callable[[Message], bool]) -> float:
        """When the first such message came; infinite if none did."""
        return next((at for at, message in self.messages if of(message)), float("inf"))

    @property
    def done(self) -> float:
        return self.first(lambda message: message["msg"] == "process_completed")

    def says(self, words: str) -> float:
        return self.first(lambda message: words in json.dumps(message, ensure_ascii=False))


class Served:
    """The page at an address, and its events, which are found by what sets them off."""

    def __init__(self, address: str, process: int):
        self.api, self._process = f"{address}/gradio_api", process
        config = asked(f"{address}/config")
        self._components = {each["id"]: each["props"] for each in config["components"]}
        self._events = config["dependencies"]

    def named(self, elem_id: str) -> int:
        return next(k for k, props in self._components.items() if props.get("elem_id") == elem_id)

    def event(self, elem_id: str, on: str, inputs: int) -> dict[str, Any]:
        """The event of this component that has at least as many inputs."""
        place = self.named(elem_id)
        return next(e for e in self._events if [place, on] in e["targets"] and len(e["inputs"]) >= inputs)

    def values(self, event: dict[str, Any], **changed: Any) -> list[Any]:
        """What a browser sends that has changed these components, by elem_id."""
        new = {self.named(name.replace("_", "-")): value for name, value in changed.items()}
        return [new.get(k, self._components[k].get("value")) for k in event["inputs"]]

    def press(self, event: dict[str, Any], values: list[Any], patience: float = PATIENCE, session: str = "") -> Seen:
        """Joins the queue, and reads until the answer is complete or patience ends: then this visitor leaves."""
        session = session or f"class{next(_sessions)}"
        began, seen = time.perf_counter(), Seen()
        asked(f"{self.api}/queue/join", {"data": values, "fn_index": event["id"], "session_hash": session})
        with suppress(TimeoutError), urlopen(f"{self.api}/queue/data?session_hash={session}", timeout=patience) as news:
            while (now := time.perf_counter() - began) < patience:
                line = news.readline()
                if not line:
                    break  # the line is cut
                if line.startswith(b"data: "):
                    seen.lines.append((now, line[6:]))
                    if LAST in line[:LAST_WITHIN]:
                        break
        return seen

    def leave(self, session: str) -> None:
        """What a browser does that closes the page: its heartbeat, which had begun, ends."""
        with urlopen(f"{self.api}/heartbeat/{session}", timeout=PATIENCE) as beating:
            beating.readline()

    def send(self, picture: bytes) -> str:
        """The path of a file that was uploaded."""
        head = b'--end\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\n'
        body = head + picture + b"\r\n--end--\r\n"
        where = {"Content-Type": "multipart/form-data; boundary=end"}
        with urlopen(Request(f"{self.api}/upload", body, where), timeout=PATIENCE) as answer:
            return json.load(answer)[0]

    @property
    def memory(self) -> int:
        """Bytes that the server holds."""
        pages = Path(f"/proc/{self._process}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")


def at_once(visits: list[Callable[[], Seen]]) -> list[Seen]:
    with ThreadPoolExecutor(len(visits)) as pool:
        return [visit.result() for visit in [pool.submit(visit) for visit in visits]]


def slowest_twentieth(times: list[float]) -> float:
    return sorted(times)[int(0.95 * (len(times) - 1))]


# --- Denoising ------------------------------------------------------------------------------------------------


def has_picture(message: Message) -> bool:
    """Whether a message brings the player frames: the first one of a run, or one that adds to it."""
    found = message.get("output", {}).get("data") or [None]
    return message["msg"] == "process_generating" and "frames" in json.dumps(found[0])


def denoising(page: Served) -> bool:
    press = page.event("journey-go", "click", 5)

    def visit(seed: int) -> Seen:
        return page.press(press, page.values(press, journey_seed=seed))

    visit(999)  # warms up
    alone = statistics.median(visit(1000 + k).done for k in range(3))
    met = True
    for what, seeds, first, whole in (
        ("equal", [2000] * CLASS, 2.0, 0.07),
        ("different", [*range(3000, 3000 + CLASS)], 3.0, 0.35),
    ):
        seen = at_once([partial(visit, seed) for seed in seeds])
        picture = slowest_twentieth([each.first(has_picture) for each in seen])
        done = max(each.done for each in seen)
        name = f"{CLASS} denoise, {what} seeds"
        met &= row(f"{name}: first picture, units of {first:g} s", picture / first, f"{picture:.2f} s", at_most=1.0)
        detail = f"{done:.1f} and {alone:.2f} s"
        met &= row("  all done / 30 times one alone", done / alone / CLASS, detail, at_most=whole)
    return met


# --- Races, and a picture meanwhile ---------------------------------------------------------------------------


def has_points(message: Message) -> bool:
    found = message.get("output", {}).get("data") or []
    return message["msg"] == "process_generating" and "points" in json.dumps(found[2:3])


def races(page: Served) -> bool:
    press, card = page.event("race-go", "click", 5), page.named("race-predict")
    card = page._components[card]["value"] | {"state": "off"}

    def visit(seed: int, patience: float = PATIENCE) -> Seen:
        return page.press(press, page.values(press, race_predict=card, race_seed=seed), patience)

    alone = visit(1000).done
    equal = at_once([partial(visit, 2000)] * CLASS)
    points = [sum(has_points(message) for _, message in each.messages) for each in equal]
    most = max(each.done for each in equal)
    met = row(f"{CLASS} start the default race: all done / one alone", most / alone, f"{most:.1f} s", at_most=1.1)
    met &= row("  fewest news with points / most", min(points) / max(points), f"{min(points)} and {max(points)}", 0.5)
    with ThreadPoolExecutor(1) as pool:
        meanwhile = pool.submit(pictures, page, alone * LOOK)
        seen = at_once([partial(visit, 3000 + k, alone * LOOK) for k in range(CLASS)])
    told = [min(each.says("left"), each.says("wait")) for each in seen]
    late = slowest_twentieth(told)
    met &= row(f"{CLASS} different races: told place or time / one alone", late / alone, f"{late:.1f} s", at_most=0.2)
    shown = slowest_twentieth([each.first(has_points) for each in seen])
    row("  first point / one alone", shown / alone, f"{shown:.1f} s")
    return met & meanwhile.result()


def pictures(page: Served, seconds: float) -> bool:
    """Clicks on pictures of Wider that nobody has chosen yet, one after the other."""
    end, took = time.perf_counter() + seconds, []
    choose = next(e for e in page._events if e["api_name"] == "run" and len(e["inputs"]) == 2)
    time.sleep(seconds / 4)  # the races have begun
    for name in list(EXAMPLES)[1:6]:
        if time.perf_counter() < end:
            took.append(page.press(choose, [name, "tiny"]).done)
    slow = max(took)
    detail = f"{slow:.2f} s, the slowest of {len(took)}"
    return row("  a picture of Wider meanwhile, in units of 2 s", slow / 2, detail, at_most=1.0)


# --- What is left of a visitor --------------------------------------------------------------------------------


def memory(page: Served) -> bool:
    """What the server holds more after visitors who have sent a picture and left, for each."""
    upload = page.event("wider-upload", "upload", 2)
    noise = Image.effect_noise((1600, 1200), 64).convert("RGB")

    def visit() -> None:
        session, file = f"class{next(_sessions)}", io.BytesIO()
        noise.save(file, "JPEG")
        sent = {"path": page.send(file.getvalue()), "meta": {"_type": "gradio.FileData"}}
        seen = page.press(upload, [sent, "tiny"], session=session)
        assert seen.messages[-1][1]["success"], "the picture was not taken"
        page.leave(session)

    held = []
    for visitors in (CLASS, 20):  # a class has been here: what its threads hold, the next one uses again
        for _ in range(visitors):
            visit()
        time.sleep(GRACE + PAUSE)  # until then one may come back
        held.append(page.memory)
    kept = (held[1] - held[0]) / 20
    detail = f"{kept / 1e6:.2f} MB"
    return row("kept of a visitor with a picture who left, in 0.5 MB", kept / 0.5e6, detail, at_most=1.0)


@contextmanager
def served() -> Iterator[Served]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    where = {"GRADIO_SERVER_PORT": str(port), "GRADIO_SERVER_NAME": "127.0.0.1"}
    command = [sys.executable, "app.py"]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | where, stdout=subprocess.DEVNULL)
    try:
        while process.poll() is None:
            try:
                page = Served(address, process.pid)
            except OSError:
                time.sleep(0.2)
            else:
                yield page
                return
        raise RuntimeError("app.py ended before it served")
    finally:
        process.terminate()
        process.wait()


def main() -> int:
    with served() as page:
        met = denoising(page)
        met &= races(page)
        met &= memory(page)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
