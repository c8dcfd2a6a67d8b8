"""What all figures share: paper, ink, type, and the `Picture` that each of them returns.

Layouts are in pixels of the page, x to the right and y downwards. The paper is opaque, so figures
look the same on light and dark pages, and at most 691 pixels wide, so a phone can show them.
Nothing depends on colour alone, and the colours differ in lightness, so grey prints work.
"""

from base64 import b64encode
from functools import cache, cached_property
from io import BytesIO
from math import ceil, floor, log10
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patheffects import withStroke
from PIL import Image

__all__ = ["Picture"]

PAPER = "#fbf9f4"
INK = "#1f2328"
SOFT = "#8b9097"  # hatching, and lines between cells
BLUE = "#123f73"  # the darkest, also in grey
PURPLE, GREEN = "#6a2c70", "#4a8f6d"  # parameters and work: they mean no sign
ORANGE = "#d2640a"  # lighter than the blue; colour-blind readers can tell the two apart
SHADE = "#9dbbdb"  # the deepest shade behind a negative number: its contrast with INK is 8 to 1
DIM = "#b3b9c0"  # the darkest grey behind a number, for the smallest where none is negative
WARM = "#f3c398"  # the same for positive numbers

FONT = "DejaVu Sans"  # comes with Matplotlib
LABEL, TITLE = 11, 12  # points; numbers in cells shrink to 9 if they must
LINE = 19  # pixels from one line of text to the next
PIXELS_PER_INCH = 96  # of a page
SHARP = 2  # pixels of the PNG per pixel of the page, for dense screens
WIDEST = 691  # pixels of the page: 7.2 inches
GAP = 12


class Picture:
    """A figure and its alt text, for readers who can't see it."""

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
        """The bytes of the PNG file, with `SHARP` times the pixels of `size` on each side."""
        canvas = FigureCanvasAgg(self.figure)
        self.figure.set_dpi(PIXELS_PER_INCH * SHARP)
        canvas.draw()
        opaque = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
        file = BytesIO()
        opaque.quantize(256).save(file, "png", optimize=True)
        return file.getvalue()

    def save(self, path):
        """Write the PNG to `path`, which must end in .png."""
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


# Drawing, in pixels of the page: x to the right, y downwards.


def sheet(width, height, title=None):
    """Return paper with room for `height` pixels below a title: (figure, axes, y of the room)."""
    heading = wrap_text(title, width - 2 * GAP, TITLE, "bold") if title else []
    top = GAP + (LINE * len(heading) + 6 if heading else 0)
    width, height = ceil(width), ceil(top + height + GAP)
    size = (width / PIXELS_PER_INCH, height / PIXELS_PER_INCH)
    figure = Figure(size, PIXELS_PER_INCH, facecolor=PAPER)
    page = figure.add_axes((0, 0, 1, 1), autoscale_on=False)  # one pair of axes for the page
    page.set(xlim=(0, width), ylim=(height, 0))
    page.set_axis_off()
    write_lines(page, width / 2, GAP, heading, TITLE, "bold")
    return figure, page, top


def write_lines(page, x, y, lines, points=LABEL, weight="normal"):
    """Write lines of text centred on x, the first one below y."""
    for i, line in enumerate(lines):
        write(page, x, y + LINE * (i + 0.5), line, points, weight=weight)


def write(page, x, y, text, points=LABEL, ha="center", weight="normal", halo=None):
    """Write `text` with its middle at height y; $ and _ mean nothing special."""
    effects = [withStroke(linewidth=3, foreground=halo)] if halo else None
    style = {"size": points, "color": INK, "family": FONT, "weight": weight}
    place = {"ha": ha, "va": "center_baseline", "parse_math": False}
    page.text(x, y, text, **style, **place, path_effects=effects)


def write_upward(page, x, y, text, points=LABEL):
    """Write `text` from y upwards, with its middle at x."""
    style = {"size": points, "color": INK, "family": FONT}
    page.text(x, y, text, **style, ha="center", va="bottom", rotation=90, parse_math=False)


def mix(a, b, part):
    """Return the colour that is `part` of the way from a to b."""
    return tuple((1 - part) * np.array(to_rgb(a)) + part * np.array(to_rgb(b)))


# Measuring and wording.


@cache
def text_width(text, points=LABEL, weight="normal"):
    """Return the width of `text` in pixels of the page."""
    font = FontProperties(family=FONT, size=points, weight=weight)
    renderer = RendererAgg(1, 1, PIXELS_PER_INCH)
    return renderer.get_text_width_height_descent(text, font, False)[0]  # False: no mathematics


def wrap_text(text, width, points=LABEL, weight="normal"):
    """Break `text` into lines no wider than `width`, but never within a size like 3 × 3."""
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


def as_array(array, name):
    """Return `array` as a NumPy array; first detach a tensor and copy it to the CPU."""
    if hasattr(array, "detach"):  # a PyTorch tensor; PyTorch need not be installed
        tensor = array.detach().cpu()
        return (tensor.double() if tensor.is_floating_point() else tensor).numpy()
    if isinstance(array, (list, tuple)):
        array = [as_array(item, name) if hasattr(item, "detach") else item for item in array]
    try:
        return np.asarray(array)
    except ValueError:
        raise ValueError(f"{name} must be numbers in rows of the same length.") from None


def finite_array(array, name, dimensions):
    """Return `array` as float64; raise a ValueError unless it is finite and has this many axes."""
    array = as_array(array, name)
    if array.dtype.kind not in "fiub" or array.ndim != dimensions or array.size == 0:
        axes = {1: "a list", 2: "a table (H, W)"}.get(dimensions, f"a block of {dimensions} axes")
        raise ValueError(
            f"{name} must be {axes} of numbers, but has shape {array.shape} and type {array.dtype}."
        )
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds a value that is not a finite number.")
    return array.astype(np.float64)


def number_text(value):
    """Return the text for a cell: whole numbers as such, others with two decimals."""
    near_whole = abs(value - round(value)) < 1e-6
    text = f"{value:.0f}" if near_whole else f"{value:.2f}"
    return text.replace("-", "−") if float(text) else text.lstrip("-")


def short_text(value):
    """Return the text for the end of a bar: 34,944 or 0.0125, three digits unless it is whole."""
    text = f"{value:,.0f}" if value == round(value) or abs(value) >= 1000 else f"{value:.3g}"
    return text.replace("-", "−")


def range_text(array):
    """Return the smallest and the largest value as words, to three digits of the larger one."""
    largest = float(np.abs(array).max()) or 1
    digits = max(0, 2 - floor(log10(largest)))
    low, high = (round(float(value), digits) + 0.0 for value in (array.min(), array.max()))
    return f"from {short_text(low)} to {short_text(high)}"


def size_text(shape):
    """Return a size as text: 3 × 3."""
    return " × ".join(map(str, shape))
