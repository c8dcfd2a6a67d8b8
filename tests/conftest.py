"""What tests in more than one folder share."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[1]
CHROMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
sys.path.insert(0, str(ROOT / "tools"))  # programs, not a package: `import lessons`, as they do


def pytest_addoption(parser):
    """`make test-full` runs also what takes long."""
    parser.addoption("--full", action="store_true", help="run also the tests marked `full`")


def pytest_collection_modifyitems(config, items):
    """Leave out what needs a GPU where there is none, and what takes long where nobody asks.

    pytest's summary counts it as deselected.
    """
    if not config.getoption("--full"):
        leave_out("full", config, items)
    if any(item.get_closest_marker("gpu") for item in items):
        from torch.cuda import is_available

        if not is_available():
            leave_out("gpu", config, items)


def leave_out(marker, config, items):
    """Deselect the tests with this marker."""
    left = [item for item in items if item.get_closest_marker(marker)]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]


class Snapshot(NamedTuple):
    """A git repository with one commit, and the settings under which git may use it."""

    repository: Path
    env: dict[str, str]

    def clone(self, folder: Path) -> Path:
        """A fresh clone: every file that a learner would get, and no other."""
        command = ["git", "clone", "--quiet", str(self.repository), str(folder)]
        subprocess.run(command, env=self.env, check=True)
        return folder


@pytest.fixture(scope="session")
def snapshot(tmp_path_factory) -> Snapshot:
    """The working tree as it stands, committed or not, less what .gitignore names.

    A repository of its own, so that it doesn't matter whether this checkout is shallow, belongs to
    somebody else or is no git repository at all; and with settings of its own, not the user's.
    """
    folder = tmp_path_factory.mktemp("snapshot")
    (folder / "gitconfig").write_text("[user]\nname = Test\nemail = test@example.org\n")
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    env |= {"GIT_CONFIG_GLOBAL": str(folder / "gitconfig"), "GIT_CONFIG_NOSYSTEM": "1"}
    repository = folder / "repository.git"

    def git(*arguments):
        subprocess.run(["git", *arguments], env=env, check=True)

    git("init", "--quiet", "--bare", "--initial-branch=main", str(repository))
    there = (f"--git-dir={repository}", f"--work-tree={ROOT}")
    git(*there, "add", "--all")
    git(*there, "commit", "--quiet", "--message", "The working tree")
    return Snapshot(repository, env)


@pytest.fixture(scope="session")
def browser():
    """Chromium or Chrome; without one the test is skipped, or fails where CI is set.

    One for all tests: two of Playwright's drivers can't run in one process.
    """
    found = os.environ.get("CHROME") or next(filter(None, map(shutil.which, CHROMES)), None)
    if not found:
        hint = "no Chromium or Chrome: apt install chromium (or set CHROME to its path)"
        if os.environ.get("CI"):
            pytest.fail(hint, pytrace=False)
        pytest.skip(hint)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(
            executable_path=found,
            args=["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
        )
        yield chrome
        chrome.close()
