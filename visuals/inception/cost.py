"""What the modules cost, in tab 2: Table 1 recounted, and reductions priced for any widths, on paper and in time."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from typing import Any

import gradio as gr

from models.cost import ModuleCost, layer_costs, module_costs, stacked
from models.runtime import hardware
from models.variants import ROUNDS, Round, rounds
from visuals import style
from visuals.components import module_cost as component
from visuals.components.chart import Axis, Chart, Series, chart
from visuals.components.predict import Predict, guesses_of
from visuals.events import AT_ONCE, FOLLOWING, after
from visuals.inception import question, tables
from visuals.inception.layout import beside, html, prose
from visuals.inception.look import FIRST_MODULE, Chosen, module_of
from visuals.inception.state import LIMITS, MOST_MODULES
from visuals.live import LatestRun

OWN = "own widths"
PRESETS = (*module_costs(), OWN)
NAMES = {  # a slider's label, by the field of ModuleCost, in the order of the component
    "c_in": "Input channels",
    "side": "Side of the maps",
    "n1x1": "1×1",
    "n3x3_reduce": "3×3 reduce",
    "n3x3": "3×3",
    "n5x5_reduce": "5×5 reduce",
    "n5x5": "5×5",
    "n_pool": "pool",
}
STACK = 9  # modules, as in the network

WAITING = "What such a module costs appears here once you have answered or skipped the question at the top."

latest = LatestRun()


def build(chosen: Chosen, predict: Predict) -> dict[str, gr.components.Component]:
    """Put the section into the open gradio context; returns its controls by the names that links give them."""
    module = module_costs()[FIRST_MODULE]
    prose("cost")
    table = html(cost_table(FIRST_MODULE), elem_id="wider-cost", apply_default_css=False)
    gr.HTML(style.paper(f"{tables.PAPER}, Table 1: channels and the columns called printed"))
    gr.HTML(style.at_start("the columns called counted, on a forward pass"))
    gr.HTML(style.derived("the last column, from the channels"))
    prose("contradictions")
    gr.HTML(tables.contradictions(layer_costs()), elem_classes="prose")
    prose("contradictions, continued")
    prose("mathematics")
    sliders = _sliders(module, predict)
    stack = _stack(module, sliders)
    _measuring(sliders)
    preset = sliders["preset"]
    preset.input(preset_widths, preset, widths_of(sliders), **FOLLOWING)
    after(chosen.map.choose)(show_module, chosen.map, [table, preset, *widths_of(sliders)], **FOLLOWING)
    chosen.look.change(show_line, chosen.map, table, **FOLLOWING)  # a link may have set the module
    return {"stack": stack} | {name: slider for name, slider in sliders.items() if name != "preset"}


def _sliders(module: ModuleCost, predict: Predict) -> dict[str, gr.components.Component]:
    """The numbers of a module, and what they cost: it follows while a slider is dragged, without the server."""
    with gr.Row():
        with gr.Column(scale=5, min_width=320):
            prose("price")
            preset = gr.Dropdown(list(PRESETS), value=module.name, label="Widths of module", elem_id="cost-preset")
            found: dict[str, gr.components.Component] = {"preset": preset}
            for pair in (("c_in", "side"), ("n1x1", "n_pool"), ("n3x3_reduce", "n3x3"), ("n5x5_reduce", "n5x5")):
                with gr.Row():
                    for name in pair:
                        low, high, step = LIMITS[name]
                        value, label = getattr(module, name), NAMES[name]
                        found[name] = gr.Slider(
                            low, high, value, step=step, label=label, elem_id=f"cost-{name}", min_width=140, buttons=[]
                        )
        with gr.Column(scale=7, min_width=320):
            with gr.Column(elem_classes=style.UNTIL_GUESSED):
                html(style.told(WAITING, announce=False))
            with gr.Column(elem_classes=style.ONCE_GUESSED):
                guess = html("", elem_id="cost-guess")
                priced = component.ModuleCost(component.module_cost(*numbers(module)), elem_id="cost-module")
    predict.guessed(lambda card: question.priced(guesses_of(card, question.ASKED)), predict, guess, **AT_ONCE)
    for slider in widths_of(found):
        for event in (slider.input, slider.change):  # by hand; from a preset or a link
            event(None, widths_of(found), priced, js=component.FROM_SLIDERS, **FOLLOWING)
    after(*(slider.change for slider in widths_of(found)))(preset_of, widths_of(found), preset, **FOLLOWING)
    return found


def _stack(module: ModuleCost, sliders: dict[str, gr.components.Component]) -> gr.Slider:
    """Modules of these widths in a row, with and without reductions."""
    said, channels, weights = show_stack(STACK, *numbers(module))
    with beside("stack"):
        k = gr.Slider(1, MOST_MODULES, STACK, step=1, label="Modules in a row", elem_id="cost-stack")
        status = html(said, elem_id="cost-stack-status")
        with gr.Row():
            with gr.Column(min_width=320):
                channel_chart = Chart(channels, elem_id="cost-stack-channels")
            with gr.Column(min_width=320):
                weight_chart = Chart(weights, elem_id="cost-stack-weights")
    changed = [k.change, *(slider.change for slider in widths_of(sliders))]
    after(*changed)(show_stack, [k, *widths_of(sliders)], [status, channel_chart, weight_chart], **FOLLOWING)
    return k


def _measuring(sliders: dict[str, gr.components.Component]) -> None:
    """Both variants of the module run on request."""
    with beside("measure"):
        with gr.Row():
            go = gr.Button("Measure both on this device", elem_id="cost-go", scale=3, min_width=200)
            stop = gr.Button("Stop", elem_id="cost-stop", scale=1, min_width=80)
        status = html(style.told("Not measured yet.", announce=False), elem_id="cost-measured", apply_default_css=False)
    latest.wire(go, stop, live, widths_of(sliders), [status], status, api_name="module_cost")


def widths_of(sliders: dict[str, gr.components.Component]) -> list[gr.components.Component]:
    """The sliders in the order of NAMES, which is that of the component."""
    return [sliders[name] for name in NAMES]


# --- Table 1 and the presets ---


def show_module(network_map: Any) -> tuple[Any, ...]:
    """The line of the module that is chosen on the map, and its widths."""
    name = module_of(network_map)
    return cost_table(name), name, *preset_widths(name)


def show_line(network_map: Any) -> str:
    """Table 1 with the line marked of the module that is chosen on the map."""
    return cost_table(module_of(network_map))


def cost_table(module: str) -> str:
    return tables.cost_table(layer_costs(), module_costs(), module)


def numbers(module: ModuleCost) -> list[int]:
    """Its numbers in the order of the sliders."""
    return [getattr(module, name) for name in NAMES]


def preset_widths(preset: Any) -> list[Any]:
    """The sliders for a module of the paper; as they are for OWN."""
    found = module_costs()
    return numbers(found[preset]) if preset in found else [gr.skip()] * len(NAMES)


def preset_of(*widths: Any) -> str:
    """The module of the paper that has these widths, if there is one."""
    return next((name for name, module in module_costs().items() if numbers(module) == list(widths)), OWN)


def module_from(widths: tuple[Any, ...]) -> ModuleCost:
    """What the sliders say. Raises ValueError, with a sentence, for what is no such module."""
    for (name, label), value in zip(NAMES.items(), widths, strict=True):
        low, high, _ = LIMITS[name]
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value % 1 or not low <= value <= high:
            raise ValueError(f"{label} must be a whole number from {low} to {high}.")
    return ModuleCost("of these widths", **dict(zip(NAMES, map(int, widths), strict=True)))


# --- modules in a row ---


def show_stack(count: Any, *widths: Any) -> tuple[str, Any, Any]:
    """What `count` modules in a row cost and hand on: a sentence, a chart of channels and one of weights."""
    try:
        if count not in range(1, MOST_MODULES + 1):
            raise ValueError(f"The number of modules must be a whole number from 1 to {MOST_MODULES}.")
        row = stacked(module_from(widths), int(count))
    except ValueError as error:
        return style.notice(str(error)), gr.skip(), gr.skip()
    channels = [(naive.naive_c_out, reduced.c_out) for naive, reduced in row]
    weights = [(sum(n.naive_weights for n, _ in row[:k]), sum(r.weights for _, r in row[:k])) for k in places(row)]
    return stack_sentence(channels, weights), *(
        stack_chart(what, values) for what, values in (("channels handed on", channels), ("weights so far", weights))
    )


def places(row: list[Any]) -> range:
    return range(1, len(row) + 1)


def stack_sentence(channels: list[tuple[int, int]], weights: list[tuple[int, int]]) -> str:
    (wide, narrow), (dear, cheap) = channels[-1], weights[-1]
    behind = "Behind one module" if len(channels) == 1 else f"Behind {len(channels)} modules in a row"
    said = (
        f"{behind} there are {wide:,} channels without reductions and {narrow:,} with them. The weights are "
        f"{dear:,} and {cheap:,}: {dear / cheap:.1f} times as many without."
    )
    return style.told(said) + style.derived("from the widths; weights without biases")


def stack_chart(what: str, values: list[tuple[int, int]]) -> dict[str, Any]:
    """(without, with) after each module, on a logarithmic axis."""
    highest, lowest = max(map(max, values)), min(map(min, values))
    series = (
        Series("naive", "without reductions", "var(--body-text-color-subdued)", dash=True, marker="square"),
        Series("reduced", "with reductions", "var(--primary-600)", marker="circle"),
    )
    points = {s.id: [(k, pair[at]) for k, pair in enumerate(values, 1)] for at, s in enumerate(series)}
    label = f"{what.capitalize()} after each of {len(values)} modules in a row"
    y = Axis(what, 10 ** _digits(lowest), 10 ** (_digits(highest) + 1), log=True)
    run = time.time_ns() // 1_000_000
    note = "Read-outs have three digits."
    return chart(run, label, Axis("modules", 1, max(2, len(values))), y, series, points, note)


def _digits(number: int) -> int:
    return len(str(max(1, number))) - 1


# --- measured ---


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
) -> Iterator[str]:
    """Time and memory of both variants, as they are measured."""
    try:
        module = module_from((c_in, side, n1x1, n3x3_reduce, n3x3, n5x5_reduce, n5x5, n_pool))
    except ValueError as error:
        yield style.notice(str(error))
        return
    yield style.told("Building both variants.", announce=False)
    done: list[Round] = []
    began = time.perf_counter()
    followed = latest.follow(request, rounds(module))
    for event in followed:
        done.append(event)
        yield style.told(f"Pass {event.number} of {ROUNDS} at most, {time.perf_counter() - began:.0f} s.", False)
    if followed.stopped and not done:
        yield style.told("Stopped before the first pass.")
    elif done:
        yield outcome(module, done)


def outcome(module: ModuleCost, done: list[Round]) -> str:
    """Medians and bytes of both variants as a table, and the times in a sentence."""
    naive, reduced = (statistics.median(getattr(one, name) for one in done) for name in ("naive", "reduced"))
    ratio = module.naive_weights / module.weights
    said = (
        f"One picture takes {naive:.2f} ms without reductions and {reduced:.2f} ms with them: {naive / reduced:.1f} "
        f"times as long without, for {ratio:.1f} times the multiply-adds."
    )
    kept = [
        [name, f"{took:.2f}", megabytes(used.peak), megabytes(used.weights)]
        for name, took, used in zip(("without", "with"), (naive, reduced), done[0].memory, strict=True)
    ]
    head = ["reductions", "milliseconds", "maps at once, MB", "weights, MB"]
    passes = (
        f"medians of {len(done)} passes each, in turn; maps at once: the most that the maps of one picture took at one "
        f"moment of a pass, without the input; {hardware()}"
    )
    return style.told(said) + style.table("Time and memory of the module", head, kept) + style.measured(passes)


def megabytes(count: int) -> str:
    return f"{count / 1e6:.2f}"
