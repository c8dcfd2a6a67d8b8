"""The backpropagation widget: what Python and the front end compute, beside PyTorch."""

import json
import random

import pytest
import torch
import traitlets
from status_line import status

from alexnet_lib.widgets import BackpropWidget
from alexnet_lib.widgets.backprop import GRAPHS, KEPT

# The states in which test_every_widget.py tries it.
CASES = {
    "settings": [
        {"graph": "neuron", "at": 10},
        {"graph": "twice", "at": 3},
        {"graph": "softmax", "at": 9, "losses": [3.0, 2.0]},
        {"graph": "softmax", "inputs": {"w1": 800.0, "x": 2.0, "w2": 1.0}},  # e to 1600
        {"graph": "maximum", "at": 10, "losses": [4.0] * 30},
    ],
    # another graph each time, all of its numbers, and many losses
    "heaviest": """(i) => {
      const graph = ["twice", "softmax", "neuron", "maximum"][i % 4];
      const inputs = graph === "softmax" ? { w1: 1, x: (i % 7) / 10, w2: -1 }
        : graph === "neuron" ? { w: i % 5, x: 3, b: -1, t: 4 }
        : { x1: i % 5, w: 2, x2: 1, t: 7 };
      model.set("graph", graph);
      model.set("inputs", inputs);
      model.set("at", 10);
      model.set("losses", Array.from({ length: 40 }, (_, k) => 40 - k + (i % 3)));
    }""",
}


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
    for graph, inputs in drawn_settings(40):
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
    assert w.next_inputs == pytest.approx({"w": 1.94, "x": 3, "b": -1.02, "t": 4})
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


# The front end, in a browser

ANSWER = """async ([graph, inputs, rate]) => {
  model.set("graph", graph);
  model.set("inputs", inputs);
  model.set("rate", rate);
  await frame();
  const { values, gradients, after, problem } = view.el.alexnetWidget;
  return { values: values(), gradients: gradients(), after: after(), problem: problem() };
}"""


def test_values_gradients_and_updates_are_autograds(open_widget):
    page = open_widget(BackpropWidget())
    for i, (graph, inputs) in enumerate(drawn_settings(120)):
        rate = (i % 11) / 10
        got = page.evaluate(ANSWER, [graph, inputs, rate])
        assert got["problem"] is None
        w = BackpropWidget(graph=graph, inputs=inputs, rate=rate)
        assert got["values"] == pytest.approx(w.values, rel=1e-9, abs=1e-9)
        assert got["gradients"] == pytest.approx(w.gradients, rel=1e-9, abs=1e-9)
        values, gradients = by_torch(graph, inputs)
        for name, value in values.items():
            assert got["values"][name] == pytest.approx(value, rel=1e-9, abs=1e-9), (graph, name)
        for name, gradient in gradients.items():
            close = pytest.approx(gradient, rel=1e-9, abs=1e-9)
            assert got["gradients"][name] == close, (graph, name)
        for name in inputs:
            moved = rate * gradients[name] if name in GRAPHS[graph]["learned"] else 0
            close = pytest.approx(inputs[name] - moved, rel=1e-9, abs=1e-9)
            assert got["after"][name] == close, (graph, name)


def test_graphs_and_their_first_numbers_are_pythons(open_widget):
    page = open_widget(BackpropWidget())
    for graph in GRAPHS:
        page.get_by_label("Graph", exact=True).select_option(graph)
        if graph == "maximum":  # takes over the numbers of the graph before, which fit
            page.get_by_role("button", name="Reset").click()
        w = BackpropWidget(graph=graph)
        assert page.evaluate("model.get('inputs')") == w.inputs
        assert page.evaluate("[model.get('at'), model.get('losses')]") == [0, []]
        page.evaluate("drawn()")
        texts = page.locator(".axw-graph .axw-name").all_text_contents()
        assert [text.split()[0] for text in texts] == list(w.values)
        fields = page.locator(".axw-fields input").evaluate_all(
            "(all) => all.map((one) => one.getAttribute('aria-label'))"
        )
        learned = GRAPHS[graph]["learned"]
        labels = [f"{name}, learned" if name in learned else name for name in w.inputs]
        assert fields == [*labels, "Rate"]


def test_every_step_says_what_it_does(open_widget):
    page = open_widget(BackpropWidget())
    assert status(page).startswith(
        "Given: w = 2, x = 3, b = −1 and t = 4. Nothing is computed yet."
    )
    sentences = []
    for _ in range(10):
        page.get_by_role("button", name="Next step").click()
        sentences.append(status(page))
    assert sentences == [
        "The product p is w · x = 2 · 3 = 6.",
        "The sum s is p + b = 6 + (−1) = 5.",
        "ReLU keeps s, which is positive: a = 5.",
        "The difference d is a − t = 5 − 4 = 1.",
        "L is the square of d: 1² = 1. That is the loss.",
        "The loss L has the gradient 1. It hands 1 · 2 = 2 to d,"
        " because the slope of d² is 2 · d = 2.",
        "d received the gradient 2. It hands 2 · 1 = 2 to a and 2 · (−1) = −2 to t,"
        " because d grows as fast as a and falls as fast as t grows.",
        "a received the gradient 2. It hands 2 · 1 = 2 to s, because ReLU’s gate is open.",
        "s received the gradient 2. It hands 2 · 1 = 2 to p and 2 · 1 = 2 to b,"
        " because a sum grows as fast as each of its parts.",
        "p received the gradient 2. It hands 2 · 3 = 6 to w and 2 · 2 = 4 to x, because the slope"
        " of a product along one factor is the other: x = 3, w = 2."
        " Every number has its gradient. Update would move w to 1.94 and b to −1.02.",
    ]
    page.get_by_role("button", name="Update").click()
    assert status(page).endswith("Update would move w to 1.89 and b to −1.04.")
    text = page.inner_text("main")
    assert "w = 1.89 and b = −1.04; loss 0.41" in text and "now: 1 → 0.64" in text


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"graph": "neuron", "inputs": {"w": 2, "x": 3, "b": -7, "t": 4}, "at": 3}, "ReLU gives 0"),
        (
            {"graph": "neuron", "inputs": {"w": 2, "x": 3, "b": -7, "t": 4}, "at": 8},
            "It hands (−8) · 0 = 0 to s, because s is not positive, so ReLU’s gate is closed.",
        ),
        ({"graph": "twice", "at": 14}, "w had received 2 on another way: together 8."),
        ({"graph": "maximum", "at": 8}, "because p is the winner"),
        (
            {"graph": "maximum", "inputs": {"x1": 1, "w": 2, "x2": 3, "t": 5}, "at": 8},
            "It hands 2 · 0 = 0 to p and 2 · 1 = 2 to q, because q is the winner",
        ),
        ({"graph": "softmax", "at": 6}, "The probability p is e1 ÷ z = 2.72 ÷ 10.1 = 0.269."),
        ({"graph": "softmax", "at": 7}, "L is −ln p = −ln 0.269 = 1.31. That is the loss."),
        ({"graph": "softmax", "at": 10}, "e1 had received 0.367"),
    ],
)
def test_the_sentences_of_the_other_graphs(open_widget, settings, sentence):
    page = open_widget(BackpropWidget(**settings))
    if sentence == "e1 had received 0.367":  # what it had, and the sum, from Python
        before = page.evaluate("view.el.alexnetWidget.gradients().p") / 10.107337927389695
        sentence = f"e1 had received −{-before:.3g}"
    assert sentence in status(page)


def test_all_by_keyboard(open_widget):
    page = open_widget(BackpropWidget())
    stops = []
    for _ in range(12):
        page.keyboard.press("Tab")
        stops.append(
            page.evaluate(
                "(document.activeElement.getAttribute('aria-label')"
                " || document.activeElement.innerText)"
            )
        )
    assert stops == [
        *("Graph", "Reset", "w, learned", "x", "b, learned", "t", "Rate", "Update"),
        *("Back to the start", "One step back", "Play", "Next step"),
    ]
    for _ in range(6):
        page.keyboard.press("Enter")  # Next step
    assert page.evaluate("model.get('at')") == 6
    page.get_by_label("Rate").focus()
    page.keyboard.type("0.05")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")  # Update
    w = BackpropWidget(rate=0.05)
    w.update()
    assert page.evaluate("model.get('inputs')") == pytest.approx(w.inputs)
    assert page.evaluate("[model.get('at'), model.get('losses')]") == [10, [1]]
    page.evaluate("drawn()")
    page.get_by_role("button", name="Reset").press("Enter")
    assert page.evaluate("[model.get('at'), model.get('losses'), model.get('inputs').w]") == [
        *(0, [], 2)
    ]


def test_typed_numbers_change_the_graph_and_wrong_ones_are_answered(open_widget):
    page = open_widget(BackpropWidget(at=10, losses=[3.0]))
    page.get_by_label("x", exact=True).fill("−1/2")
    assert page.evaluate("model.get('inputs').x") == -0.5
    assert page.evaluate("[model.get('at'), model.get('losses')]") == [10, []]
    page.get_by_label("x", exact=True).fill("11")
    assert status(page) == "x stays as it was: type a number from −10 to 10."
    assert page.evaluate("model.get('inputs').x") == -0.5
    page.get_by_label("t", exact=True).fill("many")
    page.get_by_label("Rate").focus()
    assert status(page) == "“many” is not a number; t stays as it was."
    page.get_by_label("Rate").fill("2")
    assert status(page) == "Rate stays as it was: type a number from 0 to 1."
    page.get_by_label("Rate").fill("0,5")
    assert page.evaluate("model.get('rate')") == 0.5
    assert "not" not in status(page).split(".")[0]


def test_a_rate_too_high_is_answered(open_widget):
    page = open_widget(BackpropWidget(graph="maximum", rate=1))  # no ReLU there that would close
    for _ in range(12):
        page.get_by_role("button", name="Update").click()
        page.evaluate("drawn()")
    assert 2 < page.evaluate("model.get('losses').length") < 12
    assert status(page).startswith("An update would lead to numbers too large to go on with")
    values = json.loads(page.evaluate("JSON.stringify(view.el.alexnetWidget.values())"))
    assert all(abs(value) <= 1e6 for value in values.values())


def test_numbers_too_large_are_answered(open_widget):
    widget = BackpropWidget(graph="softmax", inputs={"w1": 800, "x": 2, "w2": 1}, at=9)
    page = open_widget(widget)
    assert status(page) == widget.problem
    assert page.get_by_role("button", name="Next step").is_disabled()
    assert "?" in page.locator(".axw-graph").text_content()
    page.get_by_role("button", name="Update").click()
    assert status(page) == widget.problem
    page.get_by_role("button", name="Reset").click()
    assert status(page).startswith("Given: w1 = 0.5")


def test_the_picture_says_all_that_it_shows(open_widget):
    page = open_widget(BackpropWidget(at=7))
    label = page.locator(".axw-graph").get_attribute("aria-label")
    assert label == (
        "The graph. w: 2; x: 3; b: −1; t: 4, grad −2; p, × of w and x: 6; s, + of p and b: 5;"
        " a, ReLU of s: 5, grad 2; d, − of a and t: 1, grad 2; L, square of d: 1, grad 1."
    )
    slopes = page.locator(".axw-slope").all_text_contents()
    assert [text for text in slopes if text] == ["·1", "·−1", "·2"]


BOXES = """() => [...document.querySelectorAll(".axw-graph rect")].map((rect) => {
  const { left, right, top, bottom } = rect.getBoundingClientRect();
  return [left, right, top, bottom];
})"""
TEXTS = """() => [...document.querySelectorAll(".axw-graph g text")].map((text) => {
  const box = text.parentElement.querySelector("rect").getBoundingClientRect();
  const { left, right, top, bottom } = text.getBoundingClientRect();
  return [text.textContent, left - box.left, box.right - right, top - box.top, box.bottom - bottom];
})"""


@pytest.mark.parametrize("width", [320, 375, 760])
def test_boxes_lie_apart_and_hold_their_texts(open_widget, width):
    page = open_widget(BackpropWidget(), width=width)
    for graph in GRAPHS:
        page.evaluate(
            "([graph, inputs, at]) => { model.set('graph', graph); model.set('inputs', inputs);"
            " model.set('at', at) }",
            [
                graph,
                {n: -8.765 for n in GRAPHS[graph]["inputs"]},
                BackpropWidget(graph=graph).steps,
            ],
        )
        page.evaluate("drawn()")
        boxes = page.evaluate(BOXES)
        for i, (left, right, top, bottom) in enumerate(boxes):
            assert left >= 0 and right <= width
            for other in boxes[:i]:
                apart = right < other[0] or other[1] < left or bottom < other[2] or other[3] < top
                assert apart, (graph, i)
        for text, *rooms in page.evaluate(TEXTS):
            assert not text or min(rooms) >= 0, (graph, text, rooms)


def test_play_goes_to_the_end(open_widget):
    page = open_widget(BackpropWidget(graph="maximum", at=8))
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("model.get('at') === 10")
    page.evaluate("drawn()")
    assert page.get_by_role("button", name="Play").is_visible()
