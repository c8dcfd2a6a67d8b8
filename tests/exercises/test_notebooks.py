"""Every exercise, run once with only NumPy and the package installed: students need no more.

Each solution passes its checks, and the outputs are the stored ones. All run in one process of that
environment, and one in a real kernel.
"""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from nbval_runs import clean_environment, make_environment

ROOT = Path(__file__).resolve().parents[2]
NAMES = yaml.safe_load((ROOT / "book/course.yml").read_text(encoding="utf-8"))["exercises"]


def make_bare(folder):
    """Make an environment with NumPy, a kernel and this package, and nothing else."""
    package = folder / "package"  # a build leaves files in its folder
    package.mkdir()
    for path in ("pyproject.toml", "README.md", "LICENSE", "alexnet_lib"):
        copy = shutil.copytree if (ROOT / path).is_dir() else shutil.copy
        copy(ROOT / path, package / path)
    _, install = make_environment(folder / "env")
    subprocess.run([*install, "numpy", "ipykernel", "nbclient"], check=True)
    subprocess.run([*install, "--no-deps", package], check=True)


@pytest.fixture(scope="session")
def bare_python(shared_folder):
    """The Python of that environment, shared by all workers."""
    return shared_folder("bare", make_bare) / "env/bin/python"


PLAY_ALL = """
import json, pathlib, sys
import notebook_cells
played = {}
for path in map(pathlib.Path, sys.argv[1:]):
    cells = notebook_cells.play(notebook_cells.code_cells(path)).values()
    played[path.stem] = {c.grade_id: [c.stdout, c.stderr, c.error] for c in cells}
assert "torch" not in sys.modules and "matplotlib" not in sys.modules
pathlib.Path("played.json").write_text(json.dumps(played))
"""


def source(name):
    return ROOT / f"exercises/source/{name}/{name}.ipynb"


@pytest.fixture(scope="session")
def played(shared_folder, bare_python):
    """{exercise: {cell: [stdout, stderr, error]}} of the solutions, in that environment."""

    def play_all(folder):
        env = clean_environment(PYTHONPATH=str(ROOT / "tests"))
        subprocess.run(
            [bare_python, "-c", PLAY_ALL, *map(source, NAMES)], cwd=folder, env=env, check=True
        )

    folder = shared_folder("played", play_all)
    return json.loads((folder / "played.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_the_solution_passes_where_only_numpy_and_the_package_are(name, played):
    stored = json.loads(source(name).read_text(encoding="utf-8"))["cells"]
    codes = {cell["id"]: cell for cell in stored if cell["cell_type"] == "code"}
    assert list(codes) == list(played[name])
    for cell, (stdout, stderr, error) in played[name].items():
        assert stderr == error == "", cell
        texts = ["".join(output["text"]) for output in codes[cell]["outputs"]]
        assert texts == [stdout] * bool(stdout), cell


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
