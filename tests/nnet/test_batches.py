"""Every fold gets exactly the batches that it would get alone, however they are gathered."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

from nnet import batches
from nnet.batches import FoldData, Gatherer, even_batch_size, runs
from nnet.errors import SettingError, ShapeError

CLASSES = 3


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
        groups = runs(rows, together)
        assert [k for folds, _ in groups for k in range(folds.start, folds.stop)] == [
            k for k, n in enumerate(rows) if n
        ]
        for folds, count in groups:
            assert set(rows[folds]) == {count}
            assert folds.stop - folds.start <= together
        for (a, n), (b, m) in pairwise(groups):  # two groups that should be a single group
            assert not (a.stop == b.start and n == m and a.stop - a.start < together)


def example(lengths=(20, 7, 20, 0, 3)):
    """Make folds whose rows differ: the first column is the row's number, the second the fold's."""
    rng = np.random.default_rng(0)
    folds, orders = [], []
    for fold, length in enumerate(lengths):
        x = np.zeros((30, 4), np.float32)
        x[:, 0], x[:, 1] = np.arange(30), fold
        folds.append(FoldData(x, rng.integers(0, CLASSES, 30), np.arange(30), np.arange(0)))
        orders.append(rng.permutation(30)[:length])
    return folds, orders


def targets_of(folds):
    return [np.eye(CLASSES, dtype=np.float32)[data.y] for data in folds]


def weigh(folds, which=range(5)):
    rng = np.random.default_rng(1)
    return [replace(data, weights=rng.uniform(size=30)) if fold in which else data for fold, data in enumerate(folds)]


def copied(gatherer, orders):
    """Copy all batches: (step, fold) -> its x, targets and weights."""
    return {
        (number, batch.folds.start + fold): [
            None if a is None else a[fold].copy() for a in (batch.x, batch.targets, batch.weights)
        ]
        for number, step in enumerate(gatherer.batches(orders))
        for batch in step
        for fold in range(len(batch.x))
    }


@pytest.mark.parametrize(("size", "together"), [(1, 5), (3, 2), (6, 1), (6, 5), (20, 2), (64, 5)])
def test_every_row_once_in_order_with_a_ragged_last_batch(size, together):
    folds, orders = example()
    copies = copied(Gatherer(folds, targets_of(folds), size, together), orders)
    for fold, (data, order) in enumerate(zip(folds, orders, strict=True)):
        parts = [order[start : start + size] for start in range(0, len(order), size)]
        assert [step for step, k in copies if k == fold] == list(range(len(parts)))  # then it sits out
        for step, rows in enumerate(parts):
            x, targets, weights = copies[step, fold]
            assert np.array_equal(x, data.x[rows])
            assert np.array_equal(targets, np.eye(CLASSES)[data.y[rows]])
            assert weights is None
            assert x.dtype == targets.dtype == np.float32


@pytest.mark.parametrize(("which", "together"), [([0, 1, 2, 3, 4], 2), ([1], 5), ([0, 4], 1), ([0, 4], 5)], ids=str)
def test_weights_are_the_rows_own_and_one_in_folds_without(which, together):
    folds, orders = example()
    folds = weigh(folds, which)
    gatherer = Gatherer(folds, targets_of(folds), 6, together)
    for _ in range(2):  # the buffers hold an earlier epoch the second time
        for (step, fold), (x, _, weights) in copied(gatherer, orders).items():
            expected = np.ones(30) if folds[fold].weights is None else folds[fold].weights
            rows = orders[fold][step * 6 : step * 6 + 6]
            assert weights.shape == (len(x), 1)
            assert weights.dtype == np.float32
            assert np.array_equal(weights[:, 0], expected[rows].astype(np.float32))


@pytest.mark.parametrize(("gather", "together"), [(1, 5), (5 * 3 * 4 * 2, 1), (5 * 3 * 4 * 3, 2)])
def test_gathering_ahead_changes_no_batch(gather, together, monkeypatch):
    folds, orders = example()
    folds = weigh(folds)
    whole = copied(Gatherer(folds, targets_of(folds), 3, together), orders)
    monkeypatch.setattr(batches, "GATHER", gather)
    small = Gatherer(folds, targets_of(folds), 3, together)
    for _ in range(2):
        copies = copied(small, orders)
        assert copies.keys() == whole.keys()
        for key in whole:
            assert all(map(np.array_equal, copies[key], whole[key]))


def test_no_batch_mixes_folds_beyond_together_or_of_other_sizes():
    folds, orders = example((20, 20, 20, 7, 7))
    for step in Gatherer(folds, targets_of(folds), 6, 2).batches(orders):
        for batch in step:
            assert len(batch.x) == len(batch.targets) == batch.folds.stop - batch.folds.start <= 2
            assert (batch.x[..., 1] == np.arange(5)[batch.folds, None]).all()


@pytest.mark.parametrize(("size", "together", "name"), [(0, 1, "batch_size"), (1, 0, "folds_per_step")])
def test_a_batch_without_rows_or_folds_is_refused(size, together, name):
    folds, _ = example()
    with pytest.raises(SettingError, match=f"`{name} >= 1` must hold, but got {name}=0"):
        Gatherer(folds, targets_of(folds), size, together)


@pytest.mark.parametrize("change", [{"x": np.zeros((30, 5), np.float32)}, {"x": np.zeros((30, 4))}], ids=str)
def test_folds_of_two_widths_or_types_are_refused(change):
    folds, _ = example()
    folds[3] = replace(folds[3], **change)
    with pytest.raises(ShapeError, match="folds must be float32 of width 4, but got"):
        Gatherer(folds, targets_of(folds), 4, 2)


def test_targets_are_labels_or_numbers_in_columns():
    for shape in [(30,), (30, 1), (30, 2)]:
        assert FoldData(np.zeros((30, 4)), np.zeros(shape), np.arange(30), np.arange(0)).y.shape == shape


@pytest.mark.parametrize(
    ("x", "y", "rows", "weights"),
    [
        ((5, 2), (4,), 3, None),
        ((5,), (5,), 3, None),
        ((5, 2), (5, 1, 1), 3, None),
        ((5, 2), (), 3, None),
        ((5, 2), (5,), 0, None),
        ((5, 2), (5,), 3, (4,)),
        ((5, 2), (5,), 3, (5, 1)),
    ],
    ids=["lengths", "flat x", "deep y", "scalar y", "no training rows", "weights' length", "deep weights"],
)
def test_fold_data_of_wrong_shape_is_refused(x, y, rows, weights):
    weights = None if weights is None else np.ones(weights)
    with pytest.raises(ShapeError, match="must"):
        FoldData(np.zeros(x, np.float32), np.zeros(y, int), np.arange(rows), np.arange(0), weights)


@pytest.mark.parametrize("part", ["train", "validation"])
def test_rows_that_are_no_row_numbers_are_refused(part):
    folds, _ = example()
    for rows in ([30, 3], [-1, 3], np.arange(30) < 20, [1.0], np.arange(30).reshape(2, 15), np.int64(3), 3, None):
        with pytest.raises(ShapeError, match=rf"^{part}.* must "):
            replace(folds[0], **{part: rows})


def test_frames_and_series_are_read_by_position_whatever_labels_their_rows_have():
    data = weigh(example()[0])[0]
    labels = np.random.default_rng(0).permutation(len(data.y))
    frame, y, weights = pd.DataFrame(data.x, labels), pd.Series(data.y, labels), pd.Series(data.weights, labels)
    read = FoldData(frame, y, pd.Index(data.train), pd.Series(data.validation), weights)
    for mine, own in zip(vars(read).values(), vars(data).values(), strict=True):
        assert type(mine) is np.ndarray
        assert np.array_equal(mine, own)


@pytest.mark.parametrize("name", ["x", "y", "weights"])
def test_what_is_no_array_is_refused_in_one_line(name):
    given = {"x": None, "y": {}, "weights": 1.0}[name]
    with pytest.raises(ShapeError, match=rf"^{name} must be an array or a list, but got {type(given).__name__}\.$"):
        replace(example()[0][0], **{name: given})


def test_pictures_and_masks_are_refused_and_what_is_said_makes_them_rows_and_row_numbers():
    data, mask = example()[0][0], np.arange(30) < 20
    with pytest.raises(ShapeError, match=r"^x must be \(N, inputs\), .*; give np\.reshape\(x, \(len\(x\), -1\)\)\.$"):
        replace(data, x=data.x.reshape(30, 2, 2))
    with pytest.raises(ShapeError, match=r"^train must be .* bool of shape \(30,\); give np\.flatnonzero\(train\)\.$"):
        replace(data, train=mask)
    assert len(replace(data, train=np.flatnonzero(mask)).train) == 20


def test_a_sparse_matrix_is_refused_and_what_is_said_makes_it_an_array():
    data = example()[0][0]
    with pytest.raises(ShapeError, match=r"^x must be an array, but got csr_array; give x\.toarray\(\)\.$"):
        replace(data, x=csr_array(data.x))


def test_weights_that_are_no_numbers_are_refused():
    with pytest.raises(ShapeError, match=r"^weights must hold numbers, but their type is <U1\.$"):
        replace(example()[0][0], weights=["1"] * 30)


@pytest.mark.parametrize("weight", [-1.0, np.nan, np.inf])
def test_weights_are_finite_and_not_negative(weight):
    with pytest.raises(ShapeError, match="weights must be finite and not negative"):
        replace(example()[0][0], weights=np.array([weight] + [1.0] * 29))


def test_data_is_of_a_float_type():
    with pytest.raises(ShapeError, match="x must be of float32 or float64, but got int64"):
        replace(example()[0][0], x=np.zeros((30, 4), np.int64))


def test_training_rows_that_weigh_nothing_are_refused():
    weights = np.ones(30)
    data = example()[0][0]
    weights[data.train] = 0
    with pytest.raises(ShapeError, match=r"^a fold must have a training row that weighs more than 0, but all"):
        replace(data, weights=weights)
    weights[data.train[0]] = 1e-300
    replace(data, weights=weights)


def test_the_nearest_size_of_batches_leaves_no_few_rows() -> None:
    for rows in range(1, 100):
        for batch_size in range(1, rows + 1):
            fits = [size for size in range(1, rows + 1) if rows % size == 0 or rows % size >= size / 2]
            ours = even_batch_size(batch_size, [rows])
            assert ours in fits
            assert abs(ours - batch_size) == min(abs(size - batch_size) for size in fits)
    assert even_batch_size(32, [258, 7]) == 33  # the second has one batch
