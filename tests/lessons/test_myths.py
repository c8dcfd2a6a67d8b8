"""The page "Common errors, tested": each claim is quoted, predicted, tested and explained.

The assert in a claim's cell refutes it whenever the page runs (test_notebooks.py). These tests make
sure that every claim has one.
"""

import re
from pathlib import PurePosixPath

import nbformat
import pytest
import yaml
from hygiene import output_texts, prose
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from repository import ROOT

PAGE = ROOT / "book/appendix/myths.ipynb"
GROUPS = ["Layers and sizes", "Numbers", "Learning", "Training and testing", "The code"]
GROUPS += ["What came after"]
TITLES = {
    name: lesson["title"]
    for name, lesson in yaml.safe_load((ROOT / "book/course.yml").read_text("utf-8"))[
        "lessons"
    ].items()
}
LINK = r"\[([^\]]+)\]\((\.\./[^)]+\.ipynb)\)"


def claims(notebook):
    """Return {heading: cells} of the claims: from each `### ` to the next heading."""
    by_heading = {}
    cells = None
    for cell in notebook.cells:
        headings = re.findall(r"(?m)^(#{2,3}) (.+)$", cell.source)
        if cell.cell_type == "markdown" and headings:
            level, heading = headings[-1]
            cells = by_heading.setdefault(heading, []) if level == "###" else None
        if cells is not None:
            cells.append(cell)
    return by_heading


def faults(cells, titles=TITLES):
    """Yield what a claim lacks, in sentences."""
    if [cell.cell_type for cell in cells] != ["markdown", "code", "markdown"]:
        yield "is not a claim, a cell and an explanation"
        return
    claim, cell, truth = cells
    if not re.search(r"(?m)^> \S.*[.`]$", claim.source):
        yield "quotes no claim"
    if not re.search(r"(?m)^Before you run it: .+\?$", claim.source):
        yield "asks for no prediction"
    if "predict" not in cell.metadata.get("tags", []):
        yield "shows its answer before the reader asks for it"
    lines = [line for line in cell.source.splitlines() if line.strip()]
    if not any(line.strip().startswith("assert ") for line in lines):
        yield "has no assert"
    if not any(output_texts(output) for output in cell.outputs):
        yield "prints nothing"
    sentences = len(re.findall(r"[.?](?=\s|$)", prose(truth.source)))
    if not 2 <= sentences <= 6:
        yield f"is explained in {sentences} sentences"
    links = re.findall(LINK, truth.source)
    if not links:
        yield "links to no lesson"
    for text, target in links:
        name = PurePosixPath(target.removeprefix("../")).with_suffix("").as_posix()
        if titles.get(name) != text:
            yield f"calls {name} {text!r}, but the course calls it {titles.get(name)!r}"


NOTEBOOK = nbformat.read(PAGE, as_version=4)
CLAIMS = claims(NOTEBOOK)


def test_the_page_has_forty_claims_in_six_groups():
    assert len(CLAIMS) == 40
    assert "forty claims" in NOTEBOOK.cells[0].source
    text = "\n".join(cell.source for cell in NOTEBOOK.cells if cell.cell_type == "markdown")
    assert re.findall(r"(?m)^## (.+)$", text) == [*GROUPS, "The next claim"]


@pytest.mark.parametrize("heading", CLAIMS)
def test_a_claim_is_tested_and_explained(heading):
    assert heading.endswith("?")
    assert list(faults(CLAIMS[heading])) == []


def complete_claim():
    """Return the smallest claim that lacks nothing."""
    outputs = [new_output("stream", text="2\n")]
    return [
        new_markdown_cell("### Is it three?\n\n> It is three.\n\nBefore you run it: is it?"),
        new_code_cell(
            "print(1 + 1)\nassert 1 + 1 != 3", outputs=outputs, metadata={"tags": ["predict"]}
        ),
        new_markdown_cell("It is two. [Sums](../sums/adding.ipynb) says why."),
    ]


def replace(number, old, new):
    """Return a change that replaces a text in one cell."""

    def change(cells):
        assert old in cells[number].source
        cells[number].source = cells[number].source.replace(old, new)

    return change


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda cells: cells.pop(), "is not a claim"),
        (replace(0, "> It", "It"), "quotes no claim"),
        (replace(0, "is it?", "it is."), "asks for no prediction"),
        (replace(1, "assert", "# assert"), "has no assert"),
        (lambda cells: cells[1].outputs.clear(), "prints nothing"),
        (lambda cells: cells[1].metadata.tags.clear(), "shows its answer before"),
        (replace(2, "It is two. ", ""), "1 sentences"),
        (replace(2, "](../sums/adding.ipynb)", "]"), "links to no lesson"),
        (replace(2, "[Sums]", "[Differences]"), "the course calls it 'Sums'"),
    ],
)
def test_what_a_claim_lacks_is_reported(change, fault):
    titles = {"sums/adding": "Sums"}
    cells = complete_claim()
    assert list(faults(cells, titles)) == []
    change(cells)
    assert fault in " ".join(faults(cells, titles))


def test_claims_end_where_the_next_heading_is():
    texts = ["# Page", "## Group\n\n### A?\n\n> A.", "then a", "### B?", "then b", "## End", "then"]
    notebook = nbformat.v4.new_notebook(cells=[new_markdown_cell(text) for text in texts])
    counts = {name: len(cells) for name, cells in claims(notebook).items()}
    assert counts == {"A?": 2, "B?": 2}
