"""Attacks through what a notebook is or claims: name -> a function that hands it in.

Each gets (course, student) and puts something under submitted/. All answers are wrong, except where
POINTS has the points of the right ones.
"""

import copy
import json
import os
import time

from classroom import hand_in, solved, wrong

PWNED = "__import__('pathlib').Path('{there}').write_text('pwned')"
POINTS = {"more_points": 2, "kernel_of_another_name": 18, "shuffled": 18, "own_numpy": 0}


def notebook(change, **answers):
    """Return a function that hands in a wrong notebook after `change(notebook)`."""

    def put(course, student):
        made = wrong(**answers)
        made = change(made) or made
        hand_in(course, student, made if isinstance(made, str) else json.dumps(made))

    return put


def cell(made, name):
    return next(c for c in made["cells"] if c["metadata"]["nbgrader"]["grade_id"] == name)


def without_tests(made):
    made["cells"] = [c for c in made["cells"] if not c["metadata"]["nbgrader"]["grade"]]


def edited_tests(made):
    for c in made["cells"]:
        if c["metadata"]["nbgrader"]["grade"] and c["cell_type"] == "code":
            c["source"] = "assert True"


def doubled_tests(made):
    for c in list(made["cells"]):
        if c["metadata"]["nbgrader"]["grade"]:
            double = copy.deepcopy(c)
            double["source"], double["id"] = "pass", f"d{len(made['cells'])}"
            made["cells"] += [double]
            made["cells"].insert(0, double)


def more_points(made):
    cell(made, "conv_out")["source"] = (
        "def conv_out(n, k, stride=1, padding=0): return (n + 2 * padding - k) // stride + 1"
    )
    for c in made["cells"]:
        c["metadata"]["nbgrader"]["points"] = 1000


def tests_as_text(made):
    for c in made["cells"]:
        if c["metadata"]["nbgrader"]["grade"]:
            c["cell_type"] = "markdown"


def other_kinds(made):
    for c in made["cells"]:
        mark = c["metadata"]["nbgrader"]
        mark["grade"], mark["solution"], mark["locked"] = mark["solution"], mark["grade"], False


def own_tests(made):
    """Add cells that claim to be tests, and points for them."""
    mark = {"grade": True, "locked": True, "solution": False, "points": 500, "schema_version": 3}
    for i in range(5):
        metadata = {"nbgrader": mark | {"grade_id": f"mine{i}"}}
        made["cells"].append(code("500.0", metadata))


def given_cells_that_run_here(course, student):
    """Claim to be the instructor's cells, whose definitions the grader executes."""
    made = wrong()
    there = course.path / "pwned"
    mark = {"grade": False, "locked": True, "solution": False, "schema_version": 3}
    evil = f"def f(x={PWNED.format(there=there)}): pass\nimport antigravity"
    for i, name in enumerate(("mine", "imports", "setup")):
        made["cells"].insert(i, code(evil, {"nbgrader": mark | {"grade_id": name}}))
    cell(made, "imports")["source"] = evil
    hand_in(course, student, made)


def code(source, metadata):
    made = {"cell_type": "code", "id": f"x{time.monotonic_ns()}", "metadata": metadata}
    return made | {"source": source, "outputs": [], "execution_count": None}


def stored_outputs(made):
    """Store outputs that say it passed."""
    result = {"output_type": "execute_result", "metadata": {}, "execution_count": 1}
    for c in made["cells"]:
        if c["cell_type"] == "code":
            c["outputs"] = [result | {"data": {"text/plain": "1000.0"}}]
            c["execution_count"] = 1


def many_cells(made):
    made["cells"] += [code(f"x{i} = {i}", {}) for i in range(10_000)]


def odd_cells(made):
    made["cells"][0:0] = [5, None, {}, {"cell_type": "code"}, {"metadata": 7, "source": {"a": 1}}]
    made["cells"] += [{"cell_type": "code", "source": ["a", 5, None], "metadata": {"nbgrader": 3}}]
    made["cells"] += [
        {"cell_type": "code", "source": "\ud800", "metadata": {"nbgrader": {"grade_id": []}}}
    ]


def html_answer(made):
    for c in made["cells"]:
        if c["metadata"]["nbgrader"]["solution"]:
            c["source"] = "<script>PWNED()</script><img src=x onerror=PWNED()>"


def shuffled(course, student):
    made = solved()
    made["cells"].reverse()
    hand_in(course, student, made)


def other_kernel(course, student):
    made = solved()
    made["metadata"]["kernelspec"] = {"name": "../../evil", "display_name": "x", "language": "R"}
    hand_in(course, student, made)


def own_numpy(course, student):
    """Put files beside the notebook: modules, and a configuration for nbgrader."""
    path = hand_in(course, student, wrong())
    forged = f"{PWNED.format(there=course.path / 'pwned')}\n"
    for name in ("numpy.py", "nbgrader_config.py", "sitecustomize.py", "conftest.py"):
        path.with_name(name).write_text(forged)


def linked(course, student):
    path = hand_in(course, student, wrong())
    path.unlink()
    path.symlink_to(course.submitted("zz_victim", "convolution"))


def linked_folder(course, student):
    (course.path / "submitted" / student).symlink_to(course.path / "submitted" / "zz_victim")


def linked_time(course, student):
    path = hand_in(course, student, wrong())
    path.with_name("timestamp.txt").symlink_to("/etc/hostname")


def odd_time(text):
    return lambda course, student: hand_in(course, student, wrong(), timestamp=text)


def no_notebook(course, student):
    hand_in(course, student, wrong()).unlink()


def a_pipe(course, student):
    """Put a pipe that nobody writes to in the notebook's place."""
    path = hand_in(course, student, wrong())
    path.unlink()
    os.mkfifo(path)


def writes_the_gradebook(course, student):
    """Look for the gradebook and the victim's files, even after it was graded."""
    code = f"""
import pathlib, sqlite3, subprocess, sys
for root in map(pathlib.Path, ({str(course.path)!r}, '.', '..', '/')):
    try:
        if (root / 'gradebook.db').exists():
            db = sqlite3.connect(str(root / 'gradebook.db'))
            db.execute('update grade set manual_score = 99'); db.commit()
        for path in root.glob('submitted/zz_victim/*/*.ipynb'): path.write_text('{{}}')
    except Exception as error: print(error)
late = "import time, sqlite3; time.sleep(3)\\n"
late += "db = sqlite3.connect({str(course.path)!r} + '/gradebook.db')\\n"
late += "db.execute('update grade set manual_score = 77'); db.commit()"
subprocess.Popen([sys.executable, '-c', late], start_new_session=True)
def conv_out(*a, **k): return 0"""
    hand_in(course, student, wrong(conv_out=code))


FILES = {
    "without_tests": notebook(without_tests),
    "edited_tests": notebook(edited_tests),
    "doubled_tests": notebook(doubled_tests),
    "more_points": notebook(more_points),
    "tests_as_text": notebook(tests_as_text),
    "other_kinds": notebook(other_kinds),
    "own_tests": notebook(own_tests),
    "given_cells_that_run_here": given_cells_that_run_here,
    "stored_outputs": notebook(stored_outputs),
    "many_cells": notebook(many_cells),
    "odd_cells": notebook(odd_cells),
    "html_answer": notebook(html_answer),
    "shuffled": shuffled,
    "kernel_of_another_name": other_kernel,
    "own_numpy": own_numpy,
    "linked": linked,
    "linked_folder": linked_folder,
    "linked_time": linked_time,
    "time_that_is_none": odd_time("=cmd|'/c calc'!A1"),
    "time_far_away": odd_time("99999-01-01 00:00:00"),
    "no_notebook": no_notebook,
    "a_pipe": a_pipe,
    "bad_json": lambda course, student: hand_in(course, student, '{"cells": [ oops'),
    "a_list": lambda course, student: hand_in(course, student, "[1, 2]"),
    "cells_of_no_list": lambda course, student: hand_in(course, student, '{"cells": 5}'),
    "deep_json": lambda course, student: hand_in(course, student, "[" * 200_000),
    "empty_file": lambda course, student: hand_in(course, student, ""),
    "huge_file": lambda course, student: hand_in(course, student, " " * 31_000_000),
    "writes_the_gradebook": writes_the_gradebook,
}
