"""The quizzes of the lessons: questions with a reason for every answer, in English and Chinese.

`read_quiz("convolution")` returns the questions of `book/quizzes/convolution.yml`, checked, and
`quiz_names()` says which quizzes there are. In an installed package the files are in `files`.

    maths    a little TeX -> MathML                        (nothing)
    texts    what a text may hold: code, emphasis, maths   (maths)
    page     a quiz as JSON data and as HTML, for a page   (maths, texts)
    canvas   a quiz as a QTI 1.2 package                   (texts)
    moodle   a quiz as Moodle XML, and as GIFT             (texts)
"""

import math
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from alexnet_lib.arguments import did_you_mean
from alexnet_lib.data.quizzes.texts import TextError, parse_text

__all__ = [
    "LANGUAGES",
    "TITLES",
    "Both",
    "Choice",
    "Question",
    "QuizError",
    "Slip",
    "quiz_file",
    "quiz_names",
    "read_quiz",
    "read_quiz_text",
]

LANGUAGES = {"en": "English", "zh": "中文"}  # name -> what it calls itself
TITLES = {"en": "Quiz: {}", "zh": "小测验：{}"}  # of a quiz that is exported
HERE = Path(__file__).resolve().parent
# Where the files are: in the course's repository, or in the package that is installed.
FOLDERS = (HERE.parents[2] / "book" / "quizzes", HERE / "files")

KINDS = ("choice", "several", "number")
CHOICES = (3, 5)  # of a question, at least and at most
# What each part of a file may hold, besides the Chinese beside each text.
QUESTION = {"id", "kind", "ask"}
FIELDS = {
    "choice": QUESTION | {"choices"},
    "several": QUESTION | {"choices"},
    "number": QUESTION | {"answer", "tolerance", "unit", "why", "near"},
}
OPTIONAL = {"tolerance", "unit", "near", "right"}
WORD = re.compile(r"[A-Za-z]{3}")  # a text without one, a sum perhaps, needs no Chinese
CHINESE = re.compile(r"[\u4e00-\u9fff]")


class QuizError(ValueError):
    """A fault in a quiz's file, or a quiz that doesn't exist, in one sentence."""


class Both(NamedTuple):
    """A text in both languages."""

    en: str
    zh: str


class Choice(NamedTuple):
    """One of the answers to choose from."""

    text: Both
    why: Both  # it is right, or isn't
    right: bool


class Slip(NamedTuple):
    """A number that is near the answer, and the reason why it isn't."""

    value: float
    why: Both

    @property
    def within(self):
        """How far off still means this slip, besides the question's tolerance: 0.05 for 33.3."""
        decimals = repr(self.value).partition(".")[2]
        return 0 if float(self.value).is_integer() else 0.5 * 10.0 ** -len(decimals)


class Question(NamedTuple):
    """A question of one of the KINDS; `choices` are empty for a number, the rest for the others."""

    id: str
    kind: str
    ask: Both
    choices: tuple[Choice, ...] = ()
    answer: float = math.nan
    tolerance: float = 0
    unit: Both = Both("", "")
    why: Both = Both("", "")
    near: tuple[Slip, ...] = ()


def quiz_names():
    """Return the names of all quizzes, sorted."""
    return sorted(file.stem for file in quiz_folder().glob("*.yml"))


def quiz_folder():
    """Return the folder with the quizzes."""
    for folder in FOLDERS:
        if folder.is_dir():
            return folder
    raise QuizError(
        "The quizzes are missing in this copy of alexnet_lib: install the package again."
    )


def quiz_file(name):
    """Return the file of a quiz by its name, or refuse the name."""
    known = quiz_names()
    if name not in known:
        near = did_you_mean(name, known) or f"; there are {', '.join(known) or 'none yet'}"
        raise QuizError(f"There is no quiz {name!r}{near}.")
    return quiz_folder() / f"{name}.yml"


def read_quiz(name):
    """Return the questions of a quiz, a tuple of `Question`, by the name of its lesson.

    >>> question = read_quiz("convolution")[0]
    >>> question.kind in ("choice", "several", "number"), question.ask.en.endswith("?")
    (True, True)
    """
    file = quiz_file(name)
    return read_quiz_text(file.read_text("utf-8"), f"book/quizzes/{file.name}")


@lru_cache(maxsize=64)
def read_quiz_text(text, file="the quiz"):
    """Return the questions that a text in YAML holds; the name of the file begins each complaint.

    Any fault raises a QuizError that names the question and the field.
    """
    return Reader(file).questions(text)


class Reader:
    """Reads one file. Every fault is one sentence: the file, the question, the field, the fault."""

    def __init__(self, file):
        self.file = file
        self.question_name = ""

    def fail(self, field, problem):
        """Raise the fault of a field of the current question."""
        where = ", ".join(part for part in (self.file, self.question_name, field) if part)
        raise QuizError(f"{where}: {problem}.")

    def questions(self, text):
        """Return the questions of the whole file."""
        import yaml  # here: whoever reads no quiz needs no PyYAML

        try:
            rows = yaml.load(text, make_loader(yaml))
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = f"line {mark.line + 1}" if mark else ""
            self.fail(line, f"this is no YAML ({getattr(error, 'problem', None) or error})")
        if not isinstance(rows, list) or not rows:
            self.fail("", "a quiz is a list of questions, each beginning with “- id:”")
        questions = []
        for number, row in enumerate(rows, 1):
            self.question_name = f"question {number}"
            questions.append(self.question(row))
            if questions[-1].id in [question.id for question in questions[:-1]]:
                self.fail("id", "an earlier question has it too")
        return tuple(questions)

    def question(self, row):
        """Return one question."""
        if not isinstance(row, dict):
            self.fail("", "a question is a mapping that begins with “- id:”")
        name = row.get("id")
        if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
            self.fail("id", f"an id is of a–z, digits and hyphens, not {name!r}")
        self.question_name = f"question {name}"
        kind = row.get("kind")
        if kind not in KINDS:
            near = did_you_mean(kind, KINDS)
            self.fail("kind", f"it is one of {', '.join(KINDS)}, not {kind!r}{near}")
        self.check_fields(row, FIELDS[kind] | {"zh"}, "")
        ask = self.both(row, "ask", "zh")
        if kind != "number":
            return Question(name, kind, ask, self.choices(row["choices"], kind))
        answer = self.number(row["answer"], "answer")
        tolerance = self.number(row.get("tolerance", 0), "tolerance")
        if tolerance < 0:
            self.fail("tolerance", "it is 0 or more")
        near = self.slips(row.get("near", []), answer, tolerance)
        unit = self.both(row, "unit") if "unit" in row or "unit_zh" in row else Both("", "")
        why = self.both(row, "why")
        return Question(name, kind, ask, (), answer, tolerance, unit, why, near)

    def choices(self, rows, kind):
        """Return the choices of a question."""
        low, high = CHOICES
        if not isinstance(rows, list) or not low <= len(rows) <= high:
            self.fail("choices", f"there are {low} to {high}, each with text, zh, why and why_zh")
        choices = []
        for number, row in enumerate(rows, 1):
            where = f"choice {number}"
            if not isinstance(row, dict):
                self.fail(where, "it has text, zh, why and why_zh")
            self.check_fields(row, {"text", "zh", "why", "right"}, f"{where}, ")
            if not isinstance(row.get("right", False), bool):
                self.fail(f"{where}, right", f"it is true or false, not {row['right']!r}")
            text = self.both(row, "text", "zh", where=f"{where}, ", chinese=False)
            why = self.both(row, "why", where=f"{where}, ")
            choices.append(Choice(text, why, row.get("right", False)))
        right = sum(choice.right for choice in choices)
        if kind == "choice" and right != 1:
            self.fail("choices", f"exactly one has “right: true”, and here {right} have")
        if not 0 < right < len(choices):
            self.fail("choices", "at least one is right, and at least one isn't")
        for language in LANGUAGES:
            texts = [getattr(choice.text, language) for choice in choices]
            if len(set(texts)) < len(texts):
                self.fail("choices", "two of them have the same text")
        return tuple(choices)

    def slips(self, rows, answer, tolerance):
        """Return the numbers near an answer, with their reasons."""
        if not isinstance(rows, list):
            self.fail("near", "it is a list of value, why and why_zh")
        slips = []
        for number, row in enumerate(rows, 1):
            where = f"near {number}"
            if not isinstance(row, dict):
                self.fail(where, "it has value, why and why_zh")
            self.check_fields(row, {"value", "why"}, f"{where}, ")
            value = self.number(row["value"], f"{where}, value")
            if abs(value - answer) <= tolerance:
                self.fail(f"{where}, value", f"{value} is right, by the answer and its tolerance")
            if value in [slip.value for slip in slips]:
                self.fail(f"{where}, value", f"{value} stands there twice")
            slips.append(Slip(value, self.both(row, "why", where=f"{where}, ")))
        return tuple(slips)

    def check_fields(self, row, fields, where):
        """Refuse a field that isn't known, and a missing one. The Chinese is checked by `both`."""
        known = fields | {f"{field}_zh" for field in fields & {"unit", "why"}}
        for field in row:
            if field not in known:
                near = did_you_mean(field, known) or f"; the fields are {', '.join(sorted(known))}"
                self.fail(f"{where}{field}", f"there is no such field here{near}")
        for field in sorted(fields - OPTIONAL - {"zh"}):
            if field not in row:
                self.fail(f"{where}{field}", "it is missing")

    def both(self, row, field, zh=None, *, where="", chinese=True):
        """Return a text in both languages; `chinese`: its words need some in Chinese."""
        zh = zh or f"{field}_zh"
        pair = Both(*(self.text(row.get(key), f"{where}{key}") for key in (field, zh)))
        if chinese and WORD.search(pair.en) and not CHINESE.search(pair.zh):
            self.fail(f"{where}{zh}", "it isn't Chinese")
        if CHINESE.search(pair.en):
            self.fail(f"{where}{field}", "it isn't English")
        return pair

    def text(self, value, field):
        """Return a text that can be parsed."""
        if value is None:
            self.fail(field, "it is missing")
        if not isinstance(value, str):
            self.fail(field, f"a text is wanted: put {value!r} in quotation marks")
        if "\n" in value or value != value.strip() or not value:
            self.fail(field, "it is one line, and not empty (begin a long one with >-)")
        try:
            parse_text(value)
        except TextError as error:
            self.fail(field, str(error))
        return value

    def number(self, value, field):
        """Return a finite number."""
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            self.fail(field, f"it is a number, as in 912 or 0.5, not {value!r}")
        if not math.isfinite(value):
            self.fail(field, f"it is a finite number, not {value}")
        return value


def make_loader(yaml):
    """Return PyYAML's safe loader, which refuses a mapping that has a field twice."""

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # in C: eight times as fast
        def construct_mapping(self, node, deep=False):
            fields = [key.value for key, _ in node.value]
            for field in fields:
                if fields.count(field) > 1:
                    problem = f"the field {field!r} stands twice in one place"
                    raise yaml.MarkedYAMLError(None, None, problem, node.start_mark)
            return super().construct_mapping(node, deep)

    return Loader
