from __future__ import annotations

from dataclasses import replace

from experiments.evaluation.records.outer_record import OuterFold, OuterRecord
from experiments.evaluation.records.report_record import ReportRecord
from experiments.evaluation.records.results import ColumnCounts, ReadingRecord
from experiments.reports.blocks import plain
from experiments.reports.glance import glance, made_by

PLACE = {"date": "2026-07-27 14:03 UTC", "versions": {"nnet-experiments": "0.2.0", "python": "3.11.7"}}


def _said(result):
    return {plain(name): plain(words) for name, words in glance(result)}


def test_the_target_and_the_kinds_of_columns_are_named(study):
    columns = ColumnCounts(number=2, category=1, pixel=0)
    data = replace(study[0].data, task="regression", classes=(), features=4, columns=columns)
    said = _said(replace(study[0], data=data, reading=ReadingRecord(target="price")))
    assert said["predicts"] == "price, a number, from 4 columns (2 numbers, 1 category, 1 date)"


def test_pictures_have_pixels_and_a_result_without_kinds_has_columns(study):
    pixels = replace(study[0].data, columns=ColumnCounts(number=0, category=0, pixel=64))
    assert _said(replace(study[0], data=pixels))["predicts"] == "one of 10 classes, from 64 pixels"
    unknown = replace(study[0].data, columns=None)
    assert _said(replace(study[0], data=unknown))["predicts"] == "one of 10 classes, from 64 columns"


def test_metric_rows_and_trials_are_said(study):
    losses = replace(study[0], spec=study[0].spec | {"cv": {"metric": "neg_log_loss"}})
    assert list(_said(losses).items())[1:] == [
        ("metric", "log loss (lower is better)"),
        ("rows", "1,437 for development, 360 for the test"),
        ("trials", "40"),
    ]


def test_the_trials_of_all_searches_are_counted(study):
    fold = OuterFold(development=900, rows=897, test_fingerprint="t", digest="d", trials=7, number=1,
                     params=study[0].best.params, epochs=5, cv_mean=0.98, score=0.96, default=0.95)  # fmt: skip
    outer = OuterRecord(splitter="StratifiedKFold", folds=(fold, fold), baselines=())
    assert _said(replace(study[0], outer=outer))["trials"] == "40 of the search over all rows, 54 of all 3 searches"


def test_the_author_is_named(study):
    said = _said(replace(study[0], report=ReportRecord(author="Ann")))
    assert list(said.items())[-1] == ("author", "Ann")
    assert "author" not in _said(replace(study[0], report=ReportRecord(limits="none")))


def test_what_made_the_study_is_named_as_far_as_it_is_known(study):
    said = plain(made_by(replace(study[0], provenance=PLACE)))
    assert said == "Made: 2026-07-27 14:03 UTC, version 0.2.0 of this program."
    assert made_by(replace(study[0], provenance={"date": {}, "environment": "none"})) == ()
