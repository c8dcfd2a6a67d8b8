"""The short programs of lessons, which a reader can change and run in the page."""

import json
import re

import cell_runner
import live_cells
import pytest

from .conftest import COURSE, ROOT, View
from .test_pages import LAPTOP, complaints, settings

LESSONS = {
    name: json.loads((ROOT / f"book/{name}.ipynb").read_text("utf-8")) for name in COURSE["lessons"]
}


def notebook(*cells):
    """A notebook of code cells, and of text for a cell that begins with ##."""
    return {
        "cells": [
            {
                "cell_type": "markdown" if text.startswith("##") else "code",
                "source": [text],
                "outputs": [{}],
            }
            for text in cells
        ]
    }


def test_a_program_gets_the_statements_that_it_builds_on():
    cells = (
        "import numpy as np\nimport torch\nfrom alexnet_lib import plots",
        "x = np.zeros(3)\nx[1] = 2\nother = 5\nprint(other)",
        "plots.numbers(x, 'x')",
        "## In ten lines",
        "def f(a):\n    other = a\n    return other.sum()\n\nprint(f(x))",
        "print(f(2 * x))",
        "print(torch.ones(3))",
        "plots.numbers(x, 'again')",
        "## After",
        "print(x)",
    )
    assert list(live_cells.programs(notebook(*cells))) == [
        (4, "import numpy as np\nx = np.zeros(3)\nx[1] = 2"),
        (
            5,
            "import numpy as np\nx = np.zeros(3)\nx[1] = 2\n"
            "def f(a):\n    other = a\n    return other.sum()",
        ),
    ]


def texts(cell):
    """Return what a cell of a notebook printed and what its last line gave."""
    found = []
    for output in cell["outputs"]:
        found.append("".join(output.get("text", output.get("data", {}).get("text/plain", ""))))
    return "".join(found).rstrip("\n")


@pytest.mark.parametrize("name", LESSONS)
def test_every_program_prints_what_the_lesson_shows(name):
    for index, needed in live_cells.programs(LESSONS[name]):
        cell = LESSONS[name]["cells"][index]
        said = []
        cells = [("before", needed), ("program", "".join(cell["source"]))]
        cell_runner.run_cells(cells, lambda *news, said=said: said.append(news))
        assert "".join(text for _, _, text in said).rstrip("\n") == texts(cell)


def test_most_lessons_have_one():
    counts = {name: len(list(live_cells.programs(cells))) for name, cells in LESSONS.items()}
    assert sum(map(bool, counts.values())) >= 8, counts


@pytest.mark.browser
def test_a_reader_changes_a_program_and_runs_it(browser, site):
    seen = View(browser, (site / "book/blocks/pooling.html").as_uri(), **settings("light", LAPTOP))
    try:
        page = seen.page
        assert [u for u in seen.requests if re.search("_static/(python|editor|practice)", u)] == []
        cell = page.locator(".cell.tag_live").first
        shown = cell.locator(".cell_output").inner_text().strip()
        cell.get_by_role("button", name="Edit and run").click()
        page.wait_for_function(
            "document.querySelector('.live-actions [role=status]').textContent === 'It ran.'",
            timeout=240_000,
        )
        assert cell.locator(".practice-output").inner_text().strip() == shown
        assert [u for u in seen.requests if not u.startswith(("file:", "blob:", "data:"))] == []
        page.keyboard.press("Control+End")
        page.keyboard.type("\nprint(6 // 4)")
        page.keyboard.press("Shift+Enter")
        page.wait_for_function(
            "document.querySelector('.practice-output').textContent.endsWith('1')"
        )
        assert complaints(page) == ""
        cell.get_by_role("button", name="As it was").click()
        assert "6 // 4" not in cell.locator(".cm-content").inner_text()
        assert seen.troubles == []
    finally:
        seen.close()
