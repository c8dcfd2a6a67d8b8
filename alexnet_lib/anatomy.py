"""What a convolution costs: sizes, parameters, multiply-adds, and who reads which pixel.

Each function answers one question with whole numbers, before anything is computed.
`scratch` asks `output_size` for the shape of its result, so both always agree.
`anatomy` answers them all for the layers of a PyTorch model.
"""

from operator import index

import numpy as np

__all__ = ["anatomy", "conv_multiply_adds", "conv_parameters", "output_size", "reads"]


def whole(value, name, least):
    """`value` as an int, at least `least`; else a ValueError that calls it `name`."""
    try:
        number = index(value)
    except TypeError:
        raise ValueError(f"{name} must be a whole number, but {value!r} was given.") from None
    if number < least:
        raise ValueError(f"{name} must be at least {least}, but {number} was given.")
    return number


def pair(value, name, least):
    """`value` as (vertical, horizontal): an int counts for both, a pair is taken as it is."""
    if not isinstance(value, (tuple, list)):
        return (whole(value, name, least),) * 2
    if len(value) != 2:
        raise ValueError(f"{name} must be one whole number or a pair, but {value!r} was given.")
    return whole(value[0], name, least), whole(value[1], name, least)


def channels_per_group(channels, groups, name):
    """How many of `channels` each group has; else a ValueError that calls them `name`."""
    channels = whole(channels, f"the number of {name} channels", 1)
    groups = whole(groups, "groups", 1)
    if channels % groups:
        raise ValueError(
            f"{channels} {name} channels can't be shared out equally among {groups} groups:"
            f" choose groups so that it divides {channels}."
        )
    return channels // groups


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


def anatomy(model, input):
    """What each layer of a PyTorch model gives, learns, costs and sees, in order of execution.

    model   any torch.nn.Module; it is left as it was
    input   a tensor (N, C, H, W), or a shape such as (1, 3, 227, 227)

    Returns an `Anatomy`, which prints as a table. All numbers are for one image:

    output            the shape of what the layer gives, without N
    parameters        how many numbers the layer is the first to use and the model learns
    multiply_adds     the products that convolutions and matrix products add up
    memory            bytes of the output, as if every layer kept one of its own: a ReLU that works
                      in place, or a Flatten that only looks at it in another shape, needs none
    receptive_field   (h, w) of the widest window of pixels that a number of the output can depend
                      on, as if image and maps went on beyond their edges: it can be larger than
                      the image. Where all numbers see the same pixels, as after a fully connected
                      layer, it is cut at the image's edges. None where it isn't known

    The model runs in eval mode, so dropout does nothing. A module with layers in it has a row for
    what it does itself between them, such as adding a shortcut.
    """
    from alexnet_lib.measure import measure  # needs PyTorch, and the rest of this module doesn't

    return measure(model, input)
