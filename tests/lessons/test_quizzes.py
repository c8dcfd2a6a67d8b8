"""The quizzes: one for each lesson, of the right size, in two languages that say the same.

tests/data/test_quizzes.py tests how files are read, and test_numbers.py the numbers in them.
"""

import re
from collections import Counter

import pytest
import yaml
from repository import ROOT

from alexnet_lib.data.quizzes import quiz_names, read_quiz

COURSE = yaml.safe_load((ROOT / "book" / "course.yml").read_text(encoding="utf-8"))
TERMS = yaml.safe_load((ROOT / "book" / "glossary.yml").read_text(encoding="utf-8"))
# Terms that are everyday words too, which Chinese may say in other ways.
EVERYDAY = {"batch", "class", "floor", "groups", "layer", "number of parameters", "point", "step"}
PATTERNS = {
    term: re.compile(rf"\b{re.escape(term)}(s|es)?\b", 0 if term[0].isupper() else re.IGNORECASE)
    for term in TERMS
    if term not in EVERYDAY
}
QUIZZES = {name: read_quiz(name) for name in quiz_names()}
each_quiz = pytest.mark.parametrize("name", QUIZZES)


def texts(name):
    """Return all texts of a quiz, each in both languages."""
    return [pair for question in QUIZZES[name] for pair in question_texts(question)]


def question_texts(question):
    """Return all texts of a question, each in both languages."""
    pairs = [question.ask, question.unit, question.why, *(slip.why for slip in question.near)]
    pairs += [pair for choice in question.choices for pair in (choice.text, choice.why)]
    return [pair for pair in pairs if pair.en]


def test_each_lesson_has_a_quiz():
    lessons = {name.rpartition("/")[2] for name in COURSE["lessons"]}
    assert set(QUIZZES) == lessons


@each_quiz
def test_a_quiz_asks_in_more_than_one_way(name):
    kinds = Counter(question.kind for question in QUIZZES[name])
    assert 5 <= kinds.total() <= 8
    assert kinds["number"] >= 1 and kinds["several"] >= 1


def test_length_and_place_do_not_tell_which_choice_is_right():
    questions = [question for quiz in QUIZZES.values() for question in quiz]
    single = [question.choices for question in questions if question.kind == "choice"]
    places = Counter([choice.right for choice in choices].index(True) for choices in single)
    assert max(places[place] for place in places) < 0.5 * len(single)
    for language in ("en", "zh"):
        longest = [
            max(choices, key=lambda choice: len(getattr(choice.text, language))).right
            for choices in single
        ]
        assert sum(longest) < 0.5 * len(single), language


@each_quiz
def test_a_reason_is_more_than_no(name):
    quiz = QUIZZES[name]
    reasons = [question.why for question in quiz if question.kind == "number"]
    reasons += [each.why for question in quiz for each in (*question.choices, *question.near)]
    for why in reasons:
        assert len(why.en) >= 15 and not re.match(r"(No|Yes|Wrong|Right)\b[.,]", why.en), why
        assert not re.search(r"(?i)\b(see|read) the (lesson|text)|of the above", why.en), why


def numbers(text):
    """Return the decimals and the numbers of three digits or more, without signs and commas."""
    text = re.sub(r"\d[\d,.]* [mbt]r?illion|\d+ in 100\b", "", text)
    found = re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", text)
    plain = {number.replace(",", "") for number in found}
    return {number for number in plain if "." in number or len(number) > 2}


@each_quiz
def test_the_chinese_has_the_numbers_of_the_english(name):
    for pair in texts(name):
        assert numbers(pair.en) <= numbers(pair.zh), pair


def chinese_names(term):
    """Return the names that a term of the glossary may have in Chinese."""
    name = TERMS[term]["zh"]
    outside = re.sub(r"（[^）]*）", "", name)
    inside = re.findall(r"（([^）]*)）", name)
    names = [part for text in (outside, *inside) for part in re.split(r"[、，；/]|或", text)]
    return [term, *(each.strip().removesuffix("函数") for each in names if each.strip())]


@each_quiz
def test_the_chinese_uses_the_terms_of_the_glossary(name):
    for question in QUIZZES[name]:
        english = " ".join(pair.en for pair in question_texts(question))
        chinese = " ".join(pair.zh for pair in question_texts(question)).lower()
        for term, pattern in PATTERNS.items():
            if pattern.search(english):
                names = chinese_names(term)
                assert any(each.lower() in chinese for each in names), (question.id, term, names)


@each_quiz
def test_the_chinese_is_set_as_chinese_is(name):
    for pair in texts(name):
        between = re.search(r"[\u4e00-\u9fff][,;:?!]|[,;:?!][\u4e00-\u9fff]", pair.zh)
        assert not between, pair.zh  # full-width signs stand beside Chinese
