"""A hundred phones in one room, as plain HTTP: python -m tests.bench_rooms

The rooms are served by a process of their own, without the rest of the page. Each phone asks for news every two
seconds, sends a guess two to twelve seconds after it has seen the question, and reads the outcome. Takes half a minute.
"""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.bench.measuring import row
from tests.bench_class import slowest_twentieth
from tests.conftest import free_port

ROOT = Path(__file__).resolve().parent.parent
PHONES, EVERY = 100, 2.0
SERVE = """
import sys, uvicorn
from pathlib import Path
from tests.classroom.serving import rooms
uvicorn.run(rooms(Path(sys.argv[1])), port=int(sys.argv[2]), log_level="warning")
"""
VALUES = {"plain-56": 50, "residual-56": 5}


@contextmanager
def served() -> Iterator[tuple[str, int]]:
    """Address of the rooms, and the process that serves them."""
    port = free_port()
    address = f"http://127.0.0.1:{port}/class"
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen([sys.executable, "-c", SERVE, folder, str(port)], cwd=ROOT)
        try:
            while process.poll() is None:
                try:
                    httpx.get(f"{address}/questions")
                except httpx.TransportError:
                    time.sleep(0.2)
                else:
                    yield address, process.pid
                    return
            raise RuntimeError("the rooms ended before they were served")
        finally:
            process.terminate()
            process.wait()


def seconds_of(process: int) -> float:
    """Of a processor that this process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def phone(client: httpx.AsyncClient, room: str, k: int, seen: dict[str, list[float]]) -> int:
    """Follows the room to the outcome; notes when it saw each phase, and returns the bytes that came."""
    who, came, news, phase = {"Learner": f"{k:032x}"}, 0, 0, ""
    (await client.put(f"{room}/learner", headers=who)).raise_for_status()
    while phase != "reveal":
        answer = await client.get(f"{room}/news", params={"since": news}, headers=who)
        came += len(answer.content)
        if answer.status_code == 200:
            found = answer.json()
            news = found["news"]
            if found["phase"] != phase:
                phase = found["phase"]
                seen.setdefault(phase, []).append(time.perf_counter())
            if phase == "ask":
                await asyncio.sleep(random.uniform(2, 12))
                sent = {"round": found["round"], "values": VALUES}
                (await client.put(f"{room}/guess", headers=who, json=sent)).raise_for_status()
        await asyncio.sleep(EVERY)
    return came


async def lesson(address: str, process: int) -> bool:
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=None), timeout=30) as client:
        opened = (await client.post(f"{address}/rooms")).json()
        room, leader, seen = f"{address}/rooms/{opened['code']}", {"Leader": opened["secret"]}, {}
        began, used = time.perf_counter(), seconds_of(process)
        phones = [asyncio.create_task(phone(client, room, k, seen)) for k in range(PHONES)]
        joined = 0
        while joined < PHONES:
            joined = (await client.get(f"{room}/lead", headers=leader)).json()["joined"]
            await asyncio.sleep(0.1)
        await asyncio.sleep(3 * EVERY)
        asked = time.perf_counter()
        await client.put(f"{room}/question", headers=leader, json={"question": "deeper/race", "round": 1})
        arrived = 0
        while arrived < PHONES:
            await asyncio.sleep(EVERY)
            arrived = (await client.get(f"{room}/lead", headers=leader)).json()["in"]
        for phase in ("closed", "reveal"):
            await client.put(f"{room}/phase", headers=leader, json={"to": phase})
        revealed = time.perf_counter()
        came = await asyncio.gather(*phones)
        took, busy = time.perf_counter() - began, seconds_of(process) - used
    met = True
    for what, phase, since in (("question", "ask", asked), ("outcome", "reveal", revealed)):
        waited = [at - since for at in seen[phase]]
        slow, detail = slowest_twentieth(waited), f"{max(waited):.2f} s at most"
        met &= row(f"{PHONES} phones: the {what} is there, slowest twentieth, in 2 s", slow / 2, detail, at_most=1.0)
    met &= row("  share of a core, in halves", busy / took / 0.5, f"{busy:.1f} s of {took:.0f} s", at_most=1.0)
    row("  news of one phone, kB", statistics.mean(came) / 1000, f"{max(came):,} bytes at most")
    return met


def main() -> int:
    with served() as (address, process):
        return 0 if asyncio.run(lesson(address, process)) else 1


if __name__ == "__main__":
    sys.exit(main())
