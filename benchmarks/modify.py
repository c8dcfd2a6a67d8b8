"""What one change to a small AlexNet does to its accuracy, its size and its time.

    python benchmarks/modify.py [--runs N] [--keep FILE] [--save]

The network is `alexnet("small")` for grey pictures, with stride 2 in its first convolution. It
learns a thousand bundled pictures of clothes, once as it is, and once for each line of CHANGES with
one knob turned. The seed decides which thousand pictures, their order and the first weights, so the
runs of a seed make pairs; the 2,000 test pictures are always the same. What counts is the
difference to "base", and the interval for its mean over the seeds.

The base's rate was set beforehand, on another seed. A change in RATES has its own: of these, the
best on 2,000 other pictures, with a seed that doesn't count again. "time" is a training's processor
time beside the base's: each change takes a few steps in turn, and the fastest turn counts.
--keep goes on where a stopped run ended. About ten minutes on one free core.
"""

import json
import math
import sys
import time
from pathlib import Path
from statistics import mean

import record
import script
import torch
from dropout import interval
from torch.nn import functional as F

from alexnet_lib.data import load
from alexnet_lib.files import write_atomic
from alexnet_lib.networks.models import alexnet
from alexnet_lib.networks.variants import plan
from alexnet_lib.training.optimizers import Schedule, optimizer
from alexnet_lib.training.recipe import Recipe

TRIED, SEEDS = 0, range(400, 405)  # the seed that chooses rates, and those that count
COUNT, POOL = 1000, 8000  # pictures to learn from, drawn from so many; the others choose rates
NETWORK = {"in_channels": 1, "strides": {"conv1": 2}}
RECIPE = Recipe(epochs=12, batch=50, rate=0.01, schedule="one-cycle")
HALF = {"conv1": 16, "conv2": 32, "conv3": 48, "conv4": 48, "conv5": 32}
BASE = "base"
CHANGES = {  # the knobs of the network, the fields of the recipe
    BASE: ({}, {}),
    "3 × 3 kernels": ({"kernels": {"conv1": 3, "conv2": 3}}, {}),
    "half the kernels": ({"widths": HALF}, {}),
    "4 convolutions": ({"depth": 4}, {}),
    "6 convolutions": ({"depth": 6}, {}),
    "leaky ReLU": ({"activation": "leaky_relu"}, {}),
    "average pooling": ({"pooling": "avg"}, {}),
    "no dropout": ({"dropout": 0.0}, {}),
    "LRN": ({"normalization": "lrn"}, {}),
    "batch normalization": ({"normalization": "bn"}, {}),
    "Adam": ({}, {"optimizer": "adam"}),
    "RMSProp": ({}, {"optimizer": "rmsprop"}),
    "batches of 200": ({}, {"batch": 200}),
    "3,000 pictures": ({}, {"epochs": 4}),  # three times as many, in as many steps
}
RATES = {
    "average pooling": (0.02, 0.04),
    "Adam": (0.01, 0.002, 0.0005),
    "RMSProp": (0.001, 0.0002),
    "batches of 200": (0.02, 0.04),
}
TIMED, TURNS = 8, 12  # batches of the base's size in a turn, and turns
OWN = ", own rate"  # behind the name of a change that was also run at the base's rate
OTHER_UNIT = ("Adam", "RMSProp")  # to them the base's rate means something else


def framed(images, mean, std):
    """Return pictures as numbers around 0, with two black pixels around each: (N, 1, 32, 32)."""
    x = torch.tensor(images.images).permute(0, 3, 1, 2) / 255  # (N, 1, 28, 28)
    x = F.pad(x, [2] * 4)  # (N, 1, 32, 32)
    return ((x - mean) / std).contiguous(memory_format=torch.channels_last)


def load_pictures():
    """Return pictures and labels to learn from, to choose rates with, and to test with."""
    train, test = load("fashion-mnist-small")
    mean, std = (numbers[0] for numbers in train.mean_std())
    x, x_test = (framed(images, mean, std) for images in (train, test))
    y, y_test = (torch.tensor(images.labels).long() for images in (train, test))
    return {"train": (x[:POOL], y[:POOL]), "held": (x[POOL:], y[POOL:]), "test": (x_test, y_test)}


def run_once(change, seed, rate, data):
    """Train once and return {"test", "held", "train": % right}."""
    knobs, fields = CHANGES[change]
    recipe = RECIPE.with_(rate=rate, **fields)
    count = COUNT * RECIPE.epochs // recipe.epochs
    draws = torch.Generator().manual_seed(seed)
    drawn = torch.randperm(POOL, generator=draws)[:count]
    x, y = (part[drawn] for part in data["train"])
    torch.manual_seed(seed)
    net = alexnet("small", **NETWORK | knobs).to(memory_format=torch.channels_last)
    train_network(net, recipe, x, y, draws)
    sets = {"test": data["test"], "held": data["held"], "train": (x, y)}
    return {name: accuracy(net, *pictures) for name, pictures in sets.items()}


def train_network(net, recipe, x, y, draws):
    """Train with the recipe's optimizer, rates, batches and epochs: x (N, 1, 32, 32), y (N,)."""
    rule = optimizer(net, recipe)
    schedule = Schedule(recipe, math.ceil(len(x) / recipe.batch))
    net.train()
    step = 0
    for _ in range(recipe.epochs):
        for batch in torch.randperm(len(x), generator=draws).split(recipe.batch):
            for group in rule.param_groups:
                group["lr"] = schedule.rate(step) * group["scale"]
            loss = F.cross_entropy(net(x[batch]), y[batch])
            rule.zero_grad()
            loss.backward()
            rule.step()
            step += 1


@torch.no_grad()
def accuracy(net, x, y):
    """Return the % of pictures that the network names right: x (N, 1, 32, 32), y (N,)."""
    return round(100 * (net.eval()(x).argmax(1) == y).double().mean().item(), 2)


def training_seconds(data):
    """Return {change: processor seconds of its training, from its fastest turn}."""
    best = {}
    x, y = (part[: TIMED * RECIPE.batch] for part in data["train"])
    for _ in range(TURNS):
        for change, (knobs, fields) in CHANGES.items():
            recipe = RECIPE.with_(**fields)
            steps = recipe.epochs * math.ceil(COUNT * RECIPE.epochs / recipe.epochs / recipe.batch)
            net = alexnet("small", **NETWORK | knobs).to(memory_format=torch.channels_last)
            once = recipe.with_(epochs=1)
            start = time.process_time()
            train_network(net, once, x, y, torch.Generator().manual_seed(0))
            each = (time.process_time() - start) / math.ceil(len(x) / recipe.batch)
            best[change] = min(best.get(change, math.inf), each * steps)
    return best


class Runs:
    """Runs that are made once: those in the file of --keep aren't repeated."""

    def __init__(self, path):
        self.path = path
        self.data = load_pictures()
        self.rows = json.loads(path.read_text(encoding="utf-8")) if path and path.exists() else {}

    def run(self, change, seed, rate):
        """Return the result of a run, made now if it has not been made."""
        key = f"{change}/{seed}/{rate}"
        if key not in self.rows:
            self.rows[key] = run_once(change, seed, rate, self.data)
            print(f"{key:32} {self.rows[key]}", flush=True)
            if self.path:
                write_atomic(self.path, json.dumps(self.rows, indent=1) + "\n")
        return self.rows[key]


def choose_rate(runs, change):
    """Return the best of a change's rates, and {rate: % right on the held pictures}."""
    table = {rate: runs.run(change, TRIED, rate)["held"] for rate in RATES[change]}
    return max(table, key=table.get), {str(rate): right for rate, right in table.items()}


def settings(runs):
    """Return {name: change, rate, and what chose it}: the runs that count, base first."""
    rows = {}
    for change in CHANGES:
        if change not in OTHER_UNIT:
            rows[change] = {"change": change, "rate": RECIPE.rate}
        if change in RATES:
            rate, tried = choose_rate(runs, change)
            name = change if change in OTHER_UNIT else change + OWN
            rows[name] = {"change": change, "rate": rate, "tried": tried}
    return rows


def measure(runs, count):
    """Return the settings, and of each change its runs, its gain with interval and its costs."""
    rows = settings(runs)
    seeds = list(SEEDS)[:count]
    for seed in seeds:  # seed by seed, so that a run cut short is of use
        for row in rows.values():
            runs.run(row["change"], seed, row["rate"])
    seconds = training_seconds(runs.data)
    base = None
    for name, row in rows.items():
        results = [runs.run(row["change"], seed, row["rate"]) for seed in seeds]
        row |= {key: [result[key] for result in results] for key in ("test", "train")}
        base = base or row
        gains = [new - old for new, old in zip(row["test"], base["test"], strict=True)]
        layers = plan("small", **NETWORK | CHANGES[row["change"]][0])
        row["parameters"] = sum(layer.parameters for layer in layers)
        row["multiply_adds"] = sum(layer.multiply_adds for layer in layers)
        row["time"] = round(seconds[row["change"]] / seconds[BASE], 2)
        if name != BASE:
            row |= {"gain": round(mean(gains), 3), "interval": interval(gains)}
        print(format_row(name, row), flush=True)
    shared = {"seeds": seeds, "tried": TRIED, "pictures": COUNT, "network": NETWORK}
    recipe = {
        key: RECIPE.to_dict()[key] for key in ("epochs", "batch", "rate", "momentum", "decay")
    }
    return shared | {"recipe": recipe, "rows": rows}


def format_row(name, row):
    """Return a change's figures as a line of text."""
    text = (
        f"{name:24} rate {row['rate']:<6} test {mean(row['test']):.2f} %"
        f"  training {mean(row['train']):.2f} %  time {row['time']:.2f}"
    )
    if "gain" in row:
        ends = " to ".join(f"{end:.2f}" for end in row["interval"] or ())
        text += f"  gain {row['gain']:+.2f} points  {ends}"
    return text


def main():
    """Measure, print, and save if asked to."""
    parser = script.make_parser(__doc__)
    parser.add_argument("--runs", type=script.count, default=len(SEEDS), help="seeds at most")
    parser.add_argument("--keep", type=Path, help="a file of finished runs, read and written")
    options = parser.parse_args()
    torch.set_num_threads(1)  # more would gain little on so small a network
    machine = record.machine()
    script.save(options, "modify", measure(Runs(options.keep), options.runs), machine)


if __name__ == "__main__":
    sys.exit(script.run(main))
