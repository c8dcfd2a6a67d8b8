"""What a convolution costs: sizes, parameters, multiply-adds, and who reads which pixel.

Each function answers one question with whole numbers, before anything is computed.
`scratch` asks `output_size` for the shape of its result, so both always agree.
`networks.anatomy` answers them all for the layers of a PyTorch model.
"""

import numpy as np

from alexnet_lib.arguments import channels_per_group, pair, whole

__all__ = ["conv_multiply_adds", "conv_parameters", "output_size", "reads"]


def output_size(n, kernel, stride=1, padding=0, dilation=1, ceil=False):
    """How many windows fit along one axis of `n` pixels: the size of the output there.

    A kernel of `kernel` taps, `dilation` apart, spans dilation * (kernel - 1) + 1 pixels.
    The first window starts at the edge of the padded image, each next one `stride` further.

    ceil=False  a window that would hang over the far edge is left out (PyTorch, and this book)
    ceil=True   it counts, as in AlexNet's original program, which read 0 beyond the edge
    """
    n = whole(n, "the image's size", 1)
    kernel = whole(kernel, "kernel", 1)
    stride = whole(stride, "stride", 1)
    padding = whole(padding, "padding", 0)
    dilation = whole(dilation, "dilation", 1)

    span = dilation * (kernel - 1) + 1
    room = n + 2 * padding - span  # how far the first window can still move
    if room < 0:
        spread, smaller = "", "the kernel"
        if dilation > 1:
            spread, smaller = f" with dilation {dilation}", "the kernel or the dilation"
        rings = f" ({n} and padding {padding} on both sides)" if padding else ""
        raise ValueError(
            f"A kernel of {kernel}{spread} spans {span} pixels, but the image has"
            f" {n + 2 * padding}{rings}: make {smaller} smaller, or the padding larger."
        )
    steps = -(-room // stride) if ceil else room // stride  # -(-a // b) rounds up
    return 1 + steps


def reads(n, kernel, stride=1, padding=0, dilation=1):
    """How many windows read each pixel along one axis: (n,) ints, 0 for a pixel never used."""
    windows = output_size(n, kernel, stride, padding, dilation)
    starts = np.arange(windows) * stride - padding  # (windows,)
    pixels = starts[:, None] + np.arange(kernel) * dilation  # (windows, kernel)
    inside = (pixels >= 0) & (pixels < n)  # (windows, kernel), False on the padding
    return np.bincount(pixels[inside], minlength=n)  # (n,)


def conv_parameters(c_in, c_out, kernel, groups=1, bias=True):
    """How many numbers a convolution learns: c_out kernels over c_in / groups channels, and biases.

    `kernel` is a side or a pair (height, width).
    """
    c_group = channels_per_group(c_in, groups, "input")
    channels_per_group(c_out, groups, "output")
    kh, kw = pair(kernel, "kernel", 1)
    return c_out * c_group * kh * kw + (c_out if bias else 0)


def conv_multiply_adds(c_in, c_out, kernel, out, groups=1):
    """How many products a convolution adds up for one image: its weights, once per output position.

    `kernel` and `out` (the output's size) are a side or a pair (height, width).
    """
    out_h, out_w = pair(out, "out", 1)
    return conv_parameters(c_in, c_out, kernel, groups, bias=False) * out_h * out_w
