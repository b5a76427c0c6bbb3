"""A neural network in NumPy whose every array has a leading fold axis, so that all folds train as one."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nnet.estimator import MLPClassifier, MLPRegressor

__all__ = ["MLPClassifier", "MLPRegressor"]


def __getattr__(name: str) -> Any:
    """Import an estimator when it is first used, because the estimators alone need scikit-learn."""
    if name in __all__:
        return getattr(import_module("nnet.estimator"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the estimators, too, before they are imported."""
    return sorted({*globals(), *__all__})
