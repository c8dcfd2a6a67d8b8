"""Exported scores: what counts, who is in the table, and that no cell is a formula."""

import csv
import io

import pytest
from classroom import hand_in, solved

from alexnet_lib import cli
from alexnet_lib.grading import scores
from alexnet_lib.grading.tables import defuse, table

STUDENTS = {
    "jdoe": {"first_name": "Jane", "last_name": "Doe", "email": "j@x.org", "lms_user_id": "123"},
    "bob": {"first_name": '=HYPERLINK("http://x")', "last_name": "+1", "email": "@SUM(1)"},
    "-eve": {"first_name": "a\nb", "last_name": "Ray, Eve"},
    "nobody": {},
}


@pytest.fixture
def graded(course):
    """jdoe has 3.5 points minus 1 for late work, bob 0; eve isn't graded; nobody has none."""
    course.add_students(STUDENTS)
    hand_in(course, "-eve", solved())
    with course.gradebook() as gradebook:
        for student, points in (("jdoe", 3.5), ("bob", 0.0)):
            gradebook.update_or_create_submission("convolution", student)
            entry = gradebook.find_submission_notebook("convolution", "convolution", student)
            for grade in entry.grades:
                grade.auto_score, grade.needs_manual_grade = 0.0, False
            entry.grades[0].manual_score = points
            entry.grades[1].needs_manual_grade = student == "bob"
            entry.late_submission_penalty = 1.0 if student == "jdoe" else None
        gradebook.db.commit()
    return course


def export(course, tmp_path, to, *words):
    path = tmp_path / f"{to}.csv"
    code = cli.main(["export", "--course", str(course.path), "--to", to, "-o", str(path), *words])
    assert code == 0
    return list(csv.reader(io.StringIO(path.read_text("utf-8-sig"))))


def test_a_plain_table(graded, tmp_path):
    head, *rows = export(graded, tmp_path, "csv")
    rows = {row[0]: dict(zip(head, row, strict=True)) for row in rows}
    assert set(rows) == {"jdoe", "bob", "'-eve", "nobody"}
    assert (rows["jdoe"]["score"], rows["jdoe"]["late_penalty"]) == ("2.5", "1")
    assert (rows["bob"]["score"], rows["bob"]["waiting"]) == ("0", "1")
    assert rows["nobody"]["score"] == rows["'-eve"]["score"] == ""
    assert {row["max_score"] for row in rows.values()} == {"20"}


def test_canvas_has_its_own_columns(graded, tmp_path):
    rows = export(graded, tmp_path, "canvas", "--assignment-ids", "convolution=987")
    assert rows[0] == [
        *("Student", "ID", "SIS User ID", "SIS Login ID", "Section", "convolution (987)"),
    ]
    assert rows[1] == ["    Points Possible", "", "", "", "", "20"]
    assert ["Doe, Jane", "123", "", "jdoe", "", "2.5"] in rows
    assert ["nobody", "", "", "nobody", "", ""] in rows
    assert export(graded, tmp_path, "canvas")[0][-1] == "convolution"


def test_moodle_finds_a_student_three_ways(graded, tmp_path):
    head, *rows = export(graded, tmp_path, "moodle", "blocks/convolution")
    assert head[:3] == ["Username", "ID number", "Email address"]
    assert ["jdoe", "123", "j@x.org", "Jane", "Doe", "2.5"] in rows


@pytest.mark.parametrize("to", ["csv", "canvas", "moodle"])
def test_no_cell_is_a_formula_and_no_line_is_two(graded, tmp_path, to):
    rows = export(graded, tmp_path, to)
    assert len((tmp_path / f"{to}.csv").read_text("utf-8").splitlines()) == len(rows)
    for row in rows:
        assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in row), row


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", " =1", "\r@", "\n-1"])
def test_formulas_are_defused(text):
    assert defuse(text).startswith("'")


@pytest.mark.parametrize("value", ["Zoë", "", "O'Brien", "a-b", 3, -3, 2.5])
def test_what_is_harmless_stays(value):
    assert defuse(value) == value
    assert defuse(None) == ""


def test_the_command_says_what_is_missing(graded, tmp_path, capsys):
    export(graded, tmp_path, "csv")
    out, err = capsys.readouterr()
    assert "convolution: 1 submission is not graded yet: alexnet grade convolution" in err
    assert "convolution: 1 answer needs grading by hand (0 points until then)." in err
    assert out.endswith("csv.csv: 4 students, convolution.\n")


@pytest.mark.parametrize(
    ("words", "word"),
    [
        (("--to", "canvs"), "did you mean canvas"),
        (("--to", "canvas", "--assignment-ids", "pooling=3"), "pooling=3"),
        (("--to", "canvas", "--assignment-ids", "convolution=x"), "NAME=123"),
        (("--to", "moodle", "--assignment-ids", "convolution=3"), "for --to canvas"),
        (("-o", "no/such/folder/x.csv"), "a folder that exists"),
        (("poetry",), "no assignment 'poetry'"),
    ],
)
def test_mistakes_are_told_in_a_sentence(course, tmp_path, monkeypatch, capsys, words, word):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["export", "--course", str(course.path), *words]) == 2
    err = capsys.readouterr().err
    assert word in err and len(err.splitlines()) == 1
    assert not list(tmp_path.glob("*.csv"))


def test_a_full_disk_leaves_the_old_table(graded, tmp_path, monkeypatch):
    path = tmp_path / "grades.csv"
    path.write_text("old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="No space"):
        scores.export_scores(graded, [], "csv", path)
    assert path.read_text() == "old"
    assert not list(tmp_path.glob(".*"))


def test_a_table_is_csv():
    assert table([["a", 1], ["b,c", None]]) == 'a,1\n"b,c",\n'
