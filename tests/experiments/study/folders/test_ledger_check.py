"""A study that had its look goes on only where the ledger knows of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from experiments.data.splits.holdout import Look, SealedTestSet
from experiments.errors import LedgerError
from experiments.evaluation.records.results import LedgerRecord
from experiments.evaluation.scoring.ledger import Ledger
from experiments.study.folders.folder import StudyFolder
from experiments.study.folders.ledger_check import check_ledger_is_whole, check_look_is_known
from support.results import made_up

TEST = SealedTestSet(np.arange(6.0).reshape(3, 2), np.zeros(3, np.intp)).known_by
SAME, MORE = range(2, 3), range(3, 4)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    ledger = Ledger(tmp_path / "studies" / "ledger.jsonl")
    for study in "ab":
        ledger.reserve(Look(TEST.fingerprint, study, study), TEST, study, 2)
    return ledger


@pytest.fixture
def folder(tmp_path: Path, ledger: Ledger) -> StudyFolder:
    past = ledger.read("a", TEST)
    record = LedgerRecord(looks=1, largest_overlap=0.0, head=past.head, first=past.first)
    (tmp_path / "study").mkdir()
    results = replace(made_up(), ledger=record)
    (tmp_path / "study" / "results.json").write_text(json.dumps(results.document()))
    return StudyFolder(tmp_path / "study")


def test_what_the_ledger_knows_goes_on(ledger: Ledger, folder: StudyFolder, tmp_path: Path) -> None:
    check_look_is_known(ledger, folder, MORE, acknowledged=False)
    check_look_is_known(Ledger(tmp_path / "none"), StudyFolder(tmp_path / "new"), MORE, acknowledged=False)
    unscored = replace(made_up(), ledger=None, test=None)
    (folder.path / "results.json").write_text(json.dumps(unscored.document()))
    check_look_is_known(Ledger(tmp_path / "none"), folder, MORE, acknowledged=False)


def test_a_ledger_that_was_cut_is_refused_whatever_is_acknowledged(ledger: Ledger, folder: StudyFolder) -> None:
    first = ledger.path.read_bytes().splitlines(keepends=True)[0]
    ledger.path.write_bytes(first)
    for acknowledged in (False, True):
        with pytest.raises(LedgerError, match=r"ledger\.jsonl: has lost entries"):
            check_look_is_known(ledger, folder, SAME, acknowledged)
    with pytest.raises(LedgerError, match=r"ledger\.jsonl: has lost entries"):
        check_ledger_is_whole(ledger, folder)
    (folder.path / "results.json").write_text("{}")
    check_ledger_is_whole(ledger, folder)


def test_a_study_that_went_on_without_a_test_was_tested_all_the_same(ledger: Ledger, folder: StudyFolder) -> None:
    past = ledger.read("a", TEST)
    for own, known in ((1, False), (0, True)):
        record = LedgerRecord(looks=1, own=own, largest_overlap=0.0, head=past.head, first=past.first)
        results = replace(made_up(), ledger=record, test=None)
        (folder.path / "results.json").write_text(json.dumps(results.document()))
        check_look_is_known(ledger, folder, MORE, acknowledged=False)
        lost = Ledger(folder.path / "lost.jsonl")
        if known:
            check_look_is_known(lost, folder, MORE, acknowledged=False)
            continue
        with pytest.raises(LedgerError, match="was tested before it went on without a test"):
            check_look_is_known(lost, folder, MORE, acknowledged=False)


def test_where_it_is_not_known_only_the_same_look_is_entered_anew(ledger: Ledger, folder: StudyFolder) -> None:
    ledger.path.unlink()
    for trials, acknowledged in ((SAME, False), (MORE, False), (MORE, True), (range(2, 4), True)):
        with pytest.raises(LedgerError, match=r"--set search\.trials=2 enters the same test evaluation anew"):
            check_look_is_known(ledger, folder, trials, acknowledged)
    check_look_is_known(ledger, folder, SAME, acknowledged=True)
    check_ledger_is_whole(ledger, folder)
