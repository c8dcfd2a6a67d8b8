"""Local response normalization: equal to PyTorch's, to finite differences, to the paper; fast."""

import copy
import pickle

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from alexnet_lib.networks import lrn_blocks
from alexnet_lib.networks.lrn import LocalResponseNorm, local_response_norm

many = settings(max_examples=50)
SETTINGS = 5, 1e-4, 0.75, 2.0


def pytorch_lrn(x, *how):
    """Return PyTorch's result; it needs three dimensions, and contiguous numbers."""
    if x.ndim == 2:
        return pytorch_lrn(x[..., None], *how)[..., 0]  # (N, C)
    return F.local_response_norm(x.contiguous(), *how)


def images(*shape, dtype=torch.float32, layout=torch.channels_last, seed=0):
    """Return numbers as large as in AlexNet's layers, some tens."""
    x = 30 * torch.randn(shape, generator=torch.Generator().manual_seed(seed))
    return x.to(dtype).contiguous(memory_format=layout)


def both_gradients(x, *how):
    """Return y and dx, ours and PyTorch's, for the same random dy."""
    x = x.detach().requires_grad_()
    ours, theirs = local_response_norm(x, *how), pytorch_lrn(x, *how)
    dy = torch.randn(ours.shape, dtype=x.dtype, generator=torch.Generator().manual_seed(1))
    gradients = [torch.autograd.grad(y, x, dy)[0] for y in (ours, theirs)]
    return (ours, theirs), gradients


LAYOUTS = {
    "as it is": lambda x: x,
    "channels last": lambda x: x.movedim(1, -1).contiguous().movedim(-1, 1),
    "other order": lambda x: x.transpose(0, -1).contiguous().transpose(0, -1),
    "every other": lambda x: x.repeat_interleave(2, -1)[..., ::2],
    "some channels": lambda x: (
        torch.cat([x, x], 1).movedim(1, -1).contiguous().movedim(-1, 1)[:, : x.shape[1]]
    ),
    "expanded": lambda x: x[:1].expand(x.shape),
}


@given(
    shape=st.lists(st.integers(1, 5), min_size=2, max_size=5),
    size=st.integers(1, 9),
    alpha=st.floats(0, 2),
    beta=st.sampled_from([0.75, 0.5, 1.0, 1.3]),
    k=st.floats(0.5, 3),
    layout=st.sampled_from(sorted(LAYOUTS)),
    block=st.sampled_from([8, 50, 2**17]),
)
@many
def test_any_layer_is_pytorchs_cut_into_any_blocks(shape, size, alpha, beta, k, layout, block):
    x = torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(size))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lrn_blocks, "BLOCK", block)
        outputs, gradients = both_gradients(LAYOUTS[layout](x), size, alpha, beta, k)
    torch.testing.assert_close(*outputs, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(*gradients, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("layout", [torch.channels_last, torch.contiguous_format])
def test_float32_is_pytorchs_to_a_millionth(layout):
    x = images(3, 96, 27, 27, layout=layout)  # (3, 96, 27, 27): more than one block
    outputs, gradients = both_gradients(x, *SETTINGS)
    torch.testing.assert_close(*outputs, rtol=1e-6, atol=1e-6)
    torch.testing.assert_close(*gradients, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("size", [1, 4, 5, 9])
@pytest.mark.parametrize("beta", [0.75, 0.6])
def test_gradients_are_finite_differences(size, beta):
    x = torch.randn(2, 6, 2, 3, dtype=torch.float64, requires_grad=True)  # (2, 6, 2, 3)
    assert torch.autograd.gradcheck(lambda x: local_response_norm(x, size, 0.7, beta, 1.5), x)


def test_a_second_derivative_is_refused():
    x = torch.randn(2, 6, requires_grad=True)
    with pytest.raises(RuntimeError, match="no second derivative here"):
        torch.autograd.grad(local_response_norm(x).sum(), x, create_graph=True)


def test_the_papers_formula_does_not_divide_alpha():
    x = images(2, 8, 3, 3)
    paper = local_response_norm(x, 5, 1e-4, divide=False)
    torch.testing.assert_close(paper, pytorch_lrn(x, 5, 5e-4, 0.75, 2.0), rtol=1e-6, atol=1e-6)
    by_hand = x[:, 3] / (2 + 1e-4 * (x[:, 1:6] ** 2).sum(1)) ** 0.75  # (2, 3, 3)
    torch.testing.assert_close(paper[:, 3], by_hand, rtol=1e-6, atol=1e-6)
    assert not torch.allclose(paper, local_response_norm(x, 5, 1e-4), rtol=1e-3)
    assert torch.equal(LocalResponseNorm(divide=False)(x), paper)


def test_memory_format_is_kept():
    last = torch.channels_last
    for x in (images(2, 8, 5, 4), images(2, 16, 5, 4)[:, :8]):  # (2, 8, 5, 4)
        x = x.requires_grad_()
        y = local_response_norm(x)
        (dx,) = torch.autograd.grad(y, x, torch.ones(x.shape))  # a dy of another format
        assert y.is_contiguous(memory_format=last)
        assert dx.is_contiguous(memory_format=last)
    x = images(2, 8, 5, 4, layout=torch.contiguous_format)
    assert local_response_norm(x).is_contiguous()


def largest_error(y, exact):
    """The largest error relative to the exact result."""
    return ((y.double() - exact).abs() / exact.abs().clamp_min(1e-9)).max().item()


@pytest.mark.parametrize(
    ("dtype", "rounding"), [(torch.bfloat16, 2**-8), (torch.float16, 2**-11)], ids=str
)
def test_half_precision_is_rounded_once(dtype, rounding):
    """Both ways: exact up to the rounding of the result, which PyTorch's layer is not."""
    x = images(4, 96, 60, dtype=dtype, layout=torch.contiguous_format) + 1  # (4, 96, 60)
    exact_x = x.double().requires_grad_()
    exact = pytorch_lrn(exact_x, *SETTINGS)
    x = x.requires_grad_()
    y = local_response_norm(x)
    assert y.dtype == dtype
    assert largest_error(y, exact) <= 1.001 * rounding
    assert largest_error(y, exact) < largest_error(pytorch_lrn(x, *SETTINGS), exact)
    dy = images(4, 96, 60, dtype=dtype, layout=torch.contiguous_format, seed=2)
    (dx,) = torch.autograd.grad(y, x, dy)
    (exact_dx,) = torch.autograd.grad(exact, exact_x, dy.double())
    assert dx.dtype == dtype
    assert ((dx.double() - exact_dx).abs() <= 1.001 * rounding * exact_dx.abs() + 1e-5).all()


def test_autocast_leaves_the_type_alone():
    with torch.autocast("cpu", torch.bfloat16):
        for dtype in (torch.bfloat16, torch.float32, torch.float64):
            x = images(2, 8, 3, 3, dtype=dtype).requires_grad_()
            y = local_response_norm(x)
            y.sum().backward()
            assert y.dtype == x.grad.dtype == dtype
            assert torch.equal(y, local_response_norm(x))
    with torch.autocast("cpu", enabled=False):
        assert torch.equal(y, local_response_norm(x))


def saved_for_backward(x):
    saved = []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: saved.append(t) or t, lambda t: t):
        y = local_response_norm(x)
    return saved, y


def test_only_the_input_is_kept_and_nothing_without_gradients():
    x = images(2, 8, 3, 3)
    assert saved_for_backward(x)[0] == []
    x.requires_grad_()
    saved, _ = saved_for_backward(x)
    assert [t.data_ptr() for t in saved] == [x.data_ptr()]
    with torch.no_grad():
        saved, y = saved_for_backward(x)
    assert saved == []
    assert not y.requires_grad


def test_an_input_that_changed_before_the_way_back_is_noticed():
    x = images(2, 8, 3, 3).requires_grad_()
    z = x * 1
    y = local_response_norm(z)
    z.mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


def test_inputs_are_left_as_they_were():
    x, dy = images(2, 8, 3, 3), images(2, 8, 3, 3, seed=1)
    before = x.clone(), dy.clone()
    y = local_response_norm(x.requires_grad_())
    y.backward(dy)
    assert torch.equal(x, before[0])
    assert torch.equal(dy, before[1])


def test_what_is_no_number_stays_in_its_window(monkeypatch):
    monkeypatch.setattr(lrn_blocks, "BLOCK", 60)
    for layout in (torch.channels_last, torch.contiguous_format):
        x = images(2, 8, 3, 3, layout=layout)
        clean = both_gradients(x, *SETTINGS)
        x[0, 2, 1, 1] = torch.nan
        dirty = both_gradients(x, *SETTINGS)
        outside = torch.ones(x.shape, dtype=torch.bool)
        outside[0, :, 1, 1] = False
        for (before, _), (after, _) in zip(clean, dirty, strict=True):
            assert torch.equal(before[outside], after[outside])
            assert after[0, :5, 1, 1].isnan().all()


@pytest.mark.parametrize("shape", [(0, 3), (2, 0, 4), (2, 3, 0, 5)])
def test_nothing_gives_nothing(shape):
    x = torch.zeros(shape, requires_grad=True)
    y = local_response_norm(x)
    y.sum().backward()
    assert y.shape == x.grad.shape == shape


def test_the_layer_is_the_function_and_can_be_copied():
    layer = LocalResponseNorm(3, alpha=0.1, beta=0.5, k=1.0, divide=False)
    x = images(2, 8, 3, 3)
    expected = local_response_norm(x, 3, 0.1, 0.5, 1.0, divide=False)
    for twin in (layer, layer.eval(), copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        assert torch.equal(twin(x), expected)
    assert not list(layer.parameters())
    assert not layer.state_dict()
    assert repr(layer) == "LocalResponseNorm(3, alpha=0.1, beta=0.5, k=1.0, divide=False)"
    assert repr(LocalResponseNorm()) == "LocalResponseNorm(5, alpha=0.0001, beta=0.75, k=2.0)"


@pytest.mark.parametrize("f", [LocalResponseNorm, lambda **how: local_response_norm(X, **how)])
@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ({"size": 0}, "size must be at least 1, but 0 was given"),
        ({"size": 2.5}, r"size must be a whole number, but 2\.5 was given"),
        ({"alpha": -1}, "alpha must be at least 0, but -1 was given"),
        ({"alpha": "1e-4"}, "alpha must be a finite number, but '1e-4' was given"),
        ({"beta": float("nan")}, "beta must be a finite number, but nan was given"),
        ({"k": 0}, "k must be above 0, or zeros are divided by 0, but 0 was given"),
        ({"k": float("inf")}, "k must be a finite number, but inf was given"),
    ],
)
def test_impossible_settings_are_refused_in_one_sentence(f, how, sentence):
    with pytest.raises(ValueError, match=sentence):
        f(**how)


X = torch.ones(1, 2)


@pytest.mark.parametrize("x", [torch.ones(3), torch.ones(2, 3, dtype=torch.int64)])
def test_an_impossible_input_is_refused_in_one_sentence(x):
    with pytest.raises(ValueError, match=r"x must be floating-point numbers \(N, C, \.\.\.\), but"):
        local_response_norm(x)


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_groups_are_normalized_by_themselves(layout):
    """As on the two GPUs of 2012: 48 of conv1's 96 maps on each."""
    x = (torch.randn(2, 96, 5, 5) * 50).to(memory_format=layout)
    layer = LocalResponseNorm(groups=2)
    whole = local_response_norm(x)
    halves = [local_response_norm(half.contiguous()) for half in x.split(48, 1)]
    assert torch.equal(layer(x), torch.cat(halves, 1))
    assert not torch.equal(layer(x), whole)
    assert torch.equal(layer(x)[:, :46], whole[:, :46])  # 2 channels or more from the border
    assert "groups=2" in repr(layer)
    with pytest.raises(ValueError, match="95 input channels can't be shared out equally among 2"):
        layer(x[:, :95])
