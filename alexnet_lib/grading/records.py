"""Read one assignment's submissions, merge them with the tests, and record their results.

A submission counts as graded when its record is beside the autograded notebook: graded.json, with
digests of what was handed in and of what it was graded by. It is written last, after the points
have gone into the gradebook in one transaction. So whatever stops the machine, grading resumes with
the submissions that have no record.
"""

import copy
import hashlib
import json
import logging
import re
from dataclasses import dataclass

import nbformat
from nbgrader import utils
from nbgrader.api import Grade, MissingEntry

from alexnet_lib.files import write_atomic
from alexnet_lib.grading import feedback
from alexnet_lib.grading.lateness import Lateness
from alexnet_lib.grading.rebuild import (
    ADDED,
    SIZE,
    SOURCE,
    Unusable,
    nbgrader_metadata,
    read_cells,
)
from alexnet_lib.grading.runner import ANSWER, GIVEN, TEST, CheckCell, drawing_tests

__all__ = ["Assignment", "Result", "Submission"]

GRADER = 3  # changes when the same submission could get other points
LOG = logging.getLogger("alexnet_lib.grading")


@dataclass
class Result:
    """The result of one submission."""

    student: str
    state: str  # "graded", "kept" (it was graded before), or "failed"
    score: float = 0.0
    most: float = 0.0
    late: float = 0.0  # points deducted from the score for late work
    waiting: int = 0  # answers that wait for a person
    reason: str = ""  # why it failed, or how it was graded
    seconds: float = 0.0  # that its run took, if it ran now


@dataclass
class Submission:
    """What a student has handed in, as collected."""

    student: str
    cells: list
    timestamp: str
    digest: str


class Assignment:
    """An assignment of a course folder."""

    def __init__(self, course, name: str):
        self.course, self.name = course, name
        self.late = Lateness(config=course.config())
        source, release = course.source(name).read_bytes(), course.release(name).read_bytes()
        self.base = read_notebook(source)
        # The instructor's cells with their solutions, if a test draws inputs for each student.
        cells = code_cells(self.base)
        draws = drawing_tests(cell["source"] for cell in cells if cell["kind"] == TEST)
        self.solution = cells if draws else None
        released = {grade_id(cell): cell for cell in read_notebook(release).cells}
        for cell in self.base.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
            given = released.get(grade_id(cell))
            if utils.is_solution(cell):
                if given is None:
                    raise ValueError(
                        f"the release of {name} does not match its source:"
                        f" alexnet assign {name} makes a new one."
                    )
                cell.source, cell.metadata = given.source, copy.deepcopy(given.metadata)
            elif kind_of(cell) == TEST:
                try:
                    CheckCell(None, cell.source, 0)
                except SyntaxError as error:
                    raise ValueError(
                        f"the check cell {grade_id(cell)} of {name} is not valid Python:"
                        f" line {error.lineno}."
                    ) from error
        heads = [re.match(r"# +(.+)", cell.source) for cell in self.base.cells[:1]]
        self.title = heads[0][1] if heads and heads[0] else name
        with course.gradebook() as gradebook:
            due = str(gradebook.find_assignment(name).duedate)
        late = self.late.settings()
        seed = str(course.number_for("", name)) if draws else ""
        self.digest = digest(source, release, due, str(late), seed, str(GRADER))

    def read(self, student: str) -> Submission:
        """Return the student's submission; raise `Unusable` if it can't be graded."""
        path = self.course.submitted(student, self.name)
        if path.is_symlink() or not path.is_file():
            raise Unusable("there is no notebook, or only a link to one")
        if path.stat().st_size > SIZE:
            raise Unusable(f"the notebook has more than {SIZE // 1_000_000} MB")
        data = path.read_bytes()
        stamp = path.with_name("timestamp.txt")
        timestamp = ""
        if stamp.is_file() and not stamp.is_symlink() and stamp.stat().st_size < 200:
            timestamp = stamp.read_text(encoding="utf-8", errors="replace").strip()
        return Submission(student, read_cells(data), timestamp, digest(data, timestamp))

    def merge(self, cells: list[dict]):
        """Return the instructor's notebook with the answers and the added cells of a submission.

        Every other cell is the instructor's. So no test, no number of points and no locked cell of
        a submission counts, whatever its metadata say.
        """
        answers, added = {}, {}
        place = ""
        known = {grade_id(cell) for cell in self.base.cells}
        for cell in cells:
            source, identity = cell["source"][:SOURCE], cell["grade_id"]
            if identity and identity in known:
                answers.setdefault(identity, source)
                place = identity
            elif cell["code"] and source.strip():
                added.setdefault(place, []).append(source)
        notebook = nbformat.v4.new_notebook(metadata=copy.deepcopy(self.base.metadata))
        count = 0
        for cell in [None, *self.base.cells]:
            identity = "" if cell is None else grade_id(cell)
            if cell is not None:
                cell = copy.deepcopy(cell)
                if utils.is_solution(cell) and identity in answers:
                    cell.source = answers[identity]
                notebook.cells.append(cell)
            for source in added.pop(identity, [])[: ADDED - count]:
                count += 1
                notebook.cells.append(nbformat.v4.new_code_cell(source, id=f"own-{count}"))
        return notebook

    def read_record(self, student: str) -> dict:
        """Return the record of the student's grading, an empty dict if there is none."""
        try:
            record = json.loads(self.record_path(student).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return record if isinstance(record, dict) else {}

    def record_path(self, student):
        """Return the path of the student's record."""
        return self.course.autograded(student, self.name).with_name("graded.json")

    def record(self, gradebook, submission: Submission, outputs: list) -> Result:
        """Record the outputs of a run: gradebook, notebook, page, and last the record."""
        student, notebook = submission.student, self.merge(submission.cells)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        for cell, shown in zip(code, outputs, strict=True):
            if cell.source.strip():
                cell.outputs = [nbformat.from_dict(output) for output in shown]
        same = self.read_record(student).get("submission") == submission.digest
        result = self.enter_points(gradebook, submission, notebook, same)
        write_atomic(self.course.autograded(student, self.name), nbformat.writes(notebook) + "\n")
        record = {
            "submission": submission.digest,
            "tests": self.digest,
            "score": result.score,
            "page": self.write_page(gradebook, student, notebook),
        }
        write_atomic(self.record_path(student), json.dumps(record))
        return result

    def enter_points(self, gradebook, submission, notebook, same):
        """Enter the points into the gradebook in one transaction; return the result.

        same: the submission is the one that was graded before
        """
        name, student = self.name, submission.student
        gradebook.update_or_create_student(student)
        stamp = {}
        if submission.timestamp:
            try:
                stamp = {"timestamp": utils.parse_utc(submission.timestamp)}
            except (ValueError, OverflowError, TypeError) as error:
                raise Unusable(
                    f"its timestamp.txt has no valid time: {submission.timestamp!r}"
                ) from error
        gradebook.update_or_create_submission(name, student, **stamp)
        entry = gradebook.find_submission_notebook(name, name, student)
        grades = {grade.name: grade for grade in entry.grades}
        comments = {comment.name: comment for comment in entry.comments}
        for cell in notebook.cells:
            identity = grade_id(cell)
            if utils.is_grade(cell):
                grade = grades.get(identity)
                if grade is None:  # a check cell that was added after the first submissions
                    graded = gradebook.find_graded_cell(identity, name, name)
                    grade = grades[identity] = Grade(cell_id=graded.id, notebook=entry)
                points, _ = utils.determine_grade(cell, LOG)
                # A person's points stay, but need a review if the answer has changed.
                if grade.manual_score is None:
                    waits = points is None
                else:
                    waits = grade.needs_manual_grade or not same or points != grade.auto_score
                grade.auto_score, grade.needs_manual_grade = points, bool(waits)
            if utils.is_solution(cell) and identity in comments:
                empty = nbgrader_metadata(cell).get("checksum") == utils.compute_checksum(cell)
                comments[identity].auto_comment = "No response." if empty else None
        self.penalize(gradebook, student, entry)
        gradebook.db.commit()
        return self.result(entry, "graded")

    def penalize(self, gradebook, student, entry):
        """Set the penalty for late work from the current points."""
        entry.late_submission_penalty = None
        gradebook.db.flush()
        gradebook.db.refresh(entry)
        late = entry.assignment.total_seconds_late
        if late > 0:
            points = self.late.late_submission_penalty(student, entry.score, late)
            entry.late_submission_penalty = points

    def result(self, entry, state):
        """Return a `Result` from the gradebook."""
        late = entry.late_submission_penalty or 0.0
        waiting = sum(1 for grade in entry.grades if grade.needs_manual_grade)
        score = entry.score - late
        return Result(entry.student.id, state, score, entry.max_score, late, waiting)

    def write_page(self, gradebook, student, notebook=None, before=None):
        """Write the student's page unless it is up to date; return a digest of its contents.

        notebook: read from the folder if it isn't given; before: the digest of the present page
        """
        entry = gradebook.find_submission_notebook(self.name, self.name, student)
        marks = {}
        for grade in entry.grades:
            waits = bool(grade.needs_manual_grade and grade.manual_score is None)
            marks[grade.name] = {"score": grade.score, "points": grade.max_score, "waits": waits}
        for comment in entry.comments:
            marks.setdefault(comment.name, {})["comment"] = comment.comment
        result = self.result(entry, "kept")
        now = digest(json.dumps(marks, sort_keys=True), str([result.score, result.late]))
        path = self.course.feedback(student, self.name)
        if now == before and path.is_file():
            return now
        if notebook is None:
            notebook = read_notebook(self.course.autograded(student, self.name).read_bytes())
        notebook = copy.deepcopy(notebook)
        for cell in notebook.cells:
            if nbgrader_metadata(cell):
                cell.metadata.nbgrader.update(marks.get(grade_id(cell), {}))
        about = (self.title, student, result.score, result.most, result.late)
        write_atomic(path, feedback.page(notebook, *about))
        return now

    def refresh(self, gradebook, student: str) -> Result:
        """Return an earlier result; write a new page if a person has given points since."""
        entry = gradebook.find_submission_notebook(self.name, self.name, student)
        before = entry.late_submission_penalty
        self.penalize(gradebook, student, entry)
        if entry.late_submission_penalty != before:
            gradebook.db.commit()
        else:
            gradebook.db.rollback()
        record = self.read_record(student)
        page = self.write_page(gradebook, student, None, record.get("page"))
        if page != record.get("page"):
            write_atomic(self.record_path(student), json.dumps(record | {"page": page}))
        entry = gradebook.find_submission_notebook(self.name, self.name, student)
        return self.result(entry, "kept")

    def is_done(self, gradebook, submission: Submission) -> bool:
        """Return whether exactly this submission was graded by exactly these tests."""
        record = self.read_record(submission.student)
        done = (record.get("submission"), record.get("tests"))
        if done != (submission.digest, self.digest):
            return False
        try:
            gradebook.find_submission(self.name, submission.student)
        except MissingEntry:
            return False
        return self.course.autograded(submission.student, self.name).is_file()


def read_notebook(data: bytes):
    """Return a notebook of the instructor's."""
    return nbformat.reads(data.decode(), as_version=4)


def code_cells(notebook) -> list[dict]:
    """Return the code cells of an instructor's notebook as runner.py takes them."""
    return [
        {
            "kind": kind_of(cell),
            "source": cell.source,
            "points": nbgrader_metadata(cell).get("points", 0),
        }
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


def grade_id(cell) -> str | None:
    """Return nbgrader's id of a cell."""
    return nbgrader_metadata(cell).get("grade_id")


def kind_of(cell) -> str:
    """Return the kind that runner.py gives a cell of the instructor's notebook."""
    if utils.is_grade(cell) and utils.is_locked(cell):
        return TEST
    return GIVEN if utils.is_locked(cell) else ANSWER


def digest(*parts) -> str:
    """Return a digest of texts and bytes."""
    sha = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else part.encode()
        sha.update(str(len(data)).encode() + b":" + data)
    return sha.hexdigest()
