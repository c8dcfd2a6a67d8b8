"""tests/notebook_cells.py: playing a notebook leaves nothing behind in this process."""

import atexit
import builtins
import gc
import sys

from IPython.core.interactiveshell import InteractiveShell
from notebook_cells import Cell, play

CELLS = {
    "value": "kept = [1]\nkept",
    "error": "1 / 0",
    "name": "print(__name__)\nimport sys\nsys.x = 1",
}


def cells():
    return {name: Cell(name, source, points=1) for name, source in CELLS.items()}


def shells():
    """Return the number of shells that are alive."""
    gc.collect()
    return sum(issubclass(type(thing), InteractiveShell) for thing in gc.get_objects())


def test_each_run_begins_with_nothing():
    play(cells())
    again = play({"look": Cell("look", "assert 'kept' not in globals()", points=1)})
    assert again["look"].error == ""


def test_no_shell_and_no_hook_is_left():
    """Hundreds of them, each collecting garbage at exit, take minutes."""
    play(cells())  # first imports may register hooks of their own
    before = shells(), atexit._ncallbacks()
    for _ in range(2):
        play(cells())
    assert (shells(), atexit._ncallbacks()) == before


def test_what_a_shell_changes_in_python_is_as_before():
    before = vars(sys).copy(), vars(builtins).copy(), sys.path.copy(), sys.modules["__main__"]
    played = play(cells())
    assert played["value"].stdout.strip().endswith("[1]")
    assert played["error"].error.endswith("ZeroDivisionError: division by zero")
    assert played["name"].stdout == "__main__\n"
    assert before == (vars(sys), vars(builtins), sys.path, sys.modules["__main__"])
