"""Normalization: bring numbers to a common scale, given by their neighbours or by the batch.

Local response normalization divides a number by the strength of the channels beside it, at the
same pixel. With s_i the sum of squares of the channels from i - size//2 to i + (size - 1)//2:

    divide=False   y_i = x_i / (k + alpha s_i)^beta          as the paper prints it
    divide=True    y_i = x_i / (k + (alpha/size) s_i)^beta   as in its program and in PyTorch

So the paper's alpha = 1e-4 is five times weaker in its own program than in print.

Batch normalization gives every channel mean 0 and variance 1 over the batch, and lets the
network learn a new scale and a new mean:

    y = weight * (x - mean) / sqrt(var + eps) + bias

Shapes: x (N, C, H, W), for batch normalization also (N, C); weight, bias, mean, var (C,).
"""

import numpy as np

from alexnet_lib.arguments import as_int
from alexnet_lib.scratch.arrays import (
    as_float,
    as_positive,
    check_four_dimensions,
    check_shape,
    floats,
)

__all__ = [
    "batch_norm",
    "batch_norm_backward",
    "local_response_norm",
    "local_response_norm_backward",
    "running_statistics",
]


def local_response_norm(x, size=5, alpha=1e-4, beta=0.75, k=2.0, divide=True):
    """Compute x (N, C, H, W) -> y (N, C, H, W) by the formulas above."""
    (x,) = floats(x=x)
    strength, _, beta = strengths(x, size, alpha, beta, k, divide)  # (N, C, H, W)
    return x / strength**beta  # (N, C, H, W)


def local_response_norm_backward(dy, x, size=5, alpha=1e-4, beta=0.75, k=2.0, divide=True):
    """Return the gradient: a channel acts on itself, and through the strengths on its neighbours.

    dy, x (N, C, H, W) -> dx (N, C, H, W)
    """
    dy, x = floats(dy=dy, x=x)
    strength, alpha, beta = strengths(x, size, alpha, beta, k, divide)  # (N, C, H, W)
    check_shape(dy, "dy", x.shape, "the shape of the output")
    direct = dy / strength**beta  # (N, C, H, W)
    # y_i = x_i strength_i^-beta, so dL/dstrength_i = -beta dy_i x_i strength_i^(-beta - 1).
    dstrength = -beta * direct * x / strength  # (N, C, H, W)
    # Channel j counts in the strengths of its neighbours: the same window, mirrored.
    around = window_sums(dstrength, before=(size - 1) // 2, after=size // 2)  # (N, C, H, W)
    return direct + 2 * alpha * x * around  # (N, C, H, W)


def strengths(x, size, alpha, beta, k, divide):
    """Return k + alpha s_i for x (N, C, H, W), the effective alpha, and beta."""
    check_four_dimensions(x, "x", "(N, C, H, W)")
    size = as_int(size, "size", 1)
    alpha = as_float(alpha, "alpha", 0)
    beta = as_float(beta, "beta")
    k = as_positive(k, "k")
    if divide:
        alpha /= size
    squares = window_sums(x * x, before=size // 2, after=(size - 1) // 2)  # (N, C, H, W)
    return k + alpha * squares, alpha, beta


def window_sums(x, before, after):
    """Sum each channel with those `before` and `after` it: (N, C, H, W) -> (N, C, H, W)."""
    channels = x.shape[1]
    x = np.pad(x, ((0, 0), (before, after), (0, 0), (0, 0)))  # (N, before + C + after, H, W)
    return sum(x[:, first : first + channels] for first in range(before + 1 + after))


def batch_norm(x, weight, bias, running=None, eps=1e-5):
    """Normalize with the batch's mean and variance, in a test with `running` = (mean, var).

    x (N, C) or (N, C, H, W), weight (C,), bias (C,) -> y like x
    """
    x, weight, bias = floats(x=x, weight=weight, bias=bias)
    standard, _ = standardize(x, running, eps)
    check_shape(weight, "weight", x.shape[1:2], "one number for each channel")
    check_shape(bias, "bias", x.shape[1:2], "one number for each channel")
    return along_channels(weight, x) * standard + along_channels(bias, x)


def batch_norm_backward(dy, x, weight, running=None, eps=1e-5):
    """Return the gradients; in training, each number also moves the batch's mean and variance.

    dy like x, x (N, C) or (N, C, H, W), weight (C,) -> dx like x, dweight (C,), dbias (C,)
    """
    dy, x, weight = floats(dy=dy, x=x, weight=weight)
    standard, deviation = standardize(x, running, eps)
    check_shape(weight, "weight", x.shape[1:2], "one number for each channel")
    check_shape(dy, "dy", x.shape, "the shape of the output")
    dbias = dy.sum(all_but_channels(x))  # (C,)
    dweight = (dy * standard).sum(all_but_channels(x))  # (C,)

    if running is None:
        # Shifting or stretching the whole batch changes nothing: these two parts of dy drop out.
        count = x.size // x.shape[1]  # numbers in a channel
        stretch = along_channels(dweight / count, x) * standard
        dy = dy - along_channels(dbias / count, x) - stretch
    return dy * along_channels(weight, x) / deviation, dweight, dbias


def running_statistics(running, x, momentum=0.1):
    """Return `running` = (mean, var) after one more batch: each moves by `momentum` of the way.

    They are for tests. The variance is an estimate for all images from this batch, so it divides
    by the count minus one. mean (C,), var (C,), x (N, C) or (N, C, H, W) -> mean, var
    """
    (x,) = floats(x=x)
    mean, var = running_mean_var(running, x)
    check_batch(x)
    momentum = as_float(momentum, "momentum", 0)
    batch_mean = x.mean(all_but_channels(x))  # (C,)
    batch_var = x.var(all_but_channels(x), ddof=1)  # (C,)
    mean = mean + momentum * (batch_mean - mean)  # (C,)
    var = var + momentum * (batch_var - var)  # (C,)
    return mean, var


def standardize(x, running, eps):
    """Return (x - mean) / deviation like x, and the deviation (1, C) or (1, C, 1, 1)."""
    eps = as_positive(eps, "eps")
    if running is None:
        check_batch(x)
        mean = x.mean(all_but_channels(x))  # (C,)
        var = x.var(all_but_channels(x))  # (C,)
    else:
        mean, var = running_mean_var(running, x)  # (C,), (C,)
    deviation = np.sqrt(along_channels(var, x) + eps)
    return (x - along_channels(mean, x)) / deviation, deviation


def along_channels(v, x):
    """Shape one number per channel so that it meets x: (C,) -> (1, C) or (1, C, 1, 1)."""
    return v.reshape(1, -1, *[1] * (x.ndim - 2))


def all_but_channels(x):
    """Return the axes along which the numbers of one channel lie: (0,) or (0, 2, 3)."""
    return (0, *range(2, x.ndim))


def check_channels(x):
    """Raise a ValueError unless x is (N, C) or (N, C, H, W)."""
    if x.ndim not in (2, 4):
        raise ValueError(
            f"x must have two dimensions (N, C) or four (N, C, H, W), but its shape is {x.shape}."
        )


def check_batch(x):
    """Raise a ValueError unless each channel has two numbers, as a variance needs."""
    check_channels(x)
    if x.size < 2 * x.shape[1] or x.size == 0:
        raise ValueError(
            f"Training needs at least two numbers in each channel for a variance, but x has shape"
            f" {x.shape}: give more examples, or the running statistics for a test."
        )


def running_mean_var(running, x):
    """Return the running mean and variance as floats of x's type."""
    check_channels(x)
    try:
        mean, var = running
    except (TypeError, ValueError):
        raise ValueError(f"running must be (mean, var), but {running!r} was given.") from None
    mean, var, _ = floats(mean=mean, var=var, x=x)
    check_shape(mean, "mean", x.shape[1:2], "one number for each channel")
    check_shape(var, "var", x.shape[1:2], "one number for each channel")
    return mean, var
