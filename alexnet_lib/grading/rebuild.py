"""A submission on the release: only the answers are taken from it, every other cell is ours.

So a deleted, edited, doubled or retyped cell, a changed number of points, lost metadata, a strange
kernel or stale outputs never reach the grader. An answer is found by nbgrader's id, else by the
cell's id, else by the names of the functions in it. Nothing here runs what a student wrote.
"""

import copy
import json
import re
import unicodedata

import nbformat

__all__ = ["SIZE", "Unusable", "read", "rebuild"]

SIZE = 30_000_000  # bytes of a notebook
PARTS = 1_000_000  # brackets in its JSON: each is a thing in memory
CELLS = 50_000
SOURCE = 200_000  # characters of a cell
OWN, OWN_SOURCE = 200, 1_000_000  # cells that a student has added, and their characters


class Unusable(Exception):
    """A file that no answers can be taken from, and why."""


# Reading.


def read(data):
    """The cells in the bytes of a notebook: dicts of kind, text and ids. Else `Unusable`."""
    if len(data) > SIZE:
        size = f"{len(data) // 1_000_000} MB"
        raise Unusable(f"it has {size}: clear the outputs and hand it in again")
    if not data.strip(b" \t\r\n\0"):
        raise Unusable("it is empty")
    if data.count(b"[") + data.count(b"{") > PARTS:
        raise Unusable("it has too many parts: clear the outputs and hand it in again")
    try:
        notebook = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Unusable("it is no notebook (not written in UTF-8)") from None
    except RecursionError:
        raise Unusable("it is no notebook (too many levels)") from None
    except ValueError as error:
        where = f": line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise Unusable(f"it is no notebook (not whole{where})") from None
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
        raise Unusable(f"it has {len(cells):,} cells")
    return [plain(cell) for cell in cells if isinstance(cell, dict)]


def plain(cell):
    """What is of use in a cell, whatever its types: kind, source, grade_id and id as texts."""
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    source = source if isinstance(source, str) else ""
    metadata = cell.get("metadata") if isinstance(cell.get("metadata"), dict) else {}
    mark = metadata.get("nbgrader") if isinstance(metadata.get("nbgrader"), dict) else {}
    names = [mark.get("grade_id"), cell.get("id", metadata.get("id"))]
    grade_id, identity = (name if isinstance(name, str) else "" for name in names)
    return {
        "code": cell.get("cell_type") == "code",
        "source": whole(source.replace("\r\n", "\n")),
        "grade_id": grade_id,
        "id": identity,
    }


def whole(text):
    """The text without halves of characters, which no file can hold."""
    return text.encode("utf-8", "replace").decode()


# Rebuilding.


def rebuild(release, cells):
    """(the release with the answers in these cells and the student's own cells, notes).

    Unusable, if there is no answer at all: it is another notebook.
    """
    return Rebuilding(release, cells).result()


class Rebuilding:
    """The work on one notebook."""

    def __init__(self, release, cells):
        self.notebook, self.cells = copy.deepcopy(release), cells
        self.used, self.notes = set(), []  # places in cells that have been dealt with
        self.place = {}  # place in cells -> place in the release
        self.by_grade, self.by_id, self.by_name = {}, {}, {}
        for i, cell in enumerate(cells):
            self.by_grade.setdefault(cell["grade_id"], []).append(i)
            self.by_id.setdefault(cell["id"], []).append(i)
            if cell["code"]:
                for name in defined(cell["source"]):
                    self.by_name.setdefault(name, []).append(i)

    def result(self):
        """The notebook and the notes."""
        answers = [(n, c) for n, c in enumerate(self.notebook.cells) if mark(c).get("solution")]
        for known in (True, False):  # what has an id goes first, so that no name takes it away
            for number, cell in answers:
                if bool(self.same(cell)) is known:
                    self.answer(number, cell)
        if answers and not self.place:
            raise Unusable("none of this exercise's answers is in it: is it another notebook?")
        own = self.own()
        self.insert(own)
        for cell in self.notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        return self.notebook, sorted(self.notes)

    def same(self, cell):
        """The places of the student's cells that have the id of this one."""
        return self.by_grade.get(mark(cell)["grade_id"]) or [
            i for i in self.by_id.get(cell.get("id") or None, []) if not self.cells[i]["grade_id"]
        ]

    def answer(self, number, cell):
        """Put the answer into this cell of the release, if there is one."""
        name, names = mark(cell)["grade_id"], set()
        if cell.cell_type == "code":
            names = defined(cell.source)
        found, how = self.same(cell), ""
        if found and not self.by_grade.get(name):
            how = "its cell's id"
        changed = [i for i in found if self.cells[i]["source"].strip() != cell.source.strip()]
        if not changed and names:
            written = [i for i in self.holding(names) if i not in self.used and i not in found]
            written = [i for i in written if not self.stub(i)]
            if written:
                self.used.update(found)
                found = changed = written
                how = "the name of its function"
        if not found:
            self.notes.append(f"{name}: no answer found")
            return
        # Of several, the last one that was worked on, and has the function.
        having = [i for i in changed if names and names <= defined(self.cells[i]["source"])]
        chosen = (having or changed or found)[-1]
        rest = [i for i in found if i != chosen]
        if names and having:  # a cell that was split: its other part stays, as a cell of its own
            parts = [i for i in changed if not names <= defined(self.cells[i]["source"])]
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
        cell.source = source[:SOURCE] if cell.cell_type == "code" else tame(source[:SOURCE])

    def holding(self, names):
        """The places of the cells that define all these names."""
        found = [set(self.by_name.get(name, ())) for name in names]
        return sorted(set.intersection(*found))

    def stub(self, i):
        """Whether this cell is one of the release's, as it was."""
        return self.cells[i]["source"].strip() in self.given

    @property
    def given(self):
        """The texts of the release's cells."""
        if not hasattr(self, "_given"):
            self._given = {cell.source.strip() for cell in self.notebook.cells}
        return self._given

    def own(self):
        """{place in the release: the student's own cells behind it}, and notes on the locked."""
        grades, ids = {}, {}
        for number, cell in enumerate(self.notebook.cells):
            grades[mark(cell).get("grade_id")] = ids[cell.get("id")] = number
        own, behind, gone = {}, -1, 0
        size = count = 0
        for i, cell in enumerate(self.cells):
            number = self.place.get(i)
            if number is None and i not in self.used:
                number = grades.get(cell["grade_id"] or None)
                if number is None and not cell["grade_id"]:
                    number = ids.get(cell["id"] or None)
                if number is not None and mark(self.notebook.cells[number]).get("solution"):
                    number = None  # a part of an answer
            if number is not None:
                behind = number
                if i in self.place or not self.edited(cell, self.notebook.cells[number]):
                    continue
            elif i in self.used:
                continue
            text = cell["source"]
            if not cell["code"] or not text.strip() or text.strip() in self.given:
                continue
            size, count = size + len(text), count + 1
            if count > OWN or size > OWN_SOURCE or len(text) > SOURCE:
                gone += 1
                continue
            own.setdefault(behind, []).append(text)
        kept = sum(map(len, own.values()))
        if kept:
            self.notes.append(f"{kept} own cell{'s' if kept > 1 else ''} kept")
        if gone:
            self.notes.append(f"{gone} own cells are too many or too long, and were left out")
        return own

    def edited(self, cell, locked):
        """Whether a locked cell was changed, and its new lines may run as the student's own.

        A test's never may: it is put back, and that is all.
        """
        changed = cell["source"].strip() != locked.source.strip()
        if changed and (cell["code"] or locked.cell_type == "code"):
            what = "a check cell was" if mark(locked).get("grade") else "was"
            self.notes.append(f"{mark(locked)['grade_id']}: {what} changed, and put back")
        return changed and cell["code"] and not mark(locked).get("grade")

    def insert(self, own):
        """Put the student's own cells where they stood."""
        cells, number = [], 0
        for place, cell in [(-1, None), *enumerate(self.notebook.cells)]:
            if cell is not None:
                cells.append(cell)
            for text in own.get(place, ()):
                number += 1
                cells.append(nbformat.v4.new_code_cell(text, id=f"own-{number}"))
        self.notebook.cells = cells


def mark(cell):
    """nbgrader's metadata of a cell of the release."""
    return cell.metadata.get("nbgrader", {})


def defined(source):
    """The functions and classes that a cell defines, as Python reads their names.

    By the looks of its lines: a parser can be brought to its limits by what is written for that.
    """
    found = re.findall(r"(?m)^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", source[:SOURCE])
    return {unicodedata.normalize("NFKC", name) for name in found}


def tame(text):
    """An answer in words that no page takes for HTML or for a script.

    A space makes "<b>" and "<script>" text, and leaves "a < b" and formulas as they are.
    """
    text = re.sub(r"<(?=[A-Za-z/!?])", "< ", text)
    text = re.sub(r"&(?=#|\w+;)", "& ", text)
    text = re.sub(r"(?i)(javascript|vbscript)(\s*):", r"\1\2 :", text)
    return re.sub(r"\\(href|require|unicode|style|class|cssId)\b", r"\\ \1", text)
