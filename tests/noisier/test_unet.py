"""The noise predictor: shapes, sizes, what it depends on, and its attention against its definition."""

import math

import pytest
import torch

from models.noisier.unet import MANY, Attention, GroupNorm, UNet, time_embedding
from models.train.noisier.ddpm import NETWORKS

PARAMETERS = {"mnist": 1_944_772, "cifar10": 11_483_660}


def shaken(network: torch.nn.Module) -> torch.nn.Module:
    """Away from its initial zeros, so that every part of the network has a say."""
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for weights in network.parameters():
            weights += 0.05 * torch.randn(weights.shape, generator=generator)
    return network.eval()


@pytest.fixture(scope="module", params=NETWORKS)
def network(request) -> UNet:
    torch.manual_seed(0)
    return shaken(UNet(**NETWORKS[request.param]))


@pytest.fixture
def inputs(network) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    x = torch.randn(2, network.config["channels"], 32, 32, generator=torch.Generator().manual_seed(1))
    return x, torch.tensor([1, 1000]), torch.tensor([0, 9])


@torch.no_grad()
def difference(network: UNet, a: tuple, b: tuple) -> float:
    return (network(*a) - network(*b)).abs().mean().item()


@pytest.mark.parametrize("name", NETWORKS)
def test_parameter_counts_of_what_ships(name):
    assert sum(p.numel() for p in UNet(**NETWORKS[name]).parameters()) == PARAMETERS[name]
    assert PARAMETERS["mnist"] < 2_000_000


@torch.no_grad()
def test_many_rows_get_what_each_gets_alone(network):
    generator = torch.Generator().manual_seed(2)
    x = torch.randn(MANY, network.config["channels"], 32, 32, generator=generator)
    t, y = torch.arange(1, 1 + MANY), torch.arange(MANY)
    alone = torch.cat([network(x[k : k + 1], t[k : k + 1], y[k : k + 1]) for k in range(MANY)])
    assert (network(x, t, y) - alone).abs().max() < 1e-4 * alone.abs().max()


@pytest.mark.parametrize("offset", [0.0, 10.0])
def test_group_norm_is_torch_s_where_channels_come_last(offset):
    norm = shaken(GroupNorm(8, 32))
    x = torch.randn(3, 32, 5, 7, generator=torch.Generator().manual_seed(3)) + offset
    last = x.contiguous(memory_format=torch.channels_last)
    torch.testing.assert_close(norm(last), torch.nn.GroupNorm.forward(norm, x), rtol=1e-4, atol=1e-4)


def test_group_norm_makes_zeros_of_what_is_constant():
    last = torch.full((8, 32, 16, 16), 30.1).contiguous(memory_format=torch.channels_last)
    torch.testing.assert_close(GroupNorm(8, 32)(last), torch.zeros_like(last), rtol=0, atol=1e-2)


def test_the_output_has_the_shape_of_the_input(network, inputs):
    with torch.no_grad():
        assert network(*inputs).shape == inputs[0].shape


@pytest.mark.parametrize(
    "config",
    [
        {"channels": 1, "widths": (32,), "blocks": 1, "attention": 4},
        {"channels": 3, "widths": (32, 32, 64, 64), "blocks": 2, "attention": 16, "num_classes": 3},
    ],
)
def test_other_sizes(config):
    x = torch.randn(1, config["channels"], 32, 32)
    assert UNet(**config)(x, torch.tensor([5]), torch.tensor([0])).shape == x.shape


def test_a_new_network_predicts_zero():
    x = torch.randn(1, 1, 32, 32)
    assert UNet(**NETWORKS["mnist"])(x, torch.tensor([5]), torch.tensor([0])).abs().max() == 0


def test_picture_time_and_class_matter(network, inputs):
    x, t, y = inputs
    assert difference(network, (x, t, y), (x + 0.1, t, y)) > 1e-3
    assert difference(network, (x, t, y), (x, t + torch.tensor([1, -1]), y)) > 1e-4
    assert difference(network, (x, t, y), (x, t, torch.tensor([1, 8]))) > 1e-4


def test_no_class_is_one_more_class(network, inputs):
    x, t, y = inputs
    assert difference(network, (x, t, y), (x, t, torch.full_like(y, network.num_classes))) > 1e-4
    with pytest.raises(IndexError):
        network(x, t, torch.full_like(y, network.num_classes + 1))


def test_pictures_of_a_batch_do_not_mix(network, inputs):
    with torch.no_grad():
        together = network(*inputs)
        alone = torch.cat([network(*(v[i : i + 1] for v in inputs)) for i in range(2)])
    torch.testing.assert_close(together, alone, rtol=1e-4, atol=1e-4)


def test_every_weight_is_used(network, inputs):
    network.zero_grad()
    network(*inputs).square().sum().backward()
    unused = [name for name, p in network.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    assert unused == []
    network.zero_grad(set_to_none=True)


def test_the_config_rebuilds_the_network(network, inputs):
    copy = UNet(**network.config)
    copy.load_state_dict(network.state_dict(), strict=True)
    assert difference(copy.eval(), inputs, inputs) == 0
    with torch.no_grad():
        torch.testing.assert_close(copy(*inputs), network(*inputs), rtol=0, atol=0)


def test_attention_against_its_definition():
    attention = shaken(Attention(64))
    x = torch.randn(2, 64, 4, 4, generator=torch.Generator().manual_seed(1))
    q, k, v = attention.qkv(attention.norm(x)).chunk(3, dim=1)

    def heads(values: torch.Tensor) -> torch.Tensor:
        return values.unflatten(1, (2, 32)).flatten(3).transpose(2, 3)  # (B, heads, H·W, 32)

    weights = (heads(q) @ heads(k).transpose(2, 3) / 32**0.5).softmax(-1)  # (B, heads, H·W, H·W)
    mixed = weights @ heads(v)
    expected = x + attention.project(mixed.transpose(2, 3).reshape(2, 64, 4, 4))
    torch.testing.assert_close(attention(x), expected, rtol=1e-5, atol=1e-5)


def test_time_embedding_against_its_definition():
    embedding = time_embedding(torch.tensor([0, 7, 1000]), 8)
    for row, t in zip(embedding, (0, 7, 1000), strict=True):
        angles = [t * 10_000 ** (-i / 4) for i in range(4)]
        expected = torch.tensor([*map(math.sin, angles), *map(math.cos, angles)])
        torch.testing.assert_close(row, expected, rtol=0, atol=1e-4)
