"""Both variants of a module: what they compute, weigh and keep, and that timing them can be stopped."""

import pytest
import torch

from models.wider import module_timing
from models.wider.cost import ModuleCost, module_costs
from models.wider.module_timing import Memory, built, memory, rounds
from tests import in_fork

SMALL = ModuleCost("small", c_in=8, side=5, n1x1=4, n3x3_reduce=3, n3x3=6, n5x5_reduce=2, n5x5=5, n_pool=7)


@pytest.mark.parametrize("module", [SMALL, *module_costs().values()], ids=lambda module: module.name)
def test_the_built_variants_are_those_that_are_priced(module):
    for variant, weights, channels in zip(
        built(module), (module.naive_weights, module.weights), (module.naive_c_out, module.c_out), strict=True
    ):
        assert sum(p.numel() for p in variant.parameters() if p.dim() > 1) == weights
        with torch.inference_mode():
            out = variant(torch.zeros(1, module.c_in, 7, 7))
        assert out.shape == (1, channels, 7, 7)


def test_the_naive_variant_hands_on_its_pooled_input_last():
    naive, _ = built(SMALL)
    x = torch.rand(1, 8, 5, 5)
    with torch.inference_mode():
        out = naive(x)
    torch.testing.assert_close(out[:, -8:], torch.nn.functional.max_pool2d(x, 3, 1, 1))


def test_memory_is_that_of_weights_and_of_the_fullest_moment():
    """Which is the concatenation: all branches' outputs are there, and they are copied into one."""
    places, x = 4 * 5 * 5, torch.rand(1, 8, 5, 5)  # bytes of a map
    naive, reduced = (memory(variant, x) for variant in built(SMALL))
    assert naive == Memory(4 * (SMALL.naive_weights + 4 + 6 + 5), 2 * places * (4 + 6 + 5 + 8))
    assert reduced == Memory(4 * (SMALL.weights + 4 + 3 + 6 + 2 + 5 + 7), 2 * places * (4 + 6 + 5 + 7))


def test_memory_that_is_given_back_counts_no_more():
    def work(x: torch.Tensor) -> torch.Tensor:
        for _ in range(9):
            x = x + 1  # the one before is dropped
        x.add_(1)  # in its place
        return x.view(-1)

    variant = torch.nn.Module()
    variant.forward = work
    assert memory(variant, torch.zeros(100)) == Memory(0, 2 * 400)


def test_rounds_come_one_after_the_other_also_from_a_fork():
    for found in (list(rounds(SMALL)), in_fork.run(rounds, SMALL)):
        assert [one.number for one in found] == list(range(1, module_timing.ROUNDS + 1))
        assert [one.last for one in found] == [False] * (module_timing.ROUNDS - 1) + [True]
        assert all(one.naive > 0 and one.reduced > 0 for one in found)
        assert {one.memory for one in found} == {tuple(memory(v, torch.rand(1, 8, 5, 5)) for v in built(SMALL))}


def test_slow_modules_get_fewer_rounds(monkeypatch):
    monkeypatch.setattr(module_timing, "BUDGET", 0.0)
    found = list(rounds(SMALL))
    assert [one.last for one in found] == [False] * (module_timing.LEAST - 1) + [True]


def test_closing_ends_it_within_a_round(monkeypatch):
    timed = []
    monkeypatch.setattr(module_timing, "milliseconds", lambda *_: timed.append(1) or 1.0)
    running = rounds(SMALL)
    next(running)
    running.close()
    assert len(timed) == 4  # the uncounted passes and one round
