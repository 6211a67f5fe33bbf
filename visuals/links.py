"""Links that restore a tab: its whole state is one frozen dataclass, written as the query of an address and read back.

    @dataclass(frozen=True)
    class Deeper(State):
        lanes: tuple[str, ...] = several(("plain-8", "plain-56"), LANES, most=4, label="lanes")
        seed: int = number(5, 0, 2**32 - 1, "seed")
        rate: float = number(0.1, 0.001, 1.0, "learning rate")
        data: str = choice("digits", ("digits", "cifar10"), "data")

    query(Deeper(), "deeper")  ->  "tab=deeper&predict=on&lanes=plain-8%2Cplain-56&seed=5&rate=0.1&data=digits"
    read(Deeper, params, "deeper")  ->  (the state, a sentence for each value that could not be taken as it was)

Links come from anywhere: what they say is never repeated on the page, and a state that was read is always in range.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode

LONGEST = 400  # letters of one value; what is longer was not written here
SWITCH = {"on": True, "off": False}

S = TypeVar("S", bound="State")
Taken = tuple[Any, str]  # a value, and what is wrong with the link's, "" if nothing


def _setting(default: Any, label: str, take: Callable[[str], Taken]) -> Any:
    return field(default=default, metadata={"label": label, "take": take})


def number(default: float, low: float, high: float, label: str) -> Any:
    """A field from `low` to `high`; whole numbers if `default` is one."""
    whole, fraction = r"[+-]?\d+", r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?"
    pattern, kind = (whole, int) if isinstance(default, int) else (fraction, float)

    def take(text: str) -> Taken:
        if not re.fullmatch(pattern, text, re.ASCII | re.IGNORECASE):
            return default, "is no whole number" if kind is int else "is no number"
        value = kind(text)  # infinite for 1e999
        inside = min(max(value, kind(low)), kind(high))
        return inside, "" if inside == value else f"is not between {low} and {high}"

    return _setting(default, label, take)


def choice(default: str, choices: Container[str], label: str) -> Any:
    """A field that is one of `choices`."""

    def take(text: str) -> Taken:
        return (text, "") if text in choices else (default, "is not one that can be chosen")

    return _setting(default, label, take)


def several(default: tuple[str, ...], choices: Sequence[str], most: int, label: str) -> Any:
    """A field of one to `most` of `choices`, in any order, also repeatedly. None of them may contain a comma."""

    def take(text: str) -> Taken:
        found = tuple(part for part in text.split(",") if part in choices)
        if not found:
            return default, "names nothing that can be chosen"
        if len(found) > most:
            return found[:most], f"names more than {most}"
        return found, "" if len(found) == len(text.split(",")) else "names something that cannot be chosen"

    return _setting(default, label, take)


def switch(default: bool, label: str) -> Any:
    """A field that is on or off."""

    def take(text: str) -> Taken:
        return (SWITCH[text], "") if text in SWITCH else (default, "is neither on nor off")

    return _setting(default, label, take)


@dataclass(frozen=True)
class State:
    """What every tab's state has; a tab adds its own fields by `number`, `choice`, `several` and `switch`."""

    predict: bool = switch(True, "predict card")  # a teacher may want to ask the class in another way


def query(state: State, tab: str) -> str:
    """The query of the address that restores `state` in this tab: every value, whatever later defaults are."""
    values = {f.name: _write(getattr(state, f.name)) for f in dataclasses.fields(state)}
    return urlencode({"tab": tab} | values)


def read(kind: type[S], params: Mapping[str, str], tab: str) -> tuple[S, list[str]]:
    """The state that a link asks for in this tab, and a sentence for each value that could not be taken as it was.

    A link that names another tab says nothing about this one; one that names none speaks to all. Names that the tab
    does not know are passed over.
    """
    if params.get("tab", tab) != tab:
        return kind(), []
    values, notices = {}, []
    for f in dataclasses.fields(kind):
        if f.name in params:
            text = params[f.name]
            value, wrong = f.metadata["take"](text) if len(text) <= LONGEST else (f.default, "is too long")
            values[f.name] = value
            if wrong:
                label = f.metadata["label"]
                notices.append(
                    f"The link's value for {label} {wrong}; {label} is {_write(value).replace(',', ', ')} instead."
                )
    return kind(**values), notices


def tab_of(params: Mapping[str, str], ids: Sequence[str]) -> str:
    """The id of the tab that a link opens: the first where it names none of them."""
    return params["tab"] if params.get("tab") in ids else ids[0]


def _write(value: Any) -> str:
    """A value as it stands in a link. Python's shortest form of a float is read back as the same float."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return ",".join(value) if isinstance(value, tuple) else str(value)
