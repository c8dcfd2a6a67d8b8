"""The fully connected widget's front end, in a real browser."""

import random

import numpy as np
import pytest
import torch

from alexnet_lib.widgets import FullyConnectedWidget
from alexnet_lib.widgets.fully_connected import PRESETS

pytestmark = pytest.mark.browser

ANSWERS = """async (all) => {
  const answers = [];
  for (const settings of all) {
    for (const [name, value] of Object.entries(settings)) model.set(name, value);
    await frame();
    const probe = view.el.alexnetWidget;
    answers.push({ ...probe.counts(), values: probe.values(), weights: probe.weights() });
  }
  return answers;
}"""


def drawn_settings(count):
    """Networks as a reader could make them, the presets first."""
    for sizes, output in PRESETS.values():
        yield {"sizes": sizes, "output": output}
    draw = random.Random(2012)
    for _ in range(count):
        most = draw.choice((5, 5, 40, 5000, 200_000))
        yield {
            "sizes": [draw.randint(1, most) for _ in range(draw.randint(2, 6))],
            "output": draw.choice(("yes or no", "classes")),
            "inputs": [round(draw.uniform(-99, 99), 2) for _ in range(draw.randint(1, 5))],
        }


def test_counts_and_numbers_are_torchs(open_widget):
    page = open_widget(FullyConnectedWidget())
    settings = list(drawn_settings(300))
    small = problems = 0
    for chosen, got in zip(settings, page.evaluate(ANSWERS, settings), strict=True):
        w = FullyConnectedWidget(**chosen)
        with torch.device("meta"):  # without memory for the numbers
            net = [torch.nn.Linear(a, b) for b, a in w.shapes]
        counts = [layer.weight.numel() + layer.bias.numel() for layer in net]
        assert got["layers"] == counts and got["parameters"] == sum(counts)
        assert got["multiplyAdds"] == sum(layer.weight.numel() for layer in net)
        assert got["memory"] == sum(
            p.numel() * p.element_size() for layer in net for p in (layer.weight, layer.bias)
        )
        assert got["problem"] == (w.problem or None)
        problems += bool(w.problem)
        if not w.small:
            assert got["values"] is None
            continue
        small += 1
        x = torch.tensor(w.values[0])
        for i, layer in enumerate(got["weights"]):
            weights, b = (torch.tensor(layer[key]).double() for key in "wb")
            assert torch.equal(weights, torch.tensor(w.layers[i][0]))
            y = torch.nn.functional.linear(x, weights, b)
            x = torch.relu(y) if i < len(net) - 1 else y
            np.testing.assert_allclose(got["values"][i + 1], x, rtol=1e-12, atol=1e-9)
    assert small > 60 and 60 < problems < 250  # all kinds were drawn


def shown(page):
    page.evaluate("drawn()")
    return " ".join(page.inner_text("main").split())


def status(page):
    page.wait_for_timeout(400)  # it waits until the reader's hand is still
    return page.get_by_role("status").inner_text()


def test_the_sentences_of_the_lesson(open_widget):
    page = open_widget(FullyConnectedWidget(unit=2))
    text = shown(page)
    assert "Layer 1, unit 3 of 3 2·1 + 3·1 − 4 = 1, after ReLU 1" in text
    assert "layer 1: (2 + 1) · 3 = 9 layer 2: (3 + 1) · 1 = 4 in all 13: 9 weights + 4 b" in text
    assert "13 numbers of 4 bytes: 52 bytes" in text
    assert "score −1, sigmoid 0.269: no" in text
    assert page.get_by_role("status").inner_text() == (
        "Network 2 - 3 - 1: 2 layers, 13 parameters. Layer 1, unit 3 of 3: 2·1 + 3·1 − 4 = 1, "
        "after ReLU 1. Its layer has (2 + 1) · 3 = 9 parameters. "
        "Answer: score −1, sigmoid 0.269: no."
    )
    page.get_by_label("Network", exact=True).select_option("alexnet")
    text = shown(page)
    assert "layer 1: (9,216 + 1) · 4,096 = 37,752,832" in text
    assert "58,631,144 numbers of 4 bytes: 224 MiB" in text
    assert "9,216·4,096 + 4,096·4,096 + 4,096·1,000 = 58,621,952" in text
    assert "unit 1 of 4,096 takes all 9,216 numbers: 9,216 weights + 1 bias" in text
    page.get_by_label("Network", exact=True).select_option("photograph")
    assert "layer 1: (154,587 + 1) · 4,096 = 633,192,448" in shown(page)
    page.get_by_label("Layer 2", exact=True).fill("1")
    page.get_by_role("button", name="Remove a layer").click()
    page.get_by_label("Layer 2", exact=True).fill("10")
    assert "2.36 GiB" in shown(page)
    assert page.get_by_label("Network", exact=True).input_value() == "custom"


def test_layers_come_and_go_and_the_output_follows(open_widget):
    page = open_widget(FullyConnectedWidget())
    add, remove = (page.get_by_role("button", name=name) for name in ("Add", "Remove"))
    for sizes in ([2, 3, 3, 1], [2, 3, 3, 3, 1], [2, 3, 3, 3, 3, 1]):
        add.click()
        assert page.evaluate("model.get('sizes')") == sizes
    page.evaluate("drawn()")
    assert add.is_disabled()
    for _ in range(4):
        remove.click()
    assert page.evaluate("model.get('sizes')") == [2, 1]
    page.evaluate("drawn()")
    assert remove.is_disabled()
    add.click()
    assert page.evaluate("model.get('sizes')") == [2, 2, 1]
    page.get_by_label("Several classes").check()
    assert page.evaluate("model.get('sizes')") == [2, 2, 3]
    page.get_by_label("Yes or no").check()
    assert page.evaluate("[model.get('sizes'), model.get('output')]") == [[2, 2, 1], "yes or no"]
    page.get_by_role("button", name="Reset").click()
    assert page.evaluate("model.get('sizes')") == [2, 3, 1]


def test_a_last_layer_that_does_not_fit_is_explained(open_widget):
    page = open_widget(FullyConnectedWidget())
    page.get_by_label("Layer 2", exact=True).fill("4")
    w = FullyConnectedWidget(sizes=[2, 3, 4])
    assert w.problem in shown(page)
    assert status(page).endswith(w.problem)
    page.get_by_label("Layer 2", exact=True).fill("1")
    assert w.problem not in status(page)
    assert w.problem not in shown(page)


@pytest.mark.parametrize("typed", ["0", "2.5", "200001", "-3", "many", ""])
def test_what_is_no_number_of_units_is_refused_in_words(open_widget, typed):
    page = open_widget(FullyConnectedWidget())
    page.evaluate("drawn()")
    field = page.get_by_label("Layer 1", exact=True)
    field.fill(typed)
    assert field.get_attribute("aria-invalid") == "true"
    field.blur()
    assert status(page) == (
        f"“{typed}” is no number of units: a layer has 1 to 200,000, a whole number. "
        "It stays as it was."
    )
    assert field.input_value() == "3" and field.get_attribute("aria-invalid") is None
    assert page.evaluate("model.get('sizes')") == [2, 3, 1]


def test_an_input_too_far_is_refused_and_others_change_the_answer(open_widget):
    page = open_widget(FullyConnectedWidget())
    page.get_by_label("x 1", exact=True).fill("100")
    page.get_by_label("x 1", exact=True).blur()
    assert status(page) == "“100” is not a number from −99 to 99; the input stays as it was."
    page.get_by_label("x 1", exact=True).fill("1")
    page.get_by_label("x 2", exact=True).fill("1/2")
    assert "score 1, sigmoid 0.731: yes" in shown(page)
    assert page.evaluate("model.get('inputs')")[:2] == [1, 0.5]
    page.get_by_label("Input", exact=True).fill("6")  # too many units for numbers
    page.evaluate("drawn()")
    assert not page.get_by_label("x 1", exact=True).is_visible()


def test_everything_can_be_done_with_the_keyboard(open_widget):
    page = open_widget(FullyConnectedWidget())
    stops = []
    for _ in range(20):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            "(() => { const a = document.activeElement; return a === document.body ? null :"
            " a.getAttribute('aria-label') ?? (a.value || a.innerText) })()"
        )
        if stop is None:
            break
        stops.append(stop)
    assert stops == [
        *("Network", "yes or no", "Add a layer", "Remove a layer", "Reset"),
        *("Input", "Layer 1", "Layer 2", "x 1", "x 2"),
        "Network 2 - 3 - 1. Arrow keys point at a unit.",
    ]
    at = "[model.get('column'), model.get('unit')]"
    canvas = page.get_by_role("application")
    assert page.evaluate(at) == [1, 0]
    for key, place in [
        ("ArrowDown", [1, 1]),
        ("PageDown", [1, 2]),
        ("ArrowDown", [1, 2]),
        ("ArrowRight", [2, 0]),
        ("ArrowRight", [2, 0]),
        ("Home", [0, 0]),
        ("ArrowDown", [0, 1]),
        ("Control+End", [2, 0]),
    ]:
        canvas.press(key)
        assert page.evaluate(at) == place, key


def test_clicking_points_at_a_unit(open_widget):
    page = open_widget(FullyConnectedWidget())
    canvas = page.get_by_role("application")
    box = canvas.bounding_box()
    canvas.click(position={"x": box["width"] / 2, "y": box["height"] * 0.78})
    assert page.evaluate("[model.get('column'), model.get('unit')]") == [1, 2]
    canvas.click(position={"x": 5, "y": box["height"] * 0.65})
    assert page.evaluate("[model.get('column'), model.get('unit')]") == [0, 1]
    assert "Input 2 of 2 goes to all 3 units of layer 1, over 3 weights 3" in shown(page)
