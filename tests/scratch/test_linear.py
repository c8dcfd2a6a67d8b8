"""Fully connected layers: equal to PyTorch and to finite differences."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from alexnet_lib.scratch import conv2d, flatten, flatten_backward, linear, linear_backward

sizes = st.integers(1, 6)


@given(sizes, sizes, sizes, st.integers(0, 2**32 - 1))
@settings(max_examples=60)
def test_linear_is_pytorchs(autograd, close, slopes, n, n_in, n_out, seed):
    random = np.random.default_rng(seed)
    x, w, b = (random.standard_normal(shape) for shape in [(n, n_in), (n_out, n_in), (n_out,)])
    y, dy, expected = autograd(F.linear, x, w, b)
    close(linear(x, w, b), y)
    close(linear(x, w), F.linear(torch.from_numpy(x), torch.from_numpy(w)))
    gradients = linear_backward(dy, x, w)
    for ours, theirs in zip(gradients, expected, strict=True):
        close(ours, theirs)
    slopes(linear, (x, w, b), gradients, dy)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=4).map(tuple))
@settings(max_examples=30)
def test_flatten_keeps_the_order_and_comes_back(shape):
    x = np.arange(float(np.prod(shape))).reshape(shape)
    rows = flatten(x)
    assert rows.shape == (shape[0], np.prod(shape[1:]))
    assert rows.ravel().tolist() == list(range(x.size))
    assert np.array_equal(flatten_backward(rows, x), x)


def test_a_convolution_as_large_as_its_image_is_a_linear_layer(close):
    """AlexNet's first fully connected layer, in small: 6 x 6 pixels of a few channels."""
    random = np.random.default_rng(0)
    x, w = random.standard_normal((2, 3, 6, 6)), random.standard_normal((5, 3, 6, 6))
    close(conv2d(x, w)[:, :, 0, 0], linear(flatten(x), flatten(w)))


def test_types_and_inputs(unchanged):
    x, w, b = np.ones((2, 3), np.float32), np.ones((4, 3), np.float32), np.ones(4, np.float32)
    dy = np.ones((2, 4), np.float32)
    assert linear(x, w, b).dtype == linear(x, w).dtype == np.float32
    assert {gradient.dtype for gradient in linear_backward(dy, x, w)} == {np.dtype(np.float32)}
    assert flatten(x).dtype == flatten_backward(x, x).dtype == np.float32
    assert linear(np.uint8([[200]]), np.uint8([[200]])).tolist() == [[40_000.0]]
    unchanged(linear, x, w, b)
    unchanged(linear_backward, dy, x, w)
    unchanged(flatten, x)
    unchanged(flatten_backward, x, x)


X, W = np.ones((2, 3)), np.ones((4, 3))


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: linear(np.ones((2, 3, 1)), W), r"x must have two dimensions \(N, in\), but its "
         r"shape is \(2, 3, 1\): flatten\(x\) makes each example one row"),
        (lambda: linear(X, W.T), r"w must have shape \(out, 3\), .* but has \(3, 4\)"),
        (lambda: linear(X, W[0]), r"w must have shape \(out, 3\), .* but has \(3,\)"),
        (lambda: linear(X, W, [1, 2]), r"b must have shape \(4,\), one number for each output"),
        (lambda: linear_backward(X, X, W), r"dy must have shape \(2, 4\), the shape of the output"),
        (lambda: linear_backward(X, X, W.T), r"w must have shape \(out, 3\)"),
        (lambda: flatten(5), "x must have at least one dimension"),
        (lambda: flatten_backward(X, np.ones((3, 2))), r"dy must have shape \(3, 2\)"),
    ],
)  # fmt: skip
def test_refusals(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
