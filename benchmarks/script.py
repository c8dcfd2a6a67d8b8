"""What all benchmarks share at the command line: options, saving, and errors."""

import argparse
import subprocess
import sys

import record

__all__ = ["count", "make_parser", "run", "save"]


def make_parser(about):
    """Return an argument parser with --save and the first line of a script's docstring."""
    parser = argparse.ArgumentParser(description=about.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--save", action="store_true", help="keep the figures in alexnet_lib/data")
    return parser


def count(text):
    """Return a command line's text as a whole number of at least 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, but {number} was given")
    return number


def save(options, name, figures, machine):
    """Save the figures as NAME.json if --save was given."""
    if options.save:
        path = record.save(name, figures, machine)
        print(f"Saved as {'/'.join(path.parts[-4:])}.")


def run(main):
    """Return the exit code of `main()`: 2 and a sentence after an error, 130 after Ctrl-C."""
    try:
        return main() or 0
    except KeyboardInterrupt:
        return 130  # the shell's convention; nothing is written
    except (ValueError, RuntimeError, OSError, subprocess.SubprocessError) as error:
        print(f"{sys.argv[0].rsplit('/', 1)[-1]}: {error}", file=sys.stderr)
        return 2
