"""What the instructors' page says about the course: the syllabus, and courses ready to teach.

{course-syllabus}   a table: lesson, minutes, what it needs, exercise, minutes, points
{course-plans}      the plans of ``book/course.yml``, session by session, with their hours and
                    projects, and what to grade
"""

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

from course_pages import (
    LESSONS,
    bullets,
    course,
    duration,
    exercise_link,
    list_item,
    page_link,
    paragraph,
)

COLUMNS = ("Lesson", "Reading", "First read", "Exercise", "Work", "Points")


def table(heads, rows):
    """Return a table with these heads and rows; a cell is a list of nodes."""
    group = nodes.tgroup("", cols=len(heads))
    group += [nodes.colspec("", colwidth=1) for _ in heads]
    group += nodes.thead("", table_row([[nodes.Text(head)] for head in heads]))
    group += nodes.tbody("", *(table_row(row) for row in rows))
    return nodes.table("", group, classes=["course-syllabus"])


def table_row(cells):
    """Return a row of a table."""
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", *cell)) for cell in cells))


def with_commas(parts):
    """Return nodes with a comma between each two."""
    separated = [node for part in parts for node in (nodes.Text(", "), part)]
    return separated[1:]


class CourseSyllabus(SphinxDirective):
    """``{course-syllabus}``: every lesson of the book in one table, with its exercise."""

    def run(self):
        """Return the table and the totals."""
        chapters = course(self.env)
        lessons = chapters["lessons"]
        exercises = chapters["exercises"]
        rows = []
        reading = work = points = 0
        for path, lesson in lessons.items():
            before = [page_link(LESSONS + p, lessons[p]["title"]) for p in lesson["prerequisites"]]
            row = [
                [page_link(LESSONS + path, lesson["title"])],
                [nodes.Text(f"{lesson['minutes']} min")],
                with_commas(before) or [nodes.Text("nothing")],
            ]
            exercise = exercises.get(lesson["exercise"])
            reading += lesson["minutes"]
            if exercise:
                work += exercise["minutes"]
                points += exercise["points"]
                row += [
                    [exercise_link(lesson["exercise"], lesson["exercise"])],
                    [nodes.Text(f"{exercise['minutes']} min")],
                    [nodes.Text(str(exercise["points"]))],
                ]
            else:
                row += [[nodes.Text("none")], [nodes.Text("–")], [nodes.Text("–")]]
            rows.append(row)
        total = f"{duration(reading)} of reading, {duration(work)} of exercises, {points} points."
        return [table(COLUMNS, rows), nodes.paragraph("", f"In all: {total}")]


class CoursePlans(SphinxDirective):
    """``{course-plans}``: courses ready to teach, each with its sessions and their time."""

    def run(self):
        """Return a section for each plan."""
        chapters = course(self.env)
        return [self.plan(plan, chapters) for plan in chapters["plans"]]

    def plan(self, plan, chapters):
        """Return one plan."""
        texts = chapters["lessons"] | chapters["pages"]
        exercises = chapters["exercises"]
        items = []
        reading = work = 0
        for session in plan["sessions"]:
            to_read = [*session.get("lessons", []), *session.get("pages", [])]
            to_do = session.get("exercises", [])
            missing = [p for p in to_read if p not in texts]
            missing += [e for e in to_do if e not in exercises]
            if missing:
                raise ExtensionError(
                    f"The plan {plan['title']!r} in course.yml has {missing[0]}, which is neither a"
                    " lesson or page nor an exercise of the course."
                )
            session_reading = sum(texts[p]["minutes"] for p in to_read)
            session_work = sum(exercises[e]["minutes"] for e in to_do)
            reading += session_reading
            work += session_work
            links = [page_link(LESSONS + p, texts[p]["title"]) for p in to_read]
            tasks = [exercise_link(e, e) for e in to_do]
            facts = []
            if links:
                facts.append(
                    list_item("Read ", *with_commas(links), f" ({duration(session_reading)})")
                )
            if tasks:
                facts.append(list_item("Do ", *with_commas(tasks), f" ({duration(session_work)})"))
            if "project" in session:
                facts.append(list_item(f"Also: {session['project'].strip()}"))
            items.append(nodes.list_item("", paragraph(session["title"]), bullets(facts)))
        section = nodes.section("", nodes.title("", plan["title"]))
        section["names"] = [f"plan-{plan['title'].lower().replace(' ', '-')}"]
        self.state.document.note_explicit_target(section)
        total = f"{len(items)} session{'s' if len(items) > 1 else ''}"
        total += f", {duration(reading)} of reading, {duration(work)} of exercises."
        section += [
            paragraph(plan["about"]),
            nodes.enumerated_list("", *items),
            nodes.paragraph("", f"In all: {total}"),
        ]
        if "grading" in plan:
            shares = [list_item(f"{part['share']} %: {part['what']}") for part in plan["grading"]]
            section += [nodes.paragraph("", "What to grade, and its share:"), bullets(shares)]
        return section


def connect(app):
    """Register the directives."""
    app.add_directive("course-syllabus", CourseSyllabus)
    app.add_directive("course-plans", CoursePlans)
