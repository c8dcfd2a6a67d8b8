"""The course map, `book/course.yml`: complete, well typed, and true of the files beside it."""

import copy
import graphlib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
COURSE = yaml.safe_load((ROOT / "book/course.yml").read_text("utf-8"))
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))

PARTS = {
    "title": str,
    "lessons": dict,
    "pages": dict,
    "exercises": dict,
    "routes": list,
    "plans": list,
}
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
PLAN = {"title": str, "about": str, "sessions": list}
GRADED = {"share": int, "what": str}
SESSION = {"title": str}
BESIDE = {"lessons": list, "exercises": list, "pages": list, "project": str}  # one at least


def shape_problems(where, value, shape, optional=()):
    """Return what is missing, unknown, of the wrong type or empty in one entry."""
    if not isinstance(value, dict):
        return [f"{where} is not a table of keys and values"]
    problems = [f"{where} lacks {key}" for key in shape if key not in value]
    shape = shape | dict(optional)
    for key, entry in value.items():
        if key not in shape:
            problems.append(f"{where} has an unknown key {key}")
        # To Python a bool is an int, but `minutes: yes` is a mistake.
        elif not isinstance(entry, shape[key]) or (shape[key] is int and type(entry) is not int):
            problems.append(f"{where}.{key} is {entry!r}")
        elif isinstance(entry, (str, list)) and not entry and key != "prerequisites":
            problems.append(f"{where}.{key} is empty")
        elif shape[key] is int and entry <= 0:
            problems.append(f"{where}.{key} is not above 0")
    return problems


def all_shape_problems(course):
    """Return the problems of all entries' shapes; the functions below need these to be right."""
    problems = shape_problems("course", course, PARTS)
    if problems:
        return problems
    for kind, shape in (("pages", PAGE), ("lessons", LESSON), ("exercises", EXERCISE)):
        for name, entry in course[kind].items():
            problems += shape_problems(name, entry, shape)
            if "budget" in shape and not problems:
                problems += shape_problems(f"{name}.budget", entry["budget"], BUDGET)
    for number, route in enumerate(course["routes"], 1):
        problems += shape_problems(f"route {number}", route, ROUTE)
    for number, plan in enumerate(course["plans"], 1):
        problems += shape_problems(f"plan {number}", plan, PLAN, {"grading": list})
        for session in plan.get("sessions", ()):
            problems += shape_problems(f"a session of plan {number}", session, SESSION, BESIDE)
            if not session.keys() & BESIDE.keys():
                problems.append(f"a session of plan {number} has nothing to read or to do")
        for graded in plan.get("grading", ()):
            problems += shape_problems(f"what plan {number} grades", graded, GRADED)
    return problems


def file_problems(course, is_file):
    """Yield what the map names but the repository lacks; `is_file(path)` looks there."""
    for path in course["lessons"] | course["pages"]:
        if not is_file(f"book/{path}.ipynb"):
            yield f"book/{path}.ipynb doesn't exist"
    for name in course["exercises"]:
        for kind in ("source", "release"):
            if not is_file(f"exercises/{kind}/{name}/{name}.ipynb"):
                yield f"exercises/{kind}/{name}/{name}.ipynb doesn't exist"


def lesson_problems(course):
    """Yield contradictions between lessons, pages and exercises."""
    lessons = course["lessons"]
    exercises = course["exercises"]
    for path in lessons.keys() & course["pages"].keys():
        yield f"{path} is both a lesson and a page"
    for path, lesson in lessons.items():
        if not all(isinstance(text, str) and text for text in lesson["objectives"]):
            yield f"{path}.objectives are not all sentences"
        if not 2 <= len(lesson["objectives"]) <= 4:
            yield f"{path} has {len(lesson['objectives'])} objectives, not 2 to 4"
        if lesson["exercise"] is not None and lesson["exercise"] not in exercises:
            yield f"{path} names the exercise {lesson['exercise']}, which doesn't exist"
        for other in set(lesson["prerequisites"]) - lessons.keys():
            yield f"{path} needs {other}, which doesn't exist"
    for name in exercises.keys() - {lesson["exercise"] for lesson in lessons.values()}:
        yield f"no lesson leads to the exercise {name}"
    try:
        graph = {path: lesson["prerequisites"] for path, lesson in lessons.items()}
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        yield f"prerequisites form a circle: {' → '.join(error.args[1])}"


def order_problems(where, paths, lessons):
    """Yield unknown lessons, repeated ones, and those that come before their prerequisites."""
    for place, path in enumerate(paths):
        if path not in lessons:
            yield f"{where} has the lesson {path}, which doesn't exist"
            continue
        if path in paths[:place]:
            yield f"{where} has {path} twice"
        for other in sorted(set(lessons[path]["prerequisites"]) & set(paths[place:])):
            yield f"{where} has {path} before {other}"


def plan_problems(course):
    """Yield what is wrong with the plans to teach from: order, and exercises before lessons."""
    lessons = course["lessons"]
    for number, plan in enumerate(course["plans"], 1):
        paths = []
        names = []
        for session in plan["sessions"]:
            paths += session.get("lessons", [])
            for page in session.get("pages", []):
                if page not in course["pages"]:
                    yield f"plan {number} has the page {page}, which doesn't exist"
            taught = [lessons[path]["exercise"] for path in paths if path in lessons]
            for name in session.get("exercises", []):
                if name in names:
                    yield f"plan {number} has the exercise {name} twice"
                if name not in taught:
                    yield f"plan {number} has the exercise {name} before its lesson"
                names.append(name)
        yield from order_problems(f"plan {number}", paths, lessons)
        shares = [part["share"] for part in plan.get("grading", ())]
        if shares and sum(shares) != 100:
            yield f"plan {number} grades {sum(shares)} % in all, not 100"


def course_problems(course, is_file):
    """Return everything wrong with a course map, in sentences."""
    if problems := all_shape_problems(course):
        return problems
    problems = [*file_problems(course, is_file), *lesson_problems(course), *plan_problems(course)]
    for number, route in enumerate(course["routes"], 1):
        problems += order_problems(f"route {number}", route["lessons"], course["lessons"])
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


def test_the_plans_of_a_term_have_all_lessons_and_exercises():
    for plan in COURSE["plans"][-2:]:
        for kind in ("lessons", "exercises"):
            names = [name for session in plan["sessions"] for name in session.get(kind, [])]
            assert sorted(names) == sorted(COURSE[kind]), (plan["title"], kind)


def test_every_lesson_is_on_a_route():
    assert {path for route in COURSE["routes"] for path in route["lessons"]} == set(
        COURSE["lessons"]
    )


LESSON_AT = ("lessons", "blocks/convolution")
SESSION_AT = ("plans", 0, "sessions", 0)


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        (("plans",), [], "course.plans is empty"),
        ((*LESSON_AT, "minutes"), True, "minutes is True"),
        ((*LESSON_AT, "colour"), "red", "unknown key colour"),
        ((*LESSON_AT, "budget"), {"seconds": 30}, "lacks memory_mb"),
        ((*LESSON_AT, "objectives"), ["one"], "1 objectives"),
        ((*LESSON_AT, "exercise"), "poetry", "the exercise poetry, which doesn't exist"),
        ((*LESSON_AT, "prerequisites"), ["no/where"], "needs no/where"),
        ((*LESSON_AT, "prerequisites"), ["blocks/convolution"], "form a circle"),
        (("pages", "no/file"), COURSE["pages"]["appendix/myths"], "book/no/file"),
        (("exercises", "poetry"), COURSE["exercises"]["convolution"], "no lesson leads to"),
        (("routes", 0, "lessons"), ["blocks/pooling", "blocks/convolution"], "before blocks/conv"),
        ((*SESSION_AT, "lessons"), ["no/where"], "has the lesson no/where"),
        ((*SESSION_AT, "lessons"), ["blocks/pooling"], "exercise convolution before its lesson"),
        ((*SESSION_AT, "exercises"), 2 * ["convolution"], "the exercise convolution twice"),
        ((*SESSION_AT, "pages"), ["no/where"], "has the page no/where"),
        (SESSION_AT, {"title": "A free week"}, "has nothing to read or to do"),
        (("plans", -1, "grading", 0, "share"), 1, "in all, not 100"),
    ],
)
def test_a_wrong_map_is_reported(path, value, problem):
    course = copy.deepcopy(COURSE)
    entry = course
    for key in path[:-1]:
        entry = entry[key]
    entry[path[-1]] = value
    files = {f"book/{path}.ipynb" for path in COURSE["lessons"] | COURSE["pages"]}
    assert problem in "\n".join(course_problems(course, lambda p: p in files or "exercises" in p))
