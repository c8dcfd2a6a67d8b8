"""tools/exercises.py: releases match their sources byte for byte; bad sources are refused."""

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
    """A course with one exercise: its source, but no release."""
    for path in (SOURCE, "book/course.yml"):
        (tmp_path / path).parent.mkdir(parents=True)
        shutil.copy(ROOT / path, tmp_path / path)
    course = yaml.safe_load((tmp_path / "book/course.yml").read_text(encoding="utf-8"))
    course["exercises"] = {"convolution": course["exercises"]["convolution"]}
    (tmp_path / "book/course.yml").write_text(yaml.safe_dump(course), encoding="utf-8")
    return tmp_path


def edit(course, change):
    """Change the source notebook with `change({id: cell})`."""
    path = course / SOURCE
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
    change({cell["id"]: cell for cell in notebook["cells"]})
    path.write_text(json.dumps(notebook), encoding="utf-8")


def test_every_release_matches_its_source(tool, capsys):
    assert tool.main(["--check"]) == 0, "run `make exercises`"
    names = yaml.safe_load((ROOT / "book/course.yml").read_text(encoding="utf-8"))["exercises"]
    assert capsys.readouterr() == ("".join(f"{name}: up to date\n" for name in names), "")


def test_a_release_is_written_once_and_check_reports_what_is_out_of_date(tool, course, capsys):
    assert tool.main(["--check"], root=course) == 1
    assert not (course / RELEASE).exists()
    message = "exercises: out of date, run `make exercises`: convolution\n"
    assert capsys.readouterr() == ("", message)
    assert tool.main([], root=course) == 0
    assert tool.main(["convolution"], root=course) == 0
    assert capsys.readouterr().out == "convolution: written\nconvolution: up to date\n"
    assert (course / RELEASE).read_bytes() == (ROOT / RELEASE).read_bytes()
    edit(course, lambda cells: cells["end"].update(source="The end."))
    assert tool.main(["--check"], root=course) == 1


@pytest.mark.parametrize(
    ("cell", "change", "words"),
    [
        (
            "conv_out",
            lambda c: c.update(source=c["source"].replace("    ### END SOLUTION", "")),
            "do not pair in cell 'conv_out': each BEGIN",
        ),
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


def test_unknown_names_are_refused(tool, course, capsys):
    assert tool.main(["pooling"], root=course) == 2
    assert "pooling is not in book/course.yml, which has: convolution." in capsys.readouterr().err
    (course / SOURCE).unlink()
    assert tool.main([], root=course) == 2
    assert f"has no source: expected {SOURCE}." in capsys.readouterr().err
