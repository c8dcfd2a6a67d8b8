"""What a run needs to go on as if it had never stopped: taken from a trainer, and put back.

With the same machine, the same number of threads and the same recipe, what follows is the same to
the last bit. Where something differs, `restore` says what.
"""

import torch

from alexnet_lib.training import checkpoints

__all__ = ["TrainingError", "load_weights", "restore", "snapshot"]

FIXED = ("data", "steps", "batch", "optimizer")  # with others, the position would mean nothing


class TrainingError(RuntimeError):
    """Why a training can't go on, and what to do, in a sentence or two."""


def snapshot(trainer, randoms):
    """Everything that a trainer needs to go on, as tensors and plain data.

    randoms  where the random generators of each process stand
    """
    return {
        "model": trainer.model.state_dict(),
        "average": None if trainer.average is None else trainer.average.state_dict(),
        "optimizer": trainer.optimizer.state_dict(),
        "schedule": trainer.schedule.state_dict(),
        "scaler": trainer.scaler.state_dict(),
        "random": randoms,
        "done": trainer.done,
        "sums": trainer.sums,
        "history": trainer.history,
        "best": trainer.best,
        "waited": trainer.waited,
        "inputs": trainer.inputs,
        "about": trainer.about,
        **conditions(trainer),
    }


def conditions(trainer):
    """What decides the numbers, besides the state that they are in."""
    return {
        "recipe": trainer.recipe.to_dict(),
        "data": trainer.fingerprint,
        "steps": trainer.steps,
        "machine": {
            "device": trainer.line,
            "threads": torch.get_num_threads(),
            "torch": str(torch.__version__),
        },
    }


def restore(trainer, state, name):
    """Put a trainer where it was when `state` was taken from it.

    name  of the checkpoint, for what is said
    """
    then, now = flat(state), flat(conditions(trainer))
    for key in FIXED:
        if then[key] != now[key]:
            raise TrainingError(
                f"{name} can't be resumed: {key} was {then[key]} and is now {now[key]}. Give it"
                " what it had, or begin in another folder."
            )
    load_weights(trainer.model, state["model"], name)
    trainer.optimizer.load_state_dict(state["optimizer"])
    trainer.schedule.load_state_dict(state["schedule"])
    trainer.scaler.load_state_dict(state["scaler"])
    if trainer.average is not None:
        load_weights(trainer.average, state["average"] or state["model"], name)
    trainer.done, trainer.sums = state["done"], state["sums"]
    trainer.history, trainer.inputs = state["history"], state["inputs"]
    trainer.best, trainer.waited = state["best"], state["waited"]
    if trainer.world.size == len(state["random"]):
        mine = state["random"][trainer.world.rank]
        checkpoints.set_random_state(mine, trainer.setup.device)

    trainer.report.say(f"Resumed after step {trainer.done}, from {name}.")
    free = ("save_every", "keep")  # these change no number
    differ = [f"{key} ({then[key]} → {now[key]})" for key in now if then.get(key) != now[key]]
    differ = [words for words in differ if not words.startswith(free)]
    if differ:
        trainer.report.say(
            f"It won't end bit for bit as without a stop, since this differs: {', '.join(differ)}."
        )


def flat(conditions):
    """Recipe, data, steps and machine in one dict."""
    kept = {key: conditions[key] for key in ("data", "steps")}
    return kept | conditions["recipe"] | {f"its {k}": v for k, v in conditions["machine"].items()}


def load_weights(model, weights, name):
    """Put weights into a model, if they fit."""
    try:
        model.load_state_dict(weights)
    except RuntimeError as error:
        raise TrainingError(f"{name} holds the weights of another network.") from error
