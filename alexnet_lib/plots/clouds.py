"""A cloud of points, such as the colours of pixels, and the directions in which it is long."""

import numpy as np
from matplotlib.patches import FancyArrowPatch

from alexnet_lib.plots.base import (
    BLUE,
    GAP,
    INK,
    LINE,
    ORANGE,
    PAPER,
    SOFT,
    Picture,
    finite_array,
    mix,
    sheet,
    short_text,
    text_width,
    write,
)
from alexnet_lib.plots.charts import ticks

__all__ = ["cloud"]

SIDE = 380  # pixels of the field
MOST = 2000  # points; more would hide one another


def cloud(points, axes, xlabel, ylabel, colours=None, title=None):
    """Draw points in a plane, with one scale both ways, and an arrow for each axis of the cloud.

    points   (N, 2), up to 2,000
    axes     (K, 2): each is drawn from the middle of the points, once forward and once backward
    colours  (N, 3), from 0 to 1, one for each point; None draws all of them blue
    """
    points = finite_array(points, "points", 2)
    axes = finite_array(axes, "axes", 2)
    if points.shape[1:] != (2,) or axes.shape[1:] != (2,) or not 1 <= len(points) <= MOST:
        raise ValueError(
            "points and axes must have two numbers in each row, and there must be 1 to"
            f" {MOST:,} points; but they have the shapes {points.shape} and {axes.shape}."
        )
    middle = points.mean(0)  # (2,)
    tips = np.concatenate([middle + axes, middle - axes])  # (2 · K, 2)
    everything = np.concatenate([points, tips])
    low, high = everything.min(), everything.max()
    places, marks = ticks(low, high)
    low, high = min(low, places[0]), max(high, places[-1])
    left = GAP + LINE + max(map(text_width, marks)) + 10
    figure, page, top = sheet(left + SIDE + 2 * GAP, SIDE + 2 * LINE + 12 + LINE, title)
    write(page, left, top + LINE / 2, ylabel, ha="left")
    top += LINE + 4
    bottom = top + SIDE

    def place(point):
        x, y = (np.asarray(point, dtype=float) - low) / (high - low) * SIDE
        return left + x, bottom - y

    for value, mark in zip(places, marks, strict=True):
        x, y = place((value, value))
        faint = {"color": mix(SOFT, PAPER, 0.5), "linewidth": 0.6, "zorder": 1}
        page.plot([x, x], [top, bottom], **faint)
        page.plot([left, left + SIDE], [y, y], **faint)
        write(page, x, bottom + 4 + LINE / 2, mark)
        write(page, left - 8, y, mark, ha="right")
    write(page, left + SIDE / 2, bottom + 6 + LINE * 1.5, xlabel)
    x, y = np.array([place(point) for point in points]).T
    size = 9 if len(points) > 50 else 60
    face = BLUE if colours is None else finite_array(colours, "colours", 2)
    dots = page.scatter(x, y, s=size, c=face, edgecolors=INK, linewidths=0.3, zorder=2)
    dots.set_gid("points")
    words = []
    for i, axis in enumerate(axes, 1):
        for sign in (1, -1):
            ends = place(middle), place(middle + sign * axis)
            style = {"arrowstyle": "-|>", "mutation_scale": 14, "shrinkA": 0, "shrinkB": 0}
            for colour, width in ((PAPER, 5), (ORANGE, 2.5)):
                arrow = FancyArrowPatch(*ends, color=colour, linewidth=width, zorder=3, **style)
                arrow.set_gid(f"axis {i}")
                page.add_patch(arrow)
        x, y = place(middle + 1.12 * axis)
        write(page, x, y, str(i), weight="bold", halo=PAPER)
        tip = ", ".join(short_text(float(f"{part:.3g}")) for part in axis)
        words.append(f"axis {i} reaches ({tip}) from the middle, and as far the other way")
    count = f"{len(points):,} points" if len(points) > 1 else "1 point"
    centre = ", ".join(short_text(float(f"{part:.3g}")) for part in middle)
    alt = f"{count}, {ylabel} against {xlabel}, around ({centre}): {'; '.join(words)}."
    return Picture(figure, f"{title}. {alt}" if title else alt)
