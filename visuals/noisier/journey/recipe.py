"""A Python file that makes a run again."""

from __future__ import annotations

import base64

import numpy as np

from models.noisier.denoise import Journey


def recipe(journey: Journey, start: np.ndarray, sample: int | None = None) -> str:
    """A Python file that makes the run again with this project's functions, and saves it.

    start: (32, 32, C) uint8; where it is one of the network's recorded samples, `sample` is its number.
    """
    if sample is None:
        pixels = base64.b64encode(start.tobytes()).decode()
        imports, project = "import base64\n", ""
        lines = "\n".join(f'    "{pixels[k : k + 100]}"' for k in range(0, len(pixels), 100))
        chosen = f"np.frombuffer(base64.b64decode(\n{lines}\n), np.uint8).reshape{start.shape}"
    else:
        imports, project = "", "artifacts, "
        chosen = f'artifacts.load_run("journey-{journey.network}")["samples"][{sample}]'
    arguments = repr(journey).replace("(", "(\n    ").replace(", ", ",\n    ").replace(")", ",\n)")
    return RECIPE.format(imports=imports, project=project, chosen=chosen, journey=arguments)


RECIPE = '''"""Makes a run of Deeper · Wider · Noisier again. Put this file beside the project's app.py, then:

    python there-and-back.py [NAME]

It writes the pictures as arrays to NAME.npz (way, t, xt, x0) and the last of them to NAME.png.
"""

{imports}import sys

import numpy as np
from PIL import Image

from models.core import {project}runtime
from models.noisier import denoise
from models.noisier.denoise import Frame, Journey

runtime.use_threads()  # as the page does: sums are added in the same order
start = {chosen}
journey = {journey}
frames = [event for event in denoise.travel(journey, start) if isinstance(event, Frame)]

name = sys.argv[1] if len(sys.argv) > 1 else "there-and-back"
arrays = {{key: np.stack([getattr(frame, key) for frame in frames]) for key in ("way", "t", "xt", "x0")}}
np.savez_compressed(name + ".npz", **arrays)
Image.fromarray(frames[-1].xt[0].squeeze()).save(name + ".png")
print(f"{{len(frames)}} frames in {{name}}.npz, the last of them in {{name}}.png")
'''
