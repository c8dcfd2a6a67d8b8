"""The `alexnet` program: runs the command it was given and exits with that command's code.

    alexnet train --epochs 3

Each command is a module in commands/, imported only when it is called. The exit codes:

    0    done
    1    a check failed, or there is a mistake in this program
    2    wrong input, or something is missing; one sentence on stderr says what
    130  interrupted; an interrupted training run has been saved

ALEXNET_DEBUG=1 shows where an error comes from.
"""

import importlib
import os
import signal
import sys

from alexnet_lib import __version__
from alexnet_lib.arguments import did_you_mean
from alexnet_lib.commands import COMMANDS
from alexnet_lib.commands.errors import DONE, report_error
from alexnet_lib.commands.parsing import Parser
from alexnet_lib.training.progress.report import ENCODING_ERRORS

__all__ = ["main"]


def main(words=None):
    """Run the command in these words, or in sys.argv; return its exit code."""
    words = sys.argv[1:] if words is None else list(map(str, words))
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # some terminals have no ✓ or …
            stream.reconfigure(errors=ENCODING_ERRORS)
    name = f"alexnet {words[0]}" if words and words[0] in COMMANDS else "alexnet"
    try:
        code = dispatch(words)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # the reader has gone, as in `alexnet … | head`
        # Python flushes once more when it exits, and would report the error again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + getattr(signal, "SIGPIPE", 13)
    except (Exception, KeyboardInterrupt) as error:
        return report_error(error, name)


def dispatch(words):
    """Find the command, parse its options, and run it."""
    if not words or words[0] in ("-h", "--help", "help"):
        print(overview())
        return DONE
    if words[0] == "--version":
        print(f"alexnet {__version__}")
        return DONE
    name, *rest = words
    if name not in COMMANDS:
        raise ValueError(
            f"there is no command {name!r}{did_you_mean(name, COMMANDS)}:"
            " alexnet --help lists them."
        )
    command = command_module(name)
    parser = Parser(f"alexnet {name}", command.__doc__)
    command.add_options(parser)
    if "-h" in rest or "--help" in rest:
        print(parser.format_help(), end="")
        return DONE
    return command.run(parser.parse_args(rest)) or DONE


def command_module(name):
    """Return the module of a command."""
    return importlib.import_module(f"alexnet_lib.commands.{name.replace('-', '_')}")


def overview():
    """Return what `alexnet` prints without a command."""
    lines = ["usage: alexnet COMMAND [options]", ""]
    lines += [f"  {name:<11} {about}" for name, about in COMMANDS.items()]
    return "\n".join([*lines, "", "alexnet COMMAND --help shows the options of a command."])


if __name__ == "__main__":
    sys.exit(main())
