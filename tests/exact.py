"""What the tests of the mathematics share: schedules to try, random pictures, a fake network, exact equality."""

import pytest
import torch
from torch import Tensor

from models.noisier.diffusion.schedule import cosine_schedule, linear_schedule, respace

SCHEDULES = {
    "linear": linear_schedule(),
    "cosine": cosine_schedule(),
    "linear, 50 of 1000": respace(linear_schedule(), 50),
    "one step": linear_schedule(1),
}
every_schedule = pytest.mark.parametrize("schedule", SCHEDULES.values(), ids=SCHEDULES.keys())


def exactly(actual, expected, rtol: float = 1e-12, atol: float = 1e-12) -> None:
    """Equal up to the rounding of float64."""
    torch.testing.assert_close(actual, torch.as_tensor(expected, dtype=torch.float64), rtol=rtol, atol=atol)


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def images(*shape: int, seed: int = 0) -> Tensor:
    """Random images in [-1, 1]."""
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) * 2 - 1


ZERO, ONE = torch.zeros(1, dtype=torch.float64), torch.ones(1, dtype=torch.float64)


def fake_network(xt: Tensor, t: Tensor) -> Tensor:
    """A deterministic eps that depends on the picture, the place and the time."""
    return 0.7 * xt + 0.2 * torch.tanh(xt.roll(1, -1)) + 0.1 * torch.cos(t.to(xt.dtype) / 160).view(-1, 1, 1, 1)
