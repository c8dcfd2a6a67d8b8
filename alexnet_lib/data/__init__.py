"""Two photographs of 227 × 227 pixels, bundled, so that no lesson waits for a download.

Who took them, and that they are free of rights, stands in photos/LICENSE.
"""

from hashlib import sha256
from importlib.resources import files
from io import BytesIO

import numpy as np

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
