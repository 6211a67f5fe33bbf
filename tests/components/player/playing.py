"""What is sent to the player in its tests, and what its screen shows."""

from __future__ import annotations

import base64
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from visuals.components.player import message

THERE, BACK = 5, 9  # frames
RNG = np.random.default_rng(0)
RECIPE = 'print("the same run")\n'
AT = "Number(document.querySelector('#player .player').dataset.at)"
CANVAS = """selector => { const c = document.querySelector(selector);
  const { data } = c.getContext('2d').getImageData(0, 0, c.width, c.height);
  return [c.height, c.width, btoa(data.reduce((text, byte) => text + String.fromCharCode(byte), ''))]; }"""
probed: list[dict] = []  # what Python was asked
missed: list[tuple[int, int, int]] = []
alone_asked: list[tuple[int, int]] = []  # (run, sample)


def noise(samples: int, channels: int) -> np.ndarray:
    return RNG.integers(0, 256, (samples, 32, 32, channels), dtype=np.uint8)


def journey(samples: int, channels: int) -> list[SimpleNamespace]:
    """Frames of random pixels, so that no picture can be taken for another; of several samples only xt and x0."""
    frames, alone = [], samples == 1
    for k in range(THERE + BACK):
        there, step = k < THERE, k if k < THERE else k - THERE
        t = 250 * step if there else 1000 - 125 * step
        panel = lambda wanted: noise(samples, channels) if wanted else None  # noqa: E731
        pictures = {
            "xt": panel(True),
            "x0": panel(True),
            "eps": panel(alone),
            "before": panel(alone and not there and t > 0),
            "closed": panel(alone and there),
        }
        factor = 1 - t / 1000
        frames.append(
            SimpleNamespace(way="there" if there else "back", step=step, t=t, signal=factor, noise=t / 1000, **pictures)
        )
    return frames


ONE, COLOURED, FOUR, SIXTEEN, LATER = journey(1, 1), journey(1, 3), journey(4, 3), journey(16, 1), journey(1, 1)
OF_ONE = {  # run: what the server has of the samples 0, 2, ..., and of 1, 3, ...
    20: (journey(1, 3), journey(1, 3)),
    30: (journey(1, 1), journey(1, 1)),
    50: (journey(1, 1)[:7], journey(1, 1)[:7]),
}


def sent(run: int, frames: list, start: int = 0, play: bool = False) -> dict:
    return message(run, THERE + BACK, THERE, start, frames, play, RECIPE)


def canvas(page, name: str) -> np.ndarray:
    """What a canvas shows, (H, W, 3)."""
    height, width, pixels = page.evaluate(CANVAS, f"#player canvas.{name}")
    return np.frombuffer(base64.b64decode(pixels), np.uint8).reshape(height, width, 4)[..., :3]


def rgb(picture: np.ndarray) -> np.ndarray:
    """(32, 32, C) as it is drawn."""
    return np.broadcast_to(picture, (32, 32, 3))


def grid(pictures: np.ndarray) -> np.ndarray:
    """(B, 32, 32, C) as one square."""
    across = round(len(pictures) ** 0.5)
    rows = [np.concatenate([rgb(p) for p in pictures[k : k + across]], 1) for k in range(0, len(pictures), across)]
    return np.concatenate(rows)


def go(page, index: int) -> None:
    page.evaluate(
        "index => { const s = document.querySelector('#player input[type=range]'); s.value = index; \
        s.dispatchEvent(new Event('input')); }",
        index,
    )
    assert page.evaluate(AT) == index


def give(page, name: str, run: int, frames: int = THERE + BACK) -> None:
    page.click(f"#{name}")
    page.wait_for_selector(f"#player .player[data-run='{run}'][data-frames='{frames}']")


def caption(page, name: str) -> str:
    return page.inner_text(f"#player .{name}-caption")


def saved(page, kind: str) -> tuple[str, bytes]:
    with page.expect_download() as download:
        page.locator("#player .downloads").get_by_role("button", name=kind, exact=True).click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()
