"""Local response normalization, AlexNet's own layer: a lesson in what memory traffic costs.

Each number is divided by a power of the squares around it, over neighboring channels:

    y_i = x_i / d_i^beta      d_i = k + a * (sum of x_j² over `size` channels, from i - size // 2)

With divide=True, a = alpha / size: so the program of 2012 did it, and so does PyTorch.
With divide=False, a = alpha: so the paper prints it.

That is a dozen operations per number, where the convolution before it took hundreds. Yet
PyTorch's layer makes a training step twice as long or worse: it reads and writes a whole activation
(37 MB for conv1 and 32 images, far more than a core's cache holds) in each of its passes, and two
thirds of its way forward goes into one of them, the sums. This layer takes a sixth to a ninth of
its time. Each trick says what it gains: conv1's activation, both ways, float32, one core.
"""

from concurrent.futures import ThreadPoolExecutor
from math import ceil, isfinite
from numbers import Real

import torch
from torch import nn

from alexnet_lib.arguments import channels_per_group, whole

__all__ = ["LocalResponseNorm", "local_response_norm"]

# All passes run over one block before the next, so its numbers stay in the cache: 1.2 times as fast
# as over the whole activation (in bfloat16 1.5). A block has fewer than 2^15 numbers: so many
# PyTorch computes on the core that asks, without waking the others.
BLOCK = 30_000
THREADS = 4  # more of them would only wait for Python's lock


def local_response_norm(x, size=5, alpha=1e-4, beta=0.75, k=2.0, divide=True):
    """x (N, C, ...) over (k + a * sum of squares of `size` neighboring channels) ** beta.

    a = alpha / size, or alpha if divide=False. The result has the shape, type and memory format
    of x; half precision is computed in float32. It can be differentiated once.
    """
    check(size, alpha, beta, k)
    if x.ndim < 2 or not x.is_floating_point():
        found = f"{x.dtype} of shape {tuple(x.shape)}"
        raise ValueError(f"x must be floating-point numbers (N, C, ...), but it is {found}.")
    if x.numel() == 0:
        return x.clone()
    return Normalize.apply(x, size, alpha / size if divide else alpha, beta, k)


class LocalResponseNorm(nn.Module):
    """`local_response_norm` as a layer: (N, C, ...) -> the same shape. It learns nothing.

    groups=2 normalizes each half of the channels by itself, as the two GPUs of 2012 did.
    """

    keeps_window = True  # for `anatomy`: it reads neighbouring channels, but no neighbouring place

    def __init__(self, size=5, alpha=1e-4, beta=0.75, k=2.0, divide=True, groups=1):
        check(size, alpha, beta, k)
        super().__init__()
        self.groups = whole(groups, "groups", 1)
        self.size, self.alpha, self.beta, self.k, self.divide = size, alpha, beta, k, divide

    def forward(self, x):
        """x (N, C, ...) -> y, the same shape."""
        how = self.size, self.alpha, self.beta, self.k, self.divide
        if self.groups == 1:
            return local_response_norm(x, *how)
        channels_per_group(x.shape[1], self.groups, "input")
        return torch.cat([local_response_norm(p, *how) for p in x.chunk(self.groups, 1)], 1)

    def extra_repr(self):
        """The settings, for print(model)."""
        divide = "" if self.divide else ", divide=False"
        groups = "" if self.groups == 1 else f", groups={self.groups}"
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}{divide}{groups}"


def check(size, alpha, beta, k):
    """Refuse settings with which d could be 0, negative or no number."""
    whole(size, "size", 1)
    for name, value in {"alpha": alpha, "beta": beta, "k": k}.items():
        if not isinstance(value, Real) or not isfinite(value):
            raise ValueError(f"{name} must be a finite number, but {value!r} was given.")
    if alpha < 0:
        raise ValueError(f"alpha must be at least 0, but {alpha} was given.")
    if k <= 0:
        raise ValueError(f"k must be above 0, or zeros are divided by 0, but {k} was given.")


class Normalize(torch.autograd.Function):
    """The layer and its gradient. Only x is kept for the way back, where d is computed again."""

    @staticmethod
    def forward(ctx, x, size, a, beta, k):
        """x (N, C, ...) -> y, the same shape."""
        ctx.save_for_backward(x)
        ctx.settings = size, a, beta, k
        y = like(x)

        def work(xs, ys):
            blocks = Blocks(xs, size, a, k)
            for cut in blocks.cuts:
                x_cut = blocks.load(xs[cut], 0)  # (n, C, l), as all that follows
                d = blocks.denominators(x_cut)
                torch.mul(blocks.power(d, beta), x_cut, out=ys[cut])

        share_out(work, lines(x, y), lines(y, y))
        return y

    @staticmethod
    def backward(ctx, dy):
        """dy, like y -> dx, like x. Each x_j is in y_j itself, and in d_i of all i around it.

        dx_j = dy_j / d_j^beta - 2 a beta x_j * (sum over those i of dy_i y_i / d_i)
        """
        if torch.is_grad_enabled():  # only with create_graph=True
            raise RuntimeError(
                "Local response normalization has no second derivative here: take the gradient"
                " without create_graph=True, or use torch.nn.LocalResponseNorm."
            )
        (x,) = ctx.saved_tensors
        size, a, beta, k = ctx.settings
        dx = like(x)

        def work(xs, dys, dxs):
            blocks = Blocks(xs, size, a, k)
            shares = Windows(blocks.shape, size, blocks.edge * 0)
            for cut in blocks.cuts:
                x_cut, dy_cut = blocks.load(xs[cut], 0), blocks.load(dys[cut], 1)  # (n, C, l)
                d = blocks.denominators(x_cut)
                direct = blocks.power(d, beta).mul_(dy_cut)
                torch.mul(direct, x_cut, out=shares.inside).div_(d)  # dy y / d
                around = shares.sums(mirrored=True)
                torch.addcmul(direct, x_cut, around, value=-2 * a * beta, out=dxs[cut])

        share_out(work, *(lines(tensor, dx) for tensor in (x, dy, dx)))
        return dx, None, None, None, None


def share_out(work, *tensors):
    """work(*parts) on equal parts of the tensors (N, C, L), each on a thread of its own.

    Each core goes through its own blocks, and they meet once, at the end. PyTorch's own threads
    meet after every pass; where other programs run, too, one of them is always late, and the
    layer took twice as long.
    """
    x = tensors[0]
    threads = min(THREADS, torch.get_num_threads(), len(x), ceil(x.numel() / BLOCK))
    if x.device.type != "cpu":
        threads = 1
    if threads == 1:
        work(*tensors)
        return
    parts = zip(*(tensor.tensor_split(threads) for tensor in tensors), strict=True)
    with ThreadPoolExecutor(threads) as pool:
        for result in [pool.submit(torch.no_grad()(work), *part) for part in parts]:
            result.result()  # raises what the thread has raised


class Blocks:
    """The blocks (n, C, l) of one activation (N, C, L), and memory to work on one of them.

    All have one shape, the last one overlaps its neighbor: so memory is allocated once, and is in
    the cache already when the next block comes. New memory in each pass: 1.3 times as slow.
    """

    def __init__(self, x, size, a, k):
        batch, channels, length = x.shape
        # A GPU needs much at once to be busy: 134 MB in each buffer.
        numbers = BLOCK if x.device.type == "cpu" else 2**25
        places = numbers // (channels + size // 2)
        columns = even(length, places)
        rows = even(batch, places // columns)
        self.shape = rows, channels, columns
        self.cuts = [
            (slice(i, i + rows), slice(None), slice(j, j + columns))
            for i in (min(i, batch - rows) for i in range(0, batch, rows))
            for j in (min(j, length - columns) for j in range(0, length, columns))
        ]
        self.a = a
        dtype = torch.promote_types(x.dtype, torch.float32)
        self.edge = torch.tensor(k / size, dtype=dtype, device=x.device)
        self.squares = Windows(self.shape, size, self.edge)
        self.buffers = [self.edge.new_empty(self.shape) for _ in range(4)]

    def load(self, cut, i):
        """cut (n, C, l) itself, or as float32 in buffer i."""
        return cut if cut.dtype == self.edge.dtype else self.buffers[i].copy_(cut)

    def denominators(self, x):
        """d = k + a * sums of squares: each of the `size` terms brings its part of k along."""
        torch.addcmul(self.edge, x, x, value=self.a, out=self.squares.inside)
        return self.squares.sums()

    def power(self, d, beta):
        """d ** -beta. For 3/4 two roots do: the layer is 1.6 times as fast as with a power."""
        *_, root, result = self.buffers
        if beta != 0.75:
            return torch.pow(d, -beta, out=result)
        torch.rsqrt(d, out=result)
        return result.mul_(torch.sqrt(result, out=root))


class Windows:
    """Sums over windows of `size` channels, in a flat buffer with `edge` between all rows.

    There the next channel is always `columns` numbers further, so a sum over windows is a sum of
    the buffer and its shifted self. Doubling takes 3 additions for 5 channels: 1 + 1, 2 + 2, 4 + 1.
    PyTorch pools a padded copy: 114 ms for 8 images, whose whole way forward takes 19 ms here.
    """

    def __init__(self, shape, size, edge):
        rows, self.channels, self.columns = shape
        self.size, stride = size, self.channels + size // 2
        self.shape = rows, stride, self.columns
        self.padded = edge.repeat((rows * stride + size - 1) * self.columns)
        self.spare = torch.empty_like(self.padded), torch.empty_like(self.padded)
        first = size // 2 * self.columns
        numbers = rows * stride * self.columns
        inside = self.padded[first : first + numbers].view(self.shape)
        self.inside = inside[:, : self.channels]  # (n, C, l)

    def sums(self, mirrored=False):
        """(n, C, l): for each i the sum from i - size // 2, or if mirrored, to i + size // 2."""
        total, (out, other), terms = self.padded, self.spare, 1
        for bit in bin(self.size)[3:]:  # the digits of size, from the second on
            shift = terms * self.columns
            total = torch.add(total[:-shift], total[shift:], out=out[: len(total) - shift])
            out, other, terms = other, out, 2 * terms
            if bit == "1":
                total = total[: -self.columns].add_(self.padded[terms * self.columns :])
                terms += 1
        first = 1 - self.size % 2 if mirrored else 0
        return total.view(self.shape)[:, first : first + self.channels]


def even(length, most):
    """The size of equal pieces of `length`, each of at most `most` (or 1)."""
    return ceil(length / ceil(length / max(1, most)))


def like(x):
    """Memory for a result like x: channels last where x has it so, else contiguous."""
    y = torch.empty_like(x)
    if y.is_contiguous() or y.movedim(1, -1).is_contiguous():
        return y
    return torch.empty_like(x, memory_format=torch.contiguous_format)


def lines(x, y):
    """x as (N, C, L), so that equal places of it and of y are near each other in memory."""
    if y.is_contiguous():
        return x.unsqueeze(-1).flatten(2)  # (N, C, H*W)
    return x.movedim(1, -1).flatten(0, -2).unsqueeze(-1)  # (N*H*W, C, 1)
