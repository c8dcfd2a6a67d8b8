"""The Colab run: a lesson's file alone in an empty folder, where nobody has installed the package.

The environment has what Colab has: PyTorch, NumPy, Matplotlib and ipywidgets 7.7.1. The lesson's
own setup cell installs the package; only git's settings are ours, which lead the repository's
address to the working tree as it stands (the `snapshot`: uncommitted changes included). Packages
come from the package registry, so this needs the network, as Colab does.
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
from repository import address

pytestmark = pytest.mark.slow

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


def book_lessons(source: Path) -> dict[str, Path]:
    """Every notebook of the book: the lessons, and the pages that can be run like them."""
    known = lessons.known(source).items()
    return {name: path for name, path in known if not name.startswith("exercises/")}


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
        run(uv, "pip", "install", "--quiet", "--python", python, "-c", constraints, *COLAB)
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


def run_alone(path: Path, folder: Path, colab) -> None:
    folder.mkdir()
    shutil.copy(path, folder)
    python, env = colab
    lessons.execute(nbformat.read(path, as_version=4), folder, str(python), env)


def test_a_lesson_installs_itself_and_changes_no_version(colab, source, tmp_path):
    """Uninstalled before each lesson, so that each one's own setup cell has to do it."""
    python, _ = colab
    before = installed(python)
    assert before["ipywidgets"] == "7.7.1" and "torch" in before and "alexnet-lib" not in before
    assert book_lessons(source)
    for name, path in book_lessons(source).items():
        run(python, "-m", "pip", "uninstall", "--quiet", "--yes", "alexnet-lib")
        run_alone(path, tmp_path / name.replace("/", "-"), colab)
        after = installed(python)
        assert "alexnet-lib" in after
        assert before.items() <= after.items()


def test_a_lesson_runs_from_the_wheel(colab, source, tmp_path):
    python, _ = colab
    run(sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path, source)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if name.startswith("alexnet_lib/")}
    assert packed == set(run("git", "-C", source, "ls-files", "alexnet_lib").split())
    assert {".js", ".css", ".png"} <= {Path(name).suffix for name in packed}

    run(python, "-m", "pip", "uninstall", "--quiet", "--yes", "alexnet-lib", "anywidget")
    before = installed(python)
    run(python, "-m", "pip", "install", "--quiet", f"{wheel}[lessons]")
    assert before.items() <= installed(python).items()
    path = book_lessons(source)["blocks/convolution"]  # the wheel is the same for all
    run_alone(path, tmp_path / "alone", colab)
