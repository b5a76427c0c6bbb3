"""Weights of classes, which multiply the weights of their rows."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnet.arrays import Array, Labels
from nnet.errors import SettingError


def class_weights(given: Mapping[Any, float] | str, classes: NDArray[Any], labels: Labels, weights: Array) -> Array:
    """Return the weight of each class, (C,) in float64.

    A class that a mapping does not name weighs 1. With "balanced", all classes of the rows weigh the same in sum.

    Args:
        given:   weights by class, or "balanced".
        classes: (C,) all classes, also those without a row.
        labels:  (N,) position of each row's class.
        weights: (N,) importance of each row.

    Raises:
        SettingError: a key is no class while some class has no key, or a weight is no number from 0 on.

    >>> class_weights({"yes": 3}, np.array(["no", "yes"]), np.array([0, 0]), np.ones(2))
    array([1., 3.])
    >>> class_weights("balanced", np.array(["no", "yes"]), np.array([0, 0, 0, 1]), np.ones(4)).round(2)
    array([0.67, 2.  ])
    """
    if isinstance(given, Mapping):
        return _named(given, classes.tolist())
    if not (isinstance(given, str) and given == "balanced"):
        raise SettingError(f"class_weight must be None, 'balanced' or weights by class in a dict, but got {given!r}.")
    counts: Array = np.bincount(labels, weights, len(classes)).astype(np.float64, copy=False)
    present, balanced = counts > 0, np.ones(len(classes))
    balanced[present] = counts[present].sum() / (np.count_nonzero(present) * counts[present])
    return balanced


def _named(given: Mapping[Any, float], classes: list[Any]) -> Array:
    if any(one not in given for one in classes) and (unknown := [key for key in given if key not in classes]):
        raise SettingError(
            f"class_weight must name classes among {classes}, but got {unknown}; remove or correct them."
        )
    chosen = [given.get(one, 1.0) for one in classes]
    for name, weight in zip(classes, chosen, strict=True):
        if not isinstance(weight, Real):
            raise SettingError(f"class_weight must be a number for each class, but got {weight!r} for {name!r}.")
        if not 0 <= weight < inf:
            raise SettingError(f"`0 <= class_weight < inf` must hold for each class, but got {weight!r} for {name!r}.")
    return np.array(chosen, np.float64)
