"""What a run reports: in a log, on a terminal, in a notebook, in files."""

import ast
import errno
import io
import json
import math
import os
import random
import sys
import termios
import time
import types
from inspect import signature
from pathlib import Path
from unittest.mock import Mock, call

import nbformat
import pytest
import tqdm.std
from nbclient import NotebookClient

import alexnet_lib
from alexnet_lib.plots import Picture
from alexnet_lib.training.progress import Report, Reports, files, report, report_for
from alexnet_lib.training.progress.files import Metrics, TensorBoard
from alexnet_lib.training.progress.notebook import Notebook, moving_average
from alexnet_lib.training.progress.report import Lines, format_epoch
from alexnet_lib.training.progress.terminal import Bar, Counter

ROW = {
    "epoch": 2,
    "rate": 0.01,
    "loss": 0.41234,
    "accuracy": 0.85216,
    "test_loss": 0.39,
    "test_accuracy": 0.86,
    "test_top5_accuracy": 0.99,
    "seconds": 12.4,
    "images_per_second": 4812.3,
    "waiting": 0.01,
    "of_ceiling": None,
}
METHODS = [name for name in vars(Report) if not name.startswith("_")]


class Stream(io.StringIO):
    """A terminal or a log with an encoding of its own."""

    encoding = None

    def __init__(self, encoding="utf-8", terminal=True):
        super().__init__()
        self.encoding = encoding
        self.terminal = terminal

    def isatty(self):
        return self.terminal

    def frames(self):
        """Return what was drawn, one line after the other."""
        return [frame.rstrip(" ") for frame in self.getvalue().split("\r")]

    def screen(self):
        """Return the lines that the terminal shows in the end."""
        lines = []
        for text in self.getvalue().split("\n"):
            line = ""
            for part in text.split("\r"):
                line = part + line[len(part) :]
            lines.append(line.rstrip(" "))
        return lines


@pytest.fixture
def clock(monkeypatch):
    """Time that passes only by clock.now += 1."""
    hand = types.SimpleNamespace(now=100.0)
    monkeypatch.setattr(time, "monotonic", lambda: hand.now)
    monkeypatch.setattr(tqdm.std, "time", lambda: hand.now)
    return hand


@pytest.fixture
def terminal():
    """Make streams that are a terminal of so many columns."""
    ends = os.openpty()

    def make(columns, encoding="utf-8"):
        termios.tcsetwinsize(ends[1], (25, columns))
        stream = Stream(encoding)
        stream.fileno = lambda: ends[1]
        return stream

    yield make
    for end in ends:
        os.close(end)


@pytest.fixture
def plain_place(monkeypatch):
    """Neither one of several processes, nor a terminal."""
    monkeypatch.delenv("RANK", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stdout", Stream(terminal=False))
    monkeypatch.setattr(report, "in_kernel", lambda: False)


# Which report


def test_the_place_decides_which_report_it_is(plain_place, monkeypatch):
    assert type(report_for()) is Lines
    monkeypatch.setattr(sys, "stdout", Stream(terminal=True))
    assert type(report_for()) is Bar
    monkeypatch.setenv("TERM", "dumb")
    assert type(report_for()) is Lines
    monkeypatch.setattr(report, "in_kernel", lambda: True)
    assert type(report_for()) is Notebook


def test_a_choice_is_taken_and_a_report_is_used_as_it_is(plain_place):
    kinds = {"none": Report, "lines": Lines, "bar": Bar, "notebook": Notebook}
    assert {choice: type(report_for(choice)) for choice in kinds} == kinds
    mine = Report()
    assert report_for(mine, "anywhere") is mine
    with pytest.raises(ValueError, match=r'"auto", "none", .* but \'loud\' was given'):
        report_for("loud")


def test_a_folder_adds_files(plain_place, tmp_path, monkeypatch):
    monkeypatch.setattr(report, "find_spec", lambda name: None)  # TensorBoard isn't there
    assert [type(one) for one in report_for("none", tmp_path).all] == [Report, Metrics]


def test_only_the_first_of_several_processes_reports(plain_place, tmp_path, monkeypatch):
    monkeypatch.setenv("RANK", "1")
    silent = report_for("lines", tmp_path)
    silent.steps(1, 1, [2.0], None)
    assert type(silent) is Report
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", [Lines, Bar, Notebook, Metrics, TensorBoard])
def test_every_report_has_every_method_with_the_same_arguments(kind):
    assert set(METHODS) == {"resume_at", "begin", "steps", "epoch", "say", "end"}
    for name in METHODS:
        assert signature(getattr(kind, name)) == signature(getattr(Report, name)), name


@pytest.mark.parametrize("method", METHODS)
def test_several_reports_get_the_same_calls_in_order(method):
    calls = []

    def note(name):
        return types.SimpleNamespace(**{method: lambda *words: calls.append((name, *words))})

    getattr(Reports([note("a"), note("b")]), method)("some", "words")
    assert calls == [("a", "some", "words"), ("b", "some", "words")]


# Words


def test_durations_are_said_as_people_say_them():
    seconds = (0.04, 8.44, 9.97, 59.4, 59.6, 65, 3599.7, 7800, 360000)
    words = "0.0 s, 8.4 s, 10 s, 59 s, 1 min 00 s, 1 min 05 s, 1 h 00 min, 2 h 10 min, 100 h 00 min"
    assert ", ".join(map(report.duration, seconds)) == words


def test_a_row_in_words():
    assert format_epoch(ROW, 10) == (
        "epoch 2 of 10: loss 0.412, accuracy 85.2 %; test loss 0.390, accuracy 86.0 %;"
        " 4,812 img/s, 12 s"
    )
    assert "4,812 img/s, 40 % waiting for data, 12 s" in format_epoch({**ROW, "waiting": 0.4})
    with_ceiling = format_epoch({**ROW, "of_ceiling": 0.538})
    assert "4,812 img/s, 54 % of ceiling, 12 s" in with_ceiling
    assert len(with_ceiling) <= 110
    assert format_epoch({"epoch": 1, "loss": math.nan}) == "epoch 1: loss nan"


def test_every_sign_beyond_ascii_that_the_package_says_has_a_replacement():
    root = Path(alexnet_lib.__file__).parent
    speakers = [root / "cli.py", *root.glob("commands/*.py"), *root.glob("data/*.py")]
    speakers += root.glob("training/progress/*.py")
    names = ("checkpoints", "devices", "resuming", "trainer", "trials")
    speakers += [root / "training" / f"{name}.py" for name in names]
    signs = {
        sign
        for file in speakers
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for sign in node.value
        if ord(sign) > 126
    }
    assert {"✓", "…", "×"} <= signs <= set(report.SIGNS)


def test_signs_that_an_encoding_lacks_are_replaced_and_others_kept():
    text = "✓ 3 × 3 → naïve… 好"
    assert report.encodable(text, "utf-8") == text
    assert report.encodable(text, "latin-1") == "ok 3 × 3 -> naïve... ?"
    assert report.encodable(text, "ascii") == "ok 3 x 3 -> na?ve... ?"


# Lines and the bar


def report_run(to, clock, epochs=2, steps=40, seconds=0.05):
    """Report a run to a report; only its steps take time."""
    to.begin("cpu: fp32", epochs, steps)
    for step in range(1, epochs * steps + 1):
        clock.now += seconds
        to.steps((step - 1) // steps + 1, step, [2.0 / step], 1234.5)
        if step % steps == 0:
            to.epoch({"epoch": step // steps, "loss": 0.5})
    to.end([])


def test_lines_are_few_and_whole(clock):
    stream = Stream(terminal=False)
    report_run(Lines(stream), clock, epochs=2, steps=400, seconds=1 / 16)  # 50 seconds
    lines = stream.getvalue().splitlines()
    assert lines[0] == "cpu: fp32"
    assert lines[1] == "epoch 1/2, step 160/400, loss 0.013, 40 s left, 1,234 img/s"
    assert "epoch 1 of 2: loss 0.500" in lines
    assert len(lines) <= 1 + 2 + 5  # one in ten seconds, and one for each epoch
    assert "\r" not in stream.getvalue()


def test_the_bar_is_drawn_ten_times_a_second_at_most(clock):
    stream = Stream()
    report_run(Bar(stream), clock, steps=400, seconds=0.004)  # 3.2 seconds
    drawn = [frame for frame in stream.frames() if "step" in frame]
    assert 20 <= len(drawn) <= 33 + 2  # it is drawn once more below the row of each epoch


def test_the_bar_tells_step_loss_pace_and_time_left(clock, terminal):
    stream = terminal(100)
    bar = Bar(stream)
    bar.begin("cpu: fp32", 2, 50)
    for step in range(1, 76):
        clock.now += 0.2
        bar.steps((step - 1) // 50 + 1, step, [0.3, 0.5], 4812.3)
    *above, last = stream.screen()
    assert above == ["cpu: fp32"]
    text = "epoch 2/2  step 25/50  loss 0.400  5.0 s left  4,812 img/s  "
    assert last.startswith(text + "█")
    assert 0.7 < len(last.removeprefix(text)) / (100 - len(text)) < 0.8  # 75 of 100 steps
    bar.epoch(ROW)
    assert stream.screen() == ["cpu: fp32", format_epoch(ROW, 2), last]  # it stays, above
    bar.end([])
    bar.end([])
    assert stream.screen() == ["cpu: fp32", format_epoch(ROW, 2), ""]  # nothing is left of it


def test_time_left_counts_from_where_a_run_went_on(clock):
    lines = Lines(Stream(), every=0)
    lines.begin("cpu", 10, 100)
    for step in (901, 911, 921):
        clock.now += 1
        lines.steps(10, step, [0.1], None)
    assert lines.stream.getvalue().splitlines()[1:] == [
        "epoch 10/10, step 1/100, loss 0.100",
        "epoch 10/10, step 11/100, loss 0.100, 8.9 s left",
        "epoch 10/10, step 21/100, loss 0.100, 7.9 s left",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
def test_the_bar_fits_every_terminal(encoding, clock, monkeypatch, terminal):
    parts = ["epoch 2/10", "step 45/79", "loss 0.412", "1 min 05 s left", "4,812 img/s"]
    monkeypatch.setattr(Bar, "step_parts", lambda self, *arguments: parts)
    before = 0
    for columns in range(10, 160):
        bar = Bar(terminal(columns, encoding))
        bar.steps(1, 1, [0.0], None)
        line = bar.stream.getvalue().lstrip("\r")
        line.encode(encoding)  # a UnicodeEncodeError if it can't
        bar.end([])
        assert len(line) <= columns
        shown = sum(part in line for part in parts)
        assert shown >= before  # a wider terminal shows no less
        before = shown
        assert shown >= (columns >= 12) + (columns >= 24) + (columns >= 36)  # epoch, step, loss
    assert before == len(parts)


class Gone(Stream):
    """A terminal that is no longer there."""

    def write(self, text):
        raise BrokenPipeError(32, "Broken pipe")


@pytest.mark.parametrize("kind", [Lines, Bar])
def test_a_reader_that_has_gone_does_not_end_the_run(kind, clock):
    report_run(kind(Gone()), clock)
    closed = Stream()
    closed.close()
    report_run(kind(closed), clock)


# The counter of the commands


def count(stream, clock):
    """Count 1,000 images, of which 400 were there, in 37.5 seconds."""
    counter = Counter("images", stream)
    for done in range(400, 1001):
        clock.now += 1 / 16
        counter(done, 1000)
    counter.clear()


def test_a_counter_on_a_terminal_is_one_line(clock, terminal):
    stream = terminal(80, "ascii")
    count(stream, clock)
    frames = stream.frames()
    assert 100 < len(frames) <= 380
    assert any(
        frame.startswith("700 of 1,000 images, 16.00 images/s, 00:18 left  ##") for frame in frames
    )
    assert stream.screen() == [""]


def test_a_counter_in_a_log_is_some_lines(clock):
    stream = Stream("ascii", terminal=False)
    count(stream, clock)
    lines = stream.getvalue().splitlines()
    assert 4 <= len(lines) <= 5
    assert lines[-1] == "1,000 of 1,000 images, 16.00 images/s, 00:00 left"
    assert not {"\r", "\x1b", "#"} & set(stream.getvalue())


@pytest.mark.parametrize("terminal", [True, False])
def test_a_counter_needs_neither_a_reader_nor_a_total(terminal, clock):
    count(Gone(terminal=terminal), clock)
    nothing = Stream(terminal=terminal)
    counter = Counter("images", nothing)
    counter(0, 0)
    counter.clear()
    assert nothing.getvalue() == ""


# Metrics


def read_rows(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    return [json.loads(line, parse_constant=pytest.fail) for line in lines]  # NaN is not JSON


def test_metrics_are_lines_of_json_at_once(tmp_path):
    metrics = Metrics(tmp_path / "run")
    metrics.resume_at(0)
    metrics.begin("cpu", 2, 3)
    metrics.steps(1, 3, [2.0, math.nan, math.inf], 100.04)
    path = tmp_path / "run" / "metrics.jsonl"
    assert read_rows(path) == [
        {"step": 1, "loss": 2.0},
        {"step": 2, "loss": None},
        {"step": 3, "loss": None, "images_per_second": 100.0},
    ]
    metrics.epoch({**ROW, "epoch": 1, "loss": math.nan})
    assert read_rows(path)[-1] == {**ROW, "epoch": 1, "step": 3, "loss": None}
    metrics.steps(2, 3, [], 100.0)  # nothing new
    assert len(read_rows(path)) == 4


@pytest.mark.parametrize("seed", range(5))
def test_after_any_kills_and_resumes_each_step_is_there_once(tmp_path, seed):
    """With checkpoints at some steps and kills at others, each of which tears the last line."""
    draw = random.Random(seed)
    path, steps, per_epoch = tmp_path / "metrics.jsonl", 60, 10
    kept = done = 0
    while done < steps:
        metrics = Metrics(tmp_path)
        done = kept
        metrics.resume_at(kept)
        killed = draw.randint(kept + 1, 2 * steps)
        while done < min(killed, steps):
            flush = min(draw.randint(1, 5), steps - done, per_epoch - done % per_epoch)
            done += flush
            metrics.steps((done - 1) // per_epoch + 1, done, [1 / done] * flush, None)
            if done % per_epoch == 0:
                metrics.epoch({"epoch": done // per_epoch})
            if draw.random() < 0.3:
                kept = done
        if done < steps:
            with open(path, "a", encoding="utf-8") as file:
                file.write('{"step": 9')
    rows = read_rows(path)
    assert [row["step"] for row in rows if "epoch" not in row] == list(range(1, steps + 1))
    assert [row["epoch"] for row in rows if "epoch" in row] == list(range(1, 7))
    assert [path.name for path in tmp_path.iterdir()] == ["metrics.jsonl"]


def test_a_full_disk_is_said_once_and_the_run_goes_on(tmp_path, capsys):
    (tmp_path / "run").write_text("a file where the folder should be")
    metrics = Metrics(tmp_path / "run")
    metrics.steps(1, 1, [2.0], None)
    metrics.steps(1, 2, [2.0], None)
    metrics.epoch(ROW)
    errors = capsys.readouterr().err
    assert errors.count("\n") == 1
    assert "the run goes on without metrics" in errors


def test_no_room_to_cut_leaves_the_metrics_whole(tmp_path, capsys, monkeypatch):
    Metrics(tmp_path).steps(1, 2, [2.0, 1.0], None)

    def full(*arguments, **settings):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files, "write_atomic", full)
    Metrics(tmp_path).resume_at(1)
    assert "No space left on device" in capsys.readouterr().err
    assert len(read_rows(tmp_path / "metrics.jsonl")) == 2


# TensorBoard, which need not be installed


def test_tensorboard_gets_the_same_figures(tmp_path, monkeypatch):
    tensorboard = Mock()
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", tensorboard)
    monkeypatch.setattr(report, "find_spec", lambda name: name)
    monkeypatch.delenv("RANK", raising=False)
    board = report_for("none", tmp_path).all[-1]
    assert type(board) is TensorBoard
    board.resume_at(7)
    board.steps(1, 9, [0.5, 0.25], 100.0)
    board.epoch({"epoch": 1, "loss": 0.4, "test_loss": None})
    board.end([])
    board.end([])
    opened = call.SummaryWriter(str(tmp_path), purge_step=8)
    writer = call.SummaryWriter()
    assert tensorboard.mock_calls == [
        opened,
        writer.add_scalar("loss/step", 0.5, 8),
        writer.add_scalar("loss/step", 0.25, 9),
        writer.add_scalar("images_per_second", 100.0, 9),
        writer.add_scalar("epoch/loss", 0.4, 9),
        writer.close(),
    ]


# The notebook


@pytest.fixture
def places(monkeypatch):
    """For each place below the cell, the list of what it has shown."""
    shown = []

    def display(thing, display_id, raw=False):
        versions = [thing]
        shown.append(versions)
        return types.SimpleNamespace(update=lambda thing, raw=False: versions.append(thing))

    monkeypatch.setattr("IPython.display.display", display)
    return shown


def epoch_row(number, accuracy):
    test = {"test_loss": 2.0, "test_accuracy": accuracy - 0.1}
    return {"epoch": number, "loss": 1.0, "accuracy": accuracy, **test}


def test_the_plot_is_live_and_ends_as_pictures(places, clock, capsys):
    notebook = Notebook()
    notebook.begin("cpu: fp32", 2, 30)
    for step in range(1, 61):
        clock.now += 0.25
        notebook.steps((step - 1) // 30 + 1, step, [2.4 / step], 1000.0)
        if step % 30 == 0:
            notebook.epoch(epoch_row(step // 30, 0.3 * step / 30))
    assert 2 * 10 <= sum(map(len, places)) <= 2 * 15 + 5  # once a second, a line and a picture
    history = [epoch_row(1, 0.3), epoch_row(2, 0.6)]
    notebook.end(history)
    line, loss, accuracy = (versions[-1] for versions in places)
    last = "epoch 2 of 2: loss 1.000, accuracy 60.0 %; test loss 2.000, accuracy 50.0 %"
    assert line == {"text/plain": last}
    assert isinstance(loss, Picture)
    assert isinstance(accuracy, Picture)
    assert "loss against epochs, from 0.0333 to 2: training goes from 2.4 to 0.04" in loss.alt
    assert "accuracy in % against epochs, from 1 to 2: training goes from 30 to 60" in accuracy.alt
    assert "test goes from 20 to 50" in accuracy.alt
    assert capsys.readouterr().out == "cpu: fp32\n"


def test_one_epoch_is_enough_for_a_plot(places, clock):
    notebook = Notebook()
    notebook.begin("cpu", 1, 5)
    for step in range(1, 6):
        notebook.steps(1, step, [3.0 - step / 2], 100.0)
    notebook.epoch(epoch_row(1, 0.5))
    notebook.end([epoch_row(1, 0.5)])
    line, loss = (versions[-1] for versions in places)
    assert "accuracy 50.0 %" in line["text/plain"]
    assert "training goes from 2.5 to 0.5" in loss.alt


@pytest.mark.parametrize("losses", [[], [2.0], [math.nan, math.inf, 1.0]])
def test_what_can_not_be_drawn_is_left_out(places, clock, losses):
    notebook = Notebook(every=0)
    notebook.begin("cpu", 1, 5)
    clock.now += 1
    notebook.steps(1, len(losses), losses, None)
    notebook.end([])
    assert not any(isinstance(thing, Picture) for versions in places for thing in versions)


def test_drawing_that_takes_long_is_done_seldom(places, clock, monkeypatch):
    def slow(self):
        clock.now += 0.5

    monkeypatch.setattr(Notebook, "loss_plot", slow)
    monkeypatch.setattr(Notebook, "accuracy_plot", lambda self: None)
    notebook = Notebook()
    notebook.begin("cpu", 1, 1000)
    start = clock.now
    drawn = 0
    for step in range(1, 1001):
        clock.now += 0.1
        before = clock.now
        notebook.steps(1, step, [1.0], None)
        drawn += clock.now - before
    assert 0 < drawn / (clock.now - start) < 0.06


def test_losses_are_smoothed_at_few_places():
    assert moving_average([1, 2, 3], [3.0, 2.0, 1.0]) == ([1, 2, 3], [3.0, 2.0, 1.0])
    values = [1.0 + (-1) ** i for i in range(1000)]
    x, means = moving_average(range(1, 1001), values)
    assert len(x) == len(means) <= 100
    assert x[-1] == 1000
    assert list(x) == sorted(x)
    assert all(abs(mean - 1) < 0.05 for mean in means[10:])


def test_a_notebook_keeps_the_pictures_with_their_text(tmp_path, monkeypatch):
    """In a real kernel, outputs are updated in place, and what stays is static."""
    monkeypatch.delenv("RANK", raising=False)
    source = "\n".join(
        [
            "from alexnet_lib.training.progress import report_for",
            "report = report_for('auto', '.')",
            "assert type(report.all[0]).__name__ == 'Notebook', report",
            "report.all[0].every = 0",
            "report.begin('cpu: fp32', 2, 20)",
            "rows = [dict(epoch=e, loss=1 / e, accuracy=e / 4) for e in (1, 2)]",
            "for step in range(1, 41):",
            "    report.steps((step - 1) // 20 + 1, step, [4 / step], 500.0)",
            "    if step % 20 == 0: report.epoch(rows[step // 20 - 1])",
            "report.end(rows)",
        ]
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    root = str(Path(alexnet_lib.__file__).parents[1])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([root, os.environ.get("PYTHONPATH", "")]))
    client = NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(tmp_path)}})
    client.execute()
    outputs = notebook.cells[0].outputs
    assert [output.output_type for output in outputs] == ["stream"] + 3 * ["display_data"]
    line, *pictures = outputs[1:]
    assert line.data == {"text/plain": "epoch 2 of 2: loss 0.500, accuracy 50.0 %"}
    for picture, words in zip(
        pictures, ("training goes from 4 to 0.1", "training goes from 25 to 50"), strict=True
    ):
        assert set(picture.data) == {"image/png", "text/plain"}
        assert words in picture.metadata["image/png"]["alt"]
    assert len(read_rows(tmp_path / "metrics.jsonl")) == 42
