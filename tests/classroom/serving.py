"""The rooms alone, served by this process: they can be restarted, as a service is, and their clock is the test's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import uvicorn
from starlette.applications import Starlette

import app
from tests.conftest import free_port
from visuals.classroom.routes import routes


def rooms(folder: Path) -> Starlette:
    """The app whose rooms lie in this folder, as if it had just been started."""
    return Starlette(routes=routes(app.LESSONS, folder=lambda: folder))


class Served:
    """At `address`, until `stop`; `start` starts it again, with the rooms that lie in its folder."""

    def __init__(self, folder: Path):
        self._folder, self._port = folder, free_port()
        self.address = f"http://127.0.0.1:{self._port}/class/"
        self.start()

    def start(self) -> None:
        self._server = uvicorn.Server(uvicorn.Config(rooms(self._folder), port=self._port, log_level="warning"))
        self._thread = Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            self._thread.join(0.01)
            assert self._thread.is_alive(), "the server ended before it served"

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    found = Served(folder)
    try:
        yield found
    finally:
        found.stop()
