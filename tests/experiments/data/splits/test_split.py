"""The split is scikit-learn's, complete, read-only, and refused where it cannot be made."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn import model_selection

from experiments.data.readers.builtin import load_builtin
from experiments.data.splits.split import DevelopmentSet
from experiments.errors import DataError
from support.split_tables import by_groups, opened, parts, table


@pytest.mark.parametrize(("source", "test_size", "seed"), [("iris", 0.2, 0), ("wine", 0.35, 7), ("digits", 0.1, 3)])
def test_the_split_is_scikit_learns(source: str, test_size: float, seed: int) -> None:
    dataset = load_builtin(source)
    ours, sealed = parts(dataset, test_size, seed)
    features, labels = opened(sealed)
    expected = model_selection.train_test_split(
        dataset.features, dataset.target, test_size=test_size, stratify=dataset.target, random_state=seed
    )
    for one, other in zip((ours.features, features, ours.y, labels), expected, strict=True):
        np.testing.assert_array_equal(one, other)
    assert (ours.target.classes, ours.table.pixel_range) == (dataset.classes, dataset.pixel_range)


def test_every_row_is_on_one_side() -> None:
    whole = table(30, 20, 10)
    ours, sealed = parts(whole, 0.3)
    features, labels = opened(sealed)
    rows = np.concatenate([ours.features, features])
    np.testing.assert_array_equal(ours.features, np.asarray(whole.features)[ours.table.numbers])
    np.testing.assert_array_equal(rows[np.argsort(rows[:, 0])], whole.features)
    assert np.bincount(ours.y).tolist() == [21, 14, 7]
    assert np.bincount(labels).tolist() == [9, 6, 3]


def test_a_sources_own_test_rows_are_the_test_set() -> None:
    whole = replace(table(30, 30, own_test=7), target=np.arange(60) % 2)
    for seed in (0, 1):
        ours, sealed = parts(whole, 0.5, seed)
        features, labels = opened(sealed)
        np.testing.assert_array_equal(ours.features, whole.features[:-7])
        np.testing.assert_array_equal(features, whole.features[-7:])
        np.testing.assert_array_equal(labels, whole.target[-7:])
    with pytest.raises(DataError, match="class 'a' has 0"):
        parts(table(30, 30, own_test=7), 0.5)


def test_another_seed_is_another_split() -> None:
    fingerprints = {seed: parts(table(30, 30), 0.2, seed)[1].fingerprint for seed in (0, 1, 2)}
    assert len(set(fingerprints.values())) == 3
    assert parts(table(30, 30), 0.2, 1)[1].fingerprint == fingerprints[1]


def test_the_sealed_rows_are_no_development_set() -> None:
    _, sealed = parts(table(30, 30), 0.2, 0)
    assert not {"features", "y"} & {name for name in dir(sealed) if not name.startswith("_")}


def test_a_class_too_small_for_the_split_is_refused_with_its_count() -> None:
    for counts, test_size, words in [
        ((20, 1), 0.5, r"needs 3 rows, .* but class 'b' has 1 \(its rows, from 0: 20\); remove"),
        ((20, 0, 20), 0.5, r"but class 'b' has 0; "),
        ((20,), 0.5, r"at least two classes, but got \['a'\]"),
        ((5, 5, 5), 0.1, r"3 classes have 13 development rows and 2 test rows; set data\.test_size = 0\.2\."),
        ((5, 5, 5), 0.9, r"3 classes have 1 development rows and 14 test rows; set data\.test_size = 0\.8\."),
        (
            (200, 3),
            0.02,
            r"each side, but class 'b' has 0 test rows \(.*: 200, 201, 202\); set data\.test_size = 0\.34",
        ),
    ]:
        with pytest.raises(DataError, match=words):
            parts(table(*counts), test_size)


@pytest.mark.parametrize(
    ("counts", "test_size"), [((7,) * 5, 0.1), ((7,) * 5, 0.9), ((5, 5, 5, 4), 0.1), ((9, 9, 5), 0.98)]
)
def test_the_test_size_that_is_proposed_splits_the_rows(counts: tuple[int, ...], test_size: float) -> None:
    with pytest.raises(DataError, match=r"set data\.test_size = ") as refused:
        parts(table(*counts), test_size)
    for side in parts(table(*counts), float(str(refused.value).rstrip(".").rpartition("= ")[2])):
        y = side.y if isinstance(side, DevelopmentSet) else opened(side)[1]
        assert set(y) == set(range(len(counts)))


def test_the_test_set_of_a_grouped_table_shares_no_group() -> None:
    ours, sealed = parts(by_groups(), 0.25)
    theirs = {int(row[0]) // 10 for row in opened(sealed)[0]}  # each row's number tells its group
    assert ours.table.groups is not None
    assert len(theirs) == 2
    assert not {"abcdefgh"[one] for one in theirs} & set(ours.table.groups)
    with pytest.raises(DataError, match=r"share a group .* but 1 of 2 groups do: 'g'; remove their rows from"):
        parts(by_groups(own_test=7))


def test_groups_and_time_do_not_go_together() -> None:
    with pytest.raises(DataError, match=r"only one can be set; keep data.groups to test on other groups, or data.time"):
        parts(by_groups(time=np.arange(40)))


def test_a_test_set_of_one_group_is_refused() -> None:
    with pytest.raises(DataError, match="at least two groups"):
        parts(by_groups(), 0.1)
    assert len(np.unique(parts(by_groups(), 0.2)[1].groups)) == 2
    for rows in (2, 3):
        few = replace(table(30, 30), groups=np.arange(60) % rows)
        with pytest.raises(
            DataError, match=f"needs 4 groups, two to test on and two for the folds, but there are {rows};"
        ):
            parts(few, 0.1)
