"""The buttons and menus around the text (static/theme.js): one page, on a laptop and on a phone."""

import pytest

from .conftest import View

pytestmark = pytest.mark.browser

PAGE = "book/learning/gradient_descent.html"  # has wide formulas
THEME = "document.documentElement.dataset.theme"


@pytest.fixture(scope="module")
def opened(browser, site):
    """`opened(width)` -> the page in a window of this width, opened once."""
    views = {}

    def page(width):
        if width not in views:
            settings = {"viewport": {"width": width, "height": 740}, "color_scheme": "light"}
            views[width] = View(browser, (site / PAGE).as_uri(), **settings)
        return views[width].page

    yield page
    assert [view.troubles for view in views.values()] == [[]] * len(views)
    for view in views.values():
        view.close()


def test_a_click_changes_the_colours_and_a_visit_keeps_them(opened):
    page = opened(1280)
    switch = page.locator(".theme-switch-button").first
    seen = []
    for _ in range(3):
        switch.click()
        seen.append(page.evaluate(f"[document.documentElement.dataset.mode, {THEME}]"))
    assert seen == [["dark", "dark"], ["light", "light"], ["auto", "light"]]
    switch.click()
    page.reload()
    assert page.evaluate(THEME) == "dark"
    page.evaluate("localStorage.clear()")
    page.reload()
    assert page.evaluate(THEME) == "light"


def test_a_menu_opens_and_closes_by_mouse_and_by_keyboard(opened):
    page = opened(1280)
    button = page.locator(".dropdown-download-buttons > button")
    items = page.locator(".dropdown-download-buttons .dropdown-item")
    button.click()
    assert items.first.is_visible() and button.get_attribute("aria-expanded") == "true"
    box = items.last.bounding_box()
    assert box["x"] + box["width"] <= 1280
    page.locator("article h1").click()
    assert not items.first.is_visible() and button.get_attribute("aria-expanded") == "false"
    button.press("ArrowDown")
    focused = "document.activeElement.textContent.trim()"
    assert page.evaluate(focused) == ".ipynb"
    page.keyboard.press("ArrowUp")
    assert page.evaluate(focused) == ".pdf"
    page.keyboard.press("Escape")
    assert not items.first.is_visible()
    assert button.evaluate("(button) => button === document.activeElement")


def test_the_search_opens_by_key_and_by_button(opened):
    page = opened(1280)
    dialog = page.locator("#pst-search-dialog")
    page.keyboard.press("Control+k")
    assert dialog.is_visible()
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    page.locator(".search-button__button:visible").first.click()
    assert dialog.is_visible()
    page.mouse.click(5, 5)  # beside it
    assert not dialog.is_visible()


def test_a_wide_window_hides_the_list_of_pages(opened):
    page = opened(1280)
    sidebar, button = page.locator("#pst-primary-sidebar"), page.locator(".primary-toggle")
    button.click()
    sidebar.locator("a.current").wait_for(state="hidden")
    button.click()
    sidebar.locator("a.current").wait_for()


@pytest.mark.parametrize("name", ["primary", "secondary"])
def test_in_a_narrow_window_a_sidebar_is_a_dialog(opened, name):
    page = opened(375)
    dialog, button = page.locator(f"#pst-{name}-sidebar-modal"), page.locator(f".{name}-toggle")
    for close in (lambda: page.keyboard.press("Escape"), lambda: page.mouse.click(*BESIDE[name])):
        button.click()
        assert dialog.locator("a").first.is_visible()
        close()
        assert not dialog.is_visible()
        assert button.evaluate("(button) => button === document.activeElement")
    assert page.locator(f"#pst-{name}-sidebar a").count() > 10


BESIDE = {"primary": (370, 400), "secondary": (5, 400)}


def test_the_contents_say_where_the_reader_is(opened):
    page = opened(1280)
    marked = page.locator("#pst-page-toc-nav a[aria-current]")
    page.locator("#pst-page-toc-nav a").nth(3).click()
    assert marked.get_attribute("href") == page.locator("#pst-page-toc-nav a").nth(3).get_attribute(
        "href"
    )
    page.wait_for_timeout(1100)  # for so long what was followed stays marked
    page.evaluate("document.querySelector('#questions h2').scrollIntoView({ behavior: 'instant' })")
    page.wait_for_function(
        "document.querySelector('#pst-page-toc-nav a[aria-current]').hash === '#questions'"
    )
    assert marked.count() == 1


def test_what_scrolls_sideways_is_a_stop_for_the_keyboard(opened):
    state = """() => {
      const formulas = [...document.querySelectorAll("div.math")];
      const wide = (f) => f.scrollWidth > f.clientWidth;
      return [formulas.filter(wide).length, formulas.every((f) => wide(f) === (f.tabIndex === 0))];
    }"""
    for width, some in ((1280, False), (375, True)):
        page = opened(width)
        page.wait_for_function(f"({state})()[1]")
        count, _ = page.evaluate(state)
        assert (count > 0) == some


def test_a_copied_formula_is_tex(opened):
    page = opened(1280)
    copied = page.evaluate(
        r"""() => {
          const paragraph = document.querySelector("p:has(math)");
          getSelection().selectAllChildren(paragraph);
          const clipboardData = new DataTransfer();
          const event = new ClipboardEvent("copy", { clipboardData, cancelable: true });
          document.dispatchEvent(event);
          getSelection().empty();
          return [clipboardData.getData("text/plain"), paragraph.textContent];
        }"""
    )
    assert copied[0].count("$") >= 2 and copied[0] != copied[1]
