"""Numbers in the text are computed: each is compared with `alexnet_lib`, in its place on the page.

A claim is a pattern and the number that belongs in it. The pattern is a regular expression in which
`#` stands for a number, in digits or as a word from two to ten (with several #, the claim has a
tuple). A page must match every pattern of its list, and each match must have that number.
Conversely, a claim must cover every number with a thousands separator, with %, million or billion,
or in a sentence about AlexNet: otherwise nobody has computed it. The claims of a notebook are in
the file of its name in the folder claims.
"""

import importlib.util
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import claims
import nbformat
import pytest
from claims import facts, gradient_descent
from claims.pages import PAGE_CLAIMS
from hygiene import markdown, without_code

from alexnet_lib.data import measurements
from alexnet_lib.data.quizzes import quiz_names, read_quiz
from alexnet_lib.networks import sizes

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / "book"
WORDS = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
}
NUMBER = rf"(\d[\d,]*(?:\.\d+)?|\b(?:{'|'.join(WORDS)})\b)"

NOTEBOOKS = {
    path.relative_to(BOOK).with_suffix("").as_posix(): path
    for path in sorted(BOOK.rglob("*.ipynb"))
    if ".ipynb_checkpoints" not in path.parts
}
# Other sources of pages: the glossary, and the summaries of the lessons.
OTHER_PAGES = ["README.md", "book/course.yml", "book/faq.yml", "book/glossary.yml"]
OTHER_PAGES += sorted(
    path.relative_to(ROOT).as_posix()
    for path in BOOK.rglob("*.md")
    if path.parent.name != "practice"  # made from the exercises when the book is built
)


THOUSANDS = re.compile(r"(?<![\d,.])\d{1,3}(?:,\d{3})+(?![\d,]*\d)")
LARGE = re.compile(NUMBER + r"(?: ?%| [mb]illion\b)")
DIGITS = re.compile(r"(?<![\w.,−-])\d+(?:,\d{3})*(?:\.\d+)?(?![\w°])")
YEAR = re.compile(r"(?:19|20)\d\d")
ABOUT_ALEXNET = re.compile(
    r"\bAlexNet|\b(?:conv[1-5]|fc[678]|pool[125])\b|\b[Tt]he paper\b|\bpaper['’]s\b"
)
PARAGRAPH = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*|:]|\d+\.)\s)")  # or a list item
SENTENCE = re.compile(r".+?(?:[.!?:](?=\s)|\||$)")  # or a table cell
IGNORED = re.compile(  # code, maths, addresses and tags, and the numbers of list items
    r"`[^`]*`|\$\$.*?\$\$|\$[^$]+\$|\]\([^)]*\)|<[^>]*>|^\s*\d+\."
)


def numbers_to_prove(text: str) -> Iterator[tuple[int, int]]:
    """Yield the place of every number in a paragraph that a claim must cover.

    These are large numbers, percentages, and every number (except years) in a sentence that names
    AlexNet, one of its layers or the paper.
    """
    yield from (match.span() for match in THOUSANDS.finditer(text))
    yield from (match.span(1) for match in LARGE.finditer(text))
    visible = IGNORED.sub(lambda match: " " * len(match[0]), text)  # spaces keep the places
    for sentence in SENTENCE.finditer(visible):
        if ABOUT_ALEXNET.search(sentence[0]):
            for match in DIGITS.finditer(sentence[0]):
                if not YEAR.fullmatch(match[0]):
                    yield match.start() + sentence.start(), match.end() + sentence.start()


def number_problems(text: str, claims) -> list[str]:
    """Return what is wrong with the numbers of a text, in sentences."""
    paragraphs = [" ".join(paragraph.split()) for paragraph in PARAGRAPH.split(text)]
    needed = set()
    start = 0
    for paragraph in paragraphs:
        needed |= {(start + a, start + b) for a, b in numbers_to_prove(paragraph)}
        start += len(paragraph) + 1
    text = " ".join(paragraphs)
    problems = []
    covered = set()
    for pattern, values in claims:
        matches = list(re.finditer(pattern.replace("#", NUMBER), text))
        if not matches:
            problems.append(f"nothing on the page matches {pattern!r}")
        for match in matches:
            for place, value in enumerate(values if isinstance(values, tuple) else [values], 1):
                covered.add(match.span(place))
                got = match[place]
                if (WORDS.get(got) or float(got.replace(",", ""))) != value:
                    problems.append(f"{got} in {match[0]!r} should be {value:,}")
    for begin, end in sorted(needed - covered):
        around = text[max(0, begin - 40) :][:80]
        problems.append(f"no claim covers {text[begin:end]} in {around!r}")
    return problems


def claims_of(name: str) -> list[tuple]:
    """Return the claims of a notebook, from the file that has its name, if there is one."""
    file = f"claims.{name.rpartition('/')[2]}"
    return importlib.import_module(file).CLAIMS if importlib.util.find_spec(file) else []


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_numbers_of_a_page_are_right(name):
    notebook = nbformat.read(NOTEBOOKS[name], as_version=4)
    assert not number_problems(without_code("\n".join(markdown(notebook))), claims_of(name))


def test_the_other_pages_are_there():
    assert set(PAGE_CLAIMS) <= set(OTHER_PAGES)


@pytest.mark.parametrize("path", OTHER_PAGES)
def test_the_numbers_of_the_other_pages_are_right(path):
    text = (ROOT / path).read_text(encoding="utf-8")
    assert not number_problems(without_code(text), PAGE_CLAIMS.get(path, []))


def quiz_claims() -> dict[str, dict]:
    """Return {quiz: {id of a question: its claims}}, from the files named quizzes_….

    The claims of a question that asks for a number are that number, or a pair of it and a list.
    """
    found = {}
    for module in pkgutil.iter_modules(claims.__path__, "claims."):
        if module.name.startswith("claims.quizzes"):  # others take seconds
            found |= importlib.import_module(module.name).QUIZ_CLAIMS
    return found


QUIZ_CLAIMS = quiz_claims()


def question_problems(question, entry) -> list[str]:
    """Return what is wrong with the numbers of a question, in sentences."""
    problems = []
    if question.kind == "number":
        answer, entry = entry if isinstance(entry, tuple) else (entry, [])
        if answer is None:
            problems.append("nothing computes its answer")
        elif not abs(question.answer - answer) <= question.tolerance + 1e-9 * abs(answer):
            problems.append(f"its answer {question.answer} should be {answer}")
    texts = [question.ask.en, question.why.en, *(slip.why.en for slip in question.near)]
    texts += [text.en for choice in question.choices for text in (choice.text, choice.why)]
    return problems + number_problems(without_code("\n\n".join(texts)), entry or [])


def test_the_claims_of_quizzes_are_about_questions():
    for quiz, entries in QUIZ_CLAIMS.items():
        assert set(entries) <= {question.id for question in read_quiz(quiz)}, quiz


@pytest.mark.parametrize("quiz", quiz_names())
def test_the_numbers_of_a_quiz_are_right(quiz):
    entries = QUIZ_CLAIMS.get(quiz, {})
    problems = {
        question.id: question_problems(question, entries.get(question.id))
        for question in read_quiz(quiz)
    }
    assert not {name: found for name, found in problems.items() if found}


def test_a_wrong_number_in_a_quiz_is_found():
    question = next(q for q in read_quiz("convolution") if q.kind == "number")
    claim = QUIZ_CLAIMS["convolution"][question.id]
    assert not question_problems(question, claim)
    assert "should be" in question_problems(question._replace(answer=question.answer + 1), claim)[0]
    assert question_problems(question, None) == ["nothing computes its answer"]
    text = question.ask._replace(en="AlexNet has 61,000,000 parameters.")
    assert "no claim covers" in question_problems(question._replace(ask=text), claim)[0]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("15.3 %", "16.4 %"),
        ("26.2 %", "25.8 %"),
        ("seven of them", "five of them"),
        ("61 million", "60 million"),
        ("five to six days", "five to seven days"),
        ("two graphics cards", "three graphics cards"),
        ("had five guesses", "had one guess"),
        ("In 2012 an entry", "In 2011 an entry"),
        ("made for games", "made for games, and 30 % faster"),
    ],
)
def test_a_wrong_number_on_the_landing_page_is_found(right, wrong):
    text = (BOOK / "index.md").read_text(encoding="utf-8")
    assert right in text
    assert number_problems(text.replace(right, wrong), PAGE_CLAIMS["book/index.md"])


def test_what_alexnet_costs():
    """The claims rest on these figures, from the paper and by hand; see tests/test_facts.py."""
    assert facts.ALEXNET["conv1"].parameters == (11 * 11 * 3 + 1) * 96 == 34_944
    assert sizes.conv_parameters(3, 12, 5) == 912
    assert sizes.output_size(224, 5, stride=4, padding=2) == 56
    assert facts.CONV1_OUTPUTS == 290_400
    assert facts.IMAGE == 3 * 227**2
    assert facts.CONVOLUTION_COSTS[0] == 105_415_200
    assert [cost < facts.CONVOLUTION_COSTS[0] for cost in facts.CONVOLUTION_COSTS[1:]] == [
        False
    ] * 3 + [True]
    assert len(facts.FULLY_CONNECTED_COSTS) == 3


def test_what_its_training_took():
    """The figures of the lesson on training, computed by hand."""
    assert facts.STEPS == 843_750
    moves = [gradient_descent.FIRST_MOVE, gradient_descent.SECOND_MOVE]
    assert moves == pytest.approx([-0.1001, -0.190185])
    work = facts.CONVOLUTION_COSTS + facts.FULLY_CONNECTED_COSTS
    per_image = 2 * (3 * sum(work) - work[0])
    assert per_image == pytest.approx(4.136e9, rel=1e-3)
    peak = facts.MACHINE["gpus"] * 512 * 1.544e9 * 2
    shares = [
        facts.STEPS * facts.SGD["batch"] * per_image / (days * 86_400) / peak
        for days in facts.MACHINE["days"]
    ]
    assert 0.25 < shares[1] < shares[0] < 0.34  # "more than a quarter"
    recorded = measurements("train_step")["figures"]["variants"]["2012"].values()
    best = max(way["images_per_second"] for way in recorded)
    then = facts.STEPS * facts.SGD["batch"] / (5.5 * 86_400)
    assert 0.18 < best / then < 0.22  # "about a fifth of what the two cards of 2012 did"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("conv1 has 34,844 parameters", "should be 34,944"),
        ("conv1 has 34,944 parameters, and conv1 has 34,845 parameters", "should be 34,944"),
        ("conv1 is small", "nothing on the page matches"),
        ("conv1 has 34,944 parameters of 61,000,000", "no claim covers 61,000,000"),
        ("conv1 has 34,944 parameters of 61 million", "no claim covers 61 in"),
        ("conv1 has 34,944 parameters, which is 0.1 %", "no claim covers 0.1 in"),
        ("conv1 has ten parameters", "should be 34,944"),
        ("conv1 has 34,944 parameters in 96 kernels", "no claim covers 96"),
        ("conv1 has 34,944 parameters.\n\nAlexNet reads them 55 times", "no claim covers 55"),
        ("conv1 has 34,944 parameters.\n- The paper has 13", "no claim covers 13"),
    ],
)
def test_a_wrong_number_is_found(text, complaint):
    claims = [("conv1 has # parameters", 34_944)]
    assert not number_problems("Here conv1\nhas 34,944 parameters.", claims)
    assert complaint in " ".join(number_problems(text, claims))


@pytest.mark.parametrize(
    "text",
    [
        "Ours has 5 rows.",  # not about AlexNet
        "AlexNet won in 2012 and was published in 2025.",
        "1. AlexNet\n2. Others",
        "AlexNet computes $3 + 4$, see [the paper](https://example.org/12).",
    ],
)
def test_other_numbers_need_no_claim(text):
    assert not number_problems(text, [])
