"""How fast this machine trains, beside what it could do at most and beside a plain PyTorch loop."""

from alexnet_lib.commands.parsing import typed

__all__ = ["add_options", "run"]


def add_options(parser):
    """How long to measure."""
    about = "how long each thing is measured; longer is steadier"
    parser.section("options").add_argument(
        "--seconds", metavar="5", type=typed("--seconds", float), default=5, help=about
    )


def run(options):
    """Measure, and print the figures."""
    if not 0 < options.seconds <= 3600:
        raise ValueError(f"--seconds must be above 0 and at most 3600, not {options.seconds:g}.")

    from alexnet_lib.training.bench import report

    report(seconds=options.seconds, say=lambda text: print(text, flush=True))
