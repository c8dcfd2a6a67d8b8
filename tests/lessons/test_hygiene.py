"""The house rules of notebooks: every notebook keeps them, and each rule sees what breaks it."""

import json
import subprocess
import sys

import hygiene
import pytest
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from repository import ROOT

NOTEBOOKS = sorted(
    path
    for folder in ("book", "exercises")
    for path in (ROOT / folder).rglob("*.ipynb")
    if ".ipynb_checkpoints" not in path.parts
)
OTHERS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "pyproject.toml")]
ADDRESS = "https://github.com/somebody/a-book"
OBJECTIVES = ["add two numbers", "multiply two numbers"]


@pytest.mark.parametrize(
    "path", [*NOTEBOOKS, *OTHERS], ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_a_file_keeps_the_rules(path):
    assert not hygiene.problems(path)


def test_there_are_lessons_sources_and_releases():
    names = [path.relative_to(ROOT).as_posix() for path in NOTEBOOKS]
    for folder in ("book/", "exercises/source/", "exercises/release/"):
        assert any(name.startswith(folder) for name in names), folder


def picture(alt):
    return new_output(
        "display_data",
        data={"image/png": "iVBORw0KGgo=", "text/plain": str(alt)},
        metadata={"image/png": {"alt": alt}},
    )


def lesson():
    """The smallest lesson that keeps every rule."""
    text = (
        "A sum is what two numbers make. That is why we all should care for it: "
        "on every day there are numbers. "
    )
    widget = new_output("display_data", data={"text/html": '<div data-alexnet-widget="sum"></div>'})
    setup = hygiene.SETUP.format(extra="[lessons]", address=ADDRESS)
    cells = [
        new_markdown_cell(f"# Sums\n\n{text}"),
        new_markdown_cell(
            "**You will**\n\n- add two numbers, with a pencil\n- multiply two numbers\n\n"
            "40 minutes. You need nothing."
        ),
        new_code_cell(setup),
        new_code_cell("from alexnet_lib.widgets import SumWidget"),
        *(new_code_cell(f"1 + {number}") for number in range(10)),
        new_markdown_cell(
            "## By hand\n\n" + 60 * text + "\n\n$$\n1 + 1\n$$\n\nSee `a[b][c]` and $x[1][2]$."
        ),
        new_code_cell("plot()", outputs=[picture("Two bars; the second is twice as long.")]),
        new_markdown_cell(
            "## Try it\n\n**Before you move anything**\n\n1. What is it?\n2. And then?"
        ),
        new_code_cell("SumWidget()", outputs=[widget]),
        new_markdown_cell("## At AlexNet's size\n\nIt adds a lot."),
        new_markdown_cell("## Where it goes wrong\n\nIt overflows."),
        new_markdown_cell("## You have\n\n- added\n- multiplied\n- overflowed"),
        new_markdown_cell(
            "## Questions\n\n"
            + 2 * "<details>\n<summary>How much is it?</summary>\n\nTwo.\n\n</details>\n\n"
        ),
        new_markdown_cell(f"## Next\n\n- [the source]({ADDRESS}/blob/main/README.md)"),
    ]
    code = [cell for cell in cells if cell.cell_type == "code"]
    for number, cell in enumerate(code, 1):
        cell.execution_count = number
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    return new_notebook(cells=cells, metadata=dict(hygiene.NOTEBOOK_METADATA))


def page():
    """The smallest notebook that is no lesson and keeps the rules of a page."""
    notebook = lesson()
    notebook.cells = [cell for cell in notebook.cells if cell.cell_type == "code"][:6]
    text = "Of sums one hears many things that aren't so. Here each is tested in a line or two. "
    opening = f"# Tales of sums\n\n{text}{text}\n\n20 minutes."
    notebook.cells.insert(0, new_markdown_cell(opening, id="opening"))
    return notebook


@pytest.fixture
def root(tmp_path):
    """A course with one lesson, one page, an address and nothing else."""
    (tmp_path / "book").mkdir()
    (tmp_path / "_config.yml").write_text(f"repository:\n  url: {ADDRESS}\n")
    entry = {"title": "Sums", "minutes": 40, "objectives": OBJECTIVES}
    course = {
        "lessons": {"sums": entry},
        "pages": {"tales": {"title": "Tales of sums", "minutes": 20}},
    }
    (tmp_path / "book" / "course.yml").write_text(yaml.safe_dump(course))
    return tmp_path


def problems(notebook, root, name="book/sums.ipynb"):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook) + "\n")  # nbformat would repair it
    return hygiene.problems(path, root)


def test_a_good_lesson_has_no_problems(root):
    assert problems(lesson(), root) == []


def test_the_trainer_at_work_may_stand_in_the_place_of_a_widget(root):
    notebook = lesson()
    put("from alexnet_lib.widgets import SumWidget", "from alexnet_lib.trainer import Trainer")(
        notebook
    )
    widget = next(cell for cell in notebook.cells if cell.source == "SumWidget()")
    widget.update(source="Trainer(model).fit(train)", outputs=[])
    assert problems(notebook, root) == []


def code(notebook, number):
    return hygiene.code_cells(notebook)[number - 1]


def say(text):
    """Break a lesson by a text cell."""
    return lambda nb: nb.cells.insert(-6, new_markdown_cell(text, id="new"))


def put(old, new):
    """Break a lesson by another text in the place of one."""

    def breaks(nb):
        sources = [cell.source for cell in nb.cells]
        assert any(old in source for source in sources)
        for cell in nb.cells:
            cell.source = cell.source.replace(old, new)

    return breaks


def show(output, number=5):
    """Break a lesson by an output."""
    return lambda nb: code(nb, number).outputs.append(output)


def stream(text, name="stdout"):
    return new_output("stream", text=text, name=name)


def error(nb):
    code(nb, 5).outputs = [new_output("error", ename="ValueError", evalue="no", traceback=[])]


def out_of_order(nb):
    code(nb, 5).execution_count, code(nb, 6).execution_count = 6, 5


def tag(nb):
    nb.cells[0].metadata["collapsed"] = True


BROKEN = {
    "state of widgets": lambda nb: nb.metadata.update(widgets={}),
    "metadata of an editor: colab": lambda nb: nb.metadata.update(colab={}),
    "metadata of an editor: collapsed": tag,
    "not valid nbformat": lambda nb: nb.cells[3].update(id=nb.cells[2].id),
    "is empty": lambda nb: code(nb, 5).update(source=" \n"),
    "was not executed": lambda nb: code(nb, 5).update(execution_count=None),
    "out of order": out_of_order,
    "stderr": show(stream("careful", "stderr")),
    "stores an error: ValueError": error,
    "a widget's view": show(
        new_output("display_data", data={hygiene.VIEW: {"model_id": "1"}, "text/plain": "w"})
    ),
    "one machine only: /opt/venv/lib": show(stream("see /opt/venv/lib for more")),
    "one machine only: C:\\Users": show(stream(r"C:\Users\me")),
    "one machine only: /tmp": say("Look into `/tmp` for it."),
    "one machine only: ~/book": say("Look into ~/book for it."),
    "one machine only: site-packages": show(
        new_output("display_data", data={"text/html": "<b>site-packages</b>"})
    ),
    "one machine only: 0x7f3a12b4c5d6": show(
        new_output("display_data", data={"text/plain": "<object at 0x7f3a12b4c5d6>"})
    ),
    "without a text that says what: ''": show(picture("")),
    "without a text that says what: 'A plot'": show(picture("A plot")),
    "without a text that says what: '<Figure": show(picture("<Figure size 640x480 with 1 Axes>")),
    "without a text that says what to see": say("![short](picture.png)"),
    'picture without a text that says what to see in it: <img src="a">': say('<img src="a">'),
    "a directive": say(":::{note}\nHear me.\n:::"),
    "a directive, which notebooks show raw: ```{note}": say("```{note}\nHear me.\n```"),
    "a role": say("See {eq}`one`."),
    "a target": say("(there)=\n### There"),
    "a footnote": say("So they say[^1]."),
    "a reference link": say("See [the paper][1]."),
    "a reference link, which notebooks show raw: [1]:": say("[1]: paper.pdf"),
    "display maths": say("So $$1 + 1$$ it is."),
    "setup cell": put("-q ", "-qq "),
    "another repository": say(
        "[open](https://colab.research.google.com/github/me/mine/blob/main/a)"
    ),
    "8 code cells": lambda nb: [nb.cells.remove(code(nb, 5)) for _ in range(6)],
    "26 code cells": lambda nb: [nb.cells.insert(9, new_code_cell("1")) for _ in range(12)],
    "19 lines": lambda nb: code(nb, 5).update(source="1\n" * 19),
    "imports everything": lambda nb: code(nb, 5).update(source="from math import *"),
    "semicolon": lambda nb: code(nb, 5).update(source="plot();"),
    "words of text": put("A sum is what two numbers make. ", ""),
    "titles": put("# Sums", "# Differences"),
    "titles ['Sums', 'More']": say("# More"),
    "why anyone should care": put("# Sums\n\nA", "# Sums\n\nSums.\n\n## A"),
    "does not promise": put("- add two numbers", "- subtract two numbers"),
    "3 points under **You will**": put("- multiply", "- divide\n- multiply"),
    "40 minutes": put("40 minutes", "140 minutes"),
    "headings": put("## You have", "## You had"),
    "no widget under Try it": lambda nb: [c.update(outputs=[]) for c in hygiene.code_cells(nb)],
    "1 numbered predictions": put("\n2. And then?", ""),
    "takes no widget": put("alexnet_lib.widgets", "widgets"),
    "2 points under You have": put("- multiplied\n", ""),
    "1 questions": put("<summary>How much is it?</summary>\n\nTwo.\n\n</details>\n\n<details>", ""),
    "0 questions": put("\n\nTwo.", ""),
    "links to nothing": put("](", "] ("),
    "MB": show(stream(1_500_000 * "x")),
}


@pytest.mark.parametrize("complaint", BROKEN)
def test_a_broken_rule_is_seen(complaint, root):
    notebook = lesson()
    BROKEN[complaint](notebook)
    assert any(complaint in problem for problem in problems(notebook, root)), problems(
        notebook, root
    )


def test_a_page_is_no_lesson_and_keeps_the_other_rules(root):
    assert problems(page(), root, "book/tales.ipynb") == []
    as_lesson = " ".join(problems(page(), root))
    for missing in ("6 code cells", "words of text", "does not promise", "has the headings"):
        assert missing in as_lesson


# What of a lesson's rules holds for a page too; the other breaks need a lesson's text.
BREAKS_A_PAGE = {
    "titles": put("# Tales", "# Stories"),
    "why anyone should care": put("Of sums", "## Of sums"),
    "20 minutes": put("20 minutes", "120 minutes"),
    **{
        complaint: BROKEN[complaint]
        for complaint in (
            "state of widgets",
            "metadata of an editor: collapsed",
            "was not executed",
            "out of order",
            "stderr",
            "stores an error: ValueError",
            "one machine only: /opt/venv/lib",
            "without a text that says what: 'A plot'",
            "setup cell",
            "19 lines",
            "imports everything",
            "semicolon",
            "MB",
        )
    },
}


@pytest.mark.parametrize("complaint", BREAKS_A_PAGE)
def test_a_broken_rule_is_seen_on_a_page(complaint, root):
    notebook = page()
    BREAKS_A_PAGE[complaint](notebook)
    found = problems(notebook, root, "book/tales.ipynb")
    assert any(complaint in problem for problem in found), found


def test_a_tag_allows_an_error(root):
    notebook = lesson()
    error(notebook)
    code(notebook, 5).metadata["tags"] = ["raises-exception"]
    assert problems(notebook, root) == []


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/a/b/c",
        "[a](../b/c) and <p>1/2/3</p>",
        "$h/2/s$ and `x/y/z`",
        "0xff00ff and a 4:3 picture; km/h/day",
    ],
)
def test_what_is_no_path(text):
    assert hygiene.machine_trace(text) is None


def test_an_exercise_keeps_fewer_rules(root):
    setup = hygiene.SETUP.format(extra="", address=ADDRESS)
    exercise = new_notebook(
        cells=[new_code_cell(setup, id="setup", metadata={"nbgrader": {"grade": False}})],
        metadata=dict(hygiene.NOTEBOOK_METADATA),
    )
    assert problems(exercise, root, "exercises/release/a/a.ipynb") == []
    assert "was not executed" in problems(exercise, root, "exercises/source/a/a.ipynb")[0]
    exercise.cells[0].source = setup.replace("a-book", "another-book")
    found = problems(exercise, root, "exercises/release/a/a.ipynb")
    assert "another repository" in found[0] and "setup cell" in found[1]


def test_a_lesson_has_its_place_in_the_course(root):
    assert "is not in book/course.yml" in problems(lesson(), root, "book/other.ipynb")[0]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{\n", "is not a notebook"),
        ("[]\n", "is not in nbformat 4.5"),
        ('{"nbformat": 4}\n', "is not in nbformat 4.5"),
        ('{"nbformat": 4, "nbformat_minor": 5}\n', "is not valid nbformat 4.5"),
        ('{"nbformat": 3}', "does not end with one newline"),
    ],
)
def test_what_is_no_notebook_is_said(content, complaint, root):
    path = root / "book" / "sums.ipynb"
    path.write_text(content)
    assert complaint in hygiene.problems(path, root)[0]


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("README.md", f"git clone {ADDRESS}", "git clone https://github.com/me/mine"),
        ("README.md", "https://somebody.github.io/a-book/", "https://me.github.io/a-book/"),
        ("pyproject.toml", f'Repository = "{ADDRESS}"', f'Repository = "{ADDRESS}s"'),
        ("CONTRIBUTING.md", f"git clone {ADDRESS}.git", "git clone https://github.com/me/mine"),
    ],
)
def test_addresses_elsewhere(name, good, bad, root):
    for text, right in ((good, True), (bad, False)):
        (root / name).write_text(text + "\n")
        assert (hygiene.problems(root / name, root) == []) is right


def test_the_program_prints_a_line_for_each_problem():
    command = [sys.executable, "tools/hygiene.py", "pyproject.toml"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_program_fails_on_a_problem(root, capsys):
    (root / "README.md").write_text("nothing\n")
    assert hygiene.main([str(root / "README.md")], root) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("README.md: names neither the repository nor its website")
