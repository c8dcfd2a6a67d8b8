"""Pooling: equal to PyTorch and to finite differences, with overlap, padding and ties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from alexnet_lib.scratch import (
    adaptive_avg_pool2d,
    adaptive_avg_pool2d_backward,
    avg_pool2d,
    avg_pool2d_backward,
    global_avg_pool2d,
    global_avg_pool2d_backward,
    max_pool2d,
    max_pool2d_backward,
)

many = settings(max_examples=60)
KINDS = {
    "max": (max_pool2d, max_pool2d_backward, F.max_pool2d),
    "average": (avg_pool2d, avg_pool2d_backward, F.avg_pool2d),
}


def images(draw, least, levels):
    """x (N, C, H, W), at least so high and wide; few levels of grey make ties."""
    n, c = draw(st.integers(1, 2)), draw(st.integers(1, 3))
    height, width = (side + draw(st.integers(0, 6)) for side in least)
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    x = random.standard_normal((n, c, height, width))
    return np.round(x) if levels else x


@st.composite
def poolings(draw):
    """x and (kernel, stride, padding) of windows that fit it."""
    kernel = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    padding = tuple(draw(st.integers(0, k // 2)) for k in kernel)
    stride = draw(st.one_of(st.none(), st.integers(1, 4), st.tuples(*[st.integers(1, 4)] * 2)))
    least = [max(1, k - 2 * p) for k, p in zip(kernel, padding, strict=True)]
    x = images(draw, least, levels=draw(st.booleans()))
    if kernel[0] == kernel[1] and draw(st.booleans()):
        kernel = kernel[0]
    return x, (kernel, stride, padding)


@st.composite
def resizings(draw):
    """x and the size that adaptive pooling should make of it, smaller or larger."""
    side = st.integers(1, 9)
    return images(draw, (1, 1), False), draw(st.one_of(side, st.tuples(side, side)))


@pytest.mark.parametrize("kind", KINDS)
@given(case=poolings())
@many
def test_pooling_is_pytorchs(kind, case, autograd, close):
    forward, backward, theirs = KINDS[kind]
    x, how = case
    y, dy, [dx] = autograd(lambda x: theirs(x, *how), x)
    close(forward(x, *how), y)
    close(backward(dy, x, *how), dx)


@given(resizings())
@many
def test_adaptive_pooling_is_pytorchs(autograd, close, case):
    x, size = case
    y, dy, [dx] = autograd(lambda x: F.adaptive_avg_pool2d(x, size), x)
    close(adaptive_avg_pool2d(x, size), y)
    close(adaptive_avg_pool2d_backward(dy, x, size), dx)


@given(resizings())
@settings(many, max_examples=20)
def test_global_pooling_is_pytorchs(autograd, close, case):
    x, _ = case
    y, dy, [dx] = autograd(lambda x: F.adaptive_avg_pool2d(x, 1).flatten(1), x)
    close(global_avg_pool2d(x), y)
    close(global_avg_pool2d_backward(dy, x), dx)


@pytest.mark.parametrize(
    ("forward", "backward", "how"),
    [
        (max_pool2d, max_pool2d_backward, (3, 2, 1)),  # overlap, as in AlexNet, and padding
        (avg_pool2d, avg_pool2d_backward, (3, 2, 1)),
        (adaptive_avg_pool2d, adaptive_avg_pool2d_backward, ((3, 4),)),
        (global_avg_pool2d, global_avg_pool2d_backward, ()),
    ],
)
def test_gradients_are_finite_differences(slopes, forward, backward, how):
    random = np.random.default_rng(0)
    x = random.standard_normal((2, 3, 7, 6))
    dy = random.standard_normal(forward(x, *how).shape)
    slopes(lambda x: forward(x, *how), [x], [backward(dy, x, *how)], dy)


def test_by_hand():
    x = np.array([[[[1, 2, 5], [3, 4, 0], [1, 0, 6]]]])
    assert max_pool2d(x, 2, 1).tolist() == [[[[4, 5], [4, 6]]]]
    assert avg_pool2d(x, 2, 1).tolist() == [[[[2.5, 2.75], [2, 2.5]]]]
    assert adaptive_avg_pool2d(x, 2).tolist() == [[[[2.5, 2.75], [2, 2.5]]]]
    assert global_avg_pool2d(x).tolist() == [[22 / 9]]


def test_padding_is_never_the_largest():
    x = np.full((1, 1, 2, 2), -3.0)
    assert max_pool2d(x, 2, padding=1).tolist() == [[[[-3, -3], [-3, -3]]]]
    assert avg_pool2d(x, 2, padding=1).tolist() == [[[[-0.75, -0.75], [-0.75, -0.75]]]]


def test_of_equals_the_first_takes_the_gradient():
    dx = max_pool2d_backward(np.array([[[[7.0]]]]), np.ones((1, 1, 2, 3)), (2, 3))
    assert dx.tolist() == [[[[7, 0, 0], [0, 0, 0]]]]


def test_windows_that_overlap_add_up():
    x = np.zeros((1, 1, 5, 5))
    x[0, 0, 2, 2] = 1  # the only pixel that all four windows of 3 x 3, 2 apart, see
    dy = np.array([[[[1.0, 10.0], [100.0, 1000.0]]]])
    assert max_pool2d_backward(dy, x, 3, 2)[0, 0, 2, 2] == 1111


@pytest.mark.parametrize(
    ("forward", "backward", "how"),
    [
        (max_pool2d, max_pool2d_backward, (2,)),
        (avg_pool2d, avg_pool2d_backward, (2,)),
        (adaptive_avg_pool2d, adaptive_avg_pool2d_backward, (2,)),
        (adaptive_avg_pool2d, adaptive_avg_pool2d_backward, (4,)),
        (global_avg_pool2d, global_avg_pool2d_backward, ()),
    ],
)
def test_types_and_inputs(unchanged, forward, backward, how):
    x = np.random.default_rng(0).standard_normal((2, 3, 4, 4)).astype(np.float32)
    dy = forward(x, *how)
    assert dy.dtype == backward(dy, x, *how).dtype == np.float32
    assert forward(np.ones((1, 1, 4, 4), np.uint8), *how).dtype == np.float64
    unchanged(lambda x: forward(x, *how), x)
    unchanged(lambda dy, x: backward(dy, x, *how), dy, x)
    none = x[:0]
    assert forward(none, *how).shape == (0, *dy.shape[1:])
    assert backward(dy[:0], none, *how).shape == none.shape


X = np.ones((1, 2, 5, 6))


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: max_pool2d(X[0], 2), r"x must have four dimensions \(N, C, H, W\), but its shape"),
        (lambda: avg_pool2d(X, 6), "A kernel of 6 spans 6 pixels, but the image has 5"),
        (lambda: max_pool2d(X, 0), "kernel must be at least 1, but 0 was given"),
        (lambda: max_pool2d(X, 2, 0), "stride must be at least 1, but 0 was given"),
        (lambda: max_pool2d(X, 3, 2, 2), "at most half the kernel, .* padding 2 .* kernel of 3"),
        (lambda: avg_pool2d(X, (4, 1), padding=(0, 1)), "padding 1 was given with a kernel of 1"),
        (lambda: max_pool2d_backward(np.ones((1, 2, 2, 2)), X, 2),
         r"dy must have shape \(1, 2, 2, 3\), the shape of the output, but has \(1, 2, 2, 2\)"),
        (lambda: avg_pool2d_backward(np.ones((1, 2, 2, 2)), X, 2), r"dy must .* \(1, 2, 2, 3\)"),
        (lambda: avg_pool2d_backward(X, X[0], 2), "x must have four dimensions"),
        (lambda: adaptive_avg_pool2d(X[0], 2), "x must have four dimensions"),
        (lambda: adaptive_avg_pool2d(X, 0), "size must be at least 1, but 0 was given"),
        (lambda: adaptive_avg_pool2d(X[:, :, :0], 2), "no mean of an image without pixels"),
        (lambda: adaptive_avg_pool2d_backward(X, X, 2), r"dy must have shape \(1, 2, 2, 2\)"),
        (lambda: global_avg_pool2d(X[0]), "x must have four dimensions"),
        (lambda: global_avg_pool2d(X[:, :, :, :0]), "no mean of an image without pixels"),
        (lambda: global_avg_pool2d_backward(X, X), r"dy must have shape \(1, 2\)"),
    ],
)  # fmt: skip
def test_refusals(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
