"""Quizzes for Canvas and Moodle: the same questions, answers and feedback as in their files.

There is no Canvas and no Moodle here. What Canvas gets is compared with what text2qti writes of the
same quiz, and GIFT is read back by a reader of our own.
"""

import html
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest

from alexnet_lib.data.quizzes import QuizError, quiz_names, read_quiz, read_quiz_text
from alexnet_lib.data.quizzes.canvas import canvas_package
from alexnet_lib.data.quizzes.maths import as_plain_tex
from alexnet_lib.data.quizzes.moodle import gift_text, moodle_xml
from alexnet_lib.data.quizzes.texts import ask_text, parse_text, slip_text

# Maths, signs that XML, Markdown and GIFT read as their own, and numbers of every size.
HARD = r"""
- id: hard-texts
  kind: choice
  ask: "For `a < b & c = {d}`: *which* of $\\frac{n + 2p - k}{s} \\le x_i^2 × σ$ ~ #1?"
  zh: 对 `a < b & c = {d}`，$\frac{n}{s}$ 是哪一个？
  choices:
    - {text: "a: `x = 1`", zh: 甲, right: true, why: "So it is: {x} & y.", why_zh: 就是这样。}
    - {text: "$\\sum_{i=1}^n x_i$", zh: 乙, why: "`\\n` isn't in it.", why_zh: 不在里面。}
    - {text: "50 % < 60 %", zh: 丙, why: "That is = 1 ~ 2.", why_zh: 不是。}
- id: negative
  kind: number
  ask: How much below 0?
  zh: 比零小多少？
  answer: -61000000
  why: So much.
  why_zh: 这么多。
  near:
    - {value: -1234.5, why: "Half: too little.", why_zh: 太少。}
    - {value: 7, why: The sign is wrong., why_zh: 符号不对。}
"""
SMALL = """
- id: small-number
  kind: number
  ask: How small?
  zh: 多小？
  answer: 0.00002
  tolerance: 0.000001
  unit: "%"
  unit_zh: "%"
  why: So small.
  why_zh: 这么小。
"""
QUIZZES = {"hard": read_quiz_text(HARD), **{name: read_quiz(name) for name in quiz_names()}}
both_languages = pytest.mark.parametrize("language", ["en", "zh"])


# text2qti curls quotation marks.
STRAIGHT = str.maketrans("‘’“”", "''\"\"")


def plain(text):
    """Return HTML as words, with its formulas as TeX."""
    text = re.sub(r"&(?!amp;|lt;|gt;)\w+;", lambda entity: html.unescape(entity[0]), text)
    text = text.translate(STRAIGHT)
    closed = re.sub(r"(<img[^>]*[^/ ]) *>", r"\1/>", text)
    root = ElementTree.fromstring(f"<p>{closed}</p>")
    for image in root.iter("img"):
        assert image.get("alt") == f"LaTeX: {image.get('title')}"
        assert image.get("src").startswith("/equation_images/")
        image.text = image.get("data-equation-content")
    return " ".join("".join(root.itertext()).split())


def words(text):
    """Return a text of a quiz in the same form."""
    parts = [
        part if isinstance(part, str) else as_plain_tex(part[1]) if part[0] == "math" else part[1]
        for part in parse_text(text)
    ]
    return " ".join("".join(parts).translate(STRAIGHT).split())


def wanted(question, language):
    """Return what an export has to say of a question, in one form for all formats."""
    say = {"kind": question.kind, "ask": words(ask_text(question, language))}
    if question.kind == "number":
        low, high = question.answer - question.tolerance, question.answer + question.tolerance
        return say | {
            "answer": pytest.approx([low, high], abs=6e-5),  # Canvas gets four decimals
            "why": words(getattr(question.why, language)),
        }
    choices = [
        (words(getattr(c.text, language)), c.right, words(getattr(c.why, language)))
        for c in question.choices
    ]
    return say | {"choices": choices}


# --- Canvas --------------------------------------------------------------------------------


def bare(data):
    """Return {file: root} of a package, without namespaces."""
    roots = {}
    with ZipFile(BytesIO(data)) as archive:
        for name in filter(lambda name: not name.endswith("/"), archive.namelist()):
            roots[name] = ElementTree.fromstring(archive.read(name))
            for element in roots[name].iter():
                element.tag = element.tag.rpartition("}")[2]
    return roots


def canvas_items(data):
    """Return (title, items) of a package, in the form of `wanted`."""
    roots = bare(data)
    manifest = roots.pop("imsmanifest.xml")
    files = {file.get("href") for file in manifest.iter("file")}
    assert files == set(roots)
    (about,) = (name for name in roots if name.endswith("/assessment_meta.xml"))
    settings = roots.pop(about)
    ((_, root),) = roots.items()
    items = [canvas_item(item) for item in root.iter("item")]
    assert float(settings.find("points_possible").text) == len(items)
    assert settings.get("identifier") == root.find("assessment").get("ident")
    idents = [element.get("ident") for element in root.iter() if element.get("ident")]
    assert len(items) == len({ident for ident in idents if "question" in ident})
    return settings.find("title").text, items


def canvas_item(item):
    """Return one item."""
    fields = {
        f.find("fieldlabel").text: f.find("fieldentry").text for f in item.iter("qtimetadatafield")
    }
    kind = fields["question_type"]
    material = item.find("presentation/material/mattext")
    feedback = {
        each.get("ident"): plain(each.find(".//mattext").text) for each in item.iter("itemfeedback")
    }
    conditions = list(item.iter("respcondition"))
    (scored,) = (c for c in conditions if c.find("setvar") is not None)
    assert scored.find("setvar").text == "100" and scored.get("continue") == "No"
    shown = [f.get("linkrefid") for f in item.iter("displayfeedback")]
    assert set(feedback) <= set(shown)
    say = {"ask": plain(material.text), "incorrect": feedback.get("general_incorrect_fb")}
    if kind == "numerical_question":
        bounds = [float(scored.find(f".//{tag}").text) for tag in ("vargte", "varlte")]
        exact = float(scored.find(".//varequal").text)
        assert bounds[0] <= exact <= bounds[1]
        return say | {"kind": "number", "answer": bounds, "why": feedback["general_fb"]}
    kinds = {"multiple_choice_question": "choice", "multiple_answers_question": "several"}
    cardinality = item.find(".//response_lid").get("rcardinality")
    assert cardinality == {"choice": "Single", "several": "Multiple"}[kinds[kind]]
    wrong = {node.find("varequal").text for node in scored.iter("not")}
    right = {node.text for node in scored.iter("varequal")} - wrong
    choices = [
        (
            plain(label.find(".//mattext").text),
            label.get("ident") in right,
            feedback[f"{label.get('ident')}_fb"],
        )
        for label in item.iter("response_label")
    ]
    assert fields["original_answer_ids"] == ",".join(
        label.get("ident") for label in item.iter("response_label")
    )
    return say | {"kind": kinds[kind], "choices": choices}


@both_languages
def test_canvas_gets_every_question_with_its_answers_and_reasons(language):
    for name, questions in QUIZZES.items():
        title, items = canvas_items(canvas_package(name, f"Quiz: {name}", questions, language))
        assert title == f"Quiz: {name}"
        for question, item in zip(questions, items, strict=True):
            incorrect = item.pop("incorrect")
            assert item == wanted(question, language)
            assert (incorrect or "") == words(slip_text(question, language))


def test_equal_quizzes_make_equal_bytes_and_others_other_identifiers():
    first = canvas_package("pooling", "Pooling", QUIZZES["pooling"], "en")
    assert first == canvas_package("pooling", "Pooling", QUIZZES["pooling"], "en")
    with ZipFile(BytesIO(first)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    other = canvas_package("pooling", "Pooling", QUIZZES["pooling"], "zh")
    assert not set(bare(first)) & set(bare(other)) - {"imsmanifest.xml"}


def markdown_source(questions):
    """Return a quiz as text2qti reads it."""
    lines = ["Quiz title: Quiz: all", ""]
    for number, question in enumerate(questions, 1):
        lines += [f"Title: {question.id}", f"{number}. {markdown(ask_text(question, 'en'))}"]
        if question.kind == "number":
            lines.append(f"... {markdown(question.why.en)}")
            if question.near:
                lines.append(f"- {markdown(slip_text(question, 'en'))}")
            tolerance = f"{question.tolerance:.12f}"
            lines += [f"= {question.answer:.12f} +- {tolerance}", ""]
            continue
        for letter, choice in zip("abcde", question.choices, strict=False):
            if question.kind == "choice":
                sign = f"{'*' * choice.right}{letter})"
            else:
                sign = "[*]" if choice.right else "[ ]"
            lines += [f"{sign} {markdown(choice.text.en)}", f"... {markdown(choice.why.en)}"]
        lines.append("")
    return "\n".join(lines)


def markdown(text):
    """Return a text of a quiz as Markdown."""
    made = []
    for part in parse_text(text):
        kind, inside = ("text", part) if isinstance(part, str) else part
        if kind == "math":
            made.append(f"${as_plain_tex(inside)}$")
        elif kind == "code":
            made.append(f"`{inside}`")
        else:
            inside = re.sub(r"([\\`*_{}\[\]>#])", r"\\\1", inside)
            made.append(f"*{inside}*" if kind == "em" else inside)
    return "".join(made)


@pytest.mark.skipif(not find_spec("text2qti"), reason="text2qti is not installed: make venv")
def test_canvas_gets_what_text2qti_writes_of_the_same_questions(tmp_path):
    questions = [
        question._replace(id=f"{name}-{question.id}")  # an id is unique in its quiz alone
        for name, quiz in QUIZZES.items()
        for question in quiz
    ]
    refused = [q for q in questions if abs(q.answer) - q.tolerance < 1e-4]  # it knows no 0
    questions = [question for question in questions if question not in refused]
    assert len(refused) < 0.05 * len(questions)
    (tmp_path / "all.txt").write_text(markdown_source(questions), "utf-8")
    code = "from text2qti.cmdline import main; main()"
    command = [sys.executable, "-W", "ignore", "-c", code, "all.txt"]
    env = os.environ | {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    theirs = (tmp_path / "all.zip").read_bytes()
    ours = canvas_package("all", "Quiz: all", questions, "en")
    (title, mine), (other_title, others) = canvas_items(ours), canvas_items(theirs)
    assert title == other_title
    for item, other in zip(mine, others, strict=True):
        if "answer" in item:  # they write 0.000021, and for a whole number 912.0
            assert item.pop("answer") == pytest.approx(other.pop("answer"), abs=1e-9)
        assert item == other
    assert shapes(ours) == shapes(theirs)


def shapes(data):
    """Return the kinds of elements of the questions, each with the names of its attributes."""
    (root,) = (root for root in bare(data).values() if root.tag == "questestinterop")
    plain = [[name for name in each.attrib if name[0] != "{"] for each in root.iter()]
    return {(each.tag, *sorted(names)) for each, names in zip(root.iter(), plain, strict=True)}


def test_a_number_too_small_for_canvas_is_refused():
    with pytest.raises(
        QuizError, match=r"small\.yml, question small-number, answer: a package for"
    ):
        canvas_package("small", "Small", read_quiz_text(SMALL), "en")
    assert "<text>0.00002</text>" in moodle_xml("small", "Small", read_quiz_text(SMALL), "en")


# --- Moodle --------------------------------------------------------------------------------


def from_moodle(text):
    r"""Return HTML with formulas between \( and \) as words."""
    return plain(re.sub(r"\\\((.*?)\\\)", r"\1", text or ""))


def moodle_item(element):
    """Return one question of Moodle XML, in the form of `wanted`."""
    say = {"ask": from_moodle(element.find("questiontext/text").text)}
    answers = [
        (
            float(answer.get("fraction")),
            answer.find("text").text,
            from_moodle(answer.find("feedback/text").text),
            answer.findtext("tolerance"),
        )
        for answer in element.iter("answer")
    ]
    if element.get("type") == "numerical":
        (_, number, _, tolerance), *slips = answers
        assert answers[0][0] == 100 and all(slip[0] == 0 and slip[2] for slip in slips)
        number, tolerance = float(number), float(tolerance)
        why = from_moodle(element.find("generalfeedback/text").text)
        bounds = [number - tolerance, number + tolerance]
        return say | {"kind": "number", "answer": bounds, "why": why}
    single = element.find("single").text == "true"
    check_fractions([fraction for fraction, *_ in answers], single)
    choices = [(from_moodle(text), fraction > 0, why) for fraction, text, why, _ in answers]
    return say | {"kind": "choice" if single else "several", "choices": choices}


def check_fractions(fractions, single):
    """Require all points for the right choices, and none for all choices at once."""
    assert sum(f for f in fractions if f > 0) == pytest.approx(100, abs=1e-4)
    wrong = sum(f for f in fractions if f <= 0)
    assert wrong == 0 if single else wrong == pytest.approx(-100, abs=1e-4)


@both_languages
def test_moodle_gets_every_question_with_its_answers_and_reasons(language):
    for name, questions in QUIZZES.items():
        root = ElementTree.fromstring(moodle_xml(name, f"Quiz: {name}", questions, language))
        category, *elements = root.findall("question")
        assert category.find("category/text").text == f"$course$/top/Quiz: {name}"
        numbers = [element.find("idnumber").text for element in elements]
        assert len(set(numbers)) == len(questions)
        for question, element in zip(questions, elements, strict=True):
            assert element.find("name/text").text == question.id
            assert moodle_item(element) == wanted(question, language)


# A reader of GIFT: a question, its answers, and what a backslash stands before.
GIFT = re.compile(r"::((?:\\.|[^\\:])*)::\[html\]((?:\\.|[^\\{])*)\{((?:\\.|[^\\}])*)\}", re.DOTALL)
ANSWER = re.compile(r"([=~])(?:%(-?[\d.]+)%)?((?:\\.|[^\\#~=])*)(?:#(?!###)((?:\\.|[^\\#~=])*))?")


def unescape(text):
    r"""Return a text without the backslashes before signs of GIFT."""
    return re.sub(r"\\(.)", r"\1", text).strip()


def gift_item(ask, inside):
    """Return one question of GIFT, in the form of `wanted`."""
    say = {"ask": from_moodle(unescape(ask))}
    if inside.startswith("#"):
        inside, why = inside.removeprefix("#").split("####")
        (_, percent, number, feedback), *slips = ANSWER.findall(inside)
        assert not percent and not feedback
        assert all(slip[1] == "0" and slip[3] for slip in slips)
        number, tolerance = map(float, number.split(":"))
        bounds = [number - tolerance, number + tolerance]
        return say | {"kind": "number", "answer": bounds, "why": from_moodle(unescape(why))}
    answers = ANSWER.findall(inside)
    single = any(sign == "=" for sign, *_ in answers)
    if not single:
        check_fractions([float(percent) for _, percent, *_ in answers], single)
    choices = [
        (
            from_moodle(unescape(text)),
            sign == "=" if single else float(percent) > 0,
            from_moodle(unescape(why)),
        )
        for sign, percent, text, why in answers
    ]
    return say | {"kind": "choice" if single else "several", "choices": choices}


@both_languages
def test_gift_can_be_read_back(language):
    for name, questions in QUIZZES.items():
        text = gift_text(name, f"Quiz: {name}", questions, language)
        assert text.startswith(f"// {name}\n$CATEGORY: $course$/top/Quiz: {name}\n\n")
        blocks = text.split("\n\n")[1:]
        for question, block in zip(questions, blocks, strict=True):
            title, ask, inside = GIFT.fullmatch(block.strip()).groups()
            assert title == question.id
            assert gift_item(ask, inside) == wanted(question, language)
            numbers = re.findall(r"=%0%(-?[\d.]+):", inside) if question.near else []
            assert [float(n) for n in numbers] == [slip.value for slip in question.near]
