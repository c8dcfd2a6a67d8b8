"""``{api} alexnet_lib.scratch``: a module's public names on a page, documented by Sphinx's autodoc.

The names are those in `__all__`, file by file and in the order of the source. What we write in a
docstring becomes reStructuredText in ``docstrings.py``.
"""

import dataclasses
import inspect
import re
from importlib import import_module
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.pycode import ModuleAnalyzer
from sphinx.util.docutils import SphinxDirective

import course_pages
from docstrings import as_rest, definitions

# --- what autodoc asks us ------------------------------------------------------------------


def process_docstring(app, what, name, obj, options, lines):
    """Give autodoc a docstring in reStructuredText; a constant has the comment beside it."""
    if what == "data":
        module, _, short = name.rpartition(".")
        lines[:] = [comment(ModuleAnalyzer.for_module(module).code, short)]
    lines[:] = as_rest("\n".join(lines), name)
    if what in ("class", "exception"):
        lines += definitions(list(field_comments(obj).items()), "api-list")
        names = [base.__name__ for base in obj.__bases__ if base is not object]
        links = ", ".join(f":py:obj:`{name}`" for name in names if not name.startswith("_"))
        lines += [".. rst-class:: api-bases", "", f"   Extends {links}", ""] if links else []


def comment(source, name):
    """Return the comment at the end of the line that assigns a name, or in the lines above it."""
    pattern = rf"((?:^ *#.*\n)*)^ *{name}\b *[:=].*?(?:  # (.*))?$"
    match = re.search(pattern, source, re.MULTILINE)
    if not match:
        return ""
    return match[2] or " ".join(line.strip(" #") for line in match[1].splitlines())


def field_comments(cls):
    """Return {field of a dataclass or named tuple: its help or its comment}, where it has one."""
    help_texts = dict.fromkeys(getattr(cls, "_fields", ()))
    if dataclasses.is_dataclass(cls):
        help_texts = {field.name: field.metadata.get("help") for field in dataclasses.fields(cls)}
    source = inspect.getsource(cls) if help_texts else ""
    texts = {name: text or comment(source, name) for name, text in help_texts.items()}
    return {name: text for name, text in texts.items() if text}


def process_signature(app, what, name, obj, options, signature, annotation):
    """Show a default that a dataclass makes for each object as an ellipsis, which is Python."""
    return signature and signature.replace("<factory>", "..."), annotation


def skip_member(app, what, name, obj, skip, options):
    """Leave out the fields of a named tuple: the list of the class has them."""
    return True if type(obj).__name__ == "_tuplegetter" else None


def home(module, name):
    """Return the analyzer of the module that defines a public name of `module`."""
    value = getattr(module, name)
    return ModuleAnalyzer.for_module(value.__module__ if callable(value) else module.__name__)


def set_source_links(app, config):
    """Let linkcode link a name, but not the members of a class, to the line that defines it."""

    def source_address(domain, info):
        name = info["fullname"]
        if "." in name:
            return None
        module = home(import_module(info["module"]), name)
        file = Path(module.srcname).relative_to(Path(app.srcdir).resolve()).as_posix()
        match = re.search(rf"^(?:def |class |){name}\b", module.code, re.MULTILINE)
        line = f"#L{module.code.count(chr(10), 0, match.start()) + 1}" if match else ""
        return course_pages.repository_link(config, "github", f"{file}{line}")

    config.linkcode_resolve = source_address


# --- the directive -------------------------------------------------------------------------


class Api(SphinxDirective):
    """``{api} alexnet_lib.scratch``: a module's docstring and its public names, file by file.

    A name from outside is shown where it is defined. So are all names of a module that loads them
    only when asked for one: of such a door the docstring alone is shown.
    """

    required_arguments = 1

    def run(self):
        """Return the section of the module."""
        name = self.arguments[0]
        try:
            module = import_module(name)
        except ImportError as error:
            raise self.error(f"{name} can't be imported: {error}") from None
        files = names_by_file(module)
        self.env.ref_context["py:module"] = name  # where a docstring's names are looked up
        section = self.section(module, name, name)
        self.env.get_domain("py").note_module(name, name, "", "", False)
        self.env.get_domain("py").note_object(name, "module", name, location=section)
        if sum(map(len, files.values())) > 3:
            self.rest(section, contents(name, files))
        self.rest(section, entries(module, files.pop(name)))
        for place, names in sorted(files.items()):
            section += self.section(import_module(place), file_name(place), file_anchor(place))
            self.rest(section[-1], entries(module, names))
        return [section]

    def section(self, module, title, anchor):
        """Return a section with a module's docstring."""
        section = nodes.section("", nodes.title("", "", nodes.literal("", title)), classes=["api"])
        section["ids"].append(anchor)
        section["support_smartquotes"] = False  # a prime in H' is no quotation mark
        self.state.document.note_explicit_target(section)
        self.env.note_dependency(module.__file__)
        self.rest(section, as_rest(module.__doc__ or "", module.__name__))
        return section

    def rest(self, node, lines):
        """Parse reStructuredText into a node of a Markdown page."""
        self.state.nested_parse(StringList(["```{eval-rst}", *lines, "```"]), 0, node)


def names_by_file(module):
    """Return {module: its public names in the order of the source} for a module and its files."""
    places = {module.__name__: []}
    public = [] if hasattr(module, "__getattr__") else getattr(module, "__all__", [])
    for name in public:
        analyzer = home(module, name)
        analyzer.analyze()
        if f"{analyzer.modname}.".startswith(f"{module.__name__}."):
            order = analyzer.tagorder.get(name, 0)
            places.setdefault(analyzer.modname, []).append((order, name))
    return {place: [name for _, name in sorted(names)] for place, names in places.items()}


def file_name(place):
    """Return the name of a module's file."""
    return f"{place.rpartition('.')[2]}.py"


def file_anchor(place):
    """Return the anchor of a file, which is not that of a function with the same name."""
    return f"{place}.py"


def contents(module, files):
    """Return links to a module's names, file by file."""
    lines = []
    for place, names in sorted(files.items()):
        if place != module:
            lines += [f"`{file_name(place)} <#{file_anchor(place)}>`__", ""]
        lines += [*(f"* :py:obj:`{name} <{module}.{name}>`" for name in names), ""]
    return [".. container:: api-contents", "", *(f"   {line}" for line in lines), ""]


def entries(module, names):
    """Return autodoc's directives for names of a module."""
    lines = []
    for name in names:
        value = getattr(module, name)
        kind = "class" if isinstance(value, type) else "function" if callable(value) else "data"
        lines += [f".. auto{kind}:: {module.__name__}.{name}"]
        if kind == "data" and len(repr(value)) > 60:
            lines += ["   :no-value:"]
        lines += [""]
    return lines


def connect(app):
    """Register the directive, and what autodoc and linkcode ask us."""
    app.add_directive("api", Api)
    app.connect("autodoc-process-docstring", process_docstring)
    app.connect("autodoc-process-signature", process_signature)
    app.connect("autodoc-skip-member", skip_member)
    app.connect("config-inited", set_source_links)
