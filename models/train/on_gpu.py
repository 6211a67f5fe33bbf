"""Train what two CPU cores are too slow for, within a budget of seconds: python -m models.train.on_gpu --data DIR.

The parts are commands of their own, in the order of their worth. A part that the budget ends goes on from its
checkpoint when the same call comes again; a part that has ended is not repeated.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from models.core.artifacts import ASSETS


@dataclass(frozen=True)
class Part:
    """A command of `models.train`, with the folder of data that it reads, if any."""

    command: str
    data: str = ""
    resumes: bool = False  # from a checkpoint

    @property
    def name(self) -> str:
        return self.command.replace(" ", "_")

    def line(self, data: Path, checkpoints: Path) -> list[str]:
        module, *arguments = self.command.split()
        folders = ["--data", str(data / self.data)] * bool(self.data)
        folders += ["--checkpoints", str(checkpoints)] * self.resumes
        return [sys.executable, "-m", f"models.train.{module}", *arguments, *folders]


# 41 epochs of CIFAR-10 in batches of 128 are 16,000 steps, a quarter of the paper's.
PARTS = (
    Part("deeper.cifar10 --depths 20 56 32 44 8 --epochs 41", "cifar10-jpeg", resumes=True),
    Part("deeper.block cifar10", "cifar10-jpeg"),
    Part("deeper.landscape"),
    Part("wider.googlenet --steps 30000", "tiny-imagenet-52", resumes=True),
    Part("wider.surgery", "tiny-imagenet-52"),
    Part("wider.heads", "tiny-imagenet-52"),
    Part("results"),
)


def ended(line: Sequence[str], seconds: float) -> bool:
    """Run a command for so many seconds at most; whether it ended by then. Raises CalledProcessError if it fails."""
    with subprocess.Popen(line, cwd=ASSETS.parent, start_new_session=True) as running:
        try:
            code = running.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)  # with the processes that it has started
            return False
    if code:
        raise subprocess.CalledProcessError(code, line)
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds the folders of the data sets")
    parser.add_argument("--seconds", type=float, default=800, help="the budget")
    parser.add_argument("--checkpoints", type=Path, default=Path("checkpoints"), help="where to save and resume")
    args = parser.parse_args()
    end = time.monotonic() + args.seconds
    data, checkpoints = args.data.resolve(), args.checkpoints.resolve()
    checkpoints.mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        done = checkpoints / f"{part.name}.done"
        if done.exists():
            continue
        if not ended(part.line(data, checkpoints), max(0, end - time.monotonic())):
            print(f"The budget has ended in `{part.command}`. Call this again to go on.")
            return
        done.touch()


if __name__ == "__main__":
    main()
