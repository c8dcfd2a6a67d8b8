"""What pages say about the course: a notebook's facts, the map, the routes and the exercises.

All of it comes from ``book/course.yml``; when that changes, the pages that show it are built again.
"""

import functools
import re
from pathlib import Path

import yaml
from docutils import nodes
from sphinx import addnodes
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

LESSONS = "book/"  # where course.yml's lesson paths begin
PRACTICE = "book/practice/"  # where the pages of exercises are
COLAB = "https://colab.research.google.com/github"


def repository_name(config):
    """Return (owner, repository) of the address in ``_config.yml``."""
    url = config.html_theme_options["repository_url"]
    match = re.fullmatch(r"https://github\.com/([\w.-]+)/([\w.-]+)", url)
    if not match:
        raise ExtensionError(
            f"repository.url in _config.yml is {url!r}; Colab opens notebooks from GitHub only, "
            "so write it as https://github.com/OWNER/REPOSITORY."
        )
    return match.groups()


def repository_link(config, kind, path):
    """Return the address of a file of the repository: kind is ``colab`` or ``github``."""
    owner, repository = repository_name(config)
    host = {"colab": COLAB, "github": "https://github.com"}[kind]
    branch = config.html_theme_options["repository_branch"]
    return f"{host}/{owner}/{repository}/blob/{branch}/{path}"


def course(env):
    """Return ``book/course.yml``; the page being read is built again when it changes."""
    path = Path(env.srcdir, "book/course.yml")
    env.note_dependency(str(path))
    return read_course(path.read_text("utf-8"))


@functools.lru_cache(maxsize=1)
def read_course(text):
    """Return the text of ``book/course.yml`` as data, which callers must not change.

    Most pages ask for it, and reading it takes a tenth of a second.
    """
    return yaml.safe_load(text)


def duration(minutes):
    """Return a length of time in words: 45 minutes, 2 hours, 2 h 15 min."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} minutes"
    return f"{hours} h {rest} min" if rest else f"{hours} hour{'s' if hours > 1 else ''}"


def inline(text):
    """Return a text of ``course.yml`` as nodes, in which code in backticks is code."""
    parts = re.split(r"`([^`]+)`", text)
    return [nodes.literal("", p) if i % 2 else nodes.Text(p) for i, p in enumerate(parts) if p]


def paragraph(text):
    """Return a text of ``course.yml`` as a paragraph."""
    return nodes.paragraph("", "", *inline(text.strip()))


def inside_link(kind, target, text):
    """Return a link that the build checks: kind is ``doc`` (a page) or ``ref`` (a place on one)."""
    where = {"refdomain": "std", "reftype": kind, "reftarget": target}
    return addnodes.pending_xref(
        "", nodes.inline("", text), **where, refexplicit=True, refwarn=True
    )


def page_link(docname, text):
    """Return a link to a page."""
    return inside_link("doc", f"/{docname}", text)


def exercise_link(name, text):
    """Return a link to an exercise's place on the exercises' page."""
    return inside_link("ref", f"exercise-{name}", text)


def outside_link(url, text):
    """Return a link to another site."""
    return nodes.reference("", text, refuri=url, internal=False)


def list_item(*parts):
    """Return a list item of one line, made of strings and nodes."""
    children = [node for p in parts for node in (inline(p) if isinstance(p, str) else [p])]
    return nodes.list_item("", nodes.paragraph("", "", *children))


def notebook_facts(app, doctree):
    """Insert the facts of a notebook below its title, and give the page its description."""
    env = app.env
    name = env.docname.removeprefix(LESSONS)
    if not env.docname.startswith(LESSONS):
        return
    chapters = course(env)
    if name in chapters["lessons"]:
        notebook = chapters["lessons"][name]
        before, after = lesson_facts(notebook, chapters["lessons"])
    elif name in chapters["pages"]:
        notebook = chapters["pages"][name]
        before, after = [], []
    else:
        return
    summary = notebook["summary"].strip().replace("`", "")
    doctree.insert(0, nodes.meta("", name="description", content=summary))
    colab = repository_link(app.config, "colab", f"{env.docname}.ipynb")
    run = list_item(outside_link(colab, "Run it in Colab"))
    facts = [list_item(duration(notebook["minutes"])), *before, run, *after]
    title = next(doctree.findall(nodes.title))
    title.parent.insert(title.parent.index(title) + 1, bullets(facts, "lesson-facts"))


def lesson_facts(lesson, lessons):
    """Return the facts of a lesson: what to know before it, and what to do after it."""
    before = [list_item(f"Assumes {lesson['assumes']}")]
    if lesson["prerequisites"]:
        before.append(list_item(*prerequisites(lesson, lessons)))
    before.append(list_item("Needs a GPU" if lesson["needs_gpu"] else "No GPU needed"))
    exercise = lesson["exercise"]
    if not exercise:
        return before, []
    here = page_link(f"{PRACTICE}{exercise}", "Do the exercise in the page")
    return before, [list_item(here), list_item(exercise_link(exercise, "or elsewhere"))]


def prerequisites(lesson, lessons):
    """Return "First read" and links to the lessons before this one; nothing if there are none."""
    parts = []
    for other in lesson["prerequisites"]:
        parts += [nodes.Text(", "), page_link(LESSONS + other, lessons[other]["title"])]
    return [nodes.Text("First read "), *parts[1:]] if parts else []


def bullets(items, *classes):
    """Return a list of the given items."""
    return nodes.bullet_list("", *items, classes=list(classes))


class CourseMap(SphinxDirective):
    """``{course-map}``: every lesson in the book's order, with its time and objectives."""

    def run(self):
        """Return the lessons of each part of the book, and the total time."""
        self.env.note_dependency(str(Path(self.env.srcdir, "_toc.yml")))
        lessons = course(self.env)["lessons"]
        course_map = nodes.container("", classes=["course-map"])
        seen = []
        for part in self.config.external_site_map.root.subtrees:
            names = [page.removeprefix(LESSONS) for page in part.items]
            names = [name for name in names if name in lessons]
            if names and part.caption:
                course_map += nodes.rubric("", part.caption)
            if names:
                entries = [self.lesson(name, lessons) for name in names]
                course_map += nodes.enumerated_list("", *entries, start=len(seen) + 1)
            seen += names
        total = sum(lessons[name]["minutes"] for name in seen)
        count = f"{len(seen)} lesson{'s' if len(seen) > 1 else ''}"
        return [course_map, nodes.paragraph("", f"In all: {count}, {duration(total)} of reading.")]

    def lesson(self, name, lessons):
        """Return one lesson as an item of the list."""
        lesson = lessons[name]
        head = nodes.paragraph("", "", classes=["course-map-title"])
        head += [
            page_link(LESSONS + name, lesson["title"]),
            nodes.Text(" "),
            nodes.inline("", duration(lesson["minutes"]), classes=["course-map-minutes"]),
        ]
        before = prerequisites(lesson, lessons)
        return nodes.list_item(
            "",
            head,
            paragraph(lesson["summary"]),
            *([nodes.paragraph("", "", *before, classes=["course-map-before"])] if before else []),
            nodes.raw("", "<details><summary>You will</summary>", format="html"),
            bullets([list_item(o) for o in lesson["objectives"]]),
            nodes.raw("", "</details>", format="html"),
        )


class CourseRoutes(SphinxDirective):
    """``{course-routes}``: the routes through the course in ``course.yml``, and their time."""

    def run(self):
        """Return a list with an item for each route: its lessons in order, as links."""
        chapters = course(self.env)
        lessons = chapters["lessons"]
        items = []
        for route in chapters["routes"]:
            links = []
            for name in route["lessons"]:
                links += [nodes.Text(" → "), page_link(LESSONS + name, lessons[name]["title"])]
            minutes = sum(lessons[name]["minutes"] for name in route["lessons"])
            head = nodes.paragraph("", "", classes=["course-map-title"])
            head += [
                nodes.Text(route["title"] + " "),
                nodes.inline("", duration(minutes), classes=["course-map-minutes"]),
            ]
            path = nodes.paragraph("", "", *links[1:])
            items.append(nodes.list_item("", head, paragraph(route["about"]), path))
        return [nodes.bullet_list("", *items, classes=["course-routes"])]


class ExerciseList(SphinxDirective):
    """``{exercise-list}``: every exercise, to do in the page, to open in Colab or to download."""

    def run(self):
        """Return one section per exercise, which other pages link as ``exercise-NAME``."""
        chapters = course(self.env)
        return [
            self.exercise(name, exercise, chapters)
            for name, exercise in chapters["exercises"].items()
        ]

    def exercise(self, name, exercise, chapters):
        """Return the section of one exercise."""
        path = f"exercises/release/{name}/{name}.ipynb"
        if not Path(self.env.srcdir, path).is_file():
            raise ExtensionError(
                f"course.yml has the exercise {name!r}, but {path} does not exist; "
                "run `make exercises` to write it from its source."
            )
        self.env.note_dependency(str(Path(self.env.srcdir, path)))
        section = nodes.section("", nodes.title("", exercise["title"]))
        section["names"] = [f"exercise-{name}"]
        self.state.document.note_explicit_target(section)
        lessons = [p for p, lesson in chapters["lessons"].items() if lesson["exercise"] == name]
        links = [
            list_item(page_link(f"{PRACTICE}{name}", "Do it in the page")),
            list_item(outside_link(repository_link(self.config, "colab", path), "Open in Colab")),
            list_item(
                addnodes.download_reference(
                    "",
                    "",
                    nodes.inline("", f"Download {name}.ipynb"),
                    reftarget=f"/{path}",
                    refdoc=self.env.docname,
                )
            ),
            *(
                list_item("Lesson: ", page_link(LESSONS + p, chapters["lessons"][p]["title"]))
                for p in lessons
            ),
        ]
        section += [
            paragraph(exercise["summary"]),
            bullets(
                [
                    list_item(duration(exercise["minutes"])),
                    list_item(f"{exercise['points']} points"),
                    *links,
                ],
                "lesson-facts",
            ),
        ]
        return section
