"""The page's first answer: at which section it opens, and what a browser fetches for it beside gradio's own scripts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl
from weakref import WeakKeyDictionary

import gradio as gr
from gradio.blocks import Block, BlockContext
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from visuals.components.base import Component
from visuals.page import events, files
from visuals.page.opening import gradio_scripts

# Gradio opens the tabs that its configuration names, so the place is written there before gradio reads it.
OPENED = """const opened = OPENED;
for (const { id, props } of gradio_config.components) if (id in opened) props.selected = opened[id];
Object.assign(document.documentElement.dataset, PLACE);
"""
EVERYWHERE = ("page.css", "mount.js", "templates.js")


@dataclass(frozen=True)
class LessonTabs:
    """A lesson's tabs, one a section; `about` tells which section a link is about that does not say so."""

    tabs: gr.Tabs
    about: Callable[[Mapping[str, str]], str | None]


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

    def head(self, params: Mapping[str, str]) -> str:
        """What stands in the head of the page that answers to an address."""
        tab, at = self.place(params)
        lesson = self.lessons[tab].tabs
        selected = {self.tabs._id: tab, lesson._id: at}
        script = OPENED.replace("OPENED", json.dumps(selected)).replace("PLACE", json.dumps({"tab": tab, "at": at}))
        return f"<script>{{ {script}{events.LIGHTER} }}</script>{''.join(self._preloads(selected))}"

    def _preloads(self, selected: Mapping[int, str]) -> Iterator[str]:
        kinds = dict.fromkeys(block.get_block_name() for block in self.page.blocks.values())
        yield from (files.preload(address, of_gradio=True) for address in gradio_scripts.fetched(kinds))
        yield files.preload(f"theme.css?v={self.page.theme_hash}")
        shown = [block for block in visible(self.page, selected) if isinstance(block, Component)]
        paths = dict.fromkeys([*EVERYWHERE, *(path for block in shown for path in files.needed(block.NAME))])
        yield from (files.preload(files.address(path)) for path in paths)
        values = dict.fromkeys(block.value["file"] for block in shown if block.value and "file" in block.value)
        yield from (files.preload(f"{files.ROOT}/values/{name}.json") for name in values)


OPENINGS: WeakKeyDictionary[gr.Blocks, Opening] = WeakKeyDictionary()  # by page


def visible(block: Block, selected: Mapping[int, str]) -> Iterator[Block]:
    """A block of a page and all within it that is on the screen first; `selected` names the tabs that are open."""
    closed = isinstance(block, gr.Accordion) and not block.open
    if not block.visible or closed:
        return
    yield block
    for child in block.children if isinstance(block, BlockContext) else ():
        if not isinstance(child, gr.Tab) or child.id == selected.get(block._id):
            yield from visible(child, selected)


class FirstAnswer:
    """Middleware that puts an address's head into the page, below gradio's own."""

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "").removeprefix(scope.get("root_path", ""))
        if scope["type"] != "http" or scope["method"] != "GET" or path.strip("/"):
            await self._app(scope, receive, send)
            return
        start: list[Message] = []  # of a page, until all of it is here
        body = bytearray()

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start" and is_page(message):
                start.append(message)
                return
            if not start:
                await send(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body"):
                opening = OPENINGS.get(scope["app"].get_blocks())
                head = opening.head(dict(parse_qsl(scope["query_string"].decode("latin-1")))) if opening else ""
                page = bytes(body).replace(b"</head>", head.encode() + b"</head>", 1)
                kept = [(name, value) for name, value in start[0]["headers"] if name != b"content-length"]
                await send({**start[0], "headers": [*kept, (b"content-length", str(len(page)).encode())]})
                await send({**message, "body": page})

        await self._app(scope, receive, sent)


def is_page(start: Message) -> bool:
    return any(name == b"content-type" and value.startswith(b"text/html") for name, value in start["headers"])
