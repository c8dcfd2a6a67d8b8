"""Every exercise: nothing given away, all points for the solution, fewer for each slip."""

import ast
import builtins
import json
import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import nbformat
import pytest
import yaml
from hygiene import NOTEBOOK_METADATA

ROOT = Path(__file__).resolve().parents[2]
COURSE = yaml.safe_load((ROOT / "book/course.yml").read_text(encoding="utf-8"))["exercises"]
NAMES = sorted(COURSE)
WRONG = sorted((ROOT / "exercises/wrong").glob("*/*.py"))
REGION = r"^ *### BEGIN {0}\n(.*?)^ *### END {0}$"

each_exercise = pytest.mark.parametrize("name", NAMES)


def read(kind, name):
    """The notebook, valid."""
    notebook = nbformat.read(ROOT / f"exercises/{kind}/{name}/{name}.ipynb", as_version=4)
    nbformat.validate(notebook)
    return notebook


def marks(notebook):
    return {cell.id: cell.metadata.nbgrader for cell in notebook.cells}


def regions(notebook, kind):
    """The lines of all solutions, or of all hidden tests, that say something of their own."""
    found = []
    for cell in notebook.cells:
        for region in re.findall(REGION.format(kind), cell.source, flags=re.M | re.S):
            found += [line.strip() for line in region.split("\n")]
    return {line for line in found if len(line) > 3 and not line.endswith("(")}


def checks(cells):
    return {name: cell for name, cell in cells.items() if cell.points}


def test_the_folders_are_those_of_the_course_map():
    for kind in ("source", "release", "wrong"):
        assert sorted(p.name for p in (ROOT / "exercises" / kind).iterdir()) == NAMES


@each_exercise
def test_metadata_ids_and_points(name):
    source, release = read("source", name), read("release", name)
    assert (source.nbformat, source.nbformat_minor) == (4, 5)
    for notebook in (source, release):
        assert notebook.metadata == NOTEBOOK_METADATA
        found = marks(notebook)
        assert all(mark.grade_id == cell_id for cell_id, mark in found.items())
        assert all(mark.schema_version == 3 for mark in found.values())
        assert sum(mark.get("points", 0) for mark in found.values()) == COURSE[name]["points"]
    assert list(marks(source)) == list(marks(release))
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
    """They load only np, check, their own names and the answers' functions, and send plain data."""
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
def test_the_solution_earns_every_point(name, notebooks, run):
    cells = checks(run(notebooks("source", name)))
    assert {c.grade_id: c.error + c.stderr for c in cells.values() if not c.earned} == {}
    by_hand = sum(
        m.get("points", 0) for m in marks(read("source", name)).values() if m.grade and m.solution
    )
    assert sum(c.earned for c in cells.values()) + by_hand == COURSE[name]["points"]


@each_exercise
def test_the_stored_outputs_are_those_of_a_run_in_order(name, notebooks, run):
    stored = [c for c in read("source", name).cells if c.cell_type == "code"]
    assert [c.execution_count for c in stored] == list(range(1, len(stored) + 1))
    now = run(notebooks("source", name))
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
        assert sum(p.parent.name == name for p in WRONG) >= 10


@pytest.mark.parametrize("path", WRONG, ids=lambda p: p.stem)
def test_a_wrong_answer_loses_the_points_it_names_and_hears_why(path, notebooks, run):
    text, name = path.read_text(encoding="utf-8"), path.parent.name
    first, second = text.split("\n")[:2]
    losing = re.fullmatch(r"# .+; loses (.+)", first)[1].split(", ")
    answers = {f.name: ast.get_source_segment(text, f) for f in ast.parse(text).body}

    def answered(kind):
        cells, solved = notebooks(kind, name), notebooks("source", name)
        for function, cell in cells.items():
            if f"check_{function}" in cells:
                cell.source = answers.get(function, solved[function].source)
        assert set(answers) <= set(cells)
        return checks(run(cells))

    assert [c.grade_id for c in answered("source").values() if not c.earned] == losing
    seen = answered("release")
    if second.startswith("# unseen: "):
        assert not any(seen[cell].error for cell in losing)
    else:
        message = seen[losing[0]].error
        assert second.removeprefix("# says: ") in message
        assert second.startswith("# says: ") and message.startswith("✗ ")
        assert re.fullmatch(r"[^\n]+(\n  hint: [^\n]+)?", message)


@each_exercise
def test_all_hidden_tests_are_needed(name):
    """Each check cell that has some catches a wrong answer which the visible checks let pass."""
    hiding = {c.id for c in read("source", name).cells if "BEGIN HIDDEN TESTS" in c.source}
    texts = [p.read_text(encoding="utf-8") for p in WRONG if p.parent.name == name]
    unseen = " ".join(t.split("\n")[0] for t in texts if "\n# unseen: " in t)
    assert hiding
    assert {cell for cell in hiding if cell not in re.findall(r"\w+", unseen)} == set()


PLAY = """
import json, sys, nbformat, nbclient
for path in sys.argv[1:]:
    notebook = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(notebook, timeout=60, allow_errors=True).execute()
    print(json.dumps({c.id: c.outputs for c in notebook.cells if c.cell_type == "code"}))
"""


@pytest.fixture(scope="session")
def bare_python(tmp_path_factory):
    """The Python of an environment with NumPy, a kernel and this package, and nothing else."""
    folder = tmp_path_factory.mktemp("bare")
    package = folder / "package"  # a build leaves its files where it is run
    package.mkdir()
    for path in ("pyproject.toml", "README.md", "LICENSE", "alexnet_lib"):
        copy = shutil.copytree if (ROOT / path).is_dir() else shutil.copy
        copy(ROOT / path, package / path)
    python = folder / "env" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    uv = shutil.which("uv")
    if uv:
        subprocess.run([uv, "venv", "-q", "--python", sys.executable, folder / "env"], check=True)
        install = [uv, "pip", "install", "-q", "--python", python]
    else:
        venv.create(folder / "env", with_pip=True)
        install = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*install, "numpy", "ipykernel", "nbclient"], check=True)
    subprocess.run([*install, "--no-deps", package], check=True)
    return python


@pytest.mark.slow
@each_exercise
def test_it_runs_where_only_numpy_and_the_package_are(name, bare_python, tmp_path):
    """In a real kernel: release and solution, each alone in an empty folder."""
    for kind in ("release", "source"):
        shutil.copy(ROOT / f"exercises/{kind}/{name}/{name}.ipynb", tmp_path / f"{kind}.ipynb")
    command = [bare_python, "-c", PLAY, "release.ipynb", "source.ipynb"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "JUPYTER"))}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    released, solved = (json.loads(line) for line in done.stdout.splitlines())
    for cell, outputs in released.items():
        if cell.startswith("check_"):
            (error,) = outputs
            assert error["ename"] == "Wrong"
            assert len(error["traceback"]) == 1 and "\n" not in error["traceback"][0]
            assert "not written yet" in error["traceback"][0]
        else:
            assert outputs == []
    for cell, outputs in solved.items():
        assert {o["output_type"] for o in outputs} <= {"stream"}
        assert {o["name"] for o in outputs} <= {"stdout"}
        lines = "".join(o["text"] for o in outputs).splitlines()  # a line may come in pieces
        assert all(line.startswith("✓ ") for line in lines), cell
        assert bool(lines) == cell.startswith("check_")
    missing = subprocess.run([bare_python, "-c", "import torch"], capture_output=True, check=False)
    assert missing.returncode != 0
