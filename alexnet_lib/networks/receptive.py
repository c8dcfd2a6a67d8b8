"""Which pixels a number depends on, followed through every operation of a network.

Four maps travel with each tensor, in its shape: the top, the left, minus the bottom and minus
the right edge of the window of pixels that each number was computed from. Each map is smaller
the further out its edge lies, so the window around two windows is their minimum:

    inf   the number depends on no pixel, such as a weight
    nan   we don't know which pixels it depends on; all that is computed from it is nan, too

Windows are those of the theory: image and maps go on beyond their edges. Where all numbers
depend on the same pixels, they have no position any more, and their window ends with the image.

The four maps live on the CPU, whatever the default device is.
"""

from math import inf, nan

import torch
from torch.utils._pytree import tree_leaves, tree_map

__all__ = ["follow", "receptive_field", "start_windows"]

NOTHING = torch.tensor(inf, device="cpu")
UNKNOWN = torch.tensor(nan, device="cpu")


def start_windows(image):
    """Give each number of image (N, C, H, W) its own pixel; mark other inputs as unknown."""
    if image.dim() == 4:
        rows = cpu_range(image.shape[2]).float()[:, None]  # (H, 1)
        columns = cpu_range(image.shape[3]).float()  # (W,)
        image.window = [edge.expand(image.shape) for edge in (rows, columns, -rows, -columns)]
    else:
        image.window = [UNKNOWN.expand(image.shape)] * 4


def receptive_field(window, image):
    """Return (height, width) of the widest of a tensor's windows in pixels, or None if unknown.

    image   shape of the input, (N, C, H, W)
    """
    if window is None:
        return None
    sides = []
    for axis, pixels in zip((0, 1), image[2:], strict=False):
        first = drop_repeats(window[axis])
        last = -drop_repeats(window[axis + 2])
        first, last = torch.broadcast_tensors(first, last)
        seen = first < inf
        if first.isnan().any() or not seen.any():
            return None
        first, last = first[seen], last[seen]
        if first.min() == first.max() and last.min() == last.max():
            first, last = first.clamp(min=0), last.clamp(max=pixels - 1)
        sides.append(int((last - first).max()) + 1)
    return tuple(sides) or None


def follow(operation, args, kwargs, results):
    """Compute the windows of an operation's results from those of its arguments."""
    if not any(hasattr(value, "window") for value in tree_leaves((args, kwargs))):
        return
    name = operation.overloadpacket.__name__
    results = [result for result in tree_leaves(results) if isinstance(result, torch.Tensor)]
    if name in FORGET or not results:
        for result in results:
            vars(result).pop("window", None)  # filled in place
        return
    try:
        edges = [result_edge(operation, args, kwargs, results[0].shape, edge) for edge in range(4)]
    except Exception:  # an unforeseen use of an operation must not stop the count
        edges = [[UNKNOWN] * len(results)] * 4
    for result, *window in zip(results, *edges, strict=False):
        result.window = [edge.expand(result.shape) for edge in window]


def result_edge(operation, args, kwargs, shape, edge):
    """Return one edge of the windows of an operation's results, or of the first alone: a list."""
    args, kwargs = tree_map(lambda value: edge_of(value, edge), (args, kwargs))
    name = operation.overloadpacket.__name__
    if name in RULES:
        return [RULES[name](shape, *positional_arguments(operation, args, kwargs))]
    if operation.is_view or name in MOVES:
        # An operation that only moves numbers moves their windows in the same way.
        return [merge_repeats(result) for result in tree_leaves(operation(*args, **kwargs))]
    if torch.Tag.pointwise in operation.tags:
        given = tree_leaves((args, kwargs))
        return [union(*(value for value in given if isinstance(value, torch.Tensor)))]
    return [UNKNOWN]


def positional_arguments(operation, args, kwargs):
    """Return all arguments of an operation by position, with its defaults."""
    rest = operation._schema.arguments[len(args) :]
    return [*args, *(kwargs.get(each.name, each.default_value) for each in rest)]


def edge_of(value, edge):
    """Return one edge of the windows of a tensor, and anything else unchanged."""
    if not isinstance(value, torch.Tensor):
        return value
    return value.window[edge] if hasattr(value, "window") else NOTHING.expand(value.shape)


def cpu_range(*limits):
    """Return the whole numbers between the limits, or from 0 on."""
    return torch.arange(*limits, device="cpu")


def drop_repeats(edge):
    """Return the map without repetitions: size 1 along each axis where nothing changes."""
    return edge[tuple(slice(0, 1) if step == 0 else slice(None) for step in edge.stride())]


def merge_repeats(edge):
    """Return the map with size 1 also along axes where equal numbers are written out."""
    edge = drop_repeats(edge)
    if edge.isnan().any():
        return UNKNOWN
    for axis in range(edge.dim()):
        first = edge.narrow(axis, 0, 1)
        if torch.equal(edge, first.expand_as(edge)):
            edge = first
    return edge


def union(*edges):
    """Return the window around all of them, number by number."""
    smallest = NOTHING
    for edge in edges:
        smallest = torch.minimum(smallest, drop_repeats(edge))
    return smallest


def slide(edge, axis, reads, absent=None):
    """Return the union over each window along one axis of `edge`, which has n numbers there.

    reads    (windows, taps) positions; below 0 and from n on, the map is continued
    absent   (windows, taps) True where a window has no such tap
    """
    n = edge.shape[axis]
    if n == 1:
        return edge  # the same everywhere
    edge = edge.movedim(axis, -1)  # (..., n)
    steps = edge.diff()  # (..., n - 1)
    even = (steps == steps[..., :1]).all(-1, keepdim=True)
    step = torch.where(even, steps[..., :1], 0)[..., None]  # (..., 1, 1)
    inside = reads.clamp(0, n - 1)
    taps = edge[..., inside] + step * (reads - inside)  # (..., windows, taps)
    if absent is not None:
        taps = taps.masked_fill(absent, inf)
    return taps.amin(-1).movedim(-1, axis)


def pool(shape, x, kernel, stride, padding, dilation=1):
    """Slide windows over the last axes of x, as many as `kernel` has sides."""
    edge, first = drop_repeats(x), len(shape) - len(kernel)
    for i, taps in enumerate(kernel):
        step, pad, spread = (
            v[i % len(v)] for v in map(as_list, (stride or kernel, padding, dilation))
        )
        starts = cpu_range(shape[first + i])[:, None] * step - pad  # (windows, 1)
        edge = slide(edge, first + i, starts + cpu_range(taps) * spread)
    return edge


def as_list(value):
    """Return a number as a list of one."""
    return [value] if isinstance(value, int) else value


def adaptive_pool(shape, x, sizes):
    """Divide the last axes of x among `sizes` outputs."""
    edge, first = drop_repeats(x), len(shape) - len(sizes)
    for axis, size in enumerate(sizes, first):
        n, window = x.shape[axis], cpu_range(size)[:, None]
        starts, ends = window * n // size, -(-(window + 1) * n // size)  # (size, 1)
        taps = cpu_range(int((ends - starts).max()))
        edge = slide(edge, axis, torch.minimum(starts + taps, ends - 1))
    return edge


def convolution(
    shape, x, weight, bias, stride, padding, dilation, transposed, output_padding, groups
):
    """Slide windows over the axes from 2 on, and over the channels of each group."""
    edge = drop_repeats(x)
    if edge.shape[1] > 1:
        edge = edge.unflatten(1, (groups, -1)).amin(2)  # (N, groups, ...)
        edge = edge.repeat_interleave(shape[1] // groups, 1)
    if not transposed:
        return pool(shape, edge, weight.shape[2:], stride, padding, dilation)
    for i, taps in enumerate(weight.shape[2:]):
        # Input i goes to the outputs i * stride - padding + tap * dilation.
        outputs = cpu_range(shape[2 + i])[:, None] + padding[i]  # (outputs, 1)
        sources = outputs - cpu_range(taps) * dilation[i]  # (outputs, taps)
        edge = slide(edge, 2 + i, sources // stride[i], sources % stride[i] != 0)
    return edge


def pad(shape, x, sides, value):
    """Add numbers on both sides of the last axes, or remove them."""
    edge = drop_repeats(x)
    for axis, before in zip(range(len(shape) - 1, -1, -1), sides[::2], strict=False):
        edge = slide(edge, axis, cpu_range(-before, shape[axis] - before)[:, None])
    return edge


def reshape(shape, x, *rest):
    """Give the same numbers another shape."""
    shape = list(shape)
    for axis in (0, -1):  # an unchanged axis of images or channels keeps size 1
        if x.shape[axis] == shape[axis] and x.stride(axis) == 0:
            x, shape[axis] = x.narrow(axis, 0, 1), 1
    return merge_repeats(x.reshape(shape))


def cat(shape, edges, axis):
    """Join tensors along an axis. The axes along which nothing changes keep size 1."""
    axis %= len(shape)
    slim = [
        slice(0, 1) if i != axis and all(edge.stride(i) == 0 for edge in edges) else slice(None)
        for i in range(len(shape))
    ]
    return merge_repeats(torch.cat([edge[tuple(slim)] for edge in edges], axis))


def product(shape, a, b, *rest):
    """Combine every row of a with every column of b."""
    return union(drop_repeats(a).amin(-1, keepdim=True), drop_repeats(b).amin(-2, keepdim=True))


def product_and_sum(shape, c, a, b, *rest):
    """Do the same, and add c."""
    return union(c, product(shape, a, b))


def reduce(shape, x, axes, *rest):
    """Combine all numbers along some axes, which the result keeps with size 1 or drops."""
    axes = as_list(axes) if axes is not None and axes != [] else range(x.dim())
    kept = [axis % x.dim() for axis in axes]
    edge = drop_repeats(x).amin(kept, keepdim=True)
    if len(shape) < x.dim():
        edge = edge.squeeze(kept)
    return edge


def batch_norm(shape, x, weight, bias, mean, variance, training, *rest):
    """Work number by number, except in training, where the batch's statistics combine them."""
    if not training:
        return drop_repeats(x)
    return drop_repeats(x).amin([axis for axis in range(x.dim()) if axis != 1], keepdim=True)


RULES = {
    "_adaptive_avg_pool2d": adaptive_pool,
    "adaptive_max_pool2d": adaptive_pool,
    "addmm": product_and_sum,
    "avg_pool2d": lambda shape, x, kernel, stride, padding, *rest: pool(
        shape, x, kernel, stride, padding
    ),
    "avg_pool3d": lambda shape, x, kernel, stride, padding, *rest: pool(
        shape, x, kernel, stride, padding
    ),
    "baddbmm": product_and_sum,
    "bmm": product,
    "cat": cat,
    "constant_pad_nd": pad,
    "convolution": convolution,
    "copy_": lambda shape, x, source, *rest: source,
    "cudnn_batch_norm": batch_norm,
    "max_pool2d_with_indices": lambda shape, x, kernel, stride, padding, dilation, *rest: pool(
        shape, x, kernel, stride, padding, dilation
    ),
    "mm": product,
    "native_batch_norm": batch_norm,
    "native_group_norm": lambda shape, x, *rest: reduce(shape, x, range(1, x.dim())),
    "native_layer_norm": lambda shape, x, normalized, *rest: reduce(
        shape, x, range(-len(normalized), 0)
    ),
    **dict.fromkeys(("_reshape_alias", "_unsafe_view", "view"), reshape),
    **dict.fromkeys(("amax", "amin", "mean", "sum", "var", "var_mean"), reduce),
    **dict.fromkeys(("_log_softmax", "_safe_softmax", "_softmax", "cumsum"), reduce),
    # PyTorch's pooling reorders its result in memory this way, for channels that come last.
    "as_strided_": lambda shape, x, *rest: drop_repeats(x) if x.shape == shape else UNKNOWN,
    **dict.fromkeys(
        ("_to_copy", "clone", "hardswish", "hardswish_"), lambda shape, x, *rest: drop_repeats(x)
    ),
}
MOVES = {
    "flip", "index_select", "pixel_shuffle", "pixel_unshuffle",
    "reflection_pad2d", "repeat", "replication_pad2d", "roll", "stack", "upsample_nearest2d",
}  # fmt: skip
# These take only the shape of their argument, not its numbers.
FORGET = {
    "empty_like", "fill_", "full_like", "new_empty", "new_full", "new_ones", "new_zeros",
    "ones_like", "rand_like", "randn_like", "zero_", "zeros_like",
}  # fmt: skip
