"""A line between browsers and the page that can be cut: a TCP relay in a thread of its own."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock, Thread

CHUNK = 65536


class Relay:
    """Hands on what comes at `port` to the port `to` of this machine, and what is answered."""

    def __init__(self, to: int):
        self._to, self._cut, self._lock = to, False, Lock()
        self._ends: set[socket.socket] = set()
        self._door = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._door.getsockname()[1]
        Thread(target=self._serve, daemon=True).start()

    @contextmanager
    def cut(self) -> Iterator[None]:
        """All connections end, and none is made while the context is open."""
        with self._lock:
            self._cut, ends = True, list(self._ends)
        for end in ends:
            _close(end)
        try:
            yield
        finally:
            self._cut = False

    def close(self) -> None:
        with self.cut():
            self._door.close()

    def _serve(self) -> None:
        with suppress(OSError):  # closed
            while True:
                near, _ = self._door.accept()
                Thread(target=self._connect, args=(near,), daemon=True).start()

    def _connect(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(("127.0.0.1", self._to))
        except OSError:
            _close(near)
            return
        with self._lock:
            self._ends |= {near, far}
            cut = self._cut
        if cut:
            _close(near)
            _close(far)
        back = Thread(target=_pump, args=(far, near), daemon=True)
        back.start()
        _pump(near, far)
        back.join()
        with self._lock:
            self._ends -= {near, far}
        near.close()
        far.close()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(CHUNK):
            sink.sendall(data)
    _close(source)
    _close(sink)


def _close(end: socket.socket) -> None:
    """Whoever waits at either side of it waits no longer."""
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
