"""An exercise in the page: Python runs in the browser, and the notebook comes back filled in.

Python is started once, in a page opened from the folder, and asked everything; what needs a page of
its own that has not started Python, or that loses it, comes after.
"""

import gzip
import json
import re
import shutil
from collections import Counter
from hashlib import sha256

import nbformat
import pytest
from notebook_cells import Cell, code_cells, play
from wrong_answers import wrong_answers

from .conftest import COURSE, PRACTICE, ROOT, View
from .test_pages import LAPTOP, PHONE, WIDER, complaints, resize, settings, turn

pytestmark = pytest.mark.browser

EXERCISES = list(COURSE["exercises"])
PAGE = "book/practice/convolution.html"
STATIC = ROOT / "book/_ext/static"
START = 240_000  # ms, for a busy machine
READY = "alexnetPython.isReady()"

RUN = """async (runs) => {
  const all = [];
  for (const cells of runs) {
    const said = {};
    await alexnetPython.run(cells, (name, kind, text) => {
      said[name] ??= { text: "", error: "" };
      if (kind in said[name]) said[name][kind] += text;
    });
    all.push(said);
  }
  return all;
}"""


class Practice(View):
    """The page of an exercise, and what a reader does with it."""

    def start(self):
        """Press Start Python, and wait until it is there."""
        self.page.get_by_role("button", name="Start Python").click()
        self.wait(READY)
        return self

    def wait(self, condition):
        """Wait until a condition in JavaScript is true."""
        self.page.wait_for_function(condition, timeout=START)

    def write(self, name, code):
        """Replace the code in a gap."""
        self.page.evaluate("([name, code]) => alexnetPractice.put([[name, code]])", [name, code])

    def code(self, name):
        """Return the code in a gap."""
        return self.filled()[name]

    def filled(self):
        """Return {grade_id: source} of the notebook that the page would give."""
        notebook = json.loads(self.page.evaluate("alexnetPractice.filled()"))
        return {
            c["metadata"]["nbgrader"]["grade_id"]: "".join(c["source"]) for c in notebook["cells"]
        }

    def frame(self, name):
        """Return the frame of a cell."""
        return self.page.locator(f'[data-cell="{name}"]')

    def press_check(self, name):
        """Press Check of a gap."""
        self.frame(f"check_{name}").locator(".practice-press").click()

    def check(self, name):
        """Press Check of a gap, and return what the page says."""
        self.press_check(name)
        self.wait(f"document.querySelector('[data-cell=check_{name}]').dataset.passed")
        return self.frame(f"check_{name}").locator(".practice-output").inner_text()

    @property
    def status(self):
        """The sentence of the panel."""
        return self.page.locator(".practice-status").inner_text()


@pytest.fixture
def practice(browser, site):
    """`practice(page, **settings)` -> a Practice from the folder, closed at the end."""
    views = []

    def open_page(page=PAGE, **options):
        views.append(Practice(browser, (site / page).as_uri(), **options))
        return views[-1]

    yield open_page
    for one in views:
        one.close()


@pytest.fixture(scope="module")
def seen(browser, site):
    """The page of one exercise, opened from the folder, before Python is started."""
    view = Practice(browser, (site / PAGE).as_uri(), **settings("light", LAPTOP))
    yield view
    view.close()


@pytest.fixture(scope="module")
def python(seen):
    """The same page, with Python."""
    if not seen.page.evaluate(READY):
        seen.start()
    return seen


def notebook_of(kind, name):
    """Return the code cells of an exercise's "source" or "release", without the setup."""
    cells = code_cells(ROOT / f"exercises/{kind}/{name}/{name}.ipynb")
    del cells["setup"]
    return cells


# --- before and while Python starts ---------------------------------------------------------------


def test_nothing_of_python_is_loaded_before_the_reader_asks(seen):
    assert not seen.page.evaluate(READY)
    assert [url for url in seen.requests if re.search(r"/python/(?!parts\.js)", url)] == []
    assert "9 MB" in seen.page.get_by_role("button", name="Start Python").inner_text()


def test_the_button_brings_python_from_the_folder_alone(seen):
    seen.start()
    assert [u for u in seen.requests if not u.startswith(("file:", "blob:", "data:"))] == []
    assert seen.status == "Python is ready."
    assert not seen.page.get_by_role("button", name="Start Python").is_visible()
    assert not seen.page.locator("progress").is_visible()


# --- what Python says -------------------------------------------------------------------------------


def test_an_answer_is_checked_in_the_words_of_the_notebook(python):
    assert python.check("conv_out") == (
        "✗ conv_out(5, 3): not written yet. Put your code in place of `raise NotImplementedError()`."
    )
    python.write(
        "conv_out", "def conv_out(n, k, stride=1, padding=0):\n    return (n - k) // stride"
    )
    assert python.frame("check_conv_out").locator(".practice-state").inner_text() == (
        "Changed since the last check."
    )
    assert python.check("conv_out") == "✗ conv_out(5, 3) gave 2. The first window counts too: + 1."
    assert python.status.startswith("✗ conv_out(5, 3) gave 2.")
    right = (
        "def conv_out(n, k, stride=1, padding=0):\n    return (n + 2 * padding - k) // stride + 1"
    )
    python.write("conv_out", right)
    lines = python.check("conv_out").splitlines()
    assert len(lines) > 4 and all(line.startswith("✓ conv_out(") for line in lines)
    assert python.status == "✓ conv_out passes. 1 of 9 checks pass."


def test_an_unreadable_cell_says_which_line_and_its_check_what_is_missing(python):
    python.write("conv_params", "def conv_params(c_in, c_out, k, bias=True)\n    return 1")
    said = python.check("conv_params")
    assert "Traceback" not in said and said.startswith("✗ ")
    output = python.frame("conv_params").locator(".practice-output").inner_text()
    assert output.startswith("✗ Python can't read line 1: expected ':': def conv_params")


@pytest.mark.parametrize("name", EXERCISES)
def test_every_solution_passes_hidden_tests_too(python, name):
    cells = [[c.grade_id, c.source] for c in notebook_of("source", name).values()]
    (said,) = python.page.evaluate(RUN, [cells])
    assert {cell: texts["error"] for cell, texts in said.items() if texts["error"]} == {}
    assert sum(texts["text"].count("✓") for texts in said.values()) >= len(cells) // 3


def cells_for(answer, source, release):
    """Return [[name, code], …]: everything that the checks need that a wrong answer loses."""
    extra = [code for name, code in answer.functions.items() if name not in source]
    cells = [["helpers", "\n\n".join(extra)]]
    for name, cell in release.items():
        if name in answer.losing:
            cells.append([name, cell.source])
        elif not cell.points:
            cells.append([name, answer.functions.get(name, source[name].source)])
    return cells


# In a browser floating-point arithmetic raises no flags, so NumPy can't warn of a division by zero,
# and a check can't pass the warning on.
WARNED = re.compile(r"(\n  hint:)? Python warned: (divide by zero|overflow|invalid value) [^.]*\.")


def compare_wrong_answers(python, name, answers):
    """Fail unless the page says of the wrong answers what CPython says in a notebook."""
    source, release = notebook_of("source", name), notebook_of("release", name)
    runs = [cells_for(answer, source, release) for answer in answers]
    for answer, cells, said in zip(answers, runs, python.page.evaluate(RUN, runs), strict=True):
        played = play({name: Cell(name, code, 0) for name, code in cells})
        for cell, _ in cells:
            assert played[cell].stderr == ""
            there = played[cell].stdout, WARNED.sub("", played[cell].error)
            here = said[cell]["text"], said[cell]["error"]
            assert here == there, (answer.name, cell)


@pytest.mark.parametrize("name", EXERCISES)
def test_some_wrong_answers_get_the_same_message_as_in_a_notebook(python, name):
    compare_wrong_answers(python, name, wrong_answers(name)[::8])


@pytest.mark.full
@pytest.mark.parametrize("name", EXERCISES)
def test_every_wrong_answer_gets_the_same_message_as_in_a_notebook(python, name):
    compare_wrong_answers(python, name, wrong_answers(name))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("def f():\n    return f()\n\nf()", "RecursionError: maximum recursion depth exceeded"),
        ("import numpy as np\nnp.ones((200_000, 200_000))", "MemoryError: Unable to allocate"),
        ("import torch", "there is no torch here. The page has Python and NumPy"),
        ("input()", "✗ your code stopped: "),
    ],
)
def test_what_a_page_cannot_do_is_a_sentence(python, code, words):
    (said,) = python.page.evaluate(RUN, [[["a", code], ["b", "print('on')"]]])
    assert words in said["a"]["error"] and "\n" not in said["a"]["error"]
    assert said["b"]["text"] == "on\n"


def test_everything_is_run_at_once(python):
    python.page.get_by_role("button", name="Run everything").click()
    python.wait("document.querySelector('.practice-status').textContent.startsWith('Everything')")
    states = python.page.locator(".practice-check").evaluate_all(
        "(all) => all.map((c) => c.dataset.passed)"
    )
    assert Counter(states) == {"yes": 1, "no": 8}


# --- the notebook -----------------------------------------------------------------------------------


def filled_by_hand(name, answers):
    """Return the text of the release notebook with the answers in their cells, as nbformat has it."""
    path = ROOT / f"exercises/release/{name}/{name}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.source = answers.get(cell.metadata.nbgrader.grade_id, cell.source)
    return nbformat.writes(notebook) + "\n"


FILL = """(all) => {
  const empty = JSON.parse(alexnetPractice.filled());
  const before = empty.cells.filter((c) => c.metadata.nbgrader.solution);
  return all.map((answers) => {
    alexnetPractice.put(before.map((c) => [c.metadata.nbgrader.grade_id, c.source.join("")]));
    alexnetPractice.put(Object.entries(answers));
    return alexnetPractice.filled();
  });
}"""


@pytest.mark.parametrize("name", EXERCISES)
def test_the_downloaded_notebook_is_the_one_filled_in_by_hand(practice, name):
    """Byte for byte, for the solution and some wrong answers: so it is graded alike."""
    seen = practice(f"book/practice/{name}.html")
    release = json.loads((ROOT / f"exercises/release/{name}/{name}.ipynb").read_text("utf-8"))
    gaps = {
        c["metadata"]["nbgrader"]["grade_id"]
        for c in release["cells"]
        if c["metadata"]["nbgrader"]["solution"]
    }
    solution = {n: c.source for n, c in notebook_of("source", name).items() if n in gaps}
    wrong = [solution | answer.functions for answer in wrong_answers(name)[::5]]
    tried = [{n: code for n, code in one.items() if n in gaps} for one in [{}, solution, *wrong]]
    for answers, given in zip(tried, seen.page.evaluate(FILL, tried), strict=True):
        assert given == filled_by_hand(name, answers)
    assert seen.troubles == []
