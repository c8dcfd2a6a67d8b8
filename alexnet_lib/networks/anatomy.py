"""The output and the cost of each layer of a PyTorch model, counted while an image runs through it.

`anatomy` is the function to call. A copy of the model runs once on tensors that have a shape but
no numbers (PyTorch's "meta" device): that takes no time and no memory, and leaves the model as it
is. Every operation passes through `Recorder`, which adds it to the row of the running layer.
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

from alexnet_lib.arguments import as_int
from alexnet_lib.networks.receptive import follow, receptive_field, start_windows

__all__ = ["Anatomy", "Layer", "anatomy"]


@dataclass(frozen=True)
class Layer:
    """One row: a layer in one of its runs. All numbers are for one image."""

    name: str  # its path in the model, or its short name where the model has `names`
    kind: str  # "Conv2d"
    output: tuple[int, ...] | None  # shape of its output, without N
    parameters: int  # those that no earlier row has
    multiply_adds: int
    memory: int  # bytes of its output
    receptive_field: tuple[int, int] | None  # (h, w) in pixels
    parameter_share: float  # of the whole model's, from 0 to 1
    multiply_add_share: float


@dataclass(frozen=True)
class Anatomy:
    """A row for each layer in order of execution, and the totals.

    It prints as a table. len(a), `for row in a` and a["conv1"] work on its rows.
    """

    model: str
    input: tuple[int, ...]  # shape, with N
    parameters: int  # of the whole model, with the layers that did not run
    trainable_parameters: int
    multiply_adds: int
    memory: int
    rows: tuple[Layer, ...]

    def __len__(self):
        return len(self.rows)

    def __iter__(self):
        return iter(self.rows)

    def __getitem__(self, name):
        """Return the row of this name: the first one, if the layer ran several times."""
        for row in self.rows:
            if row.name == name:
                return row
        names = ", ".join(dict.fromkeys(row.name for row in self.rows))
        raise KeyError(f"There is no row {name!r}: there are {names}.")

    def to_dict(self):
        """Return the same as dicts and lists, ready for JSON."""
        return asdict(self)

    @property
    def title(self):
        """The heading of the table."""
        return f"{self.model}, for one input of {shape_text(self.input[1:])}"

    @property
    def remarks(self):
        """What the table doesn't show, as a list of sentences."""
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
            texts = [row.name, row.kind, shape_text(row.output)]
            lines.append([*texts, *number_cells(row), field_text(row)])
        lines.append(["total", "", "", *number_cells(self), ""])
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
        """Return the table for a notebook, with every number in full."""
        heads = ["Layer", "Kind", "Output", "Parameters", "%", "Multiply-adds", "%"]
        heads += ["Memory (bytes)", "Receptive field (pixels)"]
        labels = {4: "share of the parameters", 6: "share of the multiply-adds"}
        header = ""
        for i, head in enumerate(heads):
            label = f' aria-label="{labels[i]}"' if i in labels else ""
            header += f'<th scope="col" style="text-align:{alignment(i)}"{label}>{head}</th>'
        body = "".join(
            html_row(row.name, row.kind, shape_text(row.output), row, field_text(row))
            for row in self.rows
        )
        remarks = "".join(f"<p>{remark}</p>" for remark in self.remarks)
        title = escape(self.title)
        return (
            f'<div style="overflow-x:auto" role="region" tabindex="0" aria-label="{title}">'
            '<table style="font-size:0.8em">'
            f"<caption>{title}</caption><thead><tr>{header}</tr></thead><tbody>{body}</tbody>"
            f"<tfoot>{html_row('total', '', '', self, '')}</tfoot></table>{remarks}</div>"
        )


def shape_text(shape):
    """Return (96, 55, 55) as 96×55×55, and the shape of a single number as 1."""
    return "–" if shape is None else "×".join(map(str, shape)) or "1"


def field_text(row):
    """Return a row's receptive field: (11, 11) as 11, (11, 13) as 11×13."""
    return shape_text(row.receptive_field and tuple(dict.fromkeys(row.receptive_field)))


def percentages(row):
    """Return the shares of the parameters and of the work, of a row or of a whole anatomy."""
    shares = (row.parameter_share, row.multiply_add_share) if isinstance(row, Layer) else (1, 1)
    return [f"{100 * share:.1f}" for share in shares]


def number_cells(row):
    """Return the cells with numbers of a row of text."""
    learned, work = percentages(row)
    multiply_adds, memory = (f"{n / 1e6:,.3f}" for n in (row.multiply_adds, row.memory))
    return [f"{row.parameters:,}", learned, multiply_adds, work, memory]


def alignment(i):
    """Return the alignment of column i: texts left, numbers right."""
    return "left" if i < 3 else "right"


def html_row(name, kind, output, counts, field):
    """Return a row of the table for a notebook; `counts` is a Layer, or the whole Anatomy."""
    learned, work = percentages(counts)
    cells = [kind, output, f"{counts.parameters:,}", learned, f"{counts.multiply_adds:,}", work]
    cells += [f"{counts.memory:,}", field]
    row = f'<th scope="row" style="text-align:left">{escape(name)}</th>'
    for i, cell in enumerate(cells, 1):
        row += f'<td style="text-align:{alignment(i)}">{escape(cell)}</td>'
    return f"<tr>{row}</tr>"


def anatomy(model, input):
    """Return the output, parameters, work and receptive field of each layer, in order of execution.

    model   any torch.nn.Module; it stays as it is
    input   a tensor (N, C, H, W), or a shape such as (1, 3, 227, 227)

    The result is an `Anatomy`, which prints as a table. All numbers are for one image:

    output            the shape of the layer's output, without N
    parameters        how many numbers the layer learns; shared ones count in their first layer
    multiply_adds     the products that convolutions and matrix products add up
    memory            bytes of the output, as if every layer had its own: a ReLU that works in
                      place, or a Flatten that only changes the shape, needs none in fact
    receptive_field   (h, w) of the widest window of pixels that a number of the output can depend
                      on, as if image and maps went on beyond their edges: it can be larger than
                      the image. Where all numbers see the same pixels, as after a fully connected
                      layer, it ends at the image's edges. None if unknown

    The model runs in eval mode, so dropout does nothing. A module that contains layers has a row
    of its own for what it computes between them, such as adding a shortcut.
    """
    if not isinstance(model, nn.Module):
        raise ValueError(f"The model must be a torch.nn.Module, but {class_name(model)} was given.")
    shape = as_shape(input)
    try:
        return run_copy(model, input, shape, numbers=False)
    except Exception:
        # Some models read numbers as they run. A model that can't run at all raises its error here.
        return run_copy(model, input, shape, numbers=True)


def class_name(value):
    """Return the name of a value's class, without the prefix that parametrizations add."""
    return type(value).__name__.removeprefix("Parametrized")


def as_shape(input):
    """Return the shape of a tensor, or a given shape, as a tuple of ints."""
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
    return tuple(as_int(size, name, 1) for size, name in zip(shape, names, strict=True))


def run_copy(model, input, shape, numbers):
    """Return the `Anatomy` from one run of a copy of the model, with numbers or only shapes."""
    tensors = [*model.parameters(), *model.buffers()]
    for module in model.modules():
        tensors += [value for value in vars(module).values() if isinstance(value, torch.Tensor)]
    tensors = [tensor for tensor in tensors if not is_lazy(tensor)]  # lazy ones come later
    if not isinstance(input, torch.Tensor):
        like = next((tensor for tensor in tensors if tensor.is_floating_point()), torch.empty(0))
        input = torch.zeros(shape, dtype=like.dtype, device=like.device)  # (N, C, H, W)
    recorder = Recorder(class_name(model), shape)
    try:
        with torch.inference_mode(False), torch.no_grad():
            # deepcopy takes the tensors in the memo for copies, so it copies no weight itself.
            memo = {id(tensor): copy_tensor(tensor, numbers) for tensor in tensors}
            twin, x = deepcopy(model, memo).eval(), copy_tensor(input, numbers)
            start_windows(x)
            recorder.watch(twin)
            gpus = {tensor.device for tensor in tensors if tensor.is_cuda}
            with unfused_attention(), torch.random.fork_rng(gpus), recorder:
                twin(x)
    except Exception as error:
        raise ValueError(recorder.failure_message(error)) from error
    return recorder.make_anatomy(twin, getattr(model, "names", None))


def copy_tensor(tensor, numbers):
    """Return a copy of the tensor, with its numbers or only with its shape."""
    copy = tensor.detach().clone() if numbers else torch.empty_like(tensor, device="meta")
    return nn.Parameter(copy, tensor.requires_grad) if isinstance(tensor, nn.Parameter) else copy


@contextmanager
def unfused_attention():
    """Make attention multiply its matrices one by one, not in one fused operation."""
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with sdpa_kernel(SDPBackend.MATH):
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)


@dataclass
class Call:
    """A running module: the shapes of its input, and the row that counts its operations."""

    path: str
    module: nn.Module
    given: str
    row: dict | None = None


@dataclass
class Recorder(TorchDispatchMode):
    """Counts every operation of a model in the row of the innermost running module.

    A layer, a module without modules in it, gets a row each time it runs. What any other module
    computes between its layers, such as adding a shortcut, gets a row of that module.
    """

    model: str
    input: tuple[int, ...]
    calls: list[Call] = field(default_factory=list)  # the innermost last
    rows: list[dict] = field(default_factory=list)
    counted: set[int] = field(default_factory=set)  # ids of the parameters in some row

    def __post_init__(self):
        super().__init__()

    def watch(self, model):
        """Hook the start and the end of every module of the model."""
        for path, module in model.named_modules():
            module._forward_hooks.clear()  # the user's hooks would collect empty tensors
            # Ahead of the model's own hooks, which may compute its weights.
            module.register_forward_pre_hook(self.entry_hook(path), prepend=True, with_kwargs=True)
            module.register_forward_hook(self.exit_hook(path))

    def entry_hook(self, path):
        """Return the hook that opens a call, and a row if the module is a layer."""

        def hook(module, args, kwargs):
            if self.calls:
                self.calls[-1].row = None  # after this call, it gets another row
            shapes = [str(tuple(value.shape)) for value in tensors_in((args, kwargs))]
            self.calls.append(Call(path, module, " and ".join(shapes) or "no tensor"))
            if is_layer(module):
                self.current_row()

        return hook

    def exit_hook(self, path):
        """Return the hook that closes a call."""

        def hook(module, args, output):
            call = self.calls.pop()
            while call.path != path:  # calls that failed while the model went on
                call = self.calls.pop()
            if getattr(module, "keeps_window", False) and hasattr(args[0], "window"):
                # It works in its own memory, where windows can't be followed.
                output.window = args[0].window
            if is_layer(module):
                self.note_output(call.row, tensors_in(output))

        return hook

    def current_row(self):
        """Return the row of the running module; make one if it has none."""
        call = self.calls[-1]
        if call.row is None:
            call.row = {
                "name": call.path or self.model,
                "kind": class_name(call.module),
                "output": None,
                "parameters": 0,
                "multiply_adds": 0,
                "memory": 0,
                "window": None,
            }
            self.rows.append(call.row)
        return call.row

    def note_output(self, row, output):
        """Note the shape, bytes and window of a row's output, a list of tensors."""
        if output:
            row["output"] = tuple(output[0].shape[1:])
            row["memory"] = sum(tensor.numel() * tensor.element_size() for tensor in output)
            row["window"] = getattr(output[0], "window", None)

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        """Run an operation and count it."""
        kwargs = kwargs or {}
        results = operation(*args, **kwargs)
        row = self.current_row()
        for tensor in tensors_in((args, kwargs)):
            if isinstance(tensor, nn.Parameter) and id(tensor) not in self.counted:
                self.counted.add(id(tensor))
                row["parameters"] += tensor.numel()
        row["multiply_adds"] += multiply_adds(operation.overloadpacket.__name__, args, results)
        follow(operation, args, kwargs, results)
        if not is_layer(self.calls[-1].module):
            self.note_output(row, [t for t in tensors_in(results)[:1] if hasattr(t, "window")])
        return results

    def failure_message(self, error):
        """Return one sentence: which layer failed, on which shapes, and why."""
        reason = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
        reason = reason[0].lower() + reason[1:]
        if not self.calls:
            return f"{self.model} can't be copied: {reason}."
        call = self.calls[-1]
        name = f"{call.path} ({class_name(call.module)})" if call.path else self.model
        return f"{name} can't take {call.given}: {reason}."

    def make_anatomy(self, twin, names):
        """Return the `Anatomy` of the model, after its copy `twin` has run."""
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
    """Return whether it has no modules in it."""
    return not module._modules


def tensors_in(values):
    """Return the tensors in nested lists, tuples and dicts."""
    return [value for value in tree_leaves(values) if isinstance(value, torch.Tensor)]


def multiply_adds(name, args, result):
    """Return how many products an operation adds up, if it is a convolution or a matrix product."""
    if name == "convolution":
        x, weight, *_, transposed, _, _ = args
        # Each weight is used once per position, of the input if the convolution is transposed.
        positions = (x if transposed else result).shape[2:]
        return x.shape[0] * weight.numel() * prod(positions)
    if name in ("mm", "bmm"):
        return result.numel() * args[0].shape[-1]
    if name in ("addmm", "baddbmm"):
        return result.numel() * args[1].shape[-1]
    return 0
