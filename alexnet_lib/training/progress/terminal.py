"""How far a run or a command is. tqdm draws and times the line."""

import sys
from functools import partial
from threading import RLock
from types import SimpleNamespace

from tqdm.std import tqdm

from alexnet_lib.training.progress.report import Lines, stream_encoding, write

__all__ = ["Bar", "Counter"]


class Bar(Lines):
    """One line on a terminal that rewrites itself, at most ten times a second."""

    line = None

    def steps(self, epoch, step, losses, images_per_second):
        """Rewrite the line, unless that was done just now."""
        if not losses:
            return
        text = "  ".join(self.step_parts(epoch, step, losses, images_per_second))
        if self.line is None:
            total = self.epochs * self.epoch_steps
            stream = self.stream or sys.stdout
            self.line = TerminalLine(stream, step, total, "{desc}  {bar}", desc=text)
        self.line.set_description_str(text, refresh=False)
        self.line.update(step - self.line.n)

    def say(self, text):
        """Write the text on a line of its own, above the line that rewrites itself."""
        if self.line is not None:
            self.line.clear()
        super().say(text)
        if self.line is not None:
            self.line.refresh()

    def end(self, history):
        """Take the line away."""
        if self.line is not None:
            self.line.close()
            self.line = None


class Counter:
    """Shows how far a command is: one line on a terminal, some lines in a log.

    unit  what `counter(done, total)` counts, in the plural
    """

    def __init__(self, unit, stream=None):
        self.unit = unit
        self.stream = stream or sys.stderr
        self.line = None

    def __call__(self, done, total):
        """Show that so many of the total are done, unless that was shown just now."""
        if not total:
            return
        if self.line is None:  # `done` is above 0 where earlier work goes on
            kind = TerminalLine if self.stream.isatty() else LogLine
            text = "{n:,} of {total:,}{unit}, {rate_noinv_fmt}, {remaining} left"
            self.line = kind(self.stream, done, total, text + kind.bar, unit=f" {self.unit}")
        shown = self.line.update(done - self.line.n)
        if done == total and not shown:
            self.line.refresh()

    def clear(self):
        """Take the line away from a terminal."""
        if self.line is not None:
            self.line.close()


class TerminalLine(tqdm):
    """A line that rewrites itself and is taken away in the end; its pace is the mean."""

    # tqdm shall start no thread, and on some systems no process, for this one line.
    monitor_interval = 0
    every = 0.1  # seconds
    bar = "  {bar}"

    def __init__(self, stream, done, total, bar_format, **settings):
        output = SimpleNamespace(
            write=partial(write, stream=stream),
            flush=int,  # `write` has flushed
            encoding=stream_encoding(stream),
            fileno=lambda: stream.fileno(),  # of which tqdm asks the width
        )
        super().__init__(
            initial=done,
            total=total,
            file=output,
            bar_format=bar_format,
            mininterval=self.every,
            miniters=1,
            smoothing=0,
            position=0,
            leave=False,
            dynamic_ncols=True,
            **settings,
        )


TerminalLine.set_lock(RLock())


class LogLine(TerminalLine):
    """The same in a log: a new line every ten seconds, and no bar."""

    every = 10
    bar = ""

    def display(self, msg=None, pos=None):
        """Write the line; one that should be cleared stays."""
        if msg is None:
            self.fp.write(f"{self}\n")
