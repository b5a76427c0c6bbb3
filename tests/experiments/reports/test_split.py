from __future__ import annotations

from dataclasses import replace

from experiments.evaluation.records.split_record import HoldoutRecord
from experiments.reports.blocks import plain
from experiments.reports.split import drawn_together, folds, in_groups, is_forward, origin, repeats


def _with(result, section, **changes):
    return replace(result, spec=result.spec | {section: result.spec[section] | changes})


def test_the_origin_of_the_test_rows_is_that_of_the_split(study):
    def said(kind, **data):
        result = _with(study[0], "data", **data)
        return plain(origin(replace(result, holdout=None if kind is None else HoldoutRecord(origin=kind)), "360 rows"))

    assert said(None) == "360 rows, split off first"
    assert said("drawn") == "360 rows, drawn at random from each class and split off first"
    assert said("last", time="day") == "the last 360 rows by day, split off first"
    assert said("last", time=["year", "month"]) == "the last 360 rows by year, month, split off first"
    assert said("last") == "the last 360 rows in time, split off first"
    assert said("own", test="new.csv") == "360 rows of new.csv, a file of its own"
    assert said("own", test_rows="split=test") == "360 rows, those with split=test"
    assert said("own") == "360 rows, the test part of the data"


def test_groups_and_numbers_are_not_drawn_from_classes(study):
    words = "9 rows, drawn at random and split off first"
    grouped = replace(study[0], holdout=HoldoutRecord(origin="drawn", development_groups=32, test_groups=8))
    numbers = replace(study[0], data=replace(study[0].data, classes=()), holdout=HoldoutRecord(origin="drawn"))
    assert [plain(origin(one, "9 rows")) for one in (grouped, numbers)] == [words, words]


def test_groups_are_counted_beside_rows(study):
    grouped = replace(study[0], holdout=HoldoutRecord(origin="drawn", development_groups=32, test_groups=1))
    named = _with(grouped, "data", groups="patient")
    assert plain(in_groups(study[0], "80 rows", "test_groups")) == "80 rows"
    assert plain(in_groups(grouped, "80 rows", "test_groups")) == "80 rows in 1 group"
    assert plain(in_groups(named, "320 rows", "development_groups")) == "320 rows in 32 groups of patient"


def test_blocks_of_rows_in_time_order_are_named(study):
    grouped = replace(study[0], holdout=HoldoutRecord(origin="drawn", development_groups=32, test_groups=1))
    assert plain(drawn_together(study[0], "80 rows")) == "80 rows"
    assert (
        plain(drawn_together(_with(study[0], "data", time="day"), "80 rows")) == "80 rows in blocks of consecutive ones"
    )
    assert plain(drawn_together(_with(grouped, "data", time="day"), "80 rows")) == "80 rows in 1 group"


def test_repeated_folds_are_not_taken_for_more_folds(study):
    repeated = _with(study[0], "cv", splitter="RepeatedStratifiedKFold", n_repeats=5)
    assert plain(folds(study[0])) == "5 folds by StratifiedKFold"
    assert plain(folds(repeated)) == "5 folds, 5 times 1, by RepeatedStratifiedKFold"
    assert (repeats(study[0]), repeats(repeated)) == (1, 5)
    assert (is_forward(study[0]), is_forward(_with(study[0], "cv", splitter="TimeSeriesSplit"))) == (False, True)
