"""How soon a small network fits its pictures with ReLU, tanh and sigmoid, each at its best rate.

    python benchmarks/activations.py [--runs N] [--save]

Figure 1 of AlexNet's paper, redone in small: four layers, on 2,000 pictures of Fashion-MNIST, until
25 % of 1,000 of them are still named wrong. Each function has its own learning rate, the fastest of
RATES over two seeds; the runs that count have other seeds. The networks begin with weights of two
kinds: "fitting", which keep the size of a small change from layer to layer, and "small", with the
paper's standard deviation of 0.01. As in the paper nothing fights overfitting, so the errors at the
end also say whether one of the functions does. About eight minutes on one free core.
"""

import math
import sys
from itertools import pairwise
from statistics import mean

import record
import script
import torch
from torch import nn
from torch.nn import functional as F

from alexnet_lib.data import load

FUNCTIONS = {"ReLU": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}
STARTS = {"fitting": ("ReLU", "tanh", "sigmoid"), "small": ("ReLU", "tanh")}
RATES = (0.01, 0.03, 0.1, 0.2, 0.5)
# A layer of n inputs keeps the size of a small change if its weights' variance is this over n: ReLU
# hands half of the changes on, tanh nearly all of them at first, sigmoid a quarter of each.
KEEPS = {"ReLU": 2, "tanh": 1, "sigmoid": 16}
TRIES, FRESH = range(2), range(100, 106)  # seeds to choose a rate with, and to count
COUNT, BATCH, MOMENTUM, SMALL = 2000, 50, 0.9, 0.01
CHECKED, EVERY = 1000, 10  # pictures that are checked, every so many steps: a quarter of an epoch
EPOCHS, TRIED, TARGET = 15, 12, 25.0  # at most; TARGET: % of the checked pictures named wrong


def load_pictures():
    """Return pictures, centred at 0, and labels: x (2000, 1, 28, 28), y, x_test, y_test."""
    train, test = load("fashion-mnist-small")
    sets = train.take(COUNT), test
    x, x_test = (torch.tensor(images.images[..., 0])[:, None] / 255 for images in sets)
    y, y_test = (torch.tensor(images.labels).long() for images in sets)
    average, spread = x.mean(), x.std()
    return (x - average) / spread, y, (x_test - average) / spread, y_test


def make_network(name, start):
    """Return a network of four layers: (N, 1, 28, 28) -> (N, 10)."""
    bend = FUNCTIONS[name]
    net = nn.Sequential(
        *(nn.Conv2d(1, 8, 5), bend(), nn.MaxPool2d(2)),  # (N, 8, 12, 12)
        *(nn.Conv2d(8, 16, 5), bend(), nn.MaxPool2d(2)),  # (N, 16, 4, 4)
        *(nn.Conv2d(16, 32, 3), bend(), nn.Flatten()),  # (N, 128)
        nn.Linear(128, 10),
    )
    for layer in net:
        if hasattr(layer, "weight"):
            keeps = 1 if layer is net[-1] else KEEPS[name]  # no function follows the last layer
            std = SMALL if start == "small" else math.sqrt(keeps / layer.weight[0].numel())
            nn.init.normal_(layer.weight, std=std)
            nn.init.zeros_(layer.bias)
    return net


def error(net, x, y):
    """Return the % of pictures that the network names wrong."""
    with torch.no_grad():
        return 100 * (net(x).argmax(1) != y).double().mean().item()


def train_network(name, start, rate, seed, data, epochs, stop=False):
    """Return the errors on checked pictures, a quarter of an epoch apart, and the network.

    The first error is that of the start. stop  whether to end at TARGET
    """
    x, y = data[:2]
    torch.manual_seed(seed)
    net = make_network(name, start)
    sgd = torch.optim.SGD(net.parameters(), lr=rate, momentum=MOMENTUM)
    errors = [error(net, x[:CHECKED], y[:CHECKED])]
    step = 0
    for _ in range(epochs):
        for batch in torch.randperm(len(x)).split(BATCH):
            loss = F.cross_entropy(net(x[batch]), y[batch])
            sgd.zero_grad()
            loss.backward()
            sgd.step()
            step += 1
            if step % EVERY == 0:
                errors.append(error(net, x[:CHECKED], y[:CHECKED]))
                if stop and errors[-1] <= TARGET:
                    return errors, net
    return errors, net


def epochs_to_target(errors):
    """Return the epochs until TARGET, on a straight line between two checks; None if never."""
    if errors[0] <= TARGET:
        return 0.0
    each = EVERY * BATCH / COUNT  # of an epoch
    for i, (before, after) in enumerate(pairwise(errors)):
        if after <= TARGET:
            return round(each * (i + (before - TARGET) / (before - after)), 3)
    return None


def choose_rate(name, start, data, tries):
    """Return the fastest rate, and {rate: the epochs to TARGET of each seed, or None}."""
    table = {}
    for rate in RATES:
        ways = [train_network(name, start, rate, seed, data, TRIED, stop=True) for seed in tries]
        table[str(rate)] = [epochs_to_target(errors) for errors, _ in ways]
        print(f"{start:8}{name:8} rate {rate}: {table[str(rate)]}", flush=True)
    slow = 2 * EPOCHS  # never: slower than any run that arrives
    best = min(RATES, key=lambda rate: mean(e or slow for e in table[str(rate)]))
    return best, table


def measure(runs):
    """Return {start: {function: its rate, and what the fresh runs did}}, `runs` seeds at most."""
    data = load_pictures()
    figures = {"pictures": COUNT, "checked": CHECKED, "target": TARGET, "epochs": EPOCHS}
    figures["seeds"] = list(FRESH)[:runs]
    for start, names in STARTS.items():
        figures[start] = {}
        for name in names:
            rate, table = choose_rate(name, start, data, list(TRIES)[:runs])
            row = {"rate": rate, "tried": table, "to_target": [], "curves": [], "end": []}
            for seed in figures["seeds"]:
                errors, net = train_network(name, start, rate, seed, data, EPOCHS)
                ends = [error(net, *data[:2]), error(net, *data[2:])]
                row["to_target"].append(epochs_to_target(errors))
                row["curves"].append([round(e, 1) for e in errors])
                row["end"].append([round(e, 2) for e in ends])  # training, test
            figures[start][name] = row
            print(format_row(start, name, row), flush=True)
    return figures


def format_row(start, name, row):
    """Return what a function's runs did as a line of text."""
    ends = [mean(end[i] for end in row["end"]) for i in (0, 1)]
    return (
        f"{start:8}{name:8} rate {row['rate']}, epochs to {TARGET:.0f} %: {row['to_target']};"
        f" at the end {ends[0]:.1f} % training and {ends[1]:.1f} % test error"
    )


def main():
    """Measure, print, and save if asked to."""
    parser = script.make_parser(__doc__)
    parser.add_argument("--runs", type=script.count, default=len(FRESH), help="seeds at most")
    options = parser.parse_args()
    torch.set_num_threads(1)  # more would gain little on so small a network
    machine = record.machine()
    script.save(options, "activations", measure(options.runs), machine)


if __name__ == "__main__":
    sys.exit(script.run(main))
