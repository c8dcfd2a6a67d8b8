"""Read `exercises/wrong/NAME.py`, answers that are known to be wrong (exercises/README.md)."""

import ast
import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
MARKER = re.compile(r"^# %% (.+)\n", re.MULTILINE)
HEADER = re.compile(
    r"# .+; loses (?P<losing>check_\w+(, check_\w+)*)\n# (says: (?P<says>.+)|unseen: .+)\n"
)


class WrongAnswer(NamedTuple):
    """Functions that replace the solutions of the same name, and the points that this loses."""

    exercise: str
    name: str
    functions: dict[str, str]  # {name: source}
    losing: tuple[str, ...]  # the check cells that fail, in the order of the notebook
    says: str | None  # a phrase of the first one's message; None if only hidden tests notice

    def __str__(self):
        return f"{self.exercise}-{self.name}"


def wrong_answers(exercise: str | None = None, root: Path = ROOT) -> list[WrongAnswer]:
    """Return the wrong answers to one exercise or to all, in the order of their files."""
    paths = sorted((root / "exercises/wrong").glob(f"{exercise or '*'}.py"))
    return [answer for path in paths for answer in read_file(path)]


def read_file(path: Path) -> list[WrongAnswer]:
    """Return the answers in a file; each begins with a line `# %% name`."""
    _, *parts = MARKER.split(path.read_text(encoding="utf-8"))
    answers = {}
    for name, block in zip(parts[::2], parts[1::2], strict=True):
        place = f"{path.name}, # %% {name}"
        if name in answers:
            raise ValueError(f"{place}: expected a unique name, but two blocks have this one.")
        header = HEADER.match(block)
        if not header:
            raise ValueError(
                f"{place}: expected `# slip; loses check_a, check_b`, and under it"
                " `# says: phrase` or `# unseen: reason`."
            )
        body = ast.parse(block, filename=place).body
        if not body or not all(isinstance(part, ast.FunctionDef) for part in body):
            raise ValueError(f"{place}: expected one function or more, and nothing else.")
        functions = {part.name: ast.get_source_segment(block, part) for part in body}
        losing = tuple(header["losing"].split(", "))
        answers[name] = WrongAnswer(path.stem, name, functions, losing, header["says"])
    return list(answers.values())
