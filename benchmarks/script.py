"""What all benchmarks have in common at the command line: options, saving, and what goes wrong."""

import argparse
import subprocess
import sys

import record

__all__ = ["parser", "positive", "run", "save"]


def parser(about):
    """An argument parser: the first line of a script's docstring is its help; it has --save."""
    made = argparse.ArgumentParser(description=about.splitlines()[0], allow_abbrev=False)
    made.add_argument("--save", action="store_true", help="keep the figures in alexnet_lib/data")
    return made


def positive(text):
    """A whole number of at least 1, for the command line."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, but {number} was given")
    return number


def save(options, name, figures, machine):
    """Keep what was measured as NAME.json, if --save asks for it."""
    if options.save:
        path = record.save(name, figures, machine)
        print(f"Saved as {'/'.join(path.parts[-4:])}.")


def run(main):
    """The exit code of `main()`: 2 and one sentence for what can't be, 130 for Ctrl-C."""
    try:
        return main() or 0
    except KeyboardInterrupt:
        return 130  # as the shell has it; nothing is written
    except (ValueError, RuntimeError, OSError, subprocess.SubprocessError) as error:
        print(f"{sys.argv[0].rsplit('/', 1)[-1]}: {error}", file=sys.stderr)
        return 2
