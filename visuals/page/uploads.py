"""A visitor's file as a small upright RGB picture, or one sentence that says why not."""

from __future__ import annotations

import json
from base64 import b64decode
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

MAX_BYTES = 10 * 1024**2
MAX_PIXELS = 20_000_000  # to decode; of a JPEG an eighth of its width and height can be decoded alone
MIN_SIDE = 8
MAX_RATIO = 10  # of the longer side to the shorter: only the central square is looked at
SIDE = 512  # pixels of what is kept: more than any network here looks at
FORMATS = {  # no format that runs another program
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "GIF": "image/gif",
    "WEBP": "image/webp",
    "AVIF": "image/avif",
    "BMP": "image/bmp",
    "TIFF": "image/tiff",
    "PPM": "image/x-portable-anymap",
}
SENT_SIDE = 1024  # pixels of the longer side that a browser sends
SENT_AS_IT_IS = 900_000  # bytes: a web server before the page may take no more than 1 MB
LIMITS = {"bytes": MAX_BYTES, "asItIs": SENT_AS_IT_IS, "side": SENT_SIDE, "kinds": list(FORMATS.values())}
SCRIPT = Path(__file__).with_suffix(".js").read_text(encoding="utf-8").replace("LIMITS", json.dumps(LIMITS))
BITS = (8, 10, 12, 14, 16)  # that cameras and scanners have
ENDING = bytes(62) + b"\xff\xd9"  # stands for a few bytes that are missing at the end; the last two end a JPEG

_NOTHING = "This picture is empty: nothing has arrived."
_TOO_MANY_PIXELS = f"This picture has more than {MAX_PIXELS // 10**6} megapixels. Please make it smaller first."
_UNREADABLE = (
    "This picture cannot be read here: it may be cut off, damaged, or of an unusual kind. "
    "Please save it as JPEG or PNG and send it again."
)
_UNKNOWN = "This file is not a picture that can be read here. JPEG, PNG, GIF, WebP, AVIF, BMP and most TIFF files work."


class UploadError(ValueError):
    """The file cannot be used; the message is a sentence for the visitor."""


class _Unreadable(UploadError):
    """With a few bytes more at its end it might be read."""


def read_image(path: object) -> Image.Image:
    """The central square of the file's first frame, upright, RGB, at most SIDE pixels wide, transparent parts white.

    Raises UploadError.
    """
    if not isinstance(path, (str, Path)):
        raise UploadError(_NOTHING)
    _check_bytes(Path(path).stat().st_size)
    return _read(Path(path).read_bytes())


def read_taken(value: object) -> Image.Image:
    """The same for a picture that the page took itself, {"picture": a data URL}; raises UploadError."""
    url = value.get("picture") if isinstance(value, dict) else None
    content = url.partition(";base64,")[2] if isinstance(url, str) else ""
    _check_bytes(len(content) * 3 // 4)
    try:
        data = b64decode(content, validate=True)
    except ValueError as error:
        raise UploadError(_UNREADABLE) from error
    return _read(data)


def _check_bytes(size: int) -> None:
    if size == 0:
        raise UploadError(_NOTHING)
    if size > MAX_BYTES:
        raise UploadError(f"This file is too large. Pictures of up to {MAX_BYTES // 1024**2} MB work.")


def _read(content: bytes) -> Image.Image:
    try:
        return _square(content)
    except _Unreadable:
        return _square(content + ENDING)


def _square(content: bytes) -> Image.Image:
    with _opened(content) as image:
        _check_shape(*image.size)
        image.draft(image.mode, (SIDE, SIDE))
        if image.width * image.height > MAX_PIXELS:  # by the header alone: a small file can claim a huge picture
            raise UploadError(_TOO_MANY_PIXELS)
        _decode(image)
        _turn_upright(image)
        part = _rgb(_central(image))
    return part.resize((SIDE, SIDE), Image.Resampling.LANCZOS) if part.width > SIDE else part


def _opened(content: bytes) -> Image.Image:
    """The file with its header read and nothing decoded."""
    try:
        return Image.open(BytesIO(content), formats=tuple(FORMATS))
    except Image.DecompressionBombError as error:
        raise UploadError(_TOO_MANY_PIXELS) from error
    except UnidentifiedImageError as error:
        raise UploadError(_UNKNOWN) from error
    except Exception as error:  # Pillow's readers raise a dozen kinds on damaged data
        raise _Unreadable(_UNREADABLE) from error


def _check_shape(width: int, height: int) -> None:
    short, long = sorted((width, height))
    if long > MAX_RATIO * short:
        raise UploadError(
            f"One side of this picture is more than {MAX_RATIO} times as long as the other, and only its central "
            "square is looked at. Please cut out the part that matters."
        )
    if short < MIN_SIDE:
        raise UploadError(f"This picture is too small: at least {MIN_SIDE} pixels a side are needed.")


def _decode(image: Image.Image) -> None:
    try:
        image.load()
    except Exception as error:
        raise _Unreadable(_UNREADABLE) from error


def _turn_upright(image: Image.Image) -> None:
    with suppress(Exception):  # damaged metadata around a good picture
        ImageOps.exif_transpose(image, in_place=True)


def _central(image: Image.Image) -> Image.Image:
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return image.crop((left, top, left + side, top + side))


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):
        return _sixteen_bits(np.asarray(image, np.float64))
    if image.mode in ("I", "F"):  # numbers without a fixed white: the picture's own range is used
        values = np.nan_to_num(np.asarray(image, np.float64), posinf=0, neginf=0)
        values = values - values.min()
        return _grey(values * (255 / max(values.max(), 1e-12)))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    return image.convert("RGB")


def _sixteen_bits(values: np.ndarray) -> Image.Image:
    """Grey values (H, W) of 16 bits, of which often fewer are used: white is the largest number of as many."""
    white = next(2**bits - 1 for bits in BITS if values.max() < 2**bits)
    return _grey(values * (255 / white))


def _grey(values: np.ndarray) -> Image.Image:
    """(H, W) in 0..255."""
    return Image.fromarray(values.round().astype(np.uint8)).convert("RGB")
