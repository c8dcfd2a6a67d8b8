"""A network drawn to scale, from the rows of `alexnet_lib.networks.variants.plan`.

A convolution's maps are a box: as high and as deep as the maps are, as thick as they are many.
Pooled maps stand behind it as a paler box. Fully connected layers are columns. What a layer sees
comes from the left: through the window of a kernel, or from all that there is.
"""

from dataclasses import dataclass
from math import floor, log10, prod

from matplotlib.patches import FancyArrowPatch, Polygon, Rectangle

from alexnet_lib.arguments import pair
from alexnet_lib.plots.base import (
    BLUE,
    GAP,
    INK,
    LINE,
    ORANGE,
    PAPER,
    WIDEST,
    Picture,
    by,
    mix,
    sheet,
    text_width,
    write,
)

__all__ = ["network"]

HEIGHT = 330  # pixels of the page for the highest maps
COLUMNS = 210  # pixels for the most units
DEPTH = (0.28, 0.2)  # one pixel of a map's depth goes so far to the right, and so far up
THICK = 40  # pixels for the most channels in a tower
TYPE = 12  # points of the texts, smaller where they must be
COLUMN = 14  # pixels, the width of a fully connected layer
RUN = 26  # pixels between two stages, for the arrows
BEHIND = 5  # pixels between maps and their pooled maps
POOLS = ("maxpool", "avgpool", "adaptive")
NORMS = {
    "lrn": "normalized across channels",
    "spatial_lrn": "normalized within each map",
    "bn": "batch-normalized",
}


@dataclass
class Stage:
    """A column of the drawing: maps and the pooled ones behind them, or a layer of units."""

    row: object  # of the plan: the image, a convolution or a fully connected layer
    maps: list  # shapes (C, H, W); none for a fully connected layer
    towers: int  # in which it is drawn
    then: list  # what becomes of its numbers, in words

    @property
    def units(self):
        """How many a tower has of a fully connected layer; 0 for maps."""
        return 0 if self.maps else self.row.shape[0] // self.towers

    def channels(self, maps):
        """How many of the channels of maps (C, H, W) a tower has."""
        return maps[0] // self.towers

    def size(self, scale):
        """(width, height) of one tower, in pixels of the page."""
        if not self.maps:
            return COLUMN, scale["unit"] * self.units
        widths = [
            scale["channel"] * self.channels(maps) + scale["pixel"] * DEPTH[0] * maps[2]
            for maps in self.maps
        ]
        tallest = max(h + DEPTH[1] * w for _, h, w in self.maps)
        return sum(widths) + BEHIND * (len(widths) - 1), scale["pixel"] * tallest


def network(rows, title=None):
    """A network to scale: maps as boxes, fully connected layers as columns.

    rows  as `alexnet_lib.networks.variants.plan` gives them, the image first

    Where kernels come in two or three groups, there are as many towers. Into a layer that sees
    the maps of its own tower goes one arrow; into one that sees all, an arrow from each tower.
    """
    stages = staged(rows)
    towers = max(stage.towers for stage in stages)
    heads, texts = label_heads(towers), [label(stage, towers) for stage in stages]
    points = TYPE
    while sum(needs := label_widths(texts, heads, points)) > WIDEST - 2 * GAP:
        points -= 1
        if points < 9:
            raise ValueError(
                f"{len(stages)} columns are too many for the width of a page: draw a network"
                " with fewer layers."
            )
    scale = fitted(stages, needs)
    sizes = [stage.size(scale) for stage in stages]
    room = max(s.towers * (tall + GAP) - GAP for s, (_, tall) in zip(stages, sizes, strict=True))

    foot = LINE * len(heads) + GAP + 2 * LINE
    figure, page, top = sheet(WIDEST, room + GAP + foot, title)
    spans = columns(stages, needs, scale)
    spare = (WIDEST - 2 * GAP - sum(spans)) / len(spans)
    left, places = GAP, []  # (x, [y of each tower's middle]) of each stage
    for stage, span, (wide, _) in zip(stages, spans, sizes, strict=True):
        middles = [top + room * (i + 0.5) / stage.towers for i in range(stage.towers)]
        places.append((left + (span + spare - wide) / 2, middles))
        left += span + spare
    for i, stage in enumerate(stages):
        if i:
            draw_sight(page, stages[i - 1], places[i - 1], stage, places[i], scale)
        draw_stage(page, stage, places[i], scale)

    y = top + room + GAP
    marks = [x + wide / 2 for (x, _), (wide, _) in zip(places, sizes, strict=True)]
    marks[0] = GAP + needs[0] - label_widths(texts[:1], [""], points)[0] / 2
    for line, head in enumerate(heads):
        write(page, GAP, y + LINE * (line + 0.5), head, points, ha="left")
        for text, x in zip(texts, marks, strict=True):
            weight = "bold" if line == 0 else "normal"
            write(page, x, y + LINE * (line + 0.5), text[line], points, weight=weight)
    draw_key(page, y + LINE * len(heads) + GAP, scale, bool(stages[-1].units))
    return Picture(figure, " ".join([f"{title}." if title else "", *told(stages, towers)]).strip())


def staged(rows):
    """The rows as a list of `Stage`: activations, dropout and the like only leave a note."""
    rows = list(rows or [])
    if not rows or not all(hasattr(row, "shape") and hasattr(row, "kind") for row in rows):
        raise ValueError('network() draws the rows of a plan: give it plan("2012"), for example.')
    if rows[0].kind != "input":
        raise ValueError(f"The first row of a plan is the image, but this one is {rows[0].name!r}.")
    if not any(row.kind in ("conv", "fc") for row in rows):
        raise ValueError("There is no layer to draw: the plan has neither convolutions nor units.")
    groups = {row.settings["groups"] for row in rows if row.kind == "conv"}
    towers = max(groups, default=1)
    if towers > 3 or groups - {1, towers}:
        towers = 1  # too many to be drawn apart: their number is told in words
    last = [row for row in rows if row.kind == "fc"][-1:]

    stages = [Stage(rows[0], [rows[0].shape], 1, [])]
    for row in rows[1:]:
        stage = stages[-1]
        if row.kind in ("conv", "fc"):
            split = towers if row.shape[0] % towers == 0 and row not in last else 1
            stages.append(Stage(row, [row.shape] if row.kind == "conv" else [], split, []))
        elif row.kind == "pad":
            stage.then.append(f"padded to {by(row.shape[1:])}")
        elif row.kind in NORMS:
            stage.then.append(NORMS[row.kind])
        elif row.kind in POOLS and row.shape != stage.maps[-1]:
            stage.maps.append(row.shape)
            stage.then.append(f"pooled to {by(row.shape[1:])}")
    return stages


def sees_all(before, stage):
    """Whether each tower of `stage` sees all towers of the stage before."""
    return stage.row.settings.get("groups", 1) == 1 or before.towers != stage.towers


# What is written below.


def label_heads(towers):
    """The names of the lines below the drawing."""
    share = ["in a tower"] if towers > 1 else []
    return ["", "kernel", "stride", "channels", *share, "side", "pooled to"]


def label(stage, towers):
    """What stands below a stage, a text for each of the heads."""
    row = stage.row
    name = "image" if row.kind == "input" else row.name
    kernel, stride = (square(row.settings.get(what)) for what in ("kernel", "stride"))
    share = [f"{row.shape[0] // stage.towers}" if stage.towers > 1 else ""] if towers > 1 else []
    if not stage.maps:
        return [name, "", "", f"{row.shape[0]}", *share, "units", ""]
    pooled = square(stage.maps[-1][1:]) if len(stage.maps) > 1 else ""
    return [name, kernel, stride, f"{row.shape[0]}", *share, square(row.shape[1:]), pooled]


def square(size):
    """A size in short: 3 for 3 × 3."""
    if size is None:
        return ""
    high, wide = pair(tuple(size) if not isinstance(size, int) else size, "size", 0)
    return f"{high}" if high == wide else by((high, wide))


def label_widths(texts, heads, points):
    """The pixels that each column of texts needs; the names of the lines stand in the first."""
    needs = [
        max(text_width(text[0], points, "bold"), *(text_width(t, points) for t in text[1:])) + 10
        for text in texts
    ]
    needs[0] += max(text_width(head, points) for head in heads)
    return [max(need, COLUMN + RUN) for need in needs]


# The scale.


def columns(stages, needs, scale):
    """The width of each column: its drawing and room for an arrow, or the texts below it."""
    sizes = [stage.size(scale) for stage in stages]
    return [max(need, wide + RUN) for need, (wide, _) in zip(needs, sizes, strict=True)]


def fitted(stages, needs):
    """Pixels of the page for a pixel of a map, for a channel and for a unit."""
    one = {"pixel": 1, "channel": 1, "unit": 1}
    with_maps = [stage for stage in stages if stage.maps]
    scale = {
        "pixel": HEIGHT / max(stage.size(one)[1] * stage.towers for stage in with_maps),
        "channel": THICK / max(s.channels(maps) for s in with_maps for maps in s.maps),
        "unit": COLUMNS / max([stage.units * stage.towers for stage in stages] + [1]),
    }
    while sum(columns(stages, needs, scale)) > WIDEST - 2 * GAP:
        scale["pixel"] *= 0.98
        scale["channel"] *= 0.98
    return scale


def bar(scale, unit):
    """A round number of units whose bar is 12 to 40 pixels long: 1, 2 or 5 and zeros."""
    most = 40 / scale[unit]
    ten = 10 ** floor(log10(most))
    return max(1, next(n for n in (5 * ten, 2 * ten, ten) if n <= most))


# The drawing.


def boxes(stage, x, middle, scale):
    """(shape, left, top, thickness, height, depth to the right, depth up) of each box of a tower.

    left and top are of the front; the middle of the side that shows the maps lies on `middle`.
    """
    for maps in stage.maps:
        thick = scale["channel"] * stage.channels(maps)
        tall = scale["pixel"] * maps[1]
        right, up = (scale["pixel"] * maps[2] * part for part in DEPTH)
        yield maps, x, middle + up / 2 - tall / 2, thick, tall, right, up
        x += thick + right + BEHIND


def draw_stage(page, stage, place, scale):
    """The boxes or the column of each tower."""
    x, middles = place
    for middle in middles:
        if not stage.maps:
            wide, tall = stage.size(scale)
            add(page, Rectangle((x, middle - tall / 2), wide, tall), BLUE, stage.row.name)
        for i, (_, left, top, thick, tall, right, up) in enumerate(boxes(stage, x, middle, scale)):
            pale = 0.78 if stage.row.kind == "input" else 0.55 if i else 0
            end, bottom = left + thick, top + tall
            lid = [(left, top), (left + right, top - up), (end + right, top - up), (end, top)]
            face = [(end, top), (end + right, top - up), (end + right, bottom - up), (end, bottom)]
            name = f"pooled {stage.row.name}" if i else stage.row.name
            add(page, Polygon(lid), shaded(0.6, pale), f"lid of {name}")
            add(page, Polygon(face), shaded(0.42, pale), f"face of {name}")
            add(page, Rectangle((left, top), thick, tall), shaded(0.12, pale), name)


def shaded(light, pale):
    """Blue, so much lighter; and paler still behind."""
    return mix(mix(BLUE, PAPER, light), PAPER, pale)


def add(page, shape, colour, name, edge=INK):
    """A filled shape with a thin edge, named so that it can be found again."""
    shape.set(facecolor=colour, edgecolor=edge, linewidth=0.7, gid=name, joinstyle="round")
    page.add_patch(shape)


def face(stage, x, middle, scale):
    """The side that the next stage sees: its corners near top, far top, far bottom, near bottom."""
    if not stage.maps:
        wide, tall = stage.size(scale)
        top, bottom = (x + wide, middle - tall / 2), (x + wide, middle + tall / 2)
        return [top, top, bottom, bottom]
    _, left, top, thick, tall, right, up = list(boxes(stage, x, middle, scale))[-1]
    end, bottom = left + thick, top + tall
    return [(end, top), (end + right, top - up), (end + right, bottom - up), (end, bottom)]


def draw_sight(page, before, from_place, stage, to_place, scale):
    """What `stage` sees of the stage before: through a kernel's window, or everything."""
    (x, sources), (end, targets) = from_place, to_place
    for t, target in enumerate(targets):
        for s, source in enumerate(sources):
            if s != t and not sees_all(before, stage):
                continue
            seen = face(before, x, source, scale)
            if stage.maps:
                up = next(boxes(stage, end, target, scale))[-1]
                tip = (end, target + up / 2)
                down = (t + 0.5) / len(targets) if len(sources) == 1 else 0.5
                corners = window(seen, before.maps[-1], stage.row.settings["kernel"], down)
                near_top, far_top, far_bottom, near_bottom = corners
                beam, colour = [near_top, far_top, tip, far_bottom, near_bottom], ORANGE
                start = [(a + b) / 2 for a, b in zip(near_top, far_bottom, strict=True)]
                add(page, Polygon(corners), mix(ORANGE, PAPER, 0.3), f"window {stage.row.name}")
            else:
                tall, tip = stage.size(scale)[1], (end, target)
                _, far_top, far_bottom, _ = seen
                beam = [far_top, (end, target - tall / 2), (end, target + tall / 2), far_bottom]
                start, colour = (
                    [(a + b) / 2 for a, b in zip(far_top, far_bottom, strict=True)],
                    BLUE,
                )
            light = 0.3 if stage.maps else 0.16  # where beams cross, they add up
            page.add_patch(Polygon(beam, facecolor=colour, edgecolor="none", alpha=light))
            ends = {"arrowstyle": "-|>", "mutation_scale": 9, "shrinkA": 0, "shrinkB": 0}
            arrow = FancyArrowPatch(start, tip, color=INK, linewidth=0.9, **ends)
            arrow.set_gid(f"{before.row.name} {s} to {stage.row.name} {t}")
            page.add_patch(arrow)


def window(corners, maps, kernel, down):
    """The corners of a kernel's window on a face, its middle `down` the face's height."""
    near_top, far_top, _, near_bottom = corners
    (_, high, wide), (kernel_high, kernel_wide) = maps, pair(kernel, "kernel", 1)
    half_u, half_v = min(1, kernel_wide / wide) / 2, min(1, kernel_high / high) / 2
    found = []
    for u, v in [(-half_u, -half_v), (half_u, -half_v), (half_u, half_v), (-half_u, half_v)]:
        right, lower = 0.5 + u, min(max(down, half_v), 1 - half_v) + v
        found.append(
            tuple(
                a + right * (b - a) + lower * (c - a)
                for a, b, c in zip(near_top, far_top, near_bottom, strict=True)
            )
        )
    return found


def draw_key(page, y, scale, with_units):
    """One line that says how long a round number of each is, in the figure's scale."""
    words = {"pixel": "pixels of a side", "channel": "channels"}
    words |= {"unit": "units"} if with_units else {}
    marks = []
    for name, word in words.items():
        count = bar(scale, name)
        long = count * scale[name]
        text = f"{count} {word}"
        upright = name != "channel"
        marks.append((name, upright, long, text, (6 if upright else long) + 6 + text_width(text)))
    gap = (WIDEST - 2 * GAP - sum(mark[-1] for mark in marks)) / (len(marks) + 1)
    x = GAP + gap
    for name, upright, long, text, wide in marks:
        across, tall = (6, long) if upright else (long, 6)
        add(page, Rectangle((x, y + LINE - tall / 2), across, tall), INK, f"scale {name}")
        write(page, x + across + 6, y + LINE, text, ha="left")
        x += wide + gap


def told(stages, towers):
    """The network in words, layer by layer."""
    how = f", in {towers} towers one above the other" if towers > 1 else ""
    told = [f"A network drawn to scale{how}."]
    for before, stage in zip([None, *stages[:-1]], stages, strict=True):
        row, then = stage.row, "".join(f", {note}" for note in stage.then)
        if before is None:
            told.append(f"The image: {by(row.shape)}{then}.")
            continue
        share = f", {row.shape[0] // stage.towers:,} in each tower" if stage.towers > 1 else ""
        if not stage.maps:
            inputs = prod(before.maps[-1]) if before.maps else before.row.shape[0]
            told.append(
                f"{row.name}: {row.shape[0]:,} units{share}, on all {inputs:,} numbers{then}."
            )
            continue
        groups, sight = row.settings.get("groups", 1), ""
        if before.towers > 1:
            sight = ", all towers seen" if sees_all(before, stage) else ", each tower its own maps"
        elif groups > 1 and towers == 1:
            sight = f", in {groups} groups"
        kernel, stride = by(pair(row.settings["kernel"], "kernel", 1)), row.settings["stride"]
        told.append(
            f"{row.name}: {row.shape[0]} kernels of {kernel}, stride {square(stride)}{sight}, give"
            f" {by(row.shape)}{share}{then}."
        )
    return told
