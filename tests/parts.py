"""The parts of the tests (`make test PART=…`), and which tests of a part run in one process.

CI runs each part in a job of its own (.ci/run); within a part, several processes share the tests.
"""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("lint-and-unit", "notebooks", "site", "grading")


def part_of(path: Path, browser: bool = False) -> str:
    """Return the part that a test belongs to, by its file and by whether it uses a browser.

    Every test has exactly one part, and only `site` needs Chromium.
    """
    name = path.relative_to(ROOT).as_posix()
    if browser or name.startswith("tests/site/"):
        return "site"
    if name.startswith("tests/grading/"):
        return "grading"
    return "notebooks" if path.name == "test_notebooks.py" else "lint-and-unit"


# Slow tests go first, or one process would still be running them when the others are done. The
# notebooks of one part of the book go before the others: the first makes the environment that all
# need, and they would wait.
FIRST = (
    "tests/grading/",
    "alone_in_colab[story/",
    "tests/site/test_build.py",
    "tests/site/test_practice.py",
    "test_notebooks.py",
    "tests/site/test_pages.py",
    "tests/site/",
    "tests/training/",
    "tests/test_new_lesson.py",
    "tests/test_tools.py",
    "tests/widgets/",
)
# In these files, tests whose parameters begin alike share something that is slow to make: a session
# of nbval for a part of the book, a page of the site, a page with a widget in all its states.
SHARED = {
    "tests/lessons/test_notebooks.py": r"\[(\w+)/",
    "tests/site/test_pages.py": r"\[(.*)\]",
    "tests/widgets/test_every_widget.py": r"\[(\w+)",
}


def order_of(nodeid: str) -> int:
    """Return the number by which to sort tests."""
    return next((i for i, part in enumerate(FIRST) if part in nodeid), len(FIRST))


def group_of(nodeid: str) -> str:
    """Return the name of a test's group, which one process runs in order: usually its file.

    Grading counts the sandboxes on the machine, so all tests that start one are in the same group.
    """
    file, _, test = nodeid.partition("::")
    if file.startswith("tests/grading/"):
        return "sandboxes"
    shared = re.search(SHARED.get(file, "$^"), test)
    return f"{file} {shared[1]}" if shared else file
