"""Normalization: equal to PyTorch, to the paper's printed formula and to finite differences."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from alexnet_lib.scratch import (
    batch_norm,
    batch_norm_backward,
    local_response_norm,
    local_response_norm_backward,
    running_statistics,
)

many = settings(max_examples=60)


@st.composite
def responses(draw):
    """x (N, C, H, W), and size, alpha, beta, k: strong enough to matter."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = [draw(st.integers(1, most)) for most in (2, 8, 3, 3)]
    how = [draw(st.integers(1, 9))]
    how += [draw(st.floats(*limits)) for limits in [(0, 2), (0, 2), (0.5, 3)]]
    return random.standard_normal(shape) * 3, how


@st.composite
def batches(draw):
    """x (N, C) or (N, C, H, W), weight, bias, running mean and variance, eps."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    channels = draw(st.integers(1, 4))
    image = draw(st.sampled_from([(), (3, 2), (1, 1)]))
    x = random.normal(5, 3, (draw(st.integers(2, 5)), channels, *image))
    weight, bias, mean = random.standard_normal((3, channels))
    var = random.uniform(0.1, 3, channels)
    return x, weight, bias, (mean, var), draw(st.floats(1e-5, 0.1))


@given(responses())
@many
def test_response_norm_is_pytorchs(autograd, close, case):
    x, how = case
    y, dy, [dx] = autograd(lambda x: F.local_response_norm(x, *how), x)
    close(local_response_norm(x, *how), y)
    close(local_response_norm_backward(dy, x, *how), dx)


@given(responses(), st.integers(0, 3))
@many
def test_undivided_it_is_what_the_paper_prints(case, reach):
    """The sum over j from max(0, i - n/2) to min(N - 1, i + n/2), channel by channel."""
    x, (_, alpha, beta, k) = case
    y = local_response_norm(x, 2 * reach + 1, alpha, beta, k, divide=False)
    channels = x.shape[1]
    for i in range(channels):
        beside = x[:, max(0, i - reach) : min(channels - 1, i + reach) + 1]
        expected = x[:, i] / (k + alpha * (beside**2).sum(1)) ** beta
        np.testing.assert_allclose(y[:, i], expected, rtol=1e-10)


def test_the_papers_alpha_is_five_times_the_programs():
    x = np.random.default_rng(0).standard_normal((2, 8, 3, 3)) * 30
    printed = local_response_norm(x, alpha=1e-4, divide=False)
    np.testing.assert_allclose(local_response_norm(x, alpha=5e-4), printed, rtol=1e-12)
    assert abs(local_response_norm(x, alpha=1e-4) - printed).max() > 0.5


def test_response_norm_has_the_papers_constants(close):
    x = np.random.default_rng(0).standard_normal((2, 8, 3, 3)) * 30
    close(local_response_norm(x), F.local_response_norm(torch.from_numpy(x), 5, 1e-4, 0.75, 2.0))


@pytest.mark.parametrize("size", [4, 5])  # 4: one channel more before than after
@pytest.mark.parametrize("divide", [True, False])
def test_response_norms_gradients_are_finite_differences(slopes, size, divide):
    random = np.random.default_rng(0)
    x, dy = random.standard_normal((2, 2, 7, 2, 3))
    how = (size, 0.5, 0.75, 1.5, divide)
    dx = local_response_norm_backward(dy, x, *how)
    slopes(lambda x: local_response_norm(x, *how), [x], [dx], dy)


@given(batches(), st.booleans())
@many
def test_batch_norm_is_pytorchs(autograd, close, case, training):
    x, weight, bias, running, eps = case
    mean, var = map(torch.from_numpy, running)

    def theirs(x, weight, bias):
        return F.batch_norm(x, mean.clone(), var.clone(), weight, bias, training, eps=eps)

    running = None if training else running
    y, dy, expected = autograd(theirs, x, weight, bias)
    close(batch_norm(x, weight, bias, running, eps), y)
    gradients = batch_norm_backward(dy, x, weight, running, eps)
    for ours, gradient in zip(gradients, expected, strict=True):
        close(ours, gradient)


@given(batches(), st.floats(0, 1))
@many
def test_running_statistics_are_pytorchs(close, case, momentum):
    x, _, _, running, _ = case
    mean, var = (torch.from_numpy(array.copy()) for array in running)
    F.batch_norm(torch.from_numpy(x), mean, var, training=True, momentum=momentum)
    ours = running_statistics(running, x, momentum)
    close(ours[0], mean)
    close(ours[1], var)


@pytest.mark.parametrize("shape", [(5, 3), (2, 3, 2, 2)])
@pytest.mark.parametrize("running", [None, (np.ones(3), np.full(3, 2.0))])
def test_batch_norms_gradients_are_finite_differences(slopes, shape, running):
    random = np.random.default_rng(0)
    x, dy = random.standard_normal((2, *shape))
    weight, bias = random.standard_normal((2, 3))
    gradients = batch_norm_backward(dy, x, weight, running)
    slopes(lambda *arrays: batch_norm(*arrays, running), (x, weight, bias), gradients, dy)


@given(batches())
@many
def test_a_batch_comes_out_with_mean_0_and_variance_1(case):
    x, *_ = case
    one, zero = np.ones(x.shape[1]), np.zeros(x.shape[1])
    y = batch_norm(x, one, zero, eps=1e-12)
    channels = (0, *range(2, x.ndim))
    np.testing.assert_allclose(y.mean(channels), 0, atol=1e-9)
    np.testing.assert_allclose(y.var(channels), 1, rtol=1e-6)


def test_types_and_inputs(unchanged):
    random = np.random.default_rng(0)
    x, dy = random.standard_normal((2, 2, 3, 2, 2)).astype(np.float32)
    weight, bias, mean, var = random.uniform(1, 2, (4, 3)).astype(np.float32)
    assert local_response_norm(x, alpha=np.float64(1)).dtype == np.float32
    assert local_response_norm_backward(dy, x).dtype == np.float32
    assert local_response_norm(np.ones((1, 3, 2, 2), int)).dtype == np.float64
    unchanged(local_response_norm, x)
    unchanged(local_response_norm_backward, dy, x)
    for running in (None, (mean, var)):
        assert batch_norm(x, weight, bias, running).dtype == np.float32
        gradients = batch_norm_backward(dy, x, weight, running)
        assert {gradient.dtype for gradient in gradients} == {np.dtype(np.float32)}
        unchanged(lambda *arrays: batch_norm(*arrays, running), x, weight, bias)  # noqa: B023
        unchanged(lambda *arrays: batch_norm_backward(*arrays, running), dy, x, weight)  # noqa: B023
    assert running_statistics((mean, var), x)[0].dtype == np.float32
    unchanged(lambda mean, var, x: running_statistics((mean, var), x), mean, var, x)


X, C = np.ones((2, 3, 4, 5)), np.ones(3)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: local_response_norm(X[0]), r"x must have four dimensions \(N, C, H, W\)"),
        (lambda: local_response_norm(X, 0), "size must be at least 1, but 0 was given"),
        (lambda: local_response_norm(X, 2.5), r"size must be a whole number, but 2\.5 was given"),
        (lambda: local_response_norm(X, alpha=-1), r"alpha must be at least 0, but -1\.0 was"),
        (lambda: local_response_norm(X, k=0), "k must be above 0, but 0 was given"),
        (lambda: local_response_norm_backward(X[:1], X), r"dy must have shape \(2, 3, 4, 5\)"),
        (lambda: batch_norm(X[0], C, C), r"\(N, C\) or four \(N, C, H, W\), but .* \(3, 4, 5\)"),
        (lambda: batch_norm(X, C[:2], C), r"weight must have shape \(3,\), one number for each ch"),
        (lambda: batch_norm(X, C, C[:2]), r"bias must have shape \(3,\), one number for each chan"),
        (lambda: batch_norm(X, C, C, (C, C[:2])), r"var must have shape \(3,\)"),
        (lambda: batch_norm(X, C, C, (C[:2], C)), r"mean must have shape \(3,\)"),
        (lambda: batch_norm(X, C, C, 1), r"running must be \(mean, var\), but 1 was given"),
        (lambda: batch_norm(X, C, C, eps=0), "eps must be above 0, but 0 was given"),
        (lambda: batch_norm(X[:1, :, 0, 0], C, C), "at least two numbers in each channel"),
        (lambda: batch_norm(X[:, :0], C[:0], C[:0]), "at least two numbers in each channel"),
        (lambda: batch_norm_backward(X[:1], X, C), r"dy must have shape \(2, 3, 4, 5\)"),
        (lambda: batch_norm_backward(X, X, C[:2]), r"weight must have shape \(3,\)"),
        (lambda: running_statistics((C, C), X[:1, :, 0, 0]), "at least two numbers in each ch"),
        (lambda: running_statistics((C, C), X, -1), r"momentum must be at least 0, but -1\.0"),
    ],
)  # fmt: skip
def test_refusals(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


def test_one_example_is_enough_for_a_test():
    assert batch_norm(X[:1, :, 0, 0], C, C, (C, C)).shape == (1, 3)
