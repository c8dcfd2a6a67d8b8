"""The checks of the layers' arguments, so that a slip ends in one clear sentence.

`floats` decides the type: the result of a layer has the floating type of its inputs, float32 in,
float32 out. It converts arrays of whole numbers to that type (to float64 if all are whole), so
nothing overflows. Converting copies: the caller's arrays never change.
"""

from math import inf, isfinite

import numpy as np


def floats(**arrays):
    """Return the arrays in one floating type, the widest among them; float64 if all are whole."""
    arrays = {name: np.asarray(array) for name, array in arrays.items()}
    for name, array in arrays.items():
        if array.dtype.kind not in "fiub":  # floats, whole numbers, truth values
            raise ValueError(f"{name} must be an array of numbers, not of type {array.dtype}.")
    floating = [array.dtype for array in arrays.values() if array.dtype.kind == "f"]
    dtype = np.result_type(*floating) if floating else np.float64
    return [array.astype(dtype, copy=False) for array in arrays.values()]


def as_float(value, name, least=-inf):
    """Return `value` as a Python float of at least `least`; it doesn't change an array's type."""
    try:
        result = float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be a number, but {value!r} was given.") from None
    if not isfinite(result):
        raise ValueError(f"{name} must be a finite number, but {result} was given.")
    if result < least:
        raise ValueError(f"{name} must be at least {least}, but {result} was given.")
    return result


def as_positive(value, name):
    """Return `value` as a Python float above 0."""
    if as_float(value, name) <= 0:
        raise ValueError(f"{name} must be above 0, but {value} was given.")
    return float(value)


def check_generator(rng):
    """Raise a ValueError unless `rng` is a NumPy generator, which a seed makes repeatable."""
    if not isinstance(rng, np.random.Generator):
        raise ValueError(
            f"rng must be a generator such as np.random.default_rng(0), but {rng!r} was given."
        )


def check_four_dimensions(array, name, axes):
    """Raise a ValueError unless the array has the four `axes`."""
    if array.ndim != 4:
        raise ValueError(
            f"{name} must have four dimensions {axes}, but its shape is {array.shape}:"
            f" {name}[None, None] makes an (H, W) array one of (1, 1, H, W)."
        )


def check_rows(array, name, axes):
    """Raise a ValueError unless the array has the two `axes`, one row for each example."""
    if array.ndim != 2:
        raise ValueError(
            f"{name} must have two dimensions {axes}, but its shape is {array.shape}:"
            f" flatten({name}) makes each example one row."
        )


def check_shape(array, name, shape, meaning):
    """Raise a ValueError unless the array has this shape."""
    if array.shape != shape:
        raise ValueError(f"{name} must have shape {shape}, {meaning}, but has {array.shape}.")
