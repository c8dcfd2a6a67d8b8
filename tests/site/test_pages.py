"""Every page in a real browser, as readers have it: light and dark, laptop and phone, disk and web.

Each page is opened once, from the folder on disk, and asked everything: there nothing works that
needs a server, and what a page loads is a file whose weight is known. Its theme is switched and its
window resized in place. What the web adds is asked of a page of each kind.

What is not tested here: what the widgets compute (tests/widgets), and how long anything takes
(benchmarks/site.py).
"""

import gzip
from urllib.parse import unquote, urlsplit

import pytest
from accessibility import complaints, plain_links, poor_texts

from .conftest import ALL_LIVE, EACH_PAGE, LESSONS, NOTEBOOKS, PRACTICE, View

pytestmark = pytest.mark.browser

WEIGHT = 500_000  # bytes of a page in all, compressed: notebooks, exercises, the search
TEXT = 150_000  # of any other page
FILES = 10  # how many a page loads beside its pictures and fonts
LAPTOP, PHONE = (1280, 800), (375, 740)
# A page for each kind of thing that a page can hold: widgets, definitions, code, results.
KINDS = [
    *("book/index.html", LESSONS[2], PRACTICE[0]),
    *("book/appendix/api/grading.html", "search.html"),
]
QUERY = {"search.html": "?q=convolution"}  # a search page without a question is empty
WIDER = "document.documentElement.scrollWidth - innerWidth"
PACKED = (".png", ".webp", ".jpg", ".woff", ".woff2")  # compressed as they are


@pytest.fixture(scope="module", params=EACH_PAGE)
def seen(request, browser, site):
    """Each page, opened from the folder in the light theme and read to its end on a laptop."""
    address = (site / request.param).as_uri() + QUERY.get(request.param, "")
    view = View(browser, address, **settings("light", LAPTOP))
    yield view.read_to_the_end()
    view.close()


def settings(theme, screen):
    """Return the settings of a browser's context."""
    width, height = screen
    return {
        "viewport": {"width": width, "height": height},
        "color_scheme": theme,
        "reduced_motion": "reduce",  # nothing is between two colours when axe looks
    }


def turn(page, theme):
    """Make the page light or dark, as its switch does."""
    page.evaluate("(theme) => { document.documentElement.dataset.theme = theme }", theme)
    page.evaluate("new Promise((r) => { requestAnimationFrame(r); setTimeout(r, 250); })")


def resize(page, screen):
    """Give the page a window of this size."""
    width, height = screen
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate("new Promise((r) => { requestAnimationFrame(r); setTimeout(r, 250); })")


def test_nothing_comes_from_elsewhere(seen):
    assert [u for u in seen.requests if not u.startswith(("file:", "blob:", "data:"))] == []


def test_axe_finds_no_violation(seen):
    assert complaints(seen.page) == ""


def test_every_text_can_be_read_in_the_light_and_in_the_dark(seen):
    assert seen.page.evaluate("document.documentElement.dataset.theme") == "light"
    grounds = set()
    for theme in ("dark", "light"):
        turn(seen.page, theme)
        grounds.add(seen.page.evaluate("getComputedStyle(document.body).backgroundColor"))
        assert poor_texts(seen.page) == []
    assert len(grounds) == 2


POOR = f"""<html lang="en"><title>Words</title>
<style>p {{ color: #000; background: #fff }} .poor {{ color: #bbb }}</style>
<main><h1>Words</h1>{"<p>Black</p>" * 9}<p class="poor">Grey on white</p><p>Black</p></main>"""


def test_a_poor_text_is_found_as_axe_finds_it(browser):
    page = browser.new_page()
    page.set_content(POOR)
    for colour, behind, is_poor in (
        ("#bbb", "#fff", True),
        ("#333", "#fff", False),
        ("#000a", "#fff", False),
        ("#0006", "#fff", True),
        ("#777", "#fff", True),  # 4.48
        ("#767676", "#fff", False),  # 4.54
        ("#fff", "#0008", True),
    ):
        style = f"color: {colour}; background: {behind}"
        page.locator(".poor").evaluate("(node, css) => { node.style.cssText = css }", style)
        words = [found[3] for found in poor_texts(page)]
        assert words == ["Grey on white"] * is_poor, (colour, behind)
        assert ("Grey on white" in complaints(page, colours=True)) == is_poor, (colour, behind)
        assert complaints(page) == ""
    page.close()


def test_a_link_that_only_its_colour_shows_is_found_as_axe_finds_it(browser):
    page = browser.new_page()
    link = '<a href="#here" style="color: #999; text-decoration: none">here</a>'
    page.set_content(POOR.replace("Grey on white", f"Words, and {link}"))
    assert "link-in-text-block" in complaints(page, colours=True)
    assert "No line under a link" in complaints(page)
    page.locator("p a").evaluate("(link) => { link.style.textDecoration = 'underline' }")
    assert plain_links(page) == []
    page.close()


def test_maths_is_set_and_a_screen_reader_can_say_it(seen):
    counts = seen.page.evaluate(
        """[".math", ".math > math", ".math > math:is([data-tex], :has(annotation))"]
           .map((s) => document.querySelectorAll(s).length)"""
    )
    assert counts[0] == counts[1] == counts[2]
    assert not [url for url in seen.requests if "mathjax" in url.lower()]


def test_a_live_widget_takes_the_place_of_its_sentence(seen):
    for widget in seen.page.locator("[data-alexnet-widget]").all():
        assert not widget.locator("> p").first.is_visible()
        assert widget.locator("input, button").first.is_visible()


def test_the_search_finds_pages_without_a_server(seen):
    if "search.html" in seen.page.url:
        assert seen.page.locator("#search-results li a").count() > 0


def test_a_page_is_light(seen, site):
    weight = {}
    for url in seen.requests:
        if url.startswith("file:"):  # not the widget's blob: it came in a script
            data = (site / unquote(urlsplit(url).path)).read_bytes()
            weight[url] = len(data) if url.endswith(PACKED) else len(gzip.compress(data, 6))
    heaviest = sorted(weight.items(), key=lambda item: -item[1])[:12]
    assert len(weight) >= 3  # the page itself, its style sheet, its script
    works = any(name in seen.page.url for name in [*NOTEBOOKS, *PRACTICE, "search.html"])
    assert sum(weight.values()) <= (WEIGHT if works else TEXT), heaviest
    pictures = sum(url.endswith(PACKED) for url in weight)
    assert len(weight) - pictures <= FILES


def test_the_page_is_no_wider_than_any_screen(seen):
    assert seen.page.evaluate(WIDER) <= 0
    resize(seen.page, PHONE)
    assert seen.page.evaluate(WIDER) <= 0


def test_pictures_keep_their_shape_on_a_phone_and_do_not_move_the_page(seen):
    shapes = seen.page.evaluate(
        """[...document.querySelectorAll(".cell_output img")].map((i) =>
             [i.width / i.height, i.naturalWidth / i.naturalHeight, i.getAttribute("width")])"""
    )
    for shown, real, width in shapes:
        assert width
        assert shown == pytest.approx(real, rel=0.02)


def test_nothing_has_failed_and_the_console_was_quiet(seen):
    """Of all that was done with the page above."""
    assert seen.troubles == []


@pytest.mark.parametrize("page", KINDS)
def test_a_page_opened_on_a_phone_in_the_dark_comes_from_one_server(view, server, page):
    seen = view(server + page + QUERY.get(page, ""), **settings("dark", PHONE)).read_to_the_end()
    assert seen.page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert [u for u in seen.requests if not u.startswith((server, "blob:", "data:"))] == []
    assert seen.page.evaluate(WIDER) <= 0
    assert complaints(seen.page, colours=True) == ""
    assert seen.troubles == []


@pytest.fixture(scope="module")
def widget_page(site):
    """A lesson that has a widget."""
    return next(p for p in LESSONS if "data-alexnet-widget" in (site / p).read_text("utf-8"))


def test_without_javascript_the_sentence_stands_there(view, server, widget_page):
    seen = view(server + widget_page, java_script_enabled=False)
    sentence = seen.page.locator("[data-alexnet-widget] p").first
    assert sentence.is_visible()
    assert "JavaScript" in sentence.inner_text()


def test_all_questions_of_a_quiz_stand_on_paper_and_where_no_script_runs(view, server):
    page = f"{server}{LESSONS[1]}#quiz"
    questions = "[data-alexnet-widget=quiz] > ol > li"
    plain = view(page, java_script_enabled=False).page
    count = plain.locator(questions).count()
    assert count >= 5 and plain.locator(questions).last.is_visible()
    live = view(page).page
    live.wait_for_selector(".axw-quiz")
    assert not live.locator(questions).last.is_visible()
    live.emulate_media(media="print")
    assert live.locator(questions).last.is_visible()
    assert not live.locator(".axw-quiz").is_visible()


def test_widgets_are_there_before_printing(view, server, widget_page):
    seen = view(server + widget_page, viewport={"width": 1280, "height": 300})
    seen.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    seen.page.wait_for_function(ALL_LIVE)


def test_the_front_door_leads_to_the_book(view, server):
    seen = view(server)
    seen.page.wait_for_url(f"{server}book/index.html")
    assert seen.troubles == []
