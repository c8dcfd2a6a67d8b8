"""The site in a second browser, opened from the folder: every page once, and an exercise.

`make test-full` runs it, since Firefox takes half a minute to show all pages. Without Firefox it is
skipped: apt install firefox-esr, or set FIREFOX to its path.
"""

import json

import pytest

from . import firefox
from .conftest import PAGES, PRACTICE

pytestmark = [pytest.mark.full, pytest.mark.browser, pytest.mark.slow]


# Scroll as a reader does, then say what is not as it should be.
READ = """
const frame = () => new Promise((done) => { requestAnimationFrame(done); setTimeout(done, 250); });
const later = (ms) => new Promise((done) => setTimeout(done, ms));
for (let y = 0; y < document.body.scrollHeight; y += innerHeight) {
  scrollTo({ top: y, behavior: "instant" });
  await frame();
}
for (const image of document.images) image.loading = "eager";
const faults = () => {
  const widgets = [...document.querySelectorAll("[data-alexnet-widget]")];
  return [
    ...widgets.filter((w) => !("live" in w.dataset)).map((w) => w.dataset.alexnetWidget),
    ...[...document.images].filter((i) => i.offsetParent && !i.naturalWidth).map((i) => i.src),
    ...[...document.querySelectorAll("math")]
      .filter((m) => m.checkVisibility() && !m.getBoundingClientRect().width)
      .map((m) => m.outerHTML),
    ...(document.documentElement.scrollWidth > innerWidth ? ["wider than the screen"] : []),
  ];
};
for (let i = 0; i < 200 && faults().length; i++) await later(100);
return faults();
"""


@pytest.fixture(scope="module")
def fox(tmp_path_factory):
    """Firefox."""
    path = firefox.find()
    if not path:
        pytest.skip("no Firefox: apt install firefox-esr (or set FIREFOX to its path)")
    with firefox.Firefox(path, tmp_path_factory.mktemp("firefox")) as fox:
        yield fox


@pytest.mark.parametrize("screen", [(1280, 900), (450, 900)], ids=["laptop", "narrow"])
def test_every_page_is_whole(fox, site, screen):
    """Firefox makes no window narrower than 450 pixels."""
    fox.size(*screen)
    faults = {}
    for page in PAGES:
        fox.open((site / page).as_uri() + ("?q=convolution" if "search" in page else ""))
        if found := fox.run(READ):
            faults[page] = found
    assert faults == {}


def test_a_search_finds_pages(fox, site):
    fox.open((site / "search.html").as_uri() + "?q=convolution")
    found = """
    const links = () => document.querySelectorAll("#search-results li a").length;
    for (let i = 0; i < 200 && !links(); i++) await new Promise((done) => setTimeout(done, 100));
    return links();
    """
    assert fox.run(found) > 0


def test_an_exercise_is_done_in_the_page(fox, site):
    fox.size(1280, 900)
    fox.open((site / PRACTICE[1]).as_uri())
    fox.run("await alexnetPython.start(() => {})")
    check = """
    const [name, code] = arguments[0];
    alexnetPractice.put([[name, code]]);
    const frame = document.querySelector(`[data-cell=check_${name}]`);
    frame.querySelector(".practice-press").click();
    while (!frame.dataset.passed) await new Promise((done) => setTimeout(done, 20));
    return frame.querySelector(".practice-output").textContent;
    """
    wrong = "def conv_out(n, k, stride=1, padding=0):\n    return (n + 2 * padding - k) // stride"
    said = fox.run(check, ["conv_out", wrong])
    assert said == "✗ conv_out(5, 3) gave 2. The first window counts too: + 1."
    said = fox.run(check, ["conv_out", f"{wrong} + 1"])
    assert said.startswith("✓ conv_out(5, 3)") and "✗" not in said

    # It stops, comes back, and the work is still there: also after the page is loaded again.
    stop = """
    const run = alexnetPython.run([["loop", "while True: pass"]], () => {});
    setTimeout(() => alexnetPython.stop(), 300);
    return run;
    """
    assert fox.run(stop) == "stopped"
    fox.run("await alexnetPython.start()")
    fox.open((site / PRACTICE[1]).as_uri())
    notebook = json.loads(fox.run("return alexnetPractice.filled()"))
    assert f"{wrong} + 1" in ["".join(cell["source"]) for cell in notebook["cells"]]
