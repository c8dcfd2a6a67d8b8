"""Small data that the tests share: arrays, and folders of image files."""

import numpy as np
import pytest
from PIL import Image

from alexnet_lib.data.sets import ImageSet


@pytest.fixture
def made():
    """`made(count, channels, height, width)` -> an ImageSet by chance, always the same."""

    def make(count=20, channels=3, height=8, width=10, classes=4, seed=0):
        chance = np.random.default_rng(seed)
        images = chance.integers(0, 256, (count, height, width, channels), dtype=np.uint8)
        return ImageSet(
            "made", images, chance.integers(0, classes, count), tuple("abcdefgh")[:classes]
        )

    return make


@pytest.fixture
def photos(tmp_path):
    """`photos({"train/cat": 3})` -> a folder with so many small JPEG files in each folder."""

    def write(folders, root="photos", size=(40, 30)):
        number = 0
        for folder, count in folders.items():
            path = tmp_path / root / folder
            path.mkdir(parents=True, exist_ok=True)
            for i in range(count):
                number += 1
                chance = np.random.default_rng(number)
                few = chance.integers(0, 256, (4, 5, 3), dtype=np.uint8)
                Image.fromarray(few).resize(size).save(path / f"{i}.jpg", quality=90)
        return tmp_path / root

    return write
