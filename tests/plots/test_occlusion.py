"""The picture of what an answer rests on."""

import numpy as np
import pytest

from alexnet_lib.plots import occlusion
from alexnet_lib.plots.occlusion import spread_out

PICTURE = np.full((8, 10, 3), 255, np.uint8)


def test_the_deepest_orange_is_where_covering_takes_most(look):
    shares = np.full((3, 4), 0.9)  # windows of 4, step 2, on 8 × 10
    shares[1, 2] = 0.1
    shares[0, 0] = 1.0
    picture = occlusion(PICTURE, shares, 0.9, 4, 2, "duck", "A duck")
    original, colours = (np.asarray(i.get_array(), float) for i in look.page(picture).images)
    assert original.shape == colours.shape == (8, 10, 3)
    red, blue = colours[..., 0], colours[..., 2]  # (8, 10)
    top = np.unravel_index((red - blue).argmax(), red.shape)
    assert 2 <= top[0] < 6 and 4 <= top[1] < 8  # in the square that begins at (2, 4)
    assert (blue - red).argmax() == 0  # the corner, whose covering helps
    assert abs(red[-1, 0] - blue[-1, 0]) < 12  # nothing changes there: of 255
    texts = [text.replace("\u00a0", " ") for text in look.texts(picture)]
    assert texts[:3] == ["A duck", "duck: 90.0 %", "frame covered: 10.0 %"]
    assert picture.alt == (
        "A duck. A picture of 8 × 10 pixels, in which the network sees duck at 90.0 %. The answer"
        " rests most on the square of 4 pixels that begins at row 2, column 4: with it covered,"
        " 10.0 % remain. 1 of 12 places take at least half as much. Covering 1 of them raises the"
        " share by more than 1 point."
    )


def test_where_no_place_counts_none_is_framed(look):
    picture = occlusion(PICTURE, np.full((3, 4), 0.9998), 1, 4, 2, "duck")
    assert look.outlines(picture) == []
    assert look.texts(picture)[1].replace("\u00a0", " ") == "covered: at least 99.9 %"
    assert picture.alt.endswith("Wherever a square of 4 pixels is covered, at least 99.9 % remain.")


def test_a_pixel_gets_the_mean_of_the_squares_over_it():
    counts = spread_out(np.array([[1.0, 3.0]]), (2, 5), 2, 2)  # (2, 5)
    assert counts.tolist() == [[1, 1, 3, 3, 0]] * 2  # the last column is never covered
    assert spread_out(np.array([[1.0, 3.0]]), (2, 3), 2, 1).tolist() == [[1, 2, 3]] * 2


def test_a_map_of_another_picture_is_refused():
    with pytest.raises(ValueError, match=r"3 × 4 places on a picture of 8 × 10, but there are 2 ×"):
        occlusion(PICTURE, np.ones((2, 2)), 1, 4, 2)
    with pytest.raises(ValueError, match="window must be at least 1"):
        occlusion(PICTURE, np.ones((2, 2)), 1, 0, 2)
