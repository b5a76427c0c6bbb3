"""Checks of the types of settings, and of the types and shapes of arguments.

NumPy's numbers and truth values become Python's.
"""

from __future__ import annotations

from math import inf, prod
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from nnet.errors import SettingError, ShapeError

# of settings: the least number, whether it is allowed (<=), and the number below which they lie
RANGES: dict[str, tuple[float, str, float]] = {
    "label_smoothing": (0, "<=", 1),
    "huber_delta": (0, "<", inf),
    "learning_rate": (0, "<", inf),
    "momentum": (0, "<=", 1),
    "beta2": (0.5, "<=", 1),
    "l1": (0, "<=", inf),
    "l2": (0, "<=", inf),
    "max_norm": (0, "<=", inf),
    "clip_norm": (0, "<=", inf),
}


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


def in_range(name: str, value: Any) -> float:
    """Return a number of any type as Python's that lies in the range of its name.

    Raises:
        SettingError: it lies outside, or is no number.

    >>> in_range("l2", np.float32(0.5))
    0.5
    """
    low, relation, high = RANGES[name]
    given = number(name, value)
    if not low <= given < high or (relation == "<" and given == low):
        raise SettingError(f"`{low} {relation} {name} < {high}` must hold, but got {name}={given!r}.")
    return given


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


def of_kind(name: str, value: object, kind: type, instead: str = "") -> None:
    """Refuse a value of another class than the wanted one.

    Args:
        instead: what to do; a call of the class, or to leave out brackets, if empty.

    Raises:
        SettingError: it is of another class, such as a dict, or the class itself.
    """
    if isinstance(value, kind):
        return
    given = f"the class {value.__name__}" if isinstance(value, type) else type(value).__name__
    in_list = isinstance(value, list | tuple) and any(isinstance(one, kind) for one in value)
    instead = instead or ("give one without [...]" if in_list else f"write {kind.__name__}(...)")
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


def float_type(dtype: DTypeLike) -> np.dtype[Any]:
    """Return a type of numbers that a network can compute with, given by any of its names.

    Raises:
        SettingError: it is another.

    >>> float_type("f4")
    dtype('float32')
    """
    kind = np.dtype(dtype)
    if kind not in (np.float32, np.float64):
        raise SettingError(f"dtype must be float32 or float64, but got {kind}.")
    return kind


def within(folds: Any, count: int) -> None:
    """Refuse a number, and a range that NumPy would cut: outputs of fewer folds would stand for all of it.

    Args:
        count: number of the folds that there are.

    Raises:
        ShapeError: it is no range of folds, or an empty one.
    """
    try:
        if 0 <= folds.start < folds.stop <= count and folds.step is None:
            return
    except (AttributeError, TypeError):  # a number, or an open range
        pass
    raise ShapeError(f"folds must be within slice(0, {count}), but got {folds}.")


def shaped(name: str, array: Any, shape: tuple[int, ...], instead: str = "") -> None:
    """Refuse an array of another shape, which NumPy would stretch over others, or could not compute with.

    Args:
        instead: what to give where neither another shape nor a list is the mistake.

    Raises:
        ShapeError: it has another shape, or is no array.
    """
    given = getattr(array, "shape", None)
    if given == shape:
        return
    if isinstance(array, list | tuple):
        instead = f"np.array({name})"
    elif given is not None and np.size(array) == prod(shape):
        instead = f"{name}.reshape{shape}"
    shown = type(array).__name__ if given is None else given
    raise ShapeError(f"{name} must be an array of shape {shape}, but got {shown}{instead and f'; give {instead}'}.")
