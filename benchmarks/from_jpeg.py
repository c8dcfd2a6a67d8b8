"""From JPEG files to a trained epoch: a loop as in torchvision's reference, and pack with train.

    python benchmarks/from_jpeg.py [--images N] [--epochs N] [--batch N] [--workers N] [--save]

Both train torchvision's AlexNet on the same files (made as in pipeline.py), each in a process of
its own, with random crops of any size and mirror images:

    reference  ImageFolder, a DataLoader with two workers, float32, channels first, SGD
    packed     `alexnet pack` once, then the trainer on what it wrote, with its own choices

"first" is the first epoch with everything that must come before it: the workers' start, or packing.
"later" is the median of the other epochs. Memory is the peak of all processes of a way together,
shared pages counted once. About 5 minutes on two free cores.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from itertools import pairwise
from pathlib import Path
from statistics import median

import pipeline
import record
import script
import torch

from alexnet_lib.data import load
from alexnet_lib.data.pack import pack
from alexnet_lib.networks.models import alexnet
from alexnet_lib.training import bench
from alexnet_lib.training.progress import Report
from alexnet_lib.training.recipe import RECIPES
from alexnet_lib.training.trainer import Trainer

CLASSES = len(pipeline.PHOTOS)
EVERY = 0.1  # seconds between two looks at the memory


def reference(folder, epochs, batch, workers):
    """Return the seconds of each epoch of a loop as in torchvision's reference training."""
    from torch.utils.data import DataLoader
    from torchvision.datasets import ImageFolder

    start = time.perf_counter()
    data = ImageFolder(str(folder / "photos" / "train"), pipeline.folder_transforms())
    loader = DataLoader(data, batch, shuffle=True, num_workers=workers, drop_last=True)
    model = alexnet("torchvision", num_classes=CLASSES).train()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.001, momentum=0.9, weight_decay=1e-4)
    seconds = []
    for _ in range(epochs):
        for x, labels in loader:  # (batch, 3, 224, 224), (batch,)
            bench.textbook_step(model, optimizer, x, labels)
        seconds.append(time.perf_counter() - start)
        start = time.perf_counter()
    return seconds


class Clock(Report):
    """A report that notes when each epoch ends."""

    def __init__(self):
        self.ends = []

    def epoch(self, row):
        """Note the time."""
        self.ends.append(time.perf_counter())


def packed(folder, epochs, batch, workers):
    """Return the seconds of each epoch of the trainer, packing included in the first."""
    start = time.perf_counter()
    target = pack(folder / "photos", folder / "packed", size=pipeline.SIDE)
    train = load(str(target)).train
    recipe = RECIPES["torchvision"].with_(epochs=epochs, batch=batch, rate=0.001)
    clock = Clock()
    run = Trainer(alexnet("torchvision", num_classes=CLASSES), recipe, report=clock)
    run.fit(train)
    ends = [start, *clock.ends]
    return [end - begin for begin, end in pairwise(ends)]


WAYS = {"reference": reference, "packed": packed}


def memory_of(pid):
    """Return the bytes of a process and all it started; shared pages are counted once."""
    total, todo = 0, [str(pid)]
    while todo:
        folder = Path("/proc", todo.pop())
        try:
            rollup = (folder / "smaps_rollup").read_text()
            total += int(rollup.split("Pss:")[1].split()[0]) * 1024
            for thread in (folder / "task").iterdir():
                todo += (thread / "children").read_text().split()
        except (OSError, IndexError):  # it has ended meanwhile
            continue
    return total


def measure_way(name, folder, options):
    """Run a way in a process of its own; return its seconds and its peak memory."""
    command = [sys.executable, __file__, "--one", name, "--folder", str(folder)]
    for key in ("epochs", "batch", "workers"):
        command += [f"--{key}", str(getattr(options, key))]
    peak, over = [0], threading.Event()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:

        def watch():
            while not over.wait(EVERY):
                peak[0] = max(peak[0], memory_of(child.pid))

        watcher = threading.Thread(target=watch)
        watcher.start()
        out, _ = child.communicate()
        over.set()
        watcher.join()
    if child.returncode:
        raise RuntimeError(f"{name} ended with code {child.returncode}.")
    first, *later = json.loads(out.splitlines()[-1])
    figures = {"first": round(first, 2), "later": round(median(later), 2) if later else None}
    return figures | {"peak_mb": round(peak[0] / 1e6)}


def measure(options, say=print):
    """Return all figures."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        file_kb = pipeline.make_photos(folder / "photos", options.images)
        figures = {"images": options.images, "file_kb": round(file_kb, 1), "batch": options.batch}
        figures |= {"epochs": options.epochs, "workers": options.workers, "ways": {}}
        for name in WAYS:
            figures["ways"][name] = row = measure_way(name, folder, options)
            later = "" if row["later"] is None else f", later ones {row['later']:.1f} s"
            say(f"{name:10} first epoch {row['first']:.1f} s{later}, {row['peak_mb']:,} MB")
    return figures


def main():
    """Measure, and save if asked to."""
    parser = script.make_parser(__doc__)
    parser.add_argument("--images", type=script.count, default=600, help="files (default 600)")
    parser.add_argument("--epochs", type=script.count, default=3, help="of each (default 3)")
    parser.add_argument("--batch", type=script.count, default=64, help="images (default 64)")
    parser.add_argument("--workers", type=script.count, default=2, help="loaders (default 2)")
    parser.add_argument("--one", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        way = WAYS[options.one]
        print(json.dumps(way(options.folder, options.epochs, options.batch, options.workers)))
        return
    if options.batch > options.images:
        raise ValueError(f"--images must be at least one batch, {options.batch}.")
    if not os.path.exists("/proc/self/smaps_rollup"):
        raise RuntimeError("Peak memory is read from Linux's /proc, which isn't here.")
    machine = record.machine()
    script.save(options, "from_jpeg", measure(options), machine)


if __name__ == "__main__":
    sys.exit(script.run(main))
