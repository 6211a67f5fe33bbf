"""The samplers side by side: the same noises, each row its sampler, and what is said of them."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from models.core import artifacts
from models.noisier import denoise, images, judge
from models.noisier.diffusion.sampling import DPMSolver, ddim_step, p_sample, sample
from models.noisier.diffusion.schedule import respace
from models.noisier.reverse_chains import rmse
from models.noisier.samplers import GUIDANCE, STEPS, WAYS, Comparison, compare
from visuals.components.pictures import data_url
from visuals.noisier.samplers import section, view, words

RULES = {"ddpm": lambda: p_sample, "ddim": lambda: ddim_step, "dpm++": DPMSolver}
SHORT = Comparison(label=4, seed=5, count=2)


def test_every_row_is_its_sampler_from_the_same_noise():
    ways = tuple((sampler, 3) for sampler in RULES)
    rows = [row for row in compare(SHORT, ways) if row.finished]
    predict = denoise.predictor(denoise.network("mnist"), torch.tensor([4, 4]), GUIDANCE)
    for row, rule in zip(rows, RULES.values(), strict=True):
        rng = torch.Generator().manual_seed(5)
        xT = torch.randn(2, 1, 32, 32, generator=rng)
        *_, last = sample(respace(denoise.TRAINED_ON, 3), predict, xT, rng, rule())
        expected = np.stack([images.to_image(x) for x in last.x_before])
        assert np.abs(row.pictures.astype(int) - expected).max() <= 1
        assert row.seen == tuple(judge.recognise("mnist", picture) for picture in row.pictures)


def test_every_step_is_one_call_of_the_network():
    calls = []
    hook = denoise.network("mnist").register_forward_hook(lambda *_: calls.append(1))
    events = list(compare(Comparison(count=1), (("ddpm", 3), ("dpm++", 2))))
    hook.remove()
    assert len(calls) == len(events) == 5


@pytest.mark.parametrize(
    ("wrong", "says"),
    [({"network": "x"}, "network"), ({"label": 10}, "class"), ({"seed": -1}, "seed"), ({"count": 101}, "noises")],
)
def test_what_cannot_be_compared_is_refused_in_a_sentence(wrong, says):
    with pytest.raises(ValueError, match=rf"{says}.*\.$"):
        Comparison(**wrong)


@pytest.mark.parametrize("network", denoise.NETWORKS)
def test_the_recorded_rows_are_those_of_the_run(network):
    run, certificate = artifacts.load_run(f"samplers-{network}"), artifacts.certificate(f"samplers-{network}")
    later, _, table, said = view.recorded(run, certificate, network, judge.classes(network))
    shown = later.get()
    label, count = certificate.config["label"], certificate.config["count"]
    right = (run["classes"] == label).sum(1)
    few, many = (run["pictures"][WAYS.index(("ddpm", steps))].astype(float) for steps in (STEPS[0], STEPS[-1]))
    assert f"DDPM’s pictures differ by {((few - many) ** 2).mean() ** 0.5:.0f}, in part because" in said
    far = {name: run["pictures"][[WAYS.index((name, steps)) for steps in (STEPS[0], STEPS[-1])]] for name in RULES}
    others = {name: rmse(*far[name]) for name in ("ddim", "dpm++")}
    nearest = min(others, key=others.get)
    assert f"{words.NAMES[nearest]} needs the fewest steps: in 5 it comes within {others[nearest]:.0f} grey" in said
    assert len(shown["new"]) == len(WAYS) * count
    assert [row["title"].split(",")[0] for row in shown["rows"][: len(STEPS)]] == ["DDPM"] * len(STEPS)
    counts = dict(zip(WAYS, right, strict=True))
    for way, row in zip(words.SHOWN, shown["rows"], strict=True):
        steps, hits = way[1], counts[way]
        assert f"{hits} of {count} read as asked. {steps} network calls" in row["note"]
        assert (row["short"] == "") == (steps == STEPS[-1])
    apart = {way: row["short"] for way, row in zip(words.SHOWN, shown["rows"], strict=True)}
    first = next(cell for cell in shown["new"] if (cell["row"], cell["column"]) == (len(STEPS), 0))
    assert first["src"] == data_url(run["pictures"][WAYS.index(words.SHOWN[len(STEPS)])][0])
    for sampler, steps in WAYS[: -len(RULES)]:
        here, goal = (run["pictures"][WAYS.index((sampler, k))].astype(float) for k in (steps, STEPS[-1]))
        assert apart[sampler, steps] == f"Δ {((here - goal) ** 2).mean() ** 0.5:.0f}"
    assert "Δ: grey levels (root mean square) from the same sampler’s 50 steps" in shown["legend"]
    for numbers in certificate.metrics.values():
        assert f"{numbers['read_as_asked']:.0f} %" in table


def test_the_recorded_solver_comes_nearest_to_its_goal():
    """What the section teaches holds for the shipped networks, or its words must change."""
    for network in denoise.NETWORKS:
        metrics = artifacts.certificate(f"samplers-{network}").metrics
        for steps in STEPS:
            far = {sampler: metrics[f"{sampler} {steps}"]["distance_to_goal"] for sampler in RULES}
            assert far["dpm++"] < far["ddim"] < far["ddpm"]


def test_the_callback_ends_with_the_numbers_and_refuses_in_a_sentence(monkeypatch):
    few = WAYS[: len(RULES)]
    monkeypatch.setattr(section, "WAYS", few)
    for module in (section, words):
        monkeypatch.setattr(module, "SHOWN", few)
    monkeypatch.setattr(words, "STEPS", STEPS[:1])
    visitor = SimpleNamespace(session_hash="sides")
    *_, (shown, said) = section.live("mnist", "3", 2, visitor)
    assert said.startswith('<p class="told" role="status">Asked for 3. DDIM needs the fewest steps: in 5')
    assert "measured now" in said
    assert all("5 network calls, " in row["note"] for row in shown["rows"])
    ((_, refused),) = section.live("mnist", "3", None, visitor)
    assert "must be a whole number" in refused
