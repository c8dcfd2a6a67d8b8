"""The augmentation widget: draws, changed pictures and verdicts, in Python and in the front end."""

import json
import math
import random
import re
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
import traitlets as t

from alexnet_lib.data import animal
from alexnet_lib.widgets import WIDGETS, AugmentationWidget
from alexnet_lib.widgets import augmentation as module
from alexnet_lib.widgets.augmentation import AXES, DRAWS, SIDE, SUBJECTS, Draw, changed, verdict

# The states in which test_every_widget.py tries it.
CASES = {
    "settings": [
        {"mirror": "sides", "colour": 0.1},
        {"subject": "6", "turn": 180, "chosen": 5},
        {"subject": "b", "mirror": "both", "window": 48, "brightness": 200, "colour": 1},
        {"subject": "sneaker", "mirror": "sides", "turn": 45, "chosen": 15},
        {"unit": "variance", "colour": 0.2},
    ],
    # the whole picture, turned, in other colours each time
    "heaviest": """(i) => {
      model.set("window", 96);
      model.set("mirror", "both");
      model.set("turn", 180);
      model.set("brightness", 100);
      model.set("colour", 0.5);
      model.set("seed", i);
    }""",
}
STILL = {"mirrored": False, "upside": False, "turn": 0, "brightness": 0, "colour": (0, 0, 0)}


def make_draw(top=0, left=0, **changes):
    """Return a draw that changes nothing but what is given."""
    return Draw(top=top, left=left, **{**STILL, **changes})


def drawn_settings(chance):
    """Return settings drawn by `chance`, as the sliders can have them."""
    return {
        "subject": chance.choice(SUBJECTS),
        "window": chance.randrange(32, 97, 4),
        "mirror": chance.choice(module.MIRRORS),
        "turn": chance.choice([0, 0, chance.randrange(0, 181, 5)]),
        "brightness": chance.choice([0, chance.randrange(0, 201, 10)]),
        "colour": chance.choice([0, chance.randrange(0, 21) / 20]),
        "unit": chance.choice(module.UNITS),
        "seed": chance.randrange(10_000),
        "chosen": chance.randrange(DRAWS),
    }


def torch_change(picture, draw, window):
    """Return what PyTorch makes of it: grid_sample, flip, clamp and round; (w, w, 3)."""
    angle, middle = math.radians(draw.turn), (window - 1) / 2
    y, x = torch.meshgrid(*[torch.arange(window, dtype=torch.float64) - middle] * 2, indexing="ij")
    across = math.cos(angle) * x - math.sin(angle) * y + draw.left + middle
    down = math.sin(angle) * x + math.cos(angle) * y + draw.top + middle
    grid = torch.stack([across, down], -1) * 2 / (SIDE - 1) - 1  # corners are −1 and 1
    source = torch.tensor(picture.copy()).permute(2, 0, 1)[None].double()  # (1, 3, H, W)
    out = F.grid_sample(source, grid[None], align_corners=True)[0]  # (3, w, w)
    if draw.mirrored:
        out = out.flip(2)
    if draw.upside:
        out = out.flip(1)
    added = torch.tensor(draw.colour, dtype=torch.float64)[:, None, None] + draw.brightness
    return (out + added).clamp(0, 255).permute(1, 2, 0).numpy()


@pytest.mark.parametrize("seed", range(30))
def test_a_picture_is_changed_as_pytorch_changes_it(seed):
    w = AugmentationWidget(**drawn_settings(random.Random(seed)))
    for draw, picture in list(zip(w.draws, w.pictures, strict=True))[:4]:
        assert picture.shape == (w.window, w.window, 3)
        assert np.abs(picture - torch_change(w.picture, draw, w.window)).max() < 0.51


def test_a_window_alone_is_a_slice_and_a_mirror_image_a_slice_backwards():
    picture = AugmentationWidget().picture
    window = picture[3:87, 5:89]  # (84, 84, 3)
    np.testing.assert_array_equal(changed(picture, make_draw(3, 5), 84), window)
    mirrored = changed(picture, make_draw(3, 5, mirrored=True), 84)
    np.testing.assert_array_equal(mirrored, window[:, ::-1])
    upside = changed(picture, make_draw(3, 5, upside=True), 84)
    np.testing.assert_array_equal(upside, window[::-1])
    turned = changed(picture, make_draw(3, 5, turn=90), 84)  # against the clock
    assert np.abs(turned.astype(int) - np.rot90(window)).max() <= 1


def test_brightness_and_colour_stop_at_0_and_255():
    picture = AugmentationWidget().picture
    brighter = changed(picture, make_draw(brightness=100, colour=(10, 0, -300)), SIDE)
    expected = (picture.astype(int) + np.array([110, 100, -200])).clip(0, 255)
    np.testing.assert_array_equal(brighter, expected)


def test_every_place_and_direction_is_drawn_equally_often():
    draws = []
    for seed in range(400):
        draws += AugmentationWidget(window=84, mirror="both", turn=90, seed=seed).draws
    assert len(draws) == 6400
    for name, values in [("top", range(13)), ("left", range(13)), ("mirrored", (False, True))]:
        found = [getattr(draw, name) for draw in draws]
        assert set(found) == set(values)
        fair = len(draws) / len(values)
        assert all(abs(found.count(value) - fair) < 5 * math.sqrt(fair) for value in values)
    turns = [draw.turn for draw in draws]
    assert min(turns) <= -88 and max(turns) >= 88 and abs(np.mean(turns)) < 5 * 52 / 80
    both = sum(draw.mirrored and draw.upside for draw in draws)
    assert abs(both - 1600) < 5 * 40


def test_colours_are_normal_draws_along_the_axes():
    colours = np.concatenate(
        [[d.colour for d in AugmentationWidget(colour=0.1, seed=seed).draws] for seed in range(400)]
    )
    axes = np.array(AXES)
    numbers = colours @ np.linalg.inv(axes)  # (6400, 3), the draws
    assert np.abs(numbers.mean(0)).max() < 5 * 0.1 / 80
    assert np.abs(numbers.std(0) - 0.1).max() < 0.005
    assert 0.6 < (np.abs(numbers) < 0.1).mean() < 0.75
    printed = AugmentationWidget(colour=0.1, unit="variance", seed=3).draws[0].colour
    usual = AugmentationWidget(colour=0.1, seed=3).draws[0].colour
    factors = np.array(printed) @ np.linalg.inv(axes) / (np.array(usual) @ np.linalg.inv(axes))
    np.testing.assert_allclose(factors, np.linalg.norm(axes, axis=1))


def test_the_axes_are_those_of_the_bundled_photographs():
    names = ("chicken", "cow", "dog", "duck", "horse", "kitten", "owl", "pig", "sheep")
    pixels = np.concatenate([animal(name).reshape(-1, 3) for name in names]).astype(float)
    variances, directions = np.linalg.eigh(np.cov(pixels.T))
    for axis, variance, direction in zip(AXES, variances[::-1], directions.T[::-1], strict=True):
        length = np.linalg.norm(axis)
        assert abs(length - math.sqrt(variance)) < 4  # the lesson cuts squares out of them first
        assert abs(axis @ direction) / length > 0.99


@pytest.mark.parametrize(
    ("subject", "changes", "result"),
    [
        ("dog", {"mirrored": True}, ("good", "dog")),
        ("dog", {"upside": True}, ("odd", "upside")),
        ("dog", {"turn": 90}, ("odd", "side")),
        ("dog", {"turn": -180}, ("odd", "upside")),
        ("dog", {"turn": 180, "upside": True}, ("good", "dog")),
        ("dog", {"brightness": 250}, ("none", "faint")),
        ("sneaker", {}, ("good", "sneaker")),
        ("sneaker", {"mirrored": True}, ("odd", "right")),
        ("6", {"turn": 45}, ("good", "6")),
        ("6", {"turn": 46}, ("none", "unread")),
        ("6", {"turn": 135}, ("wrong", "9")),
        ("6", {"mirrored": True}, ("none", "unread")),
        ("6", {"mirrored": True, "upside": True}, ("wrong", "9")),
        ("8", {"mirrored": True, "turn": 180}, ("good", "8")),
        ("b", {"mirrored": True}, ("wrong", "d")),
        ("b", {"upside": True}, ("wrong", "p")),
        ("b", {"turn": 180}, ("wrong", "q")),
        ("b", {"turn": 180, "mirrored": True}, ("wrong", "p")),
    ],
)
def test_the_label_that_survives(subject, changes, result):
    picture = AugmentationWidget(subject=subject).picture
    draw = make_draw(**changes)
    assert verdict(subject, draw, SIDE, changed(picture, draw, SIDE)) == result


def test_a_window_that_misses_the_subject_keeps_no_label():
    picture = AugmentationWidget(subject="6").picture
    for top, result in [(20, ("good", "6")), (60, ("none", "outside"))]:
        draw = make_draw(top, 30)
        assert verdict("6", draw, 36 if top == 60 else 60, changed(picture, draw, 60)) == result


@pytest.mark.parametrize(
    ("trait", "value"),
    [
        *[("window", 31), ("window", 97), ("turn", 181), ("turn", -5), ("brightness", 201)],
        *[("colour", -0.1), ("colour", float("nan")), ("chosen", 16), ("mirror", "yes")],
        *[("subject", "cat"), ("unit", "root"), ("dog_bytes", b"12"), ("sneaker_bytes", b"")],
    ],
)
def test_a_wrong_setting_is_answered_in_a_sentence(trait, value):
    w = AugmentationWidget()
    before = getattr(w, trait)
    with pytest.raises(t.TraitError, match=trait):
        setattr(w, trait, value)
    assert getattr(w, trait) == before


def test_it_describes_itself():
    w = AugmentationWidget(mirror="sides")
    assert WIDGETS["augmentation"] is AugmentationWidget
    assert repr(w).startswith("AugmentationWidget(subject='dog', window=84, mirror='sides', turn=0")
    assert w.count == 2 * 13**2 == 338
    assert w.describe() == (
        "Augmentation: a picture with the label dog, changed by chance sixteen times: windows of "
        "84 × 84 out of 96 × 96 pixels, mirrored left and right. In 16 of the 16 pictures the "
        "label survives."
    )
    assert len(str(w.state())) < 300  # the photographs stand in the assets


def test_both_files_have_the_same_signs_axes_and_boxes():
    text = Path(module.__file__).with_suffix(".js").read_text("utf8")
    for name, rows in module.SIGNS.items():
        assert f"{name}: {json.dumps(rows)}" in text
    for axis in AXES:
        assert re.search(rf"\[{', '.join(map(str, axis))}\]", text)
    for box in (*module.BOXES.values(), module.SIGN_BOX):
        assert f"[{', '.join(map(str, box))}]" in text


STATES = "(all) => answers(all, (widget) => widget.state())"


@pytest.mark.browser
def test_both_sides_draw_change_and_judge_alike(open_widget):
    page = open_widget(AugmentationWidget())
    chance = random.Random(0)
    settings = [drawn_settings(chance) for _ in range(30)]
    off = 0
    for each, theirs in zip(settings, page.evaluate(STATES, settings), strict=True):
        w = AugmentationWidget(**each)
        draws = w.draws
        for draw, other in zip(draws, theirs["draws"], strict=True):
            colour = other.pop("colour")
            assert colour == pytest.approx(draw.colour, abs=1e-9)
            assert other == {k: v for k, v in draw._asdict().items() if k != "colour"}
        assert theirs["verdicts"] == [list(pair) for pair in w.verdicts]
        assert theirs["count"] == w.count
        for draw, some in zip(draws[:2], theirs["some"], strict=True):
            ours = changed(w.picture, draw, w.window).ravel()[::37].astype(int)
            gap = np.abs(ours - some)
            assert gap.max() <= 1  # a half may be rounded either way
            off += int(gap.sum())
    assert off < 6


@pytest.mark.browser
def test_keys_presets_and_words(open_widget):
    page = open_widget(AugmentationWidget(subject="b"))
    status = page.get_by_role("status")
    status.get_by_text("It is still a b. In 16 of the 16 draws the label survives.").wait_for()
    page.get_by_label("left and right").focus()
    page.get_by_label("left and right").check()
    w = AugmentationWidget(subject="b", mirror="sides")
    kept = sum(kind == "good" for kind, _ in w.verdicts)
    assert 0 < kept < 16
    page.get_by_text(
        f"survives in {kept} of 16: b; {16 - kept} reads as d".replace(
            "reads", "reads" if kept == 15 else "read"
        )
    ).wait_for()
    wrong = [kind for kind, _ in w.verdicts].index("wrong")
    sheet = page.get_by_role("application", name="Sixteen draws, 1 to 16")
    sheet.focus()
    for _ in range(wrong):
        page.keyboard.press("ArrowRight")
    assert page.evaluate("model.get('chosen')") == wrong
    status.get_by_text("It reads as a d, but the label says a b: a lie.").wait_for()
    page.keyboard.press("Control+End")
    assert page.evaluate("model.get('chosen')") == 15
    page.get_by_role("button", name="AlexNet").click()
    assert page.evaluate("['window', 'mirror', 'colour'].map((n) => model.get(n))") == [
        84,
        "sides",
        0.1,
    ]
    page.get_by_role("button", name="Draw again").click()
    assert page.evaluate("model.get('seed')") == 2
    page.get_by_role("button", name="Reset").click()
    assert page.evaluate("[model.get('seed'), model.get('mirror')]") == [1, "never"]
    box = sheet.bounding_box()
    sheet.click(position={"x": box["width"] / 16, "y": 20})
    assert page.evaluate("model.get('chosen')") == 0
