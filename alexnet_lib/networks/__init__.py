"""AlexNet as published, as a PyTorch network, what its layers cost, and networks that have learned.

    variants    the tables of layers, and the plans made from them          (NumPy)
    models      the same as PyTorch networks                                (PyTorch)
    squeeze     SqueezeNet: as accurate with a fiftieth of the parameters   (PyTorch)
    bundled     the trained networks that come with the package             (PyTorch)
    occlusion   which parts of a picture an answer rests on                 (PyTorch)
    lrn         local response normalization, fast                          (PyTorch)
    lrn_blocks  the machinery that makes it fast                            (PyTorch)
    sizes       size, parameters and multiply-adds of one layer             (NumPy)
    anatomy     the same for every layer of any network, as a table         (PyTorch)
    web         any of them as two files that the page can compute          (PyTorch)
    receptive   which pixels an output of a layer can depend on             (PyTorch)

Lessons import from here: `from alexnet_lib.networks import alexnet, plan`. The trained networks
have a door of their own: `from alexnet_lib.networks.bundled import BUNDLED, bundled`.
"""

from importlib import import_module

# Imported on first use: `plan` alone must not wait for PyTorch.
HOMES = {"VARIANTS": "variants", "plan": "variants", "AlexNet": "models", "alexnet": "models"}
HOMES |= {"PaperDropout": "models", "SqueezeNet": "squeeze", "squeezenet": "squeeze"}
HOMES |= {"occlusion_map": "occlusion"}

__all__ = sorted(HOMES)


def __getattr__(name):
    """Import a public name from its module."""
    if name in HOMES:
        return getattr(import_module(f"{__name__}.{HOMES[name]}"), name)
    raise AttributeError(f"module {__name__} has no attribute {name!r}")
