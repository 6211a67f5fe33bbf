"""The files of a run: films of exactly the pixels on the screen, and a Python file that makes the run again."""

from __future__ import annotations

import base64
import io
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image, ImageSequence

from models.core import artifacts
from models.noisier import denoise
from models.noisier.denoise import Journey
from tests.test_architecture import ROOT
from visuals.noisier.journey import films
from visuals.noisier.journey.recipe import recipe


def asked(frames: np.ndarray) -> dict:
    """What the browser sends for frames (N, S, S, C)."""
    return {"channels": frames.shape[-1], "frames": [base64.b64encode(f.tobytes()).decode() for f in frames]}


def noise(count: int, side: int, channels: int) -> np.ndarray:
    return np.random.default_rng(side + channels).integers(0, 256, (count, side, side, channels), dtype=np.uint8)


@pytest.mark.parametrize("side", [32, 64, 128])
def test_a_gif_shows_every_frame_with_its_very_pixels(side):
    frames = noise(5, side, 1)
    film = Image.open(io.BytesIO(base64.b64decode(films.gif(asked(frames))["file"])))
    shown = [np.asarray(frame.convert("L")) for frame in ImageSequence.Iterator(film)]
    np.testing.assert_array_equal(shown, films.enlarged(frames)[..., 0])
    assert film.size == (256, 256)
    assert film.info["loop"] == 0
    assert film.info["duration"] == 36 * 40  # ms: the last frame is held


def test_a_gif_in_colour_keeps_256_colours_a_frame_and_comes_close_with_more():
    few = noise(3, 32, 3) // 128 * 255  # 8 colours
    film = Image.open(io.BytesIO(base64.b64decode(films.gif(asked(few))["file"])))
    shown = [np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(film)]
    np.testing.assert_array_equal(shown, films.enlarged(few))
    many = noise(2, 32, 3)  # 1,024 colours
    film = Image.open(io.BytesIO(base64.b64decode(films.gif(asked(many))["file"])))
    shown = np.stack([np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(film)])
    assert np.abs(shown - films.enlarged(many).astype(int)).mean() < 16


def test_the_longest_run_becomes_a_film():
    assert "file" in films.gif(asked(noise(150, 32, 1)))
    assert films.gif(asked(noise(151, 32, 1))) == {"sentence": "A film has 1 to 150 pictures, not 151."}


GOOD = asked(noise(2, 32, 1))


@pytest.mark.parametrize(
    "bad",
    [
        None,
        "frames",
        [],
        {},
        {"channels": 2, "frames": GOOD["frames"]},
        {"channels": [1], "frames": GOOD["frames"]},
        {"channels": 1, "frames": "AAAA"},
        {"channels": 1, "frames": []},
        {"channels": 1, "frames": [1, 2]},
        {"channels": 1, "frames": ["AAAA"]},
        {"channels": 3, "frames": GOOD["frames"]},
        {"channels": 1, "frames": [GOOD["frames"][0], "AAAA"]},
        {"channels": 1, "frames": ["*" * len(GOOD["frames"][0])]},
        {"channels": 1, "frames": ["é" * len(GOOD["frames"][0])]},
        {"channels": 1, "frames": ["=" * len(GOOD["frames"][0])]},
    ],
)
@pytest.mark.parametrize("write", [films.gif, films.mp4])
def test_what_is_no_run_gets_a_sentence(write, bad):
    told = write(bad)
    assert list(told) == ["sentence"]
    assert told["sentence"].endswith(".")


def test_mp4_is_offered_where_ffmpeg_is(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert films.films() == [films.gif]
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    assert films.films() == [films.gif, films.mp4]


def test_an_ffmpeg_that_fails_is_told(monkeypatch, tmp_path):
    broken = tmp_path / "ffmpeg"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert "could not write" in films.mp4(GOOD)["sentence"]


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="no ffmpeg")
@pytest.mark.parametrize("channels", [1, 3])
def test_an_mp4_shows_every_frame(tmp_path, channels):
    frames = np.repeat(np.repeat(noise(6, 8, channels), 4, axis=1), 4, axis=2)  # squares survive the coding
    path = tmp_path / "film.mp4"
    path.write_bytes(base64.b64decode(films.mp4(asked(frames))["file"]))
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    shown = np.frombuffer(raw, np.uint8).reshape(-1, 256, 256, 3)
    assert len(shown) == 6 + 35
    wanted = np.broadcast_to(films.enlarged(frames), (6, 256, 256, 3)).astype(int)
    grey = lambda pictures: pictures.mean(-1)  # noqa: E731  (colour is kept at half the resolution)
    assert np.abs(grey(shown[:6].astype(int)) - grey(wanted)).mean() < 16


def again(file: str, folder) -> dict[str, np.ndarray]:
    """Runs the Python file as a visitor would, beside app.py's packages; returns what it saved."""
    path = folder / "there-and-back.py"
    path.write_text(file, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(path), str(folder / "run")],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with np.load(folder / "run.npz") as arrays:
        return dict(arrays)


@pytest.mark.parametrize("own_picture", [False, True])
def test_the_python_file_makes_the_same_run_bit_for_bit(tmp_path, own_picture):
    journey = Journey("mnist", 7, "ddim", 5, 2.0, 42)
    start = noise(1, 32, 1)[0] if own_picture else artifacts.load_run("journey-mnist")["samples"][4]
    frames = list(denoise.travel(journey, start))
    made = again(recipe(journey, start, None if own_picture else 4), tmp_path)
    np.testing.assert_array_equal(made["xt"], [frame.xt for frame in frames])
    np.testing.assert_array_equal(made["x0"], [frame.x0 for frame in frames])
    assert list(made["t"]) == [frame.t for frame in frames]
    last = np.asarray(Image.open(tmp_path / "run.png"))
    np.testing.assert_array_equal(last, frames[-1].xt.squeeze())
