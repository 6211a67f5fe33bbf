"""Films of a run: a GIF, and an MP4 where ffmpeg is found.

The pixels of the films come from the browser, which has the run; they are checked before anything is done with them.
"""

from __future__ import annotations

import base64
import binascii
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import numpy as np
from PIL import Image

from models.noisier.denoise import MOST_FRAMES, SAMPLES, SIZE

SHOWN = 256  # pixels of a film's side: every pixel of the run becomes a square of them
PER_SECOND = 24  # as in the player
HELD = 36  # times that the last frame is shown: 1.5 s
PATIENCE = 60  # s for ffmpeg
SIDES = [SIZE * round(samples**0.5) for samples in SAMPLES]

_films_at_once = BoundedSemaphore(2)


class FilmError(ValueError):
    """No film can be made; the message is a sentence for the visitor."""


def films() -> list[Callable[[Any], dict[str, str]]]:
    """The player's `server_functions`: what can be written here."""
    return [gif, mp4] if shutil.which("ffmpeg") else [gif]


def gif(asked: Any) -> dict[str, str]:
    """{"file": base64} of the run as an endless GIF, or {"sentence": why not}. `asked` is what `read` takes."""
    return _told(_gif, asked)


def mp4(asked: Any) -> dict[str, str]:
    """{"file": base64} of the run as an MP4 (H.264), or {"sentence": why not}. `asked` is what `read` takes."""
    return _told(_mp4, asked)


def read(asked: Any) -> np.ndarray:
    """Frames (N, S, S, C) uint8 from {"channels": C, "frames": [base64 of S x S x C]}, S one of SIDES.

    Raises FilmError: it comes from a browser and can be anything.
    """
    channels, frames = (asked.get("channels"), asked.get("frames")) if isinstance(asked, dict) else (None, None)
    if type(channels) is not int or channels not in (1, 3):
        raise FilmError("Pictures have one channel or three.")
    if not isinstance(frames, list) or not all(isinstance(f, str) for f in frames):
        raise FilmError("This is no run of pictures, so there is no film of it.")
    if not 1 <= len(frames) <= MOST_FRAMES:
        raise FilmError(f"A film has 1 to {MOST_FRAMES} pictures, not {len(frames)}.")
    side = next((side for side in SIDES if len(frames[0]) == _characters(side, channels)), None)
    if side is None or any(len(frame) != len(frames[0]) for frame in frames):
        raise FilmError("The pictures of this run have not the size that they must have.")
    try:
        pixels = b"".join(base64.b64decode(frame, validate=True) for frame in frames)
        return np.frombuffer(pixels, np.uint8).reshape(len(frames), side, side, channels)
    except (binascii.Error, ValueError) as error:
        raise FilmError("The pictures of this run arrived damaged. Please try again.") from error


def _characters(side: int, channels: int) -> int:
    """How long one frame's base64 is."""
    return -(-side * side * channels // 3) * 4


def _told(write: Callable[[np.ndarray], bytes], asked: Any) -> dict[str, str]:
    try:
        with _films_at_once:
            return {"file": base64.b64encode(write(enlarged(read(asked)))).decode()}
    except FilmError as error:
        return {"sentence": str(error)}


def enlarged(frames: np.ndarray) -> np.ndarray:
    """(N, S, S, C) to (N, 256, 256, C), every pixel a square."""
    times = SHOWN // frames.shape[1]
    return frames.repeat(times, axis=1).repeat(times, axis=2)


def _gif(frames: np.ndarray) -> bytes:
    """Grey pictures keep every value; coloured ones get the 256 colours that suit each best."""
    pictures = [Image.fromarray(frame.squeeze()) for frame in frames]
    if frames.shape[-1] == 3:
        pictures = [picture.quantize(256, dither=Image.Dither.NONE) for picture in pictures]
    each = round(100 / PER_SECOND) * 10  # ms: a GIF counts in hundredths of a second
    buffer, times = BytesIO(), [each] * (len(pictures) - 1) + [each * HELD]
    pictures[0].save(buffer, "GIF", save_all=True, append_images=pictures[1:], duration=times, loop=0)
    return buffer.getvalue()


def _mp4(frames: np.ndarray) -> bytes:
    pixels = "gray" if frames.shape[-1] == 1 else "rgb24"
    film = np.concatenate([frames, frames[-1:].repeat(HELD - 1, axis=0)])
    given = ["-f", "rawvideo", "-pix_fmt", pixels, "-s", f"{SHOWN}x{SHOWN}", "-r", str(PER_SECOND), "-i", "-"]
    coded = ["-c:v", "libx264", "-crf", "16", "-threads", "1", "-pix_fmt", "yuv420p", "-movflags", "+faststart"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "film.mp4")
        try:
            command = ["ffmpeg", "-v", "error", *given, *coded, str(path)]
            subprocess.run(command, input=film.tobytes(), capture_output=True, timeout=PATIENCE, check=True)
            return path.read_bytes()
        except (OSError, subprocess.SubprocessError) as error:
            raise FilmError("ffmpeg could not write this film. The GIF shows the same.") from error
