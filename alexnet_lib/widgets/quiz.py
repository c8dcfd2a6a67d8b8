"""The quiz of a lesson: questions with a reason for every answer, in English and Chinese.

Its front end is quiz.js, which marks answers in the same way; tests/widgets compares them. The
questions stand in book/quizzes/NAME.yml, and the website puts them into the page when it is built,
so a notebook stores the name alone.
"""

import html
import json
import math
import re
import unicodedata

import traitlets as t

from alexnet_lib.arguments import did_you_mean
from alexnet_lib.data.quizzes import LANGUAGES, QuizError, read_quiz
from alexnet_lib.data.quizzes.page import as_data, as_list
from alexnet_lib.widgets.base import OneOf, Widget, int_between

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
GROUPED = re.compile(r"[+-]?\d{1,3}([,' ]\d{3})+(\.\d+)?", re.ASCII)


class Quiz(Widget):
    """Answer the questions of a lesson, and read a reason for each answer.

    `Quiz("convolution")` has all questions of the lesson, `Quiz("convolution",
    "same-size")` one of them. `w.answers` has what was answered, by the questions' ids:
    {"given": [numbers of choices] or "a number", "tries": wrong ones, "done": "", "right" or
    "shown"}; and `w.right` counts those that are right.
    """

    repr_traits = ("quiz", "question")

    quiz = t.Unicode("convolution").tag(sync=True)
    question = t.Unicode("").tag(sync=True)  # the id of the only one to ask; "" for all
    language = OneOf(("", *LANGUAGES)).tag(sync=True)  # "": the reader's
    at = t.Any(0).tag(sync=True)  # the number of the question to read, from 0
    answers = t.Dict().tag(sync=True)
    questions = t.List().tag(sync=True)  # of the quiz, with all their texts

    def __init__(self, quiz="convolution", question="", **kwargs):
        kwargs.pop("questions", None)  # they follow from the two names
        self.begun = False
        super().__init__(quiz=quiz, question=question, **kwargs)
        self.begun = True

    @t.validate("quiz")
    def _known_quiz(self, proposal):
        checked_quiz(proposal["value"])
        return proposal["value"]

    @t.validate("question")
    def _known_question(self, proposal):
        ids = [question.id for question in checked_quiz(self.quiz)]
        if proposal["value"] not in ("", *ids):
            near = did_you_mean(proposal["value"], ids) or f"; there are {', '.join(ids)}"
            raise t.TraitError(
                f"The quiz {self.quiz!r} has no question {proposal['value']!r}{near}."
            )
        return proposal["value"]

    @t.validate("at")
    def _known_place(self, proposal):
        number = int_between(proposal["value"], 0, len(self.asked) - 1)
        if number is None:
            raise t.TraitError(
                f"at is a whole number from 0 to {len(self.asked) - 1}, not {proposal['value']!r}."
            )
        return number

    @t.default("questions")
    def _default_questions(self):
        return [as_data(question) for question in self.asked]

    @t.observe("quiz", "question")
    def _ask_anew(self, change):
        if self.begun:
            if change["name"] == "quiz":
                self.question = ""
            self.at = 0
            self.answers = {}
            self.questions = self._default_questions()

    @property
    def asked(self):
        """The questions that are asked, as `data.quizzes` has them."""
        return tuple(q for q in checked_quiz(self.quiz) if self.question in ("", q.id))

    @property
    def right(self):
        """The number of questions that were answered right, without being shown the answer."""
        return sum(answer.get("done") == "right" for answer in self.answers.values())

    def describe(self):
        """Return a sentence that says what the widget shows."""
        about = self.quiz.replace("_", " ")
        if self.question:
            return f"A question on {about}, with a reason for every answer."
        return f"A quiz on {about}, with a reason for every answer."

    def fallback(self):
        """Return the HTML for readers without JavaScript."""
        about = html.escape(self.describe())
        return f"<p>{about} To answer, turn on JavaScript or run this page as a notebook.</p>"

    def page_html(self):
        """Return the HTML for a page: with the questions, which a notebook doesn't store."""
        return self._div(self.state(), self.fallback() + as_list(self.asked))

    def _html(self):
        """Return the HTML that a notebook stores, which stays when a question's text changes."""
        return self._div(self._names(), self.fallback())

    def _names(self):
        """Return which quiz it is, as JSON data."""
        return {"question": self.question, "quiz": self.quiz}

    def _div(self, state, inside):
        """Return the element in which the website starts the front end."""
        text = json.dumps(state, ensure_ascii=False, separators=(",", ":"))
        return (
            f'<div class="alexnet-widget" data-alexnet-widget="{self.name}" '
            f'data-state="{html.escape(text)}">{inside}</div>'
        )


def checked_quiz(name):
    """Return the questions of a quiz; raise a TraitError if there is no such quiz, or a fault."""
    try:
        return read_quiz(name)
    except QuizError as error:
        raise t.TraitError(str(error)) from None


def typed_numbers(text, unit=""):
    """Return what a typed number may mean: "1,000" is 1000, or 1 in other countries.

    An empty list: it is no number. A unit behind the number is left out.
    """
    text = unicodedata.normalize("NFKC", text).replace("−", "-").strip()
    if unit and text.endswith(unit):
        text = text.removesuffix(unit).strip()
    readings = [re.sub(r"[,' ]", "", text)] if GROUPED.fullmatch(text) else []
    top, *bottom = text.replace(",", ".").split("/")
    if len(bottom) < 2 and all(NUMBER.fullmatch(part.strip()) for part in (top, *bottom)):
        readings.append(text.replace(",", "."))
    values = []
    for reading in readings:
        top, *bottom = map(float, reading.split("/"))
        if bottom == [0.0]:
            continue
        value = top / bottom[0] if bottom else top
        if math.isfinite(value) and value not in values:
            values.append(value)
    return values


def mark(question, given):
    """Return (whether an answer is right, the reasons that it gets), for a checked question.

    question  JSON data, as `questions` has them
    given     the numbers of the chosen choices, or the text of a number

    None instead of true or false: there is no answer yet. A reason is {language: parts}.
    """
    if question["kind"] == "number":
        units = question["unit"].values()
        readings = [value for unit in units for value in typed_numbers(given, unit)]
        readings = list(dict.fromkeys(readings))
        if not readings:
            return None, []
        if any(is_near(v, question["answer"], question["tolerance"]) for v in readings):
            return True, [question["why"]]
        for slip in question["near"]:
            within = max(slip["within"], question["tolerance"])
            if any(is_near(value, slip["value"], within) for value in readings):
                return False, [slip["why"]]
        return False, []
    chosen = [question["choices"][number] for number in sorted(given)]
    if not chosen:
        return None, []
    right = all(c["right"] == (i in given) for i, c in enumerate(question["choices"]))
    return right, [c["why"] for c in chosen if right or not c["right"]]


def is_near(value, target, within):
    """Return whether two numbers are equal, but for a tolerance and for rounding."""
    return abs(value - target) <= within + 1e-9 * max(1, abs(target))
