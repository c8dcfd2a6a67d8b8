"""Write the quizzes of lessons as files that Canvas or Moodle imports.

NAME is a lesson, such as convolution; all lessons if none is named. Canvas gets a QTI 1.2 package a
quiz, Moodle an XML file, or GIFT, a text that people can read. Each answer has its feedback.
"""

from pathlib import Path

from alexnet_lib.arguments import did_you_mean
from alexnet_lib.commands.errors import DONE

__all__ = ["add_options", "run"]

TO = {"canvas": "-canvas.zip", "moodle": "-moodle.xml", "gift": "-gift.txt"}


def add_options(parser):
    """Declare the quizzes, their format and language, and the folder."""
    about = "a lesson, such as convolution; all if none is named"
    parser.add_argument("names", metavar="NAME", nargs="*", help=about)
    add = parser.section("options").add_argument
    add("--to", metavar="FORMAT", help=" or ".join(TO))
    add("--lang", metavar="LANGUAGE", default="en", help="en or zh; en if not given")
    about = "the folder to write to; quizzes if not given"
    add("--out", metavar="FOLDER", default="quizzes", help=about)


def run(options):
    """Write the files, list them, and return the exit code."""
    try:
        import yaml  # noqa: F401  before any file is written
    except ImportError as error:
        raise ValueError(
            "this needs the package PyYAML, which is not installed: pip install pyyaml."
        ) from error
    from alexnet_lib.data.quizzes import LANGUAGES, quiz_names, read_quiz
    from alexnet_lib.files import write_atomic

    check_choice("--to", options.to, TO)
    check_choice("--lang", options.lang, LANGUAGES)
    folder = Path(options.out)
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder} is a file: name a folder with --out.")
    names = [name.rpartition("/")[2] for name in options.names] or quiz_names()
    quizzes = {name: read_quiz(name) for name in names}  # refuses before it writes
    for name, questions in quizzes.items():
        path = folder / f"{name}-{options.lang}{TO[options.to]}"
        write_atomic(path, content(name, questions, options.to, options.lang))
        print(f"{path}: {len(questions)} questions")
    print(f"{ADVICE[options.to]} Try one before you rely on it.")
    return DONE


ADVICE = {
    "canvas": "Import each in Canvas: Settings, Import Course Content, QTI .zip file.",
    "moodle": "Import each in Moodle: Question bank, Import, Moodle XML format.",
    "gift": "Import each in Moodle: Question bank, Import, GIFT format.",
}


def check_choice(option, value, known):
    """Refuse a value of an option that isn't known."""
    if value not in known:
        given = f"not {value!r}{did_you_mean(value, known)}" if value else "and it is missing"
        raise ValueError(f"{option} must be one of {', '.join(known)}, {given}.")


def content(name, questions, to, language):
    """Return the text or the bytes of a quiz's file."""
    from alexnet_lib.data.quizzes import TITLES
    from alexnet_lib.data.quizzes.canvas import canvas_package
    from alexnet_lib.data.quizzes.moodle import gift_text, moodle_xml

    title = TITLES[language].format(name.replace("_", " "))
    make = {"canvas": canvas_package, "moodle": moodle_xml, "gift": gift_text}[to]
    return make(name, title, questions, language)
