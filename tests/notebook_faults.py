"""A plugin for nbval's runs: a lesson prints no warnings, and nothing of one machine only.

nbval compares nothing in cells tagged nbval-ignore-output. This holds for all cells.
"""

import hygiene
import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Fail a cell for what it writes to stderr or shows of this machine."""
    result = yield
    for output in getattr(item, "test_outputs", None) or []:
        if output.get("name") == "stderr":
            pytest.fail(f"{item.name} writes to stderr: {output.text.strip()}", pytrace=False)
        for text in hygiene.texts_of(output):
            if trace := hygiene.machine_trace(text):
                pytest.fail(f"{item.name} shows a trace of this machine: {trace}", pytrace=False)
    return result
