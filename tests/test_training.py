"""The training loop: a run that was stopped and resumed is the run that was not; schedules; averaged weights."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from torch import nn

from models.train.loop import Training, moving_average, options, warm_up_cosine

STEPS = 12


def small_run(folder: Path, steps: int = STEPS, stop_at: int | None = None, seed: int = 0) -> tuple[Training, dict]:
    """Trains a small net with batch norm, dropout, momentum and an average; dies after saving at `stop_at`."""
    torch.manual_seed(42)
    network = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Dropout(0.3), nn.Linear(8, 1))
    optimizer = torch.optim.AdamW(network.parameters(), lr=0.01)
    average = moving_average(network, decay=0.9)
    parts = {"network": network, "optimizer": optimizer, "average": average}
    run = Training(folder / "run.pt", parts, steps, seed)
    for step in run:
        if step == stop_at:
            run.save()
            break
        optimizer.param_groups[0]["lr"] = 0.01 * warm_up_cosine(step, steps, 3)
        x = torch.randn(16, 4)
        loss = (network(x) - x.sum(1, keepdim=True)).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        average.update_parameters(network)
        run.log.append({"step": step, "loss": loss.item()})
    return run, {name: part.state_dict() for name, part in parts.items()}


@pytest.mark.parametrize("stop_at", [0, 1, 7, 11])
def test_a_resumed_run_is_the_run_that_was_never_stopped(tmp_path, stop_at):
    whole, expected = small_run(tmp_path / "whole")
    stopped, _ = small_run(tmp_path / "stopped", stop_at=stop_at)
    assert stopped.step == stop_at
    torch.randn(100)  # other random numbers in between must not matter
    resumed, actual = small_run(tmp_path / "stopped")
    torch.testing.assert_close(actual, expected, rtol=0, atol=0)
    assert resumed.log == whole.log
    assert resumed.step == whole.step == STEPS


def test_a_finished_run_is_not_trained_again(tmp_path):
    first, expected = small_run(tmp_path)
    again, actual = small_run(tmp_path)
    torch.testing.assert_close(actual, expected, rtol=0, atol=0)
    assert again.seconds == first.seconds > 0


def test_another_seed_is_another_run(tmp_path):
    _, a = small_run(tmp_path / "a")
    _, b = small_run(tmp_path / "b", seed=1)
    assert not torch.equal(a["network"]["0.weight"], b["network"]["0.weight"])


def test_a_checkpoint_of_another_run_is_not_gone_on_with(tmp_path):
    small_run(tmp_path, stop_at=5)
    before = (tmp_path / "run.pt").read_bytes()
    with pytest.raises(SystemExit, match=r"'seed': 0.*'seed': 1.*another folder"):
        small_run(tmp_path, seed=1)
    assert (tmp_path / "run.pt").read_bytes() == before


def test_another_plan_is_told_in_the_log(tmp_path):
    small_run(tmp_path, steps=4)
    longer, _ = small_run(tmp_path, steps=6)
    assert longer.log[4] == {"step": 4, "planned_steps_before": 4, "planned_steps": 6}
    assert [entry["step"] for entry in longer.log] == [0, 1, 2, 3, 4, 4, 5]


def test_a_run_killed_while_saving_keeps_the_checkpoint_before(tmp_path, monkeypatch):
    small_run(tmp_path, stop_at=5)

    def killed(state: dict, path: Path) -> None:
        path.write_bytes(b"half a file")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(torch, "save", killed)
        with pytest.raises(KeyboardInterrupt):
            small_run(tmp_path, stop_at=8)
    _, expected = small_run(tmp_path / "whole")
    _, actual = small_run(tmp_path)
    torch.testing.assert_close(actual, expected, rtol=0, atol=0)


def test_warm_up_and_cosine():
    rates = [warm_up_cosine(step, 110, 10) for step in range(110)]
    assert rates[:10] == pytest.approx([0.1 * k for k in range(1, 11)])
    assert rates[10] == 1
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[60] == pytest.approx(0.5)
    assert rates[109] == pytest.approx(0.5 * (1 + math.cos(math.pi * 0.99)))
    assert warm_up_cosine(0, 10, 0) == 1


def test_the_average_follows_with_a_memory_that_grows():
    network = nn.Sequential(nn.Linear(1, 1, bias=False), nn.BatchNorm1d(1))
    average, expected = moving_average(network, decay=0.8), 0.0
    for step in range(50):
        with torch.no_grad():
            network[0].weight.fill_(float(step))
            network[1].running_mean.fill_(float(step))
        average.update_parameters(network)
        decay = min(0.8, (1 + step) / (10 + step)) if step else 0  # what it averages begins with the first step
        expected = decay * expected + (1 - decay) * step
        assert average.module[0].weight.item() == pytest.approx(expected, rel=1e-5)
        assert average.module[1].running_mean.item() == step  # statistics are already averages
    assert not any(p.requires_grad for p in average.module.parameters())
    assert not average.module.training


def test_the_options_that_all_commands_share(tmp_path):
    parser = options("Train.", steps=10, batch=4)
    args = parser.parse_args(["--data", str(tmp_path)])
    assert (args.data, args.steps, args.batch, args.seed) == (tmp_path, 10, 4, 0)
    with pytest.raises(SystemExit):
        parser.parse_args([])
