"""A small network of units: a circle for each number, a line for each weight.

Numbers flow to the right. A fully connected layer draws a line from every circle of one column to
every circle of the next; a function draws one arrow for each circle.
"""

from matplotlib.patches import Circle, FancyArrowPatch

from alexnet_lib.arguments import as_pair
from alexnet_lib.plots.base import (
    BLUE,
    GAP,
    INK,
    LINE,
    ORANGE,
    PAPER,
    WIDEST,
    Picture,
    finite_array,
    mix,
    number_text,
    sheet,
    text_width,
    wrap_text,
    write,
    write_lines,
)
from alexnet_lib.plots.cells import factor_text
from alexnet_lib.scratch import linear, relu, sigmoid, tanh

__all__ = ["units"]

FUNCTIONS = {"ReLU": relu, "sigmoid": sigmoid, "tanh": tanh}
RADIUS = 22  # pixels of a circle
DOWN = 84  # from one circle to the one below it
MOST = 8  # circles in a column, and columns
LABELLED = 4  # with more circles in a column, the weights would overlap
ALONG = 0.26  # the place of a weight on its line: near the start, where the lines are apart
ACROSS = {"layer": 150, "function": 112}  # pixels from column to column, fewer if they must be


def units(x, steps, at=None, names=None, title=None):
    """Draw a network as circles and lines, with every number that one example makes in it.

    x      (n,) the inputs
    steps  the layers: each (w, b) of a fully connected layer, w (out, in) and b (out,), or the
           name of a function: "ReLU", "sigmoid", "tanh"
    at     (column, unit), counted from 0: the unit with strong lines, and its sum below
    names  the texts above the columns
    """
    values = [finite_array(x, "x", 1)]
    layers = [None]  # the layer (w, b) before a column, or the name of a function
    for step in steps:
        layer, value = step_result(step, values[-1])
        layers.append(layer)
        values.append(value)
    if len(values) < 2 or len(values) > MOST or max(map(len, values)) > MOST:
        raise ValueError(
            f"From 2 to {MOST} columns of up to {MOST} units can be drawn, not"
            f" {' - '.join(str(len(value)) for value in values)}."
        )
    names = [""] * len(values) if names is None else list(names)
    if len(names) != len(values):
        raise ValueError(f"Give a name for each of the {len(values)} columns, not {len(names)}.")
    column, unit = (None, None) if at is None else as_pair(at, "at", 0)
    if at is not None and (column >= len(values) or unit >= len(values[column])):
        raise ValueError(f"at=({column}, {unit}) is no unit of this network.")
    if at is not None and not isinstance(layers[column], tuple):
        raise ValueError(f"Column {column} has no weights: choose one that a layer has made.")

    runs = [ACROSS["layer" if isinstance(layer, tuple) else "function"] for layer in layers[1:]]
    heads = [max(text_width(name, weight="bold"), 2 * RADIUS) for name in names]
    margin = (heads[0] + heads[-1]) / 2
    across = min(1, (WIDEST - 2 * GAP - margin) / sum(runs))
    spots = [GAP + heads[0] / 2]
    for run in runs:
        spots.append(spots[-1] + run * across)
    width = spots[-1] + heads[-1] / 2 + GAP
    tallest = max(map(len, values))
    sums = sum_text(layers[column], values[column - 1], unit) if at is not None else ""
    lines = wrap_text(sums, width - 2 * GAP) if sums else []
    head = LINE + 8 if any(names) else 0
    foot = LINE * len(lines) + GAP if lines else 0
    figure, page, top = sheet(width, head + DOWN * tallest + foot, title)
    for name, spot in zip(names, spots, strict=True):
        write(page, spot, top + LINE / 2, name, weight="bold")
    middle = top + head + DOWN * tallest / 2 - 8  # room for the biases below the circles

    def place(i, j):
        return spots[i], middle + DOWN * (j - (len(values[i]) - 1) / 2)

    for i, layer in enumerate(layers[1:], 1):
        if isinstance(layer, tuple):
            draw_weights(page, layer[0], i, place, unit if i == column else None, at is not None)
        else:
            draw_function(page, layer, i, place, len(values[i]))
    for i, (layer, value) in enumerate(zip(layers, values, strict=True)):
        for j, one in enumerate(value):
            marked = (i, j) == (column, unit)
            edge = {"edgecolor": ORANGE if marked else INK, "linewidth": 3 if marked else 1.2}
            circle = Circle(place(i, j), RADIUS, facecolor="white", zorder=2.6, **edge)
            circle.set_gid(f"unit {i} {j}")
            page.add_patch(circle)
            write(page, *place(i, j), number_text(one), 12)
            if isinstance(layer, tuple):
                x, y = place(i, j)
                write(page, x, y + RADIUS + 11, f"bias {number_text(layer[1][j])}", 10, halo=PAPER)
    write_lines(page, width / 2, top + head + DOWN * tallest + GAP / 2, lines)
    return Picture(figure, alt_text(values, layers, names, sums, title))


def step_result(step, x):
    """Return a step, (w, b) as arrays or the name of a function, and its result for x."""
    if isinstance(step, str):
        if step not in FUNCTIONS:
            raise ValueError(f"A function is one of {', '.join(FUNCTIONS)}, not {step!r}.")
        return step, FUNCTIONS[step](x)
    if not isinstance(step, (tuple, list)) or len(step) != 2:
        raise ValueError("A step is a layer (w, b), or the name of a function.")
    w, b = finite_array(step[0], "w", 2), finite_array(step[1], "b", 1)
    return (w, b), linear(x[None], w, b)[0]


def draw_weights(page, w, i, place, unit, some_marked):
    """Draw a line for each weight between the columns i - 1 and i, those into `unit` strongly."""
    strongest = abs(w).max() or 1
    texts = max(w.shape) <= LABELLED
    for (j, k), weight in sorted(
        ((where, w[where]) for where in [(j, k) for j in range(len(w)) for k in range(len(w[0]))]),
        key=lambda item: item[0][0] == unit,  # the strong ones last, over the others
    ):
        (x, y), (to_x, to_y) = place(i - 1, k), place(i, j)
        pale = some_marked and j != unit
        colour = mix(BLUE if weight < 0 else ORANGE, PAPER, 0.65 if pale else 0)
        thick = (0.8 + 1.7 * abs(weight) / strongest) * (1.4 if j == unit else 1)
        dashes = (0, (4, 2)) if weight < 0 else "-"
        page.plot(
            [x + RADIUS, to_x - RADIUS],
            [y, to_y],
            color=colour,
            linewidth=thick,
            linestyle=dashes,
            gid=f"weight {i} {j} {k}",
            zorder=1.6 if pale else 2,
        )
        if texts:
            at_x = x + RADIUS + ALONG * (to_x - x - 2 * RADIUS)
            at_y = y + ALONG * (to_y - y)
            bold = "bold" if j == unit else "normal"
            write(page, at_x, at_y, number_text(weight), 10, weight=bold, halo=PAPER)


def draw_function(page, name, i, place, count):
    """Draw an arrow from each unit to the one beside it, with the function's name above."""
    for j in range(count):
        (x, y), (to_x, _) = place(i - 1, j), place(i, j)
        ends = {"arrowstyle": "-|>", "mutation_scale": 11, "shrinkA": 0, "shrinkB": 0}
        arrow = FancyArrowPatch((x + RADIUS, y), (to_x - RADIUS, y), color=INK, linewidth=1, **ends)
        arrow.set_gid(f"{name} {i} {j}")
        page.add_patch(arrow)
        write(page, (x + to_x) / 2, y - 11, name, 10, halo=PAPER)


def sum_text(layer, x, unit):
    """Return a unit's sum in full: 2·1 + 3·(−1) + 4 = 3."""
    w, b = layer
    terms = [
        f"{number_text(one)}·{factor_text(weight)}" for one, weight in zip(x, w[unit], strict=True)
    ]
    bias = number_text(b[unit])
    bias = f"− {bias[1:]}" if bias.startswith("−") else f"+ {bias}"
    return f"{' + '.join(terms)} {bias} = {number_text(w[unit] @ x + b[unit])}"


def alt_text(values, layers, names, sums, title):
    """Return the network in words."""
    words = [f"{title}." if title else ""]
    for value, layer, name in zip(values, layers, names, strict=True):
        numbers = ", ".join(map(number_text, value))
        if layer is None:
            words.append(f"{name or 'inputs'}: {numbers}.")
        elif isinstance(layer, tuple):
            w, _ = layer
            many = "one unit" if len(w) == 1 else f"{len(w)} units, each"
            weights = "weight" if len(w[0]) == 1 else "weights"
            gives = "gives" if len(w) == 1 else "give"
            words.append(
                f"{name or 'layer'}: {many} with {len(w[0])} {weights} and a bias,"
                f" {gives} {numbers}."
            )
        else:
            words.append(f"{layer} makes of {'it' if len(value) == 1 else 'them'} {numbers}.")
    if sums:
        words.append(f"The sum of the unit in the thick circle: {sums}.")
    return " ".join(text for text in words if text)
