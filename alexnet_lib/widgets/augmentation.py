"""The augmentation widget: chance makes sixteen pictures of one; does the label survive?

Its front end is augmentation.js. Both draw the same numbers from a seed, and change the picture in
the same way: a window, turned around its middle, mirrored, brighter, and with another colour.
"""

import math
from functools import cache
from typing import NamedTuple

import numpy as np
import traitlets as t

from alexnet_lib.widgets.base import FiniteNumber, OneOf, WholeNumber, Widget, uniform

SIDE = 96  # of the picture; the window is 84 of 96 as AlexNet's is 224 of 256
DRAWS = 16
NUMBERS = 12  # random numbers for each draw
SUBJECTS = ("dog", "sneaker", "6", "8", "b")
MIRRORS = ("never", "sides", "both")  # never, left and right, also upside down
UNITS = ("deviation", "variance")  # what a draw of the colour multiplies

# The axes of the colours in nine photographs, in grey levels; each as long as the deviation.
AXES = [[53, 56, 55], [26, -10, -15], [2, -18, 16]]

# Rows of 3 cells; a cell is 12 × 12 pixels.
SIGNS = {
    "6": ["111", "100", "111", "101", "111"],
    "8": ["111", "101", "111", "101", "111"],
    "b": ["100", "100", "111", "101", "111"],
}
CELL = 12

# Where the subject is: top, left, height, width; and how much of that must be in the window.
BOXES = {"dog": (10, 4, 84, 84), "sneaker": (32, 6, 32, 84)}
SIGN_BOX = (18, 30, 60, 36)
ENOUGH = {"dog": 0.25, "sneaker": 0.5, "6": 0.8, "8": 0.8, "b": 0.8}

# What a sign reads as: (mirrored, upside down) -> another name; the others can't be read.
READINGS = {
    "6": {(False, False): "6", (True, True): "9"},
    "8": {(a, b): "8" for a in (False, True) for b in (False, True)},
    "b": {(False, False): "b", (True, False): "d", (False, True): "p", (True, True): "q"},
}
FAINT = 100  # the least variance of a picture's brightness in which something can be seen


@cache
def dog():
    """Return a photograph of a dog, (96, 96, 3), as bytes."""
    from alexnet_lib import data

    square = data.animal("dog")[8:392, 112:496].astype(np.float64)  # (384, 384, 3)
    blocks = square.reshape(SIDE, 4, SIDE, 4, 3).mean((1, 3))  # (96, 96, 3)
    return np.floor(blocks + 0.5).astype(np.uint8).tobytes()


@cache
def sneaker():
    """Return a sneaker of the bundled set, (28, 28), as bytes."""
    from alexnet_lib import data

    train, _ = data.load("fashion-mnist-small")
    return train.images[np.flatnonzero(train.labels == 7)[1]].tobytes()


class Draw(NamedTuple):
    """What chance does to one picture."""

    top: int  # of the window, in the picture
    left: int
    mirrored: bool
    upside: bool
    turn: int  # degrees, against the clock
    brightness: int  # grey levels
    colour: tuple  # what is added to red, green and blue


class AugmentationWidget(Widget):
    """Change a picture by chance, sixteen times, and ask of each whether its label survives.

    Every setting is a trait that says how far chance may go: `w.turn = 30` turns each picture by
    −30° to 30°.

    subject     "dog", "sneaker", "6", "8" or "b"
    window      side of the window, of 96 pixels
    mirror      "never", "sides" (left and right, every second time), "both" (also upside down)
    turn        degrees; brightness: grey levels
    colour      the standard deviation of the draws for the three colour axes
    unit        the length of an axis: its standard "deviation", or its "variance" as printed
    """

    repr_traits = ("subject", "window", "mirror", "turn", "brightness", "colour", "seed")

    subject = OneOf(SUBJECTS).tag(sync=True)
    window = WholeNumber(84, 32, SIDE).tag(sync=True)
    mirror = OneOf(MIRRORS).tag(sync=True)
    turn = WholeNumber(0, 0, 180).tag(sync=True)
    brightness = WholeNumber(0, 0, 200).tag(sync=True)
    colour = FiniteNumber(0, 0, 1).tag(sync=True)
    unit = OneOf(UNITS).tag(sync=True)
    seed = WholeNumber(1, 0, 9999).tag(sync=True)
    chosen = WholeNumber(0, 0, DRAWS - 1).tag(sync=True)  # the draw that is shown large
    dog_bytes = t.Bytes().tag(sync=True)  # 96 × 96 × 3, row by row
    sneaker_bytes = t.Bytes().tag(sync=True)  # 28 × 28

    @classmethod
    def assets(cls):
        """Return the two photographs, as bytes."""
        return {"dog_bytes": dog(), "sneaker_bytes": sneaker()}

    @t.default("dog_bytes")
    def _default_dog(self):
        return dog()

    @t.default("sneaker_bytes")
    def _default_sneaker(self):
        return sneaker()

    @t.validate("dog_bytes", "sneaker_bytes")
    def _of_full_size(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        needed = SIDE * SIDE * 3 if name == "dog_bytes" else 28 * 28
        if len(value) != needed:
            raise t.TraitError(f"{name} has {len(value)} bytes, but {needed} are needed.")
        return value

    @property
    def picture(self):
        """The picture before any change, (96, 96, 3) uint8."""
        if self.subject == "dog":
            return np.frombuffer(self.dog_bytes, np.uint8).reshape(SIDE, SIDE, 3)
        if self.subject == "sneaker":
            grey = np.frombuffer(self.sneaker_bytes, np.uint8).reshape(28, 28)
            grey = np.pad(grey.repeat(3, 0).repeat(3, 1), 6)  # (96, 96)
        else:
            rows = np.array([list(row) for row in SIGNS[self.subject]]).astype(np.uint8)
            top, left, high, wide = SIGN_BOX
            grey = np.zeros((SIDE, SIDE), np.uint8)
            grey[top : top + high, left : left + wide] = 255 * rows.repeat(CELL, 0).repeat(CELL, 1)
        return grey[:, :, None].repeat(3, 2)

    @property
    def places(self):
        """The number of places that a window has along one side."""
        return SIDE - self.window + 1

    @property
    def count(self):
        """The number of different crops: all places, and mirror images if they may be drawn."""
        return self.places**2 * {"never": 1, "sides": 2, "both": 4}[self.mirror]

    @property
    def draws(self):
        """What chance does, sixteen times."""
        chance = uniform(self.seed, DRAWS, NUMBERS)
        return [self._draw(numbers.tolist()) for numbers in chance]

    def _draw(self, u):
        normal = [
            math.sqrt(-2 * math.log(1 - u[i])) * math.cos(2 * math.pi * u[i + 1]) for i in (5, 7, 9)
        ]
        colour = [0.0, 0.0, 0.0]
        for axis, number in zip(AXES, normal, strict=True):
            length = math.sqrt(sum(part * part for part in axis))
            factor = self.colour * number * (length if self.unit == "variance" else 1)
            colour = [old + factor * part for old, part in zip(colour, axis, strict=True)]
        return Draw(
            top=int(u[0] * self.places),
            left=int(u[1] * self.places),
            mirrored=self.mirror != "never" and u[2] < 0.5,
            upside=self.mirror == "both" and u[11] < 0.5,
            turn=signed(u[3], self.turn),
            brightness=signed(u[4], self.brightness),
            colour=tuple(colour),
        )

    @property
    def pictures(self):
        """The sixteen pictures, (16, window, window, 3) uint8."""
        picture = self.picture
        return np.stack([changed(picture, draw, self.window) for draw in self.draws])

    @property
    def verdicts(self):
        """What a person would say of each picture: sixteen pairs (kind, reading).

        The kinds: "good": the label is right; "odd": it is right, but hardly any such picture
        comes up; "wrong": another label would be right; "none": nobody could tell.
        """
        pairs = zip(self.draws, self.pictures, strict=True)
        return [verdict(self.subject, draw, self.window, picture) for draw, picture in pairs]

    def describe(self):
        """Return one or two sentences on what the widget shows now."""
        kinds = [kind for kind, _ in self.verdicts]
        kept = sum(kind in ("good", "odd") for kind in kinds)
        mirror = {"never": "", "sides": ", mirrored left and right", "both": ", mirrored both ways"}
        return (
            f"Augmentation: a picture with the label {self.subject}, changed by chance sixteen "
            f"times: windows of {self.window} × {self.window} out of {SIDE} × {SIDE} pixels"
            f"{mirror[self.mirror]}. In {kept} of the 16 pictures the label survives."
        )


def signed(u, limit):
    """Return a whole number from −limit to limit for a random number u from 0 to 1."""
    return math.floor((2 * u - 1) * limit + 0.5)


def changed(picture, draw, window):
    """Return the window of a picture (H, W, 3), turned, mirrored, recoloured: uint8.

    It is turned around its middle. A new pixel lies among four old ones, and takes their mean,
    weighted by nearness; outside the picture all is black.
    """
    middle = (window - 1) / 2
    y, x = np.mgrid[:window, :window] - middle  # (window, window) each
    x = -x if draw.mirrored else x
    y = -y if draw.upside else y
    angle = draw.turn * math.pi / 180
    across = math.cos(angle) * x - math.sin(angle) * y + (draw.left + middle)
    down = math.sin(angle) * x + math.cos(angle) * y + (draw.top + middle)
    left, top = np.floor(across), np.floor(down)
    part_x, part_y = across - left, down - top
    high, wide = picture.shape[:2]
    out = np.zeros((window, window, 3))
    for dy, dx in ((0, 0), (0, 1), (1, 0), (1, 1)):
        weight = (part_y if dy else 1 - part_y) * (part_x if dx else 1 - part_x)
        row, column = (top + dy).astype(int), (left + dx).astype(int)
        inside = (row >= 0) & (row < high) & (column >= 0) & (column < wide)
        weight = np.where(inside, weight, 0)[:, :, None]
        out += weight * picture[row.clip(0, high - 1), column.clip(0, wide - 1)]
    out = out + (draw.brightness + np.array(draw.colour))
    return np.floor(out.clip(0, 255) + 0.5).astype(np.uint8)


def verdict(subject, draw, window, picture):
    """Return (kind, reading) for one draw: see `AugmentationWidget.verdicts`."""
    top, left, high, wide = BOXES.get(subject, SIGN_BOX)
    rows = max(0, min(top + high, draw.top + window) - max(top, draw.top))
    columns = max(0, min(left + wide, draw.left + window) - max(left, draw.left))
    if rows * columns < ENOUGH[subject] * high * wide:
        return "none", "outside"
    grey = picture.sum(2, dtype=np.int64)  # (window, window), up to 765
    n = grey.size
    if n * int((grey**2).sum()) - int(grey.sum()) ** 2 < 9 * FAINT * n * n:
        return "none", "faint"
    on_side = 45 < abs(draw.turn) < 135
    half = abs(draw.turn) >= 135
    mirrored, upside = draw.mirrored != half, draw.upside != half  # a half turn is both
    if subject in READINGS:
        reading = None if on_side else READINGS[subject].get((mirrored, upside))
        if reading is None:
            return "none", "unread"
        return ("good" if reading == subject else "wrong"), reading
    if on_side:
        return "odd", "side"
    if upside:
        return "odd", "upside"
    if subject == "sneaker" and mirrored:
        return "odd", "right"
    return "good", subject
