"""A timeline from top to bottom, which suits a phone best."""

from itertools import pairwise

from alexnet_lib.data.dates import date_parts, date_text
from alexnet_lib.plots.base import (
    BLUE,
    GAP,
    INK,
    LINE,
    ORANGE,
    PAPER,
    SOFT,
    Picture,
    sheet,
    text_width,
    wrap_text,
    write,
)

__all__ = ["timeline"]

WIDTH = 460  # pixels of the page: narrow, so that a phone hardly shrinks the text


def timeline(events, title=None):
    """Draw events in the order of their dates, one below the other.

    events  a list of {"date": "2012-09-30", "2012-09" or "2012", "text": what happened}

    It is not to scale: where a year or more lies between two events, the line is dashed and says
    how long.
    """
    events = [as_event(event, i) for i, event in enumerate(events)]
    if not events:
        raise ValueError("A timeline needs at least one event.")
    events.sort(key=lambda event: event[0])
    dates = [date_text(when) for when, _ in events]
    line = GAP + max(map(text_width, dates)) + 16
    texts = [wrap_text(text, WIDTH - GAP - line - 16) for _, text in events]
    gaps = [between(a, b) for (a, _), (b, _) in pairwise(events)]
    heights = [LINE * len(lines) + 10 for lines in texts]
    breaks = [LINE + 14 if gap else 0 for gap in gaps]
    figure, page, top = sheet(WIDTH, sum(heights) - 10 + sum(breaks), title)
    y = top
    for i, (when, lines) in enumerate(zip(dates, texts, strict=True)):
        dot = y + LINE / 2
        if i < len(gaps):
            after = dot + heights[i] + breaks[i]
            page.plot([line, line], [dot, after], color=BLUE, linewidth=1.6, zorder=1)
            if gaps[i]:
                begin, end = y + heights[i] - 4, y + heights[i] + breaks[i] - 4
                page.plot([line, line], [begin, end], color=PAPER, linewidth=3, zorder=1)
                dots = {"color": SOFT, "linewidth": 2, "linestyle": (0, (1, 2))}
                page.plot([line, line], [begin, end], gid=f"gap {i}", zorder=1, **dots)
                write(page, line + 16, (begin + end) / 2, gaps[i], 10, ha="left")
        page.plot([line], [dot], "o", color=ORANGE, markeredgecolor=INK, markersize=8, zorder=2)
        write(page, line - 16, dot, when, ha="right")
        for j, text in enumerate(lines):
            write(page, line + 16, y + LINE * (j + 0.5), text, ha="left")
        y += heights[i] + (breaks[i] if i < len(gaps) else 0)
    words = " ".join(
        f"{when}: {with_full_stop(text)}" for when, (_, text) in zip(dates, events, strict=True)
    )
    start = f"{title}. " if title else ""
    return Picture(figure, f"{start}A timeline of {len(events)} events. {words}")


def as_event(event, i):
    """Return ((year, month, day) as far as given, text); raise a ValueError for anything else."""
    try:
        when, text = event["date"], event["text"]
    except (TypeError, KeyError):
        raise ValueError(f'Event {i} must be a dict with "date" and "text".') from None
    try:
        parts = date_parts(when)
    except (AttributeError, TypeError, ValueError):
        raise ValueError(
            f'The date of event {i} must be like "2012-09-30", "2012-09" or "2012", but'
            f" {when!r} was given."
        ) from None
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"Event {i}, of {when}, has no text.")
    return parts, " ".join(text.split())


def between(one, other):
    """How long from one date to the other, in words, if it is a year or more; else nothing."""
    years = other[0] - one[0]
    if len(one) > 1 and len(other) > 1:
        months = 12 * years + other[1] - one[1]
        years = round(months / 12) if months >= 12 else 0
    elif len(one) != len(other) and years == 1:
        return ""  # December to the next year: who knows
    return f"{years} year{'s' if years > 1 else ''}" if years else ""


def with_full_stop(text):
    """Return the text with a full stop, unless it ends a sentence already."""
    return text if text.endswith((".", "!", "?")) else f"{text}."
