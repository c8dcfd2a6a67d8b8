"""The transfer widget: nearest mean in Python, in the front end and in PyTorch; the top five."""

import base64
import json
import random
import re
from importlib.resources import files

import numpy as np
import pytest
import torch
import torch.nn.functional as F
import traitlets as t

from alexnet_lib.widgets import WIDGETS, TransferWidget
from alexnet_lib.widgets.transfer import CLASSES, EACH, PHOTOGRAPHS, recorded

# The states in which test_every_widget.py tries it.
CASES = {
    "settings": [
        {},
        {"mode": "teach"},
        {"mode": "teach", "one": "tool", "two": "monument", "examples": 10, "chosen": 7},
        {"mode": "teach", "one": "yours", "two": "yours"},
    ],
    # twenty-six questions, other ones each time
    "heaviest": """(i) => {
      model.set("mode", "teach");
      model.set("one", "fish");
      model.set("two", "windmill");
      model.set("examples", 1 + i);
      model.set("seed", 50 + i);
    }""",
}


def drawn_settings(chance):
    """Return settings drawn by `chance`: two classes, examples and a draw."""
    one, two = chance.sample(CLASSES, 2)
    settings = {"mode": "teach", "one": one, "two": two, "seed": chance.randrange(10_000)}
    return settings | {"examples": chance.randint(1, 10), "photograph": chance.choice(PHOTOGRAPHS)}


def torch_likeness(w):
    """Return what PyTorch makes of it: cosine similarities to both means, (questions, 2)."""
    rows = [torch.tensor(w.features_of(name)) for name in (w.one, w.two)]  # (14, 512) each
    means = []
    for name, row in zip((w.one, w.two), rows, strict=True):
        examples = row[w.order(name)[: w.examples]]  # (k, 512)
        means.append(F.normalize(examples, dim=1).mean(0))
    asked = torch.stack([rows[q.label][q.number] for q in w.questions])  # (n, 512)
    return F.cosine_similarity(asked[:, None], torch.stack(means)[None], dim=2)  # (n, 2)


@pytest.mark.parametrize("seed", range(20))
def test_likeness_is_pytorchs_cosine_similarity(seed):
    w = TransferWidget(**drawn_settings(random.Random(seed)))
    likeness = torch.tensor([q.likeness for q in w.questions])
    torch.testing.assert_close(likeness.double(), torch_likeness(w).double(), atol=1e-6, rtol=0)
    assert w.right == (likeness.argmax(1) == torch.tensor([q.label for q in w.questions])).sum()


def test_examples_are_never_asked_about():
    for examples in (1, 10):
        w = TransferWidget(mode="teach", one="tool", examples=examples, seed=3)
        asked = {(q.label, q.number) for q in w.questions}
        assert len(asked) == 2 * (EACH - examples)
        for label, name in enumerate((w.one, w.two)):
            assert not {(label, number) for number in w.order(name)[:examples]} & asked


def test_more_examples_help_and_the_draw_chooses_them():
    means = []
    for examples in (1, 10):
        shares = []
        for seed in range(20):
            w = TransferWidget(one="monument", two="tool", examples=examples, seed=seed)
            shares.append(w.right / len(w.questions))
        means.append(np.mean(shares))
    assert 0.8 < means[0] < means[1]
    orders = {tuple(TransferWidget(seed=seed).order("fish")) for seed in range(20)}
    assert len(orders) == 20 and all(sorted(order) == list(range(14)) for order in orders)


def test_what_is_recorded_is_what_the_network_says():
    from alexnet_lib.data import animal
    from alexnet_lib.data.few import few_photos
    from alexnet_lib.networks.bundled import BUNDLED
    from alexnet_lib.networks.squeeze import squeezenet

    about, model = BUNDLED["squeezenet"], squeezenet()
    images, _, classes = few_photos()
    assert classes == CLASSES
    features = recorded()["features"]
    with torch.no_grad():
        for number in (0, 20, 55):
            maps = model.features(about.input(images[number]))  # (1, 512, 14, 14)
            np.testing.assert_allclose(features[number], maps.mean((0, 2, 3)), atol=0.02)
        shares = model(about.input(animal("duck"))).softmax(1)[0]  # (1000,)
    for (name, share), (theirs, other) in zip(
        recorded()["answers"]["duck"][:2], about.top(shares, 2), strict=True
    ):
        assert name == theirs and abs(share - other) < 0.01


@pytest.mark.parametrize(
    ("trait", "value"),
    [
        *[("mode", "ask"), ("photograph", "unicorn"), ("one", "owl"), ("two", ""), ("seed", -1)],
        *[("examples", 0), ("examples", 11), ("chosen", 28)],
    ],
)
def test_a_wrong_setting_is_answered_in_a_sentence(trait, value):
    w = TransferWidget()
    before = getattr(w, trait)
    with pytest.raises(t.TraitError, match=trait):
        setattr(w, trait, value)
    assert getattr(w, trait) == before


def test_it_describes_itself():
    w = TransferWidget()
    assert WIDGETS["transfer"] is TransferWidget
    assert repr(w).startswith("TransferWidget(mode='name', photograph='dog', one='fish', two='wind")
    assert w.describe().startswith("Transfer: the dog as a network names it: German shepherd 9")
    w = TransferWidget(mode="teach", examples=3)
    assert w.describe() == (
        f"Transfer: after 3 fish and 3 windmills, nearest mean names {w.right} of 22 other "
        "photographs right."
    )
    assert "choose two different ones" in TransferWidget(mode="teach", two="fish").describe()
    assert "stay in the page" in TransferWidget(mode="teach", two="yours").describe()
    assert len(json.dumps(w.state())) < 300  # features and photographs stand in the assets


STATES = "(all) => answers(all, (widget) => widget.state())"


@pytest.mark.browser
def test_both_sides_learn_and_answer_alike(open_widget):
    page = open_widget(TransferWidget())
    chance = random.Random(0)
    settings = [drawn_settings(chance) for _ in range(120)]
    settings.append({"one": "fish", "two": "fish"})
    for each, theirs in zip(settings, page.evaluate(STATES, settings), strict=True):
        w = TransferWidget(**each)
        assert [row[:2] for row in theirs["questions"]] == [
            [q.label, q.number] for q in w.questions
        ]
        likeness = [row[2] for row in theirs["questions"]]
        np.testing.assert_allclose(likeness, [q.likeness for q in w.questions], atol=1e-12)
        assert theirs["right"] == w.right
        assert bool(theirs["problem"]) == bool(w.problem)
        if "photograph" in each:
            assert theirs["top"] == w.top


@pytest.mark.browser
def test_keys_choose_a_question_and_words_say_the_answer(open_widget):
    page = open_widget(TransferWidget(photograph="duck"))
    status = page.get_by_role("status")
    status.get_by_text("The network names the duck: goose 99.").wait_for()
    page.get_by_label("teach two classes").check()
    w = TransferWidget(mode="teach")
    status.get_by_text("It has seen 1 photograph of each.").wait_for()
    status.get_by_text(f"It names {w.right} of 26 other photographs right.").wait_for()
    asked = page.get_by_role("application", name="26 photographs. Number 1 is chosen.")
    asked.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("model.get('chosen')") == 1
    status.get_by_text("Number 2, labelled fish, is called").wait_for()
    page.get_by_role("button", name="Draw others").click()
    assert page.evaluate("[model.get('seed'), model.get('chosen')]") == [2, 0]
    page.get_by_label("First class").select_option("windmill")
    status.get_by_text("choose two different ones").wait_for()
    page.get_by_role("button", name="Reset").click()
    assert page.evaluate("[model.get('mode'), model.get('one')]") == ["name", "fish"]


GIVE = """([plan, text]) => {
  const weights = Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer;
  model.network = async () => ({ plan, weights });
}"""


@pytest.mark.browser
def test_readers_teach_it_pictures_of_their_own_which_stay_in_the_page(open_widget):
    from alexnet_lib.networks.web import bundled_web_plan

    plan, weights = bundled_web_plan("squeezenet")
    page = open_widget(TransferWidget(mode="teach", one="yours"))
    status = page.get_by_role("status")
    status.get_by_text("There is no picture of A yet: add one or more.").wait_for()
    page.get_by_role("button", name="Add pictures of A").click()
    status.get_by_text("Load the network first").wait_for()
    page.evaluate(GIVE, [plan, base64.b64encode(weights).decode()])
    page.get_by_role("button", name=re.compile("Load the network")).click()
    status.get_by_text("The network is here.").wait_for(timeout=60_000)
    state, saves = page.evaluate("[JSON.stringify(model.state), model.saves]")

    page.get_by_label("Name of your class A").fill("hen")
    photos = files("alexnet_lib.data") / "photos"
    page.locator("[type=file][aria-label='Add pictures of hen']").set_input_files(
        [photos / "chicken.jpg", photos / "LICENSE"]
    )
    status.get_by_text("“LICENSE” is no picture that this browser can read").wait_for(
        timeout=60_000
    )
    page.get_by_text("1 hen, 1 windmill").wait_for()
    ask = page.locator("[type=file][aria-label='Ask about a picture']")
    ask.set_input_files(photos / "chicken.jpg")
    status.get_by_text("your picture, is called hen: 1.000 like").wait_for(timeout=60_000)
    page.get_by_label("name a photograph").check()
    page.locator("[type=file][aria-label='Open a picture']").set_input_files(photos / "dog.jpg")
    status.get_by_text("The network names your picture: German shepherd 9").wait_for(timeout=60_000)

    page.get_by_label("teach two classes").check()
    page.get_by_role("button", name="Ask with the camera").click()
    status.get_by_text("The camera was not allowed, or there is none.").wait_for()
    now, later = page.evaluate("[JSON.stringify(model.state), model.saves]")
    assert {**json.loads(now), "chosen": 0} == {**json.loads(state), "chosen": 0}
    assert later == saves + 2  # the two presses of the mode: no picture was sent
