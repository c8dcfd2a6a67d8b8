"""The fully connected widget's Python side."""

import json
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import pytest
import torch
import traitlets

from alexnet_lib.networks.variants import plan
from alexnet_lib.widgets import FullyConnectedWidget
from alexnet_lib.widgets.fully_connected import PRESETS, example_layers


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
