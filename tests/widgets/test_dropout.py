"""The dropout widget in Python: its masks, its sums, and what it says."""

import itertools

import numpy as np
import pytest
import torch
import traitlets as t
from hypothesis import given, settings
from hypothesis import strategies as st

from alexnet_lib.networks.models import PaperDropout
from alexnet_lib.scratch import dropout
from alexnet_lib.widgets import DropoutWidget
from alexnet_lib.widgets.dropout import FORMS, uniform

RATES = (0, 0.05, 0.2, 0.5, 0.8, 0.9)


def test_the_numbers_look_as_if_drawn_by_chance():
    for seed in (0, 1, 7, 9999):
        numbers = uniform(seed, 5000, 12)
        assert numbers.shape == (5000, 12)
        assert 0 <= numbers.min() < 0.001 and 0.999 < numbers.max() < 1
        # 60,000 of them: mean, spread and tenths within five times what chance would do
        assert abs(numbers.mean() - 0.5) < 5 * np.sqrt(1 / 12 / numbers.size)
        counts = np.histogram(numbers, 10, (0, 1))[0]
        assert np.abs(counts - 6000).max() < 5 * np.sqrt(6000 * 0.9)
        # neighbours, in a draw and from draw to draw, have nothing in common
        for one, other in [(numbers[:, :-1], numbers[:, 1:]), (numbers[:-1], numbers[1:])]:
            assert abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) < 5 / np.sqrt(one.size)
        assert len(np.unique(numbers)) > 59_990


def test_a_draw_does_not_depend_on_what_follows_nor_on_p():
    many = uniform(3, 100, 12)
    np.testing.assert_array_equal(uniform(3, 10, 5), many[:10, :5])
    few, more = DropoutWidget(rate=0.2, draws=100), DropoutWidget(rate=0.6, draws=100)
    assert (few.masks >= more.masks).all() and few.masks.sum() > more.masks.sum()
    assert DropoutWidget(rate=0, draws=100).masks.all()


@settings(deadline=None)
@given(
    rate=st.sampled_from(RATES),
    values=st.lists(st.floats(-9, 9), min_size=2, max_size=12),
    draws=st.integers(1, 30),
)
def test_it_is_dropout_as_pytorch_and_the_scratch_layers_have_it(rate, values, draws):
    w = DropoutWidget(rate=rate, values=values, draws=draws)
    x = np.array(values)
    for form in ("paper", "inverted"):
        w.form, inverted = form, form == "inverted"
        w.mode = "training"
        np.testing.assert_allclose(w.outputs, dropout(x, rate, w.mask, inverted), atol=1e-12)
        each = [dropout(x, rate, mask, inverted).sum() for mask in w.masks]
        np.testing.assert_allclose(w.sums, each, atol=1e-9)
        assert w.running_mean[-1] == pytest.approx(np.mean(each), abs=1e-9)
        w.mode = "testing"
        layer = torch.nn.Dropout(rate) if inverted else PaperDropout(rate)
        tested = layer.eval()(torch.tensor(x)).numpy()
        np.testing.assert_allclose(w.outputs, tested, atol=1e-12)
        assert w.test_value == pytest.approx(tested.sum(), abs=1e-9)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("rate", RATES)
def test_expected_is_the_mean_over_all_masks(form, rate):
    w = DropoutWidget(values=[4, 1, -3, 2, 5], rate=rate, form=form)
    masks = np.array(list(itertools.product([0, 1], repeat=5)))  # (32, 5)
    chance = np.prod(np.where(masks == 1, 1 - rate, rate), axis=1)  # (32,)
    w.mode = "training"
    mean = 0
    for mask, share in zip(masks, chance, strict=True):
        w.by_hand = mask
        mean += share * w.outputs.sum()
    assert w.expected == pytest.approx(mean)
    agrees = form != "slip" or rate == 0.5
    assert (w.test_value == pytest.approx(w.expected)) == agrees


@pytest.mark.parametrize("seed", range(8))
def test_the_mean_comes_as_close_as_chance_lets_it_and_as_pytorchs(seed):
    for rate in (0.2, 0.5, 0.9):
        w = DropoutWidget(rate=rate, form="inverted", seed=seed, draws=5000)
        x = np.array(w.values)
        spread = np.sqrt((x**2).sum() * rate / (1 - rate))  # of one sum, by the rules of variance
        assert abs(w.running_mean[-1] - w.test_value) < 5 * spread / np.sqrt(5000)
        assert w.sums.std() == pytest.approx(spread, rel=0.15)
        torch.manual_seed(seed)
        many = torch.nn.Dropout(rate)(torch.tensor(x).expand(5000, -1)).sum(1)
        assert abs(many.mean() - w.running_mean[-1]) < 5 * spread * np.sqrt(2 / 5000)


def test_a_mask_set_by_hand_is_shown_and_not_counted():
    w = DropoutWidget(draws=9)
    mean = w.running_mean[-1]
    w.by_hand = [1, 0, 0, 0, 0, 0, 0, 0]
    np.testing.assert_array_equal(w.outputs, [4, 0, 0, 0, 0, 0, 0, 0])
    assert w.running_mean[-1] == mean
    w.values = [1, 2, 3]
    assert w.by_hand == []


@pytest.mark.parametrize(
    ("trait", "value"),
    [
        ("rate", 1),
        ("rate", -0.1),
        ("rate", float("nan")),
        ("draws", 0),
        ("draws", 5001),
        ("seed", -1),
        ("form", "classic"),
        ("mode", "eval"),
        ("values", [1]),
        ("values", [1] * 13),
        ("values", [1, 10]),
        ("by_hand", [1, 0]),
        ("by_hand", [0.5] * 8),
    ],
)
def test_a_wrong_value_is_refused_in_a_sentence(trait, value):
    w = DropoutWidget()
    before = getattr(w, trait)
    with pytest.raises(t.TraitError, match=trait):
        setattr(w, trait, value)
    assert getattr(w, trait) == before


def test_it_says_what_it_shows():
    w = DropoutWidget(rate=0.2, form="slip", draws=1000)
    assert "the common slip, p = 0.2" in w.describe()
    assert "over 1,000 draws" in w.describe()
    assert w.describe().endswith("in testing it is 4.")
    w = DropoutWidget(mode="testing", rate=0.2, values=[-9] * 12)
    assert "all 12 units are on, each times 0.8, and their sum is −86.4." in w.describe()
    one_off = DropoutWidget(by_hand=[1] * 7 + [0])
    assert "1 of 8 units is switched off, and their sum is 18." in one_off.describe()
    assert repr(one_off) == (
        "DropoutWidget(rate=0.5, form='paper', mode='training', draws=1, seed=1)"
    )
