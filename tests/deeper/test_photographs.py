"""The paper's nets and their photographs: what is recorded of them is what the functions give."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from models.core import artifacts, data
from models.core.resnet import ResNet
from models.deeper import photographs
from models.deeper.block import drops, responses
from models.deeper.nets import Lane, Trained, images, rebuild
from models.train.deeper import block, cifar10

EACH = 30  # pictures of a class


@pytest.fixture
def folder() -> data.ImageSet:
    """Pictures of noise as a folder has them: class by class."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randint(0, 256, (10 * EACH, 3, 32, 32), generator=generator, dtype=torch.uint8)
    y = torch.arange(10).repeat_interleave(EACH)
    return data.ImageSet("noise", tuple("abcdefghij"), x, y, x[::3].clone(), y[::3])


def net(name: str, of: str = photographs.NAME) -> Trained:
    kind, depth = name.split("-")
    network = ResNet(int(depth), kind == "residual", generator=torch.Generator().manual_seed(0))
    state = {key: value.numpy() for key, value in network.state_dict().items()}
    return Trained(Lane(int(depth), kind == "residual"), of, 0, state)


@pytest.fixture
def recorded(folder, tmp_path, monkeypatch):
    """What both commands write of untrained nets."""
    monkeypatch.setattr(artifacts, "ASSETS", tmp_path)
    monkeypatch.setattr(block, "recorded", net)
    monkeypatch.setattr(block, "NETS", ("plain-8", "residual-8"))
    monkeypatch.setattr(block, "IMAGES", 80)
    monkeypatch.setattr(block, "CHUNK", 40)
    block.keep_photographs(folder, seconds=0.0)
    block.record(folder)
    photographs.images.cache_clear()
    images.cache_clear()
    yield data.part(folder, block.LARGE_IMAGES, 80)
    photographs.images.cache_clear()
    images.cache_clear()


def test_statistics_are_taken_over_pictures_of_all_classes(folder):
    """In a folder the first 2,000 are all of one class, and nets with their statistics see nothing else."""
    first = folder.train_y[cifar10.epoch_order(0, len(folder.train_y))[: 2 * EACH]]
    assert len(first.unique()) == 10
    torch.testing.assert_close(cifar10.mixed(folder).float().mean(), folder.train_x.float().mean())


def test_the_photographs_are_read_as_the_nets_take_them(recorded):
    x, y, test_x, test_y = images(photographs.NAME)
    torch.testing.assert_close(x, photographs.normalised(recorded.train_x))
    torch.testing.assert_close(test_x, photographs.normalised(recorded.test_x[: block.SHOWN]))
    assert torch.equal(y, recorded.train_y)
    assert torch.equal(test_y, recorded.test_y[: block.SHOWN])
    assert photographs.classes() == ["abcdefghij"[label] for label in test_y]
    assert rebuild(net("plain-8"))(test_x).shape == (block.SHOWN, 10)


@pytest.mark.parametrize("name", ["plain-8", "residual-8"])
def test_what_is_recorded_of_each_block_is_what_the_functions_give(recorded, name):
    run, certificate = artifacts.load_run(block.NAME), artifacts.certificate(block.NAME)
    network, x = rebuild(net(name)), photographs.normalised(recorded.test_x)
    lost = list(drops(network, x, recorded.test_y))
    assert run[f"{name} whole"] == pytest.approx(lost[0].before, rel=1e-5)
    expected = [np.nan if drop.after is None else drop.after for drop in lost]
    np.testing.assert_allclose(run[f"{name} after"], expected, rtol=1e-5)
    np.testing.assert_allclose(run[f"{name} responses"], responses(network, x), rtol=1e-5)
    assert certificate.metrics[name]["test_error"] == pytest.approx(lost[0].before, abs=0.01)
