"""Files that are no pictures, or not whole: what is left of a picture, or one sentence."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest

from tests.page.uploads.reading import read, sentence
from visuals.page.uploads import UploadError, read_image


def test_not_a_picture(tmp_path):
    (tmp_path / "a.png").write_text("These are words and not a picture.")
    assert "not a picture" in sentence(tmp_path / "a.png")


def test_a_drawing_program_is_not_run(tmp_path, picture):
    """PostScript is a programming language; Pillow would hand it to an interpreter."""
    picture.save(tmp_path / "a.eps")
    (tmp_path / "a.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>")
    assert "not a picture" in sentence(tmp_path / "a.eps")
    assert "not a picture" in sentence(tmp_path / "a.svg")


def test_empty(tmp_path):
    (tmp_path / "a.png").touch()
    assert "empty" in sentence(tmp_path / "a.png")


@pytest.mark.parametrize("suffix", ["png", "gif", "webp", "avif", "bmp", "tiff"])
@pytest.mark.parametrize("kept", [0.3, 0.7, 0.95])
def test_cut_off(tmp_path, noise, suffix, kept):
    path = tmp_path / f"a.{suffix}"
    noise.save(path)
    path.write_bytes(path.read_bytes()[: int(kept * path.stat().st_size)])
    text = sentence(path)
    assert "cut off" in text or "not a picture" in text


@pytest.mark.parametrize("suffix", ["png", "jpg", "bmp", "tiff", "ppm"])
@pytest.mark.parametrize("missing", [1, 2, 4, 8, 12])
def test_a_few_bytes_may_be_missing_at_the_end(tmp_path, noise, suffix, missing):
    path = tmp_path / f"a.{suffix}"
    noise.save(path)
    whole = read(path)
    path.write_bytes(path.read_bytes()[:-missing])
    assert (read(path) != whole).mean() < 0.1


@pytest.mark.parametrize("progressive", [True, False])
def test_what_came_of_a_photo_is_shown_as_browsers_show_it(tmp_path, noise, progressive):
    """A photo of which the transfer ended early: grey or coarse where something is missing."""
    path = tmp_path / "a.jpg"
    noise.save(path, progressive=progressive)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    assert read(path).shape == (64, 64, 3)


def test_a_cut_in_the_header(tmp_path, picture):
    picture.save(tmp_path / "a.png")
    (tmp_path / "a.png").write_bytes((tmp_path / "a.png").read_bytes()[:20])
    sentence(tmp_path / "a.png")


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("seed", range(48))
def test_damaged_bytes_give_a_picture_or_a_sentence(tmp_path, picture, seed):
    rng = np.random.default_rng(seed)
    path = tmp_path / ("a.png", "a.jpg", "a.gif", "a.tiff", "a.webp", "a.avif")[seed % 6]
    picture.save(path)
    data = np.frombuffer(path.read_bytes(), np.uint8).copy()
    data[rng.integers(0, len(data), 8)] = rng.integers(0, 256, 8)
    path.write_bytes(data.tobytes())
    with contextlib.suppress(UploadError):
        assert read_image(path).mode == "RGB"
