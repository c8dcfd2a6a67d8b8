"""One step of a convolution over several channels, which all go into one sum."""

import numpy as np

from alexnet_lib.arguments import as_pair
from alexnet_lib.plots.base import (
    GAP,
    LINE,
    Picture,
    finite_array,
    number_text,
    sheet,
    size_text,
    text_width,
    write,
    write_lines,
)
from alexnet_lib.plots.cells import cell_sizes, draw_cells, draw_outline, factor_text
from alexnet_lib.scratch import conv2d

__all__ = ["channels"]

SIGN = 30  # pixels of room for ∗ and for =


def channels(x, kernel, bias=0, at=(0, 0)):
    """Draw one step of a convolution over channels: a row for each channel, then the one sum.

    x (C, H, W), kernel (C, kh, kw), at = (row, column) of the output (H', W')
    """
    x, kernel = finite_array(x, "x", 3), finite_array(kernel, "kernel", 3)
    if len(x) != len(kernel):
        raise ValueError(
            f"The kernel needs a table for each of the {len(x)} channels, but has {len(kernel)}."
        )
    output = conv2d(x[None], kernel[None])[0, 0] + bias  # (H', W')
    row, column = as_pair(at, "at", 0)
    if row >= output.shape[0] or column >= output.shape[1]:
        raise ValueError(
            f"at=({row}, {column}) lies outside the output, {size_text(output.shape)}."
        )
    kh, kw = kernel.shape[1:]
    windows = x[:, row : row + kh, column : column + kw]  # (C, kh, kw)
    sums = (windows * kernel).sum((1, 2))  # (C,)

    # one height and one type for all tables
    flat = [x.reshape(-1, x.shape[2]), kernel.reshape(-1, kw), output]
    (wide_x, wide_k, wide_y), tall, points = cell_sizes(flat, 460)
    ends = [f"= {number_text(value)}" for value in sums]
    widths = [wide_x * x.shape[2], wide_k * kw, max(text_width(end, 13) for end in ends)]
    total = " + ".join(number_text(value) for value in sums)
    total += f" + {factor_text(bias)} = {number_text(output[row, column])}"
    names = ["channel", "kernel", "output"]
    right = max(wide_y * output.shape[1], text_width(total), text_width("output", weight="bold"))
    width = 2 * GAP + sum(widths) + 3 * SIGN + right
    step = tall * x.shape[1] + LINE + GAP  # from one channel to the next
    height = max(step * len(x), tall * output.shape[0] + 4 * LINE)
    figure, page, top = sheet(width, height)
    for c in range(len(x)):
        y = top + step * c + LINE
        left = GAP
        write_lines(page, left + widths[0] / 2, y - LINE, [f"{names[0]} {c}"], weight="bold")
        draw_cells(page, x[c], left, y, (wide_x, tall), points)
        draw_outline(page, left, y, (wide_x, tall), (row, column, kh, kw))
        middle = y + tall * x.shape[1] / 2
        left += widths[0] + SIGN
        write(page, left - SIGN / 2, middle, "∗", 16)
        write_lines(page, left + widths[1] / 2, y - LINE, [f"{names[1]} {c}"], weight="bold")
        draw_cells(page, kernel[c], left, middle - tall * kh / 2, (wide_k, tall), points)
        write(page, left + widths[1] + SIGN / 2, middle, ends[c], 13, ha="left")
    middle = top + height / 2
    x_output = width - GAP - right / 2
    edge = x_output - wide_y * output.shape[1] / 2
    y = middle - tall * output.shape[0] / 2
    write_lines(page, x_output, y - LINE - 4, [names[2]], weight="bold")
    draw_cells(page, output, edge, y, (wide_y, tall), points)
    draw_outline(page, edge, y, (wide_y, tall), (row, column, 1, 1))
    write(page, x_output, middle + tall * output.shape[0] / 2 + LINE, total)

    words = [
        f"channel {c}: the window {table_text(windows[c])} times the kernel"
        f" {table_text(kernel[c])} gives {number_text(sums[c])}"
        for c in range(len(x))
    ]
    alt = (
        f"{len(x)} channels of {size_text(x.shape[1:])}, each with a kernel of"
        f" {size_text((kh, kw))} of its own, make one output of {size_text(output.shape)}. At row"
        f" {row}, column {column}: {'; '.join(words)}. With the bias: {total}."
        f" The output, row by row: {table_text(output)}."
    )
    return Picture(figure, alt)


def table_text(table):
    """Return a small table (H, W) in words: 1 2; 3 4."""
    return "; ".join(" ".join(map(number_text, row)) for row in np.asarray(table))
