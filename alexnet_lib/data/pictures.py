"""From an image file to its middle square of bytes, the same way for training and for predicting.

The paper's preparation: the shorter side is scaled to `size`, and the middle square is kept.
"""

import os

import numpy as np
from PIL import Image, ImageOps

__all__ = ["square"]

ORIENTATION = 0x0112  # the field of a photograph's EXIF data that says which side is up


class DataError(RuntimeError):
    """Data that are missing, damaged or can't be read: one sentence that says what to do."""

    reason = ""  # of a file that can't be decoded: the sentence's short form


def square(file, size):
    """The middle square of an image file, scaled to `size` pixels: (size, size, 3) uint8.

    Any kind of file that Pillow reads: grey ones become colour, transparent places white, and a
    photograph taken with a turned camera is turned back. A DataError where it can't be decoded.
    """
    try:
        with Image.open(file) as image:
            # A JPEG four times as large as needed or more is decoded at a half, a quarter or an
            # eighth of its size, and is still twice as large as needed.
            image.draft(None, (2 * size, 2 * size))
            image = coloured(image)
            width, height = image.size
            side = min(width, height)
            left, top = (width - side) / 2, (height - side) / 2
            # Bilinear over all the pixels that a new one covers: nothing is left out.
            box = (left, top, left + side, top + side)
            return np.asarray(image.resize((size, size), Image.Resampling.BILINEAR, box))
    except MemoryError:
        raise
    except Exception as error:  # Pillow raises many kinds, and a damaged file can raise any
        raise undecodable(file, error) from None


def coloured(image):
    """The image in red, green and blue, and the right way up."""
    if image.getexif().get(ORIENTATION, 1) != 1:
        image = ImageOps.exif_transpose(image)
    if image.mode == "RGB":
        return image
    if image.mode.startswith("I"):  # 16 bits of grey, of which the upper 8 are kept
        grey = np.clip(np.asarray(image).astype(np.int64) // 257, 0, 255).astype(np.uint8)
        return Image.fromarray(grey).convert("RGB")
    if "A" in image.mode or "transparency" in image.info:
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(paper, image).convert("RGB")
    return image.convert("RGB")


def undecodable(file, error):
    """The DataError for a file that Pillow can't read."""
    path = os.fspath(file) if isinstance(file, (str, os.PathLike)) else "the file"
    if isinstance(error, FileNotFoundError):
        reason = "there is no such file"
    elif isinstance(error, PermissionError):
        reason = "reading it isn't allowed"
    elif os.path.isfile(path) and os.path.getsize(path) == 0:
        reason = "the file is empty"
    else:
        reason = str(error).split("\n")[0].replace(f" {path!r}", "").split(" <")[0].rstrip(".")
        reason = reason or type(error).__name__
    answer = DataError(f"{path} can't be read as an image: {reason}.")
    answer.reason = reason
    return answer
