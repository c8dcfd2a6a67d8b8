"""Dates as far as they are known: "2012-09-30", "2012-09" or "2012"."""

from datetime import date

MONTHS = ("January", "February", "March", "April", "May", "June", "July")
MONTHS += ("August", "September", "October", "November", "December")


def date_parts(when):
    """Return the numbers of a date, like (2012, 9, 30), (2012, 9) or (2012,).

    Anything else raises an AttributeError, a TypeError or a ValueError.
    """
    parts = tuple(int(part) for part in when.split("-"))
    date(*parts, *[1] * (3 - len(parts)))
    return parts


def date_text(parts):
    """Return the numbers of a date as a text, like 30 September 2012, September 2012 or 2012."""
    year, *rest = parts
    month = [MONTHS[number - 1] for number in rest[:1]]
    return " ".join([*map(str, rest[1:]), *month, str(year)])
