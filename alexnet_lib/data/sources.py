"""Where the sets of `load` come from: the package, a folder, a download, or random numbers.

A known set is in `folder`, if one is given, or else in $ALEXNET_DATA/NAME, in Debian's folder for
it, or in ~/.cache/alexnet/NAME. If it is in none of them, torchvision downloads it to
$ALEXNET_DATA/NAME, or to ~/.cache/alexnet/NAME if that variable isn't set.
"""

import gzip
import os
import shutil
import struct
import sys
import tempfile
import zlib
from hashlib import sha256
from importlib.resources import files
from inspect import signature
from pathlib import Path

import numpy as np

from alexnet_lib.arguments import as_int
from alexnet_lib.data.folders import TEST_FOLDERS, class_folders
from alexnet_lib.data.pack import MANIFEST, open_packed
from alexnet_lib.data.pictures import DataError
from alexnet_lib.data.sets import ImageSet, Splits

__all__ = ["SOURCES", "find"]

CLOTHES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
# SHA-256 of the bundled files, made by tools/fashion.py
FASHION = {
    "train-images-idx3-ubyte.gz": (
        "fb5d76be9a26fa809a3b13c18f7191e33c2115c6e377baf29656711358a51b1d"
    ),
    "train-labels-idx1-ubyte.gz": (
        "4cc57b2814542612de157ac954fec39e17b40ac7cc646602198dc0f4c7c97fc9"
    ),
    "t10k-images-idx3-ubyte.gz": (
        "f63b5f3a005caedab708d16a900babd905c8331b1cd2188b91245c032cfe6acd"
    ),
    "t10k-labels-idx1-ubyte.gz": (
        "09f5dc909c8586184bae0fbde44202a1b007bf6f2bd2bc952652fa22dc323f95"
    ),
}
DEBIAN = Path("/usr/share/datasets/fashion-mnist")  # the Debian package dataset-fashion-mnist
# The published versions of Imagenette, and the shorter side of their images
IMAGENETTES = {"160px": 160, "320px": 320, "full": 10**9}
IMAGENET = {
    "devkit": "ILSVRC2012_devkit_t12.tar.gz",
    "train": "ILSVRC2012_img_train.tar",
    "val": "ILSVRC2012_img_val.tar",
}
NETTE = {
    "n01440764": "tench",
    "n02102040": "English springer",
    "n02979186": "cassette player",
    "n03000684": "chain saw",
    "n03028079": "church",
    "n03394916": "French horn",
    "n03417042": "garbage truck",
    "n03425413": "gas pump",
    "n03445777": "golf ball",
    "n03888257": "parachute",
}
INSTEAD = 'load("fashion-mnist-small") is bundled and works without a network'


# --- generated and bundled sets ----------------------------------------------------------------


def synthetic(shape=(3, 32, 32), classes=10, count=1000, test=200, seed=0):
    """Return random images with a pattern for each class.

    A pattern is 4 × 4 fields of random colours. An image is the pattern of its class, moved by up
    to an eighth of its width and height, plus noise: easy to learn, and never the same twice.
    """
    if not isinstance(shape, (tuple, list)) or len(shape) != 3:
        raise ValueError(f"shape must be (channels, height, width), but {shape!r} was given.")
    channels, height, width = (as_int(side, "shape's numbers", 1) for side in shape)
    classes = as_int(classes, "classes", 1)
    rng = np.random.default_rng(as_int(seed, "seed", 0))
    fields = rng.integers(0, 192, (classes, 4, 4, channels), dtype=np.uint8)
    names = tuple(f"pattern {number}" for number in range(classes))

    def make_set(count):
        labels = rng.permutation(np.arange(count) % classes)
        images = rng.integers(0, 64, (count, height, width, channels), dtype=np.uint8)
        down = rng.integers(0, max(height // 8, 1), count)
        right = rng.integers(0, max(width // 8, 1), count)
        for image, label, y, x in zip(images, labels, down, right, strict=True):
            rows = (np.arange(height) + y) % height * 4 // height
            columns = (np.arange(width) + x) % width * 4 // width
            image += fields[label][rows][:, columns]
        return ImageSet("synthetic", images, labels, names)

    train = make_set(as_int(count, "count", 1))
    test = as_int(test, "test", 0)
    return Splits(train, make_set(test) if test else None)


def fashion_small():
    """Return the bundled part of Fashion-MNIST: 10,000 + 2,000 grey images, 28 × 28."""
    folder = files("alexnet_lib.data") / "fashion"

    def read(name):
        file = folder / f"{name}.gz"
        content = file.read_bytes() if file.is_file() else b""
        if sha256(content).hexdigest() != FASHION[file.name]:
            raise DataError(
                f"The bundled file {file.name} is damaged or missing in this copy of alexnet_lib:"
                " install the package again."
            )
        return idx(content, file.name)

    return four_files("fashion-mnist-small", read)


def four_files(name, read):
    """Return Splits of the four files of MNIST and its like; read(name) returns an array."""
    return Splits(
        *(
            ImageSet(
                name,
                read(f"{split}-images-idx3-ubyte")[..., None],  # (N, 28, 28, 1)
                read(f"{split}-labels-idx1-ubyte"),  # (N,)
                CLOTHES,
            )
            for split in ("train", "t10k")
        )
    )


def idx(content, name):
    """Return the array in the content of an IDX file, gzipped or not; `name` is for messages.

    The format: two zero bytes, 8 for numbers of one byte, the number of axes; the length of each
    axis; the numbers.
    """
    try:
        if content[:2] == b"\x1f\x8b":
            content = gzip.decompress(content)
        zero, kind, axes = struct.unpack(">HBB", content[:4])
        shape = struct.unpack(f">{axes}I", content[4 : 4 + 4 * axes])
        array = np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(shape)
        if zero or kind != 8:
            raise ValueError
    except (OSError, EOFError, ValueError, struct.error, zlib.error):
        raise DataError(
            f"{name} is damaged, or not an IDX file of bytes: put a fresh copy in its place."
        ) from None
    return array


# --- sets to find or download ------------------------------------------------------------------


def places(name, folder):
    """Return the folders in which a set may be, the best first."""
    if folder is not None:
        folder = Path(folder)
        if not folder.is_dir():
            raise DataError(f'There is no folder {folder} for load("{name}"): {INSTEAD}.')
        return [folder, folder / name]
    debian = [DEBIAN] if name == "fashion-mnist" else []
    mine = user_folder(name)
    return [*([mine] if mine else []), *debian, cache_folder(name)]


def user_folder(name):
    """Return the set's folder in $ALEXNET_DATA, or None if that isn't set."""
    root = os.environ.get("ALEXNET_DATA")
    return Path(root).expanduser() / name if root else None


def cache_folder(name):
    """Return the folder to which a set is downloaded by default."""
    root = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(root).expanduser() / "alexnet" / name


def missing_set(name, what, folder, more=""):
    """Return the DataError for a set that isn't there and can't be downloaded."""
    place = Path(folder) if folder is not None else user_folder(name) or cache_folder(name)
    return DataError(f'load("{name}") needs {what} in {place}{more}; {INSTEAD}.')


def download_set(name, what, folder, allowed, fetch):
    """Download a set with `fetch(root)`, which may raise any error, and return its folder.

    It downloads to a temporary folder, so that an interrupted download never passes for a set.
    """
    if folder is not None or not allowed:
        raise missing_set(name, what, folder)
    root = user_folder(name) or cache_folder(name)
    beside = None
    try:
        root.mkdir(parents=True, exist_ok=True)
        beside = tempfile.mkdtemp(prefix=f"{name}.", dir=root.parent)
        fetch(beside)
        for part in Path(beside).iterdir():
            if not (root / part.name).exists():  # another process may have been faster
                part.rename(root / part.name)
    except ImportError:
        raise missing_set(name, what, folder, ", or torchvision to download them") from None
    except (
        Exception
    ) as error:  # no network, a closed server, a full disk: torchvision raises many kinds
        reason = (str(error).splitlines() or [""])[0].strip().rstrip(".") or type(error).__name__
        raise missing_set(name, what, folder, f" (downloading failed: {reason})") from None
    finally:
        if beside:
            shutil.rmtree(beside, ignore_errors=True)
    return root


def fashion(folder=None, download=True):
    """Return all of Fashion-MNIST: 60,000 + 10,000 grey images, 28 × 28."""
    name, what = "fashion-mnist", "the four files of Fashion-MNIST (train-images-idx3-ubyte.gz …)"

    def fetch(root):
        from torchvision.datasets import FashionMNIST

        FashionMNIST(root, download=True)

    place = idx_folder(places(name, folder))
    if place is None:
        root = download_set(name, what, folder, download, fetch)
        place = idx_folder([root])
        if place is None:  # an incomplete folder was there before, and stays
            raise DataError(f"{root / 'FashionMNIST'} is incomplete: remove it, and try again.")

    def read(file):
        path = next(path for path in (place / file, place / f"{file}.gz") if path.is_file())
        return idx(path.read_bytes(), path)

    return four_files(name, read)


def idx_folder(places):
    """Return the first folder with the four files, gzipped or not; also if torchvision made it."""
    stems = [name.removesuffix(".gz") for name in FASHION]
    for place in places:
        for folder in (place, place / "FashionMNIST" / "raw"):
            if all((folder / s).is_file() or (folder / f"{s}.gz").is_file() for s in stems):
                return folder
    return None


def cifar(folder=None, download=True):
    """Return CIFAR-10: 50,000 + 10,000 colour images, 32 × 32."""
    name, what = "cifar-10", "the folder cifar-10-batches-py of CIFAR-10's Python version"

    def read_splits(root, download=False):
        try:
            from torchvision.datasets import CIFAR10
        except ImportError:
            raise DataError(
                "Reading CIFAR-10 needs torchvision: pip install torchvision."
            ) from None
        sets = [CIFAR10(str(root), train=train, download=download) for train in (True, False)]
        return Splits(
            *(
                ImageSet(name, some.data, np.asarray(some.targets), tuple(some.classes))
                for some in sets
            )
        )

    for root in places(name, folder):
        if (root / "cifar-10-batches-py").is_dir():
            try:
                return read_splits(root)
            except RuntimeError:  # a wrong checksum
                raise DataError(
                    f"{root / 'cifar-10-batches-py'} is damaged or incomplete: remove it, and"
                    f" put a fresh copy there or download it again; {INSTEAD}."
                ) from None
    return read_splits(
        download_set(name, what, folder, download, lambda root: read_splits(root, download=True))
    )


def imagenette(folder=None, download=True, size=160, skip_bad=False):
    """Return Imagenette: 9,469 + 3,925 photographs of ten classes of ImageNet."""
    size = as_int(size, "size", 1)
    # The smallest version that is large enough decodes fastest.
    fit = [version for version, side in IMAGENETTES.items() if side >= size] or ["full"]

    def fetch(root):
        from torchvision.datasets import Imagenette

        Imagenette(root, size=fit[0], download=True)

    def version_folder(root, version):
        return root / ("imagenette2" + {"full": ""}.get(version, f"-{version.removesuffix('px')}"))

    roots = [
        version_folder(place, version) for place in places("imagenette", folder) for version in fit
    ]
    root = next((root for root in roots if (root / "train").is_dir()), None)
    if root is None:
        what = f"the folder {version_folder(Path(), fit[0])}"
        root = version_folder(download_set("imagenette", what, folder, download, fetch), fit[0])
    return class_folders("imagenette", root, size, skip_bad, NETTE)


def imagenet(folder=None, size=256, skip_bad=False):
    """Return ImageNet's 1,281,167 + 50,000 photographs of 1,000 classes, if you have them.

    Either in torchvision's layout, train/n01440764/… and val/n01440764/…; or as the three published
    archives, which torchvision unpacks to that layout (twice 150 GB, and hours).
    """
    devkit, archives = IMAGENET["devkit"], {s: IMAGENET[s] for s in ("train", "val")}
    for root in places("imagenet", folder):
        missing = [s for s in archives if not (root / s).is_dir()]  # archives to unpack
        named = (root / "meta.bin").is_file() or (root / devkit).is_file()
        if all((root / archives[s]).is_file() for s in missing) and (named or not missing):
            for split in archives:
                if split not in missing:
                    check_unpacked(root / split)
            names = (
                unpack_archives(root, missing) if missing or (root / "meta.bin").is_file() else {}
            )
            return class_folders("imagenet", root, size, skip_bad, names)
    raise missing_set(
        "imagenet",
        "the folders train and val with a folder for each class (n01440764 …), or the archives"
        f" {devkit}, {archives['train']} and {archives['val']},",
        folder,
        " (image-net.org gives them to registered users)",
    )


def unpack_archives(root, splits):
    """Unpack the archives of these splits with torchvision, and return the classes' names."""
    if splits:
        print(f"Unpacking ImageNet in {root}: this takes hours.", file=sys.stderr)
    try:
        from torchvision.datasets import ImageNet

        for split in splits or ["val"]:
            dataset = ImageNet(str(root), split)
    except ImportError as error:
        raise DataError(
            f"Unpacking the archives in {root} needs {error.name}: pip install {error.name}."
        ) from None
    except (OSError, RuntimeError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
        remove = f" Remove {' and '.join(str(root / s) for s in splits)} before you try again."
        raise DataError(
            f"The images in {root} can't be unpacked: {reason}.{remove if splits else ''}"
        ) from None
    return {wnid: ", ".join(dataset.classes[i]) for wnid, i in dataset.wnid_to_idx.items()}


def check_unpacked(split):
    """Raise a DataError for files beside the class folders: the archive isn't fully unpacked."""
    with os.scandir(split) as entries:
        loose = next((e.name for e in entries if e.name.lower().endswith((".jpeg", ".tar"))), None)
    if loose:
        raise DataError(
            f"{split} isn't fully unpacked: {loose} is outside the class folders. Remove"
            f" {split}, and put {IMAGENET[split.name]} and {IMAGENET['devkit']} into"
            f" {split.parent} instead."
        )


# --- one call for all --------------------------------------------------------------------------


# The known sets, and the functions that return their Splits
SOURCES = {
    "fashion-mnist-small": fashion_small,
    "fashion-mnist": fashion,
    "cifar-10": cifar,
    "imagenette": imagenette,
    "imagenet": imagenet,
    "synthetic": synthetic,
}


def find(name, folder=None, options=None):
    """Return the Splits of a known set or of a folder; see `load`."""
    options = dict(options or {})
    if folder is not None:
        options["folder"] = folder
    known = isinstance(name, str) and name in SOURCES
    if not known and not (name and isinstance(name, (str, Path)) and Path(name).is_dir()):
        names = ", ".join(f'"{known}"' for known in SOURCES)
        raise DataError(
            f"There is no data set and no folder {str(name)!r}: name one of {names}, or one of your"
            " folders."
        )
    source = SOURCES[name] if known else your_folder
    offered = [each for each in signature(source).parameters if known or each != "path"]
    for option in options:
        if option not in offered:
            raise ValueError(
                f'load("{name}") has no option {option!r}: it takes {", ".join(offered) or "none"}.'
            )
    return source(**options) if known else source(name, **options)


def your_folder(path, size=None, skip_bad=False):
    """Return the Splits of a packed folder or of class folders, with or without train/ and val/."""
    path = Path(path)
    packed = [path / split for split in ("train", *TEST_FOLDERS)]
    packed = [folder for folder in packed if (folder / MANIFEST).is_file()]
    if not packed and not (path / MANIFEST).is_file():
        return class_folders(path.resolve().name, path, size or 256, skip_bad)
    if (path / MANIFEST).is_file():
        train, test = open_packed(path), None
    elif packed[0].name == "train":
        train, test = open_packed(packed[0]), open_packed(packed[1]) if packed[1:] else None
    else:
        raise DataError(
            f"{path} has packed images in {packed[0].name}, but none in train: pack it again."
        )
    for some in (train, test):
        if size and some is not None and some.shape[1:] != (size, size):
            raise DataError(
                f"{path} was packed with images of {some.shape[1]} × {some.shape[2]}, not {size}:"
                " pack it again with that size, or leave size out."
            )
    return Splits(train, test)
