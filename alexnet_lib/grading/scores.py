"""Export the gradebook as a table: a plain one, or as Canvas or Moodle imports it.

A score includes points that a person gave, and the late penalty is deducted. Students who handed in
nothing have an empty cell, not a 0.
"""

from dataclasses import dataclass

from alexnet_lib.files import write_atomic
from alexnet_lib.grading.tables import table

__all__ = ["FORMATS", "Export", "export_scores"]


@dataclass
class Export:
    """A table that was written, and what is missing in it."""

    path: object
    students: int
    ungraded: dict  # assignment -> submissions that are not graded
    waiting: dict  # assignment -> answers that wait for a person


def export_scores(course, names, to: str, path, numbers: dict | None = None) -> Export:
    """Write the scores of these assignments; return an `Export`.

    to: a key of FORMATS; numbers: {assignment: its number in Canvas}
    """
    with course.gradebook() as gradebook:
        known = {assignment.name: assignment for assignment in gradebook.assignments}
        names = list(names) or list(known)
        scores = {}
        waiting = dict.fromkeys(names, 0)
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
    ungraded = {name: count_ungraded(course, name, scores) for name in names}
    return Export(path, len(students), ungraded, waiting)


@dataclass
class Score:
    """One student's score in one assignment."""

    points: float
    late: float  # penalty for late work, already deducted from the points
    waits: int  # answers that wait for a person


def count_ungraded(course, name, scores):
    """Return how many submissions have no score."""
    folder = course.path / "submitted"
    students = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    students = [s for s in students if course.submitted(s, name).is_file()]
    return sum((student, name) not in scores for student in students)


def round_points(points):
    """Return points as a table has them, with at most two decimal places."""
    points = round(points, 2)
    return int(points) if points == int(points) else points


def score_cell(scores, student, name):
    """Return the cell with a student's score, empty if there is none."""
    score = scores.get((student, name))
    return "" if score is None else round_points(score.points)


def csv_rows(students, names, scores, most, numbers):
    """Yield a row for each student and assignment."""
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
            points, late, waits = "", "", ""
            if score is not None:
                points, late, waits = (
                    round_points(score.points),
                    round_points(score.late),
                    score.waits,
                )
            possible = round_points(most[name])
            yield [student, first, last, email, name, points, possible, late, waits]


def canvas_rows(students, names, scores, most, numbers):
    """Yield rows with Canvas's own columns; the second has the points possible."""
    heads = [f"{name} ({numbers[name]})" if name in numbers else name for name in names]
    yield ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *heads]
    yield ["    Points Possible", "", "", "", "", *(round_points(most[name]) for name in names)]
    for student, first, last, _, lms in students:
        full_name = ", ".join(part for part in (last, first) if part) or student
        points = [score_cell(scores, student, name) for name in names]
        yield [full_name, lms, "", student, "", *points]


def moodle_rows(students, names, scores, most, numbers):
    """Yield rows in which Moodle finds a student: by username, ID number or email address."""
    yield ["Username", "ID number", "Email address", "First name", "Last name", *names]
    for student, first, last, email, lms in students:
        yield [student, lms, email, first, last, *(score_cell(scores, student, n) for n in names)]


# format -> the function that yields its rows
FORMATS = {"csv": csv_rows, "canvas": canvas_rows, "moodle": moodle_rows}
