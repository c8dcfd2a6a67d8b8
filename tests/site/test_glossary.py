"""The glossary: its data, that it has what the lessons set in bold, and the page made from it."""

import copy
import re
from types import SimpleNamespace

import glossary_page
import nbformat
import pytest
import yaml
from docutils import nodes
from hygiene import markdown, without_code
from sphinx.errors import ExtensionError
from sphinx.testing.util import SphinxTestApp

from .conftest import COURSE, ROOT

FILE = ROOT / "book/glossary.yml"
TERMS = glossary_page.terms(ROOT)
NOTEBOOKS = COURSE["lessons"] | COURSE["pages"]
CHINESE = r"[\u4e00-\u9fff]"
WORDS = 30
KEYS = {"zh": str, "means": str, "lesson": str, "also": list, "api": str}

# What lessons set in bold and is no term. A label or a sentence in bold needs no place here: it
# ends with a colon, a full stop or a question mark.
EVERYWHERE = {"You will", "Before you move anything"}
NO_TERMS = {
    "story/history": {
        *("Alex Krizhevsky", "Ilya Sutskever", "Geoffrey Hinton"),
        *("deep", "convolutional"),  # networks, which are in the glossary
    },
    "blocks/convolution": {"same sum", "conv1", "224"},
    "blocks/fully_connected": {"hidden", "every", "is", "learn", "last"},
    "blocks/dropout": {
        *(
            "In training",
            "In testing",
            "switched off",
            "one for each picture",
            "differences",
            "approximation",
        ),
        *("keep", "inverted"),  # a probability and a dropout, which are in the glossary
    },
    "learning/backprop": {
        *("gradients that come back on several ways add up", "flipped"),
        *("central", "vanishes"),  # differences and a gradient, which are in the glossary
    },
    "network/training": {"training", "softmax before the loss"},
}


def names(terms):
    """Every name that a reader may look for, and the term that has it."""
    return {name: term for term, entry in terms.items() for name in [term, *entry.get("also", [])]}


def problems(terms, lessons):
    """Say what is wrong with a glossary."""
    order = sorted(terms, key=str.casefold)
    for found, wanted in zip(terms, order, strict=True):
        if found != wanted:
            yield f"{found} stands where {wanted} belongs"
            break
    every = [name.casefold() for term, e in terms.items() for name in [term, *e.get("also", [])]]
    twice = sorted({name for name in every if every.count(name) > 1})
    yield from (f"{name} is there twice" for name in twice)
    for term, entry in terms.items():
        yield from (f"{term} has an unknown key {key}" for key in entry if key not in KEYS)
        wrong = [k for k, kind in KEYS.items() if not isinstance(entry.get(k, kind()), kind)]
        wrong += [key for key in ("zh", "means", "lesson") if not entry.get(key)]
        if wrong:
            yield f"{term}: {wrong[0]} is missing or no {KEYS[wrong[0]].__name__}"
            continue
        if not re.search(CHINESE, entry["zh"]):
            yield f"{term} has no Chinese name: {entry['zh']}"
        means = entry["means"]
        if not means.endswith(".") or re.search(r"[.?!] ", means):
            yield f"{term} isn't explained in one sentence: {means}"
        if len(means.split()) > WORDS:
            yield f"{term} is explained in {len(means.split())} words; {WORDS} are enough"
        if re.search(CHINESE, means):
            yield f"{term} is explained in two languages at once"
        if entry["lesson"] not in lessons:
            yield f"{term} leads to no lesson: {entry['lesson']}"


def test_the_glossary_is_in_order():
    assert list(problems(TERMS, NOTEBOOKS)) == []
    assert len(TERMS) >= 70


def test_no_term_is_written_down_twice():
    """YAML keeps the last of two without a word."""
    written = re.findall(r"(?m)^[^\s#].*?(?=:$)", FILE.read_text("utf-8"))
    assert written == [str(term) for term in TERMS]


GOOD = {
    "kernel": {"zh": "卷积核", "means": "A small table.", "lesson": "a/b", "also": ["filter"]},
    "stride": {"zh": "步幅", "means": "How far it goes.", "lesson": "a/b", "api": "p.m.f"},
}


def change(key, value, term="stride"):
    return lambda terms: terms[term].update({key: value})


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda terms: terms.update(kernel=terms.pop("kernel")), "stride stands where kernel"),
        (change("also", ["Filter"]), "filter is there twice"),
        (change("also", ["kernel"]), "kernel is there twice"),
        (change("see", "kernel"), "unknown key see"),
        (change("means", 3), "means is missing or no str"),
        (change("also", "step"), "also is missing or no list"),
        (lambda terms: terms["stride"].pop("zh"), "zh is missing"),
        (change("zh", "stride"), "no Chinese name"),
        (change("means", "How far it goes"), "one sentence"),
        (change("means", "It goes. How far?"), "one sentence"),
        (change("means", 31 * "far " + "it goes."), "33 words"),
        (change("means", "步幅 is how far it goes."), "two languages"),
        (change("lesson", "a/c"), "no lesson: a/c"),
    ],
)
def test_what_is_wrong_with_a_glossary_is_said(spoil, complaint):
    terms = copy.deepcopy(GOOD)
    assert list(problems(terms, {"a/b": {}})) == []
    spoil(terms)
    assert complaint in "\n".join(problems(terms, {"a/b": {}}))


# --- what the lessons set in bold ------------------------------------------------------------


def bold(texts):
    """What texts set in bold and may be a term: no labels, no sentences."""
    found = [b for text in texts for b in re.findall(r"\*\*(.+?)\*\*", without_code(text))]
    return [b for b in found if b.rstrip('"”')[-1] not in ":.?!" and b not in EVERYWHERE]


def missing(texts, terms, no_terms=()):
    """Return what is set in bold and stands in the glossary neither so nor in the singular."""
    known = {name.casefold() for name in names(terms)}
    return [
        b
        for b in bold(texts)
        if b not in no_terms and not {b.casefold(), *singular(b.casefold())} & known
    ]


def singular(words):
    """Return what a plural may be the plural of."""
    for ending, one in (("ies", "y"), ("es", ""), ("s", "")):
        if words.endswith(ending):
            yield words.removesuffix(ending) + one


@pytest.mark.parametrize("name", COURSE["lessons"])
def test_the_terms_of_a_lesson_are_in_the_glossary(name):
    texts = markdown(nbformat.read(ROOT / f"book/{name}.ipynb", as_version=4))
    no_terms = NO_TERMS.get(name, set())
    assert missing(texts, TERMS, no_terms) == []
    # An exception that nobody needs any more would hide a term of tomorrow.
    assert no_terms <= set(bold(texts))
    assert not {word.casefold() for word in no_terms} & {n.casefold() for n in names(TERMS)}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The **kernel** has a **Stride**; **filters** too.", []),
        ('**You will**\n\n**Sources:** none. **It overflows.** **"So?"** `**code**`', []),
        ("The **padding** and the **kernel**.", ["padding"]),
        ("**224** it is.", ["224"]),
    ],
)
def test_a_term_that_is_missing_is_found(text, wanted):
    assert missing([text], GOOD) == wanted
    assert missing([text], GOOD, no_terms={"padding", "224"}) == []


# --- what a term's link leads to ---------------------------------------------------------------

# What is explained there in other words.
UNNAMED = {
    "augmentation",
    "receptive field",
    "regularization",
    "standardization",
    "training set",
    "vanishing gradient",
    "weight sharing",
}


def named(names, texts):
    """Say whether texts use one of the names, perhaps with an ending."""
    text = " ".join(" ".join(texts).replace("*", "").split())
    return any(re.search(rf"(?i)(?<!\w){re.escape(name)}", text) for name in names)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_term_leads_to_where_it_is_used(name):
    texts = markdown(nbformat.read(ROOT / f"book/{name}.ipynb", as_version=4))
    own = {term: [term, *e.get("also", [])] for term, e in TERMS.items() if e["lesson"] == name}
    assert {term for term in own if not named(own[term], texts)} == own.keys() & UNNAMED


@pytest.mark.parametrize(
    ("text", "found"),
    [("Two\nfeature **maps**.", True), ("A map of features", False), ("Subfeature map", False)],
)
def test_whether_a_term_is_used_is_seen(text, found):
    assert named(["feature map"], [text]) is found


# --- the page --------------------------------------------------------------------------------

CONF = """
extensions = ["myst_parser"]
html_theme_options = {"repository_url": "https://github.com/o/r", "repository_branch": "main"}
def setup(app):
    import api_pages, glossary_page
    api_pages.connect(app)
    glossary_page.connect(app)
"""


@pytest.fixture
def book(tmp_path):
    """`book(terms)` -> a small book's glossary as a document, one that links to it, warnings."""

    def build(terms, links="[slide](glossary.md#term-kernel), {term}`stride`"):
        files = {
            "conf.py": CONF,
            "index.md": f"# A book\n\n{links}\n\n```{{toctree}}\nglossary\nbook/a/b\n```\n",
            "glossary.md": "# Glossary\n\n```{course-glossary}\n```\n\n```{api} p.m\n```\n",
            "book/a/b.md": "# Sliding\n",
            "book/course.yml": yaml.safe_dump(
                {"lessons": {"a/b": {"title": "Sliding"}}, "pages": {}}
            ),
            "book/glossary.yml": yaml.safe_dump(terms, sort_keys=False, allow_unicode=True),
            "p/__init__.py": "",
            "p/m.py": "'''M.'''\n__all__ = ['f']\ndef f():\n    '''F.'''\n",
        }
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            if not (tmp_path / name).exists() or (tmp_path / name).read_text("utf-8") != text:
                (tmp_path / name).write_text(text, "utf-8")
        app = SphinxTestApp("html", srcdir=tmp_path)
        try:
            app.build()
            document = app.env.get_and_resolve_doctree("glossary", app.builder)
            # This theme knows no repository.
            said = [w for w in app.warning.getvalue().splitlines() if "theme option" not in w]
            return SimpleNamespace(
                index=(app.outdir / "index.html").read_text("utf-8"),
                glossary=(app.outdir / "glossary.html").read_text("utf-8"),
                document=document,
                warnings="\n".join(said),
            )
        finally:
            app.cleanup()

    return build


def test_the_page_shows_a_term_in_both_languages_with_its_links(book):
    page = book(GOOD)
    assert page.warnings == ""
    assert '<dt id="term-kernel">kernel <span lang="zh-Hans">卷积核</span>' in page.glossary
    (listing, _) = page.document.findall(nodes.definition_list)
    assert listing.astext().split("\n\n")[-2:] == ["A small table. Also: filter.", "Sliding"]
    assert [s[0].astext() for s in page.document[0].findall(nodes.section)][1:3] == ["K", "S"]
    assert '<a class="reference internal" href="book/a/b.html">' in page.glossary
    assert 'href="#p.m.f"' in page.glossary
    assert 'href="glossary.html#term-kernel"' in page.index
    assert 'href="glossary.html#term-stride"' in page.index


def test_a_changed_term_changes_the_page(book):
    book(GOOD)
    terms = copy.deepcopy(GOOD)
    terms["stride"]["means"] = "How far it moves."
    page = book(terms)
    assert "How far it moves." in page.glossary and page.warnings == ""


def test_a_link_to_a_term_that_is_not_there_is_a_warning(book):
    warnings = book(GOOD, "[wide](glossary.md#term-padding) and {term}`padding`").warnings
    assert "local id not found in doc 'glossary': 'term-padding'" in warnings
    assert "term not in glossary: 'padding'" in warnings


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("lesson", "a/c", r"'stride' leads to the lesson 'a/c', which course.yml does not have"),
        ("api", "p.m.g", r"book/glossary.yml links to p\.m\.g: p\.m has no 'g'"),
    ],
)
def test_a_link_that_leads_nowhere_stops_the_build(book, key, value, sentence):
    terms = copy.deepcopy(GOOD)
    terms["stride"][key] = value
    with pytest.raises(ExtensionError, match=sentence):
        book(terms)


@pytest.mark.parametrize(
    ("term", "place", "letter"),
    [
        ("feature map", "term-feature-map", "F"),
        ("1 × 1 convolution", "term-1-1-convolution", "0–9"),
        ("im2col", "term-im2col", "I"),
    ],
)
def test_where_a_term_stands(term, place, letter):
    assert (glossary_page.place(term), glossary_page.letter(term)) == (place, letter)


def test_every_term_has_a_place_of_its_own():
    assert len({glossary_page.place(term) for term in TERMS}) == len(TERMS)


def test_the_site_has_every_term(site):
    text = (site / "book/appendix/glossary.html").read_text("utf-8")
    for term, entry in TERMS.items():
        assert f'id="{glossary_page.place(term)}"' in text
        assert f'<span lang="zh-Hans">{entry["zh"]}</span>' in text
