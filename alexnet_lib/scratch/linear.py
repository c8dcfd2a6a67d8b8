"""The fully connected layer: every output is a weighted sum of all inputs, plus a bias.

    y = x w^T + b

Shapes: x (N, in), w (out, in), b (out,), y (N, out). Each example is one row of x;
`flatten` turns images into rows.
"""

import numpy as np

from alexnet_lib.scratch.arrays import check_rows, check_shape, floats

__all__ = ["flatten", "flatten_backward", "linear", "linear_backward"]


def linear(x, w, b=None):
    """Compute x (N, in), w (out, in), b (out,) -> y (N, out)."""
    if b is None:
        x, w = floats(x=x, w=w)
        b = np.zeros(w.shape[:1], w.dtype)  # (out,)
    x, w, b = floats(x=x, w=w, b=b)
    check_layer(x, w)
    check_shape(b, "b", w.shape[:1], "one number for each output")
    return x @ w.T + b  # (N, out)


def linear_backward(dy, x, w):
    """Return the gradients of a loss, given its gradient `dy` for y = linear(x, w, b).

    dy (N, out), x (N, in), w (out, in) -> dx like x, dw like w, db (out,)
    """
    dy, x, w = floats(dy=dy, x=x, w=w)
    check_layer(x, w)
    check_shape(dy, "dy", (x.shape[0], w.shape[0]), "the shape of the output")
    dx = dy @ w  # (N, in), back over the same weights
    dw = dy.T @ x  # (out, in), summed over the examples
    db = dy.sum(0)  # (out,)
    return dx, dw, db


def flatten(x):
    """Turn each example into one row: x (N, ...) -> (N, the product of the rest)."""
    (x,) = floats(x=x)
    if x.ndim == 0:
        raise ValueError("x must have at least one dimension (N, ...), but it is a single number.")
    return x.reshape(len(x), int(np.prod(x.shape[1:]))).copy()  # (N, in)


def flatten_backward(dy, x):
    """Put the rows back into the shape of x: dy (N, in), x (N, ...) -> dx like x."""
    dy, x = floats(dy=dy, x=x)
    check_shape(dy, "dy", flatten(x).shape, "the shape of the output")
    return dy.reshape(x.shape).copy()  # like x


def check_layer(x, w):
    """Raise a ValueError unless the weights w fit the rows of x."""
    check_rows(x, "x", "(N, in)")
    if w.ndim != 2 or w.shape[1] != x.shape[1]:
        raise ValueError(
            f"w must have shape (out, {x.shape[1]}), one weight for each of the {x.shape[1]}"
            f" numbers in a row of x, but has {w.shape}."
        )
