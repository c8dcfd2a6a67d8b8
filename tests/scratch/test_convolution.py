"""Convolution from scratch: equal to PyTorch, to finite differences, and to its own definition."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from alexnet_lib.scratch import col2im, conv2d, conv2d_backward, conv2d_loops, im2col

few = settings(max_examples=30)
many = settings(max_examples=80)


def one_or_pair(least, most):
    """Draw a whole number, or a pair of them."""
    number = st.integers(least, most)
    return st.one_of(number, st.tuples(number, number))


def both_axes(setting):
    """Return the setting as a pair, whether it is one number or two."""
    return setting if isinstance(setting, tuple) else (setting, setting)


@st.composite
def layers(draw, extra=5):
    """x, w, b and the settings of a convolution that fits its image."""
    groups = draw(st.integers(1, 3))
    c_group, per_group, n = (draw(st.integers(1, 3)) for _ in range(3))
    kh, kw = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    stride, padding = draw(one_or_pair(1, 3)), draw(one_or_pair(0, 3))
    dilation = draw(one_or_pair(1, 3))
    height, width = (
        max(1, d * (k - 1) + 1 - 2 * p) + draw(st.integers(0, extra))
        for k, p, d in zip((kh, kw), both_axes(padding), both_axes(dilation), strict=True)
    )
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    x = random.standard_normal((n, groups * c_group, height, width))
    w = random.standard_normal((groups * per_group, c_group, kh, kw))
    b = random.standard_normal(groups * per_group)
    return x, w, b, (stride, padding, dilation, groups)


def pytorch(x, w, b, how):
    """Return F.conv2d of arrays, as an array."""
    x, w = torch.from_numpy(x), torch.from_numpy(w)
    return F.conv2d(x, w, None if b is None else torch.from_numpy(b), *how).numpy()


@given(layers(), st.booleans())
@many
def test_conv2d_is_pytorchs(layer, with_bias):
    x, w, b, how = layer
    b = b if with_bias else None
    y, expected = conv2d(x, w, b, *how), pytorch(x, w, b, how)
    assert y.shape == expected.shape
    assert y.dtype == np.float64
    np.testing.assert_allclose(y, expected, rtol=1e-10, atol=1e-12)


@given(layers(extra=3), st.booleans())
@few
def test_loops_and_matrix_product_agree(layer, with_bias):
    x, w, b, how = layer
    b = b if with_bias else None
    loops, fast = conv2d_loops(x, w, b, *how), conv2d(x, w, b, *how)
    np.testing.assert_allclose(loops, fast, rtol=1e-10, atol=1e-12)


@given(layers())
@many
def test_gradients_are_pytorchs(layer):
    x, w, b, how = layer
    tensors = [torch.from_numpy(array).requires_grad_() for array in (x, w, b)]
    y = F.conv2d(*tensors, *how)
    dy = torch.randn(y.shape, dtype=y.dtype, generator=torch.Generator().manual_seed(0))
    expected = torch.autograd.grad(y, tensors, dy)
    for ours, theirs in zip(conv2d_backward(dy.numpy(), x, w, *how), expected, strict=True):
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-11)


def test_gradients_are_finite_differences(slopes):
    random = np.random.default_rng(0)
    shapes = [(2, 4, 6, 7), (6, 2, 3, 2), (6,), (2, 6, 4, 3)]
    x, w, b, dy = (random.standard_normal(shape) for shape in shapes)
    how = {"stride": (2, 3), "padding": (2, 1), "dilation": (1, 2), "groups": 2}
    gradients = conv2d_backward(dy, x, w, **how)
    slopes(lambda x, w, b: conv2d(x, w, b, **how), (x, w, b), gradients, dy)


@given(layers())
@few
def test_col2im_is_the_transpose_of_im2col(layer):
    x, w, _, (stride, padding, dilation, _) = layer
    how = (w.shape[2:], stride, padding, dilation)
    columns = im2col(x, *how)  # (N, C*kh*kw, H'*W')
    other = np.random.default_rng(1).standard_normal(columns.shape)
    back = col2im(other, x.shape, *how)  # (N, C, H, W)
    assert back.shape == x.shape
    assert (columns * other).sum() == pytest.approx((x * back).sum(), rel=1e-10, abs=1e-10)


@given(layers())
@few
def test_im2col_is_pytorchs_unfold(layer):
    x, w, _, (stride, padding, dilation, _) = layer
    expected = F.unfold(torch.from_numpy(x), w.shape[2:], dilation, padding, stride)
    assert np.array_equal(im2col(x, w.shape[2:], stride, padding, dilation), expected)


@pytest.mark.parametrize("f", [conv2d, conv2d_loops])
def test_alexnets_first_layer_on_the_224_pixels_of_the_paper(f):
    """The original program read zeros past the right and bottom edge: 3 pixels of them."""
    x = np.random.default_rng(0).standard_normal((1, 3, 227, 227)).astype(np.float32)
    x[:, :, 224:], x[:, :, :, 224:] = 0, 0
    w = np.random.default_rng(1).standard_normal((1, 3, 11, 11)).astype(np.float32)
    y = f(x, w, stride=4)  # (1, 1, 55, 55)
    assert y.shape == (1, 1, 55, 55)
    np.testing.assert_allclose(y, pytorch(x, w, None, (4,)), rtol=1e-3, atol=1e-3)


def test_a_batch_too_large_to_lay_out_at_once():
    """31 images, of which 13 make a million numbers of columns: 13, 13 and 5."""
    random = np.random.default_rng(0)
    x, w = random.standard_normal((31, 4, 32, 32)), random.standard_normal((6, 2, 5, 5))
    y = conv2d(x, w, groups=2)  # (31, 6, 28, 28)
    np.testing.assert_allclose(y, pytorch(x, w, None, (1, 0, 1, 2)), rtol=1e-10, atol=1e-11)


@pytest.mark.parametrize("f", [conv2d, conv2d_loops])
def test_types(f):
    small, wide = np.ones((1, 1, 4, 4), np.float32), np.ones((1, 1, 2, 2))
    ints = np.array([[[[200, 200], [200, 200]]]], np.uint8)  # (1, 1, 2, 2)
    assert f(small, wide.astype(np.float32)).dtype == np.float32
    assert f(small, wide).dtype == np.float64
    assert f(small, np.int8([[[[1, -1]]]]), [1]).dtype == np.float32
    assert f(ints, ints).dtype == np.float64
    assert f(ints, ints).item() == 160_000  # in uint8 it would be 0
    assert f(ints.tolist(), ints.tolist(), [5]).item() == 160_005
    gradients = conv2d_backward(np.ones((1, 1, 3, 3), np.float32), small, small[..., :2, :2])
    assert {gradient.dtype for gradient in gradients} == {np.dtype(np.float32)}


def test_inputs_are_left_as_they_were():
    random = np.random.default_rng(0)
    x, w, b = (random.standard_normal(s) for s in [(1, 2, 5, 5), (3, 2, 2, 2), (3,)])
    dy = random.standard_normal((1, 3, 4, 4))
    before = [array.copy() for array in (x, w, b, dy)]
    conv2d(x, w, b), conv2d_loops(x, w, b), conv2d_backward(dy, x, w), im2col(x, 2, padding=1)
    for array, copy in zip((x, w, b, dy), before, strict=True):
        assert np.array_equal(array, copy)


def test_no_images_give_no_outputs():
    x, w = np.zeros((0, 2, 5, 5)), np.ones((3, 2, 2, 2))
    assert conv2d(x, w).shape == conv2d_loops(x, w).shape == (0, 3, 4, 4)
    dx, dw, db = conv2d_backward(np.zeros((0, 3, 4, 4)), x, w)
    assert dx.shape == x.shape
    assert not dw.any()
    assert not db.any()


def test_the_kernel_is_not_flipped():
    x = np.arange(4.0).reshape(1, 1, 2, 2)
    w = np.array([[[[1.0, 10.0], [100.0, 1000.0]]]])  # (1, 1, 2, 2)
    assert conv2d(x, w).item() == conv2d_loops(x, w).item() == 3210


X, W = np.ones((1, 4, 5, 6)), np.ones((8, 2, 3, 3))


@pytest.mark.parametrize("f", [conv2d, conv2d_loops])
@pytest.mark.parametrize(
    ("arguments", "settings", "sentence"),
    [
        ((X[0], W), {"groups": 2}, r"x must have four dimensions .N, C_in, H, W., .* \(4, 5, 6\)"),
        ((X[0, 0], W), {"groups": 2}, r"shape is \(5, 6\): x\[None, None\] makes an \(H, W\)"),
        ((X, W[0, 0]), {"groups": 2}, r"w must have four dimensions .C_out, C_in/groups, kh, kw"),
        ((X, W), {}, r"C_in / groups = 4 / 1 = 4 channels, but w has shape \(8, 2, 3, 3\)"),
        ((X, W), {"groups": 4}, r"C_in / groups = 4 / 4 = 1 channels, .* kernels cover 2"),
        ((X, W), {"groups": 3}, "4 input channels can't be shared out equally among 3 groups"),
        ((X, W[:3]), {"groups": 2}, "3 output channels can't be shared out equally among 2"),
        ((X, W), {"groups": 0}, "groups must be at least 1, but 0 was given"),
        ((X, W, [1, 2]), {"groups": 2}, r"b must have shape \(8,\), one number for each kernel"),
        ((X, W), {"groups": 2, "stride": 0}, "stride must be at least 1, but 0 was given"),
        ((X, W), {"groups": 2, "stride": (1, 0)}, "stride must be at least 1, but 0 was given"),
        ((X, W), {"groups": 2, "padding": -1}, "padding must be at least 0, but -1 was given"),
        ((X, W), {"groups": 2, "dilation": 0}, "dilation must be at least 1, but 0 was given"),
        ((X, W), {"groups": 2, "stride": 1.5}, r"stride must be a whole number, but 1\.5"),
        ((X, W), {"groups": 2, "stride": (1, 2, 3)}, r"number or a pair, but \(1, 2, 3\)"),
        ((X, W), {"groups": 2, "dilation": 3}, "spans 7 pixels, but the image has 5"),
        ((X, W), {"groups": 2, "dilation": (1, 3)}, "spans 7 pixels, but the image has 6"),
        ((X, W.astype(str)), {"groups": 2}, "w must be an array of numbers, not of type"),
        ((X, None), {"groups": 2}, "w must be an array of numbers, not of type object"),
    ],
)
def test_impossible_layers_are_refused_in_one_sentence(f, arguments, settings, sentence):
    with pytest.raises(ValueError, match=sentence):
        f(*arguments, **settings)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: conv2d_backward(np.ones((1, 8, 3, 3)), X, W, groups=2), r"dy must have shape .1, "
         r"8, 3, 4., the shape of the output, but has \(1, 8, 3, 3\)"),
        (lambda: conv2d_backward(np.ones((1, 8, 3, 4)), X, W), "C_in / groups = 4 / 1"),
        (lambda: conv2d_backward(np.ones((1, 8, 3, 4)), X[0], W), "x must have four dimensions"),
        (lambda: conv2d_backward("dy", X, W, groups=2), "dy must be an array of numbers"),
        (lambda: im2col(X[0], 3), r"x must have four dimensions \(N, C, H, W\)"),
        (lambda: im2col(X, 7), "spans 7 pixels, but the image has 5"),
        (lambda: col2im(np.ones((1, 36, 11)), X.shape, 3), r"columns must have shape \(1, 36, 12"),
        (lambda: col2im(np.ones((1, 36, 12)), X.shape[1:], 3), r"shape must be \(N, C, H, W\)"),
    ],
)  # fmt: skip
def test_the_way_back_refuses_what_does_not_fit(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
