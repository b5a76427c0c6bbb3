"""The refusal of groups that are too few for a test set."""

from __future__ import annotations

from math import floor


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
