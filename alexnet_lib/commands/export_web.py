"""Write a trained network as two files that the book's pages can run: NAME.json and NAME.bin.

NETWORK is a run's folder or a checkpoint; or fashion or squeezenet, which come with this package;
or imagenet: AlexNet with torchvision's weights. Choose both files in the book's explorer to see
your network at work. Weights are kept as float16, two bytes each.
"""

import json
import re
from pathlib import Path

from alexnet_lib.arguments import did_you_mean
from alexnet_lib.commands.errors import DONE
from alexnet_lib.commands.runs import open_run

__all__ = ["add_options", "run"]

NAME = "alexnet export-web"


def add_options(parser):
    """Declare the network, and where its files go."""
    parser.add_argument("network", metavar="NETWORK", help="a run, a checkpoint, or a name")
    add = parser.section("options").add_argument
    add("--out", metavar="FOLDER", default="web", help="the folder to write to; web if not given")
    add("--name", metavar="NAME", help="of the files; taken from NETWORK if not given")
    add("--title", metavar="TEXT", help="what the page calls the network")


def run(options):
    """Write both files, and return the exit code."""
    from alexnet_lib.files import write_atomic

    name = options.name or default_name(options.network)
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", name, re.ASCII):
        raise ValueError(f"--name is of letters, digits, - and _, as in my-alexnet, not {name!r}.")
    folder = Path(options.out)
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder} is a file: name a folder with --out.")
    plan, weights = export(options.network, name, options.title)
    files = folder / f"{name}.json", folder / f"{name}.bin"
    write_atomic(files[1], weights)
    write_atomic(files[0], json.dumps(plan, ensure_ascii=False, indent=1) + "\n")
    size = len(weights) / 1e6
    print(f"{plan['title']}, {size:.1f} MB. Open both files in the book's explorer:")
    for file in files:
        print(f"  {file}")
    return DONE


def default_name(network):
    """Return the name of a run's folder, or of the folder that a checkpoint is in."""
    path = Path(network).resolve()
    name = path.parent.name if path.is_file() else path.name
    return re.sub(r"[^\w.-]+", "-", name, flags=re.ASCII).strip("-.") or "network"


def export(network, name, title):
    """Return (plan, weights) of a network by its name or its path."""
    from alexnet_lib.networks.bundled import BUNDLED
    from alexnet_lib.networks.web import bundled_web_plan, web_plan

    if not Path(network).exists():
        if network in BUNDLED:
            plan, weights = bundled_web_plan(network)
            return plan | {"name": name, "title": title or plan["title"]}, weights
        if network == "imagenet":
            model, settings = imagenet()
            return web_plan(model, name=name, **settings | ({"title": title} if title else {}))
        known = [*BUNDLED, "imagenet"]
        raise ValueError(
            f"There is no run {network}{did_you_mean(network, known)}: name the folder that alexnet"
            f" train wrote, or a network that this command knows ({', '.join(known)})."
        )
    trainer, path = open_run(network, NAME, "cpu")
    model, inputs = trainer.eval_model(), trainer.inputs
    return web_plan(
        model,
        name=name,
        title=title or f"AlexNet “{model.variant}” from {path.resolve().parent.name}",
        **as_pixels(inputs),
        source="trained with alexnet train",
    )


def as_pixels(inputs):
    """Return what a network reads, for pixels from 0 to 255: {"mean", "scale", "side", …}."""
    return {
        "classes": inputs["classes"],
        "mean": [255 * value for value in inputs["mean"]],
        "scale": [255 * value for value in inputs["std"]],
        "side": inputs["size"],
        "square": max(inputs["size"], min(inputs["shape"][1:])),
    }


def imagenet():
    """Return (AlexNet with torchvision's ImageNet weights, its settings for `web_plan`)."""
    from torchvision.models import AlexNet_Weights

    from alexnet_lib.networks.models import alexnet

    weights = AlexNet_Weights.IMAGENET1K_V1
    prepare = weights.transforms()
    inputs = {"shape": (3, *prepare.resize_size * 2), "size": prepare.crop_size[0]}
    inputs |= {"mean": prepare.mean, "std": prepare.std, "classes": weights.meta["categories"]}
    settings = {"title": "AlexNet with torchvision's ImageNet weights", "source": weights.url}
    return alexnet("torchvision", weights="imagenet"), as_pixels(inputs) | settings
