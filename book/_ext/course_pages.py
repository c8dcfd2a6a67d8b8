"""What pages say about the course: a notebook's facts, its map, ways through it, the exercises.

All of it stands in ``book/course.yml``; when that changes, the pages that show it are built again.
"""

import re
from pathlib import Path

import yaml
from docutils import nodes
from sphinx import addnodes
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

LESSONS = "book/"  # where course.yml's lesson paths begin
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
    return yaml.safe_load(path.read_text("utf-8"))


def hours(minutes):
    """Say a length of time as a person would: 45 minutes, 2 hours, 2 h 15 min."""
    whole, rest = divmod(minutes, 60)
    if not whole:
        return f"{rest} minutes"
    return f"{whole} h {rest} min" if rest else f"{whole} hour{'s' if whole > 1 else ''}"


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


def entry(*parts):
    """Return a list item of one line, made of strings and nodes."""
    return nodes.list_item(
        "", nodes.paragraph("", "", *(nodes.Text(p) if isinstance(p, str) else p for p in parts))
    )


def notebook_facts(app, doctree):
    """Put under a notebook's title what it takes, and give the page its description."""
    env = app.env
    name = env.docname.removeprefix(LESSONS)
    if not env.docname.startswith(LESSONS):
        return
    chapters = course(env)
    if name in chapters["lessons"]:
        found = chapters["lessons"][name]
        before, after = lesson_facts(found, chapters["lessons"])
    elif name in chapters["pages"]:
        found, before, after = chapters["pages"][name], [], []
    else:
        return
    doctree.insert(0, nodes.meta("", name="description", content=found["summary"].strip()))
    colab = repository_link(app.config, "colab", f"{env.docname}.ipynb")
    run = entry(outside_link(colab, "Run it in Colab"))
    facts = [entry(hours(found["minutes"])), *before, run, *after]
    title = next(doctree.findall(nodes.title))
    title.parent.insert(title.parent.index(title) + 1, bullets(facts, "lesson-facts"))


def lesson_facts(lesson, lessons):
    """Return what only a lesson has to say: what to know before it, and what to do after it."""
    before = [entry(f"Assumes {lesson['assumes']}")]
    if lesson["prerequisites"]:
        before.append(entry(*prerequisites(lesson, lessons)))
    before.append(entry("Needs a GPU" if lesson["needs_gpu"] else "No GPU needed"))
    exercise = lesson["exercise"]
    after = [entry(exercise_link(exercise, "Do the exercise"))] if exercise else []
    return before, after


def prerequisites(lesson, lessons):
    """Return "First read" and links to the lessons before this one; nothing where there is none."""
    parts = []
    for other in lesson["prerequisites"]:
        parts += [nodes.Text(", "), page_link(LESSONS + other, lessons[other]["title"])]
    return [nodes.Text("First read "), *parts[1:]] if parts else []


def bullets(items, *classes):
    """Return a list of the given items."""
    return nodes.bullet_list("", *items, classes=list(classes))


class CourseMap(SphinxDirective):
    """``{course-map}``: every lesson in the book's order, what it takes and what it gives."""

    def run(self):
        """Return the lessons of each part of the book, and the time of all."""
        self.env.note_dependency(str(Path(self.env.srcdir, "_toc.yml")))
        lessons = course(self.env)["lessons"]
        found, seen = nodes.container("", classes=["course-map"]), []
        for part in self.config.external_site_map.root.subtrees:
            names = [page.removeprefix(LESSONS) for page in part.items]
            names = [name for name in names if name in lessons]
            if names and part.caption:
                found += nodes.rubric("", part.caption)
            if names:
                entries = [self.lesson(name, lessons) for name in names]
                found += nodes.enumerated_list("", *entries, start=len(seen) + 1)
            seen += names
        total = sum(lessons[name]["minutes"] for name in seen)
        count = f"{len(seen)} lesson{'s' if len(seen) > 1 else ''}"
        return [found, nodes.paragraph("", f"In all: {count}, {hours(total)} of reading.")]

    def lesson(self, name, lessons):
        """Return one lesson as an entry of the list."""
        lesson = lessons[name]
        head = nodes.paragraph("", "", classes=["course-map-title"])
        head += [
            page_link(LESSONS + name, lesson["title"]),
            nodes.Text(" "),
            nodes.inline("", hours(lesson["minutes"]), classes=["course-map-minutes"]),
        ]
        before = prerequisites(lesson, lessons)
        return nodes.list_item(
            "",
            head,
            nodes.paragraph("", lesson["summary"].strip()),
            *([nodes.paragraph("", "", *before, classes=["course-map-before"])] if before else []),
            nodes.raw("", "<details><summary>You will</summary>", format="html"),
            bullets([entry(o) for o in lesson["objectives"]]),
            nodes.raw("", "</details>", format="html"),
        )


class CourseRoutes(SphinxDirective):
    """``{course-routes}``: the ways through the course that ``course.yml`` has, and their time."""

    def run(self):
        """Return a list with one entry a route: its lessons in order, as links."""
        chapters = course(self.env)
        lessons, items = chapters["lessons"], []
        for route in chapters["routes"]:
            links = []
            for name in route["lessons"]:
                links += [nodes.Text(" → "), page_link(LESSONS + name, lessons[name]["title"])]
            minutes = sum(lessons[name]["minutes"] for name in route["lessons"])
            head = nodes.paragraph("", "", classes=["course-map-title"])
            head += [
                nodes.Text(route["title"] + " "),
                nodes.inline("", hours(minutes), classes=["course-map-minutes"]),
            ]
            about = nodes.paragraph("", route["about"].strip())
            items.append(nodes.list_item("", head, about, nodes.paragraph("", "", *links[1:])))
        return [nodes.bullet_list("", *items, classes=["course-routes"])]


class ExerciseList(SphinxDirective):
    """``{exercise-list}``: every exercise, to open in Colab or to download."""

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
                f"course.yml has the exercise {name!r}, but {path} is not there; "
                "run `make exercises` to write it from its source."
            )
        self.env.note_dependency(str(Path(self.env.srcdir, path)))
        section = nodes.section("", nodes.title("", exercise["title"]))
        section["names"] = [f"exercise-{name}"]
        self.state.document.note_explicit_target(section)
        lessons = [p for p, lesson in chapters["lessons"].items() if lesson["exercise"] == name]
        links = [
            entry(outside_link(repository_link(self.config, "colab", path), "Open in Colab")),
            entry(
                addnodes.download_reference(
                    "",
                    "",
                    nodes.inline("", f"Download {name}.ipynb"),
                    reftarget=f"/{path}",
                    refdoc=self.env.docname,
                )
            ),
            *(
                entry("Lesson: ", page_link(LESSONS + p, chapters["lessons"][p]["title"]))
                for p in lessons
            ),
        ]
        section += [
            nodes.paragraph("", exercise["summary"].strip()),
            bullets(
                [entry(hours(exercise["minutes"])), entry(f"{exercise['points']} points"), *links],
                "lesson-facts",
            ),
        ]
        return section
