"""Decode a folder of images once, so that training doesn't have to wait for it.

FOLDER has a folder for each class, or train/ and val/ with such folders. Then train with
alexnet train --data TARGET. If interrupted, run the same command again to go on.
"""

import json
import shlex

from alexnet_lib.commands.errors import DONE, INTERRUPTED, complain
from alexnet_lib.commands.parsing import number

__all__ = ["add_options", "run"]


def add_options(parser):
    """Declare what to pack, where, and how."""
    parser.add_argument("folder", metavar="FOLDER", help="the folder of images")
    parser.add_argument("target", metavar="TARGET", help="the packed folder to create")
    add = parser.section("options").add_argument
    about = "the middle square of each image, this many pixels wide"
    add("--size", metavar="256", type=number("--size", int), default=256, help=about)
    about = "images decoded at a time; the number of cores if not given"
    add("--workers", metavar="N", type=number("--workers", int), help=about)
    about = "leave out files that can't be read, and list them in the manifest"
    add("--skip-bad", action="store_true", help=about)


def run(options):
    """Pack, and return the exit code."""
    from alexnet_lib.data.pack import MANIFEST, pack
    from alexnet_lib.training.progress.terminal import Counter

    counter = Counter("images")
    settings = {"size": options.size, "workers": options.workers, "skip_bad": options.skip_bad}
    try:
        path = pack(options.folder, options.target, progress=counter, **settings)
    except KeyboardInterrupt:
        counter.clear()
        complain(
            "interrupted. What is packed is kept: run the same command again to go on.",
            "alexnet pack",
        )
        return INTERRUPTED
    except BaseException:
        counter.clear()
        raise
    counter.clear()
    manifests = [json.loads(file.read_text("utf-8")) for file in sorted(path.rglob(MANIFEST))]
    count = sum(manifest["count"] for manifest in manifests)
    skipped = sum(len(manifest["skipped"]) for manifest in manifests)
    note = f" ({skipped:,} left out: {MANIFEST} says why)" if skipped else ""
    name = shlex.quote(str(path))
    print(f"{path} has {count:,} images{note}. To train: alexnet train --data {name}")
    return DONE
