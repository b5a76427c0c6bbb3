from __future__ import annotations

from dataclasses import replace

from experiments.evaluation.records.split_record import HoldoutRecord
from experiments.reports.blocks import Code, plain
from experiments.reports.sections.data import data


def test_fingerprints_are_short_and_complete(study):
    facts = dict(data(study[0]).blocks[0].rows)
    assert facts["fingerprint of the data"].text == Code("9f2c" * 16, "9f2c9f2c9f2c…")
    assert plain(facts["size"]) == "1,797 rows, 64 features, classification"


def test_many_classes_are_counted(study):
    named = replace(study[0].data, classes=tuple(f"class {index}" for index in range(1000)))
    facts = {plain(name): plain(fact) for name, fact in data(replace(study[0], data=named)).blocks[0].rows}
    assert facts["1,000 classes"].endswith("class 18, class 19 and 980 more")


def test_weights_forward_folds_and_groups_are_said(study):
    def facts(result):
        return {plain(name): plain(fact) for name, fact in data(result).blocks[0].rows}

    usual = facts(study[0])
    assert usual["development set"] == "1,437 rows in 5 folds by StratifiedKFold; the search never received any other"
    assert usual["test set"] == "360 rows, split off first"
    some = replace(study[0], spec=study[0].spec | {"cv": study[0].spec["cv"] | {"fold_rows": 600}})
    assert facts(some)["development set"] == (
        "1,437 rows, 600 of them drawn for the search, in 5 folds by StratifiedKFold; the search never received any "
        "other"
    )
    assert "weights" not in usual
    spec = study[0].spec | {"data": study[0].spec["data"] | {"weights": "w", "groups": "patient"}}
    holdout = HoldoutRecord(origin="drawn", development_groups=32, test_groups=8)
    said = facts(replace(study[0], spec=spec, holdout=holdout))
    assert said["development set"].startswith("1,437 rows in 32 groups of patient in 5 folds")
    assert said["test set"] == "360 rows in 8 groups of patient, drawn at random and split off first"
    assert said["weights"] == "rows count as w says in training, and once in scores, intervals and tests"
    forward = study[0].spec | {"cv": study[0].spec["cv"] | {"splitter": "TimeSeriesSplit"}}
    assert facts(replace(study[0], spec=forward))["development set"].endswith(
        "so that the first rows are never predicted"
    )
