"""Make alexnet_lib/data/fashion: the first images of each class of Fashion-MNIST.

    python tools/fashion.py FOLDER

FOLDER holds the four files of the whole set; Debian's package dataset-fashion-mnist puts them in
/usr/share/datasets/fashion-mnist. The first 1,000 training and the first 200 test images of each
class are kept in their original order, in files of the same names and form, less those left out.
Their checksums are printed, for FASHION in alexnet_lib/data/sources.py.
"""

import gzip
import struct
import sys
from hashlib import sha256
from pathlib import Path

import numpy as np

from alexnet_lib.data.sources import idx

TARGET = Path(__file__).resolve().parents[1] / "alexnet_lib" / "data" / "fashion"
KEPT = {"train": 1000, "t10k": 200}  # of each class


def first(labels, count):
    """Where the first `count` of each class stand: (10 · count,), ascending."""
    return np.sort(np.concatenate([np.flatnonzero(labels == c)[:count] for c in range(10)]))


def packed(array):
    """The array as a gzipped IDX file: the same bytes on every run, since no time is written."""
    head = struct.pack(f">4B{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return gzip.compress(head + array.tobytes(), 9, mtime=0)


def main(folder):
    """Write the four files and print their checksums."""
    for split, count in KEPT.items():
        pictures, names = f"{split}-images-idx3-ubyte.gz", f"{split}-labels-idx1-ubyte.gz"
        arrays = {name: idx((Path(folder) / name).read_bytes(), name) for name in (pictures, names)}
        keep = first(arrays[names], count)
        for name, array in arrays.items():
            data = packed(array[keep])
            (TARGET / name).write_bytes(data)
            print(f'    "{name}": "{sha256(data).hexdigest()}",')


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
