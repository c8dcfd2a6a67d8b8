"""Export the scores: a plain table, or one that Canvas or Moodle takes in.

All assignments are in it if none is named. A score has points given by hand in it, and what handing
in late costs is taken away. Who has handed in nothing has an empty cell.
"""

import re
import sys
from pathlib import Path

from alexnet_lib.arguments import did_you_mean
from alexnet_lib.commands.courses import add_course, missing_package
from alexnet_lib.commands.errors import DONE

__all__ = ["add_options", "run"]

TO = ("csv", "canvas", "moodle")


def add_options(parser):
    """What to export, and for whom."""
    about = "an exercise, such as convolution, or its lesson; all if none is named"
    parser.add_argument("chapters", metavar="CHAPTER", nargs="*", help=about)
    add = add_course(parser)
    add("--to", metavar="FORMAT", default="csv", help=f"{', '.join(TO)}; csv if not given")
    add("-o", metavar="FILE", help="the file, such as grades-canvas.csv, which is the default")
    about = "the numbers in the addresses of Canvas's assignments, with commas between"
    add("--assignment-ids", metavar="X=123", help=about)


def run(options):
    """Export, say what is not in it yet, and return the exit code."""
    try:
        from alexnet_lib.grading import exporting
        from alexnet_lib.grading.folder import Course
    except ImportError as error:
        raise missing_package(error) from error
    if options.to not in TO:
        near = did_you_mean(options.to, TO)
        raise ValueError(f"--to must be one of {', '.join(TO)}, not {options.to!r}{near}.")
    course = Course.find(options.course)
    names = list(dict.fromkeys(course.assignment(chapter) for chapter in options.chapters))
    numbers = numbered(options, names or course.names())
    path = Path(options.o or f"grades-{options.to}.csv")
    if path.is_dir() or not path.resolve().parent.is_dir():
        raise ValueError(f"{path} can't be written: give a file in a folder that is there.")
    done = exporting.export(course, names, options.to, path, numbers)
    for name, count in done.ungraded.items():
        if count:
            submissions = "submission is" if count == 1 else "submissions are"
            told(f"{name}: {count} {submissions} not graded yet: alexnet grade {name}")
    for name, count in done.waiting.items():
        if count:
            waits = "answer waits" if count == 1 else "answers wait"
            told(f"{name}: {count} {waits} for a person, and so far for 0 points.")
    print(f"{path}: {done.students} students, {', '.join(done.waiting) or 'no assignments'}.")
    return DONE


def numbered(options, names):
    """{assignment: number} from --assignment-ids."""
    numbers = {}
    for part in options.assignment_ids.split(",") if options.assignment_ids else ():
        found = re.fullmatch(r"\s*(\w+)=(\d+)\s*", part, re.ASCII)
        if not found or found[1] not in names:
            there = ", ".join(names)
            raise ValueError(
                f"--assignment-ids must be like NAME=123 with an assignment of this export"
                f" ({there}), but {part!r} was given."
            )
        numbers[found[1]] = found[2]
    if numbers and options.to != "canvas":
        raise ValueError(f"--assignment-ids is for --to canvas, not for {options.to}.")
    return numbers


def told(text):
    """A note on the standard error stream."""
    print(f"alexnet export: {text}", file=sys.stderr)
