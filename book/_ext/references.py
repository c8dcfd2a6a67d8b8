"""``{references} GROUP``: the sources of one group, from ``book/appendix/references.bib``.

The file is BibTeX, so that readers can take it into their own papers. An entry's `keywords` is its
group, and each can be linked: ``references.md#ref-lenet``, with its key. When the file changes, the
page is built again.
"""

from pathlib import Path

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

import course_pages

FILE = "book/appendix/references.bib"
NEEDED = ("title", "year", "url", "keywords", "howpublished")


def read_entries(root):
    """Return {key: {authors, title, venue, year, url, group}} of the file under a root."""
    # Here, since only one page needs it. It comes with Jupyter Book.
    from pybtex.database import parse_file
    from pybtex.exceptions import PybtexError

    try:
        parsed = parse_file(str(Path(root, FILE)), "bibtex")
    except PybtexError as error:
        raise ExtensionError(f"{FILE} isn't valid BibTeX: {error}") from None
    return {key: read_entry(key, entry) for key, entry in parsed.entries.items()}


def read_entry(key, entry):
    """Return one entry as plain data."""
    missing = [name for name in NEEDED if not entry.fields.get(name)]
    if missing or not entry.persons.get("author"):
        raise ExtensionError(f"{FILE}: {key} has no {', '.join(missing or ['author'])}.")
    fields = {name: entry.fields[name].replace("{", "").replace("}", "") for name in NEEDED}
    names = [full_name(person) for person in entry.persons["author"]]
    others = names[-1] == "others"
    return {
        "authors": f"{', '.join(names[:-1])} and others" if others else ", ".join(names),
        "title": fields["title"],
        "venue": fields["howpublished"],
        "year": int(fields["year"]),
        "url": fields["url"],
        "group": fields["keywords"],
    }


def full_name(person):
    """Return a person's name, first names first."""
    parts = person.first_names + person.middle_names + person.prelast_names + person.last_names
    return " ".join([*parts, *person.lineage_names]).replace("{", "").replace("}", "")


class References(SphinxDirective):
    """``{references} GROUP``: a list of the group's sources, the oldest first."""

    required_arguments = 1

    def run(self):
        """Return the list."""
        self.env.note_dependency(str(Path(self.env.srcdir, FILE)))
        group = self.arguments[0]
        rows = [
            (entry["year"], key, entry)
            for key, entry in read_entries(self.env.srcdir).items()
            if entry["group"] == group
        ]
        if not rows:
            raise ExtensionError(f"{FILE} has no entry whose keywords are {group!r}.")
        items = [self.item(key, entry) for _, key, entry in sorted(rows, key=lambda row: row[:2])]
        return [nodes.bullet_list("", *items, classes=["references"])]

    def item(self, key, entry):
        """Return one source: who, what (a link), where and when."""
        authors = entry["authors"][0].upper() + entry["authors"][1:]
        item = course_pages.list_item(
            f"{authors}: ",
            course_pages.outside_link(entry["url"], entry["title"]),
            f". {entry['venue']}, {entry['year']}.",
        )
        item["ids"].append(nodes.make_id(f"ref-{key}"))
        self.state.document.note_explicit_target(item)
        return item


def let_pages_link(app, doctree):
    """Let Markdown and notebooks link to a source as to a heading: ``references.md#ref-…``."""
    slugs = app.env.metadata[app.env.docname].setdefault("myst_slugs", {})
    for node in doctree.findall(nodes.bullet_list):
        if "references" in node["classes"]:
            for item in node:
                slugs.update({i: (item.line, i, item.astext()) for i in item["ids"]})


def connect(app):
    """Register the directive and what it needs."""
    app.add_directive("references", References)
    app.connect("doctree-read", let_pages_link)
