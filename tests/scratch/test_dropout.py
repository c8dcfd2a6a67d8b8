"""Dropout: the two forms by their table, equal in expectation, and their gradients."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from alexnet_lib.scratch import dropout, dropout_backward, dropout_mask

probabilities = st.floats(0, 0.95)
cases = given(
    shape=st.lists(st.integers(0, 4), max_size=4).map(tuple),
    p=probabilities,
    inverted=st.booleans(),
    test=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)


@cases
@settings(max_examples=80)
def test_dropout_and_its_way_back_are_pytorchs_products(
    autograd, close, shape, p, inverted, test, seed
):
    random = np.random.default_rng(seed)
    x = np.asarray(random.standard_normal(shape))
    mask = None if test else dropout_mask(shape, p, random)
    factor = np.ones(shape) if test else mask.astype(float)
    if inverted != test:  # the training of the one and the test of the other are scaled
        factor = factor / (1 - p) if inverted else factor * (1 - p)
    y, dy, [dx] = autograd(lambda x: x * torch.from_numpy(np.asarray(factor)), x)
    close(dropout(x, p, mask, inverted), y)
    close(dropout_backward(dy, p, mask, inverted), dx)


def test_the_inverted_form_is_pytorchs():
    """The masks differ, since the generators do; the values that come out don't."""
    x = np.ones(1000)
    theirs = F.dropout(torch.from_numpy(x), 0.2)
    ours = dropout(x, 0.2, dropout_mask(x.shape, 0.2, np.random.default_rng(0)))
    assert set(ours.tolist()) == set(theirs.tolist()) == {0, 1.25}
    assert dropout(x, 0.2).tolist() == F.dropout(torch.from_numpy(x), 0.2, False).tolist()


@pytest.mark.parametrize("inverted", [True, False])
@pytest.mark.parametrize("p", [0.2, 0.5, 0.9])
def test_training_is_on_average_as_a_test(p, inverted):
    """Over all masks, each with its probability: exact, nothing is left to chance."""
    x = np.array([1.0, -2.0, 3.0])
    mean = np.zeros(3)
    for bits in np.ndindex(2, 2, 2):
        mask = np.array(bits, bool)
        probability = np.prod(np.where(mask, 1 - p, p))
        mean += probability * dropout(x, p, mask, inverted)
    np.testing.assert_allclose(mean, dropout(x, p, inverted=inverted), rtol=1e-12)


def test_the_paper_multiplies_a_test_by_the_probability_of_keeping():
    """Not by p: at p = 0.5 nobody notices, at 0.2 the difference is that of 0.8 and 0.2."""
    assert dropout([10.0], 0.2, inverted=False).tolist() == [8]


def test_masks_keep_as_many_as_they_should():
    mask = dropout_mask((100, 1000), 0.3, np.random.default_rng(0))
    assert mask.dtype == bool
    assert mask.mean() == pytest.approx(0.7, abs=0.005)  # three deviations are 0.0043
    assert dropout_mask((5,), 0, np.random.default_rng(0)).all()
    again = dropout_mask((100, 1000), 0.3, np.random.default_rng(0))
    assert np.array_equal(mask, again)


def test_gradients_are_finite_differences(slopes):
    random = np.random.default_rng(0)
    x, dy = random.standard_normal((3, 4)), random.standard_normal((3, 4))
    for mask in (None, dropout_mask(x.shape, 0.4, random)):
        for inverted in (True, False):
            how = (0.4, mask, inverted)
            slopes(lambda x, how=how: dropout(x, *how), [x], [dropout_backward(dy, *how)], dy)


@pytest.mark.parametrize("inverted", [True, False])
@pytest.mark.parametrize("mask", [None, np.array([True, False])])
def test_types_and_inputs(unchanged, mask, inverted):
    x = np.ones(2, np.float32)
    how = (np.float64(0.5), mask, inverted)
    assert dropout(x, *how).dtype == dropout_backward(x, *how).dtype == np.float32
    assert dropout([1, 2], *how).dtype == np.float64
    unchanged(lambda x: dropout(x, *how), x)
    unchanged(lambda dy: dropout_backward(dy, *how), x)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: dropout([1.0], 1), r"p must be at least 0 and less than 1, .* but 1\.0 was"),
        (lambda: dropout([1.0], -0.1), r"p must be at least 0 .* but -0\.1 was given"),
        (lambda: dropout([1.0], "half"), "p must be a number, but 'half' was given"),
        (lambda: dropout([1.0], 0.5, [True, False]), r"mask must have shape \(1,\)"),
        (lambda: dropout_mask((2,), 0.5, 0), "rng must be a generator such as np.random.default_r"),
        (lambda: dropout_mask((2,), 2, np.random.default_rng(0)), "p must be at least 0"),
    ],
)
def test_refusals(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
