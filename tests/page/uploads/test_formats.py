"""Every kind of picture a visitor may send, as it was meant."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tests.page.uploads.reading import BLUE, GREEN, read


@pytest.mark.parametrize("suffix", ["png", "bmp", "tiff", "ppm", "gif"])
def test_lossless_formats_come_back_exactly(tmp_path, picture, suffix):
    picture.save(tmp_path / f"a.{suffix}")
    np.testing.assert_array_equal(read(tmp_path / f"a.{suffix}"), np.asarray(picture))


@pytest.mark.parametrize("suffix", ["jpg", "webp", "avif"])
def test_lossy_formats_come_back_nearly(tmp_path, picture, suffix):
    big = picture.resize((240, 240), Image.Resampling.NEAREST)
    big.save(tmp_path / f"a.{suffix}", quality=95)
    assert np.abs(read(tmp_path / f"a.{suffix}").astype(int) - np.asarray(big)).mean() < 3


def test_the_name_does_not_matter(tmp_path, picture):
    picture.save(tmp_path / "a.txt", format="PNG")
    np.testing.assert_array_equal(read(tmp_path / "a.txt"), np.asarray(picture))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_rotation_is_undone(tmp_path, picture, orientation):
    """A camera stores the picture turned, with a note how to turn it back."""
    stored_as = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = picture.transpose(stored_as[orientation]) if orientation > 1 else picture
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored.save(tmp_path / "a.png", exif=exif)
    np.testing.assert_array_equal(read(tmp_path / "a.png"), np.asarray(picture))


def test_of_a_turned_picture_the_same_square_is_seen(tmp_path):
    """One of an odd number of columns more than rows has its middle between two columns."""
    photo = Image.fromarray(np.arange(15 * 20 * 3, dtype=np.uint16).astype(np.uint8).reshape(15, 20, 3))
    exif = Image.Exif()
    exif[0x0112] = 6
    photo.save(tmp_path / "upright.png")
    photo.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "turned.png", exif=exif)
    np.testing.assert_array_equal(read(tmp_path / "turned.png"), read(tmp_path / "upright.png"))


def test_damaged_exif_is_ignored(tmp_path, picture):
    picture.save(tmp_path / "a.jpg", quality=95, exif=b"Exif\x00\x00MM\x00\x2a\xff\xff")
    assert read(tmp_path / "a.jpg").shape == (24, 24, 3)


def test_transparent_parts_become_white(tmp_path, picture):
    alpha = Image.new("L", picture.size, 255)
    alpha.paste(0, (0, 0, 12, 24))
    alpha.paste(128, (12, 8, 24, 24))
    picture.putalpha(alpha)
    picture.save(tmp_path / "a.png")
    got = read(tmp_path / "a.png")
    assert (got[8, 3] == 255).all()
    np.testing.assert_array_equal(got[6, 20], BLUE)
    np.testing.assert_allclose(got[12, 20], [(c + 255) / 2 for c in BLUE], atol=1)


def test_palette_with_a_transparent_colour(tmp_path, picture):
    indexed = picture.quantize(4)
    see_through = indexed.getpixel((3, 8))
    indexed.save(tmp_path / "a.png", transparency=see_through)
    got = read(tmp_path / "a.png")
    assert (got[8, 3] == 255).all()
    np.testing.assert_allclose(got[8, 20], BLUE, atol=8)


def test_grey_with_alpha(tmp_path):
    Image.new("LA", (10, 10), (100, 0)).save(tmp_path / "a.png")
    assert (read(tmp_path / "a.png") == 255).all()


def test_one_bit_and_grey(tmp_path):
    Image.new("1", (10, 10), 1).save(tmp_path / "one.png")
    Image.new("L", (10, 10), 77).save(tmp_path / "grey.png")
    assert (read(tmp_path / "one.png") == 255).all()
    assert (read(tmp_path / "grey.png") == 77).all()


@pytest.mark.parametrize("suffix", ["png", "tiff"])
@pytest.mark.parametrize("bits", [10, 12, 14, 16])
def test_sixteen_bits_are_scaled_not_clipped(tmp_path, suffix, bits):
    """Of the 16 that the file has a camera may use fewer."""
    ramp = np.linspace(0, 2**bits - 1, 256).astype(np.uint16)[None].repeat(256, 0)
    Image.fromarray(ramp).save(tmp_path / f"a.{suffix}")
    np.testing.assert_allclose(read(tmp_path / f"a.{suffix}")[0, :, 0], np.arange(256), atol=1)


@pytest.mark.parametrize("dtype", [np.int32, np.float32])
def test_numbers_without_a_fixed_white_use_their_own_range(tmp_path, dtype):
    ramp = np.linspace(-1000, 90000, 256).astype(dtype)[None].repeat(256, 0)
    Image.fromarray(ramp).save(tmp_path / "a.tiff")
    np.testing.assert_allclose(read(tmp_path / "a.tiff")[0, :, 1], np.arange(256), atol=1)


def test_a_flat_float_picture_does_not_divide_by_zero(tmp_path):
    Image.fromarray(np.full((10, 10), 3.5, np.float32)).save(tmp_path / "a.tiff")
    assert (read(tmp_path / "a.tiff") == 0).all()


def test_cmyk(tmp_path, picture):
    big = picture.resize((240, 240), Image.Resampling.NEAREST)
    big.convert("CMYK").save(tmp_path / "a.jpg", quality=95)
    assert np.abs(read(tmp_path / "a.jpg").astype(int) - np.asarray(big)).mean() < 4


def test_of_an_animation_the_first_frame(tmp_path, picture):
    frames = [Image.new("RGB", picture.size, colour) for colour in (GREEN, BLUE)]
    for suffix in ("gif", "webp", "png"):
        path = tmp_path / f"a.{suffix}"
        options = {"lossless": True} if suffix == "webp" else {}
        picture.save(path, save_all=True, append_images=frames, duration=50, **options)
        np.testing.assert_array_equal(read(path), np.asarray(picture))
