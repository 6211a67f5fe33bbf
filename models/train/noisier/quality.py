"""How good a trained diffusion model is: the bound in bits/dim, whether samples show their class, Fréchet distance."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from tqdm import trange

from models.core import artifacts, runtime
from models.core.resnet import ResNet
from models.noisier.denoise import predictor
from models.noisier.diffusion.bound import decoder_term, prior_term, transition_term
from models.noisier.diffusion.process import noise_like, predict_x0, q_sample
from models.noisier.diffusion.sampling import ddim_step, sample
from models.noisier.diffusion.schedule import linear_schedule, respace
from models.noisier.images import to_image
from models.noisier.unet import UNet

STEPS, GUIDANCE = 50, 1.5
SAMPLER = f"DDIM, {STEPS} steps, guidance {GUIDANCE}"
KEPT = 20


def measure(
    network: UNet, name: str, test_x: Tensor, samples: int, bound_images: int, seed: int
) -> tuple[dict, list[np.ndarray]]:
    """All metrics of a certificate, and the first KEPT samples as (32, 32, C) uint8.

    `test_x` (N, C, 32, 32) in [-1, 1]; of the `samples` samples, one asks for class 0, the next for class 1, and so on.
    The bound is taken on `bound_images` of `test_x`, each at all 1,000 times.
    """
    network.eval()
    judge_name = f"classifier-{name}"
    config = {k: v for k, v in artifacts.certificate(judge_name).config.items() if k != "classes"}
    judge = artifacts.load_weights(judge_name, ResNet(**config)).to(test_x.device)
    with runtime.autocast(test_x.device):
        generated, asked = generate(network, samples, test_x[:1], seed)
        bits = bits_per_dim(bound(network, spread(test_x, bound_images), seed))
    with torch.no_grad():
        right = judge(generated).argmax(1) == asked
        real = torch.cat([judge.features(part) for part in test_x.split(500)])
        fake = torch.cat([judge.features(part) for part in generated.split(500)])
    metrics = {
        "parameters": sum(p.numel() for p in network.parameters()),
        "samples": samples,
        "sampler": SAMPLER,
        "class_accuracy": round(100 * right.float().mean().item(), 1),
        "frechet_distance": round(frechet(fake, real), 3),
        "frechet_distance_of_as_many_test_images": round(frechet(spread(real, samples), real), 3),
        "bits_per_dim": bits,
    }
    return metrics, [to_image(image) for image in generated[:KEPT]]


def spread(images: Tensor, count: int) -> Tensor:
    """`count` of the images at equal distances: a data set may be sorted by class."""
    return images[:: max(1, len(images) // count)][:count]


def generate(network: UNet, samples: int, like: Tensor, seed: int) -> tuple[Tensor, Tensor]:
    """(samples, C, 32, 32) images in [-1, 1] and the classes (samples,) that were asked for."""
    schedule, rng = respace(linear_schedule(), STEPS), torch.Generator().manual_seed(seed)
    asked = torch.arange(samples, device=like.device) % network.num_classes
    images = []
    for y in asked.split(50):
        xT = noise_like(like.expand(len(y), *like.shape[1:]), rng)
        *_, last = sample(schedule, predictor(network, y, GUIDANCE), xT, rng, ddim_step)
        images.append(last.x_before.clamp(-1, 1))
    return torch.cat(images), asked


class Bound(NamedTuple):
    """Eq. 5 without classes, term by term, for B images: every time t = 1..T once. Bits per dimension, on the CPU."""

    prior: Tensor  # (B,) L_T
    transitions: Tensor  # (T + 1, B) L_{t-1} at t >= 2; zero at 0 and 1
    decoder: Tensor  # (B,) L_0
    error: Tensor  # (T + 1, B) mean square of x0 - predicted x0, data in [-1, 1]; zero at 0


@torch.no_grad()
def bound(network: UNet, x0: Tensor, seed: int) -> Bound:
    """Measure every term on the images x0 (B, C, H, W), with one noise for each image and time."""
    schedule, rng = linear_schedule(), torch.Generator().manual_seed(seed)
    predict = predictor(network, torch.full((len(x0),), network.num_classes, device=x0.device), 1.0)
    transitions, error = torch.zeros(2, schedule.steps + 1, len(x0), device=x0.device)
    for t in trange(schedule.steps, 0, -1, desc="bound", mininterval=10):
        xt = q_sample(schedule, x0, t, noise_like(x0, rng))
        eps = predict(xt, torch.full((len(x0),), t, device=x0.device))
        error[t] = (predict_x0(schedule, xt, t, eps).clamp(-1, 1) - x0).square().flatten(1).mean(1)
        if t > 1:
            transitions[t] = transition_term(schedule, x0, xt, t, eps)
        else:
            decoder = decoder_term(schedule, x0, xt, eps)
    return Bound(*(values.cpu() for values in (prior_term(schedule, x0), transitions, decoder, error)))


def bits_per_dim(terms: Bound) -> dict[str, float]:
    """The terms summed over the times and averaged over the images."""
    transitions = terms.transitions.sum(0)
    total = transitions + terms.decoder + terms.prior
    return {
        "L_T": float(f"{terms.prior.mean():.3g}"),
        "L_1:T-1": round(transitions.mean().item(), 3),
        "L_0": round(terms.decoder.mean().item(), 3),
        "total": round(total.mean().item(), 3),
        "standard_error": round(total.std().item() / len(total) ** 0.5, 3),
        "images": len(total),
    }


def frechet(a: Tensor, b: Tensor) -> float:
    """Squared Fréchet distance between Gaussians fitted to features a (N, D) and b (M, D) (Heusel et al. 2017)."""
    a, b = a.cpu().double(), b.cpu().double()
    cov_a, cov_b = a.T.cov(), b.T.cov()
    root_trace = torch.linalg.eigvals(cov_a @ cov_b).real.clamp_min(0).sqrt().sum()
    return ((a.mean(0) - b.mean(0)).square().sum() + cov_a.trace() + cov_b.trace() - 2 * root_trace).item()
