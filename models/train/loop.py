"""What every training command shares: options, steps that resume exactly, schedules, averaged weights."""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel
from tqdm import tqdm


class Stateful(Protocol):
    def state_dict(self) -> dict[str, Any]: ...
    def load_state_dict(self, state: Any, /) -> object: ...


def options(description: str | None, steps: int, batch: int) -> argparse.ArgumentParser:
    """The command line that the training commands have in common."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", type=Path, required=True, help="folder with the data set")
    parser.add_argument("--steps", type=int, default=steps)
    parser.add_argument("--batch", type=int, default=batch)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads(), help="CPU threads")
    parser.add_argument("--checkpoints", type=Path, default=Path("checkpoints"), help="where to save and resume")
    return parser


class Training:
    """A run that can be stopped at any time and goes on where its last checkpoint was.

    Randomness at step k depends on (seed, k) alone, so a resumed run is the run that was never stopped. `settings` are
    what else decides about the run, such as the batch; a checkpoint of other ones ends the command with a sentence.
    """

    def __init__(self, path: Path, parts: Mapping[str, Stateful], steps: int, seed: int, **settings: float):
        self.path, self.parts, self.steps, self.seed = path, parts, steps, seed
        self.settings = settings | {"seed": seed}
        self.step, self.seconds, self.log = 0, 0.0, []
        if path.exists():
            saved = torch.load(path, weights_only=True)
            if saved["settings"] != self.settings:
                raise SystemExit(
                    f"{path} is of a run with {saved['settings']}, this one has {self.settings}. "
                    "Name another folder with --checkpoints, or give the same options."
                )
            self.step, self.seconds, self.log = saved["step"], saved["seconds"], saved["log"]
            for name, part in parts.items():
                part.load_state_dict(saved[name])
            if saved["planned"] != steps:  # schedules follow the plan, so the certificate has to tell
                self.log.append({"step": self.step, "planned_steps_before": saved["planned"], "planned_steps": steps})

    def __iter__(self) -> Iterator[int]:
        """Yields 0-based step numbers, showing progress and time left; saves once a minute and at the end."""
        bar = tqdm(range(self.step, self.steps), self.path.stem, self.steps, initial=self.step, mininterval=10)
        since = saved = time.monotonic()
        for step in bar:
            torch.manual_seed(self.seed * 1_000_003 + step)
            yield step
            self.step = step + 1
            if self.log:
                bar.set_postfix(self.log[-1], refresh=False)
            now = time.monotonic()
            self.seconds, since = self.seconds + now - since, now
            if now - saved > 60 or self.step == self.steps:
                self.save()
                saved = now

    def save(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        state = {name: part.state_dict() for name, part in self.parts.items()}
        partial = self.path.with_suffix(".partial")
        run = {"step": self.step, "planned": self.steps, "seconds": self.seconds, "log": self.log}
        torch.save(run | {"settings": self.settings} | state, partial)
        partial.replace(self.path)  # a run killed while writing keeps the checkpoint before


def warm_up_cosine(step: int, steps: int, warm_up: int) -> float:
    """Factor on the learning rate: linear to 1 over `warm_up` steps, then half a cosine down to 0."""
    if step < warm_up:
        return (step + 1) / warm_up
    return 0.5 * (1 + math.cos(math.pi * (step - warm_up) / max(1, steps - warm_up)))


def moving_average(network: nn.Module, decay: float) -> AveragedModel:
    """Exponential moving average of a network's weights, its `module`, with a shorter memory in the first steps."""

    def nearer(mine: Tensor, theirs: Tensor, updates: Tensor) -> Tensor:
        return mine.lerp(theirs, 1 - min(decay, (1 + updates.item()) / (10 + updates.item())))

    average = AveragedModel(network, avg_fn=nearer)  # pyright: ignore[reportArgumentType]  # torch gives it no type
    return average.eval().requires_grad_(False)
