"""``searchindex.js``: what the search page knows. Sphinx's own search is off.

Every section is an entry with its text. Every term of ``book/glossary.yml`` is one that leads to
the place where a lesson explains it. ``book/search.yml`` has words that no page says. The page
loads the index as a script, and ``static/search.js`` looks in it: so it works from a folder, and
shows excerpts without asking for the pages.
"""

import json
import re
from pathlib import Path

import yaml
from docutils import nodes
from sphinx import addnodes
from sphinx.errors import ExtensionError

import course_pages
import glossary_page

ROOT = course_pages.LESSONS  # what the names of pages in search.yml and course.yml leave out
REFERENCE = ("appendix/api", "appendix/glossary", "appendix/references")
# How many characters of a section's text are kept, where not all: in pages that one looks things up
# in, a name and a sentence say whether it is the right place.
KEPT = {"exercise": 200, "reference": 250}
# A name in a program that one may look for: nn.Conv2d, zero_grad, DataLoader.
NAME_IN_CODE = re.compile(r"(?<![\w.])(?:[A-Za-z]\w*\.)*[A-Za-z]+(?:\w*_\w+|[a-z]+[A-Z\d]\w*)")


# --- reading the pages ---------------------------------------------------------------------


def kind_of(docname, course):
    """Return what sort of page this is, which decides its place among results."""
    name = docname.removeprefix(ROOT)
    if name in course["lessons"]:
        return "lesson"
    if docname.startswith(course_pages.PRACTICE):
        return "exercise"
    return "reference" if name.startswith(REFERENCE) else "page"


def read_page(app, doctree):
    """Keep what the search has to know of a page, and give each word in bold an address."""
    env = app.env
    title = next(doctree.findall(nodes.title), None)
    if title is None:
        return
    page = Page(doctree, kind_of(env.docname, course_pages.course(env)))
    index_of(env)[env.docname] = {
        "title": title.astext(),
        "kind": page.kind,
        "sections": [section.row(page.kind) for section in page.sections],
        "bold": page.bold,
    }


def index_of(env):
    """Return {page: what the search knows of it}, which is kept from build to build."""
    if not hasattr(env, "alexnet_search"):
        env.alexnet_search = {}
    return env.alexnet_search


def forget_page(app, env, docname):
    """Drop a removed or changed page."""
    index_of(env).pop(docname, None)


class Section:
    """A place that a result can open: its anchor, its title, other names of it, text and code."""

    def __init__(self, anchor, title):
        self.anchor, self.title = anchor, title
        self.names, self.texts, self.code = [], [], []

    def row(self, kind):
        """Return the section as the index has it."""
        text = " ".join("".join(self.texts).split())
        limit = KEPT.get(kind, len(text))
        if len(text) > limit:
            text = text[:limit].rpartition(" ")[0] + " …"
        names_in_code = sorted(set(NAME_IN_CODE.findall("\n".join(self.code))) - set(text.split()))
        return [self.anchor, self.title, text, self.names, " ".join(names_in_code)]


class Page:
    """The sections of a page, in order, and the address of each word in bold."""

    def __init__(self, doctree, kind):
        self.document, self.kind = doctree, kind
        self.sections, self.bold = [Section("", "")], {}
        self.read(doctree, self.sections[0])

    def read(self, node, section):
        """Add a node's text to a section, and make entries of the sections inside it."""
        if isinstance(node, nodes.Text):
            section.texts.append(node.astext())
        if isinstance(node, nodes.literal_block) and self.kind in ("lesson", "page"):
            section.code.append(node.astext())
        if not isinstance(node, nodes.Element) or is_skipped(node):
            return
        if isinstance(node, nodes.math) and "\\" in node.astext():
            section.texts.append("…")
            return
        if isinstance(node, nodes.list_item) and node.parent.index(node):
            section.texts.append(" · ")
        if isinstance(node, nodes.section) and isinstance(node.parent, nodes.section):
            section = self.begin(node["ids"], node.next_node(nodes.title).astext(), node)
        elif isinstance(node, addnodes.desc):
            signature = node.next_node(addnodes.desc_signature)
            section = self.begin(signature["ids"], "".join(signature["ids"][:1]), node)
        elif isinstance(node, nodes.strong):
            self.note_bold(node)
        for child in node.children:
            self.read(child, section)
        if not isinstance(node, nodes.Inline):
            section.texts.append(" ")

    def begin(self, ids, title, node):
        """Return a new section of the page."""
        # A number is the address of a heading without Latin letters; it may have another one.
        named = [anchor for anchor in ids if not re.fullmatch(r"id\d+", anchor)]
        section = Section([*named, *ids, ""][0], title)
        if "question" in node["classes"]:  # asked once more in Chinese, just below
            section.names = [node[1].astext()]
        self.sections.append(section)
        return section

    def note_bold(self, node):
        """Give a word in bold an address: there a lesson explains it."""
        text = node.astext()
        anchor = glossary_page.anchor(text)
        is_label = text.endswith((":", ".")) or len(node.parent) == 1
        if anchor not in self.document.ids and not is_label and len(text) < 40:
            node["ids"].append(anchor)
            self.document.ids[anchor] = node
            self.bold[text.casefold()] = anchor


def is_skipped(node):
    """Return whether a node's text is not for readers who search: code, outputs, facts."""
    kinds = (nodes.comment, nodes.raw, nodes.meta, nodes.title, nodes.literal_block)
    kinds += (nodes.math_block, addnodes.desc_signature)
    names = {"cell_output", "lesson-facts", "course-glossary", "api-contents"}
    is_name = node.parent and "question" in node.parent["classes"] and node.parent[1] is node
    return isinstance(node, kinds) or bool(names & set(node["classes"])) or bool(is_name)


# --- what else one may type ----------------------------------------------------------------


def read_names(root):
    """Return ``book/search.yml`` under a root: {page or page#anchor: other names of it}."""
    return yaml.safe_load(Path(root, "book/search.yml").read_text("utf-8"))


def add_names(pages, names):
    """Give pages and sections the names of ``search.yml``; raise for a place that isn't there."""
    for place, others in names.items():
        docname, _, anchor = f"{ROOT}{place}".partition("#")
        rows = [row for row in pages.get(docname, {}).get("sections", []) if row[0] == anchor]
        if not rows:
            raise ExtensionError(
                f"book/search.yml: {place!r} is no page or section of the book; "
                "write it as course.yml does (network/architecture), with #anchor for a section."
            )
        rows[0][3] = [*rows[0][3], *map(str, others)]


def term_rows(terms, pages):
    """Return a row for each term: its names, its Chinese names, its meaning and where it leads."""
    rows = []
    for term, entry in terms.items():
        names = [str(term), *entry.get("also", [])]
        docname = f"{ROOT}{entry['lesson']}"
        chinese = [*re.split("[（）；]", entry["zh"]), *entry.get("also_zh", [])]
        chinese = [name for name in chinese if name]
        meaning = " ".join(entry["means"].split())
        anchor = explained_at(pages[docname], names)
        rows.append([names, chinese, meaning, docname, anchor, glossary_page.anchor(term)])
    return rows


def explained_at(page, names):
    """Return the anchor of a lesson's place that explains a term.

    It is the word in bold, else the section named after it, else the first that mentions it.
    """
    for name in names:
        for bold in (name.casefold(), f"{name.casefold()}s"):
            if bold in page["bold"]:
                return page["bold"][bold]
    for part in (1, 2):  # the title, then the text
        for name in names:
            for row in page["sections"]:
                if row[0] != "next" and re.search(rf"(?i)(?<!\w){re.escape(name)}", row[part]):
                    return row[0]
    return ""


# --- writing -------------------------------------------------------------------------------


def write(app):
    """Write ``searchindex.js``."""
    known = {name: page for name, page in index_of(app.env).items() if name in app.env.found_docs}
    pages = json.loads(json.dumps(known))  # a copy: the names of search.yml are not kept
    add_names(pages, read_names(app.srcdir))
    index = {
        "pages": [
            [name, page["title"], page["kind"], page["sections"]]
            for name, page in sorted(pages.items())
        ],
        "terms": term_rows(glossary_page.read_terms(app.srcdir), pages),
    }
    text = json.dumps(index, ensure_ascii=False, separators=(",", ":"))
    Path(app.outdir, "searchindex.js").write_text(f"alexnetSearch.receive({text});\n", "utf-8")


def turn_sphinx_search_off(app):
    """Let Sphinx make no index of its own."""
    app.builder.search = False


def search_page(app):
    """Yield the search page, which Sphinx now leaves to us."""
    yield "search", {}, "search.html"


def connect(app):
    """Register what keeps the index."""
    app.connect("builder-inited", turn_sphinx_search_off)
    app.connect("env-purge-doc", forget_page)
    app.connect("doctree-read", read_page, priority=900)  # after what adds to a page
    app.connect("html-collect-pages", search_page)
