"""Show what is installed, what the trainer would use, and what is missing.

✓ is fine, ✗ must be fixed, – is optional. The exit code is 1 if there is a ✗.
"""

import platform
import shutil
import sys
import time
from http.client import HTTPException
from importlib import metadata
from threading import Thread
from urllib.request import Request, urlopen

from alexnet_lib import __version__
from alexnet_lib.commands.errors import sentence

__all__ = ["add_options", "run"]

DISK_GB = 2  # free space that a run should have; two checkpoints of the paper's network take 1 GB
TIMEOUT = 4  # seconds to wait for an answer from the network
GOOD, BAD, WITHOUT = "✓", "✗", "–"
# package -> what it is needed for
NEEDED = {
    "numpy": "everything",
    "torch": "training",
    "torchvision": "downloads and pretrained weights",
    "pillow": "images",
    "matplotlib": "figures",
    "anywidget": "widgets",
    "pyyaml": "configurations",
    "tqdm": "progress bars",
}
OPTIONAL = {"tensorboard": "to watch a run in TensorBoard", "jupyterlab": "to work on the lessons"}


def add_options(parser):
    """Declare what to leave out."""
    about = "don't check whether downloads work"
    parser.section("options").add_argument("--offline", action="store_true", help=about)


def run(options):
    """Print a line for each finding, and return the exit code."""
    checks = [python, packages, device, bundled_data, full_fashion_mnist, disk_space, grading]
    marks = set()
    for check in checks if options.offline else [*checks, downloads]:
        for mark, text in check():
            marks.add(mark)
            print(f"{mark} {text}", flush=True)
    if BAD in marks:
        print(f"Fix what has a {BAD}; the rest works without it, or says what it needs.")
        return 1
    return None


# Each check yields (mark, text).


def python():
    """Yield which Python this is, and where: one that is too old fails before this."""
    yield GOOD, f"Python {platform.python_version()} on {platform.system()}: {sys.executable}"


def packages():
    """Yield the versions of required and optional packages."""
    yield GOOD, f"alexnet_lib {__version__}"
    versions = []
    for name, purpose in NEEDED.items():
        try:
            versions.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            yield BAD, f"{name} is missing, for {purpose}: pip install {name}"
    yield GOOD, ", ".join(versions)
    for name, purpose in OPTIONAL.items():
        try:
            yield GOOD, f"{name} {metadata.version(name)}"
        except metadata.PackageNotFoundError:
            yield WITHOUT, f"{name} is not installed; {purpose}: pip install {name}"


def device():
    """Yield what the trainer would pick, and why."""
    try:
        import torch

        from alexnet_lib.training.devices import abilities, choose

        setup = choose()
        yield GOOD, f"The trainer would use {setup.summary}"
        if setup.device.type == "cpu":
            yield GOOD, expected_speed(setup.dtype, abilities())
        if torch.version.cuda and not torch.cuda.is_available():
            yield WITHOUT, "PyTorch finds no GPU; this build could use one, with a driver for it"
    except (ImportError, RuntimeError, ValueError) as error:
        yield BAD, f"The trainer can't start: {sentence(error)}"


def expected_speed(dtype, abilities):
    """Return what to expect of the trainer in this precision, from the recorded benchmarks."""
    from alexnet_lib.data import measurements

    few = dtype == "fp32" and "AVX-512" not in abilities
    record, how = ("train_step_avx2", " with AVX2 alone") if few else ("train_step", "")
    found = measurements(record)
    ratio = found["figures"]["variants"]["torchvision"][f"{dtype} channels_last"]["ratio"]
    has = f"This processor has {', '.join(abilities)}" if abilities else "On this processor"
    return (
        f"{has}: expect training at about {ratio:.1f} times the speed of a plain PyTorch loop, in"
        f" {dtype}, as measured on {found['machine']['cpu']}{how}; alexnet bench measures it here"
    )


def bundled_data():
    """Yield whether the package's own files are intact."""
    from alexnet_lib import data

    readers = {
        "photographs": lambda: [data.photo(name) for name in data.PHOTOS],
        "published results": data.results,
        "trained networks": lambda: [data.read_network_file(name) for name in data.NETWORKS],
        "fashion-mnist-small": lambda: data.load("fashion-mnist-small"),
    }
    intact = []
    for name, read in readers.items():
        try:
            read()
            intact.append(name)
        except Exception as error:  # a damaged file can raise anything
            yield BAD, sentence(error)
    if intact:
        yield GOOD, f"Bundled and intact: {', '.join(intact)}"


def full_fashion_mnist():
    """Yield whether the full Fashion-MNIST has been downloaded."""
    from alexnet_lib import data

    try:
        data.load("fashion-mnist", download=False)
        yield GOOD, "fashion-mnist is here: alexnet train --data fashion-mnist"
    except (ImportError, OSError, RuntimeError, ValueError):
        yield WITHOUT, "fashion-mnist is not here: it is downloaded when you first use it"


def disk_space():
    """Yield the free space where runs would go."""
    free = shutil.disk_usage(".").free / 1e9
    if free < DISK_GB:
        yield (
            BAD,
            f"{free:.1f} GB free in this folder: free some, or use --out elsewhere",
        )
    else:
        yield GOOD, f"{free:,.0f} GB free in this folder"


def grading():
    """Yield whether this machine can grade students' work, which only instructors need."""
    try:
        metadata.version("nbgrader")
        from alexnet_lib.grading.sandbox.process import sandbox_problem
    except ImportError:
        about = 'pip install -e ".[instructor]" in the course\'s repository'
        yield WITHOUT, f"Grading students' work needs nbgrader: {about}"
        return
    reason = sandbox_problem()
    if reason is None:
        yield GOOD, "Students' code can run in a sandbox: alexnet grade works here"
    else:
        yield WITHOUT, f"alexnet grade doesn't work here: {reason}"


def downloads():
    """Yield whether the files that the library downloads can be reached."""
    try:
        from torchvision.datasets import FashionMNIST
        from torchvision.models import AlexNet_Weights
    except ImportError:
        return
    first = FashionMNIST.resources[0][0]
    addresses = {
        "pretrained weights": AlexNet_Weights.IMAGENET1K_V1.url,
        "fashion-mnist": FashionMNIST.mirrors[0] + first,
    }
    answers = {}  # name -> None, or why not
    threads = [
        Thread(target=probe, args=(name, address, answers), daemon=True)  # may outlive the wait
        for name, address in addresses.items()
    ]
    for thread in threads:
        thread.start()
    end = time.monotonic() + TIMEOUT + 1  # a DNS lookup can hang beyond any timeout
    for thread in threads:
        thread.join(max(0, end - time.monotonic()))
    for name in addresses:
        reason = answers.get(name, "no answer")
        if reason is None:
            yield GOOD, f"{name} can be downloaded"
        else:
            yield WITHOUT, f"{name} can't be downloaded ({reason}): bundled data work without it"


def probe(name, address, answers):
    """Store in `answers` None if an address answers, or why it doesn't."""
    try:
        with urlopen(Request(address, method="HEAD"), timeout=TIMEOUT):
            answers[name] = None
    except (OSError, ValueError, HTTPException) as error:
        reason = getattr(error, "reason", error)  # what caused a URLError
        answers[name] = getattr(reason, "strerror", None) or str(reason)
