"""The player on a page of its own, with buttons that send it what a run sends."""

from __future__ import annotations

import gradio as gr
import pytest

from tests.components.player.playing import (
    COLOURED,
    FOUR,
    LATER,
    OF_ONE,
    ONE,
    SIXTEEN,
    alone_asked,
    missed,
    probed,
    sent,
)
from tests.small_page import served
from visuals.components.player import Player, message_of_one
from visuals.noisier.journey import films


@pytest.fixture(scope="session")
def url(tmp_path_factory, look_ups):
    with gr.Blocks(analytics_enabled=False) as page:
        quiet = {"show_progress": "hidden"}  # as in the app; else what waits for an answer is dimmed
        player = Player(sent(0, ONE), elem_id="player", server_functions=[films.gif])
        told = gr.HTML(elem_id="told")
        values = {
            "coloured": sent(10, COLOURED),
            "four": sent(20, FOUR),
            "sixteen": sent(30, SIXTEEN),
            "first-half": sent(40, LATER[:7], play=True),
            "second-half": sent(40, LATER[7:], start=7, play=True),
            "late": sent(39, ONE[7:], start=7, play=True),
            "stopped": sent(50, SIXTEEN[:7]),
        }
        for name, value in values.items():
            gr.Button(name, elem_id=name).click(lambda value=value: value, None, player, **quiet)

        def asked(event: gr.EventData) -> str:
            probed.append({name: event._data[name] for name in ("run", "index", "sample", "row", "column")})
            return f"asked {len(probed)}"

        def again(event: gr.EventData) -> dict:
            missed.append((event.run, event.start, event.end))
            return sent(event.run, LATER[event.start : event.end], event.start, play=True)

        def alone(event: gr.EventData) -> dict:
            alone_asked.append((event.run, event.sample))
            return message_of_one(event.run, event.sample, OF_ONE[event.run][event.sample % 2])

        player.alone(alone, None, player, trigger_mode="always_last", **quiet)
        player.probe(asked, None, told, **quiet)
        player.missing(again, None, player, **quiet)
    with served(page) as address:
        yield address


@pytest.fixture
def opened(page, url):
    page.goto(url)
    page.wait_for_selector("#player .player[data-frames='14']")
    return page
