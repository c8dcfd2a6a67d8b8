"""A network drawn to scale, from the rows of `alexnet_lib.networks.variants.plan`.

A convolution's maps are a box, as high and as deep as the maps, and as thick as their number.
Pooled maps are a paler box behind it. Fully connected layers are columns. A layer's input comes
from the left: through the window of a kernel, or from all numbers.
"""

from dataclasses import dataclass
from math import floor, log10, prod

from matplotlib.patches import FancyArrowPatch, Polygon, Rectangle

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
    mix,
    sheet,
    size_text,
    text_width,
    write,
)

__all__ = ["network"]

HEIGHT = 330  # pixels of the page for the highest maps
COLUMNS = 210  # pixels for the most units
DEPTH = (0.28, 0.2)  # one pixel of a map's depth: this far to the right, and this far up
THICK = 40  # pixels for the most channels in a tower
TYPE = 12  # points of the texts, smaller if they must be
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
    """A column of the drawing: maps and the pooled maps behind them, or a layer of units."""

    row: object  # of the plan: the image, a convolution or a fully connected layer
    maps: list  # shapes (C, H, W); none for a fully connected layer
    towers: int  # into which the drawing divides it
    then: list  # what happens to its numbers next, in words

    @property
    def units(self):
        """The units of a fully connected layer in one tower; 0 for maps."""
        return 0 if self.maps else self.row.shape[0] // self.towers

    def channels(self, maps):
        """Return how many of the channels of maps (C, H, W) are in one tower."""
        return maps[0] // self.towers

    def size(self, scale):
        """Return (width, height) of one tower in pixels of the page."""
        if not self.maps:
            return COLUMN, scale["unit"] * self.units
        widths = [
            scale["channel"] * self.channels(maps) + scale["pixel"] * DEPTH[0] * maps[2]
            for maps in self.maps
        ]
        tallest = max(h + DEPTH[1] * w for _, h, w in self.maps)
        return sum(widths) + BEHIND * (len(widths) - 1), scale["pixel"] * tallest


def network(rows, title=None):
    """Draw a network to scale: maps as boxes, fully connected layers as columns.

    rows  those of `alexnet_lib.networks.variants.plan`, the image first

    Two or three groups of kernels make as many towers. A layer that sees only the maps of its own
    tower has one arrow; a layer that sees all maps has an arrow from each tower.
    """
    stages = make_stages(rows)
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
    scale = fit_scale(stages, needs)
    sizes = [stage.size(scale) for stage in stages]
    room = max(s.towers * (tall + GAP) - GAP for s, (_, tall) in zip(stages, sizes, strict=True))

    foot = LINE * len(heads) + GAP + 2 * LINE
    figure, page, top = sheet(WIDEST, room + GAP + foot, title)
    spans = column_widths(stages, needs, scale)
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
    return Picture(
        figure, " ".join([f"{title}." if title else "", *alt_text(stages, towers)]).strip()
    )


def make_stages(rows):
    """Return the rows as a list of `Stage`; activations, dropout and the like only leave a note."""
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
        towers = 1  # too many to draw apart: the alt text gives their number
    last = [row for row in rows if row.kind == "fc"][-1:]

    stages = [Stage(rows[0], [rows[0].shape], 1, [])]
    for row in rows[1:]:
        stage = stages[-1]
        if row.kind in ("conv", "fc"):
            split = towers if row.shape[0] % towers == 0 and row not in last else 1
            stages.append(Stage(row, [row.shape] if row.kind == "conv" else [], split, []))
        elif row.kind == "pad":
            stage.then.append(f"padded to {size_text(row.shape[1:])}")
        elif row.kind in NORMS:
            stage.then.append(NORMS[row.kind])
        elif row.kind in POOLS and row.shape != stage.maps[-1]:
            stage.maps.append(row.shape)
            stage.then.append(f"pooled to {size_text(row.shape[1:])}")
    return stages


def sees_all(before, stage):
    """Return whether each tower of `stage` sees all towers of the stage before."""
    return stage.row.settings.get("groups", 1) == 1 or before.towers != stage.towers


# The texts below the drawing.


def label_heads(towers):
    """Return the names of the lines below the drawing."""
    share = ["in a tower"] if towers > 1 else []
    return ["", "kernel", "stride", "channels", *share, "side", "pooled to"]


def label(stage, towers):
    """Return the texts below a stage, one for each of the heads."""
    row = stage.row
    name = "image" if row.kind == "input" else row.name
    kernel, stride = (side_text(row.settings.get(what)) for what in ("kernel", "stride"))
    share = [f"{row.shape[0] // stage.towers}" if stage.towers > 1 else ""] if towers > 1 else []
    if not stage.maps:
        return [name, "", "", f"{row.shape[0]}", *share, "units", ""]
    pooled = side_text(stage.maps[-1][1:]) if len(stage.maps) > 1 else ""
    return [name, kernel, stride, f"{row.shape[0]}", *share, side_text(row.shape[1:]), pooled]


def side_text(size):
    """Return a size as a short text: 3 for 3 × 3."""
    if size is None:
        return ""
    high, wide = as_pair(tuple(size) if not isinstance(size, int) else size, "size", 0)
    return f"{high}" if high == wide else size_text((high, wide))


def label_widths(texts, heads, points):
    """Return the pixels that each column of texts needs; the first has the names of the lines."""
    needs = [
        max(text_width(text[0], points, "bold"), *(text_width(t, points) for t in text[1:])) + 10
        for text in texts
    ]
    needs[0] += max(text_width(head, points) for head in heads)
    return [max(need, COLUMN + RUN) for need in needs]


# The scale.


def column_widths(stages, needs, scale):
    """Return the width of each column: its drawing and room for an arrow, or its texts."""
    sizes = [stage.size(scale) for stage in stages]
    return [max(need, wide + RUN) for need, (wide, _) in zip(needs, sizes, strict=True)]


def fit_scale(stages, needs):
    """Return the pixels of the page for a pixel of a map, for a channel and for a unit."""
    one = {"pixel": 1, "channel": 1, "unit": 1}
    with_maps = [stage for stage in stages if stage.maps]
    scale = {
        "pixel": HEIGHT / max(stage.size(one)[1] * stage.towers for stage in with_maps),
        "channel": THICK / max(s.channels(maps) for s in with_maps for maps in s.maps),
        "unit": COLUMNS / max([stage.units * stage.towers for stage in stages] + [1]),
    }
    while sum(column_widths(stages, needs, scale)) > WIDEST - 2 * GAP:
        scale["pixel"] *= 0.98
        scale["channel"] *= 0.98
    return scale


def round_count(scale, unit):
    """Return a round count (1, 2 or 5 and zeros) whose bar is 12 to 40 pixels long."""
    most = 40 / scale[unit]
    ten = 10 ** floor(log10(most))
    return max(1, next(n for n in (5 * ten, 2 * ten, ten) if n <= most))


# The drawing.


def boxes(stage, x, middle, scale):
    """Yield (shape, left, top, thickness, height, depth to the right, depth up) of a tower's boxes.

    left and top belong to the front; the middle of the side with the maps is at `middle`.
    """
    for maps in stage.maps:
        thick = scale["channel"] * stage.channels(maps)
        tall = scale["pixel"] * maps[1]
        right, up = (scale["pixel"] * maps[2] * part for part in DEPTH)
        yield maps, x, middle + up / 2 - tall / 2, thick, tall, right, up
        x += thick + right + BEHIND


def draw_stage(page, stage, place, scale):
    """Draw the boxes or the column of each tower."""
    x, middles = place
    for middle in middles:
        if not stage.maps:
            wide, tall = stage.size(scale)
            add_shape(page, Rectangle((x, middle - tall / 2), wide, tall), BLUE, stage.row.name)
        for i, (_, left, top, thick, tall, right, up) in enumerate(boxes(stage, x, middle, scale)):
            pale = 0.78 if stage.row.kind == "input" else 0.55 if i else 0
            end, bottom = left + thick, top + tall
            lid = [(left, top), (left + right, top - up), (end + right, top - up), (end, top)]
            face = [(end, top), (end + right, top - up), (end + right, bottom - up), (end, bottom)]
            name = f"pooled {stage.row.name}" if i else stage.row.name
            add_shape(page, Polygon(lid), blue_shade(0.6, pale), f"lid of {name}")
            add_shape(page, Polygon(face), blue_shade(0.42, pale), f"face of {name}")
            add_shape(page, Rectangle((left, top), thick, tall), blue_shade(0.12, pale), name)


def blue_shade(light, pale):
    """Return blue, lighter by `light`, then paler by `pale`."""
    return mix(mix(BLUE, PAPER, light), PAPER, pale)


def add_shape(page, shape, colour, name, edge=INK):
    """Draw a filled shape with a thin edge and a name."""
    shape.set(facecolor=colour, edgecolor=edge, linewidth=0.7, gid=name, joinstyle="round")
    page.add_patch(shape)


def face(stage, x, middle, scale):
    """Return the corners that the next stage sees: near top, far top, far bottom, near bottom."""
    if not stage.maps:
        wide, tall = stage.size(scale)
        top, bottom = (x + wide, middle - tall / 2), (x + wide, middle + tall / 2)
        return [top, top, bottom, bottom]
    _, left, top, thick, tall, right, up = list(boxes(stage, x, middle, scale))[-1]
    end, bottom = left + thick, top + tall
    return [(end, top), (end + right, top - up), (end + right, bottom - up), (end, bottom)]


def draw_sight(page, before, from_place, stage, to_place, scale):
    """Draw what `stage` sees of the stage before: a kernel's window, or everything."""
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
                corners = window_corners(seen, before.maps[-1], stage.row.settings["kernel"], down)
                near_top, far_top, far_bottom, near_bottom = corners
                beam, colour = [near_top, far_top, tip, far_bottom, near_bottom], ORANGE
                start = [(a + b) / 2 for a, b in zip(near_top, far_bottom, strict=True)]
                add_shape(
                    page, Polygon(corners), mix(ORANGE, PAPER, 0.3), f"window {stage.row.name}"
                )
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


def window_corners(corners, maps, kernel, down):
    """Return the corners of a kernel's window on a face, its middle at `down` of the height."""
    near_top, far_top, _, near_bottom = corners
    (_, high, wide), (kernel_high, kernel_wide) = maps, as_pair(kernel, "kernel", 1)
    half_u, half_v = min(1, kernel_wide / wide) / 2, min(1, kernel_high / high) / 2
    points = []
    for u, v in [(-half_u, -half_v), (half_u, -half_v), (half_u, half_v), (-half_u, half_v)]:
        right, lower = 0.5 + u, min(max(down, half_v), 1 - half_v) + v
        points.append(
            tuple(
                a + right * (b - a) + lower * (c - a)
                for a, b, c in zip(near_top, far_top, near_bottom, strict=True)
            )
        )
    return points


def draw_key(page, y, scale, with_units):
    """Draw the key: a line of bars, each as long as a round count in the figure's scale."""
    words = {"pixel": "pixels of a side", "channel": "channels"}
    words |= {"unit": "units"} if with_units else {}
    marks = []
    for name, word in words.items():
        count = round_count(scale, name)
        long = count * scale[name]
        text = f"{count} {word}"
        upright = name != "channel"
        marks.append((name, upright, long, text, (6 if upright else long) + 6 + text_width(text)))
    gap = (WIDEST - 2 * GAP - sum(mark[-1] for mark in marks)) / (len(marks) + 1)
    x = GAP + gap
    for name, upright, long, text, wide in marks:
        across, tall = (6, long) if upright else (long, 6)
        add_shape(page, Rectangle((x, y + LINE - tall / 2), across, tall), INK, f"scale {name}")
        write(page, x + across + 6, y + LINE, text, ha="left")
        x += wide + gap


def alt_text(stages, towers):
    """Return the network in words, a list of sentences."""
    how = f", in {towers} towers one above the other" if towers > 1 else ""
    words = [f"A network drawn to scale{how}."]
    for before, stage in zip([None, *stages[:-1]], stages, strict=True):
        row, then = stage.row, "".join(f", {note}" for note in stage.then)
        if before is None:
            words.append(f"The image: {size_text(row.shape)}{then}.")
            continue
        share = f", {row.shape[0] // stage.towers:,} in each tower" if stage.towers > 1 else ""
        if not stage.maps:
            inputs = prod(before.maps[-1]) if before.maps else before.row.shape[0]
            words.append(
                f"{row.name}: {row.shape[0]:,} units{share}, on all {inputs:,} numbers{then}."
            )
            continue
        groups, sight = row.settings.get("groups", 1), ""
        if before.towers > 1:
            sight = ", all towers seen" if sees_all(before, stage) else ", each tower its own maps"
        elif groups > 1 and towers == 1:
            sight = f", in {groups} groups"
        kernel = size_text(as_pair(row.settings["kernel"], "kernel", 1))
        stride = side_text(row.settings["stride"])
        words.append(
            f"{row.name}: {row.shape[0]} kernels of {kernel}, stride {stride}{sight}, give"
            f" {size_text(row.shape)}{share}{then}."
        )
    return words
