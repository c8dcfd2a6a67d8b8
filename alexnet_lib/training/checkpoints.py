"""Checkpoints that survive: written beside and moved into place, checked before they are believed.

A file's name holds the step and the first 16 digits of the SHA-256 of what is in it:

    step-00001200.3f1c9b0d5e7a2c48.pt     the last ones; the oldest go when there are more than kept
    best-00000900.a8d14f6be09c7315.pt     that of the smallest test error, if there was a test

So a file that was torn by a power cut, or that came from elsewhere under this name, is told from a
whole one without any other file, and is passed over for the one before it. Nothing in a checkpoint
is code: reading one from a stranger can't run anything.
"""

import errno
import io
import os
import random
import re
from hashlib import sha256
from pathlib import Path

import numpy as np
import torch

from alexnet_lib.files import write_atomic

__all__ = [
    "CheckpointError",
    "listed",
    "load_latest",
    "random_state",
    "read",
    "save",
    "seed_everything",
    "set_random_state",
]

NAME = re.compile(r"(step|best)-(\d{8,})\.([0-9a-f]{16})\.pt")
FORMAT = 1  # grows when an older reader would go wrong


class CheckpointError(RuntimeError):
    """A checkpoint that can't be written or read, in one sentence."""


def save(folder, state, step, keep=2, best=False):
    """Write a checkpoint, whole or not at all, and return its path.

    folder  made if it isn't there
    state   tensors and plain data, in dicts, lists and tuples
    keep    how many of the newest stay
    best    whether to keep it as the best one too, in place of the one before
    """
    folder = Path(folder)
    buffer = io.BytesIO()
    torch.save({"format": FORMAT, **state}, buffer)
    data = buffer.getbuffer()
    name = f"{step:08d}.{sha256(data).hexdigest()[:16]}.pt"
    path = folder / f"step-{name}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for torn in folder.glob("*.new"):  # left by a process that was killed while it wrote
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
    for old in listed(folder)[keep:] + listed(folder, "best")[1:]:
        old.unlink(missing_ok=True)
    return path


def sync_folder(folder):
    """Make the names in a folder safe against a power cut, where the system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return  # Windows
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def listed(folder, kind="step"):
    """The checkpoints of a kind, "step" or "best", newest step first."""
    found = [(NAME.fullmatch(path.name), path) for path in Path(folder).glob(f"{kind}-*.pt")]
    ordered = sorted(
        ((int(match[2]), path.stat().st_mtime_ns, path) for match, path in found if match),
        reverse=True,
    )
    return [path for *_, path in ordered]


def read(path, device="cpu"):
    """What is in the checkpoint at `path`; CheckpointError if it isn't one, or not whole."""
    path = Path(path)
    match = NAME.fullmatch(path.name)
    if not match:
        raise CheckpointError(f"{path} is no checkpoint: they are named like step-00001200.….pt.")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CheckpointError(f"{path} can't be read: {error.strerror or error}.") from error
    if sha256(data).hexdigest()[:16] != match[3]:
        raise CheckpointError(f"{path} is damaged: its contents are not those it was saved with.")
    try:
        # weights_only: tensors and plain data, nothing that would run
        state = torch.load(io.BytesIO(data), map_location=device, weights_only=True)
    except Exception as error:
        raise CheckpointError(f"{path} is no checkpoint of this trainer.") from error
    if not isinstance(state, dict) or "format" not in state:
        raise CheckpointError(f"{path} is no checkpoint of this trainer.")
    if state["format"] != FORMAT:
        raise CheckpointError(
            f"{path} has format {state['format']}, and this version of the course reads {FORMAT}:"
            " install the version that wrote it."
        )
    return state


def load_latest(folder, say=print, kind="step"):
    """(path, state) of the newest whole checkpoint in a folder; None if there is none.

    Those that are damaged or foreign are named to `say`, and the one before is taken.
    """
    for path in listed(folder, kind):
        try:
            return path, read(path)
        except CheckpointError as error:
            say(f"{error} Passed over.")
    return None


def seed_everything(seed):
    """Start all random generators of a process: Python's, NumPy's, and PyTorch's on each device."""
    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002 - models may draw from the global one
    torch.manual_seed(seed)


def random_state(device):
    """Where all random generators of this process stand, as plain data and tensors."""
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
    """Put all random generators where `random_state` found them."""
    version, numbers, gauss = state["python"]
    random.setstate((version, tuple(numbers), gauss))
    kind, keys, *rest = state["numpy"]
    np.random.set_state((kind, keys.numpy().astype(np.uint32), *rest))  # noqa: NPY002
    torch.set_rng_state(state["torch"])
    if device.type == "cuda" and "cuda" in state:
        torch.cuda.set_rng_state(state["cuda"], device)
