"""A computation as a graph: numbers flow to the right, and slopes come back to the left.

Each number is a box, with arrows to the boxes that are computed from it. Its gradient is below
the box; an arrow carries the slope of that one step.
"""

from itertools import pairwise

from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from alexnet_lib.plots.base import (
    GAP,
    INK,
    LINE,
    ORANGE,
    PAPER,
    SHADE,
    SOFT,
    WIDEST,
    Picture,
    mix,
    number_text,
    sheet,
    text_width,
    write,
)

__all__ = ["graph", "layer_graph", "unit_graph"]

TALL = LINE + 26  # pixels of a box: its operation, and its number
DOWN = 92  # from the middle of a box to the middle of the one below
BETWEEN = 34  # pixels for an arrow, or more for a long slope
NARROWEST = 46  # pixels of a box
TYPE = 11  # points

# The two examples of the lesson on backpropagation.
UNIT = {"w": (), "x": (), "b": (), "t": (), "p": ("×", "w", "x"), "s": ("+", "p", "b")}
UNIT |= {"a": ("ReLU", "s"), "d": ("−", "a", "t"), "L": ("square", "d")}
UNIT_VALUES = {"w": 2, "x": 3, "b": -1, "t": 4, "p": 6, "s": 5, "a": 5, "d": 1, "L": 1}
UNIT_GRADIENTS = {"L": 1, "d": 2, "a": 2, "t": -2, "s": 2, "p": 2, "b": 2, "w": 6, "x": 4}
UNIT_SLOPES = {("p", "w"): 3, ("p", "x"): 2, ("s", "p"): 1, ("s", "b"): 1, ("a", "s"): 1}
UNIT_SLOPES |= {("d", "a"): 1, ("d", "t"): -1, ("L", "d"): 2}

LAYER = {"a1": (), "a2": (), "w11": (), "w12": (), "w21": (), "w22": ()}
LAYER |= {"p11": ("×", "w11", "a1"), "p12": ("×", "w12", "a2")}
LAYER |= {"p21": ("×", "w21", "a1"), "p22": ("×", "w22", "a2")}
LAYER |= {"z1": ("+", "p11", "p12"), "z2": ("+", "p21", "p22")}
LAYER_VALUES = {"a1": 1, "a2": 2, "w11": 1, "w12": 2, "w21": 3, "w22": -1}
LAYER_VALUES |= {"p11": 1, "p12": 4, "p21": 3, "p22": -2, "z1": 5, "z2": 1}
LAYER_GRADIENTS = {"z1": 1, "z2": -1, "p11": 1, "p12": 1, "p21": -1, "p22": -1}
LAYER_GRADIENTS |= {"w11": 1, "w12": 2, "w21": -1, "w22": -2, "a1": -2, "a2": 3}


def unit_graph(back=False):
    """Draw a unit and its loss, ReLU(w x + b) compared with t; `back` adds slopes and gradients."""
    return graph(UNIT, UNIT_VALUES, *((UNIT_GRADIENTS, UNIT_SLOPES) if back else ()))


def layer_graph(back=False):
    """Draw a layer of two inputs and two outputs, whose gradients are known; `back` adds all."""
    known = {name: LAYER_GRADIENTS[name] for name in ("z1", "z2")}
    return graph(LAYER, LAYER_VALUES, LAYER_GRADIENTS if back else known)


def graph(nodes, values=None, gradients=None, slopes=None, title=None):
    """Draw a computation as boxes and arrows, with the result at the right.

    nodes      {name: ()} for an input, {name: (operation, name, …)} for a number computed from
               earlier ones: {"x": (), "w": (), "y": ("×", "w", "x")}
    values     {name: number}, in the boxes
    gradients  {name: number}, below the boxes
    slopes     {(name, of): number}, on the arrow from `of` to `name`
    """
    check_nodes(nodes)
    values, gradients, slopes = values or {}, gradients or {}, slopes or {}
    for what, given in [("values", values), ("gradients", gradients)]:
        if strange := [name for name in given if name not in nodes]:
            raise ValueError(f"{what} has {strange[0]!r}, which is no node of the graph.")
    for name, of in slopes:
        if of not in nodes.get(name, ())[1:]:
            raise ValueError(f"slopes has {(name, of)!r}, but no arrow goes from {of} to {name}.")

    heads = {name: box_heading(name, node) for name, node in nodes.items()}
    below = {name: f"grad {number_text(value)}" for name, value in gradients.items()}
    places, over = layout(nodes)
    wide = [NARROWEST] * (1 + max(column for column, _ in places.values()))
    for name, (column, _) in places.items():
        inside = (
            text_width(heads[name], TYPE, "bold"),
            text_width(number_text(values.get(name, 0)), TYPE),
        )
        needs = max(inside) + 10, text_width(below.get(name, ""), TYPE)
        wide[column] = max(wide[column], *needs)
    on_arrows = [
        text_width(f"·{number_text(slope)}", TYPE, "bold") + 8 for slope in slopes.values()
    ]
    between = max(BETWEEN, *on_arrows, 0)
    lefts = [GAP + sum(wide[:i]) + i * between for i in range(len(wide))]
    width = lefts[-1] + wide[-1] + GAP
    if width > WIDEST:
        raise ValueError(
            f"{len(wide)} boxes in a row are too wide for a page: shorten their names or numbers."
        )
    every_row = [row for _, row in places.values()] + [row for way in over.values() for row in way]
    lowest, highest = min(every_row), max(every_row)
    foot = LINE + 4 if below else 0
    figure, page, top = sheet(width, (highest - lowest) * DOWN + TALL + foot, title)

    def level(row):
        return top + TALL / 2 + (row - lowest) * DOWN

    boxes = {name: (lefts[c], level(row), wide[c]) for name, (c, row) in places.items()}
    for name, node in nodes.items():
        for of in node[1:]:
            left, y, across = boxes[of]
            points = [(left + across, y)]
            for column, row in enumerate(over[name, of], places[of][0] + 1):
                points.append((lefts[column], level(row)))
                points.append((lefts[column] + wide[column], level(row)))
            points.append(boxes[name][:2])
            draw_arrow(page, points, slopes.get((name, of)), f"{of} {name}")
    for name, node in nodes.items():
        left, y, across = boxes[name]
        fill = mix(SHADE, PAPER, 0.35) if node else PAPER
        style = {"facecolor": fill, "edgecolor": INK, "linewidth": 1.2, "zorder": 2, "gid": name}
        shape = "round,pad=0,rounding_size=7"
        page.add_patch(FancyBboxPatch((left, y - TALL / 2), across, TALL, shape, **style))
        shown = name in values
        write(page, left + across / 2, y - (11 if shown else 0), heads[name], TYPE, weight="bold")
        if shown:
            write(page, left + across / 2, y + 11, number_text(values[name]), TYPE)
        if name in below:
            under = y + TALL / 2 + LINE / 2 + 2
            write(page, left + across / 2, under, below[name], TYPE, halo=PAPER)
    return Picture(figure, alt_text(nodes, values, gradients, slopes, title))


def check_nodes(nodes):
    """Raise a ValueError for nodes that can't be drawn."""
    if not isinstance(nodes, dict) or not nodes:
        raise ValueError(f"nodes must be a dict of names, but {nodes!r} was given.")
    known = set()
    for name, node in nodes.items():
        if not isinstance(node, tuple) or len(node) == 1:
            raise ValueError(
                f"{name!r} must be () or (what it does, what it takes, …), but is {node!r}."
            )
        if missing := [of for of in node[1:] if of not in known]:
            raise ValueError(f"{name!r} takes {missing[0]!r}, which doesn't stand before it.")
        known.add(name)


def box_heading(name, node):
    """Return the first line in a box: its name, and its operation unless it is an input."""
    return f"{name} {node[0]}" if node else name


def layout(nodes):
    """Return {name: (column, row)} of the boxes, and {(name, of): [row, …]} of the long arrows.

    Inputs are to the left of the node that takes them, and close to it. An arrow that passes over
    columns has a place in each of them, as if it were a box.
    """
    takers = {name: [n for n, node in nodes.items() if name in node[1:]] for name in nodes}
    columns = {}
    for name, node in nodes.items():
        columns[name] = 1 + max((columns[of] for of in node[1:]), default=-1)
    for name, node in nodes.items():
        if not node and takers[name]:  # an input goes right before its first use
            columns[name] = min(columns[taker] for taker in takers[name]) - 1

    # For each place: the places after it, and its number among their inputs.
    steps = {name: [] for name in nodes}
    over, order = {}, list(nodes)
    for name, node in nodes.items():
        for i, of in enumerate(node[1:]):
            over[name, of] = [(name, of, c) for c in range(columns[of] + 1, columns[name])]
            chain = [of, *over[name, of], name]
            for place, after in pairwise(chain):
                steps.setdefault(place, []).append((after, i))
    columns |= {place: place[2] for places in over.values() for place in places}

    rows = {}
    for column in sorted(set(columns.values()), reverse=True):
        wanted = {}
        for place in (p for p in (*order, *steps) if columns[p] == column):
            near = [rows[after] for after, _ in steps[place]] or [0.0]
            ranks = [i for _, i in steps[place]] or [0]
            wanted[place] = sum(near) / len(near), sum(ranks) / len(ranks)
        centre = sum(row for row, _ in wanted.values()) / len(wanted)
        for i, place in enumerate(sorted(wanted, key=wanted.get)):
            rows[place] = centre + i - (len(wanted) - 1) / 2
    boxes = {name: (columns[name], rows[name]) for name in nodes}
    return boxes, {arrow: [rows[place] for place in places] for arrow, places in over.items()}


def draw_arrow(page, points, slope, name):
    """Draw an arrow through these points, with a slope between the first two."""
    (x, y), (next_x, next_y) = points[:2]
    page.plot(*zip(*points[:-1], strict=True), color=SOFT, linewidth=1.4, zorder=1)
    ends = {"arrowstyle": "-|>", "mutation_scale": 11, "shrinkA": 0, "shrinkB": 0}
    style = {"color": SOFT, "linewidth": 1.4, "gid": name}
    page.add_patch(FancyArrowPatch(points[-2], points[-1], **style, **ends))
    if slope is not None:
        label = f"·{number_text(slope)}"
        write(page, (x + next_x) / 2 - 2, (y + next_y) / 2, label, TYPE, weight="bold")
        text = page.texts[-1]
        text.set(color=mix(ORANGE, INK, 0.35))
        text.set_bbox({"facecolor": PAPER, "edgecolor": "none", "pad": 0.5})


def alt_text(nodes, values, gradients, slopes, title):
    """Return the graph in words, node by node."""
    given = [name for name, node in nodes.items() if not node]
    words = [f"{title}." if title else "", "A graph of a computation."]
    if given:
        says = [f"{n} = {number_text(values[n])}" if n in values else n for n in given]
        words.append(f"Given: {', '.join(says)}.")
    for name, (what, *taken) in ((n, node) for n, node in nodes.items() if node):
        value = f" = {number_text(values[name])}" if name in values else ""
        known = [
            f"{number_text(slopes[name, of])} along {of}" for of in taken if (name, of) in slopes
        ]
        slope = f", its slope {' and '.join(known)}" if known else ""
        words.append(f"{name}{value}: {what} of {' and '.join(taken)}{slope}.")
    if gradients:
        says = [f"{name} {number_text(value)}" for name, value in gradients.items()]
        words.append(f"Gradients: {', '.join(says)}.")
    return " ".join(sentence for sentence in words if sentence)
