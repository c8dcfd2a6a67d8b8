"""Every exercise: it gives nothing away, the solution earns all points, each slip loses some."""

import ast
import builtins
import functools
import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import nbformat
import pytest
import yaml
from hygiene import NOTEBOOK_METADATA
from notebook_cells import code_cells, play, play_plainly
from wrong_answers import wrong_answers

from alexnet_lib.grading.runner import drawing_for

ROOT = Path(__file__).resolve().parents[2]
COURSE = yaml.safe_load((ROOT / "book/course.yml").read_text(encoding="utf-8"))["exercises"]
NAMES = sorted(COURSE)
REGION = r"^ *### BEGIN {0}\n(.*?)^ *### END {0}$"

each_exercise = pytest.mark.parametrize("name", NAMES)


@functools.cache
def read(kind, name):
    """Return the notebook, validated; callers must not change it."""
    notebook = nbformat.read(ROOT / f"exercises/{kind}/{name}/{name}.ipynb", as_version=4)
    nbformat.validate(notebook)
    return notebook


@functools.cache
def solution(name):
    """Return the cells of the author's notebook after a run; callers must not change them."""
    return play(code_cells(ROOT / f"exercises/source/{name}/{name}.ipynb"))


def marks(notebook):
    return {cell.id: cell.metadata.nbgrader for cell in notebook.cells}


def regions(notebook, kind):
    """Return the distinctive lines of all solutions, or of all hidden tests."""
    lines = []
    for cell in notebook.cells:
        for region in re.findall(REGION.format(kind), cell.source, flags=re.M | re.S):
            lines += [line.strip() for line in region.split("\n")]
    return {line for line in lines if len(line) > 3 and not line.endswith("(")}


def checks(cells):
    return {name: cell for name, cell in cells.items() if cell.points}


def test_the_folders_are_those_of_the_course_map():
    for kind in ("source", "release"):
        assert sorted(p.name for p in (ROOT / "exercises" / kind).iterdir()) == NAMES
    files = sorted(p.name for p in (ROOT / "exercises/wrong").iterdir())
    assert files == [f"{name}.py" for name in NAMES]


@each_exercise
def test_metadata_ids_and_points(name):
    source, release = read("source", name), read("release", name)
    assert (source.nbformat, source.nbformat_minor) == (4, 5)
    for notebook in (source, release):
        assert notebook.metadata == NOTEBOOK_METADATA
        by_id = marks(notebook)
        assert all(mark.grade_id == cell_id for cell_id, mark in by_id.items())
        assert all(mark.schema_version == 3 for mark in by_id.values())
        assert sum(mark.get("points", 0) for mark in by_id.values()) == COURSE[name]["points"]
    assert list(marks(source)) == list(marks(release))
    title = release.cells[0].source.partition("\n")[0]
    assert title == f"# {COURSE[name]['title']}"
    stated = [
        int(n) for c in source.cells for n in re.findall(r"^## .*\((\d+) points\)", c.source, re.M)
    ]
    assert sum(stated) == COURSE[name]["points"]
    assert f"About {COURSE[name]['minutes']} minutes, {COURSE[name]['points']} points" in (
        release.cells[0].source
    )


@each_exercise
def test_every_gap_has_a_check_under_it(name):
    source = read("source", name)
    gaps = [c for c in source.cells if c.cell_type == "code" and c.metadata.nbgrader.solution]
    for gap in gaps:
        under = source.cells[source.cells.index(gap) + 1]
        assert under.id == f"check_{gap.id}"
        assert under.metadata.nbgrader.grade and under.metadata.nbgrader.locked
        assert [s.name for s in ast.parse(gap.source).body] == [gap.id]
    assert len(gaps) == sum(c.id.startswith("check_") for c in source.cells)


@each_exercise
def test_the_release_gives_nothing_away(name):
    source, release = read("source", name), read("release", name)
    text = "\n".join(cell.source for cell in release.cells)
    lines = {line.strip() for line in text.split("\n")}
    hidden, solution = regions(source, "HIDDEN TESTS"), regions(source, "SOLUTION")
    assert len(hidden) > 30 and len(solution) > 20
    assert not lines & (hidden | solution)
    assert "BEGIN" not in text and "END" not in text and "To mark" not in text
    for cell in release.cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None
        mark = cell.metadata.nbgrader
        assert mark.checksum
        assert cell.metadata.deletable is False
        assert mark.solution or cell.metadata.editable is False


@each_exercise
def test_the_setup_cell_is_that_of_the_lessons_without_what_only_lessons_need(name):
    cells = [c for c in read("release", name).cells if c.cell_type == "code"]
    assert cells[0].source == (
        "try:\n"
        "    import alexnet_lib\n"
        "except ImportError:  # in Colab, or alone in a folder\n"
        '    %pip install -q "alexnet-lib @ git+https://github.com/alexnet-book/alexnet-book"'
    )


@each_exercise
def test_check_cells_work_where_the_answers_run_in_another_process(name):
    """They use only np, check, their own names and the answers' functions, and send plain data."""
    source = read("source", name)
    answers = {c.id for c in source.cells if c.metadata.nbgrader.solution}
    for cell in source.cells:
        if not cell.id.startswith("check_"):
            continue
        tree = ast.parse(cell.source)
        names = [n for n in ast.walk(tree) if isinstance(n, ast.Name)]
        stored = {n.id for n in names if isinstance(n.ctx, ast.Store)}
        stored |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
        assert not stored & answers
        known = stored | answers | {"np", "check"} | set(dir(builtins))
        assert {n.id for n in names} <= known, cell.id
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "check":
                sent = [*call.args[1:], *(k.value for k in call.keywords)]
                inside = {n.id for s in sent for n in ast.walk(s) if isinstance(n, ast.Name)}
                assert not inside & answers, cell.id
                assert not any(isinstance(n, ast.Lambda) for s in sent for n in ast.walk(s))


@each_exercise
def test_the_solution_earns_every_point(name):
    cells = checks(solution(name))
    assert {c.grade_id: c.error + c.stderr for c in cells.values() if not c.earned} == {}
    by_hand = sum(
        m.get("points", 0) for m in marks(read("source", name)).values() if m.grade and m.solution
    )
    assert sum(c.earned for c in cells.values()) + by_hand == COURSE[name]["points"]


@each_exercise
def test_the_stored_outputs_are_those_of_a_run_in_order(name):
    stored = [c for c in read("source", name).cells if c.cell_type == "code"]
    assert [c.execution_count for c in stored] == list(range(1, len(stored) + 1))
    now = solution(name)
    for cell in stored:
        assert [o.text for o in cell.outputs] == [now[cell.id].stdout] * bool(cell.outputs)
        assert bool(cell.outputs) == bool(now[cell.id].stdout)


@each_exercise
def test_unsolved_it_earns_nothing_and_says_so_in_one_line(name, notebooks, run):
    cells = run(notebooks("release", name))
    assert not any(c.error or c.stdout or c.stderr for c in cells.values() if not c.points)
    for cell in checks(cells).values():
        assert cell.earned == 0
        function = cell.grade_id.removeprefix("check_")
        assert re.fullmatch(rf"✗ {function}\(.*\): not written yet\. .*", cell.error)
        assert cell.stdout == cell.stderr == ""


def test_there_are_enough_wrong_answers():
    for name in NAMES:
        assert len(wrong_answers(name)) >= 10


@pytest.mark.parametrize("answer", wrong_answers(), ids=str)
def test_a_wrong_answer_loses_the_points_it_names_and_hears_why(answer, notebooks):
    solved = notebooks("source", answer.exercise)

    def answered(kind, asked):
        """Run these checks, which need the setup and the answers, but no other check."""
        cells = notebooks(kind, answer.exercise)
        for function, cell in cells.items():
            if f"check_{function}" in cells:
                cell.source = answer.functions.get(function, solved[function].source)
        assert set(answer.functions) <= set(cells)
        return checks(play_plainly({k: c for k, c in cells.items() if not c.points or k in asked}))

    # What is above the first wrong function runs as in test_the_solution_earns_every_point.
    order = list(checks(solved))
    first = min(order.index(f"check_{function}") for function in answer.functions)
    after = answered("source", order[first:]).values()
    assert tuple(c.grade_id for c in after if not c.earned) == answer.losing
    seen = answered("release", answer.losing)
    if answer.says is None:
        assert not any(seen[cell].error for cell in answer.losing)
    else:
        message = seen[answer.losing[0]].error
        assert answer.says in message and message.startswith("✗ ")
        assert re.fullmatch(r"[^\n]+(\n  hint: [^\n]+)?", message)


@each_exercise
def test_it_hears_the_same_in_a_notebook(name, notebooks):
    """The test above runs cells without IPython, since it does so thousands of times."""
    both = []
    for run in (play, play_plainly):
        cells = notebooks("release", name)
        for answer in wrong_answers(name)[:8]:
            for function, text in answer.functions.items():
                cells[function].source = text
        both.append({k: (c.stdout, c.stderr, c.error) for k, c in checks(run(cells)).items()})
    assert both[0] == both[1]
    assert any(error.startswith("✗ ") for _, _, error in both[0].values())


def drawn_checks(name):
    """Return {check cell: its code} of those that draw their inputs for each student."""
    cells = {c.id: c.source for c in read("source", name).cells if c.cell_type == "code"}
    for cell, text in cells.items():
        assert "check.rng(" not in text.split("### BEGIN HIDDEN")[0], f"{cell}: students see it"
    return {cell: compile(t, cell, "exec") for cell, t in cells.items() if "check.rng(" in t}


def lost_with(name, student, answers, checks):
    """Return which of these checks fail with these answers and the inputs drawn for a student."""
    space, lost = {}, set()
    for cell in read("source", name).cells:
        plain = cell.cell_type == "code" and not cell.id.startswith("check_")
        if plain and "%pip" not in cell.source:
            exec(answers.get(cell.id, cell.source), space)
    with drawing_for(student), redirect_stdout(StringIO()):
        for cell, code in checks.items():
            try:
                exec(code, space)
            except AssertionError:
                lost.add(cell)
    return lost


@each_exercise
def test_any_draw_suits_the_solution_and_catches_the_slips(name):
    checks = drawn_checks(name)
    for student in range(6 if checks else 0):
        assert lost_with(name, student, {}, checks) == set()
    for answer in wrong_answers(name):
        losing = {cell: checks[cell] for cell in answer.losing if cell in checks}
        if answer.says is None and losing:
            assert lost_with(name, 7, answer.functions, losing) == set(losing), answer


@each_exercise
def test_all_hidden_tests_are_needed(name):
    """Each cell with hidden tests catches a wrong answer that passes the visible checks."""
    hiding = {c.id for c in read("source", name).cells if "BEGIN HIDDEN TESTS" in c.source}
    unseen = [answer for answer in wrong_answers(name) if answer.says is None]
    assert hiding
    assert hiding - {cell for answer in unseen for cell in answer.losing} == set()
