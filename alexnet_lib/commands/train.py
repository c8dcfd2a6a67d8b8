"""Train AlexNet on images: without options, a small one on bundled images, in minutes.

Ctrl-C saves and stops; --resume goes on. Options override --config, which overrides --recipe.
Many processes: torchrun --nproc-per-node 8 -m alexnet_lib.cli train …
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
from alexnet_lib.commands.parsing import number
from alexnet_lib.commands.runs import finish_together, load_named, read_run
from alexnet_lib.files import write_atomic
from alexnet_lib.networks.variants import VARIANTS, plan
from alexnet_lib.training.progress import Report, Reports, report_for
from alexnet_lib.training.recipe import RECIPES, Recipe

__all__ = ["add_options", "configuration", "run"]

CONFIG = "config.yaml"
HEADER = "# Options of a run, for alexnet train --config\n"
# What a configuration has besides the fields of the recipe: key -> default.
DEFAULTS = {
    "model": "small",
    "set": {},
    "data": "fashion-mnist-small",
    "skip_bad": False,
    "weights": "",
}


def add_options(parser):
    """Declare the command's own options, and one for each field of `Recipe`."""
    add = parser.section("what").add_argument
    add("--model", metavar=DEFAULTS["model"], help=f"a variant: {', '.join(VARIANTS)}")
    about = "set a knob of the variant: dropout=0.2"
    add("--set", metavar="KNOB=VALUE", action="append", type=read_knob, help=about)
    add("--data", metavar="NAME", help=f"a set or a folder; {DEFAULTS['data']} if not given")
    about = "leave out files that can't be read, and count them"
    add("--skip-bad", action="store_true", default=None, help=about)
    about = "begin with the weights of a run, or of a checkpoint in it, as far as they fit"
    add("--weights", metavar="RUN", help=about)
    add("--recipe", metavar="NAME", help=f"a recipe to start from: {', '.join(RECIPES)}")
    add("--config", metavar="FILE", help="options in YAML, named as here; each run writes its own")
    add("--out", metavar="FOLDER", help="the run's folder; runs/MODEL-DATA if not given")
    add("--resume", action="store_true", help="go on with the run in that folder")
    about = "try two steps, an evaluation and a checkpoint; keep nothing"
    add("--dry-run", action="store_true", help=about)
    about = "test the network: can it learn a single batch?"
    add("--overfit-one-batch", action="store_true", help=about)
    about = "say where the time of ten steps goes; keep nothing"
    add("--profile", action="store_true", help=about)
    add("--quiet", action="store_true", help="print nothing but errors")
    for entry in fields(Recipe):
        add_field(parser, entry)


def add_field(parser, entry):
    """Add the option for a field of the recipe."""
    add = parser.section(entry.metadata.get("group") or "recipe").add_argument
    option = "--" + entry.name.replace("_", "-")
    about = entry.metadata["help"]
    if entry.type is bool:
        add(option, action=BooleanOptionalAction, help=about)
        return
    choices = entry.metadata.get("choices")
    if choices:
        others = [choice for choice in choices if choice != entry.default]
        if not all(choice in about for choice in others):  # else the help already names them
            about = f"or {', '.join(others)}; {about}"
    default = f"{entry.default:g}" if entry.type is float else str(entry.default)
    kind = str if entry.type is str else number(option, entry.type)
    add(option, metavar=default, type=kind, help=about)


def read_knob(text):
    """Return KNOB=VALUE as (name, value): a Python literal, or else the text itself."""
    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier():
        raise ArgumentTypeError(
            f"--set takes KNOB=VALUE, as in --set dropout=0.2, but {text!r} was given"
        )
    try:
        return name, ast.literal_eval(value)
    except (ValueError, SyntaxError):
        return name, value


# The configuration: the recipe, the network and the data, as one flat table.


def configuration(options, kept=None):
    """Return everything that decides a run, {key: value}: the fields of `Recipe` and DEFAULTS.

    options  from the command line; None for those not given
    kept     the configuration of the run to resume
    """
    keys = [*DEFAULTS, *(entry.name for entry in fields(Recipe))]
    given = {key: getattr(options, key) for key in keys if getattr(options, key) is not None}
    given["set"] = dict(given.get("set", ()))
    file = read_config(options.config) if options.config else {}
    name = options.recipe or file.get("recipe")
    if name is not None and name not in RECIPES:
        known = ", ".join(RECIPES)
        raise ValueError(
            f"There is no recipe {name!r}{did_you_mean(name, RECIPES)}: choose one of {known}."
        )
    named = RECIPES[name].to_dict() if name is not None else {}
    layers = [DEFAULTS, Recipe().to_dict(), kept or {}, named, file, given]
    merged = {key: value for layer in layers for key, value in layer.items() if key in keys}
    merged["set"] = {key: value for layer in layers for key, value in layer.get("set", {}).items()}
    if merged["model"] not in VARIANTS:
        near = did_you_mean(merged["model"], VARIANTS)
        known = ", ".join(VARIANTS)
        raise ValueError(f"There is no model {merged['model']!r}{near}: choose one of {known}.")
    recipe = Recipe(**{key: value for key, value in merged.items() if key not in DEFAULTS})
    return {**{key: merged[key] for key in DEFAULTS}, **recipe.to_dict()}


def read_config(path):
    """Return the configuration in a YAML file, {key: value}, with its keys and types checked."""
    import yaml

    try:
        text = Path(path).read_text(encoding="utf-8")
        config = yaml.safe_load(text)
    except OSError as error:
        raise ValueError(f"The configuration {path} can't be read: {error.strerror}.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        raise ValueError(f"The configuration {path} is not valid YAML{where}.") from None
    if config is None:
        return {}
    if not isinstance(config, dict):
        raise ValueError(f"The configuration {path} must have lines like epochs: 3.")
    kinds = {entry.name: entry.type for entry in fields(Recipe)}
    kinds |= {"recipe": str, **{key: type(value) for key, value in DEFAULTS.items()}}
    wants = {"set": "lines like dropout: 0.2", "skip_bad": "true or false"}
    wants |= dict.fromkeys(
        ("recipe", "model", "data", "weights"), "a name"
    )  # Recipe checks the others
    for key, value in config.items():
        if key not in kinds:
            near = did_you_mean(key, kinds) or f": there are {', '.join(kinds)}"
            raise ValueError(f"The configuration {path} has {key!r}, which is not an option{near}.")
        config[key] = value = as_type(value, kinds[key])
        if key in wants and not isinstance(value, kinds[key]):
            raise ValueError(f"{key} in {path} must be {wants[key]}, but {value!r} was given.")
    return config


def as_type(value, kind):
    """Return a value as the type that was meant: YAML reads 5e-4 as text, and 2012 as a number."""
    if kind is str and isinstance(value, bool):
        return "yes" if value else "no"
    if kind is str and isinstance(value, (int, float)):
        return str(value)
    if kind is float and isinstance(value, str):
        with suppress(ValueError):
            return float(value)
    if kind is dict and isinstance(value, dict):
        return {name: as_tuples(item) for name, item in value.items()}
    return value


def as_tuples(value):
    """Return YAML's lists as tuples: a knob takes a pair, or three numbers."""
    if isinstance(value, dict):
        return {name: as_tuples(item) for name, item in value.items()}
    return tuple(map(as_tuples, value)) if isinstance(value, list) else value


def as_lists(value):
    """Return tuples as lists, since YAML has no tuples."""
    if isinstance(value, dict):
        return {name: as_lists(item) for name, item in value.items()}
    return list(map(as_lists, value)) if isinstance(value, (list, tuple)) else value


def write_config(folder, config):
    """Write the configuration as YAML into the run's folder."""
    import yaml

    text = yaml.safe_dump(as_lists(config), sort_keys=False, allow_unicode=True)
    write_atomic(folder / CONFIG, HEADER + text)


class ConfigWriter(Report):
    """A report that writes the configuration once a run begins: the trainer has accepted it."""

    def __init__(self, folder, config):
        self.folder = folder
        self.config = config

    def begin(self, summary, epochs, steps):
        """Write the configuration."""
        write_config(self.folder, self.config)


# The run.


def run(options):
    """Train, and return the exit code."""
    trial = options.dry_run or options.overfit_one_batch or options.profile
    # torchrun restarts all processes when one has failed
    restarted = int(os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")) > 0
    resume = (options.resume or restarted) and not trial
    config = configuration(options)  # before anything slow: report mistakes at once
    folder = Path(options.out or f"runs/{config['model']}-{Path(config['data']).name}")
    if resume and (folder / CONFIG).is_file():
        config = configuration(options, kept=read_config(folder / CONFIG))
    elif not trial and not resume:
        check_unused(folder)

    config["data"], (train, test) = load_named(config["data"], config["skip_bad"])
    recipe = Recipe(**{key: value for key, value in config.items() if key not in DEFAULTS})
    knobs = make_knobs(config, recipe, train)

    import torch

    from alexnet_lib.networks.models import alexnet
    from alexnet_lib.training.trainer import Trainer

    torch.manual_seed(recipe.seed)  # the initial weights are random, too
    model = alexnet(config["model"], **knobs)
    began = load_weights(model, config) if config["weights"] and not resume else ""
    where = None if trial else folder
    report = report_for("none" if options.quiet or trial else "auto", where)
    if not trial:
        report = Reports([report, ConfigWriter(folder, config)])
    about = {"variant": config["model"], "knobs": knobs, "data": config["data"]}
    trainer = Trainer(model, recipe, folder=where, report=report, about=about)

    def work():
        say = print if trainer.world.leads and not options.quiet else lambda text: None
        if began:
            say(began)
        if options.profile:
            return say(trainer.profile(train))
        if options.dry_run:
            return say(trainer.dry_run(train, test))
        if options.overfit_one_batch:
            return say(verdict(trainer.overfit_one_batch(train), recipe.batch))
        return fit(trainer, train, test, resume, say)

    return finish_together(trainer, "alexnet train", work)


def load_weights(model, config):
    """Load the weights to begin with; return a sentence about them."""
    from alexnet_lib.training.resuming import load_fitting

    path, contents = read_run(config["weights"], print)
    config["weights"] = str(Path(path).resolve())  # to be right anywhere
    new = load_fitting(model, contents, path)
    rest = f", except for {', '.join(new)}, which have other shapes or no counterpart there"
    return f"Beginning with the weights of {path}{rest if new else ''}."


def fit(trainer, train, test, resume, say):
    """Train, print the outcome, and return the exit code."""
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


def check_unused(folder):
    """Raise if a folder has another run in it, or a configuration that no run wrote."""
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder} is a file: name a folder with --out.")
    if any(folder.glob("step-*.pt")) or any(folder.glob("best-*.pt")):
        raise ValueError(
            f"{folder} has a run in it: go on with it by --resume, or name another folder with"
            " --out."
        )
    config = folder / CONFIG
    if config.is_file() and not config.read_bytes().startswith(HEADER.encode()):
        raise ValueError(
            f"{config} belongs to no run, and would be overwritten: name another folder with --out."
        )


def make_knobs(config, recipe, data):
    """Return the knobs of a network that fits these data, whole or as the recipe crops them."""
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
    except TypeError as error:  # such as one number where three are needed
        raise ValueError(f"--set {config['set']} doesn't work: {error}.") from None
    except ValueError as error:
        hint = ""
        if "can't be built" in str(error) and config["model"] != "small":
            side = knobs["image_size"]
            hint = f" The images are {side} × {side}: for images this small, use --model small."
        raise ValueError(f"{error}{hint}") from None
    return knobs


def verdict(losses, batch):
    """Return the outcome of training on one batch, in words."""
    first = losses[0]
    last = losses[-1]
    path = f"the loss went from {first:.3f} to {last:.3f}"
    text = f"{len(losses)} steps on one batch of {batch}: {path}."
    if last < first / 10:
        return f"{text} The network can learn these images."
    return f"{text} It should come near 0: check the labels and the loss, or try another rate."
