"""What a run tells while it goes on: to a log, a terminal, a notebook, a file.

The trainer knows one `Report` and calls its methods; which one it is, `report_for` decides. Each
report below does one thing, and `Reports` are several at once. Nothing here needs PyTorch, and a
report that can't be written any more (a closed pipe, a full disk) never ends the run.
"""

import codecs
import json
import math
import os
import shutil
import sys
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from alexnet_lib.files import write_atomic

__all__ = [
    "Bar",
    "Lines",
    "Metrics",
    "Notebook",
    "Report",
    "Reports",
    "TensorBoard",
    "report_for",
]

CHOICES = ("auto", "none", "lines", "bar", "notebook")
METRICS = "metrics.jsonl"
PLAIN = "alexnet-plain"  # how to write signs that an encoding lacks, for codecs


class Report:
    """What the trainer calls while it works. This one does nothing; the others override."""

    def resume_at(self, step):
        """The run goes on from here: whatever was told of later steps will come again."""

    def begin(self, line, epochs, steps):
        """A run begins: the trainer's one line, its epochs, and the steps of one epoch."""

    def steps(self, epoch, step, losses, images_per_second):
        """The losses (floats) of the steps since the last call, the last of them number `step`.

        Steps are counted over all epochs, and epochs too, from 1.
        """

    def epoch(self, row):
        """An epoch is over: its row of the history."""

    def say(self, text):
        """One sentence: a checkpoint skipped, interrupted and saved …"""

    def end(self, history):
        """The run is over, done or interrupted. May be called twice."""


class Reports(Report):
    """Several reports at once, in order."""

    def __init__(self, reports):
        self.all = list(reports)

    def resume_at(self, step):
        """Tell each."""
        self.tell("resume_at", step)

    def begin(self, line, epochs, steps):
        """Tell each."""
        self.tell("begin", line, epochs, steps)

    def steps(self, epoch, step, losses, images_per_second):
        """Tell each."""
        self.tell("steps", epoch, step, losses, images_per_second)

    def epoch(self, row):
        """Tell each."""
        self.tell("epoch", row)

    def say(self, text):
        """Tell each."""
        self.tell("say", text)

    def end(self, history):
        """Tell each."""
        self.tell("end", history)

    def tell(self, what, *arguments):
        """Call the same method of each."""
        for report in self.all:
            getattr(report, what)(*arguments)


class Clock:
    """How long a run will still take, from the pace since its first steps, which take longer."""

    def begin(self, epochs, steps):
        """Start the clock for a run of so many epochs, and of so many steps each."""
        self.epochs, self.per_epoch, self.first = epochs, steps, None

    def left(self, step):
        """Seconds that are left after this step; None at first, when nothing is known."""
        now = time.monotonic()
        if self.first is None:
            self.first = now, step
        start, first = self.first
        if step <= first:
            return None
        return (now - start) / (step - first) * (self.epochs * self.per_epoch - step)


class Lines(Report):
    """Plain lines, for logs and pipes: one for each epoch, and one every `every` seconds."""

    def __init__(self, stream=None, every=10.0):
        self.stream, self.every, self.clock = stream, every, Clock()
        self.told = self.epochs = 0

    def begin(self, line, epochs, steps):
        """Say what was picked."""
        self.clock.begin(epochs, steps)
        self.epochs, self.told = epochs, time.monotonic()
        self.say(line)

    def steps(self, epoch, step, losses, images_per_second):
        """A line, if the last one is some time ago."""
        left = self.clock.left(step)
        if losses and time.monotonic() - self.told >= self.every:
            parts = step_parts(self.clock, epoch, step, losses, images_per_second, left)
            self.say(", ".join(parts))

    def epoch(self, row):
        """The row in words."""
        self.say(in_words(row, self.epochs))

    def say(self, text):
        """The text, on a line of its own."""
        self.told = time.monotonic()
        write(text + "\n", self.stream or sys.stdout)


class Bar(Report):
    """One line on a terminal that rewrites itself, at most ten times a second."""

    def __init__(self, stream=None, columns=None, every=0.1):
        self.stream, self.columns, self.every = stream, columns, every
        self.clock, self.drawn, self.line, self.epochs = Clock(), 0.0, "", 0

    def begin(self, line, epochs, steps):
        """Say what was picked."""
        self.clock.begin(epochs, steps)
        self.epochs = epochs
        self.say(line)

    def steps(self, epoch, step, losses, images_per_second):
        """Rewrite the line, if that was not done just now."""
        left = self.clock.left(step)
        if losses and time.monotonic() - self.drawn >= self.every:
            self.drawn = time.monotonic()
            parts = step_parts(self.clock, epoch, step, losses, images_per_second, left)
            share = step / max(1, self.clock.epochs * self.clock.per_epoch)
            self.line = bar_text(parts, share, self.width(), encoding_of(self.out()))
            self.show(self.line)

    def epoch(self, row):
        """The row in words, which stays, above the line."""
        self.say(in_words(row, self.epochs))

    def say(self, text):
        """The text on a line of its own, above the line that rewrites itself."""
        line, self.line = self.line, ""
        self.show(text + "\n")
        if line:
            self.line = line
            self.show(line)

    def end(self, history):
        """Take the line away."""
        if self.line:
            self.line = ""
            self.show("")

    def show(self, text):
        """The text in place of the line."""
        write("\r\x1b[K" + text, self.out())

    def out(self):
        """Where to write: looked up each time, since tests and notebooks change it."""
        return self.stream or sys.stdout

    def width(self):
        """Columns of the terminal now: people resize their windows."""
        return self.columns or shutil.get_terminal_size().columns


def step_parts(clock, epoch, step, losses, images_per_second, left):
    """What is said of a step, in parts."""
    in_epoch = step - (epoch - 1) * clock.per_epoch
    parts = [
        f"epoch {epoch}/{clock.epochs}",
        f"step {in_epoch}/{clock.per_epoch}",
        f"loss {sum(losses) / len(losses):.3f}",
    ]
    if images_per_second:
        parts.append(f"{images_per_second:,.0f} img/s")
    if left is not None:
        parts.append(f"{duration(left)} left")
    return parts


def bar_text(parts, share, columns, encoding="utf-8"):
    """The parts and a bar on one line; on a narrow terminal, less of them."""
    room = columns - 1  # a full last column makes some terminals wrap
    for gone in ("", "img/s", "step", "left"):  # what is told elsewhere, too, goes first
        parts = [part for part in parts if not gone or gone not in part]
        text = "  ".join(parts)
        if len(text) <= room:
            break
    wide = min(30, room - len(text) - 2)
    if wide < 6:
        return text[:room]
    full, empty = plain("━", encoding), plain("─", encoding)
    done = int(wide * min(1.0, share))
    return f"{full * done}{empty * (wide - done)}  {text}"


def in_words(row, epochs=None):
    """A row of the history as one line."""
    parts = [f"epoch {row.get('epoch')}{f' of {epochs}' if epochs else ''}:"]
    for name, loss, accuracy in (
        ("loss", row.get("loss"), row.get("accuracy")),
        ("test loss", row.get("test_loss"), row.get("test_accuracy")),
    ):
        if loss is not None:
            parts.append(f"{name} {loss:.3f},")
        if loss is not None and accuracy is not None:
            parts[-1] += f" accuracy {percent(accuracy, 1)};"
    if row.get("images_per_second"):
        parts.append(f"{row['images_per_second']:,.0f} img/s,")
    if row.get("of_ceiling") is not None:
        parts.append(f"{percent(row['of_ceiling'])} of ceiling,")
    if (row.get("waiting") or 0) >= 0.05:  # else the data keep up
        parts.append(f"{percent(row['waiting'])} waiting for data,")
    if row.get("seconds") is not None:
        parts.append(duration(row["seconds"]))
    return " ".join(parts).rstrip(",;")


def percent(share, places=0):
    """86 %."""
    return f"{100 * share:.{places}f} %"


def duration(seconds):
    """Seconds as people say them: 8.4 s, 1 min 05 s, 2 h 10 min."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    seconds = round(seconds)
    if seconds < 60:
        return f"{seconds} s"
    minutes, seconds = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes} min {seconds:02} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min"


# Writing where signs or the reader may be missing.

# What our sentences hold beyond ASCII, and what stands for it where an encoding lacks it.
SIGNS = {
    "✓": "ok",
    "✗": "no",
    "━": "#",
    "─": "-",
    "–": "-",
    "×": "x",
    "…": "...",
    "→": "->",
}


def instead(error):
    """What stands for the signs that an encoding lacks: codecs' way of asking."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start : error.end]
    return "".join(SIGNS.get(sign, "?") for sign in missing), error.end


codecs.register_error(PLAIN, instead)


def plain(text, encoding):
    """The text in signs that the encoding has."""
    return text.encode(encoding, PLAIN).decode(encoding)


def encoding_of(stream):
    """The encoding of a stream; those of notebooks and tests may have none."""
    return getattr(stream, "encoding", None) or "utf-8"


def write(text, stream):
    """Write the text now. If nobody reads any more, the run goes on without a word."""
    with suppress(OSError, ValueError):  # a closed pipe, a terminal that is gone, a closed file
        stream.write(plain(text, encoding_of(stream)))
        stream.flush()


# In a notebook.


class Notebook(Report):
    """A plot of loss and accuracy that is redrawn while the run goes on, and stays as a picture.

    Above it, one line with the newest figures. Drawing takes about a twentieth of the time.
    """

    def __init__(self, every=1.0):
        self.every, self.clock = every, Clock()
        self.handles, self.losses, self.at, self.rows, self.epochs = {}, [], [], [], 0
        self.told = self.drawn = 0.0
        self.cost = math.inf  # seconds that the quickest drawing took; the first one loads fonts

    def begin(self, line, epochs, steps):
        """Say what was picked."""
        self.clock.begin(epochs, steps)
        self.handles, self.losses, self.at, self.rows, self.epochs = {}, [], [], [], epochs
        write(line + "\n", sys.stdout)
        self.told = self.drawn = time.monotonic()

    def steps(self, epoch, step, losses, images_per_second):
        """Renew the line and the plot, if that was not done just now."""
        first = step - len(losses) + 1
        for i, loss in enumerate(losses):
            if math.isfinite(loss):  # what can't be drawn, the trainer tells
                self.losses.append(loss)
                self.at.append((first + i) / self.clock.per_epoch)
        left = self.clock.left(step)
        if losses and time.monotonic() - self.told >= self.every:
            parts = step_parts(self.clock, epoch, step, losses, images_per_second, left)
            self.tell(", ".join(parts))
            self.redraw()

    def epoch(self, row):
        """Remember the row, tell it, and redraw if that was not done just now."""
        self.rows.append(row)
        self.tell(in_words(row, self.epochs))
        self.redraw()

    def say(self, text):
        """The text below the plot."""
        write(text + "\n", sys.stdout)

    def end(self, history):
        """Draw once more: what stays when the kernel is gone."""
        self.rows = list(history) or self.rows
        if self.rows:
            self.tell(in_words(self.rows[-1], self.epochs))
        self.draw()

    def tell(self, text):
        """The text as the line above the plot."""
        self.told = time.monotonic()
        self.show("line", Text(text))

    def redraw(self):
        """Draw, if it was long enough ago for what it costs."""
        wait = self.every if math.isinf(self.cost) else max(self.every, 19 * self.cost)
        if time.monotonic() - self.drawn >= wait:
            self.draw()

    def draw(self):
        """Show what pictures there can be."""
        start = time.monotonic()
        for name, picture in (("loss", self.loss_picture()), ("accuracy", self.accuracies())):
            if picture is not None:
                self.show(name, picture)
        self.drawn = time.monotonic()
        self.cost = min(self.cost, self.drawn - start)

    def loss_picture(self):
        """The losses of the steps, smoothed; None as long as there are fewer than two."""
        from alexnet_lib.plots import curves  # Matplotlib, for this alone

        if len(self.losses) < 2:
            return None
        x, smooth = smoothed(self.at, self.losses)
        return curves({"training": smooth}, x, "epochs", "loss")

    def accuracies(self):
        """The accuracies of the epochs; None as long as there are fewer than two."""
        from alexnet_lib.plots import curves

        series = {}
        for name, key in (("training", "accuracy"), ("test", "test_accuracy")):
            values = [row.get(key) for row in self.rows]
            if len(values) > 1 and all(v is not None and math.isfinite(v) for v in values):
                series[name] = [100 * value for value in values]
        if not series:
            return None
        return curves(series, [row["epoch"] for row in self.rows], "epochs", "accuracy in %")

    def show(self, name, thing):
        """Put the thing in its place below the cell, or there anew."""
        from IPython.display import display

        if name in self.handles:
            self.handles[name].update(thing)
        else:
            self.handles[name] = display(thing, display_id=True)


class Text:
    """A line that a notebook shows as it is."""

    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return self.text


def smoothed(x, values, most=100):
    """Means over the last twenty-fifth of the values, at no more than `most` places of x."""
    window = max(1, len(values) // 25)
    sums = [0.0]
    for value in values:
        sums.append(sums[-1] + value)
    every = math.ceil(len(values) / most)
    places = list(range(len(values) - 1, -1, -every))[::-1]  # the last one is always there
    means = []
    for i in places:
        start = max(0, i + 1 - window)
        means.append((sums[i + 1] - sums[start]) / (i + 1 - start))
    return [x[i] for i in places], means


# In files.


class Metrics(Report):
    """Every figure as a line of JSON in metrics.jsonl, beside the checkpoints.

    {"step": 12, "loss": 2.1}        a step; with "images_per_second" where it was taken
    {"epoch": 1, "step": 79, …}      an epoch: its row of the history
    """

    def __init__(self, folder):
        self.path = Path(folder) / METRICS
        self.step, self.lost = 0, False

    def resume_at(self, step):
        """Cut what was told of later steps, since it will be told again."""
        self.step = step
        if not self.path.exists():
            return
        kept = [line for line in self.path.read_bytes().splitlines() if step_of(line) <= step]
        try:
            write_atomic(self.path, b"".join(line + b"\n" for line in kept))
        except OSError as error:
            self.lose(error)

    def steps(self, epoch, step, losses, images_per_second):
        """A line for each step."""
        rows = [{"step": step - len(losses) + 1 + i, "loss": loss} for i, loss in enumerate(losses)]
        if rows and images_per_second:
            rows[-1]["images_per_second"] = round(images_per_second, 1)
        self.step = step
        self.append(rows)

    def epoch(self, row):
        """A line for the epoch."""
        self.append([{"epoch": row.get("epoch"), "step": self.step, **row}])

    def append(self, rows):
        """Write the rows, whole lines at once: a kill leaves at most one torn line."""
        if self.lost or not rows:
            return
        lines = "".join(json.dumps(finite(row), allow_nan=False) + "\n" for row in rows)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with open(self.path, "a", encoding="utf-8") as file:
                file.write(lines)
        except OSError as error:
            self.lose(error)

    def lose(self, error):
        """Say once that there will be no metrics; the checkpoints hold the history as well."""
        self.lost = True
        write(
            f"{self.path} can't be written ({error.strerror or error}):"
            " the run goes on without metrics.\n",
            sys.stderr,
        )


def step_of(line):
    """The step that a line of metrics is of; beyond all steps for what is no such line."""
    try:
        step = json.loads(line)["step"]
    except (ValueError, KeyError, TypeError):
        return math.inf
    return step if isinstance(step, int) else math.inf


def finite(value):
    """The value as JSON can hold it: NaN and infinity, which it has no word for, are null."""
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


class TensorBoard(Report):
    """The same figures for TensorBoard, where it is installed."""

    def __init__(self, folder):
        from torch.utils.tensorboard import SummaryWriter  # an ImportError where there is none

        self.make, self.folder = SummaryWriter, str(folder)
        self.writer, self.step, self.purge = None, 0, None

    def resume_at(self, step):
        """Let TensorBoard hide what was told of later steps."""
        self.end([])
        self.step, self.purge = step, step + 1

    def steps(self, epoch, step, losses, images_per_second):
        """A point for each step."""
        for i, loss in enumerate(losses):
            self.add("loss/step", loss, step - len(losses) + 1 + i)
        if images_per_second:
            self.add("images_per_second", images_per_second, step)
        self.step = step

    def epoch(self, row):
        """A point for each figure of the epoch."""
        for key, value in row.items():
            if key != "epoch" and isinstance(value, (int, float)):
                self.add(f"epoch/{key}", value, self.step)

    def add(self, name, value, step):
        """One point; the file is opened for the first."""
        if self.writer is None:
            self.writer = self.make(self.folder, purge_step=self.purge)
        self.writer.add_scalar(name, value, step)

    def end(self, history):
        """Close the file."""
        if self.writer is not None:
            self.writer.close()
            self.writer = None


# Which one.


def report_for(choice="auto", folder=None):
    """The report for this place: a notebook, a terminal, or a log; with a folder, files too.

    choice  "auto", "none", "lines", "bar" or "notebook"; a `Report` is returned as it is
    folder  the run's, for metrics.jsonl, and for TensorBoard where it is installed

    Of several processes only the first one speaks.
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
    kinds = {"none": Report, "lines": Lines, "bar": Bar, "notebook": Notebook}
    reports = [kinds[choice]()]
    if folder is not None:
        reports.append(Metrics(folder))
        if find_spec("tensorboard") is not None:
            with suppress(ImportError):  # there, but not whole
                reports.append(TensorBoard(folder))
    return reports[0] if len(reports) == 1 else Reports(reports)


def in_kernel():
    """Whether this runs in a notebook's kernel."""
    ipython = sys.modules.get("IPython")  # in a kernel it has been imported
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None
