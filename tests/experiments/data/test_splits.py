"""The splits are scikit-learn's, complete, read-only, and refused where they cannot be made."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from sklearn import model_selection

from experiments.data.datasets import Dataset, load_dataset
from experiments.data.sealed import Look
from experiments.data.splits import DevelopmentSet, Folds, make_folds, split
from experiments.errors import DataError
from experiments.spec import CV

SPLITTERS = ["StratifiedKFold", "KFold", "RepeatedStratifiedKFold", "RepeatedKFold"]


def table(*counts: int) -> Dataset:
    """So many rows of each class, each row with a number of its own."""
    labels = np.repeat(np.arange(len(counts)), counts)
    return Dataset("mine", np.arange(2.0 * len(labels)).reshape(-1, 2), labels, tuple("abcdefgh"[: len(counts)]))


def development(*counts: int) -> DevelopmentSet:
    whole = table(*counts)
    return DevelopmentSet(whole.features, whole.labels, whole.classes, None, "fingerprint")


@pytest.mark.parametrize(("source", "test_size", "seed"), [("iris", 0.2, 0), ("wine", 0.35, 7), ("digits", 0.1, 3)])
def test_the_split_is_scikit_learns(source: str, test_size: float, seed: int) -> None:
    dataset = load_dataset(source)
    ours, sealed = split(dataset, test_size, seed)
    features, labels = sealed.open(Look(sealed.fingerprint, "", ""), lambda _: True)
    expected = model_selection.train_test_split(
        dataset.features, dataset.labels, test_size=test_size, stratify=dataset.labels, random_state=seed
    )
    for one, other in zip((ours.features, features, ours.labels, labels), expected, strict=True):
        np.testing.assert_array_equal(one, other)
    assert (ours.classes, ours.pixel_range) == (dataset.classes, dataset.pixel_range)


def test_every_row_is_on_one_side() -> None:
    whole = table(30, 20, 10)
    ours, sealed = split(whole, 0.3, 0)
    features, labels = sealed.open(Look(sealed.fingerprint, "", ""), lambda _: True)
    rows = np.concatenate([ours.features, features])
    np.testing.assert_array_equal(rows[np.argsort(rows[:, 0])], whole.features)
    assert np.bincount(ours.labels).tolist() == [21, 14, 7]
    assert np.bincount(labels).tolist() == [9, 6, 3]


def test_a_sources_own_test_rows_are_the_test_set() -> None:
    whole = replace(table(30, 30), labels=np.arange(60) % 2, own_test=7)
    for seed in (0, 1):
        ours, sealed = split(whole, 0.5, seed)
        features, labels = sealed.open(Look(sealed.fingerprint, "", ""), lambda _: True)
        np.testing.assert_array_equal(ours.features, whole.features[:-7])
        np.testing.assert_array_equal(features, whole.features[-7:])
        np.testing.assert_array_equal(labels, whole.labels[-7:])
    with pytest.raises(DataError, match="class 'a' has 0"):
        split(replace(table(30, 30), own_test=7), 0.5, 0)


def test_another_seed_is_another_split() -> None:
    fingerprints = {seed: split(table(30, 30), 0.2, seed)[1].fingerprint for seed in (0, 1, 2)}
    assert len(set(fingerprints.values())) == 3
    assert split(table(30, 30), 0.2, 1)[1].fingerprint == fingerprints[1]


def test_the_sealed_rows_are_no_development_set() -> None:
    _, sealed = split(table(30, 30), 0.2, 0)
    assert not {"features", "labels"} & {name for name in dir(sealed) if not name.startswith("_")}


@pytest.mark.parametrize(
    ("counts", "test_size", "words"),
    [
        ((20, 1), 0.5, r"each side of the test split, but class 'b' has 1\."),
        ((20, 0, 20), 0.5, r"but class 'b' has 0\."),
        ((20,), 0.5, r"at least two classes, but got \['a'\]"),
        ((5, 5, 5), 0.1, r"data\.test_size: .*test_size = 2 .*number of classes = 3"),
        ((5, 5, 5), 0.9, r"data\.test_size: .*train_size = 1 .*number of classes = 3"),
        ((100, 2), 0.02, r"each side, but class 'b' has 0\."),
    ],
)
def test_a_class_too_small_for_the_split_is_refused_with_its_count(
    counts: tuple[int, ...], test_size: float, words: str
) -> None:
    with pytest.raises(DataError, match=words):
        split(table(*counts), test_size, 0)


@pytest.mark.parametrize("splitter", SPLITTERS)
def test_the_folds_are_scikit_learns(splitter: str) -> None:
    rows, _ = split(load_dataset("iris"), 0.2, 0)
    repeats = {"n_repeats": 3} if splitter.startswith("Repeated") else {}
    cv = CV.model_validate({"splitter": splitter, "n_splits": 4, **repeats})
    shuffled = repeats or {"shuffle": True}
    expected = getattr(model_selection, splitter)(n_splits=4, random_state=5, **shuffled)
    folds = make_folds(rows, cv, 5)
    assert len(folds.pairs) == 4 * repeats.get("n_repeats", 1)
    for ours, theirs in zip(folds.pairs, expected.split(rows.features, rows.labels), strict=True):
        np.testing.assert_array_equal(ours[0], theirs[0])
        np.testing.assert_array_equal(ours[1], theirs[1])


@pytest.mark.parametrize("splitter", SPLITTERS)
def test_the_folds_are_disjoint_and_complete(splitter: str) -> None:
    folds = make_folds(development(23, 14), CV.model_validate({"splitter": splitter, "n_splits": 3}), 0)
    for train, validation in folds.pairs:
        assert sorted([*train.tolist(), *validation.tolist()]) == list(range(37))
    for one, other in combinations(folds.pairs, 2):
        assert not set(one[1].tolist()) & set(other[1].tolist())


def test_the_folds_are_bound_to_their_rows_and_their_seed() -> None:
    rows = development(20, 20)

    def made(rows: DevelopmentSet, seed: int = 0, folds: int = 5) -> Folds:
        return make_folds(rows, CV(n_splits=folds), seed)

    assert made(rows).development == rows.fingerprint
    assert made(rows).fingerprint == made(rows).fingerprint
    assert made(replace(rows, fingerprint="other")).development == "other"
    assert len({made(rows).fingerprint, made(rows, seed=1).fingerprint, made(rows, folds=4).fingerprint}) == 3


def test_nothing_of_a_split_can_be_written_to() -> None:
    ours, sealed = split(load_dataset("iris"), 0.2, 0)
    pairs = make_folds(ours, CV(), 0).pairs
    opened = sealed.open(Look(sealed.fingerprint, "", ""), lambda _: True)
    for array in (ours.features, ours.labels, *opened, *(rows for pair in pairs for rows in pair)):
        assert not array.flags.writeable
        assert array.base is None or not array.base.flags.writeable


@pytest.mark.parametrize(
    ("cv", "counts", "words"),
    [
        (CV(n_splits=5), (9, 4), r"cv\.n_splits: .*n_splits=5 .*class 'b' has 4\."),
        (CV(splitter="RepeatedStratifiedKFold", n_splits=3), (9, 2), r"n_splits=3 .*class 'b' has 2\."),
        (CV(n_splits=2), (9, 0, 9), r"class 'b' has 0\."),
        (CV(splitter="KFold", n_splits=8), (4, 3), r"n_splits=8, rows=7"),
        (CV(splitter="RepeatedKFold", n_splits=8), (4, 3), r"n_splits=8, rows=7"),
    ],
)
def test_too_few_rows_for_the_folds_are_refused_with_the_counts(cv: CV, counts: tuple[int, ...], words: str) -> None:
    with pytest.raises(DataError, match=words):
        make_folds(development(*counts), cv, 0)


def test_as_many_rows_as_folds_are_enough() -> None:
    assert len(make_folds(development(3, 3), CV(n_splits=3), 0).pairs) == 3
    assert len(make_folds(development(2, 2), CV(splitter="KFold", n_splits=4), 0).pairs) == 4
