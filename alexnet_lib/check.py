"""Look at one answer of a student: one line comes back, never a traceback.

    check(conv_out, 227, 11, stride=4).gives(55, near={54: "The first window counts too: + 1."})

calls `conv_out(227, 11, stride=4)`. If 55 comes back it prints `✓ conv_out(227, 11, stride=4)`.
If not, it raises `Wrong`, which a notebook shows as one line that begins with ✗ and names
the likeliest slip. A failed check is an `AssertionError` and a passed one writes to standard
output only, so that nbgrader counts both as they are meant.
"""

import copy
import linecache
import traceback
import warnings

import numpy as np

__all__ = ["Wrong", "check"]


class Wrong(AssertionError):
    """An answer that is not right yet. Its text is what the student reads."""

    def _render_traceback_(self):
        """What IPython and Colab show in place of a traceback."""
        return ["✗ " + str(self)]


class check:
    """One call of a student's function: `check(function, arguments).gives(...)`.

    Arrays and lists are copied before the call, so that a function which changes its input spoils
    nothing for the next check.
    """

    def __init__(self, f, *args, **kw):
        self.f, self.args, self.kw = f, args, kw
        if not callable(f):
            raise Wrong(f"expected a function, found {_show(f)}: run the cell that defines it.")
        words = [_argument(a) for a in args] + [f"{k}={_argument(v)}" for k, v in kw.items()]
        self.call = f"{getattr(f, '__name__', 'your function')}({', '.join(words)})"

    def gives(self, want, rtol=1e-6, atol=1e-8, near=None, hint=None):
        """Pass if the call gives `want`: a number, a text, a truth value, a tuple or an array.

        A `want` made of whole numbers (`55`, `(54, 55)`) is compared exactly, and 55.0 is
        not 55. Lists and arrays are compared within `rtol` and `atol`, whatever their type.
        `near` holds known slips: `{wrong value: advice}` or `{name: (wrong value, advice)}`.
        """
        got, notes = self._answer()
        slip = _slip(got, want, rtol, atol)
        if slip:
            for name, advice in (near or {}).items():
                value, advice = advice if isinstance(advice, tuple) else (name, advice)
                if not _slip(got, value, rtol, atol):
                    slip, hint = f"gave {_show(got)}. {advice}", None
                    break
            raise self._wrong(slip, hint, *notes)
        print("✓", self.call)

    def holds(self, claim, test, hint=None):
        """Pass if `test(answer)` is true: for tasks that have many right answers.

        `test` gets the answer as an array of floats; `claim` says in words what it tests.
        """
        got, notes = self._answer()
        numbers, slip = _numbers(got, "numbers")
        if not slip and not test(numbers.astype(float)):
            slip = f"gave {_show(got)}. Not true yet: {claim}."
        if slip:
            raise self._wrong(slip, hint, *notes)
        print(f"✓ {self.call}: {claim}")

    def _answer(self):
        """Call the function; give its answer and what is worth saying if that is wrong."""
        args, kw = [_copied(a) for a in self.args], {k: _copied(v) for k, v in self.kw.items()}
        with warnings.catch_warnings(
            record=True
        ) as caught:  # shown on stderr, one costs all points
            warnings.simplefilter("always")
            try:
                got = self.f(*args, **kw)
            except Exception as error:
                raise self._stopped(error) from error
        notes = [f"Python warned: {caught[0].message}."] if caught else []
        pairs = zip([*self.args, *self.kw.values()], [*args, *kw.values()], strict=True)
        if any(isinstance(a, np.ndarray) and a.tobytes() != b.tobytes() for a, b in pairs):
            notes.append("Your code changed its input; work on a copy: `x = x.copy()`.")
        return got, notes

    def _stopped(self, error):
        """Say in one line why the call ended, and where in the student's code."""
        own = getattr(self.f, "__globals__", None)  # frames with the same globals are the student's
        frames = [
            (frame.f_code, line)
            for frame, line in traceback.walk_tb(error.__traceback__)
            if frame.f_globals is own and not frame.f_code.co_name.startswith("<")
        ]
        code, line = frames[-1] if frames else (None, None)
        if isinstance(error, NotImplementedError):
            other = f"{code.co_name} is " if code and code is not self.f.__code__ else ""
            todo = "Put your code in place of `raise NotImplementedError()`."
            return Wrong(f"{self.call}: {other}not written yet. {todo}")
        text = f"your code stopped: {type(error).__name__}: {error}"
        if code:
            source = linecache.getline(code.co_filename, line)
            place = f"line {line - code.co_firstlineno + 1} of {code.co_name}"
            text += f", in {place}" + (f": {source}" if source else "")
        elif isinstance(error, TypeError) and own:
            text += "; is the line with `def` still as it was?"
        return Wrong(f"{self.call}: {_one_line(text, 300)}")

    def _wrong(self, slip, *hints):
        hints = " ".join(h for h in hints if h)
        return Wrong(f"{self.call} {slip}" + (f"\n  hint: {hints}" if hints else ""))


def _slip(got, want, rtol, atol):
    """None if `got` is as good as `want`; else what is wrong with it ("gave 54, ...")."""
    want = _plain(want)
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
    """(the answer as an array, None), or (None, why it is no number and no array of numbers)."""
    got = _plain(got)
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
    return None, f"gave {_show(got)}; expected {expected}."


def _shape_slip(got, g, want, w):
    """Name the axes along which shape `g` is not shape `w`."""
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
    """Where the values differ, and the one reason that explains it, if there is one."""
    for found, name in ((np.isnan(g), "NaN"), (np.isinf(g), "infinity")):
        if (found & bad).any():
            where = f" at {int(found.sum())} of {g.size} places" if g.ndim else ""
            return f"gave {name}{where}: a division by zero, or numbers too large?"
    if g.size <= 4:
        text = f"gave {_show(got)}, expected {_show(want)}"
    else:
        i = tuple(int(k) for k in np.argwhere(bad)[0])
        text = f"is wrong at {list(i)}: {float(g[i]):.7g}, expected {float(w[i]):.7g}"
        text += f" ({int(bad.sum())} of {g.size} values differ)"
    return f"{text}. {_reason(g, w)}".rstrip()


def _reason(g, w):
    """One slip that explains every value of `g`, or ''."""
    f, e = g.astype(float), w.astype(float)
    if g.dtype.kind in "iu" and f.any() and np.array_equal(f, np.trunc(e)):
        return f"The fractions are cut off by the type {g.dtype}: use float."
    if g.dtype.kind in "iu" and g.itemsize < 8 and not ((e - f) % 256**g.itemsize).any():
        return f"It is too large for the type {g.dtype} and wrapped around: use float."
    if f.ndim > 1 and f.shape[-1] == f.shape[-2] and np.allclose(f, e.swapaxes(-1, -2)):
        return "Rows and columns are exchanged."
    if np.allclose(f, -e):
        return "The sign is turned."
    if np.ptp(e) > 0:  # of one number alone, or of equal ones, anything is a multiple
        factor, offset = np.sum(f * e) / np.sum(e * e), np.mean(f - e)
        if not f.any():
            return "Every value is 0."
        if np.allclose(f, factor * e):
            return f"Every value is {factor:.4g} times the right one."
        if np.allclose(f, e + offset):
            return f"Every value is {abs(offset):.4g} too {'large' if offset > 0 else 'small'}."
    return ""


def _show(value):
    """A value in a few words: whole if it is small, by its shape if it is large."""
    value = _plain(value)
    if isinstance(value, (np.ndarray, np.generic)):
        if value.size > 9:
            return f"{'an' if value.ndim == 1 else 'a'} {_size(value)}"
        if value.ndim and (np.abs(value) < 1e15).all() and (value == np.trunc(value)).all():
            value = value.astype(int)  # [[1, 2], [3, 4]] reads better than with .0
        value = value.tolist()
    if isinstance(value, float):
        return f"{value:.7g}" if value % 1 else repr(value)  # 55.0 stays 55.0, since it is not 55
    if isinstance(value, (list, tuple)):
        inner = ", ".join(map(_show, value))
        return _one_line(f"[{inner}]" if isinstance(value, list) else f"({inner})", 100)
    return _one_line(f"the text {value!r}" if isinstance(value, str) else repr(value), 100)


def _argument(value):
    """An argument as the call shows it: an array by its shape, a function by its name."""
    value = _plain(value)
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


def _plain(value):
    """A tensor of PyTorch as an array, anything else as it is."""
    return value.detach().cpu().numpy() if hasattr(type(value), "detach") else value


def _copied(value):
    """A copy of an array, a list or a tensor; anything else as it is."""
    changes = isinstance(value, (np.ndarray, list)) or hasattr(type(value), "detach")
    return copy.deepcopy(value) if changes else value
