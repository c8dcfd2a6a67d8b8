"""A student's notebook from an author's, and what the gradebook has to know of it.

The preprocessors of nbgrader do it, the same ones in the same order as its own
`generate_assignment`: solutions give way to a stub, hidden tests and outputs go, cells are locked,
checksums tell what was changed. No gradebook and no server is needed.
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

__all__ = ["Refused", "registered", "release"]

STUB = "# your code here\nraise NotImplementedError()"  # alexnet_lib.check says "not written yet"
MARKS = re.compile(r"\b(BEGIN|END) ([A-Z]+(?: [A-Z]+)*)")
REGIONS = ("SOLUTION", "HIDDEN TESTS", "MARK SCHEME")


class Refused(ValueError):
    """A source that can't be released, and why, in one sentence."""


def release(source, points):
    """The release, as text, of the source notebook at path ``source``, worth ``points``."""
    notebook = _passed(_read(source), [*_first(), ClearHiddenTests(), ClearMarkScheme()])
    found = sum(cell.metadata.nbgrader.get("points", 0) for cell in notebook.cells)
    if found != points:
        raise Refused(f"has {found} points, but book/course.yml says {points}: change one of them")
    return nbformat.writes(notebook) + "\n"


def registered(source):
    """The notebook as the gradebook keeps it: without solutions, with hidden tests."""
    return _passed(_read(source), _first())


def _first():
    text = {"code_stub": {"python": STUB}, "text_stub": "Your answer:"}
    return [LockCells(), ClearSolutions(**text), ClearOutput()]


def _read(source):
    try:
        notebook = nbformat.read(source, as_version=4)
        nbformat.validate(notebook)
    except (ValueError, nbformat.ValidationError) as error:
        raise Refused(f"is not a valid notebook: {_first_line(error)}") from error
    _check_marks(notebook)
    return notebook


def _passed(notebook, steps):
    try:
        MetadataValidator().validate_nb(notebook)
        for step in [*steps, ComputeChecksums()]:
            step.log.setLevel(logging.CRITICAL)  # what it logs, it also raises
            notebook, _ = step.preprocess(notebook, {})
    except (RuntimeError, ValidationError) as error:
        raise Refused(f"is refused by nbgrader: {_first_line(error)}") from error
    return notebook


def _check_marks(notebook):
    """Refuse what nbgrader would let through: cells without its marks, regions that don't pair."""
    ids = set()
    for number, cell in enumerate(notebook.cells, start=1):
        mark = cell.metadata.get("nbgrader")
        if mark is None:
            raise Refused(f"has no nbgrader metadata in cell {number} (id {cell.id!r})")
        if mark.get("grade_id") in ids:
            raise Refused(f"has the grade_id {mark['grade_id']!r} twice")
        ids.add(mark.get("grade_id"))
        marks = MARKS.findall(cell.source)
        for begin, end in zip(marks[::2], [*marks[1::2], None], strict=False):
            if begin != ("BEGIN", begin[1]) or end != ("END", begin[1]) or begin[1] not in REGIONS:
                raise Refused(
                    f"has marks that do not pair in cell {cell.id!r}: each BEGIN needs its END, "
                    f"of {', '.join(REGIONS)}"
                )


def _first_line(error):
    return str(error).strip().split("\n")[0].rstrip(".")
