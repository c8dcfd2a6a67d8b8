"""Every figure that the lessons draw, in one style.

Each function returns a `Picture`: the figure, and a sentence for those who can't see it.
Figures are laid out in pixels of the page on an opaque paper ground, so that they look the
same on light and dark pages, and are at most 691 pixels wide, so that a phone can show them.
Nothing is told by colour alone, and the colours differ in lightness, so grey prints work.
"""

from base64 import b64encode
from functools import cached_property
from io import BytesIO
from math import ceil, floor, log10
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from PIL import Image

from alexnet_lib.anatomy import pair, whole
from alexnet_lib.scratch import conv2d

PAPER = "#fbf9f4"
INK = "#1f2328"
SOFT = "#8b9097"  # hatching, and lines between cells
BLUE = "#123f73"  # dark: the darkest in grey, too
ORANGE = "#d2640a"  # lighter than the blue, and told from it by every kind of eye
SHADE = "#9dbbdb"  # the deepest shade behind a number: INK on it has a contrast of 8 to 1
WARM = "#f3c398"  # the same for numbers below 0
# Few steps keep the files small: more of them can't be told apart in photographs and edges.
SIGNED = LinearSegmentedColormap.from_list("signed", [BLUE, "#f4f1ea", ORANGE], N=21)
GREY = LinearSegmentedColormap.from_list("grey", ["black", "white"], N=64)
COLOURS = 96  # in a colour photograph

FONT = "DejaVu Sans"  # comes with Matplotlib
LABEL, TITLE = 11, 12  # points; numbers in cells shrink to 9 where they must
LINE = 19  # pixels from one line of text to the next
PIXELS_PER_INCH = 96  # of a page
SHARP = 2  # pixels of the PNG for one of the page, for dense screens
WIDEST = 691  # pixels of the page: 7.2 inches
GAP = 12


class Picture:
    """A figure and the text that stands for it where it can't be seen."""

    def __init__(self, figure, alt):
        self.figure = figure
        self.alt = alt

    @property
    def size(self):
        """(width, height) in pixels of the page."""
        width, height = self.figure.get_size_inches() * PIXELS_PER_INCH
        return round(width), round(height)

    @cached_property
    def png(self):
        """The bytes of the PNG file, which has `SHARP` times the pixels of `size` on each side."""
        canvas = FigureCanvasAgg(self.figure)
        self.figure.set_dpi(PIXELS_PER_INCH * SHARP)
        canvas.draw()
        opaque = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
        file = BytesIO()
        opaque.quantize(256, kmeans=1).save(file, "png", optimize=True)
        return file.getvalue()

    def save(self, path):
        """Write the PNG to `path`, a name that ends in .png."""
        path = Path(path)
        if path.suffix.lower() != ".png":
            raise ValueError(f"A picture is saved as PNG: end the name in .png, not {path.name!r}.")
        path.write_bytes(self.png)

    def __repr__(self):
        return self.alt

    def _repr_mimebundle_(self, include=None, exclude=None):
        width, height = self.size
        data = {"image/png": b64encode(self.png).decode(), "text/plain": self.alt}
        return data, {"image/png": {"width": width, "height": height, "alt": self.alt}}


def sliding_window(image, kernel, at=(0, 0), stride=1, padding=0):
    """One step of a convolution in numbers: image × kernel = output, the window at `at` outlined.

    image (H, W), kernel (kh, kw), at = (row, column) of the output (H', W')
    """
    image, kernel = finite(image, "image", 2), finite(kernel, "kernel", 2)
    output = conv2d(image[None, None], kernel[None, None], None, stride, padding)[0, 0]  # (H', W')
    row, column = pair(at, "at", 0)
    if row >= output.shape[0] or column >= output.shape[1]:
        raise ValueError(
            f"at=({row}, {column}) lies outside the output of {by(output.shape)} numbers:"
            " its rows and columns count from 0."
        )
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    padded = np.pad(image, ((ph, ph), (pw, pw)))  # (H + 2 ph, W + 2 pw)
    is_padding = np.pad(np.zeros(image.shape, bool), ((ph, ph), (pw, pw)), constant_values=True)
    top, left = row * sh, column * sw
    (kh, kw), result = kernel.shape, number(output[row, column])
    window = padded[top : top + kh, left : left + kw]  # (kh, kw)
    terms = [f"{number(a)}·{factor(b)}" for a, b in zip(window.flat, kernel.flat, strict=True)]
    exact = all(abs(v - round(v, 2)) < 1e-6 for v in (*window.flat, *kernel.flat))
    ending = f" {'=' if exact else '≈'} {result}"
    written = " + ".join(terms) + ending

    sign = 32  # the room for × and for =
    grids = [padded, kernel, output]
    names = ["padded image" if ph or pw else "image", "kernel", "output"]
    cells, tall, points = cell_sizes(grids, WIDEST - 2 * GAP - 2 * sign)
    grid_widths = [cell * grid.shape[1] for cell, grid in zip(cells, grids, strict=True)]
    name_widths = [text_width(name, weight="bold") for name in names]
    spans = [max(both) for both in zip(grid_widths, name_widths, strict=True)]
    width = 2 * GAP + 2 * sign + sum(spans)
    lines = [written] if len(terms) <= 9 else []
    if lines and text_width(written) > width - 2 * GAP:  # one line for each row of the kernel
        rows = [" + ".join(terms[i : i + kw]) for i in range(0, len(terms), kw)]
        rows = ("\n+ ".join(rows) + ending).replace("+ ", "+\u00a0").split("\n")
        lines = [line for row in rows for line in wrapped(row, width - 2 * GAP)]
    tallest = tall * max(grid.shape[0] for grid in grids)
    head, foot = 2 * LINE + 4, LINE * len(lines) + GAP if lines else 0
    figure, page, top_of_page = sheet(width, head + tallest + foot)
    middle = top_of_page + head + tallest / 2

    outlines = [(top, left, kh, kw), (0, 0, kh, kw), (row, column, 1, 1)]
    x = GAP
    for i, (grid, span) in enumerate(zip(grids, spans, strict=True)):
        y = middle - tall * grid.shape[0] / 2
        write_lines(page, x + span / 2, y - 4 - 2 * LINE, [names[i]], weight="bold")
        write_lines(page, x + span / 2, y - 4 - LINE, [by(grid.shape)])
        cell, left_edge = (cells[i], tall), x + (span - grid_widths[i]) / 2
        draw_cells(page, grid, left_edge, y, cell, points, is_padding if i == 0 else None)
        draw_outline(page, left_edge, y, cell, outlines[i])
        write(page, x + span + sign / 2, middle, ["×", "=", ""][i], 16)
        x += span + sign
    write_lines(page, width / 2, middle + tallest / 2 + GAP, lines)

    zeros = f", padded with zeros to {by(padded.shape)}," if ph or pw else ""
    alt = (
        f"A {by(image.shape)} image{zeros} times a {by(kernel.shape)} kernel gives a"
        f" {by(output.shape)} output. The window for row {row}, column {column} of the output"
        f" begins at row {top}, column {left} of the {names[0]}. "
        + (f"Its sum: {written}." if lines else f"Its {len(terms)} products sum to {result}.")
    )
    return Picture(figure, alt)


def pictures(images, titles, columns=None, signed=None, title=None):
    """A sheet of images, each under its own title, `columns` in a row.

    images  each (H, W), grey; or (H, W, 3), colour as uint8 or as floats from 0 to 1
    signed  True draws all (H, W) images from blue (negative) over light (0) to orange
            (positive), False none of them, None those that have negative values

    A sheet of three photographs or maps of 227 × 227 stays below 100 kB; six don't.
    In grey, black is 0, or the smallest value where that is negative. White is 255 in uint8;
    else 1 if no value is larger, 255 if none is larger than that, or the largest value.
    """
    images = [image_values(image, f"image {i}") for i, image in enumerate(images)]
    if not images or len(images) != len(titles):
        raise ValueError(
            f"Give as many titles as images, at least one of each: there are {len(images)}"
            f" images and {len(titles)} titles."
        )
    if not all(isinstance(text, str) for text in titles):
        raise ValueError(f"Titles are texts, but {list(titles)!r} was given.")
    columns = min(3, len(images)) if columns is None else whole(columns, "columns", 1)
    columns = min(columns, len(images))
    is_signed = [i.ndim == 2 and (bool(i.min() < 0) if signed is None else signed) for i in images]
    strongest = max([deepest(i) for i, s in zip(images, is_signed, strict=True) if s] + [0])

    # Each pixel of an image gets a whole number of the PNG's pixels, so that none is blurred.
    room = min(WIDEST // columns - 2, 454 if columns == 1 else 230) * SHARP
    scales = [room // max(image.shape[:2]) or room / max(image.shape[:2]) for image in images]
    widths = [image.shape[1] * s / SHARP for image, s in zip(images, scales, strict=True)]
    heights = [image.shape[0] * s / SHARP for image, s in zip(images, scales, strict=True)]
    cell = max(widths)
    gap = min(GAP, (WIDEST - columns * cell) / (columns + 1))
    width = columns * cell + (columns + 1) * gap
    names = [wrapped(text, cell) for text in titles]

    rows = [range(i, min(i + columns, len(images))) for i in range(0, len(images), columns)]
    text_heights = [LINE * max(len(names[i]) for i in row) + 4 for row in rows]
    row_heights = [max(heights[i] for i in row) + GAP for row in rows]
    key = 2 * LINE + GAP if any(is_signed) else 0
    figure, page, y = sheet(width, sum(text_heights) + sum(row_heights) - GAP + key, title)
    for row, text_height, row_height in zip(rows, text_heights, row_heights, strict=True):
        for place, i in enumerate(row):
            middle = gap + cell / 2 + place * (cell + gap)
            write_lines(page, middle, y + text_height - 4 - LINE * len(names[i]), names[i])
            left = round((middle - widths[i] / 2) * SHARP) / SHARP  # on a pixel of the PNG
            box = (left, y + text_height, widths[i], heights[i])
            smooth = scales[i] < 1  # a large image, made smaller
            draw_image(page, images[i], box, strongest if is_signed[i] else None, smooth)
        y += text_height + row_height
    if any(is_signed):
        draw_image(page, np.linspace(-1, 1, 101)[None], (width / 2 - 60, y, 120, LINE - 6), 1)
        write(page, width / 2 - 66, y + 6, "negative", ha="right")
        write(page, width / 2 + 66, y + 6, "positive", ha="left")
        write(page, width / 2, y + 6 + LINE, "0")

    kinds = [
        "colour" if i.ndim == 3 else "blue for negative to orange for positive" if s else "grey"
        for i, s in zip(images, is_signed, strict=True)
    ]
    told = []
    for text, kind, image in zip(titles, kinds, images, strict=True):
        size = by(image.shape[:2])
        size = "" if size in text else f", {size} pixels"
        told.append(f"{text}: {kind}{size}, {extent(image)}.")
    start = f"{title}. " if title else ""
    return Picture(figure, start + " ".join(told))


def numbers(array, title=None, marks=None, caption=None):
    """A grid of numbers, shaded by size: blue for positive ones, orange for negative ones.

    array (H, W); marks (H, W) bools, True for the cells to hatch, or None
    """
    array = finite(array, "array", 2)
    if marks is not None:
        marks = np.asarray(marks)
        if marks.dtype != bool or marks.shape != array.shape:
            raise ValueError(
                f"marks must hold True or False for each of the {by(array.shape)} numbers, but has"
                f" shape {marks.shape} and type {marks.dtype}."
            )
    (wide,), tall, points = cell_sizes([array], WIDEST - 2 * GAP)
    grid_width, grid_height = wide * array.shape[1], tall * array.shape[0]
    width = 2 * GAP + max(grid_width, 320 if title or caption else 0)  # a text needs 320
    lines = wrapped(caption, width - 2 * GAP) if caption else []
    foot = LINE * len(lines) + 6 if lines else 0
    figure, page, top = sheet(width, grid_height + foot, title)
    draw_cells(page, array, (width - grid_width) / 2, top, (wide, tall), points, marks)
    write_lines(page, width / 2, top + grid_height + 6, lines)

    told = [f"{title}." if title else "", f"A grid of {by(array.shape)} numbers"]
    if array.size <= 100:
        told[1] += ", row by row: " + "; ".join(" ".join(map(number, row)) for row in array) + "."
    else:
        told[1] += f", {extent(array)}."
    if marks is not None:
        told.append(f"{marks.sum()} of its {marks.size} cells are hatched.")
    return Picture(figure, " ".join([text for text in (*told, caption) if text]))


def bars(values, unit, title=None, log=False):
    """Horizontal bars, one for each name in `values`, its value in `unit` written at the end."""
    if not isinstance(values, dict) or not values:
        raise ValueError(f"values must be a dict of names and numbers, but {values!r} was given.")
    sizes = finite(list(values.values()), "values", 1)  # (bars,)
    if sizes.min() < 0 or (log and sizes.min() == 0):
        least = "above 0 on a logarithmic scale" if log else "0 or more"
        raise ValueError(f"The length of a bar must be {least}, but one is {short(sizes.min())}.")
    if log:
        low, high = ceil(log10(sizes.min())) - 1, ceil(log10(sizes.max()))
        parts = (np.log10(sizes) - low) / (high - low)  # (bars,) of the longest possible
    else:
        parts = sizes / (sizes.max() or 1)

    width, thick, step = 500, 20, 28
    names, ends = list(values), [short(size) for size in sizes]
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
    told = "; ".join(f"{name} {end}" for name, end in zip(names, ends, strict=True))
    return Picture(figure, f"{start}Bars, in {unit}: {told}.")


# Drawing, in pixels of the page: x to the right, y downwards.


def sheet(width, height, title=None):
    """Paper with room for `height` pixels below the title: its figure, axes, and y of the room."""
    heading = wrapped(title, width - 2 * GAP, TITLE, "bold") if title else []
    top = GAP + (LINE * len(heading) + 6 if heading else 0)
    width, height = ceil(width), ceil(top + height + GAP)
    size = (width / PIXELS_PER_INCH, height / PIXELS_PER_INCH)
    figure = Figure(size, PIXELS_PER_INCH, facecolor=PAPER)
    page = figure.add_axes((0, 0, 1, 1), autoscale_on=False)  # one pair of axes covers all of it
    page.set(xlim=(0, width), ylim=(height, 0))
    page.set_axis_off()
    write_lines(page, width / 2, GAP, heading, TITLE, "bold")
    return figure, page, top


def write_lines(page, x, y, lines, points=LABEL, weight="normal"):
    """Lines of text centred on x, the first one below y."""
    for i, line in enumerate(lines):
        write(page, x, y + LINE * (i + 0.5), line, points, weight=weight)


def write(page, x, y, text, points=LABEL, ha="center", weight="normal", halo=None):
    """`text` with its middle at the height y, never read as mathematics."""
    effects = [withStroke(linewidth=3, foreground=halo)] if halo else None
    style = {"size": points, "color": INK, "family": FONT, "weight": weight}
    place = {"ha": ha, "va": "center_baseline", "parse_math": False}
    page.text(x, y, text, **style, **place, path_effects=effects)


def draw_cells(page, grid, x, y, cell, points, marks=None):
    """The numbers of grid (H, W) in cells of cell = (width, height) from (x, y) on.

    The cells where marks (H, W) is True are hatched.
    """
    wide, tall = cell
    strongest = np.abs(grid).max() or 1
    for (row, column), value in np.ndenumerate(grid):
        ground = mix(PAPER, WARM if value < 0 else SHADE, abs(value) / strongest)
        corner = (x + column * wide, y + row * tall)
        box = Rectangle(corner, wide, tall, facecolor=ground, edgecolor=SOFT, linewidth=0.7)
        halo = None
        if marks is not None and marks[row, column]:
            box.set_hatch("////")
            halo = ground  # keeps the hatching off the number
        page.add_patch(box)
        write(page, corner[0] + wide / 2, corner[1] + tall / 2, number(value), points, halo=halo)


def draw_outline(page, x, y, cell, window):
    """A thick frame around window = (row, column, rows, columns) of the cells from (x, y) on."""
    (wide, tall), (row, column, rows, columns) = cell, window
    corner = (x + column * wide, y + row * tall)
    box = Rectangle(corner, columns * wide, rows * tall, fill=False)
    box.set(edgecolor=ORANGE, linewidth=2.5, zorder=3)
    page.add_patch(box)


def draw_image(page, image, box, strongest=None, smooth=False):
    """image (H, W) or (H, W, 3) in box = (x, y, width, height); signed up to ±`strongest`."""
    x, y, width, height = box
    if image.ndim == 3:
        eight_bits = image if image.dtype == np.uint8 else np.uint8(np.rint(image * 255))
        image = Image.fromarray(eight_bits).quantize(COLOURS, kmeans=1).convert("RGB")
        image = np.asarray(image)  # (H, W, 3)
    low, high, colours = min(image.min(), 0), white(image), GREY
    if strongest is not None:
        low, high, colours = -(strongest or 1), strongest or 1, SIGNED
    page.imshow(
        image,
        cmap=colours,
        vmin=low,
        vmax=high,
        aspect="auto",
        extent=(x, x + width, y + height, y),
        interpolation="hanning" if smooth else "nearest",
    )


def deepest(image):
    """The size of value that gets the strongest colour: a few outliers would pale the rest."""
    sizes = np.abs(image)
    return np.percentile(sizes, 99) or sizes.max()


def white(image):
    """The value drawn as white in a grey image."""
    top = image.max()
    if top <= 1 + 1e-6 and image.dtype != np.uint8:  # a mean of 1s may exceed 1 by rounding
        return 1
    return max(top, 255)


def mix(a, b, part):
    """The colour that is `part` of the way from a to b."""
    return tuple((1 - part) * np.array(to_rgb(a)) + part * np.array(to_rgb(b)))


# Measuring and wording.


def text_width(text, points=LABEL, weight="normal"):
    """The width of `text` in pixels of the page."""
    font = FontProperties(family=FONT, size=points, weight=weight)
    renderer = RendererAgg(1, 1, PIXELS_PER_INCH)
    return renderer.get_text_width_height_descent(text, font, False)[0]  # False: no maths


def wrapped(text, width, points=LABEL, weight="normal"):
    """`text` as lines no wider than `width`; a size like 3 × 3 stays on one line."""
    lines = []
    for word in text.replace(" × ", "\u00a0×\u00a0").split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, points, weight) <= width:
            lines[-1] = longer
        elif text_width(word, points, weight) <= width:
            lines.append(word)
        else:
            raise ValueError(
                f"{word!r} is wider than the {width:.0f} pixels it has: use shorter words,"
                " or fewer columns."
            )
    return lines


def cell_sizes(grids, room):
    """The largest cells with which all grids fit into `room`, one beside the other.

    -> (widths, one for each grid; their height; points of the type in them), in pixels
    """
    texts = [{number(value) for value in grid.flat} for grid in grids]
    for points in (13, 12, 11, 10, 9):
        side = round(2.4 * points)
        widths = [max(side, 8 + ceil(max(text_width(t, points) for t in group))) for group in texts]
        if sum(w * grid.shape[1] for w, grid in zip(widths, grids, strict=True)) <= room:
            return widths, side, points
    raise ValueError(
        f"{' and '.join(by(grid.shape) for grid in grids)} numbers are too wide to be read on"
        " a page: draw a smaller part, or rounder numbers."
    )


def finite(array, name, dimensions):
    """`array` as float64, after a look: numbers, none missing, of so many dimensions."""
    array = np.asarray(array)
    if array.dtype.kind not in "fiub" or array.ndim != dimensions or array.size == 0:
        axes = {1: "a list", 2: "a table (H, W)", 3: "a table (H, W, 3)"}[dimensions]
        raise ValueError(
            f"{name} must be {axes} of numbers, but has shape {array.shape} and type {array.dtype}."
        )
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds a value that is not a finite number.")
    return array.astype(np.float64)


def image_values(image, name):
    """`image` as an array, after a look: (H, W), or (H, W, 3) as uint8 or from 0 to 1."""
    image = np.asarray(image)
    if image.ndim not in (2, 3) or image.shape[2:] not in ((), (3,)) or image.size == 0:
        raise ValueError(
            f"{name} must be grey (H, W) or in colour (H, W, 3), but has shape {image.shape}."
        )
    if image.dtype == np.uint8:
        return image
    image = finite(image, name, image.ndim)
    if image.ndim == 3 and (image.min() < 0 or image.max() > 1):
        raise ValueError(
            f"{name} is in colour, so it must be of type uint8 or go from 0 to 1,"
            f" but it goes {extent(image)}."
        )
    return image


def number(value):
    """As in a cell: whole numbers as such, others with two decimals."""
    near_whole = abs(value - round(value)) < 1e-6
    text = f"{value:.0f}" if near_whole else f"{value:.2f}"
    return text.replace("-", "−") if float(text) else text.lstrip("-")


def factor(value):
    """As the second factor of a product: in brackets if it has a sign."""
    text = number(value)
    return f"({text})" if text.startswith("−") else text


def short(value):
    """As at the end of a bar: 34,944 or 0.0125, three digits where it isn't whole."""
    text = f"{value:,.0f}" if value == round(value) or abs(value) >= 1000 else f"{value:.3g}"
    return text.replace("-", "−")


def extent(array):
    """The smallest and the largest value in words, to three digits of the larger one."""
    largest = float(np.abs(array).max()) or 1
    digits = max(0, 2 - floor(log10(largest)))
    low, high = (round(float(value), digits) + 0.0 for value in (array.min(), array.max()))
    return f"from {short(low)} to {short(high)}"


def by(shape):
    """A size in words: 3 × 3."""
    return " × ".join(map(str, shape))
