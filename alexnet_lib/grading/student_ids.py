"""Student ids, which become names of folders: one strict rule, and nothing gets around it."""

import re
import unicodedata

from alexnet_lib.grading.sandbox.wire import drop_surrogates
from alexnet_lib.grading.tables import escape_unprintable

__all__ = ["InvalidStudentId", "as_student_id", "one_line", "slug"]

LONGEST = 80
RULE = re.compile(r"[\w@-][\w.@-]*")
WINDOWS = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
# Alphabets with letters that look alike; an id has letters of one of them.
ALIKE = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU")


class InvalidStudentId(ValueError):
    """A text that can't be a student's id, and why."""


def as_student_id(text: str) -> str:
    """Return the text as a student's id: in NFKC form, only letters, digits and . _ @ -"""
    name = unicodedata.normalize("NFKC", text)
    if not RULE.fullmatch(name) or name.endswith("."):
        raise InvalidStudentId(
            "a name has only letters, digits and . _ @ -, and no . at the beginning or end"
        )
    if len(name) > LONGEST or len(name.encode()) > 200:
        raise InvalidStudentId(f"a name has at most {LONGEST} characters")
    if WINDOWS.fullmatch(name):
        raise InvalidStudentId("Windows allows no folder of this name")
    alphabets = {unicodedata.name(c, "").split(" ")[0] for c in name if c.isalpha()}
    if len(alphabets & set(ALIKE)) > 1:
        raise InvalidStudentId("it mixes alphabets, and could be mistaken for another name")
    return name


def slug(text: str) -> str:
    """Return a name as an LMS shows it ("O'Brien, Zoë") as a student's id: O-Brien-Zoë."""
    text = unicodedata.normalize("NFKC", text)
    return as_student_id(re.sub(r"[^\w@.]+", "-", text).strip("-.")[:LONGEST].rstrip("-."))


def one_line(text: str) -> str:
    """Return any text as one short line, for a report."""
    text = drop_surrogates(escape_unprintable(text))
    return text if len(text) <= 200 else text[:197] + "…"
