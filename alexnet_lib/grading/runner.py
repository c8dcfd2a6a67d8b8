"""A notebook run through the wall: the student's cells in the sandbox, the test cells here.

The cells run in their order. Of a test cell only what the student can see, too, runs at its place;
its hidden tests come when all cells are done, and nothing that the student's process says from
then on is shown to anybody but the instructor. So a submission can't show the inputs of hidden
tests, neither in a message nor in what a later cell prints.

A process that dies (a crash, too much memory, a loop that nothing stops) costs the cell or the
test at hand. A new one is started for the rest, and given the cells that went well before.
"""

import ast
import builtins
import contextlib
import io
import json
import math
import re
import signal
import threading
import time
import warnings

import numpy as np

from alexnet_lib.grading.sandbox import proxies, wire
from alexnet_lib.grading.sandbox.process import Died, Limits, Process, bound

__all__ = ["ANSWER", "GIVEN", "HIDDEN", "STOPPED", "TEST", "Run", "hidden_lines", "run"]

ANSWER, GIVEN, TEST = "answer", "given", "test"  # kinds of cells
HIDDEN, STOPPED = "HiddenTestFailed", "HiddenTestStopped"  # names of errors, see feedback.py
RESTARTS = 3
SHOWN = 10_000  # characters of what a test prints
PICTURES = {"image/png": b"iVBORw0KGgo", "image/jpeg": b"/9j/"}  # how they begin, in base64


class Overtime(BaseException):
    """Raised in a test that takes too long by itself."""


def run(cells, limits=None, private=()):
    """Run the cells; a list with the outputs of each, as notebooks store them.

    cells: dicts with "kind" (ANSWER, GIVEN or TEST), "source" and, for tests, "points"
    """
    with Run(limits, private) as running:
        return running.all(cells)


class Run:
    """One submission."""

    def __init__(self, limits=None, private=()):
        self.limits, self.private = limits or Limits(), private
        self.until = time.monotonic() + self.limits.total
        self.process, self.starts, self.why = None, 0, ""
        self.ran = []  # the sources of the cells that a new process needs
        self.trusted = {"__name__": "tests"}  # what the instructor's own cells import and define

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.end()

    def end(self):
        """End the student's process."""
        if self.process:
            self.process.__exit__()
            self.process = None

    def all(self, cells):
        """The outputs of all cells."""
        outputs, trials = [[] for _ in cells], []
        for cell, shown in zip(cells, outputs, strict=True):
            if cell["kind"] == TEST:
                trial = Trial(self, cell["source"], cell.get("points", 0))
                trials.append((trial, shown))
                trial.visible(shown)
            else:
                if cell["kind"] == GIVEN:
                    self.trust(cell["source"])
                self.cell(cell["source"], shown)
        for trial, shown in trials:
            trial.hidden(shown)
        return outputs

    def ready(self):
        """See to it that there is a process that has run all cells so far, and time left."""
        if time.monotonic() >= self.until:
            self.end()
            raise Died(f"the notebook took more than {self.limits.total:g} s")
        if self.process and not self.process.ended:
            return
        if self.starts > RESTARTS:
            raise Died(f"it ended {self.starts} times; at last: {self.why}")
        self.end()
        self.starts += 1
        self.process = Process(self.limits, self.private)
        for source in self.ran:
            self.ask({"op": "run", "code": source}, limit=self.limits.cell)

    def ask(self, request, arrays=(), limit=None):
        """Ask the process; whatever ends it is remembered."""
        try:
            return self.process.ask(request, arrays, limit, self.until)
        except Died as error:
            self.why = str(error)
            raise

    def asked_by_test(self, request, arrays):
        """Ask for a stand-in."""
        if self.process is None:
            raise Died(self.why)
        return self.ask(request, arrays)

    def cell(self, source, shown):
        """A cell of the student's, or one given to all."""
        try:
            self.ready()
            answer, _ = self.ask({"op": "run", "code": source}, limit=self.limits.cell)
            shown += outputs_of(answer.get("outputs"))
        except Died as error:
            shown.append(failure("Stopped", str(error)))
            return
        if not any(output.get("ename") == "Stopped" for output in shown):
            self.ran.append(source)

    def trust(self, source):
        """Keep what an instructor's cell imports and defines, for the tests; it runs no more."""
        lines = [x for x in source.split("\n") if not x.lstrip().startswith(("%", "!"))]
        kept = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
        with contextlib.suppress(SyntaxError, ImportError):
            tree = ast.parse("\n".join(lines))
            tree.body = [s for s in tree.body if isinstance(s, kept)]
            exec(compile(tree, "<given>", "exec"), self.trusted)


class Trial:
    """A test cell."""

    def __init__(self, running, source, points):
        self.running, self.points = running, points
        self.tree = ast.parse(source)
        first = first_hidden(self.tree.body, hidden_lines(source))
        self.before, self.after = self.tree.body[:first], self.tree.body[first:]
        self.namespace, self.start, self.failed, self.value = {}, None, False, None

    def visible(self, shown):
        """Run what the student can see, too."""
        try:
            printed = self.prepared()
            if printed:
                shown.append(stream(printed))
        except Exception as error:
            self.failed = True
            printed = getattr(error, "printed", "")
            shown += [stream(printed)] if printed else []
            shown.append(visible_failure(error))
            return
        if not self.after:
            self.credit(shown)

    def hidden(self, shown):
        """Run the rest, and show nothing of it but how it ended."""
        if self.failed or not self.after:
            return
        try:
            self.running.ready()
            if self.start != self.running.starts:  # there has been another process in between
                self.prepared()
            self.execute(self.after)
        except Exception as error:
            self.failed = True
            stopped = proxies.died(error) or isinstance(error, proxies.TookTooLong)
            if error.__cause__ is not None:  # `check` tells what a call raised in its own words
                stopped = stopped or isinstance(error.__cause__, proxies.TookTooLong)
            shown.append(failure(STOPPED if stopped else HIDDEN, said_by(error)[1]))
            return
        self.credit(shown)

    def prepared(self):
        """Find the student's functions and run the visible part; what it printed."""
        self.running.ready()
        self.start = self.running.starts
        self.namespace = dict(self.running.trusted)
        names = needed(self.tree, self.namespace)
        answer, behind = self.running.ask({"op": "names", "names": names})
        behind, ask = io.BytesIO(behind), self.running.asked_by_test
        values = answer.get("values")
        for name in names:
            if isinstance(values, dict) and name in values:
                value = wire.decoded(values[name], behind, lambda *x: proxies.standin(ask, *x))
                self.namespace[name] = value
        return self.execute(self.before)

    def execute(self, statements):
        """Run these statements of the test; what they printed. An exception has it, too."""
        out = io.StringIO()
        body, last = list(statements), None
        if body and body[-1] is self.tree.body[-1] and isinstance(body[-1], ast.Expr):
            last = ast.Expression(body.pop().value)
        try:
            with contextlib.redirect_stdout(out), warnings.catch_warnings(), alarm(self.running):
                warnings.simplefilter("ignore")  # one line on stderr would cost all points
                exec(compile(ast.Module(body, []), "<test>", "exec"), self.namespace)
                if last is not None:
                    self.value = eval(compile(last, "<test>", "eval"), self.namespace)
        except Exception as error:
            error.printed = out.getvalue()[:SHOWN]
            if isinstance(error, wire.Nonsense):
                self.running.end()
            raise
        except Overtime:
            self.running.end()
            raise Died("the test took too long with these answers") from None
        return out.getvalue()[:SHOWN]

    def credit(self, shown):
        """A number at the end of a test cell is how many of its points are earned."""
        kinds = (int, float, np.integer, np.floating)
        if isinstance(self.value, kinds) and not isinstance(self.value, bool):
            value = float(self.value)
            # nothing for NaN, nothing below 0, and no more than there is to earn
            value = min(max(value, 0.0), float(self.points)) if math.isfinite(value) else 0.0
            data = {"text/plain": repr(value)}
            result = {"output_type": "execute_result", "data": data, "metadata": {}}
            shown.append(result | {"execution_count": 1})


def needed(tree, known):
    """The names that a test uses and nobody here has given: they are the student's."""
    loads, stores = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (loads if isinstance(node.ctx, ast.Load) else stores).add(node.id)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            stores |= {(a.asname or a.name).split(".")[0] for a in node.names}
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            stores.add(node.name)
        elif isinstance(node, ast.arg):
            stores.add(node.arg)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            stores.add(node.name)
    return sorted(loads - stores - set(known) - set(dir(builtins)))


def hidden_lines(source):
    """The numbers of the lines, from 1, that belong to hidden tests."""
    lines, inside = set(), False
    for number, line in enumerate(source.split("\n"), start=1):
        inside = inside or "BEGIN HIDDEN TESTS" in line
        if inside:
            lines.add(number)
        inside = inside and "END HIDDEN TESTS" not in line
    return lines


def first_hidden(statements, lines):
    """How many statements come before the first that has hidden lines."""
    for i, statement in enumerate(statements):
        start = min(
            [statement.lineno, *(d.lineno for d in getattr(statement, "decorator_list", ()))]
        )
        if lines & set(range(start, statement.end_lineno + 1)):
            return i
        if lines and start > min(lines):
            return i
    return len(statements)


@contextlib.contextmanager
def alarm(running):
    """End a test that takes longer than the submission may, where that can be done."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(number, frame):
        raise Overtime

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, max(1.0, running.until - time.monotonic()) + 10)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def visible_failure(error):
    """The output for a visible check that failed."""
    return failure(*said_by(error))


def said_by(error):
    """(name, text) for what went wrong in a test."""
    died = proxies.died(error)
    if died:
        return "Stopped", f"your code: {died}"
    if isinstance(error, wire.Nonsense):
        return "Stopped", f"your code: {error}"
    if isinstance(error, proxies.StudentError):
        return "StudentError", f"your code stopped: {type(error).__name__}: {error}"
    text = str(error)[:2000] or "the check did not hold"
    return type(error).__name__, text


def failure(name, text):
    """An error as a notebook stores it."""
    line = f"✗ {text}" if name == "Wrong" else f"{name}: {text}"
    return {"output_type": "error", "ename": name, "evalue": text, "traceback": [line]}


def stream(text, name="stdout"):
    """What was printed, as a notebook stores it."""
    return {"output_type": "stream", "name": name, "text": text}


def outputs_of(said):
    """What the student's process says that a cell has shown: only text and pictures of it."""
    outputs, size = [], 0
    for shown in said if isinstance(said, list) else []:
        size += len(json.dumps(shown, default=str))
        if not isinstance(shown, dict) or len(outputs) >= 200 or size > 3_000_000:
            break
        if "error" in shown:
            name, text = clean(shown["error"])[:100], clean(shown.get("said"))
            error = failure(name, text)
            if shown.get("traceback"):
                error["traceback"] = [clean(shown["traceback"])]
            outputs.append(error)
        elif "picture" in shown:
            kind, data = shown["picture"], str(shown.get("data"))
            begin = PICTURES.get(kind, b"?").decode() if isinstance(kind, str) else "?"
            if data.startswith(begin) and re.fullmatch(r"[A-Za-z0-9+/=\s]+", data):
                picture = {"output_type": "display_data", "data": {kind: data}, "metadata": {}}
                outputs.append(picture)
        elif "stream" in shown:
            name = "stderr" if shown["stream"] == "stderr" else "stdout"
            outputs.append(stream(clean(shown.get("text")), name))
    return outputs


def clean(text):
    """A text without half characters, control characters and folders of this machine."""
    text = str(text).encode("utf-8", "replace").decode()
    for path in bound():
        text = text.replace(str(path), "…")
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", text)
