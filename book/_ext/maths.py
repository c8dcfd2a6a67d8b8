r"""Formulas as MathML, which browsers draw themselves: a page with maths runs no script for it.

A formula is written in TeX, between dollars, as notebooks need it. ``mathml(tex)`` knows what the
course writes and a little more, and raises `UnknownTeX` at anything else, so that the build stops
where a browser would show something wrong. What it returns can be read aloud, and has the TeX
beside it, which static/site.js copies.

The grammar: a row of atoms, each with scripts. An atom has one of TeX's classes ("ord", "op",
"bin", "rel", "open", "close", "punct"), from which TeX finds the spaces; browsers find the same
ones, unless they are told that a minus is a sign (``form="prefix"``) or stands in an index.
"""

import re
from functools import cache
from html import escape

from docutils.nodes import SkipNode
from sphinx.errors import ExtensionError

TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|\s+|.", re.DOTALL)
THIN = '<mspace width="0.167em"></mspace>'
SPACES = {
    r"\,": 0.167, r"\:": 0.222, r"\;": 0.278, r"\!": -0.167, r"\ ": 0.25, "~": 0.25,
    r"\quad": 1, r"\qquad": 2,
}  # fmt: skip
GREEK = (
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda",
    "mu", "nu", "xi", "omicron", "pi", "rho", "varsigma", "sigma", "tau", "upsilon", "varphi",
    "chi", "psi", "omega",
)  # fmt: skip
LETTERS = {name: chr(ord("α") + index) for index, name in enumerate(GREEK)} | {
    "epsilon": "ϵ", "varepsilon": "ε", "phi": "ϕ", "vartheta": "ϑ", "ell": "ℓ", "partial": "∂",
    "hbar": "ℏ", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Sigma": "Σ",
    "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip
UPRIGHT = {"infty": "∞", "nabla": "∇", "emptyset": "∅", "dots": "…", "ldots": "…", "cdots": "⋯",
           "vdots": "⋮", "ddots": "⋱", "top": "⊤", "%": "%", "#": "#", "&": "&", "$": "$",
           "_": "_"}  # fmt: skip
BINARY = {"+": "+", "-": "−", "*": "∗", "±": "±", "×": "×", "·": "·", "−": "−",
          "cdot": "⋅", "times": "×", "div": "÷", "pm": "±", "mp": "∓", "circ": "∘", "odot": "⊙",
          "oplus": "⊕", "otimes": "⊗", "ast": "∗", "cup": "∪", "cap": "∩"}  # fmt: skip
RELATIONS = {"=": "=", "<": "<", ">": ">", ":": ":", "≈": "≈", "≠": "≠", "≤": "≤", "≥": "≥",
             "←": "←", "→": "→", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠",
             "neq": "≠", "approx": "≈", "equiv": "≡", "sim": "∼", "propto": "∝", "in": "∈",
             "subset": "⊂", "ll": "≪", "gg": "≫", "to": "→", "rightarrow": "→",
             "leftarrow": "←", "gets": "←", "mapsto": "↦", "Rightarrow": "⇒",
             "Leftrightarrow": "⇔", "mid": "∣"}  # fmt: skip
OPENING = {"(": "(", "[": "[", "lfloor": "⌊", "lceil": "⌈", "{": "{", "langle": "⟨"}
CLOSING = {")": ")", "]": "]", "rfloor": "⌋", "rceil": "⌉", "}": "}", "rangle": "⟩", "!": "!"}
BARS = {"|": "|", "Vert": "‖", "vert": "|"}
FUNCTIONS = ("exp", "ln", "log", "sin", "cos", "tan", "tanh", "cosh", "sinh", "dim", "det")
WITH_LIMITS = {"max": "max", "min": "min", "lim": "lim", "argmax": "arg max", "argmin": "arg min",
               "sup": "sup", "inf": "inf"}  # fmt: skip
LARGE = {"sum": "∑", "prod": "∏"}
ACCENTS = {"hat": "^", "bar": "¯", "tilde": "~", "vec": "→", "dot": "˙"}
FENCES = {"matrix": ("", ""), "pmatrix": ("(", ")"), "bmatrix": ("[", "]"), "vmatrix": ("|", "|"),
          "cases": ("{", ""), "aligned": ("", ""), "split": ("", "")}  # fmt: skip
FRACTIONS = "½⅓⅔¼¾⅕⅙⅛⅜⅝⅞"


class UnknownTeX(ValueError):
    """A formula that `mathml` can't draw, and why."""


class Reader:
    """The tokens of a formula, read from left to right."""

    def __init__(self, tex):
        """Split the TeX into tokens; spaces mean nothing but in text."""
        self.tokens = TOKEN.findall(tex)
        self.at = 0

    def peek(self):
        """Return the next token that is no space, or None at the end."""
        while self.at < len(self.tokens) and self.tokens[self.at].isspace():
            self.at += 1
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self):
        """Return the next token that is no space, and step over it."""
        token = self.peek()
        if token is None:
            raise UnknownTeX("it ends too early")
        self.at += 1
        return token

    def take_if(self, token):
        """Step over the next token if it is this one; return whether it was."""
        if self.peek() != token:
            return False
        self.at += 1
        return True

    def expect(self, token):
        """Step over a token that must come next."""
        if not self.take_if(token):
            raise UnknownTeX(f"{token} is missing before {self.peek() or 'the end'}")

    def raw(self):
        """Return the characters in the braces that come next, as they are."""
        self.expect("{")
        start, depth = self.at, 1
        while depth:
            if self.at == len(self.tokens):
                raise UnknownTeX("a } is missing")
            depth += {"{": 1, "}": -1}.get(self.tokens[self.at], 0)
            self.at += 1
        return "".join(self.tokens[start : self.at - 1])


# --- rows ----------------------------------------------------------------------------------

# After these a + or - is a sign.
NO_LEFT_SIDE = ("start", "bin", "rel", "open", "punct", "op", "large")
LEFT_SIDE = ("ord", "close", "inner")
# After these the name of a function stands closer.
NO_SPACE_BEFORE = ("open", "close", "bin", "rel", "punct")


def row(reader, ends, small=False, before="start"):
    """Return [(class, element)] up to one of the tokens `ends`, which stays.

    `small` is for an index, where TeX leaves no spaces around operators.
    """
    parts = []
    function = False  # whether the last atom is one, which stands a little apart
    while (token := reader.peek()) is not None and token not in ends:
        if token in SPACES:
            reader.take()
            parts.append(("space", f'<mspace width="{SPACES[token]}em"></mspace>'))
            function = False
            continue
        kind, html, limits = atom(reader, small, before)
        html = scripts(reader, html, limits)
        if (function and kind not in NO_SPACE_BEFORE) or (kind == "op" and before in LEFT_SIDE):
            parts.append(("space", THIN))
        parts.append((kind, html))
        function, before = kind == "op", kind
    return parts


def group(parts):
    """Return the elements of a row as one."""
    return parts[0][1] if len(parts) == 1 else f"<mrow>{together(parts)}</mrow>"


def together(parts):
    """Return the elements of a row, one after the other."""
    return "".join(html for _, html in parts)


def argument(reader, small=False):
    """Return what a command or a script applies to: the braces that follow, or one atom."""
    if reader.take_if("{"):
        parts = row(reader, ("}",), small)
        reader.expect("}")
        return group(parts)
    return atom(reader, small, "start", digits=1)[1]


def scripts(reader, base, limits):
    """Return an atom with the index, the exponent and the primes that follow it."""
    index = exponent = None
    primes = ""
    while (token := reader.peek()) in ("_", "^", "'"):
        reader.take()
        if token == "'":
            primes += "′"
        elif (index if token == "_" else exponent) is not None:
            raise UnknownTeX(f"two {token} follow one another")
        elif token == "_":
            index = argument(reader, small=True)
        else:
            exponent = argument(reader, small=True)
    if primes:
        base = f'<mrow>{base}<mo class="prime" lspace="0" rspace="0">{primes}</mo></mrow>'
    both = "".join(part for part in (base, index, exponent) if part is not None)
    names = ("munder", "mover", "munderover") if limits else ("msub", "msup", "msubsup")
    if index is None and exponent is None:
        return base
    name = names[2 if exponent is not None and index is not None else index is None]
    return f"<{name}>{both}</{name}>"


# --- atoms ---------------------------------------------------------------------------------


def operator(sign, **attributes):
    """Return an operator's element."""
    more = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<mo{more}>{escape(sign)}</mo>"


def atom(reader, small, before, digits=None):
    """Return (class, element, whether scripts are limits) of what comes next."""
    token = reader.take()
    name = token.removeprefix("\\") if len(token) > 1 else token
    tight = {"lspace": 0, "rspace": 0} if small else {}
    if re.fullmatch(rf"[0-9.]|[{FRACTIONS}]", token):
        return "ord", number(reader, token, digits), False
    if re.fullmatch("[A-Za-z]", token):
        return "ord", f"<mi>{token}</mi>", False
    if token in ("{", r"\left"):
        return braces(reader, token, small)
    if token == ",":
        return "punct", operator(",", **tight), False
    if token == "/":
        return "ord", operator("/", lspace=0, rspace=0), False
    if token in BARS or (token[0] == "\\" and name in BARS):
        return "ord", operator(BARS[name], stretchy="false", lspace=0, rspace=0), False
    if token[0] == "\\" and len(token) == 2 and token not in (r"\{", r"\}") and name in UPRIGHT:
        return "ord", f'<mi mathvariant="normal">{escape(UPRIGHT[name])}</mi>', False
    if token in ("{", "}", "&", r"\\", "^", "_"):
        raise UnknownTeX(f"{token} stands where it can't")
    for kind, signs in (("bin", BINARY), ("rel", RELATIONS)):
        if name in signs and (len(token) == 1) == (len(name) == 1):
            if kind == "bin" and before in NO_LEFT_SIDE and signs[name] in "+−±∓":
                return "bin", operator(signs[name], form="prefix", **tight), False
            return kind, operator(signs[name], **tight), False
    for kind, signs in (("open", OPENING), ("close", CLOSING)):
        if name in signs:
            return kind, operator(signs[name], stretchy="false"), False
    if token[0] != "\\":
        raise UnknownTeX(f"the character {token} isn't known")
    return command(reader, name, small)


def number(reader, first, digits):
    """Return a number: digits, a decimal point, and the comma of thousands, written {,}."""
    text = first
    while digits is None:
        rest = "".join(reader.tokens[reader.at : reader.at + 3])
        if rest[:1].isdigit() or re.match(r"\.\d", rest):
            text += reader.take()
        elif rest == "{,}":
            text += ","
            reader.at += 3
        else:
            break
    return f"<mn>{text}</mn>"


def braces(reader, token, small):
    """Return what is in braces, or between \\left and \\right."""
    if token == "{":
        parts = row(reader, ("}",), small)
        reader.expect("}")
        return "ord", group(parts), False
    left = fence(reader)
    parts = row(reader, (r"\right",), small)
    reader.expect(r"\right")
    return "inner", fenced(left, group(parts), fence(reader)), False


def fence(reader):
    """Return the sign of a fence: "" for the one that isn't drawn."""
    name = reader.take().removeprefix("\\")
    signs = OPENING | CLOSING | BARS | {".": ""}
    if name not in signs:
        raise UnknownTeX(f"{name} is no bracket")
    return signs[name]


def fenced(left, inside, right):
    """Return something between fences as high as it is."""
    first = operator(left, form="prefix", stretchy="true") if left else ""
    last = operator(right, form="postfix", stretchy="true") if right else ""
    return f"<mrow>{first}{inside}{last}</mrow>"


def command(reader, name, small):
    """Return the atom of a command with a name."""
    if name in LETTERS:
        return "ord", f"<mi>{LETTERS[name]}</mi>", False
    if name in UPRIGHT:
        return "ord", f'<mi mathvariant="normal">{UPRIGHT[name]}</mi>', False
    if name in FUNCTIONS:
        return "op", f"<mi>{name}</mi>", False
    if name in WITH_LIMITS:
        return "op", operator(WITH_LIMITS[name], movablelimits="true", lspace=0, rspace=0), True
    if name in LARGE:
        return "large", operator(LARGE[name]), True
    if name in ("frac", "tfrac", "dfrac"):
        both = argument(reader, small) + argument(reader, small)
        show = {"tfrac": "false", "dfrac": "true"}.get(name)
        style = f' displaystyle="{show}" scriptlevel="0"' if show else ""
        inside = f"<mfrac>{both}</mfrac>"
        return "ord", f"<mstyle{style}>{inside}</mstyle>" if show else inside, False
    if name == "sqrt":
        if not reader.take_if("["):
            return "ord", f"<msqrt>{argument(reader, small)}</msqrt>", False
        degree = group(row(reader, ("]",), small=True))
        reader.expect("]")
        return "ord", f"<mroot>{argument(reader, small)}{degree}</mroot>", False
    if name in ACCENTS:
        mark = operator(ACCENTS[name], stretchy="false")
        return "ord", f'<mover accent="true">{argument(reader, small)}{mark}</mover>', False
    if name == "text":
        return "ord", f"<mtext>{text(reader.raw())}</mtext>", False
    if name in ("mathrm", "operatorname", "mathbf"):
        words = reader.raw()
        style = ' mathvariant="normal"' if len(words) == 1 else ""
        style = ' class="bold"' if name == "mathbf" else style
        return "op" if name == "operatorname" else "ord", f"<mi{style}>{escape(words)}</mi>", False
    if name == "begin":
        return environment(reader, reader.raw())
    raise UnknownTeX(f"\\{name} isn't known")


def text(words):
    """Return words for a text element, whose outer spaces would get lost."""
    inner = escape(words.strip())
    before = "\u00a0" if words[:1].isspace() else ""
    after = "\u00a0" if words[-1:].isspace() else ""
    return before + inner + after


def environment(reader, name):
    """Return a matrix, or lines one below the other."""
    if name not in FENCES:
        raise UnknownTeX(f"\\begin{{{name}}} isn't known")
    lines, cells = [], []
    aligned = name in ("aligned", "split")
    while True:
        before = "ord" if aligned and len(cells) % 2 else "start"
        cells.append(together(row(reader, ("&", r"\\", r"\end"), before=before)))
        token = reader.take()
        if token != "&":
            lines.append(cells)
            cells = []
        if token == r"\end":
            break
    if (ended := reader.raw()) != name:
        raise UnknownTeX(f"\\begin{{{name}}} ends with \\end{{{ended}}}")
    if lines[-1] == [""]:
        lines.pop()
    rows = "".join(f"<mtr>{''.join(f'<mtd>{cell}</mtd>' for cell in line)}</mtr>" for line in lines)
    style = ""
    if aligned:
        style = ' class="aligned" displaystyle="true" columnalign="right left" columnspacing="0"'
    elif name == "cases":
        style = ' class="cases" columnalign="left"'
    left, right = FENCES[name]
    table = f"<mtable{style}>{rows}</mtable>"
    return "ord", fenced(left, table, right) if left or right else table, False


# --- formulas ------------------------------------------------------------------------------


LONG = 12  # characters; a formula in a sentence that has more may be broken


@cache
def mathml(tex, block=False):
    """Return a formula's MathML; raise `UnknownTeX` if it has something that isn't known."""
    reader = Reader(tex)
    parts = row(reader, ())
    tex = " ".join(tex.split())
    html = together(parts)
    if not block and len(re.sub("<.*?>", "", html)) > LONG:
        # Firefox and Chromium break a line between the children of <math>, and not inside one.
        pieces = "".join(f"<mrow>{together(piece)}</mrow>" for piece in broken(parts))
        return f'<math data-tex="{escape(tex)}">{pieces}</math>'
    display = ' display="block"' if block else ""
    note = f'<annotation encoding="application/x-tex">{escape(tex, quote=False)}</annotation>'
    return f"<math{display}><semantics><mrow>{html}</mrow>{note}</semantics></math>"


def broken(parts):
    """Return the pieces of a row: as TeX does, a line ends behind an operator or a relation."""
    pieces, piece, depth = [], [], 0
    for kind, html in parts:
        piece.append((kind, html.replace("<mo>", '<mo form="infix">') if kind in ENDS else html))
        depth += {"open": 1, "close": -1}.get(kind, 0)
        if kind in ENDS and depth == 0 and 'form="prefix"' not in html:
            pieces.append(piece)
            piece = []
    return [*pieces, piece] if piece else pieces


ENDS = ("bin", "rel", "punct")


def drawn(translator, node, block):
    """Return a node's MathML; stop the build at TeX that isn't known."""
    try:
        return mathml(node.astext(), block)
    except UnknownTeX as error:
        raise ExtensionError(
            f"{translator.builder.current_docname}: the formula {node.astext().strip()!r} can't be "
            f"drawn, since {error}. Write it differently, or teach it to book/_ext/maths.py."
        ) from error


def inline_formula(translator, node):
    """Write a formula in a sentence."""
    html = drawn(translator, node, block=False)
    translator.body.append(f'<span class="math notranslate nohighlight">{html}</span>')
    raise SkipNode


def block_formula(translator, node):
    """Write a formula in a line of its own."""
    html = drawn(translator, node, block=True)
    translator.body.append(f'<div class="math notranslate nohighlight">{html}</div>\n')
    raise SkipNode


def connect(app):
    """Let Sphinx write formulas so."""
    app.add_html_math_renderer("mathml", (inline_formula, None), (block_formula, None))
