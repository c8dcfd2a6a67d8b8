"""Rebuilding: answers are found in whatever form they come, and nothing else is taken."""

import copy
import json
import re

import nbformat
import pytest
import yaml
from classroom import ROOT, notebook, solved

from alexnet_lib.grading.rebuild import (
    Unusable,
    nbgrader_metadata,
    neutralize_markup,
    read_cells,
    rebuild,
)

NAMES = list(yaml.safe_load((ROOT / "book/course.yml").read_text("utf-8"))["exercises"])


def rebuilt(submission, name="convolution"):
    """Return the rebuilt notebook and the notes, from bytes as in real use."""
    text = submission if isinstance(submission, str) else json.dumps(submission)
    return rebuild(notebook("release", name), read_cells(text.encode()))


def answers(made):
    return {
        nbgrader_metadata(c)["grade_id"]: c["source"]
        for c in made.cells
        if nbgrader_metadata(c).get("solution")
    }


def cell(submission, grade_id):
    return next(c for c in submission.cells if nbgrader_metadata(c).get("grade_id") == grade_id)


def put_back(made, name="convolution"):
    """Return whether every cell except answers and own cells is the release's."""
    release = notebook("release", name)
    ours = [c for c in made.cells if nbgrader_metadata(c)]
    return len(ours) == len(release.cells) and all(
        nbgrader_metadata(a) == nbgrader_metadata(b)
        and (nbgrader_metadata(b)["solution"] or a.source == b.source)
        for a, b in zip(ours, release.cells, strict=True)
    )


@pytest.mark.parametrize("name", NAMES)
def test_an_honest_submission_keeps_its_answers(name):
    made, notes = rebuilt(solved(name), name)
    assert notes == []
    assert answers(made) == answers(solved(name))
    assert put_back(made, name)
    nbformat.validate(made)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("what", ["metadata", "grade ids", "everything but text"])
def test_answers_are_found_without_metadata(name, what):
    submission = solved(name)
    for c in submission.cells:
        c.metadata.pop("nbgrader") if what != "grade ids" else c.metadata.nbgrader.pop("grade_id")
        if what == "everything but text":
            c.pop("id")
    made, notes = rebuilt(submission, name)
    right, found = answers(solved(name)), answers(made)
    code = {k for k in right if cell(solved(name), k).cell_type == "code"}
    assert {k: found[k] for k in code} == {k: right[k] for k in code}
    where = "function" if what == "everything but text" else "cell's id"
    assert all(any(f"{k}: found by" in n and where in n for n in notes) for k in code)
    assert put_back(made, name)


def test_what_is_not_an_answer_is_put_back():
    submission = solved()
    cell(submission, "check_conv_out").source = "assert True"
    cell(submission, "check_conv_out").metadata.nbgrader.points = 1000
    cell(submission, "check_conv2d").cell_type = "markdown"
    submission.cells = [
        c for c in submission.cells if nbgrader_metadata(c)["grade_id"] != "check_blur_kernel"
    ]
    submission.metadata.kernelspec = {"name": "evil", "display_name": "x", "language": "sh"}
    made, notes = rebuilt(submission)
    assert put_back(made)
    assert "check_conv_out: a check cell was changed, and put back" in notes
    assert not any("assert True" in c.source for c in made.cells)
    assert made.metadata.kernelspec.name == "python3"


def test_a_changed_locked_cell_is_put_back_and_its_lines_run_as_the_students_own():
    submission = solved()
    cell(submission, "imports").source += "\nfrom math import prod"
    made, notes = rebuilt(submission)
    assert put_back(made)
    places = [c.source for c in made.cells]
    own = places.index(cell(submission, "imports").source)
    assert places[own - 1] == cell(notebook("release", "convolution"), "imports").source
    assert "imports: was changed, and put back" in notes


def test_of_copies_the_last_changed_one_counts():
    submission = solved(conv_out="def conv_out(*a): return 1")
    for text in (
        "def conv_out(*a): return 2",
        cell(notebook("release", "convolution"), "conv_out").source,
    ):
        copied = copy.deepcopy(cell(submission, "conv_out"))
        copied.source, copied.id = text, f"copy-{len(submission.cells)}"
        submission.cells.append(copied)
    made, notes = rebuilt(submission)
    assert answers(made)["conv_out"] == "def conv_out(*a): return 2"
    assert [n for n in notes if "3 copies" in n]


@pytest.mark.parametrize("keeps", ["both", "first", "second"])
def test_a_split_cell_keeps_both_parts(keeps):
    submission = solved()
    helper, answer = "def helper(x): return x + 1", "def conv_out(*a): return helper(1)"
    first = cell(submission, "conv_out")
    second = copy.deepcopy(first)
    first.source, second.source, second.id = helper, answer, "second"
    if keeps == "first":
        second.metadata = {}
    if keeps == "second":
        first.metadata = {}
        first.id, second.id = "new", "conv_out"
    submission.cells.insert(submission.cells.index(first) + 1, second)
    made, _ = rebuilt(submission)
    texts = [c.source for c in made.cells]
    assert helper in texts and answer in texts
    check = next(
        i
        for i, c in enumerate(made.cells)
        if nbgrader_metadata(c).get("grade_id") == "check_conv2d"
    )
    assert texts.index(helper) < check


def test_an_answer_beside_its_gap_is_found_by_name():
    submission = solved()
    gap = cell(submission, "conv_out")
    text, gap.source = gap.source, cell(notebook("release", "convolution"), "conv_out").source
    submission.cells.insert(3, nbformat.v4.new_code_cell(text))
    made, notes = rebuilt(submission)
    assert answers(made)["conv_out"] == text
    assert "conv_out: found by the name of its function" in notes


def test_the_name_of_a_function_is_read_as_python_reads_it():
    submission = solved()
    found = cell(submission, "conv_out")
    found.metadata, found.id = {}, "elsewhere"
    found.source = found.source.replace("conv_out", "ｃonv_out")  # NFKC makes it conv_out
    assert "ｃonv_out" in answers(rebuilt(submission)[0])["conv_out"]
    found.source = found.source.replace("ｃonv_out", "сonv_out")  # a Cyrillic с is another name
    assert "conv_out: no answer found" in rebuilt(submission)[1]


def test_own_cells_stay_where_they_stood():
    submission = solved()
    at = submission.cells.index(cell(submission, "conv2d"))
    submission.cells.insert(at, nbformat.v4.new_code_cell("helping = 1"))
    submission.cells.append(nbformat.v4.new_code_cell("last = 2"))
    made, notes = rebuilt(submission)
    texts = [c.source for c in made.cells]
    assert texts.index("helping = 1") == at and texts[-1] == "last = 2"
    assert "2 own cells kept" in notes
    assert put_back(made)


def test_of_ten_thousand_cells_a_few_are_kept():
    submission = solved()
    for i in range(10_000):
        submission.cells.append(nbformat.v4.new_code_cell(f"x = {i}\ndef f{i}(): pass"))
    made, notes = rebuilt(submission)
    assert answers(made) == answers(solved())
    assert len(made.cells) < 300
    assert any("too many or too long" in n for n in notes)


def test_of_ten_thousand_copies_of_an_answer_the_last_counts():
    submission = solved()
    copies = [copy.deepcopy(cell(submission, "conv_out")) for _ in range(10_000)]
    for i, c in enumerate(copies):
        c.source += f"\n# {i}"
    submission.cells += copies
    made, _ = rebuilt(submission)
    assert answers(made)["conv_out"].endswith("# 9999")


def test_nbformat_3_is_read():
    submission = json.loads(json.dumps(solved()))
    cells = submission.pop("cells")
    for c in cells:
        if c["cell_type"] == "code":
            c["input"] = c.pop("source")
    submission |= {"nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": cells}]}
    assert answers(rebuilt(json.dumps(submission))[0]) == answers(solved())


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "empty"),
        (b" \n\0", "empty"),
        (b'{"cells": [ oops', "incomplete: line 1"),
        (b"[1, 2]", "no cells"),
        (b"{}", "no cells"),
        (b'{"cells": {"a": 1}}', "no cells"),
        (b'{"worksheets": 3}', "no cells"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"PK\x03\x04 a zip by another name", "an archive"),
        (b"[" * 100_000, "levels"),
        (b'{"a":' * 100_000, "levels"),
        (b"[[" * 600_000, "too many parts"),
        (b'{"cells": [' + b"{}," * 60_000 + b"{}]}", "60,001 cells"),
        (b'{"cells": [{"source": ' + b"9" * 10_000 + b"}]}", "incomplete"),
        (b'{"cells": []}', "none of this exercise's answers"),
        (b'{"cells": [1, null, "x", {"cell_type": 5, "source": {}}]}', "none of this"),
        (b" " * 30_000_001, "30 MB: clear the outputs"),
    ],
)
def test_what_is_no_notebook_is_refused(data, word):
    with pytest.raises(Unusable, match=word):
        rebuild(notebook("release", "convolution"), read_cells(data))


def test_another_exercises_notebook_is_refused():
    with pytest.raises(Unusable, match="another notebook"):
        rebuilt(solved("training"), "convolution")


@pytest.mark.parametrize("strange", [None, 7, [], {"nbgrader": 3}, {"nbgrader": {"grade_id": []}}])
def test_strange_metadata_stop_nothing(strange):
    submission = json.loads(json.dumps(solved()))
    for c in submission["cells"]:
        c["metadata"] = strange
    assert answers(rebuilt(json.dumps(submission))[0]) == answers(solved())


def test_halves_of_characters_can_be_written():
    submission = json.loads(json.dumps(solved()))
    for c in submission["cells"]:
        if c["id"] == "conv_out":
            c["source"] = "x = '\ud800'\n" + "".join(c["source"])
    made, _ = rebuilt(json.dumps(submission))
    assert "x = '?'" in nbformat.writes(made).encode().decode()


@pytest.mark.parametrize("text", ["(" * 150_000, "-" * 150_000 + "1", "if 1:\n " * 20_000])
def test_code_written_to_break_a_parser_is_only_text(text):
    assert answers(rebuilt(solved(conv_out=text))[0])["conv_out"] == text


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<!-- -->",
        "&lt;script&gt;",
        "&#106;avascript",
        "[x](JavaScript:alert(1))",
        r"$\href{javascript:alert(1)}{x}$",
    ],
)
def test_no_page_takes_an_answer_for_html(text):
    said = neutralize_markup(text)
    assert not re.search(r"<[A-Za-z/!?]|&[#\w]+;|javascript:|\\href", said, re.IGNORECASE)


@pytest.mark.parametrize("text", ["a < b and b > c", "$a<1$", "x & y; R&D", "*so* `x[0]`", "5 <6"])
def test_an_honest_answer_in_words_stays_as_it_is(text):
    assert neutralize_markup(text) == text


def test_markup_in_a_written_answer_is_neutralized():
    made, _ = rebuilt(solved("training", what_it_learned="<b>so</b>"), "training")
    assert answers(made)["what_it_learned"] == "< b>so< /b>"
