"""The bundled photographs: what they are, whose they are, and that damage is noticed.

And the table of published results: its form, and that its numbers agree with one another. What
can be computed of them is held in test_facts.py.
"""

import doctest
import hashlib
import re
from datetime import date
from importlib.resources import files
from itertools import pairwise

import numpy as np
import pytest

from alexnet_lib import data
from alexnet_lib.data import ANIMALS, PHOTOS, animal, gray, photo, results

RESULTS = results()  # a test that writes takes its own

# section -> what an entry must have, and what it may have: a key and the type of its value
ERRORS = {"top1": float, "top5": float}
ACCURACIES = {"top1_accuracy": float, "top5_accuracy": float}
NEED = {
    "rows": {"model": str, "nets": int},
    "logs": {"about": str, "data": str, "set": str, "views": int, **ERRORS},
    "claims": {"about": str},
    "changes": {
        "epoch": int,
        "learning_rate": float,
        "conv1_learning_rate": float,
        "color_std": float,
    },
    "unwritten": {"id": str, "about": str},
    "successors": {
        "name": str,
        "paper": str,
        "weights": str,
        "parameters": int,
        "gmac": float,
        **ACCURACIES,
    },
    "contest": {"year": int, "entry": str, "top5": float},
    "timeline": {"date": str, "kind": str, "event": str},
    "errata": {"id": str, "where": str, "printed": object, "right": object, "about": str},
    "sources": {"title": str, "authors": str, "year": int, "venue": str},
}
MAY = {
    "rows": {"about": str, "log": str, "top5_test": float, "experiments": list, **ERRORS},
    "logs": {"file": str, "started": str, "epochs": int},
    "claims": {"old": str, "new": str, "before": float, "after": float, "times": int, **ERRORS},
    "sources": {"url": str},
}


def entries(section):
    """The entries of a section with their names, whether they have keys or stand in a row."""
    there = RESULTS[section]
    return list(enumerate(there) if isinstance(there, list) else there.items())


def tables():
    """The paper's tables and the contest's page: (name, table)."""
    return list(RESULTS["tables"].items())


def rows():
    return [row for _, table in tables() for row in table["rows"]]


@pytest.mark.parametrize("name", ["coffee", "cat", "astronaut", "rocket"])
def test_photographs_fit_alexnets_input(name):
    image = photo(name)
    assert image.shape == (227, 227, 3)
    assert image.dtype == np.uint8
    assert image.max() - image.min() > 200  # a photograph, not a blank
    image[:] = 0  # ours to write on
    assert photo(name).any()


@pytest.mark.parametrize("name", ANIMALS)
def test_animals_are_400_pixels_high(name):
    image = animal(name)
    assert image.shape[0] == 400 <= image.shape[1] and image.shape[2] == 3
    assert image.dtype == np.uint8
    assert image.max() - image.min() > 200


def test_every_photograph_in_the_folder_is_known_and_licensed():
    folder = files(data) / "photos"
    stored = {file.name for file in folder.iterdir()} - {"LICENSE"}
    assert stored == {f"{name}.png" for name in PHOTOS} | {f"{name}.jpg" for name in ANIMALS}
    text = (folder / "LICENSE").read_text(encoding="utf-8")
    for name in stored:
        assert name in text
        assert (folder / name).stat().st_size < 100_000
    assert sum((folder / f"{name}.jpg").stat().st_size for name in ANIMALS) < 400_000
    makers = ("Rachel Michetti", "Pikolo", "Stefan van der Walt", "NASA", "SpaceX", "Kemperman")
    for words in (*makers, "publicdomain/zero/1.0"):
        assert words in text


@pytest.mark.parametrize("name", ["dog", "", None, 3, ["cat"]])
def test_an_unknown_name_is_answered_with_the_known_ones(name):
    names = '"coffee", "cat", "astronaut" or "rocket"'
    with pytest.raises(ValueError, match=rf"There is no photograph .*: ask for {names}\."):
        photo(name)
    with pytest.raises(ValueError, match=r'There is no animal \'cat\': ask for .* or "sheep"\.'):
        animal("cat")


def test_a_damaged_or_missing_file_is_noticed(tmp_path, monkeypatch):
    photos = tmp_path / "photos"
    photos.mkdir()
    png = bytearray((files(data) / "photos" / "cat.png").read_bytes())
    assert hashlib.sha256(png).hexdigest() == PHOTOS["cat"]
    png[len(png) // 2] ^= 1  # one bit
    (photos / "cat.png").write_bytes(png)
    monkeypatch.setattr(data, "files", lambda package: tmp_path)
    for name in ("cat", "coffee"):  # one damaged, one missing
        with pytest.raises(RuntimeError, match=rf"{name}\.png is damaged or missing"):
            photo(name)


def test_gray_weighs_the_colours_by_whole_numbers():
    colours = np.uint8([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255], [0, 0, 0]]])
    assert gray(colours).tolist() == [[76, 150, 29, 255, 0]]
    assert gray(colours).dtype == np.uint8
    same = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)  # (1, 256, 3)
    assert gray(same).tolist() == [list(range(256))]


def test_gray_of_a_photograph_is_the_formula():
    r, g, b = photo("cat").astype(int).transpose(2, 0, 1)
    assert np.array_equal(gray(photo("cat")), (299 * r + 587 * g + 114 * b + 500) // 1000)


@pytest.mark.parametrize(
    "image", [np.zeros((5, 5), np.uint8), np.zeros((3, 5, 5), np.uint8), np.zeros((5, 5, 3)), 7]
)
def test_gray_refuses_what_is_no_colour_image(image):
    with pytest.raises(ValueError, match=r"takes a colour image of shape .H, W, 3. and type uint8"):
        gray(image)


def test_results_are_fresh_and_ours_to_change():
    first = results()
    first["claims"]["lrn"]["top1"] = 0
    first["timeline"].clear()
    assert results() == RESULTS != first


def test_the_docstring_of_results_is_true():
    outcome = doctest.testmod(data)
    assert outcome.attempted
    assert not outcome.failed


def test_missing_results_are_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr(data, "files", lambda package: tmp_path)
    with pytest.raises(
        RuntimeError, match=r"results\.toml is missing .*: install the package again"
    ):
        results()


def holds_entries(value):
    """Whether this is a table of entries, or a row of them, and no value itself."""
    return isinstance(value, dict) or (isinstance(value, list) and isinstance(value[0], dict))


def values(thing, path=()):
    """Every dict with a value of its own, and the path to it."""
    if isinstance(thing, list):
        for i, item in enumerate(thing):
            yield from values(item, (*path, i))
    elif isinstance(thing, dict):
        if any(not holds_entries(value) for value in thing.values()):
            yield path, thing
        for key, value in thing.items():
            yield from values(value, (*path, key))


def test_every_number_has_a_source_and_every_source_a_number():
    sources = set(RESULTS["sources"])
    used = {entry["paper"] for _, entry in entries("successors")}
    for path, entry in values({k: v for k, v in RESULTS.items() if k not in ("units", "sources")}):
        assert entry.get("source") in sources, f"{path} names no source that there is"
        used.add(entry["source"])
    assert used == sources


def test_nothing_is_empty():
    for path, entry in values(RESULTS):
        for key, value in entry.items():
            assert value not in ("", [], {}), f"{path} {key} is empty"


def test_every_entry_has_the_keys_of_its_section():
    groups = {section: entries(section) for section in NEED if section in RESULTS}
    groups["rows"] = [(name, row) for name, table in tables() for row in table["rows"]]
    groups["changes"] = list(enumerate(RESULTS["schedule"]["changes"]))
    assert set(groups) == set(NEED)
    for section, found in groups.items():
        known = {**NEED[section], **MAY.get(section, {})}
        if section != "sources":
            known["source"] = str
        assert found, f"{section} is empty"
        for name, entry in found:
            assert set(NEED[section]) <= set(entry) <= set(known), f"{section} {name}"
            for key, value in entry.items():
                assert isinstance(value, known[key]), f"{section} {name} {key}"


def test_the_sections_are_those_that_the_units_and_the_docstring_name():
    measured = {"tables", "logs", "claims", "published", "successors", "contest"}
    assert set(RESULTS["units"]) == measured
    for section in RESULTS:
        assert f'"{section}"' in data.results.__doc__, f"the docstring doesn't tell of {section}"


@pytest.mark.parametrize(("section", "key"), [("unwritten", "id"), ("errata", "id")])
def test_no_name_is_given_twice(section, key):
    names = [entry[key] for entry in RESULTS[section]]
    assert len(names) == len(set(names))


def test_errors_are_errors_and_accuracies_accuracies():
    """A fraction below 1, a percentage above; five guesses are right more often than one."""
    for _, log in entries("logs"):
        assert 0.1 < log["top5"] < log["top1"] < 0.5
    for row in rows():
        assert 15 < row.get("top5", 15.1) < row.get("top1", 100) <= 100
        assert 15 < row.get("top5_test", 15.1) < 30
    for _, entry in [*entries("published"), *entries("successors")]:
        if "top1_accuracy" in entry:
            assert 55 < entry["top1_accuracy"] < entry["top5_accuracy"] < 97
    for _, entry in entries("contest"):
        assert 3 < entry["top5"] < 30
    for _, claim in entries("claims"):
        assert ("top1" in claim) != ("times" in claim)
        assert 0 < claim.get("top5", 0.1) < claim.get("top1", 1) < 3


def percent(fraction):
    """A log's fraction as the paper prints it."""
    return round(100 * fraction, 1)


@pytest.mark.parametrize("name", [name for name, claim in entries("claims") if "old" in claim])
def test_the_gains_that_the_paper_claims_are_differences_of_its_logs(name):
    claim = RESULTS["claims"][name]
    old, new = RESULTS["logs"][claim["old"]], RESULTS["logs"][claim["new"]]
    assert (old["data"], old["set"], old["views"]) == (new["data"], new["set"], new["views"])
    for guesses in ERRORS:
        assert percent(old[guesses] - new[guesses]) == claim[guesses]


def test_a_claim_with_two_numbers_is_their_difference():
    for _, claim in entries("claims"):
        if "before" in claim:
            assert claim["top1"] == claim["before"] - claim["after"]


@pytest.mark.parametrize("row", [row for row in rows() if "log" in row], ids=lambda r: r["log"])
def test_the_cells_of_the_papers_tables_are_its_logs_rounded(row):
    log = RESULTS["logs"][row["log"]]
    assert {key: percent(log[key]) for key in ERRORS} == {key: row[key] for key in ERRORS}


def test_the_contests_page_says_what_the_paper_says():
    official = RESULTS["tables"]["scoreboard2012"]["rows"]
    paper = {
        row["nets"]: row for row in RESULTS["tables"]["ilsvrc2012"]["rows"] if row["nets"] != 1
    }
    assert {row["nets"] for row in official} == set(paper)
    for row in official:
        assert round(row["top5"], 1) == paper[row["nets"]]["top5_test"]
        assert len(row.get("experiments", [])) == row["nets"]


def test_the_contests_of_2010_and_2012_are_those_of_the_tables():
    years = {
        entry["year"]: entry["top5"] for _, entry in entries("contest") if entry["year"] < 2013
    }
    first = RESULTS["tables"]["ilsvrc2010"]["rows"][0]["top5"]
    assert years == {2010: first, 2012: RESULTS["tables"]["ilsvrc2012"]["rows"][-1]["top5_test"]}
    found = [entry["year"] for _, entry in entries("contest")]
    assert found == sorted(found)


def test_the_timeline_is_in_order_and_agrees_with_the_logs():
    dates = [event["date"] for event in RESULTS["timeline"]]
    assert dates == sorted(dates)
    for day in dates:
        date.fromisoformat(day + "-01" * (2 - day.count("-")))  # a ValueError if there is none
    started = {
        match[1]: event["date"]
        for event in RESULTS["timeline"]
        if (match := re.match(r"Experiment (\d+) starts:", event["event"]))
    }
    logs = RESULTS["logs"]
    both = started.keys() & logs.keys()
    assert both == {"131", "135", "137", "145", "147", "148", "150", "167"}
    assert {name: started[name] for name in both} == {name: logs[name]["started"] for name in both}


def test_the_timeline_has_the_six_kinds_that_its_head_names():
    head = (files(data) / "results.toml").read_text(encoding="utf-8").partition("# ---- Dates:")[2]
    kinds = {event["kind"] for event in RESULTS["timeline"]}
    assert kinds == {"idea", "data", "contest", "experiment", "tool", "people"}
    for kind in kinds:
        assert re.search(rf"\b{kind}\b", head.partition("[[")[0])


def test_the_diary_is_in_order_and_agrees_with_the_logs_and_the_timeline():
    runs = RESULTS["diary"]["runs"]
    names, days = zip(*runs, strict=True)
    assert len(set(names)) == len(names)
    assert list(days) == sorted(days)
    for day in days:
        assert date.fromisoformat(day).isoformat() == day
    begun = dict(runs)
    begun["120"], began = begun["120-2012"], begun["120"]  # the logs and the timeline mean 2012's
    assert began < begun["120"]
    logs = {name: log["started"] for name, log in entries("logs") if "started" in log}
    both = logs.keys() & begun.keys()
    assert len(both) > 10
    assert {name: begun[name] for name in both} == {name: logs[name] for name in both}
    numbers = {int(re.match(r"\d+", name)[0]) for name in names}
    assert (min(numbers), max(numbers)) == (96, 184)
    (first,), (last,) = (
        [e["date"] for e in RESULTS["timeline"] if f"Experiment {number} " in e["event"]]
        for number in (96, 184)
    )
    assert (days[0], days[-1]) == (first, last)
    for experiment in ("110", "131", "135", "137", "141", "147"):
        (event,) = (e for e in RESULTS["timeline"] if f"Experiment {experiment} " in e["event"])
        assert event["date"] == begun[experiment]


def test_networks_of_the_summer_differ_by_half_a_point():
    """The lesson on the history says so: 18.7 % in July, 18.2 % in September."""
    summer = [RESULTS["logs"][name] for name in ("120", "131", "135", "137", "145")]
    assert [log["started"] for log in summer] == sorted(log["started"] for log in summer)
    errors = [100 * log["top5"] for log in summer]
    assert errors == sorted(errors, reverse=True)
    assert round(errors[0] - errors[-1], 1) == 0.5
    entry = RESULTS["tables"]["scoreboard2012"]["rows"][1]["experiments"]
    assert {"131", "135", "137", "145"} < set(entry)


def test_the_schedule_falls_three_times_as_the_paper_says():
    schedule, changes = RESULTS["schedule"], RESULTS["schedule"]["changes"]
    assert schedule["epochs"] == RESULTS["logs"][schedule["log"]]["epochs"]
    epochs = [change["epoch"] for change in changes]
    assert epochs[0] == 0
    assert epochs == sorted(set(epochs))
    assert epochs[-1] < schedule["epochs"]

    sgd = RESULTS["constants"]["paper"]["sgd"]
    rates = [change["learning_rate"] for change in changes]
    steps = [late / early for early, late in pairwise(rates) if late != early]
    assert rates[0] == sgd["learning_rate"]
    assert steps == pytest.approx([sgd["drop_factor"]] * sgd["drops"])
    for change in changes:
        assert change["conv1_learning_rate"] <= change["learning_rate"]


@pytest.mark.parametrize(
    "entry",
    [RESULTS["published"]["torchvision"], *RESULTS["successors"].values()],
    ids=lambda entry: entry["weights"],
)
def test_torchvisions_numbers_are_those_that_it_comes_with(entry):
    models = pytest.importorskip("torchvision").models
    weights, version = entry["weights"].split(".")
    meta = getattr(models, weights)[version].meta
    accuracy = meta["_metrics"]["ImageNet-1K"]
    assert entry["parameters"] == meta["num_params"]
    assert entry["gmac"] == meta["_ops"]
    assert [entry[key] for key in ACCURACIES] == [accuracy["acc@1"], accuracy["acc@5"]]
    if "smallest_image" in entry:
        assert (entry["smallest_image"],) * 2 == meta["min_size"]


def test_what_benchmarks_recorded_is_whole():
    folder = files("alexnet_lib.data") / "measured"
    names = [file.name.removesuffix(".json") for file in folder.iterdir()]
    assert names
    for name in names:
        found = data.measurements(name)
        assert set(found) == {"machine", "figures"}
        assert {"cpu", "cores", "torch", "date", "load"} <= set(found["machine"])
    with pytest.raises(ValueError, match=r"no benchmark 'speed': ask for one of .*lrn"):
        data.measurements("speed")
