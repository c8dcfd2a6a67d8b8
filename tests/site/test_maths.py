"""Formulas as MathML: what the build makes of TeX, and what it refuses."""

import re
from types import SimpleNamespace
from xml.etree import ElementTree

import maths
import pytest
from docutils import nodes
from sphinx.errors import ExtensionError

from .conftest import CONTENT, ROOT


def drawn(tex, block=False):
    """The drawing alone: MathML without what names the TeX."""
    html = maths.mathml(tex, block)
    return re.sub('<annotation.*?</annotation>|</?semantics>| data-tex="[^"]*"', "", html)


def inside(tex):
    """What stands in the only row of a formula."""
    return re.fullmatch("<math><mrow>(.*)</mrow></math>", drawn(tex))[1]


@pytest.mark.parametrize(
    ("tex", "html"),
    [
        ("x", "<mi>x</mi>"),
        ("3x", "<mn>3</mn><mi>x</mi>"),
        ("50{,}000.5", "<mn>50,000.5</mn>"),
        ("x^10", "<msup><mi>x</mi><mn>1</mn></msup><mn>0</mn>"),
        ("x_i^{10}", "<msubsup><mi>x</mi><mi>i</mi><mn>10</mn></msubsup>"),
        ("f'", '<mrow><mi>f</mi><mo class="prime" lspace="0" rspace="0">′</mo></mrow>'),
        (r"\tfrac12", '<mstyle displaystyle="false" scriptlevel="0"><mfrac><mn>1</mn><mn>2</mn>'
                      "</mfrac></mstyle>"),
        (r"\sqrt[3]{x}", "<mroot><mi>x</mi><mn>3</mn></mroot>"),
        (r"\text{ if }", "<mtext>\u00a0if\u00a0</mtext>"),
        (r"\mathrm{ReLU}", "<mi>ReLU</mi>"),
        ("a<b", "<mi>a</mi><mo>&lt;</mo><mi>b</mi>"),
        (r"\ln x", f"<mi>ln</mi>{maths.THIN}<mi>x</mi>"),
        (r"\ln(x)", '<mi>ln</mi><mo stretchy="false">(</mo><mi>x</mi><mo stretchy="false">)</mo>'),
    ],
)  # fmt: skip
def test_tex_becomes_mathml(tex, html):
    assert inside(tex) == html


@pytest.mark.parametrize("tex", ["-1", "a = -1", "(-1)", "a, -1", r"3 \cdot -1", r"\frac{-1}{2}"])
def test_a_minus_without_a_left_side_is_a_sign(tex):
    assert drawn(tex).count('<mo form="prefix">−</mo>') == 1


@pytest.mark.parametrize("tex", ["2-1", "a_1 - 1", "(a) - 1", r"\sqrt 2 - 1", "x' - 1", "a! - 1"])
def test_a_minus_between_two_is_none(tex):
    assert "prefix" not in drawn(tex) and "−" in drawn(tex)


def test_sums_have_limits_and_an_index_no_spaces():
    assert "<munder><mo>∑</mo><mi>j</mi></munder>" in drawn(r"\sum_j x", block=True)
    assert '<mo lspace="0" rspace="0">+</mo>' in drawn("x_{i+1}")


def test_matrices_and_lines():
    matrix = drawn(r"\begin{bmatrix} 1 & 2 \\ 3 & -4 \end{bmatrix}", block=True)
    assert [matrix.count(f"<{name}>") for name in ("mtable", "mtr", "mtd")] == [1, 2, 4]
    assert matrix.count('stretchy="true"') == 2
    lines = drawn(r"\begin{aligned} a &= 1 \\ &- 2 \end{aligned}", block=True)
    assert 'class="aligned"' in lines and "prefix" not in lines  # the - has a left side


def test_a_long_formula_in_a_sentence_may_be_broken_where_tex_would():
    tex = "10 (1, 2) + 1 (3, 4) = (13, 24)"
    pieces = ElementTree.fromstring(maths.mathml(tex))
    assert ["".join(piece.itertext()) for piece in pieces] == ["10(1,2)+", "1(3,4)=", "(13,24)"]
    assert pieces.get("data-tex") == tex
    assert 'form="infix"' in maths.mathml(tex)  # at the end of a row it would be a postfix
    assert "data-tex" not in maths.mathml(tex, block=True)


@pytest.mark.parametrize(
    ("tex", "why"),
    [
        (r"\foo x", r"\\foo isn't known"),
        (r"\frac{1", "} is missing before the end"),
        (r"\frac1", "ends too early"),
        (r"\left( x", r"\\right is missing"),
        ("x_1_2", "two _ follow"),
        ("a & b", "& stands where it can't"),
        (r"\begin{bmatrix} 1 \end{pmatrix}", "ends with"),
        (r"\begin{array} 1 \end{array}", "isn't known"),
        (r"\text{a", "a } is missing"),
        ("x}", "} stands where it can't"),
        ("é", "the character é isn't known"),
    ],
)
def test_what_it_does_not_know_stops_the_build(tex, why):
    with pytest.raises(maths.UnknownTeX, match=why):
        maths.mathml(tex)
    builder = SimpleNamespace(current_docname="book/page")
    with pytest.raises(ExtensionError, match=r"book/page: the formula .* can't be drawn, since"):
        maths.block_formula(SimpleNamespace(builder=builder, body=[]), nodes.math_block("", tex))


def test_the_font_has_every_character_that_a_formula_can_have(monkeypatch):
    import maths_font

    assert maths_font.listed() == maths_font.LIST.read_text("utf-8"), "run tools/maths_font.py"
    assert (ROOT / "book/_ext/static/maths/maths.woff2").stat().st_size < 20_000


def test_every_formula_of_the_site_is_well_formed_and_names_its_tex(site):
    formulas = set()
    for page in CONTENT:
        formulas |= set(re.findall("<math.*?</math>", (site / page).read_text("utf-8"), re.DOTALL))
    assert len(formulas) > 500
    for formula in formulas:
        tree = ElementTree.fromstring(formula)
        tex = tree.get("data-tex") or tree.findtext(".//annotation")
        assert tex and "$" not in tex
        block = tree.get("display") == "block"
        assert maths.mathml(tex, block) == formula
        assert not re.search(r"[\\{}&]", "".join(tree.itertext()).replace(tex, ""))
