"""The instructors' page: every lesson in the syllabus, every plan with its sessions and hours."""

import html
import re

import course_plans
import pytest
from docutils import nodes

from .conftest import COURSE

PAGE = "book/appendix/instructors.html"


def words(text):
    """The text of some HTML."""
    plain = re.sub("[“”]", '"', html.unescape(re.sub(r"<[^>]+>", " ", text)).replace("’", "'"))
    return " ".join(plain.split())


@pytest.fixture(scope="session")
def page(site):
    """The page, as HTML."""
    return (site / PAGE).read_text("utf-8")


def test_the_syllabus_has_every_lesson(page):
    table = re.search(r'<table class="[^"]*course-syllabus.*?</table>', page, re.DOTALL)[0]
    rows = [words(row) for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL)][1:]
    assert len(rows) == len(COURSE["lessons"])
    for row, (path, lesson) in zip(rows, COURSE["lessons"].items(), strict=True):
        assert row.startswith(f"{lesson['title']} {lesson['minutes']} min")
        if lesson["exercise"]:
            about = COURSE["exercises"][lesson["exercise"]]
            assert row.endswith(f"{lesson['exercise']} {about['minutes']} min {about['points']}")
        assert f"../{path}.html" in table


def test_every_plan_says_what_to_read_and_to_do(page):
    for plan in COURSE["plans"]:
        name = f"plan-{plan['title'].lower().replace(' ', '-')}"
        part = re.search(rf'<section id="{name}">.*?</section>', page, re.DOTALL)[0]
        text = words(part)
        assert plan["about"] in text
        for session in plan["sessions"]:
            assert session["title"] in text
            assert all(f"../{path}.html" in part for path in session.get("lessons", []))
            names = session.get("exercises", [])
            assert all(f"#exercise-{name.replace('_', '-')}" in part for name in names)
            assert session.get("project", "") in text
        texts = COURSE["lessons"] | COURSE["pages"]
        reading = sum(
            texts[path]["minutes"]
            for session in plan["sessions"]
            for path in (*session.get("lessons", []), *session.get("pages", []))
        )
        assert f"{course_plans.duration(reading)} of reading" in text
        for graded in plan.get("grading", []):
            assert f"{graded['share']} %: {graded['what']}" in text


def test_nodes_get_commas_between():
    separated = course_plans.with_commas([nodes.strong("", "a"), nodes.strong("", "b")])
    assert [node.astext() for node in separated] == ["a", ", ", "b"]
    assert course_plans.with_commas([]) == []
