"""What goes wrong in a command: one sentence for people, and an exit code for scripts."""

import os
import sys
import time
from contextlib import suppress

__all__ = ["DONE", "INTERRUPTED", "MISTAKE", "WRONG", "complain", "failed", "sentence"]

DONE, MISTAKE, WRONG, INTERRUPTED = 0, 1, 2, 130
# What wrong input, missing things and full machines raise, in words for people. Not the kinds
# below them that only our own mistakes raise.
EXPECTED = (ValueError, RuntimeError, OSError, ImportError, MemoryError)
OURS = (NotImplementedError, RecursionError)


def failed(error, name):
    """Say on the standard error stream what went wrong in command `name`; the exit code for it.

    Of several processes each says what befell it alone, and the first one what befell all.
    """
    if os.environ.get("ALEXNET_DEBUG", "0") not in ("", "0"):
        raise error
    rank = os.environ.get("RANK", "0")
    if isinstance(error, KeyboardInterrupt):
        if rank == "0":
            complain("interrupted.", name)
        return INTERRUPTED
    expected = isinstance(error, EXPECTED) and not isinstance(error, OURS)
    if rank != "0":
        if isinstance(error, ValueError):  # the same options are wrong in every process
            time.sleep(1)  # when one ends, torchrun ends the others: let the first one speak
            return WRONG
        name = f"{name} (process {rank})"
    if not expected:
        kind = type(error).__name__
        complain(
            f"a mistake in this program, not yours ({kind}: {error}). With ALEXNET_DEBUG=1 it"
            " shows where; please report it.",
            name,
        )
        return MISTAKE
    complain(sentence(error, name), name)
    return WRONG


def sentence(error, name=""):
    """An error in words, on one line; with advice for the command of this name."""
    text = " ".join(str(error).split())
    if isinstance(error, ImportError):
        return (
            f"this needs the package {(error.name or text).split('.')[0]}, which is not installed:"
            ' install the course\'s as "alexnet-lib[train]".'
        )
    if isinstance(error, OSError) and error.strerror and error.filename is not None:
        return f"{error.filename}: {error.strerror[0].lower()}{error.strerror[1:]}."
    if isinstance(error, MemoryError) or "out of memory" in text:
        advice = ": make --batch smaller, or --accumulate larger" if "train" in name else ""
        return f"the memory does not suffice{advice}."
    return text or type(error).__name__


def complain(text, name):
    """The sentence on the standard error stream."""
    with suppress(OSError):  # nobody listens
        print(f"{name}: {text}", file=sys.stderr, flush=True)
