"""What is installed, what the trainer would use, and what is missing.

✓ is well, ✗ must be mended, – can be done without. The exit code is 1 if there is a ✗.
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

ROOM = 2  # GB of free space that a run should find; two checkpoints of the paper's network take 1
WAIT = 4  # seconds for an answer from the network
GOOD, BAD, WITHOUT = "✓", "✗", "–"
# package -> what it is for
NEEDED = {
    "numpy": "everything",
    "torch": "training",
    "torchvision": "downloads and pretrained weights",
    "pillow": "images",
    "matplotlib": "figures",
    "anywidget": "widgets",
    "pyyaml": "configurations",
}
OPTIONAL = {"tensorboard": "to watch a run in TensorBoard", "jupyterlab": "to work on the lessons"}


def add_options(parser):
    """What to leave out."""
    about = "don't try whether downloads work"
    parser.section("options").add_argument("--offline", action="store_true", help=about)


def run(options):
    """Print a line for each thing, and return the exit code."""
    checks = [python, packages, device, bundled, larger, room, grading]
    marks = set()
    for check in checks if options.offline else [*checks, downloads]:
        for mark, text in check():
            marks.add(mark)
            print(f"{mark} {text}", flush=True)
    if BAD in marks:
        print(f"Mend what has a {BAD}; the rest works without it, or says what it needs.")
        return 1
    return None


def python():
    """Which Python, where. One that is too old could not have come so far."""
    yield GOOD, f"Python {platform.python_version()} on {platform.system()}: {sys.executable}"


def packages():
    """Versions of what is needed, and of what may be there."""
    yield GOOD, f"alexnet_lib {__version__}"
    found = []
    for name, purpose in NEEDED.items():
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            yield BAD, f"{name} is missing, for {purpose}: pip install {name}"
    yield GOOD, ", ".join(found)
    for name, purpose in OPTIONAL.items():
        try:
            yield GOOD, f"{name} {metadata.version(name)}"
        except metadata.PackageNotFoundError:
            yield WITHOUT, f"{name} is not installed; {purpose}: pip install {name}"


def device():
    """What the trainer would pick, and why."""
    try:
        import torch

        from alexnet_lib.training.devices import choose

        yield GOOD, f"The trainer would use {choose().line}"
        if torch.version.cuda and not torch.cuda.is_available():
            yield WITHOUT, "No GPU that PyTorch can use; this PyTorch could, with a driver for it"
    except (ImportError, RuntimeError, ValueError) as error:
        yield BAD, f"The trainer can't begin: {sentence(error)}"


def bundled():
    """Whether what comes with the package is whole."""
    from alexnet_lib import data

    things = {
        "photographs": lambda: [data.photo(name) for name in data.PHOTOS],
        "published results": data.results,
        "fashion-mnist-small": lambda: data.load("fashion-mnist-small"),
    }
    whole = []
    for name, get in things.items():
        try:
            get()
            whole.append(name)
        except Exception as error:  # a damaged file can raise anything
            yield BAD, sentence(error)
    if whole:
        yield GOOD, f"Bundled and whole: {', '.join(whole)}"


def larger():
    """Whether the full Fashion-MNIST is here already."""
    from alexnet_lib import data

    try:
        data.load("fashion-mnist", download=False)
        yield GOOD, "fashion-mnist is here: alexnet train --data fashion-mnist"
    except (ImportError, OSError, RuntimeError, ValueError):
        yield WITHOUT, "fashion-mnist is not here: it is downloaded when you ask for it"


def room():
    """Free space where runs would go."""
    free = shutil.disk_usage(".").free / 1e9
    if free < ROOM:
        yield BAD, f"{free:.1f} GB free in this folder: make room, or keep runs elsewhere by --out"
    else:
        yield GOOD, f"{free:,.0f} GB free in this folder"


def grading():
    """Whether students' work can be graded here, which only instructors need."""
    try:
        metadata.version("nbgrader")
        from alexnet_lib.grading.sandbox.process import trouble
    except ImportError:
        about = 'pip install -e ".[instructor]" in the course\'s repository'
        yield WITHOUT, f"Grading students' work needs nbgrader: {about}"
        return
    why_not = trouble()
    if why_not is None:
        yield GOOD, "Students' code can be walled off: alexnet grade works here"
    else:
        yield WITHOUT, f"alexnet grade refuses to work here: {why_not}"


def downloads():
    """Whether the network gives what the library would download."""
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
    asking = [
        Thread(target=ask, args=(name, address, answers), daemon=True)  # never waited for longer
        for name, address in addresses.items()
    ]
    for thread in asking:
        thread.start()
    end = time.monotonic() + WAIT + 1  # looking up a name can hang beyond any time-out
    for thread in asking:
        thread.join(max(0, end - time.monotonic()))
    for name in addresses:
        reason = answers.get(name, "no answer")
        if reason is None:
            yield GOOD, f"{name} can be downloaded"
        else:
            yield WITHOUT, f"{name} can't be downloaded ({reason}): bundled data work without it"


def ask(name, address, answers):
    """Note in `answers` whether an address answers: None, or why not."""
    try:
        with urlopen(Request(address, method="HEAD"), timeout=WAIT):
            answers[name] = None
    except (OSError, ValueError, HTTPException) as error:
        reason = getattr(error, "reason", error)  # what is behind an URLError
        answers[name] = getattr(reason, "strerror", None) or str(reason)
