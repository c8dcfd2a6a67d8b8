"""What tests in more than one folder share."""

import atexit
import ctypes
import os
import subprocess
import sys
import uuid
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import pytest
from filelock import FileLock
from hypothesis import settings

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))  # programs, not a package
sys.path.append(str(Path(__file__).resolve().parent))  # modules that tests share: nbval_runs …

import browsers
import quick_start  # noqa: F401  before nbformat
from collecting import pytest_collection  # noqa: F401  a hook
from parts import PARTS, ROOT, group_of, order_of, part_of

# The same examples each time, however long they take: no test may hang on luck or on the machine.
settings.register_profile("course", derandomize=True, deadline=None)
settings.load_profile("course")


def pytest_addoption(parser):
    """Add the options of `make test-full` (also the long tests) and `make test PART=…`."""
    parser.addoption("--full", action="store_true", help="also run the tests marked `full`")
    parser.addoption("--part", action="append", choices=PARTS, help="run only this part (or these)")


def pytest_configure(config):
    """Let a worker of pytest-xdist end at once when all is said, before the tests import much.

    What is registered first runs last: after it Python would take apart all that the worker has
    imported and collected, for seconds.
    """
    if hasattr(config, "workerinput"):
        atexit.register(leave, os.getpid())


def leave(process):
    """End this process, unless it is a fork of the one meant."""
    if os.getpid() == process:
        os._exit(0)


def pytest_collection_modifyitems(config, items):
    """Leave out other parts, long tests without --full, and GPU tests without a GPU.

    pytest's summary counts them as deselected.
    """
    if parts := config.getoption("--part"):
        leave_out(lambda item: part_of(item.path, uses_browser(item)) not in parts, config, items)
    if not config.getoption("--full"):
        leave_out(lambda item: item.get_closest_marker("full"), config, items)
    if any(item.get_closest_marker("gpu") for item in items):
        from torch.cuda import is_available

        if not is_available():
            leave_out(lambda item: item.get_closest_marker("gpu"), config, items)
    items.sort(key=lambda item: order_of(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Schedule the tests by the groups of parts.py, in their order."""
    from xdist.scheduler import LoadScopeScheduling

    class InGroups(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return group_of(nodeid)

    config.option.loadscopereorder = False
    return InGroups(config, log)


def pytest_deselected(items):
    """Count the tests that a worker leaves out, for the summary, which another process writes."""
    if items and hasattr(items[0].config, "workeroutput"):
        output = items[0].config.workeroutput
        output["left out"] = output.get("left out", 0) + len(items)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node, error):
    """Put a worker's count of left-out tests, the same in all workers, into the summary."""
    reporter = node.config.pluginmanager.get_plugin("terminalreporter")
    left_out = getattr(node, "workeroutput", {}).get("left out", 0)
    reporter.stats["deselected"] = [SimpleNamespace() for _ in range(left_out)]


def uses_browser(item):
    """Return whether a test has the marker `browser`, or only the fixture."""
    return item.get_closest_marker("browser") or "browser" in getattr(item, "fixturenames", ())


def leave_out(unwanted, config, items):
    """Deselect the tests for which `unwanted(item)` is true."""
    deselected = [item for item in items if unwanted(item)]
    if deselected:
        config.hook.pytest_deselected(items=deselected)
        items[:] = [item for item in items if not unwanted(item)]


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item, nextitem):
    """Give memory back after each file: glibc keeps much of what tests have freed."""
    if nextitem is None or item.path != nextitem.path:
        getattr(ctypes.CDLL(None), "malloc_trim", int)(0)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session, exitstatus):
    """Let another process remove what the tests have made, if all passed: it takes ten seconds.

    If it is ended before that, the next run of pytest removes what has such a name.
    """
    factory = getattr(session.config, "_tmp_path_factory", None)
    is_worker = hasattr(session.config, "workerinput")
    if exitstatus or is_worker or not factory or session.config.option.basetemp:
        return
    garbage = factory.getbasetemp().with_name(f"garbage-{uuid.uuid4()}")
    factory.getbasetemp().rename(garbage)
    program = "import shutil, sys; shutil.rmtree(sys.argv[1], ignore_errors=True)"
    remover = subprocess.Popen(
        [sys.executable, "-c", program, garbage],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    remover.returncode = 0  # nobody waits for it


class Snapshot(NamedTuple):
    """A git repository with one commit, and the environment for git commands on it."""

    repository: Path
    env: dict[str, str]

    def clone(self, folder: Path) -> Path:
        """Clone it: every file that a learner would get, and no other."""
        command = ["git", "clone", "--quiet", str(self.repository), str(folder)]
        subprocess.run(command, env=self.env, check=True)
        return folder


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory):
    """`shared_folder(name, make)` -> a folder that `make(folder)` fills, once for all workers."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent  # shared by all workers

    def share(name, make):
        folder = base / name
        marker = base / f"{name}.made"
        with FileLock(base / f"{name}.lock"):
            if not marker.exists():
                folder.mkdir()
                make(folder)
                marker.touch()
        return folder

    return share


def make_snapshot(folder):
    """Make the repository of `snapshot`."""
    (folder / "gitconfig").write_text("[user]\nname = Test\nemail = test@example.org\n")
    snapshot = snapshot_in(folder)

    def git(*arguments):
        subprocess.run(["git", *arguments], env=snapshot.env, check=True)

    git("init", "--quiet", "--bare", "--initial-branch=main", str(snapshot.repository))
    options = (f"--git-dir={snapshot.repository}", f"--work-tree={ROOT}")
    git(*options, "add", "--all")
    git(*options, "commit", "--quiet", "--message", "The working tree")


def snapshot_in(folder):
    """Return the Snapshot in a folder."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    env |= {"GIT_CONFIG_GLOBAL": str(folder / "gitconfig"), "GIT_CONFIG_NOSYSTEM": "1"}
    return Snapshot(folder / "repository.git", env)


@pytest.fixture(scope="session")
def snapshot(shared_folder) -> Snapshot:
    """The working tree as it is now, committed or not, without what .gitignore names.

    It is a separate repository, so that this checkout may be shallow, belong to another user or be
    no git repository at all; and it has its own settings, not the user's.
    """
    return snapshot_in(shared_folder("snapshot", make_snapshot))


@pytest.fixture(scope="session")
def browser():
    """Chromium or Chrome; without one the test is skipped, or fails if CI is set.

    All tests share one: two of Playwright's drivers can't run in one process.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = browsers.launch(playwright)
        if not browser:
            hint = "no Chromium or Chrome: apt install chromium (or set CHROME to its path)"
            if os.environ.get("CI"):
                pytest.fail(hint, pytrace=False)
            pytest.skip(hint)
        yield browser
        browser.close()
