"""Activations: one function, applied to each number separately.

    relu        max(x, 0)
    leaky_relu  x where x > 0, else slope * x
    elu         x where x > 0, else alpha * (e^x - 1)
    gelu        x * P(Z <= x), Z from the normal distribution
    sigmoid     1 / (1 + e^-x)
    tanh        (e^x - e^-x) / (e^x + e^-x)

Each has its `_backward`: by the chain rule, dx = dy * f'(x).
ReLU has no slope at 0; like PyTorch, this uses 0 there.

Shapes: x, y, dy and dx all have the same shape, which may be any.
"""

from math import erf, pi, sqrt

import numpy as np

from alexnet_lib.scratch.arrays import as_float, check_shape, floats

__all__ = [
    "elu",
    "elu_backward",
    "gelu",
    "gelu_backward",
    "leaky_relu",
    "leaky_relu_backward",
    "relu",
    "relu_backward",
    "sigmoid",
    "sigmoid_backward",
    "tanh",
    "tanh_backward",
]


def relu(x):
    """Return max(x, 0): x of any shape -> y like x."""
    (x,) = floats(x=x)
    return np.maximum(x, 0)


def relu_backward(dy, x):
    """Pass the gradient on where x > 0: dy, x of one shape -> dx like x."""
    dy, x = matching_floats(dy, x)
    return np.where(x > 0, dy, 0)


def leaky_relu(x, slope=0.01):
    """Return x where x > 0, else slope * x: x of any shape -> y like x."""
    (x,) = floats(x=x)
    return np.where(x > 0, x, as_float(slope, "slope") * x)


def leaky_relu_backward(dy, x, slope=0.01):
    """Pass the gradient on where x > 0, else `slope` times it: dy, x -> dx like x."""
    dy, x = matching_floats(dy, x)
    return np.where(x > 0, dy, as_float(slope, "slope") * dy)


def elu(x, alpha=1.0):
    """Return x where x > 0, else alpha * (e^x - 1), above -alpha: x of any shape -> y like x."""
    (x,) = floats(x=x)
    below = np.minimum(x, 0)  # where x > 0, e^x isn't needed and could overflow
    return np.where(x > 0, x, as_float(alpha, "alpha") * np.expm1(below))


def elu_backward(dy, x, alpha=1.0):
    """Multiply by f'(x) = 1 where x > 0, else alpha * e^x: dy, x of one shape -> dx like x."""
    dy, x = matching_floats(dy, x)
    return dy * np.where(x > 0, 1, as_float(alpha, "alpha") * np.exp(np.minimum(x, 0)))


def gelu(x):
    """Return x times the share of the normal distribution below x: x of any shape -> y like x."""
    (x,) = floats(x=x)
    return x * normal_share(x)


def gelu_backward(dy, x):
    """Multiply by f'(x) = share + x * density (the product rule): dy, x -> dx like x."""
    dy, x = matching_floats(dy, x)
    density = np.exp(-x * x / 2) / sqrt(2 * pi)  # the slope of the share
    return dy * (normal_share(x) + x * density)


def normal_share(x):
    """Return P(Z <= x), Z from the normal distribution: x of any shape -> like x."""
    each = np.vectorize(erf, otypes=[float])  # NumPy has no erf
    return ((1 + each(x / sqrt(2))) / 2).astype(x.dtype)


def sigmoid(x):
    """Return 1 / (1 + e^-x), from 0 to 1: x of any shape -> y like x."""
    (x,) = floats(x=x)
    small = np.exp(-np.abs(x))  # at most 1, while e^-x would overflow for x = -1000
    return np.where(x >= 0, 1, small) / (1 + small)  # below 0, times e^x / e^x


def sigmoid_backward(dy, x):
    """Multiply by f'(x) = y (1 - y), at most 1/4: dy, x of one shape -> dx like x."""
    dy, x = matching_floats(dy, x)
    y = sigmoid(x)
    return dy * y * (1 - y)


def tanh(x):
    """Return the hyperbolic tangent, from -1 to 1: x of any shape -> y like x."""
    (x,) = floats(x=x)
    return np.tanh(x)


def tanh_backward(dy, x):
    """Multiply by f'(x) = 1 - y^2, at most 1: dy, x of one shape -> dx like x."""
    dy, x = matching_floats(dy, x)
    return dy * (1 - np.tanh(x) ** 2)


def matching_floats(dy, x):
    """Return dy and x as floats of one type, after checking that they have the same shape."""
    dy, x = floats(dy=dy, x=x)
    check_shape(dy, "dy", x.shape, "the shape of the output")
    return dy, x
