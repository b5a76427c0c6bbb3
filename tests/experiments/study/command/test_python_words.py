"""What the command advises is said to a Python program as the arguments of `run`."""

from __future__ import annotations

import pandas as pd
import pytest

import experiments
from experiments.errors import DataError
from experiments.study.command.python_words import python_words


@pytest.mark.parametrize(
    ("command", "python"),
    [
        ("--score tests the best model", 'look="only" tests the best model'),
        ("left out: id; --keep NAME takes one in", 'left out: id; keep=["NAME"] takes one in'),
        ("--numbers 'net price' reads the numbers", 'numbers=["net price"] reads the numbers'),
        ("later ones, --time year tests on later rows", 'later ones, time="year" tests on later rows'),
        ("later ones, --time 'week no' tests on later rows", 'later ones, time="week no" tests on later rows'),
        ("not in MLflow: --tracking-uri none", 'not in MLflow: tracking_uri="none"'),
        ("STUDY: must be a study's name", "study: must be a study's name"),
        ("--default-of old: with --name NEW or with --data FILE", "default_of old: with name= or with data="),
        ("python -m experiments.tune my --score tests it", "python -m experiments.tune my --score tests it"),
    ],
)  # fmt: skip
def test_options_become_arguments(command: str, python: str) -> None:
    assert python_words(command) == python


def test_rows_that_cannot_be_read_are_refused_in_these_words() -> None:
    frame = pd.DataFrame({"day": ["01/02/2024", "03/04/2024", "05/06/2024"] * 10, "y": ["no", "yes"] * 15})
    either = r'add formats={"day": "%m/%d/%Y"} or formats={"day": "%d/%m/%Y"}\.$'
    with pytest.raises(DataError, match=either):
        experiments.run(data=frame, target="y", tracking_uri="none", quiet=True)
