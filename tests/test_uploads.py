"""Every kind of file a visitor may send: a picture as meant, or one sentence."""

import base64
import contextlib
import struct
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from visuals.page.uploads import MAX_BYTES, SIDE, UploadError, read_image, read_taken

RED, GREEN, BLUE = (230, 30, 40), (30, 200, 60), (20, 40, 220)


@pytest.fixture
def picture() -> Image.Image:
    """24 x 24: left half red, right half blue, a green bar along the top."""
    image = Image.new("RGB", (24, 24), RED)
    image.paste(BLUE, (12, 0, 24, 24))
    image.paste(GREEN, (0, 0, 24, 4))
    return image


@pytest.fixture
def noise() -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8))


def read(path: Path) -> np.ndarray:
    image = read_image(path)
    assert image.mode == "RGB"
    return np.asarray(image)


def sentence(path: Path) -> str:
    with pytest.raises(UploadError) as error:
        read_image(path)
    text = str(error.value)
    assert text[0].isupper()
    assert text.endswith(".")
    assert str(path) not in text
    return text


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


def taken(content: bytes, kind: str = "image/png") -> dict[str, str]:
    """What the camera's component sends."""
    return {"picture": f"data:{kind};base64,{base64.b64encode(content).decode()}"}


def png(image: Image.Image) -> bytes:
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def test_a_picture_from_the_camera_is_read_as_a_file_is(picture):
    np.testing.assert_array_equal(np.asarray(read_taken(taken(png(picture)))), np.asarray(picture))


@pytest.mark.parametrize(
    "value", [None, [], "x", {}, {"picture": None}, {"picture": "data:image/png;base64,"}, {"picture": "/etc/passwd"}]
)
def test_from_the_camera_came_nothing(value):
    with pytest.raises(UploadError, match="empty"):
        read_taken(value)


def test_what_the_camera_sent_is_checked_as_files_are(picture):
    content = png(picture)
    for value in (taken(content[:60]), {"picture": "data:image/png;base64,äöü"}, {"picture": ";base64,abcde"}):
        with pytest.raises(UploadError, match="cut off, damaged"):
            read_taken(value)
    with pytest.raises(UploadError, match="not a picture"):
        read_taken(taken(b"no picture at all"))
    with pytest.raises(UploadError, match=r"Pictures of up to 10 MB work\."):
        read_taken({"picture": "data:image/png;base64," + "A" * (MAX_BYTES * 4 // 3 + 8)})
    with pytest.raises(UploadError, match="too small"):
        read_taken(taken(png(picture.resize((4, 4)))))
