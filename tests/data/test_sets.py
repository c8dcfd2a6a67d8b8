"""Sets of images: a batch is what slicing gives, and bad files are named."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from alexnet_lib.data import sets
from alexnet_lib.data.pictures import square
from alexnet_lib.data.sets import DataError, FolderSet, ImageSet

many = settings(max_examples=40)
CHANCE = np.random.default_rng(0)
ARRAY = CHANCE.integers(0, 256, (12, 5, 7, 3), dtype=np.uint8)
LABELS = CHANCE.integers(0, 3, 12)


def small(images=ARRAY, labels=LABELS, name="small", classes=("a", "b", "c")):
    return ImageSet(name, images, labels, classes)


# --- ImageSet ----------------------------------------------------------------------------------


@many
@given(st.lists(st.integers(0, 11), max_size=30))
def test_a_batch_is_what_slicing_gives(indices):
    images, labels = small().gather(np.array(indices, dtype=np.int64))
    assert images.dtype == torch.uint8
    assert labels.dtype == torch.int64
    assert images.shape == (len(indices), 3, 5, 7)
    assert images.permute(0, 2, 3, 1).is_contiguous()
    for image, label, i in zip(images, labels, indices, strict=True):
        assert np.array_equal(image.permute(1, 2, 0), ARRAY[i])
        assert label == LABELS[i]


def test_a_batch_is_a_copy(random_set):
    data = random_set()
    before = data.images.copy()
    data.gather(np.arange(5))[0].fill_(7)
    assert np.array_equal(data.images, before)


@pytest.mark.parametrize("indices", [[12], [-1], [0, 99]])
def test_positions_that_are_not_there_are_refused(indices):
    with pytest.raises(ValueError, match="Images are counted from 0 to 11 in small"):
        small().gather(np.array(indices))
    with pytest.raises(ValueError, match="Images are counted from 0 to 11 in small"):
        small().take(np.array(indices))


def test_take_gives_the_first_or_the_named_ones():
    data = small()
    first = data.take(4)
    assert len(first) == 4
    assert np.shares_memory(first.images, data.images)
    assert first.classes == data.classes
    named = data.take(np.array([7, 2, 7]))
    assert np.array_equal(named.images, ARRAY[[7, 2, 7]])
    assert named.labels.tolist() == LABELS[[7, 2, 7]].tolist()
    assert np.array_equal(data.take(data.labels == 1).labels, [1] * (data.labels == 1).sum())
    assert len(data.take(0)) == 0
    with pytest.raises(ValueError, match="13 images can't be taken from small: it has 12"):
        data.take(13)
    with pytest.raises(ValueError, match="must be at least 0"):
        data.take(-1)


@many
@given(st.integers(1, 9), st.integers(1, 4), st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_mean_and_spread_are_those_of_all_pixels(count, channels, side, seed):
    images = np.random.default_rng(seed).integers(
        0, 256, (count, side, side, channels), dtype=np.uint8
    )
    mean, std = small(images, np.zeros(count, int)).mean_std()
    flat = images.reshape(-1, channels) / 255
    assert mean == pytest.approx(flat.mean(0), abs=1e-4)
    spread = flat.std(0)
    assert std == pytest.approx(np.where(spread < 1e-4, 1, spread), abs=1e-4)
    assert all(round(value, 4) == value for value in (*mean, *std))


def test_a_channel_that_never_changes_is_divided_by_one(random_set):
    data = random_set()
    data.images[..., 1] = 51
    mean, std = data.mean_std()
    assert mean[1] == 0.2
    assert std[1] == 1.0


def test_of_many_images_evenly_spaced_ones_are_asked(monkeypatch, random_set):
    data = random_set(100)
    monkeypatch.setattr(sets, "SAMPLED", 10)
    asked = np.concatenate(list(data.sample()))
    assert np.array_equal(asked, data.images[::10])
    monkeypatch.setattr(sets, "SAMPLED_NUMBERS", 4 * data.images[0].size)
    assert len(np.concatenate(list(data.sample()))) == 4
    with pytest.raises(DataError, match="random has no images"):
        data.take(0).mean_std()


def test_the_fingerprint_changes_with_whatever_changes(tmp_path):
    base = small().fingerprint
    pixel, label = ARRAY.copy(), LABELS.copy()
    pixel[3, 2, 2, 1] ^= 1
    label[5] = (label[5] + 1) % 3
    others = [
        small(pixel),
        small(labels=label),
        small(name="other"),
        small(classes=("a", "b", "d")),
        small().take(11),
        small(ARRAY.reshape(12, 7, 5, 3)),
    ]
    prints = [base, *(other.fingerprint for other in others)]
    assert len(set(prints)) == len(prints)
    assert all(len(code) == 16 and int(code, 16) >= 0 for code in prints)

    stored = np.memmap(tmp_path / "images.u8", np.uint8, "w+", shape=ARRAY.shape)
    stored[:] = ARRAY
    assert small(stored).fingerprint == base
    assert small(ARRAY.copy(), LABELS.astype(np.int32)).fingerprint == base


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"images": ARRAY.astype(np.float32)}, r"type uint8, but was given .* type float32"),
        ({"images": ARRAY[..., 0]}, r"shape \(N, H, W, C\).* given shape \(12, 5, 7\)"),
        ({"images": ARRAY.tolist()}, "takes images as an array"),
        ({"labels": LABELS[:5]}, r"12 images need as many whole numbers .* shape \(5,\)"),
        ({"labels": LABELS / 2}, "need as many whole numbers for labels.*type float64"),
        ({"labels": LABELS + 1}, "labels go from 0 to 2, but they go from 1 to 3"),
        ({"labels": LABELS - 1}, "labels go from 0 to 2, but they go from -1 to 1"),
    ],
)
def test_what_is_no_set_is_refused(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        small(**change)


def test_a_set_says_what_it_is():
    assert repr(small()) == "<small: 12 images of 3 × 5 × 7, 3 classes>"


# --- FolderSet ---------------------------------------------------------------------------------


@pytest.fixture
def folder(photos):
    """A FolderSet of 9 files in three classes, decoded to 16 × 16."""
    root = photos({"a": 4, "b": 3, "c": 2})
    files = sorted(root.glob("*/*.jpg"))
    labels = ["abc".index(file.parent.name) for file in files]
    return FolderSet("photos", files, labels, "abc", size=16)


def test_a_folders_batch_is_its_decoded_files(folder):
    images, labels = folder.gather([8, 0, 0, 3])
    assert images.shape == (4, 3, 16, 16)
    assert images.permute(0, 2, 3, 1).is_contiguous()
    assert labels.tolist() == [2, 0, 0, 0]
    for image, i in zip(images, [8, 0, 0, 3], strict=True):
        assert np.array_equal(image.permute(1, 2, 0), square(folder.files[i], 16))
    assert folder.shape == (3, 16, 16)
    assert len(folder) == 9


def test_a_folder_answers_as_an_array_of_the_same_images(folder):
    images, labels = folder.gather(np.arange(9))
    array = ImageSet("photos", images.permute(0, 2, 3, 1).numpy(), labels.numpy(), "abc")
    assert folder.mean_std() == array.mean_std()
    assert folder.classes == array.classes
    part, same = folder.take(np.array([5, 1])), array.take(np.array([5, 1]))
    assert torch.equal(part.gather([0, 1])[0], same.gather([0, 1])[0])
    assert part.labels.tolist() == same.labels.tolist()


def test_a_file_that_cant_be_decoded_is_named(folder):
    with open(folder.files[4], "wb") as file:
        file.write(b"no picture")
    with pytest.raises(DataError, match=r"b/0\.jpg can't be read as an image: .*skip_bad=True"):
        folder.gather([0, 4, 5])
    assert folder.gather([0, 5])[1].tolist() == [0, 1]


def test_skipped_files_are_left_out_and_noted_once(folder):
    for i in (4, 7):
        with open(folder.files[i], "wb"):
            pass
    data = FolderSet("photos", folder.files, folder.labels, "abc", 16, skip_bad=True)
    for _ in range(2):
        images, labels = data.gather([3, 4, 5, 7, 8])
        assert labels.tolist() == [0, 1, 2]
        assert torch.equal(images, folder.gather([3, 5, 8])[0])
        assert images.permute(0, 2, 3, 1).is_contiguous()
    assert data.skipped == [(data.files[i], "the file is empty") for i in (4, 7)]
    assert data.gather([4])[0].shape == (0, 3, 16, 16)
    assert data.mean_std() == folder.take(np.array([0, 1, 2, 3, 5, 6, 8])).mean_std()


def test_a_folders_fingerprint_is_of_its_names_not_of_its_place(photos, folder):
    there = photos({"a": 4, "b": 3, "c": 2}, root="elsewhere")
    files = sorted(there.glob("*/*.jpg"))
    assert FolderSet("photos", files, folder.labels, "abc", 16).fingerprint == folder.fingerprint
    assert folder.take(8).fingerprint != folder.fingerprint
    assert FolderSet("photos", files, folder.labels, "abc", 17).fingerprint != folder.fingerprint


def test_as_many_labels_as_files():
    with pytest.raises(ValueError, match="2 files need as many labels, but were given 1"):
        FolderSet("photos", ["a.jpg", "b.jpg"], [0], "a")


def test_processes_on_one_machine_share_its_cores(monkeypatch):
    monkeypatch.delenv("LOCAL_WORLD_SIZE", raising=False)
    alone = sets.cores()
    assert alone >= 1
    monkeypatch.setenv("LOCAL_WORLD_SIZE", str(2 * alone))
    assert sets.cores() == 1
