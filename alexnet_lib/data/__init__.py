"""Images and numbers: photographs, published results, and sets of images to train with.

What lessons need is bundled, so that none waits for a download. `photo` returns one of four
photographs of 227 × 227 pixels: "coffee", "cat", "astronaut" or "rocket"; `animal` one of nine
larger ones; photos/LICENSE names the photographers and says that the pictures are free of rights.
`first_layer` returns kernels that were learned on them. `network_weights` returns the weights of
trained networks, for `alexnet_lib.networks.bundled`, and `imagenet_classes` what one of them can
name. `results` returns the published numbers of results.toml, a file worth reading, which gives the
source of each; `measurements` those that our own benchmarks recorded. `load` returns images to
train and to test with: a bundled part of Fashion-MNIST, other sets by name, or your folder.
`few_photos`, in the module `few`, returns photographs of four things, for learning from a few.
`read_quiz`, in `quizzes`, returns the questions of a lesson's quiz.

How images get from a file into a batch:

    sources   where the sets of `load` come from
    folders   class folders of image files
    pictures  a file -> its middle square
    pack      a folder, decoded once and for all -> one file, mapped into memory
    sets      ImageSet and FolderSet: batches of bytes
    augment   batches of bytes -> windows, mirror images, colours; floats
    batches   the order of an epoch, prepared ahead
"""

import json
import tomllib
from copy import deepcopy
from functools import cache
from hashlib import sha256
from importlib.resources import files
from io import BytesIO
from math import prod
from zipfile import ZipFile

import numpy as np

__all__ = [
    "animal",
    "first_layer",
    "gray",
    "imagenet_classes",
    "load",
    "measurements",
    "network_sizes",
    "network_weights",
    "photo",
    "results",
]

# name -> SHA-256 of photos/NAME.png
PHOTOS = {
    "coffee": "afe0aaf4d8cfc36feedda4922159fce9e3fde1efc3e2614b0490257462668d9c",
    "cat": "cb0d0184aafb8bf6e61714a7b730e03ca1af6afac5df1eddf0921a74f2471e88",
    "astronaut": "e73314219d5a508f2863ff7f5a81ef31ca1d4ce7eee330f6088036103810beac",
    "rocket": "9ad212570ffc9c6fa15afbac247152790ba7bf6ca327d1e42f0310604fa826ba",
}


# name -> SHA-256 of photos/NAME.jpg
ANIMALS = {
    "chicken": "7ede53936931cc8110b258de20bd975ab06f63adcc7790d4b8a4754b2083f657",
    "cow": "dca398d9ee7df9557a3a25ab01ea743d6f039811d730e0f33a5c819c57f5949f",
    "dog": "637c2ba0af8cace2376449176d6f984e0fc85fa47cafa2d57f70562f9ca3109d",
    "duck": "2bc58e9a83182cfb49b4bc27a13355bc1b94d8152a5aa1b0dcfeac5179c70efd",
    "horse": "793728a9be48757114a5ce4ed854ec33a33c8da14183688e71680993a4a0e7f9",
    "kitten": "bd626f784db40fd45ff9184dab581ed6a973fb995dcacfd273d800fc88a8167c",
    "owl": "aa95a4ac244bda6faafde3330bfddcadd1b62aa2e356872ff53fc461a8be4bdc",
    "pig": "defa52cedb6ac9fedfca8473a5d690a921bf00fe15c01a28ae7d6d983a398981",
    "sheep": "a1abe2acacb1dfdde49c4d85a76ea744a3734729c484d3f4e173cc857105bd55",
}

# file in networks/ -> its SHA-256
NETWORKS = {
    "fashion.npz": "cd41556657211b9f5ab94d3c5059ca10adea112c027830fe931a0752516b5067",
    "squeezenet.npz": "25665cda45a6dd64afc4489eabaabeeb1f0c4f8b778bcf52d6f03d7657f2be93",
    "imagenet.txt": "ee4fa67b1dd46919ef87529b70e25bdd1ec9ebd350de3ad426e6640eb70320a1",
}


def photo(name):
    """Return a photograph, (227, 227, 3) uint8, in red, green and blue.

    name  "coffee", "cat", "astronaut" or "rocket"
    """
    return read_photograph("photograph", name, PHOTOS, "png")  # (227, 227, 3)


def animal(name):
    """Return a photograph of an animal, (400, W, 3) uint8, in red, green and blue.

    name  "chicken", "cow", "dog", "duck", "horse", "kitten", "owl", "pig" or "sheep"
    """
    return read_photograph("animal", name, ANIMALS, "jpg")  # (400, W, 3)


def read_photograph(kind, name, digests, ending):
    """Return the bundled file photos/NAME.ENDING as (H, W, 3) uint8, if it is undamaged."""
    if name not in list(digests):
        *names, last = (f'"{known}"' for known in digests)
        raise ValueError(f"There is no {kind} {name!r}: ask for {', '.join(names)} or {last}.")
    file = files(__name__) / "photos" / f"{name}.{ending}"
    content = file.read_bytes() if file.is_file() else b""
    if sha256(content).hexdigest() != digests[name]:
        raise RuntimeError(
            f"The photograph {file.name} is damaged or missing in this copy of alexnet_lib:"
            " install the package again."
        )
    from PIL import Image  # here: exercises without pictures need only NumPy

    return np.array(Image.open(BytesIO(content)))  # (H, W, 3)


def first_layer():
    """Return 64 kernels (64, 3, 11, 11) float32 that learned to tell photographs apart.

    benchmarks/first_layer.py trained them as the first layer of a small network, on patches of the
    bundled photographs, from 0 to 1 around the average colour. The strongest kernels come first
    and the most colourful ones last. Each is scaled to a largest weight of 1 or -1: in the network
    batch normalization follows, so only the pattern matters. `measurements("first_layer")` has the
    figures of the training.
    """
    file = files(__name__) / "first_layer.npz"
    if not file.is_file():
        raise RuntimeError(
            "The file first_layer.npz is missing in this copy of alexnet_lib:"
            " install the package again."
        )
    with np.load(BytesIO(file.read_bytes())) as stored:
        return stored["kernels"].astype(np.float32)  # (64, 3, 11, 11)


def network_weights(name):
    """Return the weights of a bundled network: {"conv1.weight": (64, 3, 3, 3) float32, …}.

    name  "fashion" or "squeezenet"; networks/LICENSE says whose they are and who may use them

    They are stored as float16, half the size, which hardly changes an answer.
    """
    known = [file.removesuffix(".npz") for file in NETWORKS if file.endswith(".npz")]
    if name not in known:
        names = " or ".join(f'"{each}"' for each in known)
        raise ValueError(f"There are no weights of a network {name!r}: ask for {names}.")
    with np.load(BytesIO(read_network_file(f"{name}.npz"))) as stored:
        return {key: stored[key].astype(np.float32) for key in stored.files}


def network_sizes():
    """Return {name: bytes of its numbers as float16} for the bundled networks, fast."""
    sizes = {}
    for file in NETWORKS:
        if file.endswith(".npz"):
            with ZipFile(files(__name__) / "networks" / file) as arrays:
                numbers = sum(prod(stored_shape(arrays, name)) for name in arrays.namelist())
            sizes[file.removesuffix(".npz")] = 2 * numbers
    return sizes


def stored_shape(arrays, name):
    """Return the shape of an array in an .npz file without reading the array."""
    with arrays.open(name) as stored:
        np.lib.format.read_magic(stored)
        return np.lib.format.read_array_header_1_0(stored)[0]


def imagenet_classes():
    """Return the names of ImageNet's 1000 classes, in the order of a network's scores."""
    return tuple(read_network_file("imagenet.txt").decode("utf-8").splitlines())


def read_network_file(name):
    """Return the content of a file in networks/, if it is undamaged."""
    file = files(__name__) / "networks" / name
    content = file.read_bytes() if file.is_file() else b""
    if sha256(content).hexdigest() != NETWORKS[name]:
        raise RuntimeError(
            f"The file {name} is damaged or missing in this copy of alexnet_lib:"
            " install the package again."
        )
    return content


def gray(rgb):
    """Return the grey that looks as bright as the colour: rgb (H, W, 3) uint8 -> (H, W) uint8.

    The eye is most sensitive to green and least to blue, hence the three weights.
    Whole numbers throughout, rounded at the end, give the same result on every machine.
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
    """Return the published results of results.toml as dicts and lists, a copy for you to change.

    results()["tables"]["ilsvrc2012"]["rows"]        the paper's Table 2, row by row: errors in %
    results()["logs"]["145"]["top1"]                 0.40664: a log's errors are fractions
    results()["claims"]["lrn"]["top1"]               1.4: the points that the paper says LRN gains
    results()["constants"]["paper"]["sgd"]["batch"]  128; "program" has what the authors ran
    results()["successors"]["vgg16"]                 parameters, gmac, top1_accuracy …
    results()["diary"]["runs"]                       ["145", "2012-09-13"] …: which run began when

    Also: "schedule", "unwritten", "published", "contest", "timeline", "errata"; "units" gives the
    units of each section. Each entry has a "source", a key of results()["sources"]:

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
    return deepcopy(read_toml(file))  # an eighth of the time that parsing takes


@cache
def read_toml(file):
    """Parse a TOML file once."""
    return tomllib.loads(file.read_text(encoding="utf-8"))


def measurements(name):
    """Return the record of one of this project's benchmarks: {"machine": …, "figures": …}.

    name  of the script in benchmarks/: "train_step", "fashion" …

    >>> record = measurements("train_step")
    >>> record["machine"]["cores"], "torchvision" in record["figures"]["variants"]
    (2, True)
    """
    folder = files(__name__) / "measured"
    known = sorted(file.name.removesuffix(".json") for file in folder.iterdir())
    if name not in known:
        raise ValueError(f"There is no benchmark {name!r}: ask for one of {', '.join(known)}.")
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


def load(name, folder=None, **options):
    """Return images to train and to test with, by name: `Splits(train, test)`.

    load("fashion-mnist-small")   bundled: 10,000 + 2,000 grey pictures of clothes, 28 × 28
    load("fashion-mnist")         all 60,000 + 10,000
    load("cifar-10")              50,000 + 10,000 small colour pictures, 32 × 32
    load("imagenette", size=160)  ten classes of ImageNet: 9,469 + 3,925 photographs
    load("imagenet", folder)      1.28 million + 50,000 photographs, which you must have
    load("photos")                your folder: packed by `pack`, or with class folders in train/
                                  and val/ (or test/), or with class folders alone
    load("synthetic", shape=(3, 32, 32), classes=10, count=1000, test=200, seed=0)
                                  drawn at random, with a pattern for each class

    folder    where a known set is; by default $ALEXNET_DATA/NAME, Debian's folder for it or
              ~/.cache/alexnet/NAME, and a set that is in none of them is downloaded
    download  False: never download
    size      for photographs in files: each becomes its middle square of this side
    skip_bad  for photographs in files: leave out those that can't be decoded

    test is None if there are no test images. If data is missing, the error says where to put it
    and what works instead.
    """
    from alexnet_lib.data.sources import find  # here: exercises need only NumPy

    return find(name, folder, options)
