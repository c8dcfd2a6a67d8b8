"""Ctrl-C and SIGTERM as a request: finish what must not be torn, then stop.

with Stop() as stop:
    while work and not stop.asked:
        ...
"""

import signal
import threading
import time

__all__ = ["Stop"]


class Stop:
    """While it is entered, the first Ctrl-C (or SIGTERM) only sets `asked`; a second one ends all.

    A notebook's stop button is a Ctrl-C too. torchrun and clusters may send the same signal twice
    at once: what comes within a second of the first is that. Signals reach only the main thread of
    a program: in another thread nothing is caught, and `asked` can be set by hand.
    """

    AGAIN = 1.0  # seconds

    NAMES = ("SIGINT", "SIGTERM", "SIGHUP")  # the last one: the terminal was closed
    SIGNALS = tuple(getattr(signal, name) for name in NAMES if hasattr(signal, name))

    def __init__(self):
        self.asked, self.since = False, 0.0
        self.before = {}

    def __enter__(self):
        if threading.current_thread() is threading.main_thread():
            self.before = {number: signal.signal(number, self.ask) for number in self.SIGNALS}
        return self

    def __exit__(self, *error):
        self.restore()

    def ask(self, number, frame):
        """Called by the signal."""
        now = time.monotonic()
        if not self.asked:
            self.asked, self.since = True, now
        elif now - self.since >= self.AGAIN:  # somebody means it
            self.restore()
            signal.raise_signal(number)

    def restore(self):
        """Give the signals back to whoever had them."""
        for number, handler in self.before.items():
            signal.signal(number, handler)
        self.before = {}
