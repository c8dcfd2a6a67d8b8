"""The gradient descent widget: a ball on a surface, and the steps that it takes.

Its front end is gradient_descent.js, which computes the same; tests/widgets compares both with
PyTorch. The noise is drawn by `uniform` of base.py, so that both sides draw the same.
"""

from itertools import pairwise
from math import exp, hypot, inf, sqrt
from typing import NamedTuple

import traitlets as t

from alexnet_lib.widgets.base import FiniteNumber, Numbers, OneOf, WholeNumber, Widget, uniform

STEPS = 100  # of a run
GONE = 10_000  # a ball farther out than this, in either direction, isn't followed any more
NEAR = 0.1  # within this distance of a bottom, the ball has arrived
LAST = 20  # steps at the end of a run, by which it is judged
SETTLED = 5  # steps that it must have been near by then
SQUARES = {"rmsprop": 0.9, "adam": 0.999}  # what their running means of squares keep
TINY = 1e-8


class Surface(NamedTuple):
    """A loss over two weights, never below 0."""

    height: object  # of (a, b)
    slopes: object  # of (a, b): the two slopes
    bottoms: list  # [(a, b), …], the lowest first
    span: tuple  # the ends of the map: ((left, right), (bottom, top))
    start: tuple


def valley(bend):
    """Return height and slopes of a valley with the curvatures 1 and `bend`."""
    return lambda a, b: (a * a + bend * b * b) / 2, lambda a, b: (a, bend * b)


SURFACES = {
    "valley": Surface(*valley(20), [(0, 0)], ((-7, 11), (-2.5, 2.5)), (10, 1)),
    "bowl": Surface(*valley(1), [(0, 0)], ((-4, 4), (-2.5, 2.5)), (-3, 2)),
    "bend": Surface(
        lambda a, b: 2 * (b - a * a / 4) ** 2 + (a - 2) ** 2 / 10,
        lambda a, b: (-2 * a * (b - a * a / 4) + (a - 2) / 5, 4 * (b - a * a / 4)),
        [(2, 1)],
        ((-4, 4), (-1, 4)),
        (-3, 3),
    ),
    "hollows": Surface(
        lambda a, b: (a * a - 4) ** 2 / 8 + a / 4 + b * b + 0.51,
        lambda a, b: (a * (a * a - 4) / 2 + 0.25, 2 * b),
        [(-2.0597, 0), (1.9343, 0)],
        ((-4, 4), (-2.5, 2.5)),
        (-0.5, 2),
    ),
    "saddle": Surface(
        lambda a, b: a * a / 2 - b * b / 2 + b**4 / 16 + 1,
        lambda a, b: (a, b**3 / 4 - b),
        [(0, 2), (0, -2)],
        ((-4, 4), (-3, 3)),
        (-3, 0),
    ),
    "plateau": Surface(
        lambda a, b: 2 - 2 * exp(-(a * a + b * b) / 2),
        lambda a, b: (
            2 * a * exp(-(a * a + b * b) / 2),
            2 * b * exp(-(a * a + b * b) / 2),
        ),
        [(0, 0)],
        ((-4, 4), (-2.5, 2.5)),
        (-3.2, 1.5),
    ),
}
NAMES = {
    "valley": "narrow valley",
    "bowl": "bowl",
    "bend": "bent valley",
    "hollows": "two hollows",
    "saddle": "saddle",
    "plateau": "plateau with a hole",
}
RULES = {"sgd": "gradient descent", "rmsprop": "RMSProp", "adam": "Adam"}


class GradientDescentWidget(Widget):
    """Let a ball roll down a surface, step by step.

    `GradientDescentWidget(surface="valley", rate=0.09, momentum=0.5, start=[10, 1])`: every
    setting is a trait. `optimizer` is "sgd" (the paper's rule), "rmsprop" or "adam"; `momentum` is
    what the running mean of Adam keeps, and means nothing to RMSProp. `noise` is the standard
    deviation of what is added to each slope; with `falls` the rate is a tenth from the middle on.
    """

    repr_traits = ("surface", "optimizer", "rate", "momentum", "start")

    surface = OneOf(tuple(SURFACES)).tag(sync=True)
    optimizer = OneOf(tuple(RULES)).tag(sync=True)
    rate = FiniteNumber(0.09, 1e-4, 10).tag(sync=True)
    momentum = FiniteNumber(0, 0, 0.99).tag(sync=True)
    decay = FiniteNumber(0, 0, 1).tag(sync=True)
    noise = FiniteNumber(0, 0, 10).tag(sync=True)
    falls = t.Bool(False).tag(sync=True)
    start = Numbers(2, 2, -20, 20).tag(sync=True)
    seed = WholeNumber(1, 0, 9999).tag(sync=True)
    step = WholeNumber(STEPS, 0, STEPS).tag(sync=True)

    @t.default("start")
    def _default_start(self):
        return [float(value) for value in SURFACES[self.surface].start]

    @property
    def noises(self):
        """What is added to the two slopes in each step, (STEPS, 2)."""
        drawn = uniform(self.seed, STEPS, 8).reshape(STEPS, 2, 4)
        return self.noise * sqrt(3) * (drawn.sum(axis=2) - 2)  # four numbers make one bell

    @property
    def path(self):
        """The places of the ball, [(a, b), …]: the start, and where each step ends.

        It ends early if the ball is gone.
        """
        slopes = SURFACES[self.surface].slopes
        place = tuple(self.start)
        path = [place]
        memory = [[0.0, 0.0], [0.0, 0.0]]  # of each weight: velocity or mean, and mean square
        for k, noise in enumerate(self.noises.tolist()):
            rate = self.rate / 10 if self.falls and k >= STEPS // 2 else self.rate
            gradient = [g + n for g, n in zip(slopes(*place), noise, strict=True)]
            place = tuple(
                w + self.move(w, g, rate, k + 1, m)
                for w, g, m in zip(place, gradient, memory, strict=True)
            )
            if not max(map(abs, place)) <= GONE:  # so that nan is gone, too
                break
            path.append(place)
        return path

    def move(self, w, g, rate, count, memory):
        """Return the move of one weight in step `count`, and change its memory [m, q]."""
        keep = self.momentum
        if self.optimizer == "sgd":
            memory[0] = keep * memory[0] - self.decay * rate * w - rate * g
            return memory[0]
        g = g + self.decay * w
        squares = SQUARES[self.optimizer]
        memory[1] = squares * memory[1] + (1 - squares) * g * g
        if self.optimizer == "rmsprop":
            return -rate * g / (sqrt(memory[1]) + TINY)
        memory[0] = keep * memory[0] + (1 - keep) * g
        mean = memory[0] / (1 - keep**count)
        return -rate * mean / (sqrt(memory[1] / (1 - squares**count)) + TINY)

    @property
    def losses(self):
        """The height of each place of the path."""
        return [SURFACES[self.surface].height(*place) for place in self.path]

    @property
    def off_map(self):
        """The number of the step that first leaves the map, or None."""
        (left, right), (low, high) = SURFACES[self.surface].span
        for k, (a, b) in enumerate(self.path):
            if not (left <= a <= right and low <= b <= high):
                return k
        return len(self.path) if len(self.path) <= STEPS else None

    @property
    def verdict(self):
        """How the run ends: (kind, number of the bottom, its distance, a step).

        diverges  gone; the step after which it is
        arrives   it stays near a bottom, from the step on
        dances    noise keeps it moving around a bottom
        bounces   it moves back and forth, and the loss no longer falls
        still     it hardly moves, and isn't at a bottom
        on        still on its way
        """
        path = self.path
        bottoms = SURFACES[self.surface].bottoms
        if len(path) <= STEPS:
            return "diverges", 0, inf, len(path)
        gaps = [hypot(path[-1][0] - a, path[-1][1] - b) for a, b in bottoms]
        nearest = gaps.index(min(gaps))
        bottom = bottoms[nearest]
        distances = [hypot(x - bottom[0], y - bottom[1]) for x, y in path]
        apart = [k for k, distance in enumerate(distances) if distance > NEAR]
        since = apart[-1] + 1 if apart else 0
        if since <= STEPS - SETTLED:
            return "arrives", nearest, distances[-1], since
        mean = sum(distances[-LAST:]) / LAST
        if self.noise > 0:
            return "dances" if mean < 1.5 else "on", nearest, mean, STEPS
        moves = [hypot(x - a, y - b) for (a, b), (x, y) in pairwise(path[-LAST - 1 :])]
        if max(moves) < 0.005:
            return "still", nearest, distances[-1], STEPS
        losses = self.losses
        late, before = sum(losses[-LAST:]), sum(losses[-2 * LAST : -LAST])
        kind = "bounces" if max(moves) > 0.05 and late > 0.9 * before else "on"
        return kind, nearest, distances[-1], STEPS

    def describe(self):
        """Return one or two sentences on what the widget shows now."""
        a, b = map(number_text, self.start)
        memory = "" if self.optimizer == "rmsprop" else f", momentum {number_text(self.momentum)}"
        return (
            f"A ball on the surface “{NAMES[self.surface]}” goes down from ({a}, {b}) by "
            f"{RULES[self.optimizer]}, with rate {number_text(self.rate)}{memory}. {self.ending()}"
        )

    def ending(self):
        """Return a sentence on how the run ends."""
        kind, bottom, distance, step = self.verdict
        away = number_text(distance)
        if kind == "diverges":
            return (
                f"It flies apart: off the map after {count_text(self.off_map)}, and more than "
                f"{GONE:,} away after {step}."
            )
        worse = "" if self.surface != "hollows" or bottom == 0 else ", but it is the worse hollow"
        return {
            "arrives": f"It arrives: within {NEAR} of a bottom from step {step} on{worse}.",
            "dances": f"The noise keeps it dancing, {away} from a bottom on average{worse}.",
            "bounces": "It moves back and forth and gets no nearer: "
            f"{away} from a bottom at the end.",
            "still": f"It hardly moves any more, {away} from a bottom.",
            "on": f"After {STEPS} steps it is on its way, {away} from a bottom.",
        }[kind]


def count_text(steps):
    """Return a number of steps in words."""
    return "1 step" if steps == 1 else f"{steps} steps"


def number_text(value):
    """Return a number to three digits, with a real minus sign."""
    value = 0.0 if abs(value) < 1e-9 else float(value)
    text = f"{value:,.0f}" if abs(value) >= 100 else f"{float(f'{value:.3g}'):g}"
    return text.replace("-", "−")
