"""Every experiment with small arguments, for what must hold of all of them."""

from __future__ import annotations

import numpy as np
import torch

from models.deeper import block, construction, landscape, nets, race
from models.noisier import counterfactuals, decided, denoise, guidance, neighbours, plane, samplers
from models.wider import activations, heads, surgery

RACE = race.Race((nets.Lane(8, False), nets.Lane(8, True)), steps=3)
# Untrained: an experiment has to work with any net.
NET = nets.plain_values(race.begin(RACE, 0, range(1)), RACE.lanes[0], RACE.data, RACE.seed)
PICTURE = np.arange(32 * 32, dtype=np.uint8).reshape(32, 32, 1)

# every function that a tab runs on a button, with small arguments
EXPERIMENTS = {
    "race": (race.race, RACE),
    "construct": (construction.construct, construction.Construction(NET, 14, steps=2)),
    "inside": (block.look, nets.rebuild(NET), nets.images("digits")[2][3], 1),
    "drops": (block.drops, nets.rebuild(NET), *nets.images("digits")[2:]),
    "landscape": (landscape.landscape, landscape.Landscape((NET,), size=11)),
    "denoise": (denoise.travel, denoise.Journey("mnist", steps=5), PICTURE),
    "samplers": (samplers.compare, samplers.Comparison(count=1), (("dpm++", 3), ("ddpm", 2))),
    "counterfactuals": (counterfactuals.compare, counterfactuals.Comparison(asked=(1,), steps=5), PICTURE),
    "decided": (decided.split, decided.Split(steps=20, times=(100,))),
    "noised": (decided.from_picture, decided.Split(steps=20, times=(100,)), PICTURE),
    "guidance": (guidance.strip, guidance.Strip(steps=10, count=2)),
    "pass": (activations.run, np.repeat(PICTURE, 3, axis=2)),
}

BARE = nets.Lane(8, False, norm=False, init="small")
PASS = activations.run(EXPERIMENTS["pass"][1])
PICTURES = np.random.default_rng(0).integers(0, 256, (2, 64, 64, 3), dtype=np.uint8)
ALBUM = torch.from_numpy(np.random.default_rng(1).integers(0, 256, (9, 1, 32, 32), dtype=np.uint8))

# more that compute on a device: parts of those above, and what is run on a choice
PARTS = {
    "race of seeds": (race.race, race.Race((nets.Lane(8, True), BARE), steps=3, seeds=2)),
    "construct plain": (construction.construct, construction.Construction(NET, 14, steps=2)),
    "drop": (block.drop, nets.rebuild(NET), 1, *nets.images("digits")[2:]),
    "responses": (block.responses, nets.rebuild(NET), nets.images("digits")[2]),
    "influence": (activations.influence, PASS, "3a", "3x3", 0, (5, 5)),
    "operate": (surgery.operate, PASS, (surgery.Part("4a", "3x3"), surgery.Part("5a", "pool"))),
    "worth": (surgery.changes, PICTURES[:1], np.array([3])),
    "worth of the answer": (surgery.changes, PICTURES[:1], None),
    "answers": (heads.answers, PICTURES),
    "gradients": (heads.gradients_of_picture, PASS, 3),
    "gradients by batch": (heads.gradients_by_batch, PICTURES, np.array([3, 4]), 2),
    "evidence": (heads.evidence, PASS),
    "neighbours": (neighbours.search, ALBUM[:2], neighbours.Album("mnist", ALBUM, torch.arange(9))),
    "plane": (plane.learn, plane.Plane(steps=100)),
}
