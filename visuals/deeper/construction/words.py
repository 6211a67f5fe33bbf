"""The construction argument in words: what the check found, and how training on went."""

from __future__ import annotations

import numpy as np

from models.core.artifacts import Certificate
from models.deeper.construction import ANEW, CONSTRUCTED, Check
from models.deeper.nets import Lane
from visuals.page import style
from visuals.page.words import difference

CLOSE = 2.0  # percentage points: two training errors that differ by less are called equal


def compared(shallow: Lane, depth: int, check: Check) -> str:
    """What the check found, in words."""
    changed = f"change by {number(check.difference)} at most" if check.difference else "do not change"
    said = (
        f"{shallow.name} got {depth - shallow.depth} more layers. Its outputs go up to {check.largest:.0f}, and "
        f"{changed}."
    )
    if round(check.shallow_error, 1) != round(check.constructed_error, 1):
        before, now = f"{check.shallow_error:.1f} %", f"{check.constructed_error:.1f} %"
        said += f" Before, {before} of the training images were wrong; now {now}."
    return said


def stays(shallow: float, constructed: float | None) -> bool:
    """Whether training left the constructed net as good as the shallow one, in % of wrong training images."""
    return constructed is not None and constructed - shallow <= CLOSE


def verdict(shallow: float, curve: list[float], constructed: float | None, anew: float | None, name: str) -> str:
    """How training on went, whatever came out. `curve`: the constructed net's training error from step 0 on."""
    ends = [
        f"{net} {'has diverged' if error is None else f'gets {error:.1f} % wrong'}"
        for net, error in (("the constructed net", constructed), ("the one from scratch", anew))
    ]
    said, before = f"{' and '.join(ends)}.", f"{name} had {shallow:.1f} %"
    said = said[0].upper() + said[1:]
    if not stays(shallow, constructed):
        return f"{said} Good weights were there, and training left them: {before}."
    peak = int(np.argmax(curve))
    away = f" On the way it got {curve[peak]:.1f} % wrong, at step {peak}." if curve[peak] - shallow > CLOSE else ""
    return f"{said} The constructed net stays about as good: {before}.{away}"


def start(run: dict[str, np.ndarray], certificate: Certificate, skip: bool) -> str:
    """Before training goes on: what the check found over all seeds, and that there is more."""
    check = check_of_all(run["checks"][int(skip)], certificate.config["check"])
    said = compared(Lane(certificate.config["shallow"], skip), certificate.config["deep"], check)
    return style.told(f"{said} Guess, and you see the next {certificate.config['steps']} steps.", announce=False)


def recorded_outcome(
    run: dict[str, np.ndarray],
    certificate: Certificate,
    skip: bool,
    rate: float,
    guess: bool,
    just_now: bool = False,
) -> str:
    """One recorded kind of net and rate: means of the training errors over all seeds.

    `guess`: whether the learner expects that the constructed net stays as good, and has said so `just_now`.
    """
    check = check_of_all(run["checks"][int(skip)], certificate.config["check"])
    place = certificate.config["axes"]["learning_rate"].index(rate)
    mean = run["train_error"][int(skip), place].mean(axis=0)  # (net, step)
    curve = [check.constructed_error, *map(float, mean[CONSTRUCTED])]
    constructed, anew = (None if np.isnan(e) else float(e) for e in mean[:, -1])
    said = verdict(check.shallow_error, curve, constructed, anew, Lane(certificate.config["shallow"], skip).name)
    held = of_guess(guess == stays(check.shallow_error, constructed), just_now)
    return style.told(f"{held} {said} This is {certificate.config['steps']} steps later.") + style.recorded(certificate)


def of_guess(right: bool, just_now: bool) -> str:
    """Whether a guess was right, for what it was made of or for what was chosen since."""
    if just_now:
        return f"You guessed {'right' if right else 'otherwise'}."
    return f"Here your guess {'holds' if right else 'does not hold'}."


def checks(run: dict[str, np.ndarray], certificate: Certificate) -> str:
    """What the checks found, of either kind of net."""
    config = certificate.config
    found = (check_of_all(run["checks"][int(skip)], config["check"]) for skip in (False, True))
    said = (compared(Lane(config["shallow"], kind == 1), config["deep"], check) for kind, check in enumerate(found))
    return style.told(" ".join(said), announce=False)


def beside_the_race(run: dict[str, np.ndarray], certificate: Certificate, race: Certificate) -> str:
    """Where the recorded race, which is the same training as that from scratch, ends elsewhere."""
    config = certificate.config
    if race.config["steps"] != config["steps"] or race.config["learning_rate"] not in config["axes"]["learning_rate"]:
        return ""
    place = config["axes"]["learning_rate"].index(race.config["learning_rate"])
    ends = run["train_error"][:, place, :, ANEW, -1].mean(axis=1)  # plain, residual
    said = (in_the_race(Lane(config["deep"], kind == 1), float(end), race) for kind, end in enumerate(ends))
    return style.told(" ".join(filter(None, said)), announce=False)


def in_the_race(deep: Lane, anew: float, race: Certificate) -> str:
    """Why the net from scratch ends elsewhere in the recorded race, where that is seen.

    A race computes several seeds as one network (`models.core.resnet.stacked`), and so adds in another order.
    """
    there = float(np.mean(race.metrics[deep.name]["train_error"]))
    if abs(difference(there, anew)) < CLOSE:
        return ""
    return (
        f"In The race {deep.name} ends at {there:.1f} %, here from scratch at {anew:.1f} %, from the same seeds. There "
        "several seeds are computed at once, so the last digits are rounded differently. Training enlarges such "
        "differences."
    )


def check_of_all(checks: np.ndarray, names: list[str]) -> Check:
    """One check for those of all seeds (seed, number): the largest outputs and differences, the mean errors."""
    columns = dict(zip(names, checks.T, strict=True))
    found = {name: float(c.mean() if "error" in name else c.max()) for name, c in columns.items()}
    return Check(int(found.pop("images")), **found)


def recorded_table(certificate: Certificate) -> str:
    """The last training errors of every recorded run: mean and range of the seeds."""
    axes, deep = certificate.config["axes"], certificate.config["deep"]
    body = []
    for kind in ("plain", "residual"):
        for rate in axes["learning_rate"]:
            cells = [certificate.metrics[f"{kind}, learning rate {rate}, {net}"] for net in axes["net"]]
            body.append([f"{kind}-{deep}", f"{rate:g}", *map(spread, cells)])
    title = f"Training error in % after {certificate.config['steps']} more steps, {len(axes['seed'])} seeds"
    head = ["net", "learning rate", "constructed", "from scratch"]
    words = f'<p class="told short">{lesson(certificate)}</p>'
    return style.table(title, head, body) + words + style.recorded(certificate)


def lesson(certificate: Certificate) -> str:
    """What the recorded runs show together. True of these numbers, which do not change."""
    axes, deep = certificate.config["axes"], certificate.config["deep"]
    slow = axes["learning_rate"][-1]
    constructed, anew = (np.mean(certificate.metrics[f"plain, learning rate {slow}, {net}"]) for net in axes["net"])
    return (
        f"At the small learning rate, {slow}, the constructed plain-{deep} stays good, with {constructed:.1f} % wrong. "
        f"In as many steps the one from scratch only gets to {anew:.1f} %. So good weights exist, but training from "
        "scratch does not find them in this time. The residual net stays good at both learning rates, and gets there "
        "from scratch as well."
    )


def spread(errors: list[float]) -> str:
    if not all(np.isfinite(errors)):
        return "diverged"
    return f"{np.mean(errors):.1f} <small>({min(errors):.1f} to {max(errors):.1f})</small>"


def number(value: float) -> str:
    """A small number without an exponent: 0.0000038."""
    return "0" if value == 0 else np.format_float_positional(float(f"{value:.1e}"), trim="-")
