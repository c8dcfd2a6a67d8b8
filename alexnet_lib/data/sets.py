"""Sets of images, and the batches that they give.

    ImageSet   images of one size in one array, in memory or mapped from a packed folder
    FolderSet  a file for each image, decoded on demand

Both have `len`, `shape`, `labels`, `classes`, `gather`, `take`, `mean_std` and `fingerprint`.
Pixels stay bytes until they are on the device that trains: a quarter of the memory and traffic of
floats. The channels of a pixel are next to each other, (H, W, C), as in cameras, files and fast
convolutions.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import NamedTuple

import numpy as np
import torch

from alexnet_lib.arguments import as_int
from alexnet_lib.data.pictures import DataError, square

__all__ = ["DataError", "FolderSet", "ImageSet", "Images", "Splits"]

SAMPLED = 10_000  # the most images to use for mean, spread and colour axes
SAMPLED_NUMBERS = 2**28  # and the most numbers: 1,365 images of 256 × 256
SAMPLED_FILES = 1000  # the most images if each must be decoded


class Splits(NamedTuple):
    """The two sets that `load` returns: train, and test (None if there are no test images)."""

    train: object
    test: object


class Images:
    """The base of the sets, which have `name`, `labels`, `classes`, `shape` and `sample`."""

    def __len__(self):
        return len(self.labels)

    def __repr__(self):
        shape = " × ".join(map(str, self.shape))
        return f"<{self.name}: {len(self):,} images of {shape}, {len(self.classes)} classes>"

    def positions(self, which):
        """Return the positions of the images to take; a number means that many, from the first."""
        if isinstance(which, (int, np.integer)):
            count = as_int(which, "the number of images", 0)
            if count > len(self):
                raise ValueError(
                    f"{count:,} images can't be taken from {self.name}: it has {len(self):,}."
                )
            return np.arange(count)
        which = np.asarray(which)
        if which.dtype == bool:
            which = np.flatnonzero(which)
        if which.size and (which.min() < 0 or which.max() >= len(self)):
            raise ValueError(
                f"Images are counted from 0 to {len(self) - 1:,} in {self.name}, but"
                f" {which.min():,} to {which.max():,} were asked for."
            )
        return which.astype(np.int64)

    @cached_property
    def moments(self):
        """The mean (C,) and covariance (C, C) of the pixels' channels, on a scale from 0 to 1.

        They come from evenly spaced images, and from sums of whole numbers, so that every machine
        gets the same.
        """
        channels = self.shape[0]
        total = np.zeros(channels, np.int64)
        products = np.zeros((channels, channels), np.int64)
        pixels = 0
        for images in self.sample():  # (n, H, W, C) uint8
            planes = [
                np.ascontiguousarray(images[..., c]).astype(np.uint16) for c in range(channels)
            ]
            pixels += planes[0].size
            for i, one in enumerate(planes):
                total[i] += one.sum(dtype=np.int64)
                for j, other in enumerate(planes[: i + 1]):
                    products[i, j] += np.multiply(one, other).sum(dtype=np.int64)  # below 2¹⁶
                    products[j, i] = products[i, j]
        if not pixels:
            raise DataError(f"{self.name} has no images: nothing can be said about its pixels.")
        mean = total / pixels
        return mean / 255, (products / pixels - np.outer(mean, mean)) / 255**2

    def mean_std(self):
        """Return mean and standard deviation of each channel, (C,) each, on a scale from 0 to 1.

        They come from at most 10,000 evenly spaced images, and are rounded to four places.
        """
        mean, covariance = self.moments
        # A constant channel is divided by 1, not by 0.
        spread = np.sqrt(np.maximum(np.diag(covariance), 0))
        spread = np.where(spread < 5e-5, 1.0, spread)
        return (
            tuple(round(float(value), 4) for value in mean),
            tuple(round(float(value), 4) for value in spread),
        )


@dataclass(eq=False, repr=False)
class ImageSet(Images):
    """Images of one size: `images` (N, H, W, C) uint8, `labels` (N,), and the classes' names.

    name     the name of the set in messages
    images   an array, or a memory map of a packed folder; never changed
    labels   whole numbers: positions in `classes`
    classes  a name for each class
    """

    name: str
    images: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...]

    def __post_init__(self):
        images, labels = self.images, np.asarray(self.labels)
        if not isinstance(images, np.ndarray) or images.dtype != np.uint8 or images.ndim != 4:
            raise ValueError(
                "An ImageSet takes images as an array of shape (N, H, W, C) and type uint8, but"
                f" was given shape {np.shape(images)} and type {getattr(images, 'dtype', None)}."
            )
        if labels.shape != images.shape[:1] or labels.dtype.kind not in "iu":
            raise ValueError(
                f"{len(images):,} images need as many whole numbers for labels, but labels have"
                f" shape {labels.shape} and type {labels.dtype}."
            )
        self.labels, self.classes = labels.astype(np.int64), tuple(map(str, self.classes))
        if labels.size and not 0 <= labels.min() <= labels.max() < len(self.classes):
            raise ValueError(
                f"With {len(self.classes)} classes labels go from 0 to {len(self.classes) - 1},"
                f" but they go from {labels.min()} to {labels.max()}."
            )

    @property
    def shape(self):
        """The shape of an image in a network: (C, H, W)."""
        _, height, width, channels = self.images.shape
        return channels, height, width

    def take(self, which):
        """Return an ImageSet of the first `which` images, or of those at these positions (n,)."""
        number = isinstance(which, (int, np.integer))
        which = self.positions(which)
        # The first ones are a view, so nothing is read yet from a memory map.
        images = self.images[: len(which)] if number else self.images[which]
        return ImageSet(self.name, images, self.labels[which], self.classes)

    def gather(self, indices, pin=False):
        """Return a batch: indices (b,) -> images (b, C, H, W) uint8, labels (b,) int64, as tensors.

        The images are channels_last in memory. With `pin` they are in pages that a GPU can fetch
        by itself.
        """
        indices = np.asarray(indices)
        batch = empty_tensor((len(indices), *self.images.shape[1:]), torch.uint8, pin=pin)
        # mode="clip" only avoids a second copy: wrong positions raise an error here.
        self.positions(indices)
        np.take(self.images, indices, axis=0, out=batch.numpy(), mode="clip")
        labels = torch.from_numpy(self.labels[indices])
        return batch.permute(0, 3, 1, 2), labels.pin_memory() if pin else labels

    def sample(self):
        """Yield evenly spaced images, some at a time: (n, H, W, C) uint8."""
        each = max(self.images[:1].size, 1)
        count = min(len(self), SAMPLED, max(SAMPLED_NUMBERS // each, 1))
        which = np.arange(count) * len(self) // max(count, 1)
        step = max(2**22 // each, 1)
        for start in range(0, count, step):
            yield self.images[which[start : start + step]]

    @cached_property
    def fingerprint(self):
        """A short code for the data, which differs for sets that differ.

        It covers the name, the number and shape of the images, the classes, the labels, and the
        pixels of 64 evenly spaced images.
        """
        some = np.unique(np.linspace(0, max(len(self) - 1, 0), 64).astype(np.int64))
        pixels = self.images[some] if len(self) else self.images
        return digest(self, pixels.tobytes())


def digest(data, content):
    """Return the first 16 digits of the checksum of a set with this `content`."""
    code = sha256(repr((data.name, len(data), data.shape, data.classes)).encode())
    code.update(np.ascontiguousarray(data.labels, "<i8").tobytes())
    code.update(content)
    return code.hexdigest()[:16]


class FolderSet(Images):
    """A file for each image, decoded on demand: its middle square, `size` pixels wide.

    files     their paths (N,)
    skip_bad  leave out files that can't be decoded, and note them in `skipped`, a list of (path,
              reason); otherwise the first such file raises a DataError
    workers   threads that decode at the same time; by default one for each core
    """

    def __init__(self, name, files, labels, classes, size=256, skip_bad=False, workers=None):
        self.name, self.files = name, [os.fspath(file) for file in files]
        self.labels, self.classes = np.asarray(labels, np.int64), tuple(map(str, classes))
        self.size, self.skip_bad = as_int(size, "size", 1), skip_bad
        self.workers = cores() if workers is None else as_int(workers, "workers", 1)
        self.skipped = []
        if len(self.files) != len(self.labels):
            raise ValueError(
                f"{len(self.files):,} files need as many labels, but were given"
                f" {len(self.labels):,}."
            )

    @property
    def shape(self):
        """The shape of an image in a network: (3, size, size)."""
        return 3, self.size, self.size

    def take(self, which):
        """Return a FolderSet of the first `which` images, or of those at these positions (n,)."""
        which = self.positions(which)
        files = [self.files[i] for i in which]
        settings = self.size, self.skip_bad, self.workers
        return FolderSet(self.name, files, self.labels[which], self.classes, *settings)

    @cached_property
    def pool(self):
        """The threads that decode.

        Pillow releases Python's lock while it works, so processes would only add copies.
        """
        return ThreadPoolExecutor(self.workers, "decode")

    def gather(self, indices, pin=False):
        """Return a batch: indices (b,) -> images (b, 3, size, size) uint8, labels (b,) int64.

        Like ImageSet's, but without the images that were skipped.
        """
        indices = self.positions(indices)
        pixels = empty_tensor((len(indices), *self.shape[1:], 3), torch.uint8, pin=pin)
        arrays = pixels.numpy()

        def one(place):
            try:
                arrays[place] = square(self.files[indices[place]], self.size)
            except DataError as error:
                return error
            return None

        errors = dict(enumerate(self.pool.map(one, range(len(indices)))))
        errors = {place: error for place, error in errors.items() if error is not None}
        labels = torch.from_numpy(self.labels[indices])
        if errors:
            self.skip(errors, indices)
            good = [place for place in range(len(indices)) if place not in errors]
            pixels, labels = pixels[good], labels[good]
            pixels = pixels.pin_memory() if pin else pixels
        return pixels.permute(0, 3, 1, 2), labels.pin_memory() if pin else labels

    def skip(self, errors, indices):
        """Note the files that couldn't be decoded, {place: error}, or raise the first error."""
        if not self.skip_bad:
            first = next(iter(errors.values()))
            raise DataError(f"{first} Remove it, or leave such files out with skip_bad=True.")
        known = {path for path, _ in self.skipped}
        for place, error in errors.items():
            path = self.files[indices[place]]
            if path not in known:
                self.skipped.append((path, error.reason))

    def sample(self):
        """Yield evenly spaced images, some at a time: (n, size, size, 3) uint8."""
        count = min(len(self), SAMPLED_FILES)
        which = np.arange(count) * len(self) // max(count, 1)
        for start in range(0, count, 64):
            yield self.gather(which[start : start + 64])[0].permute(0, 2, 3, 1).numpy()

    @cached_property
    def fingerprint(self):
        """A short code for the data, from the names of the files.

        It covers the name, the size and number of the images, the classes, the labels, and the
        name and folder of each file.
        """
        ends = "\n".join("/".join(file.replace(os.sep, "/").split("/")[-2:]) for file in self.files)
        return digest(self, os.fsencode(ends))


def empty_tensor(shape, dtype, device="cpu", pin=False):
    """Return a tensor with room for a batch and arbitrary numbers in it.

    On a CPU its memory is NumPy's, which comes in large pages where the system has them. PyTorch's
    comes in pages of 4 KB, each cleared at its first touch: for a batch of 224 × 224 pixels that
    takes longer than the work itself.
    """
    if pin or torch.device(device).type != "cpu":
        return torch.empty(shape, dtype=dtype, device=device, pin_memory=pin)
    return torch.from_numpy(np.empty(shape, str(dtype).removeprefix("torch.")))


def cores():
    """Return how many cores this process may use: its share, if torchrun started several here."""
    if hasattr(os, "sched_getaffinity"):
        available = len(os.sched_getaffinity(0))
    else:
        available = os.cpu_count() or 1
    return max(available // int(os.environ.get("LOCAL_WORLD_SIZE", 1)), 1)
