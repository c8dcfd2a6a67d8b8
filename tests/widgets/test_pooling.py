"""The pooling widget's Python side: traits, arithmetic, sentences."""

import json

import numpy as np
import pytest
import torch
import torch.nn.functional as F
import traitlets as t
from hypothesis import given
from hypothesis import strategies as st

from alexnet_lib.widgets import WIDGETS, PoolingWidget
from alexnet_lib.widgets.pooling import DIGIT, MARGIN


@given(
    st.sampled_from(["grid", "noise", "map"]),
    st.sampled_from(["max", "average"]),
    st.integers(1, 8),
    st.integers(1, 4),
    st.integers(-3, 3),
    st.integers(-3, 3),
)
def test_output_is_what_torch_computes(source, kind, window, stride, down, right):
    w = PoolingWidget(
        source=source, kind=kind, window=window, stride=stride, down=down, right=right
    )
    pool = F.max_pool2d if kind == "max" else F.avg_pool2d
    y = pool(torch.tensor(w.image)[None, None], window, stride)[0, 0].numpy()
    np.testing.assert_allclose(w.output, y, rtol=1e-12)
    assert w.output.shape == w.output_size


def test_the_picture_is_moved_and_what_lies_beside_it_comes_in():
    w = PoolingWidget()
    np.testing.assert_array_equal(w.image, DIGIT)
    w.right, w.down = 2, -1
    np.testing.assert_array_equal(w.image[:-1, 2:], np.array(DIGIT)[1:, :-2])
    assert not w.image[-1].any() and not w.image[:, :2].any()  # zeros
    for source, side in (("noise", 12), ("map", 55)):
        w.source = source
        assert w.input_size == (side, side)
        assert w.scene.shape == (side + 2 * MARGIN, side + 2 * MARGIN)
        w.right, w.down = 0, 0
        there = w.image
        w.right = 3
        np.testing.assert_array_equal(w.image[:, 3:], there[:, :-3])
        np.testing.assert_array_equal(w.image[:, :3], w.scene[MARGIN:-MARGIN, :3])


@given(st.integers(1, 5), st.integers(1, 3), st.integers(-3, 3), st.integers(-3, 3))
def test_a_move_by_whole_strides_moves_the_output(window, stride, down, right):
    w = PoolingWidget(source="noise", window=window, stride=stride, down=down, right=right)
    if down % stride or right % stride:
        return
    i, j = down // stride, right // stride
    now, was = w.output, w.before
    rows, cols = now.shape
    a = now[max(0, i) : rows + min(0, i), max(0, j) : cols + min(0, j)]
    b = was[max(0, -i) : rows + min(0, -i), max(0, -j) : cols + min(0, -j)]
    np.testing.assert_array_equal(a, b)


def test_what_survives_a_move():
    w = PoolingWidget()
    assert w.survives == 1 and w.stays.all()
    w.right = 1
    assert w.stays.sum() == 6 and w.survives == 6 / 16  # what the lesson lets one predict
    w.right = 2
    assert w.stays.sum() == 4
    np.testing.assert_array_equal(w.output[:, 1:], w.before[:, :-1])
    near = {2: 1 / 3, 3: 1 / 2}  # of much noise
    for window, share in near.items():
        shares = [
            PoolingWidget(source="noise", window=window, **move).survives
            for move in ({"right": 1}, {"down": 1}, {"right": -1}, {"down": -1})
        ]
        assert shares == pytest.approx([share] * 4, abs=0.07)


def test_reads_count_the_windows():
    w = PoolingWidget(window=3)
    along = [1, 1, 2, 1, 2, 1, 1, 0]
    np.testing.assert_array_equal(w.reads, np.outer(along, along))
    assert PoolingWidget(window=2).reads.max() == 1


def test_pool1_has_alexnets_sizes():
    w = PoolingWidget(source="map", window=3, stride=2)
    assert (w.input_size, w.output_size) == ((55, 55), (27, 27))
    w.window = 2
    assert w.output_size == (27, 27)


def test_an_image_of_ones_own():
    w = PoolingWidget(np.arange(12).reshape(3, 4), window=3, stride=1)
    assert w.source == "grid" and w.output.tolist() == [[10, 11]]
    w.image = [[1, 2], [3, 4]]
    assert w.input_size == (2, 2)
    assert w.problem == (
        "A window of 3 × 3 does not fit into the 2 × 2 picture: the largest that does is 2 × 2."
    )
    assert w.output_size == (0, 0) and w.describe() == w.problem and not w.reads.any()
    with pytest.raises(ValueError, match="does not fit"):
        w.output  # noqa: B018
    w.window = 2
    assert w.output.tolist() == [[4]]
    assert PoolingWidget(kind="average", window=2, grid=[[1, 2], [3, 4]]).output.tolist() == [[2.5]]


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"window": 9}, "window is a whole number from 1 to 8, not 9."),
        ({"stride": 0}, "stride is a whole number from 1 to 4, not 0."),
        ({"right": 4}, "right is a whole number from -3 to 3, not 4."),
        ({"kind": "min"}, 'kind is one of "max", "average", not \'min\'.'),
        ({"source": "photo"}, 'source is one of "grid", "noise", "map", not \'photo\'.'),
        ({"grid": np.ones((17, 2))}, "grid is a table of finite numbers, up to 16 × 16"),
        ({"map_bytes": b"123"}, "map_bytes has 3 bytes, but 61 × 61 are needed."),
        ({"noise_bytes": b""}, "noise_bytes has 0 bytes, but 18 × 18 are needed."),
        ({"row": 4}, r"row is a whole number from 0 to 3 \(the output has 4\), not 4."),
    ],
)
def test_a_wrong_setting_is_refused_in_a_sentence(settings, sentence):
    with pytest.raises(t.TraitError, match=sentence):
        PoolingWidget(**settings)


def test_the_window_stays_inside_the_output():
    w = PoolingWidget(row=3, col=3)
    w.window = 5
    assert (w.row, w.col) == (1, 1)
    w.stride = 4
    assert (w.row, w.col) == (0, 0)


def test_describe_says_what_there_is():
    w = PoolingWidget(window=3)
    assert w.describe() == (
        "Pooling: the largest number of each window of 3 × 3, stride 2, in a picture of 8 × 8"
        " numbers; 3 × 3 are left."
    )
    w.kind, w.right, w.down = "average", 1, -2
    assert w.describe() == (
        "Pooling: the mean of each window of 3 × 3, stride 2, in a picture of 8 × 8 numbers; 3 × 3"
        f" are left. With the picture moved 1 right and 2 up, {w.stays.sum()} of them are what they"
        " were."
    )
    assert repr(w) == (
        "PoolingWidget(source='grid', kind='average', window=3, stride=2, down=-2, right=1)"
    )


def test_the_state_is_small_and_the_rest_is_kept_once():
    w = PoolingWidget()
    state = json.dumps(w.state())
    assert len(state) < 600 and "bytes" not in state
    assert {len(data) for data in PoolingWidget.assets().values()} == {61 * 61, 18 * 18}
    assert WIDGETS["pooling"] is PoolingWidget
