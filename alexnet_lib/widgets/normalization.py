"""The normalization widget: a table of pictures and maps, normalized along a row or down a column.

Its front end is normalization.js. tests/widgets compares what both files have: the sentence for an
impossible setting.
"""

import numpy as np
import traitlets as t

from alexnet_lib.scratch import batch_norm, local_response_norm
from alexnet_lib.widgets.base import FiniteNumber, NumberTable, OneOf, WholeNumber, Widget

LARGEST_SIDE = 8  # of the table

# What five maps (columns) hold for five pictures (rows) at one place.
TABLE = [
    [2, 0, 1, 4, 1],
    [0, 1, 3, 2, 0],
    [1, 0, 4, 0, 2],
    [3, 2, 5, 1, 0],
    [0, 1, 7, 3, 1],
]


class NormalizationWidget(Widget):
    """Normalize a table, a row for each picture and a column for each map, in two ways.

    `NormalizationWidget(table=...)` takes up to 8 × 8 numbers. Every setting is a trait:
    `w.alpha = 1` moves the slider, and moving the slider changes `w.alpha`.

    method    "lrn" looks along a row, "bn" down a column
    power     all numbers are multiplied by 10 ** power
    row, col  the number in the frame
    n, alpha, beta, k, form    of local response normalization; form: "paper", or "program",
              which divides alpha by n
    pictures  how many rows are in batch normalization's batch, from the top; 0 for all
    mode      "training", or "testing" with the mean and variance of the whole table at power 0
    scale, shift  what batch normalization learns
    """

    repr_traits = ("method", "power", "row", "col")

    table = NumberTable(LARGEST_SIDE).tag(sync=True)
    method = OneOf(("lrn", "bn")).tag(sync=True)
    power = WholeNumber(0, -3, 3).tag(sync=True)
    row = WholeNumber(1, 0, LARGEST_SIDE - 1).tag(sync=True)
    col = WholeNumber(2, 0, LARGEST_SIDE - 1).tag(sync=True)
    n = WholeNumber(5, 1, 9).tag(sync=True)
    alpha = FiniteNumber(1e-4, 0, 100).tag(sync=True)
    beta = FiniteNumber(0.75, 0, 2).tag(sync=True)
    k = FiniteNumber(2, 0.5, 10).tag(sync=True)
    form = OneOf(("paper", "program")).tag(sync=True)
    pictures = WholeNumber(0, 0, LARGEST_SIDE).tag(sync=True)
    mode = OneOf(("training", "testing")).tag(sync=True)
    scale = FiniteNumber(1, -3, 3).tag(sync=True)
    shift = FiniteNumber(0, -3, 3).tag(sync=True)

    @t.default("table")
    def _default_table(self):
        return [[float(value) for value in row] for row in TABLE]

    @property
    def inputs(self):
        """The numbers that are normalized, (pictures in the batch, maps) float64."""
        batch = self.pictures if self.method == "bn" and self.pictures else None
        return np.array(self.table)[:batch] * 10.0**self.power

    @property
    def place(self):
        """(row, col) of the number in the frame: those of the traits, or the last there are."""
        rows, cols = self.inputs.shape
        return min(self.row, rows - 1), min(self.col, cols - 1)

    @property
    def problem(self):
        """Why this setting is impossible, in one sentence; "" if it is possible."""
        if self.method == "lrn" or self.mode == "testing" or len(self.inputs) > 1:
            return ""
        return (
            "One picture alone has no spread: each number is its own mean, and every map would "
            "become 0. Training needs two pictures or more; testing can do with one."
        )

    @property
    def statistics(self):
        """Mean and variance of each map, with which batch normalization computes, (maps,) each."""
        x = np.array(self.table) if self.mode == "testing" else self.inputs
        return x.mean(axis=0), x.var(axis=0)

    @property
    def divisors(self):
        """What local response normalization divides each number by, like `inputs`."""
        alpha = self.alpha / self.n if self.form == "program" else self.alpha
        squares = np.pad(self.inputs**2, ((0, 0), (self.n // 2, (self.n - 1) // 2)))
        maps = self.inputs.shape[1]
        total = sum(squares[:, first : first + maps] for first in range(self.n))
        return (self.k + alpha * total) ** self.beta

    @property
    def outputs(self):
        """The normalized numbers, like `inputs`.

        An impossible setting raises ValueError with the sentence that the widget shows.
        """
        if self.problem:
            raise ValueError(self.problem)
        if self.method == "bn":
            maps = self.inputs.shape[1]
            weight, bias = np.full(maps, self.scale), np.full(maps, self.shift)
            return batch_norm(self.inputs, weight, bias, self.statistics)
        maps = self.inputs[:, :, None, None]  # (pictures, maps, 1, 1)
        divide = self.form == "program"
        settings = self.n, self.alpha, self.beta, self.k, divide
        return local_response_norm(maps, *settings)[:, :, 0, 0]

    def describe(self):
        """Return one or two sentences on what the widget shows now."""
        if self.problem:
            return self.problem
        row, col = self.place
        before, after = self.inputs[row, col], self.outputs[row, col]
        number = f"the {number_text(before)} of map {col + 1} in picture {row + 1}"
        if self.method == "lrn":
            name = "Local response normalization"
            how = f"is divided by {number_text(self.divisors[row, col])}"
        else:
            mean, variance = (numbers[col] for numbers in self.statistics)
            name = f"Batch normalization in {self.mode}"
            how = (
                f"lies beside a mean of {number_text(mean)} and a standard deviation of "
                f"{number_text(np.sqrt(variance))}"
            )
        return (
            f"{name}: {number} {how}, and {number_text(after)} comes out. All numbers have the "
            f"size {number_text(size(self.inputs))} before and {number_text(size(self.outputs))} "
            "after."
        )


def size(x):
    """Return the size of the numbers in x: the root of their mean square."""
    return np.sqrt(np.mean(x**2))


def number_text(value):
    """Return a number to three digits, or whole from 100 on, with a real minus sign."""
    if abs(value) < 1e-9:
        return "0"
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}".replace("-", "−")
    text = np.format_float_positional(value, 3, fractional=False, trim="-")
    return text.replace("-", "−")
