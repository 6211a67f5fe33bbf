"""torchvision's GoogLeNet with its weights for ImageNet's 1,000 classes, which are fetched on request alone.

It is not the paper's network: see DIFFERENCES. Here it gets the names of this project's network, so that everything
that looks into one can look into the other.
"""

from __future__ import annotations

import hashlib
import tempfile
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, cast

import torch
from torch import Tensor, nn

from models.core import data
from models.wider import activations, receptive
from models.wider.activations import Trained
from models.wider.googlenet import INCEPTIONS, Inception, MainHead, Staged, average

NAME = "imagenet"  # for activations.trained
URL = "https://download.pytorch.org/models/googlenet-1378be20.pth"  # GoogLeNet_Weights.IMAGENET1K_V1
MEGABYTES = 49.7  # 2^20 bytes each, as torchvision states it
SIZE = 224  # pixels
LARGEST = 100 * 2**20  # bytes: no file of such weights is larger
CHUNK = 2**18  # bytes
TIMEOUT = 20  # seconds without a byte
AGAIN = "Nothing else has changed, and it can be tried again."

DIFFERENCES = (
    "Its 5×5 branch has 3×3 filters, so it sees less of the picture.",
    "Every convolution is followed by batch normalisation and has no bias. There is no local response normalisation.",
    "The last max pooling, before 5a, looks at 2×2 positions and not at 3×3.",
    "Dropout before the last layer is 20 % and not 40 %.",
    "The auxiliary heads in the file were not trained. They are left out here.",
    "torchvision's own recipe looks at the middle of the square, 87.5 % of its side. Here it is the whole square.",
    "Its weights were trained elsewhere and converted. torchvision states a top-1 error of 30.2 % and a top-5 error "
    "of 10.5 % on ImageNet's validation pictures.",
)


class WeightsError(RuntimeError):
    """The weights cannot be fetched or used; the message says what to do."""


@dataclass(frozen=True)
class Fetched:
    """How much of the file has arrived, in bytes; `whole` is 0 where the server does not say how large it is."""

    done: int
    whole: int


class BatchNormInception(Inception):
    """One of torchvision's modules, under the names of ours. Its conv5x5 has a 3x3 window."""

    def __init__(self, theirs: Any):
        nn.Module.__init__(self)  # none of our layers: theirs take their places
        self.conv1x1 = theirs.branch1
        self.reduce3x3, self.conv3x3 = theirs.branch2
        self.reduce5x5, self.conv5x5 = theirs.branch3
        self.pool, self.project = theirs.branch4


class ImageNetGoogLeNet(Staged):
    """torchvision's GoogLeNet without auxiliary heads, with the stages and the names of ours."""

    def __init__(self, theirs: Any):
        super().__init__()
        self.config = {"num_classes": theirs.fc.out_features, "image_size": SIZE}
        self.conv1, self.conv2_reduce, self.conv2 = theirs.conv1, theirs.conv2, theirs.conv3
        self.pool1, self.pool2, self.pool3, self.pool4 = (getattr(theirs, f"maxpool{k}") for k in range(1, 5))
        named = {row.name: BatchNormInception(getattr(theirs, f"inception{row.name}")) for row in INCEPTIONS}
        self.inceptions = cast("dict[str, Inception]", nn.ModuleDict(named))
        self.dropout, self.linear = theirs.dropout, theirs.fc

    def layers(self) -> dict[str, Callable[[Tensor], Tensor]]:
        """The stages up to the pooled features, from (B, 64, 112, 112) to (B, 1024)."""
        first = {name: getattr(self, name) for name in ("conv1", "pool1", "conv2_reduce", "conv2", "pool2")}
        third, fourth, fifth = (
            {name: module for name, module in self.inceptions.items() if name[0] == part} for part in "345"
        )
        return first | third | {"pool3": self.pool3} | fourth | {"pool4": self.pool4} | fifth | {"avgpool": average}

    def heads(self, out: Mapping[str, Tensor]) -> MainHead:
        return MainHead(self.linear(self.dropout(out["avgpool"])))

    def forward(self, x: Tensor) -> MainHead:
        return self.heads(dict(self.stages(x)))


def normalise(images: Tensor) -> Tensor:
    """(B, 3, S, S) in 0..255 to -1..1: what these weights were trained with, before their conversion."""
    return images.float() / 127.5 - 1


# --- the file ---


def path() -> Path:
    """Where the file is kept once it was fetched."""
    return data.CACHE / file_name()


def file_name() -> str:
    return URL.rsplit("/", 1)[-1]


def host() -> str:
    return URL.split("/")[2]


def fetch() -> Iterator[Fetched]:
    """Fetch the file into the cache, telling how far it is. Closing ends it, and leaves nothing behind.

    It is in the cache under its name only once it is whole and is the right one. Raises WeightsError.
    """
    try:
        data.CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=data.CACHE, prefix="part-", delete=False) as part:
            arriving = Path(part.name)
            try:
                yield from _receive(part)
                part.close()
                check(arriving)
                arriving.replace(path())
            finally:
                arriving.unlink(missing_ok=True)
    except (OSError, HTTPException) as error:  # no network, no such name, no answer in time, no room
        raise WeightsError(f"{file_name()} could not be fetched from {host()} ({error}). {AGAIN}") from error


def _receive(part: tempfile._TemporaryFileWrapper) -> Iterator[Fetched]:
    with urllib.request.urlopen(URL, timeout=TIMEOUT) as answer:
        whole, done = int(answer.headers.get("Content-Length") or 0), 0
        while chunk := answer.read(CHUNK):
            part.write(chunk)
            done += len(chunk)
            if done > LARGEST:
                raise WeightsError(f"What {host()} sends is larger than such a file can be. {AGAIN}")
            yield Fetched(done, whole)
    if done < whole:
        raise WeightsError(f"Only {done:,} of {whole:,} bytes arrived from {host()}. {AGAIN}")


def check(file: Path) -> None:
    """The first digits of the file's SHA-256 are those in its name. Raises WeightsError where they are not."""
    digits = file_name().removesuffix(".pth").rpartition("-")[2]
    if not hashlib.sha256(file.read_bytes()).hexdigest().startswith(digits):
        raise WeightsError(f"The file that came is not {file_name()}: its checksum is another. {AGAIN}")


def is_here() -> bool:
    return path().is_file()


# --- the network ---


def load() -> Trained:
    """The network for activations.trained. Raises WeightsError where its file is missing or is not the right one."""
    if not is_here():
        raise WeightsError(f"torchvision's weights ({file_name()}) are not on this machine. Fetch them first.")
    try:
        check(path())
        network = loaded(path())
    except (WeightsError, RuntimeError, TypeError, UnpicklingError) as error:
        path().unlink(missing_ok=True)
        raise WeightsError(
            f"{file_name()} on this machine was not whole or not the right file, so it was deleted. {AGAIN}"
        ) from error
    return Trained(network, classes(), None, normalise, INCEPTIONS, receptive.fields(widest=3, last_pool=2))


def loaded(file: Path) -> ImageNetGoogLeNet:
    """torchvision's network strictly filled from the file, in eval mode, under our names."""
    from torchvision.models import GoogLeNet  # takes seconds: only once somebody asks

    with torch.device("meta"):
        theirs = GoogLeNet(init_weights=False)
    theirs.load_state_dict(torch.load(file, map_location="cpu", weights_only=True), strict=True, assign=True)
    return ImageNetGoogLeNet(theirs).eval()


def classes() -> tuple[str, ...]:
    """ImageNet's 1,000 classes as torchvision names them."""
    from torchvision.models import GoogLeNet_Weights

    return tuple(GoogLeNet_Weights.IMAGENET1K_V1.meta["categories"])


activations.NETWORKS[NAME] = load
