"""What commands about runs share: their data, their checkpoints, and how a program ends."""

import sys
from pathlib import Path

from alexnet_lib.commands.errors import failed

__all__ = ["data_named", "opened", "together"]


def data_named(name, skip_bad=False):
    """(name, Splits) of --data: a folder's name becomes one that is right in any folder."""
    from alexnet_lib.data import load
    from alexnet_lib.data.sources import SOURCES

    if name not in SOURCES and Path(name).is_dir():
        name = str(Path(name).resolve())
    return name, load(name, **({"skip_bad": True} if skip_bad else {}))


def opened(path, name, device="auto"):
    """(Trainer with a run's network, checkpoint): the best one, else the newest, or the one named.

    path  a run's folder, or a checkpoint in it; warnings go out under the command's `name`
    """
    path = Path(path)
    if not path.exists():
        raise ValueError(f"There is no run {path}: name the folder that alexnet train wrote.")

    from alexnet_lib.networks.models import alexnet
    from alexnet_lib.training import checkpoints
    from alexnet_lib.training.trainer import Trainer

    def say(text):
        print(f"{name}: {text}", file=sys.stderr)

    if path.is_dir():
        found = checkpoints.load_latest(path, say, "best") or checkpoints.load_latest(path, say)
        if found is None:
            raise ValueError(f"{path} has no checkpoint in it: name the folder of a run.")
        path, state = found
    else:
        state = checkpoints.read(path)
    about = state.get("about") or {}
    if "variant" not in about:
        raise ValueError(
            f"{path} doesn't say which network it is of, since it was not written by alexnet"
            " train: use it from Python, with Trainer.use."
        )
    model = alexnet(about["variant"], **about["knobs"])
    trainer = Trainer(model, report="none", device=device)
    trainer.use(state, path)
    return trainer, path


def together(trainer, name, work):
    """The exit code of work(); where it is one process of many, the program ends here."""
    from alexnet_lib.training.distributed import finish

    try:
        code = work() or 0
    except BaseException as error:
        trainer.report.end([])  # takes a bar away
        if trainer.world.size == 1:
            raise
        # It must not wait for the others in the ordinary way: they may wait for it.
        code = failed(error, name)
    return finish(trainer.world, code)
