"""What the size of the batch changes: the same epochs or the same steps, the rate scaled or not.

    python benchmarks/batch_size.py [--runs N] [--save]

A small network learns 5,000 pictures in batches of 10, 50, 250 and 1000. Every size gets the same
number of epochs, and in a second round the same number of steps; once with one rate for all, and
once with a rate in proportion to the batch. The rate, which is not the best for any size, was
chosen on seed 0, so that scaling it is possible; the ten seeds of the figures were fixed
beforehand. Runs of a seed begin with the same weights. About three minutes on one free core.
"""

import math
import sys
from itertools import product

import record
import script
import torch
from dropout import interval
from torch import nn
from torch.nn import functional as F

from alexnet_lib.data import load

SEEDS = range(300, 310)
BATCHES, BASE, RATE = (10, 50, 250, 1000), 50, 0.02  # RATE is for batches of BASE
COUNT, EPOCHS, HIDDEN = 5000, 5, 100
ROUNDS = ("epochs", "steps")  # what is the same for all sizes


def load_pictures():
    """Return pictures, centred at 0, and labels: x (5000, 784), y, x_test (2000, 784), y_test."""
    train, test = load("fashion-mnist-small")
    sets = train.take(COUNT), test
    x, x_test = (torch.tensor(images.images).flatten(1) / 255 for images in sets)
    y, y_test = (torch.tensor(images.labels).long() for images in sets)
    average, spread = x.mean(), x.std()
    return (x - average) / spread, y, (x_test - average) / spread, y_test


def train_network(batch, rate, steps, seed, x, y):
    """Return a network that has taken so many plain steps on x (N, 784), y (N,)."""
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Linear(784, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 10))
    order = torch.Generator().manual_seed(seed)
    sgd = torch.optim.SGD(net.parameters(), lr=rate)
    batches = []
    for _ in range(steps):
        if not batches:  # a new epoch, in a new order
            batches = list(torch.randperm(len(x), generator=order).split(batch))
        chosen = batches.pop(0)
        loss = F.cross_entropy(net(x[chosen]), y[chosen])
        sgd.zero_grad()
        loss.backward()
        sgd.step()
    return net


def settings():
    """Return every setting once: a dict with "same", "batch", "steps", "rate" and "scaled"."""
    rows = []
    for same, scaled, batch in product(ROUNDS, (False, True), BATCHES):
        if scaled and batch == BASE:
            continue  # the same run as before
        steps = EPOCHS * COUNT // (batch if same == "epochs" else BASE)
        rate = RATE * batch / BASE if scaled else RATE
        row = {"same": same, "batch": batch, "steps": steps, "rate": rate, "scaled": scaled}
        rows.append(row)
    return rows


def measure(runs):
    """Return the settings with "accuracy" in % and "loss" of each seed, and accuracy's interval.

    The accuracy is that on the test pictures, the loss that on the pictures learned from.
    """
    x, y, x_test, y_test = load_pictures()
    seeds = list(SEEDS)[:runs]
    rows = []
    for row in settings():
        row |= {"accuracy": [], "loss": []}
        for seed in seeds:
            net = train_network(row["batch"], row["rate"], row["steps"], seed, x, y)
            with torch.no_grad():
                right = (net(x_test).argmax(1) == y_test).double().mean().item()
                loss = F.cross_entropy(net(x), y).item()
            row["accuracy"].append(round(100 * right, 2))
            row["loss"].append(round(loss, 4) if math.isfinite(loss) else None)
        row["interval"] = interval(row["accuracy"])
        print(format_row(row), flush=True)
        rows.append(row)
    return {"seeds": seeds, "pictures": COUNT, "base": BASE, "rows": rows}


def format_row(row):
    """Return a setting's figures as a line of text."""
    mean = sum(row["accuracy"]) / len(row["accuracy"])
    ends = " to ".join(f"{end:.1f}" for end in row["interval"] or ())
    return (
        f"same {row['same']:6}  batch {row['batch']:4}  {row['steps']:4} steps"
        f"  rate {row['rate']:<6.4g} right {mean:5.1f} %  {ends}"
    )


def main():
    """Measure, print, and save if asked to."""
    parser = script.make_parser(__doc__)
    parser.add_argument("--runs", type=script.count, default=10, help="seeds at most")
    options = parser.parse_args()
    torch.set_num_threads(1)  # more would gain little on so small a network
    machine = record.machine()
    script.save(options, "batch_size", measure(options.runs), machine)


if __name__ == "__main__":
    sys.exit(script.run(main))
