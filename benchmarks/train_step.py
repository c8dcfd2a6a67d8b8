"""Training steps of every variant, in each precision and layout, beside a plain PyTorch loop.

    python benchmarks/train_step.py [--variants NAME …] [--rounds N] [--batch N] [--avx2] [--save]

The plain loop is the one in PyTorch's tutorials: float32, channels first, `loss.item()` at every
step. The tuned loop is the same with channels last, fused SGD and its memory kept. The trainer
takes its own step (with accuracy, loss sum and schedule) on the same network, from the same start,
in float32 and in this processor's best precision, channels first and last. All take turns, and the
median of the rounds counts. "of ceiling" is the share of the speed of a 2048 × 2048 matrix product
in the same precision; only products count as work, so a network with local response normalization
reaches a smaller share. About 5 minutes on two free cores.

--avx2 measures what PyTorch reaches with AVX2 alone, as on most processors, in float32 alone; it is
saved as train_step_avx2.
"""

import os
import sys
from functools import partial

import record
import script

from alexnet_lib.networks.models import alexnet
from alexnet_lib.networks.variants import VARIANTS
from alexnet_lib.training import bench, devices

HEAVY = ("2012", "2012-code", "caffe", "bn")  # a step takes seconds: three rounds are enough
LAYOUTS = ("contiguous", "channels_last")
AVX2_ALONE = {"ONEDNN_MAX_CPU_ISA": "AVX2", "ATEN_CPU_CAPABILITY": "avx2"}


def settings(dtype):
    """Return {name: fields of the recipe}: float32 and this precision, in both layouts."""
    return {
        f"{dtype} {layout}": {"dtype": dtype, "layout": layout}
        for dtype in dict.fromkeys(["fp32", dtype])
        for layout in LAYOUTS
    }


def measure(variants, rounds, batch, dtype="auto", say=print):
    """Return {variant: {way: figures}}, with the trainer's own choice under "picked"."""
    setup = devices.choose("cpu", dtype)
    picked = f"{setup.dtype} {LAYOUTS[setup.channels_last]}"
    found = {
        "batch": batch,
        "rounds": rounds,
        "picked": picked,
        "line": setup.summary,
        "variants": {},
    }
    for variant in variants:
        make = partial(alexnet, variant)
        shape = make().plan[0].shape  # (3, 224, 224)
        turns = min(rounds, 3) if variant in HEAVY else rounds
        tell = partial(say_line, say, variant)
        rows = bench.step_speeds(
            make, shape, batch, settings(setup.dtype), "cpu", True, rounds=turns, say=tell
        )
        found["variants"][variant] = {
            name: {key: round_to_4(value) for key, value in row.items()}
            for name, row in rows.items()
        }
    tops = {name: bench.top_speed(devices.choose("cpu", name)) for name in ("fp32", setup.dtype)}
    found["ceiling_gflops"] = {name: round(top / 1e9, 1) for name, top in tops.items()}
    return found


def say_line(say, variant, text):
    """Print a line about a variant at once."""
    say(f"{variant}: {text}", flush=True)


def round_to_4(number):
    """Return a number rounded to four significant digits, or None for None."""
    return None if number is None else float(f"{number:.4g}")


def table(found):
    """Return the figures as lines of text, with a star at what the trainer picks."""
    lines = [f"{'':14}{'':22}{'img/s':>8}{'ratio':>8}{'of ceiling':>12}"]
    for variant, rows in found["variants"].items():
        for name, row in rows.items():
            star = "*" if name == found["picked"] else " "
            share = "" if row["of_ceiling"] is None else f"{row['of_ceiling']:11.0%}"
            lines.append(
                f"{variant:14}{name:20}{star:2}{row['images_per_second']:8.1f}{row['ratio']:7.2f}×"
                f"{share:>12}"
            )
    return "\n".join([*lines, "* what the trainer picks here"])


def main():
    """Measure, print, and save if asked to."""
    parser = script.make_parser(__doc__)
    names = list(VARIANTS)
    parser.add_argument(
        "--variants", nargs="+", choices=names, default=names, help="all if not given"
    )
    parser.add_argument("--rounds", type=script.count, default=7, help="at most (default 7)")
    parser.add_argument("--batch", type=script.count, default=64, help="images (default 64)")
    parser.add_argument("--avx2", action="store_true", help="as on a processor with AVX2 alone")
    options = parser.parse_args()
    if options.avx2 and not AVX2_ALONE.items() <= os.environ.items():
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | AVX2_ALONE)
    machine = record.machine()
    dtype = "fp32" if options.avx2 else "auto"
    found = measure(options.variants, options.rounds, options.batch, dtype)
    print(table(found))
    script.save(options, "train_step_avx2" if options.avx2 else "train_step", found, machine)


if __name__ == "__main__":
    sys.exit(script.run(main))
