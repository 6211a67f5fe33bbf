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
    said = f"We added {depth - shallow.depth} layers to {shallow.name}. "
    if check.difference:
        said += f"Its outputs reach {check.largest:.0f}, and change by {number(check.difference)} at most."
    else:
        said += "They do not change its outputs."
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
    race: Certificate,
    rate: float,
    guess: bool | None,
    just_now: bool = False,
) -> str:
    """One recorded kind of net and rate: means of the training errors over all seeds.

    `guess`: whether the learner expects that the constructed net stays as good, and has said so `just_now`; None
    without a guess. `race`: the recorded one, where the same training from scratch may end elsewhere.
    """
    check = check_of_all(run["checks"][int(skip)], certificate.config["check"])
    place = certificate.config["axes"]["learning_rate"].index(rate)
    mean = run["train_error"][int(skip), place].mean(axis=0)  # (net, step)
    curve = [check.constructed_error, *map(float, mean[CONSTRUCTED])]
    constructed, anew = (None if np.isnan(e) else float(e) for e in mean[:, -1])
    said = verdict(check.shallow_error, curve, constructed, anew, Lane(certificate.config["shallow"], skip).name)
    held = "" if guess is None else of_guess(guess == stays(check.shallow_error, constructed), just_now) + " "
    raced = (
        in_the_race(Lane(certificate.config["deep"], skip), race) if same_training(certificate, race, rate) else None
    )
    there = "" if raced is None or anew is None or abs(difference(raced, anew)) < CLOSE else elsewhere(raced)
    return style.told(f"{held}{said}{there}") + style.recorded(certificate)


def elsewhere(raced: float) -> str:
    """Why the number of the race is another than the one just said."""
    return f" The race, with the same seeds, ended at {raced:.1f} %: differences in rounding grow."


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
    rate = next((rate for rate in config["axes"]["learning_rate"] if same_training(certificate, race, rate)), None)
    if rate is None:
        return ""
    ends = run["train_error"][:, config["axes"]["learning_rate"].index(rate), :, ANEW, -1].mean(axis=1)
    said = (beside(Lane(config["deep"], kind == 1), float(end), race) for kind, end in enumerate(ends))
    return style.told(" ".join(filter(None, said)), announce=False)


def same_training(certificate: Certificate, race: Certificate, rate: float) -> bool:
    """Whether the net from scratch trains at this rate as in the recorded race."""
    return race.config["steps"] == certificate.config["steps"] and race.config["learning_rate"] == rate


def in_the_race(deep: Lane, race: Certificate) -> float:
    """The net's training error in % at the end of the recorded race."""
    return float(np.mean(race.metrics[deep.name]["train_error"]))


def beside(deep: Lane, anew: float, race: Certificate) -> str:
    """Why the net from scratch ends elsewhere in the recorded race, where that is seen.

    A race computes several seeds as one network (`models.core.resnet.stacked`), and so adds in another order.
    """
    there = in_the_race(deep, race)
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
