"""The Chromium or Chrome that the tests and benchmarks/site.py run."""

import os
import shutil

# The headless shell comes first: it draws no window, and takes less than half the time for a page.
NAMES = (
    *("chromium-headless-shell", "chromium", "chromium-browser"),
    *("google-chrome", "google-chrome-stable", "chrome"),
)
OPTIONS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]


def find():
    """Return the path of the browser in $CHROME, or of the first one installed, or None."""
    return os.environ.get("CHROME") or next(filter(None, map(shutil.which, NAMES)), None)


def launch(playwright):
    """Start the browser; return None if there is none."""
    path = find()
    return playwright.chromium.launch(executable_path=path, args=OPTIONS) if path else None
