"""What is kept for a visitor stays within its bounds, in bytes and in time, and as long as they are there."""

from __future__ import annotations

import asyncio
import sys
from queue import Queue
from types import SimpleNamespace
from typing import Any

import numpy as np
from anyio.from_thread import start_blocking_portal

import app
from visuals.page import visitors
from visuals.page.visitors import Leavings, Presence, Visitors, bytes_of

ANNA, BEN, CARL = (SimpleNamespace(session_hash=name) for name in ("anna", "ben", "carl"))


def test_everybody_has_a_thing_of_their_own_until_they_leave():
    kept: Visitors[str] = Visitors(len)
    kept.keep(ANNA, "hers")
    kept.keep(BEN, "his")
    assert (kept.of(ANNA), kept.of(BEN), kept.of(CARL)) == ("hers", "his", None)
    kept.forget(ANNA)
    kept.forget(CARL)
    assert (kept.of(ANNA), kept.of(BEN)) == (None, "his")


def test_the_one_that_was_not_asked_for_longest_goes_first():
    kept: Visitors[str] = Visitors(len, most_bytes=8)
    kept.keep(ANNA, "1234")
    kept.keep(BEN, "1234")
    assert kept.of(ANNA)
    kept.keep(CARL, "1234")
    assert (kept.of(ANNA), kept.of(BEN), kept.of(CARL)) == ("1234", None, "1234")


def test_the_newest_is_kept_however_large_it_is():
    kept: Visitors[str] = Visitors(len, most_bytes=2)
    kept.keep(ANNA, "1234")
    assert kept.of(ANNA) == "1234"


def test_what_nobody_asks_for_is_given_up_in_time():
    now = [0.0]
    kept: Visitors[str] = Visitors(len, longest=60, clock=lambda: now[0])
    kept.keep(ANNA, "hers")
    now[0] = 50
    assert kept.of(ANNA)
    now[0] = 100
    assert kept.of(ANNA)
    now[0] = 161
    assert kept.of(ANNA) is None


async def turns_of_the_loop() -> None:
    """What was to be called at once has been."""
    for _ in range(5):
        await asyncio.sleep(0)


def test_whose_heartbeat_is_opened_again_has_not_left():
    presence, ended = Presence(), []
    presence.grace = 0
    left = presence.end_if_left(ended.append)

    async def visits() -> None:
        gone = asyncio.Event()

        async def disconnected() -> dict[str, str]:
            await gone.wait()
            return {"type": "http.disconnect"}

        async def page(scope: Any, receive: Any, send: Any) -> None:
            await receive()
            await left(ANNA)
            await turns_of_the_loop()
            assert ended == [BEN, ANNA]

        scope = {"type": "http", "path": "/gradio_api/heartbeat/anna"}
        again = asyncio.create_task(presence.watched(page)(scope, disconnected, None))
        await turns_of_the_loop()
        for visitor in (ANNA, BEN):  # both heartbeats have dropped, and hers is open again
            await left(visitor)
        await turns_of_the_loop()
        assert ended == [BEN]
        gone.set()
        await again

    with start_blocking_portal() as loop:  # of its own: tests in a browser keep one going in this thread
        loop.call(visits)


def test_whoever_has_left_the_page_leaves_nothing_there():
    page = app.build()
    modules = [module for name, module in sys.modules.items() if name.startswith("visuals.")]
    found = [each for module in modules for each in vars(module).values() if isinstance(each, Visitors)]
    kept = {id(store): store for store in found}
    assert len(kept) >= 5
    for store in kept.values():
        store.keep(ANNA, SimpleNamespace(bytes=0, nets=[]))

    async def leaves() -> None:
        for event in page.fns.values():
            if "unload" in dict(event.targets).values():
                await event.fn(ANNA)
        await turns_of_the_loop()

    with start_blocking_portal() as loop:
        loop.call(leaves)
    assert [store.of(ANNA) for store in kept.values()] == [None] * len(kept)


def test_memory_is_given_back_when_visitors_have_left_but_not_for_each_of_many(monkeypatch):
    given, now = Queue[str](), [0.0]
    monkeypatch.setattr(visitors, "give_back_memory", lambda: given.put("given back"))
    leavings = Leavings(pause=10, clock=lambda: now[0])
    for now[0], gives in ((100.0, True), (101.0, False), (109.0, False), (110.0, True), (150.0, True)):
        leavings.give_back(ANNA)
        assert not gives or given.get(timeout=60)
    assert given.empty()


def test_bytes_of_a_thing_are_those_of_its_arrays():
    thing = SimpleNamespace(a=np.zeros(1000, np.uint8), b={"c": [np.zeros(10, np.float32)]})
    assert bytes_of(thing) == 1040
