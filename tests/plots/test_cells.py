"""Grids of numbers: what they draw and what they say."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from alexnet_lib.plots import confusion, numbers, sliding_window
from alexnet_lib.plots.base import PAPER, SHADE, WARM, mix
from alexnet_lib.scratch import conv2d

HILL = np.array([[0, 1, 2, 1], [1, 3, 5, 3], [2, 5, 9, 5], [1, 3, 5, 3]])
EDGES = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])


def test_sliding_window_shows_all_numbers_and_writes_the_sum(look):
    picture = sliding_window(HILL, EDGES, (1, 0))
    texts = look.texts(picture)
    assert len(look.cells(picture)) == 16 + 9 + 4
    assert texts[:18] == ["image", "4 × 4", *map(str, HILL.flat)]
    assert [text for text in texts if text in ("×", "=")] == ["×", "="]
    expected = conv2d(HILL[None, None], EDGES[None, None]).flatten()
    assert [text.replace("−", "-") for text in texts[-7:-3]] == [f"{v:.0f}" for v in expected]
    sum_shown = " ".join(texts[-3:]).replace("\u00a0", " ")
    written = "1·(−1) + 3·0 + 5·1 + 2·(−2) + 5·0 + 9·2 + 1·(−1) + 3·0 + 5·1 = 22"
    assert sum_shown == written
    assert picture.alt == (
        "A 4 × 4 image times a 3 × 3 kernel gives a 2 × 2 output. The window for row 1, column 0"
        f" of the output begins at row 1, column 0 of the image. Its sum: {written}."
    )


def test_sliding_window_outlines_the_window_with_stride_and_padding(look):
    picture = sliding_window(HILL, [[1, 2]], (1, 2), stride=2, padding=1)
    grid = look.cells(picture)[0]
    side = grid.get_width()
    (x, y, width, height), kernel, output = look.outlines(picture)
    assert ((x - grid.get_x()) / side, (y - grid.get_y()) / side) == (4, 2)
    assert (width / side, height / side) == (2, 1)
    assert (kernel[2] / side, kernel[3] / side) == (2, 1)
    assert (output[2] / side, output[3] / side) == (1, 1)
    assert sum(bool(box.get_hatch()) for box in look.cells(picture)) == 36 - 16
    assert "padded image" in look.texts(picture)
    assert "A 4 × 4 image, padded with zeros to 6 × 6, times a 1 × 2 kernel" in picture.alt
    assert "row 2, column 4 of the padded image. Its sum: 3·1 + 0·2 = 3." in picture.alt


def test_sliding_window_with_many_or_rounded_numbers(look):
    large = sliding_window(np.ones((4, 4)), np.ones((4, 4)))
    assert large.alt.endswith("Its 16 products sum to 16.")
    assert not [text for text in look.texts(large) if "+" in text]
    rounded = sliding_window([[1, 1, 1]], [[1 / 3, 1 / 3, 1 / 3]])
    assert rounded.alt.endswith("Its sum: 1·0.33 + 1·0.33 + 1·0.33 ≈ 1.")
    exact = sliding_window([[1]], [[-0.5]])
    assert exact.alt.endswith("Its sum: 1·(−0.50) = −0.50.")


def test_numbers_shade_hatch_and_say_them(look):
    picture = numbers([[0, -4], [2.5, 4]], "Grid", marks=[[True, False], [False, False]])
    assert look.texts(picture) == ["Grid", "0", "−4", "2.50", "4"]
    boxes = look.cells(picture)
    assert [bool(box.get_hatch()) for box in boxes] == [True, False, False, False]
    grounds = [box.get_facecolor()[:3] for box in boxes]
    assert np.allclose(grounds[0], to_rgb(PAPER))
    assert np.allclose(grounds[1], to_rgb(SHADE))
    assert np.allclose(grounds[3], to_rgb(WARM))
    assert grounds[3][0] < grounds[2][0] < grounds[0][0]
    assert picture.alt == (
        "Grid. A grid of 2 × 2 numbers, row by row: 0 −4; 2.50 4. 1 of its 4 cells are hatched."
    )
    many = numbers(np.arange(121).reshape(11, 11), caption="Counted on.")
    assert many.alt == "A grid of 11 × 11 numbers, from 0 to 120. Counted on."
    assert numbers([[-1e-9, 0.001]]).alt.endswith("row by row: 0 0.00.")


def test_confusion_counts_shades_and_names_the_worst(look):
    picture = confusion([[8, 2, 0], [0, 5, 5], [1, 0, 99]], ["cat", "dog", "ox"], "Animals")
    texts = look.texts(picture)
    assert texts[:4] == ["Animals", "labelled", "is", "right"]
    assert " ".join(text for text in texts if text.isdigit()) == "8 2 0 0 5 5 1 0 99"
    assert [text for text in texts if "%" in text] == ["80 %", "50 %", "99 %"]
    boxes = look.cells(picture)
    side = boxes[0].get_width(), boxes[0].get_height()
    corners = [(x, y) for x, y, *_ in look.outlines(picture)]
    assert corners == [boxes[5].get_xy(), boxes[1].get_xy(), boxes[6].get_xy()]
    assert all(frame[2:] == side for frame in look.outlines(picture))
    cat, two, none, *_ = [box.get_facecolor()[:3] for box in boxes]
    assert cat[2] > cat[0]  # blue
    assert two[0] > two[2]  # orange
    assert np.allclose(none, to_rgb(PAPER))
    assert np.allclose(boxes[6].get_facecolor()[:3], mix(PAPER, WARM, 0.1))  # 1 % of its row
    assert picture.alt == (
        "Animals. A table of 3 classes and their labels: 112 of 120 images are labelled right."
        " Right: cat 80 %, dog 50 %, ox 99 %. The most frequent mistakes: dog labelled ox, 5 of"
        " 10; cat labelled dog, 2 of 10; ox labelled cat, 1 of 100."
    )


def test_confusion_without_mistakes_or_without_images_of_a_class(look):
    picture = confusion([[3, 0], [0, 0]], ["cat", "dog"])
    assert look.outlines(picture) == []
    assert "cat 100 %, dog none" in picture.alt
    assert "mistakes" not in picture.alt


def test_long_names_of_columns_are_turned(look):
    turned = {
        text.get_text(): text.get_rotation()
        for text in look.page(confusion(np.eye(3), ["a", "b", "automobile"])).texts
    }
    assert turned["automobile"] in (0, 90)
    names = ["a", "b", "automobile"]
    texts = [t for t in look.page(confusion(np.eye(3), names)).texts if t.get_text() in names]
    assert [t.get_rotation() for t in texts if t.get_rotation()] == [90] * 3
    short = look.page(confusion(np.eye(2), ["a", "b"])).texts
    assert not [text for text in short if text.get_rotation()]


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
        (lambda: numbers([1, 2]), r"array must be a table \(H, W\) of numbers"),
        (lambda: numbers(np.zeros((0, 3))), r"array must be a table .* has shape \(0, 3\)"),
        (
            lambda: numbers(HILL, marks=[True]),
            "marks must hold True or False for each of the 4 × 4",
        ),
        (lambda: numbers(HILL, marks=HILL), "marks must hold True or False"),
        (lambda: numbers(np.ones((2, 50))), "2 × 50 numbers are too wide to be read on a page"),
        (lambda: confusion([[1, 2]], ["a"]), r"as many rows as columns, but has shape \(1, 2\)"),
        (lambda: confusion([[0.5]], ["a"]), "must hold a count for every pair"),
        (lambda: confusion([[-1]], ["a"]), "must hold a count for every pair"),
        (lambda: confusion([[1]], ["a", "b"]), r"classes must be 1 names, but \['a', 'b'\]"),
        (lambda: confusion(np.eye(2), [0, 1]), r"classes must be 2 names"),
        (lambda: numbers([[1], [1, 2]]), "array must be numbers in rows of the same length"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
