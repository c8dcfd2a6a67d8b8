"""From an image file to its middle square of bytes, the same for training and for predicting.

As the paper does it: scale the shorter side to `size`, and keep the middle square.
"""

import os

import numpy as np
from PIL import Image, ImageOps

__all__ = ["square", "square_of"]

ORIENTATION = 0x0112  # the field of a photograph's EXIF data that says which side is up


class DataError(RuntimeError):
    """Data is missing, damaged or unreadable: one sentence that says what to do."""

    reason = ""  # why a file can't be decoded, in a few words


def square(file, size):
    """Return the middle square of an image file, scaled to `size` pixels: (size, size, 3) uint8.

    It reads whatever Pillow reads; grey becomes colour, transparent becomes white, and photographs
    from a turned camera are turned back. Raise a DataError if the file can't be decoded.
    """
    try:
        with Image.open(file) as image:
            # A JPEG at least four times as large as needed is decoded at a half, a quarter or an
            # eighth of its size, and is still at least twice as large as needed.
            image.draft(None, (2 * size, 2 * size))
            return scale_middle(as_rgb(image), size)
    except MemoryError:
        raise
    except Exception as error:  # a damaged file can make Pillow raise any kind
        raise decoding_error(file, error) from None


def square_of(pixels, size):
    """Return the middle square of pixels, scaled, as `square` does with a file.

    (H, W, 3) uint8 -> (size, size, 3) uint8, or in grey (H, W) -> (size, size)
    """
    pixels = np.asarray(pixels)
    fits = pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] == 3)
    if not fits or pixels.dtype != np.uint8 or not pixels.size:
        raise ValueError(
            "A picture has the shape (H, W, 3), or (H, W) in grey, and the type uint8 (0 to 255),"
            f" but shape {pixels.shape} and type {pixels.dtype} were given."
        )
    return scale_middle(Image.fromarray(pixels), size)


def scale_middle(image, size):
    """Return the middle square of Pillow's image, scaled: (size, size, channels) uint8."""
    width, height = image.size
    side = min(width, height)
    left, top = (width - side) / 2, (height - side) / 2
    # Bilinear, over all the pixels that a new one covers: each of them counts.
    box = (left, top, left + side, top + side)
    return np.asarray(image.resize((size, size), Image.Resampling.BILINEAR, box))


def as_rgb(image):
    """Return the image in red, green and blue, the right way up."""
    if image.getexif().get(ORIENTATION, 1) != 1:
        image = ImageOps.exif_transpose(image)
    if image.mode == "RGB":
        return image
    if image.mode.startswith("I"):  # 16 bits of grey; the upper 8 stay
        grey = np.clip(np.asarray(image).astype(np.int64) // 257, 0, 255).astype(np.uint8)
        return Image.fromarray(grey).convert("RGB")
    if "A" in image.mode or "transparency" in image.info:
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(paper, image).convert("RGB")
    return image.convert("RGB")


def decoding_error(file, error):
    """Return the DataError for a file that Pillow can't read."""
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
    problem = DataError(f"{path} can't be read as an image: {reason}.")
    problem.reason = reason
    return problem
