"""The positive class of two: the one that scores such as F1 are of, and so the last one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from experiments.config.target import Target
from experiments.data.columns.target_type import LabelledTable
from experiments.errors import DataError
from nnet.near import composed

OF_ONE_CLASS = ("average_precision", "f1", "jaccard", "precision", "recall")  # metrics that score one class of two
FREQUENT = 0.9  # share of the last class of two, from which on the other one is most likely what is looked for
PERFECT = {"recall": "every row", "precision": "no row but a sure one"}  # what makes such a metric 1


def with_positive_last(rows: LabelledTable, positive: str | int | bool) -> LabelledTable:
    """Order two classes so that the positive one is the last.

    Args:
        positive: its name, or the number or truth value that is its name.

    Raises:
        DataError: there are not two classes, or none of them has this name.
    """
    name, classes = str(positive), rows.target.classes
    alike = [known for known in classes if composed(known).casefold() == composed(name).casefold()]
    name = alike[0] if len(alike) == 1 else name  # TOML's true is True
    if len(classes) != 2:
        has = f"{len(classes)} classes" if classes else "a number"
        raise DataError(f"data.positive: needs a target of two classes, but this one is {has}; remove it.")
    if name not in classes:
        first, last = classes
        raise DataError(f"data.positive: must be one of the classes {first!r} and {last!r}, but got {positive!r}.")
    if name == classes[1]:
        return rows
    return replace(rows, target=Target(classes[::-1]), y=np.asarray(1 - rows.y, rows.y.dtype))


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


def rare_class_notes(rows: LabelledTable, metric: str, chosen: bool) -> Iterator[str]:
    """Say which class thresholds are of, where it is by far the more frequent of two: the rare one is meant mostly.

    Args:
        metric: of the study file; one of a single class has a note of its own.
        chosen: whether the study file names the class.
    """
    if chosen or len(rows.target.classes) != 2 or metric in OF_ONE_CLASS or np.mean(rows.y) < FREQUENT:
        return
    rare, frequent = rows.target.classes
    yield (
        f"thresholds, recall and the ROC curve are of class {frequent!r}, the last of two; "
        f"data.positive = {rare} makes them of {rare!r}, the rare one."
    )
