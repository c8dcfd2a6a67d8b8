"""The files of quizzes: what is read from them, and what is refused, in one sentence."""

import re
from xml.etree import ElementTree

import pytest
import yaml

from alexnet_lib.data import quizzes
from alexnet_lib.data.quizzes import QuizError, quiz_names, read_quiz, read_quiz_text
from alexnet_lib.data.quizzes.maths import as_mathml
from alexnet_lib.data.quizzes.page import as_data, as_list, mathml_text
from alexnet_lib.data.quizzes.texts import TextError, as_html, as_words, parse_text

QUIZ = """
- id: parameters
  kind: number
  ask: How many parameters?
  zh: 有多少个参数？
  answer: 912
  tolerance: 0.5
  unit: parameters
  unit_zh: 个参数
  why: Each of 12 has `5 · 5 · 3` weights and a bias.
  why_zh: 12 个中的每一个都有 `5 · 5 · 3` 个权重和一个偏置。
  near:
    - {value: 900, why: The biases are missing., why_zh: 少了偏置。}
    - {value: 33.3, why: A third of a hundred., why_zh: 一百的三分之一。}
- id: same-size
  kind: choice
  ask: Which padding keeps *the* size, by $\\frac{n}{s}$?
  zh: 哪种填充使大小不变，按 $\\frac{n}{s}$？
  choices:
    - {text: one, zh: 一, why: Two are missing., why_zh: 少了两个。}
    - {text: two, zh: 二, right: true, why: As 2p = k − 1., why_zh: 因为 2p = k − 1。}
    - {text: "5", zh: "5", why: 6 more., why_zh: 多了六个。}
"""


def changed(**changes):
    """Return the second question with other fields; a field set to None is left out."""
    question = yaml.safe_load(QUIZ)[1] | changes
    question = {key: value for key, value in question.items() if value is not None}
    return yaml.safe_dump([question], allow_unicode=True)


def number(**changes):
    """Return the first question likewise."""
    question = yaml.safe_load(QUIZ)[0] | changes
    question = {key: value for key, value in question.items() if value is not None}
    return yaml.safe_dump([question], allow_unicode=True)


def choice(**changes):
    """Return the second question with another second choice."""
    choices = yaml.safe_load(QUIZ)[1]["choices"]
    choices[1] = {k: v for k, v in (choices[1] | changes).items() if v is not None}
    return changed(choices=choices)


def test_a_file_is_read_into_questions():
    first, second = read_quiz_text(QUIZ)
    assert (first.id, first.kind, first.answer, first.tolerance) == (
        "parameters",
        "number",
        912,
        0.5,
    )
    assert first.unit == ("parameters", "个参数")
    assert [(slip.value, slip.within) for slip in first.near] == [(900, 0), (33.3, 0.05)]
    assert [each.right for each in second.choices] == [False, True, False]
    assert second.choices[1].why.zh == "因为 2p = k − 1。"


FAULTS = {
    "line 2: this is no YAML": "- id: a\n  b: c: d",
    "a quiz is a list of questions": "id: a",
    "question 1: a question is a mapping": "- a",
    "question 1, id: an id is of a–z, digits and hyphens, not 'Same size'": changed(id="Same size"),
    "question parameters, id: an earlier question has it too": QUIZ + QUIZ,
    "question same-size, kind: it is one of choice, several, number, not 'choices' (did": (
        changed(kind="choices")
    ),
    "question same-size, asks: there is no such field here (did you mean ask?)": changed(asks="?"),
    "question same-size, choices: it is missing": changed(choices=None),
    "question same-size, ask: it is missing": changed(ask=None),
    "question same-size, zh: it is missing": changed(zh=None),
    "question same-size, zh: it isn't Chinese": changed(zh="Which?"),
    "question same-size, ask: it isn't English": changed(ask="哪个？"),
    "question same-size, ask: a text is wanted: put 12 in quotation marks": changed(ask=12),
    "question same-size, ask: it is one line": changed(ask="one\n\ntwo"),
    "question same-size, ask: '`' can't stand alone in “a ` b”": changed(ask="a ` b"),
    "question same-size, ask: the formula $\\alert$ can't be read: '\\\\alert' in it": (
        changed(ask="a $\\alert$")
    ),
    "question same-size, choices: there are 3 to 5": changed(choices=[]),
    "question same-size, choice 1: it has text": changed(choices=["a", "b", "c"]),
    "question same-size, choice 2, why: it is missing": choice(why=None),
    "question same-size, choice 2, why_zh: it is missing": choice(why_zh=None),
    "question same-size, choice 2, right: it is true or false, not 'yes it is'": (
        choice(right="yes it is")
    ),
    "choices: exactly one has “right: true”, and here 0 have": choice(right=None),
    "choices: two of them have the same text": choice(text="one"),
    "question parameters, answer: it is a number, as in 912 or 0.5, not '912'": (
        number(answer="912")
    ),
    "question parameters, answer: it is missing": number(answer=None),
    "question parameters, answer: it is a finite number": number(answer=float("inf")),
    "question parameters, tolerance: it is 0 or more": number(tolerance=-1),
    "question parameters, unit_zh: it is missing": number(unit_zh=None),
    "question parameters, near: it is a list": number(near=900),
    "question parameters, near 1, value: 912.4 is right, by the answer": (
        number(near=[{"value": 912.4, "why": "a", "why_zh": "b"}])
    ),
    "question parameters, near 1, why: it is missing": number(near=[{"value": 9}]),
    "the field 'ask' stands twice in one place": "- id: a\n  ask: b\n  ask: c",
}


@pytest.mark.parametrize("sentence", FAULTS)
def test_a_fault_is_one_sentence_with_file_question_and_field(sentence):
    with pytest.raises(QuizError) as fault:
        read_quiz_text(FAULTS[sentence], "book/quizzes/a.yml")
    said = str(fault.value)
    assert said.startswith("book/quizzes/a.yml") and sentence in said
    assert said.endswith(".") and "\n" not in said


def test_several_answers_are_some_of_the_choices_but_not_all():
    question = yaml.safe_load(QUIZ)[1]
    for right in (0, 3):
        choices = [each | {"right": i < right} for i, each in enumerate(question["choices"])]
        with pytest.raises(QuizError, match="at least one is right, and at least one isn't"):
            read_quiz_text(changed(kind="several", choices=choices))


def test_an_unknown_quiz_is_refused_and_a_missing_folder_said(monkeypatch, tmp_path):
    assert "convolution" in quiz_names()
    with pytest.raises(QuizError, match=r"no quiz 'convolutoin' \(did you mean convolution\?\)"):
        read_quiz("convolutoin")
    with pytest.raises(QuizError, match=r"There is no quiz '\.\./course'; there are "):
        read_quiz("../course")
    monkeypatch.setattr(quizzes, "FOLDERS", (tmp_path / "none",))
    with pytest.raises(QuizError, match="quizzes are missing in this copy of alexnet_lib"):
        read_quiz("convolution")


def test_the_parts_of_a_text_and_what_is_made_of_them():
    text = "a `x < 1` and *b*: $x^2$ & 2 · 3"
    assert parse_text(text) == [
        *("a ", ("code", "x < 1"), " and ", ("em", "b"), ": "),
        *(("math", "x^2"), " & 2 · 3"),
    ]
    assert as_html(text, lambda tex: f"[{tex}]") == (
        "a <code>x &lt; 1</code> and <em>b</em>: [x^2] &amp; 2 · 3"
    )
    assert as_words(text) == "a x < 1 and b: x^2 & 2 · 3"
    for wrong in ("a *b", "a `b", "5 $", "[a](b)", "https://a", "a <b>c</b>", "2*3"):
        with pytest.raises(TextError, match="can't stand alone"):
            parse_text(wrong)


@pytest.mark.parametrize(
    ("tex", "mathml"),
    [
        (r"\frac{n+2p-k}{s}", "<mfrac><mrow>nn</mrow><mi>s</mi></mfrac>"),
        ("x_i^2", "<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>"),
        ("x^2_i", "<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>"),
        (r"\max_i x", "<munder><mo>max</mo><mi>i</mi></munder><mi>x</mi>"),
        (r"\sum_{i}^n", "<munderover><mo>∑</mo><mi>i</mi><mi>n</mi></munderover>"),
        (r"\sqrt{\sigma}", "<msqrt><mi>σ</mi></msqrt>"),
        (r"\exp(-0.5)", "<mi>exp</mi><mo>(</mo><mo>−</mo><mn>0.5</mn><mo>)</mo>"),
        (r"a < \partial", "<mi>a</mi><mo>&lt;</mo><mi>∂</mi>"),
    ],
)
def test_tex_becomes_mathml(tex, mathml):
    wanted = mathml.replace("nn", "<mi>n</mi><mo>+</mo><mn>2</mn><mi>p</mi><mo>−</mo><mi>k</mi>")
    assert mathml_text(tex) == f"<math>{wanted}</math>"


@pytest.mark.parametrize("tex", ["a}", "{a", "x^", "x^1^2", r"\frac{1}", r"\href{a}", "a&b", "%"])
def test_other_tex_is_refused(tex):
    with pytest.raises(TextError, match=re.escape(f"the formula ${tex}$ can't be read")):
        as_mathml(tex)


def test_a_page_gets_every_text_in_both_languages():
    first, second = map(as_data, read_quiz_text(QUIZ))
    assert first["near"][0] == {
        "value": 900,
        "within": 0,
        "why": {"en": ["The biases are missing."], "zh": ["少了偏置。"]},
    }
    assert first["why"]["en"] == ["Each of 12 has ", ["code", "5 · 5 · 3"], " weights and a bias."]
    assert second["ask"]["zh"][1] == ["math", ["mfrac", ["mi", "n"], ["mi", "s"]]]
    assert [each["right"] for each in second["choices"]] == [False, True, False]


@pytest.mark.parametrize(("language", "answer"), [("en", "912 parameters"), ("zh", "912 个参数")])
def test_without_javascript_there_is_a_list_with_folded_answers(language, answer):
    questions = read_quiz_text(QUIZ)
    text = as_list(questions, language)
    tree = ElementTree.fromstring(text)  # well-formed
    items = tree.findall("li")
    assert len(items) == 2
    assert "".join(items[0].find("details/p").itertext()).startswith(answer)
    reasons = ["".join(p.itertext()) for p in items[1].findall("details/p")]
    for said, each in zip(reasons, questions[1].choices, strict=True):
        assert getattr(each.why, language) in said
        assert ("(right)" in said or "(正确)" in said) == each.right
    assert items[1].find("p/math/mfrac") is not None
