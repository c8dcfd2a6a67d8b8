"""AlexNet as published, as a PyTorch network, and what its layers cost.

    variants   the tables of layers, and plans made from them             (NumPy)
    models     the same as PyTorch networks                               (PyTorch)
    lrn        local response normalization, fast                         (PyTorch)
    sizes      sizes, parameters and multiply-adds of one layer           (NumPy)
    anatomy    the same for every layer of a network, as a table          (PyTorch)
    receptive  which pixels a number of a layer can depend on             (PyTorch)

Lessons import from here: `from alexnet_lib.networks import alexnet, plan`.
"""

from importlib import import_module

# Loaded when first asked for: `plan` alone must not wait for PyTorch.
HOMES = {"VARIANTS": "variants", "plan": "variants", "AlexNet": "models", "alexnet": "models"}
HOMES |= {"PaperDropout": "models"}

__all__ = sorted(HOMES)


def __getattr__(name):
    """A public name of one of the modules."""
    if name in HOMES:
        return getattr(import_module(f"{__name__}.{HOMES[name]}"), name)
    raise AttributeError(f"module {__name__} has no attribute {name!r}")
