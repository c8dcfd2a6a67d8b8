"""A plane of points that a network judges, and valleys that training goes down."""

import numpy as np
from matplotlib.patches import Polygon, Rectangle

from alexnet_lib.plots.base import (
    BLUE,
    GAP,
    INK,
    LINE,
    ORANGE,
    PAPER,
    SHADE,
    WIDEST,
    Picture,
    finite_array,
    mix,
    number_text,
    sheet,
    write,
    write_lines,
)
from alexnet_lib.plots.charts import ticks

__all__ = ["contours", "plane", "valley"]

SIDE = 340  # pixels of the plane
LOW, HIGH = -4, 8  # its coordinates, both ways
PANEL, TALL = 184, 180  # pixels of a valley
MAP, MAP_TALL = 440, 125  # pixels of a map
FAR = 4.5  # how far from the bottom a valley is drawn


def plane(score=None, corners=None, points=(), title=None):
    """Draw the plane from -4 to 8 both ways, and where a network says yes.

    score    takes points (N, 2) and gives scores (N,) or (N, 1); shaded where they are above 0
    corners  (K, 2) of a shape, drawn as an outline, or None
    points   (M, 2), drawn as dots with their coordinates
    """
    figure, page, top = sheet(SIDE + 2 * GAP + 34, SIDE + 34, title)
    left = GAP + 26

    def place(x, y):
        scale = SIDE / (HIGH - LOW)
        return left + scale * (np.asarray(x) - LOW), top + scale * (HIGH - np.asarray(y))

    words = [f"The plane from {number_text(LOW)} to {HIGH} in both directions"]
    if score is not None:
        side = np.linspace(LOW, HIGH, 161)  # (161,)
        grid = np.stack(np.meshgrid(side, side), -1).reshape(-1, 2)  # (161 · 161, 2)
        scores = np.asarray(score(grid), dtype=float).reshape(161, 161)
        places = place(side, side)
        page.contourf(*places, scores, levels=[0, np.inf], colors=[SHADE], zorder=1)
        page.contour(*places, scores, levels=[0], colors=[BLUE], linewidths=2, zorder=2)
        words.append(f"; {(scores > 0).mean():.0%} of it is shaded, where the score is above 0")
    for value in range(LOW, HIGH + 1):
        x, y = place(value, value)
        strong = value == 0
        line = {
            "color": INK if strong else mix(INK, PAPER, 0.85),
            "linewidth": 1 if strong else 0.6,
        }
        page.plot([x, x], [top, top + SIDE], zorder=1.5, **line)
        page.plot([left, left + SIDE], [y, y], zorder=1.5, **line)
        write(page, x, top + SIDE + LINE / 2 + 2, number_text(value))
        if value > LOW:  # the corner has its number already
            write(page, left - 6, y, number_text(value), ha="right")
    if corners is not None:
        corners = finite_array(corners, "corners", 2)
        outline = np.stack(place(corners[:, 0], corners[:, 1]), -1)
        page.add_patch(Polygon(outline, fill=False, edgecolor=ORANGE, linewidth=2, zorder=3))
        words.append(f"; an outline with the corners {', '.join(point_text(c) for c in corners)}")
    for point in points:
        x, y = place(*point)
        page.plot([x], [y], "o", color=INK, markersize=7, zorder=4)
        write(page, x + 9, y - 11, point_text(point), ha="left", halo=PAPER)
    if len(points):
        words.append(f"; the points {', '.join(map(point_text, points))}")
    alt = "".join(words) + "."
    return Picture(figure, f"{title}. {alt}" if title else alt)


def point_text(point):
    """Return a point as text: (2, −3)."""
    return f"({', '.join(map(number_text, point))})"


def valley(curve, paths, xlabel, ylabel, title=None):
    """Draw ways down the curve, one panel for each: a dot for each step.

    curve  takes numbers (N,) and gives (N,)
    paths  {name: the places (steps + 1,) of one way}, up to three
    """
    if not isinstance(paths, dict) or not 1 <= len(paths) <= 3:
        raise ValueError("paths must be a dict of one to three names with their places.")
    paths = {name: finite_array(places, repr(name), 1) for name, places in paths.items()}
    count = len(paths)
    width = GAP + count * (PANEL + 34)
    if width > WIDEST:
        raise ValueError("The panels are too wide for a page: draw fewer ways.")
    figure, page, y = sheet(width + GAP, 2 * LINE + TALL + 2 * LINE + 8, title)
    write(page, GAP, y + LINE / 2, ylabel, ha="left")
    top = y + 2 * LINE
    bottom = top + TALL
    wide = np.linspace(-50, 50, 10_001)
    middle = wide[np.argmin(curve(wide))]
    x = np.linspace(middle - FAR, middle + FAR, 181)  # (181,)
    heights = curve(x)  # (181,)
    highest = heights.max()
    marks, texts = ticks(x[0], x[-1], 5, inside=True)
    words = []
    for i, (name, places) in enumerate(paths.items()):
        left = GAP + 24 + i * (PANEL + 34)

        def across(values, left=left):
            return left + PANEL * (values - x[0]) / (x[-1] - x[0])

        def down(values):
            return bottom - TALL * values / highest

        write_lines(page, left + PANEL / 2, y + LINE, [name], weight="bold")
        page.plot(across(x), down(heights), color=BLUE, linewidth=1.6)
        page.plot([left, left + PANEL], [bottom, bottom], color=INK, linewidth=1)
        for value, text in zip(marks, texts, strict=True):
            page.plot([across(value)] * 2, [bottom, bottom + 4], color=INK, linewidth=1)
            write(page, across(value), bottom + 4 + LINE / 2, text)
        write(page, left + PANEL / 2, bottom + 6 + LINE * 1.5, xlabel)
        seen = places[np.abs(places - middle) <= FAR]
        page.plot(
            *(across(seen), down(curve(seen))),
            *("o-",),
            **{"color": ORANGE, "linewidth": 0.9, "markersize": 5, "zorder": 3, "gid": name},
        )
        gone = len(places) - len(seen)
        end = f", the last {gone} of them off the picture" if gone else ""
        words.append(
            f"{name}: from {number_text(places[0])} to {number_text(places[-1])} in"
            f" {len(places) - 1} steps{end}"
        )
    alt = f"{ylabel} over {xlabel}, a valley with its bottom at {number_text(round(middle, 2))}."
    alt += f" Ways down it: {'; '.join(words)}."
    return Picture(figure, f"{title}. {alt}" if title else alt)


def contours(surface, paths, xlabel, ylabel, spans, title=None):
    """Draw ways down a surface over two weights as a map, one map under the other.

    surface  takes points (N, 2) and gives heights (N,), none below 0
    paths    {name: the places (steps + 1, 2) of one way}, up to three
    spans    the ends of the map: (left, right), (bottom, top)
    """
    if not isinstance(paths, dict) or not 1 <= len(paths) <= 3:
        raise ValueError("paths must be a dict of one to three names with their places.")
    paths = {name: finite_array(places, repr(name), 2) for name, places in paths.items()}
    (left_end, right_end), (low_end, high_end) = spans
    across = np.linspace(left_end, right_end, 161)  # (161,)
    upward = np.linspace(low_end, high_end, 81)  # (81,)
    grid = np.stack(np.meshgrid(across, upward), -1)  # (81, 161, 2)
    heights = np.asarray(surface(grid.reshape(-1, 2)), dtype=float).reshape(81, 161)
    levels = heights.max() * np.linspace(0, 1, 10)[1:-1] ** 2  # closer where it is low
    room = MAP_TALL + 3 * LINE
    figure, page, top = sheet(MAP + 2 * GAP + 44, len(paths) * room + 2 * LINE, title)
    write(page, GAP, top + LINE / 2, ylabel, ha="left")
    top += LINE
    left = GAP + 36
    x_texts = ticks(left_end, right_end, 7, inside=True)
    y_texts = ticks(low_end, high_end, 5, inside=True)
    words = []
    for i, (name, places) in enumerate(paths.items()):
        above = top + i * room + LINE

        def place(x, y, above=above):
            right = left + MAP * (np.asarray(x) - left_end) / (right_end - left_end)
            return right, above + MAP_TALL * (high_end - np.asarray(y)) / (high_end - low_end)

        write_lines(page, left + MAP / 2, above - LINE - 2, [name], weight="bold")
        frame = Rectangle((left, above), MAP, MAP_TALL, fill=False, edgecolor=INK, zorder=4)
        page.add_patch(frame)
        page.contour(*place(across, upward), heights, levels, colors=[BLUE], linewidths=0.9)
        for value, text in zip(*x_texts, strict=True):
            x = place(value, 0)[0]
            page.plot([x, x], [above + MAP_TALL, above + MAP_TALL + 4], color=INK, linewidth=1)
            write(page, x, above + MAP_TALL + 7 + LINE / 2, text)
        for value, text in zip(*y_texts, strict=True):
            y = place(0, value)[1]
            page.plot([left - 4, left], [y, y], color=INK, linewidth=1)
            write(page, left - 7, y, text, ha="right")
        x, y = place(places[:, 0], places[:, 1])
        style = {"color": ORANGE, "linewidth": 1.2, "markersize": 4, "zorder": 3, "gid": name}
        (line,) = page.plot(x, y, "o-", **style)
        line.set_clip_path(frame)
        inside = [left_end <= a <= right_end and low_end <= b <= high_end for a, b in places]
        gone = f", {inside.count(False)} of the points off the map" if not all(inside) else ""
        ends = [point_text(np.round(places[k], 2)) for k in (0, -1)]
        words.append(f"{name}: from {ends[0]} to {ends[1]} in {len(places) - 1} steps{gone}")
    write(page, left + MAP / 2, top + len(paths) * room, xlabel)
    alt = f"A map of the loss over {xlabel} and {ylabel}, with lines of equal height. "
    alt += f"Ways down it: {'; '.join(words)}."
    return Picture(figure, f"{title}. {alt}" if title else alt)
