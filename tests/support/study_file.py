"""A small study file that breaks rules, and what is said of it."""

from __future__ import annotations

from typing import Any

import pytest

from experiments.config.study_file import parse_spec
from experiments.errors import SpecError

RATE = {"learning_rate": {"low": 1e-4, "high": 0.1, "log": True}}


def refusal(**sections: Any) -> str:
    """What is wrong with the sections of a study of irises."""
    with pytest.raises(SpecError) as caught:
        parse_spec({"study": {"name": "x"}, "data": {"source": "iris"}, "space": RATE, **sections}, "here")
    return str(caught.value).removeprefix("here: ")
