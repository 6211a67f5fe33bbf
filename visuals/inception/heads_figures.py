"""What tab 2 shows and says of the three heads, their gradients, and the class activation map."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np

from models.artifacts import Certificate
from models.googlenet import Heads
from models.heads import LINES, LOSSES, Evidence
from visuals.components.bars import Kind, Panel, bars
from visuals.components.chart import Axis, Level, Series, chart
from visuals.components.overlay import overlay
from visuals.inception.surgery_figures import percent, share
from visuals.style import table

TOP = 3
NAMES = {"main": "main head", "aux_4d": "head after 4d", "aux_4a": "head after 4a"}
KINDS = {
    "main": Kind("main head", "solid", "var(--primary-600)"),
    "aux_4d": Kind("auxiliary head after 4d", "hollow", "var(--body-text-color)"),
    "aux_4a": Kind("auxiliary head after 4a", "dashed", "var(--body-text-color)"),
}
CURVES = {
    "main": Series("main", "main loss alone", "var(--primary-600)", marker="circle"),
    "aux_4d": Series("aux_4d", "0.3 × loss after 4d", "var(--body-text-color-subdued)", dash=True, marker="triangle"),
    "aux_4a": Series("aux_4a", "0.3 × loss after 4a", "var(--body-text-color-subdued)", dash=True, marker="square"),
    "all": Series("all", "all three", "var(--body-text-color)", width=3, marker="diamond"),
}
SHORT = {"conv1": "1", "conv2": "2", "linear": "out"}  # names of lines that fit below a narrow chart
ABOUT = 1.25  # gradients that differ by a smaller factor are called about equal


# --- what the heads say ---


def answers(found: Evidence, classes: tuple[str, ...]) -> dict[str, Any]:
    """Value of the Bars: every class that is among the three likeliest of some head, the main head's order."""
    heads = {head: found.heads[head] for head in NAMES if head in found.heads}
    named = {int(k) for p in heads.values() for k in np.argsort(-p)[:TOP]}
    rows = tuple(
        (classes[k], tuple(percent(p[k]) for p in heads.values()))
        for k in sorted(named, key=lambda k: -found.heads["main"][k])
    )
    kinds = tuple(KINDS[head] for head in heads)
    return bars("What the heads say of this picture", kinds, (Panel("Probability", "", rows),))


def agreement(found: Evidence, classes: tuple[str, ...]) -> str:
    """Whether the heads agree on this picture, in one sentence."""
    first = {head: int(p.argmax()) for head, p in found.heads.items()}
    whole = "; ".join(
        f"{name}: {classes[first[head]]}, {share(found.heads[head].max())}"
        for head, name in NAMES.items()
        if head in first
    )
    if len(first) == 1:
        return f"This network has no trained auxiliary heads. {whole[0].upper()}{whole[1:]}."
    agree = "All heads agree" if len(set(first.values())) == 1 else "The heads disagree"
    return f"{agree} on this picture. {whole[0].upper()}{whole[1:]}."


def held_out_table(run: dict[str, np.ndarray], trained: Certificate) -> str:
    """Accuracy of every head, and how often each gives the main head's first answer."""
    answers = dict(zip(Heads._fields, run["answers"], strict=True))
    rows = [
        [
            NAMES[head],
            f"{trained.metrics[f'{head}_top1']:.1f} %",
            f"{trained.metrics[f'{head}_top5']:.1f} %",
            "" if head == "main" else share((answers[head] == answers["main"]).mean()),
        ]
        for head in NAMES
    ]
    title = f"The three heads on {len(run['labels']):,} held-out pictures"
    return table(title, ["head", "first answer right", "among its five", "same answer as main head"], rows)


def held_out_sentence(run: dict[str, np.ndarray]) -> str:
    """What agreement tells about being right."""
    answers, labels = run["answers"], run["labels"]
    agree = (answers == answers[0]).all(0)
    right = answers[Heads._fields.index("main")] == labels
    return (
        f"All three give the same answer for {share(agree.mean())} of the pictures. Where they agree, the main head is "
        f"right in {share(right[agree].mean())}; where they do not, in {share(right[~agree].mean())}."
    )


# --- gradients ---


def marks(module: str) -> tuple[Level, ...]:
    """The chosen module as an upright line in the chart."""
    return (Level("chosen on the map", LINES.index(module) + 1, "var(--primary-500)", upright=True),)


def gradient_chart(lengths: np.ndarray, what: str, levels: tuple[Level, ...] = ()) -> dict[str, Any]:
    """Lengths (losses, lines) by depth, on a logarithmic axis; NaN where a loss does not reach."""
    known = lengths[np.isfinite(lengths) & (lengths > 0)]
    low, high = (known.min(), known.max()) if known.size else (0.1, 1)
    bottom, top = 10 ** math.floor(math.log10(low)), 10 ** math.ceil(math.log10(high * 1.01))
    y = Axis("length of the gradient", bottom, top, log=True)
    x = Axis("layer", 0.5, len(LINES) + 0.5, names=tuple(SHORT.get(line, line) for line in LINES))
    points = {
        loss: [(k, float(f"{v:.4g}")) for k, v in enumerate(row, start=1) if np.isfinite(v)]
        for loss, row in zip(LOSSES, lengths, strict=True)
    }
    series = tuple(CURVES[loss] for loss in LOSSES if points[loss])
    note = (
        "1 and 2: the convolutions before the modules. out: the linear layer. An auxiliary loss reaches no layer "
        "behind its head. The axis goes in powers of ten."
    )
    return chart(time.time_ns() // 1_000_000, f"Gradient by depth, {what}.", x, y, series, points, note, levels)


def gradient_sentence(lengths: np.ndarray, what: str) -> str:
    """What reaches 3a with and without the auxiliary losses, and how the main loss alone fares on its way there."""
    at = LINES.index("3a")
    main, everything = (lengths[LOSSES.index(loss)] for loss in ("main", "all"))
    ratio, kept = at_3a(lengths), way(lengths)
    change = f"{number(ratio)} times as much" if ratio >= ABOUT or ratio < 1 else f"{100 * (ratio - 1):.0f} % more"
    said = (
        "about as strong as at 5b"
        if 1 / ABOUT < kept < ABOUT
        else f"{number(kept)} times as strong as at 5b"
        if kept > 1
        else f"{number(1 / kept)} times weaker than at 5b"
    )
    both = f"With both auxiliary losses it is {number(everything[at])}, {change}."
    if np.isnan(lengths[LOSSES.index("aux_4a"), at]):
        both = "This network has no trained auxiliary heads."
    alone = f"at 3a the main loss alone gives a gradient of length {number(main[at])}"
    return f"{what[0].upper()}{what[1:]}: {alone}, {said}. {both}"


def way(lengths: np.ndarray) -> float:
    """Length of the main loss's gradient at 3a over that at 5b."""
    main = lengths[LOSSES.index("main")]
    return float(main[LINES.index("3a")] / main[LINES.index("5b")])


def at_3a(lengths: np.ndarray) -> float:
    """Length of the gradient at 3a with all losses over that with the main loss alone."""
    at = LINES.index("3a")
    return float(lengths[LOSSES.index("all"), at] / lengths[LOSSES.index("main"), at])


def number(value: float) -> str:
    """Three digits; very small and very large ones with a power of ten."""
    value = float(value)
    if not math.isfinite(value) or value == 0:
        return "0" if value == 0 else "no finite number"
    exponent = math.floor(math.log10(abs(value)))
    if -3 <= exponent < 4:
        return f"{value:,.{max(0, 2 - exponent)}f}"
    raised = str(exponent).replace("-", "⁻").translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{value / 10**exponent:.1f} · 10{raised}"


# --- where the evidence is ---


def evidence_map(found: Evidence, k: int, classes: tuple[str, ...], picture: str) -> dict[str, Any]:
    """Value of the Overlay: the class activation map of class `k`; `picture` is a data URL of what it lies over."""
    values = found.maps[k]
    name = f"What speaks for and against {classes[k]}, by place in the picture"
    limit = max(0.1, float(np.abs(found.maps[k]).max()))
    return overlay(name, picture, values, limit, ("against", "for"))


def evidence_sentence(found: Evidence, k: int, classes: tuple[str, ...]) -> str:
    """The sum, with its numbers, and what of it is negative."""
    values = found.maps[k]
    total, against = values.sum(), values[values < 0].sum()
    sides = (
        "No place speaks against it."
        if against == 0
        else "No place speaks for it."
        if against == total
        else f"For it: {signed(total - against)}; against it: {signed(against)}."
    )
    return (
        f"{classes[k][0].upper()}{classes[k][1:]}: the {values.size} places sum to {signed(total)}. With the bias "
        f"{signed(found.bias[k])} this is the logit {signed(found.logits[k])}, and after the softmax a probability of "
        f"{share(found.heads['main'][k])}. {sides}"
    )


def signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")
