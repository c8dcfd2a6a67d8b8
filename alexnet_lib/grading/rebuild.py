"""Rebuild a submission on the release: it supplies only the answers, every other cell is ours.

So a deleted, edited, doubled or retyped cell, a changed number of points, lost metadata, a strange
kernel or stale outputs never reach the grader. An answer is found by nbgrader's id, or by the
cell's id, or by the names of the functions in it. Nothing here runs what a student wrote.
"""

import copy
import json
import re
import unicodedata

import nbformat

from alexnet_lib.grading.sandbox.wire import drop_surrogates

__all__ = ["SIZE", "SOURCE", "Unusable", "nbgrader_metadata", "read_cells", "rebuild"]

SIZE = 30_000_000  # bytes of a notebook
PARTS = 1_000_000  # brackets in its JSON: each is an object in memory
CELLS = 15_000
SOURCE = 200_000  # characters of a cell
ADDED, ADDED_SOURCE = 200, 1_000_000  # cells that a student may add, and their characters


class Unusable(Exception):
    """A submission that answers can't be taken from, and why."""


# Reading.


def read_cells(data: bytes) -> list[dict]:
    """Return the cells in the bytes of a notebook, each as `cell_fields`; raise `Unusable`."""
    if len(data) > SIZE:
        size = f"{len(data) // 1_000_000} MB"
        raise Unusable(f"it has {size}: clear the outputs and hand it in again")
    if not data.strip(b" \t\r\n\0"):
        raise Unusable("it is empty")
    if data.startswith(b"PK"):
        raise Unusable("it is an archive with the name of a notebook")
    if data.count(b"[") + data.count(b"{") > PARTS:
        raise Unusable("it has too many parts: clear the outputs and hand it in again")
    try:
        notebook = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Unusable("it is no notebook (not in UTF-8)") from None
    except RecursionError:
        raise Unusable("it is no notebook (too many levels)") from None
    except ValueError as error:
        where = f": line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise Unusable(f"it is no notebook (incomplete{where})") from None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if isinstance(notebook, dict) and cells is None:  # nbformat 3 has them in worksheets
        sheets = notebook.get("worksheets")
        sheets = sheets if isinstance(sheets, list) else []
        cells = [
            cell
            for sheet in sheets
            if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list)
            for cell in sheet["cells"]
        ]
        cells = cells or None
    if not isinstance(cells, list):
        raise Unusable("it is no notebook (it has no cells)")
    if len(cells) > CELLS:
        raise Unusable(f"it has {len(cells):,} cells, and at most {CELLS:,} are read")
    return [cell_fields(cell) for cell in cells if isinstance(cell, dict)]


def cell_fields(cell: dict) -> dict:
    """Return the useful fields of a student's cell, whatever the types of its own."""
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    source = source if isinstance(source, str) else ""
    metadata = cell.get("metadata") if isinstance(cell.get("metadata"), dict) else {}
    ids = [nbgrader_metadata(cell).get("grade_id"), cell.get("id", metadata.get("id"))]
    grade_id, cell_id = (value if isinstance(value, str) else "" for value in ids)
    return {
        "code": cell.get("cell_type") == "code",
        "source": drop_surrogates(source.replace("\r\n", "\n")),
        "grade_id": grade_id,
        "id": cell_id,
    }


def nbgrader_metadata(cell: dict) -> dict:
    """Return nbgrader's metadata of a cell, an empty dict if it has none."""
    metadata = cell.get("metadata")
    mark = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return mark if isinstance(mark, dict) else {}


# Rebuilding.


def rebuild(release, cells: list[dict]) -> tuple:
    """Return (the release with the answers and the added cells from these cells, notes).

    Raise `Unusable` if there is no answer at all: it is another notebook.
    """
    return Rebuilder(release, cells).result()


class Rebuilder:
    """Rebuilds one notebook."""

    def __init__(self, release, cells):
        self.notebook, self.cells = copy.deepcopy(release), cells
        self.notes = []
        self.used = set()  # indices of the cells that are dealt with
        self.place = {}  # index of a cell -> index in the release
        self.given = {cell.source.strip() for cell in release.cells}  # the texts of the release
        self.by_grade, self.by_id, self.by_name = {}, {}, {}
        for i, cell in enumerate(cells):
            self.by_grade.setdefault(cell["grade_id"], []).append(i)
            self.by_id.setdefault(cell["id"], []).append(i)
            if cell["code"]:
                for name in defined_names(cell["source"]):
                    self.by_name.setdefault(name, []).append(i)

    def result(self):
        """Return the notebook and the notes."""
        answers = [
            (number, cell)
            for number, cell in enumerate(self.notebook.cells)
            if nbgrader_metadata(cell).get("solution")
        ]
        for by_id in (True, False):  # answers with an id first, so that no name takes them away
            for number, cell in answers:
                if bool(self.find_by_id(cell)) is by_id:
                    self.take_answer(number, cell)
        if answers and not self.place:
            raise Unusable("none of this exercise's answers is in it: is it another notebook?")
        self.insert(self.added_cells())
        for cell in self.notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        return self.notebook, sorted(self.notes)

    def find_by_id(self, cell):
        """Return the indices of the student's cells that have the id of this one."""
        return self.by_grade.get(nbgrader_metadata(cell)["grade_id"]) or [
            i for i in self.by_id.get(cell.get("id") or None, []) if not self.cells[i]["grade_id"]
        ]

    def take_answer(self, number, cell):
        """Put the answer into this cell of the release, if there is one."""
        name, names = nbgrader_metadata(cell)["grade_id"], set()
        if cell.cell_type == "code":
            names = defined_names(cell.source)
        found, how = self.find_by_id(cell), ""
        if found and not self.by_grade.get(name):
            how = "its cell's id"
        changed = [i for i in found if self.cells[i]["source"].strip() != cell.source.strip()]
        if not changed and names:
            elsewhere = [i for i in self.find_by_names(names) if i not in self.used]
            elsewhere = [i for i in elsewhere if i not in found and not self.is_given(i)]
            if elsewhere:
                self.used.update(found)
                found = changed = elsewhere
                how = "the name of its function"
        if not found:
            self.notes.append(f"{name}: no answer found")
            return
        # Of several, the last one that was changed and has the function.
        complete = [i for i in changed if names and names <= self.names_in(i)]
        chosen = (complete or changed or found)[-1]
        rest = [i for i in found if i != chosen]
        if complete:  # a cell that was split: its other part stays, as an added cell
            parts = [i for i in changed if not names <= self.names_in(i)]
            rest = [i for i in rest if i not in parts]
            if parts:
                self.notes.append(f"{name}: in {len(parts) + 1} parts")
        if rest and how != "the name of its function":
            self.notes.append(f"{name}: {len(rest) + 1} copies, the last changed one was taken")
        elif rest:
            self.notes.append(f"{name}: written {len(rest) + 1} times, the last one was taken")
        if how:
            self.notes.append(f"{name}: found by {how}")
        self.used.update(rest, [chosen])
        self.place[chosen] = number
        source = self.cells[chosen]["source"]
        if len(source) > SOURCE:
            self.notes.append(f"{name}: cut after {SOURCE:,} characters")
        source = source[:SOURCE]
        cell.source = source if cell.cell_type == "code" else neutralize_markup(source)

    def names_in(self, i):
        """Return the names that this cell defines."""
        return defined_names(self.cells[i]["source"])

    def find_by_names(self, names):
        """Return the indices of the cells that define all these names."""
        found = [set(self.by_name.get(name, ())) for name in names]
        return sorted(set.intersection(*found))

    def is_given(self, i):
        """Return whether this cell is an unchanged one of the release."""
        return self.cells[i]["source"].strip() in self.given

    def added_cells(self):
        """Return {index in the release: the texts of the student's cells behind it}."""
        by_grade, by_id, solutions = {}, {}, set()
        for number, cell in enumerate(self.notebook.cells):
            mark = nbgrader_metadata(cell)
            by_grade[mark.get("grade_id")] = by_id[cell.get("id")] = number
            if mark.get("solution"):
                solutions.add(number)
        given = {cell.source.strip() for cell in self.notebook.cells}
        added = {}
        behind = -1  # the cell of the release that comes before the current one
        size = count = dropped = 0
        for i, cell in enumerate(self.cells):
            number = self.place.get(i)
            if number is None and i not in self.used:
                number = by_grade.get(cell["grade_id"] or None)
                if number is None and not cell["grade_id"]:
                    number = by_id.get(cell["id"] or None)
                if number in solutions:
                    number = None  # a part of an answer
            if number is not None:
                behind = number
                if i in self.place or not self.is_runnable_edit(cell, self.notebook.cells[number]):
                    continue
            elif i in self.used:
                continue
            text = cell["source"]
            if not cell["code"] or not text.strip() or text.strip() in given:
                continue
            size, count = size + len(text), count + 1
            if count > ADDED or size > ADDED_SOURCE or len(text) > SOURCE:
                dropped += 1
                continue
            added.setdefault(behind, []).append(text)
        kept = sum(map(len, added.values()))
        if kept:
            self.notes.append(f"{kept} own cell{'s' if kept > 1 else ''} kept")
        if dropped:
            self.notes.append(f"{dropped} own cells are too many or too long, and were left out")
        return added

    def is_runnable_edit(self, cell, locked):
        """Return whether a locked cell was changed and may run as the student's own.

        A changed check never may: the original replaces it, and that is all.
        """
        mark = nbgrader_metadata(locked)
        changed = cell["source"].strip() != locked.source.strip()
        if changed and (cell["code"] or locked.cell_type == "code"):
            what = "a check cell was" if mark.get("grade") else "was"
            self.notes.append(f"{mark['grade_id']}: {what} changed, and put back")
        return changed and cell["code"] and not mark.get("grade")

    def insert(self, added):
        """Insert the student's own cells where they were."""
        cells, number = [], 0
        for place, cell in [(-1, None), *enumerate(self.notebook.cells)]:
            if cell is not None:
                cells.append(cell)
            for text in added.get(place, ()):
                number += 1
                cells.append(nbformat.v4.new_code_cell(text, id=f"own-{number}"))
        self.notebook.cells = cells


def defined_names(source: str) -> set[str]:
    """Return the functions and classes that a cell defines, as Python reads their names.

    It looks only at how lines begin: code written for that purpose can break a parser.
    """
    found = re.findall(r"(?m)^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", source[:SOURCE])
    return {unicodedata.normalize("NFKC", name) for name in found}


def neutralize_markup(text: str) -> str:
    """Return a written answer in which no page finds HTML or a script.

    A space turns "<b>" and "<script>" into text, and leaves "a < b" and formulas as they are.
    """
    text = re.sub(r"<(?=[A-Za-z/!?])", "< ", text)
    text = re.sub(r"&(?=#|\w+;)", "& ", text)
    text = re.sub(r"(?i)(javascript|vbscript)(\s*):", r"\1\2 :", text)
    return re.sub(r"\\(href|require|unicode|style|class|cssId)\b", r"\\ \1", text)
