"""The Chromium or Chrome that the tests and benchmarks/site.py run."""

import os
import shutil

# The headless shell comes first: it draws no window, and takes less than half the time for a page.
NAMES = (
    *("chromium-headless-shell", "chromium", "chromium-browser"),
    *("google-chrome", "google-chrome-stable", "chrome"),
)
OPTIONS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]


def launch(playwright):
    """Start the browser in $CHROME, or the first one installed; return None if there is none."""
    path = os.environ.get("CHROME") or next(filter(None, map(shutil.which, NAMES)), None)
    return playwright.chromium.launch(executable_path=path, args=OPTIONS) if path else None
