"""Collect an LMS's downloads into the course folder: one rebuilt notebook for each student.

Of several submissions of a student the newest counts. What was handed in is kept as it is, so that
everything can be rebuilt when the release has changed. A file that can't be used is left out, with
its reason in the report, and affects nobody else.
"""

import json
import re
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import nbformat

from alexnet_lib.files import write_atomic
from alexnet_lib.grading import archives, owners
from alexnet_lib.grading.rebuild import SIZE, Unusable, nbgrader_metadata, read_cells, rebuild
from alexnet_lib.grading.student_ids import InvalidStudentId, one_line
from alexnet_lib.grading.tables import table

__all__ = ["Report", "Row", "collect"]

NOTEBOOK = re.compile(r".*\.ipynb(\.txt|\.json)?", re.IGNORECASE | re.DOTALL)
OTHER_ARCHIVES = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")
REPLACES = "it replaces"
LATE = "late according to Canvas, which does not say how much: see --times"
COLLECTED, SAME, KEPT, OUT, NOTHING = "collected", "as before", "kept", "left out", "nothing"
COLUMNS = ("student", "state", "file", "submitted", "notes")
MOST = 100  # files of a student's zip that are read
SECONDS = 5  # for reading what one student handed in
LINES = 40  # of the report on the screen
NO_OWNER = (owners.UnknownOwner, InvalidStudentId)


@dataclass
class Row:
    """A row of the report: a file or a student, and what was done with it."""

    student: str
    state: str
    file: str = ""
    submitted: str = ""
    notes: str = ""


@dataclass
class Report:
    """The report of a collection."""

    name: str
    rows: list = field(default_factory=list)

    def rows_in(self, *states) -> list[Row]:
        """Return the rows with these states."""
        return [row for row in self.rows if row.state in states]

    def lines(self) -> list[str]:
        """Return the report in words: counts, and each file that was left out, with the reason."""
        done, same, out = self.rows_in(COLLECTED), self.rows_in(SAME), self.rows_in(OUT)
        students = {row.student for row in done + same + self.rows_in(KEPT)}
        head = f"{self.name}: {len(done)} collected"
        head += f", {len(same)} as before" if same else ""
        head += f", {len(out)} left out" if out else ""
        lines = [f"{head}; {len(students)} submissions in all."]
        for row in out[:LINES]:
            who = f"{row.student}: " if row.student else ""
            lines.append(f"  {who}{row.file}: {row.notes}")
        if len(out) > LINES:
            lines.append(f"  … and {len(out) - LINES} more: see the table")
        for row in done:
            if row.notes.startswith(REPLACES):
                lines.append(f"  {row.student}: {row.file}: {row.notes}")
        late = [row for row in self.rows_in(COLLECTED, SAME, KEPT) if LATE in row.notes]
        if late:
            lines.append(
                f"Late according to Canvas: {some_names(late)}. Nothing is deducted until you say"
                " when they handed in: alexnet collect --times."
            )
        nothing = self.rows_in(NOTHING)
        if nothing:
            lines.append(f"Nothing from {len(nothing)} of the roster: {some_names(nothing)}.")
        return lines


def some_names(rows) -> str:
    """Return the names of the students in these rows, or of ten of them."""
    names = ", ".join(row.student for row in rows[:10])
    return names + (f" and {len(rows) - 10} more" if len(rows) > 10 else "")


@dataclass
class Candidate:
    """A student's notebook that has answers."""

    file: str
    data: bytes
    notebook: object
    notes: list
    owner: owners.Owner
    order: tuple


def collect(course, name: str, paths=(), times: dict | None = None) -> Report:
    """Collect these files and folders, and rebuild what was collected before; return a `Report`.

    times: when they handed in, as `times.read_times` returns it
    """
    return Collector(course, name, times or {}).run(paths)


class Collector:
    """Collects one assignment."""

    def __init__(self, course, name, times):
        self.course, self.name, self.times = course, name, times
        self.release = nbformat.read(course.release(name), as_version=4)
        self.given = {
            nbgrader_metadata(cell).get("grade_id"): cell.source for cell in self.release.cells
        }
        self.students = owners.Students(course)
        self.report = Report(name)

    def run(self, paths):
        """Collect, and write the report."""
        with ExitStack() as stack:
            files = []
            for number, path in enumerate(map(Path, paths)):
                alone = self.students.named_by(path, self.name)
                entries = stack.enter_context(archives.open_download(path, looked_into=not alone))
                if not alone:
                    entries = self.strip_wrapper(entries, path)
                files += [(number, entry) for entry in entries]
            work = self.group_by_student(files)
            for student in sorted(work):
                self.take_safely(student, work[student])
        done = {row.student for row in self.report.rows_in(COLLECTED, SAME)}
        self.students.save(self.course, done)
        for student in self.students_kept():
            if student not in done:
                self.rebuild_kept(student, reported=not paths)
        kept = self.students_kept()
        for student in self.students.roster or ():
            if student not in kept:
                self.report.rows.append(Row(student, NOTHING, notes="handed in nothing"))
        rows = [[getattr(row, c) for c in COLUMNS] for row in self.report.rows]
        write_atomic(self.course.report(self.name, "collected"), table([COLUMNS, *rows]))
        return self.report

    def leave_out(self, student, path, reason):
        """Report a file that can't be used."""
        file = one_line("/".join(path).rstrip("/")) or "?"
        self.report.rows.append(Row(one_line(student), OUT, file, notes=str(reason)))

    def students_kept(self):
        """Return the students with a submission that was collected, now or before."""
        folder = self.course.downloads(self.name)
        paths = folder.glob("*/about.json") if folder.is_dir() else ()
        return sorted(path.parent.name for path in paths)

    # Finding the owners.

    def strip_wrapper(self, entries, path):
        """Return the entries without the one folder around them, if it has no student's name.

        A zip adds a folder of its own name, and Gradescope `assignment_123_export`. A folder that
        may be a student's stays: what is in it would belong to whom its own names say.
        """
        heads = {entry.path[0] for entry in entries if len(entry.path) > 1}
        if len(heads) != 1 or any(len(entry.path) == 1 for entry in entries):
            return entries
        head = heads.pop()
        inside = [replace(entry, path=entry.path[1:]) for entry in entries]
        if not (owners.EXPORT.fullmatch(head) and any(is_metadata(e) for e in inside)):
            added_by_zip = path.is_file() and head == path.stem
            if not added_by_zip or self.students.is_known(head):
                return entries
            for entry in inside:
                if self.is_work(entry) and len(entry.path) == 1:
                    try:
                        owners.find_owners(entry.path, self.name)
                    except NO_OWNER:
                        return entries  # a notebook without a name: the folder's is its student's
        return inside

    def group_by_student(self, files):
        """Return {student: [(number of the download, entry, owner)]}."""
        metadata = {}
        for number, entry in files:
            if is_metadata(entry) and not entry.problem:
                try:
                    metadata[number] = owners.read_metadata(entry.read(SIZE))
                except Unusable as reason:
                    self.leave_out("", entry.path, reason)
        owned = []
        for number, entry in files:
            if is_metadata(entry):
                continue
            try:
                found = owners.find_owners(entry.path, self.name, metadata.get(number))
                if found[0].kind == "plain" and len(entry.path) == 1:
                    # not a list or a readme
                    found = found if self.is_work(entry) or entry.problem else []
                owned += [(number, entry, owner) for owner in found]
            except NO_OWNER as reason:
                if self.is_work(entry):
                    self.leave_out("", entry.path, entry.problem or reason)
        everybody = list({(o.kind, o.key): o for _, _, o in owned}.values())
        ids = {}
        for owner in everybody:
            try:
                ids[owner.kind, owner.key] = self.students.identify(owner, everybody)
            except NO_OWNER as reason:
                ids[owner.kind, owner.key] = reason
        ambiguous = self.ambiguous_owners(ids, everybody)
        work = {}
        for number, entry, owner in owned:
            student = ids[owner.kind, owner.key]
            reason = student if isinstance(student, NO_OWNER) else None
            if (owner.kind, owner.key) in ambiguous:
                reason = f"somebody else in the download has the same name as {student}"
            if reason is None:
                work.setdefault(student, []).append((number, entry, owner))
            elif self.is_work(entry) or entry.problem:
                self.leave_out("", entry.path, entry.problem or reason)
        return {s: files for s, files in work.items() if not self.is_disputed(s, files)}

    def is_disputed(self, student, files):
        """Report files that claim one student under several names; return whether there are any.

        Only an LMS says which of its uploads is the newer one. Between files whose names alone say
        whose they are, one could be somebody else's.
        """
        claims = {}
        for number, entry, owner in files:
            if self.is_work(entry):
                by_number = owner.kind in ("canvas", "moodle")
                claim = (number, owner.kind, owner.key if by_number else entry.path[0])
                claims.setdefault(claim, []).append(entry.path)
        if len(claims) < 2:
            return False
        names = [one_line("/".join(paths[0])) for paths in claims.values()]
        for paths in claims.values():
            for path in paths:
                others = [name for name in names if name != one_line("/".join(path))] or names
                reason = (
                    f"{len(claims)} files claim to be {student}'s, and nothing says which is newer"
                    f" (another: {others[0]}). Collect again with the one that counts"
                )
                self.leave_out(student, path, reason)
        return True

    @staticmethod
    def ambiguous_owners(ids, everybody):
        """Return the owners who share a student with an owner whose name fits better or as well."""
        same = {}
        for owner in everybody:
            student = ids[owner.kind, owner.key]
            if isinstance(student, str):
                same.setdefault((owner.kind, student.casefold()), []).append(owner)
        ambiguous = set()
        for sharing in same.values():
            if len(sharing) > 1:
                exact = [o for o in sharing if o.name == ids[o.kind, o.key]]
                keep = exact if len(exact) == 1 else []
                ambiguous |= {(o.kind, o.key) for o in sharing if o not in keep}
        return ambiguous

    @staticmethod
    def is_work(entry):
        """Return whether the file could be a submission."""
        name = entry.path[-1].lower()
        return bool(NOTEBOOK.fullmatch(name)) or name.endswith((".zip", *OTHER_ARCHIVES))

    # One student.

    def take_safely(self, student, files):
        """Take a student's files; if that fails, it fails for this student alone."""
        try:
            self.take(student, files)
        except (Exception, RecursionError, MemoryError) as error:
            reason = f"it could not be read ({type(error).__name__}: {error})"
            self.leave_out(student, files[0][1].path, one_line(reason))

    def take(self, student, files):
        """Take the newest usable notebook of these files."""
        best, count, other = None, 0, []
        end = monotonic() + SECONDS
        for number, entry, owner in files:
            for candidate in self.candidates(student, number, entry, owner, other):
                count += 1
                if monotonic() > end:
                    reason = f"reading it took more than {SECONDS} seconds: ask for one notebook"
                    self.leave_out(student, entry.path, reason)
                    return
                if best is None or candidate.order >= best.order:
                    best = candidate
        if best is None:
            if not any(row.student == student for row in self.report.rows_in(OUT)):
                names = ", ".join(sorted({path[-1] for path in other if path[-1]})[:5])
                but = f", but {one_line(names)}" if names else ""
                self.leave_out(student, files[0][1].path, f"handed in no notebook{but}")
            return
        if count > 1:
            best.notes.insert(0, f"{count} notebooks, of which the newest with answers was taken")
        before = self.read_about(student)
        if is_older(best.owner, before):
            notes = "the one collected before was handed in later"
            self.report.rows.append(Row(student, KEPT, best.file, before.get("time", ""), notes))
            return
        self.keep(student, best, before)

    def candidates(self, student, number, entry, owner, other):
        """Yield the notebooks in a file; report what can't be used, add the rest to `other`."""
        name = entry.path[-1].lower()
        if entry.problem:
            self.leave_out(student, entry.path, entry.problem)
        elif name.endswith(".zip"):
            try:
                with archives.open_inner_zip(entry) as entries:
                    if len(entry.path) == 1:
                        self.check_one_owner(entries)
                    for i, inner in enumerate(entries):
                        if not self.is_work(inner):
                            other.append(inner.path)
                        elif i < MOST:
                            yield from self.candidates(student, number, inner, owner, other)
            except Unusable as reason:
                self.leave_out(student, entry.path, reason)
        elif NOTEBOOK.fullmatch(name):
            try:
                yield self.candidate(number, entry, owner)
            except Unusable as reason:
                self.leave_out(student, entry.path, reason)
        elif name.endswith(OTHER_ARCHIVES):
            reason = "an archive of an unsupported kind: ask for a .zip"
            self.leave_out(student, entry.path, reason)
        else:
            other.append(entry.path)

    def check_one_owner(self, entries):
        """Refuse a zip in the place of a student's if it looks like the download of a class."""
        heads = {entry.path[1] for entry in entries if self.is_work(entry) and len(entry.path) > 2}
        found = [owners.find_owners((entry.path[-1],), "") for entry in entries]
        uploads = {o.key for people in found for o in people if o.kind in ("canvas", "moodle")}
        if len(heads) > 1 or len(uploads) > 1:
            raise Unusable(
                "it is named after one student, but seems to hold the work of several. If it is the"
                " download of your LMS, rename it to downloads.zip; if not, put it into a folder"
                " named after the student"
            )

    def candidate(self, number, entry, owner):
        """Return a notebook, rebuilt."""
        data = entry.read(SIZE)
        notebook, notes = rebuild(self.release, read_cells(data))
        marks = [(nbgrader_metadata(cell), cell.source) for cell in notebook.cells]
        changed = any(m.get("solution") and s != self.given[m["grade_id"]] for m, s in marks)
        time = owner.time.timestamp() if owner.time else 0.0
        order = (changed, time, owner.number, entry.date, number)
        return Candidate(one_line("/".join(entry.path)), data, notebook, notes, owner, order)

    # Writing.

    def read_about(self, student):
        """Return the facts about the submission that was collected before, if there is one."""
        try:
            path = self.course.downloads(self.name) / student / "about.json"
            about = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return about if isinstance(about, dict) else {}

    def keep(self, student, best, before):
        """Write the submission as handed in, the facts about it, and the rebuilt notebook."""
        given = self.given_time(student, best.owner.kind, best.owner.key)
        time = given or best.owner.time
        notes = list(best.notes)
        other = (before.get("kind"), outermost(before.get("file", "")))
        if before and other != (best.owner.kind, outermost(best.file)) and not best.owner.number:
            notes.insert(0, f"{REPLACES} {before.get('file')}, which was collected before")
        folder = self.course.downloads(self.name) / student
        stamp = timestamp(time)
        original = folder / "handed-in.ipynb"
        if not stamp and original.is_file() and original.read_bytes() == best.data:
            stamp = before.get("time", "")  # a time given once need not be given again
        if best.owner.late and not stamp:
            notes.append(LATE)
        about = {"file": best.file, "kind": best.owner.kind, "number": best.owner.number}
        about |= {"time": stamp, "late": best.owner.late, "key": best.owner.key}
        new = write_atomic(original, best.data)
        new = write_atomic(folder / "about.json", json.dumps(about) + "\n") or new
        new = self.write(student, best.notebook, stamp) or new
        state = COLLECTED if new else SAME
        self.report.rows.append(Row(student, state, best.file, stamp, "; ".join(notes)))

    def given_time(self, student, kind, key):
        """Return when the student handed in, if the times say so: theirs, or those of their LMS."""
        return self.times.get(student) or self.times.get((kind, key))

    def write(self, student, notebook, stamp):
        """Write the rebuilt notebook and its time; return whether anything is new."""
        path = self.course.submitted(student, self.name)
        time = path.with_name("timestamp.txt")
        new = False
        if stamp:
            new = write_atomic(time, stamp + "\n")
        elif time.exists():
            time.unlink()
            new = True
        return write_atomic(path, nbformat.writes(notebook) + "\n") or new

    def rebuild_kept(self, student, reported):
        """Rebuild a submission collected before: the release or its time may have changed.

        reported: whether the report calls it collected
        """
        about = self.read_about(student)
        path = self.course.downloads(self.name) / student / "handed-in.ipynb"
        given = self.given_time(student, about.get("kind"), about.get("key"))
        stamp = timestamp(given) or about.get("time", "")
        try:
            notebook, notes = rebuild(self.release, read_cells(path.read_bytes()))
        except (Unusable, OSError) as error:
            self.leave_out(student, (about.get("file", path.name),), error)
            return
        if about.get("late") and not stamp:
            notes.append(LATE)
        new = self.write(student, notebook, stamp)
        if stamp != about.get("time", ""):
            write_atomic(path.with_name("about.json"), json.dumps(about | {"time": stamp}) + "\n")
        if any(row.student == student and row.state == KEPT for row in self.report.rows):
            return
        state = (COLLECTED if new else SAME) if reported else KEPT
        row = Row(student, state, about.get("file", ""), stamp, "; ".join(notes))
        self.report.rows.append(row)


def outermost(file: str) -> str:
    """Return the first name in the path of a file."""
    return file.partition("/")[0]


def is_metadata(entry) -> bool:
    """Return whether this is Gradescope's list of who handed in what."""
    return entry.path == (owners.METADATA,)


def is_older(owner: owners.Owner, before: dict) -> bool:
    """Return whether the submission collected before was certainly handed in later than this."""
    if before.get("kind") != owner.kind:
        return False
    if owner.time and before.get("time"):
        return timestamp(owner.time) < before["time"]
    return bool(owner.number) and owner.number < before.get("number", 0)


def timestamp(time: datetime | None) -> str:
    """Return a time in UTC as nbgrader's timestamp.txt has it, an empty text if there is none."""
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if isinstance(time, datetime) else ""
