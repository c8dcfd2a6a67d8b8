"""A class graded: submissions run side by side, the results recorded one after another.

Workers (worker.py) run the submissions; only this process touches the gradebook and the course
folder. A worker that dies costs one submission. Interrupted or killed, grading goes on where it
was: what has a record (recording.py) is not run again.
"""

import json
import os
import re
import select
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict

from sqlalchemy.exc import SQLAlchemyError

from alexnet_lib.files import write_atomic
from alexnet_lib.grading.recording import Assignment, Result, Unusable
from alexnet_lib.grading.sandbox.process import PACKAGE, Limits, NoSandbox, trouble
from alexnet_lib.grading.tables import table

__all__ = ["Interrupted", "check", "grade"]

STUDENT = re.compile(r"[\w@-][\w.@-]{0,79}")
PATIENCE = 60  # seconds over a submission's time, until its worker is ended
COLUMNS = ("student", "state", "score", "most", "late", "waiting", "reason")


class Interrupted(KeyboardInterrupt):
    """Ctrl-C, and how many of how many are done."""

    def __init__(self, done, total):
        super().__init__()
        self.done, self.total = done, total


def grade(course, name, students=None, jobs=None, again=False, progress=None):
    """Grade an assignment; a list of `Result`s in the order of the students' names.

    students: only these; jobs: submissions at a time, as many as there are cores if not given;
    again: also what is graded already; progress: called with (done, total)
    """
    check()
    assignment, results, todo = Assignment(course, name), {}, {}
    known, settings = asdict(Limits()), course.config().WalledExecute
    limits = {key: value for key, value in settings.items() if key in known}
    private = [str(course.path), str(PACKAGE.parent / "exercises")]
    common = {"limits": asdict(Limits(**limits)), "private": private}
    with course.gradebook() as gradebook:
        for student in chosen(course, name, students):
            try:
                submission = assignment.read(student)
                if again or not assignment.is_done(gradebook, submission):
                    todo[student] = submission
                else:
                    results[student] = assignment.refresh(gradebook, student)
            except (Unusable, SQLAlchemyError, OSError) as error:
                gradebook.db.rollback()
                results[student] = failed(student, error)
        total, done = len(todo), 0
        tell = progress or (lambda done, total: None)
        tell(0, total)
        tasks = (
            (student, {"cells": assignment.job(assignment.merged(submission.cells)), **common})
            for student, submission in todo.items()
        )
        pool = Pool(min(jobs or cores(), max(total, 1)), common["limits"]["total"] + PATIENCE)
        try:
            for student, answer in pool.run(tasks):
                results[student] = recorded(assignment, gradebook, todo[student], answer)
                done += 1
                tell(done, total)
        except KeyboardInterrupt:
            raise Interrupted(done, total) from None
        finally:
            pool.end()
            report(course, name, results)
    return [results[student] for student in sorted(results)]


def check():
    """Refuse to grade where no sandbox starts."""
    why_not = trouble()
    if why_not:
        raise NoSandbox(f"nothing is graded without a sandbox: {why_not}")


def recorded(assignment, gradebook, submission, answer):
    """Record a worker's answer; the result."""
    if "error" in answer:
        return failed(submission.student, answer["error"])
    try:
        return assignment.settle(gradebook, submission, answer["outputs"])
    except Exception as error:  # whatever it is, it befell one submission
        gradebook.db.rollback()
        return failed(submission.student, error)


def failed(student, error):
    """The result of one that could not be graded."""
    text = " ".join(str(error).split())[:300]
    if isinstance(error, SQLAlchemyError):
        text = f"the gradebook could not be written: {text[:100]}"
    return Result(student, "failed", reason=text or type(error).__name__)


def chosen(course, name, students):
    """The students who have handed in, in order; of those named, all must have."""
    folder = course.path / "submitted"
    there = []
    with suppress(FileNotFoundError):
        for path in sorted(folder.iterdir()):
            work = course.submitted(path.name, name)
            if STUDENT.fullmatch(path.name) and not path.is_symlink() and work.parent.is_dir():
                there.append(path.name)
    missing = [student for student in students or () if student not in there]
    if missing:
        raise ValueError(f"{missing[0]} has handed in nothing for {name}.")
    if not there:
        raise ValueError(
            f"nobody has handed in anything for {name}: alexnet grade {name} DOWNLOADS takes the"
            " files that your LMS hands out."
        )
    return [student for student in there if not students or student in students]


def cores():
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def report(course, name, results):
    """Write the table of results."""
    rows = [asdict(results[student]) for student in sorted(results)]
    lines = [[row[column] for column in COLUMNS] for row in rows]
    write_atomic(course.report(name, "grades"), table([COLUMNS, *lines]))


class Pool:
    """Worker processes, each with one submission at a time."""

    def __init__(self, size, patience):
        self.size, self.patience, self.workers = size, patience, []

    def run(self, tasks):
        """Give each (key, job) to a worker; yields (key, answer) as they come."""
        tasks = iter(tasks)
        task = next(tasks, None)
        while True:
            while task and len(self.busy()) < self.size:
                free = [worker for worker in self.workers if worker.key is None]
                worker = free[0] if free else self.started()
                worker.begin(*task, self.patience)
                task = next(tasks, None)
            if not self.busy():
                return
            yield from self.answers()

    def busy(self):
        """The workers that have something to do."""
        return [worker for worker in self.workers if worker.key is not None]

    def started(self):
        """A new worker."""
        worker = Worker()
        self.workers.append(worker)
        return worker

    def answers(self):
        """What comes next, also that a worker has died or takes too long."""
        busy = {worker.pipe: worker for worker in self.busy()}
        ready, _, _ = select.select(list(busy), [], [], 0.5)
        for pipe in ready:
            worker = busy[pipe]
            key, answer = worker.key, worker.answer()
            if answer is not None:
                if worker.dead:
                    self.workers.remove(worker)
                yield key, answer
        for worker in self.busy():
            if time.monotonic() > worker.deadline:
                self.workers.remove(worker)
                key = worker.key
                worker.end()
                yield key, {"error": "the grader's process did not come to an end"}

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
            start_new_session=True,  # a Ctrl-C is for us
        )
        self.pipe = self.process.stdout.fileno()
        self.key, self.deadline, self.data, self.dead = None, 0.0, bytearray(), False

    def begin(self, key, job, patience):
        """Give it something to do."""
        self.key, self.deadline = key, time.monotonic() + patience
        with suppress(BrokenPipeError):  # it has died: its answer will say so
            self.process.stdin.write(json.dumps(job).encode() + b"\n")
            self.process.stdin.flush()

    def answer(self):
        """Its answer, if that is whole; an error if it has died."""
        data = os.read(self.pipe, 1 << 20)
        self.data += data
        if data and not self.data.endswith(b"\n"):
            return None
        self.key, whole = None, bytes(self.data)
        self.data.clear()
        if data:
            return json.loads(whole)
        self.end()
        self.dead = True
        code = self.process.returncode
        return {
            "error": f"the grader's process ended ({'signal' if code < 0 else 'code'} {abs(code)})"
        }

    def end(self):
        """End it; its sandbox ends with it."""
        with suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                pipe.close()
