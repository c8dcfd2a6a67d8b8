"""The softmax widget's Python side."""

import numpy as np
import pytest
import torch
import traitlets
from torch.nn import functional as F

from alexnet_lib.widgets import WIDGETS, SoftmaxWidget


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"scores": [1002, 1001, 1000], "label": 2},
        {"scores": [-4, 7.5, 0, 0.1, 2, 2], "label": 5, "temperature": 0.4},
        {"scores": [0.5, -0.5], "label": 0, "temperature": 7, "powers": "plain"},
    ],
)
def test_it_computes_what_torch_computes(settings):
    w = SoftmaxWidget(**settings)
    s = torch.tensor(w.scores, dtype=torch.float64, requires_grad=True)
    loss = F.cross_entropy(s[None] / w.temperature, torch.tensor([w.label]))
    loss.backward()
    p = torch.softmax(s.detach() / w.temperature, 0)
    np.testing.assert_allclose(w.probabilities, p, rtol=1e-12)
    np.testing.assert_allclose(w.log_probabilities, p.log(), rtol=1e-12)
    assert w.loss == pytest.approx(loss.item())
    np.testing.assert_allclose(w.gradient, s.grad, rtol=1e-9, atol=1e-15)
    assert w.entropy == pytest.approx(-(p * p.log()).sum().item())
    assert w.probabilities.shape == w.gradient.shape == (len(w.scores),)


def test_by_hand():
    w = SoftmaxWidget(scores=np.log([1, 2, 5]), names=["a", "b", "c"], label=1)
    np.testing.assert_allclose(w.probabilities, [1 / 8, 2 / 8, 5 / 8])
    np.testing.assert_allclose(w.gradient, [1 / 8, -6 / 8, 5 / 8])
    assert w.loss == pytest.approx(np.log(4))
    w.temperature = 0.5
    np.testing.assert_allclose(w.probabilities, [1 / 30, 4 / 30, 25 / 30])
    np.testing.assert_allclose(w.gradient, [2 / 30, -52 / 30, 50 / 30])


def test_plain_powers_meet_the_limits_of_a_float_and_shifted_ones_do_not():
    w = SoftmaxWidget(scores=[1002, 1001, 1000], powers="plain")
    assert np.isnan(w.probabilities).all() and np.isnan(w.loss) and np.isnan(w.gradient).all()
    assert w.describe().endswith("exceed what a float can hold, so no probabilities come out.")
    w.powers = "shifted"
    np.testing.assert_allclose(w.probabilities, SoftmaxWidget().probabilities)
    w.scores, w.powers = [-1000, -1000, -1000], "plain"
    assert np.isnan(w.probabilities).all()
    w.scores, w.label = [0, -800, 1], 1
    assert w.probabilities[1] == 0 and w.loss == np.inf and np.isfinite(w.gradient).all()
    w.powers = "shifted"
    assert w.loss == pytest.approx(801.3133) and w.probabilities[1] == 0
    assert w.entropy == pytest.approx(0.5822, abs=1e-4)


def test_it_describes_itself():
    assert SoftmaxWidget().describe() == (
        "Softmax of the scores cat 2, dog 1 and cup 0 gives the probabilities cat 0.665, dog 0.245 "
        "and cup 0.09. The label is dog, so the loss is 1.41."
    )
    w = SoftmaxWidget(scores=[-3, 3], names=["no", "yes"], temperature=2, label=0)
    assert w.describe() == (
        "Softmax of the scores no −3 and yes 3 at temperature 2 gives the probabilities no 0.0474 "
        "and yes 0.953. The label is no, so the loss is 3.05."
    )
    w = SoftmaxWidget(scores=[-10, 0], label=0)
    assert w.describe().endswith("cat 4.54·10⁻⁵ and dog 1. The label is cat, so the loss is 10.")
    w = SoftmaxWidget(scores=[-800, 0], label=0, powers="plain")
    assert w.describe().endswith("so the loss is infinite.")


def test_names_come_with_scores():
    assert SoftmaxWidget(scores=[1, 2, 3, 4]).names == ["cat", "dog", "cup", "car"]
    assert SoftmaxWidget([0, 0]).names == ["cat", "dog"]


def test_what_the_front_end_sends_arrives_whole():
    w = SoftmaxWidget()
    w.set_state({"names": ["a", "b"], "scores": [1, 2.5], "label": 0})  # fewer classes
    assert (w.names, w.scores, w.label) == (["a", "b"], [1.0, 2.5], 0)
    w.set_state({"names": ["a", "b", "cat", "dog"], "scores": [1, 2.5, 0, 0], "label": 3})
    assert len(w.probabilities) == 4


@pytest.mark.parametrize(
    ("trait", "value", "sentence"),
    [
        ("scores", [1], "scores is a list of 2 to 6 numbers from -10000 to 10000, not"),
        ("scores", [1, 2, np.nan], "scores is a list of 2 to 6 numbers from -10000 to 10000, not"),
        ("scores", [1, 2, 10001], "scores is a list of 2 to 6 numbers"),
        ("scores", [[1, 2], [3, 4]], "scores is a list of 2 to 6 numbers"),
        ("scores", "abc", "scores is a list of 2 to 6 numbers"),
        ("scores", [1, 2], "There are 2 scores for 3 names"),
        ("names", ["a", "b"], "There are 3 scores for 2 names"),
        ("names", ["a", "a", "b"], "names is a list of 2 to 6 different names of up to 12"),
        ("names", ["a", "b", "a very long name"], "names is a list of 2 to 6 different names"),
        ("names", ["a", "b", ""], "names is a list of 2 to 6 different names"),
        ("names", "abc", "names is a list of 2 to 6 different names"),
        ("label", 3, r"label is a whole number from 0 to 2 \(there are 3 classes\), not 3."),
        ("label", 1.0, "label is a whole number from 0 to 5, not 1.0."),
        ("temperature", 0, "temperature is a number from 0.01 to 100, not 0."),
        ("temperature", "hot", "temperature is a number from 0.01 to 100, not 'hot'."),
        ("powers", "naive", 'powers is one of "shifted", "plain", not \'naive\'.'),
    ],
)
def test_a_wrong_setting_is_answered_in_a_sentence(trait, value, sentence):
    w = SoftmaxWidget()
    before = w.state()
    with pytest.raises(traitlets.TraitError, match=sentence):
        setattr(w, trait, value)
    assert w.state() == before


def test_it_is_one_of_the_books_widgets():
    assert WIDGETS["softmax"] is SoftmaxWidget
    w = SoftmaxWidget(scores=[2, 1, 0])
    assert repr(w) == (
        "SoftmaxWidget(scores=[2.0, 1.0, 0.0], names=['cat', 'dog', 'cup'], label=1, "
        "temperature=1.0, powers='shifted')"
    )
    assert w.state() == {
        "label": 1,
        "names": ["cat", "dog", "cup"],
        "powers": "shifted",
        "scores": [2, 1, 0],
        "temperature": 1,
    }
