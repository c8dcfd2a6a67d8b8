"""The short programs of a lesson, *In ten lines*, which a reader can change and run in the page.

A program builds on names that stand further up in the notebook. What it needs of them is found by
following the names backwards, statement by statement; so it doesn't need the figures between. A
program that needs more than NumPy and the parts of the package that the page has stays as it is.
"""

import ast
import builtins
import hashlib
import json
from pathlib import Path

HEADING = "## In ten lines"
# What the page's Python can import.
THERE = ("numpy", "math", "itertools", "datetime", "random", "alexnet_lib.scratch")
# What a page loads when the reader asks for it.
SCRIPTS = ("python.js", "python/parts.js", "editor/codemirror.js")
STYLE = "practice.css"


def programs(notebook):
    """Yield (index, code that it needs) of each cell that can run in the page."""
    above, inside = [], False
    for index, cell in enumerate(notebook["cells"]):
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            headings = [line for line in text.splitlines() if line.startswith("## ")]
            inside = headings[-1] == HEADING if headings else inside
            continue
        try:
            body = ast.parse(text).body
        except SyntaxError:  # a line that only notebooks can read
            continue
        shows = inside and cell["outputs"]  # one that only defines something has nothing to run
        if shows and (needed := what_it_needs(body, above)) is not None:
            yield index, needed
        above += body


def what_it_needs(body, above):
    """Return the statements above that a program builds on, as code; None if it can't run here."""
    wanted = set().union(*(names(part, ast.Load) for part in body))
    wanted -= set(dir(builtins))
    kept = []
    for part in [*body][::-1]:
        if isinstance(part, (ast.Import, ast.ImportFrom)) and not is_there(part):
            return None
    for part in above[::-1]:
        if isinstance(part, (ast.Import, ast.ImportFrom)):
            part.names, spare = [a for a in part.names if bound(a) in wanted], part.names
            if part.names and not is_there(part):
                part.names = spare
                return None
            if part.names:
                kept.append(ast.unparse(part))
            part.names = spare
        elif wanted & (names(part, ast.Store) | changed(part)) and not isinstance(part, ast.Expr):
            kept.append(ast.unparse(part))
            wanted |= names(part, ast.Load) - set(dir(builtins))
    return "\n".join(kept[::-1])


def is_there(part):
    """Return whether the page can import this."""
    modules = [part.module] if isinstance(part, ast.ImportFrom) else [a.name for a in part.names]
    return all(f"{module}.".startswith(tuple(f"{t}." for t in THERE)) for module in modules)


def bound(alias):
    """Return the name that an import gives."""
    return alias.asname or alias.name.partition(".")[0]


def names(part, context):
    """Return the names that a statement reads (ast.Load) or gives (ast.Store)."""
    found = {n.id for n in ast.walk(part) if isinstance(n, ast.Name) and isinstance(n.ctx, context)}
    if isinstance(part, (ast.FunctionDef, ast.ClassDef)):  # what it gives inside stays inside
        if context is ast.Store:
            return {part.name}
        found -= {n.arg for n in ast.walk(part) if isinstance(n, ast.arg)}
        found -= names(ast.Module(part.body, []), ast.Store)
    return found


def changed(part):
    """Return the names of what a statement changes in place: x[0] = 1, x.y = 2."""
    targets = [n for n in ast.walk(part) if isinstance(n, (ast.Subscript, ast.Attribute))]
    return {
        name.id
        for target in targets
        if isinstance(target.ctx, ast.Store)
        for name in ast.walk(target)
        if isinstance(name, ast.Name)
    }


# --- on the page -------------------------------------------------------------------------------


def live_cells(env):
    """Return {page: what each of its programs needs}, which is kept from build to build."""
    if not hasattr(env, "alexnet_live_cells"):
        env.alexnet_live_cells = {}
    return env.alexnet_live_cells


def mark_cells(app, page, source):
    """Tag the cells of a lesson that can run; `source` is a list of one."""
    if not app.env.doc2path(page).endswith(".ipynb"):
        return
    notebook = json.loads(source[0])
    live = dict(programs(notebook))
    for index in live:
        cell = notebook["cells"][index]
        cell["metadata"]["tags"] = [*cell["metadata"].get("tags", []), "live"]
    live_cells(app.env)[page] = list(live.values())
    source[0] = json.dumps(notebook)


def load_live(app, pagename, templatename, context, doctree):
    """Give a page with such programs their button."""
    before = live_cells(app.env).get(pagename)
    if not before or "body" not in context:
        return
    static = Path(app.outdir, "_static")
    ours = Path(__file__).parent / "static"

    def address(file):
        path = ours / file if (ours / file).is_file() else static / file
        return f"_static/{file}?v={hashlib.sha256(path.read_bytes()).hexdigest()[:8]}"

    data = {"before": before, "scripts": [address(f) for f in SCRIPTS], "style": address(STYLE)}
    text = json.dumps(data).replace("</", "<\\/")
    context["body"] += f'<script type="application/json" id="live-cells">{text}</script>'
    app.add_js_file("live.js", priority=620, loading_method="defer")


def connect(app):
    """Connect to the reading and to the writing of pages."""
    app.connect("source-read", mark_cells, priority=400)  # before cells are folded
    app.connect("html-page-context", load_live, priority=450)
