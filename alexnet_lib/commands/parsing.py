"""How the commands read their options, and how a help text is set."""

import argparse
import re
import shutil
import textwrap

from alexnet_lib.arguments import did_you_mean

__all__ = ["Parser", "typed"]

WIDTH = 100  # columns of a help text, where the terminal has them
MARGIN, NAMES = 12, 21  # of them for the sections' headings, and for the options


class Parser(argparse.ArgumentParser):
    """argparse's, with errors as sentences, and a help text that fits a screen."""

    def __init__(self, prog, about):
        head, _, more = about.strip().partition("\n\n")
        super().__init__(prog, description=head, epilog=more, allow_abbrev=False, add_help=False)
        self.sections = {}

    def section(self, name):
        """The group of options under this heading, made if it isn't there."""
        if name not in self.sections:
            self.sections[name] = self.add_argument_group(name)
        return self.sections[name]

    def parse_args(self, arguments):
        """The options; a ValueError in one sentence if there is one that is unknown or wrong."""
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

    def error(self, message):
        """What argparse finds wrong, as a sentence."""
        found = re.fullmatch(r"argument ([^:]+): (.*)", message, re.DOTALL)
        name, text = (found[1].split("/")[0], found[2]) if found else ("", message)
        if text == "expected one argument":
            text = f"{name} takes a value"
        elif text.startswith("ignored explicit argument"):
            text = f"{name} takes no value"
        elif text.startswith("the following arguments are required"):
            text = f"{text.partition(': ')[2]} is missing"
        raise ValueError(f"{text}: see {self.prog} --help.")

    def format_help(self):
        """The help text, as wide as the terminal, within reason."""
        width = max(60, min(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns))
        words = [shown(action) for action in self._actions if not action.option_strings]
        lines = [" ".join(["usage:", self.prog, *words, "[options]"])]
        lines += textwrap.wrap(self.description, width)
        for title, group in {"": self._positionals, **self.sections}.items():
            rows = []
            for action in group._group_actions:
                first, *rest = textwrap.wrap(action.help, width - MARGIN - NAMES) or [""]
                rows += [f"{shown(action):<{NAMES - 1}} {first}", *(" " * NAMES + r for r in rest)]
            heads = [*title.split(), *[""] * len(rows)]  # its words stand below each other
            lines += [f"{head:<{MARGIN}}{row}" for head, row in zip(heads, rows, strict=False)]
        lines += textwrap.wrap(self.epilog or "", width)
        return "\n".join(lines) + "\n"


def shown(action):
    """An option as the help names it, with its default or what it takes: --epochs 10."""
    if not action.option_strings:
        return f"{action.metavar}{'…' if action.nargs in ('+', '*') else ''}"
    return " ".join([action.option_strings[0], *([action.metavar] if action.metavar else [])])


def typed(option, kind):
    """A function for argparse: the text of this option as a number of this kind."""
    wants = {int: "a whole number", float: "a number"}

    def read(text):
        try:
            return kind(text)
        except ValueError:
            raise argparse.ArgumentTypeError(
                f"{option} must be {wants[kind]}, but {text!r} was given"
            ) from None

    return read
