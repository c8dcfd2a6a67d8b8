"""Grade what students have handed in for an exercise, in a sandbox, and write their feedback.

DOWNLOADS are the files, folders or zip files that your LMS hands out; without them, what was
collected before is graded. What is graded already stays, unless it or the tests have changed. Each
submission's points stand in the gradebook and in reports/. Interrupted, the same command goes on.
"""

import shutil
import sys
import time

from alexnet_lib.commands.courses import add_handed_in, missing_package
from alexnet_lib.commands.errors import DONE, INTERRUPTED, MISTAKE, complain
from alexnet_lib.commands.parsing import typed
from alexnet_lib.training.progress import bar_text, duration, encoding_of, write

__all__ = ["add_options", "run"]


def add_options(parser):
    """What to grade, and how."""
    add = add_handed_in(parser)
    about = "only these students: their names with commas between"
    add("--students", metavar="a,b", help=about)
    about = "submissions graded at a time; as many as there are cores if not given"
    add("--jobs", metavar="N", type=typed("--jobs", int), help=about)
    add("--again", action="store_true", help="grade also what is graded already")


def run(options):
    """Collect if there are downloads, grade, and return the exit code."""
    if options.jobs is not None and options.jobs < 1:
        raise ValueError(f"--jobs must be at least 1, but {options.jobs} was given.")
    try:
        from alexnet_lib.grading import grader
        from alexnet_lib.grading.folder import Course
    except ImportError as error:
        raise missing_package(error) from error
    grader.check()  # before anything is collected
    course = Course.find(options.course)
    name = course.assignment(options.chapter)
    left_out = False
    if options.downloads or course.downloads(name).is_dir():
        from alexnet_lib.grading import downloads

        report = downloads.collect(course, name, options.downloads)
        left_out = bool(report.of(downloads.OUT))
        if options.downloads or left_out:
            print("\n".join(report.lines()))
    students = options.students.split(",") if options.students else None
    counter = Counter()
    try:
        results = grader.grade(course, name, students, options.jobs, options.again, counter)
    except grader.Interrupted as stopped:
        counter.clear()
        complain(
            f"interrupted after {stopped.done} of {stopped.total} submissions, which are"
            " recorded: the same command goes on.",
            "alexnet grade",
        )
        return INTERRUPTED
    finally:
        counter.clear()
    code = told(course, name, results)
    return MISTAKE if left_out else code


def told(course, name, results):
    """Say what came of it; the exit code."""
    failed = [result for result in results if result.state == "failed"]
    graded = [result for result in results if result.state == "graded"]
    waiting = [result for result in results if result.waiting]
    kept = len(results) - len(failed) - len(graded)
    before = f", {kept} graded before" if kept else ""
    print(f"{name}: {len(graded)} graded{before}.")
    for result in failed:
        print(f"  {result.student} could not be graded: {result.reason}")
    good = [result for result in results if result.state != "failed"]
    if good:
        mean = sum(result.score for result in good) / len(good)
        print(f"Points: {mean:.1f} of {good[0].most:g} on average.")
    if waiting:
        answers, students = sum(result.waiting for result in waiting), len(waiting)
        print(
            f"{answers} answer{'s' * (answers > 1)} of {students} student{'s' * (students > 1)}"
            f" wait{'s' * (answers == 1)} for a person: run `jupyter lab` in {course.path} and open"
            f" Formgrader, then alexnet grade {name} again."
        )
    print(f"Pages for students: {course.path / 'feedback'}")
    print(f"Table: {course.report(name, 'grades')}")
    return MISTAKE if failed else DONE


class Counter:
    """What `grade` calls while it works: one line on a terminal, some lines in a log."""

    def __init__(self, stream=None):
        self.stream = stream or sys.stderr
        self.terminal = self.stream.isatty()
        self.start, self.said = time.monotonic(), 0.0

    def __call__(self, done, total):
        """So many submissions of the total are graded."""
        now = time.monotonic()
        if not total or (now - self.said < (0.1 if self.terminal else 10) and done < total):
            return
        self.said = now
        parts = [f"{done:,} of {total:,} submissions"]
        if 0 < done < total:
            parts.append(f"{duration((now - self.start) / done * (total - done))} left")
        if self.terminal:
            columns = shutil.get_terminal_size().columns
            text = bar_text(parts, done / total, columns, encoding_of(self.stream))
            write(f"\r\x1b[K{text}", self.stream)
        else:
            write("  ".join(parts) + "\n", self.stream)

    def clear(self):
        """Take the line away."""
        if self.terminal:
            write("\r\x1b[K", self.stream)
