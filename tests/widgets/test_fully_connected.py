"""The fully connected widget: sizes, costs and numbers, in Python and in the front end."""

import json
import random
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import pytest
import torch
import traitlets
from status_line import shown

from alexnet_lib.networks.variants import plan
from alexnet_lib.widgets import FullyConnectedWidget
from alexnet_lib.widgets.fully_connected import PRESETS, example_layers

# The states in which test_every_widget.py tries it.
CASES = {
    "settings": [
        {"unit": 2},
        {"sizes": [5, 4, 5, 3, 2, 3], "output": "classes", "inputs": [1, -2, 0.5]},
        {"sizes": [154587, 4096, 4096, 1000, 10, 1], "output": "classes"},  # no fit
        {"sizes": [9216, 4096, 4096, 1000], "output": "classes", "unit": 2000},
    ],
    # six full columns, as numbers and as lines
    "heaviest": """(i) => {
      model.set("sizes", Array(6).fill(i % 2 ? 5 : 7 + i));
      model.set("output", "classes");
      model.set("column", 1 + (i % 5));
      model.set("unit", i % 5);
    }""",
}


def by_torch(sizes):
    """The same layers in PyTorch, without memory for their numbers."""
    with torch.device("meta"):
        return [torch.nn.Linear(a, b) for a, b in pairwise(sizes)]


@pytest.mark.parametrize("sizes", [[2, 3, 1], [784, 128, 10], [1, 1], [5, 4, 3, 2, 1, 7]])
def test_it_counts_what_torch_has(sizes):
    w = FullyConnectedWidget(sizes=sizes)
    layers = by_torch(sizes)
    assert w.shapes == [tuple(layer.weight.shape) for layer in layers]
    counts = [layer.weight.numel() + layer.bias.numel() for layer in layers]
    assert w.layer_parameters == counts and w.parameters == sum(counts)
    assert w.multiply_adds == sum(layer.weight.numel() for layer in layers)
    assert w.memory == 4 * sum(counts)


def test_alexnets_three_layers_are_those_of_the_plan():
    sizes, output = PRESETS["alexnet"]
    w = FullyConnectedWidget(sizes=sizes, output=output)
    rows = [row for row in plan("2012") if row.kind == "fc"]
    assert w.layer_parameters == [row.parameters for row in rows]
    assert w.multiply_adds == sum(row.multiply_adds for row in rows)
    assert w.problem == ""
    image = next(row for row in plan("2012") if row.kind == "pad")
    assert PRESETS["photograph"][0] == [image.outputs, *sizes[1:]]


def test_two_three_one_has_nine_and_four():
    w = FullyConnectedWidget()
    assert w.layer_parameters == [9, 4]
    assert w.layers[0][0].tolist() == [[-2, 1], [1, -2], [1, 1]]
    assert [value.tolist() for value in w.values] == [[2, 3], [0, 0, 1], [-1]]
    assert w.probability == pytest.approx(torch.sigmoid(torch.tensor(-1.0)).item())


@pytest.mark.parametrize(
    ("point", "answer"),
    [((1, 1), 1), ((-1, -1), 1), ((1, 3), 1), ((3, 1), 1), ((0, -2), -1), ((9, 9), -1)],
)
def test_the_triangle_and_its_corners(point, answer):
    w = FullyConnectedWidget(inputs=point)
    assert np.sign(w.values[-1][0]) == answer


def test_small_networks_compute_what_torch_computes():
    draw = np.random.default_rng(0)
    for _ in range(30):
        sizes = draw.integers(1, 6, draw.integers(2, 7)).tolist()
        inputs = draw.normal(size=5).round(2).tolist()
        w = FullyConnectedWidget(sizes=sizes, inputs=inputs)
        x = torch.tensor(inputs[: sizes[0]], dtype=torch.float64)
        for i, (weights, b) in enumerate(w.layers):
            y = torch.nn.functional.linear(x, torch.tensor(weights), torch.tensor(b))
            x = torch.relu(y) if i < len(sizes) - 2 else y
            np.testing.assert_allclose(w.values[i + 1], x, atol=1e-12)


def test_the_example_weights_are_small_whole_numbers_of_both_signs():
    for sizes in ([5, 5], [3, 4, 2], [1, 5, 5, 1]):
        layers = example_layers(sizes)
        numbers = np.concatenate([part.ravel() for layer in layers for part in layer])
        assert (numbers == numbers.round()).all()
        assert numbers.min() < 0 < numbers.max() and abs(numbers).max() <= 2


def test_missing_inputs_are_one_and_too_many_are_left_out():
    w = FullyConnectedWidget(sizes=[4, 2], output="classes", inputs=[7])
    assert w.values[0].tolist() == [7, 1, 1, 1]
    w.inputs = [1, 2, 3, 4, 5]
    assert w.values[0].tolist() == [1, 2, 3, 4]


def test_large_networks_have_no_numbers_to_show():
    w = FullyConnectedWidget(sizes=[6, 1])
    with pytest.raises(ValueError, match="no layer has more than 5 units"):
        _ = w.values


def test_a_last_layer_that_does_not_fit_is_explained():
    w = FullyConnectedWidget(sizes=[784, 128, 1000])
    assert w.problem == (
        "Yes or no needs one number, but the last layer gives 1,000: give it 1 unit, or choose "
        "several classes."
    )
    w.output = "classes"
    assert w.problem == ""
    w.sizes = [2, 1]
    assert w.problem.startswith("Among several classes the largest score wins, but")
    assert w.describe().endswith(w.problem)


def test_the_unit_pointed_at_stays_inside():
    w = FullyConnectedWidget(sizes=[2, 100, 3], column=1, unit=99)
    w.column = 2
    assert w.unit == 2
    w.sizes = [2, 1]
    assert (w.column, w.unit) == (1, 0)
    w.set_state({"sizes": [3, 4, 5], "column": 2, "unit": 4})  # as the front end sends it
    assert (w.sizes, w.column, w.unit) == ([3, 4, 5], 2, 4)


@pytest.mark.parametrize(
    ("trait", "value", "sentence"),
    [
        ("sizes", [3], "sizes is a list of 2 to 6 whole numbers from 1 to 200,000, the inputs"),
        ("sizes", [3] * 7, "sizes is a list of 2 to 6 whole numbers"),
        ("sizes", [3, 0], "sizes is a list of 2 to 6 whole numbers"),
        ("sizes", [3, 2.5], "sizes is a list of 2 to 6 whole numbers"),
        ("sizes", "2-3-1", "sizes is a list of 2 to 6 whole numbers"),
        ("output", "softmax", 'output is one of "yes or no", "classes", not'),
        ("inputs", [], "inputs is a list of 1 to 5 numbers from -99 to 99, not []"),
        ("inputs", [100], "inputs is a list of 1 to 5 numbers from -99 to 99"),
        ("column", 3, "column is a whole number from 0 to 2 here, not 3."),
        ("unit", 3, "unit is a whole number from 0 to 2 here, not 3."),
    ],
)
def test_wrong_values_are_refused_in_one_sentence(trait, value, sentence):
    w = FullyConnectedWidget()
    before = getattr(w, trait)
    with pytest.raises(traitlets.TraitError) as refusal:
        setattr(w, trait, value)
    assert str(refusal.value).startswith(sentence)
    assert getattr(w, trait) == before


class Outline(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, text):
        self.text += text


def test_fallback_says_what_there_is_and_holds_the_state():
    w = FullyConnectedWidget(sizes=[784, 128, 10], output="classes")
    page = Outline(w._html())
    assert page.text.startswith(
        "A network 784 - 128 - 10: 2 fully connected layers with 100,480 + 1,290 = 101,770 "
        "parameters. It answers with 10 classes."
    )
    state = json.loads(page.tags[0][1]["data-state"])
    again = FullyConnectedWidget(**state)
    assert again.state() == w.state() and again.sizes == [784, 128, 10]
    assert repr(w) == "FullyConnectedWidget(sizes=[784, 128, 10], output='classes')"


# The front end, in a browser

ANSWERS = """(all) => answers(all, (widget) =>
  ({ ...widget.counts(), values: widget.values(), weights: widget.weights() }))"""


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
        if not w.is_small:
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


def page_text(page):
    page.evaluate("drawn()")
    return " ".join(page.inner_text("main").split())


def test_the_sentences_of_the_lesson(open_widget):
    page = open_widget(FullyConnectedWidget(unit=2))
    text = page_text(page)
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
    text = page_text(page)
    assert "layer 1: (9,216 + 1) · 4,096 = 37,752,832" in text
    assert "58,631,144 numbers of 4 bytes: 224 MiB" in text
    assert "9,216·4,096 + 4,096·4,096 + 4,096·1,000 = 58,621,952" in text
    assert "unit 1 of 4,096 takes all 9,216 numbers: 9,216 weights + 1 bias" in text
    page.get_by_label("Network", exact=True).select_option("photograph")
    assert "layer 1: (154,587 + 1) · 4,096 = 633,192,448" in page_text(page)
    page.get_by_label("Layer 2", exact=True).fill("1")
    page.get_by_role("button", name="Remove a layer").click()
    page.get_by_label("Layer 2", exact=True).fill("10")
    assert "2.36 GiB" in page_text(page)
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


def test_a_last_layer_that_does_not_fit_is_explained_on_the_page(open_widget):
    page = open_widget(FullyConnectedWidget())
    page.get_by_label("Layer 2", exact=True).fill("4")
    w = FullyConnectedWidget(sizes=[2, 3, 4])
    assert w.problem in page_text(page)
    assert shown(page).endswith(w.problem)
    page.get_by_label("Layer 2", exact=True).fill("1")
    assert w.problem not in shown(page)
    assert w.problem not in page_text(page)


@pytest.mark.parametrize("typed", ["0", "2.5", "200001", "-3", "many", ""])
def test_what_is_no_number_of_units_is_refused_in_words(open_widget, typed):
    page = open_widget(FullyConnectedWidget())
    page.evaluate("drawn()")
    field = page.get_by_label("Layer 1", exact=True)
    field.fill(typed)
    assert field.get_attribute("aria-invalid") == "true"
    field.blur()
    assert shown(page) == (
        f"“{typed}” is no number of units: a layer has 1 to 200,000, a whole number. "
        "It stays as it was."
    )
    assert field.input_value() == "3" and field.get_attribute("aria-invalid") is None
    assert page.evaluate("model.get('sizes')") == [2, 3, 1]


def test_an_input_too_far_is_refused_and_others_change_the_answer(open_widget):
    page = open_widget(FullyConnectedWidget())
    page.get_by_label("x 1", exact=True).fill("100")
    page.get_by_label("x 1", exact=True).blur()
    assert shown(page) == "“100” is not a number from −99 to 99; the input stays as it was."
    page.get_by_label("x 1", exact=True).fill("1")
    page.get_by_label("x 2", exact=True).fill("1/2")
    assert "score 1, sigmoid 0.731: yes" in page_text(page)
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
        "The plane of x 1, to the right, and x 2, upwards, from −4 to 8; the point (2, 3): "
        "score −1, sigmoid 0.269: no. Arrow keys move it by a half.",
    ]
    at = "[model.get('column'), model.get('unit')]"
    canvas = page.get_by_role("application", name="Network")
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
    canvas = page.get_by_role("application", name="Network")
    box = canvas.bounding_box()
    canvas.click(position={"x": box["width"] / 2, "y": box["height"] * 0.78})
    assert page.evaluate("[model.get('column'), model.get('unit')]") == [1, 2]
    canvas.click(position={"x": 5, "y": box["height"] * 0.65})
    assert page.evaluate("[model.get('column'), model.get('unit')]") == [0, 1]
    assert "Input 2 of 2 goes to all 3 units of layer 1, over 3 weights 3" in page_text(page)


def plane(page):
    return page.get_by_role("application", name="The plane")


def test_the_point_moves_in_the_plane_by_pointer_and_by_keys(open_widget):
    page = open_widget(FullyConnectedWidget())
    inputs = "model.get('inputs').slice(0, 2)"
    side = plane(page).bounding_box()["width"]
    plane(page).click(position={"x": side * 5.1 / 12, "y": side * 6.9 / 12})
    assert page.evaluate(inputs) == [1, 1]
    assert "score 1, sigmoid 0.731: yes" in page_text(page)
    for key, point in [
        ("ArrowRight", [1.5, 1]),
        ("ArrowUp", [1.5, 1.5]),
        ("ArrowLeft", [1, 1.5]),
        ("Home", [-4, 1.5]),
        ("Control+End", [8, -4]),
        ("ArrowDown", [8, -4]),
    ]:
        plane(page).press(key)
        assert page.evaluate(inputs) == point, key
    page.get_by_label("x 1", exact=True).fill("9")
    assert "The point (9, −4) lies outside this part of the plane." in page_text(page)


def test_the_plane_shows_only_where_two_numbers_give_a_yes_or_no(open_widget):
    page = open_widget(FullyConnectedWidget())
    for settings, shows in [
        ({"sizes": [2, 1]}, True),
        ({"sizes": [3, 1]}, False),
        ({"sizes": [2, 3, 2]}, False),
        ({"sizes": [2, 3, 1], "output": "classes"}, False),
        ({"sizes": [2, 6, 1], "output": "yes or no"}, False),
    ]:
        page.evaluate("(all) => Object.entries(all).forEach((one) => model.set(...one))", settings)
        page.evaluate("drawn()")
        assert plane(page).is_visible() is shows, settings


@pytest.mark.parametrize("sizes", [[2, 3, 1], [2, 1], [2, 4, 5, 1]])
def test_the_shaded_part_of_the_plane_is_where_torch_says_yes(open_widget, sizes):
    page = open_widget(FullyConnectedWidget(sizes=sizes))
    steps = -4 + (torch.arange(120, dtype=torch.float64) + 0.5) / 10
    x = torch.cartesian_prod(steps, steps)  # (120 · 120, 2)
    layers = example_layers(sizes)
    for i, (w, b) in enumerate(layers):
        y = torch.nn.functional.linear(x, torch.tensor(w), torch.tensor(b))
        x = torch.relu(y) if i < len(layers) - 1 else y
    share = (x > 1e-12).double().mean().item()
    assert page.evaluate("view.el.alexnetWidget.yes()") == pytest.approx(share, abs=1e-3)
