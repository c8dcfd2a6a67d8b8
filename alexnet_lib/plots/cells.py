"""Grids of numbers: one step of a convolution, a table, a confusion matrix."""

from math import ceil

import numpy as np
from matplotlib.patches import Rectangle

from alexnet_lib.arguments import as_pair
from alexnet_lib.plots.base import (
    DIM,
    GAP,
    LINE,
    ORANGE,
    PAPER,
    SHADE,
    SOFT,
    WARM,
    WIDEST,
    Picture,
    finite_array,
    mix,
    number_text,
    range_text,
    sheet,
    size_text,
    text_width,
    wrap_text,
    write,
    write_lines,
    write_upward,
)
from alexnet_lib.scratch import conv2d

__all__ = ["confusion", "numbers", "sliding_window"]


def sliding_window(image, kernel, at=(0, 0), stride=1, padding=0):
    """Draw one step of a convolution: image × kernel = output, with the window at `at` outlined.

    image (H, W), kernel (kh, kw), at = (row, column) of the output (H', W')
    """
    image, kernel = finite_array(image, "image", 2), finite_array(kernel, "kernel", 2)
    output = conv2d(image[None, None], kernel[None, None], None, stride, padding)[0, 0]  # (H', W')
    row, column = as_pair(at, "at", 0)
    if row >= output.shape[0] or column >= output.shape[1]:
        raise ValueError(
            f"at=({row}, {column}) lies outside the output of {size_text(output.shape)} numbers:"
            " its rows and columns count from 0."
        )
    (sh, sw), (ph, pw) = as_pair(stride, "stride", 1), as_pair(padding, "padding", 0)
    padded = np.pad(image, ((ph, ph), (pw, pw)))  # (H + 2 ph, W + 2 pw)
    is_padding = np.pad(np.zeros(image.shape, bool), ((ph, ph), (pw, pw)), constant_values=True)
    top, left = row * sh, column * sw
    (kh, kw), result = kernel.shape, number_text(output[row, column])
    window = padded[top : top + kh, left : left + kw]  # (kh, kw)
    terms = [
        f"{number_text(a)}·{factor_text(b)}" for a, b in zip(window.flat, kernel.flat, strict=True)
    ]
    exact = all(abs(v - round(v, 2)) < 1e-6 for v in (*window.flat, *kernel.flat))
    ending = f" {'=' if exact else '≈'} {result}"
    written = " + ".join(terms) + ending

    sign = 32  # pixels for × and for =
    grids = [padded, kernel, output]
    names = ["padded image" if ph or pw else "image", "kernel", "output"]
    cells, tall, points = cell_sizes(grids, WIDEST - 2 * GAP - 2 * sign)
    grid_widths = [cell * grid.shape[1] for cell, grid in zip(cells, grids, strict=True)]
    name_widths = [text_width(name, weight="bold") for name in names]
    spans = [max(both) for both in zip(grid_widths, name_widths, strict=True)]
    width = 2 * GAP + 2 * sign + sum(spans)
    lines = [written] if len(terms) <= 9 else []
    if lines and text_width(written) > width - 2 * GAP:  # one line for each row of the kernel
        rows = [" + ".join(terms[i : i + kw]) for i in range(0, len(terms), kw)]
        rows = ("\n+ ".join(rows) + ending).replace("+ ", "+\u00a0").split("\n")
        lines = [line for row in rows for line in wrap_text(row, width - 2 * GAP)]
    tallest = tall * max(grid.shape[0] for grid in grids)
    head, foot = 2 * LINE + 4, LINE * len(lines) + GAP if lines else 0
    figure, page, top_of_page = sheet(width, head + tallest + foot)
    middle = top_of_page + head + tallest / 2

    outlines = [(top, left, kh, kw), (0, 0, kh, kw), (row, column, 1, 1)]
    x = GAP
    for i, (grid, span) in enumerate(zip(grids, spans, strict=True)):
        y = middle - tall * grid.shape[0] / 2
        write_lines(page, x + span / 2, y - 4 - 2 * LINE, [names[i]], weight="bold")
        write_lines(page, x + span / 2, y - 4 - LINE, [size_text(grid.shape)])
        cell, left_edge = (cells[i], tall), x + (span - grid_widths[i]) / 2
        draw_cells(page, grid, left_edge, y, cell, points, is_padding if i == 0 else None)
        draw_outline(page, left_edge, y, cell, outlines[i])
        write(page, x + span + sign / 2, middle, ["×", "=", ""][i], 16)
        x += span + sign
    write_lines(page, width / 2, middle + tallest / 2 + GAP, lines)

    zeros = f", padded with zeros to {size_text(padded.shape)}," if ph or pw else ""
    alt = (
        f"A {size_text(image.shape)} image{zeros} times a {size_text(kernel.shape)} kernel"
        f" gives a {size_text(output.shape)} output. The window for row {row}, column {column} of"
        f" the output begins at row {top}, column {left} of the {names[0]}. "
        + (f"Its sum: {written}." if lines else f"Its {len(terms)} products sum to {result}.")
    )
    return Picture(figure, alt)


def numbers(array, title=None, marks=None, caption=None):
    """Draw a grid of numbers, shaded by size: `cell_color` says how.

    array (H, W); marks (H, W) bools, True for the cells to hatch, or None
    """
    array = finite_array(array, "array", 2)
    if marks is not None:
        marks = np.asarray(marks)
        if marks.dtype != bool or marks.shape != array.shape:
            raise ValueError(
                f"marks must hold True or False for each of the {size_text(array.shape)} numbers,"
                f" but has shape {marks.shape} and type {marks.dtype}."
            )
    (wide,), tall, points = cell_sizes([array], WIDEST - 2 * GAP)
    grid_width, grid_height = wide * array.shape[1], tall * array.shape[0]
    width = 2 * GAP + max(grid_width, 320 if title or caption else 0)  # texts need 320
    lines = wrap_text(caption, width - 2 * GAP) if caption else []
    foot = LINE * len(lines) + 6 if lines else 0
    figure, page, top = sheet(width, grid_height + foot, title)
    draw_cells(page, array, (width - grid_width) / 2, top, (wide, tall), points, marks)
    write_lines(page, width / 2, top + grid_height + 6, lines)

    words = [f"{title}." if title else "", f"A grid of {size_text(array.shape)} numbers"]
    if array.size <= 100:
        words[1] += (
            ", row by row: " + "; ".join(" ".join(map(number_text, row)) for row in array) + "."
        )
    else:
        words[1] += f", {range_text(array)}."
    if marks is not None:
        words.append(f"{marks.sum()} of its {marks.size} cells are hatched.")
    return Picture(figure, " ".join([text for text in (*words, caption) if text]))


def confusion(matrix, classes, title=None):
    """Draw how many images of each class (row) got each label (column).

    matrix   (K, K) counts, matrix[i, j] of class i labelled j
    classes  K names

    The shade is the share of the row, blue on the diagonal, orange elsewhere. The three most
    frequent mistakes have a frame.
    """
    matrix = finite_array(matrix, "matrix", 2)  # (K, K)
    if matrix.shape[0] != matrix.shape[1] or (matrix < 0).any() or (matrix % 1).any():
        raise ValueError(
            f"matrix must hold a count for every pair of classes, as many rows as columns, but has"
            f" shape {matrix.shape}, {range_text(matrix)}."
        )
    classes = list(classes)
    if len(classes) != len(matrix) or not all(isinstance(name, str) for name in classes):
        raise ValueError(f"classes must be {len(matrix)} names, but {classes!r} was given.")
    totals = matrix.sum(1)  # (K,)
    shares = matrix / np.maximum(totals, 1)[:, None]  # (K, K), of each row
    right = [
        f"{100 * share:.0f} %" if n else "none"
        for share, n in zip(shares.diagonal(), totals, strict=True)
    ]

    names, ends = max(map(text_width, classes)) + 8, 8 + max(map(text_width, ["right", *right]))
    (wide,), tall, points = cell_sizes([matrix], WIDEST - 2 * GAP - names - ends)
    upright = max(map(text_width, classes)) > wide - 4
    heading = max(map(text_width, classes)) + 6 if upright else LINE
    width = max(2 * GAP + names + wide * len(classes) + ends, 344)
    note = wrap_text(
        "shaded by share of the row; framed: the most frequent mistakes", width - 2 * GAP
    )
    grid = tall * len(classes)
    figure, page, y = sheet(width, LINE + heading + grid + 8 + LINE * len(note), title)
    x = (width - names - wide * len(classes) - ends) / 2 + names
    top = y + LINE + heading
    write(page, x + wide * len(classes) / 2, y + LINE / 2, "labelled", weight="bold")
    write(page, x - 8, top - LINE / 2, "is", ha="right", weight="bold")
    write(page, x + wide * len(classes) + ends / 2 + 4, top - LINE / 2, "right", weight="bold")
    for i, name in enumerate(classes):
        write(page, x - 8, top + tall * (i + 0.5), name, ha="right")
        write(page, x + wide * len(classes) + ends / 2 + 4, top + tall * (i + 0.5), right[i])
        if upright:
            write_upward(page, x + wide * (i + 0.5), top - 4, name)
        else:
            write(page, x + wide * (i + 0.5), top - LINE / 2, name)
    for (i, j), count in np.ndenumerate(matrix):
        part = shares[i, j] ** 0.5  # the root makes small shares visible
        ground = mix(PAPER, SHADE if i == j else WARM, part)
        corner = (x + j * wide, top + i * tall)
        box = {"facecolor": ground, "edgecolor": SOFT, "linewidth": 0.7}
        page.add_patch(Rectangle(corner, wide, tall, **box))
        write(page, corner[0] + wide / 2, corner[1] + tall / 2, number_text(count), points)
    mistakes = matrix * (1 - np.eye(len(matrix)))  # (K, K)
    worst = np.argsort(-mistakes, axis=None, kind="stable")[:3]
    worst = [
        (i, j)
        for i, j in zip(*np.unravel_index(worst, matrix.shape), strict=True)
        if mistakes[i, j]
    ]
    for i, j in worst:
        draw_outline(page, x, top, (wide, tall), (i, j, 1, 1))
    write_lines(page, width / 2, top + grid + 8, note)

    correct = matrix.diagonal().sum()
    words = [f"{title}." if title else "", f"A table of {len(classes)} classes and their labels:"]
    words.append(
        f"{number_text(correct)} of {number_text(matrix.sum())} images are labelled right."
    )
    words.append(
        "Right: " + ", ".join(f"{c} {r}" for c, r in zip(classes, right, strict=True)) + "."
    )
    if worst:
        text = [
            f"{classes[i]} labelled {classes[j]},"
            f" {number_text(matrix[i, j])} of {number_text(totals[i])}"
            for i, j in worst
        ]
        words.append(f"The most frequent mistakes: {'; '.join(text)}.")
    return Picture(figure, " ".join(text for text in words if text))


def draw_cells(page, grid, x, y, cell, points, marks=None):
    """Draw the numbers of grid (H, W) in cells of size cell = (width, height) from (x, y) on.

    Hatch the cells where marks (H, W) is True.
    """
    wide, tall = cell
    for (row, column), value in np.ndenumerate(grid):
        ground = cell_color(value, grid)
        corner = (x + column * wide, y + row * tall)
        box = Rectangle(corner, wide, tall, facecolor=ground, edgecolor=SOFT, linewidth=0.7)
        halo = None
        if marks is not None and marks[row, column]:
            box.set_hatch("////")
            halo = ground  # keeps the hatching off the number
        page.add_patch(box)
        write(
            page, corner[0] + wide / 2, corner[1] + tall / 2, number_text(value), points, halo=halo
        )


def cell_color(value, grid):
    """Return the colour behind a number of grid (H, W), the same language in every figure.

    Where no number is negative, dark is small, as in a picture; otherwise blue is negative and
    orange is positive, and the deeper the larger.
    """
    strongest = np.abs(grid).max() or 1
    if grid.min() >= 0:
        return mix(DIM, PAPER, value / strongest)
    return mix(PAPER, SHADE if value < 0 else WARM, abs(value) / strongest)


def draw_outline(page, x, y, cell, window):
    """Draw a thick frame around window = (row, column, rows, columns) of the cells from (x, y)."""
    (wide, tall), (row, column, rows, columns) = cell, window
    corner = (x + column * wide, y + row * tall)
    box = Rectangle(corner, columns * wide, rows * tall, fill=False)
    box.set(edgecolor=ORANGE, linewidth=2.5, zorder=3)
    page.add_patch(box)


def cell_sizes(grids, room):
    """Return the largest cells with which all grids fit side by side into `room` pixels.

    -> (a width for each grid, their height, the points of their type)
    """
    texts = [{number_text(value) for value in grid.flat} for grid in grids]
    for points in (13, 12, 11, 10, 9):
        side = round(2.4 * points)
        widths = [max(side, 8 + ceil(max(text_width(t, points) for t in group))) for group in texts]
        if sum(w * grid.shape[1] for w, grid in zip(widths, grids, strict=True)) <= room:
            return widths, side, points
    raise ValueError(
        f"{' and '.join(size_text(grid.shape) for grid in grids)} numbers are too wide to be read"
        " on a page: draw a smaller part, or rounder numbers."
    )


def factor_text(value):
    """Return a number as the second factor of a product: in brackets if it has a sign."""
    text = number_text(value)
    return f"({text})" if text.startswith("−") else text
