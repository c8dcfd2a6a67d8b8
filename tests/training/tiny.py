"""A tiny network, tiny data and runs that stop at a step, for the tests of the trainer.

As a program it trains in its own process, which a test can kill:

    python tiny.py FOLDER [--resume] [--kill-at STEP] [--signal NAME]
"""

import argparse
import os
import signal
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn

from alexnet_lib.data.sets import ImageSet
from alexnet_lib.training import devices
from alexnet_lib.training.progress import Report
from alexnet_lib.training.trainer import Trainer

CLASSES = ("dark", "left", "right")
SIDE = 8


def images(count, seed=0, channels=1, side=SIDE):
    """Make an ImageSet of three classes: no bright half, the left half, the right half."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 3  # (N,)
    pixels = rng.integers(0, 60, (count, side, side, channels))  # (N, H, W, C)
    pixels[labels == 1, :, : side // 2] += 120
    pixels[labels == 2, :, side // 2 :] += 120
    return ImageSet("halves", pixels.astype(np.uint8), labels, CLASSES)


def network(channels=1, seed=1, dropout=0.3, side=SIDE):
    """Make a network of a convolution, batch normalization, dropout and a fully connected layer."""
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Conv2d(channels, 8, 3, padding=1),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.Flatten(),
        nn.Dropout(dropout),
        nn.Linear(8 * side * side, 3),
    )


class Recorder(Report):
    """Records what the trainer reports; at step `stop_at` it calls `stop`."""

    def __init__(self, stop_at=None, stop=None):
        self.losses = []
        self.rows = []
        self.messages = []
        self.stop_at = stop_at
        self.stop = stop

    def steps(self, epoch, step, losses, images_per_second):
        self.losses += losses
        if self.stop_at is not None and step >= self.stop_at:
            self.stop_at = None
            self.stop()

    def epoch(self, row):
        self.rows.append(row)

    def say(self, text):
        self.messages.append(text)


SETTINGS = {"epochs": 3, "batch": 10, "rate": 0.05, "dtype": "fp32"}


def trainer(model=None, report=None, **settings):
    """Make a trainer of the tiny network, or of another one."""
    return Trainer(model or network(), report=report or Recorder(), **{**SETTINGS, **settings})


def same_state(one, other):
    """Return whether two models are equal to the last bit."""
    a, b = one.state_dict(), other.state_dict()
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def without_times(history):
    """Return the rows without what depends on a clock."""
    clocks = ("seconds", "images_per_second", "waiting", "of_ceiling")
    return [{name: row[name] for name in row if name not in clocks} for row in history]


def after_each_step(run, action):
    """Call `action` with the number of steps done after each step of a trainer."""
    step = run.step

    def step_and_act(x, labels):
        step(x, labels)
        action(run.state.done)

    run.step = step_and_act


def main():
    """Train in this process, and send it a signal after the step of --kill-at."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--kill-at", type=int)
    parser.add_argument("--signal", default="SIGKILL")
    options = parser.parse_args()
    torch.set_num_threads(1)
    devices.ceiling = lambda setup: 1e11  # the speed of a machine takes a second to measure
    run = trainer(folder=options.folder, save_every=4, ema=0.9, schedule="plateau", patience=1)

    def kill(done):
        if done == options.kill_at:
            os.kill(os.getpid(), getattr(signal, options.signal))

    after_each_step(run, kill)
    run.fit(images(60), images(30, seed=1), resume=options.resume)
    if len(run.world.gather(0)) == 1:
        torch.save(run.model.state_dict(), options.folder / "end.pt")
    return 130 if run.interrupted else 0


if __name__ == "__main__":
    sys.exit(main())
