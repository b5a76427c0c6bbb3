"""The ledger of several studies on the same rows: each has its own scores, and each is counted."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np

from experiments.data.identity.row_hashes import RowHashes
from experiments.data.splits.holdout import Look, SealedTestSet
from experiments.evaluation.scoring.ledger import Ledger

FEATURES, LABELS = np.random.default_rng(0).normal(size=(15, 2)), np.arange(15, dtype=np.intp) % 3


def rows(first: int, last: int) -> RowHashes:
    return SealedTestSet(FEATURES[first:last], LABELS[first:last]).known_by


TEST = rows(0, 10)


def look(ledger: Ledger, study: str = "a", test: RowHashes = TEST) -> Look:
    new = Look(test.fingerprint, "m", study)
    ledger.reserve(new, test, f"name of {study}", 5)
    return new


def test_each_study_that_reserved_a_look_completes_it_once_with_its_own_scores(ledger: Ledger) -> None:
    first, second = look(ledger), look(ledger, study="b")
    assert first.id == second.id  # the same models on the same rows
    for _ in range(2):
        ledger.complete(first, {"accuracy": 0.5})
        ledger.complete(second, {"f1": 0.25, "accuracy": 0.5})
    entries = [json.loads(line) for line in ledger.path.read_text().splitlines()]
    found = [(entry["study"], entry["scores"]) for entry in entries if entry["kind"] == "completed"]
    assert found == [("a", {"accuracy": 0.5}), ("b", {"f1": 0.25, "accuracy": 0.5})]


def test_a_mean_of_both_models_is_another_one_than_the_winner_alone(ledger: Ledger) -> None:
    """By another metric the same winner may be so much better than the default that it stays alone."""
    alone = look(ledger)
    for study, looks in (("b", 2), ("c", 2)):
        both = replace(alone, study=study, joined=(True,))
        ledger.reserve(both, TEST, study, 5)
        assert (both.id, ledger.read(study, TEST).looks) == (alone.id, looks)


def test_without_the_hashes_of_the_rows_those_of_the_ledger_do(ledger: Ledger) -> None:
    fingerprint = RowHashes(TEST.fingerprint, (), ())
    look(ledger, study="b", test=rows(5, 15))
    before = ledger.read("a", fingerprint)
    assert (before.looks, before.rows_known) == (0, False)
    look(ledger)
    assert ledger.read("a", fingerprint) == ledger.read("a", TEST)
    assert (ledger.read("a", TEST).looks, ledger.read("a", TEST).largest_overlap) == (2, 0.5)


def test_the_same_rows_in_a_file_with_other_columns_are_no_new_ones(ledger: Ledger) -> None:
    features, labels = np.random.default_rng(1).normal(size=(30, 3)), np.arange(30, dtype=np.intp) % 3
    whole, other = SealedTestSet(features, labels).known_by, SealedTestSet(features[:, [2, 0]], labels).known_by
    assert not set(whole.cells) & set(other.cells)
    look(ledger, study="a", test=whole)
    seen = ledger.read("b", other)
    assert (seen.looks, seen.own, seen.largest_overlap) == (1, 0, 1.0)
    look(ledger, study="b", test=other)
    for study, test in (("a", whole), ("b", other), ("a", replace(whole, columns=()))):
        seen = ledger.read(study, test)
        assert (seen.looks, seen.own, seen.largest_overlap) == (2, 1, 1.0)
    moved = SealedTestSet(features[:, [2, 0]], (labels + 1) % 3).known_by
    assert ledger.read("c", moved).looks == 0


def test_the_same_rows_are_the_same_whatever_cells_they_were_read_from(ledger: Ledger) -> None:
    look(ledger, study="a")
    elsewhere = replace(rows(10, 15), fingerprint=TEST.fingerprint, columns=())
    seen = ledger.read("b", elsewhere)
    assert (seen.looks, seen.own, seen.largest_overlap) == (1, 0, 1.0)


def test_an_entry_says_which_models_it_is_of(ledger: Ledger) -> None:
    for study, models in (("a", {"best": [1]}), ("b", None)):
        ledger.reserve(Look(TEST.fingerprint, "m", study), TEST, study, 5, final_models=models)
    first, second = (json.loads(line) for line in ledger.path.read_text().splitlines())
    assert first["final_models"] == {"best": [1]}
    assert "final_models" not in second
