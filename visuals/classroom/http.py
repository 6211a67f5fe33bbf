"""What requests of a room's pages say, and what they are answered where that cannot be."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from visuals.classroom.rooms import CODE, LEARNER, NoRoom, NotNow, Wait

LONGEST = 2000  # bytes of what a page sends
FRESH = {"Cache-Control": "no-store"}


def is_address(text: str) -> bool:
    """Whether this may be an address of the page."""
    return text.startswith(("http://", "https://")) and len(text) <= 200


class Wrong(Exception):
    """Nothing that our pages send."""


STATUS: dict[type[Exception], int] = {NoRoom: 404, Wait: 429, NotNow: 409, Wrong: 422}


def refusing(answer: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """The same, which tells what it raises in a sentence."""

    async def answered(request: Request) -> Response:
        try:
            return await answer(request)
        except tuple(STATUS) as error:
            return JSONResponse({"error": str(error)}, STATUS[type(error)], FRESH)

    return answered


def leader(request: Request) -> tuple[str, str]:
    """The room's code, and the secret of the browser that leads it."""
    return request.path_params["code"].upper(), request.headers.get("leader", "")


def learner(request: Request) -> tuple[str, str]:
    """The room's code, and the learner's number. Raises Wrong for what no learner's page sends."""
    code, number = request.path_params["code"].upper(), request.headers.get("learner", "")
    if not CODE.fullmatch(code) or not LEARNER.fullmatch(number):
        raise Wrong("A code has four letters, none of them a vowel.")
    return code, number


def since(request: Request) -> int:
    """The number of the news that a page has."""
    text = request.query_params.get("since", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


async def sent(request: Request) -> dict[str, Any]:
    """Raises Wrong for what is too large, or no JSON object."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST:
            raise Wrong("That is too large.")
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Wrong("That is nothing our pages send.")
    return found
