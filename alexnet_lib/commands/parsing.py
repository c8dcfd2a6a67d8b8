"""How the commands parse their options and print their help."""

import argparse
import re
import shutil
from collections.abc import Callable

from alexnet_lib.arguments import did_you_mean

__all__ = ["Parser", "number"]

WIDTH = 100  # columns of a help text, if the terminal has them


class Parser(argparse.ArgumentParser):
    """argparse's parser, with errors as sentences and a help text that is easy to scan."""

    def __init__(self, prog: str, about: str):
        description, _, epilog = about.strip().partition("\n\n")
        super().__init__(
            prog,
            description=description,
            epilog=epilog,
            formatter_class=make_formatter,
            allow_abbrev=False,
            add_help=False,
        )
        self.sections = {}

    def section(self, name: str):
        """Return the group of options under this heading; make it if it doesn't exist."""
        if name not in self.sections:
            self.sections[name] = self.add_argument_group(name)
        return self.sections[name]

    def parse_args(self, arguments: list[str]) -> argparse.Namespace:
        """Return the options; raise a ValueError in one sentence if one is unknown or wrong."""
        options, rest = self.parse_known_args(arguments)
        if rest:
            word = rest[0].split("=")[0]
            if not word.startswith("-"):
                raise ValueError(f"{word!r} is one word too many: see {self.prog} --help.")
            known = [name for action in self._actions for name in action.option_strings]
            raise ValueError(
                f"There is no option {word}{did_you_mean(word, known)}: see {self.prog} --help."
            )
        return options

    def error(self, message: str):
        """Raise argparse's complaint as a ValueError in one sentence."""
        match = re.fullmatch(r"argument ([^:]+): (.*)", message, re.DOTALL)
        name, text = (match[1].split("/")[0], match[2]) if match else ("", message)
        if text == "expected one argument":
            text = f"{name} takes a value"
        elif text.startswith("ignored explicit argument"):
            text = f"{name} takes no value"
        elif text.startswith("the following arguments are required"):
            text = f"{text.partition(': ')[2]} is missing"
        raise ValueError(f"{text}: see {self.prog} --help.")

    def format_help(self) -> str:
        """Return the help text; its usage line doesn't list the options, since `train` has 40."""
        words = [
            action.metavar + ("…" if action.nargs in ("+", "*") else "")
            for action in self._positionals._group_actions
        ]
        self.usage = " ".join([self.prog, *words, "[options]"])
        return super().format_help()


def make_formatter(prog: str) -> argparse.HelpFormatter:
    """Return a formatter as wide as the terminal, up to WIDTH."""
    width = min(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns)
    return argparse.HelpFormatter(prog, max_help_position=24, width=width)


def number(option: str, kind: type) -> Callable[[str], float]:
    """Return a function for argparse that reads the text of this option as an int or a float."""
    wanted = {int: "a whole number", float: "a number"}[kind]

    def read(text):
        try:
            return kind(text)
        except ValueError:
            raise argparse.ArgumentTypeError(
                f"{option} must be {wanted}, but {text!r} was given"
            ) from None

    return read
