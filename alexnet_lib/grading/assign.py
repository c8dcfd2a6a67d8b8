"""Assign an exercise: fill the course folder and its gradebook, and write the text for the LMS.

Everything is checked before anything is written. Assigning again updates the assignment; what was
handed in and what was graded by hand stays.
"""

import ast
import csv
import io
import re
import textwrap
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import nbformat
from nbgrader import utils
from nbgrader.api import MissingEntry

from alexnet_lib.files import write_atomic
from alexnet_lib.grading import release, runner
from alexnet_lib.grading.lateness import Lateness
from alexnet_lib.grading.records import code_cells, grade_id, read_notebook
from alexnet_lib.grading.sandbox.process import sandbox_problem
from alexnet_lib.grading.student_ids import InvalidStudentId, as_student_id
from alexnet_lib.grading.tables import table

__all__ = [
    "Due",
    "about_inputs",
    "announcement",
    "assign",
    "enroll",
    "read_due",
    "read_roster",
]

ROSTER = ("id", "first_name", "last_name", "email", "lms_user_id")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = "January February March April May June July August September October November December"
DRAWS = 4  # with so many draws of their inputs, private tests are tried
BEGIN, END = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"


# The due date.


@dataclass
class Due:
    """When work is due: a moment, and the time zone that the instructor meant."""

    moment: datetime  # with its offset
    zone: str = ""  # its name, if one was given
    assumed: bool = False  # the zone is this machine's, because none was given

    def __str__(self):
        m = self.moment
        day = f"{DAYS[m.weekday()]}, {m.day} {MONTHS.split()[m.month - 1]} {m.year}"
        names = [self.zone or m.tzname(), utc_offset(m)]
        names = ["UTC"] if names[0] in ("UTC", "UTC+00:00") else names
        return f"{day}, {m:%H:%M} ({', '.join(dict.fromkeys(names))})"

    @property
    def utc(self):
        """The moment as the gradebook stores it: in UTC, without a time zone."""
        return self.moment.astimezone(UTC).replace(tzinfo=None)


def read_due(text: str, option="--due") -> Due:
    """Return a `Due` from 2027-02-01 or "2027-02-01 18:00", also with +01:00, Z or Europe/Berlin.

    A day alone means its last minute. Without a time zone, this machine's is assumed.
    """
    found = re.fullmatch(
        r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::\d\d)?)? ?(Z|[+-]\d\d:?\d\d|[A-Za-z][\w+/-]*)?",
        text.strip(),
    )
    if not found:
        raise ValueError(
            f"{option} {text!r} is not a date: write 2027-02-01, or with a time and a zone"
            ' "2027-02-01 18:00 Europe/Berlin".'
        )
    day, clock, zone = found.groups()
    try:
        moment = datetime.fromisoformat(f"{day} {clock or '23:59'}")
    except ValueError as error:
        raise ValueError(f"{option} {text!r} is not a date: {error}.") from None
    if zone is None:
        return Due(moment.astimezone(), assumed=True)
    if zone in ("Z", "UTC"):
        return Due(moment.replace(tzinfo=UTC))
    if zone[0] in "+-":
        hours, minutes = int(zone[1:3]), int(zone[-2:])
        if hours > 14 or minutes > 59:
            raise ValueError(f"{option} {text!r}: there is no time zone {zone}.")
        shift = timedelta(hours=hours, minutes=minutes) * (-1 if zone[0] == "-" else 1)
        return Due(moment.replace(tzinfo=timezone(shift)))
    try:
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"{option} {text!r}: there is no time zone {zone!r}; write one such as Europe/Berlin."
        ) from None
    return Due(moment, zone)


def utc_offset(moment: datetime) -> str:
    """Return a moment's offset, such as UTC+01:00."""
    text = moment.strftime("%z")
    return f"UTC{text[:3]}:{text[3:5]}"


# The roster.


def read_roster(path) -> list[dict]:
    """Return the rows of a roster; raise ValueError, with the line, if something is wrong."""
    path = Path(path)
    if not path.is_file():
        raise ValueError(f"there is no roster {path}.")
    if path.stat().st_size > 20_000_000:
        raise ValueError(f"{path} has more than 20 MB: a roster is a small table.")
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not written in UTF-8: save it as CSV UTF-8.") from None
    separator = max(",;\t", key=text.split("\n")[0].count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        fields = [(field or "").strip() for field in reader.fieldnames or []]
        if "id" not in fields:
            raise ValueError(
                f"{path}, line 1: the first line must name the columns, of {', '.join(ROSTER)};"
                f" id is required, but there is only {', '.join(fields) or 'an empty line'}."
            )
        for field in fields:
            if field not in ROSTER or fields.count(field) > 1:
                what = "appears twice" if field in ROSTER else "is not a column of a roster"
                raise ValueError(f"{path}, line 1: {field!r} {what}; use {', '.join(ROSTER)}.")
        reader.fieldnames = fields
        return read_rows(path, reader)
    except csv.Error as error:
        raise ValueError(f"{path}, line {reader.line_num}: {error}.") from error


def read_rows(path, reader) -> list[dict]:
    """Return the rows of the reader, no two of which may be the same student."""
    rows = []
    seen = {}  # (field, value) -> its line
    for row in reader:
        where = f"{path}, line {reader.line_num}"
        if None in row or None in row.values():
            count = "more" if None in row else "fewer"
            raise ValueError(f"{where} has {count} columns than the first line.")
        row = {field: row.get(field, "").strip() for field in ROSTER}
        if not any(row.values()):
            continue
        if not row["id"]:
            raise ValueError(f"{where} has no id.")
        try:
            row["id"] = as_student_id(row["id"])
        except InvalidStudentId as reason:
            raise ValueError(f"{where}: the id {row['id']!r} is invalid: {reason}.") from None
        for field, value in row.items():
            if len(value) > 128 or not value.isprintable():
                raise ValueError(f"{where}: {field} has over 128 characters, or unprintable ones.")
        for field in ("id", "email", "lms_user_id"):
            key = (field, row[field].casefold())
            if row[field] and key in seen:
                raise ValueError(
                    f"{where}: the {field} {row[field]} is already in line {seen[key]}."
                )
            seen[key] = reader.line_num
        rows.append(row)
    if not rows:
        raise ValueError(f"{path} has no students.")
    return rows


def enroll(course, rows: list[dict]) -> tuple[int, int]:
    """Enter a roster into the gradebook; return how many students are new, and how many in all."""
    new = course.add_students({row["id"]: {f: row[f] for f in ROSTER[1:]} for row in rows})
    write_atomic(course.roster, table([ROSTER, *([row[f] for f in ROSTER] for row in rows)]))
    return new, len(rows)


# The assignment.


def assign(course, book, name: str, due=None, private=None, tell=print) -> float:
    """Put an exercise into the course; return the notebook's points.

    due: a `Due`, None to keep the present one, False for none
    private: the path of a notebook with the instructor's own tests, None to keep the present ones,
    False for none
    tell: called with a sentence if the private tests could not be tried
    """
    path, points = book.notebook("source", name), book.about(name)["points"]
    try:
        released = release.make_release(path, points)
    except release.InvalidSource as reason:
        raise ValueError(f"{path} {reason}.") from reason
    if released != book.notebook("release", name).read_text("utf-8"):
        raise ValueError(
            f"the release of {name}, which Colab opens, does not match its source:"
            f" run make exercises NAMES={name}, and push it."
        )
    source, tests = path.read_text("utf-8"), None
    if private is None and course.private(name).is_file():
        private = course.private(name)
    if private:
        tests = read_private_tests(private)
        merged = add_private_tests(nbformat.reads(source, as_version=4), tests, private)
        draws = runner.drawing_tests(cell.source for cell in tests.cells)
        check_solutions(merged, private, tell, DRAWS if draws else 0)
        source = nbformat.writes(merged) + "\n"
    notebook = release.gradebook_copy(io.StringIO(source))
    with course.gradebook() as gradebook:
        register(gradebook, name, notebook, due)
    if tests is not None:
        write_atomic(course.private(name), nbformat.writes(tests) + "\n")
    elif private is False:
        course.private(name).unlink(missing_ok=True)
    write_atomic(course.source(name), source)
    write_atomic(course.release(name), released)
    return points


def register(gradebook, name, notebook, due):
    """Enter an assignment's cells into the gradebook.

    Once there are submissions, cells may be added and changed; removing one would remove points.
    """
    tests = {grade_id(cell): cell for cell in notebook.cells if utils.is_grade(cell)}
    answers = {grade_id(cell): cell for cell in notebook.cells if utils.is_solution(cell)}
    locked = {grade_id(cell): cell for cell in notebook.cells if utils.is_locked(cell)}
    try:
        before = gradebook.find_notebook(name, name)
    except MissingEntry:
        before = None
    if before is not None:
        gone = {cell.name for cell in before.grade_cells} - set(tests)
        gone |= {cell.name for cell in before.solution_cells} - set(answers)
        if gone and before.submissions:
            raise ValueError(
                f"{name} has submissions, but its source no longer has {sorted(gone)[0]}: put the"
                " cell back, or start a new course folder."
            )
        if gone:
            gradebook.remove_notebook(name, name)
    settings = {} if due is None else {"duedate": due.utc if due else None}
    gradebook.update_or_create_assignment(name, **settings)
    gradebook.update_or_create_notebook(name, name)
    for identity, cell in tests.items():
        about = {"max_score": float(cell.metadata.nbgrader["points"]), "cell_type": cell.cell_type}
        gradebook.update_or_create_grade_cell(identity, name, name, **about)
    for identity in answers:
        gradebook.update_or_create_solution_cell(identity, name, name)
    for identity, cell in (tests | answers | locked).items():
        about = {"cell_type": cell.cell_type, "locked": utils.is_locked(cell)}
        about |= {"source": cell.source, "checksum": cell.metadata.nbgrader.get("checksum")}
        gradebook.update_or_create_source_cell(identity, name, name, **about)


# An instructor's own hidden tests.


def read_private_tests(path):
    """Return the notebook with private tests."""
    path = Path(path)
    if not path.is_file():
        raise ValueError(f"there is no notebook {path}.")
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except Exception as error:  # nbformat raises many kinds
        said = (str(error).strip().split("\n")[0] or type(error).__name__).rstrip(".")
        raise ValueError(f"{path} is not a valid notebook: {said}.") from error
    return notebook


def add_private_tests(source, private, path):
    """Append private tests to the check cells of the source, as hidden tests; return the source."""
    checks = {grade_id(c): c for c in source.cells if c.metadata.nbgrader.get("grade")}
    checks = {name: cell for name, cell in checks.items() if cell.cell_type == "code"}
    found = False
    for number, cell in enumerate(private.cells, start=1):
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        name = check_name(cell)
        if name not in checks:
            said = f"belongs to {name!r}" if name else "does not name its check"
            raise ValueError(
                f"{path}, cell {number} {said}: begin it with a line such as"
                f" # {next(iter(checks))}; the exercise has {', '.join(checks)}."
            )
        lines = [line for line in cell.source.split("\n") if line.strip() not in (BEGIN, END)]
        text = "\n".join(lines).strip("\n")
        try:
            ast.parse(text)
        except SyntaxError as error:
            raise ValueError(
                f"{path}, cell {number} is not valid Python: line {error.lineno}: {error.msg}."
            ) from None
        checks[name].source += f"\n{BEGIN}\n{text}\n{END}"
        found = True
    if not found:
        raise ValueError(f"{path} has no tests: write them into code cells.")
    return source


def check_name(cell) -> str | None:
    """Return the check cell that a private test names: nbgrader's id, its first line, or its id."""
    if grade_id(cell):
        return grade_id(cell)
    first = re.match(r"#\s*(check_\w+)\s*$", cell.source.strip().split("\n")[0])
    if first:
        return first[1]
    return cell.get("id") if str(cell.get("id")).startswith("check_") else None


def check_solutions(source, path, tell, draws=0):
    """Run the solutions against the tests: a wrong test would cost everybody points.

    draws: for how many students as well, each with other inputs
    """
    problem = sandbox_problem()
    if problem:
        tell(f"The private tests were not tried on the solutions, without a sandbox: {problem}")
        return
    code = [cell for cell in source.cells if cell.cell_type == "code"]
    cells = code_cells(source)
    for student in (None, *range(draws)):
        for cell, outputs in zip(code, runner.run(cells, student=student), strict=True):
            for output in outputs:
                if output["output_type"] == "error":
                    said = " ".join(output["evalue"].split())[:300]
                    raise ValueError(
                        f"{path}: the exercise's own solution does not pass {grade_id(cell)} with"
                        f" these tests: {said}"
                    )


def about_inputs(course, name: str) -> str:
    """Return a sentence about which hidden tests ask each student something else."""
    checks = [c for c in read_notebook(course.source(name).read_bytes()).cells if utils.is_grade(c)]
    hidden = [cell.source for cell in checks if BEGIN in cell.source]
    drawn = runner.drawing_tests(hidden)
    if not hidden:
        return "No check has hidden tests."
    return (
        f"{drawn} of {len(hidden)} checks with hidden tests draw their inputs anew for each"
        " student. A student's code sees the inputs that a test gives it, and could keep them:"
        " change the others from year to year."
    )


# What goes into an LMS.


def announcement(course, book, name: str, due=None) -> str:
    """Return a text to paste into an LMS: what to read, to do and to hand in, and by when.

    due: in its own time zone; if it isn't given, the gradebook's in this machine's
    """
    path, lesson = book.lesson(name)
    about = book.about(name)
    with course.gradebook() as gradebook:
        known = gradebook.find_assignment(name).duedate
    if known is not None and not due:
        due = Due(known.replace(tzinfo=UTC).astimezone())
    lines = [
        lesson["title"],
        "",
        f"1. Read the lesson, about {lesson['minutes']} minutes:",
        f"   {book.page(path)}",
        "   You will",
        *(f"   - {objective}" for objective in lesson["objectives"]),
        f"2. Do the exercise, about {about['minutes']} minutes, {about['points']} points:",
        f"   {book.colab(name)}",
        f"   Without Colab: {book.page('exercises')}#exercise-{name.replace('_', '-')}",
        f"3. Hand in the file {name}.ipynb. In Colab: File > Download > Download .ipynb.",
        "",
    ]
    if known is not None:
        lines.append(f"Due: {due}.")
        lines.append(f"Late: {late_rule(course)}")
    lines.append(
        "Your work is graded with more tests than you see, so write code for any size."
        " You get a page with your points and the message of each check."
    )
    return "\n".join(line for text in lines for line in wrap(text)) + "\n"


def wrap(text: str) -> list[str]:
    """Return the text in lines of at most 100 characters; addresses stay whole."""
    if not text or "://" in text:
        return [text]
    indent = len(text) - len(text.lstrip(" 0123456789.-"))
    spaces = " " * min(indent, 6)
    return textwrap.wrap(text, 100, subsequent_indent=spaces, break_on_hyphens=False)


def late_rule(course) -> str:
    """Return what late work costs, in a sentence."""
    late = Lateness(config=course.config())
    number = late.per_day.rstrip("% ").strip()
    if float(number or 0) == 0:
        return "late work costs nothing, if your instructor still accepts it."
    each = f"{number} % of the points you earned" if "%" in late.per_day else f"{number} points"
    after = f", after {late.grace_hours:g} h of grace" if late.grace_hours else ""
    most = late.most.strip()
    if most.replace(" ", "") == "100%":
        most = ""
    else:
        unit = "" if "%" in most else " points"
        most = f", at most {most.replace('%', ' %').replace('  ', ' ')}{unit}"
    return f"{each} less for each day begun{after}{most}."
