"""Charts: bars, curves, and each layer's share of a network's parameters and work."""

from itertools import chain, pairwise
from math import ceil, floor, log10

import numpy as np
from matplotlib.patches import Rectangle

from alexnet_lib.plots.base import (
    BLUE,
    GAP,
    GREEN,
    INK,
    LINE,
    ORANGE,
    PAPER,
    PURPLE,
    SOFT,
    Picture,
    finite_array,
    mix,
    sheet,
    short_text,
    text_width,
    write,
    write_lines,
)

__all__ = ["bars", "costs", "curves"]

# Dark and light alternate, and no two lines have the same dashes or marks.
LOOKS = [
    (BLUE, "-", "o"),
    (ORANGE, (0, (6, 2)), "s"),
    (INK, (0, (1.5, 1.5)), "^"),
    ("#3f87b8", (0, (7, 2, 1.5, 2)), "D"),
    ("#7a2e63", (0, (3, 2)), "v"),
    ("#6f767d", (0, (10, 3)), "P"),
]


def bars(values, unit, title=None, log=False):
    """Draw a horizontal bar for each name in `values`, with its value in `unit` at the end."""
    if not isinstance(values, dict) or not values:
        raise ValueError(f"values must be a dict of names and numbers, but {values!r} was given.")
    sizes = finite_array(list(values.values()), "values", 1)  # (bars,)
    if sizes.min() < 0 or (log and sizes.min() == 0):
        least = "above 0 on a logarithmic scale" if log else "0 or more"
        raise ValueError(
            f"The length of a bar must be {least}, but one is {short_text(sizes.min())}."
        )
    if log:
        low, high = ceil(log10(sizes.min())) - 1, ceil(log10(sizes.max()))
        parts = (np.log10(sizes) - low) / (high - low)  # (bars,) of the longest possible bar
    else:
        parts = sizes / (sizes.max() or 1)

    width, thick, step = 500, 20, 28
    names, ends = list(values), [short_text(size) for size in sizes]
    left = GAP + max(text_width(name) for name in names) + 8
    longest = width - GAP - max(text_width(end) for end in ends) - 8 - left
    if longest < 120:
        raise ValueError("The names leave no room for the bars: shorten the longest name.")
    figure, page, top = sheet(width, step * len(names) + LINE * (2 if log else 1) + 4, title)
    bottom = top + step * len(names)
    if log:
        powers = range(low, high + 1)
        marks = [f"{10.0**power:,.{max(0, -power)}f}" for power in powers]
        every = ceil((max(map(text_width, marks)) + GAP) * (high - low) / longest)
        for power, mark in list(zip(powers, marks, strict=True))[::every]:
            x = left + longest * (power - low) / (high - low)
            page.plot([x, x], [top, bottom], color=SOFT, linewidth=0.7, zorder=1)
            write(page, x, bottom + LINE / 2 + 2, mark)
    for i, (name, end, part) in enumerate(zip(names, ends, parts, strict=True)):
        y = top + step * (i + 0.5)
        write(page, left - 8, y, name, ha="right")
        bar = Rectangle((left, y - thick / 2), longest * part, thick, facecolor=BLUE, zorder=2)
        page.add_patch(bar)
        write(page, left + longest * part + 6, y, end, ha="left", halo=PAPER)
    page.plot([left, left], [top, bottom], color=INK, linewidth=1)
    scale = f"{unit}, on a logarithmic scale" if log else unit
    write(page, left + longest / 2, bottom + LINE * (1.5 if log else 0.5) + 4, scale)

    start = f"{title}. " if title else ""
    lengths = "; ".join(f"{name} {end}" for name, end in zip(names, ends, strict=True))
    return Picture(figure, f"{start}Bars, in {unit}: {lengths}.")


def curves(series, x, xlabel, ylabel, title=None, log=False, bands=None):
    """Draw lines over the same x, each with its name at the end.

    series  {name: its value at each x}, up to six
    x       (n,) numbers that grow
    bands   {name: (lowest, highest)}, each with a value at each x: drawn around the line
    log     a logarithmic axis for the values
    """
    x = finite_array(x, "x", 1)  # (n,)
    if len(x) < 2 or (np.diff(x) <= 0).any():
        raise ValueError("x must be at least two numbers, each larger than the one before.")
    if not isinstance(series, dict) or not 1 <= len(series) <= len(LOOKS):
        raise ValueError(
            f"series must be a dict of one to {len(LOOKS)} names with their values: more lines"
            " can't be told apart."
        )
    lines = {name: as_curve(x, values, repr(name)) for name, values in series.items()}
    edges = {}
    for name, band in (bands or {}).items():
        if name not in lines:
            raise ValueError(f"bands has {name!r}, which is none of the series.")
        if len(band) != 2:
            raise ValueError(f"The band of {name!r} must be its lowest and its highest values.")
        lowest, highest = edges[name] = [
            as_curve(x, values, f"the band of {name!r}") for values in band
        ]
        if (lowest > highest).any():
            raise ValueError(f"The band of {name!r} has a lowest value above its highest.")
    everything = np.concatenate([*lines.values(), *chain(*edges.values())])
    if log and everything.min() <= 0:
        raise ValueError(
            f"On a logarithmic axis all values must be above 0, but one is"
            f" {short_text(everything.min())}."
        )

    rows, marks = power_ticks(everything) if log else ticks(everything.min(), everything.max())
    columns, under = ticks(x[0], x[-1], 7, inside=True)
    width, height = 540, max(250, LINE * (len(lines) + 1))
    left = GAP + max(map(text_width, marks)) + 8
    right = width - GAP - max(map(text_width, lines)) - 34
    if right - left < 200:
        raise ValueError("The names leave no room for the curves: shorten the longest name.")
    figure, page, y = sheet(width, LINE + 10 + height + 2 * LINE + 6, title)
    top = y + LINE + 10
    bottom = top + height
    write(page, GAP, y + LINE / 2, ylabel + (", on a logarithmic axis" if log else ""), ha="left")

    bend = np.log10 if log else np.asarray
    low, high = bend(rows[0]), bend(rows[-1])

    def across(values):
        return left + 10 + (right - left - 10) * (values - x[0]) / (x[-1] - x[0])

    def down(values):
        return bottom - height * (bend(values) - low) / (high - low)

    for value, mark in zip(rows, marks, strict=True):
        page.plot([left, right], [down(value)] * 2, color=mix(SOFT, PAPER, 0.5), linewidth=0.6)
        write(page, left - 6, down(value), mark, ha="right")
    for value, mark in zip(columns, under, strict=True):
        page.plot([across(value)] * 2, [bottom, bottom + 4], color=INK, linewidth=1)
        write(page, across(value), bottom + 4 + LINE / 2, mark)
    page.plot([left, left, right], [top, bottom, bottom], color=INK, linewidth=1)
    write(page, (left + right) / 2, bottom + 6 + LINE * 1.5, xlabel)

    ends = spread_apart([down(values[-1]) for values in lines.values()], LINE, top, bottom)
    every = max(1, len(x) // 8)  # a mark at every so many points
    for i, ((name, values), (colour, dashes, mark)) in enumerate(
        zip(lines.items(), LOOKS, strict=False)
    ):
        if name in edges:
            between = [down(edge) for edge in edges[name]]
            page.fill_between(across(x), *between, color=colour, alpha=0.18, linewidth=0, zorder=2)
        style = {"color": colour, "linestyle": dashes, "marker": mark, "markevery": every}
        page.plot(across(x), down(values), linewidth=2, markersize=5.5, gid=name, zorder=3, **style)
        page.plot([right + 2, right + 14], [down(values[-1]), ends[i]], color=SOFT, linewidth=0.8)
        page.plot([right + 20], [ends[i]], mark, color=colour, markersize=5.5)
        write(page, right + 30, ends[i], name, ha="left")

    words = [f"{ylabel} against {xlabel}, from {short_text(x[0])} to {short_text(x[-1])}:"]
    for name, values in lines.items():
        words.append(describe_curve(name, x, values))
        if name in edges:
            lowest, highest = (digits_text(edge[-1]) for edge in edges[name])
            words[-1] += f", its band at the end from {lowest} to {highest}"
    text = " ".join([words[0], "; ".join(words[1:])])
    return Picture(figure, f"{title}. {text}." if title else f"{text}.")


def as_curve(x, values, name):
    """Return `values` as an array; raise a ValueError unless there is one for each x."""
    values = finite_array(values, name, 1)
    if len(values) != len(x):
        raise ValueError(f"{name} has {len(values)} values for {len(x)} numbers in x.")
    return values


def describe_curve(name, x, values):
    """Return a curve in words: its ends, and its extremes if they lie between."""
    text = f"{name} goes from {digits_text(values[0])} to {digits_text(values[-1])}"
    for word, at in (("lowest", values.argmin()), ("highest", values.argmax())):
        if values[at] not in (values[0], values[-1]):
            text += f", {word} {digits_text(values[at])} at {short_text(x[at])}"
    return text


def digits_text(value):
    """Return a value as text with three digits."""
    return short_text(float(f"{value:.3g}"))


def ticks(low, high, most=6, inside=False):
    """Return round numbers around low and high, or between them if `inside`, and their texts."""
    span = (high - low) or abs(high) or 1
    ten = 10 ** floor(log10(span / (most - 1)))
    step = next(s * ten for s in (1, 2, 5, 10) if s * ten * (most - 1) >= span * 0.999)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    if inside:
        first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    values = np.arange(first, max(last, first + 1 - inside) + 1) * step
    places = max(0, -floor(log10(step) + 1e-9))
    return values, [f"{value + 0.0:,.{places}f}".replace("-", "−") for value in values]


def power_ticks(values):
    """Return powers of ten from below the smallest value to above the largest, and their texts."""
    first, last = floor(log10(values.min())), ceil(log10(values.max()))
    every = ceil(max(1, last - first) / 7)
    powers = range(last - every * ceil(max(1, last - first) / every), last + 1, every)
    if max(-powers[0], powers[-1]) > 4:
        texts = [power_text(power) for power in powers]
    else:
        texts = [f"{10.0**power:,.{max(0, -power)}f}" for power in powers]
    return [10.0**power for power in powers], texts


def power_text(power):
    """Return a power of ten as text: 10⁻³."""
    return "10" + str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def spread_apart(places, least, top, bottom):
    """Return the places, moved as little as possible so that they are `least` pixels apart."""
    order = np.argsort(places, kind="stable")
    moved = np.array(places, float)
    for above, here in pairwise(order):
        moved[here] = max(moved[here], moved[above] + least)
    limit = bottom
    for here in order[::-1]:
        moved[here] = min(moved[here], limit)
        limit = moved[here] - least
    return moved


def costs(rows, title=None):
    """Draw each layer's share of the parameters, to the left, and of the work, to the right.

    rows  those of `networks.plan` or of `networks.anatomy.anatomy`, with name, kind, parameters
          and multiply_adds; layers that cost nothing are left out

    Below them come the layers of each kind together.
    """
    rows = list(rows)
    if not all(hasattr(row, "parameters") and hasattr(row, "multiply_adds") for row in rows):
        raise ValueError('costs() draws the rows of a plan: give it plan("2012"), for example.')
    rows = [row for row in rows if row.parameters or row.multiply_adds]
    parameters, work = sum(r.parameters for r in rows), sum(r.multiply_adds for r in rows)
    if not parameters or not work:
        raise ValueError("None of these rows has parameters, or none has work: nothing to compare.")
    kinds = list(dict.fromkeys(row.kind for row in rows))
    lines = [(row.name, row.parameters / parameters, row.multiply_adds / work) for row in rows]
    for kind in kinds if 1 < len(kinds) < len(rows) else []:
        same = [row for row in rows if row.kind == kind]
        share = (
            sum(r.parameters for r in same) / parameters,
            sum(r.multiply_adds for r in same) / work,
        )
        lines.append((f"all {kind}", *share))

    width, thick, step = 500, 18, 25
    middle = max(text_width(name, weight="bold") for name, _, _ in lines) / 2 + 8
    ends = max(text_width(percent_text(part)) for _, *parts in lines for part in parts)
    longest = (width / 2 - middle - GAP - ends - 8) / max(max(parts) for _, *parts in lines)
    heads = [(f"{parameters:,}", "parameters"), (f"{work:,}", "multiply-adds")]
    figure, page, top = sheet(width, 2 * LINE + 8 + step * len(lines) + GAP, title)
    for side, words in zip((-1, 1), heads, strict=True):
        x = width / 2 + side * (width / 2 + middle) / 2
        write_lines(page, x, top, words)
    y = top + 2 * LINE + 8
    for i, (name, *parts) in enumerate(lines):
        if i == len(rows):
            y += GAP / 2
            page.plot([GAP, width - GAP], [y, y], color=SOFT, linewidth=0.8)
            y += GAP / 2
        write(page, width / 2, y + step / 2, name, weight="bold" if i >= len(rows) else "normal")
        for side, part, colour in zip((-1, 1), parts, (PURPLE, GREEN), strict=True):
            long, start = longest * part, width / 2 + side * middle
            corner = (start - long if side < 0 else start, y + (step - thick) / 2)
            page.add_patch(Rectangle(corner, long, thick, facecolor=colour, gid=name))
            edge = start + side * (long + 6)
            write(page, edge, y + step / 2, percent_text(part), ha="right" if side < 0 else "left")
        y += step
    shares = "; ".join(f"{name} {percent_text(a)} and {percent_text(b)}" for name, a, b in lines)
    text = f"Shares of {parameters:,} parameters and of {work:,} multiply-adds: {shares}."
    return Picture(figure, f"{title}. {text}" if title else text)


def percent_text(part):
    """Return a share as text: 96.2 %."""
    if part < 0.0005:
        return "under 0.1 %" if part else "0 %"
    return f"{100 * part:.1f} %"
