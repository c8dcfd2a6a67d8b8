"""Questions and answers: each has an address, two languages and a lesson, and can be filtered."""

import html
import re

import pytest
import questions_page

from .conftest import ROOT

GROUPS = questions_page.read_questions(ROOT)
QUESTIONS = [question for group in GROUPS for question in group["questions"]]
CHINESE = r"[\u4e00-\u9fff]"


def test_each_question_has_an_answer_two_languages_and_a_lesson():
    assert len(QUESTIONS) >= 50
    assert len({question["ask"] for question in QUESTIONS}) == len(QUESTIONS)
    for question in QUESTIONS:
        assert question.keys() == {"ask", "zh", "answer"}
        assert re.search(CHINESE, question["zh"]) and question["ask"].endswith((".", "?"))
        assert not re.search(CHINESE, question["answer"])
        assert 30 <= len(question["answer"].split()) <= 90, question["ask"]
    linked = [question for question in QUESTIONS if "](../" in question["answer"]]
    assert len(linked) > len(QUESTIONS) - 6  # a few lead to the glossary or to the myths, or none


def test_the_page_has_each_with_an_address_of_its_own(site):
    page = (site / "book/appendix/faq.html").read_text("utf-8")
    sections = re.findall(r'<section class="question" id="([^"]+)">', page)
    assert len(set(sections)) == len(QUESTIONS)
    for question in QUESTIONS:
        assert f'<span lang="zh-Hans">{html.escape(question["zh"], quote=False)}</span>' in page


@pytest.mark.browser
def test_the_filter_hides_the_others_and_says_how_many(view, site):
    page = view((site / "book/appendix/faq.html").as_uri()).page
    field = page.get_by_label("Show those with")
    for words, least in (("overfitting", 3), ("感受野", 1), ("1 × 1", 1), ("xyzzy", 0)):
        field.fill(words)
        shown = page.locator(".question:visible").count()
        assert least <= shown < len(QUESTIONS) / 2
        status = page.locator(".question-filter [role=status]").inner_text()
        assert status == f"{shown} of {len(QUESTIONS)} questions"
    assert page.locator(".question-group:visible").count() == 0
    field.fill("")
    assert page.locator(".question:visible").count() == len(QUESTIONS)
