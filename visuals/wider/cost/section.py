"""Cost: Table 1 recounted, and reductions priced for any widths, on paper and in time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from models.core.runtime import hardware
from models.wider.cost import ModuleCost, layer_costs, module_costs, stacked
from models.wider.module_timing import rounds
from visuals.components import base
from visuals.components import module_cost as component
from visuals.components.chart import Chart
from visuals.components.predict import Predict
from visuals.page import style
from visuals.page.events import AT_ONCE, FOLLOWING, after
from visuals.page.files import Later
from visuals.page.live import LatestRun, new_run, refused, stream
from visuals.page.prose import Prose
from visuals.page.section import Built, Question, Section
from visuals.page.settings import Control, checked, control, declared
from visuals.wider.cost import question, tables, view, words
from visuals.wider.layout import beside, folded, html
from visuals.wider.settings import CostSettings, WiderSettings
from visuals.wider.shared import Shared

OWN = "own widths"
PRESETS = (*module_costs(), OWN)
NAMES = tuple(name for name in declared(CostSettings) if name != "stack")  # of a module, in the component's order
FIRST = ("c_in", "n5x5_reduce", "n5x5")  # those of a branch; the others are folded
OTHERS = ("n1x1", "n3x3_reduce", "n3x3", "n_pool", "side")

latest = LatestRun()
prose = Prose(Path(__file__).with_name("prose.md"))


def build(shared: Shared) -> Built:
    """Put the section into the open gradio context."""
    module = module_costs()[WiderSettings.module]
    sliders, preset, predict, guess = _module(module)
    widths = list(sliders.values())
    after(*(one.change for one in widths))(followed, [predict, *widths], [preset, guess], **FOLLOWING)
    stack = _stack(module, widths)
    _measuring(widths)
    with folded("Why a 1×1 convolution saves so much"):
        prose.show("mathematics")
        prose.show("source")
    with folded("Table 1 of the paper, recounted", elem_id="cost-table-part"):
        prose.show("table")
        table = html(Later(lambda: table_of(WiderSettings.module)), elem_id="cost-table", apply_default_css=False)
        gr.HTML(style.paper(f"{tables.PAPER}, Table 1: channels and the columns called printed"))
        gr.HTML(style.at_start("the columns called counted, on a forward pass"))
        gr.HTML(style.derived("the last column, from the channels"))
        prose.show("contradictions")
        gr.HTML(**base.words(Later(lambda: tables.contradictions(layer_costs()))), elem_classes="prose")
        prose.show("contradictions, continued")

    predict.guessed(priced, [predict, *widths], guess, **AT_ONCE)
    preset.input(preset_widths, preset, widths, **FOLLOWING)
    after(shared.picked.change)(preset_widths, shared.picked, widths, **FOLLOWING)
    shared.module.change(table_of, shared.module, table, **FOLLOWING)
    asked = Question(predict, question.card_of)
    return Built(sliders | {"stack": stack}, completed=completed, question=asked)


def _module(module: ModuleCost) -> tuple[dict[str, Control], gr.Dropdown, Predict, gr.HTML]:
    """What a module costs, and its numbers: the picture follows while a slider is dragged, without the server."""
    found: dict[str, Control] = {}

    def slider(name: str) -> None:
        found[name] = control(CostSettings, name, elem_id=f"cost-{name}", min_width=140, buttons=[])

    with gr.Row(equal_height=False):
        with gr.Column(scale=7, min_width=320):
            with gr.Column(elem_classes=style.UNTIL_GUESSED_HERE):
                html(Path(__file__).with_name("two_ways.svg").read_text(encoding="utf-8"))
                prose.show("two ways")
            with gr.Column(elem_classes=style.ONCE_GUESSED_HERE):
                guess = html("", elem_id="cost-guess")
                priced = component.ModuleCost(component.module_cost(*numbers(module)), elem_id="cost-module")
        with gr.Column(scale=4, min_width=300):
            predict = Predict(question.card_of(), elem_id="cost-predict")
            with gr.Column(elem_classes=style.ONCE_GUESSED_HERE):
                prose.show("price")
                for name in FIRST:
                    slider(name)
                with folded("The other numbers of a module", elem_id="cost-others"):
                    preset = gr.Dropdown(
                        list(PRESETS), value=module.name, label="Widths of module", elem_id="cost-preset"
                    )
                    for name in OTHERS:
                        slider(name)
    sliders = {name: found[name] for name in NAMES}
    widths = list(sliders.values())
    for one in widths:
        for event in (one.input, one.change):  # by hand; from a preset or a link
            event(None, widths, priced, js=component.FROM_SLIDERS, **FOLLOWING)
    return sliders, preset, predict, guess


def _stack(module: ModuleCost, widths: list[Control]) -> gr.Slider:
    """Modules of these widths in a row, with and without reductions."""
    said, channels, weights = show_stack(CostSettings.stack, *numbers(module))
    with folded("Modules in a row", elem_id="cost-stack-part"):
        with beside(prose, "stack"):
            k = control(CostSettings, "stack", elem_id="cost-stack")
            status = html(said, elem_id="cost-stack-status")
        with gr.Row():
            with gr.Column(min_width=320):
                channel_chart = Chart(channels, elem_id="cost-stack-channels")
            with gr.Column(min_width=320):
                weight_chart = Chart(weights, elem_id="cost-stack-weights")
    changed = [k.change, *(slider.change for slider in widths)]
    after(*changed)(show_stack, [k, *widths], [status, channel_chart, weight_chart], **FOLLOWING)
    return k


def _measuring(widths: list[Control]) -> None:
    """Both variants of the module run on request."""
    with folded("Is it also faster?", elem_id="cost-measure-part"), beside(prose, "measure"):
        with gr.Row():
            go = gr.Button("Measure both on this device", elem_id="cost-go", scale=3, min_width=200)
            stop = gr.Button("Stop", elem_id="cost-stop", scale=1, min_width=80)
        status = html(style.told(words.BEFORE, announce=False), elem_id="cost-measured", apply_default_css=False)
    latest.wire(go, stop, live, widths, [status], status, api_name="module_cost")


# --- Table 1 and the presets ---


def table_of(module: str) -> str:
    """Table 1 with the line of a module marked."""
    return tables.cost_table(layer_costs(), module_costs(), module)


def numbers(module: ModuleCost) -> list[int]:
    """Its numbers in the order of the sliders."""
    return [getattr(module, name) for name in NAMES]


def preset_widths(preset: Any) -> list[Any]:
    """The sliders for a module of the paper; as they are for OWN."""
    found = module_costs()
    known = isinstance(preset, str) and preset in found
    return numbers(found[preset]) if known else [gr.skip()] * len(NAMES)


def preset_of(*widths: Any) -> str:
    """The module of the paper that has these widths, if there is one."""
    return next((name for name, module in module_costs().items() if numbers(module) == list(widths)), OWN)


def priced(value: Any, *widths: Any) -> str:
    """What came out of the guess, beside the bars of whatever module is shown."""
    name = preset_of(*widths)
    return question.priced(value, {question.MODULE: "", OWN: "a module of your own widths"}.get(name, f"module {name}"))


def followed(value: Any, *widths: Any) -> tuple[str, str]:
    """What goes along with the numbers of a module: its name in the list, and what is said of the guess."""
    return preset_of(*widths), priced(value, *widths)


def module_from(widths: tuple[Any, ...]) -> ModuleCost:
    """What the sliders say. Raises ValueError, with a sentence, for what is no such module."""
    found = checked(CostSettings, dict(zip(NAMES, widths, strict=True)))
    return ModuleCost("of these widths", **{name: getattr(found, name) for name in NAMES})


def completed(params: dict[str, str]) -> dict[str, str]:
    """A link that names a module and no widths means that module's widths."""
    module = module_costs().get(params.get("module", ""))
    if module is None or any(name in params for name in NAMES):
        return params
    return params | dict(zip(NAMES, map(str, numbers(module)), strict=True))


# --- modules in a row, and measured ---


def show_stack(count: Any, *widths: Any) -> tuple[str, Any, Any]:
    """What `count` modules in a row cost and hand on: a sentence, a chart of channels and one of weights."""
    try:
        row = stacked(module_from(widths), checked(CostSettings, {"stack": count}).stack)
    except ValueError as error:
        return style.notice(str(error)), gr.skip(), gr.skip()
    channels, weights = view.of_stack(row)
    return words.stack(channels, weights), *view.stack_charts(new_run(), channels, weights)


def live(
    c_in: Any,
    side: Any,
    n1x1: Any,
    n3x3_reduce: Any,
    n3x3: Any,
    n5x5_reduce: Any,
    n5x5: Any,
    n_pool: Any,
    request: gr.Request,
) -> Iterator[tuple[Any, ...]]:
    """Time and memory of both variants, as they are measured."""
    try:
        module = module_from((c_in, side, n1x1, n3x3_reduce, n3x3, n5x5_reduce, n5x5, n_pool))
    except ValueError as error:
        yield refused(error, 0)
        return
    yield from stream(latest.follow(request, rounds(module)), view.Measuring(module, hardware()))


SECTION = Section(
    "cost", "Cost", build, heading="What does a module cost?", settings=CostSettings, asks=question.IN_CLASS
)
