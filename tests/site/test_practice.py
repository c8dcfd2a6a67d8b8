"""An exercise in the page: Python runs in the browser, and the notebook comes back filled in.

Python is started once, in a page opened from the folder, and asked everything; what needs a page of
its own that has not started Python, or that loses it, comes after.
"""

import gzip
import json
import re
import subprocess
import sys
from collections import Counter
from hashlib import sha256

import nbformat
import pytest
from accessibility import complaints, poor_texts
from notebook_cells import Cell, code_cells, play
from wrong_answers import wrong_answers

from alexnet_lib.grading.sandbox.process import sandbox_problem

from .conftest import COURSE, ROOT, View
from .test_pages import LAPTOP, PHONE, WIDER, resize, settings, turn

pytestmark = pytest.mark.browser

EXERCISES = list(COURSE["exercises"])
# Pages are alike, and each takes a second to open: three of them, and with --full all.
SOME_AND_THE_REST = [
    *EXERCISES[:3],
    *(pytest.param(name, marks=pytest.mark.full) for name in EXERCISES[3:]),
]
PAGE = "book/practice/convolution.html"
STATIC = ROOT / "book/_ext/static"
START = 240_000  # ms, for a busy machine
READY = "alexnetPython.isReady()"
# The run is over and its result is shown: the panel's Stop has nothing to stop.
OVER = """[...document.querySelectorAll(".practice-panel button")]
  .find((button) => button.textContent === "Stop").disabled"""

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
        self.wait(OVER)
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


# --- before and while Python starts -------------------------------------------------------------


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


# --- what Python says ---------------------------------------------------------------------------


def test_an_answer_is_checked_in_the_words_of_the_notebook(python):
    assert python.check("conv_out") == (
        "✗ conv_out(5, 3): not written yet. "
        "Put your code in place of `raise NotImplementedError()`."
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


# And there NumPy's own whole numbers have 32 bits, and C's library words an error differently.
PLATFORM = {
    "int32": "int64",
    "OverflowError: (68, 'Result not representable')": (
        "OverflowError: (34, 'Numerical result out of range')"
    ),
}


def as_on_linux(text):
    """Return what the page says with the platform's own words in place of WebAssembly's."""
    for here, there in PLATFORM.items():
        text = text.replace(here, there)
    return text


def compare_wrong_answers(python, name, answers):
    """Fail unless the page says of the wrong answers what CPython says in a notebook."""
    source, release = notebook_of("source", name), notebook_of("release", name)
    runs = [cells_for(answer, source, release) for answer in answers]
    for answer, cells, said in zip(answers, runs, python.page.evaluate(RUN, runs), strict=True):
        played = play({name: Cell(name, code, 0) for name, code in cells})
        for cell, _ in cells:
            assert played[cell].stderr == ""
            there = played[cell].stdout, WARNED.sub("", played[cell].error)
            here = as_on_linux(said[cell]["text"]), as_on_linux(said[cell]["error"])
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
        ("import numpy as np\nnp.ones((200_000, 200_000))", "ValueError: array is too big"),
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


# --- the notebook -------------------------------------------------------------------------------


def filled_by_hand(name, answers):
    """Return the text of the release notebook with the answers in it, as nbformat writes it."""
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


@pytest.mark.parametrize("name", SOME_AND_THE_REST)
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


@pytest.mark.full
def test_alexnet_grade_gives_the_downloaded_notebook_the_same_points(practice, tmp_path):
    """For other exercises the test above says it: the same bytes get the same points."""
    if problem := sandbox_problem():
        pytest.skip(problem)
    seen = practice()
    cells = notebook_of("source", "convolution").values()
    answers = {c.grade_id: c.source for c in cells if not c.points and c.grade_id != "imports"}
    wrong = "def conv_out(n, k, stride=1, padding=0):\n    return (n - k) // stride + 1"
    answers["conv_out"] = wrong
    seen.page.evaluate("(answers) => alexnetPractice.put(Object.entries(answers))", answers)
    with seen.page.expect_download() as download:
        seen.page.get_by_role("button", name="Download my notebook").click()
    assert download.value.suggested_filename == "convolution.ipynb"
    assert "This is the file to hand in." in seen.status
    handed_in = tmp_path / "in"
    handed_in.mkdir()
    download.value.save_as(handed_in / "page.ipynb")
    (handed_in / "hand.ipynb").write_text(filled_by_hand("convolution", answers), "utf-8")
    for words in (["assign", "convolution"], ["grade", "convolution", handed_in]):
        command = [sys.executable, "-m", "alexnet_lib.cli", *words, "--course", tmp_path / "course"]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    table = (tmp_path / "course/reports/convolution-grades.csv").read_text("utf-8")
    scores = [line.split(",")[:3] for line in sorted(table.splitlines()[1:])]
    assert [row[:2] for row in scores] == [["hand", "graded"], ["page", "graded"]]
    assert scores[0][2] == scores[1][2] and 0 < float(scores[0][2]) < 18


def test_a_notebook_is_read_back_with_the_cells_that_were_added(practice, tmp_path):
    seen = practice()
    seen.write("conv_params", "# mine")
    notebook = json.loads(filled_by_hand("convolution", {"conv_out": "def conv_out(): pass"}))
    ids = [cell["metadata"]["nbgrader"]["grade_id"] for cell in notebook["cells"]]
    for place, code in ((ids.index("conv_out") + 1, "def help(): pass"), (1, "import math")):
        added = {"cell_type": "code", "metadata": {}, "source": [code], "outputs": []}
        notebook["cells"].insert(place, added)
    path = tmp_path / "mine.ipynb"
    path.write_text(json.dumps(notebook), "utf-8")

    def open_file(file):
        seen.page.locator("input[type=file]").set_input_files(file)

    open_file(path)
    seen.wait("document.querySelector('.practice-status').textContent.includes('mine.ipynb')")
    assert seen.status == (
        "The answers of mine.ipynb are in the page now. Undo brings back what was here."
    )
    assert seen.code("conv_out") == "import math\n\ndef conv_out(): pass\n\ndef help(): pass"
    assert "NotImplementedError" in seen.code("conv_params")
    seen.page.get_by_role("button", name="Undo").click()
    assert seen.code("conv_params") == "# mine"
    bad = {"bad.ipynb": "{", "other.ipynb": '{"cells": []}', "no.ipynb": '{"a": 1}'}
    for name, text in bad.items():
        (tmp_path / name).write_text(text)
        open_file(tmp_path / name)
        seen.wait(f"document.querySelector('.practice-status').textContent.includes('{name}')")
        assert re.search("is not a notebook|has no answers to this exercise", seen.status)
    assert seen.code("conv_params") == "# mine"


# --- what is kept -------------------------------------------------------------------------------


def test_work_is_kept_and_a_changed_exercise_keeps_what_fits(practice):
    seen = practice()
    seen.write("conv_out", "x = 1")
    seen.write("conv2d", "y = 2")
    seen.page.evaluate(
        """() => {
          const key = (id) => `alexnet-practice/convolution/${id}`;
          const old = JSON.parse(localStorage.getItem(key("conv2d")));
          localStorage.setItem(key("conv2d"), JSON.stringify({ ...old, gap: "another" }));
          localStorage.setItem(key("gone"), JSON.stringify({ text: "z = 3", gap: "" }));
          localStorage.setItem("alexnet-practice/pooling/conv_out", "{}");
        }"""
    )
    seen.page.reload()
    assert seen.code("conv_out") == "x = 1" and seen.code("conv2d") == "y = 2"
    notes = seen.page.locator("[data-cell] .practice-note")
    assert notes.count() == 1 and "This task has changed" in notes.inner_text()
    gone = seen.page.locator(".practice-gone")
    assert "no longer here: gone" in gone.inner_text()
    assert "z = 3" in gone.locator("pre").text_content()
    seen.page.get_by_role("button", name="Start again").click()
    assert "NotImplementedError" in seen.code("conv_out")
    seen.page.reload()
    assert "NotImplementedError" in seen.code("conv_out")


def test_two_tabs_show_the_same(practice):
    seen = practice()
    other = seen.context.new_page()
    other.goto(seen.page.url)
    other.evaluate("alexnetPractice.put([['conv_out', 'x = 7']])")
    seen.wait("alexnetPractice.filled().includes('x = 7')")
    assert "in another tab" in seen.status
    seen.write("conv2d", "y = 8")
    other.wait_for_function("alexnetPractice.filled().includes('y = 8')")
    assert "x = 7" in other.evaluate("alexnetPractice.filled()")
    assert seen.troubles == []


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("Storage.prototype.setItem = () => { throw new Error('full') }", "can't keep your work"),
        (
            "Object.defineProperty(window, 'localStorage', { get() { throw Error() } })",
            "can't keep",
        ),
        ("delete window.DecompressionStream", "This browser can't run Python in a page"),
    ],
)
def test_what_the_browser_lacks_is_a_sentence(browser, site, script, words):
    context = browser.new_context()
    context.add_init_script(script)
    page = context.new_page()
    page.goto((site / PAGE).as_uri())
    if "Python" not in words:
        page.evaluate("alexnetPractice.put([['conv_out', 'x = 7']])")
        assert "x = 7" in page.evaluate("alexnetPractice.filled()")
    assert words in page.locator(".practice-status").inner_text()
    assert "Download my notebook" in page.locator(".practice-panel").inner_text()
    context.close()


def test_a_model_answer_comes_after_ones_own(practice):
    seen = practice()
    model = seen.page.locator(".practice-model")
    compare = seen.page.get_by_role("button", name="Compare with a model answer")
    assert not model.is_visible() and compare.is_disabled()
    seen.page.get_by_label("Your answer").fill(
        "One kernel is used everywhere, so it is counted once."
    )
    assert seen.code("why_sharing").endswith(
        "\n\nOne kernel is used everywhere, so it is counted once."
    )
    compare.click()
    assert model.is_visible() and "34,944 parameters" in model.inner_text()
    seen.page.reload()
    assert seen.page.get_by_label("Your answer").input_value().startswith("One kernel")


# --- by keyboard, over the web, and when Python stops -------------------------------------------


def test_by_keyboard_from_the_start_to_the_download_and_offline(browser, server):
    seen = Practice(browser, server + PAGE, **settings("light", LAPTOP))
    try:
        keys = seen.page.keyboard
        seen.page.get_by_role("button", name="Start Python").focus()
        keys.press("Enter")
        seen.wait(READY)
        assert [u for u in seen.requests if not u.startswith((server, "blob:", "data:"))] == []
        asked = len(seen.requests)
        for _ in range(40):
            keys.press("Tab")
            if seen.page.evaluate("document.activeElement.matches('.cm-content')"):
                break
        assert seen.page.evaluate("document.activeElement.ariaLabel") == "Your code for conv_out"
        keys.press("Control+a")
        keys.type("def conv_out(n, k, stride=1, padding=0):\nif k > n:\nreturn 0\n")
        keys.press("Shift+Tab")
        keys.type("return (n + 2 * padding - k) // stride + 1")
        assert seen.code("conv_out").splitlines()[1:] == [
            "    if k > n:",
            "        return 0",
            "    return (n + 2 * padding - k) // stride + 1",
        ]
        keys.press("Escape")
        keys.press("Tab")
        assert seen.page.evaluate("document.activeElement.textContent") == "Check"
        keys.press("Enter")
        seen.wait(OVER)
        assert seen.status == "✓ conv_out passes. 1 of 9 checks pass."
        assert seen.page.evaluate("document.activeElement.textContent") == "Check"  # still there
        seen.page.get_by_role("button", name="Download my notebook").focus()
        with seen.page.expect_download():
            keys.press("Enter")

        # An endless loop is stopped without a network, and nothing is lost or fetched again.
        seen.context.set_offline(True)
        seen.write("conv_params", "while True:\n    print('round')\n")
        seen.press_check("conv_params")
        output = "document.querySelector('[data-cell=conv_params] .practice-output')"
        seen.wait(f"{output}.textContent.includes('cut here')")
        seen.press_check("conv_params")  # it says Stop
        seen.wait(READY)
        assert "Stopped." in seen.status or seen.status == "Python is ready."
        assert "round" in seen.frame("conv_params").locator(".practice-output").inner_text()
        seen.write("conv_params", "")
        assert seen.check("conv_out").startswith("✓")
        assert len(seen.requests) == asked or all("blob:" in u for u in seen.requests[asked:])
        assert seen.troubles == []
    finally:
        seen.close()


def test_tab_passes_no_gap_before_its_editor_is_made(practice):
    seen = practice()
    seen.page.add_init_script("IntersectionObserver.prototype.observe = () => {}")
    seen.page.reload()
    gaps = seen.page.locator(".practice-editor").count()
    assert gaps > 5 and seen.page.locator(".cm-content").count() == 0
    reached = []
    seen.page.get_by_role("button", name="Start Python").focus()
    for _ in range(100):
        seen.page.keyboard.press("Tab")
        if seen.page.evaluate("document.activeElement.matches('.cm-content')"):
            reached.append(seen.page.evaluate("document.activeElement.ariaLabel"))
            seen.page.keyboard.press("Escape")
            if len(reached) == gaps:
                break
    names = [name for name in seen.filled() if f"check_{name}" in seen.filled()]
    assert reached == [f"Your code for {name}" for name in names]


def test_python_that_breaks_down_is_started_again(python):
    python.write("conv_params", "import ctypes\nctypes.memset(2**31 - 8, 0, 2**30)")
    python.press_check("conv_params")
    python.wait("document.querySelector('.practice-status').textContent.includes('broke down')")
    python.write("conv_params", "")
    python.wait(READY)
    assert "conv_out(5, 3)" in python.check("conv_out")


def test_a_part_that_does_not_come_is_a_sentence_and_is_asked_for_again(practice):
    seen = practice()
    first = seen.page.evaluate("alexnetPython.parts[0][0]")
    seen.page.evaluate("alexnetPython.parts[0][0] = 'python/gone.js'")
    seen.page.get_by_role("button", name="Start Python").click()
    seen.wait("document.querySelector('.practice-status').textContent.includes('try again')")
    assert "could not be loaded" in seen.status
    seen.page.evaluate("(file) => { alexnetPython.parts[0][0] = file; }", first)
    seen.page.get_by_role("button", name="Start Python").click()
    seen.wait("document.querySelector('.practice-panel').innerText.includes('is starting')")


# --- how it looks, and what it weighs -------------------------------------------------------------


def test_axe_finds_no_violation_with_results_in_the_page(python):
    for theme in ("light", "dark"):
        turn(python.page, theme)
        for screen in (LAPTOP, PHONE):
            resize(python.page, screen)
            assert python.page.evaluate(WIDER) <= 0
        assert poor_texts(python.page) == []
    assert complaints(python.page) == ""
    turn(python.page, "light")
    resize(python.page, LAPTOP)


def test_the_bytes_are_the_ones_that_were_made(site):
    folder = ROOT / "book/_ext/python"
    stated = json.loads((folder / "files.json").read_text("utf-8"))
    for name, facts in stated.items():
        content = (folder / name).read_bytes()
        assert (len(content), sha256(content).hexdigest()) == (facts["bytes"], facts["sha256"])
    assert {*stated, "files.json", "LICENSES.txt"} == {path.name for path in folder.iterdir()}
    licences = (site / "_static/python/LICENSES.txt").read_text("utf-8")
    for words in (
        "Mozilla Public License Version 2.0",
        "PYTHON SOFTWARE FOUNDATION LICENSE VERSION 2",
        "NumPy Developers",
    ):
        assert words in licences


def test_python_is_at_most_nine_megabytes_and_the_editor_150_kilobytes(site):
    text = (site / "_static/python/parts.js").read_text("utf-8")
    parts = json.loads(text.removeprefix("alexnetPython.parts = ").removesuffix(";\n"))
    assert 8e6 < sum(size for _, size in parts) <= 9e6
    assert {name for name, _ in parts} | {"python/parts.js", "python/LICENSES.txt"} == {
        f"python/{path.name}" for path in (site / "_static/python").iterdir()
    }
    assert len(gzip.compress((STATIC / "editor/codemirror.js").read_bytes())) <= 150_000


def test_other_pages_load_nothing_of_it(site):
    for page in site.rglob("*.html"):
        text = page.read_text("utf-8")
        here = "_static/practice.js?" in text
        assert here == (page.parent.name == "practice"), page
        loads = " ".join(re.findall(r'<(?:script|link)[^>]+(?:src|href)="([^"]+)"', text))
        for file in ("/python.js", "parts.js", "codemirror.js", "practice.css"):
            assert (file in loads) == here, (page, file)
