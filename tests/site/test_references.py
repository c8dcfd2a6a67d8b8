"""The references: one list for the package's numbers, the lessons' links and the page."""

import html
import re

import nbformat
import pytest
import references
from hygiene import markdown
from sphinx.errors import ExtensionError

from alexnet_lib.data import results

from .conftest import COURSE, ROOT

ENTRIES = references.read_entries(ROOT)
PAGE = (ROOT / "book/appendix/references.md").read_text("utf-8")
TEXT = (ROOT / references.FILE).read_text("utf-8")
LINK = re.compile(r"\]\((https?://[^\s]+?)\)(?=[\s.,;:·)*]|$)")
OURS = ("https://colab.research.google.com/", "https://github.com/alexnet-book/")


def test_the_packages_sources_are_those_of_the_list():
    sources = results()["sources"]
    del sources["computed"]  # by ourselves
    for key, source in sources.items():
        assert key in ENTRIES, f"{references.FILE} lacks {key}, a source of results.toml"
        theirs = {name: ENTRIES[key][name] for name in ("title", "authors", "year", "venue", "url")}
        assert theirs == source, key


def test_an_address_and_a_title_stand_once():
    for name in ("url", "title"):
        values = [entry[name] for entry in ENTRIES.values()]
        assert len(values) == len(set(values))
    assert all(entry["url"].startswith("http") for entry in ENTRIES.values())


def test_the_page_shows_every_group():
    shown = re.findall(r"^```\{references\} (\w+)$", PAGE, re.MULTILINE)
    assert len(shown) == len(set(shown))
    assert set(shown) == {entry["group"] for entry in ENTRIES.values()}


@pytest.mark.parametrize("name", COURSE["lessons"] | COURSE["pages"])
def test_what_a_lesson_links_to_is_in_the_list(name):
    known = {entry["url"] for entry in ENTRIES.values()}
    texts = markdown(nbformat.read(ROOT / f"book/{name}.ipynb", as_version=4))
    linked = {url for text in texts for url in LINK.findall(text)}
    unknown = {url for url in linked - known if not url.startswith(OURS)}
    assert not unknown, f"{name} links to what {references.FILE} lacks: {sorted(unknown)}"


def test_the_built_page_has_them_all_oldest_first_and_the_file(site):
    page = site / "book/appendix/references.html"
    text = re.sub("[’‘“”]", "'", html.unescape(page.read_text("utf-8")))
    for key, entry in ENTRIES.items():
        authors = entry["authors"][0].upper() + entry["authors"][1:]
        link = f'<a class="reference external" href="{entry["url"]}">{entry["title"]}</a>'
        item = f'id="ref-{key}"><p>{authors}: {link}. {entry["venue"]}, {entry["year"]}.'
        assert re.sub("[’‘“”]", "'", item) in text
    groups = re.findall(r"<ul[^>]*>\s*<li id=\"ref-.*?</ul>", text, re.DOTALL)
    assert len(groups) == len({entry["group"] for entry in ENTRIES.values()})
    for group in groups:
        years = [ENTRIES[key]["year"] for key in re.findall(r'id="ref-([^"]+)"', group)]
        assert years == sorted(years)
    (file,) = re.findall(r'href="([^"]+references\.bib)"', text)
    assert (page.parent / file).resolve().read_text("utf-8") == TEXT


def test_what_can_not_be_shown_stops_the_build(tmp_path):
    file = tmp_path / references.FILE
    file.parent.mkdir(parents=True)
    for bibtex, sentence in (
        ("@misc{a, title = {A}", "isn't valid BibTeX"),
        ("@misc{a, title = {A}, year = {1980}}", "a has no url, keywords, howpublished"),
    ):
        file.write_text(bibtex, "utf-8")
        with pytest.raises(ExtensionError, match=sentence):
            references.read_entries(tmp_path)
