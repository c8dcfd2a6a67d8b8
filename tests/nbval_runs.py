"""Run notebooks under nbval, each alone in an empty folder, in a kernel of another environment."""

import json
import os
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import hygiene
import kernels
import nbformat
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[1]
KERNEL = "course"


class Run(NamedTuple):
    """The result of a session of nbval: pytest's report, and what is wrong with each notebook."""

    report: str
    faults: dict[str, dict[int, str]]  # name of the file -> code cell, from 0 -> "" or the fault


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


def variables_for_kernels(env: dict[str, str]) -> dict[str, str]:
    """Return these variables, and what a kernel needs to start without a warning."""
    # else the debugger warns, though nobody uses it
    return env | {"PYDEVD_DISABLE_FILE_VALIDATION": "1"}


def run_nbval(paths: list[Path], folder: Path, server: Path, env: dict[str, str]) -> Run:
    """Execute notebooks cell by cell, and compare their outputs with the stored ones.

    server  the address of a server of kernels (kernels.py)
    env     the variables of the kernels

    A copy of each notebook runs in folder/alone/NAME, where there is nothing else, in a kernel of
    its own. pytest and nbval are this Python's; the plugin `notebook_faults` also checks what nbval
    doesn't compare.
    """
    alone = folder / "alone"
    specs = folder / "jupyter" / "kernels" / KERNEL
    specs.mkdir(parents=True)
    copies = [alone / path.stem / path.name for path in paths]
    for path, copy in zip(paths, copies, strict=True):
        copy.parent.mkdir(parents=True)
        nbformat.write(without_fallbacks(nbformat.read(path, as_version=4)), copy)
    # else each start warns of unencrypted TCP
    command = [sys.executable, "-ISs", kernels.__file__, "kernel", str(server)]
    command += ["-f", "{connection_file}", "--IPKernelApp.log_level=ERROR"]
    spec = {"argv": command, "display_name": "Python 3", "language": "python"}
    # the path below is for pytest
    spec["env"] = {"PYTHONPATH": "", "KERNEL_USAGE": str(folder)}
    (specs / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    env = variables_for_kernels(env) | {
        "JUPYTER_PATH": str(folder / "jupyter"),
        "IPYTHONDIR": str(folder / "ipython"),  # not the user's profile
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONPATH": os.pathsep.join(str(ROOT / part) for part in ("tests", "tools")),
    }
    plugins = ["-p", "quick_start", "-p", "nbval.plugin", "-p", "notebook_faults"]
    plugins += ["-p", "no:cacheprovider", f"--junit-xml={folder / 'cells.xml'}"]
    sanitize = ROOT / "tests/lessons/sanitize.cfg"
    pytest = [sys.executable, "-m", "pytest", "--quiet", "-c", os.devnull, f"--rootdir={alone}"]
    nbval = ["--nbval", f"--nbval-kernel-name={KERNEL}", f"--nbval-sanitize-with={sanitize}"]
    report = folder / "report.txt"
    with report.open("wb") as out:
        process = subprocess.run(
            [*pytest, *plugins, *nbval, *map(str, copies)],
            cwd=copies[0].parent,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    said = report.read_text(encoding="utf-8", errors="replace")
    if process.returncode not in (0, 1):  # 1: a cell has failed
        raise RuntimeError(f"nbval could not run {', '.join(map(str, paths))}: {said}")
    faults = {path.stem: {} for path in paths}
    for case in ElementTree.parse(folder / "cells.xml").iter("testcase"):
        name = case.get("classname").split(".")[0]
        cell = int(case.get("name").removeprefix("Cell "))
        faults[name][cell] = "".join(fault.text for fault in case)
    return Run(said, faults)


def memory_mb(folder: Path, name: str) -> float:
    """Return what a notebook's kernel took at its peak, once it has ended.

    folder  that of the session of nbval, which kills the kernel and goes
    """
    usage = folder / f"{name}.json"
    deadline = time.monotonic() + 60
    while not usage.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    per_mb = 1e6 if sys.platform == "darwin" else 1e3  # macOS counts bytes, Linux kilobytes
    return json.loads(usage.read_text(encoding="utf-8"))["ru_maxrss"] / per_mb
