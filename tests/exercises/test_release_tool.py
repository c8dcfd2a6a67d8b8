"""tools/exercises.py: a release is what its source gives, to the byte; bad sources are refused."""

import importlib.util
import json
import shutil
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SOURCE = "exercises/source/convolution/convolution.ipynb"
RELEASE = "exercises/release/convolution/convolution.ipynb"


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("exercises_tool", ROOT / "tools/exercises.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def course(tmp_path):
    """A course of one exercise, its source but no release."""
    for path in (SOURCE, "book/course.yml"):
        (tmp_path / path).parent.mkdir(parents=True)
        shutil.copy(ROOT / path, tmp_path / path)
    course = yaml.safe_load((tmp_path / "book/course.yml").read_text(encoding="utf-8"))
    course["exercises"] = {"convolution": course["exercises"]["convolution"]}
    (tmp_path / "book/course.yml").write_text(yaml.safe_dump(course), encoding="utf-8")
    return tmp_path


def edit(course, change):
    """Change the source notebook, given as a dict of its cells by id."""
    path = course / SOURCE
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
    change({cell["id"]: cell for cell in notebook["cells"]})
    path.write_text(json.dumps(notebook), encoding="utf-8")


def test_every_release_is_what_its_source_gives(tool, capsys):
    assert tool.main(["--check"]) == 0, "run `make exercises`"
    names = yaml.safe_load((ROOT / "book/course.yml").read_text(encoding="utf-8"))["exercises"]
    assert capsys.readouterr() == ("".join(f"{name}: up to date\n" for name in names), "")


def test_written_twice_it_is_the_same_to_the_byte(tool, course, capsys):
    assert tool.main([], root=course) == 0
    first = (course / RELEASE).read_bytes()
    assert tool.main(["convolution"], root=course) == 0
    assert capsys.readouterr().out == "convolution: written\nconvolution: up to date\n"
    assert (course / RELEASE).read_bytes() == first == (ROOT / RELEASE).read_bytes()
    assert first.endswith(b"}\n") and not first.endswith(b"\n\n")
    assert [p.name for p in (course / RELEASE).parent.iterdir()] == ["convolution.ipynb"]


def test_check_writes_nothing_and_says_what_is_old(tool, course, capsys):
    assert tool.main(["--check"], root=course) == 1
    assert not (course / RELEASE).exists()
    assert capsys.readouterr() == (
        "",
        "exercises: run `make exercises`, not up to date: convolution\n",
    )
    tool.main([], root=course)
    edit(course, lambda cells: cells["end"].update(source="The end."))
    assert tool.main(["--check"], root=course) == 1
    tool.main([], root=course)
    assert tool.main(["--check"], root=course) == 0


def without(text):
    return lambda cell: cell.update(source=cell["source"].replace(text, ""))


@pytest.mark.parametrize(
    ("cell", "change", "words"),
    [
        ("conv_out", without("    ### END SOLUTION"), "do not pair in cell 'conv_out': each BEGIN"),
        ("conv_out", without("    ### BEGIN SOLUTION\n"), "do not pair in cell 'conv_out'"),
        ("check_pad_for", without("### END HIDDEN TESTS"), "do not pair in cell 'check_pad_for'"),
        (
            "check_pad_for",
            lambda c: c.update(source=c["source"].replace("HIDDEN TESTS", "HIDDEN TEST")),
            "do not pair in cell 'check_pad_for'",
        ),
        (
            "check_pad_for",
            lambda c: c["metadata"]["nbgrader"].update(grade_id="check_conv_out"),
            "has the grade_id 'check_conv_out' twice",
        ),
        (
            "check_pad_for",
            lambda c: c["metadata"]["nbgrader"].update(points=3),
            "has 22 points, but book/course.yml says 20",
        ),
        (
            "check_pad_for",
            lambda c: c["metadata"]["nbgrader"].pop("points"),
            "nbgrader cell 'check_pad_for' does not have points",
        ),
        ("task_3", lambda c: c["metadata"].pop("nbgrader"), "no nbgrader metadata in cell"),
        (
            "conv_out",
            lambda c: c["metadata"]["nbgrader"].update(solution=False, locked=True),
            "is refused by nbgrader: Solution region detected in a non-solution cell",
        ),
        (
            "check_conv_out",
            lambda c: c["metadata"]["nbgrader"].update(grade=False),
            "is refused by nbgrader: Hidden test region detected in a non-grade cell",
        ),
        ("intro", lambda c: c.update(cell_type="prose"), "is not a valid notebook: "),
    ],
)
def test_a_bad_source_is_refused_in_one_sentence(tool, course, capsys, cell, change, words):
    edit(course, lambda cells: change(cells[cell]))
    assert tool.main([], root=course) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("exercises: convolution ")
    assert words in err
    assert err.count("\n") == 1
    assert not (course / RELEASE).exists()


def test_a_file_that_is_no_notebook_is_refused(tool, course, capsys):
    (course / SOURCE).write_text("{", encoding="utf-8")
    assert tool.main([], root=course) == 2
    assert "is not a valid notebook: " in capsys.readouterr().err


def test_unknown_names_are_refused(tool, course, capsys):
    assert tool.main(["pooling"], root=course) == 2
    assert capsys.readouterr().err == (
        "exercises: pooling is not in book/course.yml, which has: convolution.\n"
    )
    (course / SOURCE).unlink()
    assert tool.main([], root=course) == 2
    assert f"has no source: expected {SOURCE}." in capsys.readouterr().err
