"""A pytest plugin for nbval's runs: notebooks print no warnings and no traces of one machine.

nbval compares nothing in cells tagged nbval-ignore-output; this checks all cells.
"""

import hygiene
import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Fail a cell that writes to stderr or shows a trace of this machine."""
    result = yield
    for output in getattr(item, "test_outputs", None) or []:
        if output.get("name") == "stderr":
            pytest.fail(f"{item.name} writes to stderr: {output.text.strip()}", pytrace=False)
        for text in hygiene.output_texts(output):
            if trace := hygiene.machine_trace(text):
                pytest.fail(f"{item.name} shows a trace of this machine: {trace}", pytrace=False)
    return result
