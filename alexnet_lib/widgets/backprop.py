"""The backpropagation widget: a small computation, step by step forward and back.

Its front end is backprop.js. tests/widgets compares what both files have: the graphs, their first
numbers, and the result and the slopes of each operation.
"""

import math

import traitlets as t

from alexnet_lib.widgets.base import FiniteNumber, OneOf, WholeNumber, Widget

TYPED = 10  # the largest number that can be typed
LARGEST = 1e6  # the largest that updates may lead to
KEPT = 50  # losses to remember

# Each operation: its result, and its slope along each operand.
OPERATIONS = {
    "multiply": (lambda a, b: a * b, lambda a, b: (b, a)),
    "add": (lambda a, b: a + b, lambda a, b: (1.0, 1.0)),
    "subtract": (lambda a, b: a - b, lambda a, b: (1.0, -1.0)),
    "relu": (lambda a: max(a, 0.0), lambda a: (float(a > 0),)),
    "square": (lambda a: a * a, lambda a: (2 * a,)),
    "max": (max, lambda a, b: (float(a >= b), float(a < b))),  # of equals, the first one wins
    "exp": (math.exp, lambda a: (math.exp(a),)),
    "divide": (lambda a, b: a / b, lambda a, b: (1 / b, -a / (b * b))),
    "minus_log": (lambda a: -math.log(a), lambda a: (-1 / a,)),
}

# Each graph: what it is, the given numbers, which of them learn, and the operation and operands of
# every other number. The last one is the loss.
GRAPHS = {
    "neuron": {
        "about": "one unit",
        "inputs": {"w": 2, "x": 3, "b": -1, "t": 4},
        "learned": ("w", "b"),
        "nodes": {
            "p": ("multiply", "w", "x"),
            "s": ("add", "p", "b"),
            "a": ("relu", "s"),
            "d": ("subtract", "a", "t"),
            "L": ("square", "d"),
        },
    },
    "twice": {
        "about": "a weight used twice",
        "inputs": {"x1": 3, "w": 2, "x2": 1, "t": 7},
        "learned": ("w",),
        "nodes": {
            "p": ("multiply", "w", "x1"),
            "q": ("multiply", "w", "x2"),
            "a": ("relu", "p"),
            "c": ("relu", "q"),
            "y": ("add", "a", "c"),
            "d": ("subtract", "y", "t"),
            "L": ("square", "d"),
        },
    },
    "maximum": {
        "about": "the maximum of two places",
        "inputs": {"x1": 3, "w": 2, "x2": 1, "t": 5},
        "learned": ("w",),
        "nodes": {
            "p": ("multiply", "w", "x1"),
            "q": ("multiply", "w", "x2"),
            "y": ("max", "p", "q"),
            "d": ("subtract", "y", "t"),
            "L": ("square", "d"),
        },
    },
    "softmax": {
        "about": "softmax of two scores, the first class is right",
        "inputs": {"w1": 0.5, "x": 2, "w2": 1},
        "learned": ("w1", "w2"),
        "nodes": {
            "s1": ("multiply", "w1", "x"),
            "s2": ("multiply", "w2", "x"),
            "e1": ("exp", "s1"),
            "e2": ("exp", "s2"),
            "z": ("add", "e1", "e2"),
            "p": ("divide", "e1", "z"),
            "L": ("minus_log", "p"),
        },
    },
}


def forward(graph, inputs):
    """Return every number of a graph, {name: number}, in the order of computation.

    A number that can't be computed raises an OverflowError, ZeroDivisionError or ValueError.
    """
    values = dict(inputs)
    for name, (operation, *taken) in GRAPHS[graph]["nodes"].items():
        values[name] = float(OPERATIONS[operation][0](*(values[of] for of in taken)))
    return values


def backward(graph, values):
    """Return the slope of the loss along every number, {name: gradient}, from the loss back."""
    nodes = GRAPHS[graph]["nodes"]
    gradients = dict.fromkeys(values, 0.0)
    gradients[list(nodes)[-1]] = 1.0
    for name, (operation, *taken) in reversed(nodes.items()):
        slopes = OPERATIONS[operation][1](*(values[of] for of in taken))
        for of, slope in zip(taken, slopes, strict=True):
            gradients[of] += gradients[name] * slope
    return gradients


class Inputs(t.TraitType):
    """The numbers given to a graph: {name: finite number}."""

    def validate(self, obj, value):
        """Return `value` as a dict of floats, or refuse it in one sentence."""
        numbers = {}
        for name, number in value.items() if isinstance(value, dict) else ():
            is_number = isinstance(number, (int, float)) and not isinstance(number, bool)
            if is_number and math.isfinite(number) and abs(number) <= LARGEST:
                numbers[name] = float(number)
        if not isinstance(value, dict) or len(numbers) < len(value):
            raise t.TraitError(
                f"{self.name} is a dict of names and numbers up to {LARGEST:,.0f}, not {value!r}."
            )
        return numbers


class BackpropWidget(Widget):
    """Walk through a small computation, forward and back, and let it learn.

    `BackpropWidget(graph="twice")` shows another graph; there are also "maximum" and "softmax".
    Every setting is a trait: `w.inputs = {**w.inputs, "x": 5}` changes a number in the picture.
    `w.values` and `w.gradients` are the computed numbers, and `w.update()` makes a step.
    """

    repr_traits = ("graph", "inputs", "rate", "at")

    graph = OneOf(tuple(GRAPHS)).tag(sync=True)
    inputs = Inputs().tag(sync=True)
    rate = FiniteNumber(0.01, 0, 1).tag(sync=True)
    at = WholeNumber(0, 0, 14).tag(sync=True)  # steps done: forward, then back
    losses = t.List(t.Float()).tag(sync=True)  # before each update so far

    def __init__(self, **settings):
        losses = settings.pop("losses", [])  # last, since a change of the graph drops them
        super().__init__(**settings)
        self.losses = losses

    @t.default("inputs")
    def _default_inputs(self):
        return {name: float(value) for name, value in GRAPHS[self.graph]["inputs"].items()}

    @t.observe("graph")
    def _follow_graph(self, change):
        if set(self.inputs) != set(GRAPHS[self.graph]["inputs"]):
            self.inputs = self._default_inputs()
        self.at, self.losses = min(self.at, self.steps), []

    @t.validate("inputs")
    def _of_this_graph(self, proposal):
        names = list(GRAPHS[self.graph]["inputs"])
        if sorted(proposal["value"]) != sorted(names):
            raise t.TraitError(
                f'inputs of the graph "{self.graph}" are {", ".join(names)}, not '
                f"{', '.join(proposal['value']) or 'none'}."
            )
        return {name: proposal["value"][name] for name in names}

    @t.validate("at")
    def _inside_walk(self, proposal):
        if proposal["value"] > self.steps:
            raise t.TraitError(
                f"at is a whole number from 0 to {self.steps}, the steps of the graph "
                f'"{self.graph}" forward and back, not {proposal["value"]}.'
            )
        return proposal["value"]

    @property
    def steps(self):
        """The number of steps: each operation once forward and once back."""
        return 2 * len(GRAPHS[self.graph]["nodes"])

    @property
    def problem(self):
        """Why these numbers can't be computed, in one sentence, or None."""
        try:
            numbers = [*self.values.values(), *self.gradients.values()]
        except (OverflowError, ZeroDivisionError, ValueError):
            numbers = [math.inf]
        if all(map(math.isfinite, numbers)):
            return None
        return "These numbers lead to others that are too large or too small to compute with."

    @property
    def values(self):
        """Every number of the graph, {name: number}."""
        return forward(self.graph, self.inputs)

    @property
    def gradients(self):
        """The slope of the loss along every number, {name: gradient}."""
        return backward(self.graph, self.values)

    @property
    def loss(self):
        """The last number computed."""
        return list(self.values.values())[-1]

    @property
    def next_inputs(self):
        """The inputs after a step of the learned ones against their gradients."""
        gradients, learned = self.gradients, GRAPHS[self.graph]["learned"]
        return {
            name: value - self.rate * gradients[name] if name in learned else value
            for name, value in self.inputs.items()
        }

    def update(self):
        """Make a step of the learned inputs, and remember the loss before it."""
        losses = [*self.losses, self.loss][-KEPT:]
        self.inputs = self.next_inputs
        self.losses, self.at = losses, self.steps

    def describe(self):
        """Return two sentences on what the graph computes and what comes back."""
        about, learned = GRAPHS[self.graph]["about"], GRAPHS[self.graph]["learned"]
        given = ", ".join(f"{name} = {value:.3g}" for name, value in self.inputs.items())
        start = f"Backpropagation, {about}: with {given}"
        if self.problem:
            return f"{start}. {self.problem}"
        slopes = ", ".join(f"{name} {self.gradients[name]:.3g}" for name in learned)
        text = f"{start} the loss is {self.loss:.3g}. The gradients of what learns: {slopes}."
        return text.replace("-", "−")
