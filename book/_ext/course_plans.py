"""What the instructors' page says of the course: the syllabus, and courses ready to teach.

{course-syllabus}   a table: lesson, minutes, what it needs, exercise, minutes, points
{course-plans}      the plans of ``book/course.yml``, session by session, with their hours
"""

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

from course_pages import LESSONS, bullets, course, entry, exercise_link, hours, page_link

COLUMNS = ("Lesson", "Reading", "First read", "Exercise", "Work", "Points")


def table(heads, rows):
    """Return a table with these heads and rows, whose cells are lists of nodes."""
    group = nodes.tgroup("", cols=len(heads))
    group += [nodes.colspec("", colwidth=1) for _ in heads]
    group += nodes.thead("", line([[nodes.Text(head)] for head in heads]))
    group += nodes.tbody("", *(line(row) for row in rows))
    return nodes.table("", group, classes=["course-syllabus"])


def line(cells):
    """Return a row of a table."""
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", *cell)) for cell in cells))


def joined(parts, between=", "):
    """Return the nodes with text between them."""
    out = []
    for part in parts:
        out += [nodes.Text(between), part] if out else [part]
    return out


class CourseSyllabus(SphinxDirective):
    """``{course-syllabus}``: every lesson of the book in one table, with its exercise."""

    def run(self):
        """Return the table and the sums."""
        chapters = course(self.env)
        lessons, exercises, rows = chapters["lessons"], chapters["exercises"], []
        reading = work = points = 0
        for path, lesson in lessons.items():
            before = [page_link(LESSONS + p, lessons[p]["title"]) for p in lesson["prerequisites"]]
            row = [
                [page_link(LESSONS + path, lesson["title"])],
                [nodes.Text(f"{lesson['minutes']} min")],
                joined(before) or [nodes.Text("nothing")],
            ]
            exercise = exercises.get(lesson["exercise"])
            reading += lesson["minutes"]
            if exercise:
                work, points = work + exercise["minutes"], points + exercise["points"]
                row += [
                    [exercise_link(lesson["exercise"], lesson["exercise"])],
                    [nodes.Text(f"{exercise['minutes']} min")],
                    [nodes.Text(str(exercise["points"]))],
                ]
            else:
                row += [[nodes.Text("none")], [nodes.Text("–")], [nodes.Text("–")]]
            rows.append(row)
        total = f"In all: {hours(reading)} of reading, {hours(work)} of exercises, {points} points."
        return [table(COLUMNS, rows), nodes.paragraph("", total)]


class CoursePlans(SphinxDirective):
    """``{course-plans}``: courses ready to teach, each with its sessions and their time."""

    def run(self):
        """Return a section for each plan."""
        chapters = course(self.env)
        return [self.plan(plan, chapters) for plan in chapters["plans"]]

    def plan(self, plan, chapters):
        """Return one plan."""
        lessons, exercises = chapters["lessons"], chapters["exercises"]
        items, reading, work = [], 0, 0
        for session in plan["sessions"]:
            missing = [p for p in session["lessons"] if p not in lessons]
            missing += [e for e in session["exercises"] if e not in exercises]
            if missing:
                raise ExtensionError(
                    f"The plan {plan['title']!r} in course.yml has {missing[0]}, which is no"
                    " lesson and no exercise of the course."
                )
            read = sum(lessons[p]["minutes"] for p in session["lessons"])
            done = sum(exercises[e]["minutes"] for e in session["exercises"])
            reading, work = reading + read, work + done
            links = [page_link(LESSONS + p, lessons[p]["title"]) for p in session["lessons"]]
            tasks = [exercise_link(e, e) for e in session["exercises"]]
            facts = [entry("Read ", *joined(links), f" ({hours(read)})")]
            if tasks:
                facts.append(entry("Do ", *joined(tasks), f" ({hours(done)})"))
            items.append(nodes.list_item("", nodes.paragraph("", session["title"]), bullets(facts)))
        section = nodes.section("", nodes.title("", plan["title"]))
        section["names"] = [f"plan-{plan['title'].lower().replace(' ', '-')}"]
        self.state.document.note_explicit_target(section)
        count = len(items)
        section += [
            nodes.paragraph("", plan["about"]),
            nodes.enumerated_list("", *items),
            nodes.paragraph(
                "",
                f"In all: {count} session{'s' if count > 1 else ''}, {hours(reading)} of reading,"
                f" {hours(work)} of exercises.",
            ),
        ]
        return section


def connect(app):
    """Make the directives known."""
    app.add_directive("course-syllabus", CourseSyllabus)
    app.add_directive("course-plans", CoursePlans)
