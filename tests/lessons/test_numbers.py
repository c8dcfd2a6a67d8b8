"""Numbers in the text are computed: each is held to `alexnet_lib`, where it stands on the page.

A claim is a pattern and the number that belongs in it. The pattern is a regular expression in which
`#` stands for a number, in digits or as a word from two to ten; a page must match every pattern of
its list, and everywhere it does, with that number. And the other way round: a number with a
thousands separator, or one of %, million or billion, that no claim covers is one that nobody
computed.
"""

import re
from math import e, log
from pathlib import Path

import nbformat
import pytest
from hygiene import markdown, without_code

from alexnet_lib import anatomy
from alexnet_lib.data import load, measured, results
from alexnet_lib.recipe import RECIPES
from alexnet_lib.variants import plan

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

ALEXNET = {row.name: row for row in plan("2012")}
CONV1_OUTPUTS = ALEXNET["conv1"].outputs
IMAGE = ALEXNET["pad1"].outputs  # 227 pixels a side, as PyTorch needs them
PARAMETERS = sum(row.parameters for row in ALEXNET.values())
IMAGENET = {"train": 1_281_167, "val": 50_000}  # photographs, as its organizers publish it
IMAGENET_BYTES = {side: 3 * side**2 for side in (256, 224, 128)}
CONVOLUTION_COSTS, FULLY_CONNECTED_COSTS = (
    [row.multiply_adds for row in ALEXNET.values() if row.kind == kind] for kind in ("conv", "fc")
)

RESULTS = results()
MACHINE = RESULTS["constants"]["paper"]["machine"]
DATA, SGD = RESULTS["constants"]["paper"]["data"], RESULTS["constants"]["paper"]["sgd"]
SECOND, ONE_NETWORK, *_, WINNER = RESULTS["tables"]["ilsvrc2012"]["rows"]
STEPS = DATA["training_images"] * SGD["epochs"] // SGD["batch"]
FIRST_MOVE = -SGD["weight_decay"] * 0.1 * 2 - 0.1  # of a weight of 2, with rate 0.1 and slope 1
SECOND_MOVE = SGD["momentum"] * FIRST_MOVE - SGD["weight_decay"] * 0.1 * (2 + FIRST_MOVE) - 0.1

CLAIMS = {
    "blocks/convolution": [
        (r"does its work with # parameters", ALEXNET["conv1"].parameters),
        (r"you need # × ", IMAGE),
        (r"you need [\d,]+ × # weights", CONV1_OUTPUTS),
        (
            r"do # % of its arithmetic",
            round(100 * sum(CONVOLUTION_COSTS) / sum(CONVOLUTION_COSTS + FULLY_CONNECTED_COSTS)),
        ),
        (r"weights: # billion", round(IMAGE * CONV1_OUTPUTS / 1e9, 1)),
        (r"That is # million multiply-adds", round(CONVOLUTION_COSTS[0] / 1e6)),
        (r"= # against", 2 * anatomy.conv_parameters(64, 64, 3)),
        (r"against \(5 · 5 · 64 \+ 1\) · 64 = #", anatomy.conv_parameters(64, 64, 5)),
    ],
    "network/training": [
        (r"# graphics cards worked", MACHINE["gpus"]),
        (r"worked for # to \w+ days", MACHINE["days"][0]),
        (r"worked for \w+ to # days", MACHINE["days"][1]),
        (r"out of # kinds", DATA["classes"]),
        (r"look at # photographs", SGD["batch"]),
        (r"v \\leftarrow # ?\\,v", SGD["momentum"]),
        (r"- #\\,\\varepsilon\\,w", SGD["weight_decay"]),
        (r"- 0.1 = -# \$\$", round(-FIRST_MOVE, 4)),
        (r"w = 2 - 0.1001 = #", round(2 + FIRST_MOVE, 4)),
        (r"- 0.1 = -#\$", round(-SECOND_MOVE, 4)),
        (r"so \$w = #\$", round(2 + FIRST_MOVE + SECOND_MOVE, 4)),
        (r"instead of # steps of", STEPS),
        (r"steps of #\.", SGD["batch"]),
        (r"by hand, # times", SGD["drops"]),
        (r"# images in a row", RESULTS["constants"]["program"]["augmentation"]["chunk"]),
        (r"images of 2012 was # %", ONE_NETWORK["top1"]),
        (r"floor lies at #", round(-log(e / (e + DATA["classes"] - 1)), 2)),
        (r"from # to 5.91", round(log(DATA["classes"]), 2)),
        (r"loss stands at # from", round(log(10), 2)),
        (r"since ln 10 = #", round(log(10), 2)),
        (r"an epoch of # million images", DATA["training_images"] / 1e6),
        (r"# / 128", DATA["training_images"]),
        (r"/ 128 = # steps", DATA["training_images"] // SGD["batch"]),
        (r"With 256 images it has # steps", DATA["training_images"] // 256),
        (r"the last # images are left out", DATA["training_images"] % 256),
    ],
}

# Pages that are no lessons: their path in the repository. README says nothing of AlexNet's numbers.
PAGE_CLAIMS = {
    "book/index.md": [
        (r"In # an entry", RESULTS["sources"]["scoreboard"]["year"]),
        (r"had # guesses", 5),  # the top-5 error
        (r"on # % of them", WINNER["top5_test"]),
        (r"next best entry missed # %", SECOND["top5_test"]),
        (r"convolutional networks, # of them averaged", WINNER["nets"]),
        (r"has # million parameters", round(PARAMETERS / 1e6)),
        (r"trained in # to \w+ days", MACHINE["days"][0]),
        (r"trained in \w+ to # days", MACHINE["days"][1]),
        (r"on # graphics cards", MACHINE["gpus"]),
    ],
    "book/network/training_recipes.md": [
        (r"bundled # pictures", len(load("fashion-mnist-small").train)),
        (r"a pixel: # bytes", IMAGENET_BYTES[256]),
        (r"\| # for training", IMAGENET["train"]),
        (r"\| # for testing", IMAGENET["val"]),
        *((rf"\| {side} \| # \|", each) for side, each in IMAGENET_BYTES.items()),
        *(
            (rf"\| {side} \| [\d,]+ \| # GB", round(each * IMAGENET["train"] / 1e9, 1))
            for side, each in IMAGENET_BYTES.items()
        ),
        *(
            (rf"\| {side} \| [\d,]+ \| [\d.]+ GB \| # GB", round(each * IMAGENET["val"] / 1e9, 1))
            for side, each in IMAGENET_BYTES.items()
        ),
        (r"The # of the recipe are", RECIPES["2012"].batch),
        (r"of the recipe are # for", RECIPES["2012"].batch / 8),
        (r"network takes # MB", round(2 * 4 * PARAMETERS / 1e6)),  # weights and velocities
        (r"MB: # million weights", round(PARAMETERS / 1e6)),
    ],
    "README.md": [],
}


def unproved(text: str, claims) -> list[str]:
    """What is wrong with the numbers of a text, in sentences."""
    text = " ".join(text.split())
    wrong, covered = [], set()
    for pattern, value in claims:
        found = list(re.finditer(pattern.replace("#", NUMBER), text))
        if not found:
            wrong.append(f"nothing on the page reads like {pattern!r}")
        for match in found:
            covered.add(match.span(1))
            if (WORDS.get(match[1]) or float(match[1].replace(",", ""))) != value:
                wrong.append(f"{match[0]!r} should have {value:,}")
    thousands, large = (
        r"(?<![\d,.])\d{1,3}(?:,\d{3})+(?![\d,]*\d)",
        NUMBER + r" ?(?:%|[mb]illion\b)",
    )
    for match in [*re.finditer(f"({thousands})", text), *re.finditer(large, text)]:
        if match.span(1) not in covered:
            wrong.append(
                f"no claim covers {match[0]} in {text[max(0, match.start() - 40) :][:80]!r}"
            )
    return wrong


@pytest.mark.parametrize("name", CLAIMS)
def test_the_numbers_of_a_page_are_right(name):
    notebook = nbformat.read(BOOK / f"{name}.ipynb", as_version=4)
    assert not unproved(without_code("\n".join(markdown(notebook))), CLAIMS[name])


@pytest.mark.parametrize("path", PAGE_CLAIMS)
def test_the_numbers_of_the_other_pages_are_right(path):
    text = (ROOT / path).read_text(encoding="utf-8")
    assert not unproved(without_code(text), PAGE_CLAIMS[path])


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
    assert unproved(text.replace(right, wrong), PAGE_CLAIMS["book/index.md"])


def test_every_lesson_has_its_claims():
    lessons = [p for p in BOOK.rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts]
    assert {p.relative_to(BOOK).with_suffix("").as_posix() for p in lessons} == set(CLAIMS)


def test_what_alexnet_costs():
    """The figures that the claims rest on, from the paper and by hand; see tests/test_facts.py."""
    assert ALEXNET["conv1"].parameters == (11 * 11 * 3 + 1) * 96 == 34_944
    assert anatomy.conv_parameters(3, 12, 5) == 912
    assert anatomy.output_size(224, 5, stride=4, padding=2) == 56
    assert CONV1_OUTPUTS == 290_400
    assert IMAGE == 3 * 227**2
    assert CONVOLUTION_COSTS[0] == 105_415_200
    assert [cost < CONVOLUTION_COSTS[0] for cost in CONVOLUTION_COSTS[1:]] == [False] * 3 + [True]
    assert len(FULLY_CONNECTED_COSTS) == 3


def test_what_its_training_took():
    """The figures of the lesson on training, by hand."""
    assert STEPS == 843_750
    moves = [FIRST_MOVE, SECOND_MOVE]
    assert moves == pytest.approx([-0.1001, -0.190185])
    work = CONVOLUTION_COSTS + FULLY_CONNECTED_COSTS
    per_image = 2 * (3 * sum(work) - work[0])
    assert per_image == pytest.approx(4.136e9, rel=1e-3)
    peak = MACHINE["gpus"] * 512 * 1.544e9 * 2
    shares = [STEPS * SGD["batch"] * per_image / (days * 86_400) / peak for days in MACHINE["days"]]
    assert 0.25 < shares[1] < shares[0] < 0.34  # "more than a quarter"
    recorded = measured("train_step")["figures"]["variants"]["2012"].values()
    best = max(way["images_per_second"] for way in recorded)
    then = STEPS * SGD["batch"] / (5.5 * 86_400)
    assert 0.2 < best / then < 0.3  # "about a quarter of what the two cards of 2012 did"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("conv1 has 34,844 parameters", "should have 34,944"),
        ("conv1 has 34,944 parameters, and conv1 has 34,845 parameters", "should have 34,944"),
        ("conv1 is small", "nothing on the page"),
        ("conv1 has 34,944 parameters of 61,000,000", "no claim covers 61,000,000"),
        ("conv1 has 34,944 parameters of 61 million", "no claim covers 61 million"),
        ("conv1 has 34,944 parameters, which is 0.1 %", "no claim covers 0.1 %"),
        ("conv1 has ten parameters", "should have 34,944"),
    ],
)
def test_a_wrong_number_is_found(text, complaint):
    claims = [("conv1 has # parameters", 34_944)]
    assert not unproved("Here conv1\nhas 34,944 parameters.", claims)
    assert complaint in " ".join(unproved(text, claims))
