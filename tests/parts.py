"""The parts of the tests (`make test PART=…`), and what of them stays together.

CI runs each part in a job of its own (.ci/run); in every one some processes share the tests.
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


# What takes long goes first, or one process would be left with it while the others are done.
FIRST = ("test_notebooks.py", "tests/grading/", "tests/site/test_pages.py", "_browser.py")
# The tests of such a file that have the same parameter share what it costs to make: a page, say.
BY_PARAMETER = ("test_notebooks.py", "test_pages.py", "test_every_widget.py")


def order_of(nodeid: str) -> int:
    """Return a number to sort tests by."""
    return next((i for i, part in enumerate(FIRST) if part in nodeid), len(FIRST))


def group_of(nodeid: str) -> str:
    """Return the name of the tests that one process runs, one after the other: those of a file.

    Grading counts the sandboxes on the machine, so whatever starts some is one group.
    """
    file, _, test = nodeid.partition("::")
    if file.startswith("tests/grading/"):
        return "sandboxes"
    parameter = re.search(r"\[(.*)\]", test)
    return f"{file} {parameter[1]}" if parameter and file.endswith(BY_PARAMETER) else file
