"""What a reader waits for: widgets, redraws, the weight of a page; and what each lesson computes.

    python benchmarks/site.py [--rounds N] [--only widgets|pages|lessons|lighthouse …] [--save]

The site is the one that `make book` built, opened from its folder in Chromium or Chrome. A widget
becomes visible when it is painted, in seconds from the page's first paint: counted from the start
of navigation, that would measure the machine. A redraw is the 95th percentile over a hundred
different, heavy states. A page's weight is all that the browser loads for it, gzipped. A lesson
runs in a fresh kernel; its processor seconds are compared with its budget in course.yml.
Lighthouse (lighthouse.py) scores a page of each kind, where it is installed. All takes a quarter of
an hour: with --only, --save renews some kinds of figures, and keeps the others and their dates.
"""

import gzip
import sys
import tempfile
from pathlib import Path
from runpy import run_path
from statistics import median
from urllib.parse import unquote, urlsplit

import lighthouse
import nbformat
import record
import script
import yaml

from alexnet_lib.data import measurements

# programs of tools/, and what the widgets' tests import from tests/
sys.path += [str(Path(__file__).resolve().parents[1] / folder) for folder in ("tools", "tests")]

import browsers
import lessons

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "_build" / "html"
COURSE = yaml.safe_load((ROOT / "book" / "course.yml").read_text(encoding="utf-8"))
NOTEBOOKS = COURSE["lessons"] | COURSE["pages"]
COMPRESSED = (".png", ".jpg", ".woff", ".woff2")  # gzip gains nothing
LAPTOP = {"width": 1280, "height": 800}
KINDS = ("widgets", "pages", "lessons", "lighthouse")

MARK = "performance.getEntriesByType('mark').find((m) => m.name.startsWith('alexnet-widget'))"
VISIBLE = f"""() => {MARK}.startTime
  - performance.getEntriesByName("first-contentful-paint")[0].startTime"""
REDRAWS = """async (heavy) => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => done()));
  const change = eval(heavy), times = [];
  const div = document.querySelector("[data-alexnet-widget]");
  window.model = div.alexnetModel;
  for (let i = 0; i < 110; i++) {
    change(i);
    await frame(); await frame();
    times.push(div.lastElementChild.alexnetWidget.drawMs);
  }
  return times.slice(10).sort((a, b) => a - b)[95 - 1]; // the first ten warm up
}"""


def address(name):
    """Return the address of a notebook's page on disk."""
    path = SITE / "book" / f"{name}.html"
    if not path.exists():
        raise RuntimeError(f"the site has no page {name}: build it with `make book`")
    return path.as_uri()


def open_page(browser, url):
    """Return a new page on a laptop, at this address."""
    page = browser.new_context(viewport=LAPTOP).new_page()
    page.goto(url)
    return page


def widget_figures(browser, name, rounds):
    """Return {"widget", "visible_s", "redraw_p95_ms"} of a page's first widget, or None."""
    page = open_page(browser, address(name))
    div = page.locator("[data-alexnet-widget]").first
    if not div.count():
        page.context.close()
        return None
    widget = div.get_attribute("data-alexnet-widget")
    cases = run_path(str(ROOT / f"tests/widgets/test_{widget}.py"))["CASES"]
    section = page.locator("section:has(> .cell [data-alexnet-widget])").first.get_attribute("id")
    page.context.close()
    visible, redraws = [], []
    for _ in range(rounds):  # as if a reader followed a link to the widget's section
        page = open_page(browser, f"{address(name)}#{section}")
        page.wait_for_function(MARK)
        visible.append(page.evaluate(VISIBLE) / 1000)
        redraws.append(page.evaluate(REDRAWS, cases["heaviest"]))
        page.context.close()
    return {
        "widget": widget,
        "visible_s": round(median(visible), 3),
        "redraw_p95_ms": round(median(redraws), 1),
    }


def page_weight(browser, name):
    """Return what a page loads if read to its end: {"kilobytes" (gzipped), "files"}."""
    context = browser.new_context(viewport=LAPTOP)
    page = context.new_page()
    urls = set()
    page.on("request", lambda request: urls.add(request.url.partition("#")[0]))
    page.goto(address(name))
    page.evaluate("dispatchEvent(new Event('beforeprint'))")  # every widget
    page.evaluate("[...document.images].forEach((image) => { image.loading = 'eager'; })")
    page.wait_for_function("[...document.images].every((i) => i.complete || !i.offsetParent)")
    page.wait_for_load_state("networkidle")
    context.close()
    files = [Path(unquote(urlsplit(url).path)) for url in urls if url.startswith("file:")]
    loaded = [(file, file.read_bytes()) for file in files]
    sizes = [len(d if f.suffix in COMPRESSED else gzip.compress(d, 6)) for f, d in loaded]
    return {"kilobytes": round(sum(sizes) / 1000, 1), "files": len(sizes)}


def lesson_figures(name):
    """Return the cost of one run of a notebook: {"cpu_s", "seconds", "memory_mb", "budget_s"}."""
    notebook = nbformat.read(ROOT / "book" / f"{name}.ipynb", as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        run = lessons.execute(notebook, Path(folder))
    return {
        "cpu_s": round(run.cpu_seconds, 1),
        "seconds": round(run.seconds, 1),
        "memory_mb": round(run.memory_mb),
        "budget_s": NOTEBOOKS[name]["budget"]["seconds"],
    }


def measure(kinds, rounds):
    """Return {kind: {notebook: figures}}, and print each beside the recorded one."""
    from playwright.sync_api import sync_playwright

    try:
        before = measurements("site")["figures"]
    except ValueError:
        before = {}
    results = {kind: {} for kind in kinds}

    def keep(kind, name, figures):
        results[kind][name] = figures
        old = before.get(kind, {}).get(name)
        note = f"   before: {format_row(old)}" if old else ""
        print(f"{kind:11}{name:32}{format_row(figures)}{note}", flush=True)

    if {"widgets", "pages"} & set(kinds):
        with sync_playwright() as playwright:
            browser = browsers.launch(playwright)
            if not browser:
                raise RuntimeError("no Chromium or Chrome: install one, or set CHROME to its path")
            for name in NOTEBOOKS:
                if "widgets" in kinds and (figures := widget_figures(browser, name, rounds)):
                    keep("widgets", name, figures)
                if "pages" in kinds:
                    keep("pages", name, page_weight(browser, name))
            browser.close()
    for name in NOTEBOOKS if "lessons" in kinds else ():
        keep("lessons", name, lesson_figures(name))
    if "lighthouse" in kinds:
        program, chrome = lighthouse.find(), browsers.find()
        if program and chrome:
            with lighthouse.serve(SITE) as root:
                for page in lighthouse.PAGES:
                    found = lighthouse.figures(program, chrome, root + page, min(rounds, 3))
                    keep("lighthouse", page, found)
        else:
            print(
                "Lighthouse isn't installed (npm install -g lighthouse): its scores are left out."
            )
            del results["lighthouse"]
    return results


def recorded(machine):
    """Return the recorded figures with their "dates" {kind: date}; {} if of another machine."""
    try:
        before = measurements("site")
    except ValueError:
        return {}
    if any(before["machine"][what] != machine[what] for what in ("cpu", "cores")):
        return {}
    figures = before["figures"]
    return {"dates": dict.fromkeys(figures, before["machine"]["date"])} | figures


def format_row(figures):
    """Return figures as a line of text."""
    return ", ".join(f"{key} {value}" for key, value in figures.items())


def main():
    """Measure, print, and save if asked to; return 1 if a lesson exceeds its budget."""
    parser = script.make_parser(__doc__)
    parser.add_argument("--rounds", type=script.count, default=5, help="how often (default 5)")
    parser.add_argument("--only", nargs="+", choices=KINDS, default=KINDS, help="part of it")
    options = parser.parse_args()
    machine = record.machine()
    kept = recorded(machine)
    if options.save and not kept and set(options.only) != set(KINDS):
        raise ValueError("no figures of this machine are recorded yet: leave out --only")
    figures = measure(options.only, options.rounds)
    dates = kept.get("dates", {}) | dict.fromkeys(figures, machine["date"])
    script.save(options, "site", kept | figures | {"dates": dates}, machine)
    long = [n for n, f in figures.get("lessons", {}).items() if f["cpu_s"] > f["budget_s"]]
    if long:
        print(f"Over their budget in course.yml: {', '.join(long)}.")
    return 1 if long else 0


if __name__ == "__main__":
    sys.exit(script.run(main))
