"""Save a benchmark's figures, with the machine they come from, as NAME.json.

The results are part of the package, in alexnet_lib/data/measured: lessons read them with
`alexnet_lib.data.measurements`, and in Colab a lesson has nothing but the package. A result
describes the machine, but doesn't identify it: no host name, no user, no path.
"""

import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch

from alexnet_lib.files import write_atomic
from alexnet_lib.training import devices

RESULTS = Path(__file__).parents[1] / "alexnet_lib" / "data" / "measured"


def machine():
    """Return a dict about the machine; call it before measuring, so that `load` is of others."""
    return {
        "cpu": processor(),
        "abilities": devices.abilities(),
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
    """Write NAME.json, all of it or nothing, and return its path.

    machine  what `machine()` returned before the measurement
    """
    path = RESULTS / f"{name}.json"
    text = json.dumps({"machine": machine, "figures": figures}, indent=2, allow_nan=False)
    write_atomic(path, text + "\n")
    return path


def processor():
    """Return the processor's name from Linux's /proc/cpuinfo, elsewhere at least its kind."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def memory_gb():
    """Return the machine's memory in GB, or None if the system doesn't say."""
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9)
    except (AttributeError, ValueError, OSError):
        return None
