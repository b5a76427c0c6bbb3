from __future__ import annotations

import numpy as np
import pytest

from experiments.data.splits.subsample import subsample

SEED = np.random.SeedSequence(5)


def test_each_class_keeps_its_share_and_none_is_lost() -> None:
    y = np.repeat([0, 1, 2], [600, 399, 1])
    rows = subsample(y, 100, True, SEED)
    assert 100 <= len(rows) <= 103
    assert np.bincount(y[rows])[2] == 1
    np.testing.assert_allclose(np.bincount(y[rows]), [60, 40, 1], atol=1.5)


def test_numbers_are_spread() -> None:
    y = np.random.default_rng(0).normal(size=1000)
    rows = subsample(y, 50, False, SEED)
    assert len(np.unique(rows)) == 50
    np.testing.assert_allclose(np.quantile(y[rows], [0.1, 0.5, 0.9]), np.quantile(y, [0.1, 0.5, 0.9]), atol=0.15)


@pytest.mark.parametrize("count", [5, 6, 100])
def test_all_rows_are_all_there_are(count: int) -> None:
    assert subsample(np.arange(5), count, True, SEED).tolist() == [0, 1, 2, 3, 4]


def test_the_seed_decides() -> None:
    y = np.zeros(100, np.intp)
    once, again = subsample(y, 10, True, SEED), subsample(y, 10, True, np.random.SeedSequence(5))
    assert once.tolist() == again.tolist()
    assert once.tolist() != subsample(y, 10, True, np.random.SeedSequence(6)).tolist()
