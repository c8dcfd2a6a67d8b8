"""Pooling in numbers: a picture, and the result of each of its windows."""

import numpy as np

from alexnet_lib.arguments import as_pair
from alexnet_lib.plots.base import (
    GAP,
    LINE,
    WIDEST,
    Picture,
    finite_array,
    number_text,
    sheet,
    size_text,
    text_width,
    write,
    write_lines,
)
from alexnet_lib.plots.cells import cell_sizes, draw_cells, draw_outline
from alexnet_lib.scratch import avg_pool2d, max_pool2d, max_pool2d_backward

__all__ = ["pooling"]

ARROW = 32  # pixels for →


def pooling(image, window, at=(0, 0), stride=None):
    """Draw a picture, the largest number of each window, and its mean; frame the window at `at`.

    image (H, W), window and stride as in `scratch.max_pool2d`, at = (row, column) of the outputs

    The cells that are the largest of a window are hatched.
    """
    x = finite_array(image, "image", 2)[None, None]  # (1, 1, H, W)
    largest, means = (pool(x, window, stride)[0, 0] for pool in (max_pool2d, avg_pool2d))
    row, column = as_pair(at, "at", 0)
    if row >= largest.shape[0] or column >= largest.shape[1]:
        raise ValueError(
            f"at=({row}, {column}) lies outside the output of {size_text(largest.shape)} numbers:"
            " its rows and columns count from 0."
        )
    (kh, kw), (sh, sw) = as_pair(window, "window", 1), as_pair(stride or window, "stride", 1)
    winners = max_pool2d_backward(np.ones((1, 1, *largest.shape)), x, window, stride)[0, 0] > 0
    grids, names = [x[0, 0], largest, means], ["picture", "largest", "mean"]

    cells, tall, points = cell_sizes(grids, WIDEST - 4 * GAP - ARROW)
    widths = [cell * grid.shape[1] for cell, grid in zip(cells, grids, strict=True)]
    spans = [
        max(wide, text_width(name, weight="bold")) for wide, name in zip(widths, names, strict=True)
    ]
    head, tallest = 2 * LINE + 4, tall * x.shape[2]
    figure, page, top = sheet(sum(spans) + ARROW + 4 * GAP, head + tallest)
    middle = top + head + tallest / 2
    frames = [(row * sh, column * sw, kh, kw), (row, column, 1, 1), (row, column, 1, 1)]
    left = GAP
    for i, (grid, span) in enumerate(zip(grids, spans, strict=True)):
        y = middle - tall * grid.shape[0] / 2
        write_lines(page, left + span / 2, y - head, [names[i]], weight="bold")
        write_lines(page, left + span / 2, y - head + LINE, [size_text(grid.shape)])
        edge = left + (span - widths[i]) / 2
        draw_cells(page, grid, edge, y, (cells[i], tall), points, None if i else winners)
        draw_outline(page, edge, y, (cells[i], tall), frames[i])
        left += span + (GAP if i else ARROW)
        if not i:
            write(page, left - ARROW / 2, middle, "→", 16)
    pixels = x[0, 0, row * sh : row * sh + kh, column * sw : column * sw + kw]  # (kh, kw)
    alt = (
        f"A {size_text(x.shape[2:])} picture, pooled in windows of {kh} × {kw} with stride"
        f" {sh if sh == sw else size_text((sh, sw))}. Largest: {alt_text(largest)}."
        f" Mean: {alt_text(means)}. The framed window holds"
        f" {', '.join(map(number_text, pixels.flat))}: the largest is"
        f" {number_text(largest[row, column])}, the mean {number_text(means[row, column])}."
        f" {winners.sum()} of {winners.size} cells are the largest of a window, and hatched."
    )
    return Picture(figure, alt)


def alt_text(grid):
    """Return the numbers of a grid, row by row."""
    return "; ".join(" ".join(map(number_text, row)) for row in grid)
