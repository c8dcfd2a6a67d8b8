"""Firefox for the tests of the site, by its own protocol (Marionette): no driver to install.

    with Firefox("/usr/bin/firefox-esr", folder) as firefox:
        firefox.open("file:///…/index.html")
        firefox.run("return document.title")

Playwright drives only a Firefox of its own. A command and its answer are JSON, after the length of
the text and a colon.
"""

import itertools
import json
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

NAMES = ("firefox-esr", "firefox")
PREFERENCES = {
    "marionette.port": 0,  # any free one, which Firefox writes into its profile
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "app.update.disabledForTesting": True,
    "remote.prefs.recommended": True,
}
PATIENCE = 120  # seconds for a start or a command, on a busy machine


def find():
    """Return the path of Firefox, from $FIREFOX or the PATH, or None."""
    return os.environ.get("FIREFOX") or next(filter(None, map(shutil.which, NAMES)), None)


class Firefox:
    """A headless Firefox with a fresh profile in a folder."""

    def __init__(self, path, folder):
        self.profile = Path(folder)
        lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in PREFERENCES.items()]
        (self.profile / "user.js").write_text("".join(lines), "utf-8")
        command = [path, "--headless", "--marionette", "--no-remote", "--profile", self.profile]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        home = {"HOME": str(self.profile), "MOZ_DISABLE_CONTENT_SANDBOX": "1"}
        self.process = subprocess.Popen(command, env=os.environ | home, **quiet)
        self.numbers = itertools.count(1)
        self.socket = None

    def __enter__(self):
        """Connect."""
        try:
            self.socket = socket.create_connection(("127.0.0.1", self.port()), PATIENCE)
            self.receive()  # who it is
            self.command("WebDriver:NewSession", {})
            limits = {"script": PATIENCE * 1000, "pageLoad": PATIENCE * 1000}
            self.command("WebDriver:SetTimeouts", limits)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *error):
        """Close."""
        self.close()

    def port(self):
        """Return the port that Firefox listens at."""
        written = self.profile / "MarionetteActivePort"
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            if written.is_file() and (text := written.read_text().strip()):
                return int(text)
            time.sleep(0.1)
        raise RuntimeError("Firefox did not start.")

    def receive(self):
        """Return one message."""
        head = b""
        while not head.endswith(b":"):
            head += self.socket.recv(1)
        size, text = int(head[:-1]), b""
        while len(text) < size:
            text += self.socket.recv(size - len(text))
        return json.loads(text)

    def command(self, name, arguments):
        """Send a command, and return its answer."""
        text = json.dumps([0, next(self.numbers), name, arguments]).encode()
        self.socket.sendall(f"{len(text)}:".encode() + text)
        _, _, error, answer = self.receive()
        if error:
            raise RuntimeError(f"{name}: {error['message']}")
        return answer

    def open(self, address):
        """Open a page, and wait until it is loaded."""
        self.command("WebDriver:Navigate", {"url": address})

    def run(self, script, *arguments):
        """Return what the body of an async function returns (`return …`, with `arguments`)."""
        body = f"return (async () => {{ {script} }})()"
        wanted = {"script": body, "args": list(arguments)}
        return self.command("WebDriver:ExecuteScript", wanted)["value"]

    def size(self, width, height):
        """Give the window this size."""
        self.command("WebDriver:SetWindowRect", {"width": width, "height": height})

    def picture(self):
        """Return a picture of what is seen of the page, as base64."""
        return self.command("WebDriver:TakeScreenshot", {"full": False})["value"]

    def close(self):
        """End Firefox."""
        if self.socket:
            self.socket.close()
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
