"""What the commands for instructors share: their options, and what they say without nbgrader."""

__all__ = ["add_course", "add_handed_in", "missing_package"]


def add_course(parser):
    """Add the option for the course folder; return what adds more options."""
    add = parser.section("options").add_argument
    add("--course", metavar="DIR", default="alexnet-course", help="the course folder")
    return add


def add_handed_in(parser):
    """Add what every command takes that works on what was handed in; return what adds options."""
    about = "the exercise, such as convolution, or its lesson"
    parser.add_argument("chapter", metavar="CHAPTER", help=about)
    about = "what your LMS hands out"
    parser.add_argument("downloads", metavar="DOWNLOADS", nargs="*", help=about)
    return add_course(parser)


def missing_package(error):
    """Return the error to raise where an import failed because a package is not installed."""
    return ValueError(
        f"this needs the package {(error.name or '').split('.')[0]}, which is not installed:"
        ' pip install -e ".[instructor]" in the course\'s repository.'
    )
