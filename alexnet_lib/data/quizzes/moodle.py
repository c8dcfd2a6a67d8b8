r"""A quiz for Moodle: as Moodle XML, or as GIFT, a text that people can read and edit.

Formulas stand between \( and \), which Moodle's MathJax filter shows.
https://docs.moodle.org/en/Moodle_XML_format and https://docs.moodle.org/en/GIFT_format
"""

import re
from xml.etree import ElementTree

from alexnet_lib.data.quizzes import Both
from alexnet_lib.data.quizzes.maths import as_plain_tex
from alexnet_lib.data.quizzes.texts import as_html, ask_text

__all__ = ["gift_text", "moodle_xml"]

NOTHING = Both("", "")
SPECIAL = re.compile(r"[\\~=#{}:]")  # what GIFT reads as its own


def inline_maths(tex):
    r"""Return TeX between \( and \), as HTML."""
    tex = as_plain_tex(tex).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return rf"\({tex}\)"


def html_of(text):
    """Return a text as HTML."""
    return as_html(text, inline_maths)


def fractions(question):
    """Return the percentage of the points that each choice gives, as Moodle writes it.

    Where several are right, each wrong one costs, so that choosing all of them gives nothing.
    """
    right = sum(choice.right for choice in question.choices)
    wrong = len(question.choices) - right
    if question.kind == "choice":
        return ["100" if choice.right else "0" for choice in question.choices]
    return [
        share(100 / right) if choice.right else f"-{share(100 / wrong)}"
        for choice in question.choices
    ]


def share(value):
    """Return a percentage as Moodle's list of them has it: 50 or 33.33333."""
    return f"{value:.5f}".rstrip("0").rstrip(".")


# --- Moodle XML ----------------------------------------------------------------------------


def moodle_xml(name, title, questions, language):
    """Return a quiz as Moodle XML, a category of the question bank."""
    quiz = ElementTree.Element("quiz")
    category = ElementTree.SubElement(quiz, "question", type="category")
    add_text(ElementTree.SubElement(category, "category"), f"$course$/top/{title}")
    for question in questions:
        quiz.append(moodle_question(name, question, language))
    ElementTree.indent(quiz)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(quiz, "unicode")}\n'


def add_text(parent, text):
    """Add the element <text> to another."""
    ElementTree.SubElement(parent, "text").text = text


def add_html(parent, tag, text):
    """Add an element with a text of the quiz, as HTML."""
    add_text(ElementTree.SubElement(parent, tag, format="html"), html_of(text) if text else "")


def moodle_question(name, question, language):
    """Return the element of one question."""
    number = question.kind == "number"
    element = ElementTree.Element("question", type="numerical" if number else "multichoice")
    add_text(ElementTree.SubElement(element, "name"), question.id)
    add_html(element, "questiontext", ask_text(question, language))
    add_html(element, "generalfeedback", getattr(question.why, language))
    for tag, value in (
        ("defaultgrade", "1"),
        ("penalty", "0.3333333"),
        ("hidden", "0"),
        ("idnumber", f"{name}-{question.id}-{language}"),
    ):
        ElementTree.SubElement(element, tag).text = value
    if number:
        # The general feedback has the reason of the right answer.
        right = (question.answer, question.tolerance, NOTHING, "100")
        slips = [
            (slip.value, max(slip.within, question.tolerance), slip.why, "0")
            for slip in question.near
        ]
        for value, tolerance, why, fraction in (right, *slips):
            answer = ElementTree.SubElement(element, "answer", fraction=fraction, format="plain")
            add_text(answer, plain_number(value))
            add_html(answer, "feedback", getattr(why, language))
            ElementTree.SubElement(answer, "tolerance").text = plain_number(tolerance)
        return element
    for tag, value in (
        ("single", "true" if question.kind == "choice" else "false"),
        ("shuffleanswers", "false"),
        ("answernumbering", "none"),
    ):
        ElementTree.SubElement(element, tag).text = value
    for choice, fraction in zip(question.choices, fractions(question), strict=True):
        answer = ElementTree.SubElement(element, "answer", fraction=fraction, format="html")
        add_text(answer, html_of(getattr(choice.text, language)))
        add_html(answer, "feedback", getattr(choice.why, language))
    return element


def plain_number(value):
    """Return a number in digits, without an exponent: 912, 0.5 or 0.00002."""
    return f"{value:.12f}".rstrip("0").rstrip(".")


# --- GIFT ----------------------------------------------------------------------------------


def gift_text(name, title, questions, language):
    """Return a quiz as GIFT, a category of the question bank."""
    blocks = [f"// {name}\n$CATEGORY: $course$/top/{title}"]
    blocks += [gift_question(question, language) for question in questions]
    return "\n\n".join(blocks) + "\n"


def gift_escape(text):
    """Return HTML with a backslash before each sign that GIFT reads as its own."""
    return SPECIAL.sub(lambda match: f"\\{match[0]}", html_of(text))


def gift_question(question, language):
    """Return one question as GIFT."""
    if question.kind == "number":
        lines = [gift_number(question.answer, question.tolerance, "", NOTHING, language)]
        lines += [
            gift_number(slip.value, max(slip.within, question.tolerance), "%0%", slip.why, language)
            for slip in question.near
        ]
        lines.append(f"####{gift_escape(getattr(question.why, language))}")
    else:
        lines = []
        for choice, fraction in zip(question.choices, fractions(question), strict=True):
            sign = {"100": "=", "0": "~"}.get(fraction) if question.kind == "choice" else None
            text, why = (getattr(both, language) for both in (choice.text, choice.why))
            lines.append(f"{sign or f'~%{fraction}%'}{gift_escape(text)}#{gift_escape(why)}")
    inside = "".join(f"  {line}\n" for line in lines)
    ask = gift_escape(ask_text(question, language))
    opening = "{#" if question.kind == "number" else "{"
    return f"::{question.id}::[html]{ask}{opening}\n{inside}}}"


def gift_number(value, tolerance, fraction, why, language):
    """Return one number as an answer in GIFT."""
    reason = getattr(why, language)
    number = f"={fraction}{plain_number(value)}:{plain_number(tolerance)}"
    return f"{number}#{gift_escape(reason)}" if reason else number
