"""Files written whole, and tables that a spreadsheet takes for nothing but tables."""

import csv
import io
import os

__all__ = ["harmless", "table", "write_whole"]

FORMULAS = ("=", "+", "-", "@", "\t", "\r")  # how a text begins that a spreadsheet computes


def write_whole(path, content):
    """Write text or bytes beside `path` and move it there; whether it was not there just so.

    An interruption leaves the old file or the new one, never a part.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    there = path.is_file() and not path.is_symlink() and path.stat().st_size == len(data)
    if there and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(beside, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    return True


def table(rows):
    """Rows as CSV; every text in them is harmless."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerows([harmless(value) for value in row] for row in rows)
    return out.getvalue()


def harmless(value):
    """A value for a table: a text that looks like a formula gets an apostrophe before it.

    Control characters, which could break a line in two, are written as escapes.
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        return value
    text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in value)
    return f"'{text}" if value.lstrip()[:1] in FORMULAS or text[:1] in FORMULAS else text
