"""The references: one list for the package's numbers, the lessons' links and the page."""

import re
import textwrap

import nbformat
import pytest
import references
from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.testing.util import SphinxTestApp

from alexnet_lib.data import results

from .conftest import ROOT

FOUND = references.entries(ROOT)
PAGE = (ROOT / "book/appendix/references.md").read_text("utf-8")
TEXT = (ROOT / references.FILE).read_text("utf-8")
LINK = re.compile(r"\]\((https?://[^\s]+?)\)(?=[\s.,;:·)*]|$)")
OURS = ("https://colab.research.google.com/", "https://github.com/alexnet-book/")


def test_the_packages_sources_are_those_of_the_list():
    sources = results()["sources"]
    del sources["computed"]  # by ourselves
    for key, source in sources.items():
        assert key in FOUND, f"{references.FILE} lacks {key}, a source of results.toml"
        theirs = {name: FOUND[key][name] for name in ("title", "authors", "year", "venue", "url")}
        assert theirs == source, key


def test_an_address_and_a_title_stand_once():
    for name in ("url", "title"):
        values = [entry[name] for entry in FOUND.values()]
        assert len(values) == len(set(values))
    assert all(entry["url"].startswith("http") for entry in FOUND.values())


def test_the_page_shows_every_group():
    shown = re.findall(r"^```\{references\} (\w+)$", PAGE, re.MULTILINE)
    assert len(shown) == len(set(shown))
    assert set(shown) == {entry["group"] for entry in FOUND.values()}


def lessons():
    return sorted(p for p in (ROOT / "book").rglob("*.ipynb") if "checkpoint" not in str(p))


@pytest.mark.parametrize("path", lessons(), ids=lambda p: p.stem)
def test_what_a_lesson_links_to_is_in_the_list(path):
    known = {entry["url"] for entry in FOUND.values()}
    cells = nbformat.read(path, as_version=4).cells
    linked = {url for c in cells if c.cell_type == "markdown" for url in LINK.findall(c.source)}
    unknown = {url for url in linked - known if not url.startswith(OURS)}
    assert not unknown, f"{path.name} links to what {references.FILE} lacks: {sorted(unknown)}"


# --- the directive ---------------------------------------------------------------------------

CONF = """
import course_pages, references
extensions = ["myst_parser"]
def setup(app):
    references.connect(app)
"""
ENTRY = """
@misc{{{key},
  author = {{{author}}}, title = {{{{{key} in Title}}}}, howpublished = {{A place}},
  year = {{{year}}}, url = {{https://example.org/{key}}}, keywords = {{old}},
}}
"""


@pytest.fixture
def built(tmp_path):
    """`built(bibtex, page)` -> (the page's document, warnings)."""

    def build(bibtex, page):
        file = tmp_path / references.FILE
        file.parent.mkdir(parents=True)
        file.write_text(bibtex, "utf-8")
        (tmp_path / "conf.py").write_text(textwrap.dedent(CONF), "utf-8")
        (tmp_path / "index.md").write_text(f"# Page\n\n{page}\n", "utf-8")
        app = SphinxTestApp("dummy", srcdir=tmp_path)
        try:
            app.build()
            document = app.env.get_and_resolve_doctree("index", app.builder)
            return document, app.warning.getvalue()
        finally:
            app.cleanup()

    return build


def test_a_group_is_listed_oldest_first_with_links_and_anchors(built):
    two = ENTRY.format(key="two", author="Ann B. Lee and Dan C. Cireșan and others", year=1998)
    one = ENTRY.format(key="one", author="{the team of A, B}", year=1980)
    document, warnings = built(
        two + one, "```{references} old\n```\n\nSee [the first](index.md#ref-one)."
    )
    assert warnings == ""
    (shown,) = document.findall(nodes.bullet_list)
    assert [item.astext() for item in shown] == [
        "The team of A, B: one in Title. A place, 1980.",
        "Ann B. Lee, Dan C. Cireșan and others: two in Title. A place, 1998.",
    ]
    assert [item["ids"] for item in shown] == [["ref-one"], ["ref-two"]]
    links = [r["refuri"] for r in shown.findall(nodes.reference)]
    assert links == ["https://example.org/one", "https://example.org/two"]


@pytest.mark.parametrize(
    ("bibtex", "sentence"),
    [
        ("@misc{a, title = {A}", "is no BibTeX"),
        ("@misc{a, title = {A}, year = {1980}}", "a has no url, keywords, howpublished"),
        (ENTRY.format(key="a", author="", year=1980), "a has no author"),
        (ENTRY.format(key="a", author="A", year=1980).replace("old", "new"), "keywords are 'old'"),
    ],
)
def test_what_can_not_be_shown_stops_the_build(built, bibtex, sentence):
    with pytest.raises(ExtensionError, match=sentence):
        built(bibtex, "```{references} old\n```")


def test_the_built_page_has_them_all_and_the_file(site):
    page = site / "book/appendix/references.html"
    if not page.exists():
        pytest.skip("the page is not in _toc.yml")
    html = page.read_text("utf-8")
    for key, entry in FOUND.items():
        assert f'id="ref-{key}"' in html
        assert f'href="{entry["url"]}"'.replace("&", "&amp;") in html
    (file,) = re.findall(r'href="([^"]+references\.bib)"', html)
    assert (page.parent / file).resolve().read_text("utf-8") == TEXT
