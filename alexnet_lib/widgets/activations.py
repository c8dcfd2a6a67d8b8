"""The activations widget: a function and its slope, a chain of ten units, and one that learns.

Its front end is activations.js, which computes the same; tests/widgets compares both with PyTorch.
"""

import numpy as np

from alexnet_lib import scratch
from alexnet_lib.widgets.base import FiniteNumber, OneOf, WholeNumber, Widget

UNITS = 10  # of the chain
LEAK = 0.1
GIVEN = (0.0, 1.0, 2.0, 3.0, 4.0)  # what the unit that learns gets
WANTED = (0.0, 0.0, 0.3, 0.6, 0.9)  # and what it should answer
BEGINNING = {"w": 0.5, "b": 0.3}
LARGEST = 1e6  # of w and b
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

# name -> its function and the way back, which multiplies by its slope
FUNCTIONS = {
    "ReLU": (scratch.relu, scratch.relu_backward),
    "leaky ReLU": (
        lambda x: scratch.leaky_relu(x, LEAK),
        lambda dy, x: scratch.leaky_relu_backward(dy, x, LEAK),
    ),
    "tanh": (scratch.tanh, scratch.tanh_backward),
    "sigmoid": (scratch.sigmoid, scratch.sigmoid_backward),
    "GELU": (scratch.gelu, scratch.gelu_backward),
}


class ActivationsWidget(Widget):
    """Choose a function, send a number through a chain of ten units, and let a unit learn.

    `ActivationsWidget(function="tanh", input=1, weight=2)`: every setting is a trait, so
    `w.weight = 0.5` moves the slider, and moving the slider changes `w.weight`.

    function  "ReLU", "leaky ReLU" (a tenth of a negative number), "tanh", "sigmoid" or "GELU"
    input     what the first unit of the chain gets; weight: that of all ten
    unit      the unit to look at, 1 to 10
    rate      how far the unit that learns goes with a step; w, b: its weight and bias
    steps     how many steps it has made
    """

    repr_traits = ("function", "input", "weight", "rate")

    function = OneOf(tuple(FUNCTIONS)).tag(sync=True)
    input = FiniteNumber(1.0, -5, 5).tag(sync=True)
    weight = FiniteNumber(0.5, -5, 5).tag(sync=True)
    unit = WholeNumber(1, 1, UNITS).tag(sync=True)
    rate = FiniteNumber(0.05, 0.01, 0.5).tag(sync=True)
    w = FiniteNumber(BEGINNING["w"], -LARGEST, LARGEST).tag(sync=True)
    b = FiniteNumber(BEGINNING["b"], -LARGEST, LARGEST).tag(sync=True)
    steps = WholeNumber(0, 0, 100_000).tag(sync=True)

    def value(self, x):
        """Return the function at x, a number or an array."""
        return FUNCTIONS[self.function][0](np.asarray(x, float))

    def slope(self, x):
        """Return the function's slope at x, a number or an array."""
        x = np.asarray(x, float)
        return FUNCTIONS[self.function][1](np.ones_like(x), x)

    @property
    def chain(self):
        """The units' sums, values and slopes, and what is left of a small change, (4, 10)."""
        x, change, rows = self.input, 1.0, []
        for _ in range(UNITS):
            s = self.weight * x
            x, slope = float(self.value(s)), float(self.slope(s))
            change *= self.weight * slope
            rows.append((s, x, slope, change))
        return np.array(rows).T  # (4, 10)

    @property
    def arrives(self):
        """What the chain makes of a small change of its input: a factor."""
        return float(self.chain[3, -1])

    @property
    def sums(self):
        """What the unit that learns gives its function, for each of its inputs, (5,)."""
        return self.w * np.array(GIVEN) + self.b

    @property
    def error(self):
        """The mean of the squared differences between its answers and what is wanted."""
        return float(np.mean((self.value(self.sums) - np.array(WANTED)) ** 2))

    @property
    def downhill(self):
        """The slopes of the error along w and b; a step goes against them."""
        x = np.array(GIVEN)  # (5,)
        each = 2 * (self.value(self.sums) - np.array(WANTED)) * self.slope(self.sums)  # (5,)
        return float(np.mean(each * x)), float(np.mean(each))

    @property
    def dead(self):
        """Whether all five slopes are 0, so that no step moves the unit any more."""
        return not self.slope(self.sums).any()

    def learn(self, steps=1):
        """Make steps against the slopes of the error."""
        for _ in range(steps):
            along_w, along_b = self.downhill
            w, b = self.w - self.rate * along_w, self.b - self.rate * along_b
            if abs(w) > LARGEST or abs(b) > LARGEST:
                return
            self.w, self.b, self.steps = w, b, self.steps + 1

    def describe(self):
        """Return one or two sentences on what the widget shows now."""
        text = (
            f"A chain of {UNITS} units with {self.function} and the weight "
            f"{number_text(self.weight)} gets the input {number_text(self.input)}, and hands on "
            f"{number_text(self.arrives)} times a small change of it."
        )
        if self.steps:
            steps = "1 step" if self.steps == 1 else f"{self.steps} steps"
            text += f" One unit has learned for {steps}"
            text += ", and is dead." if self.dead else f"; its error is {number_text(self.error)}."
        return text


def number_text(value):
    """Return a number to three digits, with a real minus sign: 4.54·10⁻⁵ if it is tiny."""
    if value and not 0.0005 <= abs(value) < 100_000:
        digits, power = f"{value:.2e}".split("e")
        text = f"{float(digits):.3g}·10{str(int(power)).translate(SUPERSCRIPTS)}"
    else:
        text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return text.replace("-", "−")
