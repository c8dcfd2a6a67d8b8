"""What the tests of grading share: see classroom.py, which makes courses and submissions."""

import os
import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # classroom and attacks, for the tests here

from classroom import made_course, small_limits, with_markers

from alexnet_lib.grading.sandbox import process as sandbox


@pytest.fixture(scope="session")
def walled():
    """A sandbox starts here; without one the test is skipped, or fails where CI is set."""
    why_not = sandbox.trouble()
    if why_not and os.environ.get("CI"):
        pytest.fail(why_not, pytrace=False)
    if why_not:
        pytest.skip(why_not)


@pytest.fixture(scope="session")
def pattern(tmp_path_factory):
    """A course folder to copy: making its gradebook takes a second."""
    return made_course(tmp_path_factory.mktemp("course") / "pattern")


@pytest.fixture
def course(pattern, tmp_path):
    """A fresh course folder with the exercise on convolution."""
    return small_limits(shutil.copytree(pattern.path, tmp_path / "course"))


@pytest.fixture(scope="session")
def marked_pattern(tmp_path_factory):
    """The same, with markers in its hidden tests."""
    return made_course(tmp_path_factory.mktemp("course") / "marked", source=with_markers())
