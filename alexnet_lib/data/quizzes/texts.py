"""What a quiz's text may hold: plain words, `code`, *emphasis* and $maths$.

`parse_text` returns its parts, and every output is made from them: HTML for a page, HTML for an
LMS, which has its own way to show maths, and plain words.
"""

import re
from html import escape

from alexnet_lib.data.quizzes.maths import TextError, as_mathml

__all__ = ["TextError", "as_html", "as_words", "ask_text", "parse_text", "slip_text"]

MARKUP = re.compile(r"`([^`]+)`|\$([^$]+)\$|\*(?=\S)([^*]+?)(?<=\S)\*")
SPARE = re.compile(r"[`$]|(?<=\S)\*|\*(?=\S)|\]\(|https?://|<[a-zA-Z/]")


def parse_text(text):
    """Return the parts of a text: each a str, or (kind, str) where kind is code, em or math."""
    parts, end = [], 0
    for match in MARKUP.finditer(text):
        parts.append(text[end : match.start()])
        code, tex, emphasis = match.groups()
        if tex is not None:
            as_mathml(tex)  # refuses what it doesn't know
            parts.append(("math", tex))
        else:
            parts.append(("code", code) if code is not None else ("em", emphasis))
        end = match.end()
    parts.append(text[end:])
    for part in parts:
        words = part if isinstance(part, str) else part[1] if part[0] == "em" else ""
        if spare := SPARE.search(words):
            raise TextError(
                f"{spare[0]!r} can't stand alone in “{words.strip()}”: `code`, *emphasis* and "
                "$maths$ are in pairs, and there are no links and no HTML"
            )
    return [part for part in parts if part]


def as_html(text, maths):
    """Return a text as HTML; `maths(tex)` returns the HTML for TeX."""
    html = []
    for part in parse_text(text):
        if isinstance(part, str):
            html.append(escape(part, quote=False))
            continue
        kind, words = part
        inside = maths(words) if kind == "math" else f"<{kind}>{escape(words, False)}</{kind}>"
        html.append(inside)
    return "".join(html)


def as_words(text):
    """Return a text as plain words: the marks are left out, and TeX stays as it is."""
    return "".join(part if isinstance(part, str) else part[1] for part in parse_text(text))


def ask_text(question, language):
    """Return what a question asks, with the unit that is wanted, where a field can't show it."""
    ask, unit = (getattr(both, language) for both in (question.ask, question.unit))
    if not unit:
        return ask
    return f"{ask} (Unit: {unit})" if language == "en" else f"{ask}（单位：{unit}）"


def slip_text(question, language):
    """Return all numbers near the answer with their reasons, in one text."""
    parts = [
        f"{slip.value:,}: ".replace("-", "−") + getattr(slip.why, language)
        for slip in question.near
    ]
    return " ".join(parts) if language == "en" else "".join(parts)
