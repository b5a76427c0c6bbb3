"""The refusal of groups that are too few for a test set, or that its rows share with others."""

from __future__ import annotations

from math import floor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.data.raw_table import listed
from experiments.errors import DataError


def too_few_groups(groups: int, own_test: bool) -> str:
    """Say what a test set of one group needs, and at once what the folds need of the other groups.

    >>> too_few_groups(5, False).partition("; ")[2]
    'set data.test_size = 0.4; cv.n_splits is then at most 3.'
    >>> too_few_groups(3, False).partition("; ")[0]
    'data.groups: a study needs 4 groups, two to test on and two for the folds, but there are 3'
    """
    rule = "the test set needs at least two groups for an interval of its score"
    if own_test:
        return f"data.test: {rule}; add test rows of another group."
    if groups < 4:
        others = "name another column, or give rows of two more groups in data.test"
        needed = "a study needs 4 groups, two to test on and two for the folds"
        return f"data.groups: {needed}, but there are {groups}; {others}."
    share = max(floor(200 / groups) / 100, 2 / groups if groups > 100 else 0)
    folds = f"; cv.n_splits is then at most {groups - 2}" if groups < 12 else ""
    return f"data.test_size: {rule}; set data.test_size = {share:.2g}{folds}."


def refuse_shared(learned: NDArray[Any], tested: NDArray[Any]) -> None:
    """Refuse groups that have rows to learn from and the source's own test rows.

    Raises:
        DataError: the message names the first such groups.
    """
    shared = np.intersect1d(learned, tested)
    if shared.size:
        raise DataError(
            f"data.groups: the source's own test rows must not share a group with its other rows, but {len(shared)} of "
            f"{len(np.unique(tested))} groups do: {listed(list(map(str, shared)))}; remove their rows from one of the "
            "two, or remove data.groups."
        )
