"""Values of single runs: where the dots, the mean and the interval stand, and in which words."""

import numpy as np
import pytest

from alexnet_lib.plots import spread

RUNS = {"plain": [80, 81, 82.5], "dropout": [82, 82, 82, 84]}


def test_every_value_is_a_dot_in_its_place(look):
    picture = spread(RUNS, "accuracy, %", "Title")
    (plain,), (other,) = look.shapes(picture, "plain"), look.shapes(picture, "dropout")
    x = plain.get_xdata()
    assert np.allclose((x - x[0]) / (x[2] - x[0]), [0, 0.4, 1])
    assert len(other.get_xdata()) == 4 and other.get_xdata()[0] < x[2] < other.get_xdata()[3]
    marks = {t.get_text(): t.get_position()[0] for t in look.page(picture).texts}
    assert marks["80"] == pytest.approx(x[0])
    assert marks["82"] == pytest.approx(other.get_xdata()[0])
    assert look.texts(picture)[0] == "Title"
    assert "accuracy, %" in look.texts(picture)


def test_dots_in_the_same_place_stand_aside(look):
    (line,) = look.shapes(spread(RUNS, "%"), "dropout")
    heights = line.get_ydata()
    assert len({(x, y) for x, y in zip(line.get_xdata(), heights, strict=True)}) == 4
    assert heights[3] == heights[0]  # the one that is alone stays in the middle
    apart = np.abs(np.subtract.outer(heights[:3], heights[:3]))
    assert apart[~np.eye(3, dtype=bool)].min() >= 5


def test_the_interval_reaches_from_end_to_end(look):
    picture = spread(RUNS, "%", intervals={"plain": (80.5, 82)})
    (box,) = look.cells(picture)
    marks = {t.get_text(): t.get_position()[0] for t in look.page(picture).texts}
    assert box.get_x() + box.get_width() == pytest.approx(marks["82"])
    middle = (marks["80"] + marks["81"]) / 2
    assert box.get_x() == pytest.approx(middle)
    assert picture.alt == (
        "Values of single runs, %: plain 80, 81, 82.5; mean 81.17, interval from 80.5 to 82."
        " dropout 82, 82, 82, 84; mean 82.5."
    )


def test_negative_numbers_are_told_with_a_minus():
    alt = spread({"change": [-0.5, 0.25]}, "points").alt
    assert "change −0.5, 0.25; mean −0.125" in alt


@pytest.mark.parametrize(
    ("groups", "intervals", "complaint"),
    [
        ({}, None, "one to eight names"),
        ([1, 2], None, "one to eight names"),
        ({"a": [1, np.nan]}, None, "not a finite number"),
        ({"a": [[1], [2]]}, None, "a list of numbers"),
        ({"a": [1] * 41}, None, "up to 40 values"),
        ({"a": [1]}, {"b": (0, 1)}, "none of the groups"),
        ({"a": [1]}, {"a": (2, 1)}, "the lower one first"),
        ({"a": [1]}, {"a": (1, 2, 3)}, "the lower one first"),
        ({"a name that leaves no room whatever for its dots": [1, 2]}, None, "shorten"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_a_sentence(groups, intervals, complaint):
    with pytest.raises(ValueError, match=complaint):
        spread(groups, "unit", intervals=intervals)
