"""Measure how often the network of a run is right, on the test images of its data.

--classes says it for each class, and --confusion writes how many images of each class got each
label: as a picture if the file's name ends in .png, as a table if it ends in .csv.
"""

import numpy as np

from alexnet_lib.commands.confusion import accuracy_lines, check_files, write_files
from alexnet_lib.commands.runs import finish_together, load_named, open_run

__all__ = ["add_options", "run"]


def add_options(parser):
    """Declare the run, the data, and how to evaluate."""
    parser.add_argument("run", metavar="RUN", help="a run's folder, or a checkpoint in it")
    add = parser.section("options").add_argument
    add("--data", metavar="NAME", help="other data than the run's: a name, or a folder")
    add(
        "--ten-crop",
        action="store_true",
        help="average ten crops of each image, like the paper",
    )
    add("--classes", action="store_true", help="print the accuracy of each class")
    about = "write the confusion matrix to a .png or .csv, and print --classes; may be repeated"
    add("--confusion", metavar="FILE", action="append", default=[], help=about)
    add("--skip-bad", action="store_true", help="leave out files that can't be read")
    add("--device", metavar="auto", default="auto", help="auto, cpu, cuda, cuda:1, mps")


def run(options):
    """Evaluate, and return the exit code."""
    name = "alexnet evaluate"
    trainer, path = open_run(options.run, name, options.device)
    return finish_together(trainer, name, lambda: evaluate(trainer, path, options))


def evaluate(trainer, path, options):
    """Print how well the trainer's network does."""
    _, splits = load_named(options.data or trainer.about["data"], options.skip_bad)
    split, data = ("test", splits.test) if splits.test is not None else ("training", splits.train)
    classes = trainer.inputs["classes"]
    if tuple(data.classes) != tuple(classes):
        raise ValueError(
            f"The network of {path} knows {summarize(classes)}, but {data.name} has"
            f" {summarize(data.classes)}: evaluate it on data with the same classes."
        )
    largest = int(np.bincount(data.labels).max(initial=0))
    check_files(options.confusion, classes, largest)
    by_class = options.classes or bool(options.confusion)
    results = trainer.evaluate(data, ten_crop=options.ten_crop, confusion=by_class)
    if not trainer.world.leads:
        return
    count = len(trainer.history)
    crops = "ten crops each" if options.ten_crop else "the centre of each"
    print(f"{path}, {trainer.about['variant']}, after {count} epoch{'s' * (count != 1)}")
    print(f"{data.name}, {results['images']:,} {split} images, {crops}:")
    print(f"  accuracy        {100 * results['accuracy']:6.2f} %")
    print(f"  top-5 accuracy  {100 * results['top5_accuracy']:6.2f} %")
    print(f"  loss            {results['loss']:6.3f}")
    if by_class:
        matrix = results["confusion"]  # (K, K)
        print("\n".join(accuracy_lines(matrix, classes)))
        title = f"{trainer.about['variant']} on {data.name}: {results['accuracy']:.2%} are right"
        write_files(options.confusion, matrix, classes, title.replace("%", " %"))


def summarize(classes):
    """Return how many classes there are and the first of them, in words."""
    return f"{len(classes)} classes ({', '.join(list(classes)[:3])} …)"
