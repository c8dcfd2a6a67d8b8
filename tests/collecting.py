"""A pytest plugin that collects the tests quickly: processes share the work of rewriting asserts.

pytest compiles each module with its asserts rewritten, so that a failure shows values, and keeps
the result in __pycache__. In a fresh clone that takes ten seconds, in every process that collects
the tests. So each process rewrites a share of the modules before it collects, and finds the rest.
Other people's packages are compiled likewise when they are first imported: each process begins with
another of those that all need.
"""

import atexit
import gc
import importlib
import os
from pathlib import Path

import pytest
from _pytest.assertion import rewrite

PACKAGES = (
    *("torch", "torchvision"),
    *("nbgrader.api", "IPython", "matplotlib.backends.backend_agg"),
    *("sympy", "sphinx.application", "hypothesis"),
)


@pytest.hookimpl(wrapper=True)
def pytest_collection(session):
    """Rewrite the share of a worker of pytest-xdist, and collect.

    What is collected stays to the end, so nobody need look for garbage in it, then or later.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    gc.disable()
    try:
        if workers > 1:
            first = worker * len(PACKAGES) // workers
            for name in PACKAGES[first:] + PACKAGES[:first]:
                importlib.import_module(name)
            folders = [path for path in map(Path, session.config.args) if path.is_dir()]
            paths = sorted(
                path.resolve() for folder in folders for path in folder.rglob("test_*.py")
            )
            keep_rewritten(paths[worker::workers], session.config)
        return (yield)
    finally:
        gc.enable()
        gc.freeze()
        atexit.register(gc.unfreeze)  # so that nothing seems to have leaked


def keep_rewritten(paths, config):
    """Rewrite these modules, and keep the results where pytest looks for them.

    pytest has no public name for this: where a version has other names, it does all by itself.
    """
    try:
        state = config.stash[rewrite.assertstate_key]
        for path in paths:
            kept = rewrite.get_cache_dir(path) / (path.stem + rewrite.PYC_TAIL)
            if not rewrite._read_pyc(path, kept):
                kept.parent.mkdir(exist_ok=True)
                source, code = rewrite._rewrite_test(path, config)
                rewrite._write_pyc(state, code, source, kept)
    except (AttributeError, KeyError, OSError, SyntaxError, TypeError):
        return
