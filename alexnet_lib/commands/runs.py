"""What the commands about runs share: loading their data and checkpoints, and ending a process."""

import sys
from pathlib import Path

from alexnet_lib.commands.errors import report_error

__all__ = ["finish_together", "load_named", "open_run", "read_run"]


def load_named(name, skip_bad=False):
    """Return (name, Splits) of --data; a folder's name becomes absolute, to be right anywhere."""
    from alexnet_lib.data import load
    from alexnet_lib.data.sources import SOURCES

    if name not in SOURCES and Path(name).is_dir():
        name = str(Path(name).resolve())
    return name, load(name, **({"skip_bad": True} if skip_bad else {}))


def open_run(path, name, device="auto"):
    """Return (Trainer with a run's network, the path of its checkpoint).

    path  a run's folder, for its best checkpoint or else its newest, or a checkpoint in it
    name  the command's name, which begins each warning
    """
    from alexnet_lib.networks.models import alexnet
    from alexnet_lib.training.trainer import Trainer

    def say(text):
        print(f"{name}: {text}", file=sys.stderr)

    path, contents = read_run(path, say)
    about = contents.get("about") or {}
    if "variant" not in about:
        raise ValueError(
            f"{path} doesn't say which network it belongs to, because alexnet train didn't write"
            " it: use it from Python, with Trainer.load."
        )
    model = alexnet(about["variant"], **about["knobs"])
    trainer = Trainer(model, report="none", device=device)
    trainer.load(contents, path)
    return trainer, path


def read_run(path, say):
    """Return (the path of a run's checkpoint, its contents).

    path  a run's folder, for its best checkpoint or else its newest, or a checkpoint in it
    say   called with a sentence about each checkpoint that is damaged
    """
    from alexnet_lib.training import checkpoints

    path = Path(path)
    if not path.exists():
        raise ValueError(f"There is no run {path}: name the folder that alexnet train wrote.")
    if not path.is_dir():
        return path, checkpoints.read(path)
    loaded = checkpoints.load_latest(path, say, "best") or checkpoints.load_latest(path, say)
    if loaded is None:
        raise ValueError(f"{path} has no checkpoint in it: name the folder of a run.")
    return loaded


def finish_together(trainer, name, work):
    """Return the exit code of work(); a process that is one of many ends here instead."""
    from alexnet_lib.training.distributed import finish

    try:
        code = work() or 0
    except BaseException as error:
        trainer.report.end([])  # clears a progress bar
        if trainer.world.size == 1:
            raise
        # Must not wait for the other processes as usual: they may be waiting for this one.
        code = report_error(error, name)
    return finish(trainer.world, code)
