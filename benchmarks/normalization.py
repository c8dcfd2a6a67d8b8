"""Which learning rates still train a deep network: with no normalization, LRN, batch norm.

    python benchmarks/normalization.py [--runs N] [--save]

Ten convolutions of 3 x 3, each followed by the normalization (or none) and ReLU, learn for one
epoch from six thousand small pictures of clothes, by plain gradient descent. The first weights
are drawn with the standard deviation sqrt(2 / n) that keeps the size of the numbers, n being a
unit's inputs; or with a tenth of it, or three times as much. For each pair of first weights and
rate every seed is a run, and all kinds of networks get the same seeds. Two kinds of LRN take part:
"lrn" after each convolution, with constants for numbers of size 1 (k = 1, alpha = 1), and
"lrn 2012" after the first two, with AlexNet's (k = 2, alpha = 0.0001). About ten minutes on one
free core.
"""

import math
import sys
from statistics import mean

import record
import script
import torch
from torch import nn
from torch.nn import functional as F

from alexnet_lib.data import load
from alexnet_lib.networks.lrn import LocalResponseNorm

KINDS = ("none", "lrn 2012", "lrn", "bn")
FACTORS = {"too small": 0.1, "right": 1.0, "too large": 3.0}
RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
DEPTH, CHANNELS, COUNT, BATCH, SEEDS = 10, 16, 6000, 50, 3


def load_pictures():
    """Return standardized pictures and labels: x (6000, 1, 14, 14), y, x_test, y_test.

    Each picture is brought from 28 x 28 to 14 x 14 by means over 2 x 2 pixels.
    """
    train, test = load("fashion-mnist-small")
    sets = train.take(COUNT), test
    x, x_test = (torch.tensor(part.images).permute(0, 3, 1, 2) / 255 for part in sets)
    x, x_test = F.avg_pool2d(x, 2), F.avg_pool2d(x_test, 2)
    y, y_test = (torch.tensor(part.labels).long() for part in sets)
    average, spread = x.mean(), x.std()
    return (x - average) / spread, y, (x_test - average) / spread, y_test


def normalization(kind, number):
    """Return the normalization after convolution `number`, counted from 1: a list of layers."""
    if kind == "bn":
        return [nn.BatchNorm2d(CHANNELS)]
    if kind == "lrn":
        return [LocalResponseNorm(5, alpha=1.0, beta=0.75, k=1.0)]
    if kind == "lrn 2012" and number <= 2:
        return [LocalResponseNorm(5, alpha=1e-4, beta=0.75, k=2.0, divide=False)]
    return []


def make_network(kind, factor, seed):
    """Return the network: x (N, 1, 14, 14) -> scores (N, 10)."""
    torch.manual_seed(seed)
    layers = []
    inputs = 1
    for number in range(1, DEPTH + 1):
        conv = nn.Conv2d(inputs, CHANNELS, 3, padding=1)
        nn.init.normal_(conv.weight, std=factor * math.sqrt(2 / (inputs * 9)))
        nn.init.zeros_(conv.bias)
        norm = normalization(kind, number)
        after = [nn.ReLU(), *norm] if kind.startswith("lrn") else [*norm, nn.ReLU()]
        layers += [conv, *after]
        if number == 2:
            layers.append(nn.MaxPool2d(2))  # (N, 16, 7, 7)
        inputs = CHANNELS
    last = nn.Linear(CHANNELS * 9, 10)
    nn.init.normal_(last.weight, std=0.01)
    nn.init.zeros_(last.bias)
    return nn.Sequential(*layers, nn.MaxPool2d(3, 2), nn.Flatten(), last)


def accuracy_after(kind, factor, rate, seed, data):
    """Return the test accuracy in % after one epoch, or None if the loss is not finite."""
    x, y, x_test, y_test = data
    net = make_network(kind, factor, seed)
    sgd = torch.optim.SGD(net.parameters(), lr=rate)
    order = torch.Generator().manual_seed(seed)
    for batch in torch.randperm(len(x), generator=order).split(BATCH):
        loss = F.cross_entropy(net(x[batch]), y[batch])
        if not math.isfinite(loss.item()):
            return None
        sgd.zero_grad()
        loss.backward()
        sgd.step()
    net.eval()
    with torch.no_grad():
        scores = net(x_test)  # (2000, 10)
    if not scores.isfinite().all():
        return None
    return round(100 * (scores.argmax(1) == y_test).double().mean().item(), 2)


def measure(runs):
    """Return the settings, and {kind: {first weights: a list of accuracies for each rate}}.

    worst  the lowest accuracy for each rate; 0 where the numbers of a run blew up
    """
    data = load_pictures()
    seeds = list(range(min(runs, SEEDS)))
    accuracy, worst = {}, {}
    for kind in KINDS:
        accuracy[kind], worst[kind] = {}, {}
        for weights, factor in FACTORS.items():
            rows = [[accuracy_after(kind, factor, r, s, data) for s in seeds] for r in RATES]
            accuracy[kind][weights] = rows
            worst[kind][weights] = [0.0 if None in row else min(row) for row in rows]
            print(format_row(kind, weights, rows), flush=True)
    settings = {"rates": list(RATES), "factors": FACTORS, "seeds": seeds, "depth": DEPTH}
    return settings | {"accuracy": accuracy, "worst": worst}


def format_row(kind, weights, rows):
    """Return the mean accuracy for each rate as a line of text; nan where a run blew up."""
    means = ["  nan" if None in row else f"{mean(row):5.1f}" for row in rows]
    return f"{kind:9}{weights:10}" + " ".join(means)


def main():
    """Measure, print, and save if asked to."""
    parser = script.make_parser(__doc__)
    parser.add_argument("--runs", type=script.count, default=SEEDS, help="seeds at most")
    options = parser.parse_args()
    torch.set_num_threads(1)  # more would gain little on so small a network
    torch.set_flush_denormal(True)  # numbers that vanish would be a hundred times as slow
    machine = record.machine()
    try:
        script.save(options, "normalization", measure(options.runs), machine)
    finally:
        torch.set_flush_denormal(False)  # it holds for the whole process, tests included


if __name__ == "__main__":
    sys.exit(script.run(main))
