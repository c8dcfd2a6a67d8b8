"""Evaluation and prediction."""

import pytest
import tiny
import torch
from torch import nn
from torch.nn import functional as F

from alexnet_lib.data.augment import ten_crops
from alexnet_lib.training import devices
from alexnet_lib.training.distributed import World
from alexnet_lib.training.evaluation import evaluate, predict

SETUP = devices.choose("cpu", "fp32")
INPUTS = {"size": 8, "mean": (0.3,), "std": (0.25,)}


def as_input(data):
    """Return images as the network reads them: (N, C, H, W) float32."""
    images = torch.from_numpy(data.images).permute(0, 3, 1, 2) / 255
    return (images - 0.3) / 0.25


@pytest.mark.parametrize("batch", [1, 7, 30, 100])
def test_the_figures_are_those_of_all_images_together(batch, test):
    model = tiny.network().eval()
    result = evaluate(model, test, INPUTS, SETUP, batch=batch)
    labels = torch.from_numpy(test.labels)  # (30,)
    with torch.no_grad():
        scores = model(as_input(test))  # (30, 3)
    assert result["images"] == 30 and result["top5_accuracy"] == 1.0  # there are three classes
    assert result["accuracy"] == pytest.approx(float((scores.argmax(1) == labels).float().mean()))
    assert result["loss"] == pytest.approx(float(F.cross_entropy(scores, labels)), rel=1e-5)


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_each_image_counts_once_however_many_share(size, test):
    """What all_reduce would add up over all processes is the sum of one process alone."""
    model = tiny.network().eval()
    sums = []

    class Alone(World):
        def total(self, tensor):
            sums.append(tensor.clone())
            return tensor

        def device(self):
            return torch.device("cpu")

    for rank in range(size):
        evaluate(model, test, INPUTS, SETUP, Alone(rank, size), batch=8)
    torch.testing.assert_close(sum(sums)[3].item(), 30.0)
    one = evaluate(model, test, INPUTS, SETUP)
    assert (sum(sums)[1] / 30).item() == pytest.approx(one["accuracy"])
    assert (sum(sums)[0] / 30).item() == pytest.approx(one["loss"], rel=1e-5)


@pytest.mark.parametrize("size", [1, 3])
def test_the_confusion_matrix_counts_each_image_once_in_its_row(size, test):
    model = tiny.network().eval()

    class Alone(World):
        def total(self, tensor):
            return tensor

        def device(self):
            return torch.device("cpu")

    matrix = 0
    for rank in range(size):
        alone = Alone(rank, size)
        result = evaluate(model, test, INPUTS, SETUP, alone, batch=8, confusion=True)
        matrix = matrix + result["confusion"]  # (3, 3)
    labels = torch.from_numpy(test.labels)  # (30,)
    with torch.no_grad():
        guesses = model(as_input(test)).argmax(1)  # (30,)
    expected = [[int(((labels == i) & (guesses == j)).sum()) for j in range(3)] for i in range(3)]
    assert matrix.tolist() == expected
    assert "confusion" not in evaluate(model, test, INPUTS, SETUP)


def test_ten_crops_average_probabilities():
    data, model = tiny.images(12, side=12), tiny.network().eval()
    result = evaluate(model, data, INPUTS, SETUP, ten_crop=True)
    images = torch.from_numpy(data.images).permute(0, 3, 1, 2)  # (12, 1, 12, 12)
    crops = ten_crops(images, 8).flatten(0, 1) / 255  # (120, 1, 8, 8)
    with torch.no_grad():
        each = model((crops - 0.3) / 0.25).softmax(1).reshape(10, 12, 3)
    labels = torch.from_numpy(data.labels)
    loss = F.nll_loss(each.mean(0).log(), labels)
    assert result["loss"] == pytest.approx(float(loss), rel=1e-4)


def test_probabilities_sum_to_one_and_the_mode_is_left_as_it_was(test):
    model = tiny.network()
    images = torch.from_numpy(test.images).permute(0, 3, 1, 2)  # (30, 1, 8, 8)
    one = predict(model, images, INPUTS, SETUP, batch=7)
    assert one.shape == (30, 3) and torch.allclose(one.sum(1), torch.ones(30))
    assert torch.equal(one, predict(model, test, INPUTS, SETUP, batch=7))
    assert model.training and not model.eval().training


def test_images_of_another_type_are_refused():
    with pytest.raises(ValueError, match=r"takes images .* of type uint8"):
        predict(nn.Identity(), torch.zeros(1, 1, 8, 8), INPUTS, SETUP)
