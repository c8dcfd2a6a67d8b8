r"""The little TeX of the quizzes as MathML, which browsers draw themselves.

`as_mathml(r"\frac{n + 2p - k}{s}")` returns an element as a list, `["math", …]`: its name, then its
children, each a list or a str. What isn't in the tables below is refused.
"""

import re

__all__ = ["TextError", "as_mathml", "as_plain_tex"]

TOKEN = re.compile(r"\\[A-Za-z]+|\d+(?:[.,]\d+)*|\s+|.", re.DOTALL)
SMALL = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho"
SMALL += " varsigma sigma tau upsilon phi chi psi omega"
OTHERS = {
    "Gamma": "Γ",
    "Delta": "Δ",
    "Theta": "Θ",
    "Lambda": "Λ",
    "Pi": "Π",
    "Sigma": "Σ",
    "Phi": "Φ",
    "Psi": "Ψ",
    "Omega": "Ω",
    "partial": "∂",
    "infty": "∞",
}
LETTERS = {f"\\{name}": chr(ord("α") + i) for i, name in enumerate(SMALL.split())}
LETTERS |= {f"\\{name}": letter for name, letter in OTHERS.items()}
OPERATORS = {sign: sign for sign in "+−·×=<>≤≥≠≈,.()|/:!…"} | {"-": "−", "*": "·"}
OPERATORS |= {
    r"\cdot": "·",
    r"\times": "×",
    r"\le": "≤",
    r"\ge": "≥",
    r"\ne": "≠",
    r"\approx": "≈",
    r"\lfloor": "⌊",
    r"\rfloor": "⌋",
    r"\sum": "∑",
    r"\max": "max",
    r"\min": "min",
}
# What TeX itself has other names for.
PLAIN = {
    "·": r"\cdot ",
    "×": r"\times ",
    "−": "-",
    "≤": r"\le ",
    "≥": r"\ge ",
    "≠": r"\ne ",
    "≈": r"\approx ",
    "…": r"\ldots ",
    "∂": r"\partial ",
    "∞": r"\infty ",
}
PLAIN |= {letter: f"{name} " for name, letter in LETTERS.items()}
FUNCTIONS = {r"\exp": "exp", r"\log": "log", r"\ln": "ln"}
LIMITS = ("∑", "max", "min")  # their index stands below them


class TextError(ValueError):
    """What a quiz's text may not hold, without its full stop."""


def as_mathml(tex):
    """Return the element of a formula in TeX, or refuse it with a TextError."""
    parser = Parser([token for token in TOKEN.findall(tex) if not token.isspace()], tex)
    children = parser.row()
    if parser.tokens:  # a brace that nothing opened
        parser.fail(parser.tokens[0])
    return ["math", *children]


def as_plain_tex(tex):
    """Return a formula with TeX's own names for signs such as × and σ."""
    return "".join(PLAIN.get(sign, sign) for sign in tex).strip()


class Parser:
    """Reads tokens from the left, and keeps those still to read."""

    def __init__(self, tokens, tex):
        self.tokens, self.tex = tokens, tex

    def fail(self, token):
        """Raise the TextError for a token, or for the end."""
        what = f"{token!r} in it isn't known here" if token else "it ends too early"
        raise TextError(f"the formula ${self.tex}$ can't be read: {what}")

    def next(self):
        """Take the next token."""
        if not self.tokens:
            self.fail(None)
        return self.tokens.pop(0)

    def row(self):
        """Return elements up to a closing brace or the end."""
        children = []
        while self.tokens and self.tokens[0] != "}":
            children.append(self.with_indices())
        return children

    def with_indices(self):
        """Return the next element with what stands below and above it."""
        base, indices = self.element(), {}
        while self.tokens and self.tokens[0] in ("_", "^"):
            sign = self.next()
            if sign in indices:
                self.fail(sign)
            indices[sign] = self.element()
        if not indices:
            return base
        names = ("munder", "mover") if base[1] in LIMITS else ("msub", "msup")
        name = {"_": names[0], "^": names[1]}.get("".join(indices))
        name = name or names[0] + names[1][1:]
        return [name, base, *(indices[sign] for sign in "_^" if sign in indices)]

    def element(self):
        """Return the next element, without what stands below and above it."""
        token = self.next()
        if token == "{":
            inside = self.row()
            if self.next() != "}":
                self.fail(token)
            return inside[0] if len(inside) == 1 else ["mrow", *inside]
        if token == r"\frac":
            return ["mfrac", self.element(), self.element()]
        if token == r"\sqrt":
            return ["msqrt", self.element()]
        if token in FUNCTIONS:
            return ["mi", FUNCTIONS[token]]
        if token in OPERATORS:
            return ["mo", OPERATORS[token]]
        if token[0].isdigit():
            return ["mn", token]
        letter = LETTERS.get(token, token)
        if len(letter) != 1 or not re.fullmatch(r"[A-Za-zΑ-Ωα-ω∂∞]", letter):
            self.fail(token)
        return ["mi", letter]
