"""What a run needs to go on as if it had never stopped: saved from a trainer, and restored to one.

With the same machine, the same number of threads and the same recipe, what follows is the same to
the last bit. Where something differs, `restore` reports it.
"""

import torch

from alexnet_lib.training import checkpoints
from alexnet_lib.training.recipe import Recipe

__all__ = ["TrainingError", "load_fitting", "load_weights", "restore", "snapshot"]

# What a resumed run must share, or its position would mean nothing; and what changes no number.
FIXED = ("data", "steps", "batch", "optimizer")
FREE = ("save_every", "keep")


class TrainingError(RuntimeError):
    """Why a training can't go on, and what to do, in a sentence or two."""


def snapshot(trainer, randoms):
    """Return everything that a trainer needs to go on, as tensors and plain data.

    randoms  the state of the random generators of each process
    """
    average = trainer.state.average
    return {
        "model": trainer.model.state_dict(),
        "average": None if average is None else average.state_dict(),
        "inputs": trainer.inputs,
        "about": trainer.about,
        **trainer.state.state_dict(),
        "random": randoms,
        **conditions(trainer),
    }


def conditions(trainer):
    """Return what decides the numbers of a run, besides its state."""
    return {
        "recipe": trainer.recipe.to_dict(),
        "machine": {
            "device": trainer.summary,
            "threads": torch.get_num_threads(),
            "torch": str(torch.__version__),
        },
    }


def restore(trainer, contents, name):
    """Put a trainer where it was when `snapshot` returned these contents.

    name  of the checkpoint, for the messages
    """
    state = trainer.state
    then = flatten(contents)
    now = flatten({"data": state.data, "steps": state.steps, **conditions(trainer)})
    for key in FIXED:
        if then[key] != now[key]:
            raise TrainingError(
                f"{name} can't be resumed: {key} was {then[key]} and is now {now[key]}. Give it"
                " what it had, or begin in another folder."
            )
    load_weights(trainer.model, contents["model"], name)
    if state.average is not None:
        load_weights(state.average, contents["average"] or contents["model"], name)
    trainer.inputs = contents["inputs"]
    state.load_state_dict(contents)
    if trainer.world.size == len(contents["random"]):
        mine = contents["random"][trainer.world.rank]
        checkpoints.set_random_state(mine, trainer.setup.device)

    trainer.report.say(f"Resumed after step {state.done}, from {name}.")
    differences = [
        f"{key} ({then.get(key)} → {now[key]})"
        for key in now
        if key not in FREE and then.get(key) != now[key]
    ]
    if differences:
        trainer.report.say(
            "It won't end bit for bit as without a stop, since this differs:"
            f" {', '.join(differences)}."
        )


def flatten(conditions):
    """Return data, steps, recipe and machine as one dict."""
    flat = {key: conditions[key] for key in ("data", "steps")}
    flat |= Recipe().to_dict() | conditions["recipe"]  # older ones had fewer fields
    return flat | {f"its {key}": value for key, value in conditions["machine"].items()}


def load_weights(model, weights, name):
    """Load weights into a model, if they fit."""
    try:
        model.load_state_dict(weights)
    except RuntimeError as error:
        raise TrainingError(f"{name} holds the weights of another network.") from error


def load_fitting(model, contents, name):
    """Load those weights of a checkpoint that fit a model; return the names of the others.

    A network for other classes has a last layer of another size: that one keeps its own weights.
    """
    ours = model.state_dict()
    given = contents["average"] or contents["model"]
    fitting = {k: w for k, w in given.items() if k in ours and w.shape == ours[k].shape}
    if not any(w.ndim > 1 for w in fitting.values()):
        raise TrainingError(f"{name} holds the weights of another network: none of them fits.")
    model.load_state_dict(ours | fitting)
    return sorted(set(ours) - set(fitting))
