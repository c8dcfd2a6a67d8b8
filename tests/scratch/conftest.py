"""Comparisons of the layers with PyTorch and with finite differences."""

import numpy as np
import pytest
import torch


@pytest.fixture(scope="session")
def close():
    """Assert that our array equals theirs: in shape, in type, and to ten digits."""

    def check(ours, theirs):
        theirs = np.asarray(theirs)
        assert np.shape(ours) == theirs.shape
        assert np.asarray(ours).dtype == theirs.dtype
        np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-11)

    return check


@pytest.fixture(scope="session")
def autograd():
    """Run PyTorch's f on these arrays; return y, some dy, and the gradient for each array."""

    def run(f, *arrays):
        tensors = [torch.from_numpy(array).requires_grad_() for array in arrays]
        y = f(*tensors)
        dy = torch.randn(y.shape, dtype=y.dtype, generator=torch.Generator().manual_seed(0))
        gradients = torch.autograd.grad(y, tensors, dy)
        return y.detach().numpy(), dy.numpy(), [gradient.numpy() for gradient in gradients]

    return run


@pytest.fixture(scope="session")
def slopes():
    """Assert that the gradients are those of the sum of f(*arrays) * dy, by central differences.

    It moves up to 20 numbers of each array a little up and down.
    """

    def check(f, arrays, gradients, dy, step=1e-5):
        random = np.random.default_rng(0)
        arrays = [array.copy() for array in arrays]
        for array, gradient in zip(arrays, gradients, strict=True):
            assert gradient.shape == array.shape
            for i in random.choice(array.size, min(array.size, 20), replace=False):
                value = array.flat[i]
                array.flat[i] = value + step
                above = (f(*arrays) * dy).sum()
                array.flat[i] = value - step
                slope = (above - (f(*arrays) * dy).sum()) / (2 * step)
                array.flat[i] = value
                assert slope == pytest.approx(gradient.flat[i], abs=1e-7)

    return check


@pytest.fixture(scope="session")
def unchanged():
    """Call f with these arrays, and assert that it doesn't change or return any of them."""

    def check(f, *arrays):
        before = [array.copy() for array in arrays]
        results = f(*arrays)
        for array, copy in zip(arrays, before, strict=True):
            assert np.array_equal(array, copy)
            for result in results if isinstance(results, tuple) else (results,):
                assert not np.shares_memory(result, array)

    return check
