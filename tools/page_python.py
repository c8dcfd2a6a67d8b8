"""Make the Python that runs in the page: ``python tools/page_python.py --numpy WHEEL [--check]``.

The book carries Pyodide, which is CPython compiled for browsers, and NumPy for it, so that an
exercise runs on the site without a server and without a network. This program fetches Pyodide from
npm and NumPy's wheel from Pyodide's own site (or takes the file that ``--numpy`` names), holds both
to their checksums below, and writes what pages load to ``book/_ext/python``:

* the interpreter, gzipped as it is;
* Python's library and NumPy without what no page can use, and with the modules that every page
  imports already compiled, which starts Python in a third of the time.

It needs Node 20 or newer, and runs the packed Python itself to compile and to pack, so the result
is the same on every machine. ``files.json`` has the size and the SHA-256 of each file. With
``--check`` nothing is written: the exit code is 1 if a file differs.
"""

import argparse
import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "book" / "_ext" / "python"
PYODIDE = "0.27.7"
# As npm states it: SHA-512 of pyodide-0.27.7.tgz.
PYODIDE_SHA512 = (
    "RUSVJlhQdfWfgO9hVHCiXoG+nVZQRS5D9FzgpLJ/VcgGBLSAKoPL8kTiOikxbHQm1kRISeWUBdulEgO26qpSRA=="
)
NUMPY = "numpy-2.0.2-cp312-cp312-pyodide_2024_0_wasm32.whl"
# As Pyodide's pyodide-lock.json states it.
NUMPY_SHA256 = "ebb61241d962b98b21597d7ce43b67668a6d5bab3acec4fbe958657320d7cd08"
NUMPY_ADDRESS = f"https://cdn.jsdelivr.net/pyodide/v{PYODIDE}/full/{NUMPY}"


class CantMake(Exception):
    """Why the files can't be made, as a sentence."""


def fetch_pyodide(folder: Path) -> Path:
    """Fetch Pyodide from npm into a folder; return the folder of its files."""
    npm = shutil.which("npm")
    if not npm or not shutil.which("node"):
        raise CantMake("Node and npm are missing; install Node 20 or newer")
    command = [npm, "pack", "--silent", "--pack-destination", str(folder), f"pyodide@{PYODIDE}"]
    done = subprocess.run(command, capture_output=True, text=True)
    archive = folder / f"pyodide-{PYODIDE}.tgz"
    if done.returncode or not archive.is_file():
        reason = (done.stderr.strip() or "no reason given").splitlines()[-1]
        raise CantMake(f"npm could not fetch pyodide@{PYODIDE} ({reason}); is there a network?")
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if digest != PYODIDE_SHA512:
        raise CantMake(f"{archive.name} from npm has another SHA-512 than this program expects")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return folder / "package"


def fetch_numpy(given: Path | None, folder: Path, pyodide: Path) -> Path:
    """Return NumPy's wheel, given or fetched, if it is the one that Pyodide names."""
    wheel = given or folder / NUMPY
    try:
        if given is None:
            urllib.request.urlretrieve(NUMPY_ADDRESS, wheel)
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    except OSError as error:
        raise CantMake(f"NumPy's wheel could not be read ({error}); give it with --numpy") from None
    lock = json.loads((pyodide / "pyodide-lock.json").read_text(encoding="utf-8"))
    if not digest == NUMPY_SHA256 == lock["packages"]["numpy"]["sha256"]:
        raise CantMake(
            f"{wheel} is not {NUMPY}, which Pyodide {PYODIDE} names; its SHA-256 differs"
        )
    return wheel


def make_files(given: Path | None, target: Path) -> None:
    """Write every file of the Python in the page into a folder."""
    with tempfile.TemporaryDirectory() as name:
        pyodide = fetch_pyodide(Path(name))
        wheel = fetch_numpy(given, Path(name), pyodide)
        program = Path(__file__).with_suffix(".mjs")
        command = ["node", str(program), str(pyodide), str(wheel), str(target)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise CantMake(f"packing stopped: {done.stderr.strip()[-300:]}")
    files = {path.name: describe(path) for path in sorted(target.iterdir())}
    text = json.dumps(files, indent=2) + "\n"
    (target / "files.json").write_text(text, encoding="utf-8")


def describe(path: Path) -> dict:
    """Return the size and the SHA-256 of a file."""
    content = path.read_bytes()
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def main(arguments: list[str] | None = None, target: Path = TARGET) -> int:
    """Make or compare the files; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--numpy", type=Path, metavar="WHEEL", help=NUMPY)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if one differs")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        made = Path(name)
        try:
            make_files(options.numpy, made)
        except CantMake as reason:
            print(f"page_python: {reason}.", file=sys.stderr)
            return 2
        differ = [
            path.name
            for path in sorted(made.iterdir())
            if not (target / path.name).is_file()
            or path.read_bytes() != (target / path.name).read_bytes()
        ]
        if options.check:
            for file in differ:
                print(f"page_python: {file} differs from what its sources give.", file=sys.stderr)
            return 1 if differ else 0
        for file in differ:
            shutil.copy(made / file, target / file)
        print(f"{len(differ)} files written to {target}" if differ else "up to date")
    return 0


if __name__ == "__main__":
    sys.exit(main())
