"""Numbers in the text are computed: each is held to `alexnet_lib`, where it stands on the page.

A claim is a pattern and the number that belongs in it. The pattern is a regular expression in which
`#` stands for a number; a page must match every pattern of its list, and everywhere it does, with
that number. And the other way round: a number with a thousands separator that no claim covers is
one that nobody computed.
"""

import re
from pathlib import Path

import nbformat
import pytest
from hygiene import markdown, without_code

from alexnet_lib import anatomy

BOOK = Path(__file__).resolve().parents[2] / "book"
NUMBER = r"(\d[\d,]*(?:\.\d+)?)"

CONV1_OUTPUTS = 96 * anatomy.output_size(227, 11, stride=4) ** 2
IMAGE = 3 * 227**2

# Multiply-adds per image: (c_in, c_out, kernel, side of the output, groups), as in the paper. A
# fully connected layer is a convolution whose kernel is as large as its input.
CONVOLUTIONS = [
    (3, 96, 11, 55, 1),
    (96, 256, 5, 27, 2),
    (256, 384, 3, 13, 1),
    (384, 384, 3, 13, 2),
    (384, 256, 3, 13, 2),
]
FULLY_CONNECTED = [(256, 4096, 6, 1, 1), (4096, 4096, 1, 1, 1), (4096, 1000, 1, 1, 1)]
CONVOLUTION_COSTS, FULLY_CONNECTED_COSTS = (
    [anatomy.conv_multiply_adds(*layer) for layer in layers]
    for layers in (CONVOLUTIONS, FULLY_CONNECTED)
)

CLAIMS = {
    "blocks/convolution": [
        (r"does its work with # parameters", anatomy.conv_parameters(3, 96, 11)),
        (r"you need # × ", IMAGE),
        (r"you need [\d,]+ × # weights", CONV1_OUTPUTS),
        (
            r"do # % of its arithmetic",
            round(100 * sum(CONVOLUTION_COSTS) / sum(CONVOLUTION_COSTS + FULLY_CONNECTED_COSTS)),
        ),
        (r"weights: # billion", round(IMAGE * CONV1_OUTPUTS / 1e9, 1)),
        (
            r"That is # million multiply-adds",
            round(anatomy.conv_multiply_adds(3, 96, 11, out=55) / 1e6),
        ),
        (r"= # against", 2 * anatomy.conv_parameters(64, 64, 3)),
        (r"against \(5 · 5 · 64 \+ 1\) · 64 = #", anatomy.conv_parameters(64, 64, 5)),
    ],
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
            if float(match[1].replace(",", "")) != value:
                wrong.append(f"{match[0]!r} should have {value:,}")
    for match in re.finditer(r"(?<![\d,.])\d{1,3}(?:,\d{3})+(?![\d,]*\d)", text):
        if match.span() not in covered:
            wrong.append(
                f"no claim covers {match[0]} in {text[max(0, match.start() - 40) :][:80]!r}"
            )
    return wrong


@pytest.mark.parametrize("name", CLAIMS)
def test_the_numbers_of_a_page_are_right(name):
    notebook = nbformat.read(BOOK / f"{name}.ipynb", as_version=4)
    assert not unproved(without_code("\n".join(markdown(notebook))), CLAIMS[name])


def test_every_lesson_has_its_claims():
    lessons = [p for p in BOOK.rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts]
    assert {p.relative_to(BOOK).with_suffix("").as_posix() for p in lessons} == set(CLAIMS)


def test_what_alexnet_costs():
    """The figures that the claims rest on, from the paper and by hand."""
    assert anatomy.conv_parameters(3, 96, 11) == (11 * 11 * 3 + 1) * 96 == 34_944
    assert anatomy.conv_parameters(3, 12, 5) == 912
    assert anatomy.output_size(224, 5, stride=4, padding=2) == 56
    assert CONV1_OUTPUTS == 290_400
    assert anatomy.conv_multiply_adds(3, 96, 11, out=55) == 105_415_200
    assert CONVOLUTION_COSTS[0] == 105_415_200
    assert [cost < CONVOLUTION_COSTS[0] for cost in CONVOLUTION_COSTS[1:]] == [False] * 3 + [True]
    assert anatomy.conv_parameters(96, 256, 5, groups=2) == 307_456
    assert anatomy.conv_parameters(96, 256, 5) == 614_656


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("conv1 has 34,844 parameters", "should have 34,944"),
        ("conv1 has 34,944 parameters, and conv1 has 34,845 parameters", "should have 34,944"),
        ("conv1 is small", "nothing on the page"),
        ("conv1 has 34,944 parameters of 61,000,000", "no claim covers 61,000,000"),
    ],
)
def test_a_wrong_number_is_found(text, complaint):
    claims = [("conv1 has # parameters", 34_944)]
    assert not unproved("Here conv1\nhas 34,944 parameters.", claims)
    assert complaint in " ".join(unproved(text, claims))
