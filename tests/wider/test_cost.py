"""What Table 1 costs: counted on the running network, against an independent recount and the paper's print."""

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from models.wider.cost import ModuleCost, Printed, layer_costs, module_costs, stacked
from models.wider.googlenet import TABLE_1, GoogLeNet

RECOUNT = {  # line: (weights, millions of multiply-adds, naive weights), worked out by hand from the printed widths
    "conv1": (9_408, 118.0, None),
    "conv2": (114_688, 359.7, None),
    "3a": (163_328, 128.0, 387_072),
    "3b": (388_096, 304.3, 1_089_536),
    "4a": (375_552, 73.6, 1_566_720),
    "4b": (448_512, 87.9, 1_933_312),
    "4c": (509_440, 99.9, 2_064_384),
    "4d": (604_672, 118.5, 2_203_648),
    "4e": (867_328, 170.0, 3_345_408),
    "5a": (1_042_432, 51.1, 5_271_552),
    "5b": (1_442_816, 70.7, 5_857_280),
    "linear": (1_024_000, 1.02, None),
}


@pytest.fixture(scope="module")
def costs():
    return {cost.name: cost for cost in layer_costs()}


def test_every_line_with_weights_is_counted(costs):
    assert tuple(costs) == tuple(RECOUNT) == tuple(row.name for row in TABLE_1 if row.params)


@pytest.mark.parametrize("name", RECOUNT)
def test_weights_and_multiply_adds_equal_the_recount(costs, name):
    weights, millions, _ = RECOUNT[name]
    assert costs[name].weights == weights
    assert costs[name].macs / 1e6 == pytest.approx(millions, abs=0.05)


def test_sums(costs):
    assert sum(cost.weights for cost in costs.values()) == 6_990_272
    assert round(sum(cost.macs for cost in costs.values()) / 1e6) == 1583
    assert sum(float(cost.printed_weights.text[:-1]) for cost in costs.values()) == pytest.approx(6797.7)  # 6.80M
    assert sum(cost.printed_macs.value for cost in costs.values()) == 1502e6


def test_multiply_adds_equal_torch_s_own_counter(costs):
    network = GoogLeNet().eval()
    network.lrn1 = network.lrn2 = nn.Identity()  # normalisation is written as a convolution and is not in the table
    with torch.inference_mode(), FlopCounterMode(display=False) as counter:
        stages = dict(network.stages(torch.zeros(1, 3, 224, 224)))
        network.linear(stages["avgpool"])
    assert counter.get_total_flops() == 2 * sum(cost.macs for cost in costs.values())


def test_smaller_pictures_cost_fewer_multiply_adds_and_as_many_weights(costs):
    for small in layer_costs(52, 96):
        if small.name == "linear":
            assert small.weights == 1024 * 52
        else:
            assert small.weights == costs[small.name].weights
            assert small.macs < costs[small.name].macs


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [("2.7K", 2764.8, 102.4), ("112K", 114_688, 1024), ("1M", 1e6, 1e6), ("360M", 360e6, 1e6)],
)
def test_printed_cells_are_read(text, value, unit):
    printed = Printed.parse(text)
    assert printed.value == pytest.approx(value)
    assert printed.unit == pytest.approx(unit)


def test_a_cell_agrees_within_one_per_cent_or_its_rounding():
    assert Printed.parse("360M").agrees(363.5e6)
    assert not Printed.parse("360M").agrees(364e6)
    assert Printed.parse("1M").agrees(1.024e6)
    assert not Printed.parse("1M").agrees(1.6e6)


def test_the_cells_that_differ(costs):
    """conv1 does not fit a 7x7 convolution; 4c and 5a are far off their own widths, 4d and 5b by under 2 %."""
    assert [c.name for c in costs.values() if not c.printed_weights.agrees(c.weights)] == [
        "conv1",
        "4c",
        "4d",
        "5a",
        "5b",
    ]
    assert [c.name for c in costs.values() if not c.printed_macs.agrees(c.macs)] == ["conv1", "5a"]
    for name in ("4d", "5b"):
        assert costs[name].weights / costs[name].printed_weights.value < 1.02


def test_the_lines_whose_two_printed_cells_exclude_each_other(costs):
    assert [c.name for c in costs.values() if c.contradicts_itself] == ["4c", "4d"]
    assert [c.name for c in costs.values() if c.contradicts_its_rounding] == ["3b", "4c", "4d", "4e", "5b"]
    assert costs["5b"].needed == (70.5e6 / 49, 71.5e6 / 49)


@pytest.mark.parametrize("name", [name for name, line in RECOUNT.items() if line[2]])
def test_naive_modules(costs, name):
    module = module_costs()[name]
    assert module.naive_weights == RECOUNT[name][2]
    assert module.weights == costs[name].weights
    assert module.weights * module.positions == costs[name].macs


def test_the_example_of_3a():
    module = module_costs()["3a"]
    assert (module.reduce_5x5.naive, module.reduce_5x5.bottleneck) == (153_600, 15_872)
    assert round(module.reduce_5x5.naive / module.reduce_5x5.bottleneck, 1) == 9.7
    assert (module.c_out, module.naive_c_out) == (256, 416)


def test_alexnet_has_nine_times_the_parameters_not_twelve():
    torchvision = pytest.importorskip("torchvision")
    alexnet = sum(p.numel() for p in torchvision.models.alexnet().parameters())
    assert alexnet == pytest.approx(60.97e6, rel=0.01)
    assert round(60.97 / 6.80, 1) == 9.0


def test_modules_in_a_row_get_what_the_one_before_puts_out():
    rows = stacked(module_costs()["3a"], 9)
    assert [naive.c_in for naive, _ in rows] == [192 + 224 * k for k in range(9)]  # 64 + 128 + 32 more each time
    assert [naive.naive_c_out for naive, _ in rows][-1] == 192 + 224 * 9
    assert [reduced.c_in for _, reduced in rows] == [192] + [256] * 8
    assert rows[0] == (module_costs()["3a"], module_costs()["3a"])
    assert rows[1][0].naive_weights == 416 * (64 + 9 * 128 + 25 * 32)


def test_a_module_of_any_widths():
    module = ModuleCost("own", c_in=16, side=7, n1x1=1, n3x3_reduce=2, n3x3=3, n5x5_reduce=4, n5x5=5, n_pool=6)
    assert module.weights == 16 * 1 + (16 * 2 + 9 * 2 * 3) + (16 * 4 + 25 * 4 * 5) + 16 * 6
    assert module.naive_weights == 16 * (1 + 9 * 3 + 25 * 5)
    assert (module.c_out, module.naive_c_out, module.positions) == (15, 25, 49)
