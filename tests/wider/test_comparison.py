"""Weights and multiply-adds of six networks against the literature, and the recorded ones against a recount."""

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from models.core import artifacts
from models.wider import comparison
from models.wider.comparison import NETWORKS, count, definition, filled, passes
from models.wider.cost import layer_costs
from tests import in_fork
from visuals.wider.comparison import section, view, words
from visuals.wider.comparison.errors import KINDS

LITERATURE = {  # billions of multiply-adds and parameters as torchvision's documentation states them, 0.26
    "AlexNet": (0.714, 61_100_840),
    "VGG-16": (15.47, 138_357_544),
    "ResNet-18": (1.814, 11_689_512),
    "ResNet-34": (3.664, 21_797_672),
    "ResNet-50": (4.089, 25_557_032),
}


@pytest.fixture(scope="module")
def counts():
    return {name: count(name) for name in NETWORKS}


@pytest.mark.parametrize("name", LITERATURE)
def test_counts_equal_the_literature(counts, name):
    billions, parameters = LITERATURE[name]
    assert counts[name].macs / 1e9 == pytest.approx(billions, rel=0.01)
    assert counts[name].parameters == parameters


def test_googlenet_is_the_paper_s_without_auxiliary_heads(counts):
    costs = layer_costs()
    assert counts["GoogLeNet"].macs == sum(cost.macs for cost in costs)
    biases = counts["GoogLeNet"].parameters - sum(cost.weights for cost in costs)
    layers = [m for m in definition("GoogLeNet").modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    assert biases == sum(len(layer.bias) for layer in layers)
    assert len(layers) == 3 + 9 * 6 + 1


def test_what_the_resnet_paper_says_of_its_own_and_of_vgg(counts):
    """VGG-16's 15.3 billion are its convolutions; ResNet-50's 3.8 have the stride in the first convolution."""
    with torch.device("meta"):
        vgg, resnet = definition("VGG-16").features, definition("ResNet-50")
    assert int(multiply_adds(vgg) / 1e8) == 153
    for block in (resnet.layer2[0], resnet.layer3[0], resnet.layer4[0]):
        assert block.conv2.stride == (2, 2)
        block.conv1.stride, block.conv2.stride = (2, 2), (1, 1)
    assert int(multiply_adds(resnet) / 1e8) == 38
    assert int(counts["ResNet-18"].macs / 1e8) == 18
    assert int(counts["ResNet-34"].macs / 1e8) == 36


def test_the_notes_about_googlenet_and_resnet_34(counts):
    """What the page says of 3.66 against 3.6 billion, and of 1.58 against 1.50."""
    with torch.device("meta"):
        resnet = definition("ResNet-34")
    weighted = [block.downsample[0] for layer in (resnet.layer2, resnet.layer3, resnet.layer4) for block in layer[:1]]
    shortcuts = sum(conv.weight.numel() * side**2 for conv, side in zip(weighted, (28, 14, 7), strict=True))
    whole = counts["ResNet-34"].macs
    assert (f"{whole / 1e9:.2f}", f"{(whole - shortcuts) / 1e9:.2f}") == ("3.66", "3.64")
    first, *rest = layer_costs()
    assert (first.printed_macs.text, round(first.macs / 1e6)) == ("34M", 118)
    assert sum(cost.printed_macs.value for cost in (first, *rest)) == 1502e6
    assert abs(sum(cost.macs - cost.printed_macs.value for cost in rest)) < 4e6


def multiply_adds(network: nn.Module) -> float:
    with torch.inference_mode(), FlopCounterMode(display=False) as counter:
        network(torch.empty(1, 3, 224, 224, device="meta"))
    return counter.get_total_flops() / 2


def test_recorded_counts_are_those_of_a_recount(counts):
    run = artifacts.load_run("comparison")
    assert tuple(artifacts.certificate("comparison").config["networks"]) == NETWORKS
    assert run["parameters"].tolist() == [counts[name].parameters for name in NETWORKS]
    assert run["macs"].tolist() == [counts[name].macs for name in NETWORKS]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_said_of_the_chart_counts_its_circles(kind):
    shown = {bubble["name"] for bubble in view.chart(section.counts(), kind)["bubbles"]}
    (absent,) = set(NETWORKS) - shown
    said = f"{len(shown)} of the {len(NETWORKS)} networks are in the chart: {absent}’s paper prints no {kind} error."
    assert said in words.missing(kind)


def test_activations_of_a_filled_network_are_ordinary_numbers():
    """So that neither infinities nor tiny numbers change how long a pass takes."""
    network, x = filled("ResNet-18", torch.device("cpu"))
    seen = []
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d):
            layer.register_forward_hook(lambda _l, _x, out: seen.append(out.abs().max().item()))
    with torch.inference_mode():
        network(x)
    assert 1e-6 < min(seen) <= max(seen) < 1e6


def tiny(name: str) -> nn.Module:
    return nn.Conv2d(3, 1, 1)


def test_every_network_is_timed_in_turn(monkeypatch):
    monkeypatch.setattr(comparison, "definition", tiny)
    found = [(one.name, one.number) for one in passes()]
    assert found == [(name, number) for name in NETWORKS for number in range(1, comparison.PASSES + 1)]


def test_passes_come_from_a_fork_too():
    found = in_fork.run(in_fork.first, comparison.PASSES, passes)
    assert [(one.name, one.number) for one in found] == [("AlexNet", k) for k in range(1, comparison.PASSES + 1)]
    assert all(one.milliseconds > 0 for one in found)


def test_closing_lets_the_next_one_measure(monkeypatch):
    monkeypatch.setattr(comparison, "definition", tiny)
    for _ in range(2):
        running = passes()
        assert next(running).name == "AlexNet"
        running.close()
    assert not comparison._alone.locked()
