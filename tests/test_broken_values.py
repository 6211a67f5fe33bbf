"""Broken values, as no browser sends them but anybody can, for every input of every event that the page has."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import gradio as gr
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from gradio.state_holder import SessionState

import app
from models.wider import imagenet
from visuals.page.events import Refusal

# The first FEW are enough for each of many inputs.
BROKEN = (
    None, [], {}, {"__type__": "update", "value": 1}, 5, 10**400,
    -1, 10**30, float("nan"), float("inf"), True, [None], "", "5",
    "∞" * 500, {"chosen": None}, {"run": "5"}, {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}},
)  # fmt: skip
FEW, MANY = 6, 6
DATA = (None, 5, [], {}, {"run": None}, {"index": 10**30}, {"run": 0, "start": -1, "sample": "a", "tab": 5})


@pytest.fixture(scope="module")
def page() -> Iterator[gr.Blocks]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("visuals.deeper.race.section.download_cifar10", _offline)
        patch.setattr(imagenet, "fetch", _offline)
        yield app.build()


def _offline(*_: object) -> Any:
    raise Refusal("a test asks nobody")


def sent(block: Any) -> Any:
    """By a browser in which nobody has touched it."""
    return copy.deepcopy(block.value)


def events(page: gr.Blocks) -> list[Any]:
    return [
        event for event in page.fns.values() if event.fn is not None and "unload" not in dict(event.targets).values()
    ]


async def answer(page: gr.Blocks, state: SessionState, event: Any, inputs: list[Any], carried: Any) -> Any:
    """The first value that comes, as gradio's own processing gives it to a browser."""
    request = gr.Request(session_hash="broken", query_params={})
    target = page.blocks.get(event.targets[0][0]) if event.targets else None
    found = await page.process_api(
        event, inputs, state, request, session_hash="broken", event_data=gr.EventData(target, carried)
    )
    if found["iterator"] is not None:
        await found["iterator"].aclose() if hasattr(found["iterator"], "aclose") else None
    return found["data"]


def tries(event: Any) -> Iterator[tuple[str, list[Any], Any]]:
    usual = [sent(block) for block in event.inputs]
    listens = any("EventData" in str(kind) for kind in getattr(event.fn, "__annotations__", {}).values())
    for carried in DATA if listens else ():
        yield f"carries {carried!r:.40}", copy.deepcopy(usual), carried
    for place, block in enumerate(event.inputs):
        if not isinstance(block, gr.State):
            for broken in BROKEN if len(usual) <= MANY else BROKEN[:FEW]:
                yield (
                    f"input {place} is {broken!r:.40}",
                    [*usual[:place], copy.deepcopy(broken), *usual[place + 1 :]],
                    {},
                )


def test_broken_values_are_answered_or_refused_in_our_words(page):
    with start_blocking_portal() as loop:  # a loop of its own: tests in a browser keep one going in this thread
        send_all(page, loop)


def send_all(page: gr.Blocks, loop: BlockingPortal) -> None:
    found, count, state = {}, 0, SessionState(page)
    for event in events(page):
        for what, inputs, carried in tries(event):
            count += 1
            try:
                values = loop.call(answer, page, state, event, inputs, carried)
            except Refusal:
                continue
            except Exception as error:
                found.setdefault(f"{event.name} of {event.targets}: {type(error).__name__}: {str(error)[:90]}", what)
                continue
            assert not any(value == {"__type__": "update", "value": 1} for value in values), f"{event.name}: {what}"
    assert count > 1000
    assert not found, "\n".join(f"{error} ({what})" for error, what in found.items())
