"""Put the built site into one file that works from disk.

    make zip [ZIP=FILE]

`dist/NAME-VERSION.zip` has one folder with the site in it: unpack it, on a memory stick say, and
open its `index.html`. The same site gives the same bytes. The workflow that publishes the site puts
the file beside it, and the book's first page links to it and says how large it is.
"""

import argparse
import io
import sys
import tomllib
import zipfile
from pathlib import Path

from alexnet_lib.files import write_atomic

ROOT = Path(__file__).resolve().parents[1]
NAME = "alexnet-book"


def version(root: Path = ROOT) -> str:
    """Return the version in `pyproject.toml`."""
    return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["version"]


def zipped(site: Path, top: str) -> bytes:
    """Return a zip of a folder's files, all in a folder `top`; hidden files and zips stay out."""
    files = {
        path.relative_to(site): path
        for path in site.rglob("*")
        if path.is_file() and path.suffix != ".zip"
    }
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w") as target:
        for name in sorted(files, key=Path.as_posix):
            if not any(part.startswith(".") for part in name.parts):
                # 1980 is the first year that the format knows, and 644 what a reader may do.
                entry = zipfile.ZipInfo(f"{top}/{name.as_posix()}", (1980, 1, 1, 0, 0, 0))
                entry.external_attr = 0o100644 << 16
                target.writestr(entry, files[name].read_bytes(), zipfile.ZIP_DEFLATED)
    return result.getvalue()


def main(arguments=None, root: Path = ROOT) -> int:
    """Write the file, and print its path and size."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", nargs="?", type=Path, help="where to write it")
    options = parser.parse_args(arguments)
    site = root / "_build/html"
    if not (site / "index.html").is_file():  # the last file that a build writes
        print("make zip: the site isn't built, so run `make book` first.", file=sys.stderr)
        return 2
    top = f"{NAME}-{version(root)}"
    path = root / (options.file or Path("dist", f"{top}.zip"))
    content = zipped(site, top)
    write_atomic(path, content)
    print(f"{path}: {len(content) / 1e6:.1f} MB. Unpack it and open index.html.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
