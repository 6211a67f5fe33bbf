"""A visitor's file as an upright RGB picture, or one sentence that says why not."""

from __future__ import annotations

from base64 import b64decode
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

MAX_BYTES = 10 * 1024**2
MAX_PIXELS = 20_000_000
MIN_SIDE = 8
MAX_RATIO = 10  # of the longer side to the shorter: only the central square is looked at
SCRIPT = Path(__file__).with_suffix(".js").read_text().replace("MAX_BYTES", str(MAX_BYTES))  # for the page's head
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "PPM")  # no format that runs another program


_TOO_MANY_PIXELS = f"This picture has more than {MAX_PIXELS // 10**6} megapixels. Please make it smaller first."
_DAMAGED = "This picture is cut off or damaged. Please save or send it again."


class UploadError(ValueError):
    """The file cannot be used; the message is a sentence for the visitor."""


def read_image(path: str | Path) -> Image.Image:
    """The first frame of the file, upright, RGB, transparent parts white; raises UploadError."""
    _check_bytes(Path(path).stat().st_size)
    return _read(path)


def read_taken(value: object) -> Image.Image:
    """The same for a picture that the page took itself, {"picture": a data URL}; raises UploadError."""
    url = value.get("picture") if isinstance(value, dict) else None
    content = url.partition(";base64,")[2] if isinstance(url, str) else ""
    _check_bytes(len(content) * 3 // 4)
    try:
        data = b64decode(content, validate=True)
    except ValueError as error:
        raise UploadError(_DAMAGED) from error
    return _read(BytesIO(data))


def _read(source: str | Path | BytesIO) -> Image.Image:
    with _opened(source) as image:
        _check_size(*image.size)
        return _rgb(_upright(_decoded(image)))


def _check_bytes(size: int) -> None:
    if size == 0:
        raise UploadError("This file is empty.")
    if size > MAX_BYTES:
        raise UploadError(f"This file is too large. Pictures of up to {MAX_BYTES // 1024**2} MB work.")


def _opened(source: str | Path | BytesIO) -> Image.Image:
    """The file with its header read and nothing decoded."""
    try:
        return Image.open(source, formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise UploadError(_TOO_MANY_PIXELS) from error
    except UnidentifiedImageError as error:
        raise UploadError(
            "This file is not a picture that can be read here. JPEG, PNG, GIF, WebP, BMP and TIFF work."
        ) from error
    except Exception as error:  # Pillow's readers raise a dozen kinds on damaged data
        raise UploadError(_DAMAGED) from error


def _check_size(width: int, height: int) -> None:
    """Called with the header's numbers, before anything is decoded: a small file can claim a huge picture."""
    if width * height > MAX_PIXELS:
        raise UploadError(_TOO_MANY_PIXELS)
    short, long = sorted((width, height))
    if short < MIN_SIDE:
        raise UploadError(f"This picture is only {width} × {height} pixels. At least {MIN_SIDE} a side are needed.")
    if long > MAX_RATIO * short:
        raise UploadError(
            f"This picture is {width} × {height} pixels, and only its central square is looked at. "
            "Please cut out the part that matters."
        )


def _decoded(image: Image.Image) -> Image.Image:
    try:
        image.load()
    except Exception as error:
        raise UploadError(_DAMAGED) from error
    return image


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # damaged metadata around a good picture
        return image


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):
        return _grey(np.asarray(image, np.float64) / 257)  # 65535 is white
    if image.mode in ("I", "F"):  # numbers without a fixed white: the picture's own range is used
        values = np.nan_to_num(np.asarray(image, np.float64), posinf=0, neginf=0)
        values = values - values.min()
        return _grey(values * (255 / max(values.max(), 1e-12)))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    return image.convert("RGB")


def _grey(values: np.ndarray) -> Image.Image:
    """(H, W) in 0..255."""
    return Image.fromarray(values.round().astype(np.uint8)).convert("RGB")
