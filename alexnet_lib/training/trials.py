"""Short runs that look for an error, and leave the trainer as it was.

`Trainer.overfit_one_batch` and `Trainer.dry_run` call these. They use the trainer's own step, and
whatever would stop a long run stops them.
"""

import tempfile
from contextlib import contextmanager
from copy import copy, deepcopy

from alexnet_lib.training import checkpoints, devices
from alexnet_lib.training.progress import Report
from alexnet_lib.training.resuming import restore

__all__ = ["dry_run", "overfit_one_batch", "trial"]


def overfit_one_batch(trainer, train, steps=50):
    """Return the losses of `steps` steps on the first batch of `train` alone.

    They must fall towards 0. If they don't, the fault is neither the amount of data nor
    generalization: look at the labels, the loss and the rate.
    """
    with trial(trainer, schedule="constant") as twin:
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
