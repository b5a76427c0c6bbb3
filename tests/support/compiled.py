"""Passes for both types of numbers, which one process of a test run compiles for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.search.compiled.build import compile_passes
from experiments.search.compiled.load import bound, engine_of
from nnet.compiled import Passes, install, passes_for
from support.made_once import made_once

TYPES = ("float32", "float64")
WITH_NUMBA = pytest.mark.skipif(find_spec("numba") is None, reason="needs Numba")


@cache
def machine_code() -> bytes:
    """The passes for both types."""
    return (made_once("passes", lambda folder: _compile(folder / "passes.o")) / "passes.o").read_bytes()


def _compile(path: Path) -> None:
    path.write_bytes(compile_passes(TYPES))


@cache
def _engine() -> Any:
    return engine_of(machine_code())


def compiled_passes(dtype: str) -> Passes:
    """The passes for a type of numbers."""
    return bound(_engine(), dtype)


@contextmanager
def passes(wanted: bool, dtype: str = "float32") -> Iterator[None]:
    """Networks that are made in this block have compiled passes, or have not."""
    before = passes_for(np.dtype(dtype))
    install(np.dtype(dtype), compiled_passes(dtype) if wanted else None)
    try:
        yield
    finally:
        install(np.dtype(dtype), before)
