"""Short runs for those who look for an error; afterwards the trainer is as it was.

`Trainer.overfit_one_batch` and `Trainer.dry_run` do these. They use the trainer's own step, and
whatever would stop a long run stops them.
"""

import tempfile
from contextlib import contextmanager
from copy import deepcopy

from alexnet_lib.training import checkpoints, devices
from alexnet_lib.training.progress import Report
from alexnet_lib.training.resuming import restore

__all__ = ["dry_run", "overfit_one_batch", "trial"]


def overfit_one_batch(trainer, train, steps=50):
    """The losses of `steps` steps on the first batch of `train` alone: they must fall towards 0.

    If they don't, the fault is neither the amount of data nor generalization: look at the labels,
    the loss and the rate.
    """
    with trial(trainer, schedule="constant"):
        x, labels = next(iter(trainer.prepare(train).epoch(0)))
        trainer.model.train()
        for _ in range(steps):
            trainer.step(x, labels)
            trainer.done += 1
        return [float(loss) for loss, _ in trainer.pending]


def dry_run(trainer, train, test=None):
    """Two steps, a look at some test images and a checkpoint, read again; what came of it."""
    with trial(trainer), tempfile.TemporaryDirectory() as folder:
        batches = trainer.prepare(train)
        trainer.model.train()
        for _, (x, labels) in zip(range(2), batches.epoch(0), strict=False):
            trainer.step(x, labels)
            trainer.done += 1
        trainer.flush()
        some = test.take(min(len(test), trainer.recipe.batch)) if test else None
        looked = trainer.evaluate(some)["images"] if some else 0
        trainer.folder = folder
        trainer.save()
        checkpoint = checkpoints.listed(folder)[0]
        restore(trainer, checkpoints.read(checkpoint), checkpoint.name)
        megabytes = checkpoint.stat().st_size / 1e6
        done, of = trainer.done, f"{trainer.recipe.epochs} epochs of {trainer.steps} steps"
    return (
        f"{trainer.line}. {of}; {done} steps done, {looked} test images looked at, a checkpoint of"
        f" {megabytes:.1f} MB written and read again."
    )


@contextmanager
def trial(trainer, **changes):
    """Train in here as you like: afterwards the trainer and its model are as they were.

    changes  fields of the recipe that differ in here
    """
    before, weights = dict(trainer.__dict__), deepcopy(trainer.model.state_dict())
    randoms = checkpoints.random_state(trainer.setup.device)
    trainer.recipe, trainer.report, trainer.folder = trainer.recipe.with_(**changes), Report(), None
    try:
        with devices.full_speed(trainer.setup):
            yield
    finally:
        trainer.__dict__.clear()
        trainer.__dict__.update(before)
        trainer.model.load_state_dict(weights)
        trainer.model.zero_grad()
        checkpoints.set_random_state(randoms, trainer.setup.device)
