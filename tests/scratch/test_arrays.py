"""The checks of arguments that all layers share, and the public names of the package."""

import ast
from pathlib import Path

import numpy as np
import pytest

from alexnet_lib import scratch
from alexnet_lib.scratch.arrays import as_float, as_positive, floats

FILES = sorted(Path(scratch.__file__).parent.glob("*.py"))


def test_the_package_offers_all_that_its_files_make_public():
    public = []
    for file in FILES:
        if file.name in ("__init__.py", "arrays.py"):
            continue
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.Assign) and node.targets[0].id == "__all__":
                public += ast.literal_eval(node.value)
    assert sorted(scratch.__all__) == sorted(public)
    assert len(set(public)) == len(public) > 50
    for name in public:
        assert callable(getattr(scratch, name))  # a function, not the file of the same name
        assert getattr(scratch, name).__doc__


def test_every_way_back_belongs_to_a_way_forward():
    for name in scratch.__all__:
        if name.endswith("_backward"):
            assert name.removesuffix("_backward") in scratch.__all__


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_imports_numpy_and_nothing_else_from_outside(file):
    imported = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module)
    for name in imported:
        assert name in (
            "numpy",
            "math",
            "importlib",
            "alexnet_lib.arguments",
            "alexnet_lib.networks.sizes",
        ) or name.startswith("alexnet_lib.scratch.")


def test_floats_gives_all_one_type():
    single, double, ints = np.float32([1]), np.float64([1]), np.uint8([1])
    assert [array.dtype for array in floats(a=single, b=ints)] == [np.float32] * 2
    assert [array.dtype for array in floats(a=single, b=double)] == [np.float64] * 2
    assert floats(a=ints)[0].dtype == np.float64
    assert floats(a=[True, False])[0].tolist() == [1, 0]


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: floats(x="word"), "x must be an array of numbers, not of type <U4"),
        (lambda: floats(x=[1j]), "x must be an array of numbers, not of type complex128"),
        (lambda: as_float("a", "slope"), "slope must be a number, but 'a' was given"),
        (lambda: as_float(None, "slope"), "slope must be a number, but None was given"),
        (lambda: as_float(float("nan"), "slope"), "slope must be a finite number, but nan was"),
        (lambda: as_float(-1, "lr", 0), r"lr must be at least 0, but -1\.0 was given"),
        (lambda: as_positive(0, "eps"), "eps must be above 0, but 0 was given"),
    ],
)
def test_refusals(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
