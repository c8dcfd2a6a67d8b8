"""Figures: what they draw, what they say to those who can't see them, and what they weigh."""

import subprocess
import sys
from base64 import b64decode
from io import BytesIO

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from PIL import Image

from alexnet_lib.data import gray, photo
from alexnet_lib.plots import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    PAPER,
    SHADE,
    SIGNED,
    WARM,
    WIDEST,
    bars,
    numbers,
    pictures,
    sliding_window,
)
from alexnet_lib.scratch import conv2d

HILL = np.array([[0, 1, 2, 1], [1, 3, 5, 3], [2, 5, 9, 5], [1, 3, 5, 3]])
EDGES = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])


def convolved(name, kernel):
    """A photograph in grey under one kernel: (H', W')."""
    x = gray(photo(name))[None, None]  # (1, 1, 227, 227)
    return conv2d(x, np.array(kernel)[None, None])[0, 0]


def page(picture):
    """The axes that all is drawn on."""
    (axes,) = picture.figure.axes
    return axes


def texts(picture):
    """Every text in the figure, in the order drawn."""
    return [text.get_text() for text in page(picture).texts if text.get_text()]


def cells(picture):
    return [box for box in page(picture).patches if box.get_fill()]


def outlines(picture):
    """(x, y, width, height) of each thick frame."""
    boxes = [box for box in page(picture).patches if not box.get_fill()]
    return [(*box.get_xy(), box.get_width(), box.get_height()) for box in boxes]


@pytest.fixture(scope="module")
def gallery():
    """One of each figure, the heavy ones among them."""
    coffee, blur = photo("coffee"), np.full((7, 7), 1 / 49)
    edges, cat = convolved("coffee", EDGES), gray(photo("cat"))
    return {
        "sliding_window": sliding_window(HILL, EDGES, (1, 1)),
        "padded": sliding_window(HILL, EDGES / 9, (2, 0), padding=1),
        "column": sliding_window(np.ones((3, 1)), [[1]]),
        "numbers": numbers(np.eye(14), "Title", marks=np.eye(14) == 0, caption="A caption."),
        "three": pictures([gray(coffee), convolved("coffee", blur), edges], ["a", "b", "c"]),
        "cat": pictures([cat, convolved("cat", blur), convolved("cat", EDGES)], list("abc")),
        "colour": pictures([photo("cat"), cat], ["in colour", "in grey"]),
        "one": pictures([cat], ["cat"]),
        "large": pictures([np.add.outer(np.arange(681), np.arange(1135))], ["large"]),
        "filters": pictures(np.random.default_rng(0).random((24, 11, 11, 3)), ["1"] * 24, 8),
        "bars": bars({"conv1": 34_944, "conv2": 307_456}, "parameters"),
        "logarithmic": bars({"a": 0.002, "b": 61_100_840}, "parameters", "Title", log=True),
    }


def test_what_a_notebook_gets(gallery):
    for name, picture in gallery.items():
        a_notebook_gets(name, picture)


def a_notebook_gets(name, picture):
    data, metadata = picture._repr_mimebundle_()
    assert set(data) == {"image/png", "text/plain"}
    assert data["text/plain"] == repr(picture) == picture.alt
    assert " at 0x" not in repr(picture)
    assert "\n" not in picture.alt
    about = metadata["image/png"]
    assert about["alt"] == picture.alt
    assert about["width"] <= WIDEST

    png = b64decode(data["image/png"])
    assert len(png) < 100_000, name
    image = Image.open(BytesIO(png))
    assert image.size == (2 * about["width"], 2 * about["height"])
    assert "transparency" not in image.info
    corner = image.convert("RGB").getpixel((1, 1))
    assert np.allclose(corner, np.array(to_rgb(PAPER)) * 255, atol=3)


def text_boxes(picture):
    """(the text, its box) for every text shown."""
    renderer = FigureCanvasAgg(picture.figure).get_renderer()
    shown = [text for text in page(picture).texts if text.get_text()]
    return [(text, text.get_window_extent(renderer)) for text in shown]


def test_no_text_is_small_or_cut_off(gallery):
    for picture in gallery.values():
        frame = picture.figure.bbox
        assert text_boxes(picture)
        for text, box in text_boxes(picture):
            assert text.get_fontsize() >= 9
            assert frame.x0 <= box.x0 < box.x1 <= frame.x1, text
            assert frame.y0 <= box.y0 < box.y1 <= frame.y1, text


def test_no_text_lies_on_another(gallery):
    for picture in gallery.values():
        boxes = text_boxes(picture)
        for i, (one, a) in enumerate(boxes):
            for other, b in boxes[:i]:
                wide = min(a.x1, b.x1) - max(a.x0, b.x0)
                high = min(a.y1, b.y1) - max(a.y0, b.y0)
                assert wide <= 0 or high <= 0, (one, other)


def test_saving(tmp_path):
    picture = numbers([[1, 2]])
    picture.save(tmp_path / "grid.png")
    with Image.open(tmp_path / "grid.png") as image:
        assert image.size == tuple(2 * side for side in picture.size)
    with pytest.raises(ValueError, match=r"saved as PNG: end the name in \.png, not 'grid\.jpg'"):
        picture.save(tmp_path / "grid.jpg")


def test_the_same_figure_twice_is_the_same_file():
    first, second = (pictures([gray(photo("cat"))], ["cat"]) for _ in range(2))
    assert first.alt == second.alt
    assert first.png == second.png


def test_sliding_window_shows_all_numbers_and_writes_the_sum():
    picture = sliding_window(HILL, EDGES, (1, 0))
    shown = texts(picture)
    assert len(cells(picture)) == 16 + 9 + 4
    assert shown[:18] == ["image", "4 × 4", *map(str, HILL.flat)]
    assert [text for text in shown if text in ("×", "=")] == ["×", "="]
    expected = conv2d(HILL[None, None], EDGES[None, None]).flatten()
    assert [text.replace("−", "-") for text in shown[-7:-3]] == [f"{v:.0f}" for v in expected]
    sum_shown = " ".join(shown[-3:]).replace("\u00a0", " ")
    written = "1·(−1) + 3·0 + 5·1 + 2·(−2) + 5·0 + 9·2 + 1·(−1) + 3·0 + 5·1 = 22"
    assert sum_shown == written
    assert picture.alt == (
        "A 4 × 4 image times a 3 × 3 kernel gives a 2 × 2 output. The window for row 1, column 0"
        f" of the output begins at row 1, column 0 of the image. Its sum: {written}."
    )


def test_sliding_window_outlines_the_window_with_stride_and_padding():
    picture = sliding_window(HILL, [[1, 2]], (1, 2), stride=2, padding=1)
    grid = cells(picture)[0]
    side = grid.get_width()
    (x, y, width, height), kernel, output = outlines(picture)
    assert ((x - grid.get_x()) / side, (y - grid.get_y()) / side) == (4, 2)
    assert (width / side, height / side) == (2, 1)
    assert (kernel[2] / side, kernel[3] / side) == (2, 1)
    assert (output[2] / side, output[3] / side) == (1, 1)
    assert sum(bool(box.get_hatch()) for box in cells(picture)) == 36 - 16
    assert "padded image" in texts(picture)
    assert "A 4 × 4 image, padded with zeros to 6 × 6, times a 1 × 2 kernel" in picture.alt
    assert "row 2, column 4 of the padded image. Its sum: 3·1 + 0·2 = 3." in picture.alt


def test_sliding_window_with_many_or_rounded_numbers():
    large = sliding_window(np.ones((4, 4)), np.ones((4, 4)))
    assert large.alt.endswith("Its 16 products sum to 16.")
    assert not [text for text in texts(large) if "+" in text]
    rounded = sliding_window([[1, 1, 1]], [[1 / 3, 1 / 3, 1 / 3]])
    assert rounded.alt.endswith("Its sum: 1·0.33 + 1·0.33 + 1·0.33 ≈ 1.")
    exact = sliding_window([[1]], [[-0.5]])
    assert exact.alt.endswith("Its sum: 1·(−0.50) = −0.50.")


def test_pictures_draw_the_data_in_whole_pixels():
    grey, edges = gray(photo("coffee")), convolved("coffee", EDGES)
    picture = pictures([grey, edges], ["grey, 227 × 227", "edges, 225 × 225"], title="Two")
    drawn = page(picture).images
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
    assert texts(picture)[0] == "Two"
    assert [t.replace("\u00a0", " ") for t in texts(picture)[1:3]] == [
        "grey, 227 × 227",
        "edges, 225 × 225",
    ]
    assert texts(picture)[3:] == ["negative", "positive", "0"]
    assert picture.alt == (
        "Two. grey, 227 × 227: grey, from 0 to 255. edges, 225 × 225: blue for negative to orange"
        " for positive, from −919 to 854."
    )


def test_pictures_in_colour_keep_their_colours():
    picture = pictures([photo("coffee")], ["coffee"])
    drawn = np.asarray(page(picture).images[0].get_array(), float)  # (227, 227, 3)
    assert abs(drawn - photo("coffee")).mean() < 6  # of 255
    assert picture.alt == "coffee: colour, 227 × 227 pixels, from 0 to 255."
    floats = pictures([photo("coffee") / 255], ["coffee"])
    assert np.array_equal(page(floats).images[0].get_array(), drawn)


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
def test_black_and_white_of_grey_images(image, limits):
    assert page(pictures([image], ["x"])).images[0].get_clim() == limits


def test_signed_can_be_decided_by_hand():
    image = np.array([[0.0, 0.5]])
    assert page(pictures([image], ["x"], signed=True)).images[0].get_cmap() == SIGNED
    plain = page(pictures([image - 0.25], ["x"], signed=False)).images
    assert len(plain) == 1
    assert plain[0].get_clim() == (-0.25, 1)
    zeros = page(pictures([image * 0], ["x"], signed=True)).images[0]
    assert zeros.get_clim() == (-1, 1)


def test_pictures_stand_in_columns():
    drawn = page(pictures([HILL / 9] * 5, list("abcde"), columns=2)).images
    corners = [(image.get_extent()[0], image.get_extent()[3]) for image in drawn]
    assert len({x for x, _ in corners}) == 2
    assert len({y for _, y in corners}) == 3
    assert corners == sorted(corners, key=lambda corner: (corner[1], corner[0]))


def test_ranges_in_words_do_not_show_rounding_noise():
    image = np.array([[-1e-17, 0.123456, 0.98765]])
    assert pictures([image], ["x"], signed=False).alt.endswith("from 0 to 0.988.")


def test_numbers_shade_hatch_and_say_them():
    picture = numbers([[0, -4], [2.5, 4]], "Grid", marks=[[True, False], [False, False]])
    assert texts(picture) == ["Grid", "0", "−4", "2.50", "4"]
    boxes = cells(picture)
    assert [bool(box.get_hatch()) for box in boxes] == [True, False, False, False]
    grounds = [box.get_facecolor()[:3] for box in boxes]
    assert np.allclose(grounds[0], to_rgb(PAPER))
    assert np.allclose(grounds[1], to_rgb(WARM))
    assert np.allclose(grounds[3], to_rgb(SHADE))
    assert grounds[3][0] < grounds[2][0] < grounds[0][0]
    assert picture.alt == (
        "Grid. A grid of 2 × 2 numbers, row by row: 0 −4; 2.50 4. 1 of its 4 cells are hatched."
    )
    many = numbers(np.arange(121).reshape(11, 11), caption="Counted on.")
    assert many.alt == "A grid of 11 × 11 numbers, from 0 to 120. Counted on."
    assert numbers([[-1e-9, 0.001]]).alt.endswith("row by row: 0 0.00.")


def test_bars_are_as_long_as_their_values():
    picture = bars({"a": 1, "b": 4, "c": 0}, "seconds", title="Time")
    lengths = [bar.get_width() for bar in cells(picture)]
    assert lengths == [lengths[1] / 4, lengths[1], 0]
    assert texts(picture) == ["Time", "a", "1", "b", "4", "c", "0", "seconds"]
    assert picture.alt == "Time. Bars, in seconds: a 1; b 4; c 0."


def test_bars_on_a_logarithmic_scale():
    picture = bars({"a": 100, "b": 1000, "c": 10_000}, "bytes", log=True)
    one, two, three = [bar.get_width() for bar in cells(picture)]
    assert two == pytest.approx(2 * one)
    assert three == pytest.approx(3 * one)
    marks = {text.get_text(): text.get_position()[0] for text in page(picture).texts[:4]}
    assert list(marks) == ["10", "100", "1,000", "10,000"]
    for bar, mark in zip(cells(picture), list(marks)[1:], strict=True):
        assert bar.get_x() + bar.get_width() == pytest.approx(marks[mark])
    shown = texts(picture)
    assert shown[-1] == "bytes, on a logarithmic scale"
    wide = bars({"conv1": 34_944, "all": 60_965_224}, "parameters", log=True)
    assert wide.alt == "Bars, in parameters: conv1 34,944; all 60,965,224."


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda: sliding_window(HILL[0], EDGES),
            r"image must be a table \(H, W\) of numbers.*\(4,",
        ),
        (lambda: sliding_window(HILL, [[np.nan]]), "kernel holds a value that is not a finite num"),
        (lambda: sliding_window(HILL, EDGES, (2, 0)), r"at=\(2, 0\) lies outside .* of 2 × 2 num"),
        (lambda: sliding_window(HILL, EDGES, (0, 2)), r"at=\(0, 2\) lies outside"),
        (lambda: sliding_window(HILL, EDGES, -1), "at must be at least 0, but -1 was given"),
        (lambda: sliding_window(HILL, EDGES, stride=0), "stride must be at least 1"),
        (lambda: sliding_window(EDGES, HILL), "spans 4 pixels, but the image has 3"),
        (lambda: sliding_window(np.ones((30, 30)), EDGES), "too wide to be read on a page"),
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
        (lambda: numbers([1, 2]), r"array must be a table \(H, W\) of numbers"),
        (lambda: numbers(np.zeros((0, 3))), r"array must be a table .* has shape \(0, 3\)"),
        (
            lambda: numbers(HILL, marks=[True]),
            "marks must hold True or False for each of the 4 × 4",
        ),
        (lambda: numbers(HILL, marks=HILL), "marks must hold True or False"),
        (lambda: numbers(np.ones((2, 50))), "2 × 50 numbers are too wide to be read on a page"),
        (lambda: bars({}, "s"), "values must be a dict of names and numbers, but {} was given"),
        (lambda: bars([1], "s"), r"values must be a dict of names and numbers, but \[1\]"),
        (lambda: bars({"a": -1}, "s"), "length of a bar must be 0 or more, but one is −1"),
        (lambda: bars({"a": 0}, "s", log=True), "must be above 0 on a logarithmic scale, but one"),
        (lambda: bars({"a": np.inf}, "s"), "values holds a value that is not a finite number"),
        (lambda: bars({"a" * 60: 1}, "s"), "names leave no room for the bars"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


def lightness(colour):
    """How light a colour looks, from 0 to 1: the luminance of WCAG."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return np.dot(linear, [0.2126, 0.7152, 0.0722])


def contrast(one, other):
    """The ratio of WCAG: 4.5 and more can be read, 3 and more can be seen."""
    light, dark = sorted([lightness(one), lightness(other)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_colours_can_be_read_and_told_apart_in_grey():
    for ground in (PAPER, SHADE, WARM):
        assert contrast(INK, ground) > 7
    assert contrast(ORANGE, PAPER) > 3
    assert contrast(BLUE, PAPER) > 7
    assert contrast(BLUE, ORANGE) > 2.5


def test_drawing_touches_no_state_of_matplotlib():
    code = (
        "import sys; from alexnet_lib.plots import bars; bars({'a': 1}, 's').png;"
        "print('matplotlib.pyplot' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
