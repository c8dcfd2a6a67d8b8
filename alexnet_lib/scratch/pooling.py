"""Pooling: each window of each channel becomes one number. Nothing is learned.

    max       y[i, j] = the largest pixel of window (i, j)
    average   y[i, j] = the sum of window (i, j) / (kh kw)

Windows are those of a convolution, `stride` apart. Without a stride they touch (stride = kernel);
with a smaller one they overlap (AlexNet: kernel 3, stride 2).
So `im2col` lays them out as columns, and pooling is one `max` or `mean` along the columns.

Backwards, the largest pixel of a window receives the window's whole gradient, or each pixel
an equal share. `col2im` adds up the gradients that a pixel receives from several windows.

Shapes: x (N, C, H, W), y (N, C, H', W'). kernel, stride, padding and size are a whole number or
a pair (vertical, horizontal).
"""

import numpy as np

from alexnet_lib.arguments import as_pair
from alexnet_lib.scratch.arrays import check_four_dimensions, check_shape, floats
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
    """Return the largest pixel of each window; padding is never the largest.

    x (N, C, H, W) -> y (N, C, H', W')
    """
    (x,) = floats(x=x)
    columns = windows(x, kernel, stride, padding, beyond=-np.inf)  # (N*C, kh*kw, H'*W')
    return columns.max(1).reshape(pooled_shape(x, kernel, stride, padding))  # (N, C, H', W')


def max_pool2d_backward(dy, x, kernel, stride=None, padding=0):
    """Give the gradient to the largest pixel of each window, of equal ones to the first.

    The first in reading order, row by row. dy (N, C, H', W'), x (N, C, H, W) -> dx like x
    """
    dy, x = floats(dy=dy, x=x)
    columns = windows(x, kernel, stride, padding, beyond=-np.inf)  # (N*C, kh*kw, H'*W')
    dy = gradient_rows(dy, x, kernel, stride, padding)  # (N*C, 1, H'*W')

    largest = columns.argmax(1)[:, None]  # (N*C, 1, H'*W'), the first of equal ones
    dcolumns = np.zeros_like(columns)  # (N*C, kh*kw, H'*W')
    np.put_along_axis(dcolumns, largest, dy, axis=1)
    return scatter_columns(dcolumns, x, kernel, stride, padding)  # (N, C, H, W)


def avg_pool2d(x, kernel, stride=None, padding=0):
    """Return the mean of each window, in which padding counts as zeros.

    x (N, C, H, W) -> y (N, C, H', W')
    """
    (x,) = floats(x=x)
    columns = windows(x, kernel, stride, padding, beyond=0)  # (N*C, kh*kw, H'*W')
    return columns.mean(1).reshape(pooled_shape(x, kernel, stride, padding))  # (N, C, H', W')


def avg_pool2d_backward(dy, x, kernel, stride=None, padding=0):
    """Give each pixel of a window an equal share of the window's gradient.

    dy (N, C, H', W'), x (N, C, H, W) -> dx like x
    """
    dy, x = floats(dy=dy, x=x)
    check_four_dimensions(x, "x", "(N, C, H, W)")
    dy = gradient_rows(dy, x, kernel, stride, padding)  # (N*C, 1, H'*W')

    kh, kw = as_pair(kernel, "kernel", 1)
    dcolumns = np.repeat(dy / (kh * kw), kh * kw, axis=1)  # (N*C, kh*kw, H'*W')
    return scatter_columns(dcolumns, x, kernel, stride, padding)  # (N, C, H, W)


def adaptive_avg_pool2d(x, size):
    """Return the means of `size` windows, whatever the image's size.

    x (N, C, H, W), size = (H', W') -> y (N, C, H', W')
    """
    (x,) = floats(x=x)
    check_four_dimensions(x, "x", "(N, C, H, W)")
    out_h, out_w = as_pair(size, "size", 1)

    y = np.empty((*x.shape[:2], out_h, out_w), x.dtype)  # (N, C, H', W')
    for i, down in enumerate(adaptive_windows(x.shape[2], out_h)):
        for j, across in enumerate(adaptive_windows(x.shape[3], out_w)):
            y[:, :, i, j] = x[:, :, down, across].mean((2, 3))  # (N, C)
    return y  # (N, C, H', W')


def adaptive_avg_pool2d_backward(dy, x, size):
    """Do as `avg_pool2d_backward`, but each window has its own number of pixels.

    dy (N, C, H', W'), x (N, C, H, W) -> dx like x
    """
    dy, x = floats(dy=dy, x=x)
    check_four_dimensions(x, "x", "(N, C, H, W)")
    out_h, out_w = as_pair(size, "size", 1)
    check_shape(dy, "dy", (*x.shape[:2], out_h, out_w), "the shape of the output")

    dx = np.zeros_like(x)  # (N, C, H, W)
    for i, down in enumerate(adaptive_windows(x.shape[2], out_h)):
        for j, across in enumerate(adaptive_windows(x.shape[3], out_w)):
            pixels = (down.stop - down.start) * (across.stop - across.start)
            dx[:, :, down, across] += dy[:, :, i, j, None, None] / pixels  # (N, C, 1, 1)
    return dx  # (N, C, H, W)


def global_avg_pool2d(x):
    """Return the mean of each channel: x (N, C, H, W) -> y (N, C)."""
    (x,) = floats(x=x)
    check_four_dimensions(x, "x", "(N, C, H, W)")
    adaptive_windows(x.shape[2], 1), adaptive_windows(x.shape[3], 1)
    return x.mean((2, 3))  # (N, C)


def global_avg_pool2d_backward(dy, x):
    """Give each pixel an equal share: dy (N, C), x (N, C, H, W) -> dx like x."""
    dy, x = floats(dy=dy, x=x)
    check_four_dimensions(x, "x", "(N, C, H, W)")
    n, c, height, width = x.shape
    check_shape(dy, "dy", (n, c), "the shape of the output")
    return np.broadcast_to(dy[:, :, None, None] / (height * width), x.shape).copy()


def adaptive_windows(n, out):
    """Return `out` slices that cover `n` pixels; they overlap if `out` doesn't divide `n`."""
    if n < 1:
        raise ValueError("There is no mean of an image without pixels: give each side at least 1.")
    # The exact border i * n / out, rounded down where a slice starts and up where it stops.
    return [slice(i * n // out, -(-(i + 1) * n // out)) for i in range(out)]


def windows(x, kernel, stride, padding, beyond):
    """Lay out each window of each channel as a column, with `beyond` as padding.

    x (N, C, H, W) -> (N*C, kh*kw, H'*W')
    """
    n, c, *_ = pooled_shape(x, kernel, stride, padding)
    ph, pw = as_pair(padding, "padding", 0)
    x = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=beyond)
    x = x.reshape(n * c, 1, *x.shape[2:])  # (N*C, 1, H + 2 ph, W + 2 pw)
    return im2col(x, kernel, stride_of(kernel, stride))  # (N*C, kh*kw, H'*W')


def gradient_rows(dy, x, kernel, stride, padding):
    """Lay out the gradient like the columns: dy (N, C, H', W') -> (N*C, 1, H'*W')."""
    n, c, out_h, out_w = shape = pooled_shape(x, kernel, stride, padding)
    check_shape(dy, "dy", shape, "the shape of the output")
    return dy.reshape(n * c, 1, out_h * out_w)


def scatter_columns(dcolumns, x, kernel, stride, padding):
    """Add columns back to their pixels: (N*C, kh*kw, H'*W') -> (N, C, H, W)."""
    n, c, height, width = x.shape
    planes = (n * c, 1, height, width)
    return col2im(dcolumns, planes, kernel, stride_of(kernel, stride), padding).reshape(x.shape)


def stride_of(kernel, stride):
    """Return the stride; without one, that with which the windows touch."""
    return kernel if stride is None else stride


def pooled_shape(x, kernel, stride, padding):
    """Return (N, C, H', W'), after checking that the windows fit x and each sees a pixel."""
    check_four_dimensions(x, "x", "(N, C, H, W)")
    for k, p in zip(as_pair(kernel, "kernel", 1), as_pair(padding, "padding", 0), strict=True):
        if 2 * p > k:
            raise ValueError(
                f"padding must be at most half the kernel, so that each window sees a pixel,"
                f" but padding {p} was given with a kernel of {k}."
            )
    height, width = x.shape[2:]
    sizes = output_sizes(height, width, kernel, stride_of(kernel, stride), padding, dilation=1)
    return *x.shape[:2], *sizes
