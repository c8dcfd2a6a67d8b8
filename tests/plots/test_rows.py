"""Rows of small pictures."""

import numpy as np
import pytest

from alexnet_lib.plots import picture_rows

RED = np.full((90, 90, 3), (200, 0, 0), np.uint8)
BLUE = np.full((20, 20, 3), (0, 0, 200), np.uint8)


def test_each_row_stands_under_its_name(look):
    picture = picture_rows([[RED, BLUE], [BLUE]], ["first", "second"], [["a", "b"], ["c"]], "Both")
    images = look.page(picture).images
    tones = [np.asarray(image.get_array())[24, 24].tolist() for image in images]
    assert tones == [[200, 0, 0], [0, 0, 200], [0, 0, 200]]
    places = [image.get_extent() for image in images]  # left, right, bottom, top
    assert places[0][0] == places[2][0] < places[1][0] and places[0][2] < places[2][3]
    assert look.texts(picture) == ["Both", "first", "a", "b", "second", "c"]
    assert picture.alt == (
        "Both. first: 2 pictures in colour: a, b. second: 1 picture in colour: c."
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (([[RED]], []), "Give a name for each row"),
        (([[]], ["none"]), "Give a name for each row"),
        (([[RED]], ["one"], [["a", "b"]]), r"rows have \[1\] pictures, but \[2\] captions"),
        (([[RED[:40]]], ["one"]), "squares, but one is 40 × 90"),
        (([[RED / 255]], ["one"]), "in colour, .* float64"),
        (([[RED[:, :, 0]]], ["one"]), "in colour, .* 90 × 90"),
    ],
)
def test_what_cannot_be_drawn_is_refused(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        picture_rows(*arguments)
