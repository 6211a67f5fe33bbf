"""Large, small, long and narrow pictures."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from tests.page.uploads.reading import RED, read, sentence
from visuals.page.uploads import MAX_BYTES, SIDE


def test_too_many_bytes(tmp_path, picture):
    picture.save(tmp_path / "a.png")
    with open(tmp_path / "a.png", "ab") as file:
        file.write(b"\0" * MAX_BYTES)
    assert "MB" in sentence(tmp_path / "a.png")


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("side", [5000, 13_000, 60_000])
def test_too_many_pixels_are_refused_from_the_header(tmp_path, side):
    """The file only claims its size: there are no pixels to decode in it."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    data = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    idat = b"IDAT" + zlib.compress(b"")
    data += struct.pack(">I", len(idat) - 4) + idat + struct.pack(">I", zlib.crc32(idat))
    (tmp_path / "a.png").write_bytes(data)
    assert "megapixels" in sentence(tmp_path / "a.png")


@pytest.mark.parametrize(
    ("size", "word"), [((4000, 50), "central square"), ((50, 4000), "central"), ((40, 7), "too small")]
)
def test_extreme_shapes(tmp_path, size, word):
    Image.new("RGB", size).save(tmp_path / "a.png")
    assert word in sentence(tmp_path / "a.png")


def test_ten_to_one_is_still_a_picture(tmp_path):
    Image.new("RGB", (500, 50)).save(tmp_path / "a.png")
    assert read(tmp_path / "a.png").shape == (50, 50, 3)


@pytest.mark.parametrize("suffix", ["png", "jpg"])
@pytest.mark.parametrize("size", [(4000, 3000), (3000, 4000)])
def test_what_is_kept_is_the_central_square_made_small(tmp_path, picture, suffix, size):
    """Of a photo of 12 megapixels, which would be 36 MB for each visitor."""
    photo = Image.new("RGB", size, "white")
    side = min(size)
    photo.paste(picture.resize((side, side), Image.Resampling.NEAREST), ((size[0] - side) // 2, (size[1] - side) // 2))
    exif = Image.Exif()
    exif[0x0112] = 3
    photo.transpose(Image.Transpose.ROTATE_180).save(tmp_path / f"a.{suffix}", exif=exif)
    wanted = picture.resize((SIDE, SIDE), Image.Resampling.NEAREST)
    assert np.abs(read(tmp_path / f"a.{suffix}").astype(int) - np.asarray(wanted)).mean() < 3


def test_a_photo_of_48_megapixels_is_decoded_small(tmp_path):
    Image.new("RGB", (8000, 6000), RED).save(tmp_path / "a.jpg")
    assert np.abs(read(tmp_path / "a.jpg").astype(int) - RED).max() < 3
    Image.new("1", (8000, 6000)).save(tmp_path / "a.png")
    assert "20 megapixels" in sentence(tmp_path / "a.png")
