"""A plot in a notebook that is redrawn while a run goes on."""

import math
import time

import numpy as np

from alexnet_lib.training.progress.report import Lines, format_epoch

__all__ = ["Notebook"]


class Notebook(Lines):
    """A plot of loss and accuracy that is redrawn while the run goes on, and stays as a picture.

    Above it, one line has the newest figures. Drawing takes about a twentieth of the time.
    """

    def __init__(self, every=1.0):
        self.cost = math.inf  # seconds of the quickest drawing; the first one loads fonts
        super().__init__(every=every)

    def begin(self, summary, epochs, steps):
        """Forget the last run, and write what was picked for the device."""
        super().begin(summary, epochs, steps)
        self.handles = {}  # name -> the handle of what is on display
        self.losses = []
        self.at = []  # the place of each loss, in epochs
        self.rows = []
        self.last_plot = self.last

    def steps(self, epoch, step, losses, images_per_second):
        """Renew the line and the plot, unless that was done just now."""
        for number, loss in enumerate(losses, step - len(losses) + 1):
            if math.isfinite(loss):  # the trainer reports what can't be drawn
                self.losses.append(loss)
                self.at.append(number / self.epoch_steps)
        super().steps(epoch, step, losses, images_per_second)

    def epoch(self, row):
        """Renew the line, and the plot unless that was done just now."""
        self.rows.append(row)
        super().epoch(row)

    def end(self, history):
        """Draw once more: this stays when the kernel is gone."""
        self.rows = list(history) or self.rows
        if self.rows:
            self.display("line", {"text/plain": format_epoch(self.rows[-1], self.epochs)}, raw=True)
        self.draw()

    def show(self, text):
        """Show the text as the line above the plot, and draw if a drawing isn't too dear now."""
        self.last = time.monotonic()
        self.display("line", {"text/plain": text}, raw=True)
        wait = self.every if math.isinf(self.cost) else max(self.every, 19 * self.cost)
        if time.monotonic() - self.last_plot >= wait:
            self.draw()

    def draw(self):
        """Show the plots that have enough points."""
        start = time.monotonic()
        for name, plot in (("loss", self.loss_plot()), ("accuracy", self.accuracy_plot())):
            if plot is not None:
                self.display(name, plot)
        self.last_plot = time.monotonic()
        self.cost = min(self.cost, self.last_plot - start)

    def loss_plot(self):
        """Return the smoothed losses of the steps; None while there are fewer than two."""
        from alexnet_lib.plots import curves  # Matplotlib, for this alone

        if len(self.losses) < 2:
            return None
        x, means = moving_average(self.at, self.losses)
        return curves({"training": means}, x, "epochs", "loss")

    def accuracy_plot(self):
        """Return the accuracies of the epochs; None while there are fewer than two."""
        from alexnet_lib.plots import curves

        series = {}
        for name, key in (("training", "accuracy"), ("test", "test_accuracy")):
            values = [row.get(key) for row in self.rows]
            if len(values) > 1 and all(v is not None and math.isfinite(v) for v in values):
                series[name] = [100 * value for value in values]
        if not series:
            return None
        return curves(series, [row["epoch"] for row in self.rows], "epochs", "accuracy in %")

    def display(self, name, thing, **settings):
        """Display the thing below the cell, in place of the one that had this name."""
        from IPython.display import display

        if name in self.handles:
            self.handles[name].update(thing, **settings)
        else:
            self.handles[name] = display(thing, display_id=True, **settings)


def moving_average(x, values, most=100):
    """Return means over the last twenty-fifth of the values, at no more than `most` places of x."""
    ends = np.arange(len(values), 0, -math.ceil(len(values) / most))[
        ::-1
    ]  # the last is always there
    starts = np.maximum(0, ends - max(1, len(values) // 25))
    sums = np.cumsum([0.0, *values])
    means = (sums[ends] - sums[starts]) / (ends - starts)
    return np.asarray(x)[ends - 1].tolist(), means.tolist()
