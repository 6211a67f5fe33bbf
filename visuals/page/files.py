"""The page's own files: scripts and styles of its components, and values that a section fetches when it opens.

Addresses carry a hash of what they hold, so a browser keeps each file for good and still sees every update.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
import secrets
from collections.abc import Callable
from functools import cache
from pathlib import Path
from threading import RLock
from typing import Any, Generic, TypeVar

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from models.core.runtime import use_threads

T = TypeVar("T")
VISUALS = Path(__file__).resolve().parent.parent
COMPONENTS = VISUALS / "components"
ROOT = "page-files"
SMALL = 1500  # bytes: a value up to this size travels within the page
KEPT = {"Cache-Control": "public, max-age=31536000, immutable"}
JPEG = "image/jpeg"
IMPORTED = re.compile(r"^(?:import|export)\b[^;]*?'(\.[^']+)';$", re.MULTILINE)  # by a script, when it is loaded
TYPES = {"js": "text/javascript", "css": "text/css", "json": "application/json"}
ASKED = {  # how a browser asks early, so that it has what it needs when it asks again
    "js": 'rel="modulepreload"',
    "css": 'rel="preload" as="style" crossorigin',
    "json": 'rel="preload" as="fetch" crossorigin',
}
LATER = ' fetchpriority="low"'

_values: dict[str, bytes] = {}  # by hash; all are made while the page is built
_later: dict[str, Later[bytes]] = {}  # by a name of this process
_computing = RLock()  # one at a time, in the order in which they are asked for
_pictures: dict[str, bytes] = {}  # by hash; only those that come with the page


class Later(Generic[T]):
    """What a section shows first and nobody has to wait for before: it is computed once, when it is first asked for."""

    def __init__(self, make: Callable[[], T]):
        self._make = make
        self._made: list[T] = []

    def get(self) -> T:
        with _computing:
            if not self._made:
                use_threads()
                self._made.append(self._make())
            return self._made[0]

    def then(self, make: Callable[[T], Any]) -> Later[Any]:
        """What is made of it."""
        return Later(lambda: make(self.get()))


def awaited(value: Later[Any]) -> str:
    """The name of a file that is written when it is first fetched."""
    name = secrets.token_hex(8)
    _later[name] = value.then(lambda made: json.dumps(made, separators=(",", ":")).encode())
    return name


def published(value: dict[str, Any] | None) -> dict[str, Any] | None:
    """What stands in the page for a value: a large one becomes a file that the browser fetches with its section."""
    content = json.dumps(value, separators=(",", ":")).encode()
    if value is None or len(content) <= SMALL:
        return value
    name = _hash(content)
    _values[name] = content
    return {"file": name}


def resolved(payload: dict[str, Any]) -> dict[str, Any]:
    """The value for which `published` put a file; what stands beside the file has changed since.

    Raises KeyError for a file that there is not.
    """
    if "file" not in payload:
        return payload
    return json.loads(_content(payload["file"])) | {key: value for key, value in payload.items() if key != "file"}


def _content(name: str) -> bytes:
    """Raises KeyError for a file that there is not."""
    return _later[name].get() if name in _later else _values[name]


def picture(content: bytes) -> str:
    """Address of a JPEG that comes with the page, as seen from its root."""
    name = _hash(content)
    _pictures[name] = content
    return f"{ROOT}/pictures/{name}.jpg"


@cache
def scripts() -> dict[str, str]:
    """Path to content of every script, and of the one that holds all templates."""
    found = {path.relative_to(COMPONENTS).as_posix(): path.read_text("utf-8") for path in COMPONENTS.rglob("*.js")}
    templates = {path.stem: path.read_text("utf-8") for path in sorted(COMPONENTS.rglob("*.html"))}
    return found | {"templates.js": f"export default {json.dumps(templates)};\n"}


@cache
def styles() -> str:
    """The styles of all components, and of what the tabs write as HTML, as one sheet; each holds in its place alone.

    These rules weigh as much as one with an id, so that gradio's own rules for text do not reach into a component.
    """
    sheets = {f".of-{path.parent.name}": path for path in sorted(VISUALS.glob("*/figures.css"))}
    shared = COMPONENTS / "shared" / "shared.css"
    own = (path for path in sorted(COMPONENTS.glob("*/*.css")) if path != shared)
    sheets |= {".component": shared} | {f".of-{path.parent.name}": path for path in own}
    return "\n".join(scoped(selector, path.read_text("utf-8")) for selector, path in sheets.items())


def scoped(selector: str, rules: str) -> str:
    """Rules for what is inside gradio's own element for HTML that has this class."""
    return f":is(.html-container > {selector}, #_) {{\n{rules}}}\n"


@cache
def version() -> str:
    """Changes with any script, template or style."""
    own = (path.read_text("utf-8") for path in sorted((VISUALS / "page").glob("*.[cj]s*")))
    return _hash("".join([*scripts().values(), styles(), *own]).encode())


def address(path: str) -> str:
    """Where the page finds one of its files, as seen from its root."""
    return f"{ROOT}/{version()}/{path}"


@cache
def needed(name: str) -> tuple[str, ...]:
    """The script of a component, and all that it imports."""
    found: list[str] = []

    def add(path: str) -> None:
        if path not in found:
            found.append(path)
            for other in IMPORTED.findall(scripts()[path]):
                add(posixpath.normpath(posixpath.join(posixpath.dirname(path), other)))

    add(f"{name}/{name}.js")
    return tuple(found)


def preload(address: str) -> str:
    """For the page's head: a file that is fetched before any script asks for it. Gradio's wait for the page's own."""
    asked = ASKED[address.partition("?")[0].rpartition(".")[2]]
    return f'<link {asked} href="{address}"{"" if address.startswith(ROOT) else LATER}>'


def routes(sheet: str, script: str) -> list[BaseRoute]:
    """What the server answers for all of these addresses; `sheet` and `script` are those of the page itself."""

    def static(request: Request) -> Response:
        path = request.path_params["path"]
        own = {"page.css": sheet + styles(), "page.js": script}
        content = own[path] if path in own else scripts().get(path)
        if content is None:
            raise HTTPException(404)
        return Response(content, media_type=TYPES[path.rpartition(".")[2]], headers=KEPT)

    def value(request: Request) -> Response:
        try:
            content = _content(request.path_params["name"])
        except KeyError:
            raise HTTPException(404) from None
        return Response(content, media_type=TYPES["json"], headers=KEPT)

    def photograph(request: Request) -> Response:
        content = _pictures.get(request.path_params["name"])
        if content is None:
            raise HTTPException(404)
        return Response(content, media_type=JPEG, headers=KEPT)

    return [
        Route(f"/{ROOT}/values/{{name}}.json", value),
        Route(f"/{ROOT}/pictures/{{name}}.jpg", photograph),
        Route(f"/{ROOT}/{{version}}/{{path:path}}", static),
    ]


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
