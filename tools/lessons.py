"""Execute the lessons: outputs get into the repository in no other way.

    make lessons                            # every lesson and every exercise source
    make lessons NAMES="blocks/convolution" # the ones named (an exercise: exercises/convolution)

Each runs from top to bottom in a fresh kernel of this Python, in its own folder, and is then
written in one normal form, so that a change in the file is a change in the lesson: counts from 1,
no widget state, no execution times, nothing from the editor or the machine. A lesson that fails,
warns or shows a path of this machine isn't written. Outputs that vary from run to run (in cells
tagged nbval-ignore-output) stay as they were if nothing else changed. Under the line of each lesson
is hygiene.py's `advice`: what would make it read better.
"""

import argparse
import asyncio
import copy
import os
import re
import signal
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import nbformat
from hygiene import (
    CELL_METADATA,
    NOTEBOOK_METADATA,
    VIEW,
    advice,
    code_cells,
    fold_metadata,
    machine_trace,
    output_texts,
    tags,
)
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from repository import ROOT

from alexnet_lib.files import write_atomic

CELL_SECONDS = 300  # a cell that takes longer hangs: no lesson may take more than 30 s in all


class LessonError(Exception):
    """A reason not to write a lesson, as a sentence."""


class Run(NamedTuple):
    """The cost of one execution."""

    seconds: float  # from the kernel's start to its end
    cpu_seconds: float  # on all cores; 0 on systems without /proc
    memory_mb: float  # peak; 0 on systems without /proc


def notebook_paths(root: Path = ROOT) -> dict[str, Path]:
    """Return name -> file: a lesson by its path under book/, a source as exercises/NAME."""
    book = root / "book"
    lessons = {
        path.relative_to(book).with_suffix("").as_posix(): path
        for path in sorted(book.rglob("*.ipynb"))
        if not any(part.startswith((".", "_")) for part in path.relative_to(book).parts)
    }
    sources = sorted((root / "exercises" / "source").glob("*/*.ipynb"))
    return lessons | {f"exercises/{path.stem}": path for path in sources}


def nonempty_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the code cells that aren't empty: those that a kernel counts."""
    return [cell for cell in code_cells(notebook) if cell.source.strip()]


def execute(
    notebook: NotebookNode,
    folder: Path,
    python: str = sys.executable,
    env: dict[str, str] | None = None,
) -> Run:
    """Run a notebook in place, in a fresh kernel of `python` working in `folder`.

    Raise LessonError, with one sentence, if a cell fails or the kernel dies.
    """

    class Kernel(AsyncKernelManager):
        # Not the kernel that the notebook names, which may belong to another Python.
        kernel_spec = KernelSpec(
            argv=[
                *(python, "-m", "ipykernel_launcher", "-f", "{connection_file}"),
                "--IPKernelApp.log_level=ERROR",  # else each start warns of unencrypted TCP
            ],
            display_name="Python 3",
            language="python",
        )

    cpu_seconds = peak = 0.0
    begun = 0  # counted here: a kernel that dies may not have reported the cell it began

    def begin(cell, cell_index):
        nonlocal begun
        begun += 1

    def watch(cell, cell_index, execute_reply):
        nonlocal cpu_seconds, peak
        process = Path(f"/proc/{client.km.provisioner.pid}")
        if process.exists():
            # Fields 14 and 15 are the ticks in user and system mode; field 2 may hold spaces.
            ticks = (process / "stat").read_text().rpartition(")")[2].split()[11:13]
            cpu_seconds = sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
            peak = int(re.search(r"VmHWM:\s*(\d+)", (process / "status").read_text())[1]) / 1000

    client = NotebookClient(
        notebook,
        kernel_manager_class=Kernel,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        timeout=CELL_SECONDS,
        on_cell_execute=begin,
        on_cell_executed=watch,
    )
    for cell in code_cells(notebook):
        cell.execution_count = None
        cell.outputs = []
    start = time.perf_counter()
    # Without the user's IPython profile: a lesson must not depend on anyone's settings.
    with tempfile.TemporaryDirectory() as profile:
        # The second variable silences a warning of the debugger, which isn't used.
        env = dict(env or os.environ, IPYTHONDIR=profile, PYDEVD_DISABLE_FILE_VALIDATION="1")
        # In a thread of its own, where nbclient doesn't handle Ctrl-C.
        with ThreadPoolExecutor(1) as thread:
            work = thread.submit(asyncio.run, client.async_execute(env=env))
            try:
                work.result()
            except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
                raise LessonError(f"code cell [{begun}] {_reason(error)}") from error
            except KeyboardInterrupt:
                if client.km and client.km.has_kernel:
                    os.kill(client.km.provisioner.pid, signal.SIGKILL)
                raise
    return Run(time.perf_counter() - start, cpu_seconds, peak)


def _reason(error: Exception) -> str:
    if isinstance(error, CellExecutionError):
        return f"fails: {error.ename}: {' '.join(error.evalue.split()) or 'no message'}"
    if isinstance(error, CellTimeoutError):
        return f"is not done after {CELL_SECONDS} s"
    return "was running when its kernel died, perhaps for lack of memory"


def first_fault(notebook: NotebookNode) -> str | None:
    """Return the first reason not to keep the outputs of a notebook, as a sentence, or None."""
    for number, cell in enumerate(nonempty_cells(notebook), 1):
        where = f"code cell [{number}]"
        for output in cell.outputs:
            if output.get("name") == "stderr":
                text = " ".join(output.text.split())
                return f"{where} writes to stderr, and a lesson prints no warnings: {text[:300]}"
            for text in output_texts(output):
                if trace := machine_trace(text):
                    return f"{where} shows a trace of one machine: {trace}"
    return None


def normalize(notebook: NotebookNode) -> NotebookNode:
    """Return an executed notebook in its normal form."""
    notebook = copy.deepcopy(notebook)
    if notebook.nbformat_minor < 5:  # Colab writes 4.0; cell ids came with 4.5
        notebook = nbformat.v4.upgrade(notebook, notebook.nbformat, notebook.nbformat_minor)
    notebook.metadata = nbformat.from_dict(NOTEBOOK_METADATA)
    count = 0
    for cell in notebook.cells:
        cell.metadata = {key: cell.metadata[key] for key in cell.metadata if key in CELL_METADATA}
        cell.metadata |= fold_metadata(cell.metadata.get("tags", []))
        if cell.cell_type != "code":
            continue
        count += bool(cell.source.strip())
        cell.execution_count = count if cell.source.strip() else None
        cell.outputs = _join_streams(cell.outputs)
        for output in cell.outputs:
            output.pop("transient", None)
            if output.output_type == "execute_result":
                output.execution_count = count
            if output.output_type == "error":
                # Only the last line of a traceback names no paths of this machine.
                output.traceback = [f"{output.ename}: {output.evalue}"]
            if "data" in output:
                # The view's number refers to a widget that no longer exists; text/html replaces it.
                output.data.pop(VIEW, None)
                output.metadata.pop(VIEW, None)
    return notebook


def _join_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join consecutive outputs of a stream: a slow cell's text arrives in several."""
    joined = []
    for output in outputs:
        last = joined[-1] if joined else {}
        if output.output_type == "stream" and last.get("name") == output.name:
            last.text += output.text
        else:
            joined.append(output)
    return joined


def keep_varying(fresh: NotebookNode, old: NotebookNode) -> NotebookNode:
    """Return `old` if it differs only in the numbers and pictures of cells that may vary."""

    def varies(cell):
        return cell.cell_type == "code" and "nbval-ignore-output" in tags(cell)

    def wording(output):
        texts = [re.sub(r"\d+(\.\d+)?(e[+-]?\d+)?", "#", text) for text in output_texts(output)]
        return output.output_type, sorted(output.get("data", ())), texts

    if len(fresh.cells) != len(old.cells):
        return fresh
    for new_cell, old_cell in zip(fresh.cells, old.cells, strict=True):
        if varies(new_cell):
            same = [wording(o) for o in new_cell.outputs] == [wording(o) for o in old_cell.outputs]
        else:
            same = new_cell == old_cell
        if not same:
            return fresh
    return old


def run(path: Path, force: bool = False) -> tuple[Run, int, bool]:
    """Execute one lesson, and write it if anything changed.

    Return the run's cost, the number of code cells, and whether the file was written.
    """
    text = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    old = normalize(notebook)
    cost = execute(notebook, path.parent)
    if fault := first_fault(notebook):
        raise LessonError(fault)
    fresh = normalize(notebook)
    new = nbformat.writes(fresh if force else keep_varying(fresh, old)) + "\n"
    if new != text:
        write_atomic(path, new)
    return cost, len(nonempty_cells(fresh)), new != text


def main(arguments: list[str], root: Path = ROOT) -> int:
    """Execute the lessons named, or all; return 1 if one fails, 2 if a name is unknown."""
    parser = argparse.ArgumentParser(description="Execute the lessons and keep their outputs.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="such as blocks/convolution")
    parser.add_argument("--force", action="store_true", help="also renew outputs that may vary")
    options = parser.parse_args(arguments)
    lessons = notebook_paths(root)
    for name in options.names:
        if name not in lessons:
            names = ", ".join(lessons) or "none yet"
            print(f"There is no lesson {name!r}; the lessons are: {names}.", file=sys.stderr)
            return 2
    failed = 0
    for name in dict.fromkeys(options.names or lessons):
        try:
            cost, cells, written = run(lessons[name], options.force)
        except LessonError as reason:
            print(f"{name}: {reason}. The file is as it was.", file=sys.stderr, flush=True)
            failed += 1
        except KeyboardInterrupt:
            print(f"{name}: stopped. The file is as it was.", file=sys.stderr)
            return 130
        else:
            result = "written" if written else "unchanged"
            print(f"{name}: {cells} code cells, {cost.seconds:.1f} s, {result}", flush=True)
            for sentence in advice(lessons[name], root):
                print(f"  advice: {sentence}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
