"""A classroom: courses with an exercise, and submissions."""

import functools
import json
import shutil
import tempfile
from pathlib import Path

import nbformat
from nbgrader.preprocessors import ComputeChecksums, LockCells, SaveCells

from alexnet_lib.grading.folder import Course

ROOT = Path(__file__).resolve().parents[2]


class SmallLimits(Course):
    """A course with small limits, so that tests needn't wait."""

    def config(self):
        """Return the configuration with these limits."""
        config = super().config()
        limits = {"cell": 2.0, "call": 2.0, "total": 25.0, "memory": 600_000_000}
        config.SandboxedExecute.update(limits)
        return config


def notebook(kind, name):
    """Return the notebook of an exercise: kind is "source" or "release"."""
    return nbformat.read(ROOT / f"exercises/{kind}/{name}/{name}.ipynb", as_version=4)


@functools.cache
def empty_gradebook():
    """Return a new gradebook as a file's content: making one takes seconds."""
    with tempfile.TemporaryDirectory() as folder:
        return (Course.make(folder, "A course").path / "gradebook.db").read_bytes()


def make_course(folder, name="convolution", source=None, release=None):
    """Return a course folder with one assignment, which is also in nbgrader's gradebook."""
    folder.mkdir(parents=True)
    course = Course(folder)
    (folder / "gradebook.db").write_bytes(empty_gradebook())
    for path, text in ((course.source(name), source), (course.release(name), release)):
        path.parent.mkdir(parents=True)
        kind = path.parents[1].name
        nbformat.write(text or notebook(kind, name), path)
    with course.gradebook() as gradebook:
        gradebook.add_assignment(name)
    about = {"notebook": name, "assignment": name, "db_url": course.database}
    saved = nbformat.read(course.source(name), as_version=4)
    for step in (LockCells(), ComputeChecksums(), SaveCells()):
        saved, _ = step.preprocess(saved, {"nbgrader": about})
    return course


def solved(name="convolution", **answers):
    """Return a submission: the release with the solutions, except for these answers."""
    submission, solution = notebook("release", name), notebook("source", name)
    for cell, right in zip(submission.cells, solution.cells, strict=True):
        if cell.metadata.nbgrader.solution:
            cell.source = answers.get(cell.metadata.nbgrader.grade_id, right.source)
    return submission


def wrong(name="convolution", **answers):
    """Return a submission in which every code answer is wrong, except for these answers."""
    submission = notebook("release", name)
    for cell in submission.cells:
        mark = cell.metadata.nbgrader
        if mark.solution and cell.cell_type == "code":
            cell.source = answers.get(mark.grade_id, f"def {mark.grade_id}(*a, **k):\n    return 0")
        elif mark.grade_id in answers:
            cell.source = answers[mark.grade_id]
    return submission


def hand_in(course, student, submission, name="convolution", timestamp=None):
    """Put a submission into the folder, as if collected; return its path."""
    path = course.submitted(student, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(submission if isinstance(submission, str) else json.dumps(submission))
    if timestamp:
        path.with_name("timestamp.txt").write_text(timestamp)
    return path


def with_markers():
    """Return the exercise's source with a marker and an unusual number in its hidden tests."""
    source = notebook("source", "convolution")
    begin = "### BEGIN HIDDEN TESTS\n"
    for cell in source.cells:
        if begin in cell.source:
            cell.source = cell.source.replace(begin, begin + 'secret = "HIDDENMARKER"\n')
        if cell.id == "check_conv_out":
            check = "check(conv_out, 7919, 20).gives(7900)\n"
            cell.source = cell.source.replace(begin, begin + check)
    return source


def copy_course(pattern, path):
    """Return a copy of a course folder, with small limits."""
    return SmallLimits(shutil.copytree(pattern.path, path))
