"""The glossary: each term explained in two languages, where it leads, and its page."""

import html
import os
import re

import glossary_page
import nbformat
import pytest
from hygiene import markdown

from .conftest import COURSE, ROOT

FILE = ROOT / "book/glossary.yml"
TERMS = glossary_page.read_terms(ROOT)
NOTEBOOKS = COURSE["lessons"] | COURSE["pages"]
CHINESE = r"[\u4e00-\u9fff]"
WORDS = 30
KEYS = {"zh": str, "means": str, "lesson": str, "also": list, "also_zh": list, "api": str}


def names(term):
    """Return every name under which a reader may look for a term."""
    return [term, *TERMS[term].get("also", [])]


def test_terms_stand_in_order_and_each_name_once():
    written = re.findall(r"(?m)^[^\s#].*?(?=:$)", FILE.read_text("utf-8"))
    assert written == list(map(str, TERMS))  # of two that are the same, YAML keeps the last
    assert written == sorted(written, key=str.casefold) and len(written) >= 70
    every = [name.casefold() for term in TERMS for name in names(term)]
    assert len(every) == len(set(every))
    chinese = [
        name for entry in TERMS.values() for name in (entry["zh"], *entry.get("also_zh", ()))
    ]
    assert len(chinese) == len(set(chinese))
    assert len({glossary_page.anchor(term) for term in TERMS}) == len(TERMS)


@pytest.mark.parametrize("term", TERMS)
def test_a_term_is_explained_in_one_sentence_and_named_in_two_languages(term):
    entry = TERMS[term]
    assert {"zh", "means", "lesson"} <= entry.keys() <= KEYS.keys()
    assert all(isinstance(value, KEYS[key]) and value for key, value in entry.items())
    assert all(re.search(CHINESE, name) for name in (entry["zh"], *entry.get("also_zh", ())))
    assert not any(re.search(CHINESE, name) for name in entry.get("also", ()))
    assert re.fullmatch(r"(?:(?![.?!] ).)+\.", entry["means"], re.DOTALL), "one sentence"
    assert len(entry["means"].split()) <= WORDS
    assert not re.search(CHINESE, entry["means"])
    assert entry["lesson"] in NOTEBOOKS


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_term_leads_to_where_it_is_used(name):
    texts = markdown(nbformat.read(ROOT / f"book/{name}.ipynb", as_version=4))
    text = " ".join(" ".join(texts).replace("*", "").split())
    own = {term for term, entry in TERMS.items() if entry["lesson"] == name}
    unnamed = {  # an ending may follow a name
        term
        for term in own
        if not any(re.search(rf"(?i)(?<!\w){re.escape(one)}", text) for one in names(term))
    }
    assert unnamed == set()


def test_the_site_has_every_term_in_both_languages_with_its_links(site):
    page = (site / "book/appendix/glossary.html").read_text("utf-8")
    for term, entry in TERMS.items():
        anchor = glossary_page.anchor(term)
        shown = page.partition(f'<dt id="{anchor}">')[2].partition("<dt ")[0]
        assert html.unescape(shown).startswith(f'{term} <span lang="zh-Hans">{entry["zh"]}</span>')
        assert f'href="{os.path.relpath(entry["lesson"], "appendix")}.html"' in shown, term
        assert "api" not in entry or f'#{entry["api"]}"' in shown, term
        names = [", ".join(entry.get("also", [])), "、".join(entry.get("also_zh", []))]
        assert all(name in html.unescape(shown) for name in names), term
    letters = re.findall(r'<section id="letter-([^"]+)"', page)
    assert letters == sorted(letters) and len(letters) > 15
