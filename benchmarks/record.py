"""What a benchmark found, and on which machine: NAME.json, for all benchmarks alike.

The results lie in the package, in alexnet_lib/data/measured, since lessons read them (`measured` of
alexnet_lib.data), and in Colab a lesson has nothing but the package. A result says what the machine
is, and nothing about whose it is: no host name, no user, no path.
"""

import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch

from alexnet_lib.files import write_atomic

RESULTS = Path(__file__).parents[1] / "alexnet_lib" / "data" / "measured"


def machine():
    """The machine as it is now, as a dict. Call it before measuring: the load is the others'."""
    return {
        "cpu": processor(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "memory_gb": memory_gb(),
        "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "torch": torch.__version__,
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "date": datetime.now(UTC).date().isoformat(),
    }


def save(name, figures, machine):
    """Write NAME.json, whole or not at all, and return its path.

    figures: what was measured; machine: what `machine()` said before.
    """
    path = RESULTS / f"{name}.json"
    text = json.dumps({"machine": machine, "figures": figures}, indent=2, allow_nan=False)
    write_atomic(path, text + "\n")
    return path


def processor():
    """The processor's name: Linux has it in a file, elsewhere Python knows at least its kind."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def memory_gb():
    """The machine's memory in GB, or None where the system doesn't say."""
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9)
    except (AttributeError, ValueError, OSError):
        return None
