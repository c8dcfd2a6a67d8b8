"""The built site, a server for it and a browser that reads it.

The tests build nothing where `_build/html` is as new as its sources; else they build it once, with
the command of `make book`.
"""

import contextlib
import functools
import http.server
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
SITE = ROOT / "_build/html"
BUILD = ["build", ".", "-W", "--keep-going", "--quiet"]

sys.path.insert(0, str(ROOT / "book/_ext"))


def toc_pages(item):
    """Yield the address of every page that the table of contents names."""
    if isinstance(item, list):
        for part in item:
            yield from toc_pages(part)
    elif isinstance(item, dict):
        yield from (f"{item[key]}.html" for key in ("root", "file") if key in item)
        for key in ("parts", "chapters", "sections"):
            yield from toc_pages(item.get(key))


CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
COURSE = yaml.safe_load((ROOT / "book/course.yml").read_text("utf-8"))
PRACTICE = [f"book/practice/{name}.html" for name in COURSE["exercises"]]
CONTENT = [*toc_pages(yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))), *PRACTICE]
PAGES = [*CONTENT, "search.html"]
REFERENCE = [page for page in CONTENT if page.startswith("book/appendix/api")]
# Pages made by one program are alike. Where each page takes seconds, two of them stand for the
# others, and `make test-full` opens all.
ALIKE = [
    *PRACTICE[2:],
    *(p for p in REFERENCE[1:] if not p.endswith(("scratch.html", "training.html"))),
]
EACH_PAGE = [pytest.param(p, marks=pytest.mark.full) if p in ALIKE else p for p in PAGES]
LESSONS = [f"book/{name}.html" for name in COURSE["lessons"]]
NOTEBOOKS = [*LESSONS, *(f"book/{name}.html" for name in COURSE["pages"])]


def sources():
    """Yield every file that the site is made from."""
    yield from (ROOT / "_config.yml", ROOT / "_toc.yml")
    for folder in ("book", "alexnet_lib", "exercises/release"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and path.suffix != ".pyc":
                yield path


@pytest.fixture(scope="session")
def site(shared_folder):
    """Return the folder of the built site; the first worker that needs it builds it."""
    shared_folder("site", build_if_old)
    return SITE


def build_if_old(_):
    """Build the site unless it is as new as its sources."""
    door = SITE / "index.html"  # the extension writes it at the end of every build
    if not door.exists() or door.stat().st_mtime < max(s.stat().st_mtime for s in sources()):
        built = jupyter_book(ROOT)
        if built.returncode:
            pytest.fail(f"The site could not be built:\n{built.stdout[-3000:]}", pytrace=False)


def jupyter_book(folder, **environment):
    """Build the book in a folder as `make book` does; return the finished process."""
    return subprocess.run(
        [sys.executable, ROOT / "tools/build_book.py", *BUILD],
        cwd=folder,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves files without a line per request."""

    def log_message(self, *args):
        """Say nothing."""


@contextlib.contextmanager
def serve(folder):
    """Serve a folder on localhost; give its address, with a slash at its end."""
    handler = functools.partial(QuietHandler, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as http_server:
        thread = threading.Thread(target=http_server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{http_server.server_port}/"
        http_server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def server(site):
    """Return the address of the site on localhost, with a slash at its end."""
    with serve(site) as address:
        yield address


ALL_LIVE = """
[...document.querySelectorAll("[data-alexnet-widget]")].every((div) => "live" in div.dataset)
"""


class View:
    """A page in the browser, and everything that it asked for and complained about."""

    def __init__(self, browser, address, **settings):
        self.context = browser.new_context(**settings)
        self.page = self.context.new_page()
        self.page.set_default_timeout(10_000)
        self.requests, self.responses, self.troubles = [], [], []
        self.page.on("request", lambda r: self.requests.append(r.url))
        self.page.on("requestfailed", lambda r: self.troubles.append(f"failed: {r.url}"))
        self.page.on("response", self.note_response)
        self.page.on("console", self.note_console)
        self.page.on("pageerror", lambda e: self.troubles.append(f"uncaught: {e}"))
        self.page.goto(address)
        self.page.wait_for_load_state("networkidle")

    def note_response(self, response):
        """Keep the response; an error is a trouble."""
        self.responses.append(response)
        if response.status >= 400:
            self.troubles.append(f"{response.status}: {response.url}")

    def note_console(self, message):
        """Errors and warnings are troubles; the theme's chatter is not."""
        if message.type in ("error", "warning"):
            self.troubles.append(f"{message.type}: {message.text}")

    def read_to_the_end(self):
        """Scroll as a reader does, so that everything that waits for it is loaded."""
        self.page.evaluate(
            """async () => {
              for (const folded of document.querySelectorAll("details.hide")) folded.open = true;
              // A browser that draws nothing for a while gives no frame: go on without it.
              const frame = () => new Promise((r) => {
                requestAnimationFrame(r);
                setTimeout(r, 250);
              });
              for (let y = 0; y < document.body.scrollHeight; y += 2 * innerHeight) {
                scrollTo({ top: y, behavior: "instant" });
                await frame();
              }
              scrollTo({ top: 0, behavior: "instant" });
            }"""
        )
        self.page.wait_for_load_state("networkidle")
        # What stands in a closed menu is not loaded before it opens.
        self.page.wait_for_function(
            "[...document.images].every((image) => image.complete || !image.offsetParent)"
        )
        self.page.wait_for_function(ALL_LIVE)
        return self

    def close(self):
        """Close the page."""
        self.context.close()


@pytest.fixture
def view(browser):
    """`view(address, **settings of the browser's context)` -> a View, closed at the end."""
    views = []

    def open_view(address, **settings):
        views.append(View(browser, address, **settings))
        return views[-1]

    yield open_view
    for one in views:
        one.close()
