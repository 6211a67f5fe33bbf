"""Pictures to send."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tests.page.uploads.reading import BLUE, GREEN, RED


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
