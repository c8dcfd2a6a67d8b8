"""What is bundled, so that no lesson waits for a download: photographs, and published results.

`photo` gives one of two photographs of 227 × 227 pixels. Who took them, and that they are free of
rights, stands in photos/LICENSE. `results` gives what was measured with AlexNet, from
results.toml: a file to be read, in which every number has its source.
"""

import tomllib
from hashlib import sha256
from importlib.resources import files
from io import BytesIO

import numpy as np

__all__ = ["gray", "photo", "results"]

# name -> SHA-256 of photos/NAME.png
PHOTOS = {
    "coffee": "afe0aaf4d8cfc36feedda4922159fce9e3fde1efc3e2614b0490257462668d9c",
    "cat": "cb0d0184aafb8bf6e61714a7b730e03ca1af6afac5df1eddf0921a74f2471e88",
}


def photo(name):
    """The photograph `name`, "coffee" or "cat": (227, 227, 3) uint8, red, green, blue."""
    if name not in list(PHOTOS):
        names = " or ".join(f'"{known}"' for known in PHOTOS)
        raise ValueError(f"There is no photograph {name!r}: ask for {names}.")
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
