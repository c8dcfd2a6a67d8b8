"""The recipe: one table of options, each checked, and each with its line of help."""

import re
from dataclasses import fields

import pytest

from alexnet_lib.data import results
from alexnet_lib.training.recipe import RECIPES, Recipe


def test_every_field_says_what_it_is():
    for entry in fields(Recipe):
        about = entry.metadata
        assert about["group"] and 3 < len(about["help"]) <= 60, entry.name
        assert entry.default is not None


def test_a_recipe_is_changed_into_another():
    recipe = Recipe(epochs=5)
    assert recipe.with_(rate=1) == Recipe(epochs=5, rate=1.0)
    assert recipe.epochs == 5 and isinstance(recipe.with_(rate=1).rate, float)
    assert Recipe(**recipe.to_dict()) == recipe


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"epochs": 0}, "epochs must be at least 1, but 0"),
        ({"epochs": 1.5}, "epochs must be a whole number, but 1.5"),
        ({"epochs": True}, "epochs must be a whole number, but True"),
        ({"rate": "fast"}, "rate must be a number, but 'fast'"),
        ({"rate": float("nan")}, "rate must be a finite number"),
        ({"momentum": 1.0}, "momentum must be below 1, but 1.0"),
        ({"seed": 2**64}, "seed must be below 1000000000000000, but"),
        ({"flip": 1}, "flip must be true or false, but 1"),
        ({"optimizer": "sdg"}, "optimizer must be one of paper, sgd, adam, rmsprop, but 'sdg'"),
        ({"batch": 10, "accumulate": 3}, "10 can't be computed in 3 equal parts"),
        ({"padding": 4}, 'padding belongs to a crop: add crop="random"'),
        ({"epoch": 3}, "no 'epoch' (did you mean epochs?)"),
        ({"zzz": 3}, "no 'zzz': it has epochs, batch"),
    ],
)
def test_a_wrong_value_is_refused_in_a_sentence(changes, why):
    with pytest.raises(ValueError, match=re.escape(why)):
        Recipe().with_(**changes)


def test_the_papers_recipe_is_the_papers():
    constants = results()["constants"]
    paper, program = constants["paper"]["sgd"], constants["program"]["sgd"]
    recipe = RECIPES["2012"]
    assert (recipe.batch, recipe.epochs) == (paper["batch"], paper["epochs"])
    assert (recipe.momentum, recipe.decay) == (paper["momentum"], paper["weight_decay"])
    assert (recipe.rate, recipe.factor) == (paper["learning_rate"], paper["drop_factor"])
    assert recipe.rate * recipe.bias_rate == program["bias_learning_rate"]
    assert not recipe.decay_biases and program["bias_weight_decay"] == 0
    assert (recipe.optimizer, recipe.schedule, recipe.size) == ("paper", "plateau", 224)
