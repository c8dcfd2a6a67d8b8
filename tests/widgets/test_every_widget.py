"""What holds for the front end of every widget, in a real browser.

A widget's own test module tests what it computes and says. Its CASES are:

settings   states that look different, the most typical first
heaviest   JavaScript, `(i) => …`: sets the model to the i-th heavy state, each unlike the last
"""

import re
import subprocess
import sys
from pathlib import Path
from runpy import run_path

import pytest
from accessibility import complaints, poor_texts

from alexnet_lib.widgets import WIDGETS

pytestmark = pytest.mark.browser
each_widget = pytest.mark.parametrize("name", WIDGETS)
CASES = {
    name: run_path(str(Path(__file__).with_name(f"test_{name}.py")))["CASES"] for name in WIDGETS
}
STATES = [(name, number) for name in WIDGETS for number in range(len(CASES[name]["settings"]))]

THEMES = ("light", "dark")
SHOWS = ":is(canvas, svg[role=img], fieldset)"  # a picture, or questions
PICTURES = "() => [...document.querySelectorAll('canvas')].map((c) => c.toDataURL())"


def make_widget(name, number=0):
    """Return the widget in one of its states."""
    return WIDGETS[name](**CASES[name]["settings"][number])


@pytest.fixture(scope="module")
def show(make_pages):
    """`show(widget)` -> a page that shows it; all states of a widget come into one page."""
    opened = {}  # the name of the widget -> (Pages, page)

    def show_widget(widget):
        if widget.name in opened:
            page = opened[widget.name][1]
            page.evaluate("(state) => change(state)", widget.state())
            return page
        close()
        pages = make_pages(widget.name)
        opened[widget.name] = pages, pages.show(widget, reduced_motion="reduce")
        return opened[widget.name][1]

    def close():
        while opened:
            opened.popitem()[1][0].close()

    yield show_widget
    close()


@pytest.fixture(scope="module", params=STATES, ids=lambda state: f"{state[0]}-{state[1]}")
def state_page(request, show):
    """(page, widget) for each state, for tests that leave the page as they found it."""
    widget = make_widget(*request.param)
    return show(widget), widget


@pytest.fixture(scope="module", params=WIDGETS)
def widget_page(request, make_pages):
    """(page, name) for each widget: one page, for tests that leave one view in light colours."""
    pages = make_pages(request.param)
    yield pages.show(make_widget(request.param)), request.param
    pages.close()


def set_theme(page, theme):
    """Make the page light or dark, as the book does."""
    page.evaluate("(theme) => { document.documentElement.dataset.theme = theme }", theme)
    page.evaluate("drawn()")


def test_its_keys_are_its_own(widget_page):
    page, _ = widget_page
    others = page.evaluate(
        """[...document.querySelectorAll('.axw :is(input, select, button, [tabindex])')]
        .filter((node) => node.dataset.lmSuppressShortcuts !== 'true').map((n) => n.outerHTML)"""
    )
    assert not others


def test_two_views_stay_in_step_and_nothing_is_sent_back(widget_page):
    page, name = widget_page
    page.evaluate("(async () => { window.second = await mount(two); })()")
    saves = page.evaluate("model.saves")
    for number in range(3):
        page.evaluate(f"({CASES[name]['heaviest']})({number})")  # as messages from Python
        page.evaluate("drawn()")
        one, two = (
            page.evaluate(
                "(id) => [...document.querySelectorAll(`${id} .axw-layout > :not([role=status])`)]"
                ".map((node) => node.innerText).join(' ')",
                of,
            )
            for of in ("#one", "#two")
        )
        assert one == two and len(one) > 30  # without the status line, which waits for the hand
    assert page.evaluate("model.saves") == saves
    page.evaluate("second.end()")


@each_widget
def test_leaving_the_page_leaves_nothing_behind(open_widget, name):
    page = open_widget(make_widget(name))
    assert page.evaluate("model.listening") > 0
    page.evaluate("view.end()")
    assert page.evaluate("[model.listening, one.childElementCount]") == [0, 0]


@each_widget
def test_a_view_made_before_it_is_on_the_page_fills_it_later(open_widget, name):
    page = open_widget(make_widget(name))
    page.evaluate(
        "(async () => { const el = document.createElement('div'); await mount(el);"
        " two.append(el); await drawn(); await drawn(); })()"
    )
    widths = [c.bounding_box()["width"] for c in page.locator(f".axw {SHOWS}").all()]
    half = len(widths) // 2
    assert widths[half:] == widths[:half] and max(widths) > 250


HOSTS = [
    {"light": "", "dark": ""},
    {  # the colours of the book's theme
        "light": "--pst-color-surface: #f3f4f5; --pst-color-text-base: #222832",
        "dark": "--pst-color-surface: #29313d; --pst-color-text-base: #ced6dd",
    },
    {  # JupyterLab's
        "light": "--jp-layout-color1: white; --jp-ui-font-color1: rgba(0, 0, 0, 0.87)",
        "dark": "--jp-layout-color1: #212121; --jp-ui-font-color1: white",
    },
]


def test_every_text_can_be_read(widget_page):
    page, _ = widget_page
    for theme in THEMES:
        for host in HOSTS:
            page.evaluate("(css) => { document.documentElement.style.cssText = css }", host[theme])
            set_theme(page, theme)
            assert page.evaluate("document.querySelector('.axw').dataset.ground") == theme
            assert poor_texts(page, ".axw *") == [], (theme, host)
    page.evaluate("document.documentElement.style.cssText = ''")
    set_theme(page, "light")


@each_widget
def test_the_pictures_follow_the_theme(open_widget, name):
    page = open_widget(make_widget(name))
    pictures = {}
    for theme in ("light", "dark", "light"):
        set_theme(page, theme)
        pictures.setdefault(theme, []).append(page.evaluate(PICTURES))
    (light, again), (dark,) = pictures["light"], pictures["dark"]
    assert light == again
    assert all(a != b for a, b in zip(light, dark, strict=True))


@each_widget
def test_without_a_host_the_readers_system_decides(open_widget, name):
    page = open_widget(make_widget(name), theme="", color_scheme="dark")
    assert page.evaluate("document.querySelector('.axw').dataset.ground") == "dark"
    page.emulate_media(color_scheme="light")
    page.wait_for_function("document.querySelector('.axw').dataset.ground === 'light'")


def test_many_changes_at_once_are_drawn_once(widget_page):
    page, name = widget_page
    page.evaluate("drawn()")
    for number in range(3):
        before = page.evaluate("view.el.alexnetWidget.draws")
        page.evaluate(f"({CASES[name]['heaviest']})({number})")
        page.evaluate("drawn()")
        page.evaluate("drawn()")
        # Once for all the changes; and once more where the picture got another size by them.
        assert 1 <= page.evaluate("view.el.alexnetWidget.draws") - before <= 2


def test_nothing_leaks_into_the_page(widget_page):
    page, name = widget_page
    names = set(page.evaluate("Object.keys(window)"))
    page.evaluate("(async () => { (await mount(two)).end() })()")
    assert set(page.evaluate("Object.keys(window)")) == names
    source = WIDGETS[name].front_end()["esm"]
    assert not re.search(r"innerHTML|\bwindow\.[a-zA-Z]|\bdocument\.|\bglobalThis\b", source)


@each_widget
def test_every_name_that_it_uses_is_defined(name, tmp_path):
    """`make lint` sees one file at a time, this the whole module."""
    module = tmp_path / f"{name}.js"
    module.write_text(WIDGETS[name].front_end()["esm"], "utf8")
    oxlint = Path(sys.executable).with_name("oxlint")
    config = Path(__file__).parents[2] / ".oxlintrc.json"
    command = [oxlint, "--config", config, "--allow", "all", "--deny", "no-undef", module]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


# What holds for each state; the page is as it was after every test.


def test_it_says_what_it_shows(state_page):
    page, widget = state_page
    status = page.get_by_role("status")
    assert status.get_attribute("aria-live") == "polite"
    assert len(status.inner_text()) > 30 and len(widget.describe()) > 30  # at once
    assert page.locator(f".axw {SHOWS}").count() > 0


# What a reader presses, if it is outside the window or too small for a finger.
HARD_TO_PRESS = """(width) =>
  [...document.querySelectorAll(".axw :is(input, select, button, canvas[tabindex])")]
  .filter((node) => node.checkVisibility()).map((node) =>
    (["radio", "checkbox"].includes(node.type) ? node.closest("label") : node))
  .map((node) => [node, node.getBoundingClientRect()])
  .filter(([, { left, right, width: wide, height: high }]) =>
    left < 0 || right > width || Math.min(wide, high) < (width > 320 ? 24 : 22))
  .map(([node, { left, right, width: wide, height: high }]) =>
    [left, right, wide, high, node.outerHTML.slice(0, 120)])"""


def test_it_fits_every_width(state_page):
    page, _ = state_page
    for width in (320, 375, 1280, 760):
        page.set_viewport_size({"width": width, "height": 1400})
        page.evaluate("drawn()")
        page.evaluate("drawn()")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(HARD_TO_PRESS, width) == []


def test_axe_finds_nothing_and_every_state_can_be_read(state_page):
    page, _ = state_page
    assert complaints(page) == ""
    for theme in ("dark", "light"):
        set_theme(page, theme)
        assert poor_texts(page, ".axw *") == [], theme
