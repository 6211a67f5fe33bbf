"""Tables of what the network costs: Table 1 recounted, and where it contradicts itself."""

from __future__ import annotations

from models.wider.cost import Cost, ModuleCost, Printed
from models.wider.googlenet import TABLE_1
from visuals.page.style import scrolling
from visuals.page.words import signed

PAPER = "Szegedy et al. 2014"
LINES = {"conv1": "conv 7×7/2", "conv2": "conv 1×1, 3×3"}
WIDTHS = ("n1x1", "n3x3_reduce", "n3x3", "n5x5_reduce", "n5x5", "n_pool")


def cost_table(costs: tuple[Cost, ...], modules: dict[str, ModuleCost], chosen: str) -> str:
    """Table 1 with its printed columns beside ours; the chosen module's line is marked."""
    rows = {row.name: row for row in TABLE_1}
    body = []
    for cost in costs:
        widths = "".join(f'<td class="shape">{getattr(rows[cost.name], width) or ""}</td>' for width in WIDTHS)
        naive = f"{modules[cost.name].naive_weights:,}" if cost.name in modules else ""
        mark = ' class="chosen" aria-current="true"' if cost.name == chosen else ""
        body.append(
            f'<tr{mark}><th scope="row">{LINES.get(cost.name, cost.name)}</th>'
            f'<td class="shape">{"×".join(map(str, rows[cost.name].out))}</td>{widths}'
            f'<td class="printed">{cost.printed_weights.text}</td><td>{cost.weights:,}</td>'
            f"{_verdict(cost.printed_weights, cost.weights)}"
            f'<td class="printed">{cost.printed_macs.text}</td><td>{cost.macs / 1e6:,.1f}M</td>'
            f"{_verdict(cost.printed_macs, cost.macs)}<td>{naive}</td></tr>"
        )
    whole = scrolling("Table 1, printed and counted", f"{_COST_HEAD}<tbody>{''.join(body)}{_sums(costs)}</tbody>")
    return whole + '<p class="remark narrow">Shapes and channels: on the map, and here on a wider screen.</p>'


_COST_HEAD = """<thead><tr><th rowspan="2" scope="col">layer</th>
<th rowspan="2" scope="col" class="shape">output at 224 px</th>
<th colspan="6" scope="colgroup" class="shape">channels</th><th colspan="3" scope="colgroup">weights</th>
<th colspan="3" scope="colgroup">multiply-adds</th><th rowspan="2" scope="col">weights without reductions</th></tr>
<tr><th scope="col" class="shape">1×1</th><th scope="col" class="shape">#3×3 reduce</th>
<th scope="col" class="shape">3×3</th><th scope="col" class="shape">#5×5 reduce</th>
<th scope="col" class="shape">5×5</th><th scope="col" class="shape">pool</th>
<th scope="col">printed</th><th scope="col">counted</th><th scope="col" class="left">verdict</th>
<th scope="col">printed</th><th scope="col">counted</th><th scope="col" class="left">verdict</th></tr></thead>"""


def _sums(costs: tuple[Cost, ...]) -> str:
    printed_k = sum(cost.printed_weights.value for cost in costs) / 1024
    printed_m = sum(cost.printed_macs.value for cost in costs) / 1e6
    shapes = '<td class="shape"></td>' * (1 + len(WIDTHS))
    return (
        f'<tr class="sum"><th scope="row">sum</th>{shapes}<td class="printed">{printed_k:,.0f}K</td>'
        f'<td>{sum(c.weights for c in costs):,}</td><td></td><td class="printed">{printed_m:,.0f}M</td>'
        f"<td>{sum(c.macs for c in costs) / 1e6:,.1f}M</td><td></td><td></td></tr>"
    )


def _verdict(printed: Printed, counted: int) -> str:
    if printed.agrees(counted):
        return '<td class="agrees">agrees</td>'
    return f'<td class="differs">{signed(100 * (counted / printed.value - 1), 1)} %</td>'


def contradictions(costs: tuple[Cost, ...]) -> str:
    """Where the two printed cells of a line exclude each other, with the numbers that show it."""
    items = []
    for cost in costs:
        if cost.contradicts_itself:
            needed = cost.printed_macs.value / cost.positions
            items.append(
                f"<li><b>{cost.name}</b>: {cost.printed_macs.text} multiply-adds at {cost.positions} positions need "
                f"{needed:,.0f} weights ({needed / 1024:.0f}K), and {cost.printed_weights.text} are printed. "
                f"The layer sizes give {cost.weights:,} ({cost.weights / 1024:.0f}K).</li>"
            )
    finer = [cost for cost in costs if cost.contradicts_its_rounding and not cost.contradicts_itself]
    items.append(
        f"<li><b>{', '.join(cost.name for cost in finer)}</b>: here the cells lie closer together, but rounding alone "
        f"does not explain the difference either. {' '.join(map(_rounded, finer))}</li>"
    )
    return f"<ul>{''.join(items)}</ul>"


def _rounded(cost: Cost) -> str:
    low, high = (f"{weights / 1024:,.1f}K" for weights in cost.needed)
    return (
        f"In {cost.name}, {cost.printed_macs.text} at {cost.positions} positions are {low} to {high} weights, and "
        f"{cost.printed_weights.text} are printed."
    )
