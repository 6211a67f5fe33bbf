"""What a browser makes of a visitor's file before it sends it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.small_page import served
from visuals.page.uploads import MAX_BYTES, SENT_AS_IT_IS, SENT_SIDE, read_image

WIDE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40"><rect x="20" width="60" height="40" fill="red"/>'
    "</svg>"
)


@pytest.fixture(scope="module")
def arrived() -> list[bytes]:
    """The files that the server got."""
    return []


@pytest.fixture(scope="module")
def url(arrived, tmp_path_factory) -> Iterator[str]:
    def take(path: str) -> str:
        arrived.append(Path(path).read_bytes())
        return f"{len(arrived)} arrived"

    with gr.Blocks() as page:
        button, told = gr.UploadButton("Send"), gr.Markdown()
        button.upload(take, button, told)
    with served(page) as address:
        yield address


@pytest.fixture
def sent(page, url, arrived) -> Callable[[Path], bytes]:
    """sent(path): what the server gets of the file."""
    page.goto(url)

    def send(path: Path) -> bytes:
        number = len(arrived) + 1
        with page.expect_file_chooser() as choice:
            page.get_by_role("button", name="Send").click()
        choice.value.set_files(path)
        expect(page.get_by_text(f"{number} arrived")).to_be_visible()
        return arrived[-1]

    return send


def test_a_photo_is_sent_small_and_upright(sent, tmp_path):
    """Below the megabyte that web servers take by default."""
    rng = np.random.default_rng(0)
    coarse = Image.fromarray(rng.integers(0, 256, (4, 6, 3), np.uint8)).resize((3000, 2000), Image.Resampling.NEAREST)
    grain = rng.integers(-40, 41, (2000, 3000, 1))
    photo = Image.fromarray((np.asarray(coarse) + grain).clip(0, 255).astype(np.uint8))
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "photo.jpg"
    photo.save(path, quality=90, exif=exif)
    assert path.stat().st_size > 1024**2
    content = sent(path)
    assert len(content) < SENT_AS_IT_IS
    (tmp_path / "sent.jpg").write_bytes(content)
    with Image.open(BytesIO(content)) as image:
        assert image.size == (SENT_SIDE * 2 // 3 + 1, SENT_SIDE)
    here, there = (np.asarray(read_image(file)).astype(int) for file in (path, tmp_path / "sent.jpg"))
    assert np.abs(here - there).mean() < 8


def test_a_picture_that_the_server_reads_goes_as_it_is(sent, tmp_path):
    path = tmp_path / "small.png"
    Image.new("RGB", (3000, 40), "red").save(path)
    assert sent(path) == path.read_bytes()


def test_what_only_the_browser_shows_is_sent_as_a_picture(sent, tmp_path):
    path = tmp_path / "drawing.svg"
    path.write_text(WIDE)
    (tmp_path / "sent.jpg").write_bytes(sent(path))
    pixels = np.asarray(read_image(tmp_path / "sent.jpg")).astype(int)
    assert pixels.shape == (40, 40, 3)
    np.testing.assert_allclose(pixels[:, 4:], np.broadcast_to((255, 0, 0), (40, 36, 3)), atol=40)


def test_what_the_browser_does_not_show_goes_as_it_is_as_far_as_the_server_takes_it(sent, tmp_path):
    path = tmp_path / "large.tiff"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (600, 600, 3), np.uint8)).save(path)
    assert sent(path) == path.read_bytes()
    path.write_bytes(b"no picture".ljust(MAX_BYTES + 100))
    assert sent(path) == path.read_bytes()[: MAX_BYTES + 1]
