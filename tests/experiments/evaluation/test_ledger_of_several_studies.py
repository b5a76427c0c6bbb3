"""The ledger of several studies on the same rows: each has its own scores, and each is counted."""

from __future__ import annotations

import json

import numpy as np

from experiments.data.holdout import Look, SealedTestSet
from experiments.data.row_hashes import RowHashes
from experiments.evaluation.ledger import Ledger

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


def test_without_the_hashes_of_the_rows_those_of_the_ledger_do(ledger: Ledger) -> None:
    fingerprint = RowHashes(TEST.fingerprint, (), ())
    look(ledger, study="b", test=rows(5, 15))
    before = ledger.read("a", fingerprint)
    assert (before.looks, before.rows_known) == (0, False)
    look(ledger)
    assert ledger.read("a", fingerprint) == ledger.read("a", TEST)
    assert (ledger.read("a", TEST).looks, ledger.read("a", TEST).largest_overlap) == (2, 0.5)
