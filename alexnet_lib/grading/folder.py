"""The course folder: its layout, its settings, and nbgrader's configuration.

NAME is an assignment, STUDENT a student's id:

    alexnet-course/
      course.toml                  settings, yours to edit
      seed.txt                     a secret: the inputs of hidden tests are drawn from it
      roster.csv                   the students, if you gave a roster
      gradebook.db                 nbgrader's gradebook: every point
      source/NAME/NAME.ipynb       solutions and all tests
      private/NAME.ipynb           your own tests, if you gave some
      release/NAME/NAME.ipynb      the notebook for students
      downloads/NAME/              submissions as they were handed in, byte for byte
      submitted/STUDENT/NAME/      their answers, rebuilt on the release
      autograded/STUDENT/NAME/     the same, with the outputs of its run
      feedback/STUDENT/NAME/       the page for the student
      reports/                     tables of what was collected and graded
      nbgrader_config.py           makes nbgrader's own commands and Formgrader work here, too
"""

import getpass
import hashlib
import os
import platform
import secrets
import sys
import tomllib
import warnings
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from alexnet_lib.files import write_atomic

__all__ = ["Course"]

SETTINGS = """\
# The settings of this course. `alexnet assign` wrote them once; from now on they are yours.
title = {title}

# The penalty for late work.
[late]
per_day = "0"      # points, or per cent of the points earned ("10%"), for each day begun
grace_hours = 0    # before the first day counts
most = "100%"      # never more than this

# The limits for one submission while it is graded.
[limits]
# cell = 30              # seconds for one cell
# call = 10              # seconds for one call of a function
# total = 180            # seconds for the whole submission
# memory = 2_000_000_000 # bytes
"""

CONFIGURATION = """\
# `alexnet assign` overwrites this file. Settings belong in course.toml.
from pathlib import Path

from alexnet_lib.grading.folder import Course

c = get_config()  # noqa: F821
c.merge(Course(Path(__file__).parent).config())
"""

LATE = {"per_day": str, "grace_hours": (int, float), "most": str}
LIMITS = {"cell": (int, float), "call": (int, float), "total": (int, float), "memory": int}


class Course:
    """A course folder."""

    def __init__(self, path):
        self.path = Path(path).resolve()
        self.settings = read_settings(self.path / "course.toml")

    @classmethod
    def find(cls, path) -> "Course":
        """Return the course folder at this path; raise ValueError if there is none."""
        if not (Path(path) / "gradebook.db").is_file():
            raise ValueError(
                f"{path} is not a course folder: alexnet assign CHAPTER makes one,"
                " and --course DIR says where it is."
            )
        return cls(path)

    @classmethod
    def make(cls, path, title: str) -> "Course":
        """Return the course folder at this path, a new one if there is none; settings stay."""
        path = Path(path)
        if path.exists() and not path.is_dir():
            raise ValueError(f"{path} is a file, but the course needs a folder of this name.")
        path.mkdir(parents=True, exist_ok=True)
        settings = path / "course.toml"
        if not settings.exists():
            quoted = title.replace("\\", "\\\\").replace('"', '\\"')
            write_atomic(settings, SETTINGS.format(title=f'"{quoted}"'))
        course = cls(path)
        write_atomic(course.path / "nbgrader_config.py", CONFIGURATION)
        with course.gradebook():
            pass  # opening it creates the file
        return course

    @property
    def title(self) -> str:
        """The course's title."""
        return self.settings.get("title", "")

    def assignment(self, chapter: str) -> str:
        """Return the name of an assignment, given its name or its lesson."""
        names = self.names()
        name = chapter.rstrip("/").rsplit("/", 1)[-1]
        if name not in names:
            known = f"it has {', '.join(names)}" if names else "it has none yet"
            raise ValueError(
                f"the course folder has no assignment {name!r}, {known}:"
                f" alexnet assign {name} adds it."
            )
        return name

    def notebook(self, *parts: str) -> Path:
        """Return the path of a notebook in these folders, the last of which has its name."""
        return self.path.joinpath(*parts, f"{parts[-1]}.ipynb")

    def number_for(self, student: str, name: str) -> int:
        """Return the number from which a student's inputs of hidden tests are drawn.

        It stays the same, so that grading again gives the same points; nobody can guess it who
        doesn't have the course folder.
        """
        path = self.path / "seed.txt"
        if not path.is_file():
            write_atomic(path, secrets.token_hex(16) + "\n")
        text = "/".join([path.read_text("utf-8").strip(), name, student])
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "big")

    def source(self, name: str) -> Path:
        """Return the path of the notebook with solutions and all tests."""
        return self.notebook("source", name)

    def private(self, name: str) -> Path:
        """Return the path of the instructor's own tests."""
        return self.path / "private" / f"{name}.ipynb"

    def release(self, name: str) -> Path:
        """Return the path of the notebook for students."""
        return self.notebook("release", name)

    def downloads(self, name: str) -> Path:
        """Return the folder of the submissions as they were handed in, byte for byte."""
        return self.path / "downloads" / name

    def submitted(self, student: str, name: str) -> Path:
        """Return the path of a student's submission, rebuilt."""
        return self.notebook("submitted", student, name)

    def autograded(self, student: str, name: str) -> Path:
        """Return the path of the same, with the outputs of its run."""
        return self.notebook("autograded", student, name)

    def feedback(self, student: str, name: str) -> Path:
        """Return the path of the page for the student."""
        return self.notebook("feedback", student, name).with_suffix(".html")

    def report(self, name: str, kind: str) -> Path:
        """Return the path of a table: kind is "collected" or "grades"."""
        return self.path / "reports" / f"{name}-{kind}.csv"

    @property
    def roster(self) -> Path:
        """The table of the students; not every course has one."""
        return self.path / "roster.csv"

    def names(self) -> list[str]:
        """Return the names of the assignments in the gradebook."""
        with self.gradebook() as gradebook:
            return [assignment.name for assignment in gradebook.assignments]

    @property
    def database(self) -> str:
        """The gradebook's address."""
        return f"sqlite:///{self.path / 'gradebook.db'}"

    @contextmanager
    def locked(self, command: str):
        """Keep other commands from changing the folder meanwhile; refuse while one is doing so."""
        try:
            import fcntl
        except ImportError:  # Windows, where nothing is graded
            yield
            return
        holder = self.path / ".held-by"  # for the others to read; the folder itself is locked
        folder = os.open(self.path, os.O_RDONLY)
        try:
            try:
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                name = holder.read_text("utf-8") if holder.is_file() else "another command"
                raise ValueError(f"{name} is at work in {self.path}: wait until it ends.") from None
            except OSError:  # a folder on a network that knows no locks
                pass
            name = f"{command}, started by {user()} at {datetime.now():%H:%M},"
            name += f" process {os.getpid()} on {platform.node() or 'this machine'},"
            write_atomic(holder, name)
            try:
                yield
            finally:
                holder.unlink(missing_ok=True)
        finally:
            os.close(folder)

    @contextmanager
    def gradebook(self):
        """Open nbgrader's gradebook."""
        from nbgrader.api import Gradebook

        # A new gradebook runs `alembic`, which is not on PATH unless the environment is activated.
        programs = str(Path(sys.executable).parent)
        if programs not in os.environ.get("PATH", "").split(os.pathsep):
            os.environ["PATH"] = os.pathsep.join([programs, os.environ.get("PATH", os.defpath)])
        from sqlalchemy.exc import SAWarning

        with warnings.catch_warnings():  # nbgrader's queries cause some with SQLAlchemy 2
            warnings.simplefilter("ignore", SAWarning)
            with Gradebook(self.database) as gradebook:
                yield gradebook

    def add_students(self, students: dict[str, dict]) -> int:
        """Enter {id: {field: text}} into the gradebook at once; return how many of them are new.

        An empty text changes nothing.
        """
        from nbgrader.api import Student

        with self.gradebook() as gradebook:
            known = {student.id: student for student in gradebook.students}
            for name, fields in students.items():
                student = known.get(name)
                if student is None:
                    student = Student(id=name)
                    gradebook.db.add(student)
                for field, text in fields.items():
                    if text:
                        setattr(student, field, text)
            gradebook.db.commit()
        return len(set(students) - set(known))

    def config(self):
        """Return nbgrader's configuration."""
        from traitlets.config import Config

        c = Config()
        c.CourseDirectory.root = str(self.path)
        c.CourseDirectory.db_url = self.database
        steps = ["IgnorePattern", "LimitOutput", "SaveAutoGrades", "AssignLatePenalties"]
        c.Autograde.autograde_preprocessors = [
            "alexnet_lib.grading.nbgrader_execute.SandboxedExecute",
            *(f"nbgrader.preprocessors.{step}" for step in steps),
        ]
        for key, value in self.settings.get("limits", {}).items():
            c.SandboxedExecute[key] = value
        c.AssignLatePenalties.plugin_class = "alexnet_lib.grading.lateness.Lateness"
        for key, value in self.settings.get("late", {}).items():
            c.Lateness[key] = float(value) if key == "grace_hours" else str(value)
        c.GenerateFeedback.preprocessors = ["nbgrader.preprocessors.GetGrades"]
        c.GenerateFeedback.exporter_class = "alexnet_lib.grading.feedback.Page"
        return c


def user() -> str:
    """Return the name of the person whose process this is."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a number without a name
        return "somebody"


def read_settings(path: Path) -> dict:
    """Return the settings in a course.toml, none if there is no file; refuse invalid ones."""
    if not path.is_file():
        return {}
    try:
        settings = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is not valid TOML: {error}.") from error
    for key, value in settings.items():
        if key == "title" and isinstance(value, str):
            continue
        known = {"late": LATE, "limits": LIMITS}.get(key)
        if known is None or not isinstance(value, dict):
            raise ValueError(
                f"{path}: {key} = {value!r} is not a setting; use title, [late] and [limits]."
            )
        for name, given in value.items():
            where = f"{path}: {key}.{name}"
            if name not in known:
                raise ValueError(f"{where} is not a setting; [{key}] has {', '.join(known)}.")
            numbers = known[name] is not str
            if isinstance(given, bool) or not isinstance(given, (int, float, known[name])):
                kind = "a number" if numbers else 'points, or per cent such as "10%"'
                raise ValueError(f"{where} must be {kind}, not {given!r}.")
            if numbers and not (isinstance(given, known[name]) and 0 <= given < 1e15):
                raise ValueError(f"{where} must be a number, 0 or more, not {given!r}.")
            if key == "limits" and given <= 0:
                raise ValueError(f"{where} must be above 0.")
    return settings
