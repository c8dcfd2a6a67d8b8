"""How the layers are held to PyTorch and to finite differences, the same way for all."""

import numpy as np
import pytest
import torch


@pytest.fixture(scope="session")
def close():
    """Assert that an array of ours is theirs: same shape, same type, equal to ten digits."""

    def check(ours, theirs):
        theirs = np.asarray(theirs)
        assert np.shape(ours) == theirs.shape
        assert np.asarray(ours).dtype == theirs.dtype
        np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-11)

    return check


@pytest.fixture(scope="session")
def autograd():
    """f of PyTorch at these arrays: y, some dy, and the gradient with respect to each array."""

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

    Up to 20 numbers of each array are moved a little up and down.
    """

    def check(f, arrays, gradients, dy, step=1e-5):
        random = np.random.default_rng(0)
        arrays = [array.copy() for array in arrays]
        for array, gradient in zip(arrays, gradients, strict=True):
            assert gradient.shape == array.shape
            for i in random.choice(array.size, min(array.size, 20), replace=False):
                kept = array.flat[i]
                array.flat[i] = kept + step
                above = (f(*arrays) * dy).sum()
                array.flat[i] = kept - step
                slope = (above - (f(*arrays) * dy).sum()) / (2 * step)
                array.flat[i] = kept
                assert slope == pytest.approx(gradient.flat[i], abs=1e-7)

    return check


@pytest.fixture(scope="session")
def unchanged():
    """Call f with these arrays and assert that it neither changed them nor returned one of them."""

    def check(f, *arrays):
        before = [array.copy() for array in arrays]
        results = f(*arrays)
        for array, copy in zip(arrays, before, strict=True):
            assert np.array_equal(array, copy)
            for result in results if isinstance(results, tuple) else (results,):
                assert not np.shares_memory(result, array)

    return check
