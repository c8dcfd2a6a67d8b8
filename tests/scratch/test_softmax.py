"""Softmax and cross-entropy: equal to PyTorch and to finite differences, sums to one, stable."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from alexnet_lib.scratch import (
    cross_entropy,
    cross_entropy_backward,
    log_softmax,
    log_softmax_backward,
    softmax,
    softmax_backward,
)

many = settings(max_examples=60)
KINDS = {
    "softmax": (softmax, softmax_backward, F.softmax),
    "log_softmax": (log_softmax, log_softmax_backward, F.log_softmax),
}


@st.composite
def tables(draw):
    """scores (N, C), close together or far apart, and labels (N,)."""
    n, classes = draw(st.integers(1, 5)), draw(st.integers(1, 6))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    scores = random.standard_normal((n, classes)) * draw(st.sampled_from([0.1, 3, 1000]))
    return scores, random.integers(0, classes, n)


@pytest.mark.parametrize("kind", KINDS)
@given(table=tables(), front=st.booleans())
@many
def test_softmax_is_pytorchs(autograd, close, kind, table, front):
    forward, backward, theirs = KINDS[kind]
    scores = table[0][None, None] if front else table[0]
    p, dp, [dscores] = autograd(lambda scores: theirs(scores, -1), scores)
    close(forward(scores), p)
    close(backward(dp, scores), dscores)


@given(tables())
@many
def test_cross_entropy_is_pytorchs(close, table):
    scores, labels = table
    tensor = torch.from_numpy(scores).requires_grad_()
    loss = F.cross_entropy(tensor, torch.from_numpy(labels))
    loss.backward()
    close(cross_entropy(scores, labels), loss.detach())
    close(cross_entropy_backward(scores, labels), tensor.grad)


def test_gradients_are_finite_differences(slopes):
    random = np.random.default_rng(0)
    scores, dp = random.standard_normal((3, 4)), random.standard_normal((3, 4))
    labels = [2, 0, 3]
    for forward, backward, _ in KINDS.values():
        slopes(forward, [scores], [backward(dp, scores)], dp)
    gradient = cross_entropy_backward(scores, labels)
    slopes(lambda scores: cross_entropy(scores, labels), [scores], [gradient], 1)


@given(tables(), st.floats(-1e3, 1e3))
@many
def test_probabilities_sum_to_one_and_do_not_see_a_shift(table, shift):
    scores, labels = table
    p = softmax(scores)
    assert (p >= 0).all()
    np.testing.assert_allclose(p.sum(-1), 1, rtol=1e-12)
    np.testing.assert_allclose(p, softmax(scores + shift), atol=1e-9)
    np.testing.assert_allclose(cross_entropy_backward(scores, labels).sum(1), 0, atol=1e-12)


def test_large_scores_do_not_overflow():
    assert softmax([1e4, 0]).tolist() == [1, 0]
    assert log_softmax([1e4, 0]).tolist() == [0, -1e4]
    assert cross_entropy([[1e4, 0]], [1]) == 1e4  # the logarithm of a probability would be -inf


def test_by_hand():
    scores = np.log([[1.0, 2.0, 5.0]])
    np.testing.assert_allclose(softmax(scores), [[1 / 8, 2 / 8, 5 / 8]])
    assert cross_entropy(scores, [1]) == pytest.approx(np.log(4))
    np.testing.assert_allclose(cross_entropy_backward(scores, [1]), [[1 / 8, -6 / 8, 5 / 8]])
    assert cross_entropy(np.zeros((2, 1000)), [3, 7]) == pytest.approx(6.9078, abs=1e-4)


def test_types_and_inputs(unchanged):
    scores, labels = np.float32([[1, 2], [3, 5]]), np.array([0, 1])
    for forward, backward, _ in KINDS.values():
        assert forward(scores).dtype == backward(scores, scores).dtype == np.float32
        assert forward([[1, 2]]).dtype == np.float64
        unchanged(forward, scores)
        unchanged(backward, scores, scores)
    assert cross_entropy(scores, labels).dtype == np.float32
    assert cross_entropy_backward(scores, labels).dtype == np.float32
    unchanged(cross_entropy, scores, labels)
    unchanged(cross_entropy_backward, scores, labels)


S = np.ones((2, 3))


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: softmax(5), r"one number for each class along the last axis, .* shape is \(\)"),
        (lambda: log_softmax(np.ones((2, 0))), r"one number for each class .* shape is \(2, 0\)"),
        (lambda: softmax_backward(S[0], S), r"dp must have shape \(2, 3\), the shape of the"),
        (lambda: log_softmax_backward(S[0], S), r"dlog must have shape \(2, 3\)"),
        (lambda: cross_entropy(S[0], [1]), r"scores must have two dimensions \(N, C\)"),
        (lambda: cross_entropy(S, [1]), r"labels must have shape \(2,\), one for each row"),
        (lambda: cross_entropy(S, [1, 3]), "one of the 3 classes, 0 to 2, but 3 was given"),
        (lambda: cross_entropy(S, [-1, 0]), "one of the 3 classes, 0 to 2, but -1 was given"),
        (lambda: cross_entropy_backward(S, [1.0, 2.0]), "labels must be whole numbers, not of "),
        (lambda: cross_entropy(S[:0], np.zeros(0, int)), "at least one example, but scores has no"),
    ],
)  # fmt: skip
def test_refusals(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
