"""A cloud of points: where the dots and the arrows stand, and in which words."""

import numpy as np
import pytest

from alexnet_lib.plots import cloud

POINTS = np.array([[-3, -1], [-1, -3], [1, 3], [3, 1]])
AXES = [[2, 2], [1, -1]]


def test_every_point_is_a_dot_in_its_place_with_one_scale_both_ways(look):
    picture = cloud(POINTS, AXES, "red", "green", title="Title")
    (dots,) = [c for c in look.page(picture).collections if c.get_gid() == "points"]
    x, y = dots.get_offsets().T
    assert np.allclose((x - x[0]) / (x[3] - x[0]), (POINTS[:, 0] + 3) / 6)
    assert np.allclose((y[0] - y) / (x[3] - x[0]), (POINTS[:, 1] + 1) / 6)
    assert look.texts(picture)[0] == "Title"
    assert {"red", "green", "1", "2", "−4", "4"} <= set(look.texts(picture))


def test_colours_are_those_given(look):
    colours = np.eye(3)[[0, 1, 2, 0]]
    picture = cloud(POINTS, AXES, "red", "green", colours=colours)
    (dots,) = [c for c in look.page(picture).collections if c.get_gid() == "points"]
    assert np.allclose(dots.get_facecolors()[:, :3], colours)


def test_the_words_name_the_axes():
    assert cloud(POINTS + 10, AXES, "red", "green").alt == (
        "4 points, green against red, around (10, 10): axis 1 reaches (2, 2) from the middle, and"
        " as far the other way; axis 2 reaches (1, −1) from the middle, and as far the other way."
    )


@pytest.mark.parametrize(
    ("points", "axes", "complaint"),
    [
        ([[1, 2, 3]], AXES, "two numbers in each row"),
        (POINTS, [[1, 2, 3]], "two numbers in each row"),
        (np.zeros((2001, 2)), AXES, "1 to 2,000 points"),
        ([[1, np.nan]], AXES, "not a finite number"),
        ([1, 2], AXES, "a table"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_a_sentence(points, axes, complaint):
    with pytest.raises(ValueError, match=complaint):
        cloud(points, axes, "x", "y")
