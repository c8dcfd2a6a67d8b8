"""Ctrl-C and SIGTERM as a request: finish what must not be torn, then stop.

    with Stop() as stop:
        while work and not stop.asked:
            ...

The trainer ends its step and saves a checkpoint when it is asked to stop.
"""

import signal
import threading
import time

__all__ = ["Stop"]


class Stop:
    """A context in which the first Ctrl-C or SIGTERM only sets `asked`; a second one acts as usual.

    A notebook's stop button is a Ctrl-C too. torchrun and clusters may send the same signal twice
    at once, so a signal within a second of the first one is ignored. Signals reach only the main
    thread of a program: in another thread nothing is caught, but you can set `asked` yourself.
    """

    AGAIN = 1.0  # seconds after which a signal is a second one

    NAMES = ("SIGINT", "SIGTERM", "SIGHUP")  # SIGHUP: the terminal was closed
    SIGNALS = tuple(getattr(signal, name) for name in NAMES if hasattr(signal, name))

    def __init__(self):
        self.asked = False
        self.since = 0.0
        self.before = {}  # signal -> its handler outside the context

    def __enter__(self):
        if threading.current_thread() is threading.main_thread():
            self.before = {number: signal.signal(number, self.ask) for number in self.SIGNALS}
        return self

    def __exit__(self, *error):
        self.restore()

    def ask(self, number, frame):
        """Handle a signal."""
        now = time.monotonic()
        if not self.asked:
            self.asked = True
            self.since = now
        elif now - self.since >= self.AGAIN:
            self.restore()
            signal.raise_signal(number)

    def restore(self):
        """Put the handlers back that were there before."""
        for number, handler in self.before.items():
            signal.signal(number, handler)
        self.before = {}
