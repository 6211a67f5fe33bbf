"""GoogLeNet against Table 1, against a second implementation, and against torchvision's other network."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from models.wider.googlenet import BRANCHES, INCEPTIONS, TABLE_1, GoogLeNet, LocalResponseNorm, normalise

WEIGHTS_OF_TABLE_1 = 6_990_272
BIASES = 8_280


@pytest.fixture(scope="module")
def network() -> GoogLeNet:
    torch.manual_seed(0)
    return GoogLeNet().eval()


@pytest.fixture(scope="module")
def stages(network) -> dict[str, Tensor]:
    x = torch.randn(1, 3, 224, 224, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        return {"picture": x} | dict(network.stages(x))


@pytest.mark.parametrize("row", TABLE_1[:-2], ids=lambda row: row.name)
def test_every_stage_has_the_shape_that_table_1_prints(stages, row):
    height, width, channels = row.out
    assert stages[row.name].shape == (1, channels, height, width)


def test_average_pooling_leaves_1024_numbers_and_the_linear_layer_1000(network, stages):
    assert stages["avgpool"].shape == (1, 1024)
    assert [tuple(logits.shape) for logits in network.heads(stages)] == [(1, 1000)] * 3


def test_a_module_s_channels_are_the_sum_of_its_branches():
    for row in INCEPTIONS:
        assert row.n1x1 + row.n3x3 + row.n5x5 + row.n_pool == row.out[2]


def test_branches_concatenated_are_the_module_s_output(network, stages):
    x = stages["pool2"]
    module = network.inceptions["3a"]
    with torch.no_grad():
        branches = module.branches(x)
        assert tuple(branches) == BRANCHES
        assert [b.shape[1] for b in branches.values()] == [64, 128, 32, 32]
        torch.testing.assert_close(torch.cat(list(branches.values()), 1), module(x), rtol=0, atol=0)
        torch.testing.assert_close(stages["3a"], module(x), rtol=0, atol=0)


@pytest.mark.parametrize("name", [row.name for row in INCEPTIONS])
def test_kernels_and_reductions_are_those_of_the_paper(network, name):
    row = next(row for row in INCEPTIONS if row.name == name)
    module = network.inceptions[name]
    layers = {
        "conv1x1": (1, row.n1x1),
        "reduce3x3": (1, row.n3x3_reduce),
        "conv3x3": (3, row.n3x3),
        "reduce5x5": (1, row.n5x5_reduce),
        "conv5x5": (5, row.n5x5),
        "project": (1, row.n_pool),
    }
    for layer, (kernel, channels) in layers.items():
        convolution = getattr(module, layer)
        assert convolution.kernel_size == (kernel, kernel)
        assert convolution.out_channels == channels
    assert (module.pool.kernel_size, module.pool.stride) == (3, 1)


def test_22_layers_with_weights_27_with_pooling(network):
    """Counted in depth: a module is two convolutions deep, and its own pooling stands beside them."""
    stem, modules, linear = 3, 2 * len(INCEPTIONS), 1
    assert stem + modules + linear == 22
    assert 22 + sum(row.kind == "pool" for row in TABLE_1) == 27
    convolutions = [m for m in network.modules() if isinstance(m, torch.nn.Conv2d)]
    assert len(convolutions) == stem + 6 * len(INCEPTIONS) + 2  # six in a module, one in each auxiliary head


def test_number_of_parameters(network):
    sizes = {name: p.numel() for name, p in network.named_parameters()}
    trunk = {name: n for name, n in sizes.items() if not name.startswith("aux")}
    assert sum(n for name, n in trunk.items() if name.endswith("weight")) == WEIGHTS_OF_TABLE_1
    assert sum(n for name, n in trunk.items() if name.endswith("bias")) == BIASES
    head = 128 * 4 * 4 * 1024 + 1024 + 1024 * 1000 + 1000  # behind the 1x1 convolution
    assert sum(n for name, n in sizes.items() if name.startswith("aux_4a")) == 512 * 128 + 128 + head
    assert sum(n for name, n in sizes.items() if name.startswith("aux_4d")) == 528 * 128 + 128 + head


def test_nothing_is_normalised_by_the_batch(network):
    kinds = {type(m).__name__ for m in network.modules()}
    assert not any("BatchNorm" in kind for kind in kinds)
    assert [m.p for m in network.modules() if isinstance(m, torch.nn.Dropout)] == [0.7, 0.7, 0.4]


@pytest.mark.parametrize("channels", [3, 64, 192])
def test_local_response_norm_is_torch_s(channels):
    x = torch.randn(2, channels, 5, 6) * 20
    expected = F.local_response_norm(x, size=5, alpha=1e-4, beta=0.75, k=1.0)
    torch.testing.assert_close(LocalResponseNorm(channels)(x), expected)


def relu_conv(state: dict[str, Tensor], name: str, x: Tensor, stride: int = 1) -> Tensor:
    weight, bias = state[f"{name}.weight"], state[f"{name}.bias"]
    return F.conv2d(x, weight, bias, stride, weight.shape[-1] // 2).clamp_min(0)


def functional_forward(state: dict[str, Tensor], x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The network written a second time, from the paper's text, on nothing but the weights."""

    def halve(x: Tensor) -> Tensor:
        return F.max_pool2d(x, 3, 2, ceil_mode=True)

    def norm(x: Tensor) -> Tensor:
        return F.local_response_norm(x, size=5, alpha=1e-4, beta=0.75, k=1.0)

    def inception(name: str, x: Tensor) -> Tensor:
        name = f"inceptions.{name}"
        one = relu_conv(state, f"{name}.conv1x1", x)
        three = relu_conv(state, f"{name}.conv3x3", relu_conv(state, f"{name}.reduce3x3", x))
        five = relu_conv(state, f"{name}.conv5x5", relu_conv(state, f"{name}.reduce5x5", x))
        pool = relu_conv(state, f"{name}.project", F.max_pool2d(x, 3, 1, 1))
        return torch.cat([one, three, five, pool], 1)

    def auxiliary(name: str, x: Tensor) -> Tensor:
        x = relu_conv(state, f"{name}.conv", F.avg_pool2d(x, 5, 3)).flatten(1)
        x = F.linear(x, state[f"{name}.hidden.weight"], state[f"{name}.hidden.bias"]).clamp_min(0)
        return F.linear(x, state[f"{name}.linear.weight"], state[f"{name}.linear.bias"])

    x = norm(halve(relu_conv(state, "conv1", x, stride=2)))
    x = halve(norm(relu_conv(state, "conv2", relu_conv(state, "conv2_reduce", x))))
    x = halve(inception("3b", inception("3a", x)))
    aux_4a = auxiliary("aux_4a", x := inception("4a", x))
    aux_4d = auxiliary("aux_4d", x := inception("4d", inception("4c", inception("4b", x))))
    x = inception("5b", inception("5a", halve(inception("4e", x))))
    x = F.avg_pool2d(x, x.shape[-1]).flatten(1)
    return aux_4a, aux_4d, F.linear(x, state["linear.weight"], state["linear.bias"])


@pytest.mark.parametrize("size", [224, 96])
def test_forward_equals_a_second_implementation(size):
    torch.manual_seed(2)
    network = GoogLeNet(52, size).eval()
    for name, parameter in network.named_parameters():  # zero biases would hide a missing one
        if name.endswith("bias"):
            torch.nn.init.normal_(parameter, std=0.1)
    pictures = normalise(torch.randint(0, 256, (2, 3, size, size)))
    with torch.no_grad():
        for ours, theirs in zip(network(pictures), functional_forward(network.state_dict(), pictures), strict=True):
            torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-4)


def test_smaller_pictures_are_refused():
    GoogLeNet(2, 80)
    with pytest.raises(ValueError, match="at least 80"):
        GoogLeNet(2, 79)


def test_pictures_are_normalised_per_channel():
    pictures = torch.tensor([124, 116, 104], dtype=torch.uint8).view(1, 3, 1, 1).expand(1, 3, 4, 4)
    assert normalise(pictures).abs().max() < 0.01
    assert normalise(torch.full((1, 3, 1, 1), 255, dtype=torch.uint8)).min() > 2


def test_torchvision_s_googlenet_is_another_network():
    """The differences that the page names wherever torchvision's weights could be meant."""
    torchvision = pytest.importorskip("torchvision")
    other = torchvision.models.googlenet(weights=None, aux_logits=False, init_weights=False)
    kinds = [type(m).__name__ for m in other.modules()]
    assert other.inception3a.branch3[1].conv.kernel_size == (3, 3)  # the branch that the paper makes 5x5
    assert kinds.count("BatchNorm2d") == 57
    assert "LocalResponseNorm" not in kinds
    assert other.dropout.p == 0.2
    assert other.maxpool4.kernel_size == 2
    assert sum(p.numel() for p in other.parameters()) == 6_624_904
