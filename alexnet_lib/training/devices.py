"""What this machine is good at, and what a trainer should use of it.

`choose` picks precision, memory layout and compilation for the device, by rules: the same machine
always gets the same answer, or a resumed run could not end as one that never stopped. What is slow
or unsound on the device is refused, with the reason. The rules come from measurements, which
benchmarks/ repeats: on a processor with bfloat16 instructions, bf16 with channels last trains the
paper's kind of network about twice as fast as a plain loop.
"""

import ctypes
import time
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch

from alexnet_lib.networks.anatomy import anatomy

__all__ = ["Setup", "abilities", "ceiling", "choose", "full_speed", "training_flop"]

BEST = {}  # (device, dtype, side, threads) -> FLOP per second of the fastest product so far
# Linux's name of an ability -> its maker's, from the oldest to the newest.
ABILITIES = {
    "avx2": "AVX2",
    "avx512f": "AVX-512",
    "avx512_bf16": "AVX-512 BF16",
    "amx_bf16": "AMX BF16",
    "asimd": "NEON",
    "sve": "SVE",
    "bf16": "BF16",
}
DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


@dataclass(frozen=True)
class Setup:
    """What was chosen for a device; `summary` is that in words."""

    device: torch.device
    dtype: str  # of convolutions and matrix products: "fp32", "bf16" or "fp16"
    channels_last: bool
    compile: bool
    summary: str

    @property
    def layout(self):
        """The memory format of maps and kernels."""
        return torch.channels_last if self.channels_last else torch.contiguous_format

    @property
    def scales(self):
        """Whether the loss must be scaled: fp16 loses small gradients."""
        return self.dtype == "fp16"

    def autocast(self):
        """Return a context in which convolutions and matrix products compute in `dtype`."""
        if self.dtype == "fp32":
            return nullcontext()
        return torch.autocast(self.device.type, DTYPES[self.dtype])

    def synchronize(self):
        """Wait until the device has finished all its work."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)
        elif self.device.type == "mps":
            torch.mps.synchronize()


def choose(device="auto", dtype="auto", layout="auto", compile="auto"):
    """Return the `Setup` for a device; raise ValueError for what is slow or unsound there.

    device   "auto" (a GPU if there is one), "cpu", "cuda", "cuda:1", "mps", or a torch.device
    dtype    "auto", "fp32", "bf16" or "fp16"
    layout   "auto", "channels_last" or "contiguous"
    compile  "auto", "yes" or "no"
    """
    device = resolve_device(device)
    best, why = best_dtype(device)
    if dtype == "auto":
        dtype = best
    else:
        check_dtype(device, dtype)
        why = "as asked"
    if compile == "yes" and device.type != "cuda":
        raise ValueError(
            f"compile=yes was asked for, but on {device.type} it makes training no faster, and its"
            ' first step takes long: leave it out, or say compile="no".'
        )
    channels_last = layout == "channels_last" or (layout == "auto" and device.type != "mps")
    order = "channels last" if channels_last else "channels first"
    compiled = compile == "yes"
    mode = "compiled" if compiled else "eager"
    summary = f"{describe(device)}: {dtype} ({why}), {order}, {mode}"
    return Setup(device, dtype, channels_last, compiled, summary)


def resolve_device(device):
    """Return the torch.device that is meant; raise ValueError if this machine hasn't got it."""
    if device == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda", torch.cuda.current_device())
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(device)
    except RuntimeError:
        raise ValueError(
            f'device must be "auto", "cpu", "cuda", "cuda:1" or "mps", but {device!r} was given.'
        ) from None
    if device.type not in ("cpu", "cuda", "mps"):
        raise ValueError(f'device must be on "cpu", "cuda" or "mps", but "{device}" was given.')
    available = {
        "cpu": True,
        "cuda": torch.cuda.is_available() and (device.index or 0) < torch.cuda.device_count(),
        "mps": torch.backends.mps.is_available(),
    }
    if not available[device.type]:
        raise ValueError(
            f'There is no device "{device}" on this machine that PyTorch can use: leave device out'
            ' to take what there is, or say "cpu".'
        )
    if device.type == "cuda" and device.index is None:
        return torch.device("cuda", torch.cuda.current_device())
    return device


def best_dtype(device):
    """Return (the fastest sound precision of a device, why)."""
    if device.type == "cuda":
        if torch.cuda.get_device_capability(device) >= (8, 0):
            return "bf16", "its tensor cores take it"
        if torch.cuda.get_device_capability(device) >= (7, 0):
            return "fp16", "its tensor cores take it; the loss is scaled"
        return "fp32", "it has no tensor cores"
    if device.type == "cpu" and has_bf16():
        return "bf16", "this processor has instructions for it"
    if device.type == "cpu":
        return "fp32", "this processor has no bf16 instructions"
    return "fp32", "the safe choice there"


def check_dtype(device, dtype):
    """Raise ValueError if a precision is slow or unsound on a device."""
    if dtype == "fp16" and device.type == "cpu":
        raise ValueError(
            "fp16 was asked for, but processors have no fast arithmetic for it (hundreds of times"
            ' slower than bf16 where we measured): say dtype="bf16" or "fp32".'
        )
    if dtype == "bf16" and device.type == "cpu" and not has_bf16():
        raise ValueError(
            "bf16 was asked for, but this processor has no instructions for it and would emulate"
            ' them slowly: say dtype="fp32".'
        )
    if dtype == "bf16" and device.type == "cuda" and best_dtype(device)[0] != "bf16":
        raise ValueError(
            f"bf16 was asked for, but {torch.cuda.get_device_name(device)} is too old for it:"
            f' say dtype="{best_dtype(device)[0]}".'
        )
    if dtype != "fp32" and device.type == "mps":
        raise ValueError(f'{dtype} was asked for, but on mps only "fp32" is sure to be right.')


def has_bf16():
    """Return whether the processor can multiply bfloat16: AVX-512 BF16, AMX, or ARM's BF16."""
    asks = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")  # not in every PyTorch
    if any(getattr(torch.cpu, ask, bool)() for ask in asks):
        return True
    return bool(processor_flags() & {"avx512_bf16", "amx_bf16", "bf16"})


def processor_flags():
    """Return the abilities of the processor as Linux names them; none on another system."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return set()
    return {
        flag for line in lines if line.startswith(("flags", "Features")) for flag in line.split()
    }


def abilities():
    """Return the processor's abilities that decide how fast it trains, in their makers' words."""
    flags = processor_flags()
    return [name for flag, name in ABILITIES.items() if flag in flags]


def describe(device):
    """Return a device in words: its kind, and a GPU's name or a processor's threads."""
    if device.type == "cuda":
        return f"{device} ({torch.cuda.get_device_name(device)})"
    if device.type == "cpu":
        threads = torch.get_num_threads()
        return f"cpu ({threads} thread{'s' if threads > 1 else ''})"
    return str(device)


@contextmanager
def full_speed(setup):
    """Let the device compute as fast as it can inside the context.

    float32 matrix products take the fastest way that keeps them float32, or nearly. On a processor
    "medium" lets oneDNN compute them, twice as fast on AMD's. If oneDNN rounds to less than float32
    on this processor, which one product shows, it isn't used. On a GPU it is TF32, with 10 bits for
    the fraction, which PyTorch's convolutions use anyway. And on a processor with glibc, freed
    memory is kept for the next step: otherwise each step asks the system for hundreds of megabytes
    again, page by page, which took an eighth of a step's time where we measured.
    """
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("high" if setup.device.type == "cuda" else "medium")
    keeps = setup.device.type == "cpu" and MEMORY.keep()
    try:
        if setup.device.type == "cpu" and matmul_error() > 1e-5:
            torch.set_float32_matmul_precision("highest")
        yield
    finally:
        torch.set_float32_matmul_precision(before)
        if keeps:
            MEMORY.release()


class Memory:
    """Whether glibc's malloc keeps freed memory, or returns it to the system at once."""

    TRIM, MAP = -1, -3  # M_TRIM_THRESHOLD and M_MMAP_THRESHOLD, of mallopt
    USUAL = ((MAP, 2**25), (TRIM, 2**26))  # bytes: glibc itself ends up there in such programs

    def __init__(self):
        self.depth = 0  # contexts that want it kept
        try:
            self.libc = ctypes.CDLL(None)
            self.libc.mallopt, self.libc.malloc_trim  # noqa: B018 - is it glibc?
        except (AttributeError, OSError, TypeError):  # macOS, Windows, musl
            self.libc = None

    def keep(self):
        """Keep freed memory until as many calls of `release`; return whether that works here."""
        if self.libc is None:
            return False
        self.depth += 1
        if self.depth == 1:
            # Some versions take no more than 32 MB for this one, and return 0 for more.
            self.libc.mallopt(self.MAP, 2**30) or self.libc.mallopt(self.MAP, 2**25)
            self.libc.mallopt(self.TRIM, 2**31 - 1)
        return True

    def release(self):
        """Return the memory to the system, once nobody wants it kept."""
        self.depth -= 1
        if self.depth == 0:
            for threshold, usual in self.USUAL:
                self.libc.mallopt(threshold, usual)
            self.libc.malloc_trim(0)


MEMORY = Memory()


@cache
def matmul_error():
    """Return the error of a "medium" float32 product, as a share of its largest number."""
    numbers = torch.arange(256 * 256, dtype=torch.float64).mul(0.7).sin().reshape(256, 256)
    exact = numbers @ numbers  # (256, 256)
    return float((numbers.float() @ numbers.float() - exact).abs().max() / exact.abs().max())


def ceiling(setup, side=None, seconds=0.1):
    """Return the FLOP per second of a square matrix product, the best of this process so far.

    side     of the two matrices; 2048 on a processor, 8192 on a GPU
    seconds  how long each call tries again: something else may have slowed the earlier tries down
    """
    side = side or (8192 if setup.device.type == "cuda" else 2048)
    # No random numbers: a run's own draws must not depend on when it measures its speed.
    a = torch.arange(side * side, device=setup.device).sin().to(DTYPES[setup.dtype])
    a = a.reshape(side, side)  # (side, side)
    key = str(setup.device), setup.dtype, side, torch.get_num_threads()
    end = time.perf_counter() + seconds
    a @ a  # the first product also loads the library
    setup.synchronize()
    while True:
        start = time.perf_counter()
        a @ a
        setup.synchronize()
        now = time.perf_counter()
        BEST[key] = max(BEST.get(key, 0.0), 2 * side**3 / (now - start))
        if now > end:
            return BEST[key]


def training_flop(model, shape):
    """Return the floating-point operations of a training step for one image; None if unknown.

    Each multiply-add is two operations. It is done three times, for the output, the gradient of the
    weights and the gradient of the input; in the first layer twice, since its input needs none.

    shape  (1, C, H, W) of the images
    """
    try:
        work = [row.multiply_adds for row in anatomy(model, shape) if row.multiply_adds]
    except Exception:  # a network that `anatomy` can't take apart can still be trained
        return None
    return 2 * (3 * sum(work) - work[0]) if work else None
