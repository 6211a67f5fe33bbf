"""When is it decided, in words: a chain that was split, and a picture that was brought back."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from models.core.artifacts import Certificate
from models.noisier import reverse_chains
from models.noisier.decided import CONTINUATIONS, EVERY, FREEZE, Split
from models.noisier.denoise import TRAINED_ON
from models.noisier.reverse_chains import Reading, Row
from visuals.components.album import Heading
from visuals.noisier.albums import Rows, Wanted, agreeing, count_in_words, count_of, hits, percent
from visuals.noisier.settings import NETWORKS
from visuals.page import style
from visuals.page.words import named

Names = tuple[str, ...]  # of the ten classes


def factor(t: int) -> str:
    """The factor of the picture in x_t."""
    return f"√ᾱ = {TRAINED_ON.alpha_bar[t].sqrt().item():.3f}"


# --- a chain that was split ---


def split_label(config: Split) -> str:
    return f"A chain split at t = {named(list(map(str, config.times)))}, {config.network}, seed {config.seed}"


def wanted(row: int, events: Rows) -> Wanted:
    """The chain's own class, once it is known, is what its continuations are held against."""
    own = next((event.seen[0][0] for event in events if isinstance(event, Row) and event.row == 0), None)
    return (None,) if row == 0 else (own,) * CONTINUATIONS


def split_headings(config: Split, events: Rows) -> tuple[Heading, ...]:
    """The rows by name; under it how much their pictures have in common, once they are there."""
    rows = {event.row: event for event in events if isinstance(event, Row)}
    found = [Heading("The chain itself", "From pure noise to its end.", 1)]
    for number, t in enumerate(config.times, start=1):
        note, short = factor(t), ""
        if number in rows:
            row = rows[number]
            own, apart = wanted(number, events), reverse_chains.variety(row.pictures)
            short = count_of(row.seen, own)
            end = agreeing(hits(row.seen, own), "ends", "end")
            note += f". {count_in_words(row.seen, own)} {end} as the chain does. "
            note += f"Two differ by {apart:.0f} grey levels (RMSE)"
        found.append(Heading(f"From t = {t}", note + ".", CONTINUATIONS, short))
    return tuple(found)


def split_sentence(config: Split, events: Rows, classes: Names) -> str:
    """How many continuations end as the chain does, from the first time and the last, and whether all are in order."""
    own, *rows = sorted((event for event in events if isinstance(event, Row)), key=lambda row: row.row)
    seen, probability = own.seen[0]
    name, same = classes[seen], [hits(row.seen, wanted(row.row, events)) for row in rows]
    times, end, do = config.times, agreeing(same[0], "ends", "end"), agreeing(same[-1], "does", "do")
    return (
        f"The chain ends as {name} ({percent(probability)}). From t = {times[0]}, {same[0]} of {CONTINUATIONS} "
        f"continuations {end} as {name} too. From t = {times[-1]}, {same[-1]} {do}.{out_of_order(times, same)}"
    )


def out_of_order(times: tuple[int, ...], same: list[int]) -> str:
    """Said where fewer end alike from a later moment of the way back than from an earlier one."""
    for k, (before, after) in enumerate(pairwise(same)):
        if after < before:
            few = f"{CONTINUATIONS} pictures leave much to chance"
            return f" From t = {times[k + 1]} fewer do than from t = {times[k]}: {few}."
    return ""


# --- a picture that was brought back ---


def back_label(config: Split) -> str:
    times = named(list(map(str, config.times)))
    return f"A picture noised to t = {times} and brought back, {config.network}"


def back_headings(
    config: Split, events: Rows, picture: np.ndarray, seen: Reading, classes: Names
) -> tuple[Heading, ...]:
    """The picture, and a row for each time; under it how much of the picture came back, once that is known."""
    rows = {event.row: event for event in events if isinstance(event, Row)}
    found = [Heading("The picture", f"Read as {classes[seen[0]]}.", 1)]
    for number, t in enumerate(config.times, start=1):
        note, short = factor(t), ""
        if number in rows:
            row = rows[number]
            same, far = (seen[0],) * CONTINUATIONS, reverse_chains.rmse(row.pictures, picture)
            short = count_of(row.seen, same)
            are = agreeing(hits(row.seen, same), "is", "are")
            note += (
                f". {count_in_words(row.seen, same)} {are} read as it is. They are {far:.0f} grey levels (RMSE) from it"
            )
        found.append(Heading(f"From t = {t}", note + ".", CONTINUATIONS, short))
    return tuple(found)


def back_sentence(config: Split, events: Rows, picture: np.ndarray, seen: Reading, classes: Names) -> str:
    """How much of the picture came back from each time."""
    rows = sorted((event for event in events if isinstance(event, Row)), key=lambda row: row.row)[1:]
    name, same = classes[seen[0]], [hits(row.seen, (seen[0],) * CONTINUATIONS) for row in rows]
    are, last_are = (agreeing(count, "is", "are") for count in (same[0], same[-1]))
    first = f"From t = {config.times[0]}, {same[0]} of {CONTINUATIONS} ways back {are} read as {name} too."
    last = f" From t = {config.times[-1]}, {same[-1]} {last_are}." if len(same) > 1 else ""
    return f"The classifier reads the picture as {name}. {first}{last}"


# --- many chains ---

ABOUT_DIGITS = "The question is about digits, also while photographs are chosen above."


def of_photographs(certificates: dict[str, Certificate]) -> str:
    """Beside the answer, which is about digits: when photographs are decided, and whether that is later on the way."""
    digits, photographs = (decided_from(certificates[name]) for name in NETWORKS)
    when = "later" if photographs < digits else "earlier" if photographs > digits else "about as late"
    return (
        f"This is about digits. Photographs are decided {when}: from t = {photographs} down, most ways end as the same "
        "class. See Many chains."
    )


def decided_from(certificate: Certificate) -> int:
    """From which time down more than half of the continuations keep the class."""
    kept = {int(t): metrics["class_kept"] for t, metrics in certificate.metrics.items()}
    return max(t for t in kept if min(kept[below] for below in kept if below <= t) > 50)


def curve_sentence(certificates: dict[str, Certificate], runs: dict[str, np.ndarray]) -> str:
    """From which time down more than half of the continuations keep the class.

    `runs` has each chain's shares, (chain, time), from t = 1000 on.
    """
    said = []
    for key, name in NETWORKS.items():
        half = decided_from(certificates[key])
        kept = certificates[key].metrics[str(half)]["class_kept"]
        said.append(
            f"{name}: from t = {half} down, more than half of the continuations keep the class. There it is "
            f"{kept:.1f} ± {standard_error(runs[key], 1000 - half):.1f} % (mean and standard error)."
        )
    labels = [style.recorded(certificates[key], f"{name}, no class asked for") for key, name in NETWORKS.items()]
    told = "".join(style.told(sentence, announce=False) for sentence in said)
    return told + "".join(f"<p>{label}</p>" for label in labels)


def curve_table(certificates: dict[str, Certificate]) -> str:
    """The recorded shares and distances at the times of Fig. 7."""
    body = [
        [f"t = {t}"]
        + [
            cell
            for key in NETWORKS
            for cell in (
                f"{certificates[key].metrics[str(t)]['class_kept']:.0f} %",
                f"{certificates[key].metrics[str(t)]['rmse_between']:.0f}",
            )
        ]
        for t in FREEZE
    ]
    head = ["split at", *(f"{name}, {what}" for name in NETWORKS.values() for what in ("class kept", "RMSE of two"))]
    return style.table("Continuations at the times of Fig. 7; RMSE in grey levels", head, body)


def standard_error(kept: np.ndarray, before_1000: int) -> float:
    """Of the mean share in %, over the chains, at the time so long before t = 1000."""
    shares = 100 * kept[:, before_1000 // EVERY]
    return float(shares.std(ddof=1) / len(shares) ** 0.5)
