"""Make the students' notebooks from the authors': ``python tools/exercises.py [NAMES] [--check]``.

Authors edit only ``exercises/source/NAME/NAME.ipynb``. nbgrader's preprocessors turn it into
``exercises/release/NAME/NAME.ipynb``, the same ones in the same order as ``generate_assignment``,
but without a gradebook or a server: they replace solutions by a stub, remove hidden tests and
outputs, lock cells, and add checksums that show what was changed.

With ``--check`` nothing is written: the exit code is 1 if a release is out of date. If a source
can't be released, one sentence says why, and the exit code is 2.
"""

import argparse
import sys
from pathlib import Path

import yaml

from alexnet_lib.files import write_atomic
from alexnet_lib.grading.release import InvalidSource, make_release

ROOT = Path(__file__).resolve().parents[1]


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Release the named exercises, or all in ``book/course.yml``; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="an exercise; all if none is named"
    )
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if out of date")
    options = parser.parse_args(arguments)
    course = yaml.safe_load((root / "book/course.yml").read_text(encoding="utf-8"))["exercises"]
    outdated = []
    for name in options.names or course:
        source = root / f"exercises/source/{name}/{name}.ipynb"
        target = root / f"exercises/release/{name}/{name}.ipynb"
        try:
            if name not in course:
                raise InvalidSource(f"is not in book/course.yml, which has: {', '.join(course)}")
            if not source.is_file():
                raise InvalidSource(f"has no source: expected exercises/source/{name}/{name}.ipynb")
            text = make_release(source, course[name]["points"])
        except InvalidSource as reason:
            print(f"exercises: {name} {reason}.", file=sys.stderr)
            return 2
        if target.is_file() and target.read_text(encoding="utf-8") == text:
            print(f"{name}: up to date")
        elif options.check:
            outdated.append(name)
        else:
            write_atomic(target, text)
            print(f"{name}: written")
    if outdated:
        print(
            f"exercises: out of date, run `make exercises`: {', '.join(outdated)}", file=sys.stderr
        )
    return 1 if outdated else 0


if __name__ == "__main__":
    sys.exit(main())
