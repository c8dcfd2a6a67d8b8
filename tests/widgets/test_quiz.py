"""The quiz widget: which answers are right, what it says of each, and what the browser keeps."""

import html
import json
import random
import re

import pytest
import traitlets

from alexnet_lib.data import quizzes
from alexnet_lib.data.quizzes import quiz_names, read_quiz
from alexnet_lib.widgets import WIDGETS, Quiz
from alexnet_lib.widgets.quiz import mark, typed_numbers

IDS = {question.kind: question.id for question in read_quiz("convolution")}
PLACES = {question.kind: i for i, question in enumerate(read_quiz("convolution"))}
DONE = {"given": [0, 1], "tries": 2, "done": "shown"}
# The states in which test_every_widget.py tries it.
CASES = {
    "settings": [
        {},
        {"at": PLACES["several"], "answers": {IDS["several"]: DONE}},
        {
            "at": PLACES["choice"],
            "language": "zh",
            "answers": {IDS["choice"]: {"given": [0], "checked": True, "tries": 1}},
        },
        {"question": IDS["number"], "answers": {IDS["number"]: {"given": "5", "done": "right"}}},
    ],
    # another question each time, all of them answered
    "heaviest": """(i) => {
      const done = ["right", "shown"][i % 2];
      const answers = {};
      for (const { id } of model.get("questions")) answers[id] = { given: [0], tries: i, done };
      model.set("answers", answers);
      model.set("at", 1 + (i % 3));
      model.set("language", ["en", "zh"][i % 2]);
    }""",
}

QUIZ = """
- id: parameters
  kind: number
  ask: How many parameters?
  zh: 有多少个参数？
  answer: 34944
  tolerance: 0
  unit: parameters
  unit_zh: 个参数
  why: Kernels and `biases` together, by $k^2$.
  why_zh: 卷积核加上 `偏置`。
  near:
    - {value: 34848, why: The biases are missing., why_zh: 少了偏置。}
    - {value: 33.3, why: A third of a hundred., why_zh: 一百的三分之一。}
- id: same-size
  kind: choice
  ask: Which padding keeps the size?
  zh: 哪种填充使大小不变？
  choices:
    - {text: one, zh: 一, why: Two are missing., why_zh: 少了两个。}
    - {text: two, zh: 二, right: true, why: It adds what the kernel takes., why_zh: 正好补上。}
    - {text: five, zh: 五, why: Six too many., why_zh: 多了六个。}
- id: saves
  kind: several
  ask: What saves parameters?
  zh: 哪些做法能减少参数？
  choices:
    - {text: small kernels, zh: 小卷积核, right: true, why: Fewer weights., why_zh: 权重更少。}
    - {text: long strides, zh: 大步幅, why: They save work., why_zh: 只减少计算量。}
    - {text: groups, zh: 分组, right: true, why: They see less., why_zh: 看到的通道更少。}
    - {text: padding, zh: 填充, why: It adds zeros., why_zh: 只是补零。}
"""


@pytest.fixture(scope="module")
def kept_page():
    """None: what a browser keeps is tested here, so each test has a page of its own."""


@pytest.fixture
def own(monkeypatch, tmp_path):
    """Make QUIZ the only quiz there is, with the name small."""
    (tmp_path / "small.yml").write_text(QUIZ, "utf8")
    monkeypatch.setattr(quizzes, "FOLDERS", (tmp_path,))


def test_it_asks_a_whole_quiz_or_one_question(own):
    whole, one = Quiz("small"), Quiz("small", "saves")
    assert WIDGETS["quiz"] is Quiz
    assert [q["id"] for q in whole.questions] == ["parameters", "same-size", "saves"]
    assert [q["id"] for q in one.questions] == ["saves"]
    assert repr(one) == "Quiz(quiz='small', question='saves')"
    assert whole.describe() == "A quiz on small, with a reason for every answer."
    assert one.describe() == "A question on small, with a reason for every answer."
    whole.answers = {"saves": {"done": "right"}, "same-size": {"done": "shown"}}
    assert whole.right == 1
    whole.question = "same-size"
    assert [q["id"] for q in whole.questions] == ["same-size"]
    assert (whole.answers, whole.right) == ({}, 0)


def test_a_notebook_stores_no_question_and_a_page_has_them_all(own):
    w = Quiz("small")
    assert "How many" not in w._html() and "JavaScript" in w._html()
    assert Quiz(**json.loads('{"question": "", "quiz": "small"}'))._html() == w._html()
    page = w.page_html()
    assert json.loads(html.unescape(re.search('data-state="([^"]*)"', page)[1])) == w.state()
    assert page.count("How many parameters?") == 2  # for the front end, and for those without it
    assert "有多少个参数？" in page and "<details>" in page
    assert w.state() | {"questions": 0} == {
        "quiz": "small",
        "question": "",
        "language": "",
        "at": 0,
        "answers": {},
        "questions": 0,
    }


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"quiz": "smalls"}, r"There is no quiz 'smalls' \(did you mean small\?\)"),
        ({"question": "save"}, r"The quiz 'small' has no question 'save' \(did you mean saves"),
        ({"question": "x"}, "no question 'x'; there are parameters, same-size, saves"),
        ({"language": "de"}, 'language is one of "", "en", "zh", not \'de\''),
        ({"at": 3}, "at is a whole number from 0 to 2, not 3"),
    ],
)
def test_a_wrong_setting_is_refused_in_one_sentence(own, settings, sentence):
    with pytest.raises(traitlets.TraitError, match=sentence):
        Quiz(**{"quiz": "small", **settings})


@pytest.mark.parametrize(
    ("typed", "values"),
    [
        ("912", [912]),
        (" 34,944 ", [34944, 34.944]),
        ("1 234 567.5", [1234567.5]),
        ("1\u202f000", [1000]),
        ("0,5", [0.5]),
        ("−1/4", [-0.25]),
        ("９１２", [912]),
        ("2e3", [2000]),
        ("50 %", [50]),
        ("50％", [50]),
        ("1,2,3", []),
        ("1/0", []),
        ("1/2/3", []),
        ("many", []),
        ("", []),
        ("1_000", []),
        ("inf", []),
    ],
)
def test_a_typed_number_is_read_as_people_write_it(typed, values):
    assert typed_numbers(typed, "%") == values


def answers_to(question, draw):
    """Return some answer to a question, often one that means something."""
    if question["kind"] != "number":
        count = len(question["choices"])
        if question["kind"] == "choice":
            return draw.choice([[], *([i] for i in range(count))])
        right = [i for i, each in enumerate(question["choices"]) if each["right"]]
        return draw.choice([right, sorted(draw.sample(range(count), draw.randint(0, count)))])
    target = draw.choice([question["answer"], *(slip["value"] for slip in question["near"])])
    value = target + draw.choice([0, 0, question["tolerance"], 2 * question["tolerance"], 1, -1e-6])
    unit = draw.choice(["", f" {draw.choice([*question['unit'].values()])}"])
    written = draw.choice([f"{value:,}", repr(value), f"{value}".replace(".", ","), f"{value:.3f}"])
    return draw.choice(
        [written + unit, written.replace("-", "−"), f" {written}", "x", f"{value}/1"]
    )


@pytest.mark.browser
def test_both_sides_mark_every_answer_alike(open_widget):
    """Over drawn answers to every question of the book."""
    questions = [question for name in quiz_names() for question in Quiz(name).questions]
    draw = random.Random(2012)
    pairs = [
        (number, answers_to(question, draw))
        for number, question in enumerate(questions)
        for _ in range(8)
    ]
    page = open_widget(Quiz())
    theirs = page.evaluate(
        """([questions, pairs]) => {
          model.set("questions", questions);
          return pairs.map(([n, given]) => view.el.alexnetWidget.mark(n, given));
        }""",
        [questions, pairs],
    )
    verdicts = []
    for (number, given), got in zip(pairs, theirs, strict=True):
        right, reasons = mark(questions[number], given)
        assert (got["right"], got["reasons"]) == (right, reasons), (questions[number]["id"], given)
        verdicts.append(right)
    assert min(map(verdicts.count, (True, False, None))) > len(pairs) / 20


def verdict(page):
    """Return what the page says of the answer."""
    page.evaluate("drawn()")
    return page.locator("[aria-live]:not([role])").inner_text()


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()
    page.evaluate("drawn()")


def has_focus(page, css):
    return page.evaluate("(css) => document.activeElement.matches(css)", css)


@pytest.mark.browser
def test_a_quiz_is_answered_with_a_reason_for_everything(open_widget, own):
    page = open_widget(Quiz("small"))
    status = page.get_by_role("status")
    assert status.inner_text() == "Question 1 of 3: not answered yet. Right so far: 0 of 3."
    assert verdict(page) == ""
    # A number: none, another one, a slip, the right one with its unit.
    field = page.get_by_label("Your answer")
    for typed, says in (
        ("many", "That is no number. Write it like 912, 0.5 or 1/9."),
        ("35,000", "Not right. Another number is wanted."),
        ("34,848", "Not right. The biases are missing."),
        ("33.33", "Not right. A third of a hundred."),
    ):
        field.fill(typed)
        press(page, "Check")
        assert verdict(page).startswith(says)
    page.get_by_text("Question 1 of 3: not right yet. Right so far: 0 of 3.").wait_for()
    field.fill("34 944 parameters")
    assert verdict(page) == ""  # what was said was about another number
    field.press("Enter")
    assert verdict(page).startswith("Right. Kernels and biases together, by")
    assert page.locator("[aria-live] code").inner_text() == "biases"
    assert page.locator("[aria-live] math msup").count() == 1
    assert page.get_by_role("button", name="Question 1: right").is_visible()
    assert not page.get_by_role("button", name="Check").is_visible()
    # One of three, by keyboard alone.
    press(page, "Next question")
    assert has_focus(page, "legend") and "Which padding" in page.locator("legend").inner_text()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert verdict(page) == "Choose an answer first."
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert verdict(page) == "Not right. Two are missing."
    assert page.locator("label", has_text="one").inner_text().split() == ["one", "not", "right"]
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowDown")
    assert verdict(page) == ""
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert verdict(page) == "Right. It adds what the kernel takes."
    assert has_focus(page, "button") and page.evaluate("document.activeElement.innerText") == (
        "Next question"  # the pressed button is gone
    )
    assert page.locator(".axw-quiz-why:visible").all_inner_texts() == [
        "Two are missing.",
        "Six too many.",
    ]
    # Several of four: some missing, a wrong one, then the answer is shown.
    page.keyboard.press("Enter")
    page.evaluate("drawn()")
    for choice in ("small kernels", "long strides"):
        page.get_by_label(choice).check()
    press(page, "Check")
    assert verdict(page).split("\n\n") == [
        "Not right. They save work.",
        "One right answer is missing.",
    ]
    press(page, "Show the answer")
    assert verdict(page) == "The right answers are marked."
    marks = page.locator(".axw-quiz-mark").all_inner_texts()
    assert [mark.strip() for mark in marks] == ["right", "not right", "right"]
    assert page.locator(".axw-quiz-why:visible").count() == 4
    page.get_by_text("All 3 questions are done. Right: 2, and 0 of them at once.").wait_for()
    answers = page.evaluate("model.get('answers')")
    assert {key: answer["done"] for key, answer in answers.items()} == {
        "parameters": "right",
        "same-size": "right",
        "saves": "shown",
    }
    press(page, "Start again")
    page.get_by_text("Question 1 of 3: not answered yet.").wait_for()
    assert page.evaluate("model.get('answers')") == {} and has_focus(page, "legend")
    assert field.input_value() == ""


@pytest.mark.browser
def test_several_right_answers_are_right_when_none_is_missing_and_none_too_much(open_widget, own):
    page = open_widget(Quiz("small", "saves"))
    assert page.get_by_role("group", name="Questions").count() == 0  # there is only one
    page.get_by_label("small kernels").check()
    press(page, "Check")
    assert verdict(page) == "Not right. One right answer is missing."
    page.get_by_label("groups").check()
    press(page, "Check")
    assert verdict(page) == "Right."
    assert page.get_by_role("checkbox").first.is_disabled()


@pytest.mark.browser
def test_the_browser_keeps_answers_and_language_and_forgets_those_to_older_questions(
    open_widget, own
):
    page = open_widget(Quiz("small"))
    page.get_by_label("Your answer").fill("34944")
    press(page, "Check")
    press(page, "中文")
    assert page.locator(".axw").get_attribute("lang") == "zh-Hans"
    assert page.locator("legend").inner_text() == "有多少个参数？"
    assert verdict(page).startswith("正确。")
    assert page.get_by_role("button", name="English").get_attribute("lang") == "en"
    # Another quiz on the page, with the same question, follows.
    page.evaluate(
        """async () => {
          window.other = new model.constructor({ ...model.state, answers: {}, language: "" });
          await mount(two, other);
        }"""
    )
    assert page.locator("#two legend").inner_text() == "哪种填充使大小不变？"  # the next one
    assert page.evaluate("other.get('answers').parameters.done") == "right"
    page.locator("#one").get_by_role("button", name="English").click()
    page.locator("#two").get_by_text("Which padding keeps the size?").wait_for()
    page.locator("#two").get_by_role("button", name="Start again").click()
    page.wait_for_function("model.get('answers').parameters === undefined")
    page.locator("#one").get_by_label("Your answer").fill("34944")
    page.locator("#one").get_by_role("button", name="Check").click()
    page.wait_for_function("other.get('answers').parameters.done === 'right'")
    # What Python has set stays, whatever the browser keeps of other questions.
    page.evaluate("model.set('answers', { saves: { done: 'right' } })")
    page.evaluate("document.dispatchEvent(new Event('alexnet-quiz'))")
    answers = page.evaluate("model.get('answers')")
    assert (answers["saves"], answers["parameters"]["done"]) == ({"done": "right"}, "right")
    # The page again, and again after the question has changed.
    page.reload()
    page.evaluate("ready")
    assert page.evaluate("model.get('answers').parameters.given") == "34944"
    assert page.get_by_role("status").inner_text().startswith("Question 2 of 3")  # go on
    press(page, "Question 1: right")
    assert verdict(page).startswith("Right.")
    changed = """() => {
      const questions = structuredClone(model.get("questions"));
      questions[0].answer += 1;
      const fresh = new model.constructor({ ...model.state, questions, answers: {} });
      return mount(two, fresh).then(() => fresh.get("answers"));
    }"""
    assert page.evaluate(changed) == {}
    # What somebody else wrote there does no harm.
    page.evaluate(
        """localStorage.setItem("alexnet-quiz:small", JSON.stringify({ saves: 3,
          "same-size": { given: "x", of: 1 } })); localStorage.setItem("alexnet-language", "{");"""
    )
    page.reload()
    page.evaluate("ready")
    assert page.evaluate("model.get('answers')") == {}


@pytest.mark.browser
def test_a_browser_that_keeps_nothing_and_a_page_in_chinese(open_widget, own):
    page = open_widget(Quiz("small"))
    page.evaluate(
        """async () => {
          Object.defineProperty(window, "localStorage", { get() { throw Error("refused"); } });
          document.documentElement.lang = "zh-Hans";
          window.other = new model.constructor({ ...model.state });
          await mount(two, other);
        }"""
    )
    two = page.locator("#two")
    two.get_by_label("你的答案").fill("34944")
    two.get_by_role("button", name="检查").click()
    two.get_by_text("正确。").wait_for()
    assert page.evaluate("other.get('answers').parameters.done") == "right"
    two.get_by_role("button", name="English").click()
    two.get_by_text("Right.").wait_for()
