"""How long the trainer takes to get 90 % of Fashion-MNIST's test images right.

    python benchmarks/fashion.py [--seeds N] [--device cpu] [--save]

For each seed the real trainer runs in a process of its own, as RECIPE says, for a fixed number of
epochs on all 60,000 training images. The 10,000 test images are used once, after the last step.
NETWORK and RECIPE were chosen without them: by training on 50,000 of the training images, and by
the accuracy on the other 10,000. What counts is the median of the seeds. "seconds" run from before
the network is made until the test is done; "whole" is the process, including Python's start,
PyTorch's import and reading the files. About 2 minutes on two free cores.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import record
import script
import torch

from alexnet_lib.data import load
from alexnet_lib.networks.models import alexnet
from alexnet_lib.training import devices
from alexnet_lib.training.recipe import Recipe
from alexnet_lib.training.trainer import Trainer

# conv1 halves the image at once, which saves three quarters of all later work; batch normalization
# tolerates the large rate that so few steps need.
NETWORK = {
    "variant": "small",
    "in_channels": 1,
    "image_size": 28,
    "normalization": "bn",
    "kernels": {"conv1": 3, "conv2": 3},
    "strides": {"conv1": 2},
    "pool_kernel": 2,
    "dropout": 0.0,
}
RECIPE = Recipe(epochs=3, batch=128, rate=0.2, schedule="one-cycle")
GOAL = 0.9
WAIT = 1800  # seconds for one run


def train(result, seed, device, images):
    """Train and test in this process, and write the result; images: None for all."""
    loading = time.perf_counter()
    train, test = load("fashion-mnist")
    if images is not None:
        train, test = train.take(images), test.take(images)
    found = {"loading": time.perf_counter() - loading}
    start = time.perf_counter()
    cpu_start = time.process_time()
    torch.manual_seed(seed)
    run = Trainer(alexnet(**NETWORK), RECIPE, report="none", seed=seed, device=device)
    history = run.fit(train)
    found["training"] = time.perf_counter() - start
    found |= {f"test_{name}": value for name, value in run.evaluate(test).items()}
    found["seconds"] = time.perf_counter() - start
    found["cpu_seconds"] = time.process_time() - cpu_start
    found |= {"line": run.summary, "loss": history[-1]["loss"]}
    found["images_per_second"] = median(row["images_per_second"] for row in history)
    Path(result).write_text(json.dumps(found), encoding="utf-8")


def run_seed(seed, device, folder, images=None):
    """Train one seed in a process of its own, and return its result."""
    result = folder / f"{seed}.json"
    command = [sys.executable, __file__, "--train", str(result), str(seed), device]
    start = time.perf_counter()
    process = subprocess.run(
        [*command, str(images or "all")], capture_output=True, text=True, timeout=WAIT
    )
    if process.returncode:
        raise RuntimeError((process.stderr.strip().splitlines() or ["a run failed"])[-1])
    whole = time.perf_counter() - start
    return json.loads(result.read_text(encoding="utf-8")) | {"seed": seed, "whole": whole}


def measure(seeds, device, folder, images=None, say=print):
    """Return all runs, and the medians over the seeds."""
    runs = []
    for seed in range(seeds):
        runs.append(row := run_seed(seed, device, folder, images))
        say(
            f"seed {seed}: {row['test_accuracy']:.2%} of {row['test_images']:,} test images after"
            f" {row['seconds']:.1f} s ({row['cpu_seconds']:.1f} s of processor time)",
            flush=True,
        )
    names = ("test_accuracy", "seconds", "cpu_seconds", "whole", "images_per_second")
    middle = {name: round(median(run[name] for run in runs), 4) for name in names}
    return middle | {
        "reached": middle["test_accuracy"] >= GOAL,
        "network": NETWORK,
        "recipe": RECIPE.to_dict() | {"device": device},
        "runs": [
            {k: round(v, 4) if isinstance(v, float) else v for k, v in r.items()} for r in runs
        ],
    }


def main():
    """Measure, print, and save if asked to."""
    parser = script.make_parser(__doc__)
    parser.add_argument("--seeds", type=script.count, default=3, help="how many (default 3)")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda … (default auto)")
    parser.add_argument("--train", nargs=4, help=argparse.SUPPRESS)  # a run, in its own process
    options = parser.parse_args()
    if options.train:
        result, seed, device, images = options.train
        train(result, int(seed), device, None if images == "all" else int(images))
        return
    devices.choose(options.device)  # raises if it doesn't exist
    machine = record.machine()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(options.seeds, options.device, Path(folder))
    print(
        f"Median: {found['test_accuracy']:.2%} after {found['seconds']:.1f} s, and"
        f" {found['cpu_seconds']:.1f} s of processor time"
    )
    script.save(options, "fashion", found, machine)


if __name__ == "__main__":
    sys.exit(script.run(main))
