"""Inside a block: its maps, the responses of all layers, and what a net loses with a block."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from models.core.resnet import ResNet
from models.deeper.block import drop, drops, look, responses
from models.deeper.nets import images


def some_net(skip: bool, norm: bool = True, depth: int = 14) -> ResNet:
    """A net whose batch norms are not at their first values, as after training, and that has many answers."""
    generator = torch.Generator().manual_seed(4)
    network = ResNet(depth, skip, 4, 1, generator=generator, norm=norm)
    for _, bn in network.layers():
        if norm:
            nn.init.uniform_(bn.weight, 0.5, 1.5, generator=generator)
            nn.init.normal_(bn.bias, generator=generator)
    with torch.no_grad():
        network(images("digits")[0][:200])  # moves the running statistics
        network.linear.bias -= network.eval()(images("digits")[0]).mean(0)
    return network


@torch.no_grad()
def answers(network: ResNet, x: torch.Tensor) -> torch.Tensor:
    """What the net itself says (N,). Taken as the truth, every answer that a change turns over is a mistake."""
    return network(x).argmax(1)


@pytest.fixture
def test_set():
    _, _, x, y = images("digits")
    return x, y


@pytest.mark.parametrize("norm", [True, False])
@pytest.mark.parametrize("block", range(6))
def test_maps_of_a_block_are_what_hooks_see(test_set, block, norm):
    """x from the block before, F(x) from the last batch norm, and F(x) + x by Eq. 1 and its ReLU."""
    network, (x, _) = some_net(skip=True, norm=norm), test_set
    seen = {}
    network.blocks[block].register_forward_hook(lambda b, i, o: seen.update(x=i[0][0].numpy(), out=o[0].numpy()))
    network.blocks[block].bn2.register_forward_hook(lambda b, i, o: seen.update(residual=o[0].numpy()))
    with torch.no_grad():
        network(x[7:8])
    maps = look(network, x[7], block)
    np.testing.assert_allclose(maps.x, seen["x"], rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(maps.residual, seen["residual"], rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(np.maximum(maps.h, 0), seen["out"], rtol=1e-5, atol=1e-5)
    if maps.x.shape == maps.h.shape:
        np.testing.assert_allclose(maps.h, maps.residual + maps.x, rtol=1e-5, atol=1e-5)
    else:  # option A: every second pixel, new channels zero
        halved = maps.x[:, ::2, ::2]
        np.testing.assert_allclose(maps.h[: len(halved)], maps.residual[: len(halved)] + halved, rtol=1e-5, atol=1e-5)
        np.testing.assert_array_equal(maps.h[len(halved) :], maps.residual[len(halved) :])


def test_a_plain_block_has_no_sum(test_set):
    network = some_net(skip=False)
    maps = look(network, test_set[0][0], 1)
    assert maps.h is None
    with torch.no_grad():
        entering = look(network, test_set[0][0], 2).x
    np.testing.assert_allclose(np.maximum(maps.residual, 0), entering, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("skip", [False, True])
@pytest.mark.parametrize("norm", [False, True])
def test_responses_are_the_spread_of_what_hooks_see(test_set, skip, norm):
    network, (x, _) = some_net(skip, norm), test_set
    convolutions = [m for m in network.modules() if isinstance(m, nn.Conv2d)]
    of = [m for m in network.modules() if isinstance(m, nn.BatchNorm2d)] if norm else convolutions
    assert len(of) == 13
    seen = []
    for module in of:
        module.register_forward_hook(lambda m, i, output: seen.append(output.numpy().astype(np.float64).std()))
    with torch.no_grad():
        network(x)
    expected = list(seen)
    np.testing.assert_allclose(responses(network, x), expected, rtol=1e-6)


@pytest.mark.parametrize("block", [0, 1, 3, 5])
def test_without_a_residual_block_is_with_f_at_zero(test_set, block):
    network, (x, _) = some_net(skip=True), test_set
    y = answers(network, x)
    lost = drop(network, block, x, y)
    nn.init.zeros_(network.blocks[block].bn2.weight)
    nn.init.zeros_(network.blocks[block].bn2.bias)
    with torch.no_grad():
        wrong = int((network(x).argmax(1) != y).sum())
    assert lost.after == pytest.approx(wrong / 5)
    assert lost.before == 0 < lost.after


@pytest.mark.parametrize("block", [0, 3, 5])
def test_without_a_plain_block_its_input_goes_on(test_set, block):
    network, (x, _) = some_net(skip=False), test_set
    y = answers(network, x)
    lost = drop(network, block, x, y)
    del network.blocks[block]
    assert lost.after == pytest.approx(100 * float((answers(network, x) != y).double().mean()))
    assert lost.before == 0 < lost.after


def test_the_error_before_is_that_of_the_whole_net(test_set):
    network, (x, y) = some_net(skip=True), test_set
    wrong = 100 * float((answers(network, x) != y).double().mean())
    assert drop(network, 1, x, y).before == pytest.approx(wrong)


@pytest.mark.parametrize("skip", [False, True])
def test_all_drops_are_the_single_ones_and_nothing_replaces_a_block_that_changes_the_shape(test_set, skip):
    network, (x, _) = some_net(skip), test_set
    y = answers(network, x)
    every = list(drops(network, x, y))
    assert every == [drop(network, block, x, y) for block in range(6)]
    assert len({d.after for d in every}) > 2
    assert [d.block for d in every if d.after is None] == [2, 4]


def test_the_net_stays_whole(test_set):
    network, (x, y) = some_net(skip=True), test_set
    with torch.no_grad():
        before = F.softmax(network(x), 1)
        list(drops(network, x, y))
        assert torch.equal(F.softmax(network(x), 1), before)


@pytest.mark.parametrize("block", [-1, 6, 999])
def test_blocks_that_the_net_does_not_have_are_refused(test_set, block):
    network, (x, y) = some_net(skip=True), test_set
    for attempt in (lambda: look(network, x[0], block), lambda: drop(network, block, x, y)):
        with pytest.raises(ValueError, match=f"this net has the blocks 1 to 6, not {block + 1}"):
            attempt()
