"""`load`: what is bundled, each layout in small, and what is said where nothing is there."""

import gzip
import io
import os
import pickle
import re
import struct
import subprocess
import sys
import tarfile
import urllib.error
import urllib.request
from hashlib import md5, sha256
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
import torch
import torchvision
from PIL import Image

from alexnet_lib.data import load, sources
from alexnet_lib.data.pack import pack
from alexnet_lib.data.sets import DataError, FolderSet, ImageSet

INSTEAD = r'load\("fashion-mnist-small"\) is bundled and works without a network\.$'


@pytest.fixture(autouse=True)
def isolated(tmp_path, monkeypatch):
    """Give each test an empty cache, without a network and without the data of this machine."""

    def refuse(*arguments, **options):
        raise urllib.error.URLError("no network")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("ALEXNET_DATA", raising=False)
    monkeypatch.setattr(sources, "DEBIAN", tmp_path / "debian")


def as_idx(array):
    """Return an array of bytes as an IDX file."""
    return struct.pack(f">4B{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.tobytes()


def four_files(folder, packed=True, counts=(30, 20)):
    """Write a small Fashion-MNIST, and return its images."""
    folder.mkdir(parents=True, exist_ok=True)
    images = []
    for split, count in zip(("train", "t10k"), counts, strict=True):
        rng = np.random.default_rng(count)
        images.append(rng.integers(0, 256, (count, 28, 28), dtype=np.uint8))
        arrays = {
            "images-idx3": images[-1],
            "labels-idx1": (np.arange(count) % 10).astype(np.uint8),
        }
        for name, array in arrays.items():
            content = gzip.compress(as_idx(array)) if packed else as_idx(array)
            (folder / f"{split}-{name}-ubyte{'.gz' if packed else ''}").write_bytes(content)
    return images


# --- bundled and random sets -------------------------------------------------------------------


def test_the_bundled_set_is_balanced_and_whole():
    train, test = load("fashion-mnist-small")
    for data, count in ((train, 1000), (test, 200)):
        assert isinstance(data, ImageSet)
        assert data.shape == (1, 28, 28)
        assert np.bincount(data.labels).tolist() == [count] * 10
        assert data.name == "fashion-mnist-small"
        assert data.classes[9] == "Ankle boot"
        means = [data.images[data.labels == label].mean() for label in range(10)]
        assert means.index(min(means)) == 5  # sandals are the least of cloth


def test_the_bundled_set_is_the_beginning_of_the_whole_one():
    whole = Path("/usr/share/datasets/fashion-mnist")
    if not whole.is_dir():
        pytest.skip("the whole of Fashion-MNIST isn't here: Debian's package dataset-fashion-mnist")
    for ours, theirs, count in zip(
        load("fashion-mnist-small"), load("fashion-mnist", whole), (1000, 200), strict=True
    ):
        keep = [np.flatnonzero(theirs.labels == label)[:count] for label in range(10)]
        keep = np.sort(np.concatenate(keep))
        assert np.array_equal(ours.images, theirs.images[keep])
        assert np.array_equal(ours.labels, theirs.labels[keep])


def test_the_bundled_files_are_small_known_and_licensed():
    folder = files("alexnet_lib.data") / "fashion"
    stored = {file.name: file.read_bytes() for file in folder.iterdir()}
    text = stored.pop("LICENSE").decode()
    for words in ("MIT License", "2017 Zalando SE", "first\n1,000 training images", "AS IS"):
        assert words in text
    assert {
        name: sha256(content).hexdigest() for name, content in stored.items()
    } == sources.FASHION
    assert sum(map(len, stored.values())) < 6_000_000


def test_a_torn_or_absent_bundled_file_is_noticed(tmp_path, monkeypatch):
    folder = files("alexnet_lib.data") / "fashion"
    (tmp_path / "fashion").mkdir()
    for name in sources.FASHION:
        (tmp_path / "fashion" / name).write_bytes((folder / name).read_bytes())
    monkeypatch.setattr(sources, "files", lambda package: tmp_path)
    assert len(load("fashion-mnist-small").test) == 2000
    torn = tmp_path / "fashion" / "t10k-images-idx3-ubyte.gz"
    torn.write_bytes(torn.read_bytes()[:-1000])
    sentence = r"t10k-images-idx3-ubyte\.gz is damaged or missing .* install the package again\."
    with pytest.raises(DataError, match=sentence):
        load("fashion-mnist-small")
    torn.unlink()
    with pytest.raises(DataError, match=sentence):
        load("fashion-mnist-small")


def test_synthetic_images_are_as_asked_and_always_the_same():
    train, test = load("synthetic", shape=(2, 9, 11), classes=3, count=10, test=4, seed=5)
    assert (train.shape, len(train), len(test)) == ((2, 9, 11), 10, 4)
    assert sorted(np.bincount(train.labels)) == [3, 3, 4]
    again = load("synthetic", shape=(2, 9, 11), classes=3, count=10, test=4, seed=5)
    assert [again.train.fingerprint, again.test.fingerprint] == [
        train.fingerprint,
        test.fingerprint,
    ]
    other = load("synthetic", shape=(2, 9, 11), classes=3, count=10, seed=6)
    assert other.train.fingerprint != train.fingerprint
    assert load("synthetic", test=0).test is None
    assert load("synthetic", shape=(1, 1, 1), count=3).train.shape == (1, 1, 1)


def test_synthetic_classes_can_be_told_apart():
    train, test = load("synthetic", shape=(3, 16, 16), classes=20, count=400, test=100)
    x, y = (data.images.reshape(len(data), -1).astype(float) for data in (train, test))
    means = np.stack([x[train.labels == label].mean(0) for label in range(20)])
    nearest = ((y[:, None] - means) ** 2).sum(2).argmin(1)
    assert (nearest == test.labels).mean() > 0.95  # 0.05 by chance
    assert len(np.unique(y, axis=0)) == 100


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"shape": (3, 0, 4)}, "shape's numbers must be at least 1"),
        ({"shape": 28}, r"shape must be \(channels, height, width\), but 28 was given"),
        ({"count": 0}, "count must be at least 1"),
        ({"classes": 2.5}, "classes must be a whole number"),
        ({"colours": 3}, r'load\("synthetic"\) has no option \'colours\': it takes shape, classes'),
        ({"folder": "x"}, r'load\("synthetic"\) has no option \'folder\''),
    ],
)
def test_options_that_cant_be_are_refused(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        load("synthetic", **options)


@pytest.mark.parametrize("name", ["mnist", "", None, 3, "no/such/folder"])
def test_an_unknown_name_is_answered_with_the_known_ones(name):
    with pytest.raises(
        DataError, match=r"no data set and no folder .* one of \"fashion-mnist-small\""
    ):
        load(name)


# --- IDX files ---------------------------------------------------------------------------------


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("inside", ["", "fashion-mnist", "FashionMNIST/raw"])
def test_the_four_files_are_found_in_a_folder(tmp_path, packed, inside):
    images = four_files(tmp_path / "here" / inside, packed)
    data = load("fashion-mnist", tmp_path / "here")
    for split, pixels in zip(data, images, strict=True):
        assert np.array_equal(split.images[..., 0], pixels)
        assert split.labels.tolist() == [i % 10 for i in range(len(pixels))]


def test_they_are_looked_for_where_people_keep_them(tmp_path, monkeypatch):
    four_files(tmp_path / "cache" / "alexnet" / "fashion-mnist", counts=(11, 1))
    assert len(load("fashion-mnist").train) == 11
    four_files(tmp_path / "debian", counts=(12, 1))
    assert len(load("fashion-mnist").train) == 12
    monkeypatch.setenv("ALEXNET_DATA", str(tmp_path / "mine"))
    assert len(load("fashion-mnist").train) == 12
    four_files(tmp_path / "mine" / "fashion-mnist", counts=(13, 1))
    assert len(load("fashion-mnist").train) == 13


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x00\x08",
        b"no idx file",
        as_idx(np.zeros((2, 3), np.uint8))[:-1],
        b"\x00\x00\x0d\x01\x00\x00\x00\x01\x00\x00\x00\x00",  # floats
        gzip.compress(as_idx(np.zeros((2, 3), np.uint8)), mtime=0)[:-9],
        b"\x1f\x8b" + bytes(20),
    ],
)
def test_a_damaged_idx_file_is_named(content):
    with pytest.raises(DataError, match=r"x/images is damaged, or not an IDX file of bytes"):
        sources.idx(content, "x/images")


# --- nothing there -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["fashion-mnist", "cifar-10", "imagenette"])
def test_without_a_network_it_says_what_where_and_what_works_instead(tmp_path, name, capsys):
    with pytest.raises(DataError, match=INSTEAD) as e:
        load(name)
    sentence = str(e.value)
    assert sentence.startswith(f'load("{name}") needs the f')  # the four files, the folder
    assert str(tmp_path / "cache" / "alexnet" / name) in sentence
    assert "downloading failed:" in sentence
    assert "\n" not in sentence
    assert e.value.__suppress_context__
    left = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert not left  # nor half of anything


@pytest.mark.parametrize("name", ["fashion-mnist", "cifar-10", "imagenette", "imagenet"])
def test_a_folder_without_them_isnt_downloaded_to(tmp_path, name):
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=INSTEAD) as e:
        load(name, tmp_path / "empty")
    assert f"in {tmp_path / 'empty'}" in str(e.value)
    assert "downloading failed" not in str(e.value)
    assert not list((tmp_path / "empty").iterdir())
    with pytest.raises(DataError, match=f"There is no folder .*absent for .*{INSTEAD}"):
        load(name, tmp_path / "absent")


def test_download_can_be_forbidden(monkeypatch):
    monkeypatch.setattr(torchvision.datasets, "FashionMNIST", None)  # must not be called
    with pytest.raises(DataError, match=INSTEAD):
        load("fashion-mnist", download=False)


def test_imagenet_isnt_downloaded_and_says_where_it_is_had():
    with pytest.raises(DataError, match=r"ILSVRC2012_img_train\.tar.*image-net\.org gives") as e:
        load("imagenet")
    assert str(e.value).startswith('load("imagenet") needs the folders train and val')


def test_what_is_downloaded_is_kept(tmp_path, monkeypatch):
    calls = []

    def fetch(root, download):
        calls.append(root)
        four_files(Path(root) / "FashionMNIST" / "raw", counts=(9, 4))

    monkeypatch.setattr(torchvision.datasets, "FashionMNIST", fetch)
    for _ in range(2):
        assert len(load("fashion-mnist").train) == 9
    assert len(calls) == 1
    kept = tmp_path / "cache" / "alexnet"
    assert [path.name for path in kept.iterdir()] == ["fashion-mnist"]  # and nothing beside


def test_a_download_that_was_broken_off_is_no_set(monkeypatch, tmp_path):
    def fetch(root, size, download):
        (Path(root) / "imagenette2-160" / "train" / "n01440764").mkdir(parents=True)
        raise KeyboardInterrupt

    monkeypatch.setattr(torchvision.datasets, "Imagenette", fetch)
    with pytest.raises(KeyboardInterrupt):
        load("imagenette")
    assert not list((tmp_path / "cache").rglob("imagenette2-160"))


# --- CIFAR-10, Imagenette, ImageNet: through torchvision ---------------------------------------


@pytest.fixture
def cifar(tmp_path, monkeypatch):
    """A CIFAR-10 of 5 × 4 + 3 images, which torchvision takes for the real one."""
    folder = tmp_path / "cifar" / "cifar-10-batches-py"
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    names = [f"data_batch_{i}" for i in range(1, 6)] + ["test_batch"]
    sums, arrays = {}, {}
    for name in names:
        count = 3 if name == "test_batch" else 4
        arrays[name] = rng.integers(0, 256, (count, 3072), dtype=np.uint8)
        content = pickle.dumps({"data": arrays[name], "labels": list(range(count))})
        (folder / name).write_bytes(content)
        sums[name] = md5(content).hexdigest()
    kinds = [f"kind {i}" for i in range(10)]
    (folder / "batches.meta").write_bytes(pickle.dumps({"label_names": kinds}))
    cls = torchvision.datasets.CIFAR10
    monkeypatch.setattr(cls, "train_list", [[name, sums[name]] for name in names[:5]])
    monkeypatch.setattr(cls, "test_list", [[names[5], sums[names[5]]]])
    meta = md5((folder / "batches.meta").read_bytes()).hexdigest()
    monkeypatch.setattr(cls, "meta", {**cls.meta, "md5": meta})
    return folder, arrays


def test_cifar_is_read_from_its_folder(cifar):
    folder, arrays = cifar
    train, test = load("cifar-10", folder.parent)
    assert (train.shape, len(train), len(test)) == ((3, 32, 32), 20, 3)
    pixels = arrays["data_batch_2"][1].reshape(3, 32, 32).transpose(1, 2, 0)
    assert np.array_equal(train.images[5], pixels)
    assert test.labels.tolist() == [0, 1, 2]
    assert test.classes[3] == "kind 3"
    (folder / "data_batch_3").write_bytes(b"torn")
    with pytest.raises(DataError, match="cifar-10-batches-py is damaged or incomplete: remove it"):
        load("cifar-10", folder.parent)


def test_imagenette_is_found_in_the_size_that_fits(photos, tmp_path):
    classes = [
        f"{split}/{wnid}" for split in ("train", "val") for wnid in ("n01440764", "n03888257")
    ]
    for version in ("-160", "-320", ""):
        photos({f"imagenette2{version}/{name}": 2 for name in classes}, root="nette")
    for size, version in ((16, "-160"), (160, "-160"), (161, "-320"), (320, "-320"), (321, "")):
        train, test = load("imagenette", tmp_path / "nette", size=size)
        assert f"imagenette2{version}/" in train.files[0]
        assert (train.shape, len(train), len(test)) == ((3, size, size), 4, 4)
        assert train.classes == ("tench", "parachute")
    assert load("imagenette", tmp_path / "nette").train.shape == (3, 160, 160)


WNIDS = {"n01440764": ("tench", "Tinca tinca"), "n02102040": ("English springer",)}


def test_imagenet_in_torchvisions_layout(photos):
    root = photos({f"{split}/{wnid}": 3 for split in ("train", "val") for wnid in WNIDS})
    train, test = load("imagenet", root, size=32)
    assert (train.shape, len(train), len(test)) == ((3, 32, 32), 6, 6)
    assert train.classes == tuple(WNIDS)
    torch.save((WNIDS, ["n01440764"]), root / "meta.bin")
    train, test = load("imagenet", root)
    assert train.classes == test.classes == ("tench, Tinca tinca", "English springer")
    assert train.shape == (3, 256, 256)
    theirs = torchvision.datasets.ImageNet(str(root), "val")
    assert [
        (file, label) for file, label in zip(test.files, test.labels, strict=True)
    ] == theirs.imgs


def jpeg(number):
    """A small JPEG file's content."""
    file = io.BytesIO()
    Image.fromarray(np.full((8, 8, 3), number, np.uint8)).save(file, "jpeg")
    return file.getvalue()


def archive(path, contents):
    """Write a tar with these contents, {name: bytes}."""
    with tarfile.open(path, "w") as tar:
        for name, content in contents.items():
            about = tarfile.TarInfo(name)
            about.size = len(content)
            tar.addfile(about, io.BytesIO(content))


@pytest.fixture
def archives(tmp_path, monkeypatch):
    """ImageNet's archives in small, which torchvision takes for the real ones; without a devkit."""
    root = tmp_path / "archives"
    root.mkdir()
    inner = {}
    for number, wnid in enumerate(WNIDS):
        archive(root / "one.tar", {f"{wnid}_{i}.JPEG": jpeg(100 * number + i) for i in range(3)})
        inner[f"{wnid}.tar"] = (root / "one.tar").read_bytes()
    (root / "one.tar").unlink()
    archive(root / "ILSVRC2012_img_train.tar", inner)
    names = [f"ILSVRC2012_val_{i:08}.JPEG" for i in range(1, 5)]
    archive(root / "ILSVRC2012_img_val.tar", {name: jpeg(50) for name in names})
    truth = ["n02102040", "n01440764", "n02102040", "n02102040"]
    torch.save((WNIDS, truth), root / "meta.bin")
    known = dict(torchvision.datasets.imagenet.ARCHIVE_META)
    for split in ("train", "val"):
        name = known[split][0]
        known[split] = name, md5((root / name).read_bytes()).hexdigest()
    monkeypatch.setattr(torchvision.datasets.imagenet, "ARCHIVE_META", known)
    return root


def test_imagenets_archives_are_unpacked_by_torchvision(archives, capsys):
    for _ in range(2):  # the second time they are unpacked
        train, test = load("imagenet", archives, size=8)
        assert len(train) == 6
        assert test.labels.tolist() == [0, 1, 1, 1]
        assert train.classes[0] == "tench, Tinca tinca"
        assert train.gather([4])[0].float().mean() == pytest.approx(101, abs=2)
    assert capsys.readouterr().err.count("this takes hours") == 1


def test_a_half_unpacked_imagenet_isnt_taken_for_whole(archives):
    load("imagenet", archives)
    for loose in ("train/n01440764.tar", "val/ILSVRC2012_val_00000009.JPEG"):
        file = archives / loose
        file.write_bytes(b"")
        with pytest.raises(DataError, match=rf"isn't fully unpacked: {file.name} is outside"):
            load("imagenet", archives)
        file.unlink()
    load("imagenet", archives)


def test_a_damaged_archive_is_named(archives):
    with open(archives / "ILSVRC2012_img_val.tar", "ab") as file:
        file.write(b"more")
    with pytest.raises(DataError, match=r"can't be unpacked: The archive ILSVRC2012_img_val\.tar"):
        load("imagenet", archives)


# --- folders of one's own ----------------------------------------------------------------------


def test_a_folder_with_train_and_val(photos):
    root = photos({"train/cat": 3, "train/dog": 2, "val/cat": 1})
    (root / "train" / "cat" / "notes.txt").write_text("no image")
    (root / "train" / ".hidden").mkdir()
    (root / "train" / "dog" / "._0.jpg").write_bytes(b"what macOS leaves behind")
    train, test = load(root, size=16)
    assert isinstance(train, FolderSet)
    assert (train.name, train.classes) == ("photos", ("cat", "dog"))
    assert (train.labels.tolist(), test.labels.tolist()) == ([0, 0, 0, 1, 1], [0])
    assert test.classes == train.classes
    theirs = torchvision.datasets.ImageFolder(str(root / "val"), allow_empty=True)
    assert test.files == [file for file, _ in theirs.imgs]
    assert load(str(root)).train.shape == (3, 256, 256)


@pytest.mark.parametrize("name", ["val", "valid", "validation", "test"])
def test_other_names_for_the_test_folder(photos, name):
    assert len(load(photos({"train/a": 2, f"{name}/a": 3})).test) == 3


@pytest.mark.skipif(sys.platform == "darwin", reason="its file system takes only UTF-8")
def test_names_that_are_not_utf8_work(photos, tmp_path):
    root = photos({"train/a": 2, "train/b": 2, "val/a": 1, "val/b": 1})
    strange = os.fsdecode(b"photo\xe9")
    for split in ("train", "val"):
        (root / split / "a").rename(root / split / strange)
        (root / split / strange / "0.jpg").rename(root / split / strange / f"{strange}.jpg")
    root = root.rename(root.with_name(strange))
    train, test = load(root, size=20)
    assert train.classes == test.classes == ("b", "photo\\xe9") and train.name == "photo\\xe9"
    assert len(train.fingerprint) == 16 and "photo\\xe9" in repr(train)
    packed, _ = load(pack(root, tmp_path / os.fsdecode(b"p\xe9"), size=20))
    assert packed.classes == train.classes
    assert torch.equal(packed.gather(range(4))[0], train.gather(range(4))[0])


def test_class_folders_alone_and_folders_in_them(photos):
    root = photos({"cat": 2, "dog/puppies": 2, "dog": 1})
    train, test = load(root)
    assert test is None
    assert train.labels.tolist() == [0, 0, 1, 1, 1]
    assert load(photos({"test": 2, "cat": 1}, root="odd")).train.classes == ("cat", "test")


@pytest.mark.parametrize(
    ("folders", "sentence"),
    [
        ({}, "has no folders: put the images of each class into a folder of its own there, as in"),
        (
            {"train/cat": 0},
            r"There are no images in the folders in .*train: files that end in \.jpg",
        ),
        ({"train/cat": 1, "val/dog": 1}, "has a class 'dog' that .*train doesn't have"),
        ({"val/cat": 1}, "has a folder val, but none that is called train"),
        ({"train/cat": 1, "val/cat": 0}, "There are no images in the folders in .*val"),
    ],
)
def test_a_folder_that_cant_be_read_is_answered(photos, tmp_path, folders, sentence):
    (tmp_path / "photos").mkdir()
    with pytest.raises(DataError, match=sentence):
        load(photos(folders))


@pytest.mark.parametrize(("kind", "why"), [("fifo", "a pipe"), ("link", "leads nowhere")])
def test_what_can_never_be_read_is_named_at_once(photos, kind, why):
    root = photos({"a": 1, "b/inner": 1})
    path = root / "b/inner/x.jpg"
    os.mkfifo(path) if kind == "fifo" else path.symlink_to(root / "gone.jpg")
    with pytest.raises(DataError, match=f"{re.escape(str(path))} is called an image, but .*{why}"):
        load(root, skip_bad=True)


def test_bad_images_are_skipped_if_asked(photos):
    root = photos({"a": 3})
    (root / "a" / "1.jpg").write_bytes(b"bad")
    data = load(root, skip_bad=True, size=8).train
    assert len(data.gather([0, 1, 2])[1]) == 2
    assert [Path(path).name for path, _ in data.skipped] == ["1.jpg"]


def test_a_packed_folder(photos, tmp_path):
    root = photos({"train/cat": 3, "test/cat": 2, "test/dog": 0, "train/dog": 1})
    both = load(pack(root, tmp_path / "both", size=12))
    assert [len(data) for data in both] == [4, 2]
    assert all(isinstance(data, ImageSet) and data.shape == (3, 12, 12) for data in both)
    train, test = load(pack(root / "train", tmp_path / "one", size=12), size=12)
    assert (len(train), test) == (4, None)
    with pytest.raises(DataError, match="was packed with images of 12 × 12, not 13: pack it again"):
        load(tmp_path / "both", size=13)
    with pytest.raises(ValueError, match=r"has no option 'download': it takes size, skip_bad"):
        load(tmp_path / "both", download=False)


# --- what an exercise needs --------------------------------------------------------------------


def test_photographs_and_results_need_neither_torch_nor_pillow():
    code = (
        "import sys; from alexnet_lib.data import gray, load, photo, results; results();"
        "print([m for m in ('torch', 'torchvision', 'PIL') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
