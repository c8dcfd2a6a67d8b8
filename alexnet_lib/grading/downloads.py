"""What an LMS hands out becomes the course folder's submissions, one rebuilt notebook a student.

The newest of what a student has handed in counts. What was handed in is kept as it is, so that
everything can be rebuilt when the release has changed. A file that can't be used is left out, with
its reason in the report, and stops nobody else.
"""

import json
import re
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime

import nbformat

from alexnet_lib.files import write_atomic
from alexnet_lib.grading import archives, owners
from alexnet_lib.grading.rebuild import SIZE, Unusable, mark, read, rebuild
from alexnet_lib.grading.student_ids import Strange, shown
from alexnet_lib.grading.tables import table

__all__ = ["Report", "Row", "collect", "read_times"]

NOTEBOOK = re.compile(r".*\.ipynb(\.txt|\.json)?", re.IGNORECASE | re.DOTALL)
OTHERS = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")
COLLECTED, SAME, KEPT, OUT, NOTHING = "collected", "as before", "kept", "left out", "nothing"
COLUMNS = ("student", "state", "file", "submitted", "notes")
MOST = 100  # notebooks of one student that are looked into
LINES = 40  # of the report on the screen


@dataclass
class Row:
    """What was done with a file, or with a student."""

    student: str
    state: str
    file: str = ""
    submitted: str = ""
    notes: str = ""


@dataclass
class Report:
    """What came of a collection."""

    name: str
    rows: list = field(default_factory=list)

    def of(self, *states):
        """The rows with these states."""
        return [row for row in self.rows if row.state in states]

    def lines(self):
        """The report in words: counts, and each file that was left out, and why."""
        done, same, out = self.of(COLLECTED), self.of(SAME), self.of(OUT)
        students = {row.student for row in done + same + self.of(KEPT)}
        head = f"{self.name}: {len(done)} collected"
        head += f", {len(same)} as before" if same else ""
        head += f", {len(out)} left out" if out else ""
        lines = [f"{head}; {len(students)} submissions in all."]
        for row in out[:LINES]:
            who = f"{row.student}: " if row.student else ""
            lines.append(f"  {who}{row.file}: {row.notes}")
        if len(out) > LINES:
            lines.append(f"  … and {len(out) - LINES} more: see the table")
        nothing = self.of(NOTHING)
        if nothing:
            names = ", ".join(row.student for row in nothing[:10])
            more = f" and {len(nothing) - 10} more" if len(nothing) > 10 else ""
            lines.append(f"Nothing from {len(nothing)} of the roster: {names}{more}.")
        return lines


@dataclass
class Candidate:
    """A notebook of a student's from which answers could be taken."""

    file: str
    data: bytes
    notebook: object
    notes: list
    owner: owners.Owner
    order: tuple


def collect(course, name, paths=(), times=None):
    """Collect what is in these files and folders, or what was kept; a `Report`.

    times: {student: datetime}, when they handed in, where the LMS's names don't say it
    """
    return Collecting(course, name, times or {}).run(paths)


class Collecting:
    """The work for one assignment."""

    def __init__(self, course, name, times):
        self.course, self.name, self.times = course, name, times
        self.release = nbformat.read(course.release(name), as_version=4)
        self.given = {mark(cell).get("grade_id"): cell.source for cell in self.release.cells}
        self.students = owners.Students(course)
        self.report = Report(name)

    def run(self, paths):
        """Collect, and write the report."""
        with ExitStack() as stack:
            files = [
                (number, found)
                for number, path in enumerate(paths)
                for found in stack.enter_context(archives.opened(path))
            ]
            work = self.sorted_out(files)
            for student in sorted(work):
                self.safely(student, work[student])
        done = {row.student for row in self.report.of(COLLECTED, SAME)}
        self.students.save(self.course, done)
        for student in self.there():
            if student not in done:
                self.rebuilt(student, said=not paths)
        have = self.there()
        for student in self.students.roster or ():
            if student not in have:
                self.report.rows.append(Row(student, NOTHING, notes="handed in nothing"))
        rows = [[getattr(row, c) for c in COLUMNS] for row in self.report.rows]
        write_atomic(self.course.report(self.name, "collected"), table([COLUMNS, *rows]))
        return self.report

    def leave_out(self, student, path, reason):
        """Note a file that can't be used."""
        file = shown("/".join(path).rstrip("/")) or "?"
        self.report.rows.append(Row(shown(student), OUT, file, notes=str(reason)))

    def there(self):
        """The students of whom something is kept."""
        folder = self.course.downloads(self.name)
        paths = folder.glob("*/about.json") if folder.is_dir() else ()
        return sorted(path.parent.name for path in paths)

    # Whose is what.

    def sorted_out(self, files):
        """{student: [(order of the download, file, owner)]}"""
        metadata = {}
        for number, found in files:
            if found.path == (owners.METADATA,) and not found.problem:
                try:
                    metadata[number] = owners.read_metadata(found.read(SIZE))
                except Unusable as reason:
                    self.leave_out("", found.path, reason)
        owned = []
        for number, found in files:
            if found.path[-1] == owners.METADATA and len(found.path) == 1:
                continue
            try:
                made = owners.owners(found.path, self.name, metadata.get(number))
                if made[0].kind == "plain" and len(found.path) == 1:
                    made = made if self.is_work(found) or found.problem else []  # a list, a readme
                owned += [(number, found, owner) for owner in made]
            except Strange as reason:
                if self.is_work(found):
                    self.leave_out("", found.path, found.problem or reason)
        everybody = list({(o.kind, o.key): o for _, _, o in owned}.values())
        ids, work = {}, {}
        for owner in everybody:
            try:
                ids[owner.kind, owner.key] = self.students.identify(owner, everybody)
            except Strange as reason:
                ids[owner.kind, owner.key] = reason
        doubles = self.doubles(ids, everybody)
        for number, found, owner in owned:
            student = ids[owner.kind, owner.key]
            reason = student if isinstance(student, Strange) else None
            if (owner.kind, owner.key) in doubles:
                reason = f"another one in the download has the same name as {student}"
            if reason is None:
                work.setdefault(student, []).append((number, found, owner))
            elif self.is_work(found) or found.problem:
                self.leave_out("", found.path, found.problem or reason)
        return work

    @staticmethod
    def doubles(ids, everybody):
        """The owners who are taken for a student whom somebody else's name is nearer to."""
        same = {}
        for owner in everybody:
            student = ids[owner.kind, owner.key]
            if isinstance(student, str):
                same.setdefault((owner.kind, student.casefold()), []).append(owner)
        doubles = set()
        for (_, _), several in same.items():
            if len(several) > 1:
                exact = [o for o in several if o.name == ids[o.kind, o.key]]
                keep = exact if len(exact) == 1 else []
                doubles |= {(o.kind, o.key) for o in several if o not in keep}
        return doubles

    @staticmethod
    def is_work(found):
        """Whether the file could be a submission."""
        name = found.path[-1].lower()
        return bool(NOTEBOOK.fullmatch(name)) or name.endswith((".zip", *OTHERS))

    # One student.

    def safely(self, student, files):
        """Take a student's files; whatever happens befalls this student alone."""
        try:
            self.take(student, files)
        except (Exception, RecursionError, MemoryError) as error:
            what = f"it could not be read ({type(error).__name__}: {error})"
            self.leave_out(student, files[0][1].path, shown(what))

    def take(self, student, files):
        """Take the newest usable notebook of these files."""
        best, count, other = None, 0, []
        for number, found, owner in files:
            for candidate in self.candidates(student, number, found, owner, other):
                count += 1
                if best is None or candidate.order >= best.order:
                    best = candidate
        if best is None:
            if not any(row.student == student for row in self.report.of(OUT)):
                names = ", ".join(sorted({path[-1] for path in other if path[-1]})[:5])
                said = f"no notebook, but {shown(names)}" if names else "no notebook"
                self.leave_out(student, files[0][1].path, f"handed in {said}")
            return
        if count > 1:
            best.notes.insert(0, f"{count} notebooks, of which the newest with answers was taken")
        before = self.about(student)
        if older(best.owner, before):
            notes = "what is there was handed in later"
            self.report.rows.append(Row(student, KEPT, best.file, before.get("time", ""), notes))
            return
        self.keep(student, best, before)

    def candidates(self, student, number, found, owner, other):
        """The notebooks in a file that answers can be taken from; the rest is noted."""
        name = found.path[-1].lower()
        if found.problem:
            self.leave_out(student, found.path, found.problem)
        elif name.endswith(".zip"):
            try:
                with archives.inside(found) as files:
                    for i, file in enumerate(files):
                        if not self.is_work(file):
                            other.append(file.path)
                        elif i < MOST:
                            yield from self.candidates(student, number, file, owner, other)
            except Unusable as reason:
                self.leave_out(student, found.path, reason)
        elif NOTEBOOK.fullmatch(name):
            try:
                yield self.candidate(number, found, owner)
            except Unusable as reason:
                self.leave_out(student, found.path, reason)
        elif name.endswith(OTHERS):
            self.leave_out(
                student, found.path, "an archive of a kind that is not read: ask for it as .zip"
            )
        else:
            other.append(found.path)

    def candidate(self, number, found, owner):
        """A notebook, rebuilt."""
        data = found.read(SIZE)
        notebook, notes = rebuild(self.release, read(data))
        changed = any(
            mark(cell).get("solution") and cell.source != self.given[mark(cell)["grade_id"]]
            for cell in notebook.cells
        )
        time = owner.time.timestamp() if owner.time else 0.0
        order = (changed, time, owner.number, found.date, number)
        return Candidate(shown("/".join(found.path)), data, notebook, notes, owner, order)

    # Writing.

    def about(self, student):
        """What is known of the submission that is there."""
        try:
            path = self.course.downloads(self.name) / student / "about.json"
            about = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return about if isinstance(about, dict) else {}

    def keep(self, student, best, before):
        """Write what was handed in, what is known of it, and the rebuilt notebook."""
        time = self.times.get(student) or best.owner.time
        notes = list(best.notes)
        if best.owner.late and not self.times.get(student):
            notes.append("late, says Canvas, but not how much: see --times")
        folder = self.course.downloads(self.name) / student
        stamp = stamp_of(time)
        if not stamp and before.get("time") and same_bytes(folder / "handed-in.ipynb", best.data):
            stamp = before["time"]  # told once, it need not be told again
        about = {"file": best.file, "kind": best.owner.kind, "number": best.owner.number}
        about |= {"time": stamp, "late": best.owner.late}
        new = write_atomic(folder / "handed-in.ipynb", best.data)
        new = write_atomic(folder / "about.json", json.dumps(about) + "\n") or new
        new = self.write(student, best.notebook, stamp) or new
        state = COLLECTED if new else SAME
        self.report.rows.append(Row(student, state, best.file, stamp, "; ".join(notes)))

    def write(self, student, notebook, stamp):
        """Write the rebuilt notebook and its time; whether anything is new."""
        path = self.course.submitted(student, self.name)
        when = path.with_name("timestamp.txt")
        new = False
        if stamp:
            new = write_atomic(when, stamp + "\n")
        elif when.exists():
            when.unlink()
            new = True
        return write_atomic(path, nbformat.writes(notebook) + "\n") or new

    def rebuilt(self, student, said):
        """Rebuild what is kept of a student: the release, or the time, may be another one now."""
        about = self.about(student)
        path = self.course.downloads(self.name) / student / "handed-in.ipynb"
        stamp = stamp_of(self.times.get(student)) or about.get("time", "")
        try:
            notebook, notes = rebuild(self.release, read(path.read_bytes()))
        except (Unusable, OSError) as error:
            self.leave_out(student, (about.get("file", path.name),), error)
            return
        new = self.write(student, notebook, stamp)
        if stamp != about.get("time", ""):
            write_atomic(path.with_name("about.json"), json.dumps(about | {"time": stamp}) + "\n")
        if any(row.student == student and row.state == KEPT for row in self.report.rows):
            return
        state = (COLLECTED if new else SAME) if said else KEPT
        row = Row(student, state, about.get("file", ""), stamp, "; ".join(notes))
        self.report.rows.append(row)


def same_bytes(path, data):
    """Whether just these bytes are there."""
    return path.is_file() and path.read_bytes() == data


def older(owner, before):
    """Whether what is there was certainly handed in later than this."""
    if before.get("kind") != owner.kind:
        return False
    if owner.time and before.get("time"):
        return stamp_of(owner.time) < before["time"]
    return bool(owner.number) and owner.number < before.get("number", 0)


def stamp_of(time):
    """A time as nbgrader's timestamp.txt has it, in UTC."""
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if isinstance(time, datetime) else ""


def read_times(path):
    """{student: when they handed in} from a table with the columns student and submitted."""
    import csv
    from pathlib import Path

    from alexnet_lib.grading.assigning import read_due

    path, times = Path(path), {}
    if not path.is_file():
        raise ValueError(f"there is no table {path}.")
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if not {"student", "submitted"} <= set(rows.fieldnames or ()):
                raise ValueError(f"{path} needs the columns student and submitted in line 1.")
            for row in rows:
                where = f"{path}, line {rows.line_num}"
                if row["submitted"]:
                    times[row["student"].strip()] = read_due(row["submitted"], where).moment
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{path} is no CSV file in UTF-8: {error}.") from error
    return times
