"""From files to batches: the cost of each stage, and packed images beside a folder of JPEGs.

    python benchmarks/pipeline.py [--images N] [--seconds S] [--save]

The files are made here: the bundled photographs, cropped, enlarged to 500 × 375 and given grain, so
that a JPEG has about the size of ImageNet's (100 KB). Stages run alone on one core. Then two ways
to load shuffled and augmented batches of 224 × 224 floats take turns:

    folder   torchvision's ImageFolder and DataLoader with a worker for each core, and its
             transforms RandomResizedCrop, RandomHorizontalFlip, ToTensor, Normalize
    packed   the same files packed once by `alexnet_lib.data.pack`, and the trainer's batches: with
             a window of any size as in "folder" (resized), and with one of 224 pixels out of 256 as
             in 2012 (random)

"per core" is the images per second of processor time, over all processes, which is the same whether
the machine is busy or not. About 3 minutes on two free cores.
"""

import os
import sys
import tempfile
import time
import warnings
from functools import partial
from io import BytesIO
from pathlib import Path

import numpy as np
import record
import script
import torch
from PIL import Image

from alexnet_lib.data import load, photo
from alexnet_lib.data.augment import Augment, Center, pca
from alexnet_lib.data.batches import Batches
from alexnet_lib.data.pack import pack
from alexnet_lib.data.pictures import square
from alexnet_lib.training.bench import take_turns

PHOTOS = ("coffee", "cat", "astronaut", "rocket")
FILE = 500, 375  # pixels, ImageNet's usual size
GRAIN, QUALITY = 9, 95  # grey levels of noise, and JPEG's quality: a file has about 100 KB
BATCH, SIDE, CROP = 128, 256, 224
MIN_IMAGES = 2000  # that a source loads in a round
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def make_photos(folder, count, seed=0):
    """Make different JPEG files in four class folders, and return their mean size in KB."""
    chance = np.random.default_rng(seed)
    pictures = {name: Image.fromarray(photo(name)) for name in PHOTOS}
    total = 0
    for i in range(count):
        name = PHOTOS[i % len(PHOTOS)]
        left, top = chance.integers(0, 40, 2)
        window = (left, top, left + 180, top + 135)
        pixels = np.asarray(pictures[name].resize(FILE, Image.Resampling.BICUBIC, window))
        grain = chance.normal(0, GRAIN, (FILE[1], FILE[0], 1))
        pixels = np.clip(pixels + grain, 0, 255).astype(np.uint8)  # (375, 500, 3)
        file = folder / "train" / name / f"{i}.jpg"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(file, quality=QUALITY)
        total += file.stat().st_size
    return total / count / 1000


# --- stages, one thread ------------------------------------------------------------------------


def stages(files, packed):
    """Return {stage: a function that does it once, for BATCH images}."""
    from torchvision.io import ImageReadMode, decode_jpeg

    contents = [file.read_bytes() for file in files[:BATCH]]
    tensors = [torch.frombuffer(bytearray(content), dtype=torch.uint8) for content in contents]
    numpy_random = np.random.default_rng(0)
    torch_random = torch.Generator().manual_seed(0)
    images, _ = packed.gather(np.arange(BATCH))  # (128, 3, 256, 256)
    shape = packed.shape
    augment = partial(Augment, shape, CROP, MEAN, STD)
    paper = augment(crop="random", flip=True, colour=0.1, axes=pca(packed))
    random = augment(crop="random", flip=True)
    resized = augment(crop="resized", flip=True)
    center = Center(shape, CROP, MEAN, STD)
    reference = folder_transforms()
    decoded = [Image.open(BytesIO(content)).convert("RGB") for content in contents]

    def each(function, items):
        return lambda: [function(item) for item in items]

    return {
        "decode, Pillow": each(lambda c: Image.open(BytesIO(c)).convert("RGB"), contents),
        "decode, torchvision.io": each(partial(decode_jpeg, mode=ImageReadMode.RGB), tensors),
        "decode and scale to 256, ours": each(lambda c: square(BytesIO(c), SIDE), contents),
        "RandomResizedCrop, flip, floats: torchvision": each(reference, decoded),
        "gather a packed batch, bytes": lambda: packed.gather(
            numpy_random.integers(0, len(packed), BATCH)
        ),
        "centre, floats": lambda: center(images),
        "random crop, flip, floats": lambda: random(images, torch_random),
        "random crop, flip, colour, floats (2012)": lambda: paper(images, torch_random),
        "resized crop, flip, floats": lambda: resized(images, torch_random),
    }


def stage_speeds(files, packed, seconds):
    """Return {stage: images per second on one core}."""
    threads = torch.get_num_threads()
    speeds = {}
    torch.set_num_threads(1)
    try:
        with warnings.catch_warnings():
            # torchvision's decoder still works, and warns at each call that it will be removed.
            warnings.filterwarnings("ignore", "The image decoding", DeprecationWarning)
            for name, do in stages(files, packed).items():
                best = min(take_turns({name: cpu_way(do)}, seconds=seconds)[name])
                speeds[name] = round(BATCH / best)
    finally:
        torch.set_num_threads(threads)
    return speeds


def cpu_way(do):
    """Return a way for `take_turns` in processor seconds, which other programs don't lengthen."""

    def way(times):
        start = time.process_time()
        for _ in range(times):
            do()
        return (time.process_time() - start) / times

    return way


# --- packed beside a folder --------------------------------------------------------------------


def folder_transforms():
    """Return what torchvision's reference training does with each image."""
    from torchvision import transforms

    return transforms.Compose(
        [
            transforms.RandomResizedCrop(CROP),
            transforms.RandomHorizontalFlip(),
            transforms.ToTensor(),
            transforms.Normalize(MEAN, STD),
        ]
    )


def folder_batches(root, workers, passes):
    """Return a DataLoader of torchvision's ImageFolder, several passes over all files in one."""
    from torch.utils.data import ConcatDataset, DataLoader
    from torchvision.datasets import ImageFolder

    data = ConcatDataset([ImageFolder(str(root / "train"), folder_transforms())] * passes)
    return DataLoader(data, BATCH, shuffle=True, num_workers=workers, drop_last=True)


def packed_batches(packed, crop, passes):
    """Yield the trainer's batches, in several passes over all packed images."""
    augment = Augment(packed.shape, CROP, MEAN, STD, crop=crop, flip=True)
    batches = Batches(packed, BATCH, augment)
    for number in range(passes):
        yield from batches.epoch(number)


def cpu_seconds():
    """Return the processor seconds of this process and of its finished children."""
    return sum(os.times()[:4])


def loading_speed(make, *arguments, threads=1):
    """Take all batches of `make(*arguments)`; return images per second and per processor second."""
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    start = time.perf_counter()
    cpu_start = cpu_seconds()
    images = 0
    try:
        for x, _ in make(*arguments):
            images += len(x)
    finally:
        torch.set_num_threads(before)
    # A loader's workers have exited by now, so the system counts their time.
    cpu_time = max(cpu_seconds() - cpu_start, 0.01)  # one tick of the system's clock
    return images / (time.perf_counter() - start), images / cpu_time


def source_speeds(root, packed, rounds, workers, say=print):
    """Return {source: {"images_per_second", "per_core", "ratio"}}: medians."""
    cores = max(workers, 1)
    passes = -(-MIN_IMAGES // len(packed))  # so many that the start doesn't matter
    ways = {
        "folder": partial(loading_speed, folder_batches, root, workers, passes),
        "packed, resized": partial(loading_speed, packed_batches, packed, "resized", passes),
        "packed, random": partial(loading_speed, packed_batches, packed, "random", 2 * passes),
        f"packed, random, {cores} threads": partial(
            loading_speed, packed_batches, packed, "random", 2 * passes, threads=cores
        ),
    }
    found = {name: [] for name in ways}
    for number in range(rounds):
        for name, way in ways.items():
            found[name].append(way())
        text = ", ".join(f"{name} {rows[-1][1]:.0f}" for name, rows in found.items())
        say(f"round {number + 1} of {rounds}, images per second and core: {text}", flush=True)
    speeds = {name: np.median(rows, axis=0) for name, rows in found.items()}  # (2,) each
    return {
        name: {
            "images_per_second": round(float(speed), 1),
            "per_core": round(float(per_core), 1),
            "ratio": round(float(per_core / speeds["folder"][1]), 2),
        }
        for name, (speed, per_core) in speeds.items()
    }


def measure(root, count, seconds, rounds, workers, say=print):
    """Return all figures, from files that are made in the folder `root`."""
    source = root / "photos"
    file_kb = make_photos(source, count)
    say(f"{count} files of {file_kb:.0f} KB made", flush=True)
    start = time.perf_counter()
    cpu_start = cpu_seconds()
    target = pack(source, root / "packed", size=SIDE)
    packing = count / (time.perf_counter() - start), count / (cpu_seconds() - cpu_start)
    packed = load(str(target)).train
    files = sorted((source / "train").rglob("*.jpg"))
    return {
        "images": count,
        "file_kb": round(file_kb, 1),
        "batch": BATCH,
        "workers": workers,
        "packing": {"images_per_second": round(packing[0], 1), "per_core": round(packing[1], 1)},
        "stages": stage_speeds(files, packed, seconds),
        "sources": source_speeds(source, packed, rounds, workers, say),
    }


def table(found):
    """Return the figures as lines of text."""
    lines = [f"{'':46}{'img/s/core':>10}"]
    lines += [f"{name:46}{speed:10,}" for name, speed in found["stages"].items()]
    lines += ["", f"{'':30}{'img/s':>9}{'per core':>10}{'ratio':>8}"]
    for name, row in found["sources"].items():
        speeds = f"{row['images_per_second']:9,.0f}{row['per_core']:10,.0f}"
        lines.append(f"{name:30}{speeds}{row['ratio']:7.1f}×")
    row = found["packing"]
    lines.append(f"{'packing, once':30}{row['images_per_second']:9,.0f}{row['per_core']:10,.0f}")
    return "\n".join(lines)


def main():
    """Measure, print, and save if asked to."""
    parser = script.make_parser(__doc__)
    parser.add_argument("--images", type=script.count, default=640, help="files (default 640)")
    parser.add_argument("--seconds", type=float, default=3, help="for each stage (default 3)")
    parser.add_argument("--rounds", type=script.count, default=5, help="how often (default 5)")
    options = parser.parse_args()
    if options.images < BATCH:
        raise ValueError(f"--images must be at least one batch, {BATCH}.")
    machine = record.machine()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(
            Path(folder), options.images, options.seconds, options.rounds, os.cpu_count() or 1
        )
    print(table(found))
    script.save(options, "pipeline", found, machine)


if __name__ == "__main__":
    sys.exit(script.run(main))
