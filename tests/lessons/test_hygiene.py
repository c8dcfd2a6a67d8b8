"""The house rules of notebooks: every notebook keeps them, and each rule sees what breaks it."""

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
ANSWER = "<details>\n<summary>How much is it?</summary>\n\nTwo.\n\n</details>\n\n"


@pytest.mark.parametrize("name", FILES)
def test_a_file_keeps_the_rules(name):
    assert not hygiene.problems(ROOT / name)


# What a rule sees. One small lesson keeps them all, and each break of it is named.


def picture(alt):
    data = {"image/png": "iVBORw0KGgo=", "text/plain": alt}
    return new_output("display_data", data=data, metadata={"image/png": {"alt": alt}})


def shown(**data):
    return new_output("display_data", data={f"text/{kind}": text for kind, text in data.items()})


def notebook_of(*cells):
    """Make a notebook of texts, sources and (source, output) in turn; a text begins with #."""
    made = []
    for number, cell in enumerate(cells):
        source, *outputs = cell if isinstance(cell, tuple) else (cell,)
        if source.startswith("#"):
            made.append(new_markdown_cell(source, id=f"cell-{number}"))
        else:
            made.append(new_code_cell(source, id=f"cell-{number}", outputs=outputs))
    notebook = new_notebook(cells=made, metadata=dict(hygiene.NOTEBOOK_METADATA))
    for number, cell in enumerate(hygiene.code_cells(notebook), 1):
        cell.execution_count = number
    return notebook


def lesson():
    """Make the smallest lesson that keeps every rule."""
    return notebook_of(
        "# Sums\n\nNumbers are added every day.\n\n**You will**\n\n- add two numbers, by hand\n"
        "- multiply two numbers\n\n40 minutes. You need nothing.",
        hygiene.SETUP.format(extra="[lessons]", address=ADDRESS),
        "from alexnet_lib.widgets import SumWidget",
        "1 + 1",
        "1 + 2",
        "## By hand\n\n$$\n1 + 1\n$$\n\nSee `a[b][c]` and $x[1][2]$.",
        ("plot()", picture("Two bars; the second is twice as long.")),
        "## Try it\n\n**Before you move anything**\n\n1. What is it?\n2. And then?",
        ("SumWidget()", shown(html='<div data-alexnet-widget="sum"></div>')),
        "## At AlexNet's size\n\nIt adds a lot.",
        "## Where it goes wrong\n\nIt overflows.",
        "## You have\n\n- added\n- multiplied\n- overflowed",
        "## Questions\n\n" + 2 * ANSWER,
        f"## Next\n\n- [the source]({ADDRESS}/blob/main/README.md)",
    )


def page():
    """Make the smallest notebook that is no lesson and keeps the rules of a page."""
    return notebook_of(
        "# Tales of sums\n\nOf sums one hears many things that aren't so.\n\n20 minutes.",
        hygiene.SETUP.format(extra="[lessons]", address=ADDRESS),
        ("plot()", picture("Two bars; the second is twice as long.")),
        "1 + 2",
    )


@pytest.fixture
def root(tmp_path):
    """A course with one lesson, one page, an address, a term and nothing else."""
    (tmp_path / "book").mkdir()
    (tmp_path / "_config.yml").write_text(f"repository:\n  url: {ADDRESS}\n")
    entry = {"title": "Sums", "minutes": 40, "objectives": OBJECTIVES}
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


def say(text):
    """Break a lesson by one more text cell."""
    return lambda notebook: notebook.cells.append(new_markdown_cell(text, id="new"))


def put(old, new):
    """Break a notebook by another text in the place of one."""

    def spoil(notebook):
        assert any(old in cell.source for cell in notebook.cells)
        for cell in notebook.cells:
            cell.source = cell.source.replace(old, new)

    return spoil


def show(output):
    """Break a notebook by an output."""
    return lambda notebook: code(notebook, 3).outputs.append(output)


def stream(text, name="stdout"):
    return new_output("stream", text=text, name=name)


def swap_counts(notebook):
    code(notebook, 3).execution_count, code(notebook, 4).execution_count = 4, 3


ERROR = new_output("error", ename="ValueError", evalue="no", traceback=[])
BROKEN = {  # what is said of a lesson -> what breaks it
    "stores the state of widgets": lambda nb: nb.metadata.update(widgets={}),
    "metadata of an editor: colab": lambda nb: nb.metadata.update(colab={}),
    "metadata of an editor: collapsed": lambda nb: nb.cells[0].metadata.update(collapsed=True),
    "not valid nbformat": lambda nb: nb.cells[3].update(id=nb.cells[2].id),
    "is empty": lambda nb: code(nb, 3).update(source=" \n"),
    "was not executed": lambda nb: code(nb, 3).update(execution_count=None),
    "out of order": swap_counts,
    "stores a warning or other output to stderr": show(stream("careful", "stderr")),
    "stores an error: ValueError": show(ERROR),
    "a widget's view": show(
        new_output("display_data", data={hygiene.VIEW: {"model_id": "1"}, "text/plain": "w"})
    ),
    "one machine only: /opt/venv/lib": show(stream("see /opt/venv/lib for more")),
    "one machine only: /tmp": say("Look into `/tmp` for it."),
    "without a text that says what: ''": show(picture("")),
    "without a text that says what: '<Figure": show(picture("<Figure size 640x480 with 1 Axes>")),
    "picture.png without a text that says": say("![short](picture.png)"),
    'picture without a text that says what to see in it: <img src="a">': say('<img src="a">'),
    "has a directive": say(":::{note}\nHear me.\n:::"),
    "has a directive, which notebooks show raw: ```{note}": say("```{note}\nHear me.\n```"),
    "has a role": say("See {eq}`one`."),
    "has a target": say("(there)=\n### There"),
    "has a footnote": say("So they say[^1]."),
    "has a reference link": say("See [the paper][1]."),
    "has a reference link, which notebooks show raw: [1]:": say("[1]: paper.pdf"),
    "has display maths": say("So $$1 + 1$$ it is."),
    "does not begin its code with the setup cell": put("-q ", "-qq "),
    "names another repository": say("[a](https://colab.research.google.com/github/me/mine/blob/a)"),
    "imports everything": lambda nb: code(nb, 3).update(source="from math import *"),
    "ends a line with a semicolon": lambda nb: code(nb, 3).update(source="plot();"),
    "has the titles ['Differences']": put("# Sums", "# Differences"),
    "has the titles ['Sums', 'More']": say("# More"),
    "why anyone should care": put("Numbers are added every day.", ""),
    "does not promise under **You will** what course.yml has: add": put("- add", "- subtract"),
    "does not promise under **You will** what course.yml has: multiply": put("**You will**", "So:"),
    "promises under **You will** what course.yml does not have: fly": put("- add", "- fly\n- add"),
    "that it takes 40 minutes": put("40 minutes", "140 minutes"),
    "has the headings": put("## You have", "## You had"),
    "no widget under Try it": lambda nb: [c.update(outputs=[]) for c in hygiene.code_cells(nb)],
    "takes no widget": put("alexnet_lib.widgets", "widgets"),
    "folded answers to 1 of its 2 questions": put(2 * ANSWER, ANSWER + ANSWER.replace("Two.", "")),
    "folded answers to 0 of its 0 questions": put(2 * ANSWER, "How much is it?"),
    "links to nothing": put("](", "] ("),
    "has 1.5 MB": show(stream(1_500_000 * "x")),
}


def test_every_broken_rule_is_named(root):
    assert problems(lesson(), root) == []
    unseen = {}
    for complaint, spoil in BROKEN.items():
        spoil(notebook := lesson())
        said = problems(notebook, root)
        if not any(complaint in problem for problem in said):
            unseen[complaint] = said
    assert not unseen


def test_a_page_is_no_lesson_and_keeps_the_other_rules(root):
    assert problems(page(), root, "book/tales.ipynb") == []
    for complaint in ("was not executed", "ends a line with a semicolon"):
        BROKEN[complaint](notebook := page())
        assert complaint in problems(notebook, root, "book/tales.ipynb")[0]


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


def test_a_wanted_error_and_the_trainer_in_place_of_a_widget_are_allowed(root):
    notebook = lesson()
    show(ERROR)(notebook)
    code(notebook, 3).metadata["tags"] = ["raises-exception"]
    put(
        "from alexnet_lib.widgets import SumWidget",
        "from alexnet_lib.training import Trainer",
    )(notebook)
    code(notebook, 6).update(source="Trainer(model).fit(train)", outputs=[])
    assert problems(notebook, root) == []


def test_an_exercise_keeps_fewer_rules(root):
    exercise = notebook_of(hygiene.SETUP.format(extra="", address=ADDRESS))
    code(exercise, 1).execution_count = None
    assert problems(exercise, root, "exercises/release/a/a.ipynb") == []
    assert "was not executed" in problems(exercise, root, "exercises/source/a/a.ipynb")[0]


def test_what_is_no_notebook_of_the_course_is_said(root):
    assert "is not in book/course.yml" in problems(lesson(), root, "book/other.ipynb")[0]
    path = root / "book" / "sums.ipynb"
    for content, complaint in {
        "{\n": "is not a notebook",
        "[]\n": "is not in nbformat 4.5",
        '{"nbformat": 4, "nbformat_minor": 5}\n': "is not valid nbformat 4.5",
        '{"nbformat": 3}': "does not end with one newline",
    }.items():
        path.write_text(content)
        assert complaint in hygiene.problems(path, root)[0]


def test_the_program_names_another_address_in_other_files(root, capsys):
    for name, good, bad in (
        ("README.md", "https://somebody.github.io/a-book/", "https://me.github.io/a-book/"),
        ("pyproject.toml", f'Repository = "{ADDRESS}"', f'Repository = "{ADDRESS}s"'),
        ("CONTRIBUTING.md", f"git clone {ADDRESS}.git", "git clone https://github.com/me/mine"),
    ):
        for text, code in ((good, 0), (bad, 1)):
            (root / name).write_text(text + "\n")
            assert hygiene.main([str(root / name)], root) == code
            lines = capsys.readouterr().out.splitlines()
            assert [line.partition(":")[0] for line in lines] == code * [name]


# Advice. It counts, and nothing fails on it.


def test_a_lesson_is_read_in_its_words_lines_predictions_questions_and_widget():
    words = "word " * 108
    notebook = notebook_of(f"# Title\n\n{words}", "a = 1\n\nb = 2\nc = 3", "d = 4\ne = 5")
    assert hygiene.reading_minutes(notebook) == 5  # 109 words / 110 + 5 lines / 5 = 1.99
    asked = "## Try it\n\n**Before you move anything**\n\n1. $x$\n2. $y$\n3. $z$"
    notebook = notebook_of(f"# Title\n\n{words}", "a\nb\nc\nd\ne", asked)
    assert hygiene.reading_minutes(notebook) == 10  # 1.99 + 6 words / 110 + 3 predictions = 5.05
    show_widget = ("w", shown(html="data-alexnet-widget"))
    notebook = notebook_of(asked, show_widget, "## Questions\n\n" + ANSWER)
    assert (
        hygiene.reading_minutes(notebook) == 15
    )  # 3 + 6 + 1 question + 1 line / 5 + 12 words / 110
    notebook.cells.append(new_markdown_cell("## Further\n\n" + 10 * words))
    assert hygiene.reading_minutes(notebook) == 15  # whoever likes goes further


def test_advice_names_each_count_that_reads_less_well_and_bold_words_that_are_no_terms(root):
    notebook = lesson()
    say("A **Total** of **sums** is a **riddle**. **Sources:** none. `**code**`")(notebook)
    code(notebook, 3).source = "1\n" * 16
    put("2. And then?", "")(notebook)
    put("- added\n", "")(notebook)
    put(2 * ANSWER, ANSWER)(notebook)
    path = write(notebook, root)
    assert hygiene.problems(path, root) == []
    words = hygiene.word_count("\n".join(hygiene.markdown(notebook)))
    assert hygiene.advice(path, root) == [
        "says in 5 words why anyone should care; 20 and more read well",
        "code cell 3 has 16 lines; 15 are enough for one point",
        "has 6 code cells; 10 to 25 read well",
        f"has {words} words of text; 1,000 to 2,500 read well",
        "has 1 prediction before the widget; 2 read well",
        "has 2 points under You have; 3 to 5 read well",
        "has 1 question; 2 to 3 read well",
        "promises 40 minutes in course.yml and takes 15 to read",
        "sets in bold what is no term of the glossary: riddle",
    ]
    notebook.cells.insert(1, new_markdown_cell("word " * 60 * 110, id="long"))
    assert "takes 75 minutes to read; 60 read well, the rest as ## Further" in hygiene.advice(
        write(notebook, root), root
    )
    assert hygiene.advice(write(page(), root, "exercises/source/a/a.ipynb"), root) == []
