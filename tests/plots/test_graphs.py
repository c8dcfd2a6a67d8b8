"""The graph of a computation."""

import numpy as np
import pytest

from alexnet_lib.plots import graph, graphs, layer_graph, unit_graph
from alexnet_lib.widgets import backprop

UNIT = {
    "w": (),
    "x": (),
    "b": (),
    "p": ("×", "w", "x"),
    "s": ("+", "p", "b"),
    "a": ("ReLU", "s"),
}


def boxes(look, picture, names):
    """{name: (left, top, width, height)} of the boxes."""
    found = {}
    for name in names:
        (box,) = look.shapes(picture, name)
        found[name] = box.get_x(), box.get_y(), box.get_width(), box.get_height()
    return found


def test_numbers_flow_to_the_right_and_no_box_lies_on_another(look):
    twice = {"x": (), "w": (), "v": (), "p": ("×", "x", "w"), "q": ("×", "w", "v")}
    twice |= {"y": ("+", "p", "q"), "t": (), "d": ("−", "y", "t"), "e": ("−", "p", "d")}
    for nodes in (UNIT, twice):
        placed = boxes(look, graph(nodes), nodes)
        for name, node in nodes.items():
            for of in node[1:]:
                assert placed[of][0] + placed[of][2] + 20 < placed[name][0]
        for name, (x, y, wide, tall) in placed.items():
            for other, (x2, y2, wide2, tall2) in placed.items():
                apart = x + wide < x2 or x2 + wide2 < x or y + tall < y2 or y2 + tall2 < y
                assert name == other or apart


def test_what_is_given_stands_right_before_its_first_use(look):
    placed = boxes(look, graph(UNIT), UNIT)
    assert placed["b"][0] == placed["p"][0] > placed["w"][0] == placed["x"][0]


def test_values_gradients_and_slopes_are_shown_and_told(look):
    values = {"w": 2, "x": 3, "b": -1, "p": 6, "s": 5, "a": 5}
    gradients = {"a": 1, "s": 1, "w": 3, "x": 2.5}
    slopes = {("p", "w"): 3, ("p", "x"): 2, ("a", "s"): 1}
    picture = graph(UNIT, values, gradients, slopes, "One unit")
    texts = look.texts(picture)
    for text in ("w", "p ×", "a ReLU", "−1", "grad 3", "grad 2.50", "·3", "·2"):
        assert text in texts
    assert picture.alt == (
        "One unit. A graph of a computation. Given: w = 2, x = 3, b = −1."
        " p = 6: × of w and x, its slope 3 along w and 2 along x. s = 5: + of p and b."
        " a = 5: ReLU of s, its slope 1 along s. Gradients: a 1, s 1, w 3, x 2.50."
    )
    assert look.shapes(picture, "w p") and look.shapes(picture, "s a")


def test_without_numbers_it_shows_the_names_alone(look):
    picture = graph(UNIT)
    assert look.texts(picture) == ["w", "x", "b", "p ×", "s +", "a ReLU"]
    assert picture.alt.endswith("a: ReLU of s.")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (([],), "must be a dict of names"),
        (({},), "must be a dict of names"),
        (({"x": "w"},), "must be () or"),
        (({"x": ("ReLU",)},), "must be () or"),
        (({"y": ("ReLU", "x"), "x": ()},), "takes 'x', which doesn't stand before it"),
        ((UNIT, {"z": 1}), "values has 'z'"),
        ((UNIT, {}, {"z": 1}), "gradients has 'z'"),
        ((UNIT, {}, {}, {("a", "w"): 1}), "no arrow goes from w to a"),
        ((UNIT, {}, {}, {("z", "w"): 1}), "no arrow goes from w to z"),
    ],
)
def test_what_no_graph_can_be_made_of_is_refused(arguments, why):
    with pytest.raises(ValueError, match="(?i)" + why.replace("(", r"\(").replace(")", r"\)")):
        graph(*arguments)


def test_a_graph_too_wide_for_a_page_is_refused():
    nodes = {"n0": ()} | {f"n{i}": ("ReLU", f"n{i - 1}") for i in range(1, 12)}
    with pytest.raises(ValueError, match="12 boxes in a row are too wide"):
        graph(nodes)


def test_the_unit_of_the_lesson_has_the_numbers_that_the_widget_computes():
    given = {name: graphs.UNIT_VALUES[name] for name in ("w", "x", "b", "t")}
    values = backprop.forward("neuron", given)
    gradients = backprop.backward("neuron", values)
    assert (values, gradients) == (graphs.UNIT_VALUES, graphs.UNIT_GRADIENTS)
    for name, (operation, *taken) in backprop.GRAPHS["neuron"]["nodes"].items():
        slopes = backprop.OPERATIONS[operation][1](*(values[of] for of in taken))
        assert [graphs.UNIT_SLOPES[name, of] for of in taken] == list(slopes)
    assert "Gradients" not in unit_graph().alt and "w 6, x 4" in unit_graph(back=True).alt


def test_the_layer_of_the_lesson_has_the_numbers_of_its_matrices():
    values, back = graphs.LAYER_VALUES, graphs.LAYER_GRADIENTS
    w = np.array([[values[f"w{i}{j}"] for j in (1, 2)] for i in (1, 2)])  # (2, 2)
    a, dz = (np.array([f[f"{x}1"], f[f"{x}2"]]) for f, x in ((values, "a"), (back, "z")))  # (2,)
    assert [values["z1"], values["z2"]] == (w @ a).tolist()
    for i, j in np.ndindex(2, 2):
        assert values[f"p{i + 1}{j + 1}"] == w[i, j] * a[j]
        assert back[f"p{i + 1}{j + 1}"] == dz[i]
        assert back[f"w{i + 1}{j + 1}"] == dz[i] * a[j]
    assert [back["a1"], back["a2"]] == (dz @ w).tolist()
    assert layer_graph().alt.endswith("Gradients: z1 1, z2 −1.")
    assert layer_graph(back=True).alt.endswith("a1 −2, a2 3.")
