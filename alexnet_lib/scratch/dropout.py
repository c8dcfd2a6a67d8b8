"""Dropout: in training each number becomes 0 with probability p, so that none relies on another.

In a test nothing is dropped, yet the output must be as large on average as in training.
The paper shrinks the test; inverted dropout, as in PyTorch, enlarges the training:

               in training (with a mask)     in a test (mask=None)
    paper      x * mask                      x * (1 - p)
    inverted   x * mask / (1 - p)            x

Both keep the expected value, since a number is kept with probability 1 - p.
With p = 0.5, as in AlexNet, 1 - p equals p: there, a mix-up of the two goes unnoticed.

Shapes: x, y, dy, dx and mask all have the same shape, which may be any.
"""

import numpy as np

from alexnet_lib.scratch.arrays import as_float, check_generator, check_shape, floats

__all__ = ["dropout", "dropout_backward", "dropout_mask"]


def dropout_mask(shape, p, rng):
    """Draw which numbers to keep, each with probability 1 - p: True or False, in this shape.

    `rng` is a NumPy generator: np.random.default_rng(seed).
    """
    p = as_probability(p)
    check_generator(rng)
    return rng.random(shape) >= p


def dropout(x, p, mask=None, inverted=True):
    """Drop numbers, or none in a test: x of any shape, mask like x or None -> y like x."""
    (x,) = floats(x=x)
    p = as_probability(p)
    if mask is None:
        return x.copy() if inverted else x * (1 - p)
    mask = np.asarray(mask, bool)
    check_shape(mask, "mask", x.shape, "the shape of x")
    return x * mask / (1 - p) if inverted else x * mask


def dropout_backward(dy, p, mask=None, inverted=True):
    """Multiply dy by the same factors as x: they are the slopes. dy -> dx like dy."""
    (dy,) = floats(dy=dy)
    return dropout(dy, p, mask, inverted)


def as_probability(p):
    """Return p as a float, from 0 to less than 1."""
    p = as_float(p, "p")
    if not 0 <= p < 1:
        raise ValueError(
            f"p must be at least 0 and less than 1, since it is the probability of dropping a"
            f" number and some must be kept, but {p} was given."
        )
    return p
