"""Grade what students have handed in for an exercise, in a sandbox, and write their feedback.

DOWNLOADS are the files, folders or zip files from your LMS; without them, what was collected before
is graded. Graded submissions are skipped unless they or the tests have changed. The gradebook and
reports/ have the points of each submission. If interrupted, run the same command again to go on.
"""

import sys

from alexnet_lib.commands.courses import add_submission_options, missing_package
from alexnet_lib.commands.errors import DONE, INTERRUPTED, MISTAKE, complain
from alexnet_lib.commands.parsing import number

__all__ = ["add_options", "run"]

SLOW = 20  # seconds of a submission that are worth a line


def add_options(parser):
    """Declare what to grade, and how."""
    add = add_submission_options(parser)
    about = "only these students: their names, separated by commas"
    add("--students", metavar="a,b", help=about)
    about = "submissions graded at a time; the number of cores if not given"
    add("--jobs", metavar="N", type=number("--jobs", int), help=about)
    add("--again", action="store_true", help="grade again what is already graded")


def run(options):
    """Collect the downloads, if there are any, grade, and return the exit code."""
    if options.jobs is not None and options.jobs < 1:
        raise ValueError(f"--jobs must be at least 1, but {options.jobs} was given.")
    try:
        from alexnet_lib.grading import grader
        from alexnet_lib.grading.folder import Course
    except ImportError as error:
        raise missing_package(error) from error
    grader.check_sandbox()  # before anything is collected
    course = Course.find(options.course)
    name = course.assignment(options.chapter)
    with course.locked("alexnet grade"):
        return collect_and_grade(course, name, options)


def collect_and_grade(course, name, options):
    """Collect and grade, and return the exit code."""
    from alexnet_lib.grading import downloads, grader
    from alexnet_lib.training.progress.terminal import Counter

    left_out = False
    if options.downloads or course.downloads(name).is_dir():
        report = downloads.collect(course, name, options.downloads)
        left_out = bool(report.rows_in(downloads.OUT))
        if options.downloads or left_out:
            print("\n".join(report.lines()))
    students = options.students.split(",") if options.students else None
    counter = Counter("submissions")
    try:
        results = grader.grade(
            course, name, students, options.jobs, options.again, counter, announce
        )
    except grader.Interrupted as stopped:
        counter.clear()
        complain(
            f"interrupted after {stopped.done} of {stopped.total} submissions, which are"
            " recorded: run the same command again to go on.",
            "alexnet grade",
        )
        return INTERRUPTED
    finally:
        counter.clear()
    code = print_results(course, name, results)
    return MISTAKE if left_out else code


def announce(submissions, jobs, seconds):
    """Say, before it begins, when grading ends at the latest."""
    many = f"{submissions} submission{'s' * (submissions > 1)}, {jobs} at a time"
    minutes = -(-seconds // 60)
    time = f"{minutes:.0f} minutes" if minutes < 120 else f"{minutes / 60:.1f} hours"
    print(
        f"{many}. The limits in course.toml end this within {time}, even if every answer sleeps;"
        " usually a submission takes a second or two.",
        file=sys.stderr,
    )


def print_results(course, name, results):
    """Print the results, and return the exit code."""
    failed = [result for result in results if result.state == "failed"]
    graded = [result for result in results if result.state == "graded"]
    waiting = [result for result in results if result.waiting]
    skipped = len(results) - len(failed) - len(graded)
    before = f", {skipped} graded before" if skipped else ""
    print(f"{name}: {len(graded)} graded{before}.")
    for result in failed:
        print(f"  {result.student} could not be graded: {result.reason}")
    for result in graded:
        if result.reason:
            print(f"  {result.student}: {result.reason}")
    good = [result for result in results if result.state != "failed"]
    if good:
        mean = sum(result.score for result in good) / len(good)
        print(f"Points: {mean:.1f} of {good[0].most:g} on average.")
    slow = sorted((r for r in results if r.seconds >= SLOW), key=lambda r: -r.seconds)
    if slow:
        names = ", ".join(f"{result.student} ({result.seconds:.0f} s)" for result in slow[:10])
        more = f" and {len(slow) - 10} more" if len(slow) > 10 else ""
        print(f"Took long: {names}{more}. course.toml has the limits.")
    if waiting:
        answers = sum(result.waiting for result in waiting)
        students = len(waiting)
        print(
            f"{answers} answer{'s' * (answers > 1)} of {students} student{'s' * (students > 1)}"
            f" need{'s' * (answers == 1)} grading by hand: run `jupyter lab` in {course.path} and"
            f" open Formgrader, then alexnet grade {name} again."
        )
    print(f"Pages for students: {course.path / 'feedback'}")
    print(f"Table: {course.report(name, 'grades')}")
    return MISTAKE if failed else DONE
