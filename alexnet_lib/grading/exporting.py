"""The gradebook as a table: plain, or as Canvas or Moodle take it in.

A score is what counts: with points that a person has given, and less what handing in late costs.
Who has handed in nothing has an empty cell, not a 0.
"""

from dataclasses import dataclass

from alexnet_lib.files import write_atomic
from alexnet_lib.grading.tables import table

__all__ = ["FORMATS", "Export", "export"]


@dataclass
class Export:
    """What was written, and what one should know of it."""

    path: object
    students: int
    ungraded: dict  # assignment -> submissions that are not graded
    waiting: dict  # assignment -> answers that wait for a person


def export(course, names, to, path, numbers=None):
    """Write the scores of these assignments; an `Export`.

    to: a key of FORMATS; numbers: {assignment: the number that Canvas has given it}
    """
    with course.gradebook() as gradebook:
        known = {assignment.name: assignment for assignment in gradebook.assignments}
        names = list(names) or list(known)
        scores, waiting = {}, dict.fromkeys(names, 0)
        most = {name: known[name].max_score for name in names}
        for name in names:
            for submission in gradebook.assignment_submissions(name):
                grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
                late = sum(n.late_submission_penalty or 0.0 for n in submission.notebooks)
                waits = sum(1 for grade in grades if grade.needs_manual_grade)
                points = max(submission.score - late, 0.0)
                scores[submission.student.id, name] = Score(points, late, waits)
                waiting[name] += waits
        students = sorted(
            (
                (s.id, s.first_name or "", s.last_name or "", s.email or "", s.lms_user_id or "")
                for s in gradebook.students
            ),
            key=lambda row: (row[2].casefold(), row[1].casefold(), row[0]),
        )
    rows = FORMATS[to](students, names, scores, most, numbers or {})
    write_atomic(path, "\ufeff" * (to == "csv") + table(rows))
    ungraded = {name: ungraded_of(course, name, scores) for name in names}
    return Export(path, len(students), ungraded, waiting)


@dataclass
class Score:
    """One student's score in one assignment."""

    points: float
    late: float  # points less for handing in late, not in the points any more
    waits: int  # answers that wait for a person


def ungraded_of(course, name, scores):
    """How many submissions have no score."""
    folder = course.path / "submitted"
    there = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    there = [s for s in there if course.submitted(s, name).is_file()]
    return sum((student, name) not in scores for student in there)


def number(points):
    """Points as a table has them: no more than two places."""
    points = round(points, 2)
    return int(points) if points == int(points) else points


def cell(scores, student, name):
    """The score, or nothing."""
    score = scores.get((student, name))
    return "" if score is None else number(score.points)


def csv_rows(students, names, scores, most, numbers):
    """A line for each student and assignment."""
    yield [
        "student",
        "first_name",
        "last_name",
        "email",
        "assignment",
        "score",
        "max_score",
        "late_penalty",
        "waiting",
    ]
    for student, first, last, email, _ in students:
        for name in names:
            score = scores.get((student, name))
            points = ["", number(most[name]), "", ""]
            if score is not None:
                points = [number(score.points), number(most[name]), number(score.late), score.waits]
            yield [student, first, last, email, name, *points]


def canvas_rows(students, names, scores, most, numbers):
    """Canvas's own columns, with the points possible in the second line."""
    heads = [f"{name} ({numbers[name]})" if name in numbers else name for name in names]
    yield ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *heads]
    yield ["    Points Possible", "", "", "", "", *(number(most[name]) for name in names)]
    for student, first, last, _, lms in students:
        shown = ", ".join(part for part in (last, first) if part) or student
        points = [cell(scores, student, name) for name in names]
        yield [shown, lms, "", student, "", *points]


def moodle_rows(students, names, scores, most, numbers):
    """Columns by which Moodle's import finds a student: username, ID number or mail."""
    yield ["Username", "ID number", "Email address", "First name", "Last name", *names]
    for student, first, last, email, lms in students:
        yield [student, lms, email, first, last, *(cell(scores, student, n) for n in names)]


# What `export` can write: a function that makes the rows.
FORMATS = {"csv": csv_rows, "canvas": canvas_rows, "moodle": moodle_rows}
