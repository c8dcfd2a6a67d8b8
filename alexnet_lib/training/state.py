"""Everything that a run changes besides the weights: `RunState`.

A trainer has one, `Trainer.prepare` makes a new one for each run, and a checkpoint holds it. So a
field that is added here is saved and restored, unless UNSAVED names it.
"""

from dataclasses import dataclass, field, fields

import torch
from torch import nn

from alexnet_lib.training.optimizers import Schedule

__all__ = ["RunState"]

SUMS = ("loss", "correct", "seen", "seconds", "waiting")
UNSAVED = {"average", "network", "flop", "interrupted", "pending", "correct", "last_flush"}


@dataclass
class RunState:
    """Where a run stands. Without arguments: before the first one."""

    # A checkpoint holds the `state_dict` of these three …
    optimizer: torch.optim.Optimizer = None  # the update rule, and what it remembers
    schedule: Schedule = None  # the rate of every step
    scaler: torch.amp.GradScaler = None  # of the loss, for fp16

    # … and the values of these.
    done: int = 0  # steps, over all epochs
    sums: dict = field(default_factory=lambda: dict.fromkeys(SUMS, 0.0))  # of the epoch under way
    history: list = field(default_factory=list)  # a row for each epoch
    best: float = None  # the smallest test error
    waited: int = 0  # epochs since that
    data: str = None  # the fingerprint of the training images
    steps: int = 0  # of one epoch

    # The rest is UNSAVED.
    average: nn.Module = None  # a copy of the model with averaged weights: saved beside the model
    network: nn.Module = None  # the model, compiled or shared with other processes
    flop: float = None  # of a training step, for one image
    interrupted: bool = False
    # Of the steps since the last flush, still on the device.
    pending: list = field(default_factory=list)  # (loss, images) of each
    correct: torch.Tensor = None  # images classified correctly
    last_flush: float = 0.0  # by time.perf_counter

    def state_dict(self):
        """Return what `load_state_dict` needs to go on from here, as tensors and plain data."""
        values = {name: getattr(self, name) for name in SAVED}
        return {
            name: value.state_dict() if hasattr(value, "state_dict") else value
            for name, value in values.items()
        }

    def load_state_dict(self, saved):
        """Go on from where `state_dict` was taken."""
        for name in SAVED:
            value = getattr(self, name)
            if hasattr(value, "load_state_dict"):
                value.load_state_dict(saved[name])
            else:
                setattr(self, name, saved[name])


SAVED = [entry.name for entry in fields(RunState) if entry.name not in UNSAVED]
