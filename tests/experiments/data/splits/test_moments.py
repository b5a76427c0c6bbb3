"""No moment has rows on both sides of a split in time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from experiments.config.spec import CVSection
from experiments.data.columns.target_type import labelled
from experiments.data.splits.folds import make_folds, suitable_folds
from experiments.data.splits.moments import between_moments, most_forward_folds, whole_moments
from experiments.data.splits.outer_folds import outer_folds
from experiments.data.splits.split import split
from experiments.data.table import Table
from experiments.errors import DataError


def panel(days: int, each: int) -> Table:
    """As many rows of each day, in random order."""
    time = np.random.default_rng(0).permutation(np.repeat(np.arange(days), each))
    features = np.arange(2.0 * len(time)).reshape(-1, 2)
    return Table("mine", features, ("number", "number"), ("0", "1"), features[:, 0] + 0.5, "number", None, time=time)


@pytest.mark.parametrize("each", [1, 3, 30])
@pytest.mark.parametrize("share", [0.1, 0.25, 0.33])
def test_every_test_row_is_later_than_every_row_to_learn_from(each: int, share: float) -> None:
    table = panel(20, each)
    development, test = split(labelled(table, "regression"), share, 0)
    assert development.table.time is not None
    learned = set(development.table.time.tolist())
    assert max(learned) == len(learned) - 1
    assert len(development.y) == each * len(learned)
    assert len(test) == each * (20 - len(learned))


@pytest.mark.parametrize("each", [3, 30])
def test_every_validation_row_is_later_than_every_training_row(each: int) -> None:
    table = panel(12, each)
    development, _ = split(labelled(table, "regression"), 0.2, 0)
    time = development.table.time
    assert time is not None
    folds = make_folds(development, CVSection(n_splits=4), 0)
    for train, validation in folds.pairs:
        assert time[train].max() < time[validation].min()
    assert sorted(np.concatenate([rows for _, rows in folds.pairs])) == list(range(len(folds.pairs[0][0]), len(time)))
    for learned, tested in outer_folds(labelled(table, "regression"), 4, 0):
        assert table.time is not None
        assert table.time[learned].max() < table.time[tested].min()


def test_where_every_row_has_a_moment_of_its_own_nothing_moves() -> None:
    rows, time = np.arange(10), np.arange(10) * 7
    pairs = ((rows[:4], rows[4:7]), (rows[:7], rows[7:]))
    for moved, before in zip(whole_moments(pairs, time, "n_splits"), pairs, strict=True):
        assert [side.tolist() for side in moved] == [side.tolist() for side in before]
    assert [between_moments(time, at) for at in range(1, 10)] == list(range(1, 10))


def test_a_test_set_of_one_moment_is_refused() -> None:
    table = panel(10, 30)
    with pytest.raises(
        DataError, match=r"^data\.test_size: the test set needs at least two moments .*; set data.test_size = 0.2\.$"
    ):
        split(labelled(table, "regression"), 0.1, 0)
    assert len(split(labelled(table, "regression"), 0.2, 0)[1]) == 60


def test_few_moments_lower_the_number_of_folds_that_is_not_named() -> None:
    for years, folds in ((9, 4), (6, 3), (5, 2), (30, 5)):
        development, _ = split(labelled(panel(years, 30), "regression"), 0.4, 0)
        lowered = suitable_folds(development, CVSection())
        assert lowered.n_splits == folds
        assert len(make_folds(development, lowered, 0).pairs) == folds
        assert suitable_folds(development, CVSection(n_splits=6)).n_splits == 6  # which is refused
    assert most_forward_folds(np.array([0, 0, 0, 1]), 5) == 1
    assert most_forward_folds(np.array([0]), 5) == 0
    assert [most_forward_folds(np.arange(4), 3, least) for least in (1, 2)] == [3, 2]


def test_a_moment_that_is_too_large_is_refused() -> None:
    large = replace(panel(3, 20), time=np.repeat([0, 1, 2, 3], [2, 56, 1, 1]))
    development, _ = split(labelled(large, "regression"), 0.03, 0)
    with pytest.raises(DataError, match=r"^cv\.n_splits: .* one moment has 56 of 58 rows; set a smaller cv\.n_splits"):
        make_folds(development, CVSection(n_splits=4), 0)
    one = replace(large, time=np.zeros(60))
    with pytest.raises(DataError, match=r"^data\.time: the rows are all of one moment"):
        split(labelled(one, "regression"), 0.2, 0)


def test_test_rows_that_are_earlier_are_counted() -> None:
    days = np.array(["2026-01-01", "2026-01-05", "2026-01-04T06:00", "2026-01-06"], "datetime64[ns]")
    timed = replace(panel(2, 2), time=days, own_test=2)
    split(labelled(replace(timed, time=np.sort(days)), "regression"), 0.2, 0)
    with pytest.raises(DataError, match=r"1 of 2 are earlier than 2026-01-05; .* later than 2026-01-04T06:00\.$"):
        split(labelled(timed, "regression"), 0.2, 0)
    with pytest.raises(DataError, match=r"2 of 2 are earlier than 5; .* later than 0\.5\.$"):
        split(labelled(replace(timed, time=np.array([1.0, 5, 0.5, 4])), "regression"), 0.2, 0)
