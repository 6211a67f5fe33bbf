"""What the tests of the journey do on its page."""

from __future__ import annotations

import numpy as np

from models.core import artifacts
from tests.conftest import FRAMES, unfold

OPEN = "{}?tab=noisier&at=journey"
PIXELS = """selector => { const c = document.querySelector(selector);
  return [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]; }"""
COMPLETE = "run => { const d = document.querySelector('#player .player')?.dataset; \
  return d && d.run !== run && d.frames === d.total; }"


def drawn(page, canvas: str) -> np.ndarray:
    """What a canvas of the player shows, (32, 32) grey."""
    return np.array(page.evaluate(PIXELS, f"#player canvas.{canvas}"), np.uint8).reshape(32, 32, 4)[..., 0]


def run(page) -> None:
    """Press the button and wait for the last frame."""
    before = page.get_attribute("#player .player", "data-run")
    page.click("#journey-go")
    page.wait_for_function(COMPLETE, arg=before, timeout=120_000)


def sample_at(index: int) -> np.ndarray:
    """A start picture of the gallery."""
    return artifacts.load_run("journey-mnist")["samples"][index]


def start() -> np.ndarray:
    """The picture that the tab opens with as the start."""
    return sample_at(artifacts.certificate("journey-mnist").config["start"])


def line(page, key: str) -> list[str]:
    """The cells of a line of the equation, which may be folded, found by a part of its name."""
    return page.locator("#equation tbody tr", has_text=key).first.locator("td").all_text_contents()


def beside(page, name: str) -> None:
    """Open what stands beside the player: the equation, the settings, or the sampler."""
    page.locator("#journey-parts").get_by_role("tab", name=name).click()
    page.evaluate(FRAMES)


def set_steps(page, steps: int) -> None:
    beside(page, "Sampler")
    page.fill("#journey-steps input[type=number]", str(steps))
    page.press("#journey-steps input[type=number]", "Enter")


def choose(page, setting: str, words: str) -> None:
    """Choose from a list of the settings, or the sampler."""
    beside(page, "Sampler" if setting == "sampler" else "Settings")
    page.locator(f"#journey-{setting} input").click()
    page.get_by_role("option", name=words, exact=True).click()


def choose_file(page, path) -> None:
    if not page.is_visible("#noisier-upload"):
        unfold(page, "noisier-own")
    with page.expect_file_chooser() as chooser:
        page.click("#noisier-upload")
    chooser.value.set_files(path)


def times_on_screen(page) -> list[int]:
    """The time t of every frame, by stepping through the player from its start."""
    page.click("#player .first")
    times = []
    for _ in range(int(page.get_attribute("#player .player", "data-total"))):
        times.append(int(page.inner_text("#player .xt-caption").split("t = ")[1].split()[0]))
        page.click("#player .after")
    return times
