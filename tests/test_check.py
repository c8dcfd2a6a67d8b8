"""The line that a student reads for each kind of slip, and ✓ for a right answer."""

import re
import subprocess
import sys
import warnings

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from notebook_cells import fresh_shell

from alexnet_lib.check import Wrong, check


def answer(value):
    """Return a student's function that returns ``value``."""

    def f(*args, **kw):
        return value

    return f


def message(f, *args, want=0, **kw):
    """Return the message of the check for a wrong answer."""
    with pytest.raises(Wrong) as wrong:
        check(f, *args).gives(want, **kw)
    return str(wrong.value)


# What passes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (55, 55),
        (np.int64(55), 55),
        (np.array(55), 55),
        (0.1 + 0.2, 0.3),
        (3, 3.0),
        ((54, 55), (54, 55)),
        ([54, 55], (54, 55)),
        ((0.1 + 0.2, 1), (0.3, 1.0)),
        (np.array([54, 55]), (54, 55)),
        ([[1, 2], [3, 4]], np.array([[1.0, 2.0], [3.0, 4.0]])),
        (np.ones((2, 2)), [[1, 1], [1, 1]]),
        (np.ones((2, 2), dtype=np.float32), torch.ones(2, 2)),
        (torch.ones(2, 2, requires_grad=True), np.ones((2, 2))),
        ([True, False], np.array([True, False])),
        (np.array([1.0, np.nan]), [1.0, np.nan]),
        (True, True),
        (np.True_, True),
        ("floor", "floor"),
        (None, None),
    ],
)
def test_right_answers_print_one_line(got, want, capfd):
    check(answer(got)).gives(want)
    assert capfd.readouterr() == ("✓ f()\n", "")


def test_the_line_shows_the_call(capsys):
    check(
        answer(1), 227, np.ones((3, 4)), np.zeros(3), [1, 2.5], "a", np.array(7), max, stride=4
    ).gives(1)
    assert capsys.readouterr().out == (
        "✓ f(227, 3×4 array, array of 3, [1, 2.5], 'a', 7, max, stride=4)\n"
    )


def test_a_passed_check_shows_nothing_more_in_a_notebook():
    assert check(answer(1)).gives(1) is None
    assert check(answer(1)).holds("it is 1", lambda a: a == 1) is None


def test_a_warning_in_the_students_code_goes_nowhere_if_the_answer_is_right(capfd):
    def f():
        warnings.warn("careful", stacklevel=1)
        return 1

    check(f).gives(1)
    assert capfd.readouterr() == ("✓ f()\n", "")
    assert message(f, want=2) == "f() gave 1, expected 2.\n  hint: Python warned: careful."


@given(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6))
def test_whole_numbers_are_compared_exactly(a, b):
    big = 10**12  # as many as multiply-adds: 1e-6 of it is a million
    if a == b:
        check(answer(big + a)).gives(big + b)
    else:
        assert message(answer(big + a), want=big + b).startswith(f"f() gave {big + a}, expected")


# What does not ----------------------------------------------------------------------------------

SQUARE = np.array([[1.0, 2.0, 4.0], [8.0, 16.0, 32.0], [64.0, 128.0, 256.0]])
HALVES = np.array([[0.5, 1.5], [2.5, 3.5]])


@pytest.mark.parametrize(
    ("got", "want", "words"),
    [
        (54, 55, "f() gave 54, expected 55."),
        (54.25, 55, "f() gave 54.25, expected 55."),
        (-3, 3, "f() gave -3, expected 3. The sign is wrong."),
        (55.0, 55, "f() gave 55.0: the right value, but not as a whole number (int)"),
        (np.float64(55), 55, "f() gave 55.0: the right value, but not as a whole number"),
        ((54.0, 55), (54, 55), "f() gave (54.0, 55): the right value, but not as a whole"),
        (None, 55, "f() gave None: is a `return` missing?"),
        (..., 55, "f() gave `...`: that stands for a gap"),
        (True, 1, "f() gave True, which is a truth value; expected 1."),
        (np.True_, 1, "which is a truth value; expected 1."),
        (1, True, "f() gave 1, expected True."),
        ("55", 55, "f() gave the text '55'; expected 55, without quotation marks."),
        (55, "55", "f() gave 55, expected the text '55'."),
        ({"up": 1}, ["up", 2], "f() gave {'up': 1}; expected ['up', 2]."),
        (7, None, "f() gave 7, expected None."),
        ({"out": 55}, 55, "f() gave {'out': 55}; expected 55."),
        ([1, None], (1, 2), "f() gave [1, None]; expected (1, 2)."),
        (2j, 2, "f() gave 2j; expected 2."),
        (np.array([2j, 1]), [2, 1], "f() gave [2j, (1+0j)]; expected [2, 1]."),
        (np.array([1, None]), [1, 2], "f() gave [1, None]; expected [1, 2]."),
        (
            np.array([list("01"), list("10")]),
            [[0, 1], [1, 0]],
            "f() gave [['0', '1'], ['1', '0']], whose values are text; expected [[0, 1], [1, 0]]. "
            "Make a number of each: int(...).",
        ),
        ([list("01")] * 5, np.ones((5, 2)), "whose values are text; expected a 5×2 array. Make a"),
        (np.full((5, 2), "0"), np.ones((5, 2)), "f() gave a 5×2 array, whose values are text"),
        ([[1, 2], [3]], [[1, 2], [3, 4]], "f() gave rows of different lengths."),
        (54, (54, 55), "f() gave 54, expected (54, 55)."),
        ((54, 55), 54, "f() gave (54, 55), expected 54."),
        ([55], 55, "f() gave [55], expected 55."),
        (
            np.ones((4, 4)),
            np.ones((3, 4)),
            "has shape (4, 4), expected (3, 4): axis 0 has 4, not 3",
        ),
        (
            np.ones((2, 5, 6)),
            np.ones((2, 4, 4)),
            "expected (2, 4, 4): axis 1 has 5, not 4; axis 2 has 6, not 4.",
        ),
        (np.ones((4, 3)), np.ones((3, 4)), "expected (3, 4): rows and columns are exchanged."),
        (np.ones((2, 4, 3)), np.ones((2, 3, 4)), "(2, 3, 4): rows and columns are exchanged."),
        (np.ones(4), np.ones((2, 2)), "has shape (4,), expected (2, 2): that is 1 axis for 2."),
        (np.ones((1, 2, 2)), np.ones((2, 2)), "expected (2, 2): that is 3 axes for 2."),
        (np.nan, 1.0, "f() gave NaN: a division by zero"),
        (np.inf, 1.0, "f() gave infinity: a division by zero"),
        (np.array([1, np.nan, np.nan]), np.ones(3), "f() gave NaN at 2 of 3 places: a division"),
        (np.array([np.nan, 2]), [np.nan, 1], "f() gave [nan, 2.0], expected [nan, 1]."),
        (np.array([1, -np.inf]), np.ones(2), "f() gave infinity at 1 of 2 places"),
        (SQUARE.T, SQUARE, "(6 of 9 values differ). Rows and columns are exchanged."),
        (SQUARE[None].swapaxes(1, 2), SQUARE[None], "differ). Rows and columns are exchanged."),
        (-SQUARE, SQUARE, "(9 of 9 values differ). The sign is wrong."),
        (SQUARE / 9, SQUARE, "(9 of 9 values differ). Every value is 0.1111 times the right one."),
        (SQUARE * 1.00001, SQUARE, "(9 of 9 values differ). Nearly right: rounded, or measured"),
        (SQUARE * 50 + 1, SQUARE * 50, "(9 of 9 values differ). Every value is 1 too large."),
        (SQUARE + 0.02, SQUARE, "(9 of 9 values differ). Nearly right: rounded, or measured"),
        (SQUARE * 1.001, SQUARE, "differ). Every value is 1.001 times the right one."),
        (SQUARE + 3, SQUARE, "(9 of 9 values differ). Every value is 3 too large."),
        (SQUARE - 0.5, SQUARE, "(9 of 9 values differ). Every value is 0.5 too small."),
        (SQUARE * 0, SQUARE, "(9 of 9 values differ). Every value is 0."),
        (HALVES.astype(int), HALVES, "The fractions are cut off by the type int64: use float."),
        ((SQUARE * 3).astype(np.uint8), SQUARE * 3, "too large for the type uint8 and wrapped"),
        (
            SQUARE + 7 * (SQUARE == 16),
            SQUARE,
            "f() is wrong at [1, 1]: 23, expected 16 (1 of 9 values differ).",
        ),
        (HALVES + np.diag([0, 1]), HALVES, "f() gave [[0.5, 1.5], [2.5, 4.5]], expected [[0.5"),
        (np.zeros((2, 2)), [[1, 2], [3, 4]], "gave [[0, 0], [0, 0]], expected [[1, 2], [3, 4]]. E"),
        (7, np.ones((2, 5)), "f() gave 7, expected a 2×5 array."),
        (7, np.ones(10), "f() gave 7, expected an array of 10."),
        (0.12345678912, 1.0, "f() gave 0.1234568, expected 1.0."),
    ],
)
def test_each_slip_has_its_words(got, want, words):
    text = message(answer(got), want=want)
    assert words in text
    assert "\n" not in text


def test_no_reason_is_made_up():
    """A constant is a multiple of any other, and 0 is 0.5 cut off, but it is many things more."""
    for got, want in [(np.full(9, 2.0), np.full(9, 3.0)), (0, 0.5), (54, 108)]:
        assert re.fullmatch(r"f\(\) [^.]+(\d\.\d+)?[^.]*\.", message(answer(got), want=want))


def test_long_answers_are_cut():
    assert len(message(answer("x" * 500), want=3)) < 200
    assert len(message(answer({i: i for i in range(500)}), want=3)) < 200


def test_near_gives_advice_for_a_known_slip():
    near = {54: "The first window counts too.", "flip": (HALVES, "Do not flip."), "up": "No."}
    assert (
        message(answer(54), 227, want=55, near=near)
        == "f(227) gave 54. The first window counts too."
    )
    assert message(answer(1), near={1: "First.", 1.0 + 1e-9: "Second."}) == "f() gave 1. First."
    flipped = message(answer(HALVES), want=HALVES[::-1], near=near, hint="not shown")
    assert flipped == "f() gave [[0.5, 1.5], [2.5, 3.5]]. Do not flip."
    assert message(answer("up"), want="down", near=near) == "f() gave the text 'up'. No."
    assert message(answer(53), want=55, near=near, hint="count again") == (
        "f() gave 53, expected 55.\n  hint: count again"
    )
    infinite = {"infinite": ([0.0, -np.inf], "Not this.")}  # compared without a warning
    assert message(answer([0.0, -27.0]), want=[0.0, -1000.0], near=infinite).startswith(
        "f() gave [0.0, -27.0], expected [0.0, -1000.0]."
    )


def test_near_never_speaks_against_a_right_answer(capsys):
    check(answer(55)).gives(55, near={55: "wrong"})
    assert capsys.readouterr().out == "✓ f()\n"


def test_holds_accepts_whatever_has_the_property(capsys):
    for kernel in (np.eye(3) - 1 / 3, [[0, 0, 0], [-1, 0, 1], [0, 0, 0]]):
        check(answer(kernel)).holds("it sums to 0", lambda k: abs(k.sum()) < 1e-9)
    assert capsys.readouterr().out == "✓ f(): it sums to 0\n" * 2
    with pytest.raises(Wrong) as wrong:
        check(answer([1, 2])).holds("it sums to 0", lambda k: k.sum() == 0, hint="weigh")
    assert str(wrong.value) == "f() gave [1, 2]. Not true yet: it sums to 0.\n  hint: weigh"
    with pytest.raises(Wrong, match="gave None: is a `return` missing"):
        check(answer(None)).holds("it sums to 0", lambda k: k.sum() == 0)


def test_input_is_copied_and_a_changed_one_is_named(capsys):
    def f(x, scale=None):
        x += 1
        return x.sum()

    x = np.zeros(3)
    check(f, x).gives(3.0)
    check(f, x).holds("it is 3", lambda total: total == 3)
    note = "  note: Your code changed its input; work on a copy: `x = x.copy()`.\n"
    assert capsys.readouterr().out == f"✓ f(array of 3)\n{note}✓ f(array of 3): it is 3\n{note}"
    assert not x.any()
    assert message(f, x, want=0.0).endswith(
        "\n  hint: Your code changed its input; work on a copy: `x = x.copy()`."
    )
    assert "hint" not in message(lambda x: x.sum() + 1, x, want=0.0)
    with pytest.raises(Wrong, match="changed its input"):
        check(lambda x: f(x), x=np.zeros(2)).gives(0.0)
    rows = [1, 2]
    check(lambda x: x.pop(), rows).gives(2)
    assert rows == [1, 2]
    tensor = torch.zeros(2)
    check(lambda x: x.add_(1).sum(), tensor).gives(2.0)
    assert not tensor.any()


def test_not_written_yet():
    def todo(n):
        raise NotImplementedError()

    def uses_todo(n):
        return todo(n) + 1

    rest = "not written yet. Put your code in place of `raise NotImplementedError()`."
    assert message(todo, 3) == f"todo(3): {rest}"
    assert message(uses_todo, 3) == f"uses_todo(3): todo is {rest}"


def stops(x):
    """Stops in its third line."""
    return [x[i] for i in range(4)]  # an IndexError


def test_code_that_stops_says_where():
    assert message(stops, [1, 2]) == (
        "stops([1, 2]): your code stopped: IndexError: list index out of range, "
        "in line 3 of stops: return [x[i] for i in range(4)] # an IndexError"
    )
    assert "in line 3 of stops" in message(lambda: stops([1]))

    def inside_numpy(x):
        return np.linalg.inv(x)

    assert "LinAlgError: Singular matrix, in line 2 of inside_numpy: return np" in message(
        inside_numpy, np.zeros((2, 2))
    )
    scope = {}
    exec("def f(x):\n    return 1 / x", scope)  # no source to show
    assert message(scope["f"], 0).endswith("ZeroDivisionError: division by zero, in line 2 of f")

    def two_lines():
        raise ValueError("first\nsecond")

    assert "ValueError: first second, in line 2" in message(two_lines)

    def forever(n):
        return forever(n + 1)

    assert "RecursionError" in message(forever, 0)


def test_a_changed_first_line_is_named():
    def f(n):
        return n

    assert message(f, 1, 2).startswith("f(1, 2): your code stopped: TypeError: ")
    assert message(f, 1, 2).endswith("given; is the line with `def` still as it was?")
    assert "def" not in message(max, 1)
    assert "def" not in message(lambda n: 1 / n, 0)


def test_a_function_is_needed():
    for f in (55, None):
        with pytest.raises(Wrong, match=f"expected a function, found {f}: run the cell"):
            check(f, 3)


def test_a_call_without_a_name_or_source(capsys):
    class Opaque:  # as a stand-in for a function in another process
        def __call__(self, *args):
            return sum(args)

    check(Opaque(), 1, 2).gives(3)
    assert capsys.readouterr().out == "✓ your function(1, 2)\n"
    assert message(Opaque(), "a").startswith("your function('a'): your code stopped: TypeError")


# In a notebook ----------------------------------------------------------------------------------


def test_a_notebook_shows_the_line_and_no_traceback(capsys):
    with fresh_shell() as shell:
        shell.run_cell("from alexnet_lib.check import check\ndef f(n): return n[1]\n", silent=True)
        result = shell.run_cell("check(f, 3).gives(3)", silent=True)
    assert isinstance(result.error_in_exec, AssertionError)
    assert capsys.readouterr() == (
        "✗ f(3): your code stopped: TypeError: 'int' object is not subscriptable, "
        "in line 1 of f: def f(n): return n[1]\n",
        "",
    )


def test_numpy_is_all_it_needs():
    code = (
        "import sys, alexnet_lib.check;"
        "print({'torch', 'matplotlib', 'anywidget', 'IPython'} & set(sys.modules) or 'none')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "none\n"


@pytest.mark.parametrize(
    ("stops", "words"),
    [
        (lambda: np.ones((2, 3)) - np.ones(2), "(2, 3) and (2,) don't fit number by number (is"),
        (lambda: np.ones((2, 2)) * np.ones((2, 3)), "(2, 2) and (2, 3) don't fit number by number"),
        (lambda: np.ones((1, 2)) @ np.ones((1, 2)), "there are 1 rows and 2 columns"),
        (lambda: np.add(1, 0.5, out=np.zeros((), int)), "numbers (int64) can't take fractions"),
        (lambda: 1 if np.ones(2) else 0, "ask `is None`, or use .any() or .all()"),
    ],
)
def test_where_the_code_stops_the_text_is_in_words_and_the_hint_is_shown(stops, words):
    with pytest.raises(Wrong) as caught:
        check(stops).gives(1, hint="Count the windows twice.")
    assert words in str(caught.value)
    assert str(caught.value).endswith("\n  hint: Count the windows twice.")
