"""What a confusion matrix says about a network: as a picture, as a table, and class by class."""

import csv
from io import StringIO
from pathlib import Path

import numpy as np

from alexnet_lib.files import write_atomic

__all__ = ["accuracy_lines", "check_files", "write_files"]

MOST = 20  # lines about classes; of more classes, those with the lowest accuracy are printed


def check_files(paths, classes, largest):
    """Raise a ValueError for a file that the matrix can't be written to, before it is computed.

    largest  the most images of one class
    """
    for path in map(Path, paths):
        kind = path.suffix.lower()
        if kind not in (".png", ".csv"):
            raise ValueError(
                f"A confusion matrix is written as a picture or as a table: end the name in .png"
                f" or .csv, not {path.name!r}."
            )
        if path.is_dir() or not path.resolve().parent.is_dir():
            raise ValueError(f"{path} can't be written: give a file in a folder that exists.")
        if kind == ".png":
            try:
                draw(np.eye(len(classes)) * largest, classes)
            except ValueError:
                raise ValueError(
                    f"A confusion matrix of {len(classes)} classes is too wide for a picture: give"
                    " a file that ends in .csv."
                ) from None


def draw(matrix, classes, title=None):
    """Return the picture of a matrix (K, K)."""
    from alexnet_lib.plots import confusion  # here: Matplotlib takes a while, and may be missing

    return confusion(matrix, classes, title)


def write_files(paths, matrix, classes, title):
    """Write a matrix (K, K) of class (row) and label (column) to each of the files."""
    for path in map(Path, paths):
        if path.suffix.lower() == ".png":
            write_atomic(path, draw(matrix, classes, title).png)
            continue
        text = StringIO()
        table = csv.writer(text, lineterminator="\n")
        table.writerow(["is / labelled", *classes])
        table.writerows([name, *row] for name, row in zip(classes, matrix.tolist(), strict=True))
        write_atomic(path, text.getvalue())


def accuracy_lines(matrix, classes):
    """Return a line for each class: its accuracy, and what it is most often mistaken for."""
    totals = matrix.sum(1)  # (K,)
    shares = matrix.diagonal() / np.maximum(totals, 1)  # (K,)
    there = np.flatnonzero(totals)  # classes that have images
    lines = ["Each class, and its most frequent mistake:"]
    if len(there) > MOST:
        there = there[np.argsort(shares[there], kind="stable")[:MOST]]
        lines = [
            f"The {MOST} classes of {len(classes)} with the lowest accuracy, and their mistakes:"
        ]
    width = max((len(classes[i]) for i in there), default=0)
    for i in there:
        wrong = np.where(np.arange(len(classes)) == i, 0, matrix[i])  # (K,)
        worst = wrong.argmax()
        line = f"  {classes[i]:<{width}}  {100 * shares[i]:6.2f} %"
        if wrong[worst]:
            line += f"  {100 * wrong[worst] / totals[i]:6.2f} % {classes[worst]}"
        lines.append(line)
    return lines
