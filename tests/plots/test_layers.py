"""The drawing of a network: to scale, complete, and alt in words."""

from dataclasses import replace

import pytest

from alexnet_lib.networks.variants import VARIANTS, plan
from alexnet_lib.plots import network


def box(look, picture, name, tower=0):
    """The front of a box, or a column."""
    return look.shapes(picture, name)[tower]


def arrows(look, picture):
    """{(layer, tower) of the source: …} as a set of ("conv1 0", "conv2 0")."""
    names = [patch.get_gid() or "" for patch in look.page(picture).patches]
    return {tuple(name.split(" to ")) for name in names if " to " in name}


@pytest.mark.parametrize("variant", VARIANTS)
def test_boxes_are_as_high_and_as_thick_as_the_maps_are_large_and_many(look, variant):
    rows = {row.name: row for row in plan(variant)}
    picture = network(rows.values())
    towers = 2 if variant.startswith("2012") else 1
    one, many = box(look, picture, "conv1"), rows["conv1"].shape
    for name, row in rows.items():
        if row.kind in ("conv", "input"):
            boxes = look.shapes(picture, name)
            split = 1 if row.kind == "input" else towers
            assert len(boxes) == split
            for each in boxes:
                high, thick = (
                    each.get_height() / one.get_height(),
                    each.get_width() / one.get_width(),
                )
                assert high == pytest.approx(row.shape[1] / many[1])
                assert thick == pytest.approx(row.shape[0] / split / (many[0] / towers))
        elif row.kind == "maxpool":
            pooled = box(look, picture, f"pooled conv{name[4:]}")
            assert pooled.get_height() / one.get_height() == pytest.approx(row.shape[1] / many[1])
    tall = [each.get_height() for each in look.shapes(picture, "fc7")]
    assert len(tall) == towers
    units, classes = rows["fc7"].shape[0] / towers, rows["fc8"].shape[0]
    (last,) = look.shapes(picture, "fc8")
    assert last.get_height() / tall[0] == pytest.approx(classes / units)


def test_the_key_is_in_scale(look):
    picture = network(plan("2012"))
    for name, shape, side in (
        ("pixels of a side", box(look, picture, "conv1").get_height() / 55, "get_height"),
        ("channels", box(look, picture, "conv1").get_width() / 48, "get_width"),
        ("units", box(look, picture, "fc8").get_height() / 1000, "get_height"),
    ):
        (text,) = [text for text in look.texts(picture) if text.endswith(f" {name}")]
        (bar,) = look.shapes(picture, f"scale {name.split()[0].removesuffix('s')}")
        assert getattr(bar, side)() == pytest.approx(int(text.split()[0]) * shape)


def test_depth_goes_right_and_up_as_far_as_the_maps_are_wide(look):
    picture = network(plan("caffe"))
    one, two = (look.shapes(picture, f"face of {name}")[0].get_xy() for name in ("conv1", "conv2"))
    for axis in (0, 1):
        assert (one[1] - one[0])[axis] / (two[1] - two[0])[axis] > 0
    assert (one[1] - one[0])[0] / (two[1] - two[0])[0] == pytest.approx(55 / 27)


def test_a_kernels_window_is_in_scale(look):
    picture = network(plan("caffe"))
    for kernel, side, name, seen in [
        (11, 227, "conv1", "face of input"),
        (5, 27, "conv2", "face of pooled conv1"),
    ]:
        window = look.shapes(picture, f"window {name}")[0].get_xy()
        face = look.shapes(picture, seen)[0].get_xy()
        high = (window[3] - window[0])[1] / (face[3] - face[0])[1]
        assert high == pytest.approx(kernel / side)
        assert (window[1] - window[0])[0] / (face[1] - face[0])[0] == pytest.approx(kernel / side)
        for axis in (0, 1):
            inside = face[:, axis].min(), face[:, axis].max()
            assert inside[0] < window[:, axis].min() < window[:, axis].max() < inside[1]


def test_towers_see_their_own_maps_or_all(look):
    both = {("0", "0"), ("0", "1"), ("1", "0"), ("1", "1")}
    own = {("0", "0"), ("1", "1")}
    found = {}
    for source, target in arrows(look, network(plan("2012"))):
        (before, s), (name, t) = source.split(), target.split()
        found.setdefault((before, name), set()).add((s, t))
    assert found == {
        ("input", "conv1"): {("0", "0"), ("0", "1")},
        ("conv1", "conv2"): own,
        ("conv2", "conv3"): both,
        ("conv3", "conv4"): own,
        ("conv4", "conv5"): own,
        ("conv5", "fc6"): both,
        ("fc6", "fc7"): both,
        ("fc7", "fc8"): {("0", "0"), ("1", "0")},
    }
    assert len(arrows(look, network(plan("bn")))) == 8


def test_boxes_stand_in_order_and_apart(look):
    for rows in (plan("2012"), plan("small"), plan("caffe", depth=8)):
        picture, end = network(rows), 0
        for row in rows:
            if row.kind not in ("input", "conv", "fc"):
                continue
            shape = box(look, picture, row.name)
            assert shape.get_x() > end + 15  # room for the arrow
            faces = look.shapes(picture, f"face of pooled {row.name}")
            faces = faces or look.shapes(picture, f"face of {row.name}")
            end = faces[0].get_xy()[:, 0].max() if faces else shape.get_x() + shape.get_width()
        assert end < picture.size[0]


def test_names_and_sizes_stand_below(look):
    texts = look.texts(network(plan("2012"), "AlexNet"))
    layers = ["image", *(f"conv{i}" for i in range(1, 6)), "fc6", "fc7", "fc8"]
    assert texts[:11] == ["AlexNet", *layers, "kernel"]
    lines = " ".join(texts[10:-3])
    assert lines == (
        "kernel 11 5 3 3 3 stride 4 1 1 1 1 channels 3 96 256 384 384 256 4096 4096 1000"
        " in a tower 48 128 192 192 128 2048 2048 side 224 55 27 13 13 13 units units units"
        " pooled to 27 13 6"
    )


def test_the_words_walk_through_the_layers():
    alt = network(plan("2012"), "AlexNet").alt
    assert alt.startswith("AlexNet. A network drawn to scale, in 2 towers one above the other. The")
    assert "The image: 3 × 224 × 224, padded to 227 × 227." in alt
    assert (
        "conv1: 96 kernels of 11 × 11, stride 4, give 96 × 55 × 55, 48 in each tower, normalized"
        " across channels, pooled to 27 × 27." in alt
    )
    assert "conv2: 256 kernels of 5 × 5, stride 1, each tower its own maps, give" in alt
    assert "conv3: 384 kernels of 3 × 3, stride 1, all towers seen, give" in alt
    assert "fc6: 4,096 units, 2,048 in each tower, on all 9,216 numbers." in alt
    assert alt.endswith("fc8: 1,000 units, on all 4,096 numbers.")
    assert "batch-normalized, pooled to 27 × 27" in network(plan("bn")).alt
    assert "tower" not in network(plan("bn")).alt


def test_changed_networks_can_be_drawn(look):
    oblong = network(plan("small", image_size=(32, 48), kernels={"conv1": (3, 5)}))
    assert {"32 × 48", "3 × 5"} <= set(look.texts(oblong))
    three = network(plan("2012", groups=dict.fromkeys(["conv2", "conv4", "conv5"], 1)))
    assert len(look.shapes(three, "conv2")) == 1
    mixed = network(plan("caffe", groups={"conv2": 32, "conv4": 2}))
    assert len(look.shapes(mixed, "conv2")) == 1
    assert "conv2: 256 kernels of 5 × 5, stride 1, in 32 groups, give" in mixed.alt
    odd = network(plan("2012", widths={"fc6": 333}))
    assert len(look.shapes(odd, "fc6")) == 1
    assert "fc6: 333 units, on all 9,216 numbers." in odd.alt
    terse = [replace(row, name=row.name[-1]) for row in plan("caffe", depth=9)]
    assert "A network drawn to scale" in network(terse).alt  # arrows need room, names hardly any
    no_head = network([row for row in plan("2012") if row.kind != "fc"])
    assert not [text for text in look.texts(no_head) if "units" in text]


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: network([]), r"draws the rows of a plan: give it plan\(\"2012\"\)"),
        (lambda: network(["conv1"]), "draws the rows of a plan"),
        (lambda: network(None), "draws the rows of a plan"),
        (lambda: network(plan("2012")[1:]), "first row of a plan is the image, but .* 'pad1'"),
        (lambda: network(plan("2012")[:1]), "no layer to draw"),
        (lambda: network(plan("caffe", depth=14)), "18 columns are too many for the width"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
