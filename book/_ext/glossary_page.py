"""``{course-glossary}``: every term of the course, in two languages, with a link to its lesson.

The terms come from ``book/glossary.yml``, and the page is built again when that changes. Pages link
to a term as ``glossary.md#term-receptive-field``, or as ``{term}`receptive field```.
"""

from itertools import groupby
from pathlib import Path

import yaml
from docutils import nodes
from sphinx import addnodes
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

import course_pages


def read_terms(root):
    """Return ``book/glossary.yml`` under a root: {term: its entry}."""
    return yaml.safe_load(Path(root, "book/glossary.yml").read_text("utf-8"))


def anchor(term):
    """Return the anchor of a term."""
    return nodes.make_id(f"term {term}")


def letter(term):
    """Return the letter of a term's section, or 0–9 for a number."""
    first = term[0].upper()
    return first if first.isalpha() else "0–9"


class CourseGlossary(SphinxDirective):
    """``{course-glossary}``: a section for each letter, with a list of its terms."""

    def run(self):
        """Return the sections."""
        self.env.note_dependency(str(Path(self.env.srcdir, "book/glossary.yml")))
        course = course_pages.course(self.env)
        lessons = course["lessons"] | course["pages"]
        sections = []
        for first, group in groupby(
            read_terms(self.env.srcdir).items(), lambda item: letter(item[0])
        ):
            section = nodes.section("", nodes.title("", first), names=[f"letter-{first.lower()}"])
            self.state.document.note_explicit_target(section)
            items = [self.entry(term, entry, lessons) for term, entry in group]
            section.append(nodes.definition_list("", *items, classes=["course-glossary"]))
            sections.append(section)
        return sections

    def entry(self, term, entry, lessons):
        """Return a term with its Chinese name, its sentence, and where to read on."""
        name = nodes.Text(term)
        head = nodes.term("", "", name, nodes.Text(" "), chinese(entry["zh"]), ids=[anchor(term)])
        self.state.document.note_explicit_target(head)
        self.env.get_domain("std").note_object("term", term, anchor(term))
        if entry["lesson"] not in lessons:
            raise ExtensionError(
                f"book/glossary.yml: {term!r} leads to the lesson {entry['lesson']!r}, which "
                "isn't in course.yml."
            )
        title = lessons[entry["lesson"]]["title"]
        links = [course_pages.page_link(course_pages.LESSONS + entry["lesson"], title)]
        if "api" in entry:
            links += [nodes.Text(" · "), api_link(entry["api"])]
        meaning = nodes.paragraph("", "", nodes.Text(entry["means"].strip()), *other_names(entry))
        where = nodes.paragraph("", "", *links, classes=["glossary-links"])
        return nodes.definition_list_item("", head, nodes.definition("", meaning, where))


def chinese(text):
    """Return a text as ``<span lang="zh-Hans">``, which a screen reader speaks as Chinese."""
    return nodes.inline("", text, classes=["language-zh-Hans"])


def other_names(entry):
    """Return a sentence with a term's other names: "Also: dense layer; 稠密层、线性层."."""
    names = [nodes.Text(", ".join(entry["also"]))] if "also" in entry else []
    if "also_zh" in entry:
        names += [nodes.Text("; ")] * bool(names) + [chinese("、".join(entry["also_zh"]))]
    return [nodes.Text(" Also: "), *names, nodes.Text(".")] if names else []


def api_link(name):
    """Return a link to a name of the package; the build warns if it doesn't exist."""
    text = nodes.literal("", name.removeprefix("alexnet_lib."))
    where = {"refdomain": "py", "reftype": "obj", "reftarget": name}
    return addnodes.pending_xref("", text, **where, refexplicit=True)


def let_pages_link(app, doctree):
    """Let Markdown and notebooks link to a term as to a heading: ``glossary.md#term-…``."""
    slugs = app.env.metadata[app.env.docname].setdefault("myst_slugs", {})
    for node in doctree.findall(nodes.term):
        if "course-glossary" in node.parent.parent["classes"]:
            slugs.update({i: (node.line, i, node[0].astext()) for i in node["ids"]})


def connect(app):
    """Register the directive and what it needs."""
    app.add_directive("course-glossary", CourseGlossary)
    app.connect("doctree-read", let_pages_link)
