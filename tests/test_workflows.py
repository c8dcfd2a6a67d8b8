"""What CI runs: the parts of the tests, .ci/run, the workflows and the checks before a commit."""

import copy
import itertools
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from parts import PARTS, part_of
from repository import ROOT

# The parts


def test_every_test_file_has_a_part_and_every_part_has_some():
    files = [*(ROOT / "tests").rglob("test_*.py")]
    assert {part_of(file) for file in files} == set(PARTS)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("test_models.py", "lint-and-unit"),
        ("lessons/test_hygiene.py", "lint-and-unit"),
        ("widgets/test_softmax.py", "lint-and-unit"),  # what in it needs no browser
        ("lessons/test_notebooks.py", "notebooks"),
        ("exercises/test_notebooks.py", "notebooks"),
        ("site/test_build.py", "site"),
        ("grading/test_marking.py", "grading"),
    ],
)
def test_a_test_that_uses_a_browser_belongs_to_the_site_wherever_it_lies(name, part):
    path = ROOT / "tests" / name
    assert part_of(path) == part
    assert part_of(path, browser=True) == "site"


@pytest.mark.parametrize("parts", [(), *((part,) for part in PARTS), ("site", "grading")])
def test_make_lints_only_for_the_part_that_needs_it(parts):
    ours = {"MAKEFLAGS", "MAKELEVEL", "MFLAGS", "PART", "WHAT", "OPTIONS"}  # if make runs us
    env = {name: value for name, value in os.environ.items() if name not in ours}
    command = ["make", "--dry-run", "test", f"PART={' '.join(parts)}"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert ("ruff check" in done.stdout) == (not parts or "lint-and-unit" in parts)
    assert "jupyter-book build" not in done.stdout  # the first test that needs the book builds it
    last = done.stdout.splitlines()[-1]
    assert " -m pytest " in last
    assert re.findall(r"--part=(\S+)", last) == list(parts)


# .ci/run


@pytest.fixture
def run(tmp_path):
    """`run(*parts, **programs)` -> the result of .ci/run on a machine with a few fake programs.

    Each program is a line of shell, or None if the machine lacks it. apt-get and sudo print their
    arguments to stderr, make to stdout; nothing is installed or tested.
    """
    folder = tmp_path / "programs"
    folder.mkdir()

    def run(*parts, before="", **programs):
        programs = {
            "id": "echo 0",
            "apt-get": 'echo apt-get "$@" >&2',
            "sudo": 'echo sudo "$@" >&2',
            "make": 'echo "make $@, CI=$CI, RESOLUTION=$RESOLUTION"',
            "git": "",
            "python3": "",
            **programs,
        }
        for name, line in programs.items():
            if line is not None:
                (folder / name).write_text(f"#!/bin/sh\n{line}\n")
                (folder / name).chmod(0o755)
        for name in ("bash", "env", "dirname"):
            (folder / name).symlink_to(shutil.which(name))
        command = ["bash", "-c", f'{before} exec "$@"', "bash", str(ROOT / ".ci" / "run"), *parts]
        env = {"PATH": str(folder), "RESOLUTION": "highest"}
        return subprocess.run(command, env=env, capture_output=True, text=True)

    return run


# .ci/run looks for the files of the full Fashion-MNIST, which this machine may have.
FASHION = (
    {"dataset-fashion-mnist"} if not Path("/usr/share/datasets/fashion-mnist").is_dir() else set()
)


@pytest.mark.parametrize(
    ("parts", "packages"),
    [
        ([], {"chromium-headless-shell", "bubblewrap"} | FASHION),
        (["lint-and-unit"], FASHION),
        (["notebooks"], set()),
        (["site"], {"chromium-headless-shell"}),
        (["grading"], {"bubblewrap"}),
        (["site", "grading"], {"chromium-headless-shell", "bubblewrap"}),
    ],
)
def test_run_installs_what_the_parts_need_and_tests_them(parts, packages, run):
    done = run(*parts)
    installed = re.findall(r"apt-get install -y -qq (.*)", done.stderr)
    assert [set(line.split()) for line in installed] == ([packages] if packages else [])
    assert done.stdout == f"make test PART={' '.join(parts)}, CI=true, RESOLUTION=highest\n"
    assert done.returncode == 0


def test_run_installs_python_where_there_is_none(run):
    assert "install -y -qq python3 python3-venv" in run("notebooks", python3=None).stderr


@pytest.mark.parametrize("part", ["grading", "lint-and-unit", "notebooks", "site"])
def test_run_allows_the_sandbox_where_ubuntu_forbids_it(part, run):
    """.ci/run reads the kernel's setting with `cat`."""
    done = run(part, id="echo 1000", cat="echo 1", bwrap="", chromium="")
    setting = "sudo bash -c sysctl -q -w kernel.apparmor_restrict_unprivileged_userns=0\n"
    assert (setting in done.stderr) == (part == "grading")
    assert done.returncode == 0


def test_run_needs_no_root_if_nothing_is_missing(run):
    assert run("grading", id="echo 1000", sudo=None, bwrap="").returncode == 0


def test_run_says_what_root_must_do_if_there_is_no_sudo(run):
    done = run("grading", id="echo 1000", sudo=None)
    assert done.returncode == 2 and done.stdout == ""
    assert "no sudo" in done.stderr and "apt-get install -y -qq bubblewrap" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("parts", [["nonsense"], ["site", "nonsense"], ["site grading"], [""]])
def test_run_refuses_an_unknown_part_and_installs_nothing(parts, run):
    done = run(*parts)
    assert done.returncode == 2 and done.stdout == ""
    assert f"no part '{parts[-1]}'" in done.stderr and " ".join(PARTS) in done.stderr
    assert done.stderr.count("\n") == 1


def test_ctrl_c_works_in_tests_that_run_in_the_background(run):
    """A shell starts background jobs with Ctrl-C ignored."""
    interrupted = "kill -INT $$; echo ignored"
    assert run("notebooks", before="trap '' INT;", make=interrupted).stdout == ""


# The workflows

FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in FOLDER.glob("*.yml")}
# workflow -> every (part, Python, RESOLUTION) that it must run
WANTED = {
    "test": {(part, "3.13", "pins") for part in PARTS}
    | {(part, "3.11", "pins") for part in ("lint-and-unit", "notebooks")},
    "weekly": {(part, "3.13", "highest") for part in PARTS}
    | {(part, "3.11", "lowest-direct") for part in PARTS},
}


def combinations(matrix):
    """Return a job's runs, as GitHub makes them from its matrix: a dict of values each."""
    matrix = dict(matrix)
    more = []
    extra = matrix.pop("include", [])
    assert "exclude" not in matrix, "this test doesn't know exclude"
    rows = [dict(zip(matrix, row, strict=True)) for row in itertools.product(*matrix.values())]
    if extra and not matrix:  # then the matrix is nothing but its includes
        rows = []
    for values in extra:  # joins every run that it doesn't contradict, else is a run of its own
        fitting = [
            row for row in rows if all(row[key] == values.get(key, row[key]) for key in matrix)
        ]
        for row in fitting:
            row |= values
        if not fitting:
            more.append(values)
    return rows + more


def commands(workflow):
    """Yield (command, Python, RESOLUTION, whether it always runs) for each line of each run."""
    for job in workflow["jobs"].values():
        for values in combinations(job.get("strategy", {}).get("matrix", {})):
            python = None
            for step in job["steps"]:
                given = {**step.get("with", {}), **step.get("env", {}), "run": step.get("run", "")}
                for name, text in given.items():
                    for key, value in values.items():
                        given[name] = text = str(text).replace(f"${{{{ matrix.{key} }}}}", value)
                python = given.get("python-version", python)
                always = not {"if", "continue-on-error"} & (job.keys() | step.keys())
                for command in given["run"].splitlines():
                    yield command, python, given.get("RESOLUTION", "pins"), always


def faults(workflows):
    """Return what is wrong with the commands of the workflows, in one sentence each."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    problems = []
    for name, workflow in workflows.items():
        missing = WANTED.get(name, set())
        for command, python, resolution, always in commands(workflow):
            program, *words = command.split()
            if program == ".ci/run":
                unknown = set(words) - set(PARTS)
                problems += [f"{name}: {command}: there is no part {word}" for word in unknown]
                if always:
                    missing = missing - {(part, python, resolution) for part in words or PARTS}
            elif program == "make":
                if len(words) != 1 or f"\n{words[0]}:" not in makefile:
                    problems.append(f"{name}: {command}: the Makefile has no such target")
            else:
                problems.append(f"{name}: {command}: neither make nor .ci/run")
        problems += [f"{name}: nothing runs {' '.join(run)}" for run in sorted(missing)]
    return problems


def test_the_workflows_run_every_part_and_only_make_and_ci_run():
    assert faults(WORKFLOWS) == []


def matrix(workflows, name):
    return workflows[name]["jobs"]["test"]["strategy"]["matrix"]


def run_step(workflows, name):
    return next(step for step in workflows[name]["jobs"]["test"]["steps"] if "run" in step)


@pytest.mark.parametrize(
    ("change", "problems"),
    [
        (
            lambda w: matrix(w, "test")["part"].remove("grading"),
            ["test: nothing runs grading 3.13 pins"],
        ),
        (
            lambda w: matrix(w, "weekly")["include"][1].update(python="3.12"),
            [f"weekly: nothing runs {part} 3.11 lowest-direct" for part in sorted(PARTS)],
        ),
        (
            lambda w: run_step(w, "test").update({"if": "matrix.part != 'site'"}),
            [f"test: nothing runs {' '.join(run)}" for run in sorted(WANTED["test"])],
        ),
        (
            lambda w: matrix(w, "test")["part"].append("speed"),
            ["test: .ci/run speed: there is no part speed"],
        ),
        (
            lambda w: w["pages"]["jobs"]["build"]["steps"].append({"run": "make book\npytest"}),
            ["pages: pytest: neither make nor .ci/run"],
        ),
    ],
)
def test_a_wrong_workflow_is_reported(change, problems):
    workflows = copy.deepcopy(WORKFLOWS)
    change(workflows)
    assert faults(workflows) == problems


def test_ci_run_can_be_run():
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_has_no_more_rights_than_it_needs(name):
    workflow = WORKFLOWS[name]
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["defaults"]["run"]["shell"] == "bash"
    for job_name, job in workflow["jobs"].items():
        assert job["timeout-minutes"] <= 60
        writes = {key for key, value in job.get("permissions", {}).items() if value == "write"}
        assert writes == ({"pages", "id-token"} if job_name == "deploy" else set())
        for step in job["steps"]:
            assert re.fullmatch(r"[\w-]+/[\w-]+@v\d+", step.get("uses", "none/none@v0"))
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"] == {"persist-credentials": False}


def test_the_workflows_run_when_they_should():
    assert set(WORKFLOWS) == {"pages", "test", "weekly"}
    # YAML 1.1 reads the key "on" as true.
    assert set(WORKFLOWS["test"][True]) == {"push", "pull_request"}
    assert WORKFLOWS["test"]["concurrency"]["cancel-in-progress"]
    assert "schedule" in WORKFLOWS["weekly"][True]
    assert WORKFLOWS["pages"][True]["push"] == {"branches": ["main"]}
    build = [
        command
        for command, *_ in commands({"jobs": {"build": WORKFLOWS["pages"]["jobs"]["build"]}})
    ]
    assert build == ["make lessons", "make zip"]  # which builds the site
    zips = [
        step["env"]["ZIP"] for step in WORKFLOWS["pages"]["jobs"]["build"]["steps"] if "env" in step
    ]
    assert zips == ["_build/html/alexnet-book.zip"]
    assert "/alexnet-book.zip)" in (ROOT / "book/index.md").read_text("utf-8")


def test_a_pull_request_keeps_its_site():
    *_, run, keep = WORKFLOWS["test"]["jobs"]["test"]["steps"]
    assert run["run"].startswith(".ci/run")
    assert keep["uses"].startswith("actions/upload-artifact@")
    assert keep["with"]["path"] == "_build/html"
    assert "matrix.part == 'site'" in keep["if"] and "pull_request" in keep["if"]


# Before a commit


def test_pre_commit_calls_the_tools_of_the_environment(tmp_path):
    config = ROOT / ".pre-commit-config.yaml"
    command = [sys.executable, "-m", "pre_commit", "validate-config", str(config)]
    subprocess.run(command, check=True, capture_output=True)
    hooks = [hook for repo in yaml.safe_load(config.read_text())["repos"] for hook in repo["hooks"]]
    ids = {hook["id"] for hook in hooks}
    assert {"ruff-check", "ruff-format", "codespell", "oxlint", "oxfmt", "hygiene"} <= ids
    for hook in hooks:
        assert hook["language"] == "system"
        program, *arguments = hook["entry"].split()
        assert program.startswith(".venv/bin/")
        assert (ROOT / "tools" / "hygiene.py").exists() or "tools/hygiene.py" not in arguments
        installed = sys.prefix + program.removeprefix(".venv")
        subprocess.run([installed, "--help"], check=True, capture_output=True, cwd=tmp_path)
