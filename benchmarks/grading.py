"""A class graded: seconds for a submission, one at a time and as many as there are cores.

    python benchmarks/grading.py [--students N] [--exercise NAME] [--save]

Students hand in the solution, the notebook as given out, or a known wrong answer, in turn. Each
submission runs in a sandbox of its own, its points go into nbgrader's gradebook, and its page is
written. "seconds" are of the whole class, with the start of the workers, without the import of
nbgrader. Right is who has the points that the tests of the exercises expect. About 3 minutes on two
free cores.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

import record
import script

from alexnet_lib.grading import assigning, grader
from alexnet_lib.grading.book import Book
from alexnet_lib.grading.folder import Course

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))

from wrong_answers import wrong_answers

OWN = 2  # submissions that are no wrong answer: the solution, and nothing done


def submissions(book, name, count):
    """(the notebook as a dict, the points it is worth) for so many students."""
    wrong = wrong_answers(name)
    for i in range(count):
        made = book.read("release", name)
        right = {cell["id"]: cell for cell in book.read("source", name)["cells"]}
        marks = {key: cell["metadata"]["nbgrader"] for key, cell in right.items()}
        kind = i % (OWN + len(wrong))
        answers, losing = {}, []
        if kind >= OWN:
            answers, losing = wrong[kind - OWN].functions, wrong[kind - OWN].losing
        for cell in made["cells"]:
            if marks[cell["id"]]["solution"] and cell["cell_type"] == "code" and kind != 1:
                cell["source"] = answers.get(cell["id"], right[cell["id"]]["source"])
        tests = {key: m["points"] for key, m in marks.items() if m["grade"] and not m["solution"]}
        yield made, 0 if kind == 1 else sum(p for key, p in tests.items() if key not in losing)


def measure(name, count, folder, say=print):
    """Grade the same class one at a time and side by side; returns the figures."""
    book, figures = Book(), {"exercise": name, "students": count}
    course = Course.make(folder, "Benchmark")
    assigning.assign(course, book, name, tell=lambda *words: None)
    expected = {}
    for i, (made, points) in enumerate(submissions(book, name, count)):
        student = f"s{i:04}"
        path = course.submitted(student, name)
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(made), encoding="utf-8")
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
    """Measure, and save if asked."""
    options = script.parser(__doc__)
    options.add_argument("--students", type=script.positive, default=120, metavar="N")
    options.add_argument("--exercise", default="convolution", metavar="NAME")
    options = options.parse_args()
    machine = record.machine()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(options.exercise, options.students, Path(folder) / "course")
    script.save(options, "grading", figures, machine)
    return 0 if all(figures[key]["right"] == options.students for key in ("one", "all")) else 1


if __name__ == "__main__":
    raise SystemExit(script.run(main))
