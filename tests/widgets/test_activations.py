"""The activations widget: what Python and the front end compute, beside PyTorch."""

import json
import random

import numpy as np
import pytest
import torch
import traitlets as t
from hypothesis import given
from hypothesis import strategies as st

from alexnet_lib.widgets import WIDGETS, ActivationsWidget
from alexnet_lib.widgets.activations import FUNCTIONS, GIVEN, LEAK, UNITS, WANTED

# The states in which test_every_widget.py tries it.
CASES = {
    "settings": [
        {},
        {"function": "tanh", "weight": 2, "unit": 4},
        {"function": "sigmoid", "input": -5, "weight": -4, "w": -1.5, "b": 0.2, "steps": 7},
        {"function": "GELU", "input": 2, "weight": 5, "unit": 10},  # far beyond the drawing
        {"w": -2, "b": -0.1, "steps": 1, "input": -1},  # dead, and nothing is left of a change
        {"function": "leaky ReLU", "weight": -1.3, "unit": 3},
    ],
    "heaviest": """(i) => {
      model.set("function", ["GELU", "tanh", "leaky ReLU"][i % 3]);
      model.set("weight", 1 + (i % 7) / 2);
      model.set("input", -2 + (i % 5));
      model.set("w", 0.1 * (i % 9));
    }""",
}

THEIRS = {
    "ReLU": torch.relu,
    "leaky ReLU": torch.nn.LeakyReLU(LEAK),
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "GELU": torch.nn.GELU(),
}
names = st.sampled_from(list(FUNCTIONS))
numbers = st.floats(-5, 5).map(lambda x: round(x, 3))


def torch_chain(name, input, weight):
    """Return what autograd says: the last value, and its slope along the input."""
    first = torch.tensor(input, dtype=torch.float64, requires_grad=True)
    x = first
    for _ in range(UNITS):
        x = THEIRS[name](weight * x)
    x.backward()
    return x.item(), first.grad.item()


def torch_unit(name, w, b):
    """Return what autograd says of the unit that learns: its error, and the slopes of it."""
    w = torch.tensor(w, dtype=torch.float64, requires_grad=True)
    b = torch.tensor(b, dtype=torch.float64, requires_grad=True)
    answers = THEIRS[name](w * torch.tensor(GIVEN) + b)  # (5,)
    error = ((answers - torch.tensor(WANTED)) ** 2).mean()
    error.backward()
    return error.item(), w.grad.item(), b.grad.item()


@given(names, numbers, numbers)
def test_the_chain_is_what_autograd_says(name, input, weight):
    w = ActivationsWidget(function=name, input=input, weight=weight)
    value, slope = torch_chain(name, input, weight)
    assert w.chain.shape == (4, UNITS)
    assert w.chain[1, -1] == pytest.approx(value, rel=1e-7, abs=1e-9)
    assert w.arrives == pytest.approx(slope, rel=1e-6, abs=1e-8)


@given(names, numbers, numbers)
def test_a_step_goes_downhill(name, weight, bias):
    w = ActivationsWidget(function=name, w=weight, b=bias, rate=0.1)
    error, along_w, along_b = torch_unit(name, weight, bias)
    assert w.error == pytest.approx(error, rel=1e-6, abs=1e-6)
    assert w.downhill == pytest.approx((along_w, along_b), rel=1e-5, abs=1e-6)
    w.learn()
    assert (w.w, w.b) == pytest.approx((weight - 0.1 * along_w, bias - 0.1 * along_b), abs=1e-5)
    assert w.steps == 1


def test_what_the_lesson_lets_one_predict():
    w = ActivationsWidget()
    assert (w.function, w.input, w.weight, w.rate) == ("ReLU", 1, 0.5, 0.05)
    assert w.arrives == 0.5**10
    w.weight = 2
    assert w.arrives == 1024
    w.function = "tanh"
    assert w.arrives == pytest.approx(1.34e-8, rel=0.01)
    w.weight = 0.5
    assert w.arrives == pytest.approx(0.00072, rel=0.01)
    w.function = "sigmoid"
    kept = {}
    for weight in np.arange(-5, 5.05, 0.1):
        for number in (-5, -1, 0, 1, 5):
            w.input, w.weight = number, float(weight)
            kept[number, round(float(weight), 1)] = abs(w.arrives)
    assert all(weight < 0 for (_, weight), size in kept.items() if size > 0.01)
    assert kept[0, -4.0] > 0.01


def test_a_large_step_kills_relu_and_a_leak_revives():
    w = ActivationsWidget()
    w.learn(300)
    assert w.error < 0.01 and not w.dead
    for name, dead in (("ReLU", True), ("leaky ReLU", False), ("tanh", False)):
        w = ActivationsWidget(function=name, rate=0.2)
        w.learn()
        assert w.dead is dead and w.steps == 1
        before = w.error
        w.rate = 0.05
        w.learn(300)
        assert (w.error == before) is dead
        assert dead or w.error < 0.05
    w = ActivationsWidget(function="GELU", rate=0.2)
    w.learn()
    w.rate = 0.05
    w.learn(300)
    assert w.error > 0.2  # as flat as ReLU there, nearly


def test_steps_end_before_the_numbers_grow_too_large():
    w = ActivationsWidget(function="leaky ReLU", rate=0.5)
    w.learn(2000)
    assert abs(w.w) <= 1e6 and abs(w.b) <= 1e6


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"function": "relu"}, 'function is one of "ReLU", "leaky ReLU", "tanh"'),
        ({"weight": 6}, "weight is a number from -5 to 5"),
        ({"input": np.nan}, "input is a number from -5 to 5"),
        ({"unit": 11}, "unit is a whole number from 1 to 10, not 11"),
        ({"rate": 0}, "rate is a number from 0.01 to 0.5"),
    ],
)
def test_a_wrong_setting_is_refused_in_a_sentence(settings, sentence):
    with pytest.raises(t.TraitError, match=sentence):
        ActivationsWidget(**settings)


def test_describe_says_what_there_is():
    w = ActivationsWidget(function="tanh", input=1, weight=2)
    assert w.describe() == (
        "A chain of 10 units with tanh and the weight 2 gets the input 1, and hands on 1.34·10⁻⁸"
        " times a small change of it."
    )
    w.function, w.rate = "ReLU", 0.2
    w.learn()
    assert w.describe().endswith("One unit has learned for 1 step, and is dead.")
    assert repr(w) == "ActivationsWidget(function='ReLU', input=1.0, weight=2.0, rate=0.2)"
    assert len(json.dumps(w.state())) < 300 and WIDGETS["activations"] is ActivationsWidget


# The front end, in a browser

ANSWERS = """(all) => answers(all, ({ chain, unit, learned }) =>
  ({ chain: chain(), unit: unit(), learned: learned(3) }))"""


def drawn_settings(count):
    """Settings as a reader could make them."""
    draw = random.Random(2012)
    for _ in range(count):
        yield {
            "function": draw.choice(list(FUNCTIONS)),
            "input": round(draw.uniform(-5, 5), 1),
            "weight": round(draw.uniform(-3, 3), 1),
            "rate": round(draw.uniform(0.01, 0.5), 2),
            "w": round(draw.uniform(-3, 3), 2),
            "b": round(draw.uniform(-3, 3), 2),
            "steps": 0,
        }


def test_the_front_end_computes_what_torch_and_python_do(open_widget):
    page = open_widget(ActivationsWidget())
    dead = 0
    drawn = list(drawn_settings(120))
    for settings, got in zip(drawn, page.evaluate(ANSWERS, drawn), strict=True):
        w = ActivationsWidget(**settings)
        name, hint = settings["function"], str(settings)
        value, slope = torch_chain(name, settings["input"], settings["weight"])
        last = got["chain"][-1]
        assert last["value"] == pytest.approx(value, rel=1e-6, abs=1e-8), hint
        assert last["change"] == pytest.approx(slope, rel=1e-6, abs=1e-8), hint
        for row, key in enumerate(("sum", "value", "slope", "change")):
            ours = [unit[key] for unit in got["chain"]]
            np.testing.assert_allclose(ours, w.chain[row], rtol=1e-6, atol=1e-8, err_msg=hint)
        error, along_w, along_b = torch_unit(name, settings["w"], settings["b"])
        unit = got["unit"]
        assert unit["error"] == pytest.approx(error, rel=1e-6, abs=1e-6), hint
        assert unit["alongW"] == pytest.approx(along_w, rel=1e-6, abs=1e-6), hint
        assert unit["alongB"] == pytest.approx(along_b, rel=1e-6, abs=1e-6), hint
        assert unit["dead"] == w.dead, hint
        dead += w.dead
        w.learn(3)
        theirs = [got["learned"][key] for key in ("w", "b", "steps")]
        assert theirs == pytest.approx([w.w, w.b, w.steps], rel=1e-6, abs=1e-6), hint
    assert 0 < dead < 30  # both kinds were drawn


def wait_for_status(page, text):
    """Wait until the status line says it."""
    page.wait_for_function(
        "(text) => document.querySelector('[role=status]').innerText.includes(text)", arg=text
    )


def test_a_reader_follows_the_chain(open_widget):
    page = open_widget(ActivationsWidget())
    main = page.locator("main")
    assert "after unit 1: 0.5 times" in main.inner_text()
    assert "hands on 0.5 · 1 = 0.5 of a change" in main.inner_text()
    wait_for_status(page, "the chain of ten hands on 0.000977 times a small change")
    chain = page.get_by_role("application", name="The chain")
    chain.press("End")
    wait_for_status(page, "ReLU: unit 10 gets the sum 0.000977")
    chain.press("ArrowRight")  # there is no further one
    chain.press("ArrowLeft")
    wait_for_status(page, "ReLU: unit 9 ")
    box = chain.bounding_box()
    chain.click(position={"x": box["width"] / 2, "y": 60})
    page.evaluate("drawn()")
    assert page.evaluate("model.get('unit')") in (5, 6)
    page.get_by_label("Weight").fill("2")
    page.get_by_label("tanh", exact=True).check()
    wait_for_status(page, "the chain of ten hands on 1.34·10⁻⁸ times a small change")
    page.get_by_role("button", name="Reset").click()
    wait_for_status(page, "the chain of ten hands on 0.000977 times")


def test_a_unit_dies_and_says_so(open_widget):
    page = open_widget(ActivationsWidget())
    learn = page.get_by_role("button", name="Learn", exact=True)
    learn.click()
    wait_for_status(page, "The unit with ReLU has made 1 step: w = 0.26")
    page.get_by_role("button", name="Learn 20 times").click()
    wait_for_status(page, "has made 21 steps")
    page.get_by_role("button", name="Start over").click()
    wait_for_status(page, "has made 0 steps: w = 0.5, b = 0.3")
    page.get_by_label("Rate").fill("0.2")
    learn.click()
    wait_for_status(page, "Dead: all slopes are 0")
    assert page.get_by_text("Dead: all slopes are 0, so no step").first.is_visible()
    moved = page.evaluate("model.get('w')")
    learn.click()
    wait_for_status(page, "the step is 0, too")
    assert page.evaluate("[model.get('w'), model.get('steps')]") == [moved, 1]
    page.get_by_label("leaky ReLU", exact=True).check()
    page.get_by_label("Rate").fill("0.05")
    for _ in range(6):
        page.get_by_role("button", name="Learn 20 times").click()
    wait_for_status(page, "has made 121 steps")
    page.evaluate("drawn()")
    assert page.evaluate("view.el.alexnetWidget.unit().error") < 0.1
    page.evaluate("model.set('steps', 100000)")
    learn.click()
    wait_for_status(page, "as many steps as the widget counts")


def test_steps_that_overshoot_are_refused(open_widget):
    page = open_widget(ActivationsWidget(function="leaky ReLU", w=900_000, b=0, rate=0.5))
    page.get_by_role("button", name="Learn", exact=True).click()
    wait_for_status(page, "A step would lead to numbers too large to go on with")
    assert page.evaluate("[model.get('w'), model.get('steps')]") == [900_000, 0]
