"""What every layer asks of what it was given, so that a slip ends in one clear sentence.

`floats` settles the type: the result of a layer has the inputs' floating type, float32 in,
float32 out. Arrays of whole numbers are converted to it (to float64 where all are whole),
so nothing overflows. It copies where it converts: what was given is never changed.
"""

from math import inf, isfinite

import numpy as np


def floats(**arrays):
    """The arrays, all as one floating type: the widest among them, float64 if all are whole."""
    arrays = {name: np.asarray(array) for name, array in arrays.items()}
    for name, array in arrays.items():
        if array.dtype.kind not in "fiub":  # floats, whole numbers, truth values
            raise ValueError(f"{name} must be an array of numbers, not of type {array.dtype}.")
    floating = [array.dtype for array in arrays.values() if array.dtype.kind == "f"]
    dtype = np.result_type(*floating) if floating else np.float64
    return [array.astype(dtype, copy=False) for array in arrays.values()]


def number(value, name, least=-inf):
    """`value` as Python's float, which leaves an array's type as it is, and at least `least`."""
    try:
        result = float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be a number, but {value!r} was given.") from None
    if not isfinite(result):
        raise ValueError(f"{name} must be a finite number, but {result} was given.")
    if result < least:
        raise ValueError(f"{name} must be at least {least}, but {result} was given.")
    return result


def positive(value, name):
    """`value` as Python's float, above 0."""
    if number(value, name) <= 0:
        raise ValueError(f"{name} must be above 0, but {value} was given.")
    return float(value)


def need_generator(rng):
    """Refuse what isn't a generator of NumPy's, from which the same seed draws the same."""
    if not isinstance(rng, np.random.Generator):
        raise ValueError(
            f"rng must be a generator such as np.random.default_rng(0), but {rng!r} was given."
        )


def need_four_dimensions(array, name, axes):
    """Refuse an array that hasn't the four `axes`."""
    if array.ndim != 4:
        raise ValueError(
            f"{name} must have four dimensions {axes}, but its shape is {array.shape}:"
            f" {name}[None, None] makes an (H, W) array one of (1, 1, H, W)."
        )


def need_rows(array, name, axes):
    """Refuse an array that hasn't the two `axes`, one row for each example."""
    if array.ndim != 2:
        raise ValueError(
            f"{name} must have two dimensions {axes}, but its shape is {array.shape}:"
            f" flatten({name}) makes each example one row."
        )


def need_shape(array, name, shape, meaning):
    """Refuse an array that hasn't this shape."""
    if array.shape != shape:
        raise ValueError(f"{name} must have shape {shape}, {meaning}, but has {array.shape}.")
