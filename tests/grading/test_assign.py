"""Assigning: the course folder, the gradebook, and the text for an LMS."""

import json
import re
import shutil
import subprocess
import sys
from datetime import datetime

import nbformat
import pytest
import yaml
from classroom import ROOT, empty_gradebook, hand_in, solved

from alexnet_lib import cli
from alexnet_lib.grading import assign, runner
from alexnet_lib.grading.book import Book
from alexnet_lib.grading.folder import Course

COURSE = yaml.safe_load((ROOT / "book/course.yml").read_text("utf-8"))
NAMES = list(COURSE["exercises"])


@pytest.fixture
def run_assign(tmp_path, monkeypatch, capsys):
    """run_assign("convolution", …) -> (code, out, err), in its own folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TZ", "UTC")

    def call(*words):
        code = cli.main(["assign", *map(str, words)])
        return code, *capsys.readouterr()

    return call


@pytest.fixture(scope="session")
def empty(tmp_path_factory):
    """A course folder without assignments, to copy."""
    folder = tmp_path_factory.mktemp("empty")
    (folder / "gradebook.db").write_bytes(empty_gradebook())
    return Course.make(folder, "A course").path


@pytest.fixture
def here(empty, tmp_path):
    """Make the course folder in advance; return a function that opens it."""
    shutil.copytree(empty, tmp_path / "alexnet-course")
    return lambda: Course.find(tmp_path / "alexnet-course")


def test_the_folder_is_made(run_assign, tmp_path):
    assert run_assign("convolution")[0] == 0
    made = {path.name for path in (tmp_path / "alexnet-course").iterdir()}
    assert made == {"course.toml", "gradebook.db", "nbgrader_config.py", "release", "source"}
    assert Course(tmp_path / "alexnet-course").title == COURSE["title"]


def due_of(course, name="convolution"):
    with course.gradebook() as gradebook:
        return gradebook.find_assignment(name).duedate


def file_times(folder):
    return {
        path: path.stat().st_mtime_ns
        for path in folder.rglob("*")
        if path.is_file() and path.name != "gradebook.db"
    }


# --- the folder ------------------------------------------------------------------------------


def test_every_exercise_can_be_assigned(run_assign, here):
    code, out, err = run_assign(*NAMES)
    assert code == 0
    course = here()
    assert sorted(course.names()) == sorted(NAMES)
    with course.gradebook() as gradebook:
        for name in NAMES:
            assert gradebook.find_assignment(name).max_score == COURSE["exercises"][name]["points"]
            assert course.source(name).read_bytes() == Book().notebook("source", name).read_bytes()
            assert (
                course.release(name).read_bytes() == Book().notebook("release", name).read_bytes()
            )
            assert f"{name}: 20 points" in err
    assert out.count("Hand in the file") == len(NAMES)


def test_again_changes_nothing_and_what_was_handed_in_stays(run_assign, here):
    run_assign("convolution", "--due", "2027-02-01")
    course = here()
    hand_in(course, "jane", solved())
    before = file_times(course.path)
    assert run_assign("blocks/convolution")[0] == 0
    assert file_times(course.path) == before
    assert due_of(course) == datetime(2027, 2, 1, 23, 59)
    run_assign("convolution", "--due", "none")
    assert due_of(course) is None


def test_settings_are_the_instructors(run_assign, here):
    run_assign("convolution")
    path = here().path / "course.toml"
    path.write_text('title = "Mine"\n[late]\nper_day = "10%"\ngrace_hours = 1\nmost = "50%"\n')
    _, out, _ = run_assign("convolution", "--due", "2027-02-01Z")
    assert here().title == "Mine"
    assert (
        "Late: 10 % of the points you earned less for each day begun, after 1 h of grace,"
        " at most 50 %." in " ".join(out.split())
    )


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("title = ", "is not valid TOML"),
        ("colour = 3", "colour = 3 is not a setting"),
        ("late = 3", "late = 3 is not a setting"),
        ("[late]\nper_week = 1", "late.per_week is not a setting"),
        ("[late]\nper_day = true", 'per cent such as "10%", not True'),
        ("[late]\ngrace_hours = -1", "a number, 0 or more"),
        ("[limits]\ncell = 0", "above 0"),
        ("[limits]\nmemory = '2 GB'", "a number, not '2 GB'"),
    ],
)
def test_wrong_settings_are_refused(run_assign, here, text, word):
    run_assign("convolution")
    (here().path / "course.toml").write_text(text)
    code, _, err = run_assign("convolution")
    assert code == 2 and word in err


def test_nbgrader_reads_the_course_folder(run_assign, here):
    run_assign("convolution")
    course = here()
    (course.path / "course.toml").write_text("[limits]\ncell = 7\n[late]\nper_day = '5%'\n")
    check = (
        "from nbgrader.apps import NbGrader\n"
        "app = NbGrader()\napp.load_config_file()\n"
        "print(app.config.SandboxedExecute.cell, app.config.Lateness.per_day,"
        " app.config.CourseDirectory.root)\n"
        "print(app.config.Autograde.autograde_preprocessors[0])"
    )
    command = [sys.executable, "-W", "ignore", "-c", check]
    done = subprocess.run(command, cwd=course.path, capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == [
        *("7", "5%", str(course.path), "alexnet_lib.grading.nbgrader_execute.SandboxedExecute")
    ], done.stderr


def test_a_cell_that_goes_is_refused_once_there_are_submissions(run_assign, here, capsys):
    run_assign("convolution")
    course = here()
    with course.gradebook() as gradebook:
        gradebook.update_or_create_student("jane")
        gradebook.update_or_create_submission("convolution", "jane")
        source = nbformat.read(course.source("convolution"), as_version=4)
        fewer = nbformat.from_dict(source)
        fewer.cells = [c for c in source.cells if c.metadata.nbgrader.grade_id != "check_conv_out"]
        with pytest.raises(ValueError, match="no longer has check_conv_out"):
            assign.register(gradebook, "convolution", fewer, None)
        more = nbformat.from_dict(source)
        check = json.loads(json.dumps(more.cells[5]))
        check["metadata"]["nbgrader"]["grade_id"] = "check_more"
        more.cells.append(nbformat.from_dict(check))
        assign.register(gradebook, "convolution", more, None)
        assert gradebook.find_grade_cell("check_more", "convolution", "convolution").max_score == 2
        assert gradebook.find_submission("convolution", "jane")


def test_a_cell_may_go_while_there_are_none(run_assign, here):
    run_assign("convolution")
    course = here()
    with course.gradebook() as gradebook:
        source = nbformat.read(course.source("convolution"), as_version=4)
        source.cells = [c for c in source.cells if c.metadata.nbgrader.grade_id != "check_conv_out"]
        assign.register(gradebook, "convolution", source, None)
        assert gradebook.find_assignment("convolution").max_score == 18


@pytest.mark.parametrize(
    ("words", "word"),
    [
        (("poetry",), "the course has no chapter 'poetry'"),
        (("convolutoin",), "did you mean convolution"),
        (("convolution", "--due", "tomorrow"), "is not a date"),
        (("convolution", "--due", "2027-02-30"), "is not a date"),
        (("convolution", "--due", "2027-02-01 12:00 Mars/Phobos"), "no time zone 'Mars/Phobos'"),
        (("convolution", "--due", "2027-02-01T12:00+25:00"), "no time zone +25:00"),
        (("convolution", "--roster", "nowhere.csv"), "there is no roster"),
        (("convolution", "--private-tests", "nowhere.ipynb"), "there is no notebook"),
        (("convolution", "training", "--private-tests", "x"), "for one exercise"),
        ((), "CHAPTER"),
    ],
)
def test_mistakes_are_reported_before_anything_is_written(run_assign, tmp_path, words, word):
    code, out, err = run_assign(*words)
    assert code == 2 and out == "" and word in err and len(err.splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_a_file_in_place_of_the_folder_is_refused(run_assign, tmp_path):
    (tmp_path / "alexnet-course").write_text("mine")
    code, _, err = run_assign("convolution")
    assert code == 2 and "is a file" in err
    assert (tmp_path / "alexnet-course").read_text() == "mine"


def test_without_the_sources_it_says_where_they_are(tmp_path):
    with pytest.raises(ValueError, match="clone the book's repository"):
        Book(tmp_path)


@pytest.fixture
def clone(tmp_path):
    """A small clone of the repository, with one exercise."""
    for path in ("book/course.yml", "_config.yml"):
        (tmp_path / "clone" / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, tmp_path / "clone" / path)
    for kind in ("source", "release"):
        path = f"exercises/{kind}/convolution"
        shutil.copytree(ROOT / path, tmp_path / "clone" / path)
    return tmp_path / "clone"


def test_a_release_that_is_not_its_sources_is_refused(clone, here):
    path = clone / "exercises/release/convolution/convolution.ipynb"
    path.write_text(path.read_text("utf-8").replace("Before you run", "Ahead of"), "utf-8")
    course = here()
    with pytest.raises(ValueError, match="run make exercises NAMES=convolution"):
        assign.assign(course, Book(clone), "convolution")
    assert course.names() == []


def test_a_forks_addresses_are_its_own(clone, here):
    config = clone / "_config.yml"
    text = re.sub(
        "url: https://github.com/.*", "url: https://github.com/You/Own.book", config.read_text()
    )
    config.write_text(text)
    course, book = here(), Book(clone)
    assign.assign(course, book, "convolution")
    text = assign.announcement(course, book, "convolution")
    assert "https://you.github.io/Own.book/book/blocks/convolution.html" in text
    assert "/github/You/Own.book/blob/main/exercises/release/convolution/" in text
    config.write_text(
        config.read_text().replace("https://github.com/You", "https://gitlab.com/You")
    )
    with pytest.raises(ValueError, match=r"must be like https://github.com/OWNER/REPOSITORY"):
        Book(clone).page("x")


# --- the text for the LMS --------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_the_text_has_all_that_a_student_needs(run_assign, here, name):
    _, out, _ = run_assign(name, "--due", "2027-02-01 18:00 Europe/Berlin")
    path, lesson = Book().lesson(name)
    flat = " ".join(out.split())
    assert f"/book/{path}.html" in out
    assert f"exercises/release/{name}/{name}.ipynb" in out
    assert f"Hand in the file {name}.ipynb." in flat
    assert f"about {lesson['minutes']} minutes" in flat
    assert f"about {COURSE['exercises'][name]['minutes']} minutes, 20 points" in flat
    assert all(" ".join(objective.split()) in flat for objective in lesson["objectives"])
    assert "Due: Monday, 1 February 2027, 18:00 (Europe/Berlin, UTC+01:00)." in out
    assert "Late:" in out
    assert all(len(line) <= 100 or "://" in line for line in out.splitlines())


def test_without_a_due_date_there_is_none_in_the_text(run_assign, here):
    _, out, _ = run_assign("convolution")
    assert "Due" not in out and "Late" not in out


@pytest.mark.parametrize(
    ("text", "utc", "shown"),
    [
        ("2027-02-01", "2027-02-01 23:59", "Monday, 1 February 2027, 23:59 (UTC)"),
        ("2027-07-01 Europe/Berlin", "2027-07-01 21:59", "23:59 (Europe/Berlin, UTC+02:00)"),
        ("2027-02-01T18:00Z", "2027-02-01 18:00", "18:00 (UTC)"),
        ("2027-02-01 18:00 UTC", "2027-02-01 18:00", "18:00 (UTC)"),
        ("2027-02-01 18:00:30 +05:30", "2027-02-01 12:30", "18:00 (UTC+05:30)"),
        ("2027-02-01 18:00 -0800", "2027-02-02 02:00", "18:00 (UTC-08:00)"),
    ],
)
def test_a_due_date_is_read_with_its_zone(run_assign, here, text, utc, shown):
    code, _, err = run_assign("convolution", "--due", text)
    assert code == 0 and shown in err
    assert f"{due_of(here()):%Y-%m-%d %H:%M}" == utc
    assert ("No time zone was given" in err) == (text == "2027-02-01")


# --- the roster ------------------------------------------------------------------------------


def test_a_roster_is_entered_and_updated(run_assign, here, tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text(
        "\ufeffid;last_name;first_name;email\njdoe;Doe;Jane;j@x.org\nbob;;;\n\n", "utf-8"
    )
    assert (
        "2 students in the roster, 2 of them new." in run_assign("convolution", "--roster", path)[2]
    )
    path.write_text("id,lms_user_id\njdoe,77\neve,78\n", "utf-8")
    assert (
        "2 students in the roster, 1 of them new." in run_assign("convolution", "--roster", path)[2]
    )
    with here().gradebook() as gradebook:
        jane = gradebook.find_student("jdoe")
        assert (jane.first_name, jane.email, jane.lms_user_id) == ("Jane", "j@x.org", "77")
        assert {s.id for s in gradebook.students} == {"jdoe", "bob", "eve"}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "line 1: the first line must name the columns"),
        ("name,email\na,b\n", "line 1: the first line must name the columns"),
        ("id,colour\na,red\n", "line 1: 'colour' is not a column"),
        ("id,id\na,b\n", "line 1: 'id' appears twice"),
        ("id\n", "has no students"),
        ("id,email\na,x\n,y\n", "line 3 has no id"),
        ("id,email\na,x\nb\n", "line 3 has fewer columns"),
        ("id,email\na,x,y\n", "line 2 has more columns"),
        ("id,email\na,x\nA,y\n", "line 3: the id A is already in line 2"),
        ("id,email\na,x\nb,X\n", "line 3: the email X is already in line 2"),
        ("id,lms_user_id\na,1\nb,1\n", "line 3: the lms_user_id 1 is already in line 2"),
        ("id\na\n../b\n", "line 3: the id '../b' is invalid"),
        ("id\na\nаnna\n", "mixes alphabets"),
        ("id,first_name\na," + "x" * 200 + "\n", "over 128 characters"),
        (b"id,first_name\na,Zo\xeb\n", "not written in UTF-8"),
    ],
)
def test_a_wrong_roster_is_refused_with_its_line(run_assign, tmp_path, text, word):
    path = tmp_path / "roster.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    code, _, err = run_assign("convolution", "--roster", path)
    assert code == 2 and word in err
    assert not (tmp_path / "alexnet-course").exists()


# --- private tests ---------------------------------------------------------------------------


def write_private_tests(path, *cells, **metadata):
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("Mine.")])
    made.cells += [nbformat.v4.new_code_cell(c, metadata=metadata) for c in cells]
    nbformat.write(made, path)
    return path


MORE = "# check_conv_out\ncheck(conv_out, 1000, 10, stride=3).gives(331)"


def test_private_tests_are_hidden_tests(run_assign, here, tmp_path, needs_sandbox):
    path = write_private_tests(tmp_path / "mine.ipynb", MORE)
    code, _, err = run_assign("convolution", "--private-tests", path)
    assert code == 0 and "with your private tests" in err
    assert "2 of 7 checks with hidden tests draw their inputs anew for each student." in err
    course = here()
    text = course.source("convolution").read_text("utf-8")
    assert "1000, 10, stride=3" in text
    assert "1000, 10, s" not in course.release("convolution").read_text("utf-8")
    assert (
        course.release("convolution").read_bytes()
        == Book().notebook("release", "convolution").read_bytes()
    )
    with course.gradebook() as gradebook:
        cell = gradebook.find_source_cell("check_conv_out", "convolution", "convolution")
    lines = runner.hidden_lines(cell.source)
    at = next(i for i, line in enumerate(cell.source.split("\n"), 1) if "1000, 10, s" in line)
    assert at in lines
    before = file_times(course.path)
    assert "with your private tests" in run_assign("convolution")[2]  # they stay
    assert file_times(course.path) == before
    assert "with your private" not in run_assign("convolution", "--private-tests", "none")[2]
    assert "1000, 10, s" not in course.source("convolution").read_text("utf-8")


def test_a_private_test_may_name_its_check_by_nbgraders_id(tmp_path):
    mark = {"grade_id": "check_conv_out", "grade": True, "solution": False, "locked": True}
    path = write_private_tests(tmp_path / "mine.ipynb", "assert conv_out(9, 3) == 7", nbgrader=mark)
    source = Book().read("source", "convolution")
    merged = assign.add_private_tests(source, assign.read_private_tests(path), path)
    check = next(c for c in merged.cells if c.id == "check_conv_out")
    assert check.source.endswith(
        "### BEGIN HIDDEN TESTS\nassert conv_out(9, 3) == 7\n### END HIDDEN TESTS"
    )


@pytest.mark.parametrize(
    ("cell", "word"),
    [
        ("# check_poetry\nassert True", "cell 2 belongs to 'check_poetry'"),
        ("assert True", "cell 2 does not name its check"),
        ("# check_conv_out\nassert (", "cell 2 is not valid Python: line 2"),
        ("", "has no tests"),
    ],
)
def test_wrong_private_tests_are_refused(run_assign, tmp_path, cell, word):
    path = write_private_tests(tmp_path / "mine.ipynb", cell)
    code, _, err = run_assign("convolution", "--private-tests", path)
    assert code == 2 and word in err
    assert not (tmp_path / "alexnet-course").exists()


def test_private_tests_that_are_no_notebook_are_refused(run_assign, tmp_path):
    (tmp_path / "mine.ipynb").write_text("oops")
    code, _, err = run_assign("convolution", "--private-tests", tmp_path / "mine.ipynb")
    assert code == 2 and "not a valid notebook" in err


def test_private_tests_that_the_solution_fails_are_refused(
    run_assign, here, tmp_path, needs_sandbox
):
    run_assign("convolution")
    before = file_times(here().path)
    path = write_private_tests(tmp_path / "mine.ipynb", MORE.replace("331", "332"))
    code, _, err = run_assign("convolution", "--private-tests", path)
    assert code == 2
    assert "own solution does not pass check_conv_out" in err and "gave 331, expected 332" in err
    assert file_times(here().path) == before
