"""The app in a process of its own, as `python app.py` starts it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

import pytest

from tests.conftest import free_port

ROOT = Path(__file__).resolve().parent.parent
STARTS_IN = 120  # s, on a busy machine
LAST_WORDS = "create a public link"  # what gradio prints once it serves
WATCHED = ("PROXY", "GRADIO", "HOME", "TMPDIR")  # parts of the names of variables that a test sets itself


@contextmanager
def started(temp: Path, *before: str, options: tuple[str, ...] = (), **environment: str | None) -> Iterator[str]:
    """Address of the app while the context is open, with `temp` as the machine's folder for temporary files.

    `before` stands before the command, as sudo would, `options` behind it; an environment variable that is None is
    taken away.
    """
    port = str(free_port())
    kept = {name: value for name, value in os.environ.items() if not any(part in name.upper() for part in WATCHED)}
    changed = {"HOME": str(Path.home()), "TMPDIR": str(temp), "GRADIO_SERVER_PORT": port, "PYTHONUNBUFFERED": "1"}
    env = {name: value for name, value in (kept | changed | environment).items() if value is not None}
    with subprocess.Popen(
        [*before, sys.executable, "-m", "app", *options],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as app:
        impatient = Timer(STARTS_IN, app.kill)
        impatient.start()
        try:
            said = []
            for line in app.stdout:
                said.append(line)
                if LAST_WORDS in line:
                    break
            else:
                pytest.fail(f"the app ended ({app.wait()}) or was silent for {STARTS_IN} s:\n{''.join(said)}")
            yield f"http://127.0.0.1:{port}"
            assert app.poll() is None, "the app has ended by itself"
        finally:
            impatient.cancel()
            app.terminate()  # as a service is ended
            try:
                app.wait(STARTS_IN)
            finally:
                app.kill()
