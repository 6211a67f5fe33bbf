"""A grid of parts that can each be switched off."""

from __future__ import annotations

from visuals.components.base import Component


class Switches(Component):
    """Rows and columns of switches; the head of a row or a column switches all of it.

    value = {
        "label": what the whole is, "rows": [{"id", "title"}], "columns": [{"id", "title", "role": its colour's}],
        "cells": {"ROW-COLUMN": what the switch says, such as a number}, "chosen": the id of the row that is marked,
        "off": ["ROW-COLUMN", …], "effect": what that does, in short,
    }
    The effect stands with the switches on a narrow screen, where what they do is told further below.
    A value of fewer keys, once the whole has been shown, changes these alone: {"chosen": "4a"} marks another row.
    Switching, and a value with another `off`, triggers `toggle` with {"off"}.
    """

    NAME = "switches"
    EVENTS = ("toggle",)
