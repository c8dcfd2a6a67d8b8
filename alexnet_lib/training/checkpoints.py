"""Checkpoints: written to a new file and moved into place, verified before they are used.

A file's name has the step and the first 16 digits of the SHA-256 of its contents:

    step-00001200.3f1c9b0d5e7a2c48.pt     the newest ones; older ones are deleted
    best-00000900.a8d14f6be09c7315.pt     the one with the smallest test error, if there was a test

So the name alone gives away a file that a power cut has torn, or a foreign one under such a name;
the one before it is taken instead. A checkpoint contains no code: reading one from a stranger can't
run anything.
"""

import errno
import io
import os
import random
import re
import warnings
from hashlib import sha256
from pathlib import Path

import numpy as np
import torch

from alexnet_lib.files import write_atomic

__all__ = [
    "CheckpointError",
    "FormatError",
    "load_latest",
    "paths",
    "random_state",
    "read",
    "save",
    "seed_everything",
    "set_random_state",
]

NAME = re.compile(r"(step|best)-(\d{8,})\.([0-9a-f]{16})\.pt")
FORMAT = 2  # of the contents; other formats are refused


class CheckpointError(RuntimeError):
    """Why a checkpoint can't be written or read, in one sentence."""


class FormatError(CheckpointError):
    """A whole checkpoint, but from another version of the course."""


def save(folder, contents, step, keep=2, best=False):
    """Write a checkpoint, whole or not at all, and return its path.

    folder    is made if it isn't there
    contents  tensors and plain data, in dicts, lists and tuples
    keep      how many of the newest to keep
    best      whether to keep it as the best one too, in place of the last best one
    """
    folder = Path(folder)
    buffer = io.BytesIO()
    torch.save({"format": FORMAT, **contents}, buffer)
    data = buffer.getbuffer()
    name = f"{step:08d}.{sha256(data).hexdigest()[:16]}.pt"
    path = folder / f"step-{name}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for torn in folder.glob("*.new"):  # from a process that was killed while it wrote
            torn.unlink()
        write_atomic(path, data)
        if best:
            write_atomic(folder / f"best-{name}", data)
        sync_folder(folder)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        why = "the disk is full" if full else error.strerror or str(error)
        raise CheckpointError(
            f"The checkpoint of step {step} ({len(data) / 1e6:.0f} MB) could not be written to"
            f" {folder}: {why}. Earlier checkpoints are whole. Make room or name another folder,"
            " then resume."
        ) from error
    for old in paths(folder)[keep:] + paths(folder, "best")[1:]:
        old.unlink(missing_ok=True)
    return path


def sync_folder(folder):
    """Flush the names in a folder to the disk, so that they survive a power cut."""
    if not hasattr(os, "O_DIRECTORY"):
        return  # Windows can't
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def paths(folder, kind="step"):
    """Return the checkpoints of a kind, "step" or "best", newest step first."""
    names = [(NAME.fullmatch(path.name), path) for path in Path(folder).glob(f"{kind}-*.pt")]
    ordered = sorted(
        ((int(match[2]), path.stat().st_mtime_ns, path) for match, path in names if match),
        reverse=True,
    )
    return [path for *_, path in ordered]


def read(path, device="cpu"):
    """Return the contents of the checkpoint at `path`; raise CheckpointError if it isn't whole."""
    path = Path(path)
    match = NAME.fullmatch(path.name)
    if not match:
        raise CheckpointError(f"{path} is no checkpoint: they are named like step-00001200.….pt.")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CheckpointError(f"{path} can't be read: {error.strerror or error}.") from error
    if sha256(data).hexdigest()[:16] != match[3]:
        raise CheckpointError(f"{path} is damaged: its contents have changed since it was saved.")
    try:
        # weights_only: tensors and plain data, no code
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of foreign files, which are refused below
            contents = torch.load(io.BytesIO(data), map_location=device, weights_only=True)
    except Exception as error:
        raise CheckpointError(f"{path} is no checkpoint of this trainer.") from error
    if not isinstance(contents, dict) or "format" not in contents:
        raise CheckpointError(f"{path} is no checkpoint of this trainer.")
    if contents["format"] != FORMAT:
        age = "an older" if contents["format"] < FORMAT else "a newer"
        raise FormatError(
            f"{path} is from {age} version of the course (format {contents['format']}; this one"
            f" reads {FORMAT}): install that version, or train again in another folder."
        )
    return contents


def load_latest(folder, say=print, kind="step"):
    """Return (path, contents) of the newest whole checkpoint in a folder; None if there is none.

    Damaged and foreign files are passed over, and reported to `say`.
    """
    for path in paths(folder, kind):
        try:
            return path, read(path)
        except FormatError:
            raise  # a new run would be written over a good one
        except CheckpointError as error:
            say(f"{error} Passed over.")
    return None


def seed_everything(seed):
    """Seed all random generators of a process: Python's, NumPy's, and PyTorch's on each device."""
    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002 - models may draw from the global one
    torch.manual_seed(seed)


def random_state(device):
    """Return the state of all random generators of this process, as plain data and tensors."""
    kind, keys, *rest = np.random.get_state()  # noqa: NPY002
    state = {
        "python": random.getstate(),
        "numpy": (kind, torch.from_numpy(keys.astype(np.int64)), *rest),
        "torch": torch.get_rng_state(),
    }
    if device.type == "cuda":
        state["cuda"] = torch.cuda.get_rng_state(device)
    return state


def set_random_state(state, device):
    """Put all random generators back to what `random_state` returned."""
    version, numbers, gauss = state["python"]
    random.setstate((version, tuple(numbers), gauss))
    kind, keys, *rest = state["numpy"]
    np.random.set_state((kind, keys.numpy().astype(np.uint32), *rest))  # noqa: NPY002
    torch.set_rng_state(state["torch"])
    if device.type == "cuda" and "cuda" in state:
        torch.cuda.set_rng_state(state["cuda"], device)
