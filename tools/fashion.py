"""Make alexnet_lib/data/fashion: the first images of each class of Fashion-MNIST.

    python tools/fashion.py FOLDER

FOLDER has the four files of the full set; Debian's package dataset-fashion-mnist installs them in
/usr/share/datasets/fashion-mnist. The first 1,000 training and 200 test images of each class are
written in their original order, to files of the same names and format. The program prints their
checksums, for FASHION in alexnet_lib/data/sources.py.
"""

import gzip
import struct
import sys
from hashlib import sha256
from pathlib import Path

import numpy as np

from alexnet_lib.data.sources import idx

TARGET = Path(__file__).resolve().parents[1] / "alexnet_lib" / "data" / "fashion"
COUNTS = {"train": 1000, "t10k": 200}  # of each class


def first_indices(labels, count):
    """Return the indices of the first `count` images of each class: (10 · count,), ascending."""
    return np.sort(np.concatenate([np.flatnonzero(labels == c)[:count] for c in range(10)]))


def as_idx(array):
    """Return an array as a gzipped IDX file, without a timestamp: the same bytes on every run."""
    head = struct.pack(f">4B{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return gzip.compress(head + array.tobytes(), 9, mtime=0)


def main(folder):
    """Write the four files and print their checksums."""
    for split, count in COUNTS.items():
        images = f"{split}-images-idx3-ubyte.gz"
        labels = f"{split}-labels-idx1-ubyte.gz"
        arrays = {name: idx((Path(folder) / name).read_bytes(), name) for name in (images, labels)}
        keep = first_indices(arrays[labels], count)
        for name, array in arrays.items():
            data = as_idx(array[keep])
            (TARGET / name).write_bytes(data)
            print(f'    "{name}": "{sha256(data).hexdigest()}",')


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
