"""The fully connected widget: layers of units, and what they cost.

Its front end is fully_connected.js. tests/widgets compares what both files have: the presets, the
weights of small networks, and the sentence for a setting that doesn't fit.
"""

from itertools import pairwise

import numpy as np
import traitlets as t

from alexnet_lib.scratch import linear, relu, sigmoid
from alexnet_lib.widgets.base import Numbers, OneOf, WholeNumber, Widget, int_between

MOST_UNITS = 200_000  # in a layer: room for a photograph of 227 × 227 in colour, 154,587
MOST_COLUMNS = 6
SMALL = 5  # with at most so many units in each layer, every number shows
BYTES = 4  # of a number in single precision, fp32

# A preset is (sizes, output); TEXT in fully_connected.js describes it.
PRESETS = {
    "triangle": ([2, 3, 1], "yes or no"),
    "clothes": ([784, 128, 10], "classes"),
    "alexnet": ([9216, 4096, 4096, 1000], "classes"),
    "photograph": ([154587, 4096, 4096, 1000], "classes"),
}

# The lesson's network: is a point in the triangle with the corners (-1, -1), (1, 3) and (3, 1)?
TRIANGLE = [([[-2, 1], [1, -2], [1, 1]], [-1, -1, -4]), ([[-1, -1, -2]], [1])]


class Sizes(t.TraitType):
    """The number of inputs and the units of each layer: 2 to 6 whole numbers."""

    def validate(self, obj, value):
        """Return `value` as a list of ints, or refuse it in one sentence."""
        given = list(value) if isinstance(value, (list, tuple, np.ndarray)) else []
        sizes = [int_between(size, 1, MOST_UNITS) for size in given]
        if not 2 <= len(sizes) <= MOST_COLUMNS or None in sizes:
            raise t.TraitError(
                f"{self.name} is a list of 2 to {MOST_COLUMNS} whole numbers from 1 to "
                f"{MOST_UNITS:,}, the inputs first, not {value!r}."
            )
        return sizes


def example_layers(sizes):
    """Return fixed whole numbers as weights of a small network: [(w (out, in), b (out,)), …]."""
    if list(sizes) == [2, 3, 1]:
        return [(np.array(w, float), np.array(b, float)) for w, b in TRIANGLE]
    layers = []
    for number, (n_in, n_out) in enumerate(pairwise(sizes), 1):
        j, i = np.arange(n_out)[:, None], np.arange(n_in)  # (out, 1), (in,)
        w = (7 * number + 5 * j + 3 * i + i * j) % 5 - 2.0  # (out, in), from -2 to 2
        b = (number + 2 * np.arange(n_out)) % 3 - 1.0  # (out,), from -1 to 1
        layers.append((w, b))
    return layers


class FullyConnectedWidget(Widget):
    """Choose how many units each layer has, and see its connections, parameters and cost.

    `FullyConnectedWidget(sizes=[2, 3, 1])`: the inputs first, then the units of each layer. If no
    layer has more than 5 units, the network computes: `inputs` go in, and every number shows.
    Every setting is a trait: `w.sizes = [784, 128, 10]` draws another network.
    """

    repr_traits = ("sizes", "output")

    sizes = Sizes().tag(sync=True)
    output = OneOf(("yes or no", "classes")).tag(sync=True)
    inputs = Numbers(1, SMALL, -99, 99).tag(sync=True)  # a missing one counts as 1
    column = WholeNumber(1, 0, MOST_COLUMNS - 1).tag(sync=True)  # the unit pointed at: 0, an input
    unit = WholeNumber(0, 0, MOST_UNITS - 1).tag(sync=True)

    @t.default("sizes")
    def _default_sizes(self):
        return [2, 3, 1]

    @t.default("inputs")
    def _default_inputs(self):
        return [2.0, 3.0]

    @t.validate("column", "unit")
    def _inside_network(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        column = min(self.column, len(self.sizes) - 1)
        most = (len(self.sizes) if name == "column" else self.sizes[column]) - 1
        if value > most:
            raise t.TraitError(f"{name} is a whole number from 0 to {most:,} here, not {value:,}.")
        return value

    @t.observe("sizes", "column")
    def _stay_inside(self, change):
        self.column = min(self.column, len(self.sizes) - 1)
        self.unit = min(self.unit, self.sizes[self.column] - 1)

    @property
    def shapes(self):
        """(out, in) of each layer's weights."""
        return [(n_out, n_in) for n_in, n_out in pairwise(self.sizes)]

    @property
    def layer_parameters(self):
        """The number of parameters of each layer: (in + 1) · out."""
        return [(n_in + 1) * n_out for n_out, n_in in self.shapes]

    @property
    def parameters(self):
        """The number of parameters of all layers."""
        return sum(self.layer_parameters)

    @property
    def multiply_adds(self):
        """The number of multiply-adds for one example: one for each weight."""
        return sum(n_in * n_out for n_out, n_in in self.shapes)

    @property
    def memory(self):
        """The bytes of the parameters in single precision."""
        return BYTES * self.parameters

    @property
    def problem(self):
        """Why the last layer doesn't fit the output, in one sentence; "" if it does."""
        last = self.sizes[-1]
        if self.output == "yes or no" and last != 1:
            return (
                f"Yes or no needs one number, but the last layer gives {last:,}: give it 1 unit, "
                "or choose several classes."
            )
        if self.output == "classes" and last == 1:
            return (
                "Among several classes the largest score wins, but the last layer gives only 1: "
                "give it a unit for each class, or choose yes or no."
            )
        return ""

    @property
    def is_small(self):
        """Whether every layer is so small that every number shows."""
        return max(self.sizes) <= SMALL

    @property
    def layers(self):
        """The weights and biases of a small network, [(w (out, in), b (out,)), …]."""
        if not self.is_small:
            raise ValueError(
                f"There are numbers to show only if no layer has more than {SMALL} units; here the "
                f"sizes are {self.sizes}."
            )
        return example_layers(self.sizes)

    @property
    def values(self):
        """Every number of a small network, an array a column: inputs, after each ReLU, scores."""
        layers = self.layers
        numbers = [np.array((self.inputs + [1.0] * SMALL)[: self.sizes[0]])]  # (in,)
        for i, (w, b) in enumerate(layers):
            y = linear(numbers[-1][None], w, b)[0]  # (out,)
            numbers.append(relu(y) if i < len(layers) - 1 else y)
        return numbers

    @property
    def probability(self):
        """The probability of yes: the sigmoid of a small network's first score."""
        return float(sigmoid(self.values[-1])[0])

    def describe(self):
        """Return one or two sentences on what the widget shows now."""
        sizes = " - ".join(f"{size:,}" for size in self.sizes)
        count = len(self.sizes) - 1
        layers = f"{count} fully connected layer{'s' if count > 1 else ''}"
        counted = " + ".join(f"{number:,}" for number in self.layer_parameters)
        total = f" = {self.parameters:,}" if count > 1 else ""
        answer = "yes or no" if self.output == "yes or no" else f"{self.sizes[-1]:,} classes"
        return (
            f"A network {sizes}: {layers} with {counted}{total} parameters. "
            f"{self.problem or f'It answers with {answer}.'}"
        )
