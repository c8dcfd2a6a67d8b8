"""What Lighthouse says of a page of each kind: its scores, as a phone on a slow line sees the site.

Lighthouse is a program for Node, and is optional: `npm install -g lighthouse`, or set LIGHTHOUSE to
its path. The site is served as web servers do, compressed. Each page is opened several times; the
scores and times are medians, since the times shift with what else the machine does.
"""

import contextlib
import gzip
import http.server
import json
import mimetypes
import os
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path
from statistics import median

__all__ = ["PAGES", "figures", "find", "serve"]

# One page of each kind: the first, the heaviest lesson, widgets alone, Python in the page, tables,
# a reference, questions, terms, results.
PAGES = (
    "book/index.html",
    "book/blocks/convolution.html",
    "book/network/explorer.html",
    "book/practice/convolution.html",
    "book/appendix/instructors.html",
    "book/appendix/api/scratch.html",
    "book/appendix/faq.html",
    "book/appendix/glossary.html",
    "search.html?q=convolution",
)
SCORES = ("performance", "accessibility", "best-practices", "seo")
COMPRESSED = (".png", ".webp", ".jpg", ".woff", ".woff2")  # gzip gains nothing


def find():
    """Return the path of Lighthouse, or None."""
    return os.environ.get("LIGHTHOUSE") or shutil.which("lighthouse")


@contextlib.contextmanager
def serve(folder):
    """Serve a folder on localhost, compressed and to be kept; give its address with a slash."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args):
            """Say nothing."""

        def do_GET(self):
            """Send a file."""
            file = Path(folder, self.path.partition("?")[0].lstrip("/"))
            if not file.is_file():
                self.send_error(404)
                return
            data = file.read_bytes()
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            self.send_response(200)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            if file.suffix not in COMPRESSED:
                data = gzip.compress(data, 6)
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(data)))
            self.send_header("Cache-Control", "max-age=31536000")
            self.end_headers()
            self.wfile.write(data)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def report(program, chrome, address):
    """Return Lighthouse's report on one visit of a page."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "report.json")
        flags = "--chrome-flags=--headless --no-sandbox --disable-gpu"
        command = [program, address, "--quiet", "--output=json", f"--output-path={path}", flags]
        environment = os.environ | {"CHROME_PATH": chrome}
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if not path.exists():
            raise RuntimeError(f"Lighthouse could not open {address}: {done.stderr[-300:]}")
        return json.loads(path.read_text("utf-8"))


def figures(program, chrome, address, rounds):
    """Return {score: of 100, "paint_s", "largest_s", "blocked_ms", "shift"} of a page."""
    reports = [report(program, chrome, address) for _ in range(rounds)]

    def middle(audit):
        return median(r["audits"][audit]["numericValue"] for r in reports)

    scores = {
        score.replace("-", "_"): round(
            100 * median(r["categories"][score]["score"] for r in reports)
        )
        for score in SCORES
    }
    return scores | {
        "paint_s": round(middle("first-contentful-paint") / 1000, 2),
        "largest_s": round(middle("largest-contentful-paint") / 1000, 2),
        "blocked_ms": round(middle("total-blocking-time")),
        "shift": round(middle("cumulative-layout-shift"), 3),
    }
