"""Find the owner of a submitted file from its outermost name.

    Canvas      doejane_LATE_123_456_convolution.ipynb   student 123, upload 456
    Moodle      Jane Doe_123_assignsubmission_file_/…    student 123, in this assignment only
    Gradescope  submission_123/…                         submission_metadata.yml has the student
    plain       jane/…, jane.ipynb or jane_convolution.ipynb

Only the outermost name counts: students choose the names inside. Where there is a roster, a file
of somebody who isn't in it has no owner.
"""

import csv
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import yaml

from alexnet_lib.grading.assign import ROSTER
from alexnet_lib.grading.student_ids import InvalidStudentId, as_student_id, slug

__all__ = ["Owner", "Students", "UnknownOwner", "find_owners", "read_metadata"]

MOODLE = re.compile(r"(.+?)_(\d{1,18})_assignsubmission_(?:file|onlinetext)(?:_(.*))?", re.DOTALL)
CANVAS = re.compile(r"([^_]+)_(LATE_)?(\d{1,18})_(\d{1,18})_(.+)", re.DOTALL)
GRADESCOPE = re.compile(r"submission_(\d{1,18})")
EXPORT = re.compile(r"assignment_\d{1,18}_export")
METADATA = "submission_metadata.yml"


class UnknownOwner(ValueError):
    """A file whose owner can't be found, and why."""


@dataclass
class Owner:
    """The person who handed in a file, according to its name."""

    kind: str  # "canvas", "moodle", "gradescope" or "plain"
    key: str  # distinguishes this person from others in the same download
    name: str  # as the LMS shows it
    number: int = 0  # a higher one is a later upload of the same person
    late: bool = False
    time: datetime | None = None  # when it was handed in, if the LMS says so
    known: dict = field(default_factory=dict)  # what else the LMS says: email, sid


def find_owners(path: tuple, exercise: str, metadata: dict | None = None) -> list[Owner]:
    """Return the owners of a file (a group has several), from its path in the download."""
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
    stem = stem_of(name)
    stem = before_exercise(stem, exercise) or stem
    if re.fullmatch(rf"{re.escape(exercise)}([_\-. ]?(copy|final|v?\d+))*", stem, re.IGNORECASE):
        raise UnknownOwner(
            f"its name does not say whose it is: name it STUDENT_{exercise}.ipynb, or put it into"
            " a folder named after the student"
        )
    return [Owner("plain", stem, stem)]


def stem_of(name: str) -> str:
    """Return a file's name without its endings and a browser's "(1)"."""
    stem = re.sub(r"(?i)(\.(ipynb|zip|txt|json))+$", "", name)
    return re.sub(r" ?\(\d+\)$", "", stem)


def before_exercise(stem: str, exercise: str) -> str | None:
    """Return STUDENT of a name like STUDENT_exercise, None if the name is another."""
    pattern = rf"(.+?)[_\-. ]+{re.escape(exercise)}"
    found = re.fullmatch(pattern, stem, re.DOTALL | re.IGNORECASE)
    return found[1] if found else None


def read_metadata(data: bytes) -> dict:
    """Return Gradescope's submission_metadata.yml, a dict by folder; empty if it is invalid."""
    try:
        loaded = yaml.load(data, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}
    return loaded if isinstance(loaded, dict) else {}


def submitters(about, number):
    """Return the owners of a Gradescope submission from its metadata."""
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
    owners = []
    for person in people if isinstance(people, list) else []:
        if isinstance(person, dict):
            known = {key: str(person.get(f":{key}") or "") for key in ("sid", "email", "name")}
            key = known["sid"] or known["email"] or known["name"]
            if key:
                name = known["name"] or key
                owners.append(Owner("gradescope", key, name, int(number), False, time, known))
    if not owners:
        raise UnknownOwner(f"{METADATA} does not say who handed it in")
    return owners


class Students:
    """The students of a course: those of the roster, if there is one, and of the gradebook."""

    def __init__(self, course):
        self.roster = None
        self.new = {}
        if course.roster.is_file():
            with open(course.roster, encoding="utf-8-sig", newline="") as file:
                rows = [
                    {field: text.removeprefix("'") for field, text in row.items()}
                    for row in csv.DictReader(file)
                ]
            self.roster = {row["id"]: row for row in rows}
        with course.gradebook() as gradebook:
            self.known = {
                student.id: {field: getattr(student, field) or "" for field in ROSTER}
                for student in gradebook.students
            }
        self.people = self.known if self.roster is None else self.roster

    def is_known(self, name: str) -> bool:
        """Return whether a student has this id."""
        return name.casefold() in {known.casefold() for known in self.people}

    def named_by(self, path: Path, exercise: str) -> bool:
        """Return whether a file's own name says whose it is, so that names in it count for nothing.

        It does so as a file of an LMS, as STUDENT_exercise.zip, or with the id of a student.
        """
        if path.is_dir():
            return False
        name, stem = path.name, stem_of(path.name)
        if path.suffix.lower() != ".zip" or CANVAS.fullmatch(name) or MOODLE.fullmatch(name):
            return True
        before = before_exercise(stem, exercise)
        if self.roster is None:
            return before is not None or self.is_known(stem)
        return self.is_known(before or stem)

    def identify(self, owner: Owner, others=()) -> str:
        """Return the owner's student id; raise `UnknownOwner` if there is none.

        others: the owners in the same download
        """
        found = getattr(self, f"find_{owner.kind}")(owner, others)
        if found:
            return found
        if self.roster is not None:
            what = f" (number {owner.key})" if owner.kind == "canvas" else ""
            raise UnknownOwner(f"{owner.name}{what} is not in the roster: alexnet assign --roster")
        return self.new_student(owner, others)

    def find_canvas(self, owner, others):
        """Find a student by the LMS's number, or by name if the roster has no numbers."""
        numbers = {row["lms_user_id"]: row["id"] for row in self.people.values()}
        if owner.key in numbers:
            return numbers[owner.key]
        if self.roster is None or set(numbers) != {""}:
            return None
        return self.find_named(owner, others, alphanumeric)

    def find_moodle(self, owner, others):
        """Find a student by full name: the number differs in each assignment."""
        return self.find_named(owner, others, words)

    def find_named(self, owner, others, form):
        """Return the student of this name, if nobody else in roster and download has it.

        form: returns a name in the form in which names are compared
        """
        name = form(owner.name)
        same = [row["id"] for row in self.people.values() if name in name_orders(row, form)]
        twins = {o.key for o in others if words(o.name) == words(owner.name)}
        if self.roster is not None and (len(same) > 1 or (same and len(twins) > 1)):
            raise UnknownOwner(
                f"two students are called {owner.name}: put the file into a folder named after the"
                " student's id"
            )
        return same[0] if len(same) == 1 and len(twins) < 2 else None

    def find_gradescope(self, owner, others):
        """Find a student by number or email address."""
        for row in self.people.values():
            given = {row["id"].casefold(), row["email"].casefold(), row["lms_user_id"].casefold()}
            if {owner.known["sid"].casefold(), owner.known["email"].casefold()} & given - {""}:
                return row["id"]
        return None

    def find_plain(self, owner, others):
        """Find a student by id or email address; by full name if the name can't be an id."""
        try:
            name = as_student_id(owner.name)
        except InvalidStudentId:
            if self.roster is None:
                raise
            return self.find_named(owner, others, words)
        if name in self.people:
            return name
        for row in self.people.values():
            if name.casefold() in (row["id"].casefold(), row["email"].casefold()):
                return row["id"]
        if self.roster is not None:  # jane_homework3
            starts = [i for i in self.people if re.match(rf"{re.escape(i)}[_\-. ]", name)]
            return max(starts, key=len, default=None)
        return None

    def new_student(self, owner, others):
        """Return the id of a new student, where there is no roster."""
        if owner.kind == "canvas":
            name = slug(f"{owner.name}-{owner.key}")
            about = {"lms_user_id": owner.key}
        elif owner.kind == "plain":
            name, about = as_student_id(owner.name), {}
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
        """Enter those of the new students who are among the names into the gradebook."""
        known = set(self.known)
        course.add_students({name: self.new[name] for name in set(self.new) & set(names) - known})


def words(text: str) -> tuple:
    """Return the words of a name, in a form that is the same for the same name."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return tuple(re.findall(r"\w+", text))


def alphanumeric(text: str) -> str:
    """Return only the letters and digits of a name."""
    return "".join(words(text)).replace("_", "")


def name_orders(row: dict, form) -> list:
    """Return a student's name in a form, in both orders; nothing if there is no name."""
    first, last = row["first_name"], row["last_name"]
    return [form(f"{first} {last}"), form(f"{last} {first}")] if first or last else []
