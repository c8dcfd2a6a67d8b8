"""A process that runs submissions for grader.py, one after another: a line in, a line out.

    {"cells": […], "limits": {…}, "private": […],   ->   {"outputs": […], "seconds": 0.6,
     "student": 123, "solution": […] or null}             "drawn": true}
                                                    or   {"error": "a sentence"}

`student` is the number for which hidden tests draw their inputs, `solution` the instructor's cells:
inputs on which even the solution fails count for nobody, and `drawn` is then false.

It knows neither the course folder nor the gradebook. Whatever a student's answers do to a test, at
worst they end this process, and the parent starts another one.
"""

import json
import os
import resource
import sys
import time

from alexnet_lib.grading.runner import failed_tests, run
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
        outputs, drawn = run_fairly(job)
    except NoSandbox as error:
        return {"error": f"the sandbox did not start: {error}"}
    except MemoryError:
        return {"error": "its answers took all the memory of the grader"}
    except Exception as error:
        return {"error": f"the grader failed ({type(error).__name__}: {error})"[:500]}
    return {"outputs": outputs, "seconds": round(time.monotonic() - start, 3), "drawn": drawn}


def run_fairly(job) -> tuple[list, bool]:
    """Return the outputs, and whether the student was asked as the draw says."""
    cells, solution, student = job["cells"], job["solution"], job["student"]
    common = Limits(**job["limits"]), job["private"]
    outputs = run(cells, *common, student)
    failed = failed_tests(cells, outputs)
    if solution and failed and failed & failed_tests(solution, run(solution, *common, student)):
        return run(cells, *common), False
    return outputs, True


if __name__ == "__main__":
    main()
