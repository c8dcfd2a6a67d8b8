"""Every exercise, executed once with only NumPy and the package installed: students need no more.

The sources run under nbval, all in one session, each in a kernel and an empty folder of its own:
each solution passes its checks, and the outputs match the stored ones.
"""

import json
import shutil
import subprocess
from pathlib import Path

import kernels
import pytest
import yaml
from nbval_runs import clean_environment, make_environment, run_nbval, variables_for_kernels

ROOT = Path(__file__).resolve().parents[2]
NAMES = yaml.safe_load((ROOT / "book/course.yml").read_text(encoding="utf-8"))["exercises"]


def make_bare(folder):
    """Make an environment with NumPy, a kernel and this package, and nothing else."""
    package = folder / "package"  # a build leaves files in its folder
    package.mkdir()
    for path in ("pyproject.toml", "README.md", "LICENSE", "alexnet_lib", "book/quizzes"):
        copy = shutil.copytree if (ROOT / path).is_dir() else shutil.copy
        copy(ROOT / path, package / path)
    _, install = make_environment(folder / "env")
    subprocess.run([*install, "numpy", "ipykernel", "nbclient"], check=True)
    subprocess.run([*install, "--no-deps", package], check=True)


@pytest.fixture(scope="session")
def bare_python(shared_folder):
    """The Python of that environment, shared by all workers."""
    return shared_folder("bare", make_bare) / "env/bin/python"


def source(name):
    return ROOT / f"exercises/source/{name}/{name}.ipynb"


@pytest.fixture(scope="session")
def results(shared_folder, bare_python):
    """{exercise: {cell of the notebook, from 0: what nbval says against it}} of the solutions."""

    def run_all(folder):
        env = clean_environment()
        server = folder / "kernels.socket"
        with kernels.connect_or_start(server, bare_python, variables_for_kernels(env)):
            run = run_nbval([*map(source, NAMES)], folder, server, env)
        (folder / "faults.json").write_text(json.dumps(run.faults), encoding="utf-8")

    faults = (shared_folder("solved", run_all) / "faults.json").read_text(encoding="utf-8")
    return {n: {int(cell): t for cell, t in f.items()} for n, f in json.loads(faults).items()}


@pytest.mark.parametrize("name", NAMES)
def test_the_solution_passes_where_only_numpy_and_the_package_are(name, results):
    cells = json.loads(source(name).read_text(encoding="utf-8"))["cells"]
    codes = [cell for cell in cells if cell["cell_type"] == "code"]
    assert results[name] == dict.fromkeys(range(len(codes)), "")


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
    """One exercise is enough here: test_exercises.py plays all of them without a kernel."""
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
