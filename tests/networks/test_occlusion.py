"""The occlusion map: held to a model whose answer rests on known pixels."""

import pytest
import torch
from torch import nn

from alexnet_lib.data import animal
from alexnet_lib.networks import occlusion_map
from alexnet_lib.networks.bundled import BUNDLED, bundled


class Spot(nn.Module):
    """Scores two classes by one pixel: the second class, if it is bright."""

    def forward(self, x):
        """Compute scores (N, 2) from x (N, C, H, W)."""
        spot = x[:, 0, 4, 7]  # (N,)
        return torch.stack([torch.zeros_like(spot), spot], 1)


def test_only_the_places_over_the_pixel_change_the_answer():
    image = torch.full((3, 10, 12), 2.0)  # (C, H, W)
    model = Spot().train()
    shares = occlusion_map(model, image, 1, window=3, step=2, batch=5)  # (rows, columns)
    assert shares.shape == (4, 5)  # (10 - 3) // 2 + 1, (12 - 3) // 2 + 1
    covered = torch.tensor(
        [[2 * i <= 4 < 2 * i + 3 and 2 * j <= 7 < 2 * j + 3 for j in range(5)] for i in range(4)]
    )
    sure = torch.sigmoid(torch.tensor(2.0))
    torch.testing.assert_close(shares, torch.where(covered, 0.5, sure))
    assert model.training
    assert torch.equal(image, torch.full((3, 10, 12), 2.0))
    lit = occlusion_map(model, image, 1, window=3, step=2, fill=5.0)
    torch.testing.assert_close(lit[covered], torch.sigmoid(torch.tensor([5.0, 5.0])))


def test_the_shepherd_is_in_the_dogs_head_and_back_not_in_the_legs():
    about, model = BUNDLED["squeezenet"], bundled("squeezenet")
    x = about.input(animal("dog"))  # (1, 3, 227, 227)
    label = about.classes.index("German shepherd")
    shares = occlusion_map(model, x[0], label, window=75, step=38)  # (5, 5)
    assert shares.shape == (5, 5)
    assert shares[0, 4] < 0.6  # the head
    assert shares[1:3, 1:3].max() < 0.8  # the black back
    assert shares[4].min() > 0.95  # the legs and the grass


def test_what_can_not_be_covered_is_refused_in_a_sentence():
    image = torch.zeros(3, 10, 12)
    for bad, options, message in (
        (image[None], {}, "leave out the axis of the batch"),
        (image, {"window": 11}, r"11 pixels doesn't fit into an image of 10 × 12"),
        (image, {"window": 3, "step": 0}, "step must be at least 1"),
        (image, {"window": 3, "label": 2}, "one of the model's 2 classes, from 0 to 1, but 2"),
        (image, {"window": 3, "label": -1}, "from 0 to 1, but -1"),
    ):
        with pytest.raises(ValueError, match=message):
            occlusion_map(Spot(), bad, **{"label": 0, "window": 2, **options})
