"""The house rules of notebooks: every notebook keeps them, and each rule catches a violation."""

import json

import hygiene
import pytest
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from repository import ROOT

COURSE = yaml.safe_load((ROOT / "book" / "course.yml").read_text(encoding="utf-8"))
FILES = [
    *("README.md", "CONTRIBUTING.md", "pyproject.toml"),
    *(f"book/{name}.ipynb" for name in COURSE["lessons"] | COURSE["pages"]),
    *(
        f"exercises/{kind}/{name}/{name}.ipynb"
        for kind in ("source", "release")
        for name in COURSE["exercises"]
    ),
]
ADDRESS = "https://github.com/somebody/a-book"
OBJECTIVES = ["add two numbers", "multiply two numbers"]
WIDGET = new_output("display_data", data={"text/html": '<div data-alexnet-widget="sum"></div>'})
ANSWER = "<details>\n<summary>How much is it?</summary>\n\nTwo.\n\n</details>\n\n"


@pytest.mark.parametrize("name", FILES)
def test_a_file_keeps_the_rules(name):
    assert not hygiene.problems(ROOT / name)


# What a rule catches. One small lesson keeps them all, and each violation is reported.


def picture(alt):
    data = {"image/png": "iVBORw0KGgo=", "text/plain": alt}
    return new_output("display_data", data=data, metadata={"image/png": {"alt": alt}})


def notebook_of(*parts):
    """Make a notebook of texts, sources and (source, output) in turn; a text begins with #."""
    cells = []
    for number, part in enumerate(parts):
        source, *outputs = part if isinstance(part, tuple) else (part,)
        if source.startswith("#"):
            cells.append(new_markdown_cell(source, id=f"cell-{number}"))
        else:
            cells.append(new_code_cell(source, id=f"cell-{number}", outputs=outputs))
    notebook = new_notebook(cells=cells, metadata=dict(hygiene.NOTEBOOK_METADATA))
    for number, cell in enumerate(hygiene.code_cells(notebook), 1):
        cell.execution_count = number
    return notebook


def lesson():
    """Make the smallest lesson that keeps every rule."""
    return notebook_of(
        "# Sums\n\nNumbers are added every day.\n\n**You will**\n\n- add two numbers, by hand\n"
        "- multiply two numbers\n\n15 minutes. You need nothing.",
        hygiene.SETUP.format(extra="[lessons]", address=ADDRESS),
        "from alexnet_lib.widgets import SumWidget",
        "1 + 1",
        "1 + 2",
        "## By hand\n\n$$\n1 + 1\n$$\n\nSee `a[b][c]` and $x[1][2]$.",
        ("plot()", picture("Two bars; the second is twice as long.")),
        "## Try it\n\n**Before you move anything**\n\n1. What is it?\n2. And then?",
        ("SumWidget()", WIDGET),
        "## At AlexNet's size\n\nIt adds a lot.",
        "## Where it goes wrong\n\nIt overflows.",
        "## You have\n\n- added\n- multiplied\n- overflowed",
        "## Questions\n\n" + 2 * ANSWER,
        "## Quiz\n\nWhat has stayed with you?",
        ('Quiz("sums")', WIDGET),
        f"## Next\n\n- [the source]({ADDRESS}/blob/main/README.md)",
    )


def page():
    """Make the smallest notebook that keeps the rules of a page."""
    return notebook_of(
        "# Tales of sums\n\nMany tales about sums are false.\n\n20 minutes.",
        hygiene.SETUP.format(extra="[lessons]", address=ADDRESS),
        ("plot()", picture("Two bars; the second is twice as long.")),
        "1 + 2",
    )


@pytest.fixture
def root(tmp_path):
    """A course with one lesson, one page, an address, a term and nothing else."""
    (tmp_path / "book" / "quizzes").mkdir(parents=True)
    (tmp_path / "book" / "quizzes" / "sums.yml").write_text("- id: sum")
    (tmp_path / "_config.yml").write_text(f"repository:\n  url: {ADDRESS}\n")
    entry = {"title": "Sums", "minutes": 15, "objectives": OBJECTIVES}
    pages = {"tales": {"title": "Tales of sums", "minutes": 20}}
    course = {"lessons": {"sums": entry}, "pages": pages}
    (tmp_path / "book" / "course.yml").write_text(yaml.safe_dump(course))
    (tmp_path / "book" / "glossary.yml").write_text("sum: {also: [total]}\n")
    return tmp_path


def write(notebook, root, name="book/sums.ipynb"):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook) + "\n")  # nbformat would repair it
    return path


def problems(notebook, root, name="book/sums.ipynb"):
    return hygiene.problems(write(notebook, root, name), root)


def code(notebook, number):
    return hygiene.code_cells(notebook)[number - 1]


def add_text(text):
    """Return a change that adds a text cell."""
    return lambda notebook: notebook.cells.append(new_markdown_cell(text, id="new"))


def replace(old, new):
    """Return a change that replaces a text in all cells."""

    def change(notebook):
        assert any(old in cell.source for cell in notebook.cells)
        for cell in notebook.cells:
            cell.source = cell.source.replace(old, new)

    return change


def add_output(output):
    """Return a change that adds an output."""
    return lambda notebook: code(notebook, 3).outputs.append(output)


def stream(text, name="stdout"):
    return new_output("stream", text=text, name=name)


ERROR = new_output("error", ename="ValueError", evalue="no", traceback=[])
VIOLATIONS = {  # a problem -> the change to a lesson that causes it
    "stores the state of widgets": lambda nb: nb.metadata.update(widgets={}),
    "has an editor's metadata: colab": lambda nb: nb.metadata.update(colab={}),
    "cell 1 has an editor's metadata": lambda nb: nb.cells[0].metadata.update(collapsed=True),
    "isn't folded by its tags": lambda nb: code(nb, 3).metadata.update(tags=["predict"]),
    "is not valid nbformat": lambda nb: nb.cells[3].update(id=nb.cells[2].id),
    "is empty": lambda nb: code(nb, 3).update(source=" \n"),
    "was not executed": lambda nb: code(nb, 3).update(execution_count=None),
    "out of order": lambda nb: code(nb, 3).update(execution_count=4),
    "stores a warning or other output to stderr": add_output(stream("careful", "stderr")),
    "stores an error: ValueError": add_output(ERROR),
    "a widget's view": add_output(new_output("display_data", data={hygiene.VIEW: {}})),
    "shows a trace of one machine: /opt/venv/lib": add_output(stream("see /opt/venv/lib")),
    "has a trace of one machine: /tmp": add_text("Look into `/tmp` for it."),
    "a useful alt text: ''": add_output(picture("")),
    "a useful alt text: '<Figure": add_output(picture("<Figure size 640x480 with 1 Axes>")),
    "a useful alt text: picture.png": add_text("![short](picture.png)"),
    "a useful alt text: <img": add_text('<img src="a">'),
    "has a directive": add_text("```{note}\nHear me.\n```"),
    "has a role": add_text("See {eq}`one`."),
    "has a target": add_text("(there)=\n### There"),
    "has a footnote": add_text("So they say[^1]."),
    "has a reference link": add_text("See [the paper][1]."),
    "has display maths": add_text("So $$1 + 1$$ it is."),
    "does not begin its code with the setup cell": replace("-q ", "-qq "),
    "another repository": add_text("[a](https://colab.research.google.com/github/me/mine/blob/a)"),
    "imports everything": lambda nb: code(nb, 3).update(source="from math import *"),
    "ends a line with a semicolon": lambda nb: code(nb, 3).update(source="plot();"),
    "has the titles ['Sums', 'More']": add_text("# More"),
    "why anyone should care": replace("Numbers are added every day.", ""),
    "does not promise under **You will**": replace("- add", "- subtract"),
    "promises under **You will** what": replace("- add", "- fly\n- add"),
    "that it takes 15 minutes": replace("15 minutes", "115 minutes"),
    "promises 15 minutes in course.yml but takes 20": add_text("word " * 110 * 5),
    "takes 75 minutes to read; move all beyond 60": add_text("word " * 110 * 60),
    "has the headings": replace("## You have", "## You had"),
    "a widget under Try it": lambda nb: [c.update(outputs=[]) for c in hygiene.code_cells(nb)],
    "imports neither": replace("alexnet_lib.widgets", "widgets"),
    "folded answers to 1 of its 2": replace(2 * ANSWER, ANSWER + ANSWER.replace("Two.", "")),
    'does not show Quiz("sums")': replace('Quiz("sums")', 'Quiz("tales")'),
    "under ## Quiz, just before": replace("## Quiz", "## A quiz"),
    "has no link": replace("](", "] ("),
    "has 1.5 MB": add_output(stream(1_500_000 * "x")),
}


def test_every_violation_is_reported(root):
    assert problems(lesson(), root) == []
    for problem, change in VIOLATIONS.items():
        change(notebook := lesson())
        assert problem in "\n".join(problems(notebook, root))


def test_pages_and_exercises_keep_fewer_rules(root):
    assert problems(page(), root, "book/tales.ipynb") == []
    VIOLATIONS["was not executed"](notebook := page())
    assert "was not executed" in problems(notebook, root, "book/tales.ipynb")[0]
    exercise = notebook_of(hygiene.SETUP.format(extra="", address=ADDRESS))
    code(exercise, 1).execution_count = None
    assert problems(exercise, root, "exercises/release/a/a.ipynb") == []
    assert "was not executed" in problems(exercise, root, "exercises/source/a/a.ipynb")[0]


def test_what_is_a_trace_of_a_machine_and_what_is_not():
    for text in (r"C:\Users\me", "~/book", "<b>site-packages</b>", "<object at 0x7f3a12b4c5d6>"):
        assert hygiene.machine_trace(f"See {text} for it."), text
    for text in (
        "https://example.org/a/b/c",
        "[a](../b/c) and <p>1/2/3</p>",
        "$h/2/s$ and `x/y/z`",
        "0xff00ff and a 4:3 picture; km/h/day",
    ):
        assert hygiene.machine_trace(text) is None, text


def test_an_intended_error_and_the_trainer_in_place_of_a_widget_are_allowed(root):
    notebook = lesson()
    add_output(ERROR)(notebook)
    code(notebook, 3).metadata["tags"] = ["raises-exception"]
    code(notebook, 2).source = "from alexnet_lib.training import Trainer"
    code(notebook, 6).update(source="Trainer(model).fit(train)", outputs=[])
    assert problems(notebook, root) == []


def test_the_program_reports_another_address_in_other_files(root, capsys):
    for name, good, bad in (
        ("README.md", "https://somebody.github.io/a-book/", "https://me.github.io/a-book/"),
        ("pyproject.toml", f'Repository = "{ADDRESS}"', f'Repository = "{ADDRESS}s"'),
        ("CONTRIBUTING.md", f"git clone {ADDRESS}.git", "git clone https://github.com/me/mine"),
    ):
        for text, code in ((good, 0), (bad, 1)):
            (root / name).write_text(text + "\n")
            assert hygiene.main([str(root / name)], root) == code
            assert capsys.readouterr().out.count(f"{name}: ") == code


def test_advice_is_counted_and_fails_nothing(root):
    notebook = lesson()
    add_text("A **Total** of **sums** is a **riddle**. **Sources:** none. `**code**`")(notebook)
    code(notebook, 3).source = "1\n" * 16
    replace("2. And then?", "")(notebook)
    replace("- added\n", "")(notebook)
    replace(2 * ANSWER, ANSWER)(notebook)
    path = write(notebook, root)
    assert hygiene.problems(path, root) == []
    words = hygiene.word_count("\n".join(hygiene.markdown(notebook)))
    assert hygiene.advice(path, root) == [
        "says in 5 words why anyone should care; 20 or more read well",
        "code cell 3 has 16 lines; 15 are enough for one point",
        "has 7 code cells; 10 to 25 read well",
        f"has {words} words of text; 1,000 to 2,500 read well",
        "has 1 prediction; 3 to 10 read well",
        "has 2 points under You have; 3 to 5 read well",
        "has 1 question; 2 to 3 read well",
        "sets words in bold that are not in the glossary: riddle",
    ]
    add_text("## Further\n\n" + "word " * 110 * 60)(notebook)
    assert hygiene.reading_minutes(notebook) == 15  # only the core counts


def test_a_cell_is_folded_by_its_tags():
    notebook = lesson()
    code(notebook, 3).metadata["tags"] = ["predict"]
    asked = hygiene.prediction_count(hygiene.sections(notebook))
    assert asked == 1 + hygiene.prediction_count(hygiene.sections(lesson()))
    code(notebook, 3).metadata |= hygiene.fold_metadata(["predict"])
    assert list(hygiene.format_rules(notebook)) == []
    assert code(notebook, 3).metadata.jupyter == {"outputs_hidden": True}
