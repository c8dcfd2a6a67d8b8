"""Run the cells of an exercise in the page, and say what came out in the words of a notebook.

The page's worker packs this file with the package (``practice_pages.py``) and calls `run_cells`.
Every run begins with nothing defined: what a check says depends on what stands in the page, and
not on what was run before.
"""

import ast
import contextlib
import linecache
import sys
import traceback
import types

LIMIT = 10_000  # characters that one cell may print
AT_ONCE = 100  # lines that the page gets one by one; after them in pieces of PIECE characters
PIECE = 500

# What IPython would run for a notebook, and Python can't read.
ONLY_IN_NOTEBOOKS = ("%", "!")


class Output:
    """A file that hands on what a cell prints, as soon as a line ends, and cuts it at the limit."""

    def __init__(self, send):
        self.send = send
        self.waiting = ""
        self.left = LIMIT
        self.sent = 0

    def write(self, text):
        """Take a text; return its length, as a file does."""
        text = str(text)
        if self.left > 0:
            self.waiting += text[: self.left]
            self.left -= len(text)
            if self.left <= 0:
                self.waiting += f"\n… cut here: a cell may print {LIMIT:,} characters.\n"
                self.flush()
            elif "\n" in text and (self.sent < AT_ONCE or len(self.waiting) > PIECE):
                self.flush()
        return len(text)

    def flush(self):
        """Hand on what waits."""
        if self.waiting:
            self.send(self.waiting)
            self.sent += 1
            self.waiting = ""


def run_cells(cells, send):
    """Run cells in order, past errors, as a grader does.

    cells  [(name, source), …]
    send   called with (name, kind, text): "begin"; "text" for what the cell prints; "error" for
           the sentence in place of a traceback; "end"
    """
    main = types.ModuleType("__main__")
    before = sys.modules["__main__"]
    sys.modules["__main__"] = main  # where a class or a pickle looks for its module
    try:
        for name, source in cells:
            send(name, "begin", "")
            output = Output(lambda text, name=name: send(name, "text", text))
            with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
                error = run_cell(name, source, vars(main))
                output.flush()
            if error:
                send(name, "error", error)
            send(name, "end", "")
    finally:
        sys.modules["__main__"] = before


def run_cell(name, source, variables):
    """Run one cell among the given variables; return its error as a text, or an empty one."""
    file = f"<{name}>"
    lines = source.splitlines(keepends=True)
    linecache.cache[file] = (len(source), None, lines, file)  # messages quote the line
    try:
        last = None
        body = ast.parse(source, file)
        if body.body and isinstance(body.body[-1], ast.Expr):
            last = ast.Expression(body.body.pop().value)
        exec(compile(body, file, "exec", dont_inherit=True), variables)
        if last:
            value = eval(compile(last, file, "eval", dont_inherit=True), variables)
            if value is not None and not source.rstrip().endswith(";"):
                print(repr(value))
    except BaseException as error:  # SystemExit too: the page goes on
        return error_text(error, file, source)
    return ""


def error_text(error, file, source):
    """Return what a reader gets in place of a traceback."""
    if hasattr(error, "_render_traceback_"):  # a check's: the notebook shows the same
        return "\n".join(error._render_traceback_())
    if isinstance(error, SyntaxError) and error.filename == file:
        return f"✗ {unreadable(error, source)}"
    if isinstance(error, SystemExit):
        return "✗ your code stopped: it called exit(); a cell ends by itself."
    if isinstance(error, ModuleNotFoundError) and error.name:
        return (
            f"✗ your code stopped: there is no {error.name} here. The page has Python and NumPy; "
            "in Colab or Jupyter there may be more."
        )
    text = f"{type(error).__name__}: {' '.join(str(error).split())}".removesuffix(": ")
    steps = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    place = f", in line {steps[-1].lineno}: {steps[-1].line}" if steps else ""
    return f"✗ your code stopped: {text}{place}"


def unreadable(error, source):
    """Return why Python can't read a cell, as a text."""
    lines = source.splitlines()
    number = min(max(error.lineno or 1, 1), len(lines) or 1)
    line = lines[number - 1].strip() if lines else ""
    if line.startswith(ONLY_IN_NOTEBOOKS):
        return f"line {number} begins with {line[0]}, which works in Jupyter and Colab only: {line}"
    return f"Python can't read line {number}: {error.msg}: {line}"
