"""Run a notebook under nbval, alone in an empty folder, with another environment's Python."""

import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import NamedTuple

import hygiene
import nbformat
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[1]
KERNEL = "course"


class NotebookRun(NamedTuple):
    """The result of a run: nbval's exit code (0: all as stored), its report, and the memory."""

    code: int
    report: str
    memory_mb: float  # peak of its largest process


def clean_environment(**variables):
    """Return this process's variables without those that configure Python, git or pytest."""
    dropped = ("GIT_", "PYTHON", "VIRTUAL_ENV", "PYTEST", "JUPYTER", "IPYTHON")
    env = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    # Several notebooks run at once. If each used every core, they would wait for one another.
    return env | {"PYTHONNOUSERSITE": "1", "OMP_NUM_THREADS": "1"} | variables


def make_environment(folder: Path) -> tuple[Path, list]:
    """Make a virtual environment; return its Python, and a command that installs packages into it.

    uv takes seconds where pip takes minutes, since it links files from its cache.
    """
    python = folder / "bin" / "python"
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    if uv := shutil.which("uv", path=path):
        command = [uv, "venv", "--quiet", "--seed", "--python", sys.executable, folder]
        subprocess.run(command, check=True)
        return python, [uv, "pip", "install", "--quiet", "--python", python]
    venv.create(folder, with_pip=True)
    return python, [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]


def without_fallbacks(notebook: NotebookNode) -> NotebookNode:
    """Drop the HTML fallback of widgets, which Colab's ipywidgets 7 never stores."""
    for cell in hygiene.code_cells(notebook):
        for output in cell.outputs:
            if "data-alexnet-widget" in output.get("data", {}).get("text/html", ""):
                del output.data["text/html"]
    return notebook


def run_with_nbval(path: Path, folder: Path, python: Path, env: dict[str, str]) -> NotebookRun:
    """Execute a notebook cell by cell with `python` and compare its outputs with the stored ones.

    A copy of the notebook runs in folder/alone, where there is nothing else. pytest and nbval are
    this Python's; the plugin `notebook_faults` also checks what nbval doesn't compare.
    """
    alone = folder / "alone"
    kernels = folder / "jupyter" / "kernels" / KERNEL
    alone.mkdir()
    kernels.mkdir(parents=True)
    copy = alone / path.name
    nbformat.write(without_fallbacks(nbformat.read(path, as_version=4)), copy)
    command = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    command += ["--IPKernelApp.log_level=ERROR"]  # else each start warns of unencrypted TCP
    spec = {"argv": command, "display_name": "Python 3", "language": "python"}
    spec["env"] = {"PYTHONPATH": ""}  # the one below is for pytest
    (kernels / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    env = env | {
        "JUPYTER_PATH": str(folder / "jupyter"),
        "IPYTHONDIR": str(folder / "ipython"),  # not the user's profile
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONPATH": os.pathsep.join(str(ROOT / part) for part in ("tests", "tools")),
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # else the debugger warns, though nobody uses it
    }
    plugins = ["-p", "quick_start", "-p", "nbval.plugin", "-p", "notebook_faults"]
    plugins += ["-p", "no:cacheprovider"]
    sanitize = ROOT / "tests/lessons/sanitize.cfg"
    pytest = [sys.executable, "-m", "pytest", "--quiet", "-c", os.devnull, f"--rootdir={alone}"]
    nbval = ["--nbval", f"--nbval-kernel-name={KERNEL}", f"--nbval-sanitize-with={sanitize}"]
    report = folder / "report.txt"
    with report.open("wb") as out:
        process = subprocess.Popen(
            [*pytest, *plugins, *nbval, copy.name],
            cwd=alone,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        # Unlike `wait`, this also returns what the process and its finished children have used.
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    per_mb = 1e6 if sys.platform == "darwin" else 1e3  # macOS counts bytes, Linux kilobytes
    text = report.read_text(encoding="utf-8", errors="replace")
    return NotebookRun(process.returncode, text, used.ru_maxrss / per_mb)
