"""What crosses the sandbox's border: messages of JSON and bytes, and plain data in them.

Both sides use this file. Numbers, strings, lists, tuples, sets, dicts, arrays and tensors are sent.
Anything else stays in the student's process, which sends a reference to it instead. The decoder
builds every value anew, type by type, from JSON and bytes: it unpickles nothing and calls no method
of a student's object, so the grader can decode whatever the student's process sends.

A message, in either direction: two numbers of four bytes (the length of the text, the length of the
arrays), the text (JSON), and the arrays one after another as bytes. A value in it is itself (None,
bool, str, int, float) or a list of its kind and its content.
"""

import json
import math
import re
import struct
import sys

__all__ = ["HEAD", "ProtocolError", "decode", "encode", "pack_message", "unpack_message"]

HEAD = struct.Struct(">II")  # bytes of the text, bytes of the arrays
MOST_TEXT = 4_000_000  # bytes of text in one answer
MOST_ARRAYS = 64_000_000  # bytes of arrays in one answer
DEPTH = 20  # lists in lists
DTYPE = re.compile(r"[<>|=]?([biufc])([1-9][0-9]?)")


class ProtocolError(Exception):
    """An answer that no honest process sends, and why."""


def pack_message(message: dict, arrays=()) -> bytes:
    """Return a message: a dict as JSON, and the bytes of its arrays."""
    text, tail = json.dumps(message).encode(), b"".join(arrays)
    return HEAD.pack(len(text), len(tail)) + text + tail


def unpack_message(text: bytes) -> dict:
    """Return the dict in the text of a message, in which no text has half a character."""
    try:
        message = json.loads(text.decode("utf-8", "replace"))
        if rb"\u" in text:  # only so can JSON write half a character
            message = drop_all_surrogates(message)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("the answer made no sense") from error
    if not isinstance(message, dict):
        raise ProtocolError("the answer made no sense")
    return message


def encode(value, arrays: list, reference, depth=0):
    """Return a value in a form that JSON can hold; append the bytes of its arrays to `arrays`.

    reference: called with whatever is not plain data; returns a list that stands for it, or raises
    """
    if value is None or type(value) in (bool, str, int, float):
        return value
    if depth <= DEPTH:
        if isinstance(value, (list, tuple, set, frozenset)):
            kind = "list" if isinstance(value, list) else "tuple"
            kind = "set" if isinstance(value, (set, frozenset)) else kind
            return [kind, [encode(item, arrays, reference, depth + 1) for item in value]]
        if isinstance(value, dict):
            items = value.items()
            return ["dict", [[encode(x, arrays, reference, depth + 1) for x in i] for i in items]]
        if type(value) is complex:
            return ["complex", [value.real, value.imag]]
        # Looked up, not imported: the student's process starts without them, and as long as they
        # aren't imported no value can be theirs.
        numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
        kind = "array"
        if torch and isinstance(value, torch.Tensor):
            kind, value = "tensor", value.detach().cpu().contiguous().numpy()
        if numpy and isinstance(value, numpy.str_):
            return str(value)
        is_array = numpy and isinstance(value, (numpy.ndarray, numpy.generic))
        if is_array and value.dtype.kind in "biufc":
            kind = "scalar" if isinstance(value, numpy.generic) else kind
            data = numpy.ascontiguousarray(value)
            arrays.append(data.tobytes())
            return [kind, [data.dtype.str, list(value.shape)]]
    return ["remote", reference(value)]


def decode(value, arrays, resolve):
    """Return the value that a message holds; raise `ProtocolError` for what is no value.

    arrays: the bytes of the message's arrays, an open file of which the next bytes are read
    resolve: called with the items of a reference; returns the object that it stands for
    """
    try:
        return _decode(value, arrays, resolve, 0)
    except (TypeError, ValueError, KeyError, IndexError, OverflowError, AttributeError) as error:
        raise ProtocolError("the answer made no sense") from error


def _decode(value, arrays, resolve, depth):
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    kind, content = value
    if kind == "remote":
        return resolve(*content)
    if kind in ("array", "scalar", "tensor"):
        return _decode_array(kind, *content, arrays)
    if kind == "complex":
        return complex(float(content[0]), float(content[1]))
    if depth > DEPTH:
        raise ProtocolError("the answer is nested too deep")
    if kind == "dict":
        return {
            _decode(key, arrays, resolve, depth + 1): _decode(item, arrays, resolve, depth + 1)
            for key, item in content
        }
    make = {"list": list, "tuple": tuple, "set": set}[kind]
    return make([_decode(item, arrays, resolve, depth + 1) for item in content])


def _decode_array(kind, dtype, shape, arrays):
    """Return an array of numbers, whose bytes come next in `arrays`."""
    import numpy as np

    if not DTYPE.fullmatch(dtype) or len(shape) > 32:
        raise ProtocolError("the answer is not an array of numbers")
    if not all(type(n) is int and 0 <= n < 2**40 for n in shape):
        raise ProtocolError("the answer's array has no shape")
    dtype = np.dtype(dtype)
    size = dtype.itemsize * math.prod(shape)
    data = arrays.read(size)  # they are all here already, so a false size allocates nothing
    if len(data) != size:
        raise ProtocolError("the answer's array is incomplete")
    array = np.frombuffer(data, dtype=dtype).reshape(shape).copy()
    if kind == "tensor":
        try:
            import torch
        except ImportError:  # then no test can have asked for one
            return array
        return torch.from_numpy(array)
    return array[()] if kind == "scalar" else array


def drop_all_surrogates(value):
    """Return what JSON holds with `drop_surrogates` of each text in it."""
    if isinstance(value, str):
        return drop_surrogates(value)
    if isinstance(value, list):
        return [drop_all_surrogates(item) for item in value]
    if isinstance(value, dict):
        items = value.items()
        return {drop_surrogates(key): drop_all_surrogates(item) for key, item in items}
    return value


def drop_surrogates(text: str) -> str:
    """Return a text with "?" for each half of a character, which no file can hold."""
    return text.encode("utf-8", "replace").decode()
