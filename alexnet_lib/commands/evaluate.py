"""How often the network of a run is right, on the test images of the data it was trained on."""

from alexnet_lib.commands.runs import data_named, opened, together

__all__ = ["add_options", "run"]


def add_options(parser):
    """The run, the data, and how to look at them."""
    parser.add_argument("run", metavar="RUN", help="a run's folder, or a checkpoint in it")
    add = parser.section("options").add_argument
    add("--data", metavar="NAME", help="other data than the run's: a name, or a folder")
    add("--ten-crop", action="store_true", help="look at ten crops of each image, as the paper did")
    add("--skip-bad", action="store_true", help="leave out files that can't be read")
    add("--device", metavar="auto", default="auto", help="auto, cpu, cuda, cuda:1, mps")


def run(options):
    """Evaluate, and return the exit code."""
    name = "alexnet evaluate"
    trainer, path = opened(options.run, name, options.device)
    return together(trainer, name, lambda: evaluate(trainer, path, options))


def evaluate(trainer, path, options):
    """Say how well the trainer's network does."""
    _, splits = data_named(options.data or trainer.about["data"], options.skip_bad)
    split, data = ("test", splits.test) if splits.test is not None else ("training", splits.train)
    classes = trainer.inputs["classes"]
    if tuple(data.classes) != tuple(classes):
        raise ValueError(
            f"The network of {path} knows {few(classes)}, but {data.name} has {few(data.classes)}:"
            " evaluate it on data with the same classes."
        )
    found = trainer.evaluate(data, ten_crop=options.ten_crop)
    if not trainer.world.leads:
        return
    crops = "ten crops each" if options.ten_crop else "the centre of each"
    print(f"{path}, {trainer.about['variant']}, after {epochs(len(trainer.history))}")
    print(f"{data.name}, {found['images']:,} {split} images, {crops}:")
    print(f"  accuracy        {100 * found['accuracy']:6.2f} %")
    print(f"  top-5 accuracy  {100 * found['top5_accuracy']:6.2f} %")
    print(f"  loss            {found['loss']:6.3f}")


def epochs(count):
    """1 epoch, 2 epochs."""
    return f"{count} epoch{'s' if count != 1 else ''}"


def few(classes):
    """Classes in words: how many, and the first of them."""
    return f"{len(classes)} classes ({', '.join(list(classes)[:3])} …)"
