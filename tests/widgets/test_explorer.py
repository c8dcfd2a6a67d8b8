"""The explorer: what Python and the front end compute and say, beside PyTorch."""

import json
import random

import numpy as np
import pytest
import torch
import traitlets as t

from alexnet_lib.networks.web import bundled_web_plan
from alexnet_lib.widgets import WIDGETS, ExplorerWidget
from alexnet_lib.widgets.explorer import answer, examples, fashion, layers_of, stored

# The states in which test_every_widget.py tries it.
CASES = {
    "settings": [
        {},
        {"layer": "conv2", "map": 7, "row": 5, "col": 3, "channel": 4},
        {"layer": "fc8", "map": 9},
        {"net": "squeezenet"},
    ],
    "heaviest": """(i) => {
      model.set("layer", ["conv1", "relu3", "conv4", "input", "fc6"][i % 5]);
      model.set("map", 3 + i);
      model.set("row", i);
    }""",
}


def test_the_maps_are_those_of_the_network():
    w = ExplorerWidget()
    _, _, model = fashion()
    assert w.picture == "Ankle boot" and list(w.maps) == [
        "input",
        *layers_of(next(iter(examples().values()))),
    ]
    x = torch.tensor(w.maps["input"])[None]  # (1, 1, 28, 28)
    with torch.no_grad():
        scores = model(x)[0].numpy()  # (10,)
    np.testing.assert_allclose(w.maps["fc8"], scores, rtol=1e-5, atol=1e-5)
    image = examples()["Ankle boot"]
    assert answer(image).sum() == pytest.approx(1) and answer(image).argmax() == scores.argmax()
    assert len(examples()) == 10
    assert w.maps["conv1"].max() == w.maps["conv1"][w.map, w.row, w.col]


def test_it_describes_itself():
    w = ExplorerWidget(layer="conv2", map=7)
    assert WIDGETS["explorer"] is ExplorerWidget
    assert repr(w) == "ExplorerWidget(net='fashion', picture='Ankle boot', layer='conv2', map=7)"
    assert w.describe().endswith("Shown is conv2: 64 × 13 × 13 numbers.")
    assert "1000 kinds" in ExplorerWidget(net="squeezenet").describe()
    assert len(json.dumps(w.state())) < 300  # its maps are an asset
    assert len(stored()) < 50_000


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"net": "alexnet"}, 'net is one of "fashion", "squeezenet"'),
        ({"map": -1}, "map is a whole number from 0"),
        ({"row": 1.5}, "row is a whole number from 0"),
    ],
)
def test_a_wrong_setting_is_answered_in_a_sentence(settings, sentence):
    with pytest.raises(t.TraitError, match=sentence):
        ExplorerWidget(**settings)


def test_maps_of_other_pictures_are_refused():
    with pytest.raises(ValueError, match=r"examples \(Ankle boot, .*not for 'Cat' in 'fashion'"):
        ExplorerWidget(picture="Cat").maps  # noqa: B018


# The front end, in a browser

SHOWN = """([all, withNumbers]) => answers(all, ({ shown, numbers }) =>
  (withNumbers ? { ...shown(), data: numbers() } : shown()))"""


def wait_for_status(page, text):
    """Wait until the status line says it."""
    page.wait_for_function(
        "(text) => document.querySelector('[role=status]').innerText.includes(text)", arg=text
    )


def settled(page):
    """Wait until no picture is on its way."""
    page.wait_for_function("!view.el.alexnetWidget.isBusy()")
    page.evaluate("drawn()")


@pytest.fixture(scope="module")
def explorer(make_pages):
    """A page whose network is loaded, for tests that may change it."""
    pages = make_pages("explorer")
    page = pages.show(ExplorerWidget(), networks=[fashion()[:2]], reduced_motion="reduce")
    page.get_by_role("button", name="Load the network").click()
    wait_for_status(page, "is there: choose a picture")
    yield page
    pages.close()


def test_what_the_page_brings_along_is_nearly_the_network(open_widget):
    page = open_widget(ExplorerWidget())
    maps = ExplorerWidget().maps
    results = page.evaluate(SHOWN, [[{"layer": name} for name in maps], True])
    for (name, values), got in zip(maps.items(), results, strict=True):
        assert got["name"] == name and got["shape"] == list(values.shape)
        exact = name in ("input", "conv1", "relu1", "pool1")
        error = np.abs(np.array(got["data"]) - values.ravel()).max() / np.abs(values).max()
        assert error <= (1e-3 if exact else 1 / 60), name  # float16; or a byte a number
    assert page.get_by_text("The kernels of conv2 come with the network").count() == 0
    page.evaluate("model.set('layer', 'conv2')")
    page.get_by_text("The kernels of conv2 come with the network").wait_for()
    page.get_by_role("button", name="Draw").click()
    wait_for_status(page, "needs the whole network")


def drawn_places(count):
    """Places as a reader could open them: a number of any layer."""
    maps = ExplorerWidget().maps
    draw = random.Random(2012)
    for _ in range(count):
        name = draw.choice(list(maps))
        shape = (*maps[name].shape, 1, 1)[:3]
        place = [draw.randrange(size) for size in shape]
        yield {"layer": name, "channel": 0, **dict(zip(("map", "row", "col"), place, strict=True))}


def test_every_number_is_the_sum_that_torch_computes(explorer):
    maps = ExplorerWidget().maps
    places = list(drawn_places(150))
    x = torch.tensor(maps["input"])[None]
    sums = 0
    for place, got in zip(places, explorer.evaluate(SHOWN, [places, False]), strict=True):
        values = maps[place["layer"]]
        at = (place["map"], place["row"], place["col"])[: values.ndim]
        largest = float(np.abs(values).max())
        assert got["value"] == pytest.approx(values[at], abs=2e-3 * largest), place
        if got["name"] == "input":
            continue
        inside = got["inside"]
        if inside["parts"]:
            sums += 1
            total = sum(inside["parts"]) + inside["bias"]
            assert total == pytest.approx(got["value"], abs=1e-4 * largest), place
        box = seen_box(x, place["layer"], at)
        sees = got["sees"]
        rows, cols = (
            range(sees["top"], sees["top"] + sees["height"]),
            range(sees["left"], sees["left"] + sees["width"]),
        )
        assert all(row in rows and col in cols for row, col in box), place
    assert 20 < sums < 120


def seen_box(x, layer, at):
    """Return two corners of the pixels that a number depends on, [] if none: by autograd."""
    _, _, model = fashion()
    x = x.clone().requires_grad_()
    results = {}
    path = next(path for path, name in model.names.items() if name == layer)
    hook = model.get_submodule(path).register_forward_hook(lambda m, i, o: results.update(y=o))
    model(x)
    hook.remove()
    results["y"][(0, *at)].backward()
    touched = torch.nonzero(x.grad[0].abs().sum(0))
    return [] if not len(touched) else [touched.amin(0).tolist(), touched.amax(0).tolist()]


def test_a_reader_follows_the_picture(open_widget):
    page = open_widget(ExplorerWidget(), reduced_motion="reduce")
    wait_for_status(page, "Ankle boot, conv1, stop 2 of 20")
    page.get_by_role("button", name="Next layer").click()
    wait_for_status(page, "relu1, stop 3 of 20")
    page.get_by_role("button", name="Play", exact=True).first.click()  # one stop, by wish
    wait_for_status(page, "pool1, stop 4 of 20")
    page.get_by_role("slider", name="Layer").fill("19")
    wait_for_status(page, "fc8, stop 20 of 20")
    way = page.get_by_role("application", name="The way of the picture")
    way.press("ArrowLeft")
    wait_for_status(page, "relu7, stop 19 of 20")
    way.press("Home")
    wait_for_status(page, "Ankle boot, picture, stop 1 of 20: grey is")
    page.get_by_label("Any layer").select_option("conv3")
    wait_for_status(page, "conv3, stop 8 of 20")
    maps = page.get_by_role("application", name="All maps of conv3")
    maps.press("Home")
    wait_for_status(page, "map 1 is")
    maps.press("ArrowRight")
    wait_for_status(page, "map 2 is")
    after = page.get_by_role("application", name="conv3, map 2")
    after.press("Control+Home")
    wait_for_status(page, "at row 0, column 0")
    page.get_by_role("button", name="Next window").click()
    wait_for_status(page, "at row 0, column 1")
    page.get_by_role("button", name="Strongest map").click()
    page.evaluate("drawn()")
    strongest = np.unravel_index(ExplorerWidget().maps["conv3"].argmax(), (96, 6, 6))
    assert page.evaluate("model.get('map')") == strongest[0]


def test_it_plays_and_pauses(open_widget):
    page = open_widget(ExplorerWidget(layer="input"))
    page.get_by_role("button", name="Play", exact=True).first.click()
    page.wait_for_function("model.get('layer') === 'conv1'")
    page.wait_for_function("model.get('layer') === 'relu1'")  # by itself
    page.get_by_text("relu1 sets negative numbers to 0").first.wait_for()
    page.get_by_role("button", name="Pause").first.click()
    page.evaluate("drawn()")
    draws = page.evaluate("view.el.alexnetWidget.draws")
    page.wait_for_timeout(100)
    assert page.evaluate("view.el.alexnetWidget.draws") <= draws + 1
    assert page.get_by_role("button", name="Pause").count() == 0


def test_the_sum_is_stepped_through(explorer):
    explorer.evaluate("""() => {
      for (const [k, v] of Object.entries({ layer: "conv2", map: 3, row: 6, col: 6, channel: 0 }))
        model.set(k, v);
    }""")
    inside = explorer.evaluate("view.el.alexnetWidget.shown().inside")
    explorer.get_by_role("button", name="Next channel").click()
    explorer.get_by_text("channel 2 of 32").wait_for()
    terms = explorer.locator(".axw-terms").inner_text()
    assert "channel 2: 25 products" in terms and "all 32:" in terms and "relu2:" in terms
    assert f"so far {sum(inside['parts'][:2]):.3g}".replace("-", "−") in terms
    course = explorer.get_by_role("application", name="A bar for each channel")
    course.press("End")
    explorer.get_by_text("channel 32 of 32").wait_for()


def test_the_readers_own_picture(explorer):
    requests = []
    explorer.on("request", lambda request: requests.append(request.url))
    explorer.get_by_role("button", name="Draw", exact=True).click()
    pad = explorer.get_by_role("application", name="Drawing pad")
    for _ in range(3):
        pad.press("ArrowUp")
        pad.press("Space")
    settled(explorer)
    wait_for_status(explorer, "your own picture")
    explorer.evaluate("model.set('layer', 'input')")
    bright = max(explorer.evaluate("view.el.alexnetWidget.numbers()"))
    plan, _, model = fashion()
    mean, scale = plan["input"]["mean"][0], plan["input"]["scale"][0]
    assert bright == pytest.approx((255 - mean) / scale, abs=0.02)
    x = torch.tensor(explorer.evaluate("view.el.alexnetWidget.numbers()")).reshape(1, 1, 28, 28)
    with torch.no_grad():
        theirs = model(x).softmax(1).max().item()
    top = explorer.evaluate("view.el.alexnetWidget.answers()[0][1]")
    assert top == pytest.approx(theirs, abs=2e-3)
    explorer.get_by_role("button", name="Swap dark and light").click()
    settled(explorer)
    swapped = min(explorer.evaluate("view.el.alexnetWidget.numbers()"))
    assert swapped == pytest.approx((0 - mean) / scale, abs=0.02)
    explorer.get_by_label("Picture", exact=True).select_option("Bag")
    wait_for_status(explorer, "Bag, picture")
    assert [url for url in requests if not url.startswith("blob:")] == []


def test_a_file_that_is_no_picture_and_a_camera_that_is_refused(explorer):
    files = explorer.locator("input[type=file][accept='image/*']")
    note = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"no picture"}
    files.set_input_files(note)
    wait_for_status(explorer, "“notes.txt” is no picture that this browser can read")
    explorer.evaluate("""() => {
      navigator.mediaDevices.getUserMedia = async () => {
        throw new DOMException("", "NotAllowedError");
      };
    }""")
    explorer.get_by_role("button", name="Camera").click()
    wait_for_status(explorer, "The camera was not allowed, or there is none.")
    explorer.evaluate("""() => {
      const canvas = document.createElement("canvas");
      canvas.getContext("2d").fillRect(0, 0, 50, 50);
      window.stream = canvas.captureStream(10);
      setInterval(() => canvas.getContext("2d").fillRect(0, 0, 50, 50), 50);
      navigator.mediaDevices.getUserMedia = async () => window.stream;
    }""")
    explorer.get_by_role("button", name="Camera").click()
    explorer.wait_for_function("document.querySelector('video')?.videoWidth > 0")
    explorer.get_by_role("button", name="Take the picture").click()
    wait_for_status(explorer, "your own picture")
    explorer.get_by_role("button", name="Close the camera").click()
    assert explorer.evaluate("window.stream.getTracks()[0].readyState") == "ended"


def test_what_the_answer_rests_on(explorer):
    explorer.get_by_label("Picture", exact=True).select_option("Sandal")
    settled(explorer)
    explorer.get_by_role("button", name="Cover it piece by piece").click()
    explorer.wait_for_function("view.el.alexnetWidget.cover()?.running === false")
    cover = explorer.evaluate("view.el.alexnetWidget.cover()")
    assert cover["done"] == len(cover["places"]) == 121
    assert len({(p["row"], p["col"]) for p in cover["places"]}) == 121
    image = examples()["Sandal"]
    before = answer(image)
    _, _, model = fashion()
    x = torch.tensor(ExplorerWidget(picture="Sandal").maps["input"])[None]  # (1, 1, 28, 28)
    for at in range(0, 121, 17):
        place = cover["places"][at]
        covered = x.clone()
        covered[:, :, place["row"] : place["row"] + 7, place["col"] : place["col"] + 7] = 0
        with torch.no_grad():
            after = model(covered).softmax(1)[0, before.argmax()].item()
        assert cover["drops"][at] == pytest.approx(before.max() - after, abs=2e-3)
    explorer.get_by_role("slider", name="Piece").fill("50")
    explorer.get_by_role("button", name="Cover it piece by piece").click()
    explorer.get_by_role("button", name="Stop").click()
    explorer.evaluate("drawn()")
    assert not explorer.evaluate("view.el.alexnetWidget.cover().running")


def test_photographs_come_with_squeezenet(open_widget):
    network = bundled_web_plan("squeezenet")
    page = open_widget(ExplorerWidget(net="squeezenet"), networks=[network])
    page.get_by_role("button", name="Load the network (2.5 MB)").click()
    wait_for_status(page, "SqueezeNet 1.1 is there")
    answers = page.evaluate("view.el.alexnetWidget.answers().slice(0, 2)")
    assert answers[0][0] == "German shepherd" and answers[0][1] == pytest.approx(0.989, abs=0.005)
    names = page.get_by_label("Picture", exact=True).locator("option").all_inner_texts()
    assert names == [picture["name"] for picture in network[0]["pictures"]] and len(names) == 8
    page.get_by_label("Any layer").select_option("fire5")
    page.evaluate("model.set('row', 14), model.set('col', 14)")
    wait_for_status(page, "and sees 63 × 63 pixels of the picture")
    page.get_by_label("Picture", exact=True).select_option("duck")
    wait_for_status(page, "The network’s answer: goose, 99.8 %")


def test_a_network_from_the_readers_disk(open_widget, tmp_path):
    page = open_widget(ExplorerWidget())
    plan, weights, _ = fashion()
    files = {"net.json": json.dumps({**plan, "title": "Mine"}).encode(), "net.bin": weights}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    picker = page.locator("input[type=file][accept='.json,.bin']")
    picker.set_input_files([tmp_path / "net.json"])
    wait_for_status(page, "Choose two files")
    (tmp_path / "net.bin").write_bytes(weights[:1000])
    picker.set_input_files([tmp_path / "net.json", tmp_path / "net.bin"])
    wait_for_status(page, "the file of weights has only 500")
    (tmp_path / "net.bin").write_bytes(weights)
    picker.set_input_files([tmp_path / "net.json", tmp_path / "net.bin"])
    wait_for_status(page, "Mine is there")
    assert page.get_by_label("Network").locator("option:checked").inner_text().endswith("Mine")
    page.get_by_label("Network").select_option("squeezenet")
    page.get_by_text("isn’t loaded yet").first.wait_for()
