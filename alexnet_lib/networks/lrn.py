"""Local response normalization, AlexNet's own layer: a lesson in what memory traffic costs.

Each number is divided by a power of a sum of squares over the neighbouring channels:

    y_i = x_i / d_i^beta      d_i = k + a * (sum of x_j² over `size` channels, from i - size // 2)

With divide=True, a = alpha / size, as in the program of 2012 and in PyTorch.
With divide=False, a = alpha, as the paper prints it.

That is a dozen operations per number, where the convolution before it took hundreds. Yet
PyTorch's layer makes a training step at least twice as long: each of its passes reads and writes a
whole activation (37 MB for conv1 and 32 images, far more than a core's cache holds), and one of
them, the sums, takes two thirds of its forward time. This layer takes a sixth to a ninth of the
time, because it works through the activation in blocks that stay in the cache (`lrn_blocks`).
"""

from math import isfinite
from numbers import Real

import torch
from torch import nn

from alexnet_lib.arguments import as_int, channels_per_group
from alexnet_lib.networks.lrn_blocks import Blocks, Windows, as_rows, empty_result, share_out

__all__ = ["LocalResponseNorm", "local_response_norm"]


def local_response_norm(x, size=5, alpha=1e-4, beta=0.75, k=2.0, divide=True):
    """Divide x (N, C, ...) by (k + a * sum of squares of `size` neighbouring channels) ** beta.

    a = alpha / size, or alpha if divide=False. The result has the shape, type and memory format
    of x; half precision is computed in float32. It can be differentiated once.
    """
    check_settings(size, alpha, beta, k)
    if x.ndim < 2 or not x.is_floating_point():
        raise ValueError(
            f"x must be floating-point numbers (N, C, ...), but it is {x.dtype} of shape"
            f" {tuple(x.shape)}."
        )
    if x.numel() == 0:
        return x.clone()
    return Normalize.apply(x, size, alpha / size if divide else alpha, beta, k)


class LocalResponseNorm(nn.Module):
    """`local_response_norm` as a layer without parameters: (N, C, ...) -> the same shape.

    groups=2 normalizes each half of the channels by itself, as the two GPUs of 2012 did.
    """

    keeps_window = True  # tells `anatomy` that it reads neighbouring channels, but no other pixel

    def __init__(self, size=5, alpha=1e-4, beta=0.75, k=2.0, divide=True, groups=1):
        check_settings(size, alpha, beta, k)
        super().__init__()
        self.groups = as_int(groups, "groups", 1)
        self.size = size
        self.alpha = alpha
        self.beta = beta
        self.k = k
        self.divide = divide

    def forward(self, x):
        """Compute y from x (N, C, ...), in the same shape."""
        settings = self.size, self.alpha, self.beta, self.k, self.divide
        if self.groups == 1:
            return local_response_norm(x, *settings)
        channels_per_group(x.shape[1], self.groups, "input")
        parts = x.chunk(self.groups, 1)  # (N, C/groups, ...) each
        return torch.cat([local_response_norm(part, *settings) for part in parts], 1)

    def extra_repr(self):
        """Return the settings, for print(model)."""
        divide = "" if self.divide else ", divide=False"
        groups = "" if self.groups == 1 else f", groups={self.groups}"
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}{divide}{groups}"


def check_settings(size, alpha, beta, k):
    """Raise a ValueError for settings with which d could be 0, negative or not a number."""
    as_int(size, "size", 1)
    for name, value in {"alpha": alpha, "beta": beta, "k": k}.items():
        if not isinstance(value, Real) or not isfinite(value):
            raise ValueError(f"{name} must be a finite number, but {value!r} was given.")
    if alpha < 0:
        raise ValueError(f"alpha must be at least 0, but {alpha} was given.")
    if k <= 0:
        raise ValueError(f"k must be above 0, or zeros are divided by 0, but {k} was given.")


class Normalize(torch.autograd.Function):
    """The layer and its gradient. It saves x alone: the backward pass computes d again."""

    @staticmethod
    def forward(ctx, x, size, a, beta, k):
        """Compute y from x (N, C, ...), in the same shape."""
        ctx.save_for_backward(x)
        ctx.settings = size, a, beta, k
        y = empty_result(x)

        def work(xs, ys):
            blocks = Blocks(xs, size, a, k)
            for cut in blocks.cuts:
                x_cut = blocks.load(xs[cut], 0)  # (n, C, l), like all the following
                d = blocks.denominators(x_cut)
                torch.mul(blocks.power(d, beta), x_cut, out=ys[cut])

        share_out(work, as_rows(x, y), as_rows(y, y))
        return y

    @staticmethod
    def backward(ctx, dy):
        """Compute dx, like x, from dy, like y. Each x_j enters y_j, and d_i of all i around it:

        dx_j = dy_j / d_j^beta - 2 a beta x_j * (sum over those i of dy_i y_i / d_i)
        """
        if torch.is_grad_enabled():  # true only with create_graph=True
            raise RuntimeError(
                "Local response normalization has no second derivative here: take the gradient"
                " without create_graph=True, or use torch.nn.LocalResponseNorm."
            )
        (x,) = ctx.saved_tensors
        size, a, beta, k = ctx.settings
        dx = empty_result(x)

        def work(xs, dys, dxs):
            blocks = Blocks(xs, size, a, k)
            shares = Windows(blocks.shape, size, blocks.edge * 0)
            for cut in blocks.cuts:
                x_cut = blocks.load(xs[cut], 0)  # (n, C, l)
                dy_cut = blocks.load(dys[cut], 1)  # (n, C, l)
                d = blocks.denominators(x_cut)
                direct = blocks.power(d, beta).mul_(dy_cut)
                torch.mul(direct, x_cut, out=shares.inside).div_(d)  # dy_i y_i / d_i
                around = shares.sums(mirrored=True)
                torch.addcmul(direct, x_cut, around, value=-2 * a * beta, out=dxs[cut])

        share_out(work, *(as_rows(tensor, dx) for tensor in (x, dy, dx)))
        return dx, None, None, None, None
