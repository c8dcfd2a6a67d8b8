"""Assign exercises: put them into a course folder, and print the text to paste into your LMS.

The course folder is created if it doesn't exist. Run again, the command updates what you give it;
what was handed in stays. Next: alexnet grade CHAPTER DOWNLOADS.
"""

import sys

from alexnet_lib.commands.courses import add_course_option, missing_package
from alexnet_lib.commands.errors import DONE

__all__ = ["add_options", "run"]


def add_options(parser):
    """Declare what to assign, and until when."""
    about = "an exercise, such as convolution, or its lesson, such as blocks/convolution"
    parser.add_argument("chapters", metavar="CHAPTER", nargs="+", help=about)
    add = add_course_option(parser)
    about = 'the due date: 2027-02-01, "2027-02-01 18:00 Europe/Berlin", or none'
    add("--due", metavar="DATE", help=about)
    about = "the students: CSV with id, first_name, last_name, email, lms_user_id"
    add("--roster", metavar="FILE", help=about)
    about = "a notebook with hidden tests of your own, or none to remove them"
    add("--private-tests", metavar="FILE", help=about)


def run(options):
    """Assign, print the texts, and return the exit code."""
    try:
        from alexnet_lib.grading import assign
        from alexnet_lib.grading.book import Book
        from alexnet_lib.grading.folder import Course
    except ImportError as error:
        raise missing_package(error) from error
    book = Book()
    names = list(dict.fromkeys(book.exercise(chapter) for chapter in options.chapters))
    if options.private_tests and len(names) > 1:
        raise ValueError("--private-tests is for one exercise: assign the others without it.")
    due = {None: None, "none": False}.get(options.due, options.due)
    due = assign.read_due(due) if isinstance(due, str) else due
    rows = assign.read_roster(options.roster) if options.roster else None
    private = {None: None, "none": False}.get(options.private_tests, options.private_tests)
    if private:
        # checked before a course folder is created
        notebook = assign.read_private_tests(private)
        assign.add_private_tests(book.read("source", names[0]), notebook, private)
    course = Course.make(options.course, book.title)

    def say(text):
        print(text, file=sys.stderr)  # stdout is for the LMS alone

    with course.locked("alexnet assign"):
        if rows is not None:
            new, total = assign.enroll(course, rows)
            say(f"{total} students in the roster, {new} of them new.")
        if due:
            zone = " No time zone was given, so it is this machine's." if due.assumed else ""
            say(f"Due: {due}.{zone}")
        for number, name in enumerate(names):
            points = assign.assign(course, book, name, due, private, say)
            with_private = ", with your private tests" if course.private(name).is_file() else ""
            say(f"{name}: {points} points{with_private}, in {course.path}.")
            say(assign.about_inputs(course, name))
            print("\n" * bool(number) + assign.announcement(course, book, name, due), end="")
    return DONE
