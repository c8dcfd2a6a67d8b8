"""Short runs that look for an error, and leave the trainer as it was.

`Trainer.overfit_one_batch`, `Trainer.dry_run` and `Trainer.profile` call these. They use the
trainer's own step, and whatever would stop a long run stops them.
"""

import os
import sys
import tempfile
import time
from contextlib import contextmanager
from copy import copy, deepcopy
from itertools import count

from torch import profiler

from alexnet_lib.training import checkpoints, devices
from alexnet_lib.training.progress import Report
from alexnet_lib.training.resuming import restore

__all__ = ["dry_run", "overfit_one_batch", "profile", "trial"]

SHOWN = 12  # operations in a profile


def overfit_one_batch(trainer, train, steps=50):
    """Return the losses of `steps` steps on the first batch of `train` alone.

    They must fall towards 0. If they don't, the fault is neither the amount of data nor
    generalization: look at the labels, the loss and the rate.
    """
    with trial(trainer, schedule="constant", mixup=0) as twin:
        x, labels = next(iter(twin.prepare(train).epoch(0)))
        twin.model.train()
        for _ in range(steps):
            twin.step(x, labels)
        return [float(loss) for loss, _ in twin.state.pending]


def dry_run(trainer, train, test=None):
    """Do two steps, evaluate, write a checkpoint and read it again; return what was done."""
    with trial(trainer) as twin, tempfile.TemporaryDirectory() as folder:
        batches = twin.prepare(train)
        twin.model.train()
        for _, (x, labels) in zip(range(2), batches.epoch(0), strict=False):
            twin.step(x, labels)
        twin.flush()
        some = test.take(min(len(test), twin.recipe.batch)) if test else None
        tested = twin.evaluate(some)["images"] if some else 0
        twin.folder = folder
        twin.save()
        checkpoint = checkpoints.paths(folder)[0]
        restore(twin, checkpoints.read(checkpoint), checkpoint.name)
        megabytes = checkpoint.stat().st_size / 1e6
    return (
        f"{twin.summary}. {twin.recipe.epochs} epochs of {twin.state.steps} steps;"
        f" {twin.state.done} steps done, {tested} test images looked at, a checkpoint of"
        f" {megabytes:.1f} MB written and read again."
    )


def profile(trainer, train, steps=10):
    """Return where the time of some steps goes: to batches, and to the operations of a step."""
    with trial(trainer) as twin:
        batches = forever(twin.prepare(train))
        twin.model.train()
        for _ in range(2):  # the first steps also load libraries and take memory
            twin.step(*next(batches))
        twin.setup.synchronize()
        waiting = 0.0
        start = time.perf_counter()
        kinds = [profiler.ProfilerActivity.CPU]
        if twin.setup.device.type == "cuda":
            kinds.append(profiler.ProfilerActivity.CUDA)
        with no_notes(), profiler.profile(activities=kinds) as recorded:
            for _ in range(steps):
                asked = time.perf_counter()
                x, labels = next(batches)
                waiting += time.perf_counter() - asked
                twin.step(x, labels)
            twin.setup.synchronize()
        seconds = time.perf_counter() - start
        batches.close()
    on_gpu = twin.setup.device.type == "cuda"
    key = "self_device_time_total" if on_gpu else "self_cpu_time_total"
    rows = sorted(recorded.key_averages(), key=lambda row: -getattr(row, key))
    total = sum(getattr(row, key) for row in rows) or 1
    lines = [
        f"{steps} steps of {twin.recipe.batch} images: {seconds / steps:.3g} s each,"
        f" {waiting / seconds:.0%} of it waiting for batches. Then the operations:"
    ]
    for row in rows[:SHOWN]:
        lines.append(f"{getattr(row, key) / total:6.1%} {row.count / steps:6.0f}×  {row.key[:60]}")
    return "\n".join(lines)


@contextmanager
def no_notes():
    """Keep the notes of the profiler's library off standard error; Python's errors come later."""
    sys.stderr.flush()
    kept, nothing = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nothing, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nothing)


def forever(batches):
    """Yield the batches of one epoch after another."""
    for epoch in count():
        yield from batches.epoch(epoch)


@contextmanager
def trial(trainer, **changes):
    """Give a twin of the trainer to train with; afterwards the model that they share is as before.

    changes  fields of the recipe that differ in the twin
    """
    twin = copy(trainer)
    twin.recipe = trainer.recipe.with_(**changes)
    twin.report = Report()
    twin.folder = None
    weights = deepcopy(trainer.model.state_dict())
    randoms = checkpoints.random_state(trainer.setup.device)
    try:
        with devices.full_speed(trainer.setup):
            yield twin
    finally:
        trainer.model.load_state_dict(weights)
        trainer.model.zero_grad()
        checkpoints.set_random_state(randoms, trainer.setup.device)
