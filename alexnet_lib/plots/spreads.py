"""Several runs of the same kind: every value, the mean, and an interval for the mean."""

import numpy as np
from matplotlib.patches import Rectangle

from alexnet_lib.plots.base import (
    BLUE,
    GAP,
    INK,
    LINE,
    ORANGE,
    PAPER,
    SOFT,
    WARM,
    Picture,
    finite_array,
    mix,
    sheet,
    text_width,
    write,
)
from alexnet_lib.plots.charts import ticks

__all__ = ["spread"]

DOT = 5  # pixels: half of a dot, and a little air


def spread(groups, unit, title=None, intervals=None):
    """Draw a line for each group, with a dot for each value, a mark at the mean, and an interval.

    groups     {name: its values}, one for each run: up to eight groups of up to 40
    unit       what the values are, below the axis
    intervals  {name: (low, high)}: a bar around the mean of that group
    """
    if not isinstance(groups, dict) or not 1 <= len(groups) <= 8:
        raise ValueError("groups must be a dict of one to eight names with their values.")
    values = {name: finite_array(group, repr(name), 1) for name, group in groups.items()}
    if max(map(len, values.values())) > 40:
        raise ValueError("A group may have up to 40 values: more dots hide one another.")
    bars = {}
    for name, ends in (intervals or {}).items():
        if name not in values:
            raise ValueError(f"intervals has {name!r}, which is none of the groups.")
        ends = finite_array(ends, f"the interval of {name!r}", 1)
        if len(ends) != 2 or ends[0] > ends[1]:
            raise ValueError(f"The interval of {name!r} must be two numbers, the lower one first.")
        bars[name] = ends
    everything = np.concatenate([*values.values(), *bars.values()])
    columns, under = ticks(everything.min(), everything.max())

    width, row = 540, 56
    left = GAP + max(map(text_width, values)) + 16
    right = width - GAP - text_width(under[-1]) / 2
    if right - left < 200:
        raise ValueError("The names leave no room for the values: shorten the longest name.")
    figure, page, top = sheet(width, row * len(values) + 2 * LINE + 12, title)
    bottom = top + row * len(values)

    def across(value):
        return left + (right - left) * (value - columns[0]) / (columns[-1] - columns[0])

    for value, mark in zip(columns, under, strict=True):
        x = across(value)
        page.plot([x, x], [top, bottom], color=mix(SOFT, PAPER, 0.5), linewidth=0.6, zorder=1)
        write(page, x, bottom + 4 + LINE / 2, mark)
    page.plot([left, right], [bottom, bottom], color=INK, linewidth=1)
    write(page, (left + right) / 2, bottom + 6 + LINE * 1.5, unit)

    words = []
    for i, (name, group) in enumerate(values.items()):
        middle = top + row * (i + 0.5)
        write(page, left - 12, middle, name, ha="right")
        mean = group.mean()
        if name in bars:
            low, high = across(bars[name])
            box = Rectangle((low, middle - 9), high - low, 18, facecolor=WARM, edgecolor=ORANGE)
            page.add_patch(box)
        x = across(mean)
        page.plot([x, x], [middle - 15, middle + 15], color=ORANGE, linewidth=2.5, zorder=3)
        places = across(group)
        heights = middle + DOT * 1.6 * dot_offsets(places, 2 * DOT)
        page.plot(places, heights, "o", color=BLUE, markersize=5.5, zorder=4, gid=name)
        if i:
            page.plot(
                [left, right], [top + row * i] * 2, color=mix(SOFT, PAPER, 0.5), linewidth=0.6
            )
        numbers = ", ".join(value_text(value) for value in group)
        words.append(f"{name} {numbers}; mean {value_text(mean)}")
        if name in bars:
            words[-1] += (
                f", interval from {value_text(bars[name][0])} to {value_text(bars[name][1])}"
            )
    text = f"Values of single runs, {unit}: {'. '.join(words)}."
    return Picture(figure, f"{title}. {text}" if title else text)


def value_text(value):
    """Return a value as text with four digits: runs may differ in the last."""
    return f"{value:.4g}".replace("-", "−")


def dot_offsets(places, least):
    """Return how many steps each place moves aside, so that no dot hides another: 0, 1, −1, 2 …"""
    steps = np.zeros(len(places))
    for i in range(len(places)):
        near = {steps[j] for j in range(i) if abs(places[j] - places[i]) < least}
        step = 0
        while step in near:
            step = -step if step > 0 else 1 - step
        steps[i] = step
    return steps
