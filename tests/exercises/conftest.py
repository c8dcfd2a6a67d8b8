"""Run exercise notebooks in a fresh IPython of this process, which takes a fraction of a second."""

import contextlib
import io
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Cell:
    """A code cell, and what came of running it."""

    grade_id: str
    source: str
    points: float
    stdout: str = ""
    stderr: str = ""
    error: str = ""  # what the student reads in place of a traceback

    @property
    def earned(self):
        """nbgrader's rule for a test cell: nothing after an error or a line on stderr."""
        return 0 if self.error or self.stderr else self.points


def code_cells(path):
    """{grade_id: Cell} of a notebook, in order."""
    cells = {}
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            mark = cell["metadata"]["nbgrader"]
            source = "".join(cell["source"])
            cells[mark["grade_id"]] = Cell(mark["grade_id"], source, mark.get("points", 0))
    return cells


def play(cells):
    """Run the cells in order, past errors, as a grader does; fill in what came of them."""
    main = sys.modules["__main__"]  # IPython puts its own module in its place
    shell = InteractiveShell(config=Config(HistoryManager={"enabled": False}))
    shell._showtraceback = lambda kind, error, lines: print("\n".join(lines), file=shown)
    try:
        for cell in cells.values():
            out, err, shown = io.StringIO(), io.StringIO(), io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                shell.run_cell(cell.source, store_history=False)
            cell.stdout, cell.stderr = out.getvalue(), err.getvalue()
            cell.error = re.sub(r"\x1b\[[0-9;]*m", "", shown.getvalue()).rstrip("\n")
    finally:
        sys.modules["__main__"] = main
    return cells


@pytest.fixture(scope="session")
def notebooks():
    """``notebooks("release")``: the code cells of the exercise, not yet run; also "source"."""

    def read(kind, name="convolution"):
        return code_cells(ROOT / f"exercises/{kind}/{name}/{name}.ipynb")

    return read


@pytest.fixture(scope="session")
def run():
    """The function that runs cells."""
    return play
