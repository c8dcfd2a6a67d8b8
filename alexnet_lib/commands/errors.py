"""Errors of a command: one sentence for people, and an exit code for scripts."""

import os
import sys
import time
from contextlib import suppress

__all__ = ["DONE", "INTERRUPTED", "MISTAKE", "WRONG", "complain", "report_error", "sentence"]

DONE, MISTAKE, WRONG, INTERRUPTED = 0, 1, 2, 130
# What wrong input, missing files and full memory raise, with messages written for people. OURS are
# subclasses of these that only mistakes in this program raise.
EXPECTED = (ValueError, RuntimeError, OSError, ImportError, MemoryError)
OURS = (NotImplementedError, RecursionError)


def report_error(error: BaseException, name: str) -> int:
    """Print on stderr what went wrong in command `name`, and return the exit code.

    Each process of several reports its own errors; rank 0 also reports those that all share.
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
            time.sleep(1)  # torchrun stops all when one ends: let rank 0 report first
            return WRONG
        name = f"{name} (process {rank})"
    if not expected:
        kind = type(error).__name__
        complain(
            f"a mistake in this program, not yours ({kind}: {error}). Please report it;"
            " ALEXNET_DEBUG=1 shows where it is.",
            name,
        )
        return MISTAKE
    complain(sentence(error, name), name)
    return WRONG


def sentence(error: BaseException, name: str = "") -> str:
    """Return an error in words, on one line, with advice for the command of this name."""
    text = " ".join(str(error).split())
    if isinstance(error, ImportError):
        return (
            f"this needs the package {(error.name or text).split('.')[0]}, which is not installed:"
            ' install the course\'s package as "alexnet-lib[train]".'
        )
    if isinstance(error, OSError) and error.strerror and error.filename is not None:
        return f"{error.filename}: {error.strerror[0].lower()}{error.strerror[1:]}."
    if isinstance(error, MemoryError) or "out of memory" in text:
        advice = ": make --batch smaller, or --accumulate larger" if "train" in name else ""
        return f"there is not enough memory{advice}."
    return text or type(error).__name__


def complain(text: str, name: str):
    """Print a sentence on stderr, after the command's name."""
    with suppress(OSError):  # the reader has gone
        print(f"{name}: {text}", file=sys.stderr, flush=True)
