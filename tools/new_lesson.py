"""Write the skeleton of a lesson, so complete that every test of lessons passes on it at once.

    make lesson NAME=blocks/activations
    make lesson NAME=blocks/activations AFTER=blocks/pooling WIDGET=1 EXERCISE=1

The lesson comes after AFTER, or last in its part. Its files are made from tools/skeletons, where
`skeleton` stands for its name, `SKELETON` for its name in prose and `Skeleton` for its title. All
of them are written, executed and released, or none.
"""

import argparse
import keyword
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import lessons
import nbformat
import yaml
from hygiene import NOTEBOOK_METADATA, QUIZ, SETUP
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from repository import ROOT, address, site

import exercises
from alexnet_lib.files import write_atomic

SKELETONS = Path(__file__).resolve().parent / "skeletons"
COURSE, CONTENTS, CHINESE = "book/course.yml", "_toc.yml", "book/index-zh.md"
LESSON_ROW = """\
  PART/skeleton:
    title: Skeleton
    summary: >-
      Skeleton in one sentence, for readers and for search engines. This text stands in for it.
    minutes: 20
    assumes: Python and NumPy arrays; no PyTorch
    prerequisites: []
    objectives:
      - compute a small example of SKELETON with a pencil, in ten lines of Python and with PyTorch
      - say what SKELETON does in AlexNet, and what it costs there
    exercise: null
    needs_gpu: false
    budget: {seconds: 30, memory_mb: 2000}
"""
EXERCISE_ROW = """\
  skeleton:
    title: "Exercise: SKELETON"
    summary: >-
      Squares, their mean, the largest, running sums and a count. Your tasks come in their place.
    minutes: 60
    points: 20
"""
CHINESE_PARAGRAPH = """\
(zh-ANCHOR)=
### Skeleton

这一课讲什么，学完以后你能做什么：这里等着你来写。→ [Skeleton](PART/skeleton.ipynb)

"""
NEXT = """\
What to do next, in this order:
- Write the lesson, book/PART/skeleton.ipynb; store its outputs: make lessons NAMES=PART/skeleton
- Write its quiz, book/quizzes/skeleton.yml.
"""
NEXT_WIDGET = """\
- Write the widget: skeleton.js draws and computes, skeleton.py computes the same, and
  test_skeleton.py compares them.
"""
NEXT_EXERCISE = """\
- Write the exercise and its wrong answers; store its outputs and release it:
  make lessons NAMES=exercises/skeleton; make exercises NAMES=skeleton
"""
NEXT_LAST = """\
- Say in book/course.yml what the lesson promises and assumes.
- Add its terms to book/glossary.yml, its links to book/appendix/references.bib, and claims for its
  numbers and its quiz to tests/lessons/claims/skeleton.py.
- Link to it from the lessons before and after it, and from the path in book/index.md; introduce it
  in Chinese in book/index-zh.md, and add to book/search.yml what readers may look for.
- make book, make test
"""


class Refused(Exception):
    """A lesson that can't be made, with the sentence that says why."""


class Lesson(NamedTuple):
    """What was asked for."""

    path: str  # PART/NAME
    after: str  # the lesson that it follows
    widget: bool
    exercise: bool

    @property
    def part(self) -> str:
        """The part of the book, which is a folder."""
        return self.path.split("/")[0]

    @property
    def name(self) -> str:
        """The name without its part: also the widget's and the exercise's."""
        return self.path.split("/")[1]


def check_name(path: str, course: dict) -> None:
    """Raise Refused unless the book can have a lesson with this path."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*/[a-z][a-z0-9_]*", path):
        given = f"{path!r} isn't one" if path else "none was given"
        raise Refused(
            f"A lesson needs a name PART/NAME in small letters, and {given}: "
            "make lesson NAME=blocks/activations"
        )
    part, name = path.split("/")
    if keyword.iskeyword(name):
        raise Refused(f"{name!r} is a keyword of Python, so no module can have this name.")
    parts = list(dict.fromkeys(other.split("/")[0] for other in course["lessons"]))
    if part not in parts:
        raise Refused(f"The book has no part {part!r}; its parts are {', '.join(parts)}.")
    for other in [*course["lessons"], *course["pages"], *course["exercises"]]:
        if other.rpartition("/")[2] == name:
            raise Refused(f"The name {name!r} is taken, by {other}; choose another.")


def find_neighbour(path: str, after: str, course: dict) -> str:
    """Return the lesson that the new one follows: `after`, or the last of its part."""
    siblings = [other for other in course["lessons"] if other.startswith(f"{path.split('/')[0]}/")]
    if after and after not in siblings:
        raise Refused(
            f"{path} can't come after {after!r}: AFTER is a lesson of its part, which are "
            f"{', '.join(siblings)}."
        )
    return after or siblings[-1]


def insert_below(text: str, line: str, row: str) -> str:
    """Return a YAML text with `row` below the entry that begins with `line`; comments stay."""
    lines = text.splitlines(keepends=True)
    end = lines.index(f"{line}\n") + 1
    deeper = f"{line[: len(line) - len(line.lstrip())]} "
    while end < len(lines) and lines[end].startswith(deeper):
        end += 1
    return "".join([*lines[:end], row, *lines[end:]])


def insert_in_plan(text: str, lesson: Lesson) -> str:
    """Return course.yml with the lesson in the plans of a term, in the session of its neighbour.

    Those plans have all lessons and exercises, and they are the last.
    """
    course = yaml.safe_load(text)
    terms = 0
    for plan in course["plans"]:
        paths = [path for session in plan["sessions"] for path in session.get("lessons", [])]
        terms += set(paths) == set(course["lessons"])
    session = rf"lessons: \[[^\]]*\b{lesson.after}\b[^\]]*\]\n *exercises: \[[^\]]*\]"
    for found in reversed([*re.finditer(session, text)][-terms:]):
        new = re.sub(rf"\b{lesson.after}\b", f"{lesson.after}, {lesson.path}", found[0])
        if lesson.exercise:
            new = f"{new[:-1]}, {lesson.name}]".replace("[, ", "[")
        text = text[: found.start()] + new + text[found.end() :]
    return text


def insert_in_chinese(text: str, lesson: Lesson, paragraph: str) -> str:
    """Return the page in Chinese with a paragraph on the lesson below that on its neighbour."""
    found = re.search(rf"(?m)^.*→ \[[^\]]*\]\({lesson.after}\.ipynb\).*\n\n", text)
    return text[: found.end()] + paragraph + text[found.end() :]


def make_notebook(text: str) -> str:
    """Return the notebook that a skeleton describes, as text: `---- kind id`, then the source."""
    cells = []
    _, *parts = re.split(r"(?m)^---- (\w+) ([\w-]+)\n", text)
    for kind, cell_id, source in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        make = new_code_cell if kind == "code" else new_markdown_cell
        cells.append(make(source.strip(), id=cell_id))
    return nbformat.writes(new_notebook(cells=cells, metadata=NOTEBOOK_METADATA)) + "\n"


def make_exercise(text: str, points: int = 4) -> str:
    """Return an exercise likewise, with what nbgrader wants to know of each cell."""
    notebook = nbformat.reads(make_notebook(text), as_version=4)
    for cell in notebook.cells:
        gap = "### BEGIN SOLUTION" in cell.source
        check = cell.id.startswith("check_")
        cell.metadata.nbgrader = {
            "grade": check,
            "grade_id": cell.id,
            "locked": not gap,
            "schema_version": 3,
            "solution": gap,
            "task": False,
        }
        if check:
            cell.metadata.nbgrader.points = points
    return nbformat.writes(notebook) + "\n"


def make_files(lesson: Lesson, course: dict, root: Path) -> dict[str, str]:
    """Return path -> text of every file to write, before anything is executed."""
    name, words = lesson.name, lesson.name.replace("_", " ")
    own_widget = f"{words.title().replace(' ', '')}Widget"
    tokens = {
        "SkeletonWidget": own_widget if lesson.widget else "ConvolutionWidget",
        "Skeleton": words.capitalize(),
        "SKELETON": words,
        "skeleton": name,
        "PART": lesson.part,
        "ANCHOR": name.replace("_", "-"),
        "NEIGHBOUR": lesson.after.split("/")[1],
        "REPOSITORY": address(root).removeprefix("https://github.com/"),
        "SITE/": site(address(root)),
    }

    def fill_in(text: str, extra: str = "") -> str:
        text = re.sub("|".join(tokens), lambda found: tokens[found[0]], text)
        text = text.replace("QUIZ_HEADING", QUIZ)
        return text.replace("SETUP", SETUP.format(extra=extra, address=address(root)))

    def read(file: str, extra: str = "") -> str:
        return fill_in((SKELETONS / file).read_text(encoding="utf-8"), extra)

    text = read("lesson.txt", "[lessons]")
    rows = insert_in_plan((root / COURSE).read_text(encoding="utf-8"), lesson)
    row = fill_in(LESSON_ROW)
    files = {
        f"book/quizzes/{name}.yml": read("quiz.yml"),
        f"tests/lessons/claims/{name}.py": read("claims.txt"),
    }
    if lesson.widget:
        files[f"alexnet_lib/widgets/{name}.py"] = read("widget.py")
        files[f"alexnet_lib/widgets/{name}.js"] = read("widget.js")
        files[f"tests/widgets/test_{name}.py"] = read("test_widget.py")
    if lesson.exercise:
        row = row.replace("exercise: null", f"exercise: {name}")
        before = next(iter(course["exercises"]))
        for other, entry in course["lessons"].items():
            before = entry["exercise"] or before
            if other == lesson.after:
                break
        rows = insert_below(rows, f"  {before}:", fill_in(EXERCISE_ROW))
        files[f"exercises/source/{name}/{name}.ipynb"] = make_exercise(read("exercise.txt"))
        files[f"exercises/wrong/{name}.py"] = read("wrong.txt")
    else:
        text = re.sub(r"- \*\*Exercise:\*\*.*\n", "", text)
    rows = insert_below(rows, f"  {lesson.after}:", row)
    contents = (root / CONTENTS).read_text(encoding="utf-8")
    chinese = (root / CHINESE).read_text(encoding="utf-8")
    entry = re.search(rf"(?m)^ *- file: book/{lesson.after}$", contents)[0]
    below = entry.replace(lesson.after, lesson.path) + "\n"
    files[f"book/{lesson.path}.ipynb"] = make_notebook(text)
    for file in files:
        if (root / file).exists():
            raise Refused(f"The name {name!r} is taken, by the file {file}; choose another.")
    return files | {
        COURSE: rows,
        CONTENTS: insert_below(contents, entry, below),
        CHINESE: insert_in_chinese(chinese, lesson, fill_in(CHINESE_PARAGRAPH)),
    }


@contextmanager
def all_or_none(paths: list[Path]) -> Iterator[None]:
    """Put files back as they were, or away, if what is done with them fails."""
    before = {path: path.read_bytes() if path.is_file() else None for path in paths}
    try:
        yield
    except BaseException:
        for path, data in before.items():
            if data is not None:
                write_atomic(path, data)
                continue
            path.unlink(missing_ok=True)
            if path.parent.is_dir() and not any(path.parent.iterdir()):
                path.parent.rmdir()
        raise


def write_lesson(lesson: Lesson, files: dict[str, str], root: Path) -> list[str]:
    """Write the files, execute the notebooks and release the exercise; return what there is."""
    name, names = lesson.name, [lesson.path]
    written = list(files)
    if lesson.exercise:
        names.append(f"exercises/{name}")
        written.append(f"exercises/release/{name}/{name}.ipynb")
    with all_or_none([root / file for file in written]):
        for file, text in files.items():
            write_atomic(root / file, text)
        if lessons.main(names, root) or (lesson.exercise and exercises.main([name], root)):
            raise Refused(f"The skeleton of {lesson.path} doesn't run, so nothing was written.")
    return written


def main(arguments: list[str], root: Path = ROOT) -> int:
    """Write the lesson that is asked for; 2 if it can't be made."""
    parser = argparse.ArgumentParser(description="Write the skeleton of a lesson.")
    parser.add_argument("name", metavar="PART/NAME", nargs="?", default="")
    parser.add_argument("--after", metavar="PART/NAME", default="", help="the lesson before it")
    parser.add_argument("--widget", action="store_true", help="with a widget of its own")
    parser.add_argument("--exercise", action="store_true", help="with an exercise")
    options = parser.parse_args(arguments)
    course = yaml.safe_load((root / COURSE).read_text(encoding="utf-8"))
    try:
        check_name(options.name, course)
        after = find_neighbour(options.name, options.after, course)
        lesson = Lesson(options.name, after, options.widget, options.exercise)
        written = write_lesson(lesson, make_files(lesson, course, root), root)
    except Refused as reason:
        print(reason, file=sys.stderr)
        return 2
    print("Written:", *sorted(written), sep="\n  ")
    steps = NEXT + NEXT_WIDGET * lesson.widget + NEXT_EXERCISE * lesson.exercise + NEXT_LAST
    print(steps.replace("skeleton", lesson.name).replace("PART", lesson.part), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
