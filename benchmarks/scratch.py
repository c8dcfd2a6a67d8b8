"""AlexNet's first layer in NumPy (`alexnet_lib.scratch.conv2d`) beside PyTorch's convolution.

    python benchmarks/scratch.py [--rounds N] [--save]

The two take turns on eight images of 227 pixels, in float32; the medians and their ratio count.
"""

import sys
import time
from statistics import median

import numpy as np
import record
import script
import torch
from torch.nn import functional as F

from alexnet_lib.scratch import conv2d


def measure(rounds):
    """Return {"numpy_ms", "pytorch_ms", "ratio"}."""
    random = np.random.default_rng(0)
    x = random.standard_normal((8, 3, 227, 227), dtype=np.float32)  # (N, 3, 227, 227)
    w = random.standard_normal((96, 3, 11, 11), dtype=np.float32)  # (96, 3, 11, 11)
    b = random.standard_normal(96, dtype=np.float32)  # (96,)
    x_t, w_t, b_t = map(torch.from_numpy, (x, w, b))
    ways = {
        "numpy": lambda: conv2d(x, w, b, stride=4),
        "pytorch": lambda: F.conv2d(x_t, w_t, b_t, stride=4),
    }
    seconds = {name: [] for name in ways}
    for _ in range(rounds + 1):
        for name, way in ways.items():
            start = time.perf_counter()
            way()
            seconds[name].append(time.perf_counter() - start)
    medians = {name: median(taken[1:]) for name, taken in seconds.items()}  # the first warms up
    figures = {f"{name}_ms": round(1000 * taken, 1) for name, taken in medians.items()}
    return figures | {"ratio": round(medians["numpy"] / medians["pytorch"], 2)}


def main():
    """Measure, print, and save if asked to."""
    parser = script.make_parser(__doc__)
    parser.add_argument("--rounds", type=script.count, default=21, help="how often (default 21)")
    options = parser.parse_args()
    machine = record.machine()
    figures = measure(options.rounds)
    print(", ".join(f"{name} {value}" for name, value in figures.items()))
    script.save(options, "scratch", figures, machine)


if __name__ == "__main__":
    sys.exit(script.run(main))
