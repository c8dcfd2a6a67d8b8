"""A small network: a circle for each number, a line for each weight."""

import numpy as np
import pytest

from alexnet_lib.plots import units

# The network of the lesson on fully connected layers, at the point (2, 3).
W1, B1 = np.array([[-2.0, 1], [1, -2], [1, 1]]), np.array([-1.0, -1, -4])
W2, B2 = np.array([[-1.0, -1, -2]]), np.array([1.0])
STEPS = [(W1, B1), "ReLU", (W2, B2), "sigmoid"]


def test_every_number_stands_in_its_circle(look):
    picture = units([2, 3], STEPS)
    places = {}
    for i, column in enumerate([[2, 3], [-2, -5, 1], [0, 0, 1], [-1], [0.27]]):
        for j in range(len(column)):
            (circle,) = look.shapes(picture, f"unit {i} {j}")
            places[tuple(np.round(circle.center, 6))] = column[j]
    assert len(places) == 10
    texts = {
        tuple(np.round(text.get_position(), 6)): text.get_text()
        for text in look.page(picture).texts
    }
    for place, number in places.items():
        assert texts[place] == str(number).replace("-", "−")


def test_a_line_for_each_weight_and_an_arrow_for_each_number(look):
    picture = units([2, 3], STEPS)
    for j, k in np.ndindex(3, 2):
        (line,) = look.shapes(picture, f"weight 1 {j} {k}")
        (end,), (start,) = (look.shapes(picture, f"unit {u}") for u in (f"1 {j}", f"0 {k}"))
        x, y = line.get_xdata(), line.get_ydata()
        assert (y[0], y[1]) == (start.center[1], end.center[1])
        assert start.center[0] < x[0] < x[1] < end.center[0]
        assert (line.get_linestyle() == "-") == (W1[j, k] > 0)  # below 0: dashes, not colour alone
    assert sum(len(look.shapes(picture, f"ReLU 2 {j}")) for j in range(3)) == 3
    assert len(look.shapes(picture, "sigmoid 4 0")) == 1
    texts = look.texts(picture)
    assert [texts.count(f"bias {b}") for b in ("−1", "−4", "1")] == [2, 1, 1]
    assert texts.count("ReLU") == 3


def test_one_unit_can_be_pointed_out_with_its_sum(look):
    picture = units([2, 3], STEPS, at=(1, 2), names=["input", "sums", "", "score", "p"])
    assert look.texts(picture)[-1] == "2·1 + 3·1 − 4 = 1"
    strong, pale = (look.shapes(picture, f"weight 1 {j} 0")[0] for j in (2, 1))
    assert strong.get_linewidth() > pale.get_linewidth()  # both weights are 1
    assert look.shapes(picture, "unit 1 2")[0].get_linewidth() == 3
    assert picture.alt == (
        "input: 2, 3. sums: 3 units, each with 2 weights and a bias, give −2, −5, 1. ReLU makes of"
        " them 0, 0, 1. score: one unit with 3 weights and a bias, gives −1. sigmoid makes of it"
        " 0.27. The sum of the unit in the thick circle: 2·1 + 3·1 − 4 = 1."
    )


def test_with_many_units_the_weights_are_lines_without_numbers(look):
    picture = units(np.ones(5), [(np.full((5, 5), 7), np.zeros(5))])
    assert look.texts(picture) == ["1"] * 5 + ["35", "bias 0"] * 5
    assert len([line for line in look.page(picture).lines if line.get_gid()]) == 25


@pytest.mark.parametrize(
    ("x", "steps", "more", "sentence"),
    [
        ([1, 2], [], {}, "From 2 to 8 columns of up to 8 units can be drawn, not 2."),
        (np.ones(9), [(np.ones((1, 9)), [0])], {}, "not 9 - 1."),
        ([1, 2], ["softsign"], {}, "one of ReLU, sigmoid, tanh, not 'softsign'."),
        ([1, 2], [3], {}, "A step is a layer"),
        ([1, 2], [(W2, B2)], {}, "w must have shape"),
        ([1, 2], [(W1, B2)], {}, "b must have shape"),
        ([1, 2], STEPS, {"at": (1, 3)}, r"at=\(1, 3\) is no unit"),
        ([1, 2], STEPS, {"at": (2, 0)}, "Column 2 has no weights"),
        ([1, 2], STEPS, {"names": ["a"]}, "a name for each of the 5 columns, not 1"),
    ],
)
def test_what_cannot_be_drawn_is_refused(x, steps, more, sentence):
    with pytest.raises(ValueError, match=sentence):
        units(x, steps, **more)
