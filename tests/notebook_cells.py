"""Run the code cells of a notebook in a fresh IPython in this process, and clean up after it.

That takes hundredths of a second; a kernel takes seconds.
"""

import atexit
import builtins
import contextlib
import functools
import io
import json
import linecache
import re
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar
from unittest import mock

import IPython.core.completer  # noqa: F401  early: it keeps the `__main__` that it finds
from IPython.core.compilerop import CachingCompiler
from IPython.core.inputtransformer2 import TransformerManager
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config


@dataclass
class Cell:
    """A code cell, and the result of running it."""

    grade_id: str
    source: str
    points: float
    stdout: str = ""
    stderr: str = ""
    error: str = ""  # what a student reads in place of a traceback

    @property
    def earned(self):
        """Return the points by nbgrader's rule: none if there is an error or a line on stderr."""
        return 0 if self.error or self.stderr else self.points


def code_cells(path: Path) -> dict[str, Cell]:
    """Return {grade_id: Cell} of a notebook, in order; the caller may change the cells."""
    return {cell[0]: Cell(*cell) for cell in read_cells(path)}


@functools.cache
def read_cells(path: Path) -> list[tuple[str, str, float]]:
    """Return (grade_id, source, points) of each code cell; cached, since tests reuse notebooks."""
    cells = []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            mark = cell["metadata"]["nbgrader"]
            cells.append((mark["grade_id"], "".join(cell["source"]), mark.get("points", 0)))
    return cells


class Transformer(TransformerManager):
    """IPython's way from a cell to Python, once for each text: the same cells run many times."""

    transform_cell = functools.cache(TransformerManager.transform_cell)

    __hash__ = object.__hash__


class Compiler(CachingCompiler):
    """IPython's compiler, once for each statement of each cell."""

    codes: ClassVar[dict] = {}

    def __call__(self, code, name, kind):
        """Compile a statement. Its cell's name holds a hash of the text."""
        key = name, kind, self.flags, code.body[0].lineno, code.body[0].col_offset
        if key not in self.codes:
            self.codes[key] = super().__call__(code, name, kind)
        return self.codes[key]


TRANSFORMER = Transformer()


@contextlib.contextmanager
def restore(module):
    """Restore a module's attributes afterwards."""
    before = vars(module).copy()
    try:
        yield
    finally:
        for name in vars(module).keys() - before.keys():
            delattr(module, name)
        vars(module).update(before)


register = atexit.register


def register_unless_ipython(hook, *args, **kwargs):
    """Register a hook to run at exit, unless it is IPython's.

    IPython's hooks keep a shell alive until exit, where each collects all garbage: half a second.
    """
    if (getattr(hook, "__module__", None) or "").startswith("IPython."):
        return hook
    return register(hook, *args, **kwargs)


@contextlib.contextmanager
def fresh_shell():
    """Make an IPython without history, and undo afterwards what it did to the process."""
    main = sys.modules["__main__"]
    path = sys.path.copy()
    config = Config(HistoryManager={"enabled": False})
    with restore(sys), restore(builtins):
        try:
            with mock.patch.object(atexit, "register", register_unless_ipython):
                yield InteractiveShell(config=config)
        finally:
            sys.modules["__main__"] = main
            sys.path[:] = path


def play(cells: dict[str, Cell]) -> dict[str, Cell]:
    """Run the cells in order, past errors, as a grader does, and fill in their results."""
    with fresh_shell() as shell:
        shell.input_transformer_manager = TRANSFORMER
        shell.compile = Compiler()
        shell._showtraceback = lambda kind, error, lines: print("\n".join(lines), file=shown)
        for cell in cells.values():
            out, err, shown = io.StringIO(), io.StringIO(), io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                shell.run_cell(cell.source, store_history=False)
            cell.stdout, cell.stderr = out.getvalue(), err.getvalue()
            cell.error = re.sub(r"\x1b\[[0-9;]*m", "", shown.getvalue()).rstrip("\n")
    return cells


@functools.cache
def plain_code(source: str):
    """Return the code of a cell, whose lines `linecache` then knows."""
    text = TRANSFORMER.transform_cell(source)
    name = f"<cell {hash(source)}>"
    linecache.cache[name] = len(text), None, text.splitlines(keepends=True), name
    return compile(text, name, "exec")


def play_plainly(cells: dict[str, Cell]) -> dict[str, Cell]:
    """Run cells of plain Python as `play` does, but without an IPython, which takes a third less.

    A cell's last value isn't shown, and an error has no traceback (a check's has none anyway).
    """
    space = {"__name__": "__main__"}
    for cell in cells.values():
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                exec(plain_code(cell.source), space)
            except Exception as error:
                lines = getattr(error, "_render_traceback_", None)
                lines = lines() if lines else traceback.format_exception_only(error)
                cell.error = "\n".join(lines).rstrip("\n")
        cell.stdout, cell.stderr = out.getvalue(), err.getvalue()
    return cells
