"""Folders of image files, one folder for each class: PHOTOS/train/cat/one.jpg."""

import os
from pathlib import Path

from alexnet_lib.data.pictures import DataError
from alexnet_lib.data.sets import FolderSet, Splits

__all__ = ["class_folders"]

ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".ppm", ".pgm", ".tif", ".tiff")
TEST_FOLDERS = ("val", "valid", "validation", "test")


def class_folders(name, root, size=256, skip_bad=False, names=None):
    """The Splits of a folder: of train/ and val/ (or test/) in it, or of it as a whole.

    names  what a class is called, by the name of its folder; that name itself if not given
    """
    root = Path(root)
    test = next((root / split for split in TEST_FOLDERS if (root / split).is_dir()), None)
    train = root / "train" if (root / "train").is_dir() else None
    if train is None and test is not None:
        if not [name for name in subfolders(root) if name not in TEST_FOLDERS]:
            raise DataError(f"{root} has a folder {test.name}, but none that is called train.")
        test = None  # among other classes, one that is called so
    classes = subfolders(train or root)
    if not classes:
        raise DataError(
            f"{train or root} has no folders: put the images of each class into a folder of its own"
            f" there, as in {(train or root) / 'cat' / 'one.jpg'}."
        )

    def one(split):
        files, labels = listed(split, classes)
        return FolderSet(
            name, files, labels, [(names or {}).get(c, c) for c in classes], size, skip_bad
        )

    if train is None:
        return Splits(one(root), None)
    if test is not None and (strange := [c for c in subfolders(test) if c not in set(classes)]):
        raise DataError(
            f"{test} has a class {strange[0]!r} that {train} hasn't: both need folders of the same"
            " names."
        )
    return Splits(one(train), one(test) if test is not None else None)


def subfolders(root):
    """The names of the folders in this one, in order, less the hidden ones."""
    with os.scandir(root) as entries:
        return sorted(e.name for e in entries if e.is_dir() and not e.name.startswith("."))


def is_image(name):
    """Whether a file of this name is taken for an image."""
    return name.lower().endswith(ENDINGS) and not name.startswith(".")


def listed(root, classes):
    """The image files of these classes, in order of their names, and their labels."""
    files, labels = [], []
    for label, name in enumerate(classes):
        found = []
        for folder, folders, inside in os.walk(os.path.join(root, name), followlinks=True):
            folders[:] = sorted(f for f in folders if not f.startswith("."))
            found += [os.path.join(folder, file) for file in sorted(inside) if is_image(file)]
        files += found
        labels += [label] * len(found)
    if not files:
        raise DataError(
            f"There are no images in the folders in {root}: files that end in"
            f" {', '.join(ENDINGS)} are taken for images."
        )
    return files, labels
