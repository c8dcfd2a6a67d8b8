"""Folders of image files, one folder for each class: PHOTOS/train/cat/one.jpg."""

import os
from pathlib import Path

from alexnet_lib.data.pictures import DataError
from alexnet_lib.data.sets import FolderSet, Splits
from alexnet_lib.files import name_as_text

__all__ = ["class_folders"]

ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".ppm", ".pgm", ".tif", ".tiff")
TEST_FOLDERS = ("val", "valid", "validation", "test")


def class_folders(name, root, size=256, skip_bad=False, names=None):
    """Return the Splits of a folder: of its train/ and val/ (or test/), or of all of it.

    names  {name of a class's folder: name of the class}; by default the two are the same
    """
    root = Path(root)
    test = next((root / split for split in TEST_FOLDERS if (root / split).is_dir()), None)
    train = root / "train" if (root / "train").is_dir() else None
    if train is None and test is not None:
        if not [name for name in subfolders(root) if name not in TEST_FOLDERS]:
            raise DataError(f"{root} has a folder {test.name}, but none that is called train.")
        test = None  # a class like the others, with such a name
    classes = subfolders(train or root)
    if not classes:
        raise DataError(
            f"{train or root} has no folders: put the images of each class into a folder of its own"
            f" there, as in {(train or root) / 'cat' / 'one.jpg'}."
        )

    def make_set(split):
        files, labels = list_images(split, classes)
        labelled = [(names or {}).get(folder, name_as_text(folder)) for folder in classes]
        return FolderSet(name_as_text(name), files, labels, labelled, size, skip_bad)

    if train is None:
        return Splits(make_set(root), None)
    if test is not None and (unknown := [c for c in subfolders(test) if c not in set(classes)]):
        raise DataError(
            f"{test} has a class {unknown[0]!r} that {train} doesn't have: both need folders of the"
            " same names."
        )
    return Splits(make_set(train), make_set(test) if test is not None else None)


def subfolders(root):
    """Return the names of the folders in this one, in order, without the hidden ones."""
    with os.scandir(root) as entries:
        names = [e.name for e in entries if e.is_dir() and not e.name.startswith(".")]
    return sorted(names, key=os.fsencode)  # the same order in every locale


def is_image(name):
    """Return whether a file of this name counts as an image."""
    return name.lower().endswith(ENDINGS) and not name.startswith(".")


def check_regular(entry):
    """Raise a DataError if an entry of a folder is no file that can be read to its end."""
    if not entry.is_file():
        kind = "leads nowhere" if entry.is_symlink() else "is a pipe or a device"
        raise DataError(f"{entry.path} is called an image, but {kind}: take it out of the folder.")


def list_images(root, classes):
    """Return the image files of these classes, in order of their names, and their labels."""
    files = []
    labels = []
    for label, name in enumerate(classes):
        images = []
        place = os.path.join(root, name)
        todo = [place] if os.path.isdir(place) else []  # a class may have no images in val
        while todo:
            folder = todo.pop()
            with os.scandir(folder) as entries:
                entries = sorted(entries, key=lambda entry: os.fsencode(entry.name))
            inner = []
            for entry in entries:
                if entry.is_dir():
                    inner += [] if entry.name.startswith(".") else [entry.path]
                elif is_image(entry.name):
                    check_regular(entry)
                    images.append(entry.path)
            todo += reversed(inner)
        files += images
        labels += [label] * len(images)
    if not files:
        raise DataError(
            f"There are no images in the folders in {root}: files that end in"
            f" {', '.join(ENDINGS)} count as images."
        )
    return files, labels
