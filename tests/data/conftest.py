"""Small data for all tests: arrays, and folders of image files."""

import numpy as np
import pytest
from PIL import Image

from alexnet_lib.data.sets import ImageSet


@pytest.fixture
def random_set():
    """`random_set(count, channels, height, width)` -> a random ImageSet, always the same."""

    def make(count=20, channels=3, height=8, width=10, classes=4, seed=0):
        rng = np.random.default_rng(seed)
        images = rng.integers(0, 256, (count, height, width, channels), dtype=np.uint8)
        labels = rng.integers(0, classes, count)
        return ImageSet("random", images, labels, tuple("abcdefgh")[:classes])

    return make


@pytest.fixture
def photos(tmp_path):
    """`photos({"train/cat": 3})` -> a folder with folders of so many small JPEG files."""

    def write(folders, root="photos", size=(40, 30)):
        number = 0
        for folder, count in folders.items():
            path = tmp_path / root / folder
            path.mkdir(parents=True, exist_ok=True)
            for i in range(count):
                number += 1
                rng = np.random.default_rng(number)
                few = rng.integers(0, 256, (4, 5, 3), dtype=np.uint8)
                Image.fromarray(few).resize(size).save(path / f"{i}.jpg", quality=90)
        return tmp_path / root

    return write
