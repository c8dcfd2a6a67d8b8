"""Every notebook of the book, executed once: alone in an empty folder, in Colab's environment.

The environment has what Colab has: PyTorch, NumPy, Matplotlib and ipywidgets 7.7.1. The setup cell,
which is the same in all notebooks (hygiene.py), installs the package into it. Git's settings point
the repository's address to the working tree (the `snapshot`, uncommitted changes included); all
else is as in Colab. Packages come from the package registry, so this needs the network, as Colab
does. Each notebook then runs under nbval, which compares its outputs with the stored ones, in a
kernel of its own: a fork of one process with PyTorch imported (kernels.py).
"""

import functools
import html
import json
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path
from typing import NamedTuple

import hygiene
import kernels
import lessons
import nbformat
import pytest
import torch
import yaml
from filelock import FileLock
from nbval_runs import (
    Run,
    clean_environment,
    make_environment,
    memory_mb,
    run_nbval,
    variables_for_kernels,
)
from repository import ROOT, address

from alexnet_lib.widgets import WIDGETS

COURSE = yaml.safe_load((ROOT / "book" / "course.yml").read_text(encoding="utf-8"))
NOTEBOOKS = COURSE["lessons"] | COURSE["pages"]
COLAB = ("torch", "torchvision", "numpy", "matplotlib", "ipywidgets==7.7.1", "ipykernel", "pip")


class Colab(NamedTuple):
    """An environment like Colab's after a setup cell has run."""

    folder: Path
    python: Path
    env: dict[str, str]  # variables to run it with
    packages: Path  # its site-packages
    before: dict[str, str]  # package -> version, before the setup cell


def run(*command, **settings):
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False, **settings
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def versions(*folders) -> dict[str, str]:
    """Return {package: version} of the packages in some folders, as the names in them say."""
    found = (path.stem for folder in folders for path in Path(folder).glob("*.dist-info"))
    pairs = (name.rpartition("-")[::2] for name in found)
    return {name.lower().replace("_", "-"): version.partition("+")[0] for name, version in pairs}


def make_colab(folder, snapshot):
    """Make the environment in folder/venv, run the setup cell, and note the versions before."""
    constraints = folder / "constraints.txt"
    # This environment's versions: requirements.txt pins them, or the weekly run resolves them.
    other = {"ipywidgets", "widgetsnbextension", "jupyterlab-widgets", "alexnet-lib"}
    ours = versions(*sys.path)
    constraints.write_text("".join(f"{n}=={v}\n" for n, v in ours.items() if n not in other))
    python, install = make_environment(folder / "venv")
    run(*install, "-c", constraints, *COLAB)
    (packages,) = (folder / "venv").glob("lib/python*/site-packages")
    lend_bytecode(packages)
    before = versions(packages)
    (folder / "before.txt").write_text("".join(f"{n}=={v}\n" for n, v in before.items()))
    gitconfig = folder / "gitconfig"
    gitconfig.write_text(f'[url "{snapshot.repository.as_uri()}"]\n\tinsteadOf = {address()}\n')
    first = lessons.notebook_paths()[next(iter(NOTEBOOKS))]
    setup = hygiene.code_cells(nbformat.read(first, as_version=4))[0].source
    run(python, "-m", "IPython", "-c", setup, env=colab_variables(folder), cwd=folder)


def lend_bytecode(packages):
    """Copy what this Python has compiled of the same files: to compile it again takes seconds.

    Python uses bytecode only if it was made of the very file beside it.
    """
    ours = Path(torch.__file__).parents[1]
    for compiled in ours.rglob("__pycache__/*.pyc"):
        place = packages / compiled.relative_to(ours)
        if place.parents[1].is_dir():
            place.parent.mkdir(exist_ok=True)
            shutil.copy(compiled, place)


def colab_variables(folder):
    """Return the variables for running its Python."""
    path = f"{folder / 'venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    settings = {"GIT_CONFIG_GLOBAL": str(folder / "gitconfig"), "PIP_NO_COMPILE": "1"}
    return clean_environment(PATH=path, **settings)


@pytest.fixture(scope="session")
def colab(shared_folder, snapshot) -> Colab:
    """An environment like Colab's after a setup cell, shared by all workers."""
    folder = shared_folder("colab", lambda folder: make_colab(folder, snapshot))
    (packages,) = (folder / "venv").glob("lib/python*/site-packages")
    before = dict(line.split("==") for line in (folder / "before.txt").read_text().split())
    python = folder / "venv" / "bin" / "python"
    return Colab(folder, python, colab_variables(folder), packages, before)


@pytest.fixture(scope="session")
def server(colab):
    """The address of the server of kernels in that environment, one for all workers."""
    address = colab.folder / "kernels.socket"
    env = variables_for_kernels(colab.env)
    with FileLock(colab.folder / "kernels.lock"):
        connection = kernels.connect_or_start(address, colab.python, env)
    with connection:
        yield address


def test_the_course_has_these_notebooks():
    files = {name for name in lessons.notebook_paths() if not name.startswith("exercises/")}
    assert files == set(NOTEBOOKS)
    assert COURSE["lessons"] and COURSE["pages"]


class Session(NamedTuple):
    """A session of nbval with the notebooks of one part of the book, and its folder."""

    folder: Path
    run: Run


@pytest.fixture(scope="module")
def session_of(colab, server, tmp_path_factory):
    """`session_of(part)` -> the session of its notebooks: a session takes a second to start."""

    @functools.cache
    def execute(part):
        folder = tmp_path_factory.mktemp(part)
        paths = [ROOT / f"book/{name}.ipynb" for name in NOTEBOOKS if name.startswith(f"{part}/")]
        return Session(folder, run_nbval(paths, folder, server, colab.env))

    return execute


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_gives_its_stored_outputs_alone_in_colab(name, session_of, colab):
    part, stem = name.split("/")
    session = session_of(part)
    notebook = nbformat.read(ROOT / f"book/{name}.ipynb", as_version=4)
    faults = session.run.faults[stem]
    assert faults == dict.fromkeys(range(len(hygiene.code_cells(notebook))), "")
    assert 50 < memory_mb(session.folder, stem) <= NOTEBOOKS[name]["budget"]["memory_mb"]
    assert colab.before.items() <= versions(colab.packages).items()


def test_a_kernel_begins_with_nothing_of_ours_and_a_faulty_cell_fails(colab, server, tmp_path):
    """Otherwise no notebook above would show that it runs alone."""
    draw = "import random, numpy\ndrawn = random.random(), numpy.random.rand()\n"
    draw += "open('../../drawn', 'x').write(str(drawn))"
    alone = "import os, sys\nassert os.listdir() == ['alone.ipynb']\n"
    alone += "assert not [name for name in sys.modules if name.startswith('alexnet_lib')]\n"
    alone += "assert not {'torch', 'kernels', 'kernel'} & set(globals())"
    warn = "import warnings\nwarnings.warn('Mind the gap.')"
    drawn = []
    for folder in ("first", "second"):
        (tmp_path / folder).mkdir()
        cells = [nbformat.v4.new_code_cell(text) for text in (draw, alone, "print(1)", warn)]
        cells[2].outputs = [nbformat.v4.new_output("stream", text="2\n")]
        path = tmp_path / "alone.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
        done = run_nbval([path], tmp_path / folder, server, colab.env)
        assert "2 failed, 2 passed" in done.report, done.report
        assert [cell for cell, fault in done.faults["alone"].items() if fault] == [2, 3]
        drawn.append((tmp_path / folder / "drawn").read_text(encoding="utf-8"))
    assert drawn[0] != drawn[1]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_html_stored_for_a_widget_is_what_the_widget_shows_now(name):
    """nbval can't compare it: Colab's environment stores no HTML for a widget."""
    notebook = nbformat.read(ROOT / "book" / f"{name}.ipynb", as_version=4)
    outputs = [output for cell in hygiene.code_cells(notebook) for output in cell.outputs]
    stored = [
        output.data["text/html"] for output in outputs if "text/html" in output.get("data", {})
    ]
    for text in stored:
        match = re.search(r'data-alexnet-widget="(\w+)" data-state="([^"]*)"', text)
        if match:
            widget = WIDGETS[match[1]](**json.loads(html.unescape(match[2])))
            assert text == widget._repr_mimebundle_()[0]["text/html"]


def test_the_setup_cell_changes_no_version_of_colabs(colab):
    assert colab.before["ipywidgets"] == "7.7.1" and "torch" in colab.before
    assert "alexnet-lib" not in colab.before
    after = versions(colab.packages)
    assert set(after) - set(colab.before) >= {"alexnet-lib", "anywidget"}
    assert colab.before.items() <= after.items()


def test_the_package_that_it_installs_has_every_file(colab, snapshot):
    (ours,) = (d for d in distributions(path=[str(colab.packages)]) if d.name == "alexnet-lib")
    installed = {str(file) for file in ours.files if file.parts[0] == "alexnet_lib"}
    installed = {name for name in installed if not name.endswith(".pyc")}
    listed = ["git", f"--git-dir={snapshot.repository}", "ls-tree", "-r", "--name-only", "main"]
    ours = run(*listed, "alexnet_lib", "book/quizzes", env=snapshot.env)
    ours = ours.replace("book/quizzes/", "alexnet_lib/data/quizzes/files/")
    assert installed == set(ours.split())
    assert {".js", ".css", ".png"} <= {Path(name).suffix for name in installed}
