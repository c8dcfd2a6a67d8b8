"""Prose has Oxford spelling: British words, with -ize. Code in it, and identifiers, are free."""

import re
from pathlib import Path

import codespell_lib
import nbformat
import pytest
from hygiene import markdown, prose
from repository import ROOT

BOTH = {"program", "programs", "story", "stories"}  # in other senses
FILES = sorted(
    path
    for pattern in ("*.md", "book/**/*.md", "book/*.yml", "*/README.md", "**/*.ipynb")
    for path in ROOT.glob(pattern)
    if not any(part[0] in "._" for part in path.relative_to(ROOT).parts)
    and path.name != "search.yml"  # what readers type, in any spelling
)


def read_spellings():
    """Return {other spelling: ours}, from codespell's list of British and American words."""
    folder = Path(codespell_lib.__file__).parent / "data"
    rows = (folder / "dictionary_en-GB_to_en-US.txt").read_text("utf-8").split()
    ours = {}
    for british, american in (row.split("->") for row in rows):
        ise = re.sub("is(?=[aei])", "iz", british) == american
        ours |= {british: american} if ise else {american: british}
    return {word: our for word, our in ours.items() if word not in BOTH}


SPELLINGS = read_spellings()


def misspelled(text):
    """Return "theirs: ours" for each word of a text's prose that we spell otherwise."""
    words = re.findall(r"[a-z]+", prose(text).lower())
    return sorted({f"{word}: {SPELLINGS[word]}" for word in words if word in SPELLINGS})


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_prose_has_oxford_spelling(path):
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        text = "\n".join(markdown(nbformat.reads(text, as_version=4)))
    assert misspelled(text) == []


def test_american_words_and_ise_are_found_and_code_is_not():
    assert misspelled("The color of a neighbor, organised: `color=center`, $color$") == [
        "color: colour",
        "neighbor: neighbour",
        "organised: organized",
    ]
    assert misspelled("The colour of a centre, organized and analysed by a program.") == []
