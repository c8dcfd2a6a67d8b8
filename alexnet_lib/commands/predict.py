"""Print the five most likely classes of each image, according to a run's network.

Images may have any size and any file format that Pillow reads. Instead of a run,
--weights imagenet takes torchvision's network, which knows 1000 classes.
"""

from pathlib import Path

from alexnet_lib.commands.errors import DONE, WRONG, complain
from alexnet_lib.commands.runs import open_run

__all__ = ["add_options", "run"]

NAME = "alexnet predict"
BATCH = 32  # images that pass through the network at once


def add_options(parser):
    """Declare the run, and the images."""
    about = "a run's folder or a checkpoint, then image files"
    parser.add_argument("paths", metavar="RUN IMAGE", nargs="+", help=about)
    add = parser.section("options").add_argument
    about = "imagenet: torchvision's network, in place of a run's"
    add("--weights", metavar="imagenet", help=about)
    add("--device", metavar="auto", default="auto", help="auto, cpu, cuda, cuda:1, mps")


def run(options):
    """Predict, and return the exit code: 2 if one of the files is not an image."""
    paths = list(options.paths)
    if options.weights is None:
        source = paths.pop(0)
        if not paths:
            raise ValueError(
                f"no image is given after the run {source}: alexnet predict RUN IMAGE…, or without"
                " a run, alexnet predict --weights imagenet IMAGE…."
            )
        trainer, _ = open_run(source, NAME, options.device)
    elif options.weights == "imagenet":
        trainer = make_torchvision_trainer(options.device)
    else:
        raise ValueError(f"--weights can be imagenet, but {options.weights!r} was given.")
    code = DONE
    for start in range(0, len(paths), BATCH):
        if not print_predictions(trainer, paths[start : start + BATCH]):
            code = WRONG
    return code


def print_predictions(trainer, paths):
    """Print what the network sees in these files; return whether all of them were images."""
    import torch

    from alexnet_lib.data.pictures import DataError

    images = []
    for path in paths:
        try:
            images.append((path, read_image(trainer.inputs, path)))
        except (DataError, OSError) as error:
            complain(" ".join(str(error).split()), NAME)
    if images:
        batch = torch.stack([image for _, image in images])  # (b, C, H, W)
        for (path, _), row in zip(images, trainer.predict(batch), strict=True):
            best = row.topk(min(5, len(row)))
            print(path)
            for share, i in zip(best.values.tolist(), best.indices.tolist(), strict=True):
                print(f"  {100 * share:5.1f} %  {trainer.inputs['classes'][i]}")
    return len(images) == len(paths)


def read_image(inputs, path):
    """Return the middle square of an image file, (C, side, side) uint8, like the network's data."""
    import torch

    from alexnet_lib.data import gray
    from alexnet_lib.data.pictures import DataError, square

    if not Path(path).is_file():
        raise DataError(f"There is no file {path}.")
    channels, height, width = inputs["shape"]
    pixels = square(path, min(height, width))  # (side, side, 3)
    if channels == 1:
        pixels = gray(pixels)[..., None]  # (side, side, 1)
    return torch.from_numpy(pixels.copy()).permute(2, 0, 1)  # (C, side, side)


def make_torchvision_trainer(device):
    """Return a Trainer with torchvision's ImageNet network, its preprocessing and its classes."""
    from torchvision.models import AlexNet_Weights

    from alexnet_lib.networks.models import alexnet
    from alexnet_lib.training.trainer import Trainer

    model = alexnet("torchvision", weights="imagenet")
    trainer = Trainer(model, report="none", device=device)
    weights = AlexNet_Weights.IMAGENET1K_V1
    prepare = weights.transforms()
    trainer.inputs = {
        "shape": (3, *prepare.resize_size * 2),  # 256: the shorter side, then the middle square
        "size": prepare.crop_size[0],
        "mean": tuple(prepare.mean),
        "std": tuple(prepare.std),
        "classes": tuple(weights.meta["categories"]),
    }
    return trainer
