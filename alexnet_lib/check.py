"""Check one answer of a student; the result is one line, never a traceback.

    check(conv_out, 227, 11, stride=4).gives(55, near={54: "The first window counts too: + 1."})

calls `conv_out(227, 11, stride=4)`. If that returns 55, it prints `✓ conv_out(227, 11, stride=4)`.
If not, it raises `Wrong`, which a notebook shows as one line that begins with ✗ and names the
likeliest slip. A failed check is an `AssertionError`, and a passed one writes only to standard
output, so nbgrader counts both correctly.
"""

import copy
import linecache
import re
import traceback
import warnings

import numpy as np

__all__ = ["Wrong", "check"]


class Wrong(AssertionError):
    """An answer that is not right yet; the student reads its text."""

    def _render_traceback_(self):
        """Return the lines that IPython and Colab show in place of a traceback."""
        return ["✗ " + str(self)]


class check:
    """One call of a student's function: `check(function, arguments).gives(...)`.

    It copies arrays and lists before the call, so that a function that changes its input doesn't
    spoil the next check.
    """

    student = None  # the number for whom `rng` draws; set while a hidden test is graded

    @staticmethod
    def rng(seed: int) -> np.random.Generator:
        """Return a generator for the inputs of a hidden test.

        In a notebook it draws the same numbers each time. While a class is graded, it draws others
        for each student, and the same ones again if the student is graded again.
        """
        return np.random.default_rng(seed if check.student is None else (seed, check.student + 1))

    def __init__(self, f, *args, **kw):
        self.f, self.args, self.kw = f, args, kw
        self.note = ""  # what to say even if the answer is right
        if not callable(f):
            raise Wrong(f"expected a function, found {_show(f)}: run the cell that defines it.")
        arguments = [_argument(a) for a in args] + [f"{k}={_argument(v)}" for k, v in kw.items()]
        self.call = f"{getattr(f, '__name__', 'your function')}({', '.join(arguments)})"

    def gives(self, want, rtol=1e-6, atol=1e-8, near=None, hint=None):
        """Pass if the call returns `want`: a number, a text, a truth value, a tuple or an array.

        It compares whole numbers (`55`, `(54, 55)`) exactly, and 55.0 is not 55. It compares lists
        and arrays within `rtol` and `atol`, whatever their type.
        `near` lists known slips: `{wrong value: advice}` or `{name: (wrong value, advice)}`.
        """
        got, notes = self._answer(hint)
        slip = _slip(got, want, rtol, atol)
        if slip:
            for name, advice in (near or {}).items():
                value, advice = advice if isinstance(advice, tuple) else (name, advice)
                if not _slip(got, value, rtol, atol):
                    slip, hint = f"gave {_show(got)}. {advice}", None
                    break
            raise self._wrong(slip, hint, *notes)
        self._print_right()

    def holds(self, claim, test, hint=None):
        """Pass if `test(answer)` is true, for tasks with many right answers.

        `test` gets the answer as an array of floats; `claim` says in words what it tests.
        """
        got, notes = self._answer(hint)
        numbers, slip = _numbers(got, "numbers")
        if not slip and not test(numbers.astype(float)):
            slip = f"gave {_show(got)}. Not true yet: {claim}."
        if slip:
            raise self._wrong(slip, hint, *notes)
        self._print_right(f": {claim}")

    def _answer(self, hint=None):
        """Call the function; return its answer, and notes for the case that it is wrong."""
        args, kw = [_copy(a) for a in self.args], {k: _copy(v) for k, v in self.kw.items()}
        # A warning on standard error would cost all points.
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                got = self.f(*args, **kw)
            except Exception as error:
                raise self._failure(error, hint) from error
        notes = [f"Python warned: {str(caught[0].message).rstrip('.')}."] if caught else []
        pairs = zip([*self.args, *self.kw.values()], [*args, *kw.values()], strict=True)
        if any(isinstance(a, np.ndarray) and a.tobytes() != b.tobytes() for a, b in pairs):
            self.note = "Your code changed its input; work on a copy: `x = x.copy()`."
        return got, [*notes, self.note]

    def _print_right(self, claim=""):
        print(f"✓ {self.call}{claim}" + (f"\n  note: {self.note}" if self.note else ""))

    def _failure(self, error, hint=None):
        """Return the `Wrong` that says why the call failed, and where in the student's code."""
        # Frames with the same globals are the student's.
        students = getattr(self.f, "__globals__", None)
        frames = [
            (frame.f_code, line)
            for frame, line in traceback.walk_tb(error.__traceback__)
            if frame.f_globals is students and not frame.f_code.co_name.startswith("<")
        ]
        code, line = frames[-1] if frames else (None, None)
        if isinstance(error, NotImplementedError):
            other = f"{code.co_name} is " if code and code is not self.f.__code__ else ""
            todo = "Put your code in place of `raise NotImplementedError()`."
            return Wrong(f"{self.call}: {other}not written yet. {todo}")
        text = f"your code stopped: {type(error).__name__}: {_error_text(str(error))}"
        if code:
            source = linecache.getline(code.co_filename, line)
            place = f"line {line - code.co_firstlineno + 1} of {code.co_name}"
            text += f", in {place}" + (f": {source}" if source else "")
        elif isinstance(error, TypeError) and students:
            text += "; is the line with `def` still as it was?"
        hint = f"\n  hint: {hint}" if hint else ""
        return Wrong(f"{self.call}: {_one_line(text, 300)}{hint}")

    def _wrong(self, slip, *hints):
        hints = " ".join(h for h in hints if h)
        return Wrong(f"{self.call} {slip}" + (f"\n  hint: {hints}" if hints else ""))


def _error_text(text):
    """Return NumPy's text of an error in the words of the course, where a beginner meets it."""
    if found := re.match(r"operands could not be broadcast .* shapes (\(.+?\)) (\(.+?\))", text):
        one, other = (shape.replace(",", ", ").replace(", )", ",)") for shape in found.groups())
        axes = [len(re.findall(r"\d+", shape)) for shape in (one, other)]
        keepdims = " (is `keepdims=True` missing?)" if axes[0] == axes[1] + 1 else ""
        return f"the shapes {one} and {other} don't fit number by number{keepdims}"
    if found := re.search(r"matmul: .* \(size (\d+) is different from (\d+)\)", text):
        rows, columns = found.groups()
        return (
            f"`@` needs as many rows on its right as columns on its left, but there are {rows} rows"
            f" and {columns} columns (a `.T` too few, or too many?)"
        )
    if text.startswith("Cannot cast ufunc") and (
        found := re.search(r"from dtype\('float\d+'\) to dtype\('(u?int\d+)'\)", text)
    ):
        return (
            f"an array of whole numbers ({found[1]}) can't take fractions: make it an array of "
            "floats, as np.zeros(shape) does"
        )
    if text.startswith("The truth value of an array"):
        return "an array is neither true nor false: ask `is None`, or use .any() or .all()"
    return text


def _slip(got, want, rtol, atol):
    """Return None if `got` is as good as `want`; else what is wrong with it ("gave 54, ...")."""
    want = _as_array(want)
    for kind in (type(None), str, (bool, np.bool_)):
        if isinstance(want, kind):
            same = isinstance(got, kind) and got == want
            return None if same else f"gave {_show(got)}, expected {_show(want)}."
    g, slip = _numbers(got, _show(want))
    if slip:
        return slip
    w = np.asarray(want)
    if g.shape != w.shape:
        return _shape_slip(got, g.shape, want, w.shape)
    if w.dtype.kind in "iu" and isinstance(want, (int, np.integer, tuple)):
        same = g == w
        if same.all() and g.dtype.kind == "f":
            return (
                f"gave {_show(got)}: the right value, but not as a whole number (int), as a size "
                "or a count must be. Use // in place of /, or int(...)."
            )
    else:
        same = np.isclose(g, w, rtol=rtol, atol=atol, equal_nan=True)
    return None if same.all() else _value_slip(got, g, want, w, ~same)


def _numbers(got, expected):
    """Return (the answer as an array, None), or (None, why it is not made of numbers)."""
    got = _as_array(got)
    if got is None:
        return None, "gave None: is a `return` missing? (`print` only shows a value.)"
    if got is ...:
        return None, "gave `...`: that stands for a gap that is still to be filled."
    if isinstance(got, (bool, np.bool_)):
        return None, f"gave {got}, which is a truth value; expected {expected}."
    if isinstance(got, str):
        return None, f"gave {_show(got)}; expected {expected}, without quotation marks."
    if isinstance(got, (int, float, list, tuple, np.ndarray, np.generic)):
        try:
            array = np.asarray(got)
        except ValueError:
            return None, "gave rows of different lengths."
        if array.dtype.kind in "biuf":
            return array, None
        if array.dtype.kind in "SU":
            text = f"gave {_show(got)}, whose values are text; expected {expected}."
            return None, f"{text} Make a number of each: int(...)."
    return None, f"gave {_show(got)}; expected {expected}."


def _shape_slip(got, g, want, w):
    """Return the axes along which shape `g` differs from shape `w`, as text."""
    if not g or not w:
        return f"gave {_show(got)}, expected {_show(want)}."
    if len(g) != len(w):
        why = f"That is {len(g)} {'axis' if len(g) == 1 else 'axes'} for {len(w)}."
    elif len(g) > 1 and g == (*w[:-2], w[-1], w[-2]):
        why = "Rows and columns are exchanged."
    else:
        sizes = enumerate(zip(g, w, strict=True))
        why = "; ".join(f"axis {i} has {a}, not {b}" for i, (a, b) in sizes if a != b) + "."
    return f"has shape {g}, expected {w}: {why[0].lower()}{why[1:]}"


def _value_slip(got, g, want, w, bad):
    """Return where the values differ, and the reason if a single one explains it, as text."""
    for places, name in ((np.isnan(g), "NaN"), (np.isinf(g), "infinity")):
        if (places & bad).any():
            where = f" at {int(places.sum())} of {g.size} places" if g.ndim else ""
            return f"gave {name}{where}: a division by zero, or numbers too large?"
    if g.size <= 4:
        text = f"gave {_show(got)}, expected {_show(want)}"
    else:
        i = tuple(int(k) for k in np.argwhere(bad)[0])
        text = f"is wrong at {list(i)}: {float(g[i]):.7g}, expected {float(w[i]):.7g}"
        text += f" ({int(bad.sum())} of {g.size} values differ)"
    return f"{text}. {_reason(g, w)}".rstrip()


def _reason(g, w):
    """Return a slip that explains every value of `g`, or ''."""
    f, e = g.astype(float), w.astype(float)
    if not np.isfinite([f, e]).all():  # a known slip may be infinite; no factor explains that
        return ""
    if g.dtype.kind in "iu" and f.any() and np.array_equal(f, np.trunc(e)):
        return f"The fractions are cut off by the type {g.dtype}: use float."
    if g.dtype.kind in "iu" and g.itemsize < 8 and not ((e - f) % 256**g.itemsize).any():
        return f"It is too large for the type {g.dtype} and wrapped around: use float."
    if f.ndim > 1 and f.shape[-1] == f.shape[-2] and np.allclose(f, e.swapaxes(-1, -2)):
        return "Rows and columns are exchanged."
    if np.allclose(f, -e):
        return "The sign is wrong."
    if np.ptp(e) > 0:  # a single number, or equal ones, are a multiple of anything
        factor, offset = np.sum(f * e) / np.sum(e * e), np.mean(f - e)
        if not f.any():
            return "Every value is 0."
        # A count is right or wrong, but a fraction can be near.
        if (f % 1).any() and np.abs(f - e).max() < 1e-4 * np.abs(e).max():
            return "Nearly right: rounded, or measured by small steps? Compute it by the formula."
        if np.allclose(f, factor * e) and f"{factor:.4g}" != "1":
            return f"Every value is {factor:.4g} times the right one."
        if np.allclose(f, e + offset):
            return f"Every value is {abs(offset):.4g} too {'large' if offset > 0 else 'small'}."
    return ""


def _show(value):
    """Return a value as text: in full if it is small, by its shape if it is large."""
    value = _as_array(value)
    if isinstance(value, (np.ndarray, np.generic)):
        if value.size > 9:
            return f"{'an' if value.ndim == 1 else 'a'} {_size(value)}"
        numbers = value.ndim and value.dtype.kind in "biuf"
        if numbers and (np.abs(value) < 1e15).all() and (value == np.trunc(value)).all():
            value = value.astype(int)  # [[1, 2], [3, 4]] is easier to read than with .0
        value = value.tolist()
    if isinstance(value, float):
        return f"{value:.7g}" if value % 1 else repr(value)  # 55.0 stays 55.0, which is not 55
    if isinstance(value, (list, tuple)):
        inner = ", ".join(repr(v) if isinstance(v, str) else _show(v) for v in value)
        return _one_line(f"[{inner}]" if isinstance(value, list) else f"({inner})", 100)
    return _one_line(f"the text {value!r}" if isinstance(value, str) else repr(value), 100)


def _argument(value):
    """Return an argument as text: an array by its shape, a function by its name."""
    value = _as_array(value)
    if isinstance(value, np.ndarray) and value.ndim:
        return _size(value)
    return repr(value) if isinstance(value, str) else getattr(value, "__name__", _show(value))


def _size(array):
    if array.ndim == 1:
        return f"array of {array.size}"
    return f"{'×'.join(map(str, array.shape))} array"


def _one_line(text, length):
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 3] + "..."


def _as_array(value):
    """Return a PyTorch tensor as an array, and anything else unchanged."""
    return value.detach().cpu().numpy() if hasattr(type(value), "detach") else value


def _copy(value):
    """Return a copy of an array, a list or a tensor, and anything else unchanged."""
    changes = isinstance(value, (np.ndarray, list)) or hasattr(type(value), "detach")
    return copy.deepcopy(value) if changes else value
