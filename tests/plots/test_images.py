"""Sheets of images, kernels and maps."""

import numpy as np
import pytest

from alexnet_lib.data import gray, photo
from alexnet_lib.plots import feature_maps, filters, pictures
from alexnet_lib.plots.images import GREY, SIGNED

HILL = np.array([[0, 1, 2, 1], [1, 3, 5, 3], [2, 5, 9, 5], [1, 3, 5, 3]])
EDGES = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])


def test_pictures_draw_the_data_in_whole_pixels(look):
    grey, edges = gray(photo("coffee")), look.convolve("coffee", EDGES)
    picture = pictures([grey, edges], ["grey, 227 × 227", "edges, 225 × 225"], title="Two")
    drawn = look.page(picture).images
    assert len(drawn) == 3  # and the key
    assert np.array_equal(drawn[0].get_array(), grey)
    assert drawn[0].get_cmap() == GREY
    assert drawn[0].get_clim() == (0, 255)
    assert np.array_equal(drawn[1].get_array(), edges)
    assert drawn[1].get_cmap() == SIGNED
    low, high = drawn[1].get_clim()
    assert low == -high
    assert high == pytest.approx(np.percentile(abs(edges), 99))
    for image, side in zip(drawn, (227, 225), strict=False):
        left, right, bottom, top = image.get_extent()
        assert (right - left) * 2 % side == (bottom - top) * 2 % side == 0
        assert left * 2 == round(left * 2)
    assert look.texts(picture)[0] == "Two"
    assert [t.replace("\u00a0", " ") for t in look.texts(picture)[1:3]] == [
        "grey, 227 × 227",
        "edges, 225 × 225",
    ]
    assert look.texts(picture)[3:] == ["negative", "positive", "0"]
    assert picture.alt == (
        "Two. grey, 227 × 227: grey, from 0 to 255. edges, 225 × 225: blue for negative to orange"
        " for positive, from −919 to 854."
    )


def test_pictures_in_colour_keep_their_colours(look):
    picture = pictures([photo("coffee")], ["coffee"])
    drawn = np.asarray(look.page(picture).images[0].get_array(), float)  # (227, 227, 3)
    assert abs(drawn - photo("coffee")).mean() < 6  # of 255
    assert picture.alt == "coffee: colour, 227 × 227 pixels, from 0 to 255."
    floats = pictures([photo("coffee") / 255], ["coffee"])
    assert np.array_equal(look.page(floats).images[0].get_array(), drawn)


@pytest.mark.parametrize(
    ("image", "limits"),
    [
        (np.uint8([[0, 1]]), (0, 255)),
        (np.array([[0.0, 0.5]]), (0, 1)),
        (np.array([[0.0, 2.0]]), (0, 255)),
        (np.array([[0.0, 1 + 1e-12]]), (0, 1)),  # a weighted mean of white, rounded
        (np.array([[0, 300]]), (0, 300)),
        (np.array([[True, False]]), (0, 1)),
    ],
)
def test_black_and_white_of_grey_images(look, image, limits):
    assert look.page(pictures([image], ["x"])).images[0].get_clim() == limits


def test_signed_can_be_decided_by_hand(look):
    image = np.array([[0.0, 0.5]])
    assert look.page(pictures([image], ["x"], signed=True)).images[0].get_cmap() == SIGNED
    plain = look.page(pictures([image - 0.25], ["x"], signed=False)).images
    assert len(plain) == 1
    assert plain[0].get_clim() == (-0.25, 1)
    zeros = look.page(pictures([image * 0], ["x"], signed=True)).images[0]
    assert zeros.get_clim() == (-1, 1)


def test_pictures_stand_in_columns(look):
    drawn = look.page(pictures([HILL / 9] * 5, list("abcde"), columns=2)).images
    corners = [(image.get_extent()[0], image.get_extent()[3]) for image in drawn]
    assert len({x for x, _ in corners}) == 2
    assert len({y for _, y in corners}) == 3
    assert corners == sorted(corners, key=lambda corner: (corner[1], corner[0]))


def test_frames_lie_around_their_pixels_and_are_told(look):
    image = np.zeros((10, 20), np.uint8)
    picture = pictures([image, image], ["one", "two"], frames={1: [(2, 4, 5, 10)]})
    left, right, bottom, top = look.page(picture).images[1].get_extent()
    scale = (right - left) / 20
    frames = [patch for patch in look.page(picture).patches if not patch.get_fill()]
    assert len(frames) == 2  # the frame and its rim
    for frame in frames:
        assert frame.get_x() == pytest.approx(left + 4 * scale)
        assert frame.get_y() == pytest.approx(min(top, bottom) + 2 * scale)
        assert frame.get_width() == pytest.approx(10 * scale)
        assert frame.get_height() == pytest.approx(5 * scale)
    assert picture.alt.endswith("A frame of 5 × 10 in two begins at row 2, column 4.")


def test_ranges_in_words_do_not_show_rounding_noise():
    image = np.array([[-1e-17, 0.123456, 0.98765]])
    assert pictures([image], ["x"], signed=False).alt.endswith("from 0 to 0.988.")


def test_filters_in_colour_have_one_scale_about_grey(look):
    weights = np.zeros((7, 3, 11, 11))
    weights[2, 0] = 0.5  # red
    weights[5] = -0.5
    weights[6, :, 0, 0] = 0.25
    picture = filters(weights, "Kernels", columns=4)
    (image,) = look.page(picture).images
    drawn = image.get_array()  # two rows of four kernels, a line of one weight between them
    assert drawn.shape == (23, 47, 3)
    kernels = [drawn[r : r + 11, c : c + 11] for r in (0, 12) for c in (0, 12, 24, 36)]
    assert np.allclose(kernels[0], 0.5)
    assert np.allclose(kernels[2], [1, 0.5, 0.5])
    assert np.allclose(kernels[5], 0)
    assert np.allclose(kernels[6][0, 0], 0.75)
    paper = drawn[:, 11]
    assert np.allclose(kernels[7], paper[0])
    assert np.allclose(paper, paper[0])
    assert paper.min() > 0.9
    left, right, bottom, top = image.get_extent()
    assert (right - left) * 2 % 47 == (bottom - top) * 2 % 23 == 0
    assert look.texts(picture)[1] == "mid grey is 0, white 0.5 or more, black −0.5 or less"
    assert picture.alt == (
        "Kernels. 7 kernels of 3 × 11 × 11 in colour, 4 in a row, numbered from 0; weights from"
        " −0.5 to 0.5. The strongest is kernel 5, the weakest kernel 0. Scale: mid grey is 0,"
        " white 0.5 or more, black −0.5 or less."
    )


def test_filters_on_one_map_are_signed(look):
    weights = np.array([[[1.0, -1.0], [0.0, 0.5]]])  # (1, 2, 2)
    drawn = look.page(filters(weights)).images[0].get_array()
    assert np.allclose(drawn, SIGNED(weights[0] / 2 + 0.5)[..., :3])
    same = look.page(filters(weights[:, None])).images[0].get_array()
    assert np.array_equal(drawn, same)
    assert "light is 0, orange 1 or more, blue −1 or less" in filters(weights).alt
    assert "from blue for negative to orange" in filters(weights).alt


def test_feature_maps_strongest_first_in_one_scale(look):
    maps = np.ones((5, 4, 4)) * np.array([1, 4, 0, 3, 2])[:, None, None]
    picture = feature_maps(maps, title="Maps", count=4)
    drawn = look.page(picture).images
    assert [image.get_array()[0, 0] for image in drawn] == [1, 0.75, 0.5, 0.25]
    assert {image.get_clim() for image in drawn} == {(0, 1)}
    assert all(image.get_cmap() == GREY for image in drawn)
    assert look.texts(picture) == [*["Maps", "1", "3", "4", "0", "black is 0, white 4 or more"]]
    lefts = [image.get_extent()[0] for image in drawn]
    assert lefts == sorted(lefts)
    assert picture.alt == (
        "Maps. 4 of 5 maps of 4 × 4, strongest first, with the mean size of their values: 1 (4),"
        " 3 (3), 4 (2), 0 (1). Values from 0 to 4. Scale: black is 0, white 4 or more. 1 of all 5"
        " maps is 0 everywhere."
    )


def test_feature_maps_in_their_order_with_titles_and_signs(look):
    maps = np.array([[[1.0]], [[-2.0]], [[0.0]]])  # (3, 1, 1)
    picture = feature_maps(maps, titles=["a", "b", "c"], strongest=False, columns=2)
    drawn = look.page(picture).images
    assert [image.get_array()[0, 0] for image in drawn] == [1, -2, 0]
    assert all(image.get_cmap() == SIGNED for image in drawn)
    low, high = drawn[0].get_clim()
    assert low == -high
    assert look.texts(picture)[:3] == ["a", "b", "c"]
    corners = [(image.get_extent()[0], image.get_extent()[3]) for image in drawn]
    assert corners[0][0] == corners[2][0] < corners[1][0]
    assert corners[0][1] == corners[1][1] < corners[2][1]


def test_only_as_many_maps_as_a_page_can_carry():
    large = np.random.default_rng(0).random((3, 227, 227))
    picture = feature_maps(large)
    assert picture.alt.startswith("2 of 3 maps of 227 × 227")
    assert len(picture.png) < 100_000


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: pictures([], []), "at least one of each: there are 0 images and 0 titles"),
        (lambda: pictures([HILL], []), "there are 1 images and 0 titles"),
        (lambda: pictures([HILL], [3]), r"Titles are texts, but \[3\] was given"),
        (lambda: pictures([HILL], ["x"], columns=0), "columns must be at least 1"),
        (
            lambda: pictures([np.ones((3, 5, 5))], ["x"]),
            r"or in colour \(H, W, 3\), but.*\(3, 5, 5",
        ),
        (lambda: pictures([np.ones((5, 5, 3)) * 2], ["x"]), "from 0 to 1, but it goes from 2 to 2"),
        (lambda: pictures([[["a"]]], ["x"]), "image 0 must be grey|of numbers"),
        (lambda: pictures([[[np.inf]]], ["x"]), "image 0 holds a value that is not a finite"),
        (lambda: pictures([HILL] * 8, ["unpronounceable"] * 8, 8), "'unpronounceable' is wider"),
        (lambda: pictures([[[1], [1, 2]]], ["x"]), "image 0 must be numbers in rows of the same"),
        (lambda: filters(np.zeros((8, 4, 3, 3))), r"\(K, 1, h, w\), but has shape \(8, 4, 3, 3\)"),
        (lambda: filters(np.zeros(3)), r"but has shape \(3,\)"),
        (lambda: filters(np.full((1, 3, 2, 2), np.nan)), "weights holds a value that is not a fin"),
        (lambda: filters(np.ones((1, 1, 2, 2)), columns=0), "columns must be at least 1"),
        (lambda: feature_maps(HILL), r"maps must be a block of 3 axes of numbers.*\(4, 4\)"),
        (lambda: feature_maps(np.ones((2, 3, 3)), count=3), "3 maps .* there are only 2"),
        (lambda: feature_maps(np.ones((9, 227, 227)), count=9), "9 maps of 227 .* at most 2 fit"),
        (lambda: feature_maps(np.ones((2, 3, 3)), ["a"]), "titles must be 2 texts"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
