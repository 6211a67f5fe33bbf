"""The pages of a class, with their files: the learner's, the one on the projector, a handout, and codes for phones.

All addresses that the pages use are relative, so that they work below any path.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path

import segno
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from visuals.classroom import http
from visuals.classroom.rooms import CODE
from visuals.page import style
from visuals.page.files import KEPT, TYPES, VISUALS

HERE = Path(__file__).parent
BORROWED = ("components/predict/controls.js", "components/shared/axes.js", "components/shared/news.js")
# Of all pages: nothing but these files is run, shown or asked for.
STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'"
)


def pages() -> list[BaseRoute]:
    """All of them, below class/. What else is served there comes before them."""
    return [
        Route("/class", lambda request: RedirectResponse("class/")),
        Route("/class/", _page("learner.html")),
        Route("/class/lead", _page("lead.html")),
        Route("/class/handout", _page("handout.html")),
        Route("/class/files/{version}/{path:path}", _file),
        Route("/class/qr.svg", _qr),
        Route("/class/{code}", _page("learner.html")),
    ]


@cache
def _files() -> dict[str, str]:
    """Path to content. Scripts lie as they do here, so that they find what they import."""
    found = {path: (VISUALS / path).read_text("utf-8") for path in BORROWED}
    found |= {f"classroom/{path.name}": path.read_text("utf-8") for path in sorted(HERE.glob("*.js"))}
    sheets = (VISUALS / "components/predict/predict.css", HERE / "class.css")
    found["handout.css"] = (HERE / "handout.css").read_text("utf-8")
    return found | {"class.css": style.ROLES + "".join(sheet.read_text("utf-8") for sheet in sheets)}


@cache
def _version() -> str:
    return hashlib.sha256("".join(_files().values()).encode()).hexdigest()[:16]


async def _file(request: Request) -> Response:
    path = request.path_params["path"]
    if path not in _files():
        raise HTTPException(404)
    return Response(_files()[path], media_type=TYPES[path.rpartition(".")[2]], headers=KEPT)


def _page(name: str) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        if not CODE.fullmatch(request.path_params.get("code", "BCDF").upper()):
            raise HTTPException(404)
        page = (HERE / name).read_text("utf-8").replace("{{FILES}}", f"files/{_version()}")
        return Response(page, media_type="text/html", headers=http.FRESH | {"Content-Security-Policy": STRICT})

    return answer


async def _qr(request: Request) -> Response:
    """The address `of` as a picture that phones read."""
    of = request.query_params.get("of", "")
    if not http.is_address(of):
        raise HTTPException(404)
    drawn = io.BytesIO()
    segno.make(of, micro=False).save(drawn, kind="svg", xmldecl=False, light="white", border=2, omitsize=True)
    return Response(drawn.getvalue(), media_type="image/svg+xml", headers=KEPT)
