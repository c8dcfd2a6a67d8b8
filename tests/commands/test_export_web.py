"""alexnet export-web: a run as two files for the page, and what it refuses."""

import json

import numpy as np
import pytest
import torch
from torch import nn

from alexnet_lib.commands import export_web
from alexnet_lib.commands.runs import open_run


def test_a_run_becomes_a_plan_and_its_weights(train, alexnet, tmp_path):
    run = train("--epochs", 1).folder
    folder = tmp_path / "for" / "page"
    result = alexnet("export-web", run, "--out", folder, "--title", "My own")
    assert (result.code, result.err) == (0, "")
    assert str(folder / "run.json") in result.out and "My own, 0.0 MB" in result.out
    assert sorted(file.name for file in folder.iterdir()) == ["run.bin", "run.json"]
    plan = json.loads((folder / "run.json").read_text("utf-8"))
    weights = np.fromfile(folder / "run.bin", "<f2")
    trainer, _ = open_run(run, "test")
    model = trainer.eval_model()
    assert weights.size == sum(p.numel() for p in model.parameters())
    first = model.layer("conv1").weight.detach().numpy()
    assert np.array_equal(weights[: first.size], first.ravel().astype(np.float16))
    assert (plan["name"], plan["title"]) == ("run", "My own")
    assert plan["classes"] == list(trainer.inputs["classes"])
    # as the trainer prepares a picture: (pixel / 255 - mean) / std
    picture, pixel = plan["input"], 200
    ours = (pixel - picture["mean"][0]) / picture["scale"][0]
    theirs = (pixel / 255 - trainer.inputs["mean"][0]) / trainer.inputs["std"][0]
    assert ours == pytest.approx(theirs)
    assert (picture["channels"], picture["side"]) == (1, trainer.inputs["size"])
    # again, with another name, into the same folder
    (checkpoint,) = run.glob("step-*")
    result = alexnet("export-web", checkpoint, "--out", folder, "--name", "again")
    assert (folder / "again.bin").read_bytes() == (folder / "run.bin").read_bytes()
    assert "AlexNet “small” from run" in result.out


def test_a_bundled_network_is_known_by_name(alexnet, tmp_path):
    result = alexnet("export-web", "squeezenet", "--out", tmp_path)
    assert result.code == 0 and "SqueezeNet 1.1, 2.5 MB" in result.out
    plan = json.loads((tmp_path / "squeezenet.json").read_text("utf-8"))
    assert len(plan["classes"]) == 1000 and plan["licence"] == "BSD 2-Clause"


def test_pictures_larger_than_a_crop_are_cut_in_the_page_too():
    inputs = {"shape": (3, 256, 300), "size": 224, "mean": (0.5,) * 3, "std": (0.25,) * 3}
    settings = export_web.as_pixels(inputs | {"classes": ("a", "b")})
    assert (settings["side"], settings["square"]) == (224, 256)
    assert settings["mean"] == [127.5] * 3 and settings["scale"] == [63.75] * 3


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nowhere"], "There is no run nowhere: name the folder that alexnet train wrote"),
        (["squeznet"], "There is no run squeznet (did you mean squeezenet?)"),
        (["squeezenet", "--name", "../x"], "--name is of letters, digits, - and _"),
        (["squeezenet", "--out", __file__], "is a file: name a folder with --out"),
        ([], "NETWORK is missing"),
    ],
)
def test_what_it_refuses_in_one_sentence(alexnet, words, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = alexnet("export-web", *words)
    assert result.code == 2 and result.out == ""
    assert sentence in result.err and result.err.count("\n") == 1
    assert not any(tmp_path.iterdir())


def test_a_layer_that_the_page_cannot_compute_is_named(train, alexnet, tmp_path, monkeypatch):
    run = train("--epochs", 1).folder
    trainer, path = open_run(run, "test")
    trainer.model.features.relu1 = nn.SiLU()
    monkeypatch.setattr(export_web, "open_run", lambda *_: (trainer, path))
    result = alexnet("export-web", run, "--out", tmp_path / "web")
    assert result.code == 2 and not (tmp_path / "web").exists()
    assert "can't compute the layer 'relu1' (SiLU)" in result.err


def test_weights_that_are_no_run_are_refused(alexnet, tmp_path):
    torch.save({"a": torch.zeros(1)}, tmp_path / "weights.pt")
    result = alexnet("export-web", tmp_path / "weights.pt", "--out", tmp_path / "web")
    assert result.code == 2 and "is no checkpoint" in result.err
