"""The package's reference: what a page shows of a module, and links that the build checks.

* ``{api-modules} alexnet_lib``: the table of modules from the package's docstring;
* ``{api} alexnet_lib.scratch``: a module's docstring and its public names, each with its
  signature, its docstring and a link to its source;
* ``{api-ref}`alexnet_lib.scratch.conv2d```, in the text of any page: a link to that name. A name
  that isn't there stops the build.

All of it is read from the source (``api_source.py``); when a file changes, the pages that show it
are built again.
"""

import ast
import re
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.docutils import ReferenceRole, SphinxDirective
from sphinx.util.nodes import make_refnode

import api_source
import course_pages

CODE = re.compile(r"(?::\w+:)?(`{1,2})(.+?)\1")  # `x`, ``x`` and :class:`x`

logger = logging.getLogger(__name__)


# --- what stands where ---------------------------------------------------------------------


def places(env):
    """Return {name: (page, anchor)} of all names that pages show, kept from build to build."""
    if not hasattr(env, "alexnet_api"):
        env.alexnet_api = {}
    return env.alexnet_api


def forget_page(app, env, docname):
    """Drop what a removed or changed page showed."""
    for name in [n for n, (page, _) in places(env).items() if page == docname]:
        del places(env)[name]


def note_files(env, module):
    """Return the module; the page being read is built again when one of its files changes."""
    for group in module.groups:
        env.note_dependency(str(Path(env.srcdir, group.path)))
    return module


def resolve(app, env, node, text):
    """Turn a reference to a name into a link, once all pages are read."""
    if node["reftype"] != "api":
        return None
    place = places(env).get(node["reftarget"])
    if place:
        return make_refnode(app.builder, node["refdoc"], *place, text)
    if node["refwarn"]:
        logger.warning(
            "%s links to %s, which stands on no page: add an {api} directive for its module.",
            node["refdoc"],
            node["reftarget"],
        )
    return text


def name_link(name, text, *, required):
    """Return a link to a name as code; `required` says whether one must be there."""
    where = {"reftype": "api", "refdomain": "", "reftarget": name, "refwarn": required}
    return addnodes.pending_xref("", nodes.literal("", text), **where, refexplicit=True)


class ApiRef(ReferenceRole):
    """``{api-ref}`alexnet_lib.scratch.conv2d```, or ``{api-ref}`text <alexnet_lib...>```."""

    def run(self):
        """Return the link, if there is such a name."""
        try:
            note_files(self.env, api_source.holder(self.env.srcdir, self.target))
        except api_source.NotThere as error:
            raise ExtensionError(f"{self.env.docname} links to {self.target}: {error}") from None
        return [name_link(self.target, self.title, required=True)], []


# --- text ----------------------------------------------------------------------------------


def running_text(text, module, own=""):
    """Return a line of a docstring as nodes: code in backticks is code, and names are links.

    `own` is the name that the docstring belongs to: a link to itself would lead nowhere.
    """
    parts, end = [], 0
    names = {name.removeprefix(f"{module.name}.") for name in module.names} - {own}
    for match in CODE.finditer(text):
        code = match[2]
        parts += [nodes.Text(text[end : match.start()])]
        if code in names or code.startswith("alexnet_lib."):
            dotted = f"{module.name}.{code}" if code in names else code
            parts.append(name_link(dotted, code, required=False))
        else:
            parts.append(nodes.literal("", code))
        end = match.end()
    return [*parts, nodes.Text(text[end:])]


def described(doc, module, own=""):
    """Return a docstring as nodes."""
    found = []
    for kind, content in api_source.blocks(doc):
        if kind == "text":
            found.append(nodes.paragraph("", "", *running_text(content, module, own)))
        elif kind == "list":
            rows = [(nodes.literal("", a), running_text(b, module, own)) for a, b in content]
            found.append(two_columns(rows))
        elif kind == "columns":
            rows = [(nodes.literal("", a), [nodes.literal("", b)]) for a, b in content]
            found.append(two_columns(rows, "api-columns"))
        else:
            language = "python" if kind == "verbatim" and is_python(content) else "text"
            found.append(
                nodes.literal_block(content, content, language=language, classes=[f"api-{kind}"])
            )
    return found


def is_python(text):
    """Say whether lines are a program, which deserves its colours."""
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def two_columns(rows, *classes):
    """Return a list of terms, each with what it means."""
    items = [
        nodes.definition_list_item(
            "",
            nodes.term("", "", term),
            nodes.definition("", nodes.paragraph("", "", *meaning)),
        )
        for term, meaning in rows
    ]
    return nodes.definition_list("", *items, classes=["api-list", *classes])


def signature(entry):
    """Return how a name is used, as code that may break between two parameters only."""
    # No nodes.literal: Sphinx would write a <span> for each word, 2,000 in all.
    code = nodes.inline("", "", classes=["api-signature"])
    if entry.kind in ("class", "property"):
        code += nodes.inline("", f"{entry.kind} ", classes=["api-kind"])
    code += nodes.inline("", entry.name, classes=["api-name"])
    if entry.parameters is not None:
        code += nodes.Text("(")
        for i, parameter in enumerate(entry.parameters):
            comma = "," if i < len(entry.parameters) - 1 else ""
            classes = ["api-parameter"] if " " in parameter else []
            text = parameter + comma
            code += nodes.inline("", text, classes=classes) if classes else nodes.Text(text)
            code += nodes.Text(" " if comma else "")
        code += nodes.Text(")")
    code += nodes.Text(entry.ending)
    return code


# --- directives ----------------------------------------------------------------------------


class ApiDirective(SphinxDirective):
    """What both directives share: one argument, and errors that name the page."""

    required_arguments = 1

    def run(self):
        """Return the nodes, or stop the build at a name that isn't there."""
        try:
            return self.found(self.arguments[0])
        except api_source.NotThere as error:
            raise ExtensionError(f"{self.env.docname}: {error}") from None


class ApiModules(ApiDirective):
    """``{api-modules} alexnet_lib``: a package's modules, what they are and what they need."""

    def found(self, package):
        """Return the table."""
        modules = api_source.modules(self.env.srcdir, package)
        self.env.note_dependency(str(api_source.file_of(self.env.srcdir, package)))
        titles = [[nodes.Text(t)] for t in ("Module", "What it is", "Needs")]
        head, body = nodes.thead("", table_row(titles)), nodes.tbody()
        for row in modules:
            short = row.name.rpartition(".")[2]
            link = name_link(row.name, short, required=True)
            body += table_row([[link], [nodes.Text(row.what)], [nodes.Text(row.needs)]])
        widths = [nodes.colspec(colwidth=1) for _ in range(3)]
        return [nodes.table("", nodes.tgroup("", *widths, head, body, cols=3))]


def table_row(cells):
    """Return a row of a table."""
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", *cell)) for cell in cells))


class Api(ApiDirective):
    """``{api} alexnet_lib.scratch``: a module, and all that is public in it."""

    def found(self, name):
        """Return the module's section: its docstring, the list of its names, the names."""
        module = note_files(self.env, api_source.read(self.env.srcdir, name))
        section = self.section(module.name, module.name, "api-module")
        section["support_smartquotes"] = False  # a prime in H' is no quotation mark
        own, *others = module.groups
        section += described(own.doc, module)
        if len(module.entries) > 3:
            section.append(self.contents(module))
        section += [self.name_section(module, entry) for entry in own.entries]
        for group in others:
            inner = self.section(file_name(group), file_anchor(module, group))
            inner += described(group.doc, module)
            inner += [self.name_section(module, entry) for entry in group.entries]
            section.append(inner)
        return [section]

    def contents(self, module):
        """Return links to the names of a module, file by file."""
        own, *others = module.groups
        items = [(None, own)] if own.entries else []
        items += [(file_anchor(module, group), group) for group in others]
        found = []
        for anchor, group in items:
            if anchor:
                found.append(nodes.paragraph("", "", here(anchor, nodes.Text(file_name(group)))))
            links = [
                course_pages.entry(here(f"{module.name}.{e.name}", nodes.literal("", e.name)))
                for e in group.entries
            ]
            found.append(course_pages.bullets(links))
        return nodes.container("", *found, classes=["api-contents"])

    def name_section(self, module, entry):
        """Return the section of a public name."""
        section = self.section(entry.name, f"{module.name}.{entry.name}", "api-entry")
        section.append(nodes.paragraph("", "", signature(entry)))
        section.append(nodes.paragraph("", "", *self.facts(entry), classes=["api-facts"]))
        section += described(entry.doc, module, entry.name)
        fields = [
            (nodes.literal("", member.name), running_text(member.doc, module))
            for member in entry.members
            if member.kind == "field" and member.doc
        ]
        if fields:
            section.append(two_columns(fields))
        members = [self.member(module, entry, m) for m in entry.members if m.kind != "field"]
        if members:
            section.append(nodes.definition_list("", *members, classes=["api-members"]))
        return section

    def member(self, module, entry, member):
        """Return a method or a property of a class."""
        term = nodes.term("", "", signature(member))
        self.anchor(term, f"{module.name}.{entry.name}.{member.name}")
        return nodes.definition_list_item(
            "", term, nodes.definition("", *described(member.doc, module, entry.name))
        )

    def facts(self, entry):
        """Return where a name is defined, and what a class is made from."""
        url = course_pages.repository_link(self.config, "github", f"{entry.path}#L{entry.line}")
        file = entry.path.partition("/")[2]  # without the package's folder, which is everywhere
        link = course_pages.outside_link(url, f"{file}, line {entry.line}")
        extends = f" · extends {', '.join(entry.extends)}" if entry.extends else ""
        return [nodes.Text("Source: "), link, nodes.Text(extends)]

    def section(self, title, name, *classes):
        """Return an empty section that can be linked by its name."""
        section = nodes.section("", nodes.title("", "", nodes.literal("", title)))
        section["classes"] += classes
        self.anchor(section, name)
        return section

    def anchor(self, node, name):
        """Make a node a place that can be linked: #alexnet_lib.scratch.conv2d."""
        env, known = self.env, places(self.env)
        if name in known:
            raise ExtensionError(
                f"{env.docname} shows {name}, which {known[name][0]} shows already: name each "
                "module once."
            )
        known[name] = (env.docname, name)
        # The first one is for the list of contents, whose script takes a dot for a class.
        node["ids"] = [name.replace(".", "-"), name]
        self.state.document.note_explicit_target(node)


def here(anchor, text):
    """Return a link to another place of the page."""
    return nodes.reference("", "", text, refid=anchor, internal=True)


def file_name(group):
    """Return the name of a group's file."""
    return Path(group.path).name


def file_anchor(module, group):
    """Return the name of a file's place: scratch-softmax.py, which is not the function softmax."""
    return f"{module.name}-{file_name(group)}"


def connect(app):
    """Register the directives, the role and what they need."""
    app.add_directive("api", Api)
    app.add_directive("api-modules", ApiModules)
    app.add_role("api-ref", ApiRef())
    app.connect("env-purge-doc", forget_page)
    app.connect("missing-reference", resolve)
