"""What the cells of a lesson print, for claims that would take long to compute.

Each run of the lesson compares its outputs with those that are stored (test_notebooks.py).
"""

import re
from functools import cache
from pathlib import Path

import nbformat

BOOK = Path(__file__).resolve().parents[3] / "book"


@cache
def printed_by(lesson: str) -> str:
    """Return all that the cells of a lesson print, by its path in the book without .ipynb."""
    cells = nbformat.read(BOOK / f"{lesson}.ipynb", as_version=4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    return "\n".join(output.text for output in outputs if output.output_type == "stream")


def printed(lesson: str, pattern: str) -> float | tuple[float, ...]:
    """Return the numbers that a lesson prints where the pattern has groups."""
    found = re.search(pattern, printed_by(lesson))
    if found is None:
        raise ValueError(f"{lesson} prints nothing that matches {pattern!r}.")
    numbers = tuple(float(number) for number in found.groups())
    return numbers if len(numbers) > 1 else numbers[0]
