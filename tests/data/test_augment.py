"""Augmentation: windows of the image, true mirror images, colours in the right units."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F
from torchvision.transforms import RandomResizedCrop

from alexnet_lib.data import augment, photo
from alexnet_lib.data.augment import Augment, Center, mix_up, pca, ten_crops
from alexnet_lib.data.sets import ImageSet

many = settings(max_examples=40)
PLAIN = {"mean": (0.0,) * 3, "std": (1 / 255,) * 3}  # the result is the bytes themselves


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def numbered(count=6, height=12, width=14):
    """Images (b, 3, H, W) whose pixels say where they stand: image, row, column."""
    image, y, x = np.mgrid[:count, :height, :width]
    return torch.from_numpy(np.stack([image, y, x], 3).astype(np.uint8)).permute(0, 3, 1, 2)


@st.composite
def batches(draw):
    """Images uint8 (b, C, H, W), channels_last, and a size that fits."""
    count, channels = draw(st.integers(1, 5)), draw(st.sampled_from([1, 3]))
    height, width = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    images = random.integers(0, 256, (count, height, width, channels), dtype=np.uint8)
    return torch.from_numpy(images).permute(0, 3, 1, 2), draw(st.integers(1, min(height, width)))


# --- normalization and the middle --------------------------------------------------------------


@many
@given(batches(), st.data())
def test_the_middle_is_normalized(batch, data):
    images, size = batch
    channels = images.shape[1]
    some = st.lists(st.floats(0.05, 1), min_size=channels, max_size=channels)
    mean, std = data.draw(some), data.draw(some)
    y = Center(images.shape[1:], size, mean, std)(images, None)
    assert y.dtype == torch.float32
    assert y.shape == (len(images), channels, size, size)
    assert y.permute(0, 2, 3, 1).is_contiguous()
    top, left = (images.shape[2] - size) // 2, (images.shape[3] - size) // 2
    window = images[:, :, top : top + size, left : left + size].double() / 255
    right = (window - torch.tensor(mean).view(1, -1, 1, 1)) / torch.tensor(std).view(1, -1, 1, 1)
    torch.testing.assert_close(y.double(), right, rtol=1e-5, atol=1e-5)


@many
@given(batches(), st.integers(0, 99))
def test_without_chance_augment_is_the_middle(batch, seed):
    images, size = batch
    mean, std = (0.3,) * images.shape[1], (0.2,) * images.shape[1]
    plain = Augment(images.shape[1:], size, mean, std)
    assert torch.equal(
        plain(images, generator(seed)), Center(images.shape[1:], size, mean, std)(images)
    )


def test_the_order_of_memory_doesnt_matter():
    images = numbered()
    for transform in (Center((3, 12, 14), 5, **PLAIN), Augment((3, 12, 14), 5, **PLAIN, flip=True)):
        assert torch.equal(
            transform(images.contiguous(), generator()), transform(images, generator())
        )


def test_images_are_left_as_they_were():
    images = numbered()
    before = images.clone()
    for crop in ("none", "random", "resized"):
        Augment((3, 12, 14), 6, **PLAIN, crop=crop, flip=True)(images, generator()).zero_()
    ten_crops(images, 12).zero_()
    assert torch.equal(images, before)


# --- windows and mirror images -----------------------------------------------------------------


@many
@given(batches(), st.integers(0, 3), st.booleans(), st.booleans(), st.integers(0, 2**31))
def test_every_crop_is_a_window_of_the_image_or_its_mirror_image(batch, padding, flip, small, seed):
    images, size = batch
    channels = images.shape[1]
    transform = Augment(
        images.shape[1:], size, (0.0,) * channels, (1 / 255,) * channels,
        crop="random", padding=padding, flip=flip,
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        if not small:  # small windows are indexed, large ones sliced: both ways must be right
            patch.setattr(augment, "SLICED", 0)
        y = transform(images, generator(seed)).round().to(torch.uint8)
    padded = F.pad(images, (padding,) * 4)
    for image, window in zip(padded, y, strict=True):
        places = image.unfold(1, size, 1).unfold(2, size, 1).permute(1, 2, 0, 3, 4)
        found = (places == window).flatten(2).all(2).any()
        mirrored = (places == window.flip(2)).flatten(2).all(2).any()
        assert found or (flip and mirrored)


@pytest.mark.parametrize("colours", [False, True])
@pytest.mark.parametrize("padding", [0, 2])
@pytest.mark.parametrize("shared", [1, 4])
def test_slicing_and_indexing_give_the_same(monkeypatch, padding, shared, colours):
    images = numbered(9)
    more = {"colour": 0.1, "axes": np.eye(3)} if colours else {}
    transform = Augment(
        (3, 12, 14), 7, (0.4,) * 3, (0.2,) * 3,
        crop="random", flip=True, padding=padding, shared=shared, **more,
    )  # fmt: skip
    sliced = []
    for limit in (0, 10**9):
        monkeypatch.setattr(augment, "SLICED", limit)
        sliced.append(transform(images, generator(3)))
    assert torch.equal(*sliced)


def test_every_place_and_both_sides_come_up_equally_often():
    images = numbered(3000, 5, 6)
    y = Augment((3, 5, 6), 3, **PLAIN, crop="random", flip=True)(images, generator())
    y = y.round().long()
    flips = y[:, 2, 0, 0] > y[:, 2, 0, -1]  # columns count down
    top, left = y[:, 1, 0, 0], y[:, 2, 0].min(1).values
    counts = torch.bincount((top * 4 + left) * 2 + flips.long(), minlength=3 * 4 * 2)
    assert len(counts) == 24
    assert (counts / 3000 - 1 / 24).abs().max() < 4 * (1 / 24 / 3000) ** 0.5  # 4 standard errors


def test_a_paper_crop_has_33_times_33_places():
    transform = Augment((3, 256, 256), 224, **PLAIN, crop="random")
    boxes, flips = transform.draw((40_000, 256, 256, 3), generator())
    assert boxes[:, 0].unique().tolist() == boxes[:, 1].unique().tolist() == list(range(33))
    assert (boxes[:, 2:] == 224).all()
    assert not flips.any()


def test_padding_is_black_and_outside():
    images = torch.full((50, 1, 4, 4), 200, dtype=torch.uint8)
    y = Augment((1, 4, 4), 4, (0.0,), (1 / 255,), crop="random", padding=2)(images, generator())
    assert y.round().unique().tolist() == [0, 200]
    assert (y.round() == 200).flatten(1).sum(1).min() == 4  # 2 × 2 of the image at least


def test_flip_alone_mirrors_about_half():
    images = numbered(400, 6, 6)
    y = Augment((3, 6, 6), 6, **PLAIN, flip=True)(images, generator()).round().to(torch.uint8)
    same = (y == images).flatten(1).all(1)
    mirrored = (y == images.flip(3)).flatten(1).all(1)
    assert (same ^ mirrored).all()
    assert 160 < same.sum() < 240


def test_images_that_share_get_one_window_and_flip():
    images = numbered(1, 12, 14).expand(40, 3, 12, 14)
    y = Augment((3, 12, 14), 6, **PLAIN, crop="random", flip=True, shared=8)(images, generator())
    groups = y.reshape(5, 8, -1)
    assert (groups == groups[:, :1]).all()
    assert len({tuple(group[0].tolist()) for group in groups}) > 1
    alone = Augment((3, 12, 14), 6, **PLAIN, crop="random", flip=True)(images, generator())
    assert len({tuple(image.flatten().tolist()) for image in alone}) > 20


# --- RandomResizedCrop -------------------------------------------------------------------------


def test_boxes_are_drawn_as_torchvision_draws_them():
    torch.manual_seed(0)
    image = torch.empty(3, 60, 80)
    theirs = [RandomResizedCrop.get_params(image, (0.08, 1), (3 / 4, 4 / 3)) for _ in range(4000)]
    theirs = torch.tensor(theirs).double()  # top, left, height, width
    ours = augment.draw_boxes(4000, 60, 80, generator()).double()
    for column in range(4):
        for share in (0.1, 0.5, 0.9):
            off = ours[:, column].quantile(share) - theirs[:, column].quantile(share)
            assert abs(off) <= 3, (column, share)
    area = ours[:, 2] * ours[:, 3] / 4800
    ratio = ours[:, 3] / ours[:, 2]
    assert area.min() > 0.075
    assert 0.7 < ratio.min() < 0.8
    assert 1.25 < ratio.max() < 1.4
    assert (ours[:, 0] + ours[:, 2]).max() <= 60
    assert (ours[:, 1] + ours[:, 3]).max() <= 80


def test_where_no_box_fits_the_middle_is_taken():
    boxes = augment.draw_boxes(200, 100, 4, generator())
    assert (boxes == torch.tensor([47, 0, 5, 4])).all()  # as high as a ratio of 3 : 4 allows


def test_a_box_is_scaled_to_the_size():
    photos = torch.from_numpy(np.stack([photo("coffee"), photo("cat")])).permute(0, 3, 1, 2)
    transform = Augment((3, 227, 227), 64, **PLAIN, crop="resized", flip=True)
    boxes, flips = transform.draw((2, 227, 227, 3), generator(2))
    y = transform(photos, generator(2))
    for image, (top, left, height, width), flip, out in zip(photos, boxes, flips, y, strict=True):
        window = image[None, :, top : top + height, left : left + width].float()
        window = window.flip(3) if flip else window
        right = F.interpolate(window, (64, 64), mode="bilinear", antialias=True)[0]
        assert (out - right).abs().max() < 2.5  # bytes are rounded twice, on the way


def test_a_gpus_way_to_scale_is_a_cpus_where_nothing_is_left_out():
    photos = torch.from_numpy(np.stack([photo("coffee"), photo("cat")]))  # (2, 227, 227, 3)
    boxes = torch.tensor([[10, 20, 60, 50], [0, 0, 227, 227]])
    flips = torch.tensor([True, False])
    gpu = augment.interpolate_windows(photos, boxes, flips, 227)
    for i, (top, left, height, width) in enumerate(boxes.tolist()):
        window = photos[i, top : top + height, left : left + width].permute(2, 0, 1)[None].float()
        window = window.flip(3) if flips[i] else window
        right = F.interpolate(window, (227, 227), mode="bilinear")[0].permute(1, 2, 0)
        assert (gpu[i] - right).abs().max() < 1e-2
    assert torch.equal(gpu[1].round().to(torch.uint8), photos[1])


# --- colour ------------------------------------------------------------------------------------


def random_colours(seed=0):
    """A set of which the colours differ along known axes: std 40, 20 and 5 grey levels."""
    random = np.random.default_rng(seed)
    turn = np.linalg.qr(random.standard_normal((3, 3)))[0]
    pixels = random.standard_normal((40, 20, 20, 3)) * [40, 20, 5] @ turn + 128
    images = pixels.round().clip(0, 255).astype(np.uint8)
    return ImageSet("colours", images, np.zeros(40, int), ("a",)), turn


def test_axes_are_as_long_as_standard_deviations():
    data, turn = random_colours()
    axes = pca(data)
    assert axes.shape == (3, 3)
    length = np.linalg.norm(axes, axis=1) * 255
    assert length == pytest.approx([40, 20, 5], rel=0.03)
    unit = axes / np.linalg.norm(axes, axis=1, keepdims=True)
    assert np.abs((unit * turn).sum(1)) == pytest.approx([1, 1, 1], abs=0.01)
    assert (np.take_along_axis(axes, np.abs(axes).argmax(1)[:, None], 1) > 0).all()
    flat = data.images.reshape(-1, 3) / 255
    assert axes.T @ axes == pytest.approx(np.cov(flat.T, ddof=0), abs=1e-6)


def test_colour_adds_one_colour_to_all_pixels_of_an_image():
    data, _ = random_colours()
    images, _ = data.gather(np.arange(40))
    plain = Augment((3, 20, 20), 20, (0.0,) * 3, (1.0,) * 3)
    colour = Augment((3, 20, 20), 20, (0.0,) * 3, (1.0,) * 3, colour=0.1, axes=pca(data))
    added = colour(images, generator()) - plain(images, generator())  # (40, 3, 20, 20), 0 to 1
    assert (added - added[:, :, :1, :1]).abs().max() < 1e-5
    assert len(added[:, 0, 0, 0].unique()) == 40


def test_a_colour_has_a_tenth_of_the_spread_of_the_pixels():
    axes = pca(random_colours()[0])
    transform = Augment((3, 1, 1), 1, (0.0,) * 3, (1.0,) * 3, colour=0.1, axes=axes)
    black = torch.zeros(20_000, 3, 1, 1, dtype=torch.uint8)
    added = transform(black, generator())[:, :, 0, 0].double().numpy()  # on a scale from 0 to 1
    assert np.cov(added.T) == pytest.approx(0.01 * axes.T @ axes, abs=2e-5)
    along = added @ (axes / np.linalg.norm(axes, axis=1, keepdims=True)).T * 255
    assert along.std(0) == pytest.approx([4, 2, 0.5], rel=0.05)  # in grey levels, of 40, 20, 5


def test_the_unit_of_the_pixels_doesnt_matter():
    """Twice as much contrast, twice as much colour: it would be four times with variances."""
    data, _ = random_colours()
    half = ImageSet("half", data.images // 4 * 2, data.labels, ("a",))
    quarter = ImageSet("quarter", data.images // 4, data.labels, ("a",))
    assert pca(half) == pytest.approx(2 * pca(quarter), rel=1e-6)


def test_normalization_divides_the_colour_too():
    axes = np.diag([0.3, 0.2, 0.1])
    black = torch.zeros(5, 3, 2, 2, dtype=torch.uint8)
    one = Augment((3, 2, 2), 2, (0.0,) * 3, (1.0,) * 3, colour=0.5, axes=axes)(black, generator())
    two = Augment((3, 2, 2), 2, (0.0,) * 3, (0.5,) * 3, colour=0.5, axes=axes)(black, generator())
    torch.testing.assert_close(two, 2 * one)


# --- chance is the generator's alone -----------------------------------------------------------


@pytest.mark.parametrize("crop", ["none", "random", "resized"])
def test_the_same_generator_gives_the_same_batch(crop):
    images = numbered(30)
    transform = Augment(
        (3, 12, 14), 8, (0.4,) * 3, (0.2,) * 3,
        crop=crop, flip=True, colour=0.1, axes=np.eye(3),
    )  # fmt: skip
    first = transform(images, generator(1))
    torch.manual_seed(5)
    np.random.seed(5)  # noqa: NPY002
    assert torch.equal(transform(images, generator(1)), first)
    assert not torch.equal(transform(images, generator(2)), first)


# --- ten crops ---------------------------------------------------------------------------------


def test_ten_crops_are_corners_middle_and_mirror_images():
    images = numbered(2, 9, 12)
    crops = ten_crops(images, 5)
    assert crops.shape == (10, 2, 3, 5, 5)
    assert crops.dtype == torch.uint8
    places = [(0, 0), (0, 7), (4, 0), (4, 7), (2, 3)]
    assert [tuple(crop[0, 1:, 0, 0].tolist()) for crop in crops[:5]] == places
    assert torch.equal(crops[5:], crops[:5].flip(4))
    assert torch.equal(crops[4], images[:, :, 2:7, 3:8])
    assert crops[0].permute(0, 2, 3, 1).is_contiguous()
    y = Center((3, 5, 5), 5, **PLAIN)(crops.flatten(0, 1))
    assert torch.equal(y.round().to(torch.uint8), crops.flatten(0, 1))


def test_ten_crops_of_the_whole_are_two_images():
    images = numbered(3, 6, 6)
    crops = ten_crops(images, 6)
    assert (crops[:5] == images).all()
    assert (crops[5:] == images.flip(3)).all()
    with pytest.raises(ValueError, match="windows of 7 pixels don't fit into images of 6 × 6"):
        ten_crops(images, 7)


# --- refusals ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"size": 13}, "13 pixels doesn't fit into images of 12 × 14.*at most 12"),
        ({"size": 17, "crop": "random", "padding": 2}, "with 2 pixels around them.*at most 16"),
        ({"size": 0}, "size must be at least 1"),
        ({"crop": "centre"}, '"none", "random", "resized", but \'centre\' was given'),
        ({"padding": 2}, 'padding is for crop="random", but crop is "none"'),
        ({"shared": 0}, "shared must be at least 1"),
        ({"colour": 0.1}, r"pass axes=pca\(train\)"),
        ({"colour": -1}, "colour must be a number of at least 0"),
        ({"colour": float("nan")}, "colour must be a number of at least 0"),
        ({"mean": (0.5,)}, r"mean needs a number for each of 3 channel\(s\)"),
        ({"std": (0.5, 0, 0.5)}, "std must be above 0 in every channel"),
        ({"std": (0.5, float("inf"), 0.5)}, "std needs a number for each"),
        (
            {"shape": (1, 12, 14), "mean": (0,), "std": (1,), "colour": 0.1, "axes": np.eye(3)},
            r"colour needs images with three colours, but these have 1 channel",
        ),
    ],
)
def test_what_cant_be_is_refused(change, sentence):
    settings = {"shape": (3, 12, 14), "size": 8, **PLAIN, **change}
    with pytest.raises(ValueError, match=sentence):
        Augment(**settings)


def test_a_scaled_window_may_be_larger_than_the_images():
    y = Augment((3, 12, 14), 20, **PLAIN, crop="resized")(numbered(), generator())
    assert y.shape == (6, 3, 20, 20)


@pytest.mark.parametrize("images", [numbered().float(), numbered()[:, :2], numbered(4, 12, 12)])
def test_images_of_another_kind_are_refused(images):
    with pytest.raises(ValueError, match=r"shape \(b, 3, 12, 14\) and type uint8 were expected"):
        Center((3, 12, 14), 8, **PLAIN)(images)


def test_grey_images_have_no_colour_axes(random_set):
    with pytest.raises(ValueError, match=r"those of random have 1 channel\(s\): leave colour at 0"):
        pca(random_set(channels=1))


def test_pairs_are_blended_with_their_labels():
    x = torch.arange(4.0).reshape(4, 1, 1, 1).expand(4, 3, 2, 2)  # image i is i everywhere
    torch.manual_seed(3)
    shares = []
    for _ in range(200):
        y, labels = mix_up(x, torch.tensor([0, 1, 2, 0]), 3, 0.2)
        share = float(labels[1, 0])  # of image 0 in image 1
        shares.append(share)
        assert torch.allclose(
            y[:, 0, 0, 0], (1 - share) * x[:, 0, 0, 0] + share * (x.roll(1, 0)[:, 0, 0, 0])
        )
        torch.testing.assert_close(labels.sum(1), torch.ones(4))
        assert float(labels[0, 0]) == pytest.approx(1)  # images 0 and 3 are of one class
    ends = [share < 0.1 or share > 0.9 for share in shares]
    assert 0.5 < np.mean(ends) < 0.95 and 0.4 < np.mean(shares) < 0.6


@pytest.mark.gpu
@pytest.mark.parametrize("crop", ["none", "random", "resized"])
def test_a_gpu_gives_what_a_cpu_gives(crop):
    photos = torch.from_numpy(np.stack([photo("coffee"), photo("cat")] * 4)).permute(0, 3, 1, 2)
    transform = Augment(
        (3, 227, 227), 224, (0.4,) * 3, (0.2,) * 3,
        crop=crop, flip=True, colour=0.1, axes=np.eye(3) / 4,
    )  # fmt: skip
    cpu, gpu = transform(photos, generator(1)), transform(photos.cuda(), generator(1)).cpu()
    assert gpu.permute(0, 2, 3, 1).is_contiguous()
    off = (cpu - gpu).abs()
    assert off.max() < (0.1 if crop == "resized" else 1e-4)  # bytes are rounded by the CPU's way
