"""The page of what is often read: each claim is quoted, predicted, tested by a cell and explained.

That a claim is refuted is for the cell to say, with an assert: so running the page (nbval, the
budgets) is what holds it. Here is tested that none is without one.
"""

import re
from pathlib import PurePosixPath

import nbformat
import pytest
import yaml
from hygiene import prose, texts_of
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from repository import ROOT

PAGE = ROOT / "book/appendix/myths.ipynb"
GROUPS = ["Layers and sizes", "Numbers", "Training and testing", "The code"]
TITLES = {
    name: lesson["title"]
    for name, lesson in yaml.safe_load((ROOT / "book/course.yml").read_text("utf-8"))[
        "lessons"
    ].items()
}
LINK = r"\[([^\]]+)\]\((\.\./[^)]+\.ipynb)\)"


def claims(notebook):
    """The cells of each claim by its heading: what stands from one `### ` to the next heading."""
    found, cells = {}, None
    for cell in notebook.cells:
        headings = re.findall(r"(?m)^(#{2,3}) (.+)$", cell.source)
        if cell.cell_type == "markdown" and headings:
            level, heading = headings[-1]
            cells = found.setdefault(heading, []) if level == "###" else None
        if cells is not None:
            cells.append(cell)
    return found


def faults(cells, titles=TITLES):
    """What a claim lacks, in sentences."""
    if [cell.cell_type for cell in cells] != ["markdown", "code", "markdown"]:
        yield "is not a claim, a cell and what is right"
        return
    claim, cell, truth = cells
    if not re.search(r"(?m)^> \S.*[.`]$", claim.source):
        yield "quotes no claim"
    if not re.search(r"(?m)^Before you run it: .+\?$", claim.source):
        yield "asks for no prediction"
    lines = [line for line in cell.source.splitlines() if line.strip()]
    if not any(line.strip().startswith("assert ") for line in lines):
        yield "has no assert"
    if not any(texts_of(output) for output in cell.outputs):
        yield "prints nothing"
    sentences = len(re.findall(r"[.?](?=\s|$)", prose(truth.source)))
    if not 2 <= sentences <= 6:
        yield f"is explained in {sentences} sentences"
    links = re.findall(LINK, truth.source)
    if not links:
        yield "leads to no lesson"
    for text, target in links:
        name = PurePosixPath(target.removeprefix("../")).with_suffix("").as_posix()
        if titles.get(name) != text:
            yield f"calls {name} {text!r}, and the course calls it {titles.get(name)!r}"


NOTEBOOK = nbformat.read(PAGE, as_version=4)
CLAIMS = claims(NOTEBOOK)


def test_the_page_has_twenty_claims_in_four_groups():
    assert len(CLAIMS) == 20
    assert "twenty claims" in NOTEBOOK.cells[0].source
    text = "\n".join(cell.source for cell in NOTEBOOK.cells if cell.cell_type == "markdown")
    assert re.findall(r"(?m)^## (.+)$", text) == [*GROUPS, "The next claim"]


@pytest.mark.parametrize("heading", CLAIMS)
def test_a_claim_is_tested_and_explained(heading):
    assert heading.endswith("?")
    assert list(faults(CLAIMS[heading])) == []


def good():
    """The smallest claim that lacks nothing."""
    printed = [new_output("stream", text="2\n")]
    return [
        new_markdown_cell("### Is it three?\n\n> It is three.\n\nBefore you run it: is it?"),
        new_code_cell("print(1 + 1)\nassert 1 + 1 != 3", outputs=printed),
        new_markdown_cell("It is two. [Sums](../sums/adding.ipynb) says why."),
    ]


def put(number, old, new):
    def spoil(cells):
        assert old in cells[number].source
        cells[number].source = cells[number].source.replace(old, new)

    return spoil


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda cells: cells.pop(), "is not a claim"),
        (put(0, "> It", "It"), "quotes no claim"),
        (put(0, "Before you run it", "Afterwards"), "asks for no prediction"),
        (put(0, "is it?", "it is."), "asks for no prediction"),
        (put(1, "assert", "# assert"), "has no assert"),
        (lambda cells: cells[1].outputs.clear(), "prints nothing"),
        (put(2, "It is two. ", ""), "1 sentences"),
        (put(2, "](../sums/adding.ipynb)", "]"), "leads to no lesson"),
        (put(2, "adding", "adding_up"), "the course calls it None"),
        (put(2, "[Sums]", "[Differences]"), "the course calls it 'Sums'"),
    ],
)
def test_what_a_claim_lacks_is_said(spoil, complaint):
    titles = {"sums/adding": "Sums"}
    cells = good()
    assert list(faults(cells, titles)) == []
    spoil(cells)
    assert complaint in " ".join(faults(cells, titles))


def test_claims_end_where_the_next_heading_is():
    texts = ["# Page", "## Group\n\n### A?\n\n> A.", "then a", "### B?", "then b", "## End", "then"]
    notebook = nbformat.v4.new_notebook(cells=[new_markdown_cell(text) for text in texts])
    found = {name: len(cells) for name, cells in claims(notebook).items()}
    assert found == {"A?": 2, "B?": 2}
