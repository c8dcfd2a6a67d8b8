"""Where the sets of `load` come from: the package, a folder, torchvision's download, or chance.

A set that is known by name is looked for in `folder`, if one is given, and else in
$ALEXNET_DATA/NAME, where Debian puts it, and in ~/.cache/alexnet/NAME. Only then is it
downloaded, by torchvision, to the first or the last of these.
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

from alexnet_lib.arguments import whole
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
# SHA-256 of the bundled files, which tools/fashion.py made
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
DEBIAN = Path("/usr/share/datasets/fashion-mnist")  # of the package dataset-fashion-mnist
# The sizes in which Imagenette is published, by their shorter side
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


# --- what needs no file, and what is bundled ---------------------------------------------------


def synthetic(shape=(3, 32, 32), classes=10, count=1000, test=200, seed=0):
    """Images made by chance, in which each class has a pattern of its own.

    A pattern is 4 × 4 fields in colours of chance. An image is the pattern of its class, moved by
    up to an eighth of its width and height, under noise: easy to learn, and never twice the same.
    """
    if not isinstance(shape, (tuple, list)) or len(shape) != 3:
        raise ValueError(f"shape must be (channels, height, width), but {shape!r} was given.")
    channels, height, width = (whole(side, "shape's numbers", 1) for side in shape)
    classes, seed = whole(classes, "classes", 1), whole(seed, "seed", 0)
    chance = np.random.default_rng(seed)
    fields = chance.integers(0, 192, (classes, 4, 4, channels), dtype=np.uint8)
    names = tuple(f"pattern {number}" for number in range(classes))

    def made(count):
        labels = chance.permutation(np.arange(count) % classes)
        images = chance.integers(0, 64, (count, height, width, channels), dtype=np.uint8)
        down = chance.integers(0, max(height // 8, 1), count)
        right = chance.integers(0, max(width // 8, 1), count)
        for image, label, y, x in zip(images, labels, down, right, strict=True):
            rows = (np.arange(height) + y) % height * 4 // height
            columns = (np.arange(width) + x) % width * 4 // width
            image += fields[label][rows][:, columns]
        return ImageSet("synthetic", images, labels, names)

    train = made(whole(count, "count", 1))
    test = whole(test, "test", 0)
    return Splits(train, made(test) if test else None)


def fashion_small():
    """The bundled part of Fashion-MNIST: 10,000 training and 2,000 test images, 28 × 28, grey."""
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
    """Splits of the four files in which MNIST and its like are published; `read` gives an array."""
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
    """The array in the content of an IDX file, gzipped or not; the `name` is for the sentences.

    Two zero bytes, 8 for numbers of one byte, how many axes; the length of each; the numbers.
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


# --- what has to be found or downloaded --------------------------------------------------------


def places(name, folder):
    """Folders in which a set may lie, the best first."""
    if folder is not None:
        folder = Path(folder)
        if not folder.is_dir():
            raise DataError(f'There is no folder {folder} for load("{name}"): {INSTEAD}.')
        return [folder, folder / name]
    debian = [DEBIAN] if name == "fashion-mnist" else []
    return [*([mine] if (mine := own(name)) else []), *debian, cache(name)]


def own(name):
    """The set's folder in $ALEXNET_DATA, or None where that isn't set."""
    there = os.environ.get("ALEXNET_DATA")
    return Path(there).expanduser() / name if there else None


def cache(name):
    """The folder that a set is downloaded to if nobody says otherwise."""
    there = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(there).expanduser() / "alexnet" / name


def missing(name, what, folder, more=""):
    """The DataError for a set that isn't there and can't be downloaded."""
    there = Path(folder) if folder is not None else own(name) or cache(name)
    return DataError(f'load("{name}") needs {what} in {there}{more}; {INSTEAD}.')


def downloaded(name, what, folder, allowed, fetch):
    """Where `fetch(root)` has put a set: it downloads, and raises whatever it likes if it can't.

    It fetches to a folder beside, so that a download that was broken off is never taken for a set.
    """
    if folder is not None or not allowed:
        raise missing(name, what, folder)
    root = own(name) or cache(name)
    beside = None
    try:
        root.mkdir(parents=True, exist_ok=True)
        beside = tempfile.mkdtemp(prefix=f"{name}.", dir=root.parent)
        fetch(beside)
        for part in Path(beside).iterdir():
            if not (root / part.name).exists():  # another process may have been faster
                part.rename(root / part.name)
    except ImportError:
        raise missing(name, what, folder, ", or torchvision to download them") from None
    except Exception as error:  # no network, a closed server, a full disk: torchvision's are many
        reason = (str(error).splitlines() or [""])[0].strip().rstrip(".") or type(error).__name__
        raise missing(name, what, folder, f" (downloading failed: {reason})") from None
    finally:
        if beside:
            shutil.rmtree(beside, ignore_errors=True)
    return root


def fashion(folder=None, download=True):
    """The whole of Fashion-MNIST: 60,000 training and 10,000 test images, 28 × 28, grey."""
    name, what = "fashion-mnist", "the four files of Fashion-MNIST (train-images-idx3-ubyte.gz …)"

    def fetch(root):
        from torchvision.datasets import FashionMNIST

        FashionMNIST(root, download=True)

    found = idx_folder(places(name, folder))
    if found is None:
        root = downloaded(name, what, folder, download, fetch)
        found = idx_folder([root])
        if found is None:  # what was there before stays there
            raise DataError(f"{root / 'FashionMNIST'} is incomplete: remove it, and try again.")

    def read(file):
        path = next(path for path in (found / file, found / f"{file}.gz") if path.is_file())
        return idx(path.read_bytes(), path)

    return four_files(name, read)


def idx_folder(places):
    """The first folder that has the four files, packed or not, or torchvision's folder in it."""
    stems = [name.removesuffix(".gz") for name in FASHION]
    for place in places:
        for folder in (place, place / "FashionMNIST" / "raw"):
            if all((folder / s).is_file() or (folder / f"{s}.gz").is_file() for s in stems):
                return folder
    return None


def cifar(folder=None, download=True):
    """CIFAR-10: 50,000 training and 10,000 test images, 32 × 32, in colour."""
    name, what = "cifar-10", "the folder cifar-10-batches-py of CIFAR-10's Python version"

    def both(root, download=False):
        try:
            from torchvision.datasets import CIFAR10
        except ImportError:
            raise DataError("CIFAR-10 is read by torchvision: pip install torchvision.") from None
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
                return both(root)
            except RuntimeError:  # of a file, by its checksum
                raise DataError(
                    f"{root / 'cifar-10-batches-py'} is damaged or incomplete: remove it, and"
                    f" put a fresh copy there or download it again; {INSTEAD}."
                ) from None
    return both(downloaded(name, what, folder, download, lambda root: both(root, download=True)))


def imagenette(folder=None, download=True, size=160, skip_bad=False):
    """Imagenette: 9,469 training and 3,925 test photographs of ten classes of ImageNet."""
    size = whole(size, "size", 1)
    # Published in three sizes: of those that are large enough the smallest decodes fastest.
    fit = [version for version, side in IMAGENETTES.items() if side >= size] or ["full"]

    def fetch(root):
        from torchvision.datasets import Imagenette

        Imagenette(root, size=fit[0], download=True)

    def where(root, version):
        return root / ("imagenette2" + {"full": ""}.get(version, f"-{version.removesuffix('px')}"))

    roots = [where(place, version) for place in places("imagenette", folder) for version in fit]
    found = next((root for root in roots if (root / "train").is_dir()), None)
    if found is None:
        what = f"the folder {where(Path(), fit[0])}"
        found = where(downloaded("imagenette", what, folder, download, fetch), fit[0])
    return class_folders("imagenette", found, size, skip_bad, NETTE)


def imagenet(folder=None, size=256, skip_bad=False):
    """ImageNet's 1,000 classes: 1,281,167 training and 50,000 test photographs, if you have them.

    In torchvision's layout: train/n01440764/… and val/n01440764/…; or the three archives as they
    are published, which torchvision unpacks to that (twice 150 GB, and hours).
    """
    devkit, archives = IMAGENET["devkit"], {s: IMAGENET[s] for s in ("train", "val")}
    for root in places("imagenet", folder):
        left = [s for s in archives if not (root / s).is_dir()]  # to be unpacked
        named = (root / "meta.bin").is_file() or (root / devkit).is_file()
        if all((root / archives[s]).is_file() for s in left) and (named or not left):
            for split in archives:
                if split not in left:
                    need_class_folders(root / split)
            names = unpacked(root, left) if left or (root / "meta.bin").is_file() else {}
            return class_folders("imagenet", root, size, skip_bad, names)
    raise missing(
        "imagenet",
        "the folders train and val with a folder for each class (n01440764 …), or the archives"
        f" {devkit}, {archives['train']} and {archives['val']},",
        folder,
        " (image-net.org gives them to those who register)",
    )


def unpacked(root, left):
    """Have torchvision unpack the splits that are `left`, and give the classes' names."""
    if left:
        print(f"Unpacking ImageNet in {root}: this takes hours.", file=sys.stderr)
    try:
        from torchvision.datasets import ImageNet

        for split in left or ["val"]:
            found = ImageNet(str(root), split)
    except ImportError as error:
        raise DataError(
            f"Unpacking the archives in {root} needs {error.name}: pip install {error.name}."
        ) from None
    except (OSError, RuntimeError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
        remove = f" Remove {' and '.join(str(root / s) for s in left)} before you try again."
        raise DataError(
            f"The images in {root} can't be unpacked: {reason}.{remove if left else ''}"
        ) from None
    return {wnid: ", ".join(found.classes[i]) for wnid, i in found.wnid_to_idx.items()}


def need_class_folders(split):
    """Refuse a folder in which files lie beside the class folders: it was not wholly unpacked."""
    with os.scandir(split) as entries:
        loose = next((e.name for e in entries if e.name.lower().endswith((".jpeg", ".tar"))), None)
    if loose:
        raise DataError(
            f"{split} isn't wholly unpacked: {loose} lies outside of the class folders. Remove"
            f" {split}, and put {IMAGENET[split.name]} and {IMAGENET['devkit']} into"
            f" {split.parent} instead."
        )


# --- one call for all --------------------------------------------------------------------------


# The sets that are known by name, and what gives their Splits
SOURCES = {
    "fashion-mnist-small": fashion_small,
    "fashion-mnist": fashion,
    "cifar-10": cifar,
    "imagenette": imagenette,
    "imagenet": imagenet,
    "synthetic": synthetic,
}


def find(name, folder=None, options=None):
    """What `load` gives: see there."""
    options = dict(options or {})
    if folder is not None:
        options["folder"] = folder
    known = isinstance(name, str) and name in SOURCES
    if not known and not (name and isinstance(name, (str, Path)) and Path(name).is_dir()):
        names = ", ".join(f'"{known}"' for known in SOURCES)
        raise DataError(
            f"There is no data set and no folder {str(name)!r}: name one of {names}, or a folder of"
            " yours."
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
    """A packed folder, or one with class folders in train/ and val/, or class folders alone."""
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
