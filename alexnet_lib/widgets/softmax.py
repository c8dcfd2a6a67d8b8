"""The softmax widget: scores become probabilities, a loss, and the direction of the next step.

Its front end is softmax.js, which computes the same; tests/widgets compares both with PyTorch.
"""

import numpy as np
import traitlets as t

from alexnet_lib.widgets.base import FiniteNumber, Numbers, OneOf, WholeNumber, Widget

FEWEST = 2  # classes
MOST = 6
LIMIT = 10_000  # of a score, on either side of 0
NAMES = ("cat", "dog", "cup", "car", "hat", "bee")  # for further classes
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class Names(t.TraitType):
    """The classes' names: 2 to 6 short texts, no two alike."""

    def validate(self, obj, value):
        """Return `value` as a list, or refuse it in one sentence."""
        names = list(value) if isinstance(value, (list, tuple)) else []
        fit = all(isinstance(name, str) and 0 < len(name.strip()) <= 12 for name in names)
        if not fit or not FEWEST <= len(names) <= MOST or len({*names}) < len(names):
            raise t.TraitError(
                f"{self.name} is a list of {FEWEST} to {MOST} different names of up to 12 "
                f"letters, not {value!r}."
            )
        return names


class SoftmaxWidget(Widget):
    """Move scores, see probabilities, loss and gradient.

    `SoftmaxWidget(scores=[2, 1, 0], names=["cat", "dog", "cup"], label=1)`: two to six classes.
    Every setting is a trait: `w.temperature = 2` moves the slider, and moving the slider changes
    `w.temperature`. `powers` chooses the exponents of e: "shifted" subtracts the largest score
    first, "plain" doesn't and so meets the limits of a float.
    """

    repr_traits = ("scores", "names", "label", "temperature", "powers")

    scores = Numbers(FEWEST, MOST, -LIMIT, LIMIT).tag(sync=True)
    names = Names().tag(sync=True)
    label = WholeNumber(1, 0, MOST - 1).tag(sync=True)  # the position of the right class
    temperature = FiniteNumber(1.0, 0.01, 100).tag(sync=True)
    powers = OneOf(("shifted", "plain")).tag(sync=True)

    def __init__(self, scores=None, **settings):
        if scores is not None:
            settings["scores"] = scores
        if "scores" in settings and "names" not in settings:
            settings["names"] = NAMES[: max(FEWEST, min(MOST, np.size(settings["scores"])))]
        super().__init__(**settings)

    @t.default("scores")
    def _default_scores(self):
        return [2.0, 1.0, 0.0]

    @t.default("names")
    def _default_names(self):
        return list(NAMES[:3])

    @t.validate("scores", "names", "label")
    def _of_one_size(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        scores = value if name == "scores" else self.scores
        names = value if name == "names" else self.names
        label = value if name == "label" else self.label
        if len(scores) != len(names):
            raise t.TraitError(
                f"There are {len(scores)} scores for {len(names)} names: make a new widget with "
                "as many scores as names."
            )
        if label >= len(names):
            raise t.TraitError(
                f"label is a whole number from 0 to {len(names) - 1} (there are {len(names)} "
                f"classes), not {label}."
            )
        return value

    @property
    def exponents(self):
        """The exponents of e, (C,): scores / temperature, if "shifted" minus the largest."""
        scores = np.array(self.scores) / self.temperature  # (C,)
        return scores - scores.max() if self.powers == "shifted" else scores

    @property
    def probabilities(self):
        """The probabilities, (C,); nan where plain powers overflow."""
        with np.errstate(all="ignore"):
            powers = np.exp(self.exponents)  # (C,)
            return powers / powers.sum()

    @property
    def log_probabilities(self):
        """The logarithms of the probabilities, (C,); computed without them, if "shifted"."""
        with np.errstate(all="ignore"):
            if self.powers == "plain":
                return np.log(self.probabilities)
            return self.exponents - np.log(np.exp(self.exponents).sum())

    @property
    def loss(self):
        """Minus the logarithm of the label's probability: how surprising the label is."""
        return float(-self.log_probabilities[self.label])

    @property
    def gradient(self):
        """The slope of the loss along each score, (C,): (p - y) / temperature."""
        y = np.arange(len(self.scores)) == self.label  # (C,)
        return (self.probabilities - y) / self.temperature

    @property
    def entropy(self):
        """The loss to expect if the probabilities were right; at most ln C."""
        p = self.probabilities  # (C,)
        with np.errstate(all="ignore"):
            return float(-np.where(p == 0, 0, p * self.log_probabilities).sum())

    def describe(self):
        """Return one or two sentences on what the widget shows now."""
        names, p, loss = self.names, self.probabilities, self.loss
        scores = list_text(
            [f"{n} {number_text(s)}" for n, s in zip(names, self.scores, strict=True)]
        )
        heat = "" if self.temperature == 1 else f" at temperature {number_text(self.temperature)}"
        if np.isnan(p).any():
            return (
                f"Softmax of the scores {scores}{heat}, with plain powers of e: they exceed what "
                "a float can hold, so no probabilities come out."
            )
        shares = list_text([f"{n} {number_text(value)}" for n, value in zip(names, p, strict=True)])
        return (
            f"Softmax of the scores {scores}{heat} gives the probabilities {shares}. The label is "
            f"{names[self.label]}, so the loss is {number_text(loss)}."
        )


def number_text(value):
    """Return a number to three digits, with a real minus sign: 4.54·10⁻⁵ if it is tiny."""
    if not np.isfinite(value):
        return "infinite"
    if 0 < abs(value) < 0.0005:
        digits, power = f"{value:.2e}".split("e")
        text = f"{float(digits):.3g}·10{str(int(power)).translate(SUPERSCRIPTS)}"
    else:
        text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return text.replace("-", "−")


def list_text(parts):
    """Return parts as a list in a sentence: a, b and c."""
    return f"{', '.join(parts[:-1])} and {parts[-1]}"
