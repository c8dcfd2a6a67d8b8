"""Exercise notebooks, and the function that runs them."""

from pathlib import Path

import pytest
from notebook_cells import code_cells, play

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def notebooks():
    """`notebooks(kind, name)` -> the code cells of a "source" or "release", not yet run."""

    def read(kind, name="convolution"):
        return code_cells(ROOT / f"exercises/{kind}/{name}/{name}.ipynb")

    return read


@pytest.fixture(scope="session")
def run():
    """The function that runs cells."""
    return play
