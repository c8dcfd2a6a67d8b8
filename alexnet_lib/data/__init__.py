"""Images and numbers: photographs, published results, and sets of images to train with.

What lessons need is bundled, so that none waits for a download. `photo` gives one of four
photographs of 227 × 227 pixels: "coffee", "cat", "astronaut" or "rocket". Who took them, and that
they are free of rights, stands in photos/LICENSE. `results` gives what was measured with AlexNet,
from results.toml: a file to be read, in which every number has its source; `measured` what our own
benchmarks recorded. `load` gives images to train and to test with: a bundled part of Fashion-MNIST,
other sets by name, your folder.

How images get from a file into a batch:

    sources   where the sets of `load` come from
    folders   class folders of image files
    pictures  a file -> its middle square
    pack      a folder, decoded once for all -> one file, mapped into memory
    sets      ImageSet and FolderSet: batches of bytes
    augment   batches of bytes -> windows, mirror images, colours; floats
    batches   the order of an epoch, and what is prepared ahead
"""

import json
import tomllib
from hashlib import sha256
from importlib.resources import files
from io import BytesIO

import numpy as np

__all__ = ["gray", "load", "measured", "photo", "results"]

# name -> SHA-256 of photos/NAME.png
PHOTOS = {
    "coffee": "afe0aaf4d8cfc36feedda4922159fce9e3fde1efc3e2614b0490257462668d9c",
    "cat": "cb0d0184aafb8bf6e61714a7b730e03ca1af6afac5df1eddf0921a74f2471e88",
    "astronaut": "e73314219d5a508f2863ff7f5a81ef31ca1d4ce7eee330f6088036103810beac",
    "rocket": "9ad212570ffc9c6fa15afbac247152790ba7bf6ca327d1e42f0310604fa826ba",
}


def photo(name):
    """A photograph, (227, 227, 3) uint8, red, green, blue.

    name  "coffee", "cat", "astronaut" or "rocket"
    """
    if name not in list(PHOTOS):
        *names, last = (f'"{known}"' for known in PHOTOS)
        raise ValueError(f"There is no photograph {name!r}: ask for {', '.join(names)} or {last}.")
    file = files(__name__) / "photos" / f"{name}.png"
    png = file.read_bytes() if file.is_file() else b""
    if sha256(png).hexdigest() != PHOTOS[name]:
        raise RuntimeError(
            f"The photograph {file.name} is damaged or missing in this copy of alexnet_lib:"
            " install the package again."
        )
    from PIL import Image  # here, since an exercise without pictures needs NumPy alone

    return np.array(Image.open(BytesIO(png)))  # (227, 227, 3)


def gray(rgb):
    """Grey as bright as the colour looks: rgb (H, W, 3) uint8 -> (H, W) uint8.

    The eye is most sensitive to green and least to blue, hence the weights of the three.
    Whole numbers all the way, rounded at the end: the same on every machine.
    """
    rgb = np.asarray(rgb)
    if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8:
        raise ValueError(
            "gray() takes a colour image of shape (H, W, 3) and type uint8 (0 to 255),"
            f" but was given shape {rgb.shape} and type {rgb.dtype}."
        )
    weighted = rgb @ np.array([299, 587, 114])  # (H, W), up to 255,000
    return ((weighted + 500) // 1000).astype(np.uint8)  # (H, W)


def results():
    """The published results, as dicts and lists of what results.toml holds; yours to change.

    results()["tables"]["ilsvrc2012"]["rows"]        the paper's Table 2, row by row: errors in %
    results()["logs"]["145"]["top1"]                 0.40664: a log's errors are fractions
    results()["claims"]["lrn"]["top1"]               1.4: the points that the paper says LRN gains
    results()["constants"]["paper"]["sgd"]["batch"]  128; under "program", what the authors ran
    results()["successors"]["vgg16"]                 parameters, gmac, top1_accuracy …

    results()["diary"]["runs"]                       ["145", "2012-09-13"] …: what was begun when

    Also: "schedule", "unwritten", "published", "contest", "timeline", "errata"; "units" says what
    the numbers of a section are. Each entry has a "source", a key of results()["sources"]:

    >>> row = results()["tables"]["ilsvrc2012"]["rows"][-1]
    >>> row["model"], row["top5_test"], results()["sources"][row["source"]]["year"]
    ('7 CNNs*', 15.3, 2012)
    """
    file = files(__name__) / "results.toml"
    if not file.is_file():
        raise RuntimeError(
            "The file results.toml is missing in this copy of alexnet_lib:"
            " install the package again."
        )
    return tomllib.loads(file.read_text(encoding="utf-8"))


def measured(name):
    """What a benchmark of this project recorded: {"machine": …, "figures": …}; yours to change.

    name  of the benchmark: "train_step", "fashion" …, as the scripts in benchmarks/ are called

    >>> found = measured("train_step")
    >>> found["machine"]["cores"], "torchvision" in found["figures"]["variants"]
    (2, True)
    """
    folder = files(__name__) / "measured"
    known = sorted(file.name.removesuffix(".json") for file in folder.iterdir())
    if name not in known:
        raise ValueError(f"There is no benchmark {name!r}: ask for one of {', '.join(known)}.")
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


def load(name, folder=None, **options):
    """Images to train and to test with, by name: `Splits(train, test)`.

    load("fashion-mnist-small")   bundled: 10,000 + 2,000 grey pictures of clothes, 28 × 28
    load("fashion-mnist")         all 60,000 + 10,000
    load("cifar-10")              50,000 + 10,000 small colour pictures, 32 × 32
    load("imagenette", size=160)  ten classes of ImageNet: 9,469 + 3,925 photographs
    load("imagenet", folder)      1.28 million + 50,000 photographs, which you must have
    load("photos")                a folder of yours: packed by `pack`, or with class folders in
                                  train/ and val/ (or test/), or with class folders alone
    load("synthetic", shape=(3, 32, 32), classes=10, count=1000, test=200, seed=0)
                                  made by chance, each class with a pattern of its own

    folder    where a known set lies; if not given, $ALEXNET_DATA/NAME, Debian's folder for it and
              ~/.cache/alexnet/NAME are looked through, and what isn't there is downloaded
    download  False: never download
    size      of photographs from files: the side of the middle square that each is scaled to
    skip_bad  of photographs from files: leave out those that can't be decoded

    test is None where there are no test images. What is missing is said in one sentence, with
    where to put it and what works instead.
    """
    from alexnet_lib.data.sources import find  # here, since an exercise needs NumPy alone

    return find(name, folder, options)
