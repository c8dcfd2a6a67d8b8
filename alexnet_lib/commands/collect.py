"""Collect what students have handed in for an exercise, without grading it yet.

DOWNLOADS are the files, folders or zip files from your LMS (Canvas, Moodle, Gradescope, or a folder
for each student). Only the answers are taken from them. Without DOWNLOADS, what was collected
before is rebuilt on the current release. alexnet grade also does all this, and then grades.
"""

from datetime import datetime

from alexnet_lib.commands.courses import add_submission_options, missing_package
from alexnet_lib.commands.errors import DONE, MISTAKE

__all__ = ["add_options", "run"]


def add_options(parser):
    """Declare what to collect, and from where."""
    add = add_submission_options(parser)
    about = (
        "when students handed in, for the late penalty: CSV with student, submitted; Moodle's"
        " grading worksheet; or the submissions that Canvas's API lists, as JSON"
    )
    add("--times", metavar="FILE", help=about)


def run(options):
    """Collect, print what was left out, and return the exit code."""
    try:
        from alexnet_lib.grading import downloads, times
        from alexnet_lib.grading.folder import Course
    except ImportError as error:
        raise missing_package(error) from error
    course = Course.find(options.course)
    name = course.assignment(options.chapter)
    given = times.read_times(options.times) if options.times else None
    with course.locked("alexnet collect"):
        report = downloads.collect(course, name, options.downloads, given)
    if any(key[0] == "moodle" for key in given or () if isinstance(key, tuple)):
        print(f"Moodle's times were read in this machine's zone, {datetime.now().astimezone():%Z}.")
    print("\n".join(report.lines()))
    print(f"Table: {course.report(name, 'collected')}")
    return MISTAKE if report.rows_in(downloads.OUT) else DONE
