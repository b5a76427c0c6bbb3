"""A look at new rows after a study's end counts for all who test on some of them, and changes nothing for the study."""

from __future__ import annotations

import json

import numpy as np

from experiments.data.identity.row_hashes import RowHashes
from experiments.data.splits.holdout import Look, SealedTestSet
from experiments.evaluation.scoring.ledger import FIELDS, Ledger

FEATURES = np.random.default_rng(0).normal(size=(40, 2))
LABELS = np.arange(40, dtype=np.intp) % 3


def rows(first: int, last: int) -> RowHashes:
    return SealedTestSet(FEATURES[first:last], LABELS[first:last]).known_by


TEST, NEW = rows(0, 10), rows(20, 40)


def reserved(ledger: Ledger, test: RowHashes, study: str = "a", models: str = "m", external: bool = False) -> Look:
    look = Look(test.fingerprint, models, study, external=external)
    ledger.reserve(look, test, f"name of {study}", 5)
    return look


def test_the_same_model_on_the_same_rows_is_the_same_look(ledger: Ledger) -> None:
    for _ in range(2):
        look = reserved(ledger, NEW, external=True)
        assert ledger.has(look)
        ledger.complete(look, {"accuracy": 0.5})
    entries = [json.loads(line) for line in ledger.path.read_text().splitlines()]
    assert [(entry["kind"], entry.get("external")) for entry in entries] == [("reserved", True), ("completed", None)]
    assert all(entry.keys() >= FIELDS[entry["kind"]] for entry in entries)  # so that earlier programs read it
    assert (ledger.read("a", NEW).looks, ledger.read("a", NEW).own) == (1, 1)


def test_another_study_that_tests_on_some_of_the_rows_is_told(ledger: Ledger) -> None:
    reserved(ledger, NEW, external=True)
    reserved(ledger, rows(15, 25), "b", "n")
    seen = ledger.read("b", rows(15, 25))
    assert (seen.looks, seen.own, seen.largest_overlap) == (2, 1, 0.5)
    seen = ledger.read("a", NEW)
    assert (seen.looks, seen.own, seen.largest_overlap) == (2, 1, 0.25)


def test_other_models_of_the_study_on_the_same_rows_are_counted_and_not_refused(ledger: Ledger) -> None:
    for models in ("m", "n"):
        reserved(ledger, NEW, models=models, external=True)
    assert (ledger.read("a", NEW).looks, ledger.read("a", NEW).own) == (2, 2)


def test_an_earlier_look_of_the_study_at_some_of_the_rows_is_counted_and_a_later_one_is_not(ledger: Ledger) -> None:
    first, second = NEW, rows(5, 30)
    reserved(ledger, first, models="file", external=True)
    reserved(ledger, second, models="file", external=True)
    assert (ledger.read("a", second).looks, ledger.read("a", second).own) == (2, 1)
    assert (ledger.read("a", first).looks, ledger.read("a", first).own) == (1, 1)
    reserved(ledger, first, models="another", external=True)  # which may have been chosen by the second look
    assert (ledger.read("a", first).looks, ledger.read("a", first).own) == (3, 2)
    reserved(ledger, TEST)
    assert (ledger.read("a", TEST).looks, ledger.read("a", TEST).own) == (1, 1)


def test_the_studys_own_test_stays_what_it_was(ledger: Ledger) -> None:
    look = reserved(ledger, TEST)
    before = ledger.read("a", TEST)
    reserved(ledger, rows(5, 30), models="file", external=True)  # some of these are its test rows
    after = ledger.read("a", TEST)
    assert (after.looks, after.own, after.largest_overlap) == (before.looks, before.own, 0.0)
    assert ledger.read("b", TEST).looks == 2
    assert ledger.times(look) == 1
    ledger.check("a", TEST, range(5, 6))


def test_external_looks_at_exactly_the_test_rows_are_no_tests_of_the_study(ledger: Ledger) -> None:
    look = reserved(ledger, TEST, models="file", external=True)
    assert ledger.tested("a", TEST.fingerprint) is None
    assert not ledger.looked("a", TEST, 5)
    assert not ledger.has(Look(look.rows, look.models, "a"))
    ledger.check("a", TEST, range(9, 10))
    test = reserved(ledger, TEST)
    assert ledger.times(test) == 1
    assert ledger.tested("a", TEST.fingerprint) == "m"
    assert ledger.tested("b", TEST.fingerprint) is None
