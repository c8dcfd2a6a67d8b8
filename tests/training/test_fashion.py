"""A whole training on real images: the bundled Fashion-MNIST, from bytes to an accuracy."""

import pytest
import torch

from alexnet_lib.data import load
from alexnet_lib.networks.models import alexnet
from alexnet_lib.training.trainer import Trainer


@pytest.mark.slow
def test_two_epochs_of_the_bundled_images_are_enough_for_85_percent():
    """As benchmarks/fashion.py trains on all images, but with more epochs of smaller batches."""
    train, test = load("fashion-mnist-small")
    torch.manual_seed(0)
    model = alexnet(
        "small",
        in_channels=1,
        image_size=28,
        normalization="bn",
        kernels={"conv1": 3, "conv2": 3},
        strides={"conv1": 2},
        pool_kernel=2,
        dropout=0.0,
    )
    run = Trainer(model, report="none", epochs=2, batch=64, rate=0.05, schedule="one-cycle")
    run.fit(train)
    assert run.evaluate(test)["accuracy"] >= 0.85
