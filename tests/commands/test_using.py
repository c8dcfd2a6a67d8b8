"""alexnet evaluate and predict: on runs, on checkpoints, and on wrong input."""

import csv
import shutil

import numpy as np
import pytest
import torch
from PIL import Image

from alexnet_lib.commands import predict as command
from alexnet_lib.commands.confusion import accuracy_lines, check_files
from alexnet_lib.data import animal, photo, sources


@pytest.fixture
def run(train, monkeypatch):
    """The folder of a finished run."""
    result = train("--epochs", 2)
    assert result.code == 0, result.err
    return result.folder


def picture(mode):
    """Return a picture in one of Pillow's modes, wider than high."""
    image = Image.fromarray(photo("cat")).crop((0, 0, 90, 60))
    if mode == "I;16":
        return Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257)
    return image.convert(mode)


def width(path):
    """Return the width of a picture in a file, in pixels."""
    with Image.open(path) as image:
        return image.size[0]


def percentages(text):
    return [float(line.split("%")[0]) for line in text.splitlines() if line.startswith("  ")]


# evaluate


def test_evaluation_prints_the_accuracy_of_the_run(run, alexnet):
    result = alexnet("evaluate", run)
    assert result.code == 0
    assert not result.err
    head, data, accuracy, top5, _loss = result.out.splitlines()
    assert head.startswith(f"{run}/best-")
    assert "small, after " in head
    assert data == "synthetic, 20 test images, the centre of each:"
    assert accuracy.startswith("  accuracy ")
    assert float(accuracy.split()[1]) <= float(top5.split()[2]) <= 100


def test_one_checkpoint_can_be_named(run, alexnet):
    (newest,) = run.glob("step-00000008.*")
    result = alexnet("evaluate", newest, "--ten-crop")
    assert result.out.splitlines()[0] == f"{newest}, small, after 2 epochs"
    assert "20 test images, ten crops each:" in result.out


def test_a_damaged_checkpoint_is_named_and_the_one_before_taken(run, alexnet):
    for best in run.glob("best-*"):
        best.write_bytes(b"torn")
    newest = max(run.glob("step-*"))
    newest.write_bytes(newest.read_bytes()[:1000])
    result = alexnet("evaluate", run)
    assert result.code == 0
    assert f"{run}/step-00000004" in result.out.splitlines()[0]
    assert newest.name in result.err
    assert result.err.count("\n") == 2


def test_other_data_must_have_the_same_classes(run, alexnet, monkeypatch):
    make = sources.synthetic
    monkeypatch.setitem(
        sources.SOURCES, "fashion-mnist", lambda: make((1, 28, 28), 10, count=20, test=30)
    )
    assert "synthetic, 30 test images" in alexnet("evaluate", run, "--data", "fashion-mnist").out
    monkeypatch.setitem(sources.SOURCES, "cifar-10", lambda: make((1, 28, 28), 4, count=9, test=9))
    result = alexnet("evaluate", run, "--data", "cifar-10")
    assert result.code == 2
    assert "knows 10 classes" in result.err
    assert "has 4 classes" in result.err


def test_without_a_test_set_the_training_images_are_evaluated(run, alexnet, monkeypatch):
    whole = sources.SOURCES["synthetic"]
    monkeypatch.setitem(sources.SOURCES, "synthetic", lambda: whole()._replace(test=None))
    assert "synthetic, 64 training images" in alexnet("evaluate", run).out


def test_the_confusion_matrix_is_written_as_a_picture_and_as_a_table(run, alexnet, tmp_path):
    table, drawn = tmp_path / "table.csv", tmp_path / "drawn.PNG"
    result = alexnet("evaluate", run, "--confusion", table, "--confusion", drawn)
    assert (result.code, result.err) == (0, "")
    lines = result.out.splitlines()
    accuracy = float(lines[2].split()[1])
    head, *rows = csv.reader(table.read_text("utf-8").splitlines())
    classes = [f"pattern {i}" for i in range(10)]
    assert head == ["is / labelled", *classes]
    assert [row[0] for row in rows] == classes
    matrix = np.array([row[1:] for row in rows]).astype(int)  # (10, 10)
    _, test = sources.SOURCES["synthetic"]()
    assert matrix.sum(1).tolist() == np.bincount(test.labels, minlength=10).tolist()
    assert 100 * matrix.trace() / 20 == pytest.approx(accuracy)
    assert width(drawn) > 600
    assert lines[5] == "Each class, and its most frequent mistake:"
    for line, name, row, i in zip(lines[6:], classes, matrix, range(10), strict=True):
        assert line.startswith(f"  {name}  {100 * row[i] / row.sum():6.2f} %")
        if row[i] < row.sum():
            row[i] = 0
            assert line.endswith(f" % {classes[row.argmax()]}")


def test_each_class_can_be_asked_for_alone_and_of_many_the_worst_are_printed():
    matrix = np.diag(np.arange(30))  # the first class has no image
    matrix[5, 7] = 20
    lines = accuracy_lines(matrix, [f"class {i}" for i in range(30)])
    assert lines[0] == "The 20 classes of 30 with the lowest accuracy, and their mistakes:"
    assert lines[1] == "  class 5    20.00 %   80.00 % class 7"
    assert len(lines) == 21
    assert accuracy_lines(np.eye(2, dtype=int), ["a", "b"])[1:] == [
        "  a  100.00 %",
        "  b  100.00 %",
    ]


def test_a_confusion_matrix_that_can_not_be_written_is_refused_first(run, alexnet, tmp_path):
    for file, message in (
        (tmp_path / "table.txt", "end the name in .png or .csv, not 'table.txt'"),
        (tmp_path / "no" / "table.csv", "can't be written: give a file in a folder that exists"),
    ):
        result = alexnet("evaluate", run, "--confusion", file)
        assert (result.code, result.out) == (2, "")
        assert message in result.err
        assert result.err.count("\n") == 1
    with pytest.raises(ValueError, match="of 200 classes is too wide for a picture: give a file"):
        check_files([tmp_path / "wide.png"], [f"class {i}" for i in range(200)], 50)


@pytest.mark.parametrize("name", ["evaluate", "predict"])
def test_what_is_no_run_is_answered_in_one_sentence(alexnet, tmp_path, name):
    more = ["x.png"] if name == "predict" else []
    (tmp_path / "file.pt").write_text("no checkpoint")
    torch.save({}, tmp_path / "step-00000001.0123456789abcdef.pt")
    for path in ("nowhere", tmp_path / "file.pt", tmp_path):
        result = alexnet(name, path, *more)
        assert result.code == 2
        last = result.err.splitlines()[-1]
        assert last.startswith(f"alexnet {name}: ")
        assert len(result.err.splitlines()) <= 2  # one for the damaged checkpoint


def test_a_run_of_a_network_that_the_command_did_not_make(alexnet, tmp_path):
    from alexnet_lib.training import checkpoints

    path = checkpoints.save(tmp_path, {"model": {}, "about": {}}, 1)
    result = alexnet("evaluate", path)
    assert result.code == 2
    assert "doesn't say which network it belongs to" in result.err


# predict


@pytest.mark.parametrize("mode", ["RGB", "L", "1", "P", "RGBA", "LA", "CMYK", "I;16"])
def test_images_of_any_kind_get_five_classes(run, alexnet, tmp_path, mode):
    path = tmp_path / f"an image.{'tif' if mode in ('CMYK', 'I;16') else 'png'}"
    picture(mode).save(path)
    result = alexnet("predict", run, path)
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines()[0] == str(path)
    shares = percentages(result.out)
    assert len(shares) == 5
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) <= 100.5


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 2), (28, 28), (500, 375)])
def test_images_of_any_size(run, alexnet, tmp_path, size):
    Image.new("RGB", size, "red").save(tmp_path / "one.png")
    assert len(percentages(alexnet("predict", run, tmp_path / "one.png").out)) == 5


def test_a_file_that_is_no_image_gets_a_sentence_and_the_others_their_answer(
    run, alexnet, tmp_path
):
    good = tmp_path / "good.jpg"
    picture("RGB").save(good)
    (tmp_path / "empty.png").touch()
    (tmp_path / "text.jpg").write_text("no image at all")
    (tmp_path / "torn.jpg").write_bytes(good.read_bytes()[:600])
    shutil.copy(good, tmp_path / "last.png")  # another kind than its name says: Pillow looks inside
    names = ["empty.png", "good.jpg", "text.jpg", "torn.jpg", "missing.jpg", "", "last.png"]
    result = alexnet("predict", run, *[tmp_path / name for name in names])
    assert result.code == 2
    answered = [line for line in result.out.splitlines() if not line.startswith("  ")]
    assert answered == [str(good), str(tmp_path / "last.png")]
    bad = result.err.splitlines()
    assert len(bad) == 5
    for name, line in zip(["empty.png", "text.jpg", "torn.jpg", "missing.jpg"], bad, strict=False):
        assert name in line


def test_many_images_are_read_in_batches(run, alexnet, tmp_path, monkeypatch):
    monkeypatch.setattr(command, "BATCH", 3)
    paths = []
    for i in range(7):
        paths.append(tmp_path / f"{i}.png")
        Image.new("L", (28, 28), 30 * i).save(paths[-1])
    batched = alexnet("predict", run, *paths).out
    assert [line for line in batched.splitlines() if line[0] != " "] == list(map(str, paths))
    alone = "".join(alexnet("predict", run, path).out for path in paths)
    assert percentages(alone) == pytest.approx(percentages(batched), abs=0.11)


def test_the_networks_own_images_are_read_as_they_were(run, alexnet, tmp_path):
    """A test image saved as a file is what the network was evaluated on."""
    from alexnet_lib.commands.runs import open_run

    _, test = sources.SOURCES["synthetic"]()
    trainer, _ = open_run(run, "alexnet predict", "cpu")
    for i in range(3):
        path = tmp_path / f"{i}.png"
        Image.fromarray(test.images[i, ..., 0]).save(path)
        images, _ = test.gather([i])  # (1, 1, 28, 28)
        assert torch.equal(command.read_image(trainer.inputs, path), images[0])


def test_without_a_run_squeezenet_says_what_is_in_a_photograph(alexnet, tmp_path):
    """And why: the drawing of what the answer rests on comes with its words."""
    path, drawn = tmp_path / "dog.png", tmp_path / "why.png"
    Image.fromarray(animal("dog")).save(path)
    result = alexnet("predict", path, "--explain", drawn, "--device", "cpu")
    assert (result.code, result.err) == (0, "")
    name, best, *others, words = result.out.splitlines()
    assert name == str(path)
    assert best.split() == [f"{percentages(best)[0]}", "%", "█" * 20, "German", "shepherd"]
    assert percentages(best)[0] == pytest.approx(99, abs=0.5)
    assert len(others) == 4
    assert words.startswith(
        f"{drawn}: A picture of 227 × 227 pixels, in which the network sees Ger"
    )
    assert width(drawn) > 900


def test_a_runs_network_explains_grey_pictures_too(run, alexnet, tmp_path):
    path = tmp_path / "one.png"
    Image.new("L", (40, 30), 99).save(path)
    alone = alexnet("predict", run, path)
    result = alexnet("predict", "--weights", run, path, "--explain", tmp_path / "why.png")
    assert result.code == 0
    assert result.out.startswith(alone.out)
    assert "A picture of 28 × 28 pixels" in result.out
    (tmp_path / "bad.png").write_text("no image")
    result = alexnet("predict", run, tmp_path / "bad.png", "--explain", tmp_path / "no.png")
    assert (result.code, result.err.count("\n")) == (2, 1)
    assert not (tmp_path / "no.png").exists()


def test_torchvisions_network_answers_with_its_own_classes(alexnet, tmp_path, monkeypatch):
    from alexnet_lib.networks import models

    with torch.device("meta"):
        shapes = models.alexnet("torchvision").state_dict()
    weights = {name: torch.zeros(1).expand(like.shape) for name, like in shapes.items()}
    weights["classifier.6.bias"] = 20.0 * (torch.arange(1000) == 281)  # whatever it sees
    monkeypatch.setattr(models, "imagenet_weights", lambda: weights)
    Image.fromarray(photo("cat")).save(tmp_path / "cat.png")
    result = alexnet("predict", "--weights", "imagenet", tmp_path / "cat.png", "--device", "cpu")
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines()[1].endswith(f"{'█' * 20}  tabby")


def test_pretrained_weights_that_can_not_be_loaded_are_a_sentence(alexnet, monkeypatch):
    from torchvision.models import AlexNet_Weights

    def offline(self, **settings):
        raise OSError("no network")

    monkeypatch.setattr(AlexNet_Weights, "get_state_dict", offline)
    result = alexnet("predict", "--weights", "imagenet", "x.png")
    assert result.code == 2
    assert "The ImageNet weights could not be loaded (no network)." in result.err
    assert result.err.count("\n") == 1
