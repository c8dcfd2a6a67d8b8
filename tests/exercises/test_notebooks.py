"""Every exercise, executed once: where only NumPy and the package are, alone in an empty folder.

What a student needs is no more than that. The source runs under nbval: each solution passes its
checks, and the outputs are the stored ones.
"""

import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest
import yaml
from nbval_runs import clean_environment, run_with_nbval

ROOT = Path(__file__).resolve().parents[2]
NAMES = yaml.safe_load((ROOT / "book/course.yml").read_text(encoding="utf-8"))["exercises"]


def python_in(folder):
    """Return the Python of the environment in a folder."""
    return folder / "env" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def make_bare(folder):
    """Make an environment with NumPy, a kernel and this package, and nothing else."""
    package = folder / "package"  # a build leaves its files where it is run
    package.mkdir()
    for path in ("pyproject.toml", "README.md", "LICENSE", "alexnet_lib"):
        copy = shutil.copytree if (ROOT / path).is_dir() else shutil.copy
        copy(ROOT / path, package / path)
    search = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    if uv := shutil.which("uv", path=search):
        make = [uv, "venv", "-q", "--python", sys.executable, folder / "env"]
        subprocess.run(make, check=True)
        install = [uv, "pip", "install", "-q", "--python", python_in(folder)]
    else:
        venv.create(folder / "env", with_pip=True)
        install = [python_in(folder), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*install, "numpy", "ipykernel", "nbclient"], check=True)
    subprocess.run([*install, "--no-deps", package], check=True)


@pytest.fixture(scope="session")
def bare_python(shared_folder):
    """The Python of that environment, one for all workers."""
    return python_in(shared_folder("bare", make_bare))


@pytest.mark.parametrize("name", NAMES)
def test_the_solution_passes_where_only_numpy_and_the_package_are(name, bare_python, tmp_path):
    path = ROOT / f"exercises/source/{name}/{name}.ipynb"
    done = run_with_nbval(path, tmp_path, bare_python, clean_environment())
    assert done.code == 0, done.report


def test_there_is_no_pytorch(bare_python):
    missing = subprocess.run([bare_python, "-c", "import torch"], capture_output=True, check=False)
    assert missing.returncode != 0 and b"No module named 'torch'" in missing.stderr


PLAY = """
import json, nbformat, nbclient
notebook = nbformat.read("release.ipynb", as_version=4)
nbclient.NotebookClient(notebook, timeout=60, allow_errors=True).execute()
print(json.dumps({c.id: c.outputs for c in notebook.cells if c.cell_type == "code"}))
"""


def test_in_a_real_kernel_an_unsolved_check_says_so_in_one_line(bare_python, tmp_path):
    """One exercise stands for all, which test_exercises.py plays without a kernel."""
    release = ROOT / "exercises/release/convolution/convolution.ipynb"
    shutil.copy(release, tmp_path / "release.ipynb")
    command = [bare_python, "-c", PLAY]
    done = subprocess.run(
        command, cwd=tmp_path, env=clean_environment(), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    for cell, outputs in json.loads(done.stdout).items():
        if cell.startswith("check_"):
            (error,) = outputs
            assert error["ename"] == "Wrong"
            assert len(error["traceback"]) == 1 and "\n" not in error["traceback"][0]
            assert "not written yet" in error["traceback"][0]
        else:
            assert outputs == []
