"""Assign exercises: put them into a course folder, and print what you paste into your LMS.

The course folder is made if it isn't there. Run again, the command updates what you give; what was
handed in stays. Next: alexnet grade CHAPTER DOWNLOADS.
"""

import sys

from alexnet_lib.commands.courses import add_course, missing_package
from alexnet_lib.commands.errors import DONE

__all__ = ["add_options", "run"]


def add_options(parser):
    """What to assign, and until when."""
    about = "an exercise, such as convolution, or its lesson, such as blocks/convolution"
    parser.add_argument("chapters", metavar="CHAPTER", nargs="+", help=about)
    add = add_course(parser)
    about = 'the due date: 2027-02-01, "2027-02-01 18:00 Europe/Berlin", or none'
    add("--due", metavar="DATE", help=about)
    about = "who takes part: CSV with id, first_name, last_name, email, lms_user_id"
    add("--roster", metavar="FILE", help=about)
    about = "a notebook with hidden tests of your own, or none to take them out again"
    add("--private-tests", metavar="FILE", help=about)


def run(options):
    """Assign, print the texts, and return the exit code."""
    try:
        from alexnet_lib.grading import assigning
        from alexnet_lib.grading.book import Book
        from alexnet_lib.grading.folder import Course
    except ImportError as error:
        raise missing_package(error) from error
    book = Book()
    names = list(dict.fromkeys(book.exercise(chapter) for chapter in options.chapters))
    if options.private_tests and len(names) > 1:
        raise ValueError("--private-tests is for one exercise: assign the others without it.")
    due = {None: None, "none": False}.get(options.due, options.due)
    due = assigning.read_due(due) if isinstance(due, str) else due
    rows = assigning.read_roster(options.roster) if options.roster else None
    private = {None: None, "none": False}.get(options.private_tests, options.private_tests)
    if private:
        # before there is a course folder
        notebook = assigning.read_private(private)
        assigning.with_private(book.read("source", names[0]), notebook, private)
    course = Course.make(options.course, book.title)

    def say(text):
        print(text, file=sys.stderr)  # what is printed is for the LMS alone

    if rows is not None:
        new, total = assigning.enroll(course, rows)
        say(f"{total} students in the roster, {new} of them new.")
    if due:
        zone = " No time zone was given, so it is this machine's." if due.assumed else ""
        say(f"Due: {due}.{zone}")
    for number, name in enumerate(names):
        points = assigning.assign(course, book, name, due, private, say)
        own = ", with your private tests" if course.private(name).is_file() else ""
        say(f"{name}: {points} points{own}, in {course.path}.")
        print("\n" * bool(number) + assigning.announcement(course, book, name, due), end="")
    return DONE
