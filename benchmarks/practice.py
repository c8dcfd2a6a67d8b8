"""What a reader waits for who does an exercise in the page: bytes, the first answer, each check.

    python benchmarks/practice.py [--rounds N] [--save]

The site is the one that `make book` built, in Chromium or Chrome: from a server here, and from the
folder. The first answer comes with the press of *Start Python* in a browser that has never seen
the site, and ends when the first check shows its line; then the same with another exercise's page,
whose Python is in the browser's cache. A check is the time from the press to its lines, in
milliseconds; a stop is the time from the press until the next Python is ready.
"""

import functools
import gzip
import http.server
import sys
import threading
from pathlib import Path
from statistics import median

import record
import script

sys.path.append(str(Path(__file__).resolve().parents[1] / "tools"))

import browsers

SITE = Path(__file__).resolve().parents[1] / "_build" / "html"
PAGES = ("book/practice/convolution.html", "book/practice/pooling.html")

# A press during a run means Stop, so wait until the buttons say Check.
IDLE = """(async () => {
  const buttons = [...document.querySelectorAll(".practice-press")];
  while (buttons.some((button) => button.disabled || button.textContent !== "Check"))
    await new Promise((done) => setTimeout(done, 1));
})"""
FIRST = """async () => {
  const begin = performance.now();
  document.querySelector(".practice-start").click();
  await alexnetPython.start();
  const ready = performance.now();
  const frame = document.querySelector(".practice-check");
  frame.querySelector(".practice-press").click();
  while (!frame.dataset.passed) await new Promise((done) => setTimeout(done, 5));
  const first = performance.now();
  await IDLE();
  return [ready - begin, first - begin];
}"""
CHECKS = """async () => {
  const times = [];
  for (const frame of document.querySelectorAll(".practice-check"))
    for (let i = 0; i < 3; i++) {
      const begin = performance.now();
      frame.querySelector(".practice-press").click();
      frame.dataset.passed = "";
      while (!frame.dataset.passed) await new Promise((done) => setTimeout(done, 1));
      times.push(performance.now() - begin);
      await IDLE();
    }
  return times;
}"""
STOP = """async () => {
  const run = alexnetPython.run([["loop", "while True: pass"]], () => {});
  await new Promise((done) => setTimeout(done, 300));
  const begin = performance.now();
  await alexnetPython.stop();
  await run;
  return performance.now() - begin;
}"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves the site without a line for each request."""

    def log_message(self, *args):
        """Say nothing."""

    def end_headers(self):
        """Let the browser keep what it got, as the site's host does."""
        self.send_header("Cache-Control", "max-age=600")
        super().end_headers()


def weight():
    """Return the megabytes of Python in the page: of its files, and of its scripts gzipped."""
    scripts = list((SITE / "_static/python").glob("*.js"))
    if not scripts:
        raise RuntimeError("the site has no exercises to do in the page: build it with `make book`")
    packed = sum(len(gzip.compress(path.read_bytes(), 6)) for path in scripts)
    return {"megabytes": round(packed / 1e6, 2), "files": len(scripts)}


def visit(browser, addresses):
    """Return the figures of a new reader who opens pages one after the other."""
    context = browser.new_context()
    firsts = []
    for address in addresses:
        page = context.new_page()
        page.set_default_timeout(300_000)
        page.goto(address)
        ready, first = page.evaluate(FIRST.replace("IDLE", IDLE))
        firsts.append((ready, first))
    checks = page.evaluate(CHECKS.replace("IDLE", IDLE))
    stop = page.evaluate(STOP)
    context.close()
    return {
        "ready_s": firsts[0][0] / 1000,
        "first_answer_s": firsts[0][1] / 1000,
        "next_page_s": firsts[1][1] / 1000,
        "check_ms": median(checks),
        "slowest_check_ms": max(checks),
        "stop_s": stop / 1000,
    }


def measure(rounds):
    """Return the figures, each the median of the rounds."""
    from playwright.sync_api import sync_playwright

    figures = {"weight": weight()}
    handler = functools.partial(Quiet, directory=SITE)
    with (
        http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server,
        sync_playwright() as playwright,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = browsers.launch(playwright)
        if not browser:
            raise RuntimeError("no Chromium or Chrome: install one, or set CHROME to its path")
        starts = {"web": f"http://127.0.0.1:{server.server_port}", "folder": SITE.as_uri()}
        for name, start in starts.items():
            visits = [visit(browser, [f"{start}/{p}" for p in PAGES]) for _ in range(rounds)]
            figures[name] = {k: round(median(v[k] for v in visits), 2) for k in visits[0]}
        browser.close()
        server.shutdown()
    return figures


def main():
    """Measure, print, and save if asked to."""
    parser = script.make_parser(__doc__)
    parser.add_argument("--rounds", type=script.count, default=3, help="how often (default 3)")
    options = parser.parse_args()
    machine = record.machine()
    figures = measure(options.rounds)
    for name, row in figures.items():
        print(f"{name:8}" + ", ".join(f"{key} {value}" for key, value in row.items()))
    script.save(options, "practice", figures, machine)


if __name__ == "__main__":
    sys.exit(script.run(main))
