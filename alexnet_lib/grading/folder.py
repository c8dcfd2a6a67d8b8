"""The course folder: where everything stands, the settings, nbgrader's configuration.

alexnet-course/
  course.toml                  settings, yours to edit
  roster.csv                   who takes part, if you gave a roster
  gradebook.db                 nbgrader's gradebook: every point
  source/NAME/NAME.ipynb       solutions and all tests
  private/NAME.ipynb           tests of your own, if you gave some
  release/NAME/NAME.ipynb      what students get
  downloads/NAME/              what was handed in, byte for byte
  submitted/STUDENT/NAME/      the answers in it, rebuilt on the release
  autograded/STUDENT/NAME/     the same, with what its run gave
  feedback/STUDENT/NAME/       the page for the student
  reports/                     tables: what was collected, what was graded
  nbgrader_config.py           so that nbgrader's own commands and Formgrader work here, too
"""

import os
import sys
import tomllib
import warnings
from contextlib import contextmanager
from pathlib import Path

from alexnet_lib.files import write_atomic

__all__ = ["Course"]

SETTINGS = """\
# The settings of this course. `alexnet assign` has written them once; now they are yours.
title = {title}

# What handing in late costs.
[late]
per_day = "0"      # points, or per cent of the points earned ("10%"), for each day that has begun
grace_hours = 0    # before the first day counts
most = "100%"      # never more than this

# What one submission may use while it is graded.
[limits]
# cell = 30              # seconds for one cell
# call = 10              # seconds for one call of a function
# total = 180            # seconds for all
# memory = 2_000_000_000 # bytes
"""

CONFIGURATION = """\
# Written by `alexnet assign`, each time anew. Settings belong in course.toml.
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
    def find(cls, path):
        """The course folder at this path; a ValueError if there is none."""
        if not (Path(path) / "gradebook.db").is_file():
            raise ValueError(
                f"{path} is no course folder: alexnet assign CHAPTER makes one,"
                " and --course DIR says where it is."
            )
        return cls(path)

    @classmethod
    def make(cls, path, title):
        """The course folder at this path, made if it isn't there; its settings stay."""
        path = Path(path)
        if path.exists() and not path.is_dir():
            raise ValueError(f"{path} is a file, and the course needs a folder of this name.")
        path.mkdir(parents=True, exist_ok=True)
        settings = path / "course.toml"
        if not settings.exists():
            quoted = title.replace("\\", "\\\\").replace('"', '\\"')
            write_atomic(settings, SETTINGS.format(title=f'"{quoted}"'))
        course = cls(path)
        write_atomic(course.path / "nbgrader_config.py", CONFIGURATION)
        with course.gradebook():
            pass  # it makes the file
        return course

    @property
    def title(self):
        """The course's name."""
        return self.settings.get("title", "")

    def assignment(self, chapter):
        """The name of an assignment of the course, given by itself or by its lesson."""
        names = self.names()
        name = chapter.rstrip("/").rsplit("/", 1)[-1]
        if name not in names:
            there = f"it has {', '.join(names)}" if names else "it has none yet"
            raise ValueError(
                f"the course folder has no assignment {name!r}, {there}:"
                f" alexnet assign {name} adds it."
            )
        return name

    def notebook(self, *parts):
        """A notebook under these folders, of which the last one has its name."""
        return self.path.joinpath(*parts, f"{parts[-1]}.ipynb")

    def source(self, name):
        """The notebook with solutions and all tests."""
        return self.notebook("source", name)

    def private(self, name):
        """The instructor's own tests."""
        return self.path / "private" / f"{name}.ipynb"

    def release(self, name):
        """The notebook that students get."""
        return self.notebook("release", name)

    def downloads(self, name):
        """The folder of what was handed in, byte for byte."""
        return self.path / "downloads" / name

    def submitted(self, student, name):
        """What a student has handed in, rebuilt."""
        return self.notebook("submitted", student, name)

    def autograded(self, student, name):
        """The same, with what its run gave."""
        return self.notebook("autograded", student, name)

    def feedback(self, student, name):
        """The page for the student."""
        return self.notebook("feedback", student, name).with_suffix(".html")

    def report(self, name, kind):
        """A table: kind is "collected" or "grades"."""
        return self.path / "reports" / f"{name}-{kind}.csv"

    @property
    def roster(self):
        """The table of who takes part; not every course has one."""
        return self.path / "roster.csv"

    def names(self):
        """The assignments in the gradebook."""
        with self.gradebook() as gradebook:
            return [assignment.name for assignment in gradebook.assignments]

    @property
    def database(self):
        """The gradebook's address."""
        return f"sqlite:///{self.path / 'gradebook.db'}"

    @contextmanager
    def gradebook(self):
        """nbgrader's gradebook, open."""
        from nbgrader.api import Gradebook

        # A new gradebook runs `alembic`, which an environment that is not activated does not find.
        programs = str(Path(sys.executable).parent)
        if programs not in os.environ.get("PATH", "").split(os.pathsep):
            os.environ["PATH"] = os.pathsep.join([programs, os.environ.get("PATH", os.defpath)])
        from sqlalchemy.exc import SAWarning

        with warnings.catch_warnings():  # nbgrader's queries make some with SQLAlchemy 2
            warnings.simplefilter("ignore", SAWarning)
            with Gradebook(self.database) as gradebook:
                yield gradebook

    def enter(self, students):
        """Enter {id: {field: text}} into the gradebook at once; an empty text takes nothing away.

        How many of them are new.
        """
        from nbgrader.api import Student

        with self.gradebook() as gradebook:
            there = {student.id: student for student in gradebook.students}
            for name, fields in students.items():
                student = there.get(name)
                if student is None:
                    student = Student(id=name)
                    gradebook.db.add(student)
                for field, text in fields.items():
                    if text:
                        setattr(student, field, text)
            gradebook.db.commit()
        return len(set(students) - set(there))

    def config(self):
        """nbgrader's configuration, as traitlets have it."""
        from traitlets.config import Config

        c = Config()
        c.CourseDirectory.root = str(self.path)
        c.CourseDirectory.db_url = self.database
        steps = ["IgnorePattern", "LimitOutput", "SaveAutoGrades", "AssignLatePenalties"]
        c.Autograde.autograde_preprocessors = [
            "alexnet_lib.grading.nbgrader_execute.WalledExecute",
            *(f"nbgrader.preprocessors.{step}" for step in steps),
        ]
        for key, value in self.settings.get("limits", {}).items():
            c.WalledExecute[key] = value
        c.AssignLatePenalties.plugin_class = "alexnet_lib.grading.lateness.Lateness"
        for key, value in self.settings.get("late", {}).items():
            c.Lateness[key] = float(value) if key == "grace_hours" else str(value)
        c.GenerateFeedback.preprocessors = ["nbgrader.preprocessors.GetGrades"]
        c.GenerateFeedback.exporter_class = "alexnet_lib.grading.feedback.Page"
        return c


def read_settings(path):
    """The settings in a course.toml, none where there is no file; what is wrong is told."""
    if not path.is_file():
        return {}
    try:
        settings = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is not right: {error}.") from error
    for key, value in settings.items():
        if key == "title" and isinstance(value, str):
            continue
        known = {"late": LATE, "limits": LIMITS}.get(key)
        if known is None or not isinstance(value, dict):
            raise ValueError(
                f"{path}: {key} = {value!r} is no setting; it knows title, [late], [limits]."
            )
        for name, given in value.items():
            where = f"{path}: {key}.{name}"
            if name not in known:
                raise ValueError(f"{where} is no setting; [{key}] knows {', '.join(known)}.")
            numbers = known[name] is not str
            if isinstance(given, bool) or not isinstance(given, (int, float, known[name])):
                kind = "a number" if numbers else 'points, or per cent such as "10%"'
                raise ValueError(f"{where} must be {kind}, not {given!r}.")
            if numbers and not (isinstance(given, known[name]) and 0 <= given < 1e15):
                raise ValueError(f"{where} must be a number from 0 on, not {given!r}.")
            if key == "limits" and given <= 0:
                raise ValueError(f"{where} must be above 0.")
    return settings
