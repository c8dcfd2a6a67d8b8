"""Each lesson, alone in an empty folder and a fresh kernel, within the budget of course.yml.

That its outputs are the stored ones is nbval's part of `make test`.
"""

import shutil
import sys

import lessons
import nbformat
import pytest
import yaml
from repository import ROOT

COURSE = yaml.safe_load((ROOT / "book" / "course.yml").read_text(encoding="utf-8"))["lessons"]


def test_the_course_has_these_lessons():
    files = {name for name in lessons.known() if not name.startswith("exercises/")}
    assert files == set(COURSE)
    assert files


@pytest.mark.parametrize("name", COURSE)
def test_a_lesson_runs_alone_and_within_its_budget(name, tmp_path):
    path = ROOT / "book" / f"{name}.ipynb"
    shutil.copy(path, tmp_path)
    notebook = nbformat.read(tmp_path / path.name, as_version=4)
    took = lessons.execute(notebook, tmp_path)
    assert lessons.faults(notebook) is None
    budget = COURSE[name]["budget"]
    # Whichever is less: a busy machine makes a lesson wait, and many cores count many times.
    assert min(took.seconds, took.cpu_seconds or took.seconds) <= budget["seconds"], took
    assert took.memory_mb <= budget["memory_mb"], took
    if sys.platform == "linux":
        assert took.memory_mb > 50 and took.cpu_seconds > 0.1  # it was measured
