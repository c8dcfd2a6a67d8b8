"""AlexNet as published, as a PyTorch network, and what its layers cost.

    variants    the tables of layers, and the plans made from them         (NumPy)
    models      the same as PyTorch networks                               (PyTorch)
    lrn         local response normalization, fast                         (PyTorch)
    lrn_blocks  the machinery that makes it fast                           (PyTorch)
    sizes       size, parameters and multiply-adds of one layer            (NumPy)
    anatomy     the same for every layer of any network, as a table        (PyTorch)
    web         any of them as two files that the page can compute         (PyTorch)
    receptive   which pixels an output of a layer can depend on            (PyTorch)

Lessons import from here: `from alexnet_lib.networks import alexnet, plan`.
"""

from importlib import import_module

# Imported on first use: `plan` alone must not wait for PyTorch.
HOMES = {"VARIANTS": "variants", "plan": "variants", "AlexNet": "models", "alexnet": "models"}
HOMES |= {"PaperDropout": "models"}

__all__ = sorted(HOMES)


def __getattr__(name):
    """Import a public name from its module."""
    if name in HOMES:
        return getattr(import_module(f"{__name__}.{HOMES[name]}"), name)
    raise AttributeError(f"module {__name__} has no attribute {name!r}")
