"""Names of students, which become names of folders: a strict rule, and nothing gets around it."""

import re
import unicodedata

__all__ = ["Strange", "name_of", "shown", "slug"]

LONGEST = 80
RULE = re.compile(r"[\w@-][\w.@-]*")
WINDOWS = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
# Alphabets whose letters look alike; a name has letters of one of them.
ALIKE = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU")


class Strange(ValueError):
    """A name that can't be a folder's, and why."""


def name_of(text):
    """The text as a student's name: in NFKC form, letters, digits and . _ @ - only."""
    name = unicodedata.normalize("NFKC", text)
    if not RULE.fullmatch(name) or name.endswith("."):
        raise Strange("a name has letters, digits and . _ @ - only, and no . at its ends")
    if len(name) > LONGEST or len(name.encode()) > 200:
        raise Strange(f"a name has at most {LONGEST} characters")
    if WINDOWS.fullmatch(name):
        raise Strange("Windows has no folder of this name")
    alphabets = {unicodedata.name(c, "").split(" ")[0] for c in name if c.isalpha()}
    if len(alphabets & set(ALIKE)) > 1:
        raise Strange("it mixes alphabets, and could be taken for another name")
    return name


def slug(text):
    """A name as an LMS shows it ("O'Brien, Zoë") as a student's name: O-Brien-Zoë."""
    text = unicodedata.normalize("NFKC", text)
    return name_of(re.sub(r"[^\w@.]+", "-", text).strip("-.")[:LONGEST].rstrip("-."))


def shown(text):
    """Any text as one short line, for a report."""
    text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    text = text.encode("utf-8", "replace").decode()
    return text if len(text) <= 200 else text[:197] + "…"
