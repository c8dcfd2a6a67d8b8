"""Convolution from scratch in NumPy, forward and backward.

`conv2d_loops` is the definition, written as loops: read it first.
`conv2d` computes the same numbers fast: it lays every window out as a column (`im2col`),
so that the convolution of an image is one matrix product per group.
`conv2d_backward` runs the same product backwards, and `col2im` puts the columns back.

Shapes: x (N, C_in, H, W), w (C_out, C_in/groups, kh, kw), b (C_out,), y (N, C_out, H', W').
stride, padding and dilation are a whole number or a pair (vertical, horizontal).
The result has the inputs' floating type: float32 in, float32 out (see arrays.py).

The kernel is not flipped: like every deep-learning library, this computes what
mathematicians call cross-correlation.
"""

import numpy as np

from alexnet_lib.arguments import as_int, as_pair, channels_per_group
from alexnet_lib.networks.sizes import output_size
from alexnet_lib.scratch.arrays import check_four_dimensions, check_shape, floats

__all__ = ["col2im", "conv2d", "conv2d_backward", "conv2d_loops", "im2col"]


def conv2d_loops(x, w, b=None, stride=1, padding=0, dilation=1, groups=1):
    """Compute a convolution by its definition: each output is one window times one kernel, summed.

    x (N, C_in, H, W), w (C_out, C_in/groups, kh, kw), b (C_out,) -> y (N, C_out, H', W')
    """
    x, w, b = layer_arrays(x, w, b, groups)
    n, _, height, width = x.shape
    c_out, c_group, kh, kw = w.shape
    sh, sw = as_pair(stride, "stride", 1)
    dh, dw = as_pair(dilation, "dilation", 1)
    out_h, out_w = output_sizes(height, width, (kh, kw), stride, padding, dilation)

    x = pad(x, padding)  # (N, C_in, H + 2 ph, W + 2 pw)
    y = np.zeros((n, c_out, out_h, out_w), x.dtype)  # (N, C_out, H', W')
    for image in range(n):
        for k in range(c_out):
            group = k // (c_out // groups)
            seen = x[image, group * c_group : (group + 1) * c_group]  # (C_in/groups, H + 2 ph, ...)
            for i in range(out_h):
                for j in range(out_w):
                    top = i * sh
                    left = j * sw
                    rows = slice(top, top + kh * dh, dh)  # kh of them, dh apart
                    columns = slice(left, left + kw * dw, dw)  # kw of them, dw apart
                    window = seen[:, rows, columns]  # (C_in/groups, kh, kw)
                    y[image, k, i, j] = (window * w[k]).sum() + b[k]
    return y  # (N, C_out, H', W')


def conv2d(x, w, b=None, stride=1, padding=0, dilation=1, groups=1):
    """Compute the same as `conv2d_loops`, with one matrix product per image and group.

    x (N, C_in, H, W), w (C_out, C_in/groups, kh, kw), b (C_out,) -> y (N, C_out, H', W')
    """
    x, w, b = layer_arrays(x, w, b, groups)
    n, _, height, width = x.shape
    c_out, c_group, kh, kw = w.shape
    out_h, out_w = output_sizes(height, width, (kh, kw), stride, padding, dilation)
    taps, positions = c_group * kh * kw, out_h * out_w

    kernels = w.reshape(groups, c_out // groups, taps)  # (groups, C_out/groups, taps)
    y = np.empty((n, groups, c_out // groups, positions), x.dtype)
    few = 1 + 1_000_000 // (groups * taps * positions)  # images at a time, to save memory
    for i in range(0, n, few):
        columns = im2col(x[i : i + few], (kh, kw), stride, padding, dilation)
        columns = columns.reshape(len(columns), groups, taps, positions)  # (few, groups, ...)
        y[i : i + few] = kernels @ columns  # (few, groups, C_out/groups, H'*W')
    y = y.reshape(n, c_out, out_h, out_w)  # (N, C_out, H', W')
    y += b[:, None, None]  # (C_out, 1, 1)
    return y  # (N, C_out, H', W')


def conv2d_backward(dy, x, w, stride=1, padding=0, dilation=1, groups=1):
    """Return the gradients of a loss, given its gradient `dy` for y = conv2d(x, w, b, ...).

    dy (N, C_out, H', W'), x (N, C_in, H, W), w (C_out, C_in/groups, kh, kw)
    -> dx like x, dw like w, db (C_out,)
    """
    x, w, dy = floats(x=x, w=w, dy=dy)
    check_layer(x, w, groups)
    n, c_in, height, width = x.shape
    c_out, c_group, kh, kw = w.shape
    out_h, out_w = output_sizes(height, width, (kh, kw), stride, padding, dilation)
    check_shape(dy, "dy", (n, c_out, out_h, out_w), "the shape of the output")
    taps, positions = c_group * kh * kw, out_h * out_w

    columns = im2col(x, (kh, kw), stride, padding, dilation)  # (N, C_in*kh*kw, H'*W')
    columns = columns.reshape(n, groups, taps, positions)  # (N, groups, taps, H'*W')
    kernels = w.reshape(groups, c_out // groups, taps)  # (groups, C_out/groups, taps)
    db = dy.sum((0, 2, 3))  # (C_out,)
    dy = dy.reshape(n, groups, c_out // groups, positions)  # (N, groups, C_out/groups, H'*W')

    # y = kernels @ columns, so each factor's gradient is dy times the other factor, transposed.
    dw = (dy @ columns.swapaxes(2, 3)).sum(0)  # (groups, C_out/groups, taps)
    dcolumns = kernels.swapaxes(1, 2) @ dy  # (N, groups, taps, H'*W')
    dcolumns = dcolumns.reshape(n, c_in * kh * kw, positions)  # (N, C_in*kh*kw, H'*W')
    dx = col2im(dcolumns, x.shape, (kh, kw), stride, padding, dilation)  # (N, C_in, H, W)
    return dx, dw.reshape(w.shape), db


def im2col(x, kernel, stride=1, padding=0, dilation=1):
    """Lay out every window as a column: x (N, C, H, W) -> (N, C*kh*kw, H'*W')."""
    (x,) = floats(x=x)
    check_four_dimensions(x, "x", "(N, C, H, W)")
    n, c, height, width = x.shape
    kh, kw = as_pair(kernel, "kernel", 1)
    out_h, out_w = output_sizes(height, width, kernel, stride, padding, dilation)

    x = pad(x, padding)  # (N, C, H + 2 ph, W + 2 pw)
    columns = np.empty((n, c, kh, kw, out_h, out_w), x.dtype)  # (N, C, kh, kw, H', W')
    for i in range(kh):
        for j in range(kw):  # the pixels under tap (i, j) of the kernel, in all windows at once
            rows, cols = tap_slices(i, j, out_h, out_w, stride, dilation)
            columns[:, :, i, j] = x[:, :, rows, cols]  # (N, C, H', W')
    return columns.reshape(n, c * kh * kw, out_h * out_w)  # (N, C*kh*kw, H'*W')


def col2im(columns, shape, kernel, stride=1, padding=0, dilation=1):
    """Add each column back to the pixels it was read from: the transpose of `im2col`.

    columns (N, C*kh*kw, H'*W'), shape = (N, C, H, W) -> (N, C, H, W)
    """
    (columns,) = floats(columns=columns)
    if len(shape) != 4:
        raise ValueError(f"shape must be (N, C, H, W), but {tuple(shape)} was given.")
    n, c, height, width = (as_int(size, "each size in shape", 0) for size in shape)
    kh, kw = as_pair(kernel, "kernel", 1)
    ph, pw = as_pair(padding, "padding", 0)
    out_h, out_w = output_sizes(height, width, kernel, stride, padding, dilation)
    check_shape(columns, "columns", (n, c * kh * kw, out_h * out_w), "(N, C*kh*kw, H'*W')")

    columns = columns.reshape(n, c, kh, kw, out_h, out_w)  # (N, C, kh, kw, H', W')
    x = np.zeros((n, c, height + 2 * ph, width + 2 * pw), columns.dtype)
    for i in range(kh):
        for j in range(kw):
            rows, cols = tap_slices(i, j, out_h, out_w, stride, dilation)
            x[:, :, rows, cols] += columns[:, :, i, j]  # (N, C, H', W')
    return x[:, :, ph : ph + height, pw : pw + width]  # (N, C, H, W), the padding cut off


def tap_slices(i, j, out_h, out_w, stride, dilation):
    """Return two slices: the rows and columns of the padded image under tap (i, j)."""
    sh, sw = as_pair(stride, "stride", 1)
    dh, dw = as_pair(dilation, "dilation", 1)
    top = i * dh
    left = j * dw
    rows = slice(top, top + out_h * sh, sh)  # H' of them, sh apart
    columns = slice(left, left + out_w * sw, sw)  # W' of them, sw apart
    return rows, columns


def pad(x, padding):
    """Put zeros around each image: (N, C, H, W) -> (N, C, H + 2 ph, W + 2 pw)."""
    ph, pw = as_pair(padding, "padding", 0)
    return np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))


def output_sizes(height, width, kernel, stride, padding, dilation):
    """Return (H', W'), the `output_size` along both axes."""
    kh, kw = as_pair(kernel, "kernel", 1)
    sh, sw = as_pair(stride, "stride", 1)
    ph, pw = as_pair(padding, "padding", 0)
    dh, dw = as_pair(dilation, "dilation", 1)
    return output_size(height, kh, sh, ph, dh), output_size(width, kw, sw, pw, dw)


def layer_arrays(x, w, b, groups):
    """Return x, w and b of a convolution as floats of one type; b (C_out,) is 0 by default."""
    if b is None:
        x, w = floats(x=x, w=w)
        b = np.zeros(w.shape[:1], w.dtype)  # (C_out,)
    x, w, b = floats(x=x, w=w, b=b)
    check_layer(x, w, groups)
    check_shape(b, "b", w.shape[:1], "one number for each kernel")
    return x, w, b


def check_layer(x, w, groups):
    """Raise a ValueError unless the kernels w cover the channels of x."""
    check_four_dimensions(x, "x", "(N, C_in, H, W)")
    check_four_dimensions(w, "w", "(C_out, C_in/groups, kh, kw)")
    c_group = channels_per_group(x.shape[1], groups, "input")
    channels_per_group(w.shape[0], groups, "output")
    if w.shape[1] != c_group:
        raise ValueError(
            f"Each kernel must cover C_in / groups = {x.shape[1]} / {groups} = {c_group} channels,"
            f" but w has shape {w.shape}, so its kernels cover {w.shape[1]}."
        )
