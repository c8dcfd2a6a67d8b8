"""Plain data over the wall, seen from the near side: what is sent, and what is believed.

Sent are numbers, texts, lists, tuples, sets, dicts, arrays and tensors. What comes back is built
anew from JSON and from bytes, type by type, so that no object of the student's process ever lives
here: no method of it can run, and nothing is unpickled. Anything else that the student's code
returns stays there, and a `Thing` stands for it.
"""

import json
import math
import re
import struct

import numpy as np

__all__ = ["HEAD", "Nonsense", "decoded", "encoded", "packed", "unpacked"]

HEAD = struct.Struct(">II")  # bytes of the text, bytes of the arrays behind it
TEXT = 4_000_000  # bytes of text in one answer
ARRAYS = 64_000_000  # bytes of arrays in one answer
DEPTH = 25  # lists in lists
DTYPE = re.compile(r"[<>|=]?([biufc])([1-9][0-9]?)")


class Nonsense(Exception):
    """An answer that no honest process gives, and why."""


def packed(request, arrays):
    """A message: the request as JSON, and the bytes of its arrays."""
    text, behind = json.dumps(request).encode(), b"".join(arrays)
    return HEAD.pack(len(text), len(behind)) + text + behind


def unpacked(text):
    """The text of an answer as a dict of JSON."""
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Nonsense("the answer made no sense") from error
    if not isinstance(answer, dict):
        raise Nonsense("the answer made no sense")
    return answer


def encoded(v, arrays, reference):
    """The value as JSON can hold it; the bytes of its arrays are appended to `arrays`.

    reference: a function that gives the number of what lives in the student's process, or None.
    """
    if v is None or type(v) in (bool, str, int, float):
        return v
    number = reference(v)
    if number is not None:
        return ["far", [number]]
    if isinstance(v, np.str_):
        return str(v)
    if isinstance(v, (list, tuple, set, frozenset)):
        kind = "list" if isinstance(v, list) else "tuple" if isinstance(v, tuple) else "set"
        return [kind, [encoded(x, arrays, reference) for x in v]]
    if isinstance(v, dict):
        pairs = [[encoded(x, arrays, reference) for x in pair] for pair in v.items()]
        return ["dict", pairs]
    if type(v) is complex:
        return ["complex", [v.real, v.imag]]
    kind = "array"
    if hasattr(type(v), "detach"):  # a tensor of PyTorch
        kind, v = "tensor", v.detach().cpu().contiguous().numpy()
    if isinstance(v, (np.ndarray, np.generic)) and v.dtype.kind in "biufc":
        if isinstance(v, np.generic):
            kind = "scalar"
        data = np.ascontiguousarray(v)
        arrays.append(data.tobytes())
        return [kind, [data.dtype.str, list(v.shape)]]
    raise TypeError(f"a test can't send a {type(v).__name__} to the student's code, only data")


def decoded(v, behind, thing):
    """The value that an answer holds; raises `Nonsense` for what is no value.

    behind: the bytes of the arrays, an open file; thing: makes what stands for a thing over there.
    """
    try:
        return value_of(v, behind, thing, 0)
    except Nonsense:
        raise
    except (TypeError, ValueError, KeyError, IndexError, OverflowError, AttributeError) as error:
        raise Nonsense("the answer made no sense") from error


def value_of(v, behind, thing, depth):
    """`decoded`, without care for errors."""
    if isinstance(v, str):
        return v.encode("utf-8", "replace").decode()  # no half characters
    if v is None or isinstance(v, (bool, int, float)):
        return v
    if depth > DEPTH:
        raise Nonsense("the answer is nested too deep")
    kind, x = v
    if kind in ("list", "tuple", "set"):
        items = [value_of(y, behind, thing, depth + 1) for y in x]
        return items if kind == "list" else tuple(items) if kind == "tuple" else set(items)
    if kind == "dict":
        pairs = [[value_of(y, behind, thing, depth + 1) for y in pair] for pair in x]
        return dict(pairs)
    if kind == "complex":
        return complex(float(x[0]), float(x[1]))
    if kind == "far":
        return thing(*x)
    if kind in ("array", "scalar", "tensor"):
        return array_of(kind, x, behind)
    raise Nonsense("the answer made no sense")


def array_of(kind, x, behind):
    """An array of plain numbers, whose bytes come next."""
    name, shape = x
    if not DTYPE.fullmatch(name) or len(shape) > 32:
        raise Nonsense("the answer is no array of numbers")
    if not all(type(n) is int and 0 <= n < 2**40 for n in shape):
        raise Nonsense("the answer has no shape")
    dtype = np.dtype(name)
    size = dtype.itemsize * math.prod(shape)
    data = behind.read(size) if size <= ARRAYS else b""
    if len(data) != size:
        raise Nonsense("the answer's array is not whole")
    array = np.frombuffer(data, dtype=dtype).reshape(shape).copy()
    if kind == "scalar":
        return array[()]
    if kind == "tensor":
        try:
            import torch
        except ImportError:  # the tests can't have asked for one
            return array
        return torch.from_numpy(array)
    return array
