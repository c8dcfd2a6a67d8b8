"""The calls that a trainer makes to its report, and the words and signs that reports share."""

import codecs
import os
import sys
import time
from contextlib import suppress
from importlib.util import find_spec

__all__ = ["Lines", "Report", "Reports", "report_for"]

CHOICES = ("auto", "none", "lines", "bar", "notebook")


class Report:
    """What the trainer calls while it works. This one does nothing; the others override."""

    def resume_at(self, step):
        """Forget what was reported of later steps: the run goes on from here and repeats them."""

    def begin(self, summary, epochs, steps):
        """Begin a run: the trainer's summary, its epochs, and the steps of one epoch."""

    def steps(self, epoch, step, losses, images_per_second):
        """Report the losses (floats) of the steps since the last call; `step` is the last of them.

        Steps count from 1 over all epochs; epochs count from 1.
        """

    def epoch(self, row):
        """Report an epoch that is over: its row of the history."""

    def say(self, text):
        """Report one sentence, such as why a checkpoint was passed over."""

    def end(self, history):
        """End the run, done or interrupted. May be called twice."""


def broadcast(method):
    """Return a method of `Reports` that calls the method of this name on each report."""

    def call(self, *arguments):
        for report in self.all:
            getattr(report, method)(*arguments)

    return call


class Reports(Report):
    """Several reports at once, in order."""

    def __init__(self, reports):
        self.all = list(reports)

    resume_at = broadcast("resume_at")
    begin = broadcast("begin")
    steps = broadcast("steps")
    epoch = broadcast("epoch")
    say = broadcast("say")
    end = broadcast("end")


class Lines(Report):
    """Plain lines, for logs and pipes: one for each epoch, and one every `every` seconds."""

    def __init__(self, stream=None, every=10.0):
        self.stream = stream
        self.every = every
        self.begin(None, 0, 0)

    def begin(self, summary, epochs, steps):
        """Write what was picked for the device."""
        self.epochs = epochs
        self.epoch_steps = steps
        self.first = None  # (time, step) of the first report
        self.last = time.monotonic()  # of the last report that was shown
        if summary:
            self.say(summary)

    def steps(self, epoch, step, losses, images_per_second):
        """Show the newest steps, unless that was done just now."""
        if losses:
            parts = self.step_parts(epoch, step, losses, images_per_second)
            if time.monotonic() - self.last >= self.every:
                self.show(", ".join(parts))

    def step_parts(self, epoch, step, losses, images_per_second):
        """Return what there is to say of the newest steps, the most important first."""
        now = time.monotonic()
        self.first = self.first or (now, step)
        start, first = self.first
        parts = [
            f"epoch {epoch}/{self.epochs}",
            f"step {step - (epoch - 1) * self.epoch_steps}/{self.epoch_steps}",
            f"loss {sum(losses) / len(losses):.3f}",
        ]
        if step > first:
            # The pace is that since the first report: the very first steps take longer.
            pace = (now - start) / (step - first)  # seconds for a step
            parts.append(f"{duration(pace * (self.epochs * self.epoch_steps - step))} left")
        if images_per_second:
            parts.append(f"{images_per_second:,.0f} img/s")
        return parts

    def epoch(self, row):
        """Show the row in words."""
        self.show(format_epoch(row, self.epochs))

    def show(self, text):
        """Show the newest figures."""
        self.last = time.monotonic()
        self.say(text)

    def say(self, text):
        """Write the text on a line of its own."""
        write(text + "\n", self.stream or sys.stdout)


def report_for(choice="auto", folder=None):
    """Return the report for this place: a notebook, a terminal, or a log; with a folder, files too.

    choice  "auto", "none", "lines", "bar" or "notebook"; a `Report` is returned as it is
    folder  the run's, for metrics.jsonl, and for TensorBoard where it is installed

    Only rank 0 of several processes reports.
    """
    if isinstance(choice, Report):
        return choice
    if choice not in CHOICES:
        names = ", ".join(f'"{name}"' for name in CHOICES)
        raise ValueError(f"report must be one of {names}, or a Report, but {choice!r} was given.")
    if choice == "auto":
        terminal = getattr(sys.stdout, "isatty", bool)() and os.environ.get("TERM") != "dumb"
        choice = "notebook" if in_kernel() else "bar" if terminal else "lines"
    if os.environ.get("RANK", "0") != "0":
        return Report()

    from alexnet_lib.training.progress.files import Metrics, TensorBoard
    from alexnet_lib.training.progress.notebook import Notebook
    from alexnet_lib.training.progress.terminal import Bar

    kinds = {"none": Report, "lines": Lines, "bar": Bar, "notebook": Notebook}
    reports = [kinds[choice]()]
    if folder is not None:
        reports.append(Metrics(folder))
        if find_spec("tensorboard") is not None:
            with suppress(ImportError):  # it is there, but broken
                reports.append(TensorBoard(folder))
    return reports[0] if len(reports) == 1 else Reports(reports)


def in_kernel():
    """Return whether this runs in a notebook's kernel."""
    ipython = sys.modules.get("IPython")  # a kernel has imported it
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None


# Words.


def format_epoch(row, epochs=None):
    """Return a row of the history as one line."""
    parts = [f"epoch {row.get('epoch')}{f' of {epochs}' if epochs else ''}:"]
    for name, prefix in (("loss", ""), ("test loss", "test_")):
        loss = row.get(f"{prefix}loss")
        accuracy = row.get(f"{prefix}accuracy")
        if loss is not None:
            parts.append(f"{name} {loss:.3f},")
        if loss is not None and accuracy is not None:
            parts[-1] += f" accuracy {100 * accuracy:.1f} %;"
    if row.get("images_per_second"):
        parts.append(f"{row['images_per_second']:,.0f} img/s,")
    if row.get("of_ceiling") is not None:
        parts.append(f"{100 * row['of_ceiling']:.0f} % of ceiling,")
    if (row.get("waiting") or 0) >= 0.05:  # below that, the data keep up
        parts.append(f"{100 * row['waiting']:.0f} % waiting for data,")
    if row.get("seconds") is not None:
        parts.append(duration(row["seconds"]))
    return " ".join(parts).rstrip(",;")


def duration(seconds):
    """Return seconds as people say them: 8.4 s, 1 min 05 s, 2 h 10 min."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    minutes, seconds = divmod(round(seconds), 60)
    if minutes == 0:
        return f"{seconds} s"
    hours, minutes = divmod(minutes, 60)
    if hours == 0:
        return f"{minutes} min {seconds:02} s"
    return f"{hours} h {minutes:02} min"


# Writing where the encoding may lack a sign, and the reader may have gone.

ENCODING_ERRORS = "alexnet-signs"  # the name under which codecs finds `replacement`
# What our sentences hold beyond ASCII, and what replaces it where an encoding lacks it.
SIGNS = {"✓": "ok", "✗": "no", "–": "-", "×": "x", "…": "...", "→": "->", "█": "#"}
SIGNS |= {"“": '"', "”": '"'}


def replacement(error):
    """Return what replaces the signs that an encoding lacks, as an error handler of codecs."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start : error.end]
    return "".join(SIGNS.get(sign, "?") for sign in missing), error.end


codecs.register_error(ENCODING_ERRORS, replacement)


def encodable(text, encoding):
    """Return the text with the signs replaced that the encoding lacks."""
    return text.encode(encoding, ENCODING_ERRORS).decode(encoding)


def stream_encoding(stream):
    """Return the encoding of a stream; the streams of notebooks and tests may have none."""
    return getattr(stream, "encoding", None) or "utf-8"


def write(text, stream):
    """Write the text now, or drop it if the stream is closed: the work goes on."""
    with suppress(OSError, ValueError):  # a closed pipe, a terminal that is gone, a closed file
        stream.write(encodable(text, stream_encoding(stream)))
        stream.flush()
