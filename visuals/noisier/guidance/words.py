"""Guidance in words."""

from __future__ import annotations

from models.core.artifacts import Certificate
from models.noisier import reverse_chains
from models.noisier.guidance import SCALES, Strip, at_the_ends, relative_variety
from models.noisier.reverse_chains import Row
from visuals.components.album import Heading
from visuals.noisier.albums import Rows, count_in_words, count_of, hits
from visuals.page import style

NOTES: dict[float, str] = {0: "The class is ignored.", 1: "The class, no guidance."}


def title(config: Strip, classes: tuple[str, ...]) -> str:
    return f"Guidance from 0 to 8, asked for {classes[config.label]}, seed {config.seed}"


def headings(config: Strip, events: Rows) -> tuple[Heading, ...]:
    """A row for each scale, and its measures once they are known."""
    rows = {event.row: event for event in events if isinstance(event, Row)}
    found = []
    for number, scale in enumerate(SCALES):
        note, short = NOTES.get(scale, ""), ""
        if number in rows:
            row = rows[number]
            wanted, apart = (config.label,) * config.count, relative_variety(row.pictures)
            short = count_of(row.seen, wanted)
            note += (
                f" {count_in_words(row.seen, wanted)} read as asked. "
                f"At 0 or 255: {100 * at_the_ends(row.pictures):.1f} %. "
                f"Contrast: {reverse_chains.contrast(row.pictures):.0f} grey levels. Relative variety: {apart:.2f}."
            )
        found.append(Heading(f"s = {scale:g}", note.strip(), config.count, short))
    return tuple(found)


def sentence(config: Strip, events: Rows, classes: tuple[str, ...]) -> str:
    """What guidance did to these pictures, from none to the most."""
    rows = {SCALES[event.row]: event for event in events if isinstance(event, Row)}
    plain, most = rows[1], rows[SCALES[-1]]
    read = [hits(row.seen, (config.label,) * config.count) for row in (plain, most)]
    contrast = [reverse_chains.contrast(row.pictures) for row in (plain, most)]
    apart = [relative_variety(row.pictures) for row in (plain, most)]
    return (
        f"Asked for {classes[config.label]}. The classifier agrees with {read[0]} of {config.count} without guidance, "
        f"and with {read[1]} at s = {SCALES[-1]}. Their contrast goes from {contrast[0]:.0f} to {contrast[1]:.0f} grey "
        "levels. "
        f"Their variety, relative to contrast, goes from {apart[0]:.2f} to {apart[1]:.2f}."
    )


def table(certificate: Certificate) -> str:
    """The numbers of the recorded pictures of all classes, which are more than those of the strip."""
    body = [
        [
            f"s = {scale}",
            f"{m['read_as_asked']:.0f} %",
            f"{m['probability']:.0f} %",
            f"{m['at_the_ends']:.1f} %",
            f"{m['contrast']:.0f}",
            f"{m['relative_variety']:.2f}",
        ]
        for scale, m in certificate.metrics.items()
    ]
    head = ["scale", "read as asked", "classifier’s certainty", "values at 0 or 255", "contrast", "relative variety"]
    count = certificate.config["pictures"]
    return style.table(f"{count} pictures at each scale, ten of each class", head, body) + style.recorded(certificate)
