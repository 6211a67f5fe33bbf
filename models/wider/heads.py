"""The three heads of GoogLeNet: where their answers come from, and which gradient their losses send back.

Section 5 of the paper adds two heads in the middle, with losses that count 0.3, so that gradients reach the early
layers. The main head averages each channel over all positions, which tells where it saw a class (Zhou et al. 2016).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.core import runtime
from models.wider.activations import Pass, entered, trained
from models.wider.cost import line_of
from models.wider.googlenet import INCEPTIONS, GoogLeNet, Staged
from models.wider.surgery import batch_of

AUX_WEIGHT = 0.3  # section 5
LINES = ("conv1", "conv2", *(row.name for row in INCEPTIONS), "linear")  # of Table 1, those with weights
LOSSES = ("main", "aux_4d", "aux_4a", "all")  # the auxiliary ones times AUX_WEIGHT; "all" is their sum
STATES = ("trained", "kaiming", "small")  # of the weights, see `network_in`
SMALL = 0.01  # standard deviation of AlexNet's initial weights


@dataclass(frozen=True)
class Evidence:
    """What speaks for and against each class at each position of 5b's maps."""

    maps: np.ndarray  # (num_classes, H, W) float64: the sum over H and W is the logit minus the bias
    bias: np.ndarray  # (num_classes,)


def evidence(of: Pass) -> Evidence:
    """Of the picture of a pass, from the maps that it has kept."""
    linear = trained(of.network).network.linear
    weights, bias = (p.detach().cpu().double() for p in (linear.weight, linear.bias))
    maps = class_activation(weights, torch.from_numpy(of.outputs["5b"]).double())
    return Evidence(maps.numpy(), bias.numpy())


def class_activation(weights: Tensor, maps: Tensor) -> Tensor:
    """M_c(x, y) = 1/(H W) sum over k of w_ck f_k(x, y): Zhou et al. 2016 (arXiv 1512.04150), Eq. 2.

    `weights` (num_classes, C), `maps` (C, H, W) to (num_classes, H, W). The factor of the average is put into the map,
    so that its sum over all positions is the logit minus the bias.
    """
    return torch.einsum("ck,khw->chw", weights, maps) / maps[0].numel()


def fully_connected() -> int:
    """Weights of a layer of 1,024 units on all positions of 5b's maps at 224 pixels; the average has none."""
    height, width, channels = INCEPTIONS[-1].out
    return height * width * channels * channels


def gradients(network: Staged, x: Tensor, y: Tensor) -> np.ndarray:
    """(losses, lines): the length of each loss's gradient in the weights and biases of each line of Table 1.

    `x` (B, 3, S, S) normalised, `y` (B,) labels. Losses are cross-entropies, averaged over the batch; no dropout.
    A loss that does not reach a line, or whose head the network does not have, has NaN there.
    """
    losses = {head: F.cross_entropy(logits, y) for head, logits in network.eval()(x)._asdict().items()}
    parts = {head: losses[head] * (1 if head == "main" else AUX_WEIGHT) for head in LOSSES if head in losses}
    trunk = [(LINES.index(line_of(name)), p) for name, p in network.named_parameters() if line_of(name) in LINES]
    weights = [p for _, p in trunk]
    found = {
        head: torch.autograd.grad(part, weights, retain_graph=True, allow_unused=True) for head, part in parts.items()
    }
    together = (filter(torch.is_tensor, of_one) for of_one in zip(*found.values(), strict=True))
    found["all"] = tuple(reduce(torch.add, grads) for grads in together)
    squares = np.full((len(LOSSES), len(LINES)), np.nan)
    for loss, grads in found.items():
        for (line, _), grad in zip(trunk, grads, strict=True):
            if grad is not None:
                at = LOSSES.index(loss), line
                squares[at] = np.nansum([squares[at], runtime.double(grad).square().sum().item()])
    return np.sqrt(squares)


@runtime.quick
def gradients_of_picture(of: Pass, label: int) -> np.ndarray:
    """The same for the trained network and the picture of a pass, taken for one of class number `label`."""
    x = entered(of)
    return gradients(trained(of.network).network, x, torch.tensor([label], device=x.device))


def network_in(state: str, seed: int) -> Staged:
    """The network as it was trained, or before any training.

    "kaiming": drawn again in the way in which ours were drawn before training (convolutions as in He et al. 2015);
    "small": all weights from a normal distribution of standard deviation 0.01 and all biases 0, as was common in 2012
    (AlexNet's, but for its biases).
    """
    network = trained().network
    if state == "trained":
        return network
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = GoogLeNet(**network.config)
        for layer in network.modules() if state == "small" else ():
            if isinstance(layer, nn.Conv2d | nn.Linear):
                nn.init.normal_(layer.weight, std=SMALL)
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)
    return runtime.placed(network.eval())


@runtime.quick
def gradients_by_batch(pictures: np.ndarray, labels: np.ndarray, batch: int) -> Iterator[tuple[int, str, np.ndarray]]:
    """For each batch of (N, SEEN, SEEN, 3) uint8 pictures and each of STATES: its number, the state, and `gradients`.

    Untrained networks are drawn again for each batch; its number is their seed.
    """
    for number, start in enumerate(range(0, len(labels), batch)):
        here = slice(start, start + batch)
        x = batch_of(pictures[here], trained())
        y = torch.from_numpy(labels[here]).to(x.device)
        for state in STATES:
            yield number, state, gradients(network_in(state, number), x, y)


def answers(pictures: np.ndarray, batch: int = 20) -> np.ndarray:
    """(heads, N) int: the class that each head answers first, in the order of Heads, of (N, SEEN, SEEN, 3) uint8."""
    used, found = trained(), []
    for start in range(0, len(pictures), batch):
        with torch.inference_mode():
            heads = used.network(batch_of(pictures[start : start + batch], used))
        found.append(torch.stack([logits.argmax(1) for logits in heads]))
    return torch.cat(found, 1).cpu().numpy()
