"""For all tests: signals that a shell or nohup may have switched off, and the order, the longest files first."""

from __future__ import annotations

import signal

import pytest

for number, handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of whole commands first, so that no process is left alone with them at the end."""
    items.sort(key=lambda item: "whole" not in item.path.parts)
