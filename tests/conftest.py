"""For all tests: the arithmetic, the signals that a shell may have switched off, and the order of the files."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator

import pytest

from experiments.search.arithmetic import PORTABLE, lacking, processor

# as in a study's own process, before anything loads NumPy; so a study runs in the process of its test
assert "numpy" not in sys.modules
pytest_plugins = ["support.made_once"]
if lacking(processor()) is None:
    os.environ.update(PORTABLE)

for number, handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, handler)


@pytest.fixture(autouse=True)
def safe_path() -> Iterator[None]:
    """Take back the variable that a command run in this process sets for the processes that it starts."""
    yield
    os.environ.pop("PYTHONSAFEPATH", None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of whole commands first, so that no process is left alone with them at the end."""
    items.sort(key=lambda item: not item.nodeid.startswith("tests/whole/"))
