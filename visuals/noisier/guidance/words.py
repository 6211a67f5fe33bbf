"""Guidance in words."""

from __future__ import annotations

from models.core.artifacts import Certificate
from models.noisier import reverse_chains
from models.noisier.guidance import SCALES, Strip, at_the_ends, relative_variety
from models.noisier.reverse_chains import Row
from visuals.components.album import Heading
from visuals.noisier.albums import LEGEND, Rows, count_in_words, count_of
from visuals.page import style
from visuals.page.words import named

VARIETY = "variety, how much two pictures differ, divided by their contrast"
MARKS = f"{LEGEND} First number: read as asked. Second: {VARIETY}."
ENDS = (1, SCALES[-1])  # no guidance, and the most
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
            short = f"{count_of(row.seen, wanted)} · {apart:.2f}"
            note += (
                f" {count_in_words(row.seen, wanted)} read as asked. "
                f"At 0 or 255: {100 * at_the_ends(row.pictures):.1f} %. "
                f"Contrast: {reverse_chains.contrast(row.pictures):.0f} grey levels. Relative variety: {apart:.2f}."
            )
        found.append(Heading(f"s = {scale:g}", note.strip(), config.count, short))
    return tuple(found)


def sentence(config: Strip, events: Rows, classes: tuple[str, ...]) -> str:
    """What guidance did to these pictures: without any, and where they are most alike."""
    rows = {SCALES[event.row]: event for event in events if isinstance(event, Row)}
    found = {scale: f"{relative_variety(row.pictures):.2f}" for scale, row in rows.items()}
    least = min(found.values(), key=float)
    where = named([f"{scale:g}" for scale in found if found[scale] == least])
    return (
        f"Asked for {classes[config.label]}. Without guidance (s = {ENDS[0]}) the variety of these "
        f"{config.count} pictures is {found[ENDS[0]]}. The least is {least}, at s = {where}."
    )


def of_all(certificate: Certificate) -> str:
    """What guidance did to more pictures, of all classes: in the few of one class it can be hard to see."""
    count = certificate.config["pictures"]
    plain, most = (certificate.metrics[str(scale)] for scale in ENDS)
    read = [end["read_as_asked"] * count / 100 for end in (plain, most)]
    traded = read[1] > read[0] and most["relative_variety"] < plain["relative_variety"]
    answer = "You gain pictures of the class that you ask for, and lose variety. " if traded else ""
    return (
        f"{answer}Few pictures show little. So {count} more were drawn at each scale, of all classes. "
        f"At s = {ENDS[0]}, {read[0]:.0f} of these are read as asked, and the variety within a class is "
        f"{plain['relative_variety']:.2f}. "
        f"At s = {ENDS[1]}, {read[1]:.0f} are. The variety is then {most['relative_variety']:.2f}."
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
