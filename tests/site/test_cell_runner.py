"""What an exercise's page says when a cell runs, in this process: no browser needed."""

import sys

import pytest

from .conftest import ROOT  # noqa: F401  conftest makes book/_ext importable

import cell_runner  # isort: skip


@pytest.fixture
def run():
    """`run(cell, …)` -> [(name, kind, text), …] for cells named a, b, …"""

    def run(*sources):
        said = []
        cells = list(zip("abcdef", sources, strict=False))
        cell_runner.run_cells(cells, lambda *news: said.append(news))
        return said

    return run


@pytest.fixture
def error(run):
    """`error(source)` -> the sentence in place of a traceback."""

    def error(*sources):
        return [text for _, kind, text in run(*sources) if kind == "error"][-1]

    return error


def test_cells_share_what_they_define_and_each_says_what_it_prints(run):
    assert run("x = 2\nprint('a')\nprint('b', end='')", "x + 1", "x;\n") == [
        ("a", "begin", ""),
        ("a", "text", "a\n"),
        ("a", "text", "b"),
        ("a", "end", ""),
        ("b", "begin", ""),
        ("b", "text", "3\n"),
        ("b", "end", ""),
        ("c", "begin", ""),
        ("c", "end", ""),
    ]


def test_every_run_begins_with_nothing_defined(run, error):
    main = sys.modules["__main__"]
    run("x = 2")
    assert error("print(x)") == (
        "✗ your code stopped: NameError: name 'x' is not defined, in line 1: print(x)"
    )
    assert sys.modules["__main__"] is main


def test_a_class_finds_its_module(run):
    source = "import pickle\nclass A: pass\ntype(pickle.loads(pickle.dumps(A()))) is A"
    assert ("a", "text", "True\n") in run(source)


def test_cells_after_an_error_still_run(run):
    assert ("b", "text", "5\n") in run("1 / 0", "5")


def test_what_a_check_says_is_what_a_notebook_shows(run, error):
    check = "from alexnet_lib.check import check\n"
    assert error(check + "def f(): return 2", "check(f).gives(3, near={2: 'One more.'})") == (
        "✗ f() gave 2. One more."
    )
    stopped = error(check + "def f():\n    return q\n", "check(f).gives(3)")
    assert stopped == (
        "✗ f(): your code stopped: NameError: name 'q' is not defined, in line 2 of f: return q"
    )
    assert ("b", "text", "✓ f()\n") in run(check + "def f(): return 3", "check(f).gives(3)")


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("def f(:\n    pass", "✗ Python can't read line 1: invalid syntax: def f(:"),
        ("def f():\npass", "✗ Python can't read line 2: expected an indented block after"),
        ("%matplotlib inline", "✗ line 1 begins with %, which works in Jupyter and Colab only"),
        ("x = 1\n!ls", "✗ line 2 begins with !, which works in Jupyter and Colab only: !ls"),
        ("import torch_of_elsewhere", "✗ your code stopped: there is no torch_of_elsewhere here."),
        ("exit()", "✗ your code stopped: it called exit(); a cell ends by itself."),
        ("x = 1\nx.y", "✗ your code stopped: AttributeError: 'int' object has no attribute 'y', "),
        ("raise ValueError()", "✗ your code stopped: ValueError, in line 1: raise ValueError()"),
        ("def f():\n    return f()\nf()", "✗ your code stopped: RecursionError: maximum recursion"),
    ],
)
def test_an_error_is_one_sentence(error, source, sentence):
    said = error(source)
    assert said.startswith(sentence)
    assert "\n" not in said and "Traceback" not in said


def test_what_a_cell_prints_is_cut_at_the_limit_and_the_cell_goes_on(run):
    said = run("for i in range(10_000): print('line', i)\ny = 1", "y")
    printed = "".join(text for name, kind, text in said if (name, kind) == ("a", "text"))
    assert printed.endswith("\n… cut here: a cell may print 10,000 characters.\n")
    assert len(printed) < cell_runner.LIMIT + 100
    assert said[-2] == ("b", "text", "1\n")


def test_a_warning_is_text(run):
    texts = [text for _, kind, text in run("import warnings\nwarnings.warn('careful')")]
    assert any("UserWarning: careful" in text for text in texts)
