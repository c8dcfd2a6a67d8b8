"""Export the scores: a plain table, or one that Canvas or Moodle can import.

It has all assignments if you name none. A score includes the points given by hand, less the late
penalty. Students who have handed in nothing have an empty cell.
"""

import re
import sys
from pathlib import Path

from alexnet_lib.arguments import did_you_mean
from alexnet_lib.commands.courses import add_course_option, missing_package
from alexnet_lib.commands.errors import DONE

__all__ = ["add_options", "run"]

TO = ("csv", "canvas", "moodle")


def add_options(parser):
    """Declare what to export, and in which format."""
    about = "an exercise, such as convolution, or its lesson; all if none is named"
    parser.add_argument("chapters", metavar="CHAPTER", nargs="*", help=about)
    add = add_course_option(parser)
    add("--to", metavar="FORMAT", default="csv", help=f"{', '.join(TO)}; csv if not given")
    add("-o", metavar="FILE", help="the file, such as grades-canvas.csv, which is the default")
    about = "the numbers in the addresses of Canvas's assignments, separated by commas"
    add("--assignment-ids", metavar="X=123", help=about)


def run(options):
    """Export, print what is still missing, and return the exit code."""
    try:
        from alexnet_lib.grading import scores
        from alexnet_lib.grading.folder import Course
    except ImportError as error:
        raise missing_package(error) from error
    if options.to not in TO:
        near = did_you_mean(options.to, TO)
        raise ValueError(f"--to must be one of {', '.join(TO)}, not {options.to!r}{near}.")
    course = Course.find(options.course)
    names = list(dict.fromkeys(course.assignment(chapter) for chapter in options.chapters))
    numbers = read_assignment_ids(options, names or course.names())
    path = Path(options.o or f"grades-{options.to}.csv")
    if path.is_dir() or not path.resolve().parent.is_dir():
        raise ValueError(f"{path} can't be written: give a file in a folder that exists.")
    done = scores.export_scores(course, names, options.to, path, numbers)
    for name, count in done.ungraded.items():
        if count:
            submissions = "submission is" if count == 1 else "submissions are"
            print_note(f"{name}: {count} {submissions} not graded yet: alexnet grade {name}")
    for name, count in done.waiting.items():
        if count:
            answers = "answer needs" if count == 1 else "answers need"
            print_note(f"{name}: {count} {answers} grading by hand (0 points until then).")
    print(f"{path}: {done.students} students, {', '.join(done.waiting) or 'no assignments'}.")
    return DONE


def read_assignment_ids(options, names):
    """Return {assignment: number} from --assignment-ids."""
    numbers = {}
    for part in options.assignment_ids.split(",") if options.assignment_ids else ():
        match = re.fullmatch(r"\s*(\w+)=(\d+)\s*", part, re.ASCII)
        if not match or match[1] not in names:
            raise ValueError(
                f"--assignment-ids must be like NAME=123 with an assignment of this export"
                f" ({', '.join(names)}), but {part!r} was given."
            )
        numbers[match[1]] = match[2]
    if numbers and options.to != "canvas":
        raise ValueError(f"--assignment-ids is for --to canvas, not for {options.to}.")
    return numbers


def print_note(text):
    """Print a note on stderr."""
    print(f"alexnet export: {text}", file=sys.stderr)
