"""The three heads of GoogLeNet: where their answers come from, and which gradient their losses send back.

Section 5 of the paper adds two heads in the middle, with losses that count 0.3, so that gradients reach the early
layers. The main head averages each channel over all positions, which tells where it saw a class (Zhou et al. 2016).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.cost import line_of
from models.googlenet import INCEPTIONS, GoogLeNet
from models.insight import known
from models.surgery import batch_of, picture_of, probabilities

AUX_WEIGHT = 0.3  # section 5
LINES = ("conv1", "conv2", *(row.name for row in INCEPTIONS), "linear")  # of Table 1, those with weights
LOSSES = ("main", "aux_4d", "aux_4a", "all")  # the auxiliary ones times AUX_WEIGHT; "all" is their sum
STATES = ("trained", "kaiming", "small")  # of the weights, see `network_in`
SMALL = 0.01  # standard deviation of AlexNet's initial weights


@dataclass(frozen=True)
class Evidence:
    """What each head says of a picture, and what speaks for and against each class at each position of 5b's maps."""

    heads: dict[str, np.ndarray]  # head to its probabilities, (num_classes,)
    maps: np.ndarray  # (num_classes, H, W) float64: the sum over H and W is the logit minus the bias
    bias: np.ndarray  # (num_classes,)
    logits: np.ndarray  # (num_classes,)


def evidence(image: np.ndarray, name: str = "tiny") -> Evidence:
    """One pass over the central square of a picture, (H, W, 3) uint8, with the maps of all classes."""
    used = known(name)
    network = used.network
    with torch.inference_mode():
        out = dict(network.stages(picture_of(image, used)))
        heads = network.heads(out)
    maps = out["5b"][0].double()
    weights, bias = (p.detach().double() for p in (network.linear.weight, network.linear.bias))
    found = class_activation(weights, maps).numpy()
    return Evidence(probabilities(heads), found, bias.numpy(), heads.main[0].double().numpy())


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


def gradients(network: GoogLeNet, x: Tensor, y: Tensor) -> np.ndarray:
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
    found["all"] = tuple(sum(g for g in of_one if g is not None) for of_one in zip(*found.values(), strict=True))
    squares = np.full((len(LOSSES), len(LINES)), np.nan)
    for loss, grads in found.items():
        for (line, _), grad in zip(trunk, grads, strict=True):
            if grad is not None:
                at = LOSSES.index(loss), line
                squares[at] = np.nansum([squares[at], grad.double().square().sum().item()])
    return np.sqrt(squares)


def gradients_of_picture(image: np.ndarray, label: int, name: str = "tiny") -> np.ndarray:
    """The same for a trained network and one picture, (H, W, 3) uint8, taken for one of class number `label`."""
    used = known(name)
    return gradients(used.network, picture_of(image, used), torch.tensor([label]))


def network_in(state: str, seed: int) -> GoogLeNet:
    """The network as it was trained, or before any training.

    "kaiming": new draws, in the same way as the initial weights that ours were trained from (convolutions as in
    He et al. 2015); "small": all weights from a normal
    distribution of standard deviation 0.01 and all biases 0, as was common in 2012 (AlexNet's, but for its biases).
    """
    network = known().network
    if state == "trained":
        return network
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = GoogLeNet(**network.config)
        for layer in network.modules() if state == "small" else ():
            if isinstance(layer, nn.Conv2d | nn.Linear):
                nn.init.normal_(layer.weight, std=SMALL)
                nn.init.zeros_(layer.bias)
    return network.eval()


def gradients_by_batch(pictures: np.ndarray, labels: np.ndarray, batch: int) -> Iterator[tuple[int, str, np.ndarray]]:
    """For each batch of (N, SEEN, SEEN, 3) uint8 pictures and each of STATES: its number, the state, and `gradients`.

    Untrained networks are drawn anew for each batch; its number is their seed.
    """
    for number, start in enumerate(range(0, len(labels), batch)):
        here = slice(start, start + batch)
        y = torch.from_numpy(labels[here])
        for state in STATES:
            network = network_in(state, number)
            yield number, state, gradients(network, batch_of(pictures[here], known()), y)


def answers(pictures: np.ndarray, batch: int = 20) -> np.ndarray:
    """(heads, N) int: the class that each head answers first, in the order of Heads, of (N, SEEN, SEEN, 3) uint8."""
    used, found = known(), []
    for start in range(0, len(pictures), batch):
        with torch.inference_mode():
            heads = used.network(batch_of(pictures[start : start + batch], used))
        found.append(torch.stack([logits.argmax(1) for logits in heads]))
    return torch.cat(found, 1).numpy()
