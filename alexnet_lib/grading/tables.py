"""Tables that a spreadsheet reads as tables, and never computes."""

import csv
import io

__all__ = ["defuse", "escape_unprintable", "table"]

FORMULAS = ("=", "+", "-", "@", "\t", "\r")  # how a text begins that a spreadsheet computes


def table(rows) -> str:
    """Return rows as CSV in which every text is harmless."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerows([defuse(value) for value in row] for row in rows)
    return out.getvalue()


def defuse(value):
    """Return a value for a table: an apostrophe precedes a text that looks like a formula.

    Control characters, which could break a line in two, become escapes.
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        return value
    text = escape_unprintable(value)
    return f"'{text}" if value.lstrip()[:1] in FORMULAS or text[:1] in FORMULAS else text


def escape_unprintable(text: str) -> str:
    """Return a text with an escape in place of each unprintable character."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
