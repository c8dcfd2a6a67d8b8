"""What a module offers, read from its source: nothing is imported, so no build waits for PyTorch.

* ``read`` gives a module's docstring and the names in its ``__all__``, in the order of the source;
  names that a package imports from its own files stand under the file that they come from.
* ``modules`` gives the table of modules that stands in a package's docstring.
* ``blocks`` takes a docstring apart: running text, shapes, a list of two columns, verbatim lines.
"""

import ast
import io
import re
import textwrap
import tokenize
from dataclasses import dataclass
from functools import cache
from inspect import cleandoc
from itertools import accumulate
from pathlib import Path


class NotThere(ValueError):
    """A module or a name that is asked for and isn't there; its text says what is."""


@dataclass(frozen=True)
class Entry:
    """A public name: what one writes to use it, what it does, and where it is defined."""

    name: str
    kind: str  # function, class, method, property, constant or field
    path: str  # from the root of the repository
    line: int
    doc: str  # the docstring, or the comment of a constant or a field; "" if there is none
    parameters: tuple[str, ...] | None = None  # as written; None: it isn't called
    ending: str = ""  # what follows: " -> Row", or a constant's value as " = 3"
    extends: tuple[str, ...] = ()  # the classes that a class is made from
    members: tuple["Entry", ...] = ()  # of a class: what it holds, and what can be called


@dataclass(frozen=True)
class Group:
    """The public names of a module that stand in one file."""

    path: str
    doc: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Module:
    """A module: its own file first, then those from which it takes names."""

    name: str
    groups: tuple[Group, ...]

    @property
    def entries(self):
        """Every public name, in the order of the page."""
        return [entry for group in self.groups for entry in group.entries]

    @property
    def names(self):
        """All that can be linked: the module, its public names, and what their members are."""
        names = [self.name]
        for one in self.entries:
            names.append(f"{self.name}.{one.name}")
            names += [f"{names[-1]}.{m.name}" for m in one.members if m.kind != "field"]
        return names


@dataclass(frozen=True)
class Row:
    """A line of a package's table of modules."""

    name: str
    what: str
    needs: str


# --- modules -------------------------------------------------------------------------------


class Source:
    """A file's syntax tree, and its comments, which the tree hasn't."""

    def __init__(self, root, path):
        self.path = path.relative_to(root).as_posix()
        self.text = path.read_text("utf-8")
        self.tree = ast.parse(self.text, self.path)
        self.doc = docstring(self.tree)
        self.lines = self.text.splitlines()
        self.bytes = self.text.encode()  # in which the tree counts its columns
        self.starts = [0, *accumulate(map(len, self.bytes.splitlines(keepends=True)))]
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        self.comments = {
            t.start[0]: t.string.lstrip("#: ") for t in tokens if t.type == tokenize.COMMENT
        }
        self.definitions, self.imports = {}, {}
        for node in self.tree.body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                self.definitions[node.name] = node
            elif isinstance(node, (ast.Assign, ast.AnnAssign)):
                self.definitions |= {name: node for name in assigned(node)}
            elif isinstance(node, ast.ImportFrom):
                self.imports |= {a.asname or a.name: (node, a.name) for a in node.names}

    def written(self, node):
        """Return a node's source in one line: 1e-4 as 1e-4, where ast.unparse gives 0.0001."""
        # ast.get_source_segment takes the whole file apart at each call: seconds in all.
        start = self.starts[node.lineno - 1] + node.col_offset
        end = self.starts[node.end_lineno - 1] + node.end_col_offset
        return " ".join(self.bytes[start:end].decode().split())

    def comment(self, node):
        """Return the comment at the end of an assignment, else the one on the lines above it."""
        beside = self.comments.get(node.lineno) or self.comments.get(node.end_lineno)
        if beside:
            return beside
        above, line = [], node.lineno - 1
        while self.lines[line - 1].lstrip().startswith("#"):
            above.insert(0, self.comments[line])
            line -= 1
        return " ".join(above)


@cache
def parsed(root, path, when):
    """Return a file's source, read once for each time that it was written."""
    return Source(root, path)


def assigned(node):
    """Return the names that an assignment defines."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def docstring(node):
    """Return a docstring without its indentation, or an empty string."""
    return cleandoc(ast.get_docstring(node, clean=False) or "")


def file_of(root, name):
    """Return the file of a module, or None."""
    place = Path(root, *name.split("."))
    files = (place / "__init__.py", place.with_suffix(".py"))
    return next((file for file in files if file.is_file()), None)


def modules_of(root, package):
    """Return the names of a package's public modules, as the files tell."""
    names = {path.stem for path in Path(root, *package.split(".")).iterdir()}
    return sorted(
        n for n in names if re.fullmatch("[a-z]\\w*", n) and file_of(root, f"{package}.{n}")
    )


def source_of(root, name):
    """Return the source of a module."""
    path = file_of(root, name)
    if path:
        return parsed(root, path, path.stat().st_mtime_ns)
    package = name.rpartition(".")[0]
    if package and file_of(root, package):
        there = ", ".join(modules_of(root, package))
        raise NotThere(f"there is no module {name}; {package} has {there or 'none'}.")
    raise NotThere(f"there is no module {name}: write its name with dots, as `import` has it.")


def read(root, name):
    """Return the module that stands below the folder `root`."""
    source = source_of(root, name)
    public = public_names(source)
    here = [n for n in source.definitions if n in public]
    elsewhere = [n for n in source.imports if n in public and n not in here]
    for lost in sorted(public - {*here, *elsewhere}):
        raise NotThere(f"`__all__` in {source.path} has {lost!r}, which nothing there defines.")
    sources = {source.path: source}
    found = {source.path: [entry(source, source.definitions[n], n) for n in here]}
    for n in elsewhere:
        origin, node = definition(root, name, n)
        sources.setdefault(origin.path, origin)
        found.setdefault(origin.path, []).append(entry(origin, node, n))
    in_order = {path: tuple(sorted(e, key=lambda one: one.line)) for path, e in found.items()}
    return Module(name, tuple(Group(p, sources[p].doc, e) for p, e in in_order.items()))


def public_names(source):
    """Return the names in a file's `__all__`."""
    node = source.definitions.get("__all__")
    try:
        return set(ast.literal_eval(node.value))
    except (AttributeError, ValueError):
        raise NotThere(
            f"{source.path} has no `__all__ = [...]` of plain texts: list there the names that "
            "are for everybody."
        ) from None


def definition(root, module, name):
    """Return the source and the syntax tree of a name, in whichever file it is defined."""
    source = source_of(root, module)
    if name in source.definitions:
        return source, source.definitions[name]
    if name not in source.imports:
        raise NotThere(f"{source.path} has no {name!r}, which another file imports from there.")
    node, original = source.imports[name]
    parents = module.split(".") + ["__init__"] * source.path.endswith("__init__.py")
    base = parents[: len(parents) - node.level] if node.level else []
    return definition(root, ".".join([*base, *filter(None, [node.module])]), original)


def holder(root, name):
    """Return the module that holds a name written with dots; refuse a name that isn't there."""
    parts = name.split(".")
    ends = range(len(parts), 1, -1)
    prefix = next((p for e in ends if file_of(root, p := ".".join(parts[:e]))), None)
    module = read(root, prefix or ".".join(parts[:2]))
    if name not in module.names:
        public = ", ".join(one.name for one in module.entries)
        raise NotThere(f"{module.name} has no {name[len(module.name) + 1 :]!r}; it has {public}.")
    return module


def modules(root, package):
    """Return the table of modules in a package's docstring: lines of `name  what  (needs)`."""
    source = source_of(root, package)
    rows = []
    for line in source.doc.splitlines():
        if line.startswith(" "):
            match = re.fullmatch(r" +([\w.]+) {2,}(\S.*?) {2,}\((.+)\)", line)
            if not match:
                raise NotThere(
                    f"the docstring of {source.path} has the line {line.strip()!r}; write a "
                    "module as `name  what it is  (what it needs)`, with two spaces between."
                )
            rows.append(Row(f"{package}.{match[1]}", match[2], match[3]))
    return rows


# --- names ---------------------------------------------------------------------------------


def entry(source, node, name):
    """Return what is public of a function, a class or a constant."""
    if isinstance(node, ast.FunctionDef):
        return function(source, node, name)
    if isinstance(node, ast.ClassDef):
        return class_(source, node, name)
    return Entry(
        name, "constant", source.path, node.lineno, source.comment(node), ending=value(source, node)
    )


def value(source, node):
    """Return an assigned value where it is short, else a sign of its kind."""
    text = source.written(node.value)
    if len(text) <= 60:
        return f" = {text}"
    signs = {ast.Dict: " = {…}", ast.DictComp: " = {…}", ast.List: " = […]", ast.Tuple: " = (…)"}
    return signs.get(type(node.value), " = …")


def function(source, node, name, kind="function", bound=False):
    """Return a function; `bound` leaves out its first parameter (self, cls)."""
    return Entry(
        name,
        kind,
        source.path,
        node.lineno,
        docstring(node),
        parameters(source, node.args)[bound:],
        f" -> {source.written(node.returns)}" if node.returns else "",
    )


def parameters(source, args):
    """Return the parameters as they are written, with the signs / and * that part them."""
    positional = [*args.posonlyargs, *args.args]
    defaults = [None] * (len(positional) - len(args.defaults)) + args.defaults
    shown = [parameter(source, *pair) for pair in zip(positional, defaults, strict=True)]
    if args.posonlyargs:
        shown.insert(len(args.posonlyargs), "/")
    if args.vararg:
        shown.append(f"*{parameter(source, args.vararg)}")
    elif args.kwonlyargs:
        shown.append("*")
    keyword_only = zip(args.kwonlyargs, args.kw_defaults, strict=True)
    shown += [parameter(source, *pair) for pair in keyword_only]
    if args.kwarg:
        shown.append(f"**{parameter(source, args.kwarg)}")
    return tuple(shown)


def parameter(source, arg, default=None):
    """Return one parameter: x, x=1, x: int or x: int = 1."""
    annotated = f"{arg.arg}: {source.written(arg.annotation)}" if arg.annotation else arg.arg
    if default is None:
        return annotated
    return f"{annotated}{' = ' if arg.annotation else '='}{source.written(default)}"


def class_(source, node, name):
    """Return a class: how one is made, its fields, and its public methods and properties."""
    written, made_by, members = [], None, []
    for item in node.body:
        if isinstance(item, ast.AnnAssign) and is_record(node):
            default = f" = {source.written(item.value)}" if item.value else ""
            text = f"{item.target.id}: {source.written(item.annotation)}"
            written.append(text + default)
            comment, line = source.comment(item), item.lineno
            members.append(Entry(item.target.id, "field", source.path, line, comment))
        elif isinstance(item, ast.FunctionDef) and item.name == "__init__":
            made_by = parameters(source, item.args)[1:]
        elif isinstance(item, ast.FunctionDef) and not item.name.startswith("_"):
            members += method(source, item)
    made_by = tuple(written) if is_record(node) else made_by
    return Entry(
        name,
        "class",
        source.path,
        node.lineno,
        docstring(node),
        made_by,  # None: a class without an __init__ of its own is made as those it extends are
        extends=tuple(source.written(base) for base in node.bases if is_known(source, base)),
        members=tuple(members),
    )


def is_known(source, base):
    """Say whether a reader can look up a class: all but a helper in the same file."""
    name = getattr(base, "id", "")
    return name not in source.definitions or name in public_names(source)


def is_record(node):
    """Say whether a class is made of its fields: a dataclass or a named tuple."""
    parents = {last_name(base) for base in node.bases}
    return "dataclass" in decorators(node) or "NamedTuple" in parents


def decorators(node):
    """Return the names of a node's decorators, without modules and arguments."""
    return {last_name(d) for d in node.decorator_list}


def last_name(node):
    """Return the last name in an expression such as functools.cache or dataclass(frozen=True)."""
    node = node.func if isinstance(node, ast.Call) else node
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def method(source, node):
    """Return a method or a property in a list, or nothing for a property's setter."""
    marks = decorators(node)
    if marks & {"setter", "deleter"}:
        return []
    if marks & {"property", "cached_property"}:
        returns = f" -> {source.written(node.returns)}" if node.returns else ""
        line, doc = node.lineno, docstring(node)
        return [Entry(node.name, "property", source.path, line, doc, ending=returns)]
    return [function(source, node, node.name, "method", bound="staticmethod" not in marks)]


# --- docstrings ----------------------------------------------------------------------------

# A line that says shapes: "x (N, C, H, W) -> y (N, C)", "-> dx like x", "image (H, W), ...".
SHAPES = re.compile(
    r"-> |(?:\w+, )*\w+ (?:like |= ?\(|\().* -> |\w+ \((?:[A-Z](?:_\w+|'|\d)?|\d+|\.\.\.)[,)]"
)
COLUMNS = re.compile(r"\S(?<![.?!]) {2,}(?=\S)")


def blocks(doc):
    """Return the parts of a docstring in order, each as (kind, content):

    text      running text, in one line
    shapes    lines that say what goes in and what comes out
    list      rows of two columns, as pairs: what something means
    columns   the same, indented: the second column is code or a formula, too
    verbatim  other lines that stand as they are
    """
    parts = []
    first, *others = re.split(r"\n\s*\n", doc)
    if first:
        parts.append(("text", " ".join(first.split())))
    for paragraph in others:
        if all(line.startswith("  ") for line in paragraph.splitlines()):
            if parts and parts[-1][0] == "indented":  # an empty line parts no program
                parts[-1] = ("indented", f"{parts[-1][1]}\n\n{paragraph}")
            else:
                parts.append(("indented", paragraph))
        elif any(COLUMNS.search(line.lstrip()) for line in paragraph.splitlines()):
            rows = two_columns(paragraph.splitlines())
            parts.append(("list", rows) if rows else ("verbatim", paragraph))
        else:
            parts += lines_of_text(paragraph.splitlines())
    return [
        as_it_stands(content) if kind == "indented" else (kind, content) for kind, content in parts
    ]


def as_it_stands(paragraph):
    """Return indented lines: two columns where they are, which a phone can break."""
    text = textwrap.dedent(paragraph)
    rows = two_columns(text.splitlines())
    return ("columns", rows) if rows else ("verbatim", text)


def lines_of_text(lines):
    """Return the parts of a paragraph: its text, and the lines in it that are something else."""
    parts, kind = [], None
    for line in lines:
        before, kind = kind, "indented" if line.startswith("  ") else "text"
        kind = "shapes" if SHAPES.match(line) else kind
        if kind == before:
            parts[-1][1].append(line)
        else:
            parts.append((kind, [line]))
    return [(k, (" " if k == "text" else "\n").join(found)) for k, found in parts]


def two_columns(lines):
    """Return the rows of a list whose second column begins at one place in every line, or None.

    A row may go on in the next line, or have its second column there.
    """
    starts = [match.end() for line in lines if (match := COLUMNS.search(line))]
    if not starts:
        return None
    column, rows = starts[0], []
    for line in lines:
        left, right = line[:column], line[column:]
        if not left.strip():
            if not rows or right.startswith(" "):
                return None
            rows[-1] = (rows[-1][0], f"{rows[-1][1]} {right}".strip())
        elif left.endswith("  ") and right.strip() == right != "":
            rows.append((left.strip(), right))
        elif not COLUMNS.search(line) and not line.startswith(" "):
            rows.append((line, ""))
        else:
            return None
        if COLUMNS.search(right):
            return None
    return rows if all(second for _, second in rows) else None
