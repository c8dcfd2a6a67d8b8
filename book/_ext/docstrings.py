"""Our docstrings as reStructuredText, for Sphinx's autodoc.

* Code in backticks becomes code, and a link where the package has that name.
* Lines ``name  meaning`` become a list, whose meanings may continue in indented lines.
* Lines of shapes, as ``x (N, C) -> y (N,)``, keep their line breaks.
* An indented block becomes a program, a list, or a table if it has three columns.

Anything else that is not plain text is a warning, which stops ``make book``.
"""

import ast
import re
import textwrap
from itertools import groupby

from sphinx.util import logging

# A line that gives shapes: "x (N, C, H, W) -> y (N, C)", "-> dx like x", "image (H, W), ...".
SHAPES = re.compile(
    r"-> |(?:\w+, )*\w+ (?:like |= ?\(|\().* -> |\w+ \((?:[A-Z](?:_\w+|'|\d)?|\d+|\.\.\.)[,)]"
)
GAP = re.compile(r"(?<=[^\s.?!]) {2,}(?=\S)")  # between two columns, not between two sentences

logger = logging.getLogger(__name__)


def as_rest(doc, name):
    """Return the docstring of `name` as lines of reStructuredText."""
    blocks = []
    for paragraph in re.split(r"\n\s*?\n", doc.strip()):
        if blocks and paragraph.startswith("  ") and blocks[-1].startswith("  "):
            blocks[-1] += f"\n\n{paragraph}"  # an empty line doesn't end a program
        else:
            blocks.append(paragraph)
    return [line for i, block in enumerate(blocks) for line in block_as_rest(block, name, i)]


def block_as_rest(block, name, i):
    """Return the lines for block number `i` of the docstring of `name`."""
    lines = block.splitlines()
    if block.startswith("  "):
        text = textwrap.dedent(block)
        return columns(text, "api-columns") or verbatim(text, "api-verbatim")
    if block.startswith(">>> "):
        return [*lines, ""]
    if i and (rows := columns(block, "api-list")):
        return rows
    if any(line.startswith(" ") or GAP.search(line) for line in lines):
        problem = "has lines that are neither text nor columns: indent a program, and put an empty"
        logger.warning("The docstring of %s %s line before it:\n%s", name, problem, block)
        return verbatim(block, "api-verbatim")
    rest = []
    for shapes, group in groupby(lines, lambda line: bool(i and SHAPES.match(line))):
        text = "\n".join(group)
        rest += verbatim(text, "api-shapes") if shapes else [prose(text, name), ""]
    return rest


def prose(text, name=""):
    """Return text in one line, in which only code in backticks is markup."""

    def mark_up(match):
        if match[2]:
            return f"\\ {code_link(match[2])}\\ "
        if match[0] == "`":
            logger.warning("The docstring of %s has a backtick without a partner: %s", name, text)
        return f"\\{match[0]}"

    return "\\ " + re.sub(r"(`{1,2})(.+?)\1|[\\*_|`]", mark_up, " ".join(text.split()))


def code_link(text):
    """Return code, which is a link where the package has such a name."""
    if not re.fullmatch(r"[A-Za-z_][\w.]*", text):
        return f"``{text}``"
    return f":py:obj:`{'.' if '.' in text else ''}{text}`"  # a dot in front: the end of a name


def module_link(text):
    """Return code, which is a link where the package has a module of this name."""
    return f":py:mod:`.{text}`" if text.isidentifier() else f"``{text}``"


def verbatim(text, kind):
    """Return lines as they are, in colours if they are a program."""
    try:
        ast.parse(text)
        language = "python" if kind == "api-verbatim" else "text"
    except SyntaxError:
        language = "text"
    code = textwrap.indent(text, "   ").splitlines()
    return [f".. code-block:: {language}", f"   :class: {kind}", "", *code, ""]


def columns(text, kind):
    """Return lines of two or three columns as a list or a table; nothing for other lines."""
    cells = [GAP.split(line) for line in text.splitlines() if line]
    if all(len(row) == 3 for row in cells):
        cells = [(module_link(first), *map(prose, others)) for first, *others in cells]
        table = [f"   {' ' if i else '*'} - {cell}" for row in cells for i, cell in enumerate(row)]
        return [".. list-table::", "   :class: api-table", "", *table, ""]
    rows = []
    for first, *others in cells:
        if first.startswith("  ") and rows and not others:  # the meaning continues
            rows[-1][1] = f"{rows[-1][1]} {first.strip()}".strip()
        elif not first.startswith(" ") and len(others) < 2:
            rows.append([first, *others, ""][:2])
        else:
            return []
    complete = all(meaning and meaning[0] != "#" for _, meaning in rows)
    return definitions(rows, kind) if complete and any(len(row) == 2 for row in cells) else []


def definitions(rows, kind):
    """Return pairs of code and its meaning as a list."""
    term = module_link if kind == "api-columns" else "``{}``".format
    lines = [line for a, b in rows for line in (f"   {term(a)}", f"       {prose(b)}")]
    return [f".. rst-class:: {kind}", "", *lines, ""] if rows else []
