"""The figures of single lessons: bends, channels, a plane, a valley, units crossed out."""

import numpy as np
import pytest

from alexnet_lib.plots import bends, channels, crossed_out, plane, valley


def test_channels_show_each_sum_and_the_one_they_make(look):
    x = np.array([[[1, 2, 0], [0, 1, 3], [2, 0, 1]], [[0, 1, 1], [2, 0, 1], [1, 1, 0]]])
    kernel = np.array([[[1, 0], [0, 1]], [[0, 2], [1, 0]]])
    picture = channels(x, kernel, bias=1, at=(0, 1))
    texts = look.texts(picture)
    assert {"= 5", "= 2", "5 + 2 + 1 = 8", "channel 1", "kernel 0"} <= set(texts)
    assert "row by row: 7 8; 2 6." in picture.alt
    assert len(look.outlines(picture)) == 3  # a window in each channel, and the output


def test_a_plane_is_shaded_where_the_score_is_above_0():
    half = plane(lambda points: points[:, 0] - 2)
    assert "50% of it is shaded" in half.alt
    assert "(1, −1)" in plane(points=[(1, -1)]).alt


def test_a_valley_has_a_panel_for_each_way_and_says_what_left_it(look):
    picture = valley(lambda w: w**2, {"short": [2, 1, 0.5], "wild": [2, -30, 400]}, "w", "loss")
    assert {"short", "wild"} <= set(look.texts(picture))
    assert "short: from 2 to 0.50 in 2 steps" in picture.alt
    assert "wild: from 2 to 400 in 2 steps, the last 2 of them off the picture" in picture.alt


def test_bends_have_a_panel_each_with_value_and_slope(look):
    x = np.array([-2.0, 0, 2])
    picture = bends(x, {"ReLU": ([0, 0, 2], [0, 0, 1]), "|x|": ([2, 0, 2], [-1, 0, 1])})
    assert {"ReLU", "|x|", "value", "slope"} <= set(look.texts(picture))
    assert "over numbers from −2 to 2" in picture.alt
    assert "|x| goes from 2 to 2, its slope from −1 to 1, at most 1" in picture.alt
    (value,), (slope,) = look.shapes(picture, "ReLU"), look.shapes(picture, "ReLU, slope")
    assert value.get_ydata()[0] == slope.get_ydata()[0] and value.get_linestyle() == "-"
    assert value.get_ydata()[2] < slope.get_ydata()[2]  # 2 is higher on the page than 1
    assert slope.get_linestyle() != "-"


def test_crossed_out_units_are_counted():
    alt = crossed_out([2, 4, 3, 1], [[1, 0, 0, 1], [1, 1, 0]]).alt
    assert "2 of 4 in hidden layer 1, 1 of 3 in hidden layer 2" in alt


@pytest.mark.parametrize(
    ("draw", "sentence"),
    [
        (lambda: channels(np.ones((2, 3, 3)), np.ones((3, 2, 2))), "each of the 2 channels"),
        (lambda: channels(np.ones((1, 3, 3)), np.ones((1, 2, 2)), at=(2, 0)), "outside the output"),
        (lambda: valley(np.square, {}, "w", "loss"), "one to three names"),
        (lambda: crossed_out([2, 3, 1], [[True]]), "a bool for each unit"),
        (lambda: bends([0, 1], {}), "one to 6 names"),
        (lambda: bends([1, 0], {"a": ([0, 1], [1, 1])}), "larger than the one before"),
        (lambda: bends([0, 1], {"a": ([0, 1],)}), "two curves"),
        (lambda: bends([0, 1], {"a": ([0, 1], [1])}), "for each number in x"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_sentence(draw, sentence):
    with pytest.raises(ValueError, match=sentence):
        draw()
