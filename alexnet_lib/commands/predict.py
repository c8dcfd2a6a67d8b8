"""Say what is in pictures: the five likeliest classes of each, according to a network.

It comes with SqueezeNet, which knows the 1000 classes of ImageNet. --weights takes another network:
a run's folder, or a checkpoint in it; fashion, the small AlexNet that comes with it and knows
clothes; or imagenet, torchvision's AlexNet, which is downloaded once (244 MB). --explain draws
what the first answer rests on. Pictures may have any size and any file format that Pillow reads.
"""

from pathlib import Path

from alexnet_lib.commands.errors import DONE, WRONG, complain
from alexnet_lib.commands.runs import open_run
from alexnet_lib.files import write_atomic

__all__ = ["add_options", "run"]

NAME = "alexnet predict"
BATCH = 32  # images that pass through the network at once
BAR = 20  # characters of a bar, for a share of 100 %


def add_options(parser):
    """Declare the images, and the network."""
    about = "image files, after a run's folder or a checkpoint to use its network"
    parser.add_argument("paths", metavar="IMAGE", nargs="+", help=about)
    add = parser.section("options").add_argument
    about = "a run, a checkpoint, squeezenet (the default), fashion or imagenet"
    add("--weights", metavar="WHICH", help=about)
    about = "draw what the first answer for one image rests on, as a .png (some seconds)"
    add("--explain", metavar="FILE", help=about)
    add("--device", metavar="auto", default="auto", help="auto, cpu, cuda, cuda:1, mps")


def run(options):
    """Predict, and return the exit code: 2 if one of the files is not an image."""
    paths, weights = list(options.paths), options.weights
    if weights is None and is_run(paths[0]):
        weights = paths.pop(0)
        if not paths:
            raise ValueError(
                f"no image is given after the run {weights}: {NAME} RUN IMAGE…, or without a run,"
                f" {NAME} IMAGE…."
            )
    if options.explain is not None:
        check_explain(options.explain, paths)
    trainer = make_trainer(weights or "squeezenet", options.device)
    code = DONE
    for start in range(0, len(paths), BATCH):
        if not print_predictions(trainer, paths[start : start + BATCH]):
            code = WRONG
    if options.explain is not None and code == DONE:
        print(explain(trainer, paths[0], Path(options.explain)))
    return code


def is_run(path):
    """Return whether a path is that of a run, or of a checkpoint, rather than of an image."""
    return Path(path).is_dir() or Path(path).suffix == ".pt"


def check_explain(file, paths):
    """Raise a ValueError if --explain can't do its work, before the network has any."""
    path = Path(file)
    if len(paths) > 1:
        raise ValueError(f"--explain draws one image, but {len(paths)} were given: name one.")
    if path.suffix.lower() != ".png":
        raise ValueError(f"--explain writes a PNG: end the name in .png, not {path.name!r}.")
    if path.is_dir() or not path.resolve().parent.is_dir():
        raise ValueError(f"{path} can't be written: give a file in a folder that exists.")
    import alexnet_lib.plots  # noqa: F401  (says at once if Matplotlib is missing)


def make_trainer(weights, device):
    """Return a Trainer with the network that --weights names."""
    from alexnet_lib.networks.bundled import BUNDLED

    if weights in BUNDLED:
        return make_bundled_trainer(weights, device)
    if weights == "imagenet":
        return make_torchvision_trainer(device)
    if not Path(weights).exists():
        names = ", ".join(BUNDLED)
        raise ValueError(
            f"There are no weights {weights}: name a run that alexnet train wrote, a checkpoint in"
            f" it, {names} or imagenet."
        )
    return open_run(weights, NAME, device)[0]


def make_bundled_trainer(name, device):
    """Return a Trainer with a network that comes with the package."""
    from alexnet_lib.networks.bundled import BUNDLED, bundled
    from alexnet_lib.training.trainer import Trainer

    about = BUNDLED[name]
    trainer = Trainer(bundled(name), report="none", device=device, dtype="fp32")
    trainer.inputs = {
        "shape": (about.channels, about.side, about.side),
        "size": about.side,
        "mean": tuple(value / 255 for value in about.mean),
        "std": tuple(value / 255 for value in about.scale),
        "classes": about.classes,
    }
    return trainer


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
                bar = "█" * round(BAR * share)
                print(f"  {100 * share:5.1f} %  {bar:<{BAR}}  {trainer.inputs['classes'][i]}")
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


def explain(trainer, path, file):
    """Write what the first answer for an image rests on, and return it in words."""
    import torch

    from alexnet_lib.data.augment import Center
    from alexnet_lib.networks.occlusion import occlusion_map
    from alexnet_lib.plots import occlusion

    inputs, model = trainer.inputs, trainer.eval_model().eval()
    image = read_image(inputs, path)[None]  # (1, C, H, W)
    shape, size = tuple(image.shape[1:]), inputs["size"]
    x = Center(shape, size, inputs["mean"], inputs["std"])(image)  # (1, C, size, size)
    x = x.to(trainer.setup.device)
    with torch.inference_mode():
        shares = model(x).float().softmax(1)[0]  # (classes,)
    label = int(shares.argmax())
    window, step = max(1, size // 5), max(1, size // 16)  # 196 places on 227 × 227 pixels
    map_of_shares = occlusion_map(model, x[0], label, window, step)  # (places, places)
    pixels = Center(shape, size, (0.0,) * shape[0], (1.0,) * shape[0])(image)[0]  # from 0 to 1
    pixels = (255 * pixels).round().byte().permute(1, 2, 0).numpy()  # (size, size, C)
    name = inputs["classes"][label]
    picture = occlusion(
        pixels if shape[0] == 3 else pixels[..., 0],
        map_of_shares,
        float(shares[label]),
        window,
        step,
        name,
    )
    write_atomic(file, picture.png)
    return f"{file}: {picture.alt}"
