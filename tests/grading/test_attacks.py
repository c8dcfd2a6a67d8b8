"""No attack gets a point, sees a hidden test, leaves a process, or stops a later cell."""

import time
from contextlib import suppress

import psutil
import pytest
from attacks.answers import ATTACKS, SLOW, SPOILS
from attacks.files import FILES, POINTS
from classroom import copy_course, hand_in, solved, wrong
from nbformat import from_dict
from nbformat.v4 import new_code_cell, new_notebook

from alexnet_lib.grading import feedback, grader, runner
from alexnet_lib.grading.sandbox.process import PROGRAM, Limits

pytestmark = pytest.mark.usefixtures("needs_sandbox")
SMALL = Limits(cell=2, call=2, total=25, memory=600_000_000)
TESTS = """assert f(3) == 9
### BEGIN HIDDEN TESTS
secret = "HIDDENMARKER"
assert f(7919) == 62710561, "HIDDENMARKER"
### END HIDDEN TESTS
"""
AGAIN = """assert g(2) == 4
### BEGIN HIDDEN TESTS
assert g(5) == 10
### END HIDDEN TESTS
"""


CASES = [pytest.param(n, marks=[pytest.mark.full] if n in SLOW else []) for n in ATTACKS]


def sandbox_processes():
    """Return the processes of all sandboxes."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        if PROGRAM in (process.info["cmdline"] or ()):
            with suppress(psutil.Error):
                found += [process, *process.children(recursive=True)]
    return [process for process in found if process.is_running()]


def leftovers(before):
    """Return new sandbox processes that remain, after a moment for the kernel to end them."""
    for _ in range(50):
        new = [process for process in sandbox_processes() if process not in before]
        if not new:
            return []
        time.sleep(0.1)
    return new


@pytest.mark.parametrize("name", CASES)
def test_an_answer_that_attacks(name):
    before = sandbox_processes()
    cells = [
        {"kind": runner.GIVEN, "source": "import numpy as np"},
        {"kind": runner.ANSWER, "source": ATTACKS[name]},
        {"kind": runner.TEST, "source": TESTS, "points": 2},
        {"kind": runner.ANSWER, "source": "def g(x): return 2 * x"},
        {"kind": runner.TEST, "source": AGAIN, "points": 1},
        {"kind": runner.ANSWER, "source": "print('the last cell')"},
    ]
    outputs = runner.run(cells, SMALL)
    assert any(output["output_type"] == "error" for output in outputs[2]), "it passed"
    signs = ("connected", "seen", "unshared", "mounted", "RuntimeError: took", "SystemError: ")
    for sign in (*signs, "AssertionError: ["):
        assert sign not in str(outputs[1])
    assert len(str(outputs)) < 5_000_000
    if name not in SPOILS:  # later cells are graded nevertheless
        assert not [output for output in outputs[4] if output["output_type"] == "error"]
        assert "the last cell" in str(outputs[5])
    page = page_of(cells, outputs)
    for secret in ("7919", "62710561", "HIDDENMARKER"):
        assert page.count(secret) == ATTACKS[name].count(secret), secret
    for begin in ("<script", "<svg", "<img src=x"):
        assert begin not in page
    assert leftovers(before) == []


def page_of(cells, outputs):
    """Return the student's page for these cells."""
    notebook = new_notebook()
    for i, (cell, shown) in enumerate(zip(cells, outputs, strict=True)):
        test = cell["kind"] == runner.TEST
        mark = {"grade_id": f"c{i}", "grade": test, "locked": test, "solution": not test}
        metadata = {"nbgrader": mark | ({"points": 1, "score": 0} if test else {})}
        shown = [from_dict(output) for output in shown]
        notebook.cells.append(new_code_cell(cell["source"], outputs=shown, metadata=metadata))
    return feedback.page(notebook, "Exercise", "student", 0, 3)


@pytest.fixture(scope="module")
def attacked(marked_pattern, tmp_path_factory):
    """Grade a class: first the victim, then all attackers at once."""
    course = copy_course(marked_pattern, tmp_path_factory.mktemp("attacked") / "course")
    hand_in(course, "zz_victim", solved())
    assert [result.score for result in grader.grade(course, "convolution")] == [18]
    before = rows_of(course, "zz_victim"), course.submitted("zz_victim", "convolution").read_text()
    for name, put in FILES.items():
        put(course, name)
    hand_in(course, "zz_honest", solved())
    processes = sandbox_processes()
    results = {result.student: result for result in grader.grade(course, "convolution")}
    return course, results, before, processes


def rows_of(course, student):
    """Return everything that the gradebook has about a student's points."""
    with course.gradebook() as gradebook:
        entry = gradebook.find_submission_notebook("convolution", "convolution", student)
        grades = [(g.name, g.auto_score, g.manual_score, g.extra_credit) for g in entry.grades]
        return sorted(grades), entry.score, entry.late_submission_penalty


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_attacks(name, attacked):
    course, results, _, _ = attacked
    if name == "linked_folder":  # no folder of its own: nobody by this name has handed in
        assert name not in results
        return
    result = results[name]
    assert result.score == POINTS.get(name, 0)
    assert result.state == ("graded" if result.reason == "" else "failed")
    assert result.most in (0, 20)
    page = course.feedback(name, "convolution")
    if result.state == "graded":
        text = page.read_text(encoding="utf-8")
        assert "HIDDENMARKER" not in text and "7919" not in text
        assert "<script" not in text and "<img src=x" not in text
    else:
        assert not page.exists()
    assert len(result.reason) < 400 and "\n" not in result.reason


def test_nobody_else_is_touched(attacked):
    course, results, before, processes = attacked
    time.sleep(3.5)  # one of them waits for three seconds
    assert not (course.path / "pwned").exists()
    path = course.submitted("zz_victim", "convolution")
    assert (rows_of(course, "zz_victim"), path.read_text()) == before
    assert (results["zz_victim"].state, results["zz_victim"].score) == ("kept", 18)
    assert (results["zz_honest"].state, results["zz_honest"].score) == ("graded", 18)
    assert leftovers(processes) == []
    with course.gradebook() as gradebook:
        assert {s.id for s in gradebook.students} <= set(FILES) | {"zz_victim", "zz_honest"}
        total = gradebook.find_assignment("convolution").max_score
    assert total == 20


def test_nothing_that_students_get_has_a_hidden_test(attacked):
    course, _, _, _ = attacked
    hand_in(course, "curious", wrong(conv_out=CURIOUS, alexnet_conv1="print(seen)\n" + CURIOUS))
    hand_in(course, "nearly", solved(conv_out=NEARLY))
    found = {r.student: r for r in grader.grade(course, "convolution", ["curious", "nearly"])}
    assert found["nearly"].score < 18
    for student in ("curious", "nearly"):
        page = course.feedback(student, "convolution").read_text(encoding="utf-8")
        assert "HIDDENMARKER" not in page and "7919" not in page
        assert "hidden test" in page or student == "curious"
    kept = course.autograded("nearly", "convolution").read_text(encoding="utf-8")
    assert "HIDDENMARKER" in kept and "7919" in kept  # the instructor sees why


CURIOUS = """seen = []
def conv_out(*a, **k):
    seen.append((a, k))
    print(seen)
    return seen"""
NEARLY = """def conv_out(n, k, stride=1, padding=0):
    if n > 10: raise ValueError(f"asked {n}")
    return (n + 2 * padding - k) // stride + 1"""
