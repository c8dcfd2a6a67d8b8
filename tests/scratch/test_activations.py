"""Activations: equal to PyTorch and to finite differences, also far out and at 0."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from alexnet_lib import scratch

KINDS = {
    "relu": (F.relu, []),
    "leaky_relu": (F.leaky_relu, [0.2]),
    "elu": (F.elu, [1.5]),
    "gelu": (F.gelu, []),
    "sigmoid": (torch.sigmoid, []),
    "tanh": (torch.tanh, []),
}
DEFAULTS = {"leaky_relu": F.leaky_relu, "elu": F.elu}


def own_functions(kind):
    """Return the function and its backward pass."""
    return getattr(scratch, kind), getattr(scratch, f"{kind}_backward")


@pytest.mark.parametrize("kind", KINDS)
@given(
    shape=st.lists(st.integers(0, 4), max_size=4).map(tuple),
    scale=st.sampled_from([1e-3, 1, 30, 1e3]),
    seed=st.integers(0, 2**32 - 1),
)
@settings(max_examples=40)
def test_activations_are_pytorchs(autograd, close, kind, shape, scale, seed):
    theirs, how = KINDS[kind]
    forward, backward = own_functions(kind)
    x = np.asarray(np.random.default_rng(seed).standard_normal(shape) * scale)
    y, dy, [dx] = autograd(lambda x: theirs(x, *how), x)
    close(forward(x, *how), y)
    close(backward(dy, x, *how), dx)


@pytest.mark.parametrize("kind", DEFAULTS)
def test_defaults_are_pytorchs(autograd, close, kind):
    x = np.linspace(-3, 3, 7)
    y, dy, [dx] = autograd(DEFAULTS[kind], x)
    forward, backward = own_functions(kind)
    close(forward(x), y)
    close(backward(dy, x), dx)


@pytest.mark.parametrize("kind", KINDS)
def test_at_zero_and_far_out(autograd, close, kind):
    """No overflow, which would be a warning, and at 0 the slope that PyTorch takes."""
    theirs, how = KINDS[kind]
    forward, backward = own_functions(kind)
    x = np.array([0.0, -0.0, -1e4, 1e4, -700, 700])
    y, dy, [dx] = autograd(lambda x: theirs(x, *how), x)
    close(forward(x, *how), y)
    close(backward(dy, x, *how), dx)


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_are_finite_differences(slopes, kind):
    _, how = KINDS[kind]
    forward, backward = own_functions(kind)
    random = np.random.default_rng(0)
    x, dy = random.standard_normal((4, 5)), random.standard_normal((4, 5))
    slopes(lambda x: forward(x, *how), [x], [backward(dy, x, *how)], dy)


def test_by_hand():
    x = np.array([-2, 0, 3])
    assert scratch.relu(x).tolist() == [0, 0, 3]
    assert scratch.relu_backward([5, 5, 5], x).tolist() == [0, 0, 5]
    assert scratch.leaky_relu(x, 0.5).tolist() == [-1, 0, 3]
    assert scratch.sigmoid([0]).tolist() == [0.5]
    assert scratch.sigmoid_backward([1], [0]).tolist() == [0.25]
    assert scratch.tanh_backward([1], [0]).tolist() == [1]


@pytest.mark.parametrize("kind", KINDS)
def test_types_and_inputs(unchanged, kind):
    _, how = KINDS[kind]
    how = [np.float64(setting) for setting in how]  # a setting doesn't change the type
    forward, backward = own_functions(kind)
    x = np.linspace(-3, 3, 6, dtype=np.float32).reshape(2, 3)
    dy = np.ones((2, 3), np.float32)
    assert forward(x, *how).dtype == backward(dy, x, *how).dtype == np.float32
    assert forward([1, 2], *how).dtype == backward([1, 1], [1, 2], *how).dtype == np.float64
    unchanged(lambda x: forward(x, *how), x)
    unchanged(lambda dy, x: backward(dy, x, *how), dy, x)


@pytest.mark.parametrize("kind", KINDS)
def test_refusals(kind):
    forward, backward = own_functions(kind)
    with pytest.raises(ValueError, match="x must be an array of numbers"):
        forward("words")
    with pytest.raises(ValueError, match=r"dy must have shape \(3,\), the shape of the output"):
        backward(np.ones(2), np.ones(3))


def test_settings_are_numbers():
    with pytest.raises(ValueError, match="slope must be a number, but 'steep' was given"):
        scratch.leaky_relu([1.0], "steep")
    with pytest.raises(ValueError, match="alpha must be a finite number, but inf was given"):
        scratch.elu([1.0], float("inf"))
