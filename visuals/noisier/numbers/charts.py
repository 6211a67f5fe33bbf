"""The charts of the numbers: plain values and recorded arrays in, chart values out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from models.noisier.forward import BINS, LINEAR, LOOKED_AT, SCHEDULES, Compared, Histograms, crossing
from visuals.components.chart import Axis, Moments, Series, chart

T = LINEAR.steps
TIMES = sorted({1, *range(5, T + 1, 5), *(t + k for t in map(crossing, SCHEDULES.values()) for k in (0, 1))})
TIME = Axis("t", 0, T)
SIGNAL, NOISE = "var(--role-signal)", "var(--role-noise)"
CURVES = (Series("linear", "linear", SIGNAL), Series("cosine", "cosine", NOISE, dash=True))
# Table 4: reverse step T - t + 1, rate in bits per dimension, RMSE on the scale of 0 to 255
TABLE_4 = (
    (100, 0.00000, 67.60125),
    (200, 0.00013, 60.97170),
    (300, 0.00081, 54.18826),
    (400, 0.00282, 46.12765),
    (500, 0.00716, 38.03236),
    (600, 0.01507, 30.80948),
    (700, 0.02866, 24.43656),
    (800, 0.05415, 18.47482),
    (900, 0.11994, 12.02277),
    (1000, 1.77581, 0.95136),
)
NETWORKS = (Series("cifar10", "ours, CIFAR-10", SIGNAL), Series("mnist", "ours, MNIST", SIGNAL, dash=True))
PAPER = Series("paper", "paper, CIFAR-10", NOISE, marker="diamond")
Run = dict[str, np.ndarray]


def schedule_charts() -> list[dict[str, Any]]:
    """beta, alpha_bar and SNR of both schedules over t, with cursors that go along with the player."""
    beta = {name: _over_time(schedule.beta) for name, schedule in SCHEDULES.items()}
    left = {name: _over_time(schedule.alpha_bar) for name, schedule in SCHEDULES.items()}
    snr = {name: _over_time(schedule.snr) for name, schedule in SCHEDULES.items()}
    equal = Series("equal", "", "var(--body-text-color)", marker="circle", line=False)
    crossings = {"equal": [(crossing(schedule) + 0.5, 1.0) for schedule in SCHEDULES.values()]}
    beta_axis, left_axis = Axis("βₜ", 1e-5, 1, log=True), Axis("ᾱₜ", 0, 1, decimals=4)
    snr_axis, both = Axis("SNR = ᾱₜ / (1 − ᾱₜ)", 1e-9, 1e5, log=True), (*CURVES, equal)
    shown: dict[str, Any] = {"clock": True, "start": crossing(LINEAR)}
    return [
        chart(1, "β by t: the variance that a step adds.", TIME, beta_axis, CURVES, beta, **shown),
        chart(1, "ᾱ by t: the share of the picture’s variance.", TIME, left_axis, CURVES, left, **shown),
        chart(1, "Signal-to-noise ratio by t.", TIME, snr_axis, both, snr | crossings, **shown),
    ]


def histogram_chart(run: int, measured: Histograms) -> dict[str, Any]:
    """Pixels of x_t beside the standard normal, t by a slider."""
    middles = (BINS[1:] + BINS[:-1]) / 2
    normal = [(round(float(x), 3), round(float(np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)), 4)) for x in middles]
    moments: Moments = [
        (t, {"pixels": [(x, round(float(d), 4)) for (x, _), d in zip(normal, density, strict=True)], "normal": normal})
        for t, density in zip(LOOKED_AT, measured.density, strict=True)
    ]
    return chart(
        run,
        "How often the pixels of this picture have each value at time t, beside a standard normal.",
        Axis("value of a pixel", -4, 4, decimals=2),
        Axis("density", 0, max(1.2, 1.05 * float(measured.density.max())), decimals=3),
        (Series("pixels", "pixels of xₜ", SIGNAL), Series("normal", "N(0, 1)", NOISE, dash=True)),
        {},
        moment="t",
        moments=moments,
    )


def both_ways_chart(run: int, events: list[Compared]) -> dict[str, Any]:
    """Mean and spread of the pixels of x_t, in one go and by steps."""
    compared = [event for event in events if event.scores]
    points = {
        f"{what} {way}": [(event.t, round(getattr(event, way)[k], 5)) for event in compared]
        for way in ("closed", "steps")
        for k, what in enumerate(("mean", "std"))
    }
    return chart(
        run,
        "Mean and standard deviation of the pixels by t, by the closed form and by single steps.",
        TIME,
        Axis("pixel value", -1.2, 1.2, decimals=4),
        (
            Series("std closed", "standard deviation, closed form", SIGNAL),
            Series("std steps", "standard deviation, by steps", SIGNAL, dash=True, marker="circle", every=4),
            Series("mean closed", "mean, closed form", NOISE),
            Series("mean steps", "mean, by steps", NOISE, dash=True, marker="square", every=4),
        ),
        points,
        start=crossing(LINEAR),
    )


def error_chart(runs: dict[str, Run]) -> dict[str, Any]:
    """RMSE of the predicted clean picture over the way back, beside Table 4."""
    ours = {
        name: [(T + 1 - t, round(float(run["rmse"][t]), 3)) for t in sorted(_some(), reverse=True)]
        for name, run in runs.items()
    }
    return chart(
        1,
        "Error of the predicted clean picture by step of the way back.",
        Axis("T − t + 1, step of the way back", 0, T),
        Axis("RMSE of predicted x₀, 0 to 255", 0, 80, decimals=2),
        (*NETWORKS, PAPER),
        ours | {"paper": [(step, error) for step, _, error in TABLE_4]},
        start=T / 2,
    )


def bits_chart(runs: dict[str, Run]) -> dict[str, Any]:
    """What each time adds to the bound."""
    points = {name: [(t, float(f"{run['bits'][t]:.4g}")) for t in _some() if t > 1] for name, run in runs.items()}
    return chart(
        1,
        "Bits per dimension that each time adds to the bound.",
        Axis("t", 1, T, log=True),
        Axis("L at t − 1, bits per dimension", 1e-7, 1, log=True),
        NETWORKS,
        points,
        start=T / 100,
    )


def rate_chart(runs: dict[str, Run]) -> dict[str, Any]:
    """Rate and distortion (Fig. 5): what is known after so many bits."""
    ours = {}
    for name, run in runs.items():
        known = rates(run)
        ours[name] = [
            (round(float(known[t]), 4), round(float(run["rmse"][t]), 3)) for t in sorted(_some(), reverse=True)
        ]
    return chart(
        1,
        "Error of the predicted clean picture by the bits that were spent.",
        Axis("rate, bits per dimension", 0, 2, decimals=4),
        Axis("RMSE of predicted x₀, 0 to 255", 0, 80, decimals=2),
        (*NETWORKS, replace(PAPER, line=False)),
        ours | {"paper": [(rate, error) for _, rate, error in TABLE_4]},
        note="Diamonds: the ten points of the paper’s Table 4.",
    )


def rates(run: Run) -> np.ndarray:
    """(T + 1,) bits per dimension after which x_t is known: L_T and the transitions above t."""
    transitions = run["bits"][::-1].cumsum()[::-1]  # from t to T
    return float(run["prior"].mean()) + np.append(transitions[1:], 0)


def _some() -> list[int]:
    """Times t >= 1, denser where they are small."""
    return sorted({*range(1, 20), *range(20, 100, 4), *range(100, T + 1, 10), *(T + 1 - step for step, *_ in TABLE_4)})


def _over_time(values: Any) -> list[tuple[int, float]]:
    return [(t, float(f"{values[t].item():.6g}")) for t in TIMES]
