"""The convolution widget: slide a kernel over a picture, window by window.

Its front end is convolution.js. tests/widgets compares what both files have: the named kernels and
the sentence for an impossible setting.
"""

from functools import cache

import numpy as np
import traitlets as t

from alexnet_lib.networks.sizes import output_size
from alexnet_lib.scratch import conv2d
from alexnet_lib.widgets.base import (
    NumberTable,
    OneOf,
    TwoWholeNumbers,
    WholeNumber,
    Widget,
    WindowInOutput,
)

PHOTO_SIDE = 256  # the largest photo: what AlexNet's 227 are cropped from
GRID_SIDE = 16  # the largest picture shown as numbers

# A bright A, for its level, upright and slanted edges, on a ground of 1: zeros are padding.
LETTER = [
    [1, 1, 1, 1, 1, 1, 1, 1],
    [1, 1, 1, 9, 9, 1, 1, 1],
    [1, 1, 5, 9, 9, 5, 1, 1],
    [1, 1, 9, 4, 4, 9, 1, 1],
    [1, 5, 9, 1, 1, 9, 5, 1],
    [1, 9, 9, 9, 9, 9, 9, 1],
    [1, 9, 4, 1, 1, 4, 9, 1],
    [1, 9, 1, 1, 1, 1, 9, 1],
]

KERNELS = ("vertical edge", "horizontal edge", "outline", "blur", "sharpen", "identity")


def named_kernel(name, size):
    """Return the kernel called `name`, (size, size) float64, for any size from 1.

    The centre of an even size is the upper left of the middle four. Edges and the outline sum
    to 0, so a flat picture becomes 0; the others sum to 1 and keep the brightness.
    """
    side = np.sign(2.0 * np.arange(size) - (size - 1))  # (size,) -1 left, 0 middle, +1 right
    identity = np.zeros((size, size))  # (size, size)
    identity[(size - 1) // 2, (size - 1) // 2] = 1
    if name == "vertical edge":
        return np.tile(side, (size, 1))  # right minus left
    if name == "horizontal edge":
        return np.tile(side[:, None], (1, size))  # below minus above
    if name == "outline":
        return size * size * identity - 1  # the pixel minus each of its neighbours
    if name == "blur":
        return np.full((size, size), 1 / (size * size))  # the window's mean
    if name == "sharpen":
        return 2 * identity - 1 / (size * size)  # the pixel, plus what sets it off from the mean
    if name == "identity":
        return identity
    raise ValueError(f"No kernel is called {name!r}; there are {', '.join(KERNELS)}.")


def resize_kernel(kernel, size):
    """Cut `kernel`, or fill it with zeros, to (size, size), at the right and at the bottom."""
    out = np.zeros((size, size))
    keep = min(size, len(kernel))
    out[:keep, :keep] = np.asarray(kernel)[:keep, :keep]
    return out


@cache
def coffee():
    """Return the default photo in grey, 227 * 227 bytes."""
    from alexnet_lib import data

    return data.gray(data.photo("coffee")).tobytes()


class ConvolutionWidget(WindowInOutput, Widget):
    """Slide a kernel over a grid of numbers or a grey photo, and see every product.

    `ConvolutionWidget(image)` takes a (rows, cols) array: up to 16 × 16 it is shown as numbers,
    up to 256 × 256 as a photo (whole numbers 0 to 255, or floats 0 to 1). Every setting is a trait:
    `w.kernel_size = 7` moves the slider, and moving the slider changes `w.kernel_size`.
    """

    repr_traits = ("source", "kernel_name", "kernel_size", "stride", "padding", "dilation")

    source = OneOf(("grid", "photo")).tag(sync=True)
    grid = NumberTable(GRID_SIDE).tag(sync=True)
    photo = t.Bytes().tag(sync=True)  # grey, row by row, one byte a pixel
    photo_size = TwoWholeNumbers((227, 227), 1, PHOTO_SIDE).tag(sync=True)  # rows, columns
    photo_crop = WholeNumber(0, 0, PHOTO_SIDE).tag(sync=True)  # first rows and columns; 0: all
    kernel_size = WholeNumber(3, 1, 11).tag(sync=True)
    stride = WholeNumber(1, 1, 4).tag(sync=True)
    padding = WholeNumber(0, 0, 5).tag(sync=True)
    dilation = WholeNumber(1, 1, 3).tag(sync=True)
    kernel_name = OneOf((*KERNELS, "custom")).tag(sync=True)
    kernel = NumberTable(11, square=True).tag(sync=True)
    row = WholeNumber(0, 0, PHOTO_SIDE + 10).tag(sync=True)  # the current window's place
    col = WholeNumber(0, 0, PHOTO_SIDE + 10).tag(sync=True)  # in the output

    def __init__(self, image=None, **settings):
        if image is not None:
            settings = {**picture_traits(image), **settings}
        if "kernel" in settings:
            size = len(settings["kernel"])
            if settings.setdefault("kernel_size", size) != size:
                raise ValueError(
                    f"kernel has {size} rows but kernel_size is {settings['kernel_size']}; "
                    "give one of the two."
                )
            settings.setdefault("kernel_name", "custom")
        super().__init__(**settings)

    @classmethod
    def assets(cls):
        """Return the default photo, {"photo": 227 * 227 bytes}."""
        return {"photo": coffee()}

    @t.default("grid")
    def _default_grid(self):
        return [[float(value) for value in row] for row in LETTER]

    @t.default("photo")
    def _default_photo(self):
        return coffee()

    @t.default("kernel")
    def _default_kernel(self):
        return named_kernel(self.kernel_name, self.kernel_size).tolist()

    # Three traits define the kernel. These two functions keep them in step, whichever is set.

    @t.observe("kernel_name", "kernel_size")
    def _follow_name(self, change):
        if self.kernel_name != "custom":
            self.kernel = named_kernel(self.kernel_name, self.kernel_size).tolist()
        elif len(self.kernel) != self.kernel_size:
            self.kernel = resize_kernel(self.kernel, self.kernel_size).tolist()

    @t.observe("kernel")
    def _follow_kernel(self, change):
        size, name = len(self.kernel), self.kernel_name
        if name != "custom" and not np.array_equal(named_kernel(name, size), self.kernel):
            name = "custom"
        with self.hold_trait_notifications():  # or the first of the two would undo this kernel
            self.kernel_name, self.kernel_size = name, size

    @t.validate("photo", "photo_size")
    def _whole_photo(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        photo = value if name == "photo" else self.photo
        rows, cols = value if name == "photo_size" else self.photo_size
        if len(photo) != rows * cols:
            raise t.TraitError(
                f"photo has {len(photo)} bytes, but photo_size {rows} × {cols} needs {rows * cols}."
            )
        return value

    @t.observe(
        *("source", "grid", "photo_size", "photo_crop"),
        *("kernel_size", "stride", "padding", "dilation"),
    )
    def _follow_size(self, change):
        self._stay_inside()

    @property
    def image(self):
        """The picture under the kernel, (rows, cols) float64; set it as in the constructor."""
        if self.source == "grid":
            return np.array(self.grid)
        pixels = np.frombuffer(self.photo, np.uint8).reshape(self.photo_size)
        crop = self.photo_crop or PHOTO_SIDE
        return pixels[:crop, :crop].astype(np.float64)

    @image.setter
    def image(self, image):
        with self.hold_trait_notifications():
            for key, value in picture_traits(image).items():
                setattr(self, key, value)

    @property
    def input_size(self):
        """(rows, cols) of the picture, without padding."""
        if self.source == "grid":
            return len(self.grid), len(self.grid[0])
        crop = self.photo_crop or PHOTO_SIDE
        return min(self.photo_size[0], crop), min(self.photo_size[1], crop)

    @property
    def output_size(self):
        """(rows, cols) of the output; (0, 0) for an impossible setting."""
        if self.problem:
            return 0, 0
        settings = self.kernel_size, self.stride, self.padding, self.dilation
        return tuple(output_size(size, *settings) for size in self.input_size)

    @property
    def problem(self):
        """Why this setting is impossible, in one sentence; "" if it is possible."""
        size, padding, dilation = self.kernel_size, self.padding, self.dilation
        rows, cols = self.input_size
        span = dilation * (size - 1) + 1
        room = min(rows, cols) + 2 * padding
        if span <= room:
            return ""
        spread = (
            f" with dilation {dilation} spans {span} × {span} pixels and" if dilation > 1 else ""
        )
        padded = (
            f" with padding {padding} ({rows + 2 * padding} × {cols + 2 * padding} in all)"
            if padding
            else ""
        )
        largest = (room - 1) // dilation + 1
        return (
            f"The {size} × {size} kernel{spread} does not fit into the {rows} × {cols} "
            f"input{padded}: the largest that does is {largest} × {largest}."
        )

    @property
    def output(self):
        """The picture after the kernel, (rows, cols) float64.

        An impossible setting raises ValueError with the sentence that the widget shows.
        """
        if self.problem:
            raise ValueError(self.problem)
        x = self.image[None, None]  # (1, 1, rows, cols)
        w = np.array(self.kernel)[None, None]  # (1, 1, size, size)
        y = conv2d(x, w, None, self.stride, self.padding, self.dilation)  # (1, 1, rows', cols')
        return y[0, 0]

    def describe(self):
        """Return one or two sentences on what the widget shows now."""
        if self.problem:
            return self.problem
        size = self.kernel_size
        rows, cols = self.input_size
        pixels = f"a photo of {rows} × {cols} pixels"
        grid = f"a grid of {rows} × {cols} numbers"
        dilation = f", padding {self.padding} and dilation {self.dilation}"
        return (
            f"Convolution: the {size} × {size} kernel ({self.kernel_name}) slides over "
            f"{grid if self.source == 'grid' else pixels} with stride {self.stride}"
            f"{dilation if self.dilation > 1 else f' and padding {self.padding}'}, "
            f"and gives {self.output_size[0]} × {self.output_size[1]} numbers."
        )


def picture_traits(image):
    """Return the traits that show an image, (rows, cols)."""
    image = np.asarray(image)
    if image.ndim != 2 or not image.size or max(image.shape) > PHOTO_SIDE:
        raise ValueError(
            f"The image is a grey picture (rows, columns) of up to {PHOTO_SIDE} × {PHOTO_SIDE}, "
            f"not of shape {image.shape}; alexnet_lib.data.gray makes a colour picture grey."
        )
    if max(image.shape) <= GRID_SIDE:
        return {"source": "grid", "grid": image}
    if image.dtype.kind == "f" and image.min() >= 0 and image.max() <= 1:
        image = np.rint(255 * image)
    if image.dtype.kind not in "uif" or not (image.min() >= 0 and image.max() <= 255):
        raise ValueError(
            "A photo holds whole numbers from 0 to 255 or floats from 0 to 1; this image goes "
            f"from {image.min()} to {image.max()} ({image.dtype})."
        )
    pixels = np.rint(image).astype(np.uint8)
    return {
        "source": "photo",
        "photo": pixels.tobytes(),
        "photo_size": pixels.shape,
        "photo_crop": 0,
    }
