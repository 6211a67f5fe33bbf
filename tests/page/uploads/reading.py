"""What comes of a file that was sent: a picture, or a sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from visuals.page.uploads import UploadError, read_image

RED, GREEN, BLUE = (230, 30, 40), (30, 200, 60), (20, 40, 220)


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
