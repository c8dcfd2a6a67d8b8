"""The backpropagation widget's front end, in a real browser."""

import json

import pytest
from test_backprop import by_torch, drawn_settings

from alexnet_lib.widgets import BackpropWidget
from alexnet_lib.widgets.backprop import GRAPHS

pytestmark = pytest.mark.browser

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
    for i, (graph, inputs) in enumerate(drawn_settings(240)):
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


def said(page):
    """The sentence that the widget says now."""
    page.evaluate("drawn()")
    return page.evaluate("view.el.alexnetWidget.said()")


def test_every_step_says_what_it_does(open_widget):
    page = open_widget(BackpropWidget())
    assert said(page).startswith("Given: w = 2, x = 3, b = −1 and t = 4. Nothing is computed yet.")
    told = []
    for _ in range(10):
        page.get_by_role("button", name="Next step").click()
        told.append(said(page))
    assert told == [
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
    assert said(page).endswith("Update would move w to 1.89 and b to −1.04.")
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
    assert sentence in said(page)


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
    assert said(page) == "x stays as it was: type a number from −10 to 10."
    assert page.evaluate("model.get('inputs').x") == -0.5
    page.get_by_label("t", exact=True).fill("many")
    page.get_by_label("Rate").focus()
    assert said(page) == "“many” is not a number; t stays as it was."
    page.get_by_label("Rate").fill("2")
    assert said(page) == "Rate stays as it was: type a number from 0 to 1."
    page.get_by_label("Rate").fill("0,5")
    assert page.evaluate("model.get('rate')") == 0.5
    assert "not" not in said(page).split(".")[0]


def test_a_rate_too_high_is_answered(open_widget):
    page = open_widget(BackpropWidget(graph="maximum", rate=1))  # no ReLU there that would close
    for _ in range(12):
        page.get_by_role("button", name="Update").click()
        page.evaluate("drawn()")
    assert 2 < page.evaluate("model.get('losses').length") < 12
    assert said(page).startswith("An update would lead to numbers too large to go on with")
    values = json.loads(page.evaluate("JSON.stringify(view.el.alexnetWidget.values())"))
    assert all(abs(value) <= 1e6 for value in values.values())


def test_numbers_too_large_are_answered(open_widget):
    widget = BackpropWidget(graph="softmax", inputs={"w1": 800, "x": 2, "w2": 1}, at=9)
    page = open_widget(widget)
    assert said(page) == widget.problem
    assert page.get_by_role("button", name="Next step").is_disabled()
    assert "?" in page.locator(".axw-graph").text_content()
    page.get_by_role("button", name="Update").click()
    assert said(page) == widget.problem
    page.get_by_role("button", name="Reset").click()
    assert said(page).startswith("Given: w1 = 0.5")


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
    page.wait_for_function("model.get('at') === 10", timeout=8000)
    page.evaluate("drawn()")
    assert page.get_by_role("button", name="Play").is_visible()
