"""torchvision's weights fetched from a server on this machine, with random numbers in a file of the same layout."""

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
import torch
from torch import nn

from models.core import data
from models.wider import activations, heads, imagenet, surgery
from models.wider.googlenet import INCEPTIONS
from models.wider.imagenet import WeightsError, fetch, load


class Server(ThreadingHTTPServer):
    """Serves `content`; what a request has to be answered with is set by each test."""

    content = b""
    length: int | None = None  # in place of the true one; 0: says none
    status = 200

    def handle_error(self, *_):
        """A client that has read enough is no error of these tests."""


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        server = self.server
        self.send_response(server.status)
        if server.length != 0:
            self.send_header("Content-Length", str(server.length or len(server.content)))
        self.end_headers()
        self.wfile.write(server.content)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def theirs():
    from torchvision.models import googlenet

    torch.manual_seed(0)
    network = googlenet(num_classes=1000, aux_logits=True, transform_input=True, init_weights=False).eval()
    for layer in network.modules():  # numbers with which every layer changes something
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight)
        elif isinstance(layer, nn.BatchNorm2d):
            layer.running_mean.uniform_(-0.1, 0.1)
            layer.running_var.uniform_(0.5, 1.5)
    return network


@pytest.fixture(scope="module")
def content(theirs, tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("weights") / "weights.pth"
    torch.save(theirs.state_dict(), path)
    return path.read_bytes()


@pytest.fixture
def server(content, tmp_path, monkeypatch):
    """A server with the right file, and an empty cache."""
    running = Server(("127.0.0.1", 0), Answer)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    monkeypatch.setattr(data, "CACHE", tmp_path / "cache")
    offer(running, monkeypatch, content)
    yield running
    running.shutdown()
    running.server_close()
    activations._load.cache_clear()


def offer(server: Server, monkeypatch, content: bytes, name: bytes | None = None) -> None:
    """Put the content on the server, under the name that `name`'s checksum (the content's own) gives it."""
    server.content = content
    digits = hashlib.sha256(name or content).hexdigest()[:8]
    monkeypatch.setattr(imagenet, "URL", f"http://127.0.0.1:{server.server_port}/googlenet-{digits}.pth")


def in_cache() -> list[str]:
    return sorted(path.name for path in data.CACHE.glob("*"))


def test_the_address_is_that_of_torchvision():
    from torchvision.models import GoogLeNet_Weights

    weights = GoogLeNet_Weights.IMAGENET1K_V1
    assert weights.url == imagenet.URL
    assert weights.meta["_file_size"] == pytest.approx(imagenet.MEGABYTES, abs=0.05)
    accuracy = weights.meta["_metrics"]["ImageNet-1K"]
    said = imagenet.DIFFERENCES[-1]
    assert f"{100 - accuracy['acc@1']:.1f} %" in said
    assert f"{100 - accuracy['acc@5']:.1f} %" in said


def test_the_listed_differences_are_there(theirs):
    module = theirs.inception3a
    assert module.branch3[1].conv.kernel_size == (3, 3)
    assert theirs.maxpool4.kernel_size == 2
    assert theirs.dropout.p == 0.2
    convolutions = [layer for layer in theirs.modules() if isinstance(layer, nn.Conv2d)]
    norms = [layer for layer in theirs.modules() if isinstance(layer, nn.BatchNorm2d)]
    assert len(convolutions) == len(norms)
    assert all(layer.bias is None for layer in convolutions)
    assert 1000 == len(imagenet.classes()) == len(set(imagenet.classes()))


def test_the_whole_file_arrives_and_gives_torchvision_s_answers(server, theirs, content):
    progress = list(fetch())
    assert [one.done for one in progress] == sorted(one.done for one in progress)
    assert (progress[-1].done, progress[-1].whole) == (len(content), len(content))
    assert in_cache() == [imagenet.file_name()]
    used = activations.trained(imagenet.NAME)
    picture = np.random.default_rng(0).integers(0, 256, (224, 224, 3), dtype=np.uint8)
    x = torch.from_numpy(picture).permute(2, 0, 1)[None]
    mean, std = (torch.tensor(v).view(3, 1, 1) for v in ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)))
    with torch.inference_mode():
        expected = theirs((x / 255 - mean) / std)
        found = used.network(activations.enter(x, used)).main
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)
    assert sum(p.numel() for p in used.network.parameters()) == 6_624_904


def test_the_same_views_see_it(server):
    list(fetch())
    image = np.random.default_rng(1).integers(0, 256, (300, 240, 3), dtype=np.uint8)
    of = activations.run(image, imagenet.NAME)
    assert len(of.classes) == 1000
    assert list(of.heads) == ["main"]
    assert all(of.shapes[row.name] == (row.out[2], *row.out[:2]) for row in INCEPTIONS)
    assert [len(maps.channels) for maps in of.maps("3a").values()] == [64, 128, 32, 32]
    operation = surgery.operate(of, (surgery.Part("4a", "5r"),))
    assert np.abs(operation.before["main"] - operation.after["main"]).max() > 0
    evidence = heads.evidence(of)
    np.testing.assert_allclose(evidence.maps.sum((1, 2)) + evidence.bias, of.logits["main"], atol=1e-4)
    gradients = heads.gradients_of_picture(of, 3)
    assert np.isfinite(gradients[0]).all()
    pixels = activations.influence(of, "3a", "5x5", 0, (14, 14)) > 0
    field = activations.trained(imagenet.NAME).fields["3a"]["5x5"]
    first, end = field.pixels(14)
    outside = pixels.copy()
    outside[max(0, first) : end, max(0, first) : end] = False
    assert not outside.any()


def failed(words: str) -> None:
    with pytest.raises(WeightsError, match=words):
        list(fetch())
    assert in_cache() == []
    assert not imagenet.is_here()


def test_offline_says_so(server, monkeypatch):
    server.shutdown()
    server.server_close()
    failed("could not be fetched from 127.0.0.1.*Nothing else has changed")


def test_an_address_without_the_file(server):
    server.status = 404
    failed("could not be fetched.*404")


def test_half_a_file_is_not_kept(server, content, monkeypatch):
    server.length = len(content)
    offer(server, monkeypatch, content[: len(content) // 2], name=content)
    failed("Only .* bytes arrived|could not be fetched")


def test_another_file_is_not_kept(server, content, monkeypatch):
    offer(server, monkeypatch, b"<html>log in first</html>", name=content)
    failed("its checksum is another")


def test_an_endless_file_is_not_read_to_its_end(server, monkeypatch):
    monkeypatch.setattr(imagenet, "LARGEST", 10 * imagenet.CHUNK)
    failed("larger than such a file can be")


def test_a_server_that_does_not_say_how_large_the_file_is(server, content):
    server.length = 0
    assert list(fetch())[-1] == imagenet.Fetched(len(content), 0)
    assert imagenet.is_here()


def test_closing_leaves_nothing_behind(server):
    running = fetch()
    next(running)
    assert len(in_cache()) == 1
    running.close()
    assert in_cache() == []


def test_after_a_failure_the_next_attempt_works(server):
    server.status = 503
    failed("503")
    server.status = 200
    list(fetch())
    assert len(load().classes) == 1000


def test_without_the_file_there_is_a_sentence_and_no_request(server, monkeypatch):
    monkeypatch.setattr("urllib.request.urlopen", lambda *_: pytest.fail("nobody pressed the button"))
    with pytest.raises(WeightsError, match="not on this machine"):
        activations.trained(imagenet.NAME)


@pytest.mark.parametrize("wrong", ["cut off", "other layers", "no weights"])
def test_a_wrong_file_in_the_cache_is_told_and_deleted(server, monkeypatch, tmp_path, wrong, content):
    if wrong == "cut off":
        bad = content[:1000]
    else:
        torch.save({"fc.weight": torch.zeros(2)} if wrong == "other layers" else [1], tmp_path / "bad")
        bad = (tmp_path / "bad").read_bytes()
        offer(server, monkeypatch, bad)
    data.CACHE.mkdir()
    imagenet.path().write_bytes(bad)
    with pytest.raises(WeightsError, match="was deleted"):
        activations.trained(imagenet.NAME)
    assert in_cache() == []
