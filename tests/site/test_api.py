"""The package's reference: what is read from the source, what is refused, what the page shows."""

import ast
import re
import textwrap
from html.parser import HTMLParser
from itertools import pairwise
from types import SimpleNamespace

import api_pages
import api_source
import pytest
from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.testing.util import SphinxTestApp

from .conftest import CONTENT, ROOT

PAGES = [page for page in CONTENT if page.startswith("book/appendix/api/")]
TABLE = {
    row.name.removeprefix("alexnet_lib."): row for row in api_source.modules(ROOT, "alexnet_lib")
}
MODULES = [row.name for row in TABLE.values()]
LEFT_OUT = {
    "receptive",  # it works for `anatomy.anatomy`, which is on the page
    "commands",  # the command's own help describes them: `alexnet train --help`
}


@pytest.fixture
def package(tmp_path):
    """`package({"a.py": source})` -> the folder in which the package `p` has these files."""

    def write(files):
        for name, source in {"__init__.py": "", **files}.items():
            file = tmp_path / "p" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(textwrap.dedent(source), "utf-8")
        return tmp_path

    return write


@pytest.fixture
def read_one(package):
    """`read_one(source)` -> its public entries by name; `__all__` names all that is defined."""

    def read(source):
        source = textwrap.dedent(source)
        names = re.findall(r"^(?:def |class |(?=[A-Z]+\b))([A-Za-z]\w*)", source, re.MULTILINE)
        module = api_source.read(package({"m.py": f"{source}\n__all__ = {names}\n"}), "p.m")
        return {entry.name: entry for entry in module.entries}

    return read


# --- names and signatures --------------------------------------------------------------------


@pytest.mark.parametrize(
    "written, shown",
    [
        ("f()", "f()"),
        ("f(x, y=(0, 0), z='a, b')", "f(x, y=(0, 0), z='a, b')"),
        ("f(alpha=1e-4, n=2**16)", "f(alpha=1e-4, n=2**16)"),  # as written, not 0.0001
        ("f(x, *, rng, p=0.5)", "f(x, *, rng, p=0.5)"),
        ("f(x, /, y, *arrays, k=1, **settings)", "f(x, /, y, *arrays, k=1, **settings)"),
        (
            "f(x: int, y: int | None = None) -> list[str]",
            "f(x: int, y: int | None = None) -> list[str]",
        ),
        ("f(\n    x,\n    y={\n        1: 2,\n    },\n)", "f(x, y={ 1: 2, })"),
        ("f(*args: int, **kw: str)", "f(*args: int, **kw: str)"),
        ("f(sign='×', n=2)", "f(sign='×', n=2)"),
    ],
)
def test_a_signature_is_shown_as_it_is_written(read_one, written, shown):
    entry = read_one(f"def {written}:\n    '''A.'''")["f"]
    assert api_pages.signature(entry).astext() == shown


def test_decorators_and_what_stands_inside_change_nothing(read_one):
    found = read_one(
        """
        from functools import cache

        @cache
        def outer(x):
            '''Outer.'''
            def inner(y):
                '''Inner.'''
            class Hidden:
                '''Hidden.'''
            return inner
        """
    )
    assert list(found) == ["outer"]
    assert found["outer"].doc == "Outer."
    assert found["outer"].line == 5  # of the def, not of its decorator


def test_a_class_shows_how_it_is_made_and_what_is_public(read_one):
    found = read_one(
        """
        from functools import cached_property

        class Base:
            '''Base.'''

        class C(Base, _Hidden, nn.Module):
            '''A class.'''
            size = 3

            def __init__(self, x, *, y=1):
                '''Not shown.'''

            def _own(self):
                '''Not shown.'''

            def run(self, x=2):
                '''Runs.'''

            @classmethod
            def make(cls, path):
                '''Makes.'''

            @staticmethod
            def add(a, b):
                '''Adds.'''

            @property
            def wide(self) -> int:
                '''Width.'''

            @wide.setter
            def wide(self, value):
                '''Not shown.'''

            @cached_property
            def high(self):
                '''Height.'''

        class _Hidden:
            '''Hidden.'''
        """
    )
    c = found["C"]
    shown = [api_pages.signature(entry).astext() for entry in (c, *c.members)]
    assert shown == [
        *("class C(x, *, y=1)", "run(x=2)", "make(path)", "add(a, b)"),
        *("property wide -> int", "property high"),
    ]
    assert [m.doc for m in c.members] == ["Runs.", "Makes.", "Adds.", "Width.", "Height."]
    assert c.extends == ("Base", "nn.Module")
    assert api_pages.signature(found["Base"]).astext() == "class Base"


@pytest.mark.parametrize("head", ["@dataclass(frozen=True)\nclass R:", "class R(NamedTuple):"])
def test_a_record_is_made_of_its_fields(read_one, head):
    record = read_one(
        f"{head}\n    '''A row.'''\n"
        "    name: str  # as in the table\n    # in pixels\n    size: int = 1e3\n    rest: dict\n"
    )["R"]
    assert record.parameters == ("name: str", "size: int = 1e3", "rest: dict")
    fields = [(m.name, m.doc) for m in record.members if m.kind == "field"]
    assert fields == [("name", "as in the table"), ("size", "in pixels"), ("rest", "")]


def test_a_constant_shows_its_value_and_its_comment(read_one):
    found = read_one(
        """
        INK = "#1f2328"  # the darkest
        # The sizes,
        # all of them.
        SIZES = {
            "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "last": 7,
        }

        # Of the next part.

        WIDE: int = 7
        """
    )
    shown = {name: (api_pages.signature(e).astext(), e.doc) for name, e in found.items()}
    assert shown == {
        "INK": ('INK = "#1f2328"', "the darkest"),
        "SIZES": ("SIZES = {…}", "The sizes, all of them."),
        "WIDE": ("WIDE = 7", ""),
    }


def test_names_of_a_package_stand_under_their_files_in_the_order_of_the_source(package):
    root = package(
        {
            "q/__init__.py": """
                '''Many.'''
                from p.q.b import second, first, helper
                from .a import third as renamed
                from ..other import far
                OWN = 1  # one
                __all__ = ["OWN", "far", "first", "renamed", "second"]
                """,
            "q/b.py": """
                '''File b.'''
                def second():
                    'S.'
                def first():
                    'F.'
                def helper():
                    'H.'
                """,
            "q/a.py": "'''File a.'''\nfrom p.other import deep as third\n",
            "other.py": "def far():\n    'Far.'\ndef deep():\n    'Deep.'\n",
        }
    )
    module = api_source.read(root, "p.q")
    shown = [(g.path, g.doc, [e.name for e in g.entries]) for g in module.groups]
    assert shown == [
        ("p/q/__init__.py", "Many.", ["OWN"]),
        ("p/q/b.py", "File b.", ["second", "first"]),
        ("p/other.py", "", ["far", "renamed"]),
    ]
    assert [e.doc for e in module.entries] == ["one", "S.", "F.", "Far.", "Deep."]


@pytest.mark.parametrize(
    "name, files, sentence",
    [
        ("p.x", {"a.py": "", "b.py": "", "_c.py": ""}, "there is no module p.x; p has a, b."),
        ("q.x", {}, "there is no module q.x: write its name with dots"),
        ("p.m", {"m.py": "x = 1"}, r"p/m.py has no `__all__ = \[...\]` of plain texts"),
        ("p.m", {"m.py": "__all__ = [name]"}, "p/m.py has no `__all__"),
        ("p.m", {"m.py": "__all__ = ['x']"}, "`__all__` in p/m.py has 'x', which nothing there"),
        (
            "p.m",
            {"m.py": "from p.n import x\n__all__ = ['x']", "n.py": ""},
            "p/n.py has no 'x', which another file imports",
        ),
    ],
)
def test_what_is_not_there_is_refused_in_a_sentence(package, name, files, sentence):
    with pytest.raises(api_source.NotThere, match=sentence):
        api_source.read(package(files), name)


def test_the_table_of_modules_is_read_from_the_package(package):
    table = "'''A.\n\nAll:\n    a   one, or two  (NumPy)\n    bc  another      (nothing)\n'''"
    assert api_source.modules(package({"__init__.py": table}), "p") == [
        api_source.Row("p.a", "one, or two", "NumPy"),
        api_source.Row("p.bc", "another", "nothing"),
    ]
    with pytest.raises(
        api_source.NotThere, match=r"p/__init__.py has the line 'a  no needs'; write"
    ):
        api_source.modules(package({"__init__.py": "'''P.\n\nAll:\n    a  no needs\n'''"}), "p")


# --- docstrings ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "doc, parts",
    [
        ("", []),
        ("One\nline.", [("text", "One line.")]),
        ("x (N, C) -> y (N, C), which is text in a first line.", ["text"]),
        ("A.\n\nSum  of. Two  spaces.", ["text", "verbatim"]),
        ("A.\n\nEnd.  Two sentences.", ["text", "text"]),
        # Shapes, and the line of text that goes on below them.
        (
            "A.\n\ndy (N, C), x (N,)\n-> dx like x\nWhere it ends.",
            ["text", ("shapes", "dy (N, C), x (N,)\n-> dx like x"), ("text", "Where it ends.")],
        ),
        ("A.\n\nx, dy like y -> dx", ["text", "shapes"]),
        ("A.\n\nWhat comes (as here) is text.", ["text", "text"]),
        # Two columns, with lines that go on, and a term too long for its column.
        (
            "A.\n\na=1  one, and\n     more\nbc   two\nlong, too\n     three",
            ["text", ("list", [("a=1", "one, and more"), ("bc", "two"), ("long, too", "three")])],
        ),
        # Indented: verbatim, with the empty line inside; two columns stay two columns.
        ("A:\n\n    y\n      z\n\n    w\n\nB.", ["text", ("verbatim", "y\n  z\n\nw"), "text"]),
        (
            "A:\n\n    relu  max(x, 0)\n    tanh  (e^x)",
            ["text", ("columns", [("relu", "max(x, 0)"), ("tanh", "(e^x)")])],
        ),
        # Three columns, or two that don't begin at one place, stay as they are.
        ("A.\n\n    a  b   c\n    dd e   f", ["text", ("verbatim", "a  b   c\ndd e   f")]),
        ("A.\n\na  one\nbbb  two", ["text", ("verbatim", "a  one\nbbb  two")]),
        ("A.\n\nHere:\n    y = 1", [("text", "A."), ("text", "Here:"), ("verbatim", "y = 1")]),
    ],
)  # fmt: skip
def test_a_docstring_keeps_its_parts(doc, parts):
    found = api_source.blocks(doc)
    assert [p if isinstance(q, tuple) else p[0] for p, q in zip(found, parts, strict=True)] == parts


def test_code_in_backticks_is_code_and_names_are_links(read_one):
    module = SimpleNamespace(name="p.m", names=["p.m", "p.m.f", "p.m.g", "p.m.C.run"])
    text = "As `f` and ``C.run``, not `g` nor :class:`x`; see `alexnet_lib.data`. H' * W"
    parts = api_pages.running_text(text, module, own="g")
    assert (
        "".join(p.astext() for p in parts)
        == "As f and C.run, not g nor x; see alexnet_lib.data. H' * W"
    )
    links = [p["reftarget"] for p in parts if isinstance(p, nodes.Element) and "reftarget" in p]
    assert links == ["p.m.f", "p.m.C.run", "alexnet_lib.data"]
    assert [p.astext() for p in parts if isinstance(p, nodes.literal)] == ["g", "x"]


# --- a page ----------------------------------------------------------------------------------

CONF = """
extensions = ["myst_parser"]
html_theme_options = {"repository_url": "https://github.com/o/r", "repository_branch": "main"}
def setup(app):
    import api_pages
    api_pages.connect(app)
"""
SOURCES = {
    "__init__.py": "'''P.\n\nAll:\n    m  a module  (NumPy)\n'''\n",
    "m.py": """
        '''A module.'''
        __all__ = ["F", "f"]
        def f(x):
            '''The primes of H' are primes; see `F`.'''
        class F:
            '''A class.'''
            def go(self):
                '''Goes.'''
        """,
}


@pytest.fixture
def book(package):
    """`book(page, files)` -> the document of a page beside the package `p`, and the warnings."""

    def build(page, files=SOURCES):
        root = package(files)
        (root / "conf.py").write_text(CONF, "utf-8")
        if not (root / "index.md").exists():  # a page that is written again is read again
            (root / "index.md").write_text(f"# Page\n\n{page}\n", "utf-8")
        app = SphinxTestApp("dummy", srcdir=root)
        try:
            app.build()
            warnings = app.warning.getvalue()
            return app.env.get_and_resolve_doctree("index", app.builder), warnings
        finally:
            app.cleanup()

    return build


def test_a_page_shows_a_module_and_links_lead_to_its_names(book):
    links = "{api-ref}`p.m.F`, {api-ref}`run <p.m.F.go>`"
    document, warnings = book(f"{links}\n\n```{{api-modules}} p\n```\n\n```{{api}} p.m\n```")
    assert warnings == ""
    ids = {i for n in document.findall(nodes.Element) for i in n["ids"]}
    assert {"p.m", "p.m.f", "p.m.F", "p.m.F.go"} <= ids
    links = {r.astext(): r["refid"] for r in document.findall(nodes.reference) if "refid" in r}
    assert links == {"p.m.F": "p.m.F", "run": "p.m.F.go", "m": "p.m", "F": "p.m.F"}
    (source, _) = [r["refuri"] for r in document.findall(nodes.reference) if "refuri" in r]
    assert source == "https://github.com/o/r/blob/main/p/m.py#L4"
    assert "The primes of H' are primes" in document.astext()  # not the quotation mark H’


@pytest.mark.parametrize(
    "page, sentence",
    [
        ("{api-ref}`p.m.g`", r"index links to p\.m\.g: p\.m has no 'g'; it has f, F\."),
        ("{api-ref}`p.m.F.stop`", r"p\.m has no 'F\.stop'"),
        ("{api-ref}`p.n.f`", r"index links to p\.n\.f: there is no module p\.n; p has m\."),
        ("{api-ref}`numpy`", r"index links to numpy: there is no module numpy"),
        ("```{api} p.n\n```", r"index: there is no module p\.n; p has m\."),
        ("```{api} p.m\n```\n```{api} p.m\n```", r"index shows p\.m, which index shows already"),
    ],
)
def test_a_name_that_is_not_there_stops_the_build(book, page, sentence):
    with pytest.raises(ExtensionError, match=sentence):
        book(page)


def test_a_link_to_a_name_that_no_page_shows_is_a_warning(book):
    _, warnings = book("{api-ref}`p.m.f`")
    assert "index links to p.m.f, which stands on no page: add an {api}" in warnings


def test_a_changed_file_changes_the_page(book, package):
    page = "```{api} p.m\n```"
    before, _ = book(page)
    assert "later" not in before.astext()
    changed = SOURCES["m.py"].replace("def f(x)", "def f(later)")
    after, warnings = book(page, {**SOURCES, "m.py": changed})
    assert "later" in after.astext() and warnings == ""


# --- our package -----------------------------------------------------------------------------


def test_every_public_module_is_in_the_table():
    own = {name for name in TABLE if "." not in name}  # the others are files of a package
    assert own | LEFT_OUT == set(api_source.modules_of(ROOT, "alexnet_lib"))
    assert not set(TABLE) & LEFT_OUT


@pytest.mark.parametrize("name", MODULES)
def test_every_public_name_says_what_it_is(name):
    module = api_source.read(ROOT, name)
    silent = [
        f"{name}.{entry.name}"
        for top in module.entries
        for entry in (top, *(m for m in top.members if m.kind != "field"))
        # A constant may be described where the module is.
        if not entry.doc and f"`{entry.name}`" not in module.groups[0].doc
    ]
    assert silent == [], "without a docstring, or a comment"
    assert all(group.doc for group in module.groups)


# What a module's needs are called, and what that brings along.
NEEDS = {
    "nothing": set(),
    "NumPy": {"numpy"},
    "Pillow": {"PIL", "numpy"},
    "PyTorch": {"torch", "torchvision", "numpy", "PIL"},  # torchvision brings Pillow
    "Matplotlib": {"matplotlib", "numpy", "PIL"},
    "anywidget": {"anywidget", "traitlets", "numpy", "PIL"},
    "nbgrader": {"nbgrader", "traitlets"},
}
OTHERS = set().union(*NEEDS.values())


def imports(name, at_once, seen):
    """Add to `seen` every module that `name` imports, at once or (at_once=False) ever."""
    if name in seen:
        return seen
    seen.add(name)
    file = api_source.file_of(ROOT, name)
    if file and name != "alexnet_lib":
        tree = ast.parse(file.read_text("utf-8"))
        for node in tree.body if at_once else ast.walk(tree):
            if isinstance(node, ast.Import):
                found = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                found = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            else:
                continue
            for one in found:
                imports(one if one.startswith("alexnet_lib") else one.split(".")[0], at_once, seen)
    return seen


@pytest.mark.parametrize("name", MODULES)
def test_the_table_says_what_a_module_needs(name):
    said = TABLE[name.removeprefix("alexnet_lib.")].needs.split(", ")
    at_once, ever = (imports(name, when, set()) & OTHERS for when in (True, False))
    assert at_once <= set().union(*(NEEDS[need] for need in said))
    for need in said:
        assert NEEDS[need] & ever or need == "nothing", f"{name} never imports {need}"


# --- the built page --------------------------------------------------------------------------


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


def test_every_name_has_its_place_on_one_page(site):
    ids = [i for page in PAGES for i in Page((site / page).read_text("utf-8")).ids]
    shown = [i for i in ids if i.startswith("alexnet_lib.") and "-" not in i]  # names, not files
    names = [name for module in MODULES for name in api_source.read(ROOT, module).names]
    assert sorted(shown) == sorted(names)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_in_order(site, name):
    page = Page((site / name).read_text("utf-8"))
    assert len(page.ids) == len(set(page.ids))
    assert page.levels[0] == 1 and all(b <= a + 1 for a, b in pairwise(page.levels))


@pytest.mark.browser
def test_the_search_finds_a_function(view, server):
    seen = view(f"{server}search.html?q=conv2d_backward")
    link = seen.page.locator("#search-results a", has_text="conv2d_backward").first
    link.wait_for()
    assert link.get_attribute("href").endswith(
        "book/appendix/api/scratch.html#alexnet_lib-scratch-conv2d_backward"
    )


@pytest.mark.browser
@pytest.mark.parametrize("page", PAGES)
def test_a_long_signature_is_read_without_scrolling_on_a_phone(view, server, page):
    seen = view(server + page, viewport={"width": 375, "height": 740})
    hidden = seen.page.evaluate(
        """[...document.querySelectorAll(".api-signature, .api-shapes pre")]
           .filter((e) => e.scrollWidth > e.clientWidth).map((e) => e.textContent)"""
    )
    assert seen.page.locator(".api-signature").count() > 10
    assert hidden == []
