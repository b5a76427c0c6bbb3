"""The splits are scikit-learn's, complete, read-only, and refused where they cannot be made."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from sklearn import model_selection

from experiments.config.spec import CVSection
from experiments.config.target import Target
from experiments.data.columns.target_type import labelled
from experiments.data.readers.builtin import load_builtin
from experiments.data.splits.folds import Folds, make_folds, suitable_folds
from experiments.data.splits.holdout import Look, SealedTestSet
from experiments.data.splits.split import DevelopmentSet, split
from experiments.data.table import Table
from experiments.errors import DataError

SHUFFLED = ["StratifiedKFold", "KFold", "RepeatedStratifiedKFold", "RepeatedKFold"]


def table(*counts: int, **more: Any) -> Table:
    """So many rows of each class, each row with a number of its own."""
    target = np.repeat(np.arange(len(counts)), counts)
    features = np.arange(2.0 * len(target)).reshape(-1, 2)
    names = tuple("abcdefgh"[: len(counts)])
    return Table("mine", features, ("number", "number"), ("0", "1"), target, "class", names, **more)


def numbers(rows: int, **more: Any) -> Table:
    """As many rows, with a number to predict."""
    features = np.arange(2.0 * rows).reshape(-1, 2)
    target = np.linspace(0.5, 1.5, rows)
    return Table("mine", features, ("number", "number"), ("0", "1"), target, "number", None, **more)


def parts(whole: Table, test_size: float = 0.2, seed: int = 0) -> tuple[DevelopmentSet, SealedTestSet]:
    return split(labelled(whole), test_size, seed)


def opened(sealed: SealedTestSet) -> tuple[Any, np.ndarray]:
    return sealed.open(Look(sealed.fingerprint, "", ""), lambda _: True)


def development(*counts: int, **more: Any) -> DevelopmentSet:
    whole = table(*counts, **more)
    target, y = Target(whole.classes or ()), whole.target
    return DevelopmentSet(whole, y, target, "fingerprint")


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
        (
            (5, 5, 5),
            0.1,
            r"3 classes have 13 development rows and 2 test rows; set data\.test_size = 0\.2\.",
        ),
        (
            (5, 5, 5),
            0.9,
            r"3 classes have 1 development rows and 14 test rows; set data\.test_size = 0\.8\.",
        ),
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


GROUPS = np.repeat(np.array(["a", "b", "c", "d", "e", "f", "g", "h"], object), 5)


def by_groups(**more: Any) -> Table:
    return replace(numbers(40), groups=GROUPS, **more)


def test_a_number_needs_no_classes_to_be_split() -> None:
    ours, sealed = parts(numbers(50), 0.3)
    assert (len(ours.y), len(sealed), ours.target.task) == (35, 15, "regression")
    assert make_folds(ours, CVSection(), 0).splitter == "KFold"


def test_the_test_set_of_a_grouped_table_shares_no_group() -> None:
    ours, sealed = parts(by_groups(), 0.25)
    theirs = {int(row[0]) // 10 for row in opened(sealed)[0]}  # each row's number tells its group
    assert ours.table.groups is not None
    assert len(theirs) == 2
    assert not {"abcdefgh"[one] for one in theirs} & set(ours.table.groups)
    with pytest.raises(DataError, match=r"share a group .* but 1 of 2 groups do: 'g'; remove their rows from"):
        parts(by_groups(own_test=7))


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


def test_groups_and_time_do_not_go_together() -> None:
    with pytest.raises(DataError, match=r"only one can be set; keep data.groups to test on other groups, or data.time"):
        parts(by_groups(time=np.arange(40)))


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
