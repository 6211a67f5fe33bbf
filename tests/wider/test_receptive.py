"""Receptive fields: the arithmetic against brute force, and the gradient against differences."""

import copy
import random

import numpy as np
import pytest
import torch
from torch import nn

from models.wider import activations, receptive
from models.wider.googlenet import BRANCHES, INCEPTIONS, GoogLeNet
from models.wider.receptive import Field, fields, influence
from visuals.wider.examples import picture

MODULES = [row.name for row in INCEPTIONS]


def seen_along(x: torch.Tensor, activation: torch.Tensor) -> list[int]:
    """The columns of x (1, C, H, W) whose pixels move the activation."""
    (gradient,) = torch.autograd.grad(activation, x, retain_graph=True)
    return gradient.abs().sum((0, 1, 2)).nonzero().flatten().tolist()


@pytest.mark.parametrize("seed", range(6))
def test_any_chain_of_windows_sees_what_the_arithmetic_says(seed):
    """Convolutions with positive weights and mean pooling: nothing that a position can see leaves it unmoved."""
    rng, field, layers = random.Random(seed), Field(), []
    for _ in range(4):
        kernel, stride, pooled = rng.choice((1, 3, 5, 7)), rng.choice((1, 1, 2)), rng.random() < 0.4
        if pooled:
            layers.append(nn.AvgPool2d(kernel, stride))
            field = field.pooled(kernel, stride)
        else:
            layers.append(nn.Conv2d(1, 1, kernel, stride, padding=kernel // 2))
            nn.init.constant_(layers[-1].weight, 1 / kernel**2)
            field = field.through(kernel, stride)
    x = torch.ones(1, 1, 160, 160, dtype=torch.float64, requires_grad=True)
    out = nn.Sequential(*layers).double()(x)
    for position in (0, 3, out.shape[-1] // 2):
        first, end = field.pixels(position)
        assert seen_along(x, out[0, 0, out.shape[2] // 2, position]) == list(range(max(first, 0), min(end, 160)))


@pytest.fixture(scope="module")
def positive() -> tuple[torch.Tensor, dict[str, torch.Tensor], GoogLeNet]:
    """A GoogLeNet in which every pixel that can count does, the outputs of its stages, and a long, low picture."""
    network = GoogLeNet(2, 80).double().eval()
    for weight in network.parameters():
        nn.init.constant_(weight, 1 / max(1, weight[0].numel()) if weight.ndim > 1 else 0.0)
    network.pool = nn.AvgPool2d(3, 2, ceil_mode=True)  # max pooling would hand a gradient to one pixel only
    for module in network.inceptions.values():
        module.pool = nn.AvgPool2d(3, 1, 1)
    x = torch.rand(1, 3, 40, 1024, dtype=torch.float64, generator=torch.Generator().manual_seed(0)).requires_grad_()
    return x, {"picture": x} | dict(network.stages(x)), network


@pytest.mark.parametrize("module", ["3a", "3b", "4a", "4e", "5a", "5b"])
def test_every_branch_sees_what_the_arithmetic_says(positive, module):
    x, out, network = positive
    before = list(out)[list(out).index(module) - 1]
    branches = network.inceptions[module].branches(out[before])
    for branch, field in fields()[module].items():
        middle = branches[branch].shape[-1] // 2
        first, end = field.pixels(middle)
        assert 0 < first < end < 1024, "the picture is wide enough to show both ends"
        assert seen_along(x, branches[branch][0, 0, 0, middle]) == list(range(first, end))


def test_fields_grow_from_module_to_module_and_with_the_window():
    found = fields()
    assert list(found) == MODULES
    assert [found["3a"][branch].size for branch in BRANCHES] == [27, 43, 59, 43]
    for module in found.values():
        sizes = [module[branch].size for branch in ("1x1", "3x3", "5x5")]
        assert sizes == sorted(set(sizes))
    assert fields(widest=3)["3a"]["5x5"] == found["3a"]["3x3"]
    assert fields(last_pool=2)["5a"]["1x1"].size == found["5a"]["1x1"].size - found["4e"]["1x1"].jump


@pytest.fixture(scope="module")
def lion() -> activations.Pass:
    return activations.run(picture("lion"))


def strongest(of: activations.Pass, module: str, branch: str) -> tuple[int, tuple[int, int]]:
    maps = of.maps(module)[branch]
    side = maps.pixels.shape[1]
    return int(maps.channels[0]), divmod(int(maps.pixels[0].argmax()), side)


@pytest.mark.parametrize(("module", "branch"), [("3a", "5x5"), ("4c", "pool"), ("5b", "3x3")])
def test_the_gradient_is_what_small_changes_of_pixels_do(lion, module, branch):
    used = activations.trained()
    network = copy.deepcopy(used.network).double()
    x = activations.enter(torch.from_numpy(lion.seen).permute(2, 0, 1)[None], used).double()
    channel, at = strongest(lion, module, branch)
    found = influence(network, x, module, branch, channel, at)
    assert found.shape == x.shape[2:]

    def activation(x: torch.Tensor) -> torch.Tensor:
        before = x
        for name, out in network.stages(x):
            if name == module:
                return network.inceptions[module].branches(before)[branch][0, channel][at]
            before = out

    checked = 0
    for place in found.flatten().argsort(descending=True)[[0, 5, 10, 15, 20]]:
        row, column = divmod(int(place), x.shape[3])
        step = torch.zeros_like(x).repeat(3, 1, 1, 1)
        step[range(3), range(3), row, column] = 1e-6
        with torch.no_grad():
            there = activation(x)
            up, down = (
                torch.stack([activation(x + s) - there for s in sign * step[:, None]]) / sign / 1e-6 for sign in (1, -1)
            )
        if torch.allclose(up, down, rtol=1e-3, atol=1e-6):  # no pooling changes its mind just here
            torch.testing.assert_close(((up + down) / 2).norm(), found[row, column], rtol=1e-3, atol=0)
            checked += 1
    assert checked


@pytest.mark.parametrize("branch", BRANCHES)
def test_no_pixel_outside_the_field_moves_it(lion, branch):
    channel, (row, column) = strongest(lion, "3a", branch)
    found = activations.influence(lion, "3a", branch, channel, (row, column))
    (top, bottom), (left, right) = (fields()["3a"][branch].pixels(position) for position in (row, column))
    inside = np.zeros(found.shape, bool)
    inside[max(top, 0) : bottom, max(left, 0) : right] = True
    assert found[inside].max() > 0
    assert (found[~inside] == 0).all()


def test_an_activation_that_is_off_is_moved_by_no_pixel(lion):
    maps = lion.maps("4a")["3x3"]
    rank, row, column = np.argwhere(lion.outputs["4a"][192:400][maps.channels] == 0)[0]
    assert not activations.influence(lion, "4a", "3x3", int(maps.channels[rank]), (int(row), int(column))).any()


def test_the_weights_are_left_without_gradients(lion):
    activations.influence(lion, "3a", "1x1", 0, (0, 0))
    assert all(weight.grad is None for weight in activations.trained().network.parameters())
    assert receptive.fields() == activations.trained().fields
