"""Every fold gets exactly the batches that it would get alone, however they are gathered."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from nnet import batches
from nnet.batches import FoldData, Gatherer, runs
from nnet.errors import SettingError, ShapeError

CLASSES = 3
FLOAT32 = np.dtype(np.float32)


@pytest.mark.parametrize(
    ("rows", "together", "expected"),
    [
        ([], 3, []),
        ([0, 0], 3, []),
        ([4, 4, 4], 1, [(0, 1, 4), (1, 2, 4), (2, 3, 4)]),
        ([4, 4, 4], 2, [(0, 2, 4), (2, 3, 4)]),
        ([4, 4, 4], 9, [(0, 3, 4)]),
        ([4, 0, 4, 4], 9, [(0, 1, 4), (2, 4, 4)]),
        ([3, 4, 4, 0], 9, [(0, 1, 3), (1, 3, 4)]),
    ],
)
def test_runs_of_neighbours_with_equally_many_rows(rows, together, expected):
    assert [(folds.start, folds.stop, count) for folds, count in runs(rows, together)] == expected


def test_runs_cover_every_fold_with_rows_once_and_are_as_long_as_allowed():
    rng = np.random.default_rng(0)
    for _ in range(200):
        rows, together = rng.integers(0, 3, rng.integers(1, 9)).tolist(), int(rng.integers(1, 5))
        found = runs(rows, together)
        assert [k for folds, _ in found for k in range(folds.start, folds.stop)] == [k for k, n in enumerate(rows) if n]
        for folds, count in found:
            assert set(rows[folds]) == {count}
            assert folds.stop - folds.start <= together
        for (a, n), (b, m) in pairwise(found):  # two that could have been one
            assert not (a.stop == b.start and n == m and a.stop - a.start < together)


def example(lengths=(20, 7, 20, 0, 3)):
    """Folds whose rows can be told apart: the first column is the row's number, the second the fold's."""
    rng = np.random.default_rng(0)
    folds, orders = [], []
    for fold, length in enumerate(lengths):
        x = np.zeros((30, 4), np.float32)
        x[:, 0], x[:, 1] = np.arange(30), fold
        folds.append(FoldData(x, rng.integers(0, CLASSES, 30), np.arange(30), np.arange(0)))
        orders.append(rng.permutation(30)[:length])
    return folds, orders


def copied(gatherer, orders):
    """Step by step and fold by fold: (step, fold) -> its x, targets and labels."""
    return {
        (number, batch.folds.start + fold): [a[fold].copy() for a in (batch.x, batch.targets, batch.labels)]
        for number, step in enumerate(gatherer.batches(orders))
        for batch in step
        for fold in range(len(batch.x))
    }


@pytest.mark.parametrize("size", [1, 3, 6, 20, 64])
@pytest.mark.parametrize("together", [1, 2, 5])
def test_every_row_once_in_order_with_a_ragged_last_batch(size, together):
    folds, orders = example()
    found = copied(Gatherer(folds, CLASSES, size, together, FLOAT32), orders)
    for fold, (data, order) in enumerate(zip(folds, orders, strict=True)):
        parts = [order[start : start + size] for start in range(0, len(order), size)]
        assert [step for step, k in found if k == fold] == list(range(len(parts)))  # then it sits out
        for step, rows in enumerate(parts):
            x, targets, labels = found[step, fold]
            assert np.array_equal(x, data.x[rows])
            assert np.array_equal(labels, data.y[rows])
            assert np.array_equal(targets, np.eye(CLASSES)[data.y[rows]])
            assert x.dtype == targets.dtype == np.float32


@pytest.mark.parametrize("together", [1, 2, 5])
@pytest.mark.parametrize("gather", [1, 5 * 3 * 4 * 2, 5 * 3 * 4 * 3])
def test_gathering_ahead_changes_no_batch(gather, together, monkeypatch):
    folds, orders = example()
    whole = copied(Gatherer(folds, CLASSES, 3, together, FLOAT32), orders)
    monkeypatch.setattr(batches, "GATHER", gather)
    small = Gatherer(folds, CLASSES, 3, together, FLOAT32)
    for _ in range(2):  # the buffers hold an earlier epoch the second time
        found = copied(small, orders)
        assert found.keys() == whole.keys()
        for key in whole:
            assert all(map(np.array_equal, found[key], whole[key]))


def test_no_batch_mixes_folds_beyond_together_or_of_other_sizes():
    folds, orders = example((20, 20, 20, 7, 7))
    for step in Gatherer(folds, CLASSES, 6, 2, FLOAT32).batches(orders):
        for batch in step:
            assert len(batch.x) == len(batch.targets) == len(batch.labels) == batch.folds.stop - batch.folds.start <= 2
            assert (batch.x[..., 1] == np.arange(5)[batch.folds, None]).all()


def test_a_batch_without_rows_is_refused():
    folds, _ = example()
    with pytest.raises(SettingError, match="`batch_size >= 1` must hold, but got batch_size=0"):
        Gatherer(folds, CLASSES, 0, 1, FLOAT32)


@pytest.mark.parametrize(
    ("x", "y", "rows"),
    [((5, 2), (4,), 3), ((5,), (5,), 3), ((5, 2), (5, 1), 3), ((5, 2), (5,), 0)],
    ids=["lengths differ", "x is flat", "y is not", "no training rows"],
)
def test_fold_data_of_wrong_shape_is_refused(x, y, rows):
    with pytest.raises(ShapeError, match="must"):
        FoldData(np.zeros(x, np.float32), np.zeros(y, int), np.arange(rows), np.arange(0))
