"""alexnet export-quiz: which files it writes, and what it refuses."""

import sys

import pytest

from alexnet_lib.data import quizzes
from alexnet_lib.data.quizzes import quiz_names, read_quiz
from alexnet_lib.data.quizzes.canvas import canvas_package
from alexnet_lib.data.quizzes.moodle import gift_text, moodle_xml


def test_a_lesson_is_named_with_or_without_its_part(alexnet, tmp_path):
    folder = tmp_path / "for" / "canvas"
    names = ("convolution", "blocks/pooling")
    result = alexnet("export-quiz", *names, "--to", "canvas", "--out", folder)
    assert (result.code, result.err) == (0, "")
    files = ["convolution-en-canvas.zip", "pooling-en-canvas.zip"]
    assert sorted(file.name for file in folder.iterdir()) == files
    assert f"{folder / files[0]}: {len(read_quiz('convolution'))} questions\n" in result.out
    assert "QTI .zip" in result.out
    assert (folder / files[1]).read_bytes() == canvas_package(
        "pooling", "Quiz: pooling", read_quiz("pooling"), "en"
    )


def test_all_quizzes_in_chinese_for_moodle(alexnet, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for to, make, ending in (("moodle", moodle_xml, "moodle.xml"), ("gift", gift_text, "gift.txt")):
        result = alexnet("export-quiz", "--to", to, "--lang", "zh")
        assert result.code == 0
        for name in quiz_names():
            written = (tmp_path / "quizzes" / f"{name}-zh-{ending}").read_text("utf-8")
            title = f"小测验：{name.replace('_', ' ')}"
            assert written == make(name, title, read_quiz(name), "zh")
    assert len(list((tmp_path / "quizzes").iterdir())) == 2 * len(quiz_names())


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["convolution"], "--to must be one of canvas, moodle, gift, and it is missing."),
        (["--to", "moodl"], "not 'moodl' (did you mean moodle?)"),
        (["--to", "gift", "--lang", "de"], "--lang must be one of en, zh, not 'de'."),
        (["pooling", "convolutoin", "--to", "gift"], "There is no quiz 'convolutoin' (did you"),
        (["--to", "gift", "--out", __file__], "is a file: name a folder with --out."),
    ],
)
def test_what_it_refuses_in_one_sentence(alexnet, words, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = alexnet("export-quiz", *words)
    assert result.code == 2 and result.out == ""
    assert sentence in result.err and result.err.count("\n") == 1
    assert not any(tmp_path.iterdir())


def test_a_fault_in_a_quiz_and_a_missing_package_are_said(alexnet, tmp_path, monkeypatch):
    (tmp_path / "own.yml").write_text("- id: a\n  kind: riddle\n")
    monkeypatch.setattr(quizzes, "FOLDERS", (tmp_path,))
    result = alexnet("export-quiz", "own", "--to", "gift", "--out", tmp_path / "out")
    assert result.code == 2
    assert "book/quizzes/own.yml, question a, kind: it is one of" in result.err
    monkeypatch.setitem(sys.modules, "yaml", None)
    result = alexnet("export-quiz", "own", "--to", "gift", "--out", tmp_path / "out")
    assert result.code == 2 and "PyYAML" in result.err
    assert not (tmp_path / "out").exists()
