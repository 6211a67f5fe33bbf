"""Heads and averages, in tab 2: what three heads say, which gradients they send back, and where the evidence is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr
import numpy as np

from models import artifacts, insight
from models.cost import layer_costs
from models.heads import STATES, evidence, fully_connected, gradients_of_picture
from models.insight import known
from models.runtime import hardware
from visuals import style
from visuals.components.bars import Bars
from visuals.components.chart import Chart, Level, levelled
from visuals.components.overlay import Overlay
from visuals.events import FOLLOWING, after
from visuals.inception import heads_figures as figures
from visuals.inception.examples import picture
from visuals.inception.figures import PREVIEW, jpeg_url, square
from visuals.inception.layout import beside, html, prose
from visuals.inception.look import FIRST_PICTURE, QUICK, Chosen, module_of
from visuals.inception.state import FIRST, LIVE, OPENS_ON, SOURCES
from visuals.live import COMPUTE
from visuals.style import notice

RECORDED = "heads"
STATE_NAMES = dict(zip(SOURCES, STATES, strict=False))  # how the control names the recorded states of the weights


def build(chosen: Chosen) -> dict[str, gr.components.Component]:
    """Put the section into the open gradio context; returns its controls by the names that links give them.

    Raises ArtifactError where the recorded run is missing.
    """
    image, classes = picture(FIRST_PICTURE), [FIRST, *known().classes]
    run, certificate = artifacts.load_run(RECORDED), artifacts.certificate(RECORDED)
    said, shown = show_heads(image, "tiny", style.at_start)
    with beside("heads"):
        status = html(said, elem_id="heads-status")
        bars = Bars(shown, elem_id="heads")
    prose("heads, held out")
    trained = artifacts.certificate(insight.WEIGHTS)
    html(figures.held_out_table(run, trained), elem_id="heads-table", apply_default_css=False)
    gr.HTML(style.recorded(trained, f"how often each is right, at the end of training; {trained.hardware}"))
    html(
        f'<p class="told">{figures.held_out_sentence(run)}</p>'
        + style.recorded(certificate, f"the same answers, from another pass; {certificate.hardware}"),
        elem_id="heads-agree",
    )

    said, shown = show_gradients(OPENS_ON, FIRST, image, "tiny")
    with beside("gradient"):
        source = gr.Radio(list(SOURCES), value=OPENS_ON, label="Weights", elem_id="gradient-source")
        label = gr.Dropdown(
            classes, value=FIRST, label="Class that this picture is taken for", elem_id="gradient-class", visible=False
        )
        gradient_status = html(said, elem_id="gradient-status")
        gradient_chart = Chart(shown, elem_id="gradient")
    prose("gradient, seen", **seen(run))

    said, shown = show_evidence(FIRST, image, "tiny", style.at_start)
    with beside("evidence"):
        of = gr.Dropdown(classes, value=FIRST, label="Class", elem_id="evidence-class")
        evidence_status = html(said, elem_id="evidence-status")
        overlay = Overlay(shown, elem_id="evidence")
    weights = fully_connected()
    network = sum(cost.weights for cost in layer_costs())
    prose("average", WEIGHTS=f"{weights:,}", WHOLE=f"{network:,}", TIMES=f"{weights / network:.1f}")
    gr.HTML(style.paper("Szegedy et al. 2014, section 5: about 0.6 % top-1"))

    quick = {**QUICK, **COMPUTE}
    of_picture = [chosen.image, chosen.known]
    heard = {"fn": show_heads, "inputs": of_picture, "outputs": [status, bars]}
    seen_at = {"fn": show_evidence, "inputs": [of, *of_picture], "outputs": [evidence_status, overlay]}
    measured = {"inputs": [source, label, *of_picture, chosen.map], "outputs": [gradient_status, gradient_chart]}
    chosen.look.change(**heard, **quick)
    for event in (of.change, chosen.look.change):
        event(**seen_at, **quick)
    for event in (source.change, label.change):
        event(show_gradients, **measured, **quick)
    marking = after(chosen.map.choose, chosen.look.change)  # a link may have set the module
    marking(mark_gradients, [gradient_chart, chosen.map], gradient_chart, **FOLLOWING)
    after(source.change)(lambda name: gr.update(visible=name == LIVE), source, label, **FOLLOWING)
    chosen.look.change(follow_gradients, **measured, **quick)
    chosen.known.change(offered, [chosen.known, label, of], [label, of], **FOLLOWING)
    return {"weights": source, "taken": label, "evidence": of}


def show_heads(
    image: np.ndarray, name: str, label: Callable[[str], str] = style.measured
) -> tuple[str, dict[str, Any]]:
    """What the three heads say of the picture, in words and as bars; `label` says when that was found."""
    found, classes = evidence(image, name), known(name).classes
    said = style.told(figures.agreement(found, classes)) + label(hardware("cpu"))
    return said, figures.answers(found, classes)


def show_gradients(source: Any, label: Any, image: np.ndarray, name: str, network_map: Any = None) -> tuple[str, Any]:
    """Gradients by depth: recorded ones of a batch, or those of the picture, measured now; the chosen module marked."""
    marks = figures.marks(module_of(network_map))
    if source in STATE_NAMES:
        return recorded_gradients(source, marks)
    if source != LIVE:
        return notice("Choose one of the weights from the list."), gr.skip()
    try:
        k, taken = class_of(label, image, name)
    except ValueError as error:
        return notice(str(error)), gr.skip()
    lengths, what = gradients_of_picture(image, k, name), f"trained, this picture taken for {taken}"
    said = style.told(figures.gradient_sentence(lengths, what))
    said += style.measured(f"one picture, no dropout; {hardware('cpu')}")
    return said, figures.gradient_chart(lengths, what, marks)


def recorded_gradients(source: str, marks: tuple[Level, ...]) -> tuple[str, dict[str, Any]]:
    """Of one of STATE_NAMES, on held-out pictures."""
    lengths = artifacts.load_run(RECORDED)["gradients"].mean(1)[STATES.index(STATE_NAMES[source])]
    certificate = artifacts.certificate(RECORDED)
    count, size = certificate.config["axes"]["batch"], certificate.config["batch"]
    detail = f"mean over {count} batches of {size} held-out pictures; {certificate.hardware}"
    said = style.told(figures.gradient_sentence(lengths, source)) + style.recorded(certificate, detail)
    return said, figures.gradient_chart(lengths, source, marks)


def follow_gradients(source: Any, label: Any, image: np.ndarray, name: str, network_map: Any) -> tuple[Any, Any]:
    """The same for another picture; what was recorded does not change with it."""
    return show_gradients(source, label, image, name, network_map) if source == LIVE else (gr.skip(), gr.skip())


def mark_gradients(shown: Any, network_map: Any) -> Any:
    """The chart that is shown, with the module marked that is chosen on the map; nothing where it is marked already."""
    marked = levelled(shown or {}, figures.marks(module_of(network_map)))
    return marked if marked != shown else gr.skip()


def show_evidence(
    of: Any, image: np.ndarray, name: str, label: Callable[[str], str] = style.measured
) -> tuple[str, Any]:
    """The class activation map of the chosen class, in words and over the picture; `label` as in `show_heads`."""
    try:
        k, _ = class_of(of, image, name)
    except ValueError as error:
        return notice(str(error)), gr.skip()
    found, classes = evidence(image, name), known(name).classes
    shown = figures.evidence_map(found, k, classes, jpeg_url(grey(square(image, PREVIEW))))
    return style.told(figures.evidence_sentence(found, k, classes)) + label(hardware("cpu")), shown


def offered(name: str, *chosen: Any) -> list[dict[str, Any]]:
    """The lists of classes for another network; a class that it does not know gives way to its own first answer."""
    classes = [FIRST, *known(name).classes]
    return [gr.update(choices=classes, value=one if one in classes else FIRST) for one in chosen]


def grey(image: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8 without its colours, so that those of a map over it can be told."""
    return np.repeat(image.mean(2, keepdims=True).round().astype(np.uint8), 3, axis=2)


def class_of(chosen: Any, image: np.ndarray, name: str) -> tuple[int, str]:
    """Number and name of the chosen class. Raises ValueError, in words, for one that the network does not know."""
    classes = known(name).classes
    if chosen == FIRST:
        k = int(evidence(image, name).logits.argmax())
        return k, classes[k]
    if chosen not in classes:
        raise ValueError("Choose a class from the list: this network does not know the one that was chosen.")
    return classes.index(chosen), chosen


def seen(run: dict[str, np.ndarray]) -> dict[str, str]:
    """What the recorded gradients at 3a are, for the words about them: all losses over the main loss alone."""
    gradients = run["gradients"].mean(1)
    ratio = {state: figures.at_3a(gradients[k]) for k, state in enumerate(STATES)}
    return {
        "TRAINED": figures.number(ratio["trained"]),
        "KAIMING": f"{100 * (ratio['kaiming'] - 1):.0f} %",
        "SMALL": figures.number(ratio["small"]),
        "FADED": figures.number(1 / figures.way(gradients[STATES.index("kaiming")])),
    }
