"""Grade a class: run submissions side by side, and record the results one after another.

Workers (worker.py) run the submissions; only this process touches the gradebook and the course
folder. A worker that dies costs one submission. After an interruption or a kill, grading resumes
where it stopped: a submission that has a record (records.py) isn't run again.
"""

import json
import os
import re
import select
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict, replace

from sqlalchemy.exc import SQLAlchemyError

from alexnet_lib.files import write_atomic
from alexnet_lib.grading.rebuild import Unusable
from alexnet_lib.grading.records import Assignment, Result, code_cells
from alexnet_lib.grading.sandbox.process import PACKAGE, Limits, check_sandbox
from alexnet_lib.grading.tables import table

__all__ = ["Interrupted", "check_sandbox", "grade"]

STUDENT = re.compile(r"[\w@-][\w.@-]{0,79}")
PATIENCE = 60  # seconds over a submission's time before its worker is ended
COLUMNS = ("student", "state", "score", "most", "late", "waiting", "seconds", "reason")


class Interrupted(KeyboardInterrupt):
    """Ctrl-C, and how many submissions are done, of how many."""

    def __init__(self, done, total):
        super().__init__()
        self.done, self.total = done, total


def grade(
    course,
    name: str,
    students=None,
    jobs: int | None = None,
    again=False,
    progress=None,
    announce=None,
) -> list[Result]:
    """Grade an assignment; return the results in the order of the students' names.

    students: only these; jobs: submissions at a time, as many as there are cores by default;
    again: grade also what is graded already; progress: called with (done, total)
    announce: called once with (submissions, submissions at a time, `longest` of them)
    """
    check_sandbox()
    assignment = Assignment(course, name)
    results, todo = {}, {}
    known, settings = asdict(Limits()), course.config().SandboxedExecute
    limits = Limits(**{key: value for key, value in settings.items() if key in known})
    private = [str(course.path), str(PACKAGE.parent / "exercises")]
    common = {"limits": asdict(limits), "private": private, "solution": assignment.solution}
    with course.gradebook() as gradebook:
        for student in select_students(course, name, students):
            try:
                submission = assignment.read(student)
                if again or not assignment.is_done(gradebook, submission):
                    todo[student] = submission
                else:
                    results[student] = assignment.refresh(gradebook, student)
            except (Unusable, SQLAlchemyError, OSError) as error:
                gradebook.db.rollback()
                results[student] = failed_result(student, error)
        total, done = len(todo), 0
        size = min(jobs or cores(), max(total, 1))
        pool = Pool(size, patience(limits, assignment))
        if announce and total:
            announce(total, size, longest(total, size, pool.patience))
        report_progress = progress or (lambda done, total: None)
        report_progress(0, total)

        def job(student, submission):
            cells = code_cells(assignment.merge(submission.cells))
            return {"cells": cells, "student": course.number_for(student, name), **common}

        tasks = ((student, job(student, submission)) for student, submission in todo.items())
        try:
            for student, answer in pool.run(tasks):
                results[student] = record_answer(assignment, gradebook, todo[student], answer)
                done += 1
                report_progress(done, total)
        except KeyboardInterrupt:
            raise Interrupted(done, total) from None
        finally:
            pool.end()
            write_report(course, name, results)
    return [results[student] for student in sorted(results)]


def patience(limits, assignment) -> float:
    """Return the seconds after which the worker of a submission is ended."""
    # An answer that fails a drawn test runs again where the solution fails it too.
    runs = 1 if assignment.solution is None else 3
    return runs * limits.total + PATIENCE


def longest(submissions: int, jobs: int, seconds: float) -> float:
    """Return the seconds after which all submissions are done, whatever their answers do."""
    return -(-submissions // jobs) * seconds


def record_answer(assignment, gradebook, submission, answer):
    """Record a worker's answer; return the result."""
    if "error" in answer:
        return failed_result(submission.student, answer["error"])
    try:
        result = assignment.record(gradebook, submission, answer["outputs"])
        result = replace(result, seconds=round(answer["seconds"], 1))
        if not answer["drawn"]:
            result.reason = "graded with the exercise's own inputs: the solution fails those drawn"
        return result
    except Exception as error:  # whatever it is, it concerns only this submission
        gradebook.db.rollback()
        return failed_result(submission.student, error)


def failed_result(student, error):
    """Return the result of a submission that could not be graded."""
    text = " ".join(str(error).split())[:300]
    if isinstance(error, SQLAlchemyError):
        text = f"the gradebook could not be written: {text[:100]}"
    return Result(student, "failed", reason=text or type(error).__name__)


def select_students(course, name, students):
    """Return the students with a submission, in order, or those asked for; each must have one."""
    folder = course.path / "submitted"
    present = []
    with suppress(FileNotFoundError):
        for path in sorted(folder.iterdir()):
            work = course.submitted(path.name, name)
            if STUDENT.fullmatch(path.name) and not path.is_symlink() and work.parent.is_dir():
                present.append(path.name)
    missing = [student for student in students or () if student not in present]
    if missing:
        raise ValueError(f"{missing[0]} has handed in nothing for {name}.")
    if not present:
        raise ValueError(
            f"nobody has handed in anything for {name}: alexnet grade {name} DOWNLOADS takes the"
            " files that you download from your LMS."
        )
    return [student for student in present if not students or student in students]


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def write_report(course, name, results):
    """Write the table of results."""
    rows = [asdict(results[student]) for student in sorted(results)]
    lines = [[row[column] for column in COLUMNS] for row in rows]
    write_atomic(course.report(name, "grades"), table([COLUMNS, *lines]))


class Pool:
    """Worker processes, each with one submission at a time."""

    def __init__(self, size, patience):
        self.size, self.patience, self.workers = size, patience, []

    def run(self, tasks):
        """Give each (key, job) to a worker; yield (key, answer) as they arrive."""
        tasks = iter(tasks)
        task = next(tasks, None)
        while True:
            while task and len(self.busy_workers()) < self.size:
                self.free_worker().begin(*task, self.patience)
                task = next(tasks, None)
            if not self.busy_workers():
                return
            yield from self.next_answers()

    def busy_workers(self):
        """Return the workers that have something to do."""
        return [worker for worker in self.workers if worker.key is not None]

    def free_worker(self):
        """Return a worker that has nothing to do, a new one if all are busy."""
        for worker in self.workers:
            if worker.key is None:
                return worker
        self.workers.append(Worker())
        return self.workers[-1]

    def next_answers(self):
        """Yield the answers that arrive next, also for workers that die or take too long."""
        busy = {worker.pipe: worker for worker in self.busy_workers()}
        ready, _, _ = select.select(list(busy), [], [], 0.5)
        for pipe in ready:
            worker = busy[pipe]
            key, answer = worker.key, worker.answer()
            if answer is not None:
                if worker.dead:
                    self.workers.remove(worker)
                yield key, answer
        for worker in self.busy_workers():
            if time.monotonic() > worker.deadline:
                self.workers.remove(worker)
                key = worker.key
                worker.end()
                yield key, {"error": "the grader's process did not finish"}

    def end(self):
        """End all of them, and their sandboxes."""
        for worker in self.workers:
            worker.end()
        self.workers = []


class Worker:
    """A process of worker.py."""

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "alexnet_lib.grading.sandbox.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is meant for this process
        )
        self.pipe = self.process.stdout.fileno()
        self.key = None  # of the job it has
        self.deadline = 0.0
        self.data = bytearray()  # of its answer so far
        self.dead = False

    def begin(self, key, job, patience):
        """Give it a job."""
        self.key, self.deadline = key, time.monotonic() + patience
        with suppress(BrokenPipeError):  # it has died; its answer will say so
            self.process.stdin.write(json.dumps(job).encode() + b"\n")
            self.process.stdin.flush()

    def answer(self):
        """Return its answer if that is complete, an error if it has died."""
        data = os.read(self.pipe, 1 << 20)
        self.data += data
        if data and not self.data.endswith(b"\n"):
            return None
        self.key = None
        line = bytes(self.data)
        self.data.clear()
        if data:
            return json.loads(line)
        self.end()
        self.dead = True
        code = self.process.returncode
        how = f"{'signal' if code < 0 else 'code'} {abs(code)}"
        return {"error": f"the grader's process ended ({how})"}

    def end(self):
        """End it; its sandbox ends with it."""
        with suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                pipe.close()
