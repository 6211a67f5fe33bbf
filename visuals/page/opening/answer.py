"""The page as a browser first gets it: what stands there first comes before gradio and its configuration."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

import gradio as gr
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from visuals.page import files
from visuals.page.opening import OPENINGS

# In what gradio answers: its configuration, a megabyte, and its script.
CONFIGURATION = re.compile(r"<script>window\.gradio_config = .*?</script>", re.DOTALL)
SCRIPT = re.compile(r'<script type="module" crossorigin src="([^"]+)"></script>')
# What gradio's answer depends on: where the page was asked for, and parameters that are gradio's own.
HEADERS = (b"host", b"x-forwarded-host", b"x-forwarded-proto", b"x-gradio-server")
PARAMETERS = ("page", "deep_link")
KEPT = 8  # answers, of a megabyte each


def arranged(answer: str, page: gr.Blocks, params: Mapping[str, str]) -> str:
    """What gradio answers for a page, with what the page's opening adds for an address of these parameters.

    On a projector the page looks otherwise, so that nothing stands there first.
    """
    opening = OPENINGS.get(page)
    if opening is None:
        return answer.replace("</head>", f"{styles(page)}</head>", 1)
    head = f"{styles(page)}{opening.preloads(params)}<script>{opening.place_script(params)}</script></head>"
    ready = f"<script>{opening.gradio_script(params)}</script>"
    answer = answer.replace("</head>", head, 1)
    configuration, script = CONFIGURATION.search(answer), SCRIPT.search(answer)
    if params.get("present") == "on" or configuration is None or script is None:
        return answer.replace("</head>", f"{ready}</head>", 1)
    answer = answer.replace(configuration[0], "", 1).replace(script[0], files.preload(script[1]), 1)
    first = opening.first_screen(params, script[1])
    return answer.replace("</body>", f"{first}{configuration[0]}{ready}</body>", 1)


def styles(page: gr.Blocks) -> str:
    """The sheets that everything needs, as gradio would name them later."""
    sheets = (f"theme.css?v={page.theme_hash}", files.address("page.css"))
    return "".join(f'<link rel="stylesheet" href="{sheet}">' for sheet in sheets)


class FirstAnswer:
    """Middleware: every page is `arranged`. Gradio's answers are kept: it takes longer for one than all the rest."""

    def __init__(self, app: ASGIApp):
        self._app = app
        self._kept: dict[object, tuple[Message, str]] = {}  # start and page, by what was asked

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "").removeprefix(scope.get("root_path", ""))
        if scope["type"] != "http" or scope["method"] != "GET" or path.strip("/"):
            await self._app(scope, receive, send)
            return
        params = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        asked = asked_of(scope, params)
        start: list[Message] = []  # of a page, until all of it is here
        body = bytearray()

        async def arrange(start: Message, page: str) -> None:
            content = arranged(page, scope["app"].get_blocks(), params).encode()
            headers = [(name, value) for name, value in start["headers"] if name != b"content-length"]
            await send({**start, "headers": [*headers, (b"content-length", str(len(content)).encode())]})
            await send({"type": "http.response.body", "body": content})

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start" and is_page(message):
                start.append(message)
                return
            if not start:
                await send(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body"):
                if start[0]["status"] == 200:
                    self._keep(asked, (start[0], body.decode()))
                await arrange(start[0], body.decode())

        if asked in self._kept:
            await arrange(*self._kept[asked])
        else:
            await self._app(scope, receive, sent)

    def _keep(self, asked: object, answer: tuple[Message, str]) -> None:
        """The newest few."""
        self._kept[asked] = answer
        if len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]


def asked_of(scope: Scope, params: Mapping[str, str]) -> object:
    """All that gradio's answer depends on."""
    headers = tuple((name, value) for name, value in scope["headers"] if name in HEADERS)
    own = tuple(params.get(name) for name in PARAMETERS)
    return scope["app"].get_blocks(), scope["scheme"], scope["path"], scope.get("root_path"), headers, own


def is_page(start: Message) -> bool:
    return any(name == b"content-type" and value.startswith(b"text/html") for name, value in start["headers"])
