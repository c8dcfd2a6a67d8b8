"""What each layer of a PyTorch model gives and costs, counted while an image runs through it.

`anatomy` is the function to call. A copy of the model runs once on tensors that have a
shape but no numbers (PyTorch's "meta" device): no time, no memory, and the model stays as it is.
Every operation passes through `Recorder`, which books it on the layer at work.
"""

from contextlib import contextmanager
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from html import escape
from math import prod

import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.parameter import is_lazy
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from alexnet_lib.arguments import whole
from alexnet_lib.networks.receptive import follow, receptive_field, start

__all__ = ["Anatomy", "Layer", "anatomy"]


@dataclass(frozen=True)
class Layer:
    """One row: a layer, once for each time it ran. All numbers are for one image."""

    name: str  # its path in the model, or its short name where the model has `names`
    kind: str  # "Conv2d"
    output: tuple[int, ...] | None  # shape of its output, without N
    parameters: int  # those it is the first to use
    multiply_adds: int
    memory: int  # bytes of its output
    receptive_field: tuple[int, int] | None  # (h, w) in pixels
    parameter_share: float  # of the whole model's, from 0 to 1
    multiply_add_share: float


@dataclass(frozen=True)
class Anatomy:
    """What `anatomy` returns: a row for each layer in order of execution, and the totals.

    It prints as a table, has a length, gives its rows in a loop, and a row by name: a["conv1"].
    """

    model: str
    input: tuple[int, ...]  # shape, with N
    parameters: int  # of the whole model, also where it did not run
    trainable_parameters: int
    multiply_adds: int
    memory: int
    rows: tuple[Layer, ...]

    def __len__(self):
        return len(self.rows)

    def __iter__(self):
        return iter(self.rows)

    def __getitem__(self, name):
        """The row of this name; the first one, if the layer ran several times."""
        for row in self.rows:
            if row.name == name:
                return row
        names = ", ".join(dict.fromkeys(row.name for row in self.rows))
        raise KeyError(f"There is no row {name!r}: there are {names}.")

    def to_dict(self):
        """The same as plain data, ready for JSON."""
        return asdict(self)

    @property
    def title(self):
        """What the table is about, in a line."""
        return f"{self.model}, for one input of {sizes(self.input[1:])}"

    @property
    def remarks(self):
        """What the table doesn't show: a list of sentences."""
        remarks = []
        if self.trainable_parameters < self.parameters:
            remarks.append(f"{self.trainable_parameters:,} of the parameters are trainable.")
        unused = self.parameters - sum(row.parameters for row in self.rows)
        if unused:
            remarks.append(f"{unused:,} of the parameters are in layers that did not run.")
        return remarks

    def __str__(self):
        lines = [
            ["", "", "", "", "", "multiply-", "", "memory", "sees"],
            ["layer", "kind", "output", "parameters", "%", "adds (M)", "%", "(MB)", "(px)"],
        ]
        for row in self.rows:
            lines.append([row.name, row.kind, sizes(row.output), *amounts(row), sees(row)])
        lines.append(["total", "", "", *amounts(self), ""])
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        gaps = ["", "  ", "  ", "  ", " ", "  ", " ", "  ", "  "]
        text = []
        for line in lines:
            cells = [cell.ljust(w) for cell, w in zip(line[:3], widths[:3], strict=True)]
            cells += [cell.rjust(w) for cell, w in zip(line[3:], widths[3:], strict=True)]
            text.append("".join(g + c for g, c in zip(gaps, cells, strict=True)).rstrip())
        rule = "-" * max(map(len, text))
        return "\n".join([self.title, *text[:2], rule, *text[2:-1], rule, text[-1], *self.remarks])

    __repr__ = __str__

    def _repr_html_(self):
        """The table in a notebook, with every number in full."""
        heads = ["Layer", "Kind", "Output", "Parameters", "%", "Multiply-adds", "%"]
        heads += ["Memory (bytes)", "Receptive field (pixels)"]
        spoken = {4: "share of the parameters", 6: "share of the multiply-adds"}
        header = ""
        for i, head in enumerate(heads):
            label = f' aria-label="{spoken[i]}"' if i in spoken else ""
            header += f'<th scope="col" style="text-align:{side(i)}"{label}>{head}</th>'
        body = "".join(
            html_row(row.name, row.kind, sizes(row.output), row, sees(row)) for row in self.rows
        )
        remarks = "".join(f"<p>{remark}</p>" for remark in self.remarks)
        title = escape(self.title)
        return (
            f'<div style="overflow-x:auto" role="region" tabindex="0" aria-label="{title}"><table>'
            f"<caption>{title}</caption><thead><tr>{header}</tr></thead><tbody>{body}</tbody>"
            f"<tfoot>{html_row('total', '', '', self, '')}</tfoot></table>{remarks}</div>"
        )


def sizes(shape):
    """(96, 55, 55) as 96×55×55, and a single number as 1."""
    return "–" if shape is None else "×".join(map(str, shape)) or "1"


def sees(row):
    """(11, 11) as 11, (11, 13) as 11×13."""
    return sizes(row.receptive_field and tuple(dict.fromkeys(row.receptive_field)))


def shares(of):
    """Two numbers from 0 to 1, of a row or of a whole anatomy."""
    return (of.parameter_share, of.multiply_add_share) if isinstance(of, Layer) else (1, 1)


def amounts(of):
    """The cells with numbers of a row of text."""
    learned, work = shares(of)
    return [
        f"{of.parameters:,}",
        f"{100 * learned:.1f}",
        f"{of.multiply_adds / 1e6:,.3f}",
        f"{100 * work:.1f}",
        f"{of.memory / 1e6:,.3f}",
    ]


def side(i):
    """Where the cells of column i stand: texts on the left, numbers on the right."""
    return "left" if i < 3 else "right"


def html_row(name, kind, output, of, seen):
    """A row of the table in a notebook."""
    learned, work = (f"{100 * share:.1f}" for share in shares(of))
    cells = [kind, output, f"{of.parameters:,}", learned, f"{of.multiply_adds:,}", work]
    cells += [f"{of.memory:,}", seen]
    row = f'<th scope="row" style="text-align:left">{escape(name)}</th>'
    for i, cell in enumerate(cells, 1):
        row += f'<td style="text-align:{side(i)}">{escape(cell)}</td>'
    return f"<tr>{row}</tr>"


def anatomy(model, input):
    """What each layer of a PyTorch model gives, learns, costs and sees, in order of execution.

    model   any torch.nn.Module; it is left as it was
    input   a tensor (N, C, H, W), or a shape such as (1, 3, 227, 227)

    Returns an `Anatomy`, which prints as a table. All numbers are for one image:

    output            the shape of what the layer gives, without N
    parameters        how many numbers the layer is the first to use and the model learns
    multiply_adds     the products that convolutions and matrix products add up
    memory            bytes of the output, as if every layer kept one of its own: a ReLU that works
                      in place, or a Flatten that only looks at it in another shape, needs none
    receptive_field   (h, w) of the widest window of pixels that a number of the output can depend
                      on, as if image and maps went on beyond their edges: it can be larger than
                      the image. Where all numbers see the same pixels, as after a fully connected
                      layer, it is cut at the image's edges. None where it isn't known

    The model runs in eval mode, so dropout does nothing. A module with layers in it has a row for
    what it does itself between them, such as adding a shortcut.
    """
    if not isinstance(model, nn.Module):
        raise ValueError(f"The model must be a torch.nn.Module, but {kind(model)} was given.")
    shape = shape_of(input)
    try:
        return run(model, input, shape, numbers=False)
    except Exception:
        # Some models look at numbers as they go. If this one can't run at all, we hear why.
        return run(model, input, shape, numbers=True)


def kind(value):
    """The name of a value's class, without what PyTorch's parametrizations add to it."""
    return type(value).__name__.removeprefix("Parametrized")


def shape_of(input):
    """The shape of a tensor, or a shape, as a tuple of ints; else a ValueError."""
    if not isinstance(input, (torch.Tensor, tuple, list)):
        raise ValueError(
            "The input must be a tensor or a shape such as (1, 3, 227, 227), but"
            f" {input!r} was given."
        )
    shape = input.shape if isinstance(input, torch.Tensor) else input
    if len(shape) < 2:
        raise ValueError(
            "The input's shape must begin with the number of images, as in (1, 3, 227, 227),"
            f" but {tuple(shape)} was given."
        )
    names = ["the number of images", *["each side of the input's shape"] * (len(shape) - 1)]
    return tuple(whole(size, name, 1) for size, name in zip(shape, names, strict=True))


def run(model, input, shape, numbers):
    """The `Anatomy` from one run of a copy of the model, with numbers or with shapes alone."""
    tensors = [*model.parameters(), *model.buffers()]
    for module in model.modules():
        tensors += [value for value in vars(module).values() if isinstance(value, torch.Tensor)]
    tensors = [tensor for tensor in tensors if not is_lazy(tensor)]  # made when the model runs
    if not isinstance(input, torch.Tensor):
        like = next((tensor for tensor in tensors if tensor.is_floating_point()), torch.empty(0))
        input = torch.zeros(shape, dtype=like.dtype, device=like.device)  # (N, C, H, W)
    recorder = Recorder(kind(model), shape)
    try:
        with torch.inference_mode(False), torch.no_grad():
            # deepcopy takes what the memo holds for a copy, so no weight is copied in vain.
            memo = {id(tensor): copied(tensor, numbers) for tensor in tensors}
            twin, x = deepcopy(model, memo).eval(), copied(input, numbers)
            start(x)
            recorder.watch(twin)
            gpus = {tensor.device for tensor in tensors if tensor.is_cuda}
            with plain_attention(), torch.random.fork_rng(gpus), recorder:
                twin(x)
    except Exception as error:
        raise ValueError(recorder.complaint(error)) from error
    return recorder.anatomy(twin, getattr(model, "names", None))


def copied(tensor, numbers):
    """A copy of the tensor, with its numbers or of its shape alone."""
    copy = tensor.detach().clone() if numbers else torch.empty_like(tensor, device="meta")
    return nn.Parameter(copy, tensor.requires_grad) if isinstance(tensor, nn.Parameter) else copy


@contextmanager
def plain_attention():
    """Let attention multiply matrices one by one, where it would else be a single operation."""
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with sdpa_kernel(SDPBackend.MATH):
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)


@dataclass
class Call:
    """A module at work: what it was given, and the row that its operations are booked on."""

    path: str
    module: nn.Module
    given: str
    row: dict | None = None


@dataclass
class Recorder(TorchDispatchMode):
    """Sees every operation of a model, and books it on the innermost module at work.

    A layer, which has no layers in it, has a row each time that it runs. What another module
    does itself between its layers, such as adding a shortcut, has a row of that module.
    """

    model: str
    input: tuple[int, ...]
    calls: list[Call] = field(default_factory=list)  # the innermost last
    rows: list[dict] = field(default_factory=list)
    used: set[int] = field(default_factory=set)  # parameters already booked

    def __post_init__(self):
        super().__init__()

    def watch(self, model):
        """Be told when a module of the model starts and ends."""
        for path, module in model.named_modules():
            module._forward_hooks.clear()  # a reader's own, which would collect empty tensors
            # Before the model's own, which may compute its weights.
            module.register_forward_pre_hook(self.enter(path), prepend=True, with_kwargs=True)
            module.register_forward_hook(self.leave(path))

    def enter(self, path):
        """The hook that opens a call, and a row if the module is a layer."""

        def hook(module, args, kwargs):
            if self.calls:
                self.calls[-1].row = None  # what it does after this call has another row
            shapes = [str(tuple(value.shape)) for value in tensors_in((args, kwargs))]
            self.calls.append(Call(path, module, " and ".join(shapes) or "no tensor"))
            if is_layer(module):
                self.row()

        return hook

    def leave(self, path):
        """The hook that closes a call."""

        def hook(module, args, output):
            call = self.calls.pop()
            while call.path != path:  # a call that failed, and the model went on
                call = self.calls.pop()
            if getattr(module, "keeps_window", False) and hasattr(args[0], "window"):
                # It works in memory of its own, where windows can't be followed.
                output.window = args[0].window
            if is_layer(module):
                self.see(call.row, tensors_in(output))

        return hook

    def row(self):
        """The row of the module at work: opened, if it has none."""
        call = self.calls[-1]
        if call.row is None:
            call.row = {
                "name": call.path or self.model,
                "kind": kind(call.module),
                "output": None,
                "parameters": 0,
                "multiply_adds": 0,
                "memory": 0,
                "window": None,
            }
            self.rows.append(call.row)
        return call.row

    def see(self, row, output):
        """Note what is known of the output of a row, a list of tensors."""
        if output:
            row["output"] = tuple(output[0].shape[1:])
            row["memory"] = sum(tensor.numel() * tensor.element_size() for tensor in output)
            row["window"] = getattr(output[0], "window", None)

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        """Run an operation and book it."""
        kwargs = kwargs or {}
        results = operation(*args, **kwargs)
        row = self.row()
        for tensor in tensors_in((args, kwargs)):
            if isinstance(tensor, nn.Parameter) and id(tensor) not in self.used:
                self.used.add(id(tensor))
                row["parameters"] += tensor.numel()
        row["multiply_adds"] += multiply_adds(operation.overloadpacket.__name__, args, results)
        follow(operation, args, kwargs, results)
        if not is_layer(self.calls[-1].module):
            self.see(row, [t for t in tensors_in(results)[:1] if hasattr(t, "window")])
        return results

    def complaint(self, error):
        """One sentence: which layer failed, on what, and why."""
        reason = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
        reason = reason[0].lower() + reason[1:]
        if not self.calls:
            return f"{self.model} can't be copied: {reason}."
        call = self.calls[-1]
        name = f"{call.path} ({kind(call.module)})" if call.path else self.model
        return f"{name} can't take {call.given}: {reason}."

    def anatomy(self, twin, names):
        """The `Anatomy` of the model whose copy `twin` has run."""
        names = names if isinstance(names, dict) else {}
        numbers = [parameter.numel() for parameter in twin.parameters()]
        trainable = sum(p.numel() for p in twin.parameters() if p.requires_grad)
        rows = [
            row
            for row in self.rows
            if row["output"] is not None or row["parameters"] or row["multiply_adds"]
        ]
        for row in rows:
            row["name"] = names.get(row["name"], row["name"])
            row["multiply_adds"] //= self.input[0]
            row["memory"] //= self.input[0]
            row["receptive_field"] = receptive_field(row.pop("window"), self.input)
        work = sum(row["multiply_adds"] for row in rows)
        layers = tuple(
            Layer(
                **row,
                parameter_share=row["parameters"] / max(sum(numbers), 1),
                multiply_add_share=row["multiply_adds"] / max(work, 1),
            )
            for row in rows
        )
        memory = sum(row.memory for row in layers)
        return Anatomy(self.model, self.input, sum(numbers), trainable, work, memory, layers)


def is_layer(module):
    """Whether it has no modules in it."""
    return not module._modules


def tensors_in(values):
    """The tensors in nested lists, tuples and dicts."""
    return [value for value in tree_leaves(values) if isinstance(value, torch.Tensor)]


def multiply_adds(name, args, result):
    """How many products an operation adds up: those of convolutions and of matrix products."""
    if name == "convolution":
        x, weight, *_, transposed, _, _ = args
        # Each weight is used once per position: of the input, where the convolution is transposed.
        positions = (x if transposed else result).shape[2:]
        return x.shape[0] * weight.numel() * prod(positions)
    if name in ("mm", "bmm"):
        return result.numel() * args[0].shape[-1]
    if name in ("addmm", "baddbmm"):
        return result.numel() * args[1].shape[-1]
    return 0
