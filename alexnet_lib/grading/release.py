"""Make a student's notebook from an author's, and the copy that the gradebook keeps.

nbgrader's preprocessors do it, in the order of its own `generate_assignment`: stubs replace the
solutions, hidden tests and outputs are removed, cells are locked, and checksums reveal changes.
This needs no gradebook and no server.
"""

import logging
import re

import nbformat
from nbgrader.nbgraderformat import MetadataValidator, ValidationError
from nbgrader.preprocessors import (
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
)

__all__ = ["InvalidSource", "gradebook_copy", "make_release"]

STUB = "# your code here\nraise NotImplementedError()"  # alexnet_lib.check: "not written yet"
MARKS = re.compile(r"\b(BEGIN|END) ([A-Z]+(?: [A-Z]+)*)")
REGIONS = ("SOLUTION", "HIDDEN TESTS", "MARK SCHEME")


class InvalidSource(ValueError):
    """A source that can't be released, and why, in one sentence."""


def make_release(source, points: float) -> str:
    """Return the release of the source notebook at path `source`, which is worth `points`."""
    notebook = _process(_read(source), [*_first_steps(), ClearHiddenTests(), ClearMarkScheme()])
    found = sum(cell.metadata.nbgrader.get("points", 0) for cell in notebook.cells)
    if found != points:
        raise InvalidSource(
            f"has {found} points, but book/course.yml says {points}: change one of them"
        )
    return nbformat.writes(notebook) + "\n"


def gradebook_copy(source):
    """Return the notebook as the gradebook keeps it: without solutions, with hidden tests."""
    return _process(_read(source), _first_steps())


def _first_steps():
    text = {"code_stub": {"python": STUB}, "text_stub": "Your answer:"}
    return [LockCells(), ClearSolutions(**text), ClearOutput()]


def _read(source):
    try:
        notebook = nbformat.read(source, as_version=4)
        nbformat.validate(notebook)
    except (ValueError, nbformat.ValidationError) as error:
        raise InvalidSource(f"is not a valid notebook: {_first_line(error)}") from error
    _check_marks(notebook)
    return notebook


def _process(notebook, steps):
    try:
        MetadataValidator().validate_nb(notebook)
        for step in [*steps, ComputeChecksums()]:
            step.log.setLevel(logging.CRITICAL)  # what it logs, it also raises
            notebook, _ = step.preprocess(notebook, {})
    except (RuntimeError, ValidationError) as error:
        raise InvalidSource(f"is refused by nbgrader: {_first_line(error)}") from error
    return notebook


def _check_marks(notebook):
    """Refuse what nbgrader accepts: cells without its metadata, regions that don't pair."""
    ids = set()
    for number, cell in enumerate(notebook.cells, start=1):
        mark = cell.metadata.get("nbgrader")
        if mark is None:
            raise InvalidSource(f"has no nbgrader metadata in cell {number} (id {cell.id!r})")
        if mark.get("grade_id") in ids:
            raise InvalidSource(f"has the grade_id {mark['grade_id']!r} twice")
        ids.add(mark.get("grade_id"))
        marks = MARKS.findall(cell.source)
        for begin, end in zip(marks[::2], [*marks[1::2], None], strict=False):
            if begin != ("BEGIN", begin[1]) or end != ("END", begin[1]) or begin[1] not in REGIONS:
                raise InvalidSource(
                    f"has marks that do not pair in cell {cell.id!r}: each BEGIN needs its END, "
                    f"of {', '.join(REGIONS)}"
                )


def _first_line(error):
    return str(error).strip().split("\n")[0].rstrip(".")
