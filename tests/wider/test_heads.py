"""The heads: class activation maps that sum to the logits, and gradients that a plain backward pass gives too."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from models.core import artifacts
from models.train.wider.googlenet import AUX_WEIGHT
from models.wider import activations
from models.wider.googlenet import INCEPTIONS, Heads
from models.wider.heads import (
    LINES,
    LOSSES,
    STATES,
    answers,
    class_activation,
    evidence,
    fully_connected,
    gradients,
    gradients_by_batch,
    gradients_of_picture,
    network_in,
)
from models.wider.imagenet import ImageNetGoogLeNet
from models.wider.imagenet import normalise as imagenet_normalise
from models.wider.surgery import Part, operate
from tests import in_fork

KNOWN = activations.trained()
PICTURES = np.random.default_rng(2).integers(0, 256, (3, 64, 64, 3), dtype=np.uint8)


# --- class activation maps ---


def test_the_map_of_a_class_sums_to_its_logit_minus_the_bias():
    """In exact enough arithmetic to the last digits; the layer that follows is torch's own."""
    generator = torch.Generator().manual_seed(0)
    linear = torch.nn.Linear(1024, 52).double()
    maps = torch.rand(1024, 3, 3, generator=generator, dtype=torch.double)
    found = class_activation(linear.weight, maps)
    torch.testing.assert_close(found.sum((1, 2)), linear(maps.mean((1, 2))) - linear.bias, rtol=1e-12, atol=1e-12)
    one = sum(linear.weight[7, k] * maps[k, 2, 1] for k in range(1024)) / 9
    torch.testing.assert_close(found[7, 2, 1], one, rtol=1e-12, atol=1e-12)


def test_on_the_trained_network_it_sums_to_the_logit_as_well():
    of = activations.run(PICTURES[0])
    found = evidence(of)
    assert found.maps.shape == (52, 3, 3)
    np.testing.assert_allclose(found.maps.sum((1, 2)) + found.bias, of.logits["main"], atol=1e-5)


def test_a_fully_connected_layer_would_have_51_million_weights():
    assert fully_connected() == 7 * 7 * 1024 * 1024 == 51_380_224


# --- gradients ---


def by_backward(network, x: torch.Tensor, y: torch.Tensor, weights: dict[str, float]) -> list[float]:
    """Gradient lengths by line, from torch's own .grad of a copy; names are taken apart by hand."""
    network = copy.deepcopy(network)
    heads = network(x)
    sum(weight * F.cross_entropy(getattr(heads, head), y) for head, weight in weights.items()).backward()
    found = []
    for line in LINES:
        prefix = (f"inceptions.{line}.",) if line[0].isdigit() else (f"{line}.", f"{line}_reduce.")
        grads = [p.grad.flatten() for name, p in network.named_parameters() if name.startswith(prefix)]
        found.append(torch.cat(grads).norm().item() if all(g is not None for g in grads) else float("nan"))
    return found


@pytest.mark.parametrize("state", STATES)
def test_gradients_are_those_of_a_backward_pass(state):
    network = network_in(state, 4)
    x, y = torch.randn(2, 3, 96, 96, generator=torch.Generator().manual_seed(1)), torch.tensor([5, 9])
    found = gradients(network, x, y)
    assert found.shape == (len(LOSSES), len(LINES))
    everything = {"main": 1.0, "aux_4d": AUX_WEIGHT, "aux_4a": AUX_WEIGHT}
    np.testing.assert_allclose(found[0], by_backward(network, x, y, {"main": 1.0}), rtol=1e-4)
    np.testing.assert_allclose(found[3], by_backward(network, x, y, everything), rtol=1e-4)
    assert all(p.grad is None for p in KNOWN.network.parameters())  # visitors share the network


def test_an_auxiliary_loss_reaches_nothing_behind_its_head():
    found = gradients_of_picture(activations.run(PICTURES[0]), 3)
    reached = {
        loss: [line for line, g in zip(LINES, row, strict=True) if not np.isnan(g)]
        for loss, row in zip(LOSSES, found, strict=True)
    }
    assert reached["main"] == reached["all"] == list(LINES)
    assert reached["aux_4a"] == ["conv1", "conv2", "3a", "3b", "4a"]
    assert reached["aux_4d"] == ["conv1", "conv2", "3a", "3b", "4a", "4b", "4c", "4d"]
    np.testing.assert_array_equal(found[0, -3:], found[3, -3:])


def test_untrained_networks_follow_their_seed_and_leave_the_random_numbers_alone():
    before = torch.random.get_rng_state()
    small, same, other = (network_in("small", seed) for seed in (1, 1, 2))
    assert torch.equal(torch.random.get_rng_state(), before)
    weights = [network.inceptions["4c"].conv3x3.weight for network in (small, same, other)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])
    assert weights[0].std().item() == pytest.approx(0.01, rel=0.01)
    assert small.linear.bias.abs().max() == 0
    kaiming = network_in("kaiming", 1).inceptions["4c"].conv3x3.weight
    assert kaiming.std().item() == pytest.approx((2 / (128 * 9)) ** 0.5, rel=0.02)
    assert network_in("trained", 1) is activations.trained().network


def test_batches_come_with_every_state_and_run_in_a_forked_process():
    labels = np.array([1, 2, 3])
    found = list(gradients_by_batch(PICTURES, labels, 2))
    assert [(number, state) for number, state, _ in found] == [(k, state) for k in (0, 1) for state in STATES]
    (_, _, there), *_ = in_fork.run(gradients_by_batch, PICTURES[:2], labels[:2], 2)
    np.testing.assert_allclose(there, found[0][2], rtol=1e-3)


# --- the recorded run ---


def test_answers_are_those_of_the_heads():
    found = answers(PICTURES, batch=2)
    for k, picture in enumerate(PICTURES):
        heads = activations.run(picture).heads
        assert [KNOWN.classes[c] for c in found[:, k]] == [heads[head][0][0] for head in Heads._fields]


def test_the_recorded_run_has_the_accuracies_of_the_trained_network():
    run, certificate = artifacts.load_run("heads"), artifacts.certificate("heads")
    trained = artifacts.certificate(activations.WEIGHTS).metrics
    for head, said in zip(Heads._fields, run["answers"], strict=True):
        right = 100 * float((said == run["labels"]).mean())
        assert certificate.metrics[f"{head}_top1"] == pytest.approx(right, abs=0.006)
        assert right == pytest.approx(trained[f"{head}_top1"], abs=0.2)
    lengths = run["gradients"].mean(1)[:, :, LINES.index("3a")]
    for state, ratio in zip(STATES, lengths[:, LOSSES.index("all")] / lengths[:, LOSSES.index("main")], strict=True):
        assert certificate.metrics["gradient_at_3a_all_over_main"][state] == pytest.approx(ratio, rel=1e-3)
    agree = 100 * float((run["answers"] == run["answers"][0]).all(0).mean())
    assert certificate.metrics["all_agree"] == pytest.approx(agree, abs=0.006)


def test_the_recorded_gradients_say_what_the_page_says_of_them():
    gradient = artifacts.load_run("heads")["gradients"].mean(1)  # (state, loss, line)
    at = LINES.index("3a")
    trained, kaiming, small = (gradient[STATES.index(state), :, at] for state in ("trained", "kaiming", "small"))
    main, everything = LOSSES.index("main"), LOSSES.index("all")
    assert 1.1 < trained[everything] / trained[main] < 2
    assert kaiming[everything] / kaiming[main] < 1.2
    assert small[everything] / small[main] > 100


# --- another network ---


@pytest.fixture(scope="module")
def imagenet():
    """torchvision's network under our names, with random weights: a name that `trained` takes."""
    from torchvision.models import GoogLeNet

    torch.manual_seed(0)
    network = ImageNetGoogLeNet(GoogLeNet(init_weights=False).eval())
    used = activations.Trained(network, tuple(map(str, range(1000))), None, imagenet_normalise, INCEPTIONS, {})
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(activations.NETWORKS, "random", lambda: used)
        yield used


def test_a_network_without_auxiliary_heads_is_operated_on_and_looked_into_too(imagenet):
    picture = np.random.default_rng(3).integers(0, 256, (240, 230, 3), dtype=np.uint8)
    of = activations.run(picture, "random")
    found = operate(of, (Part("3a", "3x3"), Part("5b", "5r")))
    assert list(found.before) == list(found.after) == ["main"]
    assert not np.array_equal(found.before["main"], found.after["main"])
    maps = evidence(of)
    assert maps.maps.shape == (1000, 7, 7)
    np.testing.assert_allclose(maps.maps.sum((1, 2)) + maps.bias, of.logits["main"], rtol=1e-4, atol=1e-5)
    lengths = gradients_of_picture(of, 7)
    np.testing.assert_array_equal(lengths[LOSSES.index("main")], lengths[LOSSES.index("all")])
    assert np.isfinite(lengths[LOSSES.index("main")]).all()
    assert np.isnan(lengths[LOSSES.index("aux_4a")]).all()


def test_the_heads_multiply_the_gradient_most_where_the_section_opens():
    times = artifacts.certificate("heads").metrics["gradient_at_3a_all_over_main"]
    assert max(times, key=times.__getitem__) == "small"
