"""What local response normalization costs in training: none, PyTorch's layer, and ours.

    python benchmarks/lrn.py [--rounds N] [--batch N] [--save]

Three 2012 networks that differ only in this layer take turns at whole training steps (forward,
loss, backward, SGD), so that a busy machine slows all alike: in float32, then with bfloat16
autocast. What counts is the median of the rounds, and its ratio to the network without the layer.
"""

import sys
import time
from statistics import median

import record
import script
import torch
from torch import nn
from torch.nn import functional as F

from alexnet_lib.networks.lrn import LocalResponseNorm
from alexnet_lib.networks.models import alexnet


def networks():
    """Return {name: (a 2012 network in channels last, its optimizer)}."""
    models = {
        "none": alexnet("2012", normalization=None),
        "stock": alexnet("2012"),
        "ours": alexnet("2012"),
    }
    for name, layer in list(models["stock"].named_modules()):
        if isinstance(layer, LocalResponseNorm):
            alpha = layer.alpha if layer.divide else layer.alpha * layer.size
            stock = nn.LocalResponseNorm(layer.size, alpha, layer.beta, layer.k)
            models["stock"].set_submodule(name, stock)
    for model in models.values():
        model.to(memory_format=torch.channels_last)
    return {
        name: (model, torch.optim.SGD(model.parameters(), lr=0.001, momentum=0.9))
        for name, model in models.items()
    }


def time_step(model, optimizer, x, labels, dtype):
    """Return the seconds of one training step: x (N, 3, H, W), labels (N,)."""
    start = time.perf_counter()
    optimizer.zero_grad()
    with torch.autocast("cpu", torch.bfloat16, enabled=dtype == "bf16"):
        loss = F.cross_entropy(model(x), labels)
    loss.backward()
    optimizer.step()
    return time.perf_counter() - start


def measure(rounds, batch):
    """Return {dtype: {network: {"seconds", "ratio", "images_per_second"}}}: medians."""
    torch.manual_seed(0)
    models = networks()
    shape = models["none"][0].plan[0].shape  # (3, 224, 224)
    x = torch.randn(batch, *shape).contiguous(memory_format=torch.channels_last)  # (N, 3, H, W)
    labels = torch.randint(1000, (batch,))  # (N,)
    figures = {}
    for dtype in ("fp32", "bf16"):
        seconds = {name: [] for name in models}
        for i in range(rounds + 1):  # the first round warms up
            for name, (model, optimizer) in models.items():
                seconds[name].append(time_step(model, optimizer, x, labels, dtype))
            text = ", ".join(f"{name} {times[-1]:.2f} s" for name, times in seconds.items())
            print(f"{dtype} {f'round {i} of {rounds}' if i else 'warm-up'}: {text}", flush=True)
        medians = {name: median(times[1:]) for name, times in seconds.items()}
        figures[dtype] = {
            name: {
                "seconds": round(each, 4),
                "ratio": round(each / medians["none"], 3),
                "images_per_second": round(batch / each, 1),
            }
            for name, each in medians.items()
        }
    return figures


def table(figures):
    """Return the figures as lines of text."""
    lines = [f"{'':6}{'layer':8}{'img/s':>8}{'x none':>8}"]
    for dtype, rows in figures.items():
        for name, row in rows.items():
            lines.append(f"{dtype:6}{name:8}{row['images_per_second']:8.1f}{row['ratio']:8.2f}")
    return "\n".join(lines)


def main():
    """Measure, print, and save if asked to."""
    parser = script.make_parser(__doc__)
    parser.add_argument("--rounds", type=script.count, default=7, help="how often (default 7)")
    parser.add_argument("--batch", type=script.count, default=32, help="images (default 32)")
    options = parser.parse_args()
    torch.set_float32_matmul_precision("medium")  # faster, and still float32 on most processors
    machine = record.machine()
    figures = measure(options.rounds, options.batch)
    print(table(figures))
    settings = {"rounds": options.rounds, "batch": options.batch}
    script.save(options, "lrn", settings | figures, machine)


if __name__ == "__main__":
    sys.exit(script.run(main))
