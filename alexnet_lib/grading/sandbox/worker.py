"""A process that runs submissions for grader.py, one after another: a line in, a line out.

    {"cells": […], "limits": {…}, "private": […]}   ->   {"outputs": […], "seconds": 0.6}
                                                    or   {"error": "a sentence"}

It knows neither the course folder nor the gradebook. Whatever a student's answers do to a test, at
worst they end this process, and the parent starts another one.
"""

import json
import os
import resource
import sys
import time

from alexnet_lib.grading.runner import run
from alexnet_lib.grading.sandbox.process import Limits, NoSandbox, stop_with_parent

__all__ = ["main"]

MEMORY = 3 * 2**30  # bytes that this process may take


def main():
    """Read, run and write until there are no more lines."""
    stop_with_parent()
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a test prints bypassing Python is no answer
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), file=answers, flush=True)


def answer(job: dict) -> dict:
    """Return the answer to one line."""
    start = time.monotonic()
    try:
        outputs = run(job["cells"], Limits(**job["limits"]), job["private"])
    except NoSandbox as error:
        return {"error": f"the sandbox did not start: {error}"}
    except MemoryError:
        return {"error": "its answers took all the memory of the grader"}
    except Exception as error:
        return {"error": f"the grader failed ({type(error).__name__}: {error})"[:500]}
    return {"outputs": outputs, "seconds": round(time.monotonic() - start, 3)}


if __name__ == "__main__":
    main()
