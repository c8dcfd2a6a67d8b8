"""Run a notebook: the student's cells in the sandbox, the check cells here.

The cells run in order. In its place, a check cell runs only the part that students see; its hidden
tests run when all cells are done, and from then on only the instructor sees what the student's
process says. So a submission can't reveal the inputs of hidden tests, neither in a message nor in
what a later cell prints.

A process that dies (a crash, too much memory, an unstoppable loop) costs the current cell or test.
A new one takes over, after running the cells that succeeded before.
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
from functools import partial

import numpy as np

from alexnet_lib.check import check
from alexnet_lib.grading.sandbox import proxies, wire
from alexnet_lib.grading.sandbox.process import Limits, Process, ProcessDied, python_folders

__all__ = [
    "ANSWER",
    "GIVEN",
    "HIDDEN",
    "STOPPED",
    "TEST",
    "Run",
    "drawing_tests",
    "failed_tests",
    "hidden_lines",
    "run",
]

ANSWER, GIVEN, TEST = "answer", "given", "test"  # kinds of cells
HIDDEN, STOPPED = "HiddenTestFailed", "HiddenTestStopped"  # names of errors; see feedback.py
RESTARTS = 3
MOST_PRINTED = 10_000  # characters kept of what a test prints
MOST_SHOWN = 5_000_000  # characters kept of what a submission shows, its pictures included
PICTURES = {"image/png": "iVBORw0KGgo", "image/jpeg": "/9j/"}  # how they begin, in base64


class Overtime(BaseException):
    """Raised in a test that takes too long by itself."""


def run(
    cells: list[dict], limits: Limits | None = None, private=(), student: int | None = None
) -> list[list[dict]]:
    """Run the cells; return a list with the outputs of each, as notebooks store them.

    cells: dicts with "kind" (ANSWER, GIVEN or TEST), "source" and, for tests, "points"
    private: folders that the student's process must not see
    student: the number for which hidden tests draw their inputs (`check.rng`)
    """
    with Run(limits, private, student) as submission:
        return submission.run_all(cells)


def failed_tests(cells: list[dict], outputs: list[list[dict]]) -> set[int]:
    """Return which of the tests failed hidden, counted from 0 among the tests."""
    tests = [shown for cell, shown in zip(cells, outputs, strict=True) if cell["kind"] == TEST]
    return {i for i, shown in enumerate(tests) if any(o.get("ename") == HIDDEN for o in shown)}


def drawing_tests(sources) -> int:
    """Return how many of these check cells draw inputs for each student."""
    return sum("check.rng(" in source for source in sources)


class Run:
    """The run of one submission."""

    def __init__(self, limits=None, private=(), student=None):
        self.limits, self.private, self.student = limits or Limits(), private, student
        self.until = time.monotonic() + self.limits.total
        self.process = None
        self.starts = 0  # processes started so far
        self.why = ""  # the last one ended
        self.room = MOST_SHOWN  # what is left of it
        self.ran = []  # the sources of the cells that a new process must run first
        self.definitions = {"__name__": "tests"}  # what the instructor's cells import and define

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.end()

    def end(self):
        """End the student's process."""
        if self.process:
            self.process.__exit__()
            self.process = None

    def run_all(self, cells):
        """Run all cells; return their outputs."""
        outputs, tests = [[] for _ in cells], []
        for cell, shown in zip(cells, outputs, strict=True):
            if cell["kind"] == TEST:
                test = CheckCell(self, cell["source"], cell.get("points", 0))
                tests.append((test, shown))
                test.run_visible(shown)
            else:
                if cell["kind"] == GIVEN:
                    self.exec_definitions(cell["source"])
                self.run_cell(cell["source"], shown)
        for test, shown in tests:
            test.run_hidden(shown)
        return outputs

    def ensure_process(self):
        """Start a process if none runs, with all cells so far; refuse when the time is over."""
        if time.monotonic() >= self.until:
            self.end()
            raise ProcessDied(f"the notebook took more than {self.limits.total:g} s")
        if self.process and not self.process.ended:
            return
        if self.starts > RESTARTS:
            raise ProcessDied(f"it ended {self.starts} times; the last time: {self.why}")
        self.end()
        self.starts += 1
        self.process = Process(self.limits, self.private)
        for source in self.ran:
            self.ask({"op": "run", "code": source}, limit=self.limits.cell)

    def ask(self, request, arrays=(), limit=None):
        """Ask the process, and remember why it ended if it does."""
        try:
            return self.process.ask(request, arrays, limit, self.until)
        except ProcessDied as error:
            self.why = str(error)
            raise

    def ask_for_proxy(self, request, arrays):
        """Ask the process on behalf of a proxy, which must not outlive it."""
        if self.process is None:
            raise ProcessDied(self.why)
        return self.ask(request, arrays)

    def run_cell(self, source, shown):
        """Run a cell in the sandbox."""
        try:
            self.ensure_process()
            request = {"op": "run", "code": source, "room": min(self.room, MOST_SHOWN // 2)}
            answer, _ = self.ask(request, limit=self.limits.cell)
            outputs, size = safe_outputs(answer.get("outputs"), self.room)
            shown += outputs
            self.room -= size
        except ProcessDied as error:
            shown.append(make_error("Stopped", str(error)))
            return
        if not any(output.get("ename") == "Stopped" for output in shown):
            self.ran.append(source)

    def exec_definitions(self, source):
        """Execute, for the tests, the imports and definitions of an instructor's cell."""
        lines = [x for x in source.split("\n") if not x.lstrip().startswith(("%", "!"))]
        kept = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
        with contextlib.suppress(SyntaxError, ImportError):
            tree = ast.parse("\n".join(lines))
            tree.body = [s for s in tree.body if isinstance(s, kept)]
            exec(compile(tree, "<given>", "exec"), self.definitions)


class CheckCell:
    """A cell with tests: a visible part, and a hidden part."""

    def __init__(self, submission, source, points):
        self.submission, self.points = submission, points
        self.tree = ast.parse(source)
        first = first_hidden(self.tree.body, hidden_lines(source))
        self.visible, self.hidden = self.tree.body[:first], self.tree.body[first:]
        self.namespace = {}
        self.start = None  # the number of the process that the namespace refers to
        self.failed = False
        self.value = None  # of the last line, if that is an expression

    def run_visible(self, shown):
        """Run the part that the student sees, too."""
        try:
            printed = self.prepare()
            if printed:
                shown.append(make_stream(printed))
        except Exception as error:
            self.failed = True
            printed = getattr(error, "printed", "")
            shown += [make_stream(printed)] if printed else []
            shown.append(make_error(*describe_error(error)))
            return
        if not self.hidden:
            self.add_credit(shown)

    def run_hidden(self, shown):
        """Run the rest, and show only how it ended."""
        if self.failed or not self.hidden:
            return
        try:
            self.submission.ensure_process()
            if self.start != self.submission.starts:  # the functions were those of another process
                self.prepare()
            self.execute(self.hidden)
        except Exception as error:
            self.failed = True
            stopped = proxies.death_behind(error) or isinstance(error, proxies.TookTooLong)
            if error.__cause__ is not None:  # `check` has put a call's exception in its own words
                stopped = stopped or isinstance(error.__cause__, proxies.TookTooLong)
            shown.append(make_error(STOPPED if stopped else HIDDEN, describe_error(error)[1]))
            return
        self.add_credit(shown)

    def prepare(self):
        """Look up the student's functions and run the visible part; return what it printed."""
        self.submission.ensure_process()
        self.start = self.submission.starts
        self.namespace = dict(self.submission.definitions)
        names = student_names(self.tree, self.namespace)
        answer, arrays = self.submission.ask({"op": "names", "names": names})
        values = answer.get("values")
        resolve = partial(proxies.proxy_for, self.submission.ask_for_proxy)
        for name in names:
            if isinstance(values, dict) and name in values:
                self.namespace[name] = wire.decode(values[name], arrays, resolve)
        return self.execute(self.visible)

    def execute(self, statements):
        """Run these statements; return what they printed, or put it into their exception."""
        out = io.StringIO()
        body, last = list(statements), None
        if body and body[-1] is self.tree.body[-1] and isinstance(body[-1], ast.Expr):
            last = ast.Expression(body.pop().value)
        limit, drawing = alarm(self.submission), drawing_for(self.submission.student)
        try:
            with contextlib.redirect_stdout(out), warnings.catch_warnings(), drawing, limit:
                warnings.simplefilter("ignore")  # one line on stderr would cost all points
                exec(compile(ast.Module(body, []), "<test>", "exec"), self.namespace)
                if last is not None:
                    last = ast.fix_missing_locations(StrictEquals().visit(last))
                    names = self.namespace | {StrictEquals.NAME: strictly_equal}
                    self.value = eval(compile(last, "<test>", "eval"), names)
        except Exception as error:
            error.printed = out.getvalue()[:MOST_PRINTED]
            if isinstance(error, wire.ProtocolError):
                self.submission.end()
            raise
        except Overtime:
            self.submission.end()
            raise ProcessDied("the test took too long with these answers") from None
        return out.getvalue()[:MOST_PRINTED]

    def add_credit(self, shown):
        """Output the points that are earned, if the cell ends with a number."""
        kinds = (int, float, np.integer, np.floating)
        if isinstance(self.value, kinds) and not isinstance(self.value, bool):
            value = float(self.value)
            # nothing for NaN, nothing below 0, and not more than the cell's points
            value = min(max(value, 0.0), float(self.points)) if math.isfinite(value) else 0.0
            data = {"text/plain": repr(value)}
            result = {"output_type": "execute_result", "data": data, "metadata": {}}
            shown.append(result | {"execution_count": 1})


class StrictEquals(ast.NodeTransformer):
    """Makes each `a == b` of an expression a call of `strictly_equal`."""

    NAME = "strictly equal"  # no name that a test could have

    def visit_Compare(self, node):
        """Replace a comparison."""
        self.generic_visit(node)
        if len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq):
            values = [node.left, node.comparators[0]]
            return ast.Call(ast.Name(self.NAME, ast.Load()), values, [])
        return node


def strictly_equal(a, b):
    """Return a == b, but False where NumPy would compare what has another shape or is complex.

    An answer that equals everything, since it broadcasts or is empty, must earn no credit.
    """
    arrays = [value for value in (a, b) if isinstance(value, (np.ndarray, np.generic))]
    if np.iscomplexobj(a) != np.iscomplexobj(b) or (arrays and np.shape(a) != np.shape(b)):
        return np.False_
    return a == b


def student_names(tree, known):
    """Return the names that a test uses and nobody defines here: they are the student's."""
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


def hidden_lines(source: str) -> set[int]:
    """Return the numbers of the lines, from 1, that belong to hidden tests."""
    lines, inside = set(), False
    for number, line in enumerate(source.split("\n"), start=1):
        inside = inside or "BEGIN HIDDEN TESTS" in line
        if inside:
            lines.add(number)
        inside = inside and "END HIDDEN TESTS" not in line
    return lines


def first_hidden(statements, lines):
    """Return how many statements come before the first that has hidden lines."""
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
def drawing_for(student):
    """Let `check.rng` draw for this student."""
    before, check.student = check.student, student
    try:
        yield
    finally:
        check.student = before


@contextlib.contextmanager
def alarm(submission):
    """End a test that exceeds the submission's time, if it runs in the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(number, frame):
        raise Overtime

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, max(1.0, submission.until - time.monotonic()) + 10)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def describe_error(error):
    """Return (name, text) for an exception in a test."""
    died = proxies.death_behind(error)
    if died or isinstance(error, wire.ProtocolError):
        return "Stopped", f"your code: {died or error}"
    if isinstance(error, proxies.StudentError):
        return "StudentError", f"your code stopped: {type(error).__name__}: {error}"
    text = str(error)[:2000] or "the check did not hold"
    return type(error).__name__, text


def make_error(name, text):
    """Return an error as a notebook stores it."""
    line = f"✗ {text}" if name == "Wrong" else f"{name}: {text}"
    return {"output_type": "error", "ename": name, "evalue": text, "traceback": [line]}


def make_stream(text, name="stdout"):
    """Return printed text as a notebook stores it."""
    return {"output_type": "stream", "name": name, "text": text}


def safe_outputs(outputs, room):
    """Return a cell's outputs as the student's process reports them, and their size.

    Only texts and pictures are kept, and as many as there is room for, in characters.
    """
    safe, kept = [], 0
    for output in outputs if isinstance(outputs, list) else []:
        size = len(json.dumps(output, default=str))
        if not isinstance(output, dict) or len(safe) >= 200 or kept + size > room:
            safe.append(make_stream("[the rest of what this cell shows is left out: too much]\n"))
            break
        kept += size
        if "error" in output:
            error = make_error(clean_text(output["error"])[:100], clean_text(output.get("said")))
            if output.get("traceback"):
                error["traceback"] = [clean_text(output["traceback"])]
            safe.append(error)
        elif "picture" in output:
            kind, data = output["picture"], str(output.get("data"))
            begin = PICTURES.get(kind, "?") if isinstance(kind, str) else "?"
            if data.startswith(begin) and re.fullmatch(r"[A-Za-z0-9+/=\s]+", data):
                picture = {"output_type": "display_data", "data": {kind: data}, "metadata": {}}
                safe.append(picture)
        elif "stream" in output:
            name = "stderr" if output["stream"] == "stderr" else "stdout"
            safe.append(make_stream(clean_text(output.get("text")), name))
    return safe, kept


def clean_text(text):
    """Return a text without control characters and this machine's folders."""
    text = str(text)
    for path in python_folders():
        text = text.replace(str(path), "…")
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", text)
