"""Tables that a spreadsheet takes for nothing but tables."""

import csv
import io

__all__ = ["harmless", "table"]

FORMULAS = ("=", "+", "-", "@", "\t", "\r")  # how a text begins that a spreadsheet computes


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
