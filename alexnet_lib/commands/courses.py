"""What the commands for instructors share: their options, and the error if nbgrader is missing."""

__all__ = ["add_course_option", "add_submission_options", "missing_package"]


def add_course_option(parser):
    """Add the option for the course folder; return the function that adds more options."""
    add = parser.section("options").add_argument
    add("--course", metavar="DIR", default="alexnet-course", help="the course folder")
    return add


def add_submission_options(parser):
    """Add the arguments of commands that take submissions; return what adds more options."""
    about = "the exercise, such as convolution, or its lesson"
    parser.add_argument("chapter", metavar="CHAPTER", help=about)
    about = "what you downloaded from your LMS"
    parser.add_argument("downloads", metavar="DOWNLOADS", nargs="*", help=about)
    return add_course_option(parser)


def missing_package(error):
    """Return the error to raise if an import failed because a package is not installed."""
    return ValueError(
        f"this needs the package {(error.name or '').split('.')[0]}, which is not installed:"
        ' pip install -e ".[instructor]" in the course\'s repository.'
    )
