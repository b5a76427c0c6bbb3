"""The positive class of two: the one that scores such as F1 are of, and so the last one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.config.target import Target
from experiments.errors import DataError
from nnet.near import composed

OF_ONE_CLASS = ("average_precision", "f1", "jaccard", "precision", "recall")  # metrics that score one class of two


def with_positive_last(target: Target, y: NDArray[Any], positive: str | int | bool) -> tuple[Target, NDArray[Any]]:
    """Order two classes so that the positive one is the last.

    Args:
        y:        (N,) labels in the target.
        positive: its name, or the number or truth value that is its name.

    Raises:
        DataError: there are not two classes, or none of them has this name.
    """
    name = str(positive)
    alike = [known for known in target.classes if composed(known).casefold() == composed(name).casefold()]
    name = alike[0] if len(alike) == 1 else name  # TOML's true is True
    if len(target.classes) != 2:
        has = f"{len(target.classes)} classes" if target.classes else "a number"
        raise DataError(f"data.positive: needs a target of two classes, but this one is {has}; remove it.")
    if name not in target.classes:
        first, last = target.classes
        raise DataError(f"data.positive: must be one of the classes {first!r} and {last!r}, but got {positive!r}.")
    if name == target.classes[1]:
        return target, y
    return Target(target.classes[::-1]), np.asarray(1 - y, y.dtype)
