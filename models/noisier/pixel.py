"""One pixel's way through the equations of a journey: the factors of each step, and the values that they multiply.

The sampler's own numbers are read from the frames; what lies between them is computed by the same functions.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import torch

from models.noisier.denoise import VIEWS, Floats, Frame, Journey, one_noise
from models.noisier.diffusion.process import eps_from_x0, mean_from_eps, predict_x0, q_posterior
from models.noisier.diffusion.sampling import sigma_of, solver_weights


@dataclass(frozen=True)
class Pixel:
    """Which one, all counted from 0."""

    sample: int
    row: int
    column: int
    channel: int = 0


def factors_there(journey: Journey, t: int) -> dict[str, float]:
    """What step t >= 1 of the way there multiplies with: Eq. 2 and Eq. 4."""
    schedule = VIEWS[journey.view]
    beta, alpha_bar = schedule.beta[t].item(), schedule.alpha_bar[t].item()
    return {
        "keep": (1 - beta) ** 0.5,
        "add": beta**0.5,
        "signal": alpha_bar**0.5,
        "noise": (1 - alpha_bar) ** 0.5,
    }


def factors_back(journey: Journey, step: int) -> dict[str, float]:
    """What `step` of the way back, counted from 0, multiplies with: Eq. 15 and the sampler's own equation."""
    schedule, s = journey.back, journey.steps - step
    alpha_bar, before = schedule.alpha_bar[s].item(), schedule.alpha_bar[s - 1].item()
    alpha, beta = schedule.alpha[s].item(), schedule.beta[s].item()
    found = {"signal": alpha_bar**0.5, "noise": (1 - alpha_bar) ** 0.5}
    if journey.sampler == "ddpm":
        return found | {
            "sigma": sigma_of(schedule, s, journey.sigma).item(),
            "shrink": alpha**0.5,
            "take": beta / (1 - alpha_bar) ** 0.5,
            "of_x0": before**0.5 * beta / (1 - alpha_bar),
            "of_xt": alpha**0.5 * (1 - before) / (1 - alpha_bar),
        }
    if journey.sampler == "ddim":
        sigma = journey.eta * sigma_of(schedule, s, "beta_tilde").item()
        return found | {"sigma": sigma, "of_x0": before**0.5, "of_eps": max(0.0, 1 - before - sigma**2) ** 0.5}
    ahead, behind = solver_weights(schedule, s)
    kept = ((1 - before) / (1 - alpha_bar)) ** 0.5
    return found | {"ahead": ahead, "behind": behind, "kept": kept, "of_line": before**0.5 - kept * alpha_bar**0.5}


def values(journey: Journey, frame: Frame, pixel: Pixel) -> dict[str, float]:
    """The pixel's numbers in this frame: those of Floats, and on the way back what the equations make of them.

    x0_raw is Eq. 15's before it is clipped; mean Eq. 11's, or Eq. 7's at the clipped x0; eps_used the noise that the
    clipped x0 implies; line what the solver continues along; added the noise that is added.
    """
    place = pixel.sample, pixel.channel, pixel.row, pixel.column
    one = {f.name: torch.tensor(getattr(frame.floats, f.name)[place]) for f in fields(Floats)}
    if frame.way == "back" and frame.t:
        one |= _between(journey, journey.steps - frame.step, **one)
    return {name: value.item() for name, value in one.items()}


def _between(
    journey: Journey,
    s: int,
    xt: torch.Tensor,
    eps: torch.Tensor,
    x0: torch.Tensor,
    z: torch.Tensor,
    before: torch.Tensor,
    last_x0: torch.Tensor,
) -> dict[str, torch.Tensor]:
    schedule, sigma = journey.back, factors_back(journey, journey.steps - s).get("sigma", 0.0)
    raw = predict_x0(schedule, xt, s, eps)
    clipped = abs(raw.item()) > 1
    found = {"x0_raw": raw, "added": sigma * z}
    if journey.sampler == "ddpm":
        found["mean"] = q_posterior(schedule, x0, xt, s)[0] if clipped else mean_from_eps(schedule, xt, s, eps)
    elif journey.sampler == "ddim":
        found["eps_used"] = eps_from_x0(schedule, xt, s, x0) if clipped else eps
    else:
        ahead, behind = solver_weights(schedule, s)
        found["line"] = ahead * x0 - behind * last_x0
    return found


def spread_of_noise(journey: Journey, frame: Frame) -> dict[str, float]:
    """Mean and standard deviation, over all pixels, of the noise in x_t: added step by step, and in one go by Eq. 4."""
    steps, once = torch.tensor(frame.floats.eps), one_noise(journey, frame.floats.xt.shape[1])
    return {
        "mean_steps": steps.mean().item(),
        "std_steps": steps.std().item(),
        "mean_once": once.mean().item(),
        "std_once": once.std().item(),
    }
