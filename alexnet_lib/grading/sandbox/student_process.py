"""The far side of the wall: what runs in the student's process, inside the sandbox.

A program of its own: it gets requests on its standard input and answers on its standard output,
and needs nothing but IPython. It runs the student's cells as a notebook would, keeps the things
that their functions return, and sends back plain data. Whatever the student's code does to it,
it can only spoil the student's own answers: the near side (wire.py) believes nothing it says.

A message, either way: two numbers of four bytes (the length of the text, the length of the arrays
behind it), the text (JSON), the arrays one after another as bytes.

    {"op": "run", "code": …, "limit": 10}          a cell -> {"outputs": […]}
    {"op": "names", "names": […]}                  those there are -> {"values": {name: value}}
    {"op": "call", "ref": 3, "values": [args, kw]} -> {"ok": value, "printed": …, "changed": […]}
    {"op": "get" | "set" | "item", "ref": 3, …}    an attribute or an item -> {"ok": value}

An exception comes back as {"error": {…}}. A value is itself (None, bool, str, int, float) or a
list of a kind and what belongs to it; see `encoded`.
"""

import contextlib
import io
import json
import os
import re
import signal
import struct
import sys
import threading
import traceback
import warnings

HEAD = struct.Struct(">II")
TEXT = 100_000  # characters kept of what one cell prints
PICTURES = 2_000_000  # bytes kept of its pictures
DEPTH = 20  # lists in lists


class TooLong(BaseException):
    """Raised in the student's code when its time is over."""


class Values:
    """Plain data to JSON and back; anything else stays here and gets a number."""

    def __init__(self):
        self.kept, self.sent = {}, []

    def encoded(self, v, depth=0):
        """The value as JSON can hold it; the bytes of its arrays go to `sent`."""
        if v is None or type(v) in (bool, str, int, float):
            return v
        if depth <= DEPTH:
            if isinstance(v, (list, tuple, set, frozenset)):
                kind = "list" if isinstance(v, list) else "tuple" if isinstance(v, tuple) else "set"
                return [kind, [self.encoded(x, depth + 1) for x in v]]
            if isinstance(v, dict):
                pairs = v.items()
                return ["dict", [[self.encoded(x, depth + 1) for x in pair] for pair in pairs]]
            if type(v) is complex:
                return ["complex", [v.real, v.imag]]
            np, torch = sys.modules.get("numpy"), sys.modules.get("torch")
            if torch and isinstance(v, torch.Tensor):
                return self.array("tensor", v.detach().cpu().contiguous().numpy(), np)
            if np and isinstance(v, np.str_):
                return str(v)
            if np and isinstance(v, (np.ndarray, np.generic)) and v.dtype.kind in "biufc":
                return self.array("scalar" if isinstance(v, np.generic) else "array", v, np)
        return self.reference(v)

    def array(self, kind, v, np):
        """An array: its type and shape here, its numbers behind the text."""
        data = np.ascontiguousarray(v)
        self.sent.append(data.tobytes())
        return [kind, [data.dtype.str, list(v.shape)]]

    def reference(self, v):
        """A number for what stays here, and what the near side may say of it."""
        number = len(self.kept)
        self.kept[number] = v
        try:
            shown = repr(v)[:200]
        except Exception:
            shown = f"<{type(v).__name__}>"
        name = getattr(v, "__name__", "") if callable(v) else ""
        return ["far", [number, callable(v), str(name)[:80], shown]]

    def decoded(self, v, arrays):
        """The value that a request brings; `arrays` gives the bytes of the next array."""
        if not isinstance(v, list):
            return v
        kind, x = v
        if kind in ("list", "tuple", "set"):
            items = [self.decoded(y, arrays) for y in x]
            return items if kind == "list" else tuple(items) if kind == "tuple" else set(items)
        if kind == "dict":
            return {self.decoded(a, arrays): self.decoded(b, arrays) for a, b in x}
        if kind == "complex":
            return complex(*x)
        if kind == "far":
            return self.kept[x[0]]
        import numpy as np

        data = np.frombuffer(arrays(x), dtype=x[0]).reshape(x[1]).copy()
        if kind == "tensor":
            import torch

            return torch.from_numpy(data)
        return data[()] if kind == "scalar" else data


class Outputs:
    """What a cell shows, in order, up to a limit; what comes from other threads, too."""

    def __init__(self):
        self.lock = threading.Lock()
        self.clear()

    def clear(self):
        """Forget everything so far."""
        self.all, self.text, self.pictures, self.cut = [], 0, 0, False

    def write(self, name, text):
        """Text that was printed."""
        with self.lock:
            room = TEXT - self.text
            self.text += len(text)
            if room > 0:
                last = self.all[-1] if self.all else {}
                if last.get("stream") == name:
                    last["text"] += text[:room]
                else:
                    self.all.append({"stream": name, "text": text[:room]})
            if self.text > TEXT and not self.cut:
                self.cut = True
                cut = f"\n[what was printed after {TEXT:,} characters is left out]\n"
                self.all.append({"stream": "stdout", "text": cut})

    def show(self, data):
        """Something displayed: a picture if it has one, else its text."""
        for kind in ("image/png", "image/jpeg"):
            picture = data.get(kind)
            if picture and self.pictures + len(picture) <= PICTURES:
                if isinstance(picture, bytes):
                    import base64

                    picture = base64.b64encode(picture).decode()
                self.pictures += len(picture)
                with self.lock:
                    self.all.append({"picture": kind, "data": str(picture)})
                return
        self.write("stdout", str(data.get("text/plain", "")) + "\n")


class Stream(io.TextIOBase):
    """Standard output or standard error of the cells."""

    encoding = "utf-8"

    def __init__(self, name, outputs):
        self.name, self.outputs = name, outputs

    def writable(self):
        """Yes."""
        return True

    def write(self, text):
        """Take a text."""
        self.outputs.write(self.name, str(text))
        return len(text)


def shell_for(outputs):
    """IPython, without history, showing what it shows by `outputs`."""
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

    def failed(kind, error, lines):
        text = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(map(str, lines)))[-5000:]
        name, said = getattr(kind, "__name__", "Error"), str(error)[:2000]
        outputs.all.append({"error": name, "said": said, "traceback": text})

    shell._showtraceback = failed
    return shell


class Alarm:
    """Ends the student's code after some seconds: `with alarm(10): …`; again if it went on."""

    def __init__(self):
        self.on = False
        signal.signal(signal.SIGALRM, self.ring)

    def ring(self, number, frame):
        """Called by the signal."""
        if self.on:
            raise TooLong

    @contextlib.contextmanager
    def __call__(self, seconds):
        """For so many seconds."""
        self.on = True
        signal.setitimer(signal.ITIMER_REAL, seconds, 0.5)
        try:
            yield
        finally:
            self.on = False
            signal.setitimer(signal.ITIMER_REAL, 0)


class Far:
    """The student's process: one request after another."""

    def __init__(self, shell, outputs):
        self.shell, self.outputs = shell, outputs
        self.values, self.alarm = Values(), Alarm()

    def answer(self, request, arrays):
        """The answer to one request."""
        op, limit = request["op"], request.get("limit", 10)
        if op == "run":
            return self.run(request["code"], limit)
        if op == "names":
            known = self.shell.user_ns
            names = [name for name in request["names"] if name in known]
            return {"values": {name: self.values.encoded(known[name]) for name in names}}
        thing = self.values.kept[request["ref"]]
        values = [self.values.decoded(v, arrays) for v in request.get("values", [])]
        try:
            if op == "call":
                return self.call(thing, *values, limit)
            with self.alarm(limit):
                if op == "get":
                    return {"ok": self.values.encoded(getattr(thing, request["attribute"]))}
                if op == "set":
                    return {"ok": setattr(thing, request["attribute"], values[0])}
                return {"ok": self.values.encoded(thing[values[0]])}
        except BaseException as error:
            return {"error": self.described(error, thing)}

    def run(self, code, limit):
        """A cell."""
        self.outputs.clear()
        try:
            with self.alarm(limit):
                self.shell.run_cell(code, store_history=False)
        except TooLong:  # between two lines of IPython's own
            pass
        said = self.outputs.all
        for shown in said:
            if shown.get("error") == "TooLong":
                shown |= {"error": "Stopped", "said": f"the cell took more than {limit:g} s"}
                shown["traceback"] = ""
        self.outputs.clear()
        return {"outputs": said}

    def call(self, f, args, kw, limit):
        """A call, with what it warned of and which arrays and lists it changed in place."""
        self.outputs.clear()
        sent = [*args, *kw.values()]
        before = [self.encoded_alone(v) for v in sent]
        with warnings.catch_warnings(record=True) as caught, self.alarm(limit):
            warnings.simplefilter("always")
            got = self.values.encoded(f(*args, **kw))
        printed = "".join(shown.get("text", "") for shown in self.outputs.all)[:2000]
        answer = {"ok": got, "printed": printed, "warned": [], "changed": []}
        for warning in caught[:3]:
            name = getattr(warning.category, "__name__", "Warning")
            answer["warned"].append([name, str(warning.message)[:500]])
        for i, (value, old) in enumerate(zip(sent, before, strict=True)):
            if old is not None and self.encoded_alone(value) != old:
                answer["changed"].append([i, self.values.encoded(value)])
        return answer

    def encoded_alone(self, v):
        """An array or a list as text and bytes, to see if it changes; None for anything else."""
        if isinstance(v, list) or hasattr(v, "dtype"):
            values = Values()
            text = values.encoded(v)
            return text, values.sent
        return None

    def described(self, error, thing):
        """An exception: its kinds, what it says, and the last line of the student's own."""
        own = self.shell.user_ns
        place = None
        for frame, line in traceback.walk_tb(error.__traceback__):
            code = frame.f_code
            if frame.f_globals is own and not code.co_name.startswith("<"):
                import linecache

                text = linecache.getline(code.co_filename, line)
                called = code is getattr(thing, "__code__", None)
                place = [code.co_name, line - code.co_firstlineno, text[:300], called]
        try:
            said = str(error)[:2000]
        except Exception:
            said = ""
        kinds = [kind.__name__ for kind in type(error).__mro__]
        return {"kinds": kinds[:20], "said": said, "place": place}


def serve(requests, answers, far):
    """Answer until there are no more requests."""
    while True:
        head = requests.read(HEAD.size)
        if len(head) < HEAD.size:
            return
        length, behind = HEAD.unpack(head)
        request, arrays = json.loads(requests.read(length)), io.BytesIO(requests.read(behind))

        def take(x, arrays=arrays):
            import numpy as np

            count = 1
            for n in x[1]:
                count *= n
            return arrays.read(np.dtype(x[0]).itemsize * count)

        far.values.sent = []
        try:
            answer = far.answer(request, take)
            text = json.dumps(answer).encode()
        except BaseException as error:  # a time limit at an unlucky moment, a value gone wild
            far.values.sent = []
            said = f"no answer: {type(error).__name__}"
            answer = {"error": {"kinds": [type(error).__name__], "said": said, "place": None}}
            text = json.dumps(answer).encode()
        behind = b"".join(far.values.sent)
        answers.write(HEAD.pack(len(text), len(behind)) + text + behind)
        answers.flush()


def main():
    """Take standard input and output for the messages; the student's code gets others."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    outputs = Outputs()
    sys.path[:0] = sys.argv[1:]
    sys.argv = [""]
    sys.stdin = os.fdopen(0, encoding="utf-8")
    far = Far(shell_for(outputs), outputs)
    sys.stdout, sys.stderr = Stream("stdout", outputs), Stream("stderr", outputs)
    os.dup2(nothing, 2)  # until here, the near side reads what goes wrong
    ends = (requests.fileno(), answers.fileno())  # a forked child must not answer as well
    os.register_at_fork(after_in_child=lambda: [os.close(end) for end in ends])
    serve(requests, answers, far)


if __name__ == "__main__":
    main()
