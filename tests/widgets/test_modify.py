"""The modify widget: what runs say and cost, in Python and in the front end, beside PyTorch."""

import random

import numpy as np
import pytest
import torch
import traitlets as t
from status_line import shown

from alexnet_lib.networks.variants import plan
from alexnet_lib.widgets import WIDGETS, ModifyWidget
from alexnet_lib.widgets.modify import BASE, CHANGES, ORDERS, interval

# The states in which test_every_widget.py tries it.
CASES = {
    "settings": [
        {},
        {"picked": [], "seeds": 1},
        {"picked": list(CHANGES), "measure": "accuracy", "order": "by work", "current": "Adam"},
        {"order": "by gain", "seeds": 2, "current": "no dropout"},
    ],
    # all changes, other seeds and another order each time
    "heaviest": """(i) => {
      const names = model.get("record").slice(1).map(({ name }) => name);
      model.set("picked", names.slice(i % 3));
      model.set("seeds", 5 - (i % 4));
      model.set("current", names[3 + i]);
      model.set("order", ["as listed", "by gain", "by work"][i % 3]);
    }""",
}


def made_record(draw, rows=6, seeds=6):
    """A record with numbers drawn at random: some changes far away, some equal to the base."""
    record = []
    for i in range(rows):
        shift = draw.choice((0, 0.5, -2, 3, -60))
        test = [round(72 + (i and shift) + draw.gauss(0, 1), 2) for _ in range(seeds)]
        if i and draw.random() < 0.2:
            test = list(record[0]["test"])  # no difference at all: an interval of length 0
        record.append(
            {
                "name": BASE if not i else f"change {i}",
                "group": f"group {i % 2}",
                "knob": f"knob={i}",
                "torch": f"nn.Layer({i})",
                "rate": 0.01,
                "test": test,
                "parameters": draw.randint(1000, 10**7),
                "multiply_adds": draw.randint(1000, 10**9),
                "time": round(draw.uniform(0.2, 5), 2),
            }
        )
    return record


def made_settings(count):
    """Settings as a reader could make them, with records of many kinds."""
    draw = random.Random(16)
    for _ in range(count):
        seeds = draw.randint(1, 6)
        record = made_record(draw, draw.randint(1, 9), seeds)
        names = [row["name"] for row in record]
        yield {
            "record": record,
            "picked": draw.sample(names[1:], draw.randint(0, len(names) - 1)),
            "current": draw.choice(names),
            "measure": draw.choice(("gain", "accuracy")),
            "order": draw.choice(ORDERS),
            "seeds": draw.randint(1, seeds),
        }


def student(n):
    """The factor of an interval for n runs, by trying: 19 of 20 of many small samples hold 0."""
    chance = torch.Generator().manual_seed(n)
    runs = torch.randn(400_000, n, generator=chance, dtype=torch.float64)  # (400000, n)
    t_values = runs.mean(1).abs() / (runs.std(1) / n**0.5)  # (400000,)
    return t_values.quantile(0.95).item()


@pytest.mark.parametrize("n", [2, 3, 4, 5, 6])
def test_nineteen_of_twenty_intervals_hold_the_mean(n):
    values = [0.3, 1.2, -0.4, 0.8, 2.0, 0.1][:n]
    low, high = interval(values)
    of_torch = torch.tensor(values, dtype=torch.float64)
    assert (low + high) / 2 == pytest.approx(of_torch.mean().item())
    factor = (high - low) / 2 / (of_torch.std().item() / n**0.5)
    assert factor == pytest.approx(student(n), rel=0.02)


def test_the_recorded_networks_are_those_that_the_knobs_make():
    """Parameters and multiply-adds of the record are the plan's, for knobs that Python reads."""
    w = ModifyWidget()
    base = {"in_channels": 1, "strides": {"conv1": 2}}
    tried = 0
    for row in w.record:
        if row["name"] in CHANGES and "Recipe" not in row["knob"] and "…" not in row["knob"]:
            if "=" not in row["knob"]:
                continue
            knobs = eval(f"dict({row['knob']})")
            layers = plan("small", **base | knobs)
            assert row["parameters"] == sum(layer.parameters for layer in layers)
            assert row["multiply_adds"] == sum(layer.multiply_adds for layer in layers)
            tried += 1
    assert tried >= 7


def test_every_recorded_change_can_be_picked_and_says_what_to_write():
    w = ModifyWidget(picked=[row["name"] for row in ModifyWidget().record[1:]])
    assert {row["name"].removesuffix(", own rate") for row in w.record[1:]} == set(CHANGES)
    for row in w.record:
        assert len(row["knob"]) > 5 and len(row["torch"]) > 5
        assert 0.05 < w.result(row["name"])["time"] < 20
    assert len(w.record[0]["test"]) >= 5
    assert WIDGETS["modify"] is ModifyWidget


def test_what_it_says():
    record = made_record(random.Random(0), 3)
    record[0]["test"] = [70.0, 71.0, 72.0, 73.0, 74.0, 75.0]
    record[1]["test"] = [71.0, 72.0, 73.5, 74.0, 75.0, 76.0]  # always about 1 better
    record[2]["test"] = [71.0, 70.0, 73.0, 72.0, 75.0, 74.0]  # better and worse in turn
    w = ModifyWidget(record=record, picked=["change 2", "change 1"], current=BASE)
    assert w.picked == ["change 1", "change 2"] and w.rows == [BASE, "change 1", "change 2"]
    assert w.describe() == (
        "2 changes beside the base, by 6 seeds: 1 better, 0 worse and 1 open. "
        "The base gets 72.5 % of the test pictures right."
    )
    w.current = "change 1"
    assert w.describe().endswith(
        "change 1: 73.6 % right, +1.1 points beside the base (+0.9 to +1.3): better, as far as "
        "these runs tell."
    )
    w.current, w.seeds = "change 2", 1
    assert w.describe() == (
        "2 changes beside the base, by 1 seed: 0 better, 0 worse and 2 open. One run alone has no "
        "interval. change 2: 71.0 % right, +1.0 points beside the base: we can't tell."
    )
    w.picked = []
    assert w.shown == BASE
    assert w.describe().startswith("No change is picked: the base stands alone.")
    assert repr(w) == (
        "ModifyWidget(current='change 2', measure='gain', order='as listed', seeds=1)"
    )


@pytest.mark.parametrize(
    ("trait", "value"),
    [
        ("picked", ["sigmoid"]),
        ("picked", "leaky ReLU"),
        ("picked", [BASE]),
        ("current", "sigmoid"),
        ("measure", "loss"),
        ("order", "by name"),
        ("seeds", 0),
        ("seeds", 2.5),
        ("record", []),
        ("record", made_record(random.Random(1))[1:]),  # no base
        ("record", [{"name": BASE}]),
        ("record", [row | {"time": 0} for row in made_record(random.Random(1))]),
        ("record", [row | {"test": [float("nan")]} for row in made_record(random.Random(1))]),
    ],
)
def test_a_wrong_value_is_refused_in_a_sentence(trait, value):
    w = ModifyWidget()
    before = getattr(w, trait)
    with pytest.raises(t.TraitError, match=rf"^{trait} is .*\.$"):
        setattr(w, trait, value)
    assert getattr(w, trait) == before


# The front end, in a browser

ANSWERS = "(all) => answers(all, (widget) => widget.state())"


def test_it_computes_what_pytorch_and_python_do(open_widget):
    page = open_widget(ModifyWidget())
    chosen = list(made_settings(120))
    verdicts = set()
    for settings, got in zip(chosen, page.evaluate(ANSWERS, chosen), strict=True):
        w = ModifyWidget(**settings)
        assert [row["name"] for row in got["rows"]] == w.rows
        assert got["shown"] == w.shown and got["status"].replace("’", "'") == w.describe()
        for row in got["rows"]:
            result = w.result(row["name"])
            test = torch.tensor([row["test"], got["rows"][0]["test"]], dtype=torch.float64)
            gains = (test[0] - test[1])[: w.seeds]  # (seeds,)
            np.testing.assert_allclose(row["gains"], gains, atol=1e-12)
            np.testing.assert_allclose(row["gain"], gains.mean(), atol=1e-12)
            np.testing.assert_allclose(result["gain"], gains.mean(), atol=1e-12)
            assert row["verdict"] == result["verdict"]
            verdicts.add(row["verdict"])
            for mine, name in ((row["interval"], "interval"), (row["spread"], "spread")):
                assert (mine is None) == (result[name] is None) == (w.seeds == 1)
                if mine:
                    np.testing.assert_allclose(mine, result[name], atol=1e-12)
            for name, value in row["ratios"].items():
                assert value == pytest.approx(result[name])
    assert verdicts == {"better", "worse", "open"}


def traits(page, *names):
    """The values of some traits."""
    return page.evaluate("(names) => names.map((name) => model.get(name))", list(names))


def test_changes_are_picked_and_explained_with_the_keyboard(open_widget):
    page = open_widget(ModifyWidget(picked=["leaky ReLU"]))
    box = page.get_by_role("checkbox", name="no dropout")
    box.focus()
    page.keyboard.press("Space")
    assert traits(page, "picked", "current") == [["leaky ReLU", "no dropout"], "no dropout"]
    shown(page, "no dropout: ")
    assert "dropout=0.0" in page.inner_text("main")
    chart = page.get_by_role("application")
    chart.focus()
    page.keyboard.press("ArrowUp")
    assert traits(page, "current") == ["leaky ReLU"]
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")  # it stops at the base
    assert traits(page, "current") == [BASE]
    page.evaluate("drawn()")
    assert "nothing: this is the base" in page.inner_text("main")
    chart.click(position={"x": 60, "y": 46 * 2 + 20})
    assert traits(page, "current") == ["no dropout"]
    page.get_by_role("slider", name="Seeds that count").fill("1")
    shown(page, "One run alone has no interval")
    page.get_by_role("button", name="None").click()
    assert traits(page, "picked", "current") == [[], BASE]
    shown(page, "No change is picked")
    page.get_by_role("button", name="First choice").click()
    assert traits(page, "picked", "seeds") == [
        ["leaky ReLU"],
        len(ModifyWidget().record[0]["test"]),
    ]


def test_what_is_far_away_is_an_arrow_and_said_in_numbers(open_widget):
    record = made_record(random.Random(3), 2)
    record[1]["test"] = [value - 60 for value in record[0]["test"]]
    page = open_widget(ModifyWidget(record=record, picked=["change 1"], current="change 1"))
    assert page.get_by_text("beyond the edge").is_visible()
    assert "−60.0 points (−60.0 to −60.0): worse" in page.inner_text("main")
    page.get_by_label("accuracy").check()
    page.evaluate("drawn()")
    assert page.get_by_text("beyond the edge").is_hidden()
