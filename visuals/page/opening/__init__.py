"""Where a page opens: at which section, what stands there first, and what a browser fetches for it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import gradio as gr
from gradio.blocks import Block

from visuals.components.base import Component
from visuals.page import events, files
from visuals.page.opening import first_screen, gradio_scripts
from visuals.page.settings import PLACE

# Gradio opens the tabs that its configuration names, so the place is written there before gradio reads it.
OPENED = """const opened = OPENED;
for (const { id, props } of gradio_config.components) if (id in opened) props.selected = opened[id];
"""
EVERYWHERE = ("first_screen.js", "mount.js", "templates.js")


@dataclass(frozen=True)
class LessonTabs:
    """A lesson's tabs, one a section; `about` tells which section a link is about that does not say so, and `chosen`
    what it marks in rows of choices.
    """

    tabs: gr.Tabs
    about: Callable[[Mapping[str, str]], str | None]
    chosen: Callable[[Mapping[str, str]], dict[int, Any]]


@dataclass(frozen=True)
class Opening:
    """Where a page opens: in one of its lessons, and there in a section."""

    page: gr.Blocks
    tabs: gr.Tabs
    lessons: Mapping[str, LessonTabs]  # by name

    def place(self, params: Mapping[str, str]) -> tuple[str, str]:
        """Names of the lesson and the section that an address asks for, else of the first ones."""
        tab = params.get("tab", "")
        tab = tab if tab in self.lessons else next(iter(self.lessons))
        names = [str(each.id) for each in self.lessons[tab].tabs.children if isinstance(each, gr.Tab)]
        at = params.get("at") or self.lessons[tab].about(params)
        return tab, at if at in names else names[0]

    def selected(self, params: Mapping[str, str]) -> dict[int, str]:
        """Of the tabs that an address opens, by their number: the name of the open one."""
        tab, at = self.place(params)
        return {self.tabs._id: tab, self.lessons[tab].tabs._id: at}

    def place_script(self, params: Mapping[str, str]) -> str:
        """For the components: where the page is, and whether a link's settings are on their way (see pressing.js)."""
        tab, at = self.place(params)
        said = {"tab": tab, "at": at} | ({} if set(params) <= PLACE else {"linked": ""})
        return f"Object.assign(document.documentElement.dataset, {json.dumps(said)});"

    def gradio_script(self, params: Mapping[str, str]) -> str:
        """Runs between gradio's configuration and gradio."""
        return f"{{ {OPENED.replace('OPENED', json.dumps(self.selected(params)))}{events.LIGHTER} }}"

    def first_screen(self, params: Mapping[str, str], gradio: str) -> str:
        """What stands in the page until gradio draws it; `gradio` is the address of its script."""
        tab, _ = self.place(params)
        return first_screen.html(self.page, self.selected(params), self.lessons[tab].chosen(params), gradio)

    def preloads(self, params: Mapping[str, str]) -> str:
        """What the page's head names to be fetched at once, the first screen's own files first."""
        return "".join(map(files.preload, self._fetched(self.selected(params))))

    def _fetched(self, selected: Mapping[int, str]) -> Iterator[str]:
        shown = [block for block in visible(self.page, selected) if isinstance(block, Component)]
        paths = dict.fromkeys([*EVERYWHERE, *(path for block in shown for path in files.needed(block.NAME))])
        yield from map(files.address, paths)
        early = [block.early_value() or {} for block in shown]
        values = dict.fromkeys(value["file"] for value in early if "file" in value)
        yield from (f"{files.ROOT}/values/{name}.json" for name in values)
        yield from gradio_scripts.fetched(dict.fromkeys(block.get_block_name() for block in self.page.blocks.values()))


OPENINGS: WeakKeyDictionary[gr.Blocks, Opening] = WeakKeyDictionary()  # by page


def visible(block: Block, selected: Mapping[int, str]) -> Iterator[Block]:
    """A block of a page and all within it that is on the screen first; `selected` names the tabs that are open."""
    yield block
    for child in first_screen.shown(block, selected):
        yield from visible(child, selected)
