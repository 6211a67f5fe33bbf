"""The samplers side by side, in words."""

from __future__ import annotations

import math

from models.core.artifacts import Certificate
from models.noisier import reverse_chains
from models.noisier.denoise import SAMPLERS, Sampler
from models.noisier.reverse_chains import Row
from models.noisier.samplers import STEPS, Comparison
from visuals.components.album import Heading
from visuals.noisier.albums import LEGEND, Rows, count_in_words
from visuals.page import style
from visuals.page.words import named

NAMES: dict[Sampler, str] = {"ddpm": "DDPM", "ddim": "DDIM", "dpm++": "DPM-Solver++"}

MARKS = f"{LEGEND} Δ: grey levels (root mean square) from the same sampler’s {STEPS[-1]} steps."
SHOWN: tuple[tuple[Sampler, int], ...] = tuple((sampler, steps) for sampler in SAMPLERS for steps in STEPS)  # the rows
ByWay = dict[tuple[Sampler, int], Row]  # by sampler and steps
Seconds = dict[int, float]  # row: how long it took here; recorded rows come from another machine


def title(config: Comparison, classes: tuple[str, ...]) -> str:
    return f"Three samplers from the same noises, asked for {classes[config.label]}"


def headings(config: Comparison, events: Rows, seconds: Seconds) -> tuple[Heading, ...]:
    """A row for each sampler and number of steps; what it took and gave, once that is known."""
    rows, most = by_way(events), STEPS[-1]
    wanted = (config.label,) * config.count
    found = []
    for number, (sampler, steps) in enumerate(SHOWN):
        note, short = "", ""
        if (sampler, steps) in rows:
            if steps != most and (sampler, most) in rows:
                short = f"Δ {change(rows, sampler, steps):.0f}"
            took = f", {seconds[number]:.1f} s" if number in seconds else ""
            note = f"{count_in_words(rows[sampler, steps].seen, wanted)} read as asked. {steps} network calls{took}."
        found.append(Heading(f"{NAMES[sampler]}, {steps} steps", note, config.count, short))
    return tuple(found)


def by_way(events: Rows) -> ByWay:
    return {SHOWN[event.row]: event for event in events if isinstance(event, Row)}


def change(rows: ByWay, sampler: Sampler, steps: int) -> float:
    """RMSE between a sampler's pictures after so many steps and after the most."""
    return reverse_chains.rmse(rows[sampler, steps].pictures, rows[sampler, STEPS[-1]].pictures)


def sentence(config: Comparison, events: Rows, classes: tuple[str, ...]) -> str:
    """Which sampler without noise needs the fewest steps, and why DDPM cannot be told so."""
    rows = by_way(events)
    ddpm, ddim, solver = (change(rows, sampler, STEPS[0]) for sampler in ("ddpm", "ddim", "dpm++"))
    least, name = min((ddim, NAMES["ddim"]), (solver, NAMES["dpm++"]))
    return (
        f"Asked for {classes[config.label]}. {name} needs the fewest steps: in {STEPS[0]} it comes within {least:.0f} "
        f"grey levels of its own {STEPS[-1]}. DDPM’s pictures differ by {ddpm:.0f}, in part because every run adds "
        "other fresh noise."
    )


def table(certificate: Certificate, classes: tuple[str, ...]) -> str:
    """Read as asked, over all classes, and how near each comes to where 1,000 steps of DDIM lead."""
    found, body = certificate.metrics, []
    for sampler, name in NAMES.items():
        cells = [found[f"{sampler} {steps}"] for steps in STEPS]
        near = ["" if sampler == "ddpm" else f"{cell['distance_to_goal']:.1f}" for cell in cells]
        body.append([name, *(f"{cell['read_as_asked']:.0f} %" for cell in cells), *(n or "adds noise" for n in near)])
    read, far = [f"read as asked, {s} steps" for s in STEPS], [f"RMSE to 1,000 steps of DDIM, {s} steps" for s in STEPS]
    config = certificate.config
    caption = f"{config['pictures']} pictures of all classes by each sampler; RMSE over {config['near']} noises of the "
    caption += f"class {classes[config['label']]}, seed {certificate.seed}, in grey levels"
    said = style.told(more_steps(certificate), announce=False)
    return style.table(caption, ["sampler", *read, *far], body) + said + style.recorded(certificate)


def more_steps(certificate: Certificate) -> str:
    """What more steps of DDPM did, and how sure that is from so few pictures."""
    count = certificate.config["pictures"]
    shares = [certificate.metrics[f"ddpm {steps}"]["read_as_asked"] for steps in STEPS]
    error = max(math.sqrt(share * (100 - share) / count) for share in shares)
    return (
        f"DDPM in {named(list(map(str, STEPS)))} steps: {named([f'{share:.0f} %' for share in shares])} are read as "
        f"asked. From {count} pictures such a share has a standard error of up to {error:.0f} points, so some of the "
        "differences in this table may be chance. And a picture that is read as asked need not be a good one."
    )
