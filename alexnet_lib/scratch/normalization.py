"""Normalization: numbers brought to a common scale, by their neighbours or by the batch.

Local response normalization divides a number by the strength of the channels beside it, at the
same pixel. With s_i the sum of squares of the channels from i - size//2 to i + (size - 1)//2:

    divide=False   y_i = x_i / (k + alpha s_i)^beta          as the paper prints it
    divide=True    y_i = x_i / (k + (alpha/size) s_i)^beta   as its program and PyTorch have it

So the paper's alpha = 1e-4 is, in its own program, five times weaker than printed.

Batch normalization gives every channel mean 0 and variance 1 over the batch, and lets the
network learn another scale and mean:

    y = weight * (x - mean) / sqrt(var + eps) + bias

Shapes: x (N, C, H, W), for batch normalization also (N, C); weight, bias, mean, var (C,).
"""

import numpy as np

from alexnet_lib.arguments import whole
from alexnet_lib.scratch.arrays import (
    floats,
    need_four_dimensions,
    need_shape,
    number,
    positive,
)

__all__ = [
    "batch_norm",
    "batch_norm_backward",
    "local_response_norm",
    "local_response_norm_backward",
    "running_statistics",
]


def local_response_norm(x, size=5, alpha=1e-4, beta=0.75, k=2.0, divide=True):
    """x (N, C, H, W) -> y (N, C, H, W); see the formulas above."""
    (x,) = floats(x=x)
    strength, _, beta = strengths(x, size, alpha, beta, k, divide)  # (N, C, H, W)
    return x / strength**beta  # (N, C, H, W)


def local_response_norm_backward(dy, x, size=5, alpha=1e-4, beta=0.75, k=2.0, divide=True):
    """A channel acts on itself, and through the strengths on every channel that it is beside.

    dy, x (N, C, H, W) -> dx (N, C, H, W)
    """
    dy, x = floats(dy=dy, x=x)
    strength, alpha, beta = strengths(x, size, alpha, beta, k, divide)  # (N, C, H, W)
    need_shape(dy, "dy", x.shape, "the shape of the output")
    direct = dy / strength**beta  # (N, C, H, W)
    # y_i = x_i strength_i^-beta, so dL/dstrength_i = -beta dy_i x_i strength_i^(-beta - 1).
    dstrength = -beta * direct * x / strength  # (N, C, H, W)
    # Channel j counts in the strength of those that have it beside them: the window turned round.
    beside = sum_beside(dstrength, before=(size - 1) // 2, after=size // 2)  # (N, C, H, W)
    return direct + 2 * alpha * x * beside  # (N, C, H, W)


def strengths(x, size, alpha, beta, k, divide):
    """The sums k + alpha s_i of x (N, C, H, W), alpha as it counts in them, and beta."""
    need_four_dimensions(x, "x", "(N, C, H, W)")
    size = whole(size, "size", 1)
    alpha, beta, k = number(alpha, "alpha", 0), number(beta, "beta"), positive(k, "k")
    if divide:
        alpha /= size
    squares = sum_beside(x * x, before=size // 2, after=(size - 1) // 2)  # (N, C, H, W)
    return k + alpha * squares, alpha, beta


def sum_beside(x, before, after):
    """Each channel, and as many `before` and `after` it, summed: (N, C, H, W) -> (N, C, H, W)."""
    channels = x.shape[1]
    x = np.pad(x, ((0, 0), (before, after), (0, 0), (0, 0)))  # (N, before + C + after, H, W)
    return sum(x[:, first : first + channels] for first in range(before + 1 + after))


def batch_norm(x, weight, bias, running=None, eps=1e-5):
    """In training with the batch's own mean and variance, in a test with `running` = (mean, var).

    x (N, C) or (N, C, H, W), weight (C,), bias (C,) -> y like x
    """
    x, weight, bias = floats(x=x, weight=weight, bias=bias)
    standard, _ = standardize(x, running, eps)
    need_shape(weight, "weight", x.shape[1:2], "one number for each channel")
    need_shape(bias, "bias", x.shape[1:2], "one number for each channel")
    return along_channels(weight, x) * standard + along_channels(bias, x)


def batch_norm_backward(dy, x, weight, running=None, eps=1e-5):
    """In training each number also moves the mean and variance by which all are divided.

    dy like x, x (N, C) or (N, C, H, W), weight (C,) -> dx like x, dweight (C,), dbias (C,)
    """
    dy, x, weight = floats(dy=dy, x=x, weight=weight)
    standard, deviation = standardize(x, running, eps)
    need_shape(weight, "weight", x.shape[1:2], "one number for each channel")
    need_shape(dy, "dy", x.shape, "the shape of the output")
    dbias = dy.sum(all_but_channels(x))  # (C,)
    dweight = (dy * standard).sum(all_but_channels(x))  # (C,)

    if running is None:
        # A shift or a stretch of the whole batch changes nothing: these two parts of dy drop out.
        count = x.size // x.shape[1]  # numbers in a channel
        stretch = along_channels(dweight / count, x) * standard
        dy = dy - along_channels(dbias / count, x) - stretch
    return dy * along_channels(weight, x) / deviation, dweight, dbias


def running_statistics(running, x, momentum=0.1):
    """`running` = (mean, var) after one more batch: each goes the `momentum`th part of the way.

    A test uses them. The variance is that of all images estimated from this batch, so it divides
    by one less than the count. mean (C,), var (C,), x (N, C) or (N, C, H, W) -> mean, var
    """
    (x,) = floats(x=x)
    mean, var = need_running(running, x)
    need_batch(x)
    momentum = number(momentum, "momentum", 0)
    batch_mean = x.mean(all_but_channels(x))  # (C,)
    batch_var = x.var(all_but_channels(x), ddof=1)  # (C,)
    mean = mean + momentum * (batch_mean - mean)  # (C,)
    var = var + momentum * (batch_var - var)  # (C,)
    return mean, var


def standardize(x, running, eps):
    """(x - mean) / deviation like x, and the deviation (1, C) or (1, C, 1, 1)."""
    eps = positive(eps, "eps")
    if running is None:
        need_batch(x)
        mean, var = x.mean(all_but_channels(x)), x.var(all_but_channels(x))  # (C,), (C,)
    else:
        mean, var = need_running(running, x)  # (C,), (C,)
    deviation = np.sqrt(along_channels(var, x) + eps)
    return (x - along_channels(mean, x)) / deviation, deviation


def along_channels(v, x):
    """One number for each channel, shaped so that it meets x: (C,) -> (1, C) or (1, C, 1, 1)."""
    return v.reshape(1, -1, *[1] * (x.ndim - 2))


def all_but_channels(x):
    """The axes along which the numbers of one channel lie: (0,) or (0, 2, 3)."""
    return (0, *range(2, x.ndim))


def need_channels(x):
    """Refuse what is neither (N, C) nor (N, C, H, W)."""
    if x.ndim not in (2, 4):
        raise ValueError(
            f"x must have two dimensions (N, C) or four (N, C, H, W), but its shape is {x.shape}."
        )


def need_batch(x):
    """Refuse a batch in which a channel has fewer than two numbers, and so no variance."""
    need_channels(x)
    if x.size < 2 * x.shape[1] or x.size == 0:
        raise ValueError(
            f"Training needs at least two numbers in each channel for a variance, but x has shape"
            f" {x.shape}: give more examples, or the running statistics for a test."
        )


def need_running(running, x):
    """The running mean and variance as floats of x's type."""
    need_channels(x)
    try:
        mean, var = running
    except (TypeError, ValueError):
        raise ValueError(f"running must be (mean, var), but {running!r} was given.") from None
    mean, var, _ = floats(mean=mean, var=var, x=x)
    need_shape(mean, "mean", x.shape[1:2], "one number for each channel")
    need_shape(var, "var", x.shape[1:2], "one number for each channel")
    return mean, var
