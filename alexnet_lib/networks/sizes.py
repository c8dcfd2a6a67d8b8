"""What a convolution costs: sizes, parameters, multiply-adds, and how often each pixel is read.

Each function answers one question in whole numbers, before any network exists.
`scratch` gets the shapes of its results from `output_size`, so the two always agree.
`networks.anatomy` gives the answers for every layer of a PyTorch model.
"""

import numpy as np

from alexnet_lib.arguments import as_int, as_pair, channels_per_group

__all__ = ["conv_multiply_adds", "conv_parameters", "output_size", "reads"]


def output_size(n, kernel, stride=1, padding=0, dilation=1, ceil=False):
    """Return how many windows fit along an axis of `n` pixels, which is the output's size there.

    A kernel of `kernel` taps, `dilation` apart, spans dilation * (kernel - 1) + 1 pixels.
    The first window starts at the edge of the padded image, each next one `stride` further.

    ceil=False  leaves out a last window that hangs over the far edge (PyTorch, and this book)
    ceil=True   counts it, as AlexNet's original program did, which read 0 beyond the edge
    """
    n = as_int(n, "the image's size", 1)
    kernel = as_int(kernel, "kernel", 1)
    stride = as_int(stride, "stride", 1)
    padding = as_int(padding, "padding", 0)
    dilation = as_int(dilation, "dilation", 1)

    span = dilation * (kernel - 1) + 1
    room = n + 2 * padding - span  # how far the first window can still move
    if room < 0:
        spread = ""
        smaller = "the kernel"
        if dilation > 1:
            spread = f" with dilation {dilation}"
            smaller = "the kernel or the dilation"
        rings = f" ({n} and padding {padding} on both sides)" if padding else ""
        raise ValueError(
            f"A kernel of {kernel}{spread} spans {span} pixels, but the image has"
            f" {n + 2 * padding}{rings}: make {smaller} smaller, or the padding larger."
        )
    steps = -(-room // stride) if ceil else room // stride  # -(-a // b) rounds up
    return 1 + steps


def reads(n, kernel, stride=1, padding=0, dilation=1):
    """Return how many windows read each pixel along one axis: (n,) ints, 0 for an unused pixel."""
    windows = output_size(n, kernel, stride, padding, dilation)
    starts = np.arange(windows) * stride - padding  # (windows,)
    pixels = starts[:, None] + np.arange(kernel) * dilation  # (windows, kernel)
    inside = (pixels >= 0) & (pixels < n)  # (windows, kernel), False on the padding
    return np.bincount(pixels[inside], minlength=n)  # (n,)


def conv_parameters(c_in, c_out, kernel, groups=1, bias=True):
    """Return how many numbers a convolution learns: kernels over c_in / groups channels, biases.

    `kernel` is a side or a pair (height, width).
    """
    c_group = channels_per_group(c_in, groups, "input")
    channels_per_group(c_out, groups, "output")
    kh, kw = as_pair(kernel, "kernel", 1)
    return c_out * c_group * kh * kw + (c_out if bias else 0)


def conv_multiply_adds(c_in, c_out, kernel, out, groups=1):
    """Return how many products a convolution adds up: each weight once per output position.

    For one image. `kernel` and `out` (the output's size) are a side or a pair (height, width).
    """
    out_h, out_w = as_pair(out, "out", 1)
    return conv_parameters(c_in, c_out, kernel, groups, bias=False) * out_h * out_w
