"""The pooling widget: windows on a picture, what is left of each, and what survives a shift.

Its front end is pooling.js. tests/widgets compares what both files have: the sentence for an
impossible setting.
"""

from functools import cache

import numpy as np
import traitlets as t

from alexnet_lib.networks.sizes import output_size, reads
from alexnet_lib.scratch import avg_pool2d, conv2d, max_pool2d
from alexnet_lib.widgets.base import NumberTable, OneOf, WholeNumber, Widget, WindowInOutput

GRID_SIDE = 16  # the largest picture of the reader's own
MARGIN = 3  # pixels that the picture can move, so the hidden rim around its visible part
MAP_SIDE = 55  # the visible part of the map
NOISE_SIDE = 12  # the visible part of the noise
LARGEST = 8  # window

# A handwritten 7, with zeros around it.
DIGIT = [
    [0, 0, 0, 0, 0, 0, 0, 0],
    [0, 5, 7, 8, 7, 6, 0, 0],
    [0, 0, 0, 0, 2, 9, 5, 0],
    [0, 0, 0, 0, 6, 9, 0, 0],
    [0, 0, 0, 2, 9, 4, 0, 0],
    [0, 0, 0, 8, 8, 0, 0, 0],
    [0, 0, 1, 9, 4, 0, 0, 0],
    [0, 0, 0, 0, 0, 0, 0, 0],
]


@cache
def edges():
    """Return the default map, 61 × 61 bytes: the left edges in the photograph "coffee".

    A first layer's map: a kernel of 5 × 5 that finds upright edges, stride 3, negatives set to 0.
    """
    from alexnet_lib import data

    x = data.gray(data.photo("coffee")).astype(np.float64)[None, None]  # (1, 1, 227, 227)
    kernel = np.tile(np.sign(np.arange(5) - 2.0), (5, 1))[None, None]  # (1, 1, 5, 5)
    y = conv2d(x, kernel, None, 3)[0, 0, 6:67, 6:67]  # (61, 61)
    bright = 1274.0  # a hundredth of its numbers are larger
    return np.rint(255 * np.clip(y / bright, 0, 1)).astype(np.uint8).tobytes()


@cache
def noise():
    """Return the default noise, 18 × 18 bytes from 0 to 99.

    The share that survives a move is itself random in so few numbers. With this seed it is close to
    its mean over much noise: 1/3 for 2 × 2 and 1/2 for 3 × 3, stride 2.
    """
    return np.random.default_rng(208).integers(0, 100, (18, 18), np.uint8).tobytes()


class PoolingWidget(WindowInOutput, Widget):
    """Pool a grid of numbers or a map, move the picture, and count which numbers stay.

    `PoolingWidget(image)` takes a table of numbers up to 16 × 16. Every setting is a trait:
    `w.window = 3` moves the slider, and moving the slider changes `w.window`.

    source       "grid", "noise" (12 × 12), or "map" (55 × 55, the edges in a photograph)
    window       side of a window; stride: from one window to the next
    kind         "max" or "average"
    down, right  how far the picture is moved, −3 to 3
    """

    repr_traits = ("source", "kind", "window", "stride", "down", "right")

    source = OneOf(("grid", "noise", "map")).tag(sync=True)
    grid = NumberTable(GRID_SIDE).tag(sync=True)
    map_bytes = t.Bytes().tag(sync=True)  # 61 × 61, row by row, one byte a number
    noise_bytes = t.Bytes().tag(sync=True)  # 18 × 18
    kind = OneOf(("max", "average")).tag(sync=True)
    window = WholeNumber(2, 1, LARGEST).tag(sync=True)
    stride = WholeNumber(2, 1, 4).tag(sync=True)
    down = WholeNumber(0, -MARGIN, MARGIN).tag(sync=True)
    right = WholeNumber(0, -MARGIN, MARGIN).tag(sync=True)
    row = WholeNumber(0, 0, MAP_SIDE).tag(sync=True)  # the current window's place in the output
    col = WholeNumber(0, 0, MAP_SIDE).tag(sync=True)

    def __init__(self, image=None, **settings):
        if image is not None:
            settings = {"source": "grid", "grid": image, **settings}
        super().__init__(**settings)

    @classmethod
    def assets(cls):
        """Return the map and the noise, as bytes."""
        return {"map_bytes": edges(), "noise_bytes": noise()}

    @t.default("grid")
    def _default_grid(self):
        return [[float(value) for value in row] for row in DIGIT]

    @t.default("map_bytes")
    def _default_map(self):
        return edges()

    @t.default("noise_bytes")
    def _default_noise(self):
        return noise()

    @t.validate("map_bytes", "noise_bytes")
    def _of_full_size(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        side = (MAP_SIDE if name == "map_bytes" else NOISE_SIDE) + 2 * MARGIN
        if len(value) != side * side:
            raise t.TraitError(f"{name} has {len(value)} bytes, but {side} × {side} are needed.")
        return value

    @t.observe("source", "grid", "window", "stride")
    def _follow_size(self, change):
        self._stay_inside()

    @property
    def input_size(self):
        """(rows, cols) of the picture."""
        if self.source == "grid":
            return len(self.grid), len(self.grid[0])
        side = MAP_SIDE if self.source == "map" else NOISE_SIDE
        return side, side

    @property
    def scene(self):
        """The picture with a rim of 3 numbers on each side, float64; of a grid the rim is 0."""
        if self.source == "grid":
            return np.pad(np.array(self.grid), MARGIN)
        pixels = self.map_bytes if self.source == "map" else self.noise_bytes
        side = self.input_size[0] + 2 * MARGIN
        return np.frombuffer(pixels, np.uint8).reshape(side, side).astype(np.float64)

    @property
    def image(self):
        """The picture as it lies now, (rows, cols) float64; set it as in the constructor."""
        return self._visible_part(self.down, self.right)

    @image.setter
    def image(self, image):
        with self.hold_trait_notifications():
            self.grid, self.source = image, "grid"

    def _visible_part(self, down, right):
        rows, cols = self.input_size
        top, left = MARGIN - down, MARGIN - right
        return self.scene[top : top + rows, left : left + cols]

    @property
    def output_size(self):
        """(rows, cols) of the output; (0, 0) for an impossible setting."""
        if self.problem:
            return 0, 0
        return tuple(output_size(size, self.window, self.stride) for size in self.input_size)

    @property
    def problem(self):
        """Why this setting is impossible, in one sentence; "" if it is possible."""
        rows, cols = self.input_size
        room = min(rows, cols)
        if self.window <= room:
            return ""
        return (
            f"A window of {self.window} × {self.window} does not fit into the {rows} × {cols} "
            f"picture: the largest that does is {room} × {room}."
        )

    @property
    def output(self):
        """The picture as it lies now, pooled, (rows, cols) float64.

        An impossible setting raises ValueError with the sentence that the widget shows.
        """
        return self._pool(self.down, self.right)

    @property
    def before(self):
        """The picture before the move, pooled, (rows, cols) float64."""
        return self._pool(0, 0)

    def _pool(self, down, right):
        if self.problem:
            raise ValueError(self.problem)
        pool = max_pool2d if self.kind == "max" else avg_pool2d
        return pool(self._visible_part(down, right)[None, None], self.window, self.stride)[0, 0]

    @property
    def reads(self):
        """The number of windows that read each number of the picture, (rows, cols) ints."""
        if self.problem:
            return np.zeros(self.input_size, int)
        down, across = (reads(size, self.window, self.stride) for size in self.input_size)
        return np.outer(down, across)

    @property
    def stays(self):
        """Whether each number of the output is what it was before the move, (rows, cols)."""
        return self.output == self.before

    @property
    def survives(self):
        """The share of the output that is the same as before the move, from 0 to 1."""
        return float(self.stays.mean())

    def describe(self):
        """Return one or two sentences on what the widget shows now."""
        if self.problem:
            return self.problem
        rows, cols = self.input_size
        taken = "the largest number" if self.kind == "max" else "the mean"
        text = (
            f"Pooling: {taken} of each window of {self.window} × {self.window}, stride "
            f"{self.stride}, in a picture of {rows} × {cols} numbers; "
            f"{self.output_size[0]} × {self.output_size[1]} are left."
        )
        if self.down or self.right:
            text += (
                f" With the picture moved {move_text(self.down, self.right)}, "
                f"{int(self.stays.sum())} of them are what they were."
            )
        return text


def move_text(down, right):
    """Return a move as a text: 1 right and 2 up."""
    parts = [(right, "right", "left"), (down, "down", "up")]
    return " and ".join(f"{abs(n)} {more if n > 0 else less}" for n, more, less in parts if n)
