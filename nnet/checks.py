"""Checks of the types of settings and arguments; NumPy's numbers and truth values become Python's."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

import numpy as np

from nnet.errors import SettingError, ShapeError


def whole(name: str, value: Any) -> int:
    """Return an integer of any type as Python's.

    Raises:
        SettingError: it is none.

    >>> whole("epochs", np.int64(3))
    3
    """
    if not isinstance(value, Integral) or isinstance(value, bool):
        raise SettingError(f"{name} must be an integer, but got {value!r}.")
    return int(value)


def number(name: str, value: Any) -> float:
    """Return a number of any type as Python's; an integer stays one.

    Raises:
        SettingError: it is none.

    >>> number("decay", np.float32(0.5)), number("decay", 1)
    (0.5, 1)
    """
    if not isinstance(value, Real) or isinstance(value, bool):
        raise SettingError(f"{name} must be a number, but got {value!r}.")
    return int(value) if isinstance(value, Integral) else float(value)


def flag(name: str, value: Any) -> bool:
    """Return a truth value of either type as Python's.

    Raises:
        SettingError: it is none, such as a text.

    >>> flag("shuffle", np.False_)
    False
    """
    if not isinstance(value, bool | np.bool_):
        raise SettingError(f"{name} must be True or False, but got {value!r}.")
    return bool(value)


def unmasked(name: str, values: Any) -> Any:
    """Return values none of which is masked: the number below a mask is not what was meant.

    Raises:
        ShapeError: one is masked.
    """
    if np.ma.is_masked(values):
        raise ShapeError(f"{name} must have every value, but some are masked; fill them in, as by {name}.filled(0).")
    return values


def of_kind(name: str, value: object, kind: type) -> None:
    """Refuse a value of another class than the wanted one.

    Raises:
        SettingError: it is of another class, such as a dict, or the class itself.
    """
    if isinstance(value, kind):
        return
    given = f"the class {value.__name__}" if isinstance(value, type) else type(value).__name__
    in_list = isinstance(value, list | tuple) and any(isinstance(one, kind) for one in value)
    instead = "give one without [...]" if in_list else f"write {kind.__name__}(...)"
    raise SettingError(f"{name} must be of type {kind.__name__}, but got {given}; {instead}.")


def one_each(name: str, given: Any, kind: type = object) -> None:
    """Refuse what is not one thing for each fold.

    Raises:
        ShapeError:   it is no sequence, or an empty one.
        SettingError: it holds a thing of another class than `kind`.
    """
    if not hasattr(given, "__len__"):
        raise ShapeError(
            f"{name} must be a sequence with one for each fold, but got {type(given).__name__}; write [...]."
        )
    if not len(given):
        raise ShapeError(f"{name} must be a sequence with one for each fold, but got none.")
    if kind is not object:
        for position, one in enumerate(given):
            of_kind(f"{name}[{position}]", one, kind)


def fit_outputs(outputs: Any, targets: Any, weights: Any = None) -> None:
    """Refuse targets and weights of a step that NumPy would stretch over the outputs (F, B, units), or could not.

    Raises:
        ShapeError: targets are not (F, B, units), or weights are neither None nor (F, B, 1).
    """
    if np.shape(targets) != outputs.shape:
        instead = f"targets.reshape{outputs.shape}" if np.size(targets) == outputs.size else "loss.encode(...)[None]"
        raise ShapeError(f"targets must be {outputs.shape}, but got {np.shape(targets)}; give {instead}.")
    if weights is not None and np.shape(weights) != (*outputs.shape[:2], 1):
        wanted = (*outputs.shape[:2], 1)
        raise ShapeError(f"weights must be {wanted}, but got {np.shape(weights)}; give weights.reshape{wanted}.")
