"""The digits that ship with scikit-learn, and readers of data sets from folders, on tiny ones made here."""

from __future__ import annotations

import pickle
import shutil
import struct
import tempfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from models.core import data

TEST_LABELS, TEST_SUM = [3, 0, 7, 1, 3, 8, 3, 4, 1, 4, 1, 6], 2496751  # of the split that the recorded races used
BATCHES = [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"]


def test_digits_are_split_once_and_for_all():
    """Another split would make the recorded races incomparable with the live ones."""
    digits = data.digits()
    assert digits.train_x.shape == (1297, 1, 8, 8)
    assert digits.test_x.shape == (500, 1, 8, 8)
    assert digits.train_x.dtype == digits.test_x.dtype == torch.uint8
    assert digits.test_y[:12].tolist() == TEST_LABELS
    assert digits.test_x.sum().item() == TEST_SUM


def test_digits_are_those_of_scikit_learn_each_once():
    from sklearn.datasets import load_digits

    digits = data.digits()
    images, labels = load_digits(return_X_y=True)
    ours = torch.cat([digits.train_x, digits.test_x]).flatten(1).double() / 255 * 16
    rows = torch.cat([ours.round(), torch.cat([digits.train_y, digits.test_y])[:, None]], 1).tolist()
    assert sorted(rows) == sorted(np.column_stack([images, labels]).tolist())
    assert digits.train_x.max() == 255
    assert digits.classes == tuple("0123456789")


def test_downloads_have_a_place_where_there_is_no_home(monkeypatch):
    def unknown() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", unknown)
    assert data.cache().is_relative_to(tempfile.gettempdir())
    assert not data.cache().exists()


@pytest.fixture
def raw_mnist(tmp_path) -> dict[str, np.ndarray]:
    """Writes three pictures (28, 28) for training and two for testing, as MNIST has them."""
    rng = np.random.default_rng(0)
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    written = {}
    for part, n in (("train", 3), ("t10k", 2)):
        images, labels = rng.integers(1, 256, (n, 28, 28), dtype=np.uint8), np.arange(n, dtype=np.uint8)
        (raw / f"{part}-images-idx3-ubyte").write_bytes(struct.pack(">IIII", 2051, n, 28, 28) + images.tobytes())
        (raw / f"{part}-labels-idx1-ubyte").write_bytes(struct.pack(">II", 2049, n) + labels.tobytes())
        written[part] = images
    return written


def test_mnist_is_padded_with_black(tmp_path, raw_mnist):
    mnist = data.mnist(tmp_path)
    assert mnist.train_x.shape == (3, 1, 32, 32)
    np.testing.assert_array_equal(mnist.train_x[:, 0, 2:30, 2:30], raw_mnist["train"])
    np.testing.assert_array_equal(mnist.test_x[:, 0, 2:30, 2:30], raw_mnist["t10k"])
    assert (mnist.train_x > 0).sum() == 3 * 28 * 28
    assert mnist.train_y.tolist() == [0, 1, 2]
    assert mnist.test_y.tolist() == [0, 1]


@pytest.mark.parametrize("kept", [0, 10, 1000, None])
def test_damaged_mnist_says_what_to_do(tmp_path, raw_mnist, kept):
    path = tmp_path / "MNIST" / "raw" / "train-images-idx3-ubyte"
    if kept is None:
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(data.DataError, match=r"its MNIST/raw is not whole .* Unpack it again"):
        data.mnist(tmp_path)


def test_mnist_is_where_mnist_dir_says(tmp_path, monkeypatch, raw_mnist):
    monkeypatch.setattr(data, "CACHE", tmp_path / "nowhere")
    monkeypatch.setenv("MNIST_DIR", str(tmp_path))
    assert data.mnist_folder() == tmp_path
    monkeypatch.delenv("MNIST_DIR")
    with pytest.raises(data.DataError, match=r"MNIST_DIR set to the folder that holds MNIST/raw\.$"):
        data.mnist_folder()


def save(folder: Path, name: str, pixels: np.ndarray) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(folder / name)


@pytest.fixture
def pictures() -> np.ndarray:
    """(4, 8, 8, 3) uint8."""
    return np.random.default_rng(0).integers(0, 256, (4, 8, 8, 3), dtype=np.uint8)


def test_folders_are_classes_in_alphabetical_order(tmp_path, pictures):
    save(tmp_path / "train" / "dog", "1.png", pictures[0])
    save(tmp_path / "train" / "cat", "1.png", pictures[1])
    save(tmp_path / "train" / "cat", "2.png", pictures[2][..., 0])  # grey
    save(tmp_path / "val" / "cat", "1.png", pictures[3])
    save(tmp_path / "val" / "dog", "1.png", pictures[0])
    found = data.folders(tmp_path, "pets")
    assert (found.name, found.classes) == ("pets", ("cat", "dog"))
    assert found.train_y.tolist() == [0, 0, 1]
    assert found.train_x.dtype == torch.uint8
    np.testing.assert_array_equal(found.train_x[0].permute(1, 2, 0), pictures[1])
    np.testing.assert_array_equal(found.train_x[1], np.repeat(pictures[2][None, ..., 0], 3, axis=0))
    np.testing.assert_array_equal(found.test_x[0].permute(1, 2, 0), pictures[3])


@pytest.mark.parametrize(("ending", "name"), [("png", "CIFAR-10"), ("jpg", "CIFAR-10 re-encoded as JPEG")])
def test_cifar10_from_image_files_says_how_they_are_encoded(tmp_path, pictures, ending, name):
    for part in ("train", "test"):
        save(tmp_path / part / "frog", f"1.{ending}", pictures[0])
    assert data.cifar10(tmp_path).name == name


def no_test_folder(root: Path) -> None:
    shutil.rmtree(root / "test")


def no_class(root: Path) -> None:
    shutil.rmtree(root / "train" / "frog")


def no_picture_in_a_class(root: Path) -> None:
    (root / "train" / "frog" / "1.png").unlink()


def picture_cut_off(root: Path) -> None:
    path = root / "train" / "frog" / "1.png"
    path.write_bytes(path.read_bytes()[:100])


def no_picture(root: Path) -> None:
    (root / "test" / "frog" / "1.png").write_text("words")


def picture_of_another_size(root: Path) -> None:
    save(root / "train" / "frog", "2.png", np.zeros((9, 9, 3), dtype=np.uint8))


def another_class_in_the_test(root: Path) -> None:
    (root / "test" / "frog").rename(root / "test" / "ship")


@pytest.mark.parametrize(
    "damage",
    [
        no_test_folder,
        no_class,
        no_picture_in_a_class,
        picture_cut_off,
        no_picture,
        picture_of_another_size,
        another_class_in_the_test,
    ],
)
def test_damaged_cifar10_of_image_files_says_what_to_do(tmp_path, pictures, damage):
    for part in ("train", "test"):
        save(tmp_path / part / "frog", "1.png", pictures[0])
    data.cifar10(tmp_path)
    damage(tmp_path)
    with pytest.raises(data.DataError, match=r"its folder with train and test is not whole .* Delete it"):
        data.cifar10(tmp_path)


@pytest.fixture
def batches(tmp_path) -> dict[str, np.ndarray]:
    """Writes batches as CIFAR-10 has them, two pictures (3072,) each."""
    rng, folder = np.random.default_rng(0), tmp_path / "cifar-10-batches-py"
    folder.mkdir()
    rows = {name: rng.integers(0, 256, (2, 3 * 32 * 32), dtype=np.uint8) for name in BATCHES}
    for name, pixels in rows.items():
        (folder / name).write_bytes(pickle.dumps({"data": pixels, "labels": [3, 7]}))
    (folder / "batches.meta").write_bytes(pickle.dumps({"label_names": list("abcdefghij")}))
    return rows


@pytest.mark.parametrize("checked", [True, False])
@pytest.mark.parametrize("kept", [0, 100, None])
def test_damaged_cifar10_of_batches_says_what_to_do(tmp_path, monkeypatch, batches, checked, kept):
    """A batch that is missing or cut off, whether torchvision's checksums find it or reading it does."""
    if not checked:
        monkeypatch.setattr("torchvision.datasets.cifar.check_integrity", lambda *args: True)
    path = tmp_path / "cifar-10-batches-py" / "test_batch"
    if kept is None:
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(data.DataError, match=r"its cifar-10-batches-py is not whole .* Delete it"):
        data.cifar10(tmp_path)


def test_cifar10_from_its_batches(tmp_path, monkeypatch, batches):
    """torchvision knows the true files' checksums, which made ones cannot have."""
    monkeypatch.setattr("torchvision.datasets.cifar.check_integrity", lambda *args: True)
    cifar10 = data.cifar10(tmp_path)
    assert (cifar10.name, cifar10.classes) == ("CIFAR-10", tuple("abcdefghij"))
    assert cifar10.train_x.shape == (10, 3, 32, 32)
    np.testing.assert_array_equal(cifar10.train_x[2], batches["data_batch_2"][0].reshape(3, 32, 32))
    np.testing.assert_array_equal(cifar10.test_x.flatten(1), batches["test_batch"])
    assert cifar10.train_y.tolist() == [3, 7] * 5
