"""The dispatcher: help, sentences in place of tracebacks, exit codes."""

import io
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

import alexnet_lib
from alexnet_lib import cli
from alexnet_lib.commands import COMMANDS, doctor
from alexnet_lib.commands.errors import complain, report_error, sentence
from alexnet_lib.commands.parsing import Parser

ROOT = Path(alexnet_lib.__file__).parents[1]


def start_program(*words, **settings):
    """Start the command as a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **settings.pop("env", {})}
    command = [sys.executable, "-m", "alexnet_lib.cli", *words]
    return subprocess.Popen(command, env=environment, **settings)


@pytest.mark.parametrize("words", [(), ("--help",), ("-h",), ("help",)])
def test_without_a_command_the_commands_are_listed(alexnet, words):
    result = alexnet(*words)
    assert result.code == 0
    for name, about in COMMANDS.items():
        assert f"  {name:<11} {about}\n" in result.out
    assert len(result.out.splitlines()) < 24


def test_the_version_is_the_packages(alexnet):
    assert alexnet("--version").out == f"alexnet {alexnet_lib.__version__}\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_a_help_text_fits_a_screen(alexnet, name):
    result = alexnet(name, "--help")
    assert result.code == 0
    lines = result.out.splitlines()
    assert lines[0].startswith(f"usage: alexnet {name}")
    assert len(lines) <= (66 if name == "train" else 24)
    assert max(map(len, lines)) <= 100
    command = cli.command_module(name)
    assert " ".join(command.__doc__.split("\n\n")[0].split()) in " ".join(result.out.split())


@pytest.mark.parametrize("name", COMMANDS)
def test_a_help_text_fits_a_narrow_terminal_too(alexnet, name, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert max(map(len, alexnet(name, "--help").out.splitlines())) <= 80


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_in_the_help_with_words_beside_it(alexnet, name):
    command = cli.command_module(name)
    parser = Parser(f"alexnet {name}", command.__doc__)
    command.add_options(parser)
    text = alexnet(name, "--help").out
    assert parser._actions
    for action in parser._actions:
        assert action.help, f"{action.dest} has no help"
        assert (action.option_strings or [action.metavar])[0] in text


def test_help_imports_nothing_that_takes_seconds():
    check = (
        "import sys; from alexnet_lib.cli import main; main([]); main(['pack', '--help']);"
        "main(['train', '--help']); main(['predict', '--help']); main(['evaluate', '--help'])\n"
        "for name in ('torch', 'torchvision', 'matplotlib', 'PIL', 'yaml', 'IPython'):\n"
        "    assert name not in sys.modules, name"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run(
        [sys.executable, "-c", check], check=True, env=environment, stdout=subprocess.DEVNULL
    )


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["traim"], "there is no command 'traim' (did you mean train?)"),
        (["xyz"], "there is no command 'xyz': alexnet --help lists them."),
        (["train", "--epoch", "3"], "There is no option --epoch (did you mean --epochs?)"),
        (["train", "--epochs"], "alexnet train: --epochs takes a value: see"),
        (
            ["train", "--epochs", "many"],
            "alexnet train: --epochs must be a whole number, but 'many' was given",
        ),
        (["train", "--epochs", "1.5"], "--epochs must be a whole number, but '1.5' was given"),
        (["train", "--rate", "fast"], "--rate must be a number, but 'fast' was given"),
        (["train", "--rate", "nan"], "rate must be a finite number, but nan was given"),
        (["train", "--epochs", "0"], "epochs must be at least 1, but 0 was given"),
        (["train", "--schedule", "slow"], "schedule must be one of constant, step"),
        (["train", "word"], "'word' is one word too many"),
        (["train", "--resume=3"], "--resume takes no value"),
        (["train", "--set", "dropout"], "--set takes KNOB=VALUE"),
        (["train", "--model", "tiny"], "There is no model 'tiny'"),
        (["train", "--model", "2021"], "There is no model '2021' (did you mean 2012?)"),
        (["train", "--recipe", "quik"], "There is no recipe 'quik' (did you mean quick?)"),
        (["evaluate"], "alexnet evaluate: RUN is missing"),
        (["evaluate", "nowhere"], "There is no run nowhere"),
        (["predict"], "IMAGE is missing"),
        (["predict", "."], "no image is given after the run ."),
        (["predict", "--weights", "mnist", "x.png"], "There are no weights mnist: name a run"),
        (["predict", "a", "b", "--explain", "x.png"], "--explain draws one image, but 2 were"),
        (["predict", "a", "--explain", "x.jpg"], "end the name in .png, not 'x.jpg'"),
        (["predict", "a", "--explain", "no/x.png"], "no/x.png can't be written"),
        (["pack", "a"], "TARGET is missing"),
        (["pack", "a", "b", "--size", "big"], "--size must be a whole number, but 'big'"),
        (["bench", "--seconds", "0"], "--seconds must be above 0"),
    ],
)
def test_wrong_input_is_answered_in_one_sentence(alexnet, words, says):
    result = alexnet(*words)
    assert result.code == 2
    assert says in result.err
    assert result.err.startswith("alexnet")
    assert result.err.count("\n") == 1
    assert not result.out


@pytest.fixture
def run_raising(alexnet, monkeypatch):
    """`run_raising(error)` -> the result of a command that raises this error."""

    def call(error):
        def run(options):
            raise error

        monkeypatch.setattr(doctor, "run", run)
        return alexnet("doctor")

    return call


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (ValueError("so and\n  so"), 2, "alexnet doctor: so and so\n"),
        (RuntimeError("the run failed."), 2, "alexnet doctor: the run failed.\n"),
        (FileNotFoundError(2, "No such file", "x.txt"), 2, "x.txt: no such file.\n"),
        (ModuleNotFoundError("No module", name="torch.nn"), 2, "needs the package torch,"),
        (MemoryError(), 2, "alexnet doctor: there is not enough memory.\n"),
        (RuntimeError("CUDA out of memory. Tried to"), 2, "there is not enough memory."),
        (KeyboardInterrupt(), 130, "alexnet doctor: interrupted.\n"),
        (KeyError("x"), 1, "a mistake in this program, not yours (KeyError: 'x')"),
        (NotImplementedError("later"), 1, "a mistake in this program"),
        (ValueError(), 2, "ValueError"),
    ],
)
def test_what_a_command_raises_becomes_a_sentence_and_a_code(run_raising, error, code, says):
    result = run_raising(error)
    assert result.code == code
    assert says in result.err
    assert result.err.count("\n") == 1


def test_debug_shows_where_it_comes_from(run_raising, monkeypatch):
    monkeypatch.setenv("ALEXNET_DEBUG", "1")
    with pytest.raises(ValueError, match="here"):
        run_raising(ValueError("here"))
    monkeypatch.setenv("ALEXNET_DEBUG", "0")
    assert run_raising(ValueError("here")).code == 2


def test_rank_0_reports_the_errors_that_all_processes_share(monkeypatch, capsys):
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    monkeypatch.setenv("RANK", "1")
    assert report_error(ValueError("all have it"), "alexnet train") == 2
    assert report_error(KeyboardInterrupt(), "alexnet train") == 130
    assert capsys.readouterr().err == ""
    assert report_error(RuntimeError("only I have it."), "alexnet train") == 2
    assert capsys.readouterr().err == "alexnet train (process 1): only I have it.\n"


def test_a_sentence_is_one_line():
    assert sentence(OSError("a\n  b")) == "a b"
    assert "\n" not in sentence(PermissionError(13, "Permission denied", "/x"))
    assert "make --batch smaller" in sentence(MemoryError(), "alexnet train")


def test_a_closed_stderr_is_no_error(monkeypatch):
    class Gone(io.StringIO):
        def write(self, text):
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stderr", Gone())
    complain("x", "alexnet")


def test_a_reader_that_has_gone_ends_the_command_quietly():
    with start_program(stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


def test_a_terminal_without_unicode_gets_plain_signs():
    environment = {"PYTHONIOENCODING": "ascii", "COLUMNS": "100"}
    with start_program("predict", "--help", stdout=subprocess.PIPE, env=environment) as process:
        text = process.stdout.read()
    assert process.returncode == 0
    assert b"usage: alexnet predict IMAGE... [options]" in text


def test_the_arguments_are_the_command_lines(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["alexnet", "--version"])
    assert cli.main() == 0
    assert capsys.readouterr().out.startswith("alexnet ")
