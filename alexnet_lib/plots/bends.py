"""Functions that bend: a panel for each, with its value and its slope."""

import numpy as np

from alexnet_lib.plots.base import (
    BLUE,
    GAP,
    INK,
    LINE,
    ORANGE,
    PAPER,
    SOFT,
    WIDEST,
    Picture,
    finite_array,
    mix,
    sheet,
    write,
)
from alexnet_lib.plots.charts import digits_text, ticks

__all__ = ["bends"]

MOST = 6
TALL = 118  # pixels of a panel
BETWEEN = 48  # from one panel to the next


def bends(x, functions, title=None):
    """Draw a panel for each function: its value as a line, its slope dashed, all in one scale.

    x          (n,) numbers that grow
    functions  {name: (its value, its slope)}, each (n,); up to six
    """
    x = finite_array(x, "x", 1)  # (n,)
    if len(x) < 2 or (np.diff(x) <= 0).any():
        raise ValueError("x must be at least two numbers, each larger than the one before.")
    if not isinstance(functions, dict) or not 1 <= len(functions) <= MOST:
        raise ValueError(f"functions must be a dict of one to {MOST} names with values and slopes.")
    lines = {}
    for name, pair in functions.items():
        if len(pair) != 2:
            raise ValueError(f"{name!r} must come with two curves: its values and its slopes.")
        lines[name] = [finite_array(curve, repr(name), 1) for curve in pair]
        if any(len(curve) != len(x) for curve in lines[name]):
            raise ValueError(f"{name!r} must have a value and a slope for each number in x.")
    everything = np.concatenate([curve for pair in lines.values() for curve in pair])
    rows, marks = ticks(everything.min(), everything.max(), 5)
    columns, under = ticks(x[0], x[-1], 5, inside=True)

    across_page = min(3, len(lines))
    down_page = -(-len(lines) // 3)
    panel = (WIDEST - 2 * GAP - BETWEEN * across_page) / 3
    height = down_page * (TALL + 3 * LINE) + LINE
    figure, page, y = sheet(2 * GAP + across_page * (panel + BETWEEN), height, title)
    words = []
    for i, (name, (values, slopes)) in enumerate(lines.items()):
        left = GAP + BETWEEN + (i % 3) * (panel + BETWEEN)
        top = y + LINE + (i // 3) * (TALL + 3 * LINE)
        bottom = top + TALL

        def across(numbers, left=left):
            return left + panel * (numbers - x[0]) / (x[-1] - x[0])

        def down(numbers, bottom=bottom):
            return bottom - TALL * (numbers - rows[0]) / (rows[-1] - rows[0])

        write(page, left + panel / 2, top - LINE / 2, name, weight="bold")
        for value, mark in zip(rows, marks, strict=True):
            color = SOFT if value == 0 else mix(SOFT, PAPER, 0.5)
            page.plot([left, left + panel], [down(value)] * 2, color=color, linewidth=0.6)
            write(page, left - 6, down(value), mark, ha="right")
        for value, mark in zip(columns, under, strict=True):
            page.plot([across(value)] * 2, [bottom, bottom + 4], color=INK, linewidth=1)
            write(page, across(value), bottom + 9 + LINE / 2, mark)
        page.plot([left, left, left + panel], [top, bottom, bottom], color=INK, linewidth=1)
        style = {"color": ORANGE, "linestyle": (0, (4, 2)), "linewidth": 1.8}
        page.plot(across(x), down(slopes), gid=f"{name}, slope", zorder=3, **style)
        page.plot(across(x), down(values), gid=name, color=BLUE, linewidth=2.2, zorder=2)
        steepest = slopes.max()
        words.append(
            f"{name} goes from {digits_text(values[0])} to {digits_text(values[-1])}, its slope"
            f" from {digits_text(slopes[0])} to {digits_text(slopes[-1])}, at most"
            f" {digits_text(steepest)}"
        )
    base = y + down_page * (TALL + 3 * LINE) + LINE / 2
    for start, style, text in (
        (GAP + BETWEEN, {"color": BLUE, "linewidth": 2.2}, "value"),
        (
            GAP + BETWEEN + 100,
            {"color": ORANGE, "linestyle": (0, (4, 2)), "linewidth": 1.8},
            "slope",
        ),
    ):
        page.plot([start, start + 30], [base, base], **style)
        write(page, start + 38, base, text, ha="left")
    ends = f"{digits_text(x[0])} to {digits_text(x[-1])}"
    alt = f"Functions and their slopes, over numbers from {ends}: {'; '.join(words)}."
    return Picture(figure, f"{title}. {alt}" if title else alt)
