"""What one change to a small AlexNet does to its accuracy, its size and its time.

    python benchmarks/modify.py [--runs N] [--keep FILE] [--save]

The network is `alexnet("small")` for grey pictures, with half of its kernels, and stride 2 in its
first convolution. It learns a thousand bundled pictures of clothes, once as it is, and once for
each line of CHANGES with one knob turned. The seed decides which thousand pictures, their order and
the first weights, so the runs of a seed make pairs; the 2,000 test pictures are always the same.
What counts is the difference to "base", and the interval for its mean over the seeds.

The rate was chosen for the base. A change in RATES also has its own: of these, the best on 2,000
other pictures over the seeds in TRIES, which don't count again. "seconds" is a run's processor time
for its steps. --keep goes on where a stopped run ended. About half an hour on one free core.
"""

import json
import sys
import time
from pathlib import Path
from statistics import mean, median

import numpy as np
import record
import script
import torch
from dropout import interval

from alexnet_lib.data import load
from alexnet_lib.data.sets import ImageSet
from alexnet_lib.files import write_atomic
from alexnet_lib.networks.models import alexnet
from alexnet_lib.networks.variants import plan
from alexnet_lib.training.recipe import Recipe
from alexnet_lib.training.trainer import Trainer

TRIES, SEEDS = range(1), range(400, 406)
COUNT, POOL = 1000, 8000  # pictures to learn from, drawn from so many; the others choose rates


def halves(depth=5):
    """Return half of alexnet("small")'s kernels for a number of convolutions: {"conv1": 16 …}."""
    numbers = [16, 32, *[48] * (depth - 3), 32]
    return {f"conv{i}": number for i, number in enumerate(numbers, 1)}


NETWORK = {"in_channels": 1, "strides": {"conv1": 2}, "widths": halves()}
RECIPE = Recipe(
    epochs=15, batch=50, rate=0.02, schedule="one-cycle", device="cpu", dtype="fp32", compile="no"
)
CHANGES = {  # the knobs of the network, the fields of the recipe
    "base": ({}, {}),
    "kernels 3": ({"kernels": {"conv1": 3, "conv2": 3}}, {}),
    "half width": ({"widths": {name: number // 2 for name, number in halves().items()}}, {}),
    "double width": ({"widths": {name: number * 2 for name, number in halves().items()}}, {}),
    "narrow fc": ({"widths": halves() | {"fc6": 64, "fc7": 64}}, {}),
    "depth 4": ({"depth": 4, "widths": halves(4)}, {}),
    "depth 6": ({"depth": 6, "widths": halves(6)}, {}),
    "leaky ReLU": ({"activation": "leaky_relu"}, {}),
    "average": ({"pooling": "avg"}, {}),
    "no overlap": ({"pool_kernel": 2}, {}),
    "dropout 0": ({"dropout": 0.0}, {}),
    "LRN": ({"normalization": "lrn"}, {}),
    "batch norm": ({"normalization": "bn"}, {}),
    "Adam": ({}, {"optimizer": "adam"}),
    "RMSProp": ({}, {"optimizer": "rmsprop"}),
    "batch 20": ({}, {"batch": 20}),
    "batch 200": ({}, {"batch": 200}),
    "pictures": ({}, {"epochs": 5}),  # three times as many, and as many steps
}
RATES = {  # the base's own is one of three, too
    "base": (0.01, 0.02, 0.04),
    "batch norm": (0.02, 0.04, 0.08),
    "Adam": (0.0005, 0.001, 0.002),
    "RMSProp": (0.0001, 0.0002, 0.0005),
    "batch 20": (0.005, 0.01, 0.02),
    "batch 200": (0.02, 0.04, 0.08),
}
OWN = ", own rate"  # behind the name of a change that was also run at the base's rate


def framed(images, which):
    """Return these pictures with two black pixels around each, 32 × 32: an `ImageSet`."""
    wide = np.pad(images.images[which], ((0, 0), (2, 2), (2, 2), (0, 0)))  # (N, 32, 32, 1)
    return ImageSet(images.name, wide, images.labels[which], images.classes)


def run_once(change, seed, rate, data):
    """Train once and return {"test", "held", "train": % right, "seconds"}."""
    train, test = data
    knobs, fields = CHANGES[change]
    count = COUNT * RECIPE.epochs // fields.get("epochs", RECIPE.epochs)
    drawn = np.random.default_rng(seed).permutation(POOL)[:count]
    learned = framed(train, drawn)
    torch.manual_seed(seed)
    net = alexnet("small", **NETWORK | knobs)
    start = time.process_time()
    trainer = Trainer(net, RECIPE.with_(seed=seed, rate=rate, **fields), report="none")
    trainer.fit(learned)
    if trainer.interrupted:
        raise KeyboardInterrupt
    row = {"seconds": round(time.process_time() - start, 2)}
    held = framed(train, np.arange(POOL, len(train)))
    sets = {"test": framed(test, np.arange(len(test))), "held": held, "train": learned}
    return row | {k: round(100 * trainer.evaluate(s)["accuracy"], 2) for k, s in sets.items()}


class Runs:
    """Runs that are made once: those in the file of --keep aren't repeated."""

    def __init__(self, path):
        self.path = path
        self.data = load("fashion-mnist-small")
        self.rows = json.loads(path.read_text(encoding="utf-8")) if path and path.exists() else {}

    def run(self, change, seed, rate):
        """Return the result of a run, made now if it has not been made."""
        key = f"{change}/{seed}/{rate}"
        if key not in self.rows:
            self.rows[key] = run_once(change, seed, rate, self.data)
            print(f"{key:28} {self.rows[key]}", flush=True)
            if self.path:
                write_atomic(self.path, json.dumps(self.rows, indent=1) + "\n")
        return self.rows[key]


def choose_rate(runs, change, seeds):
    """Return the best of a change's rates, and {rate: % right on the held pictures, per seed}."""
    table = {
        rate: [runs.run(change, seed, rate)["held"] for seed in seeds] for rate in RATES[change]
    }
    best = max(table, key=lambda rate: mean(table[rate]))
    return best, {str(rate): values for rate, values in table.items()}


def settings(runs, seeds):
    """Return {name: change, rate, and what chose it}: the runs that count, base first."""
    base, tried = choose_rate(runs, "base", seeds)
    rows = {"base": {"change": "base", "rate": base, "tried": tried}}
    for change in CHANGES:
        if change == "base":
            continue
        rows[change] = {"change": change, "rate": base}
        if change in RATES:
            rate, tried = choose_rate(runs, change, seeds)
            name = change if rate == base else change + OWN
            rows[name] = {"change": change, "rate": rate, "tried": tried}
    return rows


def measure(runs, count):
    """Return the settings, and of each change its runs, its gain with interval and its costs."""
    rows = settings(runs, list(TRIES)[:count])
    seeds = list(SEEDS)[:count]
    for seed in seeds:  # seed by seed, so that a run cut short is of use
        for row in rows.values():
            runs.run(row["change"], seed, row["rate"])
    base = None
    for name, row in rows.items():
        results = [runs.run(row["change"], seed, row["rate"]) for seed in seeds]
        row |= {key: [result[key] for result in results] for key in ("test", "train", "seconds")}
        base = base or row
        gains = [new - old for new, old in zip(row["test"], base["test"], strict=True)]
        times = [new / old for new, old in zip(row["seconds"], base["seconds"], strict=True)]
        layers = plan("small", **NETWORK | CHANGES[row["change"]][0])
        row["parameters"] = sum(layer.parameters for layer in layers)
        row["multiply_adds"] = sum(layer.multiply_adds for layer in layers)
        row["time"] = round(median(times), 2)
        if name != "base":
            row |= {"gain": round(mean(gains), 3), "interval": interval(gains)}
        print(format_row(name, row), flush=True)
    shared = {"seeds": seeds, "tries": list(TRIES), "pictures": COUNT, "network": NETWORK}
    return shared | {"recipe": RECIPE.to_dict(), "rows": rows}


def format_row(name, row):
    """Return a change's figures as a line of text."""
    text = (
        f"{name:20} rate {row['rate']:<6} test {mean(row['test']):.2f} %"
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
