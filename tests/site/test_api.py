"""The package's reference: docstrings as reStructuredText, the directive, and our own pages."""

import ast
import inspect
import pkgutil
import re
import sys
from html.parser import HTMLParser
from importlib import import_module
from itertools import pairwise

import docstrings
import pytest
from docutils import nodes
from sphinx.testing.util import SphinxTestApp
from sphinx.util.inventory import InventoryFile

from .conftest import CONFIG, REFERENCE, ROOT

SOURCES = [(ROOT / page).with_suffix(".md").read_text("utf-8") for page in REFERENCE]
MODULES = re.findall(r"^```\{api\} (\S+)$", "\n".join(SOURCES), re.MULTILINE)
LEFT_OUT = {
    "alexnet_lib.commands",  # the command's own help describes them: `alexnet train --help`
    "alexnet_lib.networks.lrn_blocks",  # it works for `lrn.LocalResponseNorm`
    "alexnet_lib.networks.receptive",  # it works for `anatomy.anatomy`
}


# --- docstrings ------------------------------------------------------------------------------


@pytest.fixture
def warnings(monkeypatch):
    """The warnings about docstrings."""
    seen = []
    monkeypatch.setattr(docstrings.logger, "warning", lambda text, *args: seen.append(text % args))
    return seen


def as_code(language, kind, *lines):
    """The lines of a code block."""
    return [f".. code-block:: {language}", f"   :class: {kind}", "", *lines, ""]


@pytest.mark.parametrize(
    "doc, rest",
    [
        ("One\nline.", [r"\ One line.", ""]),
        ("A * b_ |c| \\d.", [r"\ A \* b\_ \|c\| \\d.", ""]),
        ("As `f`s.", [r"\ As \ :py:obj:`f`\ s.", ""]),
        ("As ``C.run``.", [r"\ As \ :py:obj:`.C.run`\ .", ""]),
        ("As `f(x_, *y)`.", [r"\ As \ ``f(x_, *y)``\ .", ""]),
        ("x (N, C) -> y (N,): text at first.", [r"\ x (N, C) -> y (N,): text at first.", ""]),
        ("End.  Two sentences.", [r"\ End. Two sentences.", ""]),
        (
            "A.\n\ndy (N, C), x (N,)\n-> dx like x\nWhere it ends.",
            [r"\ A.", "", *as_code("text", "api-shapes", "   dy (N, C), x (N,)", "   -> dx like x"),
             r"\ Where it ends.", ""],
        ),
        (
            "A.\n\na=1  one, and\n     more `f`\nb  two\nlong, too\n    three",
            [r"\ A.", "", ".. rst-class:: api-list", "", "   ``a=1``",
             r"       \ one, and more \ :py:obj:`f`\ ", "   ``b``", r"       \ two",
             "   ``long, too``", r"       \ three", ""],
        ),
        (
            "A.\n\n    relu    max(x, 0)\n    tanh x  (e^x)",
            [r"\ A.", "", ".. rst-class:: api-columns", "", "   :py:mod:`.relu`",
             r"       \ max(x, 0)", "   ``tanh x``", r"       \ (e^x)", ""],
        ),
        (
            "A.\n\n    a   b c  (d)\n    ab  e    (f)",
            [r"\ A.", "", ".. list-table::", "   :class: api-table", "", "   * - :py:mod:`.a`",
             r"     - \ b c", r"     - \ (d)", "   * - :py:mod:`.ab`", r"     - \ e",
             r"     - \ (f)", ""],
        ),
        (
            "A:\n\n    y = f(x)  # (N,)\n\n    z = y",
            [r"\ A:", *as_code("python", "api-verbatim", "   y = f(x)  # (N,)", "", "   z = y")],
        ),
        (
            "A:\n\n    $ run\n    it",
            [r"\ A:", "", *as_code("text", "api-verbatim", "   $ run", "   it")],
        ),
        ("A:\n\n>>> f(1)\n2", [r"\ A:", "", ">>> f(1)", "2", ""]),
    ],
)  # fmt: skip
def test_a_docstring_keeps_its_parts(warnings, doc, rest):
    found = docstrings.as_rest(doc, "p.f")
    assert [line for line in found if line] == [line for line in rest if line]
    assert warnings == []


@pytest.mark.parametrize(
    "doc, sentence",
    [
        ("A.\n\nwith f() as g:\n    g()", "p.f has lines that are neither text nor columns"),
        ("A.\n\na  one  two\nb  three", "p.f has lines that are neither text nor columns"),
        ("A:\n    y = 1", "p.f has lines that are neither text nor columns"),
        ("A  b", "p.f has lines that are neither text nor columns"),
        ("An `open one.", "p.f has a backtick without a partner: An `open one"),
    ],
)
def test_a_malformed_docstring_is_a_warning(warnings, doc, sentence):
    docstrings.as_rest(doc, "p.f")
    assert len(warnings) == 1 and sentence in warnings[0]


# --- the directive ---------------------------------------------------------------------------

CONF = f"""
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.linkcode"]
html_theme_options = {{"repository_url": "https://github.com/o/r", "repository_branch": "main"}}
settings = {CONFIG["sphinx"]["config"]}
globals().update({{k: v for k, v in settings.items() if k.startswith(("add_", "auto", "nitpick"))}})
def setup(app):
    import api_reference
    api_reference.connect(app)
"""
FILES = {
    "__init__.py": """'''A door.'''\ndef __getattr__(name): ...\n__all__ = ["lazy"]\n""",
    "m/__init__.py": """'''A package.'''
from alexnet_small.m.a import g, f
from alexnet_small.m.b import h, T
from pathlib import Path
SIZE = 3  # pixels
# All of them,
# by name.
TABLE = {"a": "a long value", "b": "another long value", "c": "and a third one, longer still"}
__all__ = ["Path", "SIZE", "T", "TABLE", "f", "g", "h"]
""",
    "m/a.py": """'''The file a.'''
def f(x, *, y=1e-4):
    '''The primes of H' are primes; see `g` and `T.go`.'''
def g():
    '''Return `nothing`.'''
""",
    "m/b.py": """'''The file b.'''
from dataclasses import dataclass, field
class _Hidden:
    '''Hidden.'''
@dataclass
class T(_Hidden, ValueError):
    '''A class.'''
    size: int = 0  # in pixels
    # what it is
    name: str = "a"
    rate: list = field(default_factory=list, metadata={"help": "of learning"})
    def go(self):
        '''Go.'''
    def _own(self):
        '''Not shown.'''
def h():
    '''Return h.'''
""",
}


@pytest.fixture(scope="module")
def small_book(tmp_path_factory):
    """(the document of a page, {id: element with it}, warnings) of a small book on FILES."""
    root = tmp_path_factory.mktemp("small")
    for name, source in FILES.items():
        file = root / "alexnet_small" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source, "utf-8")
    links = "{py:func}`alexnet_small.m.f`, {py:func}`alexnet_lib.nothing`"
    directives = "".join(f"\n\n```{{api}} alexnet_small{end}\n```" for end in ("", ".m", ".gone"))
    (root / "index.md").write_text(f"# Page\n\n{links}{directives}\n", "utf-8")
    (root / "conf.py").write_text(CONF, "utf-8")
    sys.path.insert(0, str(root))
    app = SphinxTestApp("dummy", srcdir=root, tags=["html"])
    try:
        app.build()
        document = app.env.get_and_resolve_doctree("index", app.builder)
        elements = {i: node for node in document.findall(nodes.Element) for i in node["ids"]}
        yield document, elements, app.warning.getvalue()
    finally:
        app.cleanup()
        sys.path.remove(str(root))


def test_a_page_shows_public_names_file_by_file_in_the_order_of_the_source(small_book):
    names = [i.removeprefix("alexnet_small") for i in small_book[1] if i.startswith("alexnet")]
    files = [".m.a.py", ".m.f", ".m.g", ".m.b.py", ".m.T", ".m.T.go", ".m.h"]
    assert names == ["", ".m", ".m.SIZE", ".m.TABLE", *files]


def test_an_entry_has_its_signature_its_comments_and_its_source(small_book):
    document, elements, _ = small_book
    shown = {name: " ".join(node.parent.astext().split()) for name, node in elements.items()}
    assert shown["alexnet_small.m.SIZE"] == "SIZE = 3[source] pixels"
    assert shown["alexnet_small.m.TABLE"] == "TABLE[source] All of them, by name."
    assert shown["alexnet_small.m.f"].startswith("f(x, *, y=1e-4)[source] The primes of H' are")
    assert shown["alexnet_small.m.T"].startswith(
        "class T(size: int = 0, name: str = 'a', rate: list ="
    )
    fields = "A class. size in pixels name what it is rate of learning Extends ValueError go() Go."
    assert shown["alexnet_small.m.T"].endswith(fields)
    sources = [r["refuri"] for r in document.findall(nodes.reference) if "[source]" in r.astext()]
    address = "https://github.com/o/r/blob/main/alexnet_small/m"
    lines = ["__init__.py#L5", "__init__.py#L8", "a.py#L2", "a.py#L4", "b.py#L6", "b.py#L16"]
    assert sources == [f"{address}/{line}" for line in lines]


def test_links_lead_to_names_and_a_missing_one_is_a_warning(small_book):
    document, _, warnings = small_book
    links = [(r.astext(), r["refid"]) for r in document.findall(nodes.reference) if "refid" in r]
    m = "alexnet_small.m"
    assert {("alexnet_small.m.f()", f"{m}.f"), ("g", f"{m}.g"), ("T.go", f"{m}.T.go")} < set(links)
    assert "py:func reference target not found: alexnet_lib.nothing" in warnings
    assert "alexnet_small.gone can't be imported: No module named" in warnings
    assert len(set(re.findall(".*(?:WARNING|ERROR).*", warnings))) == 2, warnings


# --- our package -----------------------------------------------------------------------------


def public_names(module):
    """{public name of a module that its page must show: the object}"""
    names = [] if hasattr(module, "__getattr__") else getattr(module, "__all__", [])
    found = {name: getattr(module, name) for name in names}
    inside = (module.__name__, f"{module.__name__}.")
    return {
        f"{module.__name__}.{name}": value
        for name, value in found.items()
        if not callable(value) or f"{value.__module__}.".startswith(inside)
    }


def test_every_public_name_is_on_one_page(site):
    with open(site / "objects.inv", "rb") as file:
        inventory = InventoryFile.load(file, "", lambda _, page: page)
    items = [
        item for kind, names in inventory.items() if kind[:3] == "py:" for item in names.values()
    ]
    shown = {address.partition("#")[2] for _, _, address, _ in items}
    public = {name for module in MODULES for name in public_names(import_module(module))}
    assert public | set(MODULES) <= shown  # and a second place would be a warning of the build
    ids = [i for page in REFERENCE for i in Page((site / page).read_text("utf-8")).ids]
    assert sorted(i for i in ids if i in shown) == sorted(shown)


@pytest.mark.parametrize("name", MODULES)
def test_every_public_name_has_a_docstring(name):
    module = import_module(name)
    silent = [] if module.__doc__ else [name]
    for path, value in public_names(module).items():
        short = path.rpartition(".")[2]
        if not callable(value):  # it has a comment, or is described where the module is
            pattern = rf"^{short}\b.*  # |^#.*\n{short}\b|`{short}`"
            documented = re.search(pattern, inspect.getsource(module), re.MULTILINE)
            silent += [] if documented else [path]
            continue
        members = vars(value) if isinstance(value, type) else {}
        silent += [] if value.__doc__ else [path]
        silent += [
            f"{path}.{member}"
            for member, what in members.items()
            if member[0] != "_" and not what.__doc__
            if getattr(what, "__qualname__", "").startswith(short) or isinstance(what, property)
        ]
    assert silent == []


@pytest.mark.parametrize("room", ["alexnet_lib", "alexnet_lib.networks", "alexnet_lib.training"])
def test_the_table_of_a_room_has_all_its_modules_and_they_are_shown(room):
    module = import_module(room)
    rows = {f"{room}.{row}" for row in re.findall(r"^    (\w+) {2,}", module.__doc__, re.MULTILINE)}
    files = {f"{room}.{info.name}" for info in pkgutil.iter_modules(module.__path__)}
    assert rows | LEFT_OUT >= files >= rows
    assert rows <= {*MODULES, *LEFT_OUT}


# What a room's needs are called, and what that brings along.
NEEDS = {
    "nothing": set(),
    "NumPy": {"numpy"},
    "Pillow": {"PIL", "numpy"},
    "PyTorch": {"torch", "torchvision", "numpy", "PIL"},  # torchvision brings Pillow
    "Matplotlib": {"matplotlib", "numpy", "PIL"},
    "anywidget": {"anywidget", "traitlets", "numpy", "PIL"},
    "nbgrader": {"nbgrader", "traitlets"},
}
ROOMS = re.findall(r"^    (\w+) .* \((.+)\)$", import_module("alexnet_lib").__doc__, re.MULTILINE)


def imports(name, at_once, seen):
    """Add to `seen` every module that `name` imports, at once or (at_once=False) ever."""
    if name in seen:
        return seen
    seen.add(name)
    path = ROOT.joinpath(*name.split("."))
    files = [f for f in (path / "__init__.py", path.with_suffix(".py")) if f.is_file()]
    tree = ast.parse(files[0].read_text("utf-8") if files else "")
    for node in tree.body if at_once else ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for one in names:
            imports(one if one.startswith("alexnet_lib") else one.split(".")[0], at_once, seen)
    return seen


@pytest.mark.parametrize("room, needs", ROOMS)
def test_the_table_says_what_a_room_needs(room, needs):
    name, others = f"alexnet_lib.{room}", set().union(*NEEDS.values())
    allowed = set().union(*(NEEDS[need] for need in needs.split(", ")))
    assert imports(name, True, set()) & others <= allowed
    path = getattr(import_module(name), "__path__", [])
    ever = imports(name, False, set())
    for info in pkgutil.iter_modules(path, f"{name}."):
        imports(info.name, False, ever)
    for need in needs.split(", "):
        assert NEEDS[need] & ever or need == "nothing", f"{name} never imports {need}"


# --- the built pages -------------------------------------------------------------------------


class Page(HTMLParser):
    """The ids and the headings of a page."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.levels = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.ids += [value for key, value in attrs if key == "id"]
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))


@pytest.mark.parametrize("name", REFERENCE)
def test_a_page_is_in_order(site, name):
    text = (site / name).read_text("utf-8")
    page = Page(text)
    assert len(page.ids) == len(set(page.ids))
    assert page.levels[0] == 1 and all(b <= a + 1 for a, b in pairwise(page.levels))
    assert len(text) < 600_000


@pytest.mark.browser
def test_the_search_finds_a_function(view, server):
    seen = view(f"{server}search.html?q=conv2d_backward")
    link = seen.page.locator("#search-results a", has_text="conv2d_backward").first
    link.wait_for()
    assert link.get_attribute("href").endswith(
        "book/appendix/api/scratch.html#alexnet_lib.scratch.conv2d_backward"
    )


@pytest.mark.browser
@pytest.mark.parametrize("page", REFERENCE[1:])
def test_a_long_signature_is_read_without_scrolling(view, server, page):
    seen = view(server + page)
    assert seen.page.locator("dt.sig").count() > 10
    for width in (375, 800, 1280):
        seen.page.set_viewport_size({"width": width, "height": 740})
        hidden = seen.page.evaluate(
            """[...document.querySelectorAll("dt.sig, .api-shapes pre")]
               .filter((e) => e.scrollWidth > e.clientWidth).map((e) => e.textContent)"""
        )
        assert hidden == []
