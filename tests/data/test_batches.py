"""Batches: a pure function of (seed, epoch, batch, process); nothing left out, nothing twice."""

import threading
import time
from itertools import chain

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from alexnet_lib.data import batches as module
from alexnet_lib.data.augment import Augment, Center
from alexnet_lib.data.batches import Batches, prefetch
from alexnet_lib.data.sets import DataError, FolderSet, ImageSet

many = settings(max_examples=40)


def numbered(count, side=4):
    """Images of which every pixel is the image's number, as is its label."""
    images = np.arange(count, dtype=np.uint8)[:, None, None, None]
    images = np.ascontiguousarray(np.broadcast_to(images, (count, side, side, 1)))
    return ImageSet("numbered", images, np.arange(count), [str(i) for i in range(count)])


def unscaled(side=4):
    """Return a transform whose results are the bytes themselves."""
    return Center((1, side, side), side, (0.0,), (1 / 255,))


def epoch_labels(data, batch, number=0, start=0, **options):
    """Return the labels of each batch of an epoch, after comparing the images with them."""
    labels = []
    for x, y in Batches(data, batch, unscaled(), **options).epoch(number, start):
        assert torch.equal(x[:, 0, 0, 0].round().long(), y)
        labels.append(y.tolist())
    return labels


def chain_lists(lists):
    """Return one flat list."""
    return list(chain.from_iterable(lists))


def identical(ours, theirs):
    """Return whether two lists of batches are equal to the bit."""
    return len(ours) == len(theirs) and all(
        torch.equal(x, u) and torch.equal(y, v) for (x, y), (u, v) in zip(ours, theirs, strict=True)
    )


# --- order -------------------------------------------------------------------------------------


@many
@given(st.integers(1, 200), st.integers(1, 20), st.integers(0, 9), st.integers(0, 3))
def test_training_sees_each_image_once_in_an_order_of_chance(count, batch, seed, number):
    if count < batch:
        count += batch
    epochs = [epoch_labels(numbered(count), batch, n, seed=seed) for n in (number, number + 1)]
    for epoch in epochs:
        assert [len(labels) for labels in epoch] == [batch] * (count // batch)
        flat = chain_lists(epoch)
        assert len(set(flat)) == len(flat)
    if count > 30:
        assert epochs[0] != epochs[1]
        assert chain_lists(epochs[0]) != sorted(chain_lists(epochs[0]))
    kept = chain_lists(epoch_labels(numbered(count), batch, number, seed=seed, drop_last=False))
    assert sorted(kept) == list(range(count))


@many
@given(st.integers(1, 120), st.sampled_from([1, 2, 3, 4, 6, 8]), st.integers(1, 6))
def test_evaluation_counts_each_image_once_for_any_number_of_processes(count, world, share):
    everything = []
    for rank in range(world):
        batches = Batches(
            numbered(count), share * world, unscaled(), shuffle=False, rank=rank, world=world
        )
        labels = [y.tolist() for _, y in batches.epoch(0)]
        assert len(labels) == len(batches)
        # Image i goes to process i % world.
        assert chain_lists(labels) == list(range(rank, count, world))
        assert batches.images == count
        everything += chain_lists(labels)
    assert sorted(everything) == list(range(count))


@many
@given(st.integers(24, 150), st.sampled_from([2, 3, 4, 6, 12]), st.integers(0, 5))
def test_any_number_of_processes_sees_the_same_batches(count, world, number):
    alone = epoch_labels(numbered(count), 12, number, seed=3)
    shares = [
        epoch_labels(numbered(count), 12, number, seed=3, rank=rank, world=world)
        for rank in range(world)
    ]
    together = [chain_lists(parts) for parts in zip(*shares, strict=True)]
    assert together == alone


def test_lengths_and_counts():
    data = numbered(50)
    train = Batches(data, 8, unscaled())
    assert (len(train), train.images) == (6, 48)
    test = Batches(data, 8, unscaled(), shuffle=False)
    assert (len(test), test.images) == (7, 50)
    dropped = [
        Batches(data, 8, unscaled(), shuffle=False, drop_last=True, rank=rank, world=4)
        for rank in range(4)
    ]
    assert [len(some) for some in dropped] == [6, 6, 6, 6]
    assert dropped[0].images == sum(len(y) for some in dropped for _, y in some.epoch(0)) == 48


def test_another_seed_is_another_order():
    orders = [chain_lists(epoch_labels(numbered(100), 10, seed=seed)) for seed in range(3)]
    assert orders[0] != orders[1] != orders[2] != orders[0]
    numbers = [
        module.make_generator(*key).initial_seed() for key in [(0, 1), (0, 1, 0), (1, 0), (0, 11)]
    ]
    assert len(set(numbers)) == 4  # no key is another's beginning


# --- chance ------------------------------------------------------------------------------------


def augmentation(data):
    """Return an augmentation of every kind."""
    return Augment(
        data.shape, 6, (0.4,) * 3, (0.2,) * 3,
        crop="random", padding=1, flip=True, colour=0.1, axes=np.eye(3) / 4,
    )  # fmt: skip


@many
@given(st.integers(0, 6), st.integers(0, 5), st.integers(0, 1))
def test_going_on_at_any_batch_gives_the_same_to_the_bit(start, number, rank):
    random = np.random.default_rng(0)
    data = ImageSet(
        "some", random.integers(0, 256, (50, 8, 8, 3), np.uint8), np.arange(50), range(50)
    )
    options = {"seed": 9, "rank": rank, "world": 2}
    all_of_it = list(Batches(data, 8, augmentation(data), **options).epoch(number))
    rest = list(Batches(data, 8, augmentation(data), **options).epoch(number, start))
    assert len(all_of_it) == 6
    assert identical(all_of_it[start:], rest)


def test_chance_differs_between_batches_epochs_processes_and_seeds():
    one = np.full((1, 8, 8, 3), 99, np.uint8) + np.arange(8, dtype=np.uint8)[None, None, :, None]
    data = ImageSet("one", np.repeat(one, 64, 0), np.zeros(64, int), ("a",))

    def pixels(seed, number, rank, batch):
        batches = Batches(data, 16, augmentation(data), seed=seed, rank=rank, world=2).epoch(number)
        return tuple(list(batches)[batch][0].flatten().tolist())

    keys = [(0, 0, 0, 0), (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)]
    assert len({pixels(*key) for key in keys}) == len(keys)


def test_global_chance_is_neither_asked_nor_moved():
    data = ImageSet("some", np.zeros((40, 8, 8, 3), np.uint8), np.zeros(40, int), ("a",))
    torch.manual_seed(1)
    before = torch.get_rng_state()
    first = list(Batches(data, 8, augmentation(data)).epoch(0))
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(2)
    assert identical(list(Batches(data, 8, augmentation(data)).epoch(0)), first)


# --- folders, and the thread that works ahead --------------------------------------------------


@pytest.fixture
def folder(photos):
    """A FolderSet of 12 files in three classes, decoded to 8 × 8."""
    root = photos({"a": 5, "b": 4, "c": 3}, size=(20, 16))
    files = sorted(root.glob("*/*.jpg"))
    labels = ["abc".index(file.parent.name) for file in files]
    return FolderSet("photos", files, labels, "abc", size=8, workers=2)


def threads():
    """Return the names of the threads that batches have started and not ended."""
    return [thread.name for thread in threading.enumerate() if thread.name == "prefetch"]


def test_a_folder_gives_the_batches_of_an_array(folder):
    images, labels = folder.gather(np.arange(12))
    array = ImageSet("photos", images.permute(0, 2, 3, 1).numpy(), labels.numpy(), "abc")
    for options in ({}, {"shuffle": False}, {"rank": 1, "world": 2}):
        ours, theirs = (Batches(data, 4, augmentation(data), **options) for data in (folder, array))
        assert identical(list(ours.epoch(3)), list(theirs.epoch(3)))
    assert not threads()


def test_skipped_images_make_a_batch_shorter(folder):
    for i in (0, 1, 2, 3, 9):
        open(folder.files[i], "wb").close()
    data = FolderSet("photos", folder.files, folder.labels, "abc", 8, skip_bad=True)
    batches = [y.tolist() for _, y in Batches(data, 4, augmentation(data), shuffle=False).epoch(0)]
    assert batches == [[0, 1, 1, 1], [1, 2, 2]]  # the first four were all skipped
    assert len(data.skipped) == 5
    with pytest.raises(
        DataError, match=r"Of photos none of the 1 images of batch . in epoch 0 could"
    ):
        list(Batches(data, 1, augmentation(data)).epoch(0))


def test_what_goes_wrong_in_the_thread_is_raised_where_batches_are_asked_for(folder):
    open(folder.files[6], "wb").close()
    batches = Batches(folder, 4, augmentation(folder), shuffle=False).epoch(0)
    next(batches)
    with pytest.raises(DataError, match=r"b/1\.jpg can't be read as an image: the file is empty"):
        list(batches)
    assert not threads()


def test_closing_an_epoch_ends_its_thread(folder):
    for taken in (1, 2):
        batches = Batches(folder, 2, augmentation(folder)).epoch(0)
        for _ in range(taken):
            next(batches)
        assert threads()
        batches.close()
        assert not threads()
    for x, _ in Batches(folder, 2, augmentation(folder)).epoch(0):
        assert len(x)
        break  # nobody closes it, and nobody has it any more
    assert not threads()


@pytest.mark.parametrize("free", [0, 1])
def test_free_cores_prepare_the_next_batch_and_change_nothing(random_set, monkeypatch, free):
    data = random_set(40)
    monkeypatch.setattr(module, "cores", lambda: 2 * torch.get_num_threads() - 1 + free)
    batches = Batches(data, 8, augmentation(data), seed=3).epoch(1)
    first = next(batches)
    assert len(threads()) == free
    ours = [first, *batches]
    monkeypatch.setattr(module, "has_free_cores", lambda: False)
    assert identical(ours, list(Batches(data, 8, augmentation(data), seed=3).epoch(1)))
    assert not threads()


def test_the_thread_works_two_items_ahead_and_no_more():
    done = []

    def items():
        for i in range(10):
            done.append(i)
            yield i

    batches = prefetch(items(), 2)
    assert next(batches) == 0
    deadline = time.monotonic() + 60
    while len(done) < 4 and time.monotonic() < deadline:
        time.sleep(0.001)
    time.sleep(0.02)
    assert done == [0, 1, 2, 3]  # given, two that wait, and one that finds no room
    assert list(batches) == list(range(1, 10))


def test_an_interrupt_in_the_thread_isnt_lost():
    def items():
        yield 1
        raise KeyboardInterrupt

    batches = prefetch(items())
    assert next(batches) == 1
    with pytest.raises(KeyboardInterrupt):
        next(batches)


# --- refusals ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"batch": 5, "world": 2}, "A batch of 5 can't be shared out equally among 2 processes"),
        ({"batch": 21}, "numbered has 20 images, less than one batch of 21: choose a smaller"),
        ({"batch": 0}, "batch must be at least 1"),
        ({"rank": 2, "world": 2}, "rank counts the 2 processes from 0, but 2 was given"),
        ({"drop_last": False, "world": 2}, "would leave some of them without images"),
        ({"seed": -1}, "seed must be at least 0"),
        ({"data": numbered(20).take(0)}, "numbered has no images"),
    ],
)
def test_what_cant_be_is_refused(change, sentence):
    options = {"data": numbered(20), "batch": 4, "transform": unscaled(), **change}
    with pytest.raises(ValueError, match=sentence):
        Batches(**options)


def test_fewer_images_than_a_batch_are_evaluated():
    assert epoch_labels(numbered(3), 8, shuffle=False) == [[0, 1, 2]]
    assert sorted(epoch_labels(numbered(3), 8, drop_last=False)[0]) == [0, 1, 2]


# --- GPU ---------------------------------------------------------------------------------------


@pytest.mark.gpu
@pytest.mark.parametrize("stays", [True, False])
def test_a_gpu_sees_the_batches_of_a_cpu(monkeypatch, stays):
    random = np.random.default_rng(0)
    data = ImageSet(
        "some", random.integers(0, 256, (50, 8, 8, 3), np.uint8), np.arange(50), range(50)
    )
    if not stays:
        monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (0, 0))
    cpu = list(Batches(data, 8, augmentation(data)).epoch(1, 2))
    gpu = list(Batches(data, 8, augmentation(data), device="cuda").epoch(1, 2))
    for (x, y), (u, v) in zip(cpu, gpu, strict=True):
        assert u.is_cuda
        assert v.is_cuda
        assert torch.equal(y, v.cpu())
        torch.testing.assert_close(x, u.cpu())
    assert not threads()


@pytest.mark.gpu
def test_a_gpu_sees_the_batches_of_a_folder(folder):
    cpu = list(Batches(folder, 4, augmentation(folder)).epoch(0))
    gpu = list(Batches(folder, 4, augmentation(folder), device="cuda").epoch(0))
    for (x, y), (u, v) in zip(cpu, gpu, strict=True):
        assert torch.equal(y, v.cpu())
        torch.testing.assert_close(x, u.cpu())
