"""Whose is a file? By its outermost name, as Canvas, Moodle and Gradescope write it, or plain.

    Canvas      doejane_LATE_123_456_convolution.ipynb        123 is the student, 456 the upload
    Moodle      Jane Doe_123_assignsubmission_file_/…         123 is the student, in this task only
    Gradescope  submission_123/…                              submission_metadata.yml says who
    plain       jane/…, jane.ipynb or jane_convolution.ipynb

Only the outermost name is looked at: the names within are chosen by students. With a roster, who
isn't in it is nobody.
"""

import csv
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime

import yaml

from alexnet_lib.grading.student_ids import Strange, name_of, slug

__all__ = ["Owner", "Students", "owners"]

MOODLE = re.compile(r"(.+?)_(\d{1,18})_assignsubmission_(?:file|onlinetext)(?:_(.*))?", re.DOTALL)
CANVAS = re.compile(r"([^_]+)_(LATE_)?(\d{1,18})_(\d{1,18})_(.+)", re.DOTALL)
GRADESCOPE = re.compile(r"submission_(\d{1,18})")
METADATA = "submission_metadata.yml"


@dataclass
class Owner:
    """Who handed in a file, by what its name says."""

    kind: str  # "canvas", "moodle", "gradescope" or "plain"
    key: str  # what tells this person from others in the same download
    name: str  # as it is shown
    number: int = 0  # a higher one is a later upload of the same person
    late: bool = False
    time: datetime | None = None  # when it was handed in, if the LMS says so
    known: dict = field(default_factory=dict)  # what else it says: email, sid


def owners(path, exercise, metadata=None):
    """The owners of a file (a group has several), by its path in the download."""
    name, alone = path[0], len(path) == 1
    found = MOODLE.fullmatch(name)
    if found:
        return [Owner("moodle", found[2], found[1].strip())]
    found = GRADESCOPE.fullmatch(name)
    if found and not alone and metadata is not None:
        return submitters(metadata.get(name), found[1])
    found = CANVAS.fullmatch(name) if alone else None
    if found:
        return [Owner("canvas", found[3], found[1], int(found[4]), bool(found[2]))]
    if not alone:
        return [Owner("plain", name, name)]
    stem = re.sub(r"(?i)(\.(ipynb|zip|txt|json))+$", "", name)
    stem = re.sub(r" ?\(\d+\)$", "", stem)
    behind = re.fullmatch(rf"(.+?)[_\-. ]+{re.escape(exercise)}", stem, re.DOTALL | re.IGNORECASE)
    stem = behind[1] if behind else stem
    if re.fullmatch(rf"{re.escape(exercise)}([_\-. ]?(copy|final|v?\d+))*", stem, re.IGNORECASE):
        raise Strange(
            f"its name does not say whose it is: name it STUDENT_{exercise}.ipynb, or put it into"
            " a folder named by the student"
        )
    return [Owner("plain", stem, stem)]


def read_metadata(data):
    """Gradescope's submission_metadata.yml, a dict by folder; empty if it is none."""
    try:
        loaded = yaml.load(data, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}
    return loaded if isinstance(loaded, dict) else {}


def submitters(about, number):
    """The owners of a submission of Gradescope's."""
    about = about if isinstance(about, dict) else {}
    people, time = about.get(":submitters"), about.get(":created_at")
    if isinstance(time, str):
        try:
            time = datetime.fromisoformat(time.replace(" UTC", "+00:00"))
        except ValueError:
            time = None
    if isinstance(time, datetime):
        time = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    else:
        time = None
    made = []
    for person in people if isinstance(people, list) else []:
        if isinstance(person, dict):
            known = {key: str(person.get(f":{key}") or "") for key in ("sid", "email", "name")}
            key = known["sid"] or known["email"] or known["name"]
            if key:
                shown = known["name"] or key
                made.append(Owner("gradescope", key, shown, int(number), False, time, known))
    if not made:
        raise Strange(f"{METADATA} does not say who handed it in")
    return made


class Students:
    """Who takes part: the roster, if there is one, and whom the gradebook knows."""

    def __init__(self, course):
        self.roster, self.new = None, {}
        if course.roster.is_file():
            with open(course.roster, encoding="utf-8-sig", newline="") as file:
                rows = [
                    {k: v.removeprefix("'") for k, v in r.items()} for r in csv.DictReader(file)
                ]
            self.roster = {row["id"]: row for row in rows}
        with course.gradebook() as gradebook:
            self.known = {
                student.id: {
                    "id": student.id,
                    "first_name": student.first_name or "",
                    "last_name": student.last_name or "",
                    "email": student.email or "",
                    "lms_user_id": student.lms_user_id or "",
                }
                for student in gradebook.students
            }
        self.people = self.known if self.roster is None else self.roster

    def identify(self, owner, others=()):
        """The student's id; `Strange` if there is none. others: the owners in the same download."""
        found = getattr(self, owner.kind)(owner, others)
        if found:
            return found
        if self.roster is not None:
            what = f" (number {owner.key})" if owner.kind == "canvas" else ""
            raise Strange(f"{owner.name}{what} is not in the roster: alexnet assign --roster")
        return self.made(owner, others)

    def canvas(self, owner, others):
        """By the LMS's number; where the roster has no numbers, by the name."""
        numbers = {row["lms_user_id"]: row["id"] for row in self.people.values()}
        if owner.key in numbers:
            return numbers[owner.key]
        if self.roster is None or set(numbers) != {""}:
            return None
        same = [r["id"] for r in self.roster.values() if letters(owner.name) in both(r, letters)]
        return self.only(same, owner, others)

    def moodle(self, owner, others):
        """By the full name: the number is another one in each task."""
        same = [r["id"] for r in self.people.values() if words(owner.name) in both(r, words)]
        return self.only(same, owner, others)

    def only(self, same, owner, others):
        """The one student of this name, if nobody else in roster and download has it."""
        twins = {o.key for o in others if words(o.name) == words(owner.name)}
        if self.roster is not None and (len(same) > 1 or (same and len(twins) > 1)):
            raise Strange(
                f"two students are called {owner.name}: put the file into a folder named by the"
                " student's id"
            )
        return same[0] if len(same) == 1 and len(twins) < 2 else None

    def gradescope(self, owner, others):
        """By number, mail or name."""
        for row in self.people.values():
            given = {row["id"].casefold(), row["email"].casefold(), row["lms_user_id"].casefold()}
            if {owner.known["sid"].casefold(), owner.known["email"].casefold()} & given - {""}:
                return row["id"]
        return None

    def plain(self, owner, others):
        """By the id, or the mail."""
        try:
            name = name_of(owner.name)
        except Strange:
            if self.roster is None:
                raise
            return self.only(
                [r["id"] for r in self.people.values() if words(owner.name) in both(r, words)],
                owner,
                others,
            )
        if name in self.people:
            return name
        for row in self.people.values():
            if name.casefold() in (row["id"].casefold(), row["email"].casefold()):
                return row["id"]
        if self.roster is not None:  # jane_homework3
            starts = [i for i in self.people if re.match(rf"{re.escape(i)}[_\-. ]", name)]
            return max(starts, key=len, default=None)
        return None

    def made(self, owner, others):
        """A new student, where there is no roster."""
        if owner.kind == "canvas":
            name = slug(f"{owner.name}-{owner.key}")
            about = {"lms_user_id": owner.key}
        elif owner.kind == "plain":
            name, about = name_of(owner.name), {}
        elif owner.kind == "gradescope":
            name = slug(owner.known["sid"] or owner.known["email"] or owner.name)
            about = {"email": owner.known["email"], "last_name": owner.known["name"]}
        else:
            twins = {o.key for o in others if slug(o.name) == slug(owner.name)}
            name = slug(f"{owner.name}-{owner.key}" if len(twins) > 1 else owner.name)
            first, _, last = owner.name.rpartition(" ")
            about = {"first_name": first, "last_name": last}
        self.new[name] = {key: value[:128] for key, value in about.items() if value}
        return name

    def save(self, course, names):
        """Enter those of the new students who are named into the gradebook."""
        known = set(self.known)
        course.enter({name: self.new[name] for name in set(self.new) & set(names) - known})


def words(text):
    """The words of a name, in a form that is the same for the same name."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return tuple(re.findall(r"\w+", text))


def letters(text):
    """The letters and digits of a name alone."""
    return "".join(words(text)).replace("_", "")


def both(row, form):
    """A roster's name in a form, in either order; nothing if it has none."""
    first, last = row["first_name"], row["last_name"]
    return [form(f"{first} {last}"), form(f"{last} {first}")] if first or last else []
