"""A notebook in the sandbox: what gets out, what is shown, and how a run survives a crash."""

import json
import re
import textwrap

import numpy as np
import pytest

from alexnet_lib.check import check
from alexnet_lib.grading import runner
from alexnet_lib.grading.sandbox.process import Limits

pytestmark = pytest.mark.usefixtures("needs_sandbox")
GIVEN = "import numpy as np\nfrom alexnet_lib.check import check"
SMALL = Limits(cell=3, call=3, total=30, memory=900_000_000)


@pytest.fixture
def play():
    """play(answer, test) -> (the error of the test, or ""; all outputs)."""

    def run(answer, test, points=1):
        cells = [
            {"kind": runner.GIVEN, "source": GIVEN},
            {"kind": runner.ANSWER, "source": textwrap.dedent(answer)},
            {"kind": runner.TEST, "source": textwrap.dedent(test), "points": points},
        ]
        outputs = runner.run(cells, SMALL)
        errors = [o["traceback"][0] for o in outputs[2] if o["output_type"] == "error"]
        return (errors or [""])[0], outputs

    return run


ECHO = "def f(*a, **k): return a[0] if a else k"
VALUES = [
    "None", "True", "5", "5.0", "10**50", "float('inf')", "1 + 2j", "'text ✓'", "(1, 'a', None)",
    "[1, [2.5, (3,)]]", "{'a': [1], 2: None}", "{1, 2}", "np.float32(1.5)", "np.bool_(True)",
    "np.arange(6).reshape(2, 3)", "np.zeros((0, 3))", "np.array(3.0)", "np.arange(6.0)[::2]",
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES)
def test_plain_data_goes_over_and_comes_back_the_same(play, value):
    test = f"""
    want = {value}
    got = f(want)
    assert type(got) is type(want), type(got)
    np.testing.assert_equal(got, want)
    """
    assert play(ECHO, test)[0] == ""


def test_nan_stays_nan(play):
    assert play(ECHO, "assert np.isnan(f(float('nan'))) and type(f(0.5)) is float")[0] == ""


def test_tensors_of_pytorch_go_over(play):
    pytest.importorskip("torch")
    test = """
    import torch
    x = torch.arange(6.0).reshape(2, 3)
    y = f(x)
    assert isinstance(y, torch.Tensor) and y.dtype == torch.float32
    assert torch.equal(y, 2 * x)
    """
    answer = "import torch\ndef f(x):\n    assert isinstance(x, torch.Tensor)\n    return 2 * x"
    limits = Limits(cell=60, call=60, total=120)
    cells = [
        {"kind": runner.ANSWER, "source": answer},
        {"kind": runner.TEST, "source": textwrap.dedent(test), "points": 1},
    ]
    assert [o for o in runner.run(cells, limits)[1] if o["output_type"] == "error"] == []


def test_classes_work(play):
    answer = """
    class Dropout:
        def __init__(self, p, seed=0):
            self.p, self.rng = p, np.random.default_rng(seed)
        def forward(self, x):
            self.mask = (self.rng.random(x.shape) >= self.p) / (1 - self.p)
            return x * self.mask
        def backward(self, g):
            return g * self.mask
    """
    test = """
    d = Dropout(0.5, seed=1)
    x = np.ones((100, 100))
    y = d.forward(x)
    assert set(np.unique(y)) == {0.0, 2.0} and abs(y.mean() - 1) < .05
    np.testing.assert_array_equal(d.backward(x), y)
    d.p = 0.25
    assert d.p == 0.25
    """
    assert play(answer, test)[0] == ""


def test_exceptions_arrive_as_themselves(play):
    answer = """
    class Own(KeyError): pass
    def f(x):
        if x == 1: raise NotImplementedError("later")
        if x == 2: raise Own("mine")
        if x == 3: return np.linalg.inv(np.zeros((2, 2)))
        return [1, 2][x]
    """
    test = """
    for x, kind, name, text in [(1, NotImplementedError, "NotImplementedError", "later"),
                                (2, KeyError, "Own", "'mine'"),
                                (3, ValueError, "LinAlgError", "Singular matrix"),
                                (7, IndexError, "IndexError", "list index out of range")]:
        try:
            f(x)
        except kind as error:
            assert (type(error).__name__, str(error)) == (name, text), (type(error), str(error))
        else:
            raise AssertionError(x)
    """
    assert play(answer, test)[0] == ""


def test_check_says_where_the_students_code_stopped(play):
    answer = """
    def helper(x):
        y = x + 1
        return y / 0

    def f(x):
        return helper(x)
    """
    said, _ = play(answer, "check(f, 3).gives(1)")
    assert said == (
        "✗ f(3): your code stopped: ZeroDivisionError: division by zero,"
        " in line 3 of helper: return y / 0"
    )
    said, _ = play(
        "def f(x): return g(x)\ndef g(x): raise NotImplementedError()", "check(f, 3)._answer()"
    )
    assert said.startswith("✗ f(3): g is not written yet")
    said, _ = play("def f(): return 1", "check(f, 3).gives(1)")
    assert "is the line with `def` still as it was?" in said


def test_check_hears_of_warnings_and_of_inputs_that_change(play):
    answer = """
    def f(x):
        x[0] = 5
        return x / np.zeros(1)
    """
    said, _ = play(answer, "check(f, np.ones(2)).gives([1, 1])")
    assert "Python warned: divide by zero" in said
    assert "Your code changed its input; work on a copy" in said


def test_a_test_of_its_own_gets_no_changed_input(play):
    """Otherwise all zeros would be right: f(x) is compared with what 2 * x is afterwards."""
    answer = "def f(x):\n    x[:] = 0\n    return x"
    said, _ = play(answer, "x = np.arange(3.0)\nnp.testing.assert_array_equal(f(x), 2 * x)")
    assert said.startswith("AssertionError")


def test_partial_credit(play):
    test = "round(4 * np.mean([f(i) == i * i for i in range(8)]), 2)"
    said, outputs = play("def f(x): return x * x if x < 4 else 0", test, 4)
    assert said == "" and outputs[2][-1]["data"] == {"text/plain": "2.0"}


def credits(answers, tests, points):
    """Return what each test gives as partial credit."""
    cells = [{"kind": runner.GIVEN, "source": GIVEN}, {"kind": runner.ANSWER, "source": answers}]
    cells += [{"kind": runner.TEST, "source": test, "points": points} for test in tests]
    return [float(shown[-1]["data"]["text/plain"]) for shown in runner.run(cells, SMALL)[2:]]


def test_partial_credit_is_for_plain_answers_alone():
    answers = """
import numpy as np
class Same:
    def __eq__(self, other): return True
def an_object(x): return Same()
def an_empty_array(x): return np.zeros(0)
def a_matrix(x): return np.full((2, 2), x * x)
def an_array_of_one(x): return np.array([x * x])
def a_complex_number(x): return complex(x * x)
def a_text(x): return str(x * x)
def nothing(x): pass
def right(x): return x * x
"""
    names = re.findall(r"def (\w+)\(x\)", answers)
    tests = [f"sum({f}(i) == i * i for i in range(4)) / 4 * 2" for f in names]
    tests += [f"2 * np.mean([{f}(3) == 9, {f}(5) == 25])" for f in names]
    assert credits(answers, tests, 2) == [*[0.0] * 7, 2.0] * 2


def test_partial_credit_for_arrays_wants_their_shape():
    answers = """
import numpy as np
def right(): return np.full(3, 9)
def number(): return 9
def empty(): return np.zeros((0, 3))
"""
    tests = [f"2.0 * ({f}() == np.full(3, 9)).all()" for f in ("right", "number", "empty")]
    assert credits(answers, tests, 2) == [2.0, 0.0, 0.0]


@pytest.mark.parametrize("value", ["float('nan')", "-5", "float('inf')", "1e9", "np.float64(-1)"])
def test_credit_is_never_more_than_the_test_gives(play, value):
    _, outputs = play(f"def f(): return {value}", "f()", 4)
    assert float(outputs[2][-1]["data"]["text/plain"]) in (0.0, 4.0)
    if value != "1e9":
        assert outputs[2][-1]["data"]["text/plain"] == "0.0"


def test_hidden_tests_run_last_and_say_nothing(play):
    test = """
    check(f, 1).gives(1)
    ### BEGIN HIDDEN TESTS
    check(f, 7919).gives(7919)
    check(f, 2).gives(3)
    ### END HIDDEN TESTS
    """
    cells = [
        {"kind": runner.GIVEN, "source": "from alexnet_lib.check import check"},
        {
            "kind": runner.ANSWER,
            "source": "seen = []\ndef f(x):\n    seen.append(x)\n    return x",
        },
        {"kind": runner.TEST, "source": textwrap.dedent(test), "points": 1},
        {"kind": runner.ANSWER, "source": "print(seen)"},
    ]
    outputs = runner.run(cells, SMALL)
    assert outputs[3] == [runner.make_stream("[1]\n")]
    assert outputs[2][0] == runner.make_stream("✓ f(1)\n")
    assert [o.get("ename") for o in outputs[2]] == [None, runner.HIDDEN]


HIDING = "assert g(1) == 1\n### BEGIN HIDDEN TESTS\nassert h(4) == 5\n### END HIDDEN TESTS"


def test_a_process_that_dies_costs_one_test_only():
    cells = [
        {"kind": runner.ANSWER, "source": "import os\ndef f(x): os._exit(1)\ndef g(x): return x"},
        {"kind": runner.TEST, "source": "assert f(1)", "points": 1},
        {"kind": runner.ANSWER, "source": "def h(x): return g(x) + 1"},
        {"kind": runner.TEST, "source": "assert h(1) == 2", "points": 1},
        {"kind": runner.ANSWER, "source": "os._exit(1)"},
        {"kind": runner.TEST, "source": HIDING, "points": 1},
    ]
    outputs = runner.run(cells, SMALL)
    failed = [any(o["output_type"] == "error" for o in shown) for shown in outputs]
    assert failed == [False, True, False, False, True, False]
    assert "Python stopped here" in outputs[1][0]["evalue"]


def test_it_gives_up_on_what_dies_again_and_again():
    test = {"kind": runner.TEST, "source": "assert f(1)", "points": 1}
    cells = [{"kind": runner.ANSWER, "source": "import os\ndef f(x): os._exit(1)"}, *[test] * 8]
    outputs = runner.run(cells, SMALL)
    assert all(o[0]["output_type"] == "error" for o in outputs[1:])
    assert "it ended 4 times" in outputs[8][0]["evalue"]


def test_all_together_have_a_limit():
    cells = [{"kind": runner.ANSWER, "source": "import time; time.sleep(1.5)"}] * 4
    outputs = runner.run(cells, Limits(cell=3, call=3, total=3))
    assert "the notebook took more than 3 s" in outputs[3][0]["evalue"]


def test_what_is_shown(play):
    answer = """
    import warnings, sys
    print("printed")
    print("to stderr", file=sys.stderr)
    from IPython.display import Image, display
    display({"image/png": "iVBORw0KGgo=", "text/html": "<b>x</b>"}, raw=True)
    !echo from a shell
    %timeit -n1 -r1 1
    [1, 2]
    """
    _, outputs = play(answer, "assert True")
    shown = outputs[1]
    assert {o["output_type"] for o in shown} == {"stream", "display_data"}
    text = "".join(o.get("text", "") for o in shown)
    assert text.startswith("printed\nto stderr\n") and "from a shell" in text
    assert text.endswith("[1, 2]\n")
    assert [o["data"] for o in shown if "data" in o] == [{"image/png": "iVBORw0KGgo="}]


HALVES = r"""
print("\ud800")
import warnings; warnings.warn("\ud800")
raise ValueError("\ud800")
raise type("E\ud800", (Exception,), {})("x")
return "\ud800"
return type("T", (), {"__repr__": lambda self: "\ud800"})()
from IPython.display import display; display({"text/plain": "\ud800"}, raw=True)
import os; open("\udc80", "w").write("x"); print(os.listdir())
"""


def test_half_a_character_spoils_no_page():
    cells = [{"kind": runner.GIVEN, "source": GIVEN}]
    for number, line in enumerate(HALVES.strip().split("\n")):
        if not line.startswith("return"):
            cells.append({"kind": runner.ANSWER, "source": line})
        answer = f"def f{number}():\n    {line}"
        cells.append({"kind": runner.ANSWER, "source": answer})
        test = f"check(f{number}).gives('x')"
        cells.append({"kind": runner.TEST, "source": test, "points": 1})
        cells.append({"kind": runner.TEST, "source": f"print(f{number}())", "points": 1})
    outputs = runner.run(cells, SMALL)
    text = json.dumps(outputs, ensure_ascii=False)
    assert text.encode("utf-8") and text.count("?") > 10
    errors = [output for shown in outputs for output in shown if output["output_type"] == "error"]
    assert len(errors) >= 8  # each check fails, in words


def test_a_submission_shows_a_few_megabytes_at_most(monkeypatch):
    monkeypatch.setattr(runner, "MOST_SHOWN", 400_000)
    picture = "'iVBORw0KGgo' + 'A' * 150_000"
    source = f"from IPython.display import display\ndisplay({{'image/png': {picture}}}, raw=True)"
    cells = [{"kind": runner.ANSWER, "source": source}] * 5
    cells += [
        {"kind": runner.ANSWER, "source": f"display({{'image/png': {picture}}}, raw=True)\n" * 3}
    ]
    cells += [{"kind": runner.ANSWER, "source": "print('a' * 90_000)"}] * 2
    outputs = runner.run(cells, SMALL)
    assert len(json.dumps(outputs)) < 450_000
    pictures = [sum("data" in output for output in shown) for shown in outputs]
    assert pictures == [1, 1, 0, 0, 0, 0, 0, 0]
    for shown in outputs[2:6]:
        assert "left out" in shown[-1]["text"]
    assert outputs[6][0]["text"] == "a" * 90_000 + "\n"
    assert "left out" in outputs[7][0]["text"]


def test_each_student_is_asked_something_else_and_the_same_again():
    test = "### BEGIN HIDDEN TESTS\nn = check.rng(1).integers(10**9)\nassert n < 0, n"
    cells = [
        {"kind": runner.GIVEN, "source": GIVEN},
        {"kind": runner.TEST, "source": test, "points": 1},
    ]

    def asked(student=None):
        outputs = runner.run(cells, SMALL, student=student)
        assert runner.failed_tests(cells, outputs) == {0}
        return int(outputs[1][0]["evalue"])

    big = 2**128 - 1  # as large as `Course.number_for` makes them
    first, second, third = asked(), asked(0), asked(big)
    assert first == np.random.default_rng(1).integers(10**9)
    assert len({first, second, third}) == 3 and asked(big) == third
    assert check.student is None


def test_a_name_that_is_not_there_is_named(play):
    assert play("x = 1", "assert f(1)")[0] == "NameError: name 'f' is not defined"
    assert "expected a function, found 5" in play("f = 5", "check(f, 1).gives(1)")[0]
