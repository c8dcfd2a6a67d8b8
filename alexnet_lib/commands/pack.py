"""Decode a folder of images once, so that training need not wait for it.

FOLDER has a folder for each class, or train/ and val/ with such folders. TARGET can then be given
to alexnet train --data. Interrupted, the same command goes on where it was.
"""

import json
import shlex
import shutil
import sys
import time

from alexnet_lib.commands.errors import DONE, INTERRUPTED, complain
from alexnet_lib.commands.parsing import typed
from alexnet_lib.training.progress import bar_text, duration, encoding_of, write

__all__ = ["add_options", "run"]


def add_options(parser):
    """What to pack, where to, and how."""
    parser.add_argument("folder", metavar="FOLDER", help="of images")
    parser.add_argument("target", metavar="TARGET", help="the packed folder, which is made")
    add = parser.section("options").add_argument
    about = "the middle square of each image, this many pixels wide"
    add("--size", metavar="256", type=typed("--size", int), default=256, help=about)
    about = "images decoded at a time; as many as there are cores if not given"
    add("--workers", metavar="N", type=typed("--workers", int), help=about)
    about = "leave out files that can't be read, and list them in the manifest"
    add("--skip-bad", action="store_true", help=about)


def run(options):
    """Pack, and return the exit code."""
    from alexnet_lib.data.pack import MANIFEST, pack

    counter = Counter()
    settings = {"size": options.size, "workers": options.workers, "skip_bad": options.skip_bad}
    try:
        path = pack(options.folder, options.target, progress=counter, **settings)
    except KeyboardInterrupt:
        counter.clear()
        complain("interrupted. What is packed is kept: the same command goes on.", "alexnet pack")
        return INTERRUPTED
    except BaseException:
        counter.clear()
        raise
    counter.clear()
    manifests = [json.loads(file.read_text("utf-8")) for file in sorted(path.rglob(MANIFEST))]
    count = sum(manifest["count"] for manifest in manifests)
    skipped = sum(len(manifest["skipped"]) for manifest in manifests)
    less = f" ({skipped:,} left out: {MANIFEST} says why)" if skipped else ""
    name = shlex.quote(str(path))
    print(f"{path} has {count:,} images{less}. To train: alexnet train --data {name}")
    return DONE


class Counter:
    """What `pack` calls while it works: one line on a terminal, some lines in a log."""

    def __init__(self, stream=None):
        self.stream = stream or sys.stderr
        self.terminal = self.stream.isatty()
        self.start, self.first, self.told, self.done = time.monotonic(), None, 0.0, 0

    def __call__(self, done, total):
        """So many images of the total are packed."""
        now = time.monotonic()
        self.first = done if self.first is None else self.first  # above 0 where it goes on
        self.done = done
        if now - self.told < (0.1 if self.terminal else 10) and done < total:
            return
        self.told = now
        parts = [f"{done:,}/{total:,} images"]
        if done > self.first:
            pace = (done - self.first) / (now - self.start)
            parts += [f"{pace:,.0f} img/s", f"{duration((total - done) / pace)} left"]
        if self.terminal:
            columns = shutil.get_terminal_size().columns
            text = bar_text(parts, done / max(total, 1), columns, encoding_of(self.stream))
            write(f"\r\x1b[K{text}", self.stream)
        else:
            write("  ".join(parts) + "\n", self.stream)

    def clear(self):
        """Take the line away."""
        if self.terminal:
            write("\r\x1b[K", self.stream)
