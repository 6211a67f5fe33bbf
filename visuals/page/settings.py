"""Settings: each is declared once, and its control, its place in links and what an experiment is given follow from it.

    @dataclass(frozen=True)
    class RaceSettings(Settings):
        steps: int = number(200, 20, MAX_STEPS, "Steps", step=20)
        data: str = choice("digits", {"digits": "scikit-learn's digits", "cifar10": "CIFAR-10"}, "Data")

    control(RaceSettings, "steps", elem_id="race-steps")       ->  a slider from 20 to MAX_STEPS at 200
    query("deeper", "race", RaceSettings(steps=400))           ->  "tab=deeper&at=race&steps=400&data=digits"
    read(RaceSettings, {"steps": "1e9"})                       ->  settings in range, and a sentence about what was not
    checked(RaceSettings, {"steps": 400, "data": "digits"})    ->  settings, or ValueError with a sentence

Links and browsers send anything: what they say is never repeated on the page.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode

import gradio as gr

from visuals.page import events

events.without_interfaces()

LONGEST = 400  # letters of one value in a link; what is longer was not written here
WHOLE, FRACTION = r"[+-]?\d+", r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?"

S = TypeVar("S", bound="Settings")
Taken = tuple[Any, str]  # a value, and what is wrong with what was given, "" if nothing
Control = gr.Slider | gr.Number | gr.Radio | gr.Dropdown | gr.Checkbox


@dataclass(frozen=True)
class Settings:
    """Base of a section's settings, whose fields come from `number`, `choice` and `several`."""


class Slider(gr.Slider):
    """Hands on what the browser sends, such as nothing while its number is typed: `check` has a sentence for it."""

    def get_block_name(self) -> str:
        return "slider"

    def preprocess(self, payload: Any) -> Any:
        return payload


class Box(gr.Number):
    """The same for a box for a number."""

    def get_block_name(self) -> str:
        return "number"

    def preprocess(self, payload: Any) -> Any:
        return payload


class Radio(gr.Radio):
    """The same for a choice: what there is to choose may have changed in a session that gradio has given up."""

    def get_block_name(self) -> str:
        return "radio"

    def preprocess(self, payload: Any) -> Any:
        return payload


class Dropdown(gr.Dropdown):
    """The same for a list."""

    def get_block_name(self) -> str:
        return "dropdown"

    def preprocess(self, payload: Any) -> Any:
        return payload


@dataclass(frozen=True)
class Number:
    default: float
    low: float
    high: float
    label: str
    step: float | None = None  # None: a box for a number; else a slider
    info: str | None = None

    def take(self, text: str) -> Taken:
        whole = isinstance(self.default, int)
        if not re.fullmatch(WHOLE if whole else FRACTION, text, re.ASCII | re.IGNORECASE):
            return self.default, "is no whole number" if whole else "is no number"
        value = int(text) if whole else float(text)  # infinite for 1e999
        inside = min(max(value, type(self.default)(self.low)), type(self.default)(self.high))
        return inside, "" if inside == value else f"is not between {self.low:,} and {self.high:,}"

    def check(self, value: Any) -> float:
        number = type(value) in (int, float) and math.isfinite(value)
        if isinstance(self.default, int) and not (number and float(value).is_integer()):
            raise ValueError(f"{self.label} must be a whole number from {self.low:,} to {self.high:,}.")
        if not number or not self.low <= value <= self.high:
            raise ValueError(f"{self.label} must be a number from {self.low:,} to {self.high:,}.")
        return type(self.default)(value)

    def control(self, choices: Sequence[tuple[str, int]] | None = None, **options: Any) -> Any:
        shared = {"value": self.default, "label": self.label, "info": self.info} | options
        if choices:
            return Dropdown(choices, **shared)
        if self.step:
            return Slider(self.low, self.high, step=self.step, **shared)
        return Box(precision=0 if isinstance(self.default, int) else None, **shared)


@dataclass(frozen=True)
class Choice:
    default: str
    choices: Collection[str]  # a mapping gives each its words
    label: str
    info: str | None = None

    def take(self, text: str) -> Taken:
        return (text, "") if text in self.choices else (self.default, "is not one that can be chosen")

    def check(self, value: Any) -> str:
        if not isinstance(value, str) or value not in self.choices:
            raise ValueError(f"Choose one of the list for {self.label.lower()}.")
        return value

    def control(self, dropdown: bool = False, choices: Sequence[Any] | None = None, **options: Any) -> Any:
        shared = {"value": self.default, "label": self.label, "info": self.info} | options
        kind = Dropdown if dropdown else Radio
        return kind(self._listed() if choices is None else choices, **shared)

    def _listed(self) -> list[tuple[str, str]]:
        """As gradio takes them."""
        words = self.choices if isinstance(self.choices, Mapping) else {name: name for name in self.choices}
        return [(shown, name) for name, shown in words.items()]


@dataclass(frozen=True)
class Several:
    default: tuple[str, ...]
    choices: Collection[str]
    most: int
    label: str

    def take(self, text: str) -> Taken:
        parts = text.split(",")
        found = tuple(part for part in parts if part in self.choices)
        if not found:
            return self.default, "names nothing that can be chosen"
        if len(found) > self.most:
            return found[: self.most], f"names more than {self.most}"
        return found, "" if len(found) == len(parts) else "names something that cannot be chosen"

    def check(self, value: Any) -> tuple[str, ...]:
        known = isinstance(value, (list, tuple)) and all(isinstance(v, str) and v in self.choices for v in value)
        if not known or not 1 <= len(value) <= self.most:
            raise ValueError(f"Choose one to {self.most} of the list for {self.label.lower()}.")
        return tuple(value)


Setting = Number | Choice | Several
Called = Mapping[str, Mapping[str, str]]  # what values are called, by the names of their settings


def number(
    default: float, low: float, high: float, label: str, step: float | None = None, info: str | None = None
) -> Any:
    """A field from `low` to `high`; whole numbers if `default` is one. With `step` its control is a slider."""
    return _field(Number(default, low, high, label, step, info))


def choice(default: str, choices: Collection[str], label: str, info: str | None = None) -> Any:
    """A field that is one of `choices`, whose words a mapping gives."""
    return _field(Choice(default, choices, label, info))


def several(default: tuple[str, ...], choices: Collection[str], most: int, label: str) -> Any:
    """A field of one to `most` of `choices`, whose words a mapping gives, in any order, also repeatedly.

    None of them may contain a comma.
    """
    return _field(Several(default, choices, most, label))


def _field(setting: Setting) -> Any:
    return field(default=setting.default, metadata={"setting": setting})


def declared(kind: type[Settings]) -> dict[str, Setting]:
    """Every setting by the name that links give it."""
    return {f.name: f.metadata["setting"] for f in dataclasses.fields(kind)}


def control(kind: type[Settings], name: str, **options: Any) -> Any:
    """The control of a setting; `options` are those of gradio's component, such as `elem_id`.

    `choices`, as gradio takes them, stand in place of the setting's own: those of which a link names no more than some.
    """
    setting = declared(kind)[name]
    if isinstance(setting, Several):
        raise TypeError(f"{name} is a list, for which there is no control")
    return setting.control(**options)


def checked(kind: type[S], values: Mapping[str, Any]) -> S:
    """The settings that a browser sent, by name. Raises ValueError, with a sentence for the visitor."""
    return kind(**{name: declared(kind)[name].check(value) for name, value in values.items()})


def read(kind: type[S], params: Mapping[str, str]) -> tuple[S, list[str]]:
    """The settings that a link asks for, and a sentence for each value that could not be taken as it was.

    Names that are not theirs are passed over.
    """
    values, notices = {}, []
    for name, setting in declared(kind).items():
        if name not in params:
            continue
        text = params[name]
        value, wrong = setting.take(text) if len(text) <= LONGEST else (setting.default, "is too long")
        values[name] = value
        if wrong:
            instead = write(value).replace(",", ", ")
            notices.append(f"The link's value for “{setting.label}” {wrong}. It is {instead} instead.")
    return kind(**values), notices


def changed(settings: Settings, named: Collection[str], called: Called | None = None) -> list[str]:
    """What these settings have of those `named` that is not their default, in words: "Steps: 400".

    `called`: other words for the values of some, such as a control's choices have.
    """
    own = declared(type(settings))
    found = ((name, own[name], getattr(settings, name)) for name in own if name in named)
    return [
        f"{setting.label}: {_in_words(setting, value, (called or {}).get(name, {}))}"
        for name, setting, value in found
        if value != setting.default
    ]


def _in_words(setting: Setting, value: Any, called: Mapping[str, str]) -> str:
    own = setting.choices if isinstance(setting, Choice | Several) and isinstance(setting.choices, Mapping) else {}
    words = {**own, **called}
    if isinstance(value, tuple):
        return ", ".join(words.get(each, each) for each in value)
    return words.get(value) or write(value)


PLACE = frozenset(("tab", "at", "present", "room"))  # what an address names besides settings


def query(tab: str, at: str, *settings: Settings, asks: bool = True, aloud: bool = False, back: str = "") -> str:
    """The query of the address that opens a section with these settings: every value, whatever later defaults are.

    `back` names the section of the tab from which one goes there.
    """
    values = {name: write(getattr(each, name)) for each in settings for name in declared(type(each))}
    how = {"predict": "aloud"} if aloud else {} if asks else {"predict": "off"}
    return urlencode({"tab": tab, "at": at} | values | how | ({"from": back} if back else {}))


def write(value: Any) -> str:
    """A value as it stands in a link. Python's shortest form of a float is read back as the same float."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return ",".join(value) if isinstance(value, tuple) else str(value)
