"""The machinery of `lrn`: an activation in blocks that stay in a core's cache.

The comments give the gain of each trick, for conv1's activation, forward and backward, in float32
on one core.
"""

from concurrent.futures import ThreadPoolExecutor
from math import ceil

import torch

__all__ = ["Blocks", "Windows", "as_rows", "empty_result", "share_out"]

# All passes run over one block before the next, so its numbers stay in the cache: 1.2 times as fast
# as over the whole activation (1.5 times in bfloat16). A block has fewer than 2^15 numbers: up to
# there PyTorch computes on the calling core alone, without waking the others.
BLOCK = 30_000
THREADS = 4  # more of them would only wait for Python's lock


def share_out(work, *tensors):
    """Call work(*parts) on equal parts of the tensors (N, C, L), each in a thread of its own.

    Each core works through its own blocks, and they wait for each other once, at the end.
    PyTorch's own threads wait after every pass: next to other programs one of them is always
    late, and the layer took twice as long.
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
            result.result()  # raises the error of the thread, if there was one


class Blocks:
    """The blocks (n, C, l) of one activation (N, C, L), and memory to work on one of them.

    All blocks have the same shape (the last one overlaps its neighbour), so they share the same
    memory, which is still in the cache for the next block. New memory in each pass would be 1.3
    times as slow.
    """

    def __init__(self, x, size, a, k):
        batch, channels, length = x.shape
        # A GPU needs a lot of work at once: 134 MB in each buffer.
        numbers = BLOCK if x.device.type == "cpu" else 2**25
        places = numbers // (channels + size // 2)
        columns = piece_size(length, places)
        rows = piece_size(batch, places // columns)
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
        """Return cut (n, C, l) itself, or a float32 copy of it in buffer i."""
        return cut if cut.dtype == self.edge.dtype else self.buffers[i].copy_(cut)

    def denominators(self, x):
        """Return d = k + a * sums of squares: each of the `size` terms contains k / size."""
        torch.addcmul(self.edge, x, x, value=self.a, out=self.squares.inside)
        return self.squares.sums()

    def power(self, d, beta):
        """Return d ** -beta. Two roots replace the power 3/4: the layer is 1.6 times as fast."""
        *_, root, result = self.buffers
        if beta != 0.75:
            return torch.pow(d, -beta, out=result)
        torch.rsqrt(d, out=result)
        return result.mul_(torch.sqrt(result, out=root))


class Windows:
    """Sums over windows of `size` channels, in a flat buffer with `edge` between all rows.

    In it, the next channel is always `columns` numbers away, so a sum over windows is a sum of
    the buffer and shifted copies. Doubling takes 3 additions for 5 channels: 1 + 1, 2 + 2, 4 + 1.
    PyTorch pools a padded copy: 114 ms for 8 images, whose whole forward pass takes 19 ms here.
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
        """Return (n, C, l): for each i the sum from i - size // 2, or up to i + size // 2."""
        total = self.padded
        out, other = self.spare
        terms = 1
        for bit in bin(self.size)[3:]:  # the binary digits of size after the first
            shift = terms * self.columns
            total = torch.add(total[:-shift], total[shift:], out=out[: len(total) - shift])
            out, other, terms = other, out, 2 * terms
            if bit == "1":
                total = total[: -self.columns].add_(self.padded[terms * self.columns :])
                terms += 1
        first = 1 - self.size % 2 if mirrored else 0
        return total.view(self.shape)[:, first : first + self.channels]


def piece_size(length, most):
    """Return the size of equal pieces of `length`, each of at most `most` (or 1)."""
    return ceil(length / ceil(length / max(1, most)))


def empty_result(x):
    """Return memory for a result like x: channels last if x is, else contiguous."""
    y = torch.empty_like(x)
    if y.is_contiguous() or y.movedim(1, -1).is_contiguous():
        return y
    return torch.empty_like(x, memory_format=torch.contiguous_format)


def as_rows(x, y):
    """Return x as (N, C, L), in the order in which y lies in memory."""
    if y.is_contiguous():
        return x.unsqueeze(-1).flatten(2)  # (N, C, H*W)
    return x.movedim(1, -1).flatten(0, -2).unsqueeze(-1)  # (N*H*W, C, 1)
