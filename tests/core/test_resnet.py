"""The 6n+2 nets against Table 6, and against a second implementation that shares no layer with the first."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from models.core.resnet import Block, ResNet, count_parameters, stacked, unstacked

TABLE_6 = {20: 0.27, 32: 0.46, 44: 0.66, 56: 0.85, 110: 1.7}  # million parameters


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def batch_norm(x: Tensor, state: dict[str, Tensor], name: str) -> Tensor:
    """Batch norm with the statistics of the batch, from its definition."""
    mean, var = x.mean((0, 2, 3), keepdim=True), x.var((0, 2, 3), unbiased=False, keepdim=True)
    gamma, beta = (state[f"{name}.{key}"][:, None, None] for key in ("weight", "bias"))
    return gamma * (x - mean) / (var + 1e-5).sqrt() + beta


def convolution(x: Tensor, weight: Tensor, stride: int = 1) -> Tensor:
    """A 3x3 convolution as a matrix product over unfolded patches."""
    b, _, h, w = x.shape
    patches = F.unfold(x, 3, padding=1, stride=stride)  # (B, c_in·9, positions)
    return (weight.flatten(1) @ patches).view(b, len(weight), -(-h // stride), -(-w // stride))


def second_implementation(x: Tensor, state: dict[str, Tensor], depth: int, skip: bool) -> Tensor:
    """Section 4.2 from the text alone, in training mode: state dict and images in, logits out."""
    x = batch_norm(convolution(x, state["conv.weight"]), state, "bn").clamp(min=0)
    n = (depth - 2) // 6
    for i in range(3 * n):
        stride = 2 if i in (n, 2 * n) else 1
        y = convolution(x, state[f"blocks.{i}.conv1.weight"], stride)
        y = batch_norm(y, state, f"blocks.{i}.bn1").clamp(min=0)
        y = batch_norm(convolution(y, state[f"blocks.{i}.conv2.weight"]), state, f"blocks.{i}.bn2")
        if skip:
            kept = x[:, :, ::stride, ::stride]
            y[:, : kept.shape[1]] += kept  # the channels beyond have a shortcut of zeros
        x = y.clamp(min=0)
    return x.flatten(2).mean(2) @ state["linear.weight"].T + state["linear.bias"]


@pytest.mark.parametrize(("depth", "millions"), TABLE_6.items())
@pytest.mark.parametrize("skip", [True, False])
def test_parameter_counts_are_those_of_table_6(depth, millions, skip):
    count = sum(p.numel() for p in ResNet(depth, skip).parameters())
    assert count / 1e6 == pytest.approx(millions, abs=0.03 if depth == 110 else 0.005)
    assert count_parameters(depth) == count


def test_the_net_with_1202_layers_has_the_paper_s_19_million_weights():
    assert count_parameters(1202) / 1e6 == pytest.approx(19.4, abs=0.05)


@pytest.mark.parametrize("skip", [True, False], ids=["residual", "plain"])
@pytest.mark.parametrize(("depth", "width", "size", "channels"), [(8, 8, 8, 1), (20, 4, 32, 3), (14, 4, 11, 2)])
def test_forward_equals_the_second_implementation(depth, width, size, channels, skip):
    network = ResNet(depth, skip, width, channels, generator=generator(0)).double()
    for name, parameter in network.named_parameters():  # gamma = 1 and beta = 0 would hide a swap
        if "bn" in name:
            torch.nn.init.uniform_(parameter, 0.5, 1.5, generator=generator(1))
    x = torch.randn(5, channels, size, size, dtype=torch.double, generator=generator(2))
    expected = second_implementation(x, dict(network.state_dict()), depth, skip)
    torch.testing.assert_close(network(x), expected, rtol=1e-9, atol=1e-9)


def test_plain_and_residual_have_one_state_dict_and_differ_by_the_shortcut_alone():
    plain, residual = (ResNet(20, skip, generator=generator(3)) for skip in (False, True))
    assert plain.state_dict().keys() == residual.state_dict().keys()
    for ours, theirs in zip(plain.state_dict().values(), residual.state_dict().values(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=0)
    block = residual.blocks[3].eval()
    x = torch.rand(2, 16, 8, 8, generator=generator(4))
    torch.testing.assert_close(block(x), F.relu(block.residual(x) + block.shortcut(x)), rtol=0, atol=0)
    block.skip = False
    torch.testing.assert_close(block(x), F.relu(block.residual(x)), rtol=0, atol=0)


def test_shortcuts_have_no_weights_and_pad_new_channels_with_zeros():
    block = Block(4, 8, stride=2, skip=True)
    x = torch.rand(1, 4, 6, 6, generator=generator(5))
    shortcut = block.shortcut(x)
    assert shortcut.shape == (1, 8, 3, 3)
    torch.testing.assert_close(shortcut[:, :4], x[:, :, ::2, ::2], rtol=0, atol=0)
    assert shortcut[:, 4:].count_nonzero() == 0
    assert Block(4, 4, stride=1, skip=True).shortcut(x) is x


@pytest.mark.parametrize(("size", "maps"), [(32, (32, 16, 8)), (8, (8, 4, 2))])
def test_stages_halve_the_maps_and_double_the_channels(size, maps):
    network = ResNet(14, width=16, in_channels=1)
    shapes = []
    for block in network.blocks:
        block.register_forward_hook(lambda _, __, y: shapes.append(tuple(y.shape[1:])))
    assert network(torch.zeros(2, 1, size, size)).shape == (2, 10)
    assert shapes == [(c, m, m) for c, m in zip((16, 32, 64), maps, strict=True) for _ in range(2)]


def test_weighted_layers_on_the_longest_path_are_the_depth():
    for depth in (8, 56):
        layers = [m for m in ResNet(depth).modules() if isinstance(m, torch.nn.Conv2d | torch.nn.Linear)]
        assert len(layers) == depth


def test_initial_weights_have_the_spread_of_he_et_al():
    network = ResNet(56, generator=generator(6))
    weight = network.blocks[-1].conv2.weight
    assert weight.std().item() == pytest.approx((2 / (64 * 9)) ** 0.5, rel=0.02)


def test_the_config_rebuilds_the_network():
    network = ResNet(14, skip=False, width=4, in_channels=1, num_classes=7)
    ResNet(**network.config).load_state_dict(network.state_dict(), strict=True)


@pytest.mark.parametrize("depth", [2, 7, 18, 34, 0, -4])
def test_depths_that_are_not_6n_plus_2_are_refused(depth):
    with pytest.raises(ValueError, match="6n\\+2"):
        ResNet(depth)


@pytest.mark.parametrize("skip", [True, False], ids=["residual", "plain"])
@pytest.mark.parametrize("norm", [True, False], ids=["batch norm", "no batch norm"])
def test_nets_side_by_side_compute_what_each_computes_alone(skip, norm):
    networks = [ResNet(14, skip, 4, 2, generator=generator(k), norm=norm).double() for k in range(3)]
    for k, network in enumerate(networks):
        network.linear.bias.data += k
    together = stacked([network.float() for network in networks]).double()
    networks = [network.double() for network in networks]
    x = torch.randn(5, 3, 2, 8, 8, generator=generator(9), dtype=torch.float64)
    for train in (True, False):
        together.train(train)
        logits = together(x.flatten(1, 2)).view(5, 3, 10)
        for k, network in enumerate(networks):
            torch.testing.assert_close(logits[:, k], network.train(train)(x[:, k]))
    for network, found in zip(networks, unstacked(together.float()), strict=True):
        torch.testing.assert_close(found.state_dict(), network.float().state_dict())


def test_without_batch_norm_the_convolutions_have_biases_and_no_other_weight_is_added():
    network = ResNet(8, norm=False)
    assert not [m for m in network.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    assert {n.split(".")[-1] for n, _ in network.named_parameters()} == {"weight", "bias"}
    assert len(network.layers()) == 7
    assert all(conv.bias is not None and not conv.bias.any() for conv, _ in network.layers())


@pytest.mark.parametrize(
    ("init", "std"), [("kaiming", (2 / (9 * 64)) ** 0.5), ("xavier", (2 / (9 * 128)) ** 0.5), ("small", 0.01)]
)
def test_first_weights_have_the_standard_deviation_of_their_scheme(init, std):
    """In the last stage of the paper's net: 64 channels in and out, 3x3."""
    weight = ResNet(20, init=init, generator=generator(0)).blocks[-1].conv2.weight
    assert weight.std().item() == pytest.approx(std, rel=0.02)
    assert abs(weight.mean().item()) < std / 50


def test_an_unknown_initialisation_is_refused():
    with pytest.raises(ValueError, match="init must be one of kaiming, xavier, small"):
        ResNet(8, init="zeros")
