"""The dropout widget: chance switches units off, and the picture follows their sum over many draws.

Its front end is dropout.js. Both draw the same masks: a few steps of arithmetic on seed, draw and
unit decide whether a unit is kept, with no state in between. tests/widgets compares them.
"""

import numpy as np
import traitlets as t

from alexnet_lib.widgets.base import FiniteNumber, Numbers, OneOf, WholeNumber, Widget, uniform

MOST_UNITS = 12
MOST_DRAWS = 5000
FORMS = ("paper", "inverted", "slip")  # slip: the test multiplies by p, not by 1 - p


class DropoutWidget(Widget):
    """Switch units off by chance, draw after draw, and compare training with testing.

    Every setting is a trait: `w.rate = 0.2` moves the slider, and moving it changes `w.rate`.
    `values` are the units' outputs before dropout; the next layer gets the sum of what is left.
    """

    repr_traits = ("rate", "form", "mode", "draws", "seed")

    values = Numbers(2, MOST_UNITS, -9, 9).tag(sync=True)
    rate = FiniteNumber(0.5, 0, 0.9).tag(sync=True)  # p, the probability that a unit is off
    form = OneOf(FORMS).tag(sync=True)
    mode = OneOf(("training", "testing")).tag(sync=True)
    seed = WholeNumber(1, 0, 9999).tag(sync=True)
    draws = WholeNumber(1, 1, MOST_DRAWS).tag(sync=True)  # how many masks were drawn
    by_hand = Numbers(0, MOST_UNITS, 0, 1).tag(
        sync=True
    )  # a mask set by hand; empty: the last draw

    @t.default("values")
    def _default_values(self):
        return [4.0, 1, 3, 2, 5, 2, 1, 2]

    @t.default("by_hand")
    def _default_by_hand(self):
        return []

    @t.validate("by_hand")
    def _a_mask(self, proposal):
        mask = proposal["value"]
        if not set(mask) <= {0, 1} or len(mask) not in (0, len(self.values)):
            raise t.TraitError(
                f"by_hand has a 1 (on) or a 0 (off) for each of the {len(self.values)} units, or "
                f"is empty, not {mask!r}."
            )
        return mask

    @t.observe("values")
    def _forget_mask(self, change):
        if len(self.by_hand) != len(self.values):
            self.by_hand = []

    @property
    def masks(self):
        """The masks drawn so far, (draws, units): True for each unit that is kept."""
        # A larger rate switches more units off and none on.
        return uniform(self.seed, self.draws, len(self.values)) >= self.rate

    @property
    def mask(self):
        """The mask in the picture, (units,): set by hand, or the last one drawn."""
        return np.array(self.by_hand) > 0 if self.by_hand else self.masks[-1]

    @property
    def training_factor(self):
        """The factor of a unit that is kept, in training."""
        return 1 / (1 - self.rate) if self.form == "inverted" else 1.0

    @property
    def testing_factor(self):
        """The factor of every unit, in testing."""
        return {"paper": 1 - self.rate, "inverted": 1.0, "slip": self.rate}[self.form]

    @property
    def outputs(self):
        """The numbers that the units pass on in the picture, (units,)."""
        values = np.array(self.values)
        if self.mode == "testing":
            return values * self.testing_factor
        return values * self.mask * self.training_factor

    @property
    def sums(self):
        """The sum of all units in each draw of the training, (draws,)."""
        return (self.masks * np.array(self.values)).sum(axis=1) * self.training_factor

    @property
    def running_mean(self):
        """The mean of the sums up to each draw, (draws,)."""
        return np.cumsum(self.sums) / np.arange(1, self.draws + 1)

    @property
    def test_value(self):
        """The sum in testing."""
        return sum(self.values) * self.testing_factor

    @property
    def expected(self):
        """The mean of the training's sum over all masks, each weighted by its probability."""
        return sum(self.values) * (1 - self.rate) * self.training_factor

    def describe(self):
        """Return one or two sentences on what the widget shows now."""
        names = {"paper": "the paper’s form", "inverted": "the inverted form"}
        form = names.get(self.form, "the common slip")
        units = len(self.values)
        total = number_text(self.outputs.sum())
        if self.mode == "testing":
            shown = f"all {units} units are on, each times {number_text(self.testing_factor)}"
        else:
            off = units - int(self.mask.sum())
            shown = f"{off} of {units} units {'is' if off == 1 else 'are'} switched off"
        return (
            f"Dropout in {self.mode}, {form}, p = {number_text(self.rate)}: {shown}, and their "
            f"sum is {total}. The mean of the sum over {self.draws:,} draws of the training is "
            f"{number_text(self.running_mean[-1])}; in testing it is "
            f"{number_text(self.test_value)}."
        )


def number_text(value):
    """Return a number to three digits, or whole from 100 on, with a real minus sign."""
    return (f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}").replace("-", "−")
