"""The backpropagation widget's Python side."""

import random

import pytest
import torch
import traitlets

from alexnet_lib.widgets import BackpropWidget
from alexnet_lib.widgets.backprop import GRAPHS, KEPT


def by_torch(graph, inputs):
    """The values and the gradients of a graph from autograd: two dicts."""
    v = {name: torch.tensor(float(x), dtype=torch.float64) for name, x in inputs.items()}
    for leaf in v.values():
        leaf.requires_grad_()
    if graph == "softmax":
        s = torch.stack([v["w1"] * v["x"], v["w2"] * v["x"]])
        s.retain_grad()
        loss = torch.nn.functional.cross_entropy(s[None], torch.tensor([0]))
        between = {"s1": (s, 0), "s2": (s, 1)}
    elif graph == "neuron":
        s = v["w"] * v["x"] + v["b"]
        s.retain_grad()
        loss = torch.nn.functional.mse_loss(torch.relu(s), v["t"])
        between = {"s": (s, None)}
    else:
        p = v["w"] * torch.stack([v["x1"], v["x2"]])
        p.retain_grad()
        if graph == "twice":
            y = torch.relu(p).sum()
        else:
            y = torch.nn.functional.max_pool1d(p[None, None], 2)[0, 0, 0]
        loss = torch.nn.functional.mse_loss(y, v["t"])
        between = {"p": (p, 0), "q": (p, 1)}
    loss.backward()
    values = {"L": loss.item()} | {name: leaf.item() for name, leaf in v.items()}
    gradients = {name: leaf.grad.item() for name, leaf in v.items()}
    for name, (tensor, i) in between.items():
        values[name] = (tensor if i is None else tensor[i]).item()
        gradients[name] = (tensor.grad if i is None else tensor.grad[i]).item()
    return values, gradients


def drawn_settings(count):
    """Graphs with inputs as a reader could set them: whole numbers, zeros and ties among them."""
    draw = random.Random(1986)
    for i in range(count):
        graph = list(GRAPHS)[i % len(GRAPHS)]
        kind = draw.choice(("whole", "small", "any"))
        number = {
            "whole": lambda: float(draw.randint(-4, 4)),
            "small": lambda: draw.uniform(-1, 1),
            "any": lambda: draw.uniform(-10, 10),
        }[kind]
        yield graph, {name: number() for name in GRAPHS[graph]["inputs"]}


def test_values_and_gradients_are_autograds():
    for graph, inputs in drawn_settings(80):
        w = BackpropWidget(graph=graph, inputs=inputs)
        values, gradients = by_torch(graph, inputs)
        for name, value in values.items():
            assert w.values[name] == pytest.approx(value, rel=1e-9, abs=1e-9), name
        for name, gradient in gradients.items():
            assert w.gradients[name] == pytest.approx(gradient, rel=1e-9, abs=1e-9), name
        assert w.loss == w.values["L"] and w.gradients["L"] == 1


def test_the_numbers_of_the_lesson():
    w = BackpropWidget()
    assert list(w.values.values()) == [2, 3, -1, 4, 6, 5, 5, 1, 1]
    assert w.gradients == {
        **{"w": 6, "x": 4, "b": 2, "t": -2},
        **{"p": 2, "s": 2, "a": 2, "d": 2, "L": 1},
    }
    assert w.updated == pytest.approx({"w": 1.94, "x": 3, "b": -1.02, "t": 4})
    w.update()
    assert w.loss == pytest.approx(0.64)
    assert w.losses == [1] and w.at == w.steps == 10
    for rate, loss in [(0.05, 0), (0.2, 9)]:
        w = BackpropWidget(rate=rate)
        w.update()
        assert w.loss == pytest.approx(loss)
    w = BackpropWidget(inputs={"w": 2, "x": 3, "b": -7, "t": 4})  # ReLU receives -1
    assert w.gradients["w"] == w.gradients["b"] == 0
    w.update()
    assert w.inputs["w"] == 2 and w.loss == 16
    assert BackpropWidget(graph="twice").gradients["w"] == 8
    assert BackpropWidget(graph="maximum").gradients["x2"] == 0


def test_updates_learn_and_only_so_many_losses_are_kept():
    for graph in GRAPHS:
        w = BackpropWidget(graph=graph)
        for _ in range(KEPT + 9):
            w.update()
        assert len(w.losses) == KEPT
        assert w.losses == sorted(w.losses, reverse=True) and w.loss < w.losses[0]


def test_a_widget_can_be_made_as_another_was_left():
    w = BackpropWidget(graph="twice", rate=0.02)
    w.update()
    again = BackpropWidget(**w.state())
    assert again.state() == w.state() and again.losses == [1]
    w.graph = "maximum"
    assert w.losses == []


def test_another_graph_brings_its_own_numbers_or_keeps_those_that_fit():
    w = BackpropWidget(graph="twice", inputs={"w": 1, "x1": 2, "x2": 3, "t": 4}, at=14)
    w.graph = "maximum"
    assert w.inputs == {"x1": 2, "w": 1, "x2": 3, "t": 4} and w.at == 10
    w.graph = "softmax"
    assert w.inputs == {"w1": 0.5, "x": 2, "w2": 1}
    with w.hold_trait_notifications():  # one message from the front end
        w.graph, w.inputs, w.at = "neuron", {"t": 1, "b": 2, "x": 3, "w": 4}, 7
    assert list(w.inputs.items()) == [("w", 4), ("x", 3), ("b", 2), ("t", 1)] and w.at == 7


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"graph": "lstm"}, 'graph is one of "neuron", "twice", "maximum", "softmax"'),
        ({"rate": 2}, "rate is a number from 0 to 1, not 2"),
        ({"rate": float("nan")}, "rate is a number from 0 to 1, not nan"),
        ({"at": 11}, 'at is a whole number from 0 to 10, the steps of the graph "neuron"'),
        ({"inputs": {"w": 1}}, 'inputs of the graph "neuron" are w, x, b, t, not w.'),
        ({"inputs": {}}, "not none."),
        ({"inputs": {"w": float("inf")}}, "numbers up to 1,000,000"),
        ({"inputs": [1, 2]}, "inputs is a dict of names and numbers"),
        ({"inputs": {"w": "2"}}, "inputs is a dict of names and numbers"),
    ],
)
def test_a_wrong_setting_is_refused_in_a_sentence(settings, sentence):
    w = BackpropWidget()
    with pytest.raises(traitlets.TraitError) as refused:
        for name, value in settings.items():
            setattr(w, name, value)
    assert sentence in str(refused.value)


def test_numbers_too_large_are_answered_in_a_sentence():
    w = BackpropWidget(graph="softmax", inputs={"w1": 800, "x": 2, "w2": 1})
    assert "too large or too small" in w.problem and w.problem in w.describe()
    w.inputs = {"w1": -400, "x": 2, "w2": 1}  # the probability is 0, its logarithm none
    assert w.problem
    w.inputs = {"w1": 1, "x": 2, "w2": 1}
    assert w.problem is None


def test_it_says_what_it_shows():
    assert BackpropWidget().describe() == (
        "Backpropagation, one unit: with w = 2, x = 3, b = −1, t = 4 the loss is 1."
        " The gradients of what learns: w 6, b 2."
    )
    assert repr(BackpropWidget(graph="softmax", at=3)) == (
        "BackpropWidget(graph='softmax', inputs={'w1': 0.5, 'x': 2.0, 'w2': 1.0}, rate=0.01, at=3)"
    )
    state = BackpropWidget().state()
    assert state["inputs"] == {"w": 2, "x": 3, "b": -1, "t": 4}
    assert all(isinstance(value, int) for value in state["inputs"].values())
