"""Pooling: each window of each channel becomes one number. Nothing is learned.

    max       y[i, j] = the largest pixel of window (i, j)
    average   y[i, j] = the sum of window (i, j) / (kh kw)

Windows are those of a convolution, `stride` apart; without a stride they touch (stride = kernel),
and with a smaller one they overlap (AlexNet: kernel 3, stride 2).
So `im2col` lays them out as columns, and pooling is one `max` or `mean` along the columns.

Backwards, the largest pixel of a window receives the window's whole gradient, or each pixel
an equal share. `col2im` adds up what a pixel receives from several windows.

Shapes: x (N, C, H, W), y (N, C, H', W'). kernel, stride, padding and size are a whole number or
a pair (vertical, horizontal).
"""

import numpy as np

from alexnet_lib.arguments import pair
from alexnet_lib.scratch.arrays import floats, need_four_dimensions, need_shape
from alexnet_lib.scratch.convolution import col2im, im2col, output_sizes

__all__ = [
    "adaptive_avg_pool2d",
    "adaptive_avg_pool2d_backward",
    "avg_pool2d",
    "avg_pool2d_backward",
    "global_avg_pool2d",
    "global_avg_pool2d_backward",
    "max_pool2d",
    "max_pool2d_backward",
]


def max_pool2d(x, kernel, stride=None, padding=0):
    """The largest pixel of each window; padding is never the largest.

    x (N, C, H, W) -> y (N, C, H', W')
    """
    (x,) = floats(x=x)
    columns = windows(x, kernel, stride, padding, beyond=-np.inf)  # (N*C, kh*kw, H'*W')
    return columns.max(1).reshape(pooled_shape(x, kernel, stride, padding))  # (N, C, H', W')


def max_pool2d_backward(dy, x, kernel, stride=None, padding=0):
    """The gradient goes to the largest pixel of each window, to the first one of equals.

    First as we read: row by row, from the left. dy (N, C, H', W'), x (N, C, H, W) -> dx like x
    """
    dy, x = floats(dy=dy, x=x)
    columns = windows(x, kernel, stride, padding, beyond=-np.inf)  # (N*C, kh*kw, H'*W')
    dy = rows(dy, x, kernel, stride, padding)  # (N*C, 1, H'*W')

    largest = columns.argmax(1)[:, None]  # (N*C, 1, H'*W'), of equals argmax takes the first
    dcolumns = np.zeros_like(columns)  # (N*C, kh*kw, H'*W')
    np.put_along_axis(dcolumns, largest, dy, axis=1)
    return back(dcolumns, x, kernel, stride, padding)  # (N, C, H, W)


def avg_pool2d(x, kernel, stride=None, padding=0):
    """The mean of each window, in which padding counts as zeros.

    x (N, C, H, W) -> y (N, C, H', W')
    """
    (x,) = floats(x=x)
    columns = windows(x, kernel, stride, padding, beyond=0)  # (N*C, kh*kw, H'*W')
    return columns.mean(1).reshape(pooled_shape(x, kernel, stride, padding))  # (N, C, H', W')


def avg_pool2d_backward(dy, x, kernel, stride=None, padding=0):
    """Each pixel of a window receives an equal share of the window's gradient.

    dy (N, C, H', W'), x (N, C, H, W) -> dx like x
    """
    dy, x = floats(dy=dy, x=x)
    need_four_dimensions(x, "x", "(N, C, H, W)")
    dy = rows(dy, x, kernel, stride, padding)  # (N*C, 1, H'*W')

    kh, kw = pair(kernel, "kernel", 1)
    dcolumns = np.repeat(dy / (kh * kw), kh * kw, axis=1)  # (N*C, kh*kw, H'*W')
    return back(dcolumns, x, kernel, stride, padding)  # (N, C, H, W)


def adaptive_avg_pool2d(x, size):
    """The mean of windows chosen so that there are `size` of them, whatever the image's size.

    x (N, C, H, W), size = (H', W') -> y (N, C, H', W')
    """
    (x,) = floats(x=x)
    need_four_dimensions(x, "x", "(N, C, H, W)")
    out_h, out_w = pair(size, "size", 1)

    y = np.empty((*x.shape[:2], out_h, out_w), x.dtype)  # (N, C, H', W')
    for i, down in enumerate(shares(x.shape[2], out_h)):
        for j, across in enumerate(shares(x.shape[3], out_w)):
            y[:, :, i, j] = x[:, :, down, across].mean((2, 3))  # (N, C)
    return y  # (N, C, H', W')


def adaptive_avg_pool2d_backward(dy, x, size):
    """As for `avg_pool2d`, each window with its own number of pixels.

    dy (N, C, H', W'), x (N, C, H, W) -> dx like x
    """
    dy, x = floats(dy=dy, x=x)
    need_four_dimensions(x, "x", "(N, C, H, W)")
    out_h, out_w = pair(size, "size", 1)
    need_shape(dy, "dy", (*x.shape[:2], out_h, out_w), "the shape of the output")

    dx = np.zeros_like(x)  # (N, C, H, W)
    for i, down in enumerate(shares(x.shape[2], out_h)):
        for j, across in enumerate(shares(x.shape[3], out_w)):
            pixels = (down.stop - down.start) * (across.stop - across.start)
            dx[:, :, down, across] += dy[:, :, i, j, None, None] / pixels  # (N, C, 1, 1)
    return dx  # (N, C, H, W)


def global_avg_pool2d(x):
    """The mean of each channel: x (N, C, H, W) -> y (N, C)."""
    (x,) = floats(x=x)
    need_four_dimensions(x, "x", "(N, C, H, W)")
    shares(x.shape[2], 1), shares(x.shape[3], 1)
    return x.mean((2, 3))  # (N, C)


def global_avg_pool2d_backward(dy, x):
    """Each pixel receives an equal share: dy (N, C), x (N, C, H, W) -> dx like x."""
    dy, x = floats(dy=dy, x=x)
    need_four_dimensions(x, "x", "(N, C, H, W)")
    n, c, height, width = x.shape
    need_shape(dy, "dy", (n, c), "the shape of the output")
    return np.broadcast_to(dy[:, :, None, None] / (height * width), x.shape).copy()


def shares(n, out):
    """`out` slices that cover `n` pixels; where `out` doesn't divide `n`, neighbours overlap."""
    if n < 1:
        raise ValueError("There is no mean of an image without pixels: give each side at least 1.")
    # The exact border i * n / out, rounded down where a slice starts and up where it stops.
    return [slice(i * n // out, -(-(i + 1) * n // out)) for i in range(out)]


def windows(x, kernel, stride, padding, beyond):
    """Each window of each channel as a column, padding filled with `beyond`.

    x (N, C, H, W) -> (N*C, kh*kw, H'*W')
    """
    n, c, *_ = pooled_shape(x, kernel, stride, padding)
    ph, pw = pair(padding, "padding", 0)
    x = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=beyond)
    x = x.reshape(n * c, 1, *x.shape[2:])  # (N*C, 1, H + 2 ph, W + 2 pw)
    return im2col(x, kernel, step(kernel, stride))  # (N*C, kh*kw, H'*W')


def rows(dy, x, kernel, stride, padding):
    """The gradient laid out as the columns are: dy (N, C, H', W') -> (N*C, 1, H'*W')."""
    n, c, out_h, out_w = shape = pooled_shape(x, kernel, stride, padding)
    need_shape(dy, "dy", shape, "the shape of the output")
    return dy.reshape(n * c, 1, out_h * out_w)


def back(dcolumns, x, kernel, stride, padding):
    """Columns added back to their pixels: (N*C, kh*kw, H'*W') -> (N, C, H, W)."""
    n, c, height, width = x.shape
    planes = (n * c, 1, height, width)
    return col2im(dcolumns, planes, kernel, step(kernel, stride), padding).reshape(x.shape)


def step(kernel, stride):
    """The stride; without one the windows touch."""
    return kernel if stride is None else stride


def pooled_shape(x, kernel, stride, padding):
    """(N, C, H', W'), once it is sure that these windows fit x and each sees a pixel."""
    need_four_dimensions(x, "x", "(N, C, H, W)")
    for k, p in zip(pair(kernel, "kernel", 1), pair(padding, "padding", 0), strict=True):
        if 2 * p > k:
            raise ValueError(
                f"padding must be at most half the kernel, so that each window sees a pixel,"
                f" but padding {p} was given with a kernel of {k}."
            )
    height, width = x.shape[2:]
    sizes = output_sizes(height, width, kernel, step(kernel, stride), padding, dilation=1)
    return *x.shape[:2], *sizes
