"""What dropout gains on a thousand pictures, over more seeds than the lesson has time for.

    python benchmarks/dropout.py [--runs N] [--save]

The lesson on dropout trains the same small network with and without it, for six seeds. This uses
three groups of seeds: six on which its settings were chosen, the lesson's own, and thirty that were
fixed beforehand. Both runs of a seed begin with the same weights and see the pictures in the same
order. What counts is the difference of a pair, and the interval for its mean. About a minute on one
free core.
"""

import math
import sys
from statistics import mean, stdev

import record
import script
import torch
from torch import nn
from torch.nn import functional as F

from alexnet_lib.data import load

GROUPS = {"chosen on": range(6), "the lesson's": range(100, 106), "fresh": range(200, 230)}
HIDDEN, RATE, COUNT, BATCH, EPOCHS, MOMENTUM = 256, 0.5, 1000, 100, 30, 0.9
RATES = (0.05, 0.005)  # the second for the last third of the epochs
STUDENT = {2: 12.706, 5: 2.776, 6: 2.571, 10: 2.262, 30: 2.045}  # runs -> factor of an interval


def load_pictures():
    """Return pictures, centred at 0, and labels: x (1000, 784), y, x_test (2000, 784), y_test."""
    train, test = load("fashion-mnist-small")
    sets = train.take(COUNT), test
    x, x_test = (torch.tensor(images.images).flatten(1) / 255 for images in sets)
    y, y_test = (torch.tensor(images.labels).long() for images in sets)
    average, spread = x.mean(), x.std()
    return (x - average) / spread, y, (x_test - average) / spread, y_test


def train_network(p, seed, x, y):
    """Return a network that has learned x (N, 784), y (N,), with dropout of the rate p."""
    torch.manual_seed(seed)
    first, last = nn.Linear(784, HIDDEN), nn.Linear(HIDDEN, 10)
    net = nn.Sequential(first, nn.ReLU(), nn.Dropout(p), last)
    order = torch.Generator().manual_seed(seed)
    sgd = torch.optim.SGD(net.parameters(), momentum=MOMENTUM)
    for epoch in range(EPOCHS):
        sgd.param_groups[0]["lr"] = RATES[epoch >= EPOCHS * 2 / 3]
        for batch in torch.randperm(len(x), generator=order).split(BATCH):
            loss = F.cross_entropy(net(x[batch]), y[batch])
            sgd.zero_grad()
            loss.backward()
            sgd.step()
    return net.eval()


def run_pair(seed, data):
    """Return test accuracy in % and test loss, without and with dropout: [[a, l], [a, l]]."""
    x, y, x_test, y_test = data
    rows = []
    for p in (0.0, RATE):
        net = train_network(p, seed, x, y)
        with torch.no_grad():
            scores = net(x_test)  # (2000, 10)
        accuracy = (scores.argmax(1) == y_test).double().mean().item()
        loss = F.cross_entropy(scores, y_test).item()
        rows.append([round(100 * accuracy, 2), round(loss, 4)])
    return rows


def measure(runs):
    """Return {group: {"seeds", "without", "with", "gain", "interval"}}, `runs` seeds at most."""
    data = load_pictures()
    figures = {}
    for name, seeds in GROUPS.items():
        seeds = list(seeds)[:runs]
        rows = [run_pair(seed, data) for seed in seeds]
        without, dropped = ([row[i] for row in rows] for i in (0, 1))
        gains = [b[0] - a[0] for a, b in zip(without, dropped, strict=True)]
        figures[name] = {"seeds": seeds, "without": without, "with": dropped}
        figures[name] |= {"gain": round(mean(gains), 3), "interval": interval(gains)}
        print(format_row(name, figures[name]), flush=True)
    return figures


def interval(values):
    """Return the two ends of an interval for the mean, or None if STUDENT lacks its factor."""
    if len(values) not in STUDENT:
        return None
    half = STUDENT[len(values)] * stdev(values) / math.sqrt(len(values))
    return [round(mean(values) - half, 3), round(mean(values) + half, 3)]


def format_row(name, row):
    """Return a group's figures as a line of text."""
    ends = " to ".join(f"{end:.2f}" for end in row["interval"] or ())
    return f"{name:13}{len(row['seeds']):3} seeds, gain {row['gain']:5.2f} points  {ends}"


def main():
    """Measure, print, and save if asked to."""
    parser = script.make_parser(__doc__)
    parser.add_argument("--runs", type=script.count, default=30, help="seeds of a group at most")
    options = parser.parse_args()
    torch.set_num_threads(1)  # more would gain little on so small a network
    machine = record.machine()
    script.save(options, "dropout", measure(options.runs), machine)


if __name__ == "__main__":
    sys.exit(script.run(main))
