"""The chapter map, `book/course.yml`: complete, well typed, and true of the files beside it."""

import copy
import graphlib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
COURSE = yaml.safe_load((ROOT / "book/course.yml").read_text("utf-8"))
PLANS = COURSE.pop("plans", None)  # they have tests of their own, below
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))

LESSON = {
    "title": str,
    "summary": str,
    "minutes": int,
    "assumes": str,
    "prerequisites": list,
    "objectives": list,
    "exercise": (str, type(None)),
    "needs_gpu": bool,
    "budget": dict,
}
PAGE = {key: LESSON[key] for key in ("title", "summary", "minutes", "budget")}
EXERCISE = {"title": str, "summary": str, "minutes": int, "points": int}
BUDGET = {"seconds": int, "memory_mb": int}
ROUTE = {"title": str, "about": str, "lessons": list}


def shape_problems(where, value, shape):
    """Say what is missing, unknown or of the wrong type in one entry."""
    if not isinstance(value, dict):
        return [f"{where} is not a table of keys and values"]
    problems = [f"{where} lacks {key}" for key in shape if key not in value]
    for key, found in value.items():
        if key not in shape:
            problems.append(f"{where} has an unknown key {key}")
        # a bool is an int to Python, and `minutes: yes` a mistake
        elif not isinstance(found, shape[key]) or (shape[key] is int and type(found) is not int):
            problems.append(f"{where}.{key} is {found!r}")
        elif isinstance(found, (str, list)) and not found and key != "prerequisites":
            problems.append(f"{where}.{key} is empty")
        elif shape[key] is int and found <= 0:
            problems.append(f"{where}.{key} is not above 0")
    return problems


def course_problems(course, files):
    """List everything wrong with a course map; `files(path)` says whether a file is there."""
    parts = {"title": str, "lessons": dict, "pages": dict, "exercises": dict, "routes": list}
    problems = shape_problems("course", course, parts)
    if problems:
        return problems
    lessons, exercises = course["lessons"], course["exercises"]
    for path, page in course["pages"].items():
        problems += shape_problems(path, page, PAGE)
        if problems:
            continue
        problems += shape_problems(f"{path}.budget", page["budget"], BUDGET)
        if path in lessons:
            problems.append(f"{path} is both a lesson and a page")
        if not files(f"book/{path}.ipynb"):
            problems.append(f"book/{path}.ipynb is not there")
    for path, lesson in lessons.items():
        problems += shape_problems(path, lesson, LESSON)
        if problems:
            continue
        problems += shape_problems(f"{path}.budget", lesson["budget"], BUDGET)
        if not all(isinstance(o, str) and o for o in lesson["objectives"]):
            problems.append(f"{path}.objectives are not all sentences")
        if not 2 <= len(lesson["objectives"]) <= 4:
            problems.append(f"{path} has {len(lesson['objectives'])} objectives, not 2 to 4")
        if not files(f"book/{path}.ipynb"):
            problems.append(f"book/{path}.ipynb is not there")
        if lesson["exercise"] is not None and lesson["exercise"] not in exercises:
            problems.append(f"{path} names the exercise {lesson['exercise']}, which is not there")
        problems += [
            f"{path} needs {other}, which is not there"
            for other in lesson["prerequisites"]
            if other not in lessons
        ]
    for name, exercise in exercises.items():
        problems += shape_problems(name, exercise, EXERCISE)
        problems += [
            f"exercises/{part}/{name}/{name}.ipynb is not there"
            for part in ("source", "release")
            if not files(f"exercises/{part}/{name}/{name}.ipynb")
        ]
        if not problems and not any(x["exercise"] == name for x in lessons.values()):
            problems.append(f"no lesson leads to the exercise {name}")
    if not problems:
        try:
            graph = {path: lesson["prerequisites"] for path, lesson in lessons.items()}
            graphlib.TopologicalSorter(graph).prepare()
        except graphlib.CycleError as error:
            problems.append(f"prerequisites go in a circle: {' → '.join(error.args[1])}")
    for number, route in enumerate(course["routes"], 1):
        problems += shape_problems(f"route {number}", route, ROUTE)
        seen = []
        for path in route.get("lessons", []):
            if path not in lessons:
                problems.append(f"route {number} leads to {path}, which is not there")
                continue
            late = set(lessons[path]["prerequisites"]) & set(route["lessons"]) - set(seen)
            problems += [f"route {number} has {path} before {other}" for other in sorted(late)]
            seen.append(path)
    return problems


def toc_files(item):
    """Yield the pages of the table of contents in order."""
    if isinstance(item, list):
        for part in item:
            yield from toc_files(part)
    elif isinstance(item, dict):
        yield from (item[key] for key in ("root", "file") if key in item)
        for key in ("parts", "chapters", "sections"):
            yield from toc_files(item.get(key))


def test_the_map_is_right():
    assert course_problems(COURSE, lambda path: (ROOT / path).is_file()) == []


def test_the_books_notebooks_are_the_maps():
    pages = [page for page in toc_files(TOC) if (ROOT / f"{page}.ipynb").is_file()]
    assert sorted(pages) == sorted(f"book/{path}" for path in COURSE["lessons"] | COURSE["pages"])


def test_prerequisites_come_first():
    order = list(toc_files(TOC))
    for path, lesson in COURSE["lessons"].items():
        for other in lesson["prerequisites"]:
            assert order.index(f"book/{other}") < order.index(f"book/{path}"), (other, path)


def change(path, value):
    def spoil(course):
        *way, last = path
        for key in way:
            course = course[key]
        if value is None:
            del course[last]
        else:
            course[last] = value

    return spoil


LESSON_AT = ("lessons", "blocks/convolution")
PAGE_AT = ("pages", "appendix/myths")


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (change(("exercises",), None), "lacks exercises"),
        (change((*LESSON_AT, "minutes"), None), "lacks minutes"),
        (change((*LESSON_AT, "minutes"), "45"), "minutes is '45'"),
        (change((*LESSON_AT, "minutes"), True), "minutes is True"),
        (change((*LESSON_AT, "minutes"), 0), "minutes is not above 0"),
        (change((*LESSON_AT, "summary"), ""), "summary is empty"),
        (change((*LESSON_AT, "needs_gpu"), "no"), "needs_gpu is 'no'"),
        (change((*LESSON_AT, "colour"), "red"), "unknown key colour"),
        (change((*LESSON_AT, "objectives"), ["one"]), "1 objectives"),
        (change((*LESSON_AT, "objectives"), ["one", 2]), "not all sentences"),
        (change((*LESSON_AT, "budget"), {"seconds": 30}), "lacks memory_mb"),
        (change((*LESSON_AT, "exercise"), "poetry"), "names the exercise poetry"),
        (change((*LESSON_AT, "prerequisites"), ["no/where"]), "needs no/where"),
        (change((*LESSON_AT, "prerequisites"), ["blocks/convolution"]), "in a circle"),
        (change(("lessons", "no/file"), COURSE["lessons"]["blocks/convolution"]), "book/no/file"),
        (change(("pages",), None), "lacks pages"),
        (change((*PAGE_AT, "summary"), None), "appendix/myths lacks summary"),
        (change((*PAGE_AT, "objectives"), ["one", "two"]), "unknown key objectives"),
        (change((*PAGE_AT, "budget"), {"seconds": 30}), "lacks memory_mb"),
        (change(("pages", "no/file"), COURSE["pages"]["appendix/myths"]), "book/no/file"),
        (
            change(("pages", "blocks/convolution"), COURSE["pages"]["appendix/myths"]),
            "both a lesson and a page",
        ),
        (change(("routes", 0, "about"), ""), "route 1.about is empty"),
        (change(("routes", 0, "lessons"), ["no/where"]), "route 1 leads to no/where"),
        (
            change(("routes", 0, "lessons"), ["blocks/pooling", "blocks/convolution"]),
            "route 1 has blocks/pooling before blocks/convolution",
        ),
        (
            change(("exercises", "poetry"), COURSE["exercises"]["convolution"]),
            "release/poetry/poetry",
        ),
    ],
)
def test_a_wrong_map_is_told(spoil, word):
    course = copy.deepcopy(COURSE)
    spoil(course)
    there = {f"book/{path}.ipynb" for path in COURSE["lessons"] | COURSE["pages"]}
    parts = ("source", "release")
    there |= {f"exercises/{p}/{name}/{name}.ipynb" for p in parts for name in COURSE["exercises"]}
    assert word in "\n".join(course_problems(course, there.__contains__))


def test_an_exercise_without_a_lesson_is_told():
    course = copy.deepcopy(COURSE)
    for lesson in course["lessons"].values():
        lesson["exercise"] = None
    assert "no lesson leads to the exercise" in "\n".join(course_problems(course, lambda _: True))


# --- the plans -------------------------------------------------------------------------------

PLAN = {"title": str, "about": str, "sessions": list}
SESSION = {"title": str, "lessons": list, "exercises": list}


def plan_problems(course):
    """List everything wrong with the plans, the courses to teach from."""
    problems, lessons, exercises = [], course["lessons"], course["exercises"]
    if not isinstance(course.get("plans"), list) or not course["plans"]:
        return ["there are no plans"]
    for number, plan in enumerate(course["plans"], start=1):
        where = f"plan {number}"
        wrong = shape_problems(where, plan, PLAN)
        if wrong:
            problems += wrong
            continue
        read, done = [], []
        for place, session in enumerate(plan["sessions"], start=1):
            here = f"{where}, session {place}"
            wrong = shape_problems(here, session, SESSION)
            if wrong:
                problems += wrong
                continue
            for path in session["lessons"]:
                if path not in lessons:
                    problems.append(f"{here} has the lesson {path}, which is not there")
                elif path in read:
                    problems.append(f"{here} has {path} once more")
                else:
                    later = {p for s in plan["sessions"] for p in s["lessons"]} - set(read)
                    late = set(lessons[path]["prerequisites"]) & later
                    problems += [f"{here} has {path} before {other}" for other in sorted(late)]
                read.append(path)
            for name in session["exercises"]:
                if name not in exercises:
                    problems.append(f"{here} has the exercise {name}, which is not there")
                elif name in done:
                    problems.append(f"{here} has the exercise {name} once more")
                elif not any(lessons[p]["exercise"] == name for p in read if p in lessons):
                    problems.append(f"{here} has the exercise {name} before its lesson")
                done.append(name)
    return problems


def test_the_plans_are_right():
    assert plan_problems(COURSE | {"plans": PLANS}) == []


def test_the_longest_plan_has_all_lessons_and_exercises():
    sessions = PLANS[-1]["sessions"]
    assert sorted(p for s in sessions for p in s["lessons"]) == sorted(COURSE["lessons"])
    assert sorted(e for s in sessions for e in s["exercises"]) == sorted(COURSE["exercises"])


A = {"prerequisites": [], "exercise": "a"}
SMALL = {
    "lessons": {"x/a": A, "x/b": A | {"prerequisites": ["x/a"], "exercise": "b"}},
    "exercises": {"a": {}, "b": {}},
    "plans": [
        {
            "title": "All",
            "about": "All of it.",
            "sessions": [
                {"title": "First", "lessons": ["x/a"], "exercises": ["a"]},
                {"title": "Second", "lessons": ["x/b"], "exercises": ["b"]},
            ],
        }
    ],
}
FIRST = ("plans", 0, "sessions", 0)


def test_a_plan_that_is_right_has_no_problems():
    assert plan_problems(SMALL) == []


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (change(("plans",), None), "there are no plans"),
        (change(("plans",), []), "there are no plans"),
        (change(("plans", 0, "about"), None), "plan 1 lacks about"),
        (change(("plans", 0, "weeks"), 3), "unknown key weeks"),
        (change((*FIRST, "exercises"), None), "session 1 lacks exercises"),
        (change((*FIRST, "lessons"), ["x/c"]), "the lesson x/c, which is not there"),
        (change((*FIRST, "lessons"), ["x/b", "x/a"]), "session 1 has x/b before x/a"),
        (change((*FIRST, "lessons"), ["x/a", "x/a"]), "x/a once more"),
        (change((*FIRST, "exercises"), ["c"]), "the exercise c, which is not there"),
        (change((*FIRST, "exercises"), ["b"]), "the exercise b before its lesson"),
        (change((*FIRST, "exercises"), ["a", "a"]), "the exercise a once more"),
    ],
)
def test_a_wrong_plan_is_told(spoil, word):
    course = copy.deepcopy(SMALL)
    spoil(course)
    assert word in "\n".join(plan_problems(course))
