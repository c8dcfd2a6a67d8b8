"""Networks from which units have been taken out by chance."""

from itertools import pairwise

import numpy as np
from matplotlib.patches import Circle

from alexnet_lib.plots.base import (
    BLUE,
    GAP,
    INK,
    LINE,
    ORANGE,
    PAPER,
    Picture,
    mix,
    sheet,
    write,
)

__all__ = ["crossed_out"]

RADIUS = 11  # pixels of a circle
DOWN, ACROSS = 34, 62  # from a circle to the one below it, and to the next column
BETWEEN = 46  # from one network to the next


def crossed_out(sizes, keep, title=None):
    """Draw a network with all its units, and beside it the same with some units crossed out.

    sizes  units in each column: input, hidden layers, output
    keep   for each hidden layer a bool for each unit: False where it is off
    """
    masks = [np.ones(sizes[0], bool), *(np.asarray(k, bool) for k in keep)]
    masks.append(np.ones(sizes[-1], bool))
    if [len(mask) for mask in masks] != list(sizes):
        raise ValueError("keep must have a list for each hidden layer, with a bool for each unit.")
    wide = ACROSS * (len(sizes) - 1) + 2 * RADIUS
    tall = DOWN * (max(sizes) - 1) + 2 * RADIUS
    figure, page, top = sheet(2 * wide + BETWEEN + 2 * GAP, tall + LINE + 8, title)
    all_on = [np.ones(size, bool) for size in sizes]
    for number, (name, on) in enumerate([("all units", all_on), ("with dropout", masks)]):
        left = GAP + RADIUS + number * (wide + BETWEEN)
        write(page, left + wide / 2 - RADIUS, top + LINE / 2, name, weight="bold")
        spots = [
            [
                (left + ACROSS * i, top + LINE + 8 + tall / 2 + DOWN * (j - (size - 1) / 2))
                for j in range(size)
            ]
            for i, size in enumerate(sizes)
        ]
        for i, (before, after) in enumerate(pairwise(spots)):
            for j, start in enumerate(before):
                for k, end in enumerate(after):
                    if on[i][j] and on[i + 1][k]:
                        line = {"color": mix(BLUE, PAPER, 0.4), "linewidth": 0.8, "zorder": 1}
                        page.plot([start[0], end[0]], [start[1], end[1]], **line)
        for column, states in zip(spots, on, strict=True):
            for (x, y), kept in zip(column, states, strict=True):
                edge = INK if kept else mix(INK, PAPER, 0.55)
                dashes = "-" if kept else (0, (2, 2))
                look = {"facecolor": "white" if kept else PAPER, "edgecolor": edge, "zorder": 2}
                page.add_patch(Circle((x, y), RADIUS, linestyle=dashes, linewidth=1.2, **look))
                if not kept:
                    r = RADIUS * 0.7
                    for way in (1, -1):
                        cross = [x - r, x + r], [y - way * r, y + way * r]
                        page.plot(*cross, color=ORANGE, linewidth=2, zorder=3)
    off = [int((~mask).sum()) for mask in masks[1:-1]]
    layers = ", ".join(
        f"{o} of {size} in hidden layer {i}"
        for i, (o, size) in enumerate(zip(off, sizes[1:-1], strict=True), 1)
    )
    alt = (
        f"A network of {' - '.join(map(str, sizes))} units, once with every line between its"
        f" columns, and once with units crossed out and their lines gone: {layers}."
    )
    return Picture(figure, f"{title}. {alt}" if title else alt)
