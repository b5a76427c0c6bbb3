"""The positive class of two: the one that scores such as F1 are of, and so the last one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.config.target import Target
from experiments.errors import DataError

OF_ONE_CLASS = ("average_precision", "f1", "jaccard", "precision", "recall")  # metrics that score one class of two
PERFECT = {"recall": "every row", "precision": "no row but a sure one"}  # what makes such a metric 1


def with_positive_last(target: Target, y: NDArray[Any], positive: str | int | bool) -> tuple[Target, NDArray[Any]]:
    """Order two classes so that the positive one is the last.

    Args:
        y:        (N,) labels in the target.
        positive: its name, or the number or truth value that is its name.

    Raises:
        DataError: there are not two classes, or none of them has this name.
    """
    name = str(positive)
    alike = [known for known in target.classes if known.casefold() == name.casefold()]
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


def one_class_notes(target: Target, metric: str, chosen: bool) -> Iterator[str]:
    """Say of a metric of one class which that is, and with what ease it is perfect.

    Args:
        chosen: whether the study file names the class.
    """
    if len(target.classes) != 2 or metric not in OF_ONE_CLASS:
        return
    positive = target.classes[1]
    if not chosen:
        yield f"cv.metric: {metric} is of class {positive!r}; data.positive names the other one."
    if metric in PERFECT:
        yield (
            f"cv.metric: a model that takes {PERFECT[metric]} for {positive!r} has a {metric} of 1; f1, "
            "balanced_accuracy and average_precision count both kinds of error."
        )
