"""Measure how fast this machine trains, beside its speed limit and a plain PyTorch loop."""

from alexnet_lib.commands.parsing import number

__all__ = ["add_options", "run"]


def add_options(parser):
    """Declare how long to measure."""
    about = "how long to measure each speed; longer is steadier"
    parser.section("options").add_argument(
        "--seconds", metavar="5", type=number("--seconds", float), default=5, help=about
    )


def run(options):
    """Measure, and print the figures."""
    if not 0 < options.seconds <= 3600:
        raise ValueError(f"--seconds must be above 0 and at most 3600, not {options.seconds:g}.")

    from alexnet_lib.training.bench import report

    report(seconds=options.seconds, say=lambda text: print(text, flush=True))
