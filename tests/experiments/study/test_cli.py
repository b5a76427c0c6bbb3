from __future__ import annotations

import os
import signal

import pytest

from experiments.errors import DataError
from experiments.study.cli import run_command


@pytest.fixture(autouse=True)
def handler() -> object:
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def test_a_command_that_is_done_says_its_own_code() -> None:
    assert [run_command(lambda code=code: code) for code in (0, 1)] == [0, 1]


def test_an_error_is_one_printable_line(capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> int:
        raise DataError("two\nlines and \x1b[31m red")

    assert run_command(work) == 2
    assert capsys.readouterr().err == "error: two lines and \\x1b[31m red\n"


def test_the_system_and_a_person_end_it_alike(capsys: pytest.CaptureFixture[str]) -> None:
    for end in (signal.SIGTERM, signal.SIGINT):
        assert run_command(lambda end=end: os.kill(os.getpid(), end) or 0, "nothing was changed") == 130
        assert capsys.readouterr().err == "\nnothing was changed\n"
