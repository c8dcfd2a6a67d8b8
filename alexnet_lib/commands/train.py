"""Train AlexNet on images: without options, a small one on bundled images, in minutes.

Ctrl-C saves and stops; --resume goes on. Precedence: options, --config, --recipe. --no-flip undoes
--flip. Many processes: torchrun --nproc-per-node 8 -m alexnet_lib.cli train …
"""

import ast
import os
import shlex
from argparse import ArgumentTypeError, BooleanOptionalAction
from contextlib import suppress
from dataclasses import fields
from pathlib import Path

from alexnet_lib.arguments import did_you_mean
from alexnet_lib.commands.errors import DONE, INTERRUPTED
from alexnet_lib.commands.parsing import typed
from alexnet_lib.commands.runs import data_named, together
from alexnet_lib.files import write_atomic
from alexnet_lib.networks.variants import VARIANTS, plan
from alexnet_lib.training.progress import Report, Reports, report_for
from alexnet_lib.training.recipe import RECIPES, Recipe

__all__ = ["add_options", "configuration", "run"]

CONFIG = "config.yaml"
HEAD = "# Options of a run, for alexnet train --config\n"
# What a configuration holds besides the fields of the recipe: key -> value if nobody says.
OWN = {"model": "small", "set": {}, "data": "fashion-mnist-small", "skip_bad": False}


def add_options(parser):
    """Options of the command's own, and one for each field of `Recipe`."""
    add = parser.section("what").add_argument
    add("--model", metavar=OWN["model"], help=f"a variant: {', '.join(VARIANTS)}")
    about = "turn a knob of the variant: dropout=0.2"
    add("--set", metavar="KNOB=VALUE", action="append", type=knob, help=about)
    add("--data", metavar="NAME", help=f"or a folder; {OWN['data']} if not given")
    about = "leave out files that can't be read, and count them"
    add("--skip-bad", action="store_true", default=None, help=about)
    add("--recipe", metavar="NAME", help=f"begin with all of {', '.join(RECIPES)}")
    add("--config", metavar="FILE", help="YAML, with names as here; each run writes its own")
    add("--out", metavar="FOLDER", help="where the run is kept; runs/MODEL-DATA if not given")
    add("--resume", action="store_true", help="go on with the run in that folder")
    about = "two steps, an evaluation and a checkpoint, then forget"
    add("--dry-run", action="store_true", help=about)
    about = "a test of the network: can it learn one batch?"
    add("--overfit-one-batch", action="store_true", help=about)
    add("--quiet", action="store_true", help="say nothing but errors")
    for entry in fields(Recipe):
        add_field(parser, entry)


def add_field(parser, entry):
    """The option for a field of the recipe."""
    add = parser.section(entry.metadata.get("group") or "recipe").add_argument
    option, about = "--" + entry.name.replace("_", "-"), entry.metadata["help"]
    if entry.type is bool:
        add(option, action=BooleanOptionalAction, help=about)
        return
    choices = entry.metadata.get("choices")
    if choices:
        others = [choice for choice in choices if choice != entry.default]
        if not all(choice in about for choice in others):  # else the words name them already
            about = f"or {', '.join(others)}; {about}"
    value = f"{entry.default:g}" if entry.type is float else str(entry.default)
    add(option, metavar=value, type=typed(option, entry.type), help=about)


def knob(text):
    """KNOB=VALUE as (name, value); the value as in Python, or a word as it stands."""
    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier():
        raise ArgumentTypeError(
            f"--set takes KNOB=VALUE, as in --set dropout=0.2, but {text!r} was given"
        )
    try:
        return name, ast.literal_eval(value)
    except (ValueError, SyntaxError):
        return name, value


# The configuration: the recipe, and what it is for, as one flat table.


def configuration(options, kept=None):
    """Everything that decides a run, as {key: value}: the fields of `Recipe` and those of OWN.

    options  as the command line gave them; None where it said nothing
    kept     the configuration of the run that is resumed
    """
    keys = [*OWN, *(entry.name for entry in fields(Recipe))]
    given = {key: getattr(options, key) for key in keys if getattr(options, key) is not None}
    given["set"] = dict(given.get("set", ()))
    file = read_config(options.config) if options.config else {}
    name = options.recipe or file.get("recipe")
    if name is not None and name not in RECIPES:
        known = ", ".join(RECIPES)
        raise ValueError(
            f"There is no recipe {name!r}{did_you_mean(name, RECIPES)}: choose of {known}."
        )
    named = RECIPES[name].to_dict() if name is not None else {}
    layers = [OWN, Recipe().to_dict(), kept or {}, named, file, given]
    told = {key: value for layer in layers for key, value in layer.items() if key in keys}
    told["set"] = {key: value for layer in layers for key, value in layer.get("set", {}).items()}
    if told["model"] not in VARIANTS:
        near = did_you_mean(told["model"], VARIANTS)
        known = ", ".join(VARIANTS)
        raise ValueError(f"There is no model {told['model']!r}{near}: choose of {known}.")
    recipe = Recipe(**{key: value for key, value in told.items() if key not in OWN})
    return {**{key: told[key] for key in OWN}, **recipe.to_dict()}


def read_config(path):
    """The configuration in a YAML file: {key: value}, each key known and each value of its type."""
    import yaml

    try:
        text = Path(path).read_text(encoding="utf-8")
        found = yaml.safe_load(text)
    except OSError as error:
        raise ValueError(f"The configuration {path} can't be read: {error.strerror}.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        raise ValueError(f"The configuration {path} is no YAML{where}.") from None
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise ValueError(f"The configuration {path} must have lines like epochs: 3.")
    kinds = {entry.name: entry.type for entry in fields(Recipe)}
    kinds |= {"recipe": str, **{key: type(value) for key, value in OWN.items()}}
    wants = {"set": "lines like dropout: 0.2", "skip_bad": "true or false"}
    wants |= dict.fromkeys(("recipe", "model", "data"), "a name")  # Recipe looks at the others
    for key, value in found.items():
        if key not in kinds:
            near = did_you_mean(key, kinds) or f": there are {', '.join(kinds)}"
            raise ValueError(f"The configuration {path} has {key!r}, which is no option{near}.")
        found[key] = value = of_yaml(value, kinds[key])
        if key in wants and not isinstance(value, kinds[key]):
            raise ValueError(f"{key} in {path} must be {wants[key]}, but {value!r} was given.")
    return found


def of_yaml(value, kind):
    """What was meant where YAML reads something else: 5e-4 is a word to it, and 2012 a number."""
    if kind is str and isinstance(value, bool):
        return "yes" if value else "no"
    if kind is str and isinstance(value, (int, float)):
        return str(value)
    if kind is float and isinstance(value, str):
        with suppress(ValueError):
            return float(value)
    if kind is dict and isinstance(value, dict):
        return {name: frozen(item) for name, item in value.items()}
    return value


def frozen(value):
    """Tuples for YAML's lists: a knob takes a pair, or three numbers."""
    if isinstance(value, dict):
        return {name: frozen(item) for name, item in value.items()}
    return tuple(map(frozen, value)) if isinstance(value, list) else value


def thawed(value):
    """Lists for tuples, which YAML has no word for."""
    if isinstance(value, dict):
        return {name: thawed(item) for name, item in value.items()}
    return list(map(thawed, value)) if isinstance(value, (list, tuple)) else value


def write_config(folder, config):
    """The configuration as YAML in the run's folder, written beside and moved into place."""
    import yaml

    text = yaml.safe_dump(thawed(config), sort_keys=False, allow_unicode=True)
    write_atomic(folder / CONFIG, HEAD + text)


class Settled(Report):
    """Writes the configuration when a run begins: what the trainer refuses must not stay there."""

    def __init__(self, folder, config):
        self.folder, self.config = folder, config

    def begin(self, line, epochs, steps):
        """The trainer has taken it."""
        write_config(self.folder, self.config)


# The run.


def run(options):
    """Train, and return the exit code."""
    trial = options.dry_run or options.overfit_one_batch
    # torchrun starts all processes again when one has failed
    again = int(os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")) > 0
    resume = (options.resume or again) and not trial
    config = configuration(options)  # before anything slow: a slip is answered at once
    folder = Path(options.out or f"runs/{config['model']}-{Path(config['data']).name}")
    if resume and (folder / CONFIG).is_file():
        config = configuration(options, kept=read_config(folder / CONFIG))
    elif not trial and not resume:
        need_free(folder)

    config["data"], (train, test) = data_named(config["data"], config["skip_bad"])
    recipe = Recipe(**{key: value for key, value in config.items() if key not in OWN})
    knobs = knobs_for(config, recipe, train)

    import torch

    from alexnet_lib.networks.models import alexnet
    from alexnet_lib.training.trainer import Trainer

    torch.manual_seed(recipe.seed)  # the first weights are drawn, too
    model = alexnet(config["model"], **knobs)
    where = None if trial else folder
    report = report_for("none" if options.quiet or trial else "auto", where)
    if not trial:
        report = Reports([report, Settled(folder, config)])
    about = {"variant": config["model"], "knobs": knobs, "data": config["data"]}
    trainer = Trainer(model, recipe, folder=where, report=report, about=about)

    def work():
        say = print if trainer.world.leads and not options.quiet else lambda text: None
        if options.dry_run:
            return say(trainer.dry_run(train, test))
        if options.overfit_one_batch:
            return say(verdict(trainer.overfit_one_batch(train), recipe.batch))
        return fit(trainer, train, test, resume, say)

    return together(trainer, "alexnet train", work)


def fit(trainer, train, test, resume, say):
    """Train, say what came of it, and return the exit code."""
    if resume and not any(trainer.folder.glob("step-*.pt")):
        say(f"{trainer.folder} has no checkpoint yet: a new run begins.")
    trainer.fit(train, test, resume=resume)
    skipped = dict(pair for data in (train, test) for pair in getattr(data, "skipped", ()))
    if skipped:
        path, reason = next(iter(skipped.items()))
        say(f"{len(skipped):,} files were left out, the first of them {path}: {reason}")
    name = shlex.quote(str(trainer.folder))
    if trainer.interrupted:
        say(f"To go on: alexnet train --out {name} --resume")
        return INTERRUPTED
    say(f"Done. To look at it: alexnet evaluate {name}")
    return DONE


def need_free(folder):
    """Refuse a folder with another run in it, or with a configuration that isn't of a run."""
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder} is a file: name a folder with --out.")
    if any(folder.glob("step-*.pt")) or any(folder.glob("best-*.pt")):
        raise ValueError(
            f"{folder} has a run in it: go on with it by --resume, or name another folder with"
            " --out."
        )
    config = folder / CONFIG
    if config.is_file() and not config.read_bytes().startswith(HEAD.encode()):
        raise ValueError(
            f"{config} is not of a run, and would be overwritten: name another folder with --out."
        )


def knobs_for(config, recipe, data):
    """The knobs of the network that reads these data, as they are or as the recipe crops them."""
    channels, height, width = data.shape
    knobs = {
        "in_channels": channels,
        "image_size": recipe.size or min(height, width),
        "num_classes": len(data.classes),
    }
    for name in knobs:
        if name in config["set"]:
            more = ": use --size" if name == "image_size" else ""
            raise ValueError(f"{name} follows from the data and can't be set{more}.")
    knobs |= config["set"]
    try:
        plan(config["model"], **knobs)
    except TypeError as error:  # three numbers wanted, one given, say
        raise ValueError(f"--set {config['set']} can't be: {error}.") from None
    except ValueError as error:
        hint = ""
        if "can't be built" in str(error) and config["model"] != "small":
            side = knobs["image_size"]
            hint = f" The images are {side} × {side}: for small ones there is --model small."
        raise ValueError(f"{error}{hint}") from None
    return knobs


def verdict(losses, batch):
    """What came of training on one batch alone, in words."""
    first, last = losses[0], losses[-1]
    path = f"the loss went from {first:.3f} to {last:.3f}"
    text = f"{len(losses)} steps on one batch of {batch}: {path}."
    if last < first / 10:
        return f"{text} The network can learn these images."
    return f"{text} It should come near 0: look at the labels and the loss, or try another rate."
