"""Downloads of an LMS: their owners, what can't be used and why, and no side effects."""

import csv
import io
import itertools
import json
import os
import re
import struct
import time
import tracemalloc
import zipfile

import pytest
from classroom import notebook, solved, wrong

from alexnet_lib.grading import assign, downloads
from alexnet_lib.grading.downloads import collect
from alexnet_lib.grading.student_ids import InvalidStudentId, as_student_id, slug
from alexnet_lib.grading.times import read_times

GOOD = json.dumps(solved())
BAD = json.dumps(wrong())


def submission(answer):
    """Return a submission with a recognizable answer."""
    return json.dumps(solved(conv_out=f"def conv_out(*a):\n    return {answer!r}"))


def answer_of(course, student):
    made = json.loads(course.submitted(student, "convolution").read_text())
    return next("".join(c["source"]) for c in made["cells"] if c["id"] == "conv_out")


def write_zip(path, files, method=zipfile.ZIP_DEFLATED):
    """Write a zip with these files; a name may be a ZipInfo."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in files.items() if isinstance(files, dict) else files:
            archive.writestr(name, data)
    return path


def zip_bytes(files, **settings):
    out = io.BytesIO()
    write_zip(out, files, **settings)
    return out.getvalue()


def write_files(root, files):
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return root


def outcome(report):
    """Return {student: state} of collected submissions and {file: reason} of the others."""
    states = {r.student: r.state for r in report.rows if r.state not in ("left out", "nothing")}
    return states, {row.file: row.notes for row in report.rows_in("left out")}


@pytest.fixture
def take(course, tmp_path):
    """take({name: data}) -> the outcome of a zip with these files."""

    def call(files, name="download.zip", **settings):
        return outcome(
            collect(course, "convolution", [write_zip(tmp_path / name, files, **settings)])
        )

    return call


@pytest.fixture
def enrolled(course, tmp_path):
    """enrolled("id,…\\n…") -> the course with this roster."""

    def call(text):
        path = tmp_path / "roster.csv"
        path.write_text(text, "utf-8")
        assign.enroll(course, assign.read_roster(path))
        return course

    return call


# --- owners ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("jane/convolution.ipynb", "jane"),
        ("jane/deep/down/work (1).ipynb", "jane"),
        ("jane@example.org/x.ipynb", "jane@example.org"),
        ("jane.ipynb", "jane"),
        ("jane_convolution.ipynb", "jane"),
        ("jane-convolution (3).ipynb", "jane"),
        ("Zoë/convolution.ipynb", "Zoë"),
        ("jane/convolution.ipynb.txt", "jane"),
        ("doejane_123_456_convolution.ipynb", "doejane-123"),
        ("doejane_LATE_123_456_convolution-2.ipynb", "doejane-123"),
        ("doejane_123_456_eve_9_9_x.ipynb", "doejane-123"),
        ("Jane Doe_123_assignsubmission_file_/convolution.ipynb", "Jane-Doe"),
        ("Jane Doe_123_assignsubmission_file_convolution.ipynb", "Jane-Doe"),
        (
            "Seán O'Brien_7_assignsubmission_file_/eve_9_assignsubmission_file_/x.ipynb",
            "Seán-O-Brien",
        ),
    ],
)
def test_the_outermost_name_says_whose_it_is(take, name, student):
    assert take({name: GOOD}) == ({student: "collected"}, {})


MOODLE_REST = "assignsubmission_file_/x.ipynb"
MOODLE_FILE = "{}_1_" + MOODLE_REST
METADATA = """
submission_11:
  :submitters:
  - :name: Jane Doe
    :sid: '3031'
    :email: jane@example.org
  - :name: Bob
    :sid:
    :email: bob@example.org
  :created_at: 2027-02-01 20:10:00.5 Z
  :score: 4
submission_12:
  :submitters:
  - :name: Eve
    :sid: ../../etc
"""


def test_gradescope_says_it_in_a_file(course, tmp_path):
    files = {
        "assignment_5_export/submission_metadata.yml": METADATA,
        "assignment_5_export/submission_11/convolution.ipynb": GOOD,
        "assignment_5_export/submission_12/convolution.ipynb": GOOD,
        "assignment_5_export/submission_13/submission_metadata.yml": METADATA,
        "assignment_5_export/submission_13/convolution.ipynb": GOOD,
    }
    states, out = outcome(collect(course, "convolution", [write_zip(tmp_path / "x.zip", files)]))
    assert states == {"3031": "collected", "bob@example.org": "collected", "etc": "collected"}
    assert list(out) == ["submission_13/convolution.ipynb"]
    stamp = course.submitted("3031", "convolution").with_name("timestamp.txt").read_text()
    assert stamp == "2027-02-01 20:10:00 UTC\n"
    write_files(tmp_path / "folder", files)  # the same, unpacked
    again = collect(course, "convolution", [tmp_path / "folder"])
    assert outcome(again)[0] == {
        "3031": "as before",
        "bob@example.org": "as before",
        "etc": "as before",
    }


ROSTER = (
    "id,first_name,last_name,email,lms_user_id\n"
    "jdoe,Jane,Doe,jane@example.org,123\nbob,Bob,Ray,bob@example.org,124\n"
    "ann1,Ann,Lee,,125\nann2,Ann,Lee,,126\n"
)


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("doejane_123_456_convolution.ipynb", "jdoe"),
        ("whoever_124_456_convolution.ipynb", "bob"),
        ("Jane Doe_9_assignsubmission_file_/convolution.ipynb", "jdoe"),
        ("Doe, Jane_9_assignsubmission_file_/convolution.ipynb", "jdoe"),
        ("JDoe/convolution.ipynb", "jdoe"),
        ("jane@example.org/convolution.ipynb", "jdoe"),
        ("Jane Doe/convolution.ipynb", "jdoe"),
        ("jdoe_my homework.ipynb".replace(" ", "_"), "jdoe"),
    ],
)
def test_with_a_roster_it_is_the_rosters_student(enrolled, take, name, student):
    enrolled(ROSTER)
    assert take({name: GOOD}) == ({student: "collected"}, {})


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("eve_999_456_convolution.ipynb", "number 999"),
        ("Eve_9_assignsubmission_file_/convolution.ipynb", "not in the roster"),
        ("eve/jdoe/convolution.ipynb", "not in the roster"),
        ("jdое/convolution.ipynb", "not in the roster"),
        ("Ann Lee_9_assignsubmission_file_/convolution.ipynb", "two students are called Ann Lee"),
    ],
)
def test_a_name_that_is_not_in_the_roster_has_no_owner(enrolled, take, name, word):
    course = enrolled(ROSTER)
    states, out = take({name: GOOD})
    assert states == {} and word in out[name]
    assert not (course.path / "submitted").exists()


def test_a_roster_without_numbers_goes_by_canvas_names(enrolled, take):
    enrolled("id,first_name,last_name\njdoe,Jane,Doe\n")
    assert take({"doejane_77_1_x.ipynb": GOOD}) == ({"jdoe": "collected"}, {})
    # two of Canvas's students have this name, and one is not in the roster: which one?
    states, out = take({"doejane_77_1_x.ipynb": GOOD, "doejane_78_1_x.ipynb": BAD})
    assert states == {"jdoe": "kept"} and len(out) == 2


def test_two_students_of_one_name_are_two(course, take):
    files = {
        "Ann Lee_1_assignsubmission_file_/convolution.ipynb": submission("one"),
        "Ann Lee_2_assignsubmission_file_/convolution.ipynb": submission("two"),
        "leeann_5_1_convolution.ipynb": submission("five"),
        "leeann_6_1_convolution.ipynb": submission("six"),
    }
    states, out = take(files)
    assert set(states) == {"Ann-Lee-1", "Ann-Lee-2", "leeann-5", "leeann-6"} and out == {}
    assert "'one'" in answer_of(course, "Ann-Lee-1") and "'two'" in answer_of(course, "Ann-Lee-2")
    with course.gradebook() as gradebook:
        assert gradebook.find_student("leeann-5").lms_user_id == "5"


def test_names_that_differ_only_in_capitals_are_left_out(course, take):
    files = {f"{name}/convolution.ipynb": submission(name) for name in ("jane", "Jane", "JANE")}
    states, out = take(files)
    assert states == {}
    assert len(out) == 3 and all("same name" in reason for reason in out.values())
    assert take({"bob/convolution.ipynb": GOOD})[0] == {"bob": "collected"}
    with course.gradebook() as gradebook:
        gradebook.update_or_create_student("jane")
    states, out = take(files)  # one of them is known
    assert states == {"jane": "collected", "bob": "kept"} and len(out) == 2
    assert "'jane'" in answer_of(course, "jane")


@pytest.mark.parametrize(
    "name",
    [
        "..",
        ".",
        ".hidden",
        "a/b",
        "a\\b",
        "a\nb",
        "a\0b",
        "x" * 81,
        "",
        " ",
        "con",
        "NUL.txt",
        "a:b",
        "аnna",
        "<script>",
        "=cmd",
        "a.",
        "\u202eevil",
        "-" + "é" * 79 + "é",
        "$(id)",
        "a;b",
        "~",
    ],
)
def test_strange_names_are_no_student_ids(name):
    with pytest.raises(InvalidStudentId):
        as_student_id(name)


def test_names_are_one_form_of_the_same_name():
    assert as_student_id("ｊａｎｅ") == "jane"
    assert as_student_id("Zoe\u0308") == "Zoë"
    assert slug("O'Brien, Zoe\u0308 ") == "O-Brien-Zoë"
    assert slug("../../etc/passwd") == "etc-passwd"
    with pytest.raises(InvalidStudentId):
        slug("///")


@pytest.mark.parametrize(
    "name", ["convolution.ipynb", "convolution (1).ipynb", "convolution-copy2.ipynb"]
)
def test_a_notebook_without_a_name_is_left_out(take, name):
    states, out = take({name: GOOD})
    assert states == {} and "whose it is" in out[name]


# --- what can't be used ----------------------------------------------------------------------


def info(name, mode=0o100644, **settings):
    made = zipfile.ZipInfo(name)
    made.external_attr = mode << 16
    made.compress_type = zipfile.ZIP_DEFLATED
    for key, value in settings.items():
        setattr(made, key, value)
    return made


def bomb():
    """Return a zip of 30 kB whose notebook claims to have 4 GB; the rest is valid."""
    data = bytearray(zip_bytes({"convolution.ipynb": b"\0" * 31_000_000}))
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 4_000_000_000)
    return bytes(data)


def liar():
    """Return a zip whose notebook is larger than it claims."""
    data = bytearray(zip_bytes({"convolution.ipynb": b" " * 100_000_000}))
    for sign, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = data.index(sign)
        data[at + place : at + place + 4] = struct.pack("<I", 1000)
    return bytes(data)


def locked():
    data = bytearray(zip_bytes({"convolution.ipynb": GOOD}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def damaged():
    data = bytearray(zip_bytes({"convolution.ipynb": GOOD}))
    data[60:80] = b"x" * 20
    return bytes(data)


HOSTILE = {
    "link": (lambda: zip_bytes({info("a.ipynb", 0o120777): "/etc/passwd"}), "a link"),
    "upwards": (lambda: zip_bytes({"../../bob/convolution.ipynb": GOOD}), "out of the archive"),
    "absolute": (lambda: zip_bytes({"/etc/convolution.ipynb": GOOD}), "out of the archive"),
    "windows": (lambda: zip_bytes({"C:\\x\\convolution.ipynb": GOOD}), "out of the archive"),
    "backslashes": (lambda: zip_bytes({"..\\..\\x.ipynb": GOOD}), "out of the archive"),
    "bomb": (bomb, "MB"),
    "liar": (liar, "damaged|MB"),
    "locked": (locked, "password"),
    "damaged": (damaged, "damaged"),
    "bzip2": (lambda: zip_bytes({"a.ipynb": GOOD}, method=zipfile.ZIP_BZIP2), "unsupported way"),
    "lzma": (lambda: zip_bytes({"a.ipynb": GOOD}, method=zipfile.ZIP_LZMA), "unsupported way"),
    "no zip": (lambda: b"not a zip at all", "damaged"),
    "zip in zip": (
        lambda: zip_bytes({"in.zip": zip_bytes({"a.ipynb": GOOD})}),
        "archive in an archive",
    ),
    "many": (lambda: zip_bytes({f"{i}.txt": "" for i in range(2100)}), "more than 2,000 files"),
    "deep": (lambda: zip_bytes({"d/" * 40 + "a.ipynb": GOOD}), "too many folders"),
    "empty": (lambda: zip_bytes({}), "no notebook"),
    "text only": (lambda: zip_bytes({"notes.txt": "sorry"}), "no notebook, but notes.txt"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_archive_costs_nobody_else_anything(course, take, tmp_path, kind):
    make, word = HOSTILE[kind]
    before = {p for p in tmp_path.rglob("*") if course.path not in p.parents}
    states, out = take({"eve/work.zip": make(), "jane/convolution.ipynb": GOOD})
    assert states == {"jane": "collected"}
    assert len(out) == 1
    assert re.search(word, next(iter(out.values()))), out
    after = {p for p in tmp_path.rglob("*") if course.path not in p.parents}
    assert after - before == {tmp_path / "download.zip"}
    assert not course.submitted("eve", "convolution").exists()


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("../eve/convolution.ipynb", "out of the archive"),
        ("/eve/convolution.ipynb", "out of the archive"),
        ("a\nb/convolution.ipynb", "letters, digits"),
        ("<script>/convolution.ipynb", "letters, digits"),
        ("=HYPERLINK(1)/convolution.ipynb", "letters, digits"),
        ("x" * 200 + "/convolution.ipynb", "80 characters"),
        ("аnna/convolution.ipynb", "alphabets"),
        (info("eve/convolution.ipynb", 0o120777), "a link"),
    ],
)
def test_a_hostile_name_in_a_download_costs_nobody_else_anything(course, take, name, word):
    states, out = take([(name, GOOD), ("jane/convolution.ipynb", GOOD)])
    assert states == {"jane": "collected"}
    assert re.search(word, " ".join(out.values())), out
    assert [p.name for p in (course.path / "submitted").iterdir()] == ["jane"]
    text = course.report("convolution", "collected").read_text()
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == 3 == len(text.splitlines())
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b'{"cells": [ oops', "incomplete"),
        (b"", "empty"),
        (b"[" * 1_000_000, "levels|parts"),
        (json.dumps(solved("training")).encode(), "another notebook"),
    ],
)
def test_a_broken_notebook_is_left_out_with_its_reason(take, data, word):
    states, out = take({"eve/convolution.ipynb": data, "jane/convolution.ipynb": GOOD})
    assert states == {"jane": "collected"}
    assert re.search(word, out["eve/convolution.ipynb"])


def test_200_megabytes_are_not_read(course, tmp_path):
    folder = write_files(tmp_path / "in", {"jane/convolution.ipynb": GOOD})
    (folder / "eve").mkdir()
    with open(folder / "eve/convolution.ipynb", "wb") as file:
        file.truncate(200_000_000)
    tracemalloc.start()
    try:
        states, out = outcome(collect(course, "convolution", [folder]))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert states == {"jane": "collected"}
    assert out == {
        "eve/convolution.ipynb": "it has 200 MB or more: clear the outputs and hand it in again"
    }
    assert peak < 50_000_000


def test_links_pipes_and_empty_folders_in_a_folder_are_left_out(course, tmp_path):
    folder = write_files(tmp_path / "in", {"jane/convolution.ipynb": GOOD, "secret.txt": "x"})
    for name in ("eve", "mallory", "empty"):
        (folder / name).mkdir()
    (folder / "eve/convolution.ipynb").symlink_to(folder / "jane/convolution.ipynb")
    (folder / "trudy").symlink_to(folder / "jane")
    os.mkfifo(folder / "mallory/convolution.ipynb")
    states, out = outcome(collect(course, "convolution", [folder]))
    assert states == {"jane": "collected"}
    assert out == {
        "empty": "an empty folder",
        "eve/convolution.ipynb": "it is a link, not a file",
        "mallory/convolution.ipynb": "it is not an ordinary file",
        "trudy": "it is a link, not a file",
    }


def test_names_that_are_no_text_stop_nothing(course, tmp_path):
    folder = write_files(tmp_path / "in", {"jane/convolution.ipynb": GOOD})
    os.mkdir(os.fsencode(folder) + b"/\xff\xfe")
    with open(os.fsencode(folder) + b"/\xff\xfe/convolution.ipynb", "w") as file:
        file.write(GOOD)
    states, out = outcome(collect(course, "convolution", [folder]))
    assert states == {"jane": "collected"} and len(out) == 1
    course.report("convolution", "collected").read_text("utf-8")


def test_leftovers_of_programs_are_passed_over(take):
    files = {
        "jane/convolution.ipynb": GOOD,
        "__MACOSX/jane/._convolution.ipynb": "x",
        "jane/.ipynb_checkpoints/convolution-checkpoint.ipynb": BAD,
        "jane/.DS_Store": "x",
    }
    assert take(files) == ({"jane": "collected"}, {})


def test_a_download_that_is_no_zip_is_refused(course, tmp_path):
    with pytest.raises(ValueError, match="there is no file"):
        collect(course, "convolution", [tmp_path / "nowhere.zip"])
    path = tmp_path / "broken.zip"
    path.write_bytes(zip_bytes({"jane/convolution.ipynb": GOOD})[:-30])
    states, out = outcome(collect(course, "convolution", [path]))
    assert states == {} and "damaged" in out["broken.zip"]


def test_a_failure_costs_only_one_student(take, monkeypatch):
    rebuild = downloads.rebuild

    def break_down(release, cells):
        if any("'eve'" in c["source"] for c in cells):
            raise MemoryError
        return rebuild(release, cells)

    monkeypatch.setattr(downloads, "rebuild", break_down)
    states, out = take({f"{n}/convolution.ipynb": submission(n) for n in ("ann", "eve", "zoe")})
    assert states == {"ann": "collected", "zoe": "collected"}
    assert "MemoryError" in out["eve/convolution.ipynb"]


# --- several submissions ---------------------------------------------------------------------


def test_the_newest_of_several_counts(course, take):
    old, new = (2027, 1, 1, 0, 0, 0), (2027, 1, 2, 0, 0, 0)
    files = [
        (info("jane/b.ipynb", date_time=new), submission("new")),
        (info("jane/a.ipynb", date_time=old), submission("old")),
        (
            info("jane/z.ipynb", date_time=(2027, 1, 3, 0, 0, 0)),
            json.dumps(notebook("release", "convolution")),
        ),
        (info("jane/zz.ipynb", date_time=(2027, 1, 4, 0, 0, 0)), "broken"),
        ("doejane_123_456_convolution.ipynb", submission("first upload")),
        ("doejane_123_1001_convolution-1.ipynb", submission("second upload")),
        ("doejane_123_999_convolution-2.ipynb", submission("between")),
    ]
    states, out = take(files)
    assert states == {"jane": "collected", "doejane-123": "collected"}
    assert list(out) == ["jane/zz.ipynb"]
    assert "'new'" in answer_of(course, "jane")
    assert "'second upload'" in answer_of(course, "doejane-123")


def test_an_older_upload_does_not_replace_a_newer_one(course, take):
    take({"doejane_123_500_convolution.ipynb": submission("new")})
    states, _ = take({"doejane_123_400_convolution.ipynb": submission("old")})
    assert states == {"doejane-123": "kept"}
    assert "'new'" in answer_of(course, "doejane-123")
    states, _ = take({"doejane_123_600_convolution.ipynb": submission("newest")})
    assert states == {"doejane-123": "collected"}
    assert "'newest'" in answer_of(course, "doejane-123")


def test_a_zip_of_a_student_is_looked_into(course, take):
    inner = zip_bytes({"work/notes.txt": "hi", "work/My Homework.ipynb": submission("inner")})
    assert take({"doejane_1_2_work.zip": inner}) == ({"doejane-1": "collected"}, {})
    assert "'inner'" in answer_of(course, "doejane-1")


def test_the_folder_that_a_zip_adds_is_taken_away(take):
    files = {"homework/ann/x.ipynb": GOOD, "homework/bob/x.ipynb": GOOD}
    assert take(files, "homework.zip")[0] == {"ann": "collected", "bob": "collected"}


def test_a_student_alone_cannot_hand_in_for_others(take):
    files = {"eve/ann/x.ipynb": GOOD, "eve/bob/x.ipynb": BAD}
    assert take(files)[0] == {"eve": "collected"}


# --- whose it is, and nothing inside can change it ---------------------------------------------

FUTURE = (2107, 1, 1, 0, 0, 0)


def forged(name):
    """Return a zip that says it holds another student's work, from the future."""
    return zip_bytes({info(name, date_time=FUTURE): submission("eve")})


FORGERIES = {
    "a zip named as a notebook": ("eve_convolution.ipynb", forged("jane_convolution.ipynb")),
    "a zip behind a notebook": (
        "eve_convolution.ipynb",
        GOOD.encode() + forged("jane_convolution.ipynb"),
    ),
    "a file": ("eve_convolution.zip", forged("jane_convolution.ipynb")),
    "a folder": ("eve_convolution.zip", forged("jane/convolution.ipynb")),
    "with its own name around it": (
        "eve_convolution.zip",
        forged("eve_convolution/jane_convolution.ipynb"),
    ),
    "a browser's copy": ("eve_convolution (1).zip", forged("jane_convolution.ipynb")),
    "a Canvas name": ("eve_convolution.zip", forged("jane_1_999999_convolution.ipynb")),
    "a Moodle name": ("eve_convolution.zip", forged("jane_1_assignsubmission_file_/c.ipynb")),
    "Gradescope's list": (
        "eve_convolution.zip",
        zip_bytes(
            {
                "submission_metadata.yml": METADATA.replace("'3031'", "jane"),
                info("submission_11/convolution.ipynb", date_time=FUTURE): submission("eve"),
            }
        ),
    ),
}


@pytest.mark.parametrize("kind", FORGERIES)
@pytest.mark.parametrize("given", ["files", "a folder"])
def test_nothing_in_a_file_makes_it_another_students(course, tmp_path, kind, given):
    name, data = FORGERIES[kind]
    folder = write_files(
        tmp_path / "in", {name: data, "jane_convolution.ipynb": submission("jane")}
    )
    paths = sorted(folder.iterdir()) if given == "files" else [folder]
    report = collect(course, "convolution", paths)
    assert "'jane'" in answer_of(course, "jane")
    eve = [row for row in report.rows if row.student == "eve"]
    assert [row.state for row in eve] == ["left out" if ".ipynb" in name else "collected"]
    if ".ipynb" in name:
        assert re.search("archive|no notebook", eve[0].notes)


def test_a_student_in_the_roster_has_one_zip(enrolled, tmp_path):
    course = enrolled("id\neve\njane\n")
    names = {"eve.zip": forged("jane/x.ipynb"), "jane.ipynb": submission("jane")}
    folder = write_files(tmp_path / "in", names)
    states, out = outcome(collect(course, "convolution", sorted(folder.iterdir())))
    assert states == {"eve": "collected", "jane": "collected"} and out == {}
    assert "'jane'" in answer_of(course, "jane")


def test_a_student_called_submissions_owns_what_is_in_the_folder(course, take):
    files = {"submissions/jane/convolution.ipynb": submission("eve")}
    assert take(files, "homework.zip") == ({"submissions": "collected"}, {})
    with course.gradebook() as gradebook:
        gradebook.update_or_create_student("homework")
    states, _ = take({"homework/jane/x.ipynb": submission("eve")}, "homework.zip")
    assert states == {"homework": "collected", "submissions": "kept"}


def test_the_folder_of_a_single_student_in_a_zip_is_that_students(take):
    assert take({"jane/convolution.ipynb": GOOD}, "jane.zip") == ({"jane": "collected"}, {})


def test_a_class_in_a_zip_with_a_students_name_is_not_one_students(take):
    names = ("ann/x.ipynb", "bob/x.ipynb"), ("a_1_1_x.ipynb", "b_2_2_x.ipynb")
    for files in names:
        states, out = take(dict.fromkeys(files, GOOD), "week1_convolution.zip")
        assert states == {} and "the work of several" in out["week1_convolution.zip"]


DISPUTED = {
    "a file and a folder": ["jane_convolution.ipynb", "jane/convolution.ipynb"],
    "two endings": ["jane.ipynb", "jane_convolution.ipynb"],
    "a browser's copy": ["jane_convolution.ipynb", "jane_convolution (1).ipynb"],
    "a folder and a zip": ["jane/convolution.ipynb", "jane.zip"],
}


@pytest.mark.parametrize("kind", DISPUTED)
def test_where_two_files_claim_one_student_the_instructor_chooses(course, tmp_path, kind):
    one, two = DISPUTED[kind]
    data = forged("x.ipynb") if two.endswith(".zip") else submission("two")
    files = {one: submission("one"), two: data, "bob.ipynb": GOOD}
    folder = write_files(tmp_path / "in", files)
    states, out = outcome(collect(course, "convolution", [folder]))
    assert states == {"bob": "collected"}
    assert set(out) == {one, two}
    assert two in out[one] and one in out[two] and "the one that counts" in out[one]
    (folder / two).unlink()
    assert outcome(collect(course, "convolution", [folder]))[0]["jane"] == "collected"
    assert "'one'" in answer_of(course, "jane")


def test_two_gradescope_submissions_of_one_student_are_disputed(take):
    person = "{':name': Jane, ':sid': '7'}"
    metadata = "".join(f"submission_{i}:\n  :submitters: [{person}]\n" for i in (11, 12))
    files = {"submission_metadata.yml": metadata}
    files |= {f"submission_{i}/convolution.ipynb": submission(i) for i in (11, 12)}
    states, out = take(files)
    assert states == {} and set(out) == set(files) - {"submission_metadata.yml"}


def test_two_downloads_at_once_do_not_decide_by_their_order(course, tmp_path):
    paths = [
        write_zip(tmp_path / f"{day}.zip", {"jane/x.ipynb": submission(day)})
        for day in ("monday", "tuesday")
    ]
    states, out = outcome(collect(course, "convolution", paths))
    assert states == {} and "nothing says which is newer" in out["jane/x.ipynb"]
    for path in paths:
        report = collect(course, "convolution", [path])
    assert "'tuesday'" in answer_of(course, "jane")
    assert outcome(report) == ({"jane": "collected"}, {})


def test_a_name_with_invisible_characters_has_a_line_in_the_report(take):
    forms = "{}.ipynb", "{}/x.ipynb", "{}_1_2_x.ipynb", MOODLE_FILE
    names = "ja\u202ene", "\u200fjoe", "ja\u2066ck\u2069"
    files = [form.format(name) for name in names for form in forms]
    states, out = take(dict.fromkeys([*files, "bob.ipynb"], GOOD))
    assert states.pop("bob") == "collected"
    assert len(states) + len(out) == len(files)
    assert all(line.isprintable() for line in [*states, *out])


def test_two_of_one_name_in_moodle_are_both_in_the_report(enrolled, take):
    enrolled("id,first_name,last_name\nann1,Ann,Lee\nann2,Ann,Lee\n")
    states, out = take({MOODLE_FILE.format("Ann Lee"): GOOD, "Ann Lee_2_" + MOODLE_REST: GOOD})
    assert states == {} and len(out) == 2
    assert all("two students are called Ann Lee" in reason for reason in out.values())


def test_many_signatures_in_one_upload_stop_nobody(take):
    upload = zip_bytes(
        {"x.ipynb": GOOD, "x.bin": b"PK\x01\x02" * 200_001}, method=zipfile.ZIP_STORED
    )
    files = {"eve/work.zip": upload, "jane/convolution.ipynb": GOOD}
    states, out = take(files, method=zipfile.ZIP_STORED)
    assert states == {"eve": "collected", "jane": "collected"} and out == {}


def large_zip(files):
    """Return a zip that ends as those of more than 4 GB do: with a second, larger record."""
    data = zip_bytes(files)
    size, offset = struct.unpack("<2L", data[-10:-2])
    large = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, *[len(files)] * 2, size, offset)
    address = struct.pack("<4sLQL", b"PK\6\7", 0, len(data) - 22, 1)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return data[:-22] + large + address + end


def test_the_list_of_a_large_zip_is_counted_too(take):
    many = large_zip({f"{i}.txt": "" for i in range(2100)})
    files = {"eve/work.zip": many, "jane/work.zip": large_zip({"convolution.ipynb": GOOD})}
    states, out = take(files)
    assert states == {"jane": "collected"}
    assert "more than 2,000 files" in out["eve/work.zip"]


def test_a_submission_has_a_budget_of_cells_and_of_time(take, monkeypatch):
    many = solved()
    many["cells"] += [{"cell_type": "code", "source": "", "metadata": {}}] * 15_000
    states, out = take({"eve/x.ipynb": json.dumps(many), "jane/x.ipynb": GOOD})
    assert states == {"jane": "collected"} and "cells" in out["eve/x.ipynb"]
    clock = itertools.count(0, 2)
    monkeypatch.setattr(downloads, "monotonic", lambda: next(clock))
    work = zip_bytes({f"{i}.ipynb": submission(i) for i in range(5)})
    states, out = take({"eve/work.zip": work, "bob/x.ipynb": GOOD})
    assert states == {"bob": "collected", "jane": "kept"}
    assert "5 seconds" in out["eve/work.zip"]


def test_the_report_says_what_replaces_what(course, tmp_path):
    folder = write_files(tmp_path / "in", {"jane.ipynb": GOOD, "x/jane/y.ipynb": BAD})
    collect(course, "convolution", [folder / "jane.ipynb"])
    report = collect(course, "convolution", [folder / "x"])
    line = "  jane: jane/y.ipynb: it replaces jane.ipynb, which was collected before"
    assert line in report.lines()


# --- again -----------------------------------------------------------------------------------


def file_states(folder):
    return {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.rglob("*") if p.is_file()}


def test_collected_twice_nothing_is_written_twice(course, take):
    take({"jane/convolution.ipynb": GOOD})
    before = file_states(course.path / "submitted") | file_states(course.path / "downloads")
    assert take({"jane/convolution.ipynb": GOOD})[0] == {"jane": "as before"}
    assert file_states(course.path / "submitted") | file_states(course.path / "downloads") == before


def test_what_was_handed_in_is_kept_and_can_be_rebuilt(course, take):
    take({"jane/convolution.ipynb": GOOD, "bob/convolution.ipynb": BAD})
    kept = course.downloads("convolution") / "jane/handed-in.ipynb"
    assert kept.read_text() == GOOD
    before = course.submitted("jane", "convolution").read_bytes()
    course.submitted("jane", "convolution").unlink()
    report = collect(course, "convolution")
    assert outcome(report)[0] == {"jane": "collected", "bob": "as before"}
    assert course.submitted("jane", "convolution").read_bytes() == before


def test_the_report_names_students_who_handed_in_nothing(enrolled, take):
    course = enrolled(ROSTER)
    take({"bob/convolution.ipynb": GOOD})
    report = collect(course, "convolution")
    assert [r.student for r in report.rows_in("nothing")] == ["jdoe", "ann1", "ann2"]
    assert "Nothing from 3 of the roster: jdoe, ann1, ann2." in report.lines()


def test_times_come_from_a_table(course, take, tmp_path):
    take({"doejane_LATE_1_2_convolution.ipynb": GOOD})
    assert "--times" in course.report("convolution", "collected").read_text()
    stamp = course.submitted("doejane-1", "convolution").with_name("timestamp.txt")
    assert not stamp.exists()
    path = tmp_path / "times.csv"
    path.write_text("student,submitted\ndoejane-1,2027-02-03 10:00 +01:00\n")
    times = read_times(path)
    collect(course, "convolution", times=times)
    assert stamp.read_text() == "2027-02-03 09:00:00 UTC\n"
    collect(course, "convolution")
    take({"doejane_LATE_1_2_convolution.ipynb": GOOD})  # given once, it need not be given again
    assert stamp.read_text() == "2027-02-03 09:00:00 UTC\n"
    take({"doejane_1_3_convolution.ipynb": BAD})  # about another file nothing is known
    assert not stamp.exists()


WORKSHEET = "Identifier,Last modified (submission)"


@pytest.fixture
def in_berlin(monkeypatch):
    """Move this process to the time zone of Berlin."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_times_come_from_moodles_worksheet_and_canvas(course, take, tmp_path, in_berlin):
    canvas = {"doejane_LATE_123_5_convolution.ipynb": GOOD, "roebob_4_6_convolution.ipynb": GOOD}
    moodle = {"Ann Lee_88_assignsubmission_file_/convolution.ipynb": GOOD}
    path = write_zip(tmp_path / "canvas.zip", canvas)
    report = collect(course, "convolution", [path])
    assert [line for line in report.lines() if "Late according to Canvas: doejane-123." in line]
    take(moodle)
    path = tmp_path / "times"
    path.write_text(
        '[{"user_id": 123, "submitted_at": "2027-02-03T10:00:00Z", "late": true},'
        ' {"user_id": 4, "submitted_at": null},'
        ' {"user_id": 77, "submitted_at": "2027-02-03T00:00:00+00:00"}]'
    )
    report = collect(course, "convolution", times=read_times(path))
    assert "Late according" not in " ".join(report.lines())
    path.write_text(
        f"{WORKSHEET},Grade\n"
        'Participant 88,"Monday, 1 February 2027, 5:59\u202fPM",\n'
        'Participant 89,"Monday, 1 February 2027, 17:59",\nParticipant 90,-,\n'
    )
    collect(course, "convolution", times=read_times(path))
    stamps = {
        student: course.submitted(student, "convolution").with_name("timestamp.txt")
        for student in ("doejane-123", "roebob-4", "Ann-Lee")
    }
    read = {student: path.read_text() for student, path in stamps.items() if path.exists()}
    assert read == {
        "doejane-123": "2027-02-03 10:00:00 UTC\n",
        "Ann-Lee": "2027-02-01 16:59:00 UTC\n",
    }


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("a,b\n", "columns student and submitted"),
        ("student,submitted\njane,tomorrow\n", "line 2 'tomorrow'"),
        (b"student,submitted\nj\xff,\n", "UTF-8"),
        (f"{WORKSHEET}\nParticipant 7,lundi 1 février 2027\n", "line 2: 'lundi .* English"),
        ('[{"user_id": 1}]', "submission 1 has no user_id or no submitted_at"),
        ('[{"user_id": 1, "submitted_at": "2027-02-01T10:00"}]', "is not a time with its zone"),
        ('{"errors": 1}', "submission 1 has no user_id"),
        ("[5", "not valid JSON: line 1"),
    ],
)
def test_a_wrong_table_of_times_is_refused(tmp_path, text, word):
    path = tmp_path / "times.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ValueError, match=word):
        read_times(path)


def test_300_students_are_collected(course, tmp_path):
    path = write_zip(
        tmp_path / "x.zip", {f"s_{i}_{i}_convolution.ipynb": submission(i) for i in range(300)}
    )
    states, out = outcome(collect(course, "convolution", [path]))
    assert len(states) == 300 and out == {}


# --- the command -----------------------------------------------------------------------------


def test_the_command_says_what_it_left_out(course, tmp_path, capsys):
    from alexnet_lib import cli

    path = write_zip(tmp_path / "x.zip", {"jane/c.ipynb": GOOD, "eve/c.ipynb": "broken"})
    code = cli.main(["collect", "blocks/convolution", str(path), "--course", str(course.path)])
    out, err = capsys.readouterr()
    assert code == 1 and err == ""
    assert out.splitlines()[0] == "convolution: 1 collected, 1 left out; 1 submissions in all."
    assert "  eve: eve/c.ipynb: it is no notebook (incomplete: line 1)" in out.splitlines()
    assert cli.main(["collect", "convolution", "--course", str(course.path)]) == 0
    assert cli.main(["collect", "nothing", "--course", str(course.path)]) == 2
    assert cli.main(["collect", "convolution", "--course", str(tmp_path)]) == 2
