"""Grading a class: skipped, graded again, interrupted, killed, late, and read by a person."""

import csv
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from attacks.answers import ATTACKS
from classroom import hand_in, solved, wrong

from alexnet_lib.grading import grader, records
from alexnet_lib.grading.sandbox import process as sandbox

pytestmark = pytest.mark.usefixtures("needs_sandbox")
NAME = "convolution"
HERE = Path(__file__).parent


def scores(results):
    return {result.student: result.score for result in results}


def states(results):
    return {result.student: result.state for result in results}


@pytest.fixture
def small_class(course):
    """Three students: solved, wrong, and one who has handed in nothing but a link."""
    hand_in(course, "ada", solved())
    hand_in(course, "bob", wrong())
    path = hand_in(course, "eve", wrong())
    path.unlink()
    path.symlink_to(course.submitted("ada", NAME))
    return course


def test_a_class(small_class):
    progress = []
    results = grader.grade(small_class, NAME, progress=lambda *x: progress.append(x))
    assert scores(results) == {"ada": 18, "bob": 0, "eve": 0}
    assert states(results) == {"ada": "graded", "bob": "graded", "eve": "failed"}
    assert [r.waiting for r in results] == [1, 0, 0]  # an answer in words; bob wrote none
    assert progress == [(0, 2), (1, 2), (2, 2)]
    with open(small_class.report(NAME, "grades"), newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["student"] for row in rows] == ["ada", "bob", "eve"]
    assert rows[2]["reason"] == "there is no notebook, or only a link to one"
    page = small_class.feedback("ada", NAME).read_text(encoding="utf-8")
    assert "18 of 20 points" in page and "a person will read it" in page
    assert (
        "<script" not in page
        and "default-src 'none'" in page
        and "http" not in page.replace("http-equiv", "")
    )
    assert not list(small_class.path.rglob(".*.ipynb.*"))  # no half files


def test_only_what_changed_is_graded_again(small_class):
    grader.grade(small_class, NAME)
    assert states(grader.grade(small_class, NAME))["ada"] == "kept"
    assert states(grader.grade(small_class, NAME, ["bob"])) == {"bob": "kept"}
    assert states(grader.grade(small_class, NAME, ["bob"], again=True)) == {"bob": "graded"}
    hand_in(small_class, "bob", solved())  # a newer submission
    results = grader.grade(small_class, NAME)
    assert states(results) == {"ada": "kept", "bob": "graded", "eve": "failed"}
    assert scores(results)["bob"] == 18
    source = small_class.source(NAME)  # a changed test
    text = source.read_text(encoding="utf-8")
    source.write_text(
        text.replace("check(conv_out, 1, 1).gives(1)", "check(conv_out, 1, 1).gives(9)")
    )
    results = grader.grade(small_class, NAME)
    assert states(results) == {"ada": "graded", "bob": "graded", "eve": "failed"}
    assert scores(results) == {"ada": 16, "bob": 16, "eve": 0}


def test_a_draw_that_the_solution_fails_counts_for_nobody(course):
    path = course.source(NAME)
    line = "check(conv_out, 9, 3 if check.student is None else {}).gives(7)"
    text = path.read_text("utf-8")
    for kernel, score, reason in [("2 + 1", 18, ""), ("2", 18, "the solution fails those drawn")]:
        new = text.replace("check(conv_out, 1, 1).gives(1)", line.format(kernel))
        path.write_text(new, "utf-8")
        hand_in(course, "ada", solved())
        hand_in(course, "eve", wrong())
        ada, eve = grader.grade(course, NAME)
        assert (ada.state, ada.score, eve.score) == ("graded", score, 0)
        assert ada.reason.endswith(reason) and bool(ada.reason) == bool(reason)
        assert eve.reason == ""  # eve fails what everybody sees
    numbers = {course.number_for(s, n) for s in ("ada", "eve") for n in (NAME, "pooling")}
    assert len(numbers) == 4
    (course.path / "seed.txt").write_text("another secret")  # other inputs, so graded again
    assert states(grader.grade(course, NAME)) == {"ada": "graded", "eve": "graded"}
    assert course.number_for("ada", NAME) not in numbers


def test_two_that_take_all_memory_cost_nobody_else_a_point(course):
    """In one step and by forks, while an honest student is graded beside them."""
    for name in ("memory_in_one_step", "memory_by_forks"):
        hand_in(course, name, solved(conv_out=ATTACKS[name]))
    for honest in ("ada", "zoe"):
        hand_in(course, honest, solved())
    results = {r.student: r for r in grader.grade(course, NAME, jobs=3)}
    assert [results[name].score for name in ("ada", "zoe")] == [18, 18]
    for name in ("memory_in_one_step", "memory_by_forks"):
        assert results[name].state == "graded" and results[name].score < 18
        page = course.feedback(name, NAME).read_text("utf-8")
        assert "it used more than 600 MB" in page or "MemoryError" in page


def test_a_lost_row_of_the_gradebook_is_made_again(small_class):
    grader.grade(small_class, NAME)
    with small_class.gradebook() as gradebook:
        gradebook.remove_submission(NAME, "ada")
    assert states(grader.grade(small_class, NAME))["ada"] == "graded"


def test_unknown_students_and_empty_classes_are_said(course):
    with pytest.raises(ValueError, match="nobody has handed in anything for convolution"):
        grader.grade(course, NAME)
    hand_in(course, "ada", solved())
    with pytest.raises(ValueError, match="mallory has handed in nothing for convolution"):
        grader.grade(course, NAME, ["mallory"])


def test_what_a_person_gave_stays_and_comes_into_the_page(small_class):
    grader.grade(small_class, NAME)
    with small_class.gradebook() as gradebook:
        entry = gradebook.find_submission_notebook(NAME, NAME, "ada")
        (grade,) = [g for g in entry.grades if g.needs_manual_grade]
        grade.manual_score, grade.needs_manual_grade = 1.5, False
        (comment,) = [c for c in entry.comments if c.name == grade.name]
        comment.manual_comment = "Half a <b>point</b> less for the number."
        gradebook.db.commit()
    (ada, *_) = grader.grade(small_class, NAME)
    assert (ada.state, ada.score, ada.waiting) == ("kept", 19.5, 0)
    page = small_class.feedback("ada", NAME).read_text(encoding="utf-8")
    assert "19.5 of 20 points" in page and "Half a &lt;b&gt;point&lt;/b&gt; less" in page
    (ada, *_) = grader.grade(small_class, NAME, again=True)
    assert (ada.score, ada.waiting) == (19.5, 0)
    # another answer: the points stay, but a person is asked to look again
    hand_in(small_class, "ada", solved(conv_out="def conv_out(): pass"))
    (ada, *_) = grader.grade(small_class, NAME)
    assert ada.score < 19.5 and ada.waiting == 1
    assert states(grader.grade(small_class, NAME))["ada"] == "kept"


def test_late(small_class):
    with small_class.gradebook() as gradebook:
        gradebook.update_or_create_assignment(NAME, duedate="2030-01-01 12:00:00")
    late = 'per_day = "10%"\ngrace_hours = 1\nmost = "50%"\n'
    (small_class.path / "course.toml").write_text(f"[late]\n{late}")
    course = type(small_class)(small_class.path)
    times = {
        "early": "2029-12-31 12:00:00 UTC",
        "grace": "2030-01-01 12:30:00",
        "hours": "2030-01-01 15:00:00 UTC",
        "days": "2030-01-03 13:00:00 UTC",
        "weeks": "2030-02-01 00:00:00",
    }
    for student, text in times.items():
        hand_in(course, student, solved(), timestamp=text)
    found = {r.student: (r.score, r.late) for r in grader.grade(course, NAME, list(times))}
    assert found == {
        "early": (18, 0),
        "grace": (18, 0),
        "hours": (16.2, 1.8),
        "days": (14.4, 3.6),
        "weeks": (9, 9),
    }
    assert "a late penalty of 1.8" in course.feedback("hours", NAME).read_text(encoding="utf-8")
    with course.gradebook() as gradebook:
        gradebook.grant_extension(NAME, "weeks", days=60)
    assert scores(grader.grade(course, NAME, ["weeks"])) == {"weeks": 18}


def test_a_late_penalty_that_is_none_is_said(small_class):
    (small_class.path / "course.toml").write_text('[late]\nper_day = "a lot"\n')
    course = type(small_class)(small_class.path)
    with pytest.raises(ValueError, match=r"late\.per_day must be points or per cent"):
        grader.grade(course, NAME)


def test_a_worker_that_dies_costs_one_submission(small_class):
    """A test that ends the process in which it runs, at the answer 77."""
    source = small_class.source(NAME)
    ends = "77 == conv_out(5, 3) and __import__('os')._exit(3)\\n"
    first = "check(conv_out, 5, 3).gives(3, near="
    source.write_text(source.read_text(encoding="utf-8").replace(first, ends + first))
    hand_in(small_class, "cia", solved(conv_out="def conv_out(*a, **k): return 77"))
    results = grader.grade(small_class, NAME, jobs=1)
    assert list(states(results).values()) == ["graded", "graded", "failed", "failed"]
    assert results[2].reason == "the grader's process ended (code 3)"


def test_a_worker_that_hangs_is_ended(small_class, monkeypatch):
    monkeypatch.setattr(grader, "patience", lambda limits, assignment: 1.0)  # seconds, for all
    hand_in(small_class, "cia", solved(conv_out="import time; time.sleep(1.9)"))
    results = {r.student: r for r in grader.grade(small_class, NAME, ["cia"])}
    assert results["cia"].reason == "the grader's process did not finish"


def test_what_can_not_be_recorded_costs_one_submission(small_class, monkeypatch):
    record = records.Assignment.record

    def fails(self, gradebook, submission, outputs):
        if submission.student == "ada":
            raise OSError(28, "No space left on device", "x")
        return record(self, gradebook, submission, outputs)

    monkeypatch.setattr(records.Assignment, "record", fails)
    assert states(grader.grade(small_class, NAME))["bob"] == "graded"
    monkeypatch.undo()
    assert states(grader.grade(small_class, NAME)) == {
        "ada": "graded",
        "bob": "kept",
        "eve": "failed",
    }


def test_ctrl_c_says_how_far_it_is_and_the_same_call_goes_on(small_class):
    def stop(done, total):
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(grader.Interrupted) as stopped:
        grader.grade(small_class, NAME, jobs=1, progress=stop)
    assert (stopped.value.done, stopped.value.total) == (1, 2)
    assert sorted(states(grader.grade(small_class, NAME)).values()) == ["failed", "graded", "kept"]


GRADE = """
import sys
sys.path.insert(0, sys.argv[1])
from classroom import SmallLimits
from alexnet_lib.grading import grader
def report(done, total): print(done, total, flush=True)
grader.grade(SmallLimits(sys.argv[2]), "convolution", progress=report)
"""


def start_grading(course):
    command = [sys.executable, "-W", "error", "-c", GRADE, str(HERE), str(course.path)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def orphaned_workers():
    """Return the workers of a killed grader."""
    return [
        process
        for process in psutil.process_iter(["cmdline", "ppid"])
        if "alexnet_lib.grading.sandbox.worker" in (process.info["cmdline"] or ())
        and process.info["ppid"] == 1
    ]


@pytest.mark.parametrize("kills", [2, pytest.param(25, marks=pytest.mark.full)])
def test_killed_at_random_moments_nothing_is_lost_and_nothing_graded_twice(course, kills):
    """SIGKILL, as in a power cut: the next run leaves existing records alone."""
    chance = random.Random(kills)
    students = [f"s{i:03}" for i in range(6 * kills)]
    for i, student in enumerate(students):
        hand_in(course, student, solved() if i % 2 else wrong())
    records, again = {}, 0
    for _ in range(kills):
        process = start_grading(course)
        process.stdout.readline()  # "0 n": it has begun
        time.sleep(chance.uniform(0, 1))
        process.kill()
        process.communicate()
        assert process.returncode in (-signal.SIGKILL, 0)  # or it was fast
        for path in course.path.glob("autograded/*/*/graded.json"):
            record = (json.loads(path.read_text()), path.stat().st_mtime_ns)
            again += records.setdefault(path, record) != record
    assert again == 0
    end = time.monotonic() + 30  # a worker ends when it has started, which takes time under load
    while orphaned_workers():
        assert time.monotonic() < end
        time.sleep(0.1)
    results = grader.grade(course, NAME)
    assert scores(results) == {s: 18 if i % 2 else 0 for i, s in enumerate(students)}
    kept = [r.student for r in results if r.state == "kept"]
    assert {p.parts[-3] for p in records} == set(kept)
    with course.gradebook() as gradebook:
        assert len(gradebook.assignment_submissions(NAME)) == len(students)
        assert sorted(s.student.id for s in gradebook.assignment_submissions(NAME)) == students
    pages = [course.feedback(student, NAME) for student in students]
    assert all(page.is_file() for page in pages)


@pytest.mark.filterwarnings("ignore")  # nbgrader's own
def test_nbgraders_own_commands_run_in_the_sandbox_too(small_class):
    """`nbgrader autograde` and Formgrader's buttons, through the course folder's configuration."""
    from nbgrader.converters import Autograde, GenerateFeedback
    from nbgrader.coursedir import CourseDirectory

    evil = f"open({str(small_class.path / 'pwned')!r}, 'w')\n"
    evil += "get_ipython().input_transformers_cleanup.append(lambda lines: ['pass\\n'])"
    hand_in(small_class, "bob", solved(conv_out=evil))
    config = small_class.config()
    config.CourseDirectory.assignment_id = NAME
    for student in ("ada", "bob"):
        config.CourseDirectory.student_id = student
        for kind in (Autograde, GenerateFeedback):
            converter = kind(coursedir=CourseDirectory(config=config), config=config)
            converter.log.setLevel(50)
            converter.start()
    with small_class.gradebook() as gradebook:
        assert gradebook.find_submission(NAME, "ada").score == 18
        assert gradebook.find_submission(NAME, "bob").score < 18
    assert not (small_class.path / "pwned").exists()
    page = small_class.feedback("ada", NAME).read_text(encoding="utf-8")
    assert "18 of 20 points" in page and "<script" not in page


def test_no_sandbox_no_grading(small_class, monkeypatch):
    monkeypatch.setenv("PATH", os.devnull)
    with pytest.raises(sandbox.NoSandbox, match="apt install bubblewrap"):
        grader.grade(small_class, NAME)
    assert not (small_class.path / "autograded").exists()
