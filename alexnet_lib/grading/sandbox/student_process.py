"""The program inside the sandbox: it runs the student's cells and calls the student's functions.

It reads requests from its standard input, answers on its standard output, and needs nothing but
IPython and wire.py. It runs cells as a notebook would, keeps the objects that the student's
functions return, and sends back plain data. Whatever the student's code does to this process spoils
only the student's own answers: the grader trusts nothing that it sends.

    {"op": "run", "code": …, "limit": 10, "room": 2000}   run a cell, keep so many bytes of what it
                                                   shows -> {"outputs": […]}
    {"op": "names", "names": […]}                  look names up -> {"values": {name: value}}
    {"op": "call", "ref": 3, "values": [args, kw]} -> {"ok": value, "printed": …, "changed": […]}
    {"op": "get" | "set" | "item", "ref": 3, …}    an attribute or an item -> {"ok": value}

An exception comes back as {"error": {…}}. wire.py describes messages and values.
"""

import contextlib
import io
import json
import os
import re
import signal
import sys
import threading
import traceback
import warnings

sys.path[:0] = sys.argv[1:]  # the folder that holds this package in the sandbox
from alexnet_lib.grading.sandbox import wire  # noqa: E402

MOST_PRINTED = 100_000  # characters kept of what one cell prints


class TooLong(BaseException):
    """Raised in the student's code when its time is over."""


class Values:
    """Values on their way in and out; whatever is not plain data stays here under a number."""

    def __init__(self):
        self.kept = {}
        self.arrays = []  # of the message that is being written

    def encode(self, value):
        """Return the value as the wire has it."""
        return wire.encode(value, self.arrays, self.keep)

    def decode(self, value, arrays):
        """Return the value that a request holds."""
        return wire.decode(value, arrays, self.kept.__getitem__)

    def keep(self, value):
        """Keep an object; return its number, and what the grader may know of it."""
        number = len(self.kept)
        self.kept[number] = value
        try:
            shown = repr(value)[:200]
        except Exception:
            shown = f"<{type(value).__name__}>"
        name = getattr(value, "__name__", "") if callable(value) else ""
        return [number, callable(value), str(name)[:80], shown]


class Outputs:
    """What a cell shows, in order and up to a limit, including what its threads print."""

    def __init__(self):
        self.lock = threading.Lock()
        self.room = 0  # bytes of pictures kept
        self.clear()

    def clear(self):
        """Forget everything so far."""
        self.all = []
        self.printed = self.pictures = 0
        self.cut = self.missing = False

    def write(self, name, text):
        """Add printed text."""
        with self.lock:
            room = MOST_PRINTED - self.printed
            self.printed += len(text)
            if room > 0:
                last = self.all[-1] if self.all else {}
                if last.get("stream") == name:
                    last["text"] += text[:room]
                else:
                    self.all.append({"stream": name, "text": text[:room]})
            if self.printed > MOST_PRINTED and not self.cut:
                self.cut = True
                cut = f"\n[output after {MOST_PRINTED:,} characters is left out]\n"
                self.all.append({"stream": "stdout", "text": cut})

    def show(self, data):
        """Add something displayed: a picture if it has one, otherwise its text."""
        for kind in ("image/png", "image/jpeg"):
            picture = data.get(kind)
            if not picture:
                continue
            if isinstance(picture, bytes):
                import base64

                picture = base64.b64encode(picture).decode()
            if self.pictures + len(picture) <= self.room:
                self.pictures += len(picture)
                with self.lock:
                    self.all.append({"picture": kind, "data": str(picture)})
                return
            if not self.missing:
                self.missing = True
                self.write("stdout", "[pictures are left out from here: they are too large]\n")
        self.write("stdout", str(data.get("text/plain", "")) + "\n")


class Stream(io.TextIOBase):
    """Standard output or standard error of the cells."""

    encoding = "utf-8"

    def __init__(self, name, outputs):
        self.name, self.outputs = name, outputs

    def writable(self):
        """Return True."""
        return True

    def write(self, text):
        """Pass a text on to the outputs."""
        self.outputs.write(self.name, str(text))
        return len(text)


def make_shell(outputs):
    """Return IPython without history, which shows everything through `outputs`."""
    from IPython.core.displayhook import DisplayHook
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets import Type
    from traitlets.config import Config

    class Hook(DisplayHook):
        def write_output_prompt(self):
            pass

        def write_format_data(self, format_dict, md_dict=None):
            outputs.show(format_dict)

    class Publisher(DisplayPublisher):
        def publish(self, data, metadata=None, **kw):
            outputs.show(data)

        def clear_output(self, wait=False):
            outputs.clear()

    class Shell(InteractiveShell):
        displayhook_class, display_pub_class = Type(Hook), Type(Publisher)

    shell = Shell.instance(config=Config(HistoryManager={"enabled": False}))

    def show_traceback(kind, error, lines):
        text = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(map(str, lines)))[-5000:]
        name, said = getattr(kind, "__name__", "Error"), str(error)[:2000]
        outputs.all.append({"error": name, "said": said, "traceback": text})

    shell._showtraceback = show_traceback
    return shell


class Alarm:
    """Ends the student's code after some seconds, repeatedly if it goes on: `with alarm(10): …`."""

    def __init__(self):
        self.on = False
        signal.signal(signal.SIGALRM, self.ring)

    def ring(self, number, frame):
        """Handle the signal."""
        if self.on:
            raise TooLong

    @contextlib.contextmanager
    def __call__(self, seconds):
        """Limit the body to this many seconds."""
        self.on = True
        signal.setitimer(signal.ITIMER_REAL, seconds, 0.5)
        try:
            yield
        finally:
            self.on = False
            signal.setitimer(signal.ITIMER_REAL, 0)


class Server:
    """Answers one request after another."""

    def __init__(self, shell, outputs):
        self.shell, self.outputs = shell, outputs
        self.values, self.alarm = Values(), Alarm()

    def answer(self, request, arrays):
        """Return the answer to one request."""
        op, limit = request["op"], request.get("limit", 10)
        if op == "run":
            return self.run_cell(request["code"], limit, request.get("room", 0))
        if op == "names":
            known = self.shell.user_ns
            names = [name for name in request["names"] if name in known]
            return {"values": {name: self.values.encode(known[name]) for name in names}}
        target = self.values.kept[request["ref"]]
        values = [self.values.decode(v, arrays) for v in request.get("values", [])]
        try:
            if op == "call":
                return self.call(target, *values, limit)
            with self.alarm(limit):
                if op == "get":
                    return {"ok": self.values.encode(getattr(target, request["attribute"]))}
                if op == "set":
                    return {"ok": setattr(target, request["attribute"], values[0])}
                return {"ok": self.values.encode(target[values[0]])}
        except BaseException as error:
            return {"error": self.describe_error(error, target)}

    def run_cell(self, code, limit, room):
        """Run a cell."""
        self.outputs.clear()
        self.outputs.room = room
        try:
            with self.alarm(limit):
                self.shell.run_cell(code, store_history=False)
        except TooLong:  # between two lines of IPython's own
            pass
        outputs = self.outputs.all
        for output in outputs:
            if output.get("error") == "TooLong":
                output |= {"error": "Stopped", "said": f"the cell took more than {limit:g} s"}
                output["traceback"] = ""
        self.outputs.clear()
        return {"outputs": outputs}

    def call(self, f, args, kw, limit):
        """Call a function; also report its warnings and the arguments it changed in place."""
        self.outputs.clear()
        arguments = [*args, *kw.values()]
        before = [self.fingerprint(v) for v in arguments]
        with warnings.catch_warnings(record=True) as caught, self.alarm(limit):
            warnings.simplefilter("always")
            result = self.values.encode(f(*args, **kw))
        printed = "".join(output.get("text", "") for output in self.outputs.all)[:2000]
        answer = {"ok": result, "printed": printed, "warned": [], "changed": []}
        for warning in caught[:3]:
            name = getattr(warning.category, "__name__", "Warning")
            answer["warned"].append([name, str(warning.message)[:500]])
        for i, (value, old) in enumerate(zip(arguments, before, strict=True)):
            if old is not None and self.fingerprint(value) != old:
                answer["changed"].append([i, self.values.encode(value)])
        return answer

    def fingerprint(self, value):
        """Return an array or a list as text and bytes, to compare later; None for anything else."""
        if isinstance(value, list) or hasattr(value, "dtype"):
            values = Values()
            return values.encode(value), values.arrays
        return None

    def describe_error(self, error, target):
        """Return an exception as plain data, with the last line of the student's own code."""
        namespace = self.shell.user_ns
        place = None
        for frame, line in traceback.walk_tb(error.__traceback__):
            code = frame.f_code
            if frame.f_globals is namespace and not code.co_name.startswith("<"):
                import linecache

                text = linecache.getline(code.co_filename, line)
                is_target = code is getattr(target, "__code__", None)
                place = [code.co_name, line - code.co_firstlineno, text[:300], is_target]
        try:
            said = str(error)[:2000]
        except Exception:
            said = ""
        kinds = [kind.__name__ for kind in type(error).__mro__]
        return {"kinds": kinds[:20], "said": said, "place": place}


def serve(requests, answers, server):
    """Answer until there are no more requests."""
    while True:
        head = requests.read(wire.HEAD.size)
        if len(head) < wire.HEAD.size:
            return
        length, tail = wire.HEAD.unpack(head)
        request, arrays = json.loads(requests.read(length)), io.BytesIO(requests.read(tail))
        server.values.arrays = []
        try:
            message = wire.pack_message(server.answer(request, arrays), server.values.arrays)
        except BaseException as error:  # a time limit at a bad moment, or an unruly value
            kind = type(error).__name__
            details = {"kinds": [kind], "said": f"no answer: {kind}", "place": None}
            message = wire.pack_message({"error": details})
        answers.write(message)
        answers.flush()


def main():
    """Serve on standard input and output, and give the student's code others."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    outputs = Outputs()
    sys.argv = [""]
    sys.stdin = os.fdopen(0, encoding="utf-8")
    server = Server(make_shell(outputs), outputs)
    sys.stdout, sys.stderr = Stream("stdout", outputs), Stream("stderr", outputs)
    os.dup2(nothing, 2)  # until here, the grader reads what goes wrong
    ends = (requests.fileno(), answers.fileno())  # a forked child must not answer as well
    os.register_at_fork(after_in_child=lambda: [os.close(end) for end in ends])
    serve(requests, answers, server)


if __name__ == "__main__":
    main()
