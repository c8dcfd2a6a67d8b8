"""Dropout: in training each number is set to 0 with probability p, so that none relies on another.

In a test nothing is dropped, and what comes out must be as large on average as in training.
The paper shrinks the test; inverted dropout, which PyTorch has, enlarges the training:

               in training (with a mask)     in a test (mask=None)
    paper      x * mask                      x * (1 - p)
    inverted   x * mask / (1 - p)            x

Both keep the expected value, since a number is kept with probability 1 - p.
With p = 0.5, as in AlexNet, 1 - p and p are the same: a mix-up of the two goes unnoticed there.

Shapes: x, y, dy, dx and mask have one shape, which may be any.
"""

import numpy as np

from alexnet_lib.scratch.arrays import floats, need_generator, need_shape, number

__all__ = ["dropout", "dropout_backward", "dropout_mask"]


def dropout_mask(shape, p, rng):
    """Which numbers are kept, each with probability 1 - p: truth values of this shape.

    `rng` is a generator of NumPy's: np.random.default_rng(seed).
    """
    p = probability(p)
    need_generator(rng)
    return rng.random(shape) >= p


def dropout(x, p, mask=None, inverted=True):
    """x of any shape, mask like x in training or None in a test -> y like x."""
    (x,) = floats(x=x)
    p = probability(p)
    if mask is None:
        return x.copy() if inverted else x * (1 - p)
    mask = np.asarray(mask, bool)
    need_shape(mask, "mask", x.shape, "the shape of x")
    return x * mask / (1 - p) if inverted else x * mask


def dropout_backward(dy, p, mask=None, inverted=True):
    """The slope is the factor that x met on its way, so dy meets the same: dy -> dx like dy."""
    (dy,) = floats(dy=dy)
    return dropout(dy, p, mask, inverted)


def probability(p):
    """p as a float, from 0 to less than 1."""
    p = number(p, "p")
    if not 0 <= p < 1:
        raise ValueError(
            f"p must be at least 0 and less than 1, since it is the probability of dropping a"
            f" number and some must be kept, but {p} was given."
        )
    return p
