"""Every exercise in the sandbox: the same points and messages as in a student's notebook."""

import re

import pytest
import yaml
from classroom import ROOT, notebook
from wrong_answers import wrong_answers

from alexnet_lib.grading import runner

pytestmark = pytest.mark.usefixtures("needs_sandbox")
COURSE = yaml.safe_load((ROOT / "book/course.yml").read_text(encoding="utf-8"))["exercises"]
NAMES = sorted(COURSE)
# Of each exercise, one wrong answer that a message names and one that only hidden tests notice.
FIRST = {(answer.exercise, answer.says is None): answer for answer in reversed(wrong_answers())}
SOME = [
    pytest.param(answer, id=str(answer), marks=[] if answer in FIRST.values() else pytest.mark.full)
    for answer in wrong_answers()
]


def cells_of(name, answers=None):
    """Return the source's cells with these answers in place of its solutions."""
    cells = []
    for cell in notebook("source", name).cells:
        mark = cell.metadata.nbgrader
        if cell.cell_type == "code":
            kind = runner.TEST if mark.grade and not mark.solution else runner.GIVEN
            kind = runner.ANSWER if mark.solution else kind
            source = (answers or {}).get(cell.id, cell.source)
            points = mark.get("points", 0)
            cells.append({"id": cell.id, "kind": kind, "source": source, "points": points})
    return cells


def messages(name, answers=None):
    """Return {check cell: its error message, "" if it passes}, in order."""
    cells = cells_of(name, answers)
    said = {}
    for cell, outputs in zip(cells, runner.run(cells), strict=True):
        errors = [output for output in outputs if output["output_type"] == "error"]
        if cell["kind"] == runner.TEST:
            said[cell["id"]] = errors[0]["traceback"][0] if errors else ""
        else:
            assert not errors
    return said


@pytest.mark.parametrize("name", NAMES)
def test_the_solution_earns_every_point(name):
    said = messages(name)
    assert {cell: text for cell, text in said.items() if text} == {}
    points = sum(c.metadata.nbgrader.get("points", 0) for c in notebook("source", name).cells)
    assert points == COURSE[name]["points"]


@pytest.mark.parametrize("name", NAMES)
def test_unsolved_it_earns_nothing_and_hears_why(name):
    unsolved = {cell.id: cell.source for cell in notebook("release", name).cells}
    gaps = {cell["id"] for cell in cells_of(name) if cell["kind"] == runner.ANSWER}
    said = messages(name, {gap: unsolved[gap] for gap in gaps})
    for cell, text in said.items():
        function = cell.removeprefix("check_")
        assert re.fullmatch(rf"✗ {function}\(.*\): not written yet\. .*", text)


@pytest.mark.parametrize("answer", SOME)
def test_a_wrong_answer_loses_the_points_it_names_and_hears_why(answer):
    said = messages(answer.exercise, answer.functions)
    assert tuple(cell for cell, text in said.items() if text) == answer.losing
    first = said[answer.losing[0]]
    if answer.says is None:
        assert all(said[cell].startswith("HiddenTest") for cell in answer.losing)
    else:
        assert answer.says in first and first.startswith("✗ ")
