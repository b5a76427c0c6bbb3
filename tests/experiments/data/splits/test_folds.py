"""The folds are scikit-learn's, complete, read-only, and refused where they cannot be made."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from sklearn import model_selection

from experiments.config.spec import CVSection
from experiments.data.columns.target_type import labelled
from experiments.data.readers.builtin import load_builtin
from experiments.data.splits.folds import Folds, make_folds, suitable_folds
from experiments.data.splits.split import DevelopmentSet
from experiments.errors import DataError
from support.split_tables import GROUPS, by_groups, development, numbers, opened, parts, table

SHUFFLED = ["StratifiedKFold", "KFold", "RepeatedStratifiedKFold", "RepeatedKFold"]


@pytest.mark.parametrize("splitter", SHUFFLED)
def test_the_folds_are_scikit_learns(splitter: str) -> None:
    rows, _ = parts(load_builtin("iris"))
    repeats = {"n_repeats": 3} if splitter.startswith("Repeated") else {}
    cv = CVSection.model_validate({"splitter": splitter, "n_splits": 4, **repeats})
    shuffled = repeats or {"shuffle": True}
    expected = getattr(model_selection, splitter)(n_splits=4, random_state=5, **shuffled)
    folds = make_folds(rows, cv, 5)
    assert len(folds.pairs) == 4 * repeats.get("n_repeats", 1)
    for ours, theirs in zip(folds.pairs, expected.split(rows.features, rows.y), strict=True):
        np.testing.assert_array_equal(ours[0], theirs[0])
        np.testing.assert_array_equal(ours[1], theirs[1])


@pytest.mark.parametrize("splitter", SHUFFLED)
def test_the_folds_are_disjoint_and_complete(splitter: str) -> None:
    folds = make_folds(development(23, 14), CVSection.model_validate({"splitter": splitter, "n_splits": 3}), 0)
    for train, validation in folds.pairs:
        assert sorted([*train.tolist(), *validation.tolist()]) == list(range(37))
    for one, other in combinations(folds.pairs, 2):
        assert not set(one[1].tolist()) & set(other[1].tolist())


def test_the_folds_are_bound_to_their_rows_and_their_seed() -> None:
    rows = development(20, 20)

    def made(rows: DevelopmentSet, seed: int = 0, folds: int = 5) -> Folds:
        return make_folds(rows, CVSection(n_splits=folds), seed)

    assert made(rows).development == rows.fingerprint
    assert made(rows).fingerprint == made(rows).fingerprint
    assert made(replace(rows, fingerprint="other")).development == "other"
    assert len({made(rows).fingerprint, made(rows, seed=1).fingerprint, made(rows, folds=4).fingerprint}) == 3


def test_nothing_of_a_split_can_be_written_to() -> None:
    ours, sealed = parts(load_builtin("iris"))
    pairs = make_folds(ours, CVSection(), 0).pairs
    for array in (ours.features, ours.y, *opened(sealed), *(rows for pair in pairs for rows in pair)):
        assert not array.flags.writeable
        assert array.base is None or not array.base.flags.writeable


def test_too_few_rows_for_the_folds_are_refused_with_the_counts() -> None:
    for cv, counts, words in [
        (
            CVSection(n_splits=5),
            (9, 4),
            r"cv\.n_splits: .*n_splits=5 .*class 'b' has 4 \(.*: 9, 10, 11, 12\); set n_splits = 4",
        ),
        (CVSection(splitter="RepeatedStratifiedKFold", n_splits=3), (9, 2), r"n_splits=3 .*class 'b' has 2 "),
        (CVSection(n_splits=2), (9, 0, 9), r"class 'b' has 0; "),
        (CVSection(splitter="KFold", n_splits=8), (4, 3), r"n_splits=8, rows=7"),
        (CVSection(splitter="RepeatedKFold", n_splits=8), (4, 3), r"n_splits=8, rows=7"),
    ]:
        with pytest.raises(DataError, match=words):
            make_folds(development(*counts), cv, 0)


def test_folds_that_nobody_asked_for_are_as_few_as_the_smallest_class_has_rows() -> None:
    for cv, counts, folds in [
        (CVSection(), (9, 4), 4),
        (CVSection(splitter="RepeatedStratifiedKFold", n_repeats=2), (9, 3), 3),
        (CVSection(), (9, 1), 2),
        (CVSection(), (9, 9), 5),
        (CVSection(n_splits=5), (9, 4), 5),
        (CVSection(splitter="KFold"), (9, 4), 5),
    ]:
        assert suitable_folds(development(*counts), cv) == cv.model_copy(update={"n_splits": folds})


def test_folds_that_nobody_asked_for_are_as_few_as_the_groups() -> None:
    few = development(20, 20, groups=np.arange(40) % 3)
    assert suitable_folds(few, CVSection()).n_splits == 3
    assert suitable_folds(few, CVSection(n_splits=5)).n_splits == 5
    make_folds(few, suitable_folds(few, CVSection()), 0)


def test_as_many_rows_as_folds_are_enough() -> None:
    assert len(make_folds(development(3, 3), CVSection(n_splits=3), 0).pairs) == 3
    assert len(make_folds(development(2, 2), CVSection(splitter="KFold", n_splits=4), 0).pairs) == 4


def test_a_number_needs_no_classes_to_be_split() -> None:
    ours, sealed = parts(numbers(50), 0.3)
    assert (len(ours.y), len(sealed), ours.target.task) == (35, 15, "regression")
    assert make_folds(ours, CVSection(), 0).splitter == "KFold"


@pytest.mark.parametrize("splitter", ["auto", "GroupKFold", "StratifiedGroupKFold"])
def test_no_group_is_on_both_sides_of_a_fold(splitter: str) -> None:
    rows = development(20, 20, groups=GROUPS)
    folds = make_folds(rows, CVSection.model_validate({"splitter": splitter, "n_splits": 4}), 0)
    assert folds.splitter == ("StratifiedGroupKFold" if splitter == "auto" else splitter)
    for train, validation in folds.pairs:
        assert not set(GROUPS[train]) & set(GROUPS[validation])
        assert sorted([*train.tolist(), *validation.tolist()]) == list(range(40))


def test_rows_in_time_are_tested_by_the_last_and_validated_by_later_ones() -> None:
    days = np.random.default_rng(0).permutation(60).astype("datetime64[D]")
    ours, sealed = parts(replace(numbers(60), time=days), 0.2)
    assert ours.table.time is not None
    assert (np.diff(ours.table.time.astype(int)) == 1).all()
    np.testing.assert_array_equal(days[ours.table.numbers], ours.table.time)
    assert sorted(days[(opened(sealed)[0][:, 0] // 2).astype(int)].astype(int)) == list(range(48, 60))
    folds = make_folds(ours, CVSection(n_splits=4), 0)
    assert folds.splitter == "TimeSeriesSplit"
    for train, validation in folds.pairs:
        assert ours.table.time[train].max() < ours.table.time[validation].min()


def test_a_splitter_that_does_not_suit_the_rows_is_refused() -> None:
    for splitter, rows, words in [
        ("StratifiedKFold", numbers(40), "StratifiedKFold needs classes"),
        ("StratifiedGroupKFold", by_groups(), "StratifiedGroupKFold needs classes"),
        ("GroupKFold", numbers(40), r"GroupKFold needs data\.groups"),
        ("KFold", by_groups(), r"KFold would divide the groups"),
        ("RepeatedKFold", by_groups(), r"RepeatedKFold would divide the groups"),
        ("TimeSeriesSplit", numbers(40), r"TimeSeriesSplit needs data\.time"),
        ("KFold", replace(numbers(40), time=np.arange(40)), "KFold would learn from later rows"),
        ("GroupKFold", replace(numbers(40), groups=np.arange(40) // 20), r"n_splits=5, groups=2"),
        ("auto", replace(numbers(40), weights=np.zeros(40)), r"data\.weights: .* fold 0"),
    ]:
        with pytest.raises(DataError, match=words):
            make_folds(
                DevelopmentSet(**vars(labelled(rows)), fingerprint="f"),
                CVSection.model_validate({"splitter": splitter}),
                0,
            )


def test_classes_that_time_keeps_apart_are_refused() -> None:
    rows = replace(table(30, 30), time=np.arange(60), target=np.r_[np.zeros(20, int), np.arange(40) % 2])
    ours, _ = parts(rows)
    with pytest.raises(DataError, match="in fold 0"):
        make_folds(ours, CVSection(n_splits=5), 0)


@pytest.mark.parametrize("seed", range(20))
def test_groups_are_drawn_until_every_class_has_some_on_each_side(seed: int) -> None:
    groups = np.repeat(np.arange(40), 3)
    whole = replace(table(111, 9), groups=groups)  # three groups of the second class
    development, test = parts(whole, 0.1, seed)
    own = development.table.groups
    assert own is not None
    assert len(np.unique(own[development.y == 1])) == 2
    assert len(test) == 12
    make_folds(development, CVSection(n_splits=2), seed)


def test_a_class_of_two_groups_is_refused_whatever_is_drawn() -> None:
    whole = replace(table(114, 6), groups=np.repeat(np.arange(40), 3))
    with pytest.raises(DataError, match="every class needs a"):
        make_folds(parts(whole, 0.5, 3)[0], CVSection(n_splits=2), 0)


@pytest.mark.parametrize("groups", [4, 5, 6, 7, 9, 11, 29, 50, 67, 100, 101, 250])
def test_the_advice_for_few_groups_works(groups: int) -> None:
    whole = replace(table(300, 300), groups=np.arange(600) % groups)
    with pytest.raises(DataError) as caught:
        parts(whole, 0.001)
    size = float(re.findall(r"data\.test_size = ([\d.]+)[.;]", str(caught.value))[0])
    development, _ = parts(whole, size)
    folds = re.findall(r"cv\.n_splits is then at most (\d+)\.$", str(caught.value))
    left = len(np.unique(development.table.groups))
    assert left == int(folds[0]) if folds else left in (groups - 2, groups - 3)
    make_folds(development, suitable_folds(development, CVSection()), 0)
    many = CVSection(n_splits=12)
    if folds:
        with pytest.raises(DataError, match=rf"groups={folds[0]}; set cv\.n_splits = {folds[0]}\.$"):
            make_folds(development, many, 0)
