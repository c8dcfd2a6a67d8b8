"""Execute the lessons: the only way outputs get into the repository.

    make lessons                            # every lesson and every exercise source
    make lessons NAMES="blocks/convolution" # the ones named (an exercise: exercises/convolution)

Each runs from top to bottom in a fresh kernel of this Python, in its own folder, and is then
written in one form only, so that a change in the file is a change in the lesson: counts from 1, no
widget state, no times of execution, nothing of the editor or the machine. A lesson that fails,
warns or names a path of this machine isn't written. What differs from run to run (in cells tagged
nbval-ignore-output) stays as it was while everything else came out the same. Under the line of each
lesson stands what would make it read better (hygiene.py's `advice`).
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
    machine_trace,
    tags,
    texts_of,
)
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from repository import ROOT

from alexnet_lib.files import write_atomic

CELL_SECONDS = 300  # a cell that takes longer hangs: no lesson may take more than 30 s in all


class Refused(Exception):
    """A lesson that must not be written, with the sentence that says why."""


class Run(NamedTuple):
    """What one execution took."""

    seconds: float  # from the kernel's start to its end
    cpu_seconds: float  # what it computed in that time, on all cores
    memory_mb: float  # the most it ever held
    # The last two are read from /proc, and 0 where there is none.


def known(root: Path = ROOT) -> dict[str, Path]:
    """Return name -> file: a lesson by its path under book/, a source as exercises/NAME."""
    book = root / "book"
    lessons = {
        path.relative_to(book).with_suffix("").as_posix(): path
        for path in sorted(book.rglob("*.ipynb"))
        if not any(part.startswith((".", "_")) for part in path.relative_to(book).parts)
    }
    sources = sorted((root / "exercises" / "source").glob("*/*.ipynb"))
    return lessons | {f"exercises/{path.stem}": path for path in sources}


def filled(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the code cells that have code: those that a kernel counts."""
    return [cell for cell in code_cells(notebook) if cell.source.strip()]


def execute(
    notebook: NotebookNode,
    folder: Path,
    python: str = sys.executable,
    env: dict[str, str] | None = None,
) -> Run:
    """Run a notebook in place, in a fresh kernel of `python` working in `folder`.

    Raise Refused, with one sentence, if a cell fails or the kernel dies.
    """

    class Kernel(AsyncKernelManager):
        # Not the kernel that the notebook names: that one may be another Python's.
        kernel_spec = KernelSpec(
            argv=[
                *(python, "-m", "ipykernel_launcher", "-f", "{connection_file}"),
                "--IPKernelApp.log_level=ERROR",  # else each start warns of unencrypted TCP
            ],
            display_name="Python 3",
            language="python",
        )

    computed = peak = 0.0
    begun = 0  # counted here: a kernel that dies may not have said which cell it had begun

    def begin(cell, cell_index):
        nonlocal begun
        begun += 1

    def watch(cell, cell_index, execute_reply):
        nonlocal computed, peak
        process = Path(f"/proc/{client.km.provisioner.pid}")
        if process.exists():
            # Fields 14 and 15 are the ticks in user and system mode; field 2 may hold spaces.
            ticks = (process / "stat").read_text().rpartition(")")[2].split()[11:13]
            computed = sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
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
        cell.execution_count, cell.outputs = None, []
    start = time.perf_counter()
    # Without the profile of whoever runs it: a lesson may lean on nobody's settings.
    with tempfile.TemporaryDirectory() as profile:
        # The second: a debugger that nobody started has nothing to say.
        ours = {"IPYTHONDIR": profile, "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
        env = {**(env or os.environ), **ours}
        # In a thread of its own, where nbclient leaves Ctrl-C to us.
        with ThreadPoolExecutor(1) as thread:
            work = thread.submit(asyncio.run, client.async_execute(env=env))
            try:
                work.result()
            except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
                raise Refused(f"code cell [{begun}] {_reason(error)}") from error
            except KeyboardInterrupt:
                if client.km and client.km.has_kernel:
                    os.kill(client.km.provisioner.pid, signal.SIGKILL)
                raise
    return Run(time.perf_counter() - start, computed, peak)


def _reason(error: Exception) -> str:
    if isinstance(error, CellExecutionError):
        return f"fails: {error.ename}: {' '.join(error.evalue.split()) or 'it says no more'}"
    if isinstance(error, CellTimeoutError):
        return f"is not done after {CELL_SECONDS} s"
    return "was running when its kernel died, perhaps for want of memory"


def faults(notebook: NotebookNode) -> str | None:
    """Return the first thing that an executed notebook must not hold, as a sentence, or None."""
    for number, cell in enumerate(filled(notebook), 1):
        where = f"code cell [{number}]"
        for output in cell.outputs:
            if output.get("name") == "stderr":
                said = " ".join(output.text.split())
                return f"{where} writes to stderr, and a lesson prints no warnings: {said[:300]}"
            for text in texts_of(output):
                if trace := machine_trace(text):
                    return f"{where} shows something of one machine only: {trace}"
    return None


def normalise(notebook: NotebookNode) -> NotebookNode:
    """Return an executed notebook in the one form in which it is kept."""
    notebook = copy.deepcopy(notebook)
    if notebook.nbformat_minor < 5:  # Colab writes 4.0; cell ids came with 4.5
        notebook = nbformat.v4.upgrade(notebook, notebook.nbformat, notebook.nbformat_minor)
    notebook.metadata = nbformat.from_dict(NOTEBOOK_METADATA)
    count = 0
    for cell in notebook.cells:
        cell.metadata = {key: cell.metadata[key] for key in cell.metadata if key in CELL_METADATA}
        if cell.cell_type != "code":
            continue
        count += bool(cell.source.strip())
        cell.execution_count = count if cell.source.strip() else None
        cell.outputs = _streams_joined(cell.outputs)
        for output in cell.outputs:
            output.pop("transient", None)
            if output.output_type == "execute_result":
                output.execution_count = count
            if output.output_type == "error":
                # The rest of a traceback is paths of the machine; what it says is its last line.
                output.traceback = [f"{output.ename}: {output.evalue}"]
            if "data" in output:
                # The view's number leads to a widget that is gone; its text/html stands for it.
                output.data.pop(VIEW, None)
                output.metadata.pop(VIEW, None)
    return notebook


def _streams_joined(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join what is printed in a row to one output: a slow cell's text comes in several."""
    joined = []
    for output in outputs:
        last = joined[-1] if joined else {}
        if output.output_type == "stream" and last.get("name") == output.name:
            last.text += output.text
        else:
            joined.append(output)
    return joined


def keep_varying(fresh: NotebookNode, old: NotebookNode) -> NotebookNode:
    """Return `old` if only numbers and pictures of the cells that may vary differ, else `fresh`."""

    def varies(cell):
        return cell.cell_type == "code" and "nbval-ignore-output" in tags(cell)

    def wording(output):
        texts = [re.sub(r"\d+(\.\d+)?(e[+-]?\d+)?", "#", text) for text in texts_of(output)]
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
    """Execute one lesson and write it if it came out otherwise than it stands.

    Return what it took, how many code cells it has, and whether it was written.
    """
    text = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    old = normalise(notebook)
    took = execute(notebook, path.parent)
    if fault := faults(notebook):
        raise Refused(fault)
    fresh = normalise(notebook)
    new = nbformat.writes(fresh if force else keep_varying(fresh, old)) + "\n"
    if new != text:
        write_atomic(path, new)
    return took, len(filled(fresh)), new != text


def main(arguments: list[str], root: Path = ROOT) -> int:
    """Execute the lessons named, or all; 1 if one was refused, 2 if a name is unknown."""
    parser = argparse.ArgumentParser(description="Execute the lessons and keep their outputs.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="such as blocks/convolution")
    parser.add_argument("--force", action="store_true", help="renew outputs that may vary, too")
    options = parser.parse_args(arguments)
    lessons = known(root)
    for name in options.names:
        if name not in lessons:
            names = ", ".join(lessons) or "none yet"
            print(f"There is no lesson {name!r}; the lessons are: {names}.", file=sys.stderr)
            return 2
    refused = 0
    for name in dict.fromkeys(options.names or lessons):
        try:
            took, cells, written = run(lessons[name], options.force)
        except Refused as reason:
            print(f"{name}: {reason}. The file is as it was.", file=sys.stderr, flush=True)
            refused += 1
        except KeyboardInterrupt:
            print(f"{name}: stopped. The file is as it was.", file=sys.stderr)
            return 130
        else:
            result = "written" if written else "unchanged"
            print(f"{name}: {cells} code cells, {took.seconds:.1f} s, {result}", flush=True)
            for sentence in advice(lessons[name], root):
                print(f"  advice: {sentence}", flush=True)
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
