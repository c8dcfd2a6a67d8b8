"""The trainer: a loop for any network, and what a run of it needs.

    trainer      the training loop                                       (PyTorch)
    state        everything that a run changes besides the weights       (PyTorch)
    recipe       everything that decides how a network is trained        (nothing)
    evaluation   how well a network does, and which classes it predicts  (PyTorch)
    optimizers   update rules, and the rate of every step                (PyTorch)
    devices      what a machine is good at, and what to use of it        (PyTorch)
    checkpoints  files that hold a run, and survive a crash              (NumPy, PyTorch)
    resuming     what a run needs to go on as if it had never stopped    (PyTorch)
    distributed  one process or many                                     (PyTorch)
    interrupts   Ctrl-C as a request                                     (nothing)
    trials       short runs that look for an error                       (PyTorch)
    progress     what a run reports, in four modules of its own          (tqdm)
    bench        how fast this machine trains                            (NumPy, PyTorch)

Lessons import from here: `from alexnet_lib.training import Recipe, Trainer`.
"""

from importlib import import_module

# Loaded when first asked for: `alexnet --help` must not wait for PyTorch.
HOMES = {"RECIPES": "recipe", "Recipe": "recipe", "Trainer": "trainer", "TrainingError": "trainer"}
HOMES |= {"PaperSGD": "optimizers", "optimizer": "optimizers", "Report": "progress"}

__all__ = sorted(HOMES)


def __getattr__(name):
    """Import a public name from its module."""
    if name in HOMES:
        return getattr(import_module(f"{__name__}.{HOMES[name]}"), name)
    raise AttributeError(f"module {__name__} has no attribute {name!r}")
