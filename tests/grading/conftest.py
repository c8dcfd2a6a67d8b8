"""Fixtures of the grading tests; classroom.py makes courses and submissions."""

import os
import sys
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

sys.path.insert(0, str(Path(__file__).parent))  # classroom and attacks, for the tests here

from classroom import copy_course, make_course, with_markers

from alexnet_lib.grading.sandbox import process as sandbox


@pytest.fixture(scope="session")
def needs_sandbox():
    """Skip the test where no sandbox starts, or fail it where CI is set."""
    problem = sandbox.sandbox_problem()
    if problem and os.environ.get("CI"):
        pytest.fail(problem, pytrace=False)
    if problem:
        pytest.skip(problem)


@pytest.fixture(scope="session")
def pattern(tmp_path_factory):
    """A course folder to copy."""
    return make_course(tmp_path_factory.mktemp("course") / "pattern")


@pytest.fixture
def course(pattern, tmp_path):
    """A fresh course folder with the exercise on convolution."""
    return copy_course(pattern, tmp_path / "course")


@pytest.fixture(scope="session")
def marked_pattern(tmp_path_factory):
    """The same, with markers in its hidden tests."""
    return make_course(tmp_path_factory.mktemp("course") / "marked", source=with_markers())


@event.listens_for(Engine, "connect")
def do_not_wait_for_the_disk(connection, _):
    """Let SQLite leave its writing to the system: nbgrader commits hundreds of times a test."""
    connection.execute("PRAGMA synchronous = OFF")
