"""Make the students' notebooks from the authors': ``python tools/exercises.py [NAMES] [--check]``.

``exercises/source/NAME/NAME.ipynb`` is the only thing an author edits. It becomes
``exercises/release/NAME/NAME.ipynb`` by the preprocessors of nbgrader, the same ones in the same
order as its own ``generate_assignment``, without a gradebook and without a server: solutions give
way to a stub, hidden tests and outputs go, cells are locked, checksums tell what was changed.

With ``--check`` nothing is written: exit code 1 if a release is not what its source gives.
A source that can't be released is refused in one sentence, with exit code 2.
"""

import argparse
import sys
from pathlib import Path

import yaml

from alexnet_lib.files import write_atomic
from alexnet_lib.grading.releasing import Refused, release

ROOT = Path(__file__).resolve().parents[1]


def main(arguments=None, root=ROOT):
    """Release the named exercises, or all that ``book/course.yml`` lists; give the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="an exercise; all if none is named"
    )
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if out of date")
    options = parser.parse_args(arguments)
    course = yaml.safe_load((root / "book/course.yml").read_text(encoding="utf-8"))["exercises"]
    old = []
    for name in options.names or course:
        source = root / f"exercises/source/{name}/{name}.ipynb"
        target = root / f"exercises/release/{name}/{name}.ipynb"
        try:
            if name not in course:
                raise Refused(f"is not in book/course.yml, which has: {', '.join(course)}")
            if not source.is_file():
                raise Refused(f"has no source: expected exercises/source/{name}/{name}.ipynb")
            text = release(source, course[name]["points"])
        except Refused as reason:
            print(f"exercises: {name} {reason}.", file=sys.stderr)
            return 2
        if target.is_file() and target.read_text(encoding="utf-8") == text:
            print(f"{name}: up to date")
        elif options.check:
            old.append(name)
        else:
            write_atomic(target, text)
            print(f"{name}: written")
    if old:
        print(f"exercises: run `make exercises`, not up to date: {', '.join(old)}", file=sys.stderr)
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main())
