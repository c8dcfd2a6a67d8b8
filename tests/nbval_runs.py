"""Run a notebook under nbval, alone in an empty folder, in the environment of another Python."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import hygiene
import nbformat
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[1]
KERNEL = "course"


class NotebookRun(NamedTuple):
    """What came of a run: nbval's exit code (0: all as stored), its report, and the memory."""

    code: int
    report: str
    memory_mb: float  # the most that one of its processes ever held


def clean_environment(**variables):
    """Return the variables of this process without those that lead Python, git or pytest."""
    leading = ("GIT_", "PYTHON", "VIRTUAL_ENV", "PYTEST", "JUPYTER", "IPYTHON")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(leading)}
    return kept | {"PYTHONNOUSERSITE": "1"} | variables


def without_fallbacks(notebook: NotebookNode) -> NotebookNode:
    """Drop the HTML that stands for a widget: ipywidgets 7, which is Colab's, never stores it."""
    for cell in hygiene.code_cells(notebook):
        for output in cell.outputs:
            if "data-alexnet-widget" in output.get("data", {}).get("text/html", ""):
                del output.data["text/html"]
    return notebook


def run_with_nbval(path: Path, folder: Path, python: Path, env: dict[str, str]) -> NotebookRun:
    """Execute a notebook cell by cell with `python` and compare its outputs with the stored ones.

    path: the notebook, of which a copy runs in folder/alone, where nothing else is. pytest and
    nbval are those of this Python; the plugin `notebook_faults` also refuses, in every cell, what
    nbval doesn't compare.
    """
    alone, kernels = folder / "alone", folder / "jupyter" / "kernels" / KERNEL
    alone.mkdir()
    kernels.mkdir(parents=True)
    copy = alone / path.name
    nbformat.write(without_fallbacks(nbformat.read(path, as_version=4)), copy)
    command = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    command += ["--IPKernelApp.log_level=ERROR"]  # or each start warns of unencrypted TCP
    spec = {"argv": command, "display_name": "Python 3", "language": "python"}
    spec["env"] = {"PYTHONPATH": ""}  # ours is for pytest
    (kernels / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    env = env | {
        "JUPYTER_PATH": str(folder / "jupyter"),
        "IPYTHONDIR": str(folder / "ipython"),  # nobody's profile
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONPATH": os.pathsep.join(str(ROOT / part) for part in ("tests", "tools")),
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # a debugger nobody started has nothing to say
    }
    plugins = ["-p", "nbval.plugin", "-p", "notebook_faults", "-p", "no:cacheprovider"]
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
        # Unlike `wait`, it says what the process and all that it waited for have used.
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    per_mb = 1e6 if sys.platform == "darwin" else 1e3  # macOS counts bytes, Linux kilobytes
    text = report.read_text(encoding="utf-8", errors="replace")
    return NotebookRun(process.returncode, text, used.ru_maxrss / per_mb)
