"""The networks that come with the package, and what they say to photographs."""

import numpy as np
import pytest
import torch

from alexnet_lib import data
from alexnet_lib.data import animal, imagenet_classes, network_weights, photo
from alexnet_lib.networks import squeezenet
from alexnet_lib.networks.bundled import BUNDLED, bundled


@pytest.fixture(scope="module")
def squeeze():
    return bundled("squeezenet")


def test_squeezenet_computes_what_torchvisions_does(squeeze):
    """The same tensors in the same order, the same scores: the poolings round up as well."""
    from torchvision.models import squeezenet1_1

    theirs, ours = squeezenet1_1().eval(), squeeze.state_dict()
    assert [w.shape for w in theirs.state_dict().values()] == [w.shape for w in ours.values()]
    theirs.load_state_dict(dict(zip(theirs.state_dict(), ours.values(), strict=True)))
    generator = torch.Generator().manual_seed(0)
    for side in (64, 115, 227):
        x = 60 * torch.randn(2, 3, side, side, generator=generator)  # (2, 3, side, side)
        with torch.inference_mode():
            torch.testing.assert_close(squeeze(x), theirs(x))  # (2, 1000)
    assert list(BUNDLED["squeezenet"].classes) == list(theirs_classes())


def theirs_classes():
    from torchvision.models import SqueezeNet1_1_Weights

    return SqueezeNet1_1_Weights.IMAGENET1K_V1.meta["categories"]


@pytest.mark.parametrize(
    ("read", "name", "answer", "percent"),
    [
        (animal, "dog", "German shepherd", 99.0),
        (animal, "chicken", "hen", 98.8),
        (animal, "duck", "goose", 99.8),  # sure, and wrong
        (photo, "coffee", "espresso", 98.4),
        (photo, "cat", "Egyptian cat", 54),
    ],
)
def test_squeezenet_names_what_is_in_a_photograph(squeeze, read, name, answer, percent):
    about = BUNDLED["squeezenet"]
    with torch.inference_mode():
        shares = squeeze(about.input(read(name))).softmax(1)  # (1, 1000)
    best, share = about.top(shares[0])[0]
    assert best == answer
    assert 100 * share == pytest.approx(percent, abs=0.5)


def test_the_small_alexnet_knows_clothes_as_well_as_its_record_says():
    """On the 2,000 of its 10,000 test images that are bundled; and the record is of this file."""
    record = data.measurements("fashion_network")["figures"]
    assert record["test_accuracy"] >= 0.91
    assert record["sha256"] == data.NETWORKS["fashion.npz"]
    assert record["bytes"] < 1e6
    about, model = BUNDLED["fashion"], bundled("fashion")
    assert about.mean == pytest.approx([255 * value for value in record["mean"]], abs=1e-3)
    assert about.scale == pytest.approx([255 * value for value in record["std"]], abs=1e-3)
    _, test = data.load("fashion-mnist-small")
    assert about.classes == tuple(record["class_accuracy"]) == test.classes
    x = torch.cat([about.input(image[..., 0]) for image in test.images])  # (2000, 1, 28, 28)
    with torch.inference_mode():
        answers = torch.cat([model(part).argmax(1) for part in x.split(100)])  # (2000,)
    right = answers == torch.from_numpy(test.labels)  # (2000,)
    assert float(right.float().mean()) == pytest.approx(record["test_accuracy"], abs=0.02)


def test_squeezenet_has_a_fiftieth_of_alexnets_parameters(squeeze):
    """And its maps have the sizes that its file says."""
    from alexnet_lib.networks import plan

    ours = sum(w.numel() for w in squeeze.parameters())
    assert ours == 1_235_496
    assert 49 < sum(row.parameters for row in plan("2012")) / ours < 51
    with torch.inference_mode():
        assert squeeze.features(torch.zeros(1, 3, 227, 227)).shape == (1, 512, 14, 14)


def test_squeezenet_for_other_classes_keeps_all_layers_but_the_last(squeeze):
    torch.manual_seed(0)
    other = squeezenet(5)
    fresh = squeezenet(5, weights=None)
    for name, weights in squeeze.state_dict().items():
        kept = not name.startswith("conv10.")
        assert torch.equal(other.state_dict()[name], weights) if kept else True
        assert not torch.equal(fresh.state_dict()[name], weights) if kept else True
    assert other(torch.zeros(1, 3, 64, 64)).shape == (1, 5)
    with pytest.raises(ValueError, match='weights must be "imagenet" or None'):
        squeezenet(weights="mine")


@pytest.mark.parametrize("name", BUNDLED)
def test_each_bundled_network_fits_its_entry(name):
    about, model = BUNDLED[name], bundled(name)
    assert about.name == name
    assert not model.training
    pixels = np.full((40, 50, 3), 128, np.uint8)
    x = about.input(pixels)
    assert x.shape == (1, about.channels, about.side, about.side)
    with torch.inference_mode():
        assert model(x).shape == (1, len(about.classes))
    grey = (128 - np.array(about.mean)) / np.array(about.scale)
    np.testing.assert_allclose(x[0, :, 0, 0], grey, rtol=1e-5)
    assert torch.equal(about.input(pixels[..., 0]), x)  # a grey picture
    assert about.square(pixels).shape == (about.side, about.side, 3)[: 2 + (about.channels == 3)]


def test_another_name_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match=r"no bundled network 'resnet': ask for "):
        bundled("resnet")
    with pytest.raises(ValueError, match=r"no weights of a network 'resnet': ask for "):
        network_weights("resnet")
    for wrong in (np.zeros((227, 227)), np.zeros((3, 9, 9), np.uint8), np.zeros((0, 9), np.uint8)):
        with pytest.raises(ValueError, match=r"the shape \(H, W, 3\), or \(H, W\) in grey"):
            BUNDLED["squeezenet"].input(wrong)


def test_a_damaged_file_is_named(monkeypatch):
    monkeypatch.setitem(data.NETWORKS, "squeezenet.npz", "0" * 64)
    monkeypatch.setitem(data.NETWORKS, "imagenet.txt", "0" * 64)
    for read, file in (
        (lambda: network_weights("squeezenet"), "squeezenet.npz"),
        (imagenet_classes, "imagenet.txt"),
    ):
        with pytest.raises(RuntimeError, match=f"{file} is damaged or missing"):
            read()
