"""`alexnet grade` and the line of `alexnet doctor`."""

import csv
import os
import re
import types

import pytest
from classroom import hand_in, solved, wrong

from alexnet_lib import cli
from alexnet_lib.commands import doctor, grade
from alexnet_lib.grading import grader
from alexnet_lib.grading.sandbox import process


@pytest.fixture
def alexnet(capsys):
    def call(*words):
        capsys.readouterr()
        code = cli.main(words)
        out, err = capsys.readouterr()
        return types.SimpleNamespace(code=code, out=out, err=err)

    return call


def test_a_class_in_words(alexnet, course, needs_sandbox):
    hand_in(course, "ada", solved())
    hand_in(course, "bob", wrong())
    result = alexnet("grade", "blocks/convolution", "--course", course.path)
    assert result.code == 0
    assert "convolution: 2 graded.\nPoints: 9.0 of 20 on average.\n" in result.out
    assert "1 answer of 1 student needs grading by hand" in result.out
    assert "2 of 2 submissions" in result.err
    assert re.search(r"^2 submissions, [12] at a time\. .* within \d+ minutes, even", result.err)
    result = alexnet("grade", "convolution", "--course", course.path, "--students", "bob")
    assert "convolution: 0 graded, 1 graded before." in result.out


def test_the_end_is_announced_for_the_slowest_answers(capsys, course):
    """200 students who sleep until each limit: the pool ends their workers by then."""
    limits = process.Limits(total=180)
    plain, drawing = types.SimpleNamespace(solution=None), types.SimpleNamespace(solution=[1])
    assert grader.patience(limits, plain) == 180 + grader.PATIENCE
    assert grader.patience(limits, drawing) == 3 * 180 + grader.PATIENCE
    assert grader.longest(200, 2, 240) == 24_000 and grader.longest(3, 2, 240) == 480
    grade.announce(200, 2, grader.longest(200, 2, 240))
    assert "200 submissions, 2 at a time. " in (said := capsys.readouterr().err)
    assert "within 6.7 hours" in said


def test_one_that_fails_is_named_and_the_code_says_so(alexnet, course, needs_sandbox):
    hand_in(course, "ada", solved())
    hand_in(course, "bob", "no notebook")
    result = alexnet("grade", "convolution", "--course", course.path)
    assert result.code == 1
    assert "  bob could not be graded: it is no notebook (incomplete: line 1)\n" in result.out


def test_mistakes_are_one_sentence(alexnet, course, needs_sandbox, tmp_path):
    for words, said in {
        ("convolution", "--course", tmp_path / "none"): "is not a course folder",
        ("pooling", "--course", course.path): "has no assignment 'pooling'",
        ("convolution", "--course", course.path): "nobody has handed in anything",
        ("convolution", "--jobs", "0"): "--jobs must be at least 1",
        ("convolution", "--jobs", "two"): "--jobs must be a whole number",
    }.items():
        result = alexnet("grade", *words)
        assert result.code == 2 and said in result.err and result.err.count("\n") == 1


def test_one_command_at_a_time(alexnet, course, needs_sandbox):
    hand_in(course, "ada", solved())
    with course.locked("alexnet collect"):
        for command in ("assign", "collect", "grade"):
            result = alexnet(command, "convolution", "--course", course.path)
            assert result.code == 2 and result.err.count("\n") == 1
            assert "alexnet collect, started by" in result.err
            assert f"process {os.getpid()}" in result.err
    assert alexnet("collect", "convolution", "--course", course.path).code == 0


def test_what_took_long_is_named(alexnet, course, needs_sandbox, monkeypatch):
    hand_in(course, "ada", solved())
    monkeypatch.setattr(grade, "SLOW", 0.1)
    result = alexnet("grade", "convolution", "--course", course.path)
    assert re.search(r"Took long: ada \(\d+ s\)\.", result.out)
    table = course.report("convolution", "grades").read_text()
    rows = list(csv.DictReader(table.splitlines()))
    assert float(rows[0]["seconds"]) > 0


def test_it_refuses_without_a_sandbox(alexnet, course, monkeypatch, tmp_path):
    hand_in(course, "ada", solved())
    monkeypatch.setenv("PATH", str(tmp_path))
    result = alexnet("grade", "convolution", "--course", course.path)
    assert result.code == 2 and "nothing is graded without a sandbox" in result.err
    assert "apt install bubblewrap" in result.err and result.err.count("\n") == 1
    (line,) = doctor.grading()
    assert line[0] == doctor.WITHOUT and "apt install bubblewrap" in line[1]


def test_doctor_says_that_it_works(needs_sandbox):
    assert list(doctor.grading()) == [
        (doctor.GOOD, "Students' code can run in a sandbox: alexnet grade works here")
    ]


def test_interrupted_it_says_how_far_it_is(alexnet, course, needs_sandbox, monkeypatch):
    def interrupt(*a, **k):
        raise grader.Interrupted(3, 7)

    monkeypatch.setattr(grader, "grade", interrupt)
    result = alexnet("grade", "convolution", "--course", course.path)
    assert result.code == 130
    assert "interrupted after 3 of 7 submissions" in result.err and "to go on" in result.err
