"""The figures of a run in files: metrics.jsonl beside the checkpoints, and TensorBoard's."""

import json
import math
import sys
from pathlib import Path

from alexnet_lib.files import write_atomic
from alexnet_lib.training.progress.report import Report, write

__all__ = ["METRICS", "Metrics", "TensorBoard"]

METRICS = "metrics.jsonl"  # the name of the file, in the folder of the run


class Metrics(Report):
    """Every figure as a line of JSON in metrics.jsonl, beside the checkpoints.

    {"step": 12, "loss": 2.1}        a step; with "images_per_second" where it was measured
    {"epoch": 1, "step": 79, …}      an epoch: its row of the history
    """

    def __init__(self, folder):
        self.path = Path(folder) / METRICS
        self.step = 0
        self.disabled = False

    def resume_at(self, step):
        """Cut the lines of later steps, since they will be written again."""
        self.step = step
        if not self.path.exists():
            return
        kept = [line for line in self.path.read_bytes().splitlines() if step_number(line) <= step]
        try:
            write_atomic(self.path, b"".join(line + b"\n" for line in kept))
        except OSError as error:
            self.disable(error)

    def steps(self, epoch, step, losses, images_per_second):
        """Write a line for each step."""
        rows = [{"step": step - len(losses) + 1 + i, "loss": loss} for i, loss in enumerate(losses)]
        if rows and images_per_second:
            rows[-1]["images_per_second"] = round(images_per_second, 1)
        self.step = step
        self.append(rows)

    def epoch(self, row):
        """Write a line for the epoch."""
        self.append([{"epoch": row.get("epoch"), "step": self.step, **row}])

    def append(self, rows):
        """Write the rows, whole lines at once: a kill leaves at most one torn line."""
        if self.disabled or not rows:
            return
        lines = "".join(json.dumps(finite_or_null(row), allow_nan=False) + "\n" for row in rows)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with open(self.path, "a", encoding="utf-8") as file:
                file.write(lines)
        except OSError as error:
            self.disable(error)

    def disable(self, error):
        """Say once that there will be no metrics; the checkpoints hold the history as well."""
        self.disabled = True
        write(
            f"{self.path} can't be written ({error.strerror or error}):"
            " the run goes on without metrics.\n",
            sys.stderr,
        )


def step_number(line):
    """Return the step of a line of metrics; infinity if it isn't one, such as a torn line."""
    try:
        step = json.loads(line)["step"]
    except (ValueError, KeyError, TypeError):
        return math.inf
    return step if isinstance(step, int) else math.inf


def finite_or_null(row):
    """Return the row with null for NaN and infinity, for which JSON has no word."""
    return {
        key: None if isinstance(value, float) and not math.isfinite(value) else value
        for key, value in row.items()
    }


class TensorBoard(Report):
    """The same figures for TensorBoard, where it is installed."""

    def __init__(self, folder):
        from torch.utils.tensorboard import SummaryWriter  # an ImportError where there is none

        self.make_writer = SummaryWriter
        self.folder = str(folder)
        self.writer = None
        self.step = 0
        self.purge = None

    def resume_at(self, step):
        """Let TensorBoard hide the points of later steps."""
        self.end([])
        self.step = step
        self.purge = step + 1

    def steps(self, epoch, step, losses, images_per_second):
        """Add a point for each step."""
        for i, loss in enumerate(losses):
            self.add("loss/step", loss, step - len(losses) + 1 + i)
        if images_per_second:
            self.add("images_per_second", images_per_second, step)
        self.step = step

    def epoch(self, row):
        """Add a point for each figure of the epoch."""
        for key, value in row.items():
            if key != "epoch" and isinstance(value, (int, float)):
                self.add(f"epoch/{key}", value, self.step)

    def add(self, name, value, step):
        """Add one point; the first one opens the file."""
        if self.writer is None:
            self.writer = self.make_writer(self.folder, purge_step=self.purge)
        self.writer.add_scalar(name, value, step)

    def end(self, history):
        """Close the file."""
        if self.writer is not None:
            self.writer.close()
            self.writer = None
