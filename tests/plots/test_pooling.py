"""Pooling in numbers: what is drawn, framed, hatched and told."""

import numpy as np
import pytest

from alexnet_lib.plots import pooling

MAP = np.array([[3, 1, 0, 2], [5, 7, 4, 2], [8, 0, 1, 3], [2, 6, 9, 7]])


def test_it_shows_the_picture_the_largest_and_the_means(look):
    picture = pooling(MAP, 2, (0, 1))
    assert look.texts(picture) == [
        *("picture", "4 × 4", *map(str, MAP.flat), "→"),
        *("largest", "2 × 2", "7", "4", "8", "9"),
        *("mean", "2 × 2", "4", "2", "4", "5"),
    ]
    assert picture.alt == (
        "A 4 × 4 picture, pooled in windows of 2 × 2 with stride 2. Largest: 7 4; 8 9. Mean: 4 2;"
        " 4 5. The framed window holds 0, 2, 4, 2: the largest is 4, the mean 2. 4 of 16 cells are"
        " the largest of a window, and hatched."
    )


def test_the_cells_that_win_a_window_are_hatched_once(look):
    cells = look.cells(pooling(MAP, 2))
    hatched = [bool(box.get_hatch()) for box in cells]
    assert [i for i, mark in enumerate(hatched) if mark] == [5, 6, 8, 14]
    overlapping = np.zeros((5, 5))
    overlapping[2, 2] = 9  # read by four windows of 3 with stride 2
    picture = pooling(overlapping, 3, stride=2)
    assert [i for i, box in enumerate(look.cells(picture)) if box.get_hatch()] == [12]
    assert "1 of 25 cells are the largest" in picture.alt
    flat = pooling(np.ones((3, 3)), 3)  # of equals the first wins
    assert [i for i, box in enumerate(look.cells(flat)) if box.get_hatch()] == [0]


def test_the_window_is_framed_where_the_stride_puts_it(look):
    picture = pooling(np.arange(35).reshape(5, 7), (2, 3), (1, 1), stride=(2, 3))
    grid = look.cells(picture)[0]
    wide, tall = grid.get_width(), grid.get_height()
    (x, y, width, height), largest, mean = look.outlines(picture)
    assert ((x - grid.get_x()) / wide, (y - grid.get_y()) / tall) == (3, 2)
    assert (width / wide, height / tall) == (3, 2)
    assert largest[3] / tall == mean[3] / tall == 1
    assert "in windows of 2 × 3 with stride 2 × 3." in picture.alt
    assert "holds 17, 18, 19, 24, 25, 26: the largest is 26, the mean 21.50." in picture.alt


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((MAP, 2, (2, 0)), r"at=\(2, 0\) lies outside the output of 2 × 2 numbers"),
        ((MAP, 5), "A kernel of 5 spans 5 pixels, but the image has 4"),
        ((MAP[0], 2), "image must be a table"),
    ],
)
def test_what_cannot_be_drawn_is_said_in_a_sentence(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        pooling(*arguments)
