import ast
import errno
import io
import json
import math
import os
import random
import re
import sys
import types
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import alexnet_lib
from alexnet_lib.plots import Picture
from alexnet_lib.training import progress
from alexnet_lib.training.progress import (
    Bar,
    Lines,
    Metrics,
    Notebook,
    Report,
    Reports,
    TensorBoard,
    report_for,
)

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


class Stream(io.StringIO):
    """What was written, with an encoding of its own."""

    def __init__(self, encoding="utf-8", terminal=True):
        super().__init__()
        self._encoding, self.terminal = encoding, terminal

    @property
    def encoding(self):
        return self._encoding

    def isatty(self):
        return self.terminal


@pytest.fixture
def clock(monkeypatch):
    """Time that passes only when it is told to: clock.now += 1."""
    hand = types.SimpleNamespace(now=100.0)
    monkeypatch.setattr(progress.time, "monotonic", lambda: hand.now)
    return hand


@pytest.fixture
def plain_place(monkeypatch):
    """Neither one of several processes, nor a terminal."""
    monkeypatch.delenv("RANK", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stdout", Stream(terminal=False))
    monkeypatch.setattr(progress, "in_kernel", lambda: False)


def shown(stream):
    """The lines that the bar drew, each as the terminal shows it."""
    return stream.getvalue().split("\r\x1b[K")


# Which report


def test_the_place_decides_which_report_it_is(plain_place, monkeypatch):
    assert type(report_for()) is Lines
    monkeypatch.setattr(sys, "stdout", Stream(terminal=True))
    assert type(report_for()) is Bar
    monkeypatch.setenv("TERM", "dumb")
    assert type(report_for()) is Lines
    monkeypatch.setattr(progress, "in_kernel", lambda: True)
    assert type(report_for()) is Notebook


def test_a_choice_is_taken_and_a_report_is_used_as_it_is(plain_place):
    kinds = {"none": Report, "lines": Lines, "bar": Bar, "notebook": Notebook}
    assert {choice: type(report_for(choice)) for choice in kinds} == kinds
    mine = Report()
    assert report_for(mine, "anywhere") is mine
    with pytest.raises(ValueError, match=r'"auto", "none", .* but \'loud\' was given'):
        report_for("loud")


def test_a_folder_adds_files(plain_place, tmp_path, monkeypatch):
    monkeypatch.setattr(progress, "find_spec", lambda name: None)  # TensorBoard isn't there
    kinds = [type(report) for report in report_for("none", tmp_path).all]
    assert kinds == [Report, Metrics]


def test_of_many_processes_the_first_speaks(plain_place, tmp_path, monkeypatch):
    monkeypatch.setenv("RANK", "1")
    report = report_for("lines", tmp_path)
    report.steps(1, 1, [2.0], None)
    assert type(report) is Report
    assert not list(tmp_path.iterdir())


def test_every_report_has_every_method_with_the_same_arguments():
    methods = [name for name in vars(Report) if not name.startswith("_")]
    assert set(methods) == {"resume_at", "begin", "steps", "epoch", "say", "end"}

    def arguments(kind, name):
        code = getattr(kind, name).__code__
        return code.co_varnames[: code.co_argcount]

    for kind in (Reports, Lines, Bar, Notebook, Metrics, TensorBoard):
        for name in methods:
            assert arguments(kind, name) == arguments(Report, name), f"{kind.__name__}.{name}"


def test_several_reports_hear_the_same_in_order():
    heard = []

    class Ear(Report):
        def __init__(self, name):
            self.name = name

        def say(self, text):
            heard.append((self.name, text))

    Reports([Ear("a"), Ear("b")]).say("hello")
    assert heard == [("a", "hello"), ("b", "hello")]


# Words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.04, "0.0 s"),
        (8.44, "8.4 s"),
        (9.97, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min 00 s"),
        (65, "1 min 05 s"),
        (3599.7, "1 h 00 min"),
        (7800, "2 h 10 min"),
        (360000, "100 h 00 min"),
    ],
)
def test_durations_are_said_as_people_say_them(seconds, words):
    assert progress.duration(seconds) == words


def test_a_row_in_words():
    assert progress.in_words(ROW, 10) == (
        "epoch 2 of 10: loss 0.412, accuracy 85.2 %; test loss 0.390, accuracy 86.0 %;"
        " 4,812 img/s, 12 s"
    )
    waiting = progress.in_words({**ROW, "waiting": 0.4})
    assert "4,812 img/s, 40 % waiting for data, 12 s" in waiting
    ceiling = progress.in_words({**ROW, "of_ceiling": 0.538})
    assert "4,812 img/s, 54 % of ceiling, 12 s" in ceiling
    assert len(ceiling) <= 110
    bare = {"epoch": 1, "loss": math.nan}
    assert progress.in_words(bare) == "epoch 1: loss nan"


def test_every_sign_beyond_ascii_that_the_package_says_has_a_plain_form():
    said = set()
    root = Path(alexnet_lib.__file__).parent
    for file in root.rglob("*.py"):
        if {"plots", "widgets"} & set(file.parts):
            continue  # pictures and pages have all signs
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                said |= {sign for sign in node.value if ord(sign) > 126} if speaks(file) else set()
    assert {"✓", "…", "×"} <= said <= set(progress.SIGNS)


def speaks(file):
    """Whether the command line can say what is in this module."""
    return file.parent.name in ("commands", "data") or file.name in (
        "checkpoints.py",
        "cli.py",
        "devices.py",
        "progress.py",
        "resuming.py",
        "trainer.py",
    )


def test_signs_that_an_encoding_lacks_are_replaced_and_others_kept():
    text = "✓ 3 × 3 → naïve… 好"
    assert progress.plain(text, "utf-8") == text
    assert progress.plain(text, "latin-1") == "ok 3 × 3 -> naïve... ?"
    assert progress.plain(text, "ascii") == "ok 3 x 3 -> na?ve... ?"


# Lines and the bar


def run_of(report, clock, epochs=2, steps=40, seconds=0.05):
    """A run in a place where time stands still otherwise."""
    report.begin("cpu: fp32", epochs, steps)
    for step in range(1, epochs * steps + 1):
        clock.now += seconds
        report.steps((step - 1) // steps + 1, step, [2.0 / step], 1234.5)
        if step % steps == 0:
            report.epoch({"epoch": step // steps, "loss": 0.5})
    report.end([])


def test_lines_are_few_and_whole(clock):
    stream = Stream(terminal=False)
    run_of(Lines(stream), clock, epochs=2, steps=400, seconds=1 / 16)  # 50 seconds
    lines = stream.getvalue().splitlines()
    assert lines[0] == "cpu: fp32"
    assert lines[1] == "epoch 1/2, step 160/400, loss 0.013, 1,234 img/s, 40 s left"
    assert "epoch 1 of 2: loss 0.500" in lines
    assert len(lines) <= 1 + 2 + 5  # one in ten seconds, and one for each epoch
    assert "\r" not in stream.getvalue()


def test_the_bar_is_drawn_ten_times_a_second_at_most(clock):
    stream = Stream()
    run_of(Bar(stream, columns=100), clock, steps=400, seconds=0.004)  # 3.2 seconds
    drawn = [line for line in shown(stream) if "step" in line]
    assert 20 <= len(drawn) <= 33 + 2  # it is drawn once more below the row of each epoch


def test_the_bar_tells_step_loss_pace_and_time_left(clock):
    stream = Stream()
    bar = Bar(stream, columns=100)
    bar.begin("cpu: fp32", 2, 50)
    for step in range(1, 76):
        clock.now += 0.2
        bar.steps((step - 1) // 50 + 1, step, [0.3, 0.5], 4812.3)
    last = shown(stream)[-1]
    assert last.endswith("  epoch 2/2  step 25/50  loss 0.400  4,812 img/s  5.0 s left")
    bar_of = re.match(r"(━*)(─*)  ", last)
    assert len(bar_of[1]) == int(len(bar_of[1] + bar_of[2]) * 0.75)
    bar.epoch(ROW)
    assert shown(stream)[-2:] == [progress.in_words(ROW, 2) + "\n", last]  # it stays, above
    bar.end([])
    bar.end([])
    assert shown(stream)[-1] == ""  # nothing is left of it


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


PARTS = ["epoch 2/10", "step 45/79", "loss 0.412", "4,812 img/s", "1 min 05 s left"]


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
def test_the_bar_fits_every_terminal(encoding):
    before = 0
    for columns in range(5, 160):
        line = progress.bar_text(PARTS, 0.5, columns, encoding)
        assert len(line) < columns
        line.encode(encoding)  # a UnicodeEncodeError if it can't
        told = sum(part in line for part in PARTS)
        assert told >= before  # a wider terminal tells no less
        before = told
    assert before == len(PARTS)
    assert "epoch 2/10" in progress.bar_text(PARTS, 0.5, 12, encoding)
    assert "loss 0.412" in progress.bar_text(PARTS, 0.5, 40, encoding)


def test_the_bar_goes_from_empty_to_full():
    drawn = [progress.bar_text(["x"], share / 30, 80).count("━") for share in range(31)]
    assert drawn[0] == 0
    assert drawn == sorted(drawn)
    assert drawn[-1] == 30


class Gone(Stream):
    """A terminal that isn't there any more."""

    def write(self, text):
        raise BrokenPipeError(32, "Broken pipe")


@pytest.mark.parametrize("kind", [Lines, Bar])
def test_a_reader_that_has_gone_does_not_end_the_run(kind, clock):
    run_of(kind(Gone()), clock)
    closed = Stream()
    closed.close()
    run_of(kind(closed), clock)


# Metrics


def rows_of(path):
    def no_constant(name):
        raise AssertionError(f"{name} is no JSON")

    lines = path.read_text(encoding="utf-8").splitlines()
    return [json.loads(line, parse_constant=no_constant) for line in lines]


def test_metrics_are_lines_of_json_at_once(tmp_path):
    metrics = Metrics(tmp_path / "run")
    metrics.resume_at(0)
    metrics.begin("cpu", 2, 3)
    metrics.steps(1, 3, [2.0, math.nan, math.inf], 100.04)
    path = tmp_path / "run" / "metrics.jsonl"
    assert rows_of(path) == [
        {"step": 1, "loss": 2.0},
        {"step": 2, "loss": None},
        {"step": 3, "loss": None, "images_per_second": 100.0},
    ]
    metrics.epoch({**ROW, "epoch": 1, "loss": math.nan})
    assert rows_of(path)[-1] == {**ROW, "epoch": 1, "step": 3, "loss": None}
    metrics.steps(2, 3, [], 100.0)  # nothing new
    assert len(rows_of(path)) == 4


@pytest.mark.parametrize("seed", range(5))
def test_after_any_kills_and_resumes_each_step_is_there_once(tmp_path, seed):
    """Checkpoints at some steps, kills at others, the last line torn by each."""
    draw = random.Random(seed)
    path, steps, per_epoch = tmp_path / "metrics.jsonl", 60, 10
    kept, done = 0, 0
    while done < steps:
        metrics, done = Metrics(tmp_path), kept
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
    rows = rows_of(path)
    assert [row["step"] for row in rows if "epoch" not in row] == list(range(1, steps + 1))
    assert [row["epoch"] for row in rows if "epoch" in row] == list(range(1, 7))
    assert [path.name for path in tmp_path.iterdir()] == ["metrics.jsonl"]


def test_a_full_disk_is_said_once_and_the_run_goes_on(tmp_path, capsys):
    (tmp_path / "run").write_text("a file where the folder should be")
    metrics = Metrics(tmp_path / "run")
    metrics.steps(1, 1, [2.0], None)
    metrics.steps(1, 2, [2.0], None)
    metrics.epoch(ROW)
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "the run goes on without metrics" in said


def test_no_room_to_cut_leaves_the_metrics_whole(tmp_path, capsys, monkeypatch):
    Metrics(tmp_path).steps(1, 2, [2.0, 1.0], None)

    def full(*arguments, **settings):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(progress, "write_atomic", full)
    Metrics(tmp_path).resume_at(1)
    assert "No space left on device" in capsys.readouterr().err
    assert len(rows_of(tmp_path / "metrics.jsonl")) == 2


# TensorBoard, which need not be installed


def test_tensorboard_gets_the_same_figures(tmp_path, monkeypatch):
    written = []

    class SummaryWriter:
        def __init__(self, folder, purge_step=None):
            written.append(("open", folder, purge_step))

        def add_scalar(self, name, value, step):
            written.append((name, value, step))

        def close(self):
            written.append("close")

    fake = types.SimpleNamespace(SummaryWriter=SummaryWriter)
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", fake)
    monkeypatch.setattr(progress, "find_spec", lambda name: name)
    monkeypatch.delenv("RANK", raising=False)
    board = report_for("none", tmp_path).all[-1]
    assert type(board) is TensorBoard
    board.resume_at(7)
    board.steps(1, 9, [0.5, 0.25], 100.0)
    board.epoch({"epoch": 1, "loss": 0.4, "test_loss": None})
    board.end([])
    board.end([])
    assert written == [
        ("open", str(tmp_path), 8),
        ("loss/step", 0.5, 8),
        ("loss/step", 0.25, 9),
        ("images_per_second", 100.0, 9),
        ("epoch/loss", 0.4, 9),
        "close",
    ]


# The notebook


class Display:
    """IPython's display, which shows nothing and notes everything."""

    def __init__(self):
        self.events = []  # (place, thing)

    def __call__(self, thing, display_id):
        assert display_id is True
        place = sum(1 for event, *_ in self.events if event == "new")
        self.events.append(("new", place, thing))
        return types.SimpleNamespace(update=lambda t: self.events.append(("update", place, t)))

    def last(self):
        """What stands in each place at the end."""
        return [thing for _, thing in sorted({p: t for _, p, t in self.events}.items())]


@pytest.fixture
def display(monkeypatch):
    import IPython.display

    fake = Display()
    monkeypatch.setattr(IPython.display, "display", fake)
    return fake


def epoch_row(number, accuracy):
    test = {"test_loss": 2.0, "test_accuracy": accuracy - 0.1}
    return {"epoch": number, "loss": 1.0, "accuracy": accuracy, **test}


def test_the_plot_is_live_and_ends_as_pictures(display, clock, capsys):
    notebook = Notebook()
    notebook.begin("cpu: fp32", 2, 30)
    for step in range(1, 61):
        clock.now += 0.25
        notebook.steps((step - 1) // 30 + 1, step, [2.4 / step], 1000.0)
        if step % 30 == 0:
            notebook.epoch(epoch_row(step // 30, 0.3 * step / 30))
    live = len(display.events)
    assert 2 * 10 <= live <= 2 * 15 + 5  # once a second, a line and a picture
    history = [epoch_row(1, 0.3), epoch_row(2, 0.6)]
    notebook.end(history)
    line, loss, accuracy = display.last()
    last = "epoch 2 of 2: loss 1.000, accuracy 60.0 %; test loss 2.000, accuracy 50.0 %"
    assert repr(line) == last
    assert isinstance(loss, Picture)
    assert isinstance(accuracy, Picture)
    assert "loss against epochs, from 0.0333 to 2: training goes from 2.4 to 0.04" in loss.alt
    assert "accuracy in % against epochs, from 1 to 2: training goes from 30 to 60" in accuracy.alt
    assert "test goes from 20 to 50" in accuracy.alt
    assert capsys.readouterr().out == "cpu: fp32\n"


def test_one_epoch_is_enough_for_a_plot(display, clock):
    notebook = Notebook()
    notebook.begin("cpu", 1, 5)
    for step in range(1, 6):
        notebook.steps(1, step, [3.0 - step / 2], 100.0)
    notebook.epoch(epoch_row(1, 0.5))
    notebook.end([epoch_row(1, 0.5)])
    line, loss = display.last()
    assert "accuracy 50.0 %" in repr(line)
    assert "training goes from 2.5 to 0.5" in loss.alt


@pytest.mark.parametrize("losses", [[], [2.0], [math.nan, math.inf, 1.0]])
def test_what_can_not_be_drawn_is_left_out(display, clock, losses):
    notebook = Notebook(every=0)
    notebook.begin("cpu", 1, 5)
    clock.now += 1
    notebook.steps(1, len(losses), losses, None)
    notebook.end([])
    assert not any(isinstance(thing, Picture) for *_, thing in display.events)


def test_drawing_that_takes_long_is_done_seldom(display, clock, monkeypatch):
    def slow(self):
        clock.now += 0.5

    monkeypatch.setattr(Notebook, "loss_picture", slow)
    monkeypatch.setattr(Notebook, "accuracies", lambda self: None)
    notebook = Notebook()
    notebook.begin("cpu", 1, 1000)
    start, drawn = clock.now, 0
    for step in range(1, 1001):
        clock.now += 0.1
        before = clock.now
        notebook.steps(1, step, [1.0], None)
        drawn += clock.now - before
    assert 0 < drawn / (clock.now - start) < 0.06


def test_losses_are_smoothed_at_few_places():
    assert progress.smoothed([1, 2, 3], [3.0, 2.0, 1.0]) == ([1, 2, 3], [3.0, 2.0, 1.0])
    values = [1.0 + (-1) ** i for i in range(1000)]
    x, means = progress.smoothed(range(1, 1001), values)
    assert len(x) == len(means) <= 100
    assert x[-1] == 1000
    assert list(x) == sorted(x)
    assert all(abs(mean - 1) < 0.05 for mean in means[10:])


def test_a_notebook_keeps_the_pictures_with_their_text(tmp_path, monkeypatch):
    """In a real kernel: the outputs are updated in place, and what stays is static."""
    monkeypatch.delenv("RANK", raising=False)
    source = "\n".join(
        [
            "from alexnet_lib.training.progress import report_for, Notebook",
            "report = report_for('auto', '.')",
            "assert type(report.all[0]) is Notebook, report",
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
    assert len(rows_of(tmp_path / "metrics.jsonl")) == 42
