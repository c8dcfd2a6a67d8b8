"""The Colab run: each notebook of the book alone in an empty folder, within its budget.

The environment has what Colab has: PyTorch, NumPy, Matplotlib and ipywidgets 7.7.1. A lesson's own
setup cell installs the package; only git's settings are ours, which lead the repository's address
to the working tree as it stands (the `snapshot`: uncommitted changes included). Packages come from
the package registry, so this needs the network, as Colab does. The budget is that of course.yml.
That a notebook's outputs are the stored ones is nbval's part of `make test`.
"""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

import lessons
import nbformat
import pytest
import yaml
from repository import ROOT, address

pytestmark = pytest.mark.slow

COURSE = yaml.safe_load((ROOT / "book" / "course.yml").read_text(encoding="utf-8"))
NOTEBOOKS = COURSE["lessons"] | COURSE["pages"]
COLAB = ("torch", "torchvision", "numpy", "matplotlib", "ipywidgets==7.7.1", "ipykernel", "pip")


def run(*command, **settings):
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False, **settings
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def installed(python) -> dict[str, str]:
    """Package -> version, in the environment of a Python."""
    lines = run(python, "-m", "pip", "list", "--format=freeze").split()
    return dict(line.split("==") for line in lines)


@pytest.fixture(scope="session")
def source(snapshot, tmp_path_factory) -> Path:
    """A clone of the snapshot: the lessons of the same moment as the package."""
    return snapshot.clone(tmp_path_factory.mktemp("source") / "clone")


@pytest.fixture(scope="session")
def colab(tmp_path_factory, snapshot) -> Iterator[tuple[Path, dict[str, str]]]:
    """The Python of a new environment like Colab's, and the variables under which to run it."""
    folder = tmp_path_factory.mktemp("colab")
    venv, constraints = folder / "venv", folder / "constraints.txt"
    python = venv / "bin" / "python"
    # This environment's versions: those that requirements.txt pins, or the weekly run resolved.
    other = {"ipywidgets", "widgetsnbextension", "jupyterlab-widgets", "alexnet-lib"}
    ours = {d.name.lower().replace("_", "-"): d.version.partition("+")[0] for d in distributions()}
    constraints.write_text("".join(f"{n}=={v}\n" for n, v in ours.items() if n not in other))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    if uv := shutil.which("uv", path=path):  # seconds, where pip takes minutes: it links its cache
        run(uv, "venv", "--quiet", "--seed", "--python", sys.executable, venv)
        install = (uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", python)
        run(*install, "-c", constraints, *COLAB)
    else:
        run(sys.executable, "-m", "venv", venv)
        run(python, "-m", "pip", "install", "--quiet", "-c", constraints, *COLAB)

    gitconfig = folder / "gitconfig"
    gitconfig.write_text(f'[url "{snapshot.repository.as_uri()}"]\n\tinsteadOf = {address()}\n')
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GIT_", "PYTHON", "VIRTUAL_ENV"))
    }
    env |= {"GIT_CONFIG_GLOBAL": str(gitconfig), "PYTHONNOUSERSITE": "1"}
    env["PATH"] = f"{venv / 'bin'}{os.pathsep}{env['PATH']}"
    yield python, env
    shutil.rmtree(venv)  # gigabytes, which pytest would keep


def run_alone(name: str, source: Path, folder: Path, colab) -> None:
    """Execute a notebook of the book in an empty folder, and hold it to its budget."""
    path = source / "book" / f"{name}.ipynb"
    folder.mkdir()
    shutil.copy(path, folder)
    python, env = colab
    notebook = nbformat.read(path, as_version=4)
    took = lessons.execute(notebook, folder, str(python), env)
    lessons.code_cells(notebook)[0].outputs = []  # pip may say where it takes packages from
    assert lessons.faults(notebook) is None
    budget = NOTEBOOKS[name]["budget"]
    # Whichever is less: a busy machine makes a lesson wait, and many cores count many times.
    assert min(took.seconds, took.cpu_seconds or took.seconds) <= budget["seconds"], took
    assert took.memory_mb <= budget["memory_mb"], took
    if sys.platform == "linux":
        assert took.memory_mb > 50 and took.cpu_seconds > 0.1  # it was measured


@pytest.fixture(scope="session")
def versions(colab) -> dict[str, str]:
    """What was installed before any lesson came."""
    python, _ = colab
    before = installed(python)
    assert before["ipywidgets"] == "7.7.1" and "torch" in before and "alexnet-lib" not in before
    return before


def test_the_course_has_these_notebooks():
    files = {name for name in lessons.known() if not name.startswith("exercises/")}
    assert files == set(NOTEBOOKS)
    assert COURSE["lessons"] and COURSE["pages"]


def test_a_lesson_runs_from_the_wheel(colab, versions, source, tmp_path):
    python, _ = colab
    run(sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path, source)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if name.startswith("alexnet_lib/")}
    assert packed == set(run("git", "-C", source, "ls-files", "alexnet_lib").split())
    assert {".js", ".css", ".png"} <= {Path(name).suffix for name in packed}

    run(python, "-m", "pip", "install", "--quiet", f"{wheel}[lessons]")
    assert versions.items() <= installed(python).items()
    run_alone(
        "blocks/convolution", source, tmp_path / "alone", colab
    )  # the wheel is the same for all
    run(python, "-m", "pip", "uninstall", "--quiet", "--yes", "alexnet-lib", "anywidget")


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_alone_and_changes_no_version(name, colab, versions, source, tmp_path):
    """The first one installs the package; the setup cell is the same in all, as hygiene sees to."""
    python, _ = colab
    run_alone(name, source, tmp_path / "alone", colab)
    after = installed(python)
    assert "alexnet-lib" in after
    assert versions.items() <= after.items()
