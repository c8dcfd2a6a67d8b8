"""Stand-ins: what the tests hold in place of the student's functions and objects.

A test calls a `Function` as if it were the student's; the call is sent to the student's process,
and the answer is built here from plain data (wire.py). An exception over there is raised here
with the same name and text, from a frame that looks like the student's, so that `check` says the
same as in the student's own notebook.
"""

import builtins
import io
import linecache
import sys
import warnings

import numpy as np

from alexnet_lib import check as checks
from alexnet_lib.grading.sandbox import wire
from alexnet_lib.grading.sandbox.process import Died

__all__ = ["Function", "StudentError", "Thing", "TookTooLong", "number_of", "standin"]

FILE = "<the student's code>"  # as tracebacks and linecache know it
# What ends a loop must not come from outside: `all(f(x) for x in …)` would end early, and hold.
NEVER = (StopIteration, StopAsyncIteration, BaseExceptionGroup, SyntaxError, UnicodeError)


class StudentError(Exception):
    """An exception of the student's code."""


class TookTooLong(StudentError):
    """A call that was stopped, since it took too long."""


class Thing:
    """Stands for an object that lives in the student's process."""

    def __init__(self, ask, number, name, shown):
        hold = object.__setattr__
        hold(self, "_ask", ask)
        hold(self, "_number", number)
        hold(self, "_shown", shown)
        hold(self, "__name__", name if name.isidentifier() else "your function")
        hold(self, "__globals__", {"__name__": FILE, "__builtins__": builtins})
        hold(self, "__code__", None)

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return self._do({"op": "get", "attribute": name})

    def __setattr__(self, name, value):
        self._do({"op": "set", "attribute": name}, value)

    def __getitem__(self, key):
        return self._do({"op": "item"}, key)

    def __iter__(self):
        raise TypeError(f"{self!r} is no list and no array")

    def __bool__(self):
        raise TypeError(f"{self!r} is no truth value, no number, no text, no list and no array")

    def __repr__(self):
        return self._shown

    __hash__ = object.__hash__

    def _do(self, request, *values):
        """Send a request about this thing; its answer, or its exception."""
        answer, behind, thing = self._asked(request, *values)
        return wire.decoded(answer.get("ok"), behind, thing)

    def _asked(self, request, *values):
        """The answer without an exception, the arrays behind it, and how to stand for things."""
        arrays = []
        coded = [wire.encoded(value, arrays, number_of) for value in values]
        answer, behind = self._ask({**request, "ref": self._number, "values": coded}, arrays)
        if "error" in answer:
            self._raise(answer["error"])
        return answer, io.BytesIO(behind), lambda *what: standin(self._ask, *what)

    def _raise(self, error):
        """Raise here what was raised there."""
        try:
            kinds = [str(kind)[:60] for kind in error["kinds"][:20]]
            said, place = str(error["said"])[:2000], error["place"]
        except (KeyError, TypeError) as reason:
            raise wire.Nonsense("the answer made no sense") from reason
        again = exception(kinds, said.encode("utf-8", "replace").decode())
        try:
            name, line, text, called = place
            if not (str(name).isidentifier() and type(line) is int and 0 <= line < 10_000):
                raise ValueError
        except (TypeError, ValueError):
            raise again from None
        code = compile("\n" * line + "raise error", FILE, "exec").replace(co_name=name)
        lines = ["\n"] * line + [str(text)[:300].rstrip("\n") + "\n"]
        linecache.cache[FILE] = (1, None, lines, FILE)
        object.__setattr__(self, "__code__", code if called is True else None)
        self.__globals__["error"] = again
        exec(code, self.__globals__)


class Function(Thing):
    """Stands for a thing that can be called."""

    def __call__(self, *args, **kw):
        """Call it over there."""
        answer, behind, thing = self._asked({"op": "call"}, args, kw)
        for name, text in list(answer.get("warned") or ())[:3]:
            kind = getattr(builtins, str(name), None)
            if not (isinstance(kind, type) and issubclass(kind, Warning)):
                kind = UserWarning
            warnings.warn(str(text)[:500], kind, stacklevel=2)
        if answer.get("printed"):
            print(str(answer["printed"])[:2000], end="")
        got = wire.decoded(answer.get("ok"), behind, thing)
        changed = [
            (int(i), wire.decoded(value, behind, thing)) for i, value in answer.get("changed") or ()
        ]
        # `check` hands over copies, and says if they were changed. To others, nothing is changed:
        # `f(x) == right(x)` must not hold because f has made x all zeros.
        if sys._getframe(1).f_globals.get("__name__") == checks.__name__:
            change([*args, *kw.values()], changed)
        return got


def change(values, changed):
    """Put new contents into the arrays and lists with these numbers."""
    for i, new in changed:
        old = values[i] if 0 <= i < len(values) else None
        if isinstance(old, np.ndarray) and isinstance(new, np.ndarray):
            if (old.shape, old.dtype) == (new.shape, new.dtype):
                old[...] = new
        elif isinstance(old, list) and isinstance(new, list):
            old[:] = new


def standin(ask, number, can_be_called=False, name="", shown="an object"):
    """What stands for the thing with this number."""
    kind = Function if can_be_called is True else Thing
    shown = str(shown)[:200].encode("utf-8", "replace").decode()
    return kind(ask, int(number), str(name)[:60], shown)


def number_of(value):
    """The number of the thing that a stand-in stands for; None for anything else."""
    return object.__getattribute__(value, "_number") if isinstance(value, Thing) else None


def exception(kinds, said):
    """An exception of the first of these kinds, also of the nearest one that Python has itself."""
    if kinds and kinds[0] == "TooLong":
        return TookTooLong("it took too long")
    bases = [StudentError]
    for kind in kinds:
        known = getattr(builtins, kind, None)
        if isinstance(known, type) and issubclass(known, Exception):
            if known is not Exception and not issubclass(known, NEVER):
                bases = [StudentError, known]
            break
    name = kinds[0] if kinds and kinds[0].isidentifier() else "Error"
    try:
        made = type(name, tuple(bases), {"__str__": lambda self: said})
        return made()
    except TypeError:  # two kinds that can't be one
        return type(name, (StudentError,), {"__str__": lambda self: said})()


def died(error):
    """Whether this exception, or what it came from, says that the student's process has ended."""
    while error is not None:
        if isinstance(error, Died):
            return error
        error = error.__cause__ or error.__context__
    return None
