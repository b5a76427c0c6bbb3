"""The classes of new rows as a model knows them, whose names a file may write otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.data.columns.dropped_classes import number_of
from experiments.data.columns.spellings import plain_spelling
from nnet.near import composed


def names_of(target: NDArray[Any], declared: Sequence[str] | None) -> NDArray[np.str_]:
    """Return the (N,) names of targets.

    Args:
        target:   (N,) words, numbers, or positions among the declared classes.
        declared: names, where the source declares classes.

    >>> names_of(np.array([1.0, 2.5]), None).tolist(), names_of(np.array([1, 0]), ("a", "b")).tolist()
    (['1', '2.5'], ['b', 'a'])
    """
    different, places = np.unique(target if declared is None else np.array(declared)[target], return_inverse=True)
    words = different.dtype.kind not in "fiu"
    names = [str(one) if words or not float(one).is_integer() else str(int(one)) for one in different.tolist()]
    return np.array(names, str)[places]


def labels_of(names: NDArray[np.str_], classes: Sequence[str]) -> NDArray[np.intp]:
    """Return the (N,) position of each name among a model's classes, -1 of a class that it does not know.

    A name is that of the class with the same text, or else the same number, or else the same spelling but for case and
    white space, where one class alone has it.

    >>> labels_of(np.array(["yes", "NO", "2.0", "x"]), ("no", "yes", "2")).tolist()
    [1, 0, 2, -1]
    """
    different, places = np.unique(names, return_inverse=True)
    return np.array([_label(str(name), classes) for name in different], np.intp)[places]


def _label(name: str, classes: Sequence[str]) -> int:
    for alike in (composed, number_of, plain_spelling):
        wanted = alike(name)
        found = [at for at, one in enumerate(classes) if wanted is not None and alike(one) == wanted]
        if len(found) == 1:
            return found[0]
    return -1
