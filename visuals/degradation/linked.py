"""The tab's link: what it sets when the page opens, and how it is written from what the controls are set to."""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from typing import Any

import gradio as gr

from models.race import Race
from visuals import style
from visuals.components.copy_link import link, no_link
from visuals.degradation import blocks, race, sentences
from visuals.degradation.state import FURTHER, TAB, State, controls_of, state_of
from visuals.linked import LINKED, written
from visuals.links import query, read


def restore(request: gr.Request) -> tuple[Any, ...]:
    """What a link sets.

    Chart, sentence with notices, predict card, whether it asks, the gap, all controls, those of the race and then those
    of FURTHER in its order, and that there was a link.
    """
    if not request.query_params or request.query_params.get("tab", TAB) != TAB:  # the page is as it was built
        return (gr.skip(),) * (6 + len(controls_of(State())) + len(FURTHER))
    state, notices = possible(*read(State, dict(request.query_params), TAB))
    chart, said = race.opening(None, all_shown=not state.predict)
    card = race.question(off=True)
    usual = state.race() == State().race()
    said = "".join(map(style.notice, notices)) + (said if usual else sentences.set_up(state.race()))
    if state.predict:  # as the page was built; by now a quick visitor may have answered the question
        chart, card = gr.skip(), gr.skip()
        said = gr.skip() if usual and not notices else said
    gap = race.compare(None, state.first, state.second)
    return chart, said, card, state.predict, gap, *controls_of(state), *further(state), LINKED


def possible(state: State, notices: list[str]) -> tuple[State, list[str]]:
    """The same where its race can be run; else with the default race, and one more sentence that says so."""
    try:
        state.race()
    except ValueError as error:
        usual = {field.name: getattr(State(), field.name) for field in fields(Race)}
        said = f"The link's race cannot be run: {error}. The race is the usual one instead."
        return replace(state, **usual), [*notices, said]
    return state, notices


def further(state: State) -> list[Any]:
    """The values of the controls of the other sections."""
    values = {name: getattr(state, name) for name in FURTHER}
    values |= {name: float(values[name]) for name in ("deep", "rate", "grid")}
    pair = blocks.pairs(race.kept())[state.inside]
    values["image"] = blocks.to_choose(pair) | {"chosen": state.image - 1}
    values["block"] = gr.update(maximum=blocks.blocks_of(pair), value=min(state.block, blocks.blocks_of(pair)))
    return list(values.values())


def link_of(asks: Any, *settings: Any) -> Any:
    """The link to what the controls are set to, or why there is none.

    What it cannot name has its default in it: a visitor's own nets are at hand only once their race was run again.
    """
    try:
        state = state_of(settings[: -len(FURTHER)])
    except ValueError as error:
        return no_link(f"There is no link to this race: {error}.")
    values = dict(zip(FURTHER, settings[-len(FURTHER) :], strict=True))
    chosen = values["image"].get("chosen") if isinstance(values["image"], dict) else None
    values["image"] = chosen + 1 if type(chosen) is int else 1
    others, _ = read(State, {name: written(value) for name, value in values.items()}, TAB)
    named = {name: value for name, value in asdict(others).items() if name in FURTHER}
    return link(query(replace(state, predict=asks is not False, **named), TAB))
