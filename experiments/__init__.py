"""Honest, reproducible hyperparameter studies of NumPy neural networks. `experiments.run` runs one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from experiments.study.api import run

__all__ = ["run"]


def __getattr__(name: str) -> Any:
    """`run` is loaded when it is asked for, so that importing the package takes no time."""
    if name == "run":
        from experiments.study.api import run

        return run
    raise AttributeError(f"module 'experiments' has no attribute {name!r}")
