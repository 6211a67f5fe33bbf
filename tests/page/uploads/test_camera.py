"""Pictures from the camera, which come as text."""

from __future__ import annotations

import base64
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from visuals.page.uploads import MAX_BYTES, UploadError, read_taken


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
