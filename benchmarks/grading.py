"""How long a class takes to grade: one submission at a time, and one for each core at a time.

    python benchmarks/grading.py [--students N] [--exercise NAME] [--save]

Students hand in, in turn, the solution, the unsolved notebook, and the known wrong answers. Each
submission runs in a sandbox of its own, its points go into nbgrader's gradebook, and its page is
written. "seconds" is for the whole class, including the start of the workers, without the import of
nbgrader. "right" counts the students whose points are those that the exercises' tests expect. About
3 minutes on two free cores.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

import record
import script

from alexnet_lib.grading import assign, grader
from alexnet_lib.grading.book import Book
from alexnet_lib.grading.folder import Course

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))

from wrong_answers import wrong_answers

SPECIAL = 2  # submissions besides the wrong answers: the solution, and the unsolved notebook


def submissions(book, name, count):
    """Yield (a notebook as a dict, the points it is worth) for each of `count` students."""
    wrong = wrong_answers(name)
    for i in range(count):
        notebook = book.read("release", name)
        right = {cell["id"]: cell for cell in book.read("source", name)["cells"]}
        marks = {key: cell["metadata"]["nbgrader"] for key, cell in right.items()}
        kind = i % (SPECIAL + len(wrong))
        answers = {}
        losing = []
        if kind >= SPECIAL:
            answers = wrong[kind - SPECIAL].functions
            losing = wrong[kind - SPECIAL].losing
        for cell in notebook["cells"]:
            if marks[cell["id"]]["solution"] and cell["cell_type"] == "code" and kind != 1:
                cell["source"] = answers.get(cell["id"], right[cell["id"]]["source"])
        tests = {key: m["points"] for key, m in marks.items() if m["grade"] and not m["solution"]}
        points = sum(points for key, points in tests.items() if key not in losing)
        yield notebook, 0 if kind == 1 else points


def measure(name, count, folder, say=print):
    """Grade the same class one at a time and in parallel, and return the figures."""
    book = Book()
    figures = {"exercise": name, "students": count}
    course = Course.make(folder, "Benchmark")
    assign.assign(course, book, name, tell=lambda *words: None)
    expected = {}
    for i, (notebook, points) in enumerate(submissions(book, name, count)):
        student = f"s{i:04}"
        path = course.submitted(student, name)
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(notebook), encoding="utf-8")
        expected[student] = points
    for key, jobs in (("one", 1), ("all", grader.cores())):
        start = time.perf_counter()
        results = grader.grade(course, name, jobs=jobs, again=True)
        seconds = time.perf_counter() - start
        right = sum(expected[result.student] == result.score for result in results)
        each = round(seconds / count, 3)
        row = {"jobs": jobs, "seconds": round(seconds, 1), "each": each, "right": right}
        figures[key] = row
        say(f"{jobs} at a time: {seconds:.0f} s, {each:.2f} s each, {right} of {count} right")
    return figures


def main():
    """Measure, and save if asked to; return 1 if any points are wrong."""
    parser = script.make_parser(__doc__)
    parser.add_argument("--students", type=script.count, default=120, metavar="N")
    parser.add_argument("--exercise", default="convolution", metavar="NAME")
    options = parser.parse_args()
    machine = record.machine()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(options.exercise, options.students, Path(folder) / "course")
    script.save(options, "grading", figures, machine)
    return 0 if all(figures[key]["right"] == options.students for key in ("one", "all")) else 1


if __name__ == "__main__":
    raise SystemExit(script.run(main))
