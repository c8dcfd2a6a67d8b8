"""One assignment's submissions: read, put on the tests, and recorded once they have run.

A submission counts as graded when its record stands beside the autograded notebook: graded.json,
written last, with digests of what was handed in and of what it was graded by. The points go into
the gradebook in one transaction before that, so whatever stops the machine, grading again begins
with what has no record.
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
from alexnet_lib.grading.runner import ANSWER, GIVEN, TEST, Trial

__all__ = ["Assignment", "Result", "Submission", "Unusable"]

GRADER = 1  # changes when the same submission could come to other points
SIZE = 30_000_000  # bytes of a notebook
SOURCE, EXTRA = 200_000, 300  # characters of one cell; cells that a student may have added
LOG = logging.getLogger("alexnet_lib.grading")


class Unusable(Exception):
    """A submission that can't be graded, and why."""


@dataclass
class Result:
    """What came of one submission."""

    student: str
    state: str  # "graded", "kept" (it was graded before), or "failed"
    score: float = 0.0
    most: float = 0.0
    late: float = 0.0  # points taken for handing in late, not in the score any more
    waiting: int = 0  # questions that wait for a person
    reason: str = ""  # why it failed


@dataclass
class Submission:
    """What a student has handed in, as collected."""

    student: str
    cells: list
    timestamp: str
    digest: str


class Assignment:
    """An assignment of a course folder."""

    def __init__(self, course, name):
        self.course, self.name = course, name
        self.late = Lateness(config=course.config())
        source, release = course.source(name).read_bytes(), course.release(name).read_bytes()
        self.base = nbformat.reads(source.decode(), as_version=4)
        released = {mark_of(cell).get("grade_id"): cell for cell in self.notebook(release).cells}
        for cell in self.base.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
            given = released.get(mark_of(cell).get("grade_id"))
            if utils.is_solution(cell):
                if given is None:
                    raise ValueError(
                        f"the release of {name} is not that of its source:"
                        f" alexnet assign {name} makes it anew."
                    )
                cell.source, cell.metadata = given.source, copy.deepcopy(given.metadata)
            elif kind_of(cell) == TEST:
                try:
                    Trial(None, cell.source, 0)
                except SyntaxError as error:
                    identity = mark_of(cell)["grade_id"]
                    raise ValueError(
                        f"the check cell {identity} of {name} is no Python: line {error.lineno}."
                    ) from error
        heads = [re.match(r"# +(.+)", cell.source) for cell in self.base.cells[:1]]
        self.title = heads[0][1] if heads and heads[0] else name
        with course.gradebook() as gradebook:
            due = str(gradebook.find_assignment(name).duedate)
        late = self.late.settings()
        self.digest = digest(source, release, due, str(late), str(GRADER))

    @staticmethod
    def notebook(data):
        """A notebook of the instructor's."""
        return nbformat.reads(data.decode(), as_version=4)

    def read(self, student):
        """The student's submission; `Unusable` if there is none that can be graded."""
        path = self.course.submitted(student, self.name)
        if path.is_symlink() or not path.is_file():
            raise Unusable("there is no notebook, or only a link to one")
        if path.stat().st_size > SIZE:
            raise Unusable(f"the notebook has more than {SIZE // 1_000_000} MB")
        data = path.read_bytes()
        try:
            cells = json.loads(data)["cells"]
            cells = [cell for cell in cells if isinstance(cell, dict)]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise Unusable("it is no notebook") from error
        stamp = path.with_name("timestamp.txt")
        timestamp = ""
        if stamp.is_file() and not stamp.is_symlink() and stamp.stat().st_size < 200:
            timestamp = stamp.read_text(encoding="utf-8", errors="replace").strip()
        return Submission(student, cells, timestamp, digest(data, timestamp))

    def merged(self, cells):
        """The answers of these cells, and the student's own cells, on the instructor's notebook.

        Every other cell is the instructor's. So no test, no number of points and no locked cell of
        a submission counts, whatever its metadata say.
        """
        answers, own, place = {}, {}, ""
        known = {mark_of(cell)["grade_id"] for cell in self.base.cells if mark_of(cell)}
        for cell in cells:
            source, identity = source_of(cell), mark_of(cell).get("grade_id")
            if isinstance(identity, str) and identity in known:
                answers.setdefault(identity, source)
                place = identity
            elif cell.get("cell_type") == "code" and source.strip():
                own.setdefault(place, []).append(source)
        notebook = nbformat.v4.new_notebook(metadata=copy.deepcopy(self.base.metadata))
        room = EXTRA
        for cell in [None, *self.base.cells]:
            identity = "" if cell is None else mark_of(cell).get("grade_id")
            if cell is not None:
                cell = copy.deepcopy(cell)
                if utils.is_solution(cell) and identity in answers:
                    cell.source = answers[identity]
                notebook.cells.append(cell)
            for source in own.pop(identity, [])[:room]:
                room -= 1
                number = EXTRA - room
                notebook.cells.append(nbformat.v4.new_code_cell(source, id=f"own-{number}"))
        return notebook

    @staticmethod
    def job(notebook):
        """The code cells, as runner.py takes them."""
        return [
            {"kind": kind_of(cell), "source": cell.source, "points": mark_of(cell).get("points", 0)}
            for cell in notebook.cells
            if cell.cell_type == "code"
        ]

    def record_of(self, student):
        """The record of the student's grading, an empty dict if there is none."""
        path = self.course.autograded(student, self.name).with_name("graded.json")
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return record if isinstance(record, dict) else {}

    def settle(self, gradebook, submission, outputs):
        """Record what came of a run: gradebook, notebook, page, and last the record."""
        student, notebook = submission.student, self.merged(submission.cells)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        for cell, shown in zip(code, outputs, strict=True):
            if cell.source.strip():
                cell.outputs = [nbformat.from_dict(output) for output in shown]
        before = self.record_of(student)
        same = before.get("submission") == submission.digest
        result = self.enter(gradebook, submission, notebook, same)
        path = self.course.autograded(student, self.name)
        write_atomic(path, nbformat.writes(notebook) + "\n")
        shown = self.show(gradebook, student, notebook)
        record = {
            "submission": submission.digest,
            "tests": self.digest,
            "score": result.score,
            "page": shown,
        }
        write_atomic(path.with_name("graded.json"), json.dumps(record))
        return result

    def enter(self, gradebook, submission, notebook, same):
        """Enter the points into the gradebook, in one transaction."""
        name, student = self.name, submission.student
        gradebook.update_or_create_student(student)
        stamp = {}
        if submission.timestamp:
            try:
                stamp = {"timestamp": utils.parse_utc(submission.timestamp)}
            except (ValueError, OverflowError, TypeError) as error:
                raise Unusable(f"its timestamp.txt is no time: {submission.timestamp!r}") from error
        gradebook.update_or_create_submission(name, student, **stamp)
        entry = gradebook.find_submission_notebook(name, name, student)
        grades = {grade.name: grade for grade in entry.grades}
        comments = {comment.name: comment for comment in entry.comments}
        for cell in notebook.cells:
            identity = mark_of(cell).get("grade_id")
            if utils.is_grade(cell):
                grade = grades.get(identity)
                if grade is None:  # a check cell that came after the first submissions
                    of = gradebook.find_graded_cell(identity, name, name)
                    grade = grades[identity] = Grade(cell_id=of.id, notebook=entry)
                points, _ = utils.determine_grade(cell, LOG)
                # A person's points stay. They are asked for again if the answer is another one.
                stale = not same or points != grade.auto_score
                review = grade.needs_manual_grade if grade.manual_score is not None else False
                waits = points is None and grade.manual_score is None
                moved = grade.manual_score is not None and stale
                grade.auto_score, grade.needs_manual_grade = points, bool(waits or moved or review)
            if utils.is_solution(cell) and identity in comments:
                empty = mark_of(cell).get("checksum") == utils.compute_checksum(cell)
                comments[identity].auto_comment = "No response." if empty else None
        self.penalize(gradebook, student, entry)
        gradebook.db.commit()
        return self.result(entry, "graded")

    def penalize(self, gradebook, student, entry):
        """Set the penalty for handing in late, from the points as they are now."""
        entry.late_submission_penalty = None
        gradebook.db.flush()
        gradebook.db.refresh(entry)
        late = entry.assignment.total_seconds_late
        if late > 0:
            points = self.late.late_submission_penalty(student, entry.score, late)
            entry.late_submission_penalty = points

    def result(self, entry, state):
        """A `Result` from the gradebook."""
        late = entry.late_submission_penalty or 0.0
        waiting = sum(1 for grade in entry.grades if grade.needs_manual_grade)
        score = entry.score - late
        return Result(entry.student.id, state, score, entry.max_score, late, waiting)

    def show(self, gradebook, student, notebook=None, before=None):
        """Write the student's page if it would be another than `before`; what it depends on."""
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
            notebook = self.notebook(self.course.autograded(student, self.name).read_bytes())
        notebook = copy.deepcopy(notebook)
        for cell in notebook.cells:
            if mark_of(cell):
                cell.metadata.nbgrader.update(marks.get(mark_of(cell).get("grade_id"), {}))
        about = (self.title, student, result.score, result.most, result.late)
        write_atomic(path, feedback.page(notebook, *about))
        return now

    def refresh(self, gradebook, student):
        """The result of one that was graded before; its page anew if a person gave points."""
        entry = gradebook.find_submission_notebook(self.name, self.name, student)
        before = entry.late_submission_penalty
        self.penalize(gradebook, student, entry)
        if entry.late_submission_penalty != before:
            gradebook.db.commit()
        else:
            gradebook.db.rollback()
        record = self.record_of(student)
        shown = self.show(gradebook, student, None, record.get("page"))
        if shown != record.get("page"):
            path = self.course.autograded(student, self.name).with_name("graded.json")
            write_atomic(path, json.dumps(record | {"page": shown}))
        return self.result(
            gradebook.find_submission_notebook(self.name, self.name, student), "kept"
        )

    def is_done(self, gradebook, submission):
        """Whether just this submission was graded by just these tests."""
        record = self.record_of(submission.student)
        done = (record.get("submission"), record.get("tests"))
        if done != (submission.digest, self.digest):
            return False
        try:
            gradebook.find_submission(self.name, submission.student)
        except MissingEntry:
            return False
        return self.course.autograded(submission.student, self.name).is_file()


def mark_of(cell):
    """nbgrader's metadata of a cell, an empty dict if it has none."""
    metadata = cell.get("metadata")
    mark = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return mark if isinstance(mark, dict) else {}


def source_of(cell):
    """The text of a student's cell."""
    source = cell.get("source", "")
    source = "".join(map(str, source)) if isinstance(source, list) else str(source)
    return source[:SOURCE].encode("utf-8", "replace").decode()


def kind_of(cell):
    """What a cell is to runner.py, by the instructor's own notebook."""
    if utils.is_grade(cell) and utils.is_locked(cell):
        return TEST
    return GIVEN if utils.is_locked(cell) else ANSWER


def digest(*parts):
    """A digest of texts and bytes."""
    made = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else part.encode()
        made.update(str(len(data)).encode() + b":" + data)
    return made.hexdigest()
