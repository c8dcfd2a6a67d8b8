"""Each notebook of the book, alone in an empty folder and a fresh kernel, within its budget.

The budget is that of course.yml, for lessons and for pages that are notebooks and no lessons.

That its outputs are the stored ones is nbval's part of `make test`.
"""

import shutil
import sys

import lessons
import nbformat
import pytest
import yaml
from repository import ROOT

COURSE = yaml.safe_load((ROOT / "book" / "course.yml").read_text(encoding="utf-8"))
NOTEBOOKS = COURSE["lessons"] | COURSE["pages"]


def test_the_course_has_these_notebooks():
    files = {name for name in lessons.known() if not name.startswith("exercises/")}
    assert files == set(NOTEBOOKS)
    assert COURSE["lessons"] and COURSE["pages"]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_alone_and_within_its_budget(name, tmp_path):
    path = ROOT / "book" / f"{name}.ipynb"
    shutil.copy(path, tmp_path)
    notebook = nbformat.read(tmp_path / path.name, as_version=4)
    took = lessons.execute(notebook, tmp_path)
    assert lessons.faults(notebook) is None
    budget = NOTEBOOKS[name]["budget"]
    # Whichever is less: a busy machine makes a lesson wait, and many cores count many times.
    assert min(took.seconds, took.cpu_seconds or took.seconds) <= budget["seconds"], took
    assert took.memory_mb <= budget["memory_mb"], took
    if sys.platform == "linux":
        assert took.memory_mb > 50 and took.cpu_seconds > 0.1  # it was measured
