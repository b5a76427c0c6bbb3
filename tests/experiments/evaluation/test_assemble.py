"""The result of finished trials."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest

from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.config.study_file import parse_spec
from experiments.data.hints.chosen_with import TOO_GOOD
from experiments.data.prepare import StudyData, prepare
from experiments.data.splits.copies import Copies
from experiments.errors import SearchError
from experiments.evaluation.analysis.tested_trials import best_of, default_of
from experiments.evaluation.assemble import assemble
from experiments.evaluation.records.analysis_record import FinalRecord
from experiments.evaluation.records.results import (
    ColumnCounts,
    ColumnRecord,
    LedgerRecord,
    MissingCounts,
    ReadingRecord,
    StudyResult,
)
from experiments.evaluation.records.split_record import CopiesRecord, HoldoutRecord
from experiments.search.context import StudyContext
from experiments.search.trial import Curves, FinishedTrial, InterventionKind, TrialResult
from support.tables import mixed_table

NO_CURVES = Curves((), (), (), ())


def complete(number: int, value: float) -> FinishedTrial:
    params: dict[str, Any] = {"l2": number / 10, "batch_size": number + 1}
    folds = (value - 0.1, value + 0.1)
    return FinishedTrial(
        params, TrialResult(number, "COMPLETE", "", value, value - 0.01, number + 3, 0.14, folds, NO_CURVES, 9.0, "K")
    )


def diverged(number: int) -> FinishedTrial:
    return FinishedTrial({"l2": 1.0}, TrialResult(number, "PRUNED", "diverged", None, None, 0, None, (), NO_CURVES))


def pruned(number: int) -> FinishedTrial:
    return FinishedTrial({"l2": 1.0}, TrialResult(number, "PRUNED", "pruned", None, 0.9, 4, 0.1, (0.8, 1.0), NO_CURVES))


def died(number: int, kind: InterventionKind = "worker died") -> FinishedTrial:
    return FinishedTrial({"l2": 1.0}, TrialResult(number, "FAIL", kind, None, None, 0, None, (), NO_CURVES))


@pytest.fixture(scope="module")
def spec() -> StudySpec:
    space = {"l2": {"low": 0, "high": 1}}
    return parse_spec({"study": {"name": "mine"}, "data": {"source": "iris"}, "space": space}, "here")


@pytest.fixture(scope="module")
def data(spec: StudySpec) -> StudyData:
    return prepare(spec, {})


def assembled(
    spec: StudySpec, data: StudyData, told: list[FinishedTrial], ledger: LedgerRecord | None = None
) -> StudyResult:
    return assemble(StudyContext(spec, Space(spec), data), told, None, ledger, {"commit": "c"}, {"search": 1.0})


def test_the_best_is_the_highest_and_the_first_of_equals() -> None:
    cases: list[tuple[list[FinishedTrial], int]] = [
        ([complete(0, 0.5), complete(1, 0.7), complete(2, 0.6)], 1),
        ([complete(0, 0.5), complete(1, 0.7), complete(2, 0.7)], 1),
        ([complete(0, 0.7), complete(1, 0.7)], 0),
        ([complete(0, -0.5), complete(1, -0.4), complete(2, -0.9)], 1),
        ([complete(0, -0.5), complete(1, 0.0)], 1),
        ([complete(0, 0.5), complete(1, 0.0)], 0),
        ([diverged(0), pruned(1), died(2), complete(3, -7.0)], 3),
    ]
    for trials, number in cases:
        assert best_of(trials).result.number == number


def test_without_a_score_there_is_no_best() -> None:
    with pytest.raises(SearchError) as refused:
        best_of([diverged(0), died(1), diverged(2)])
    assert str(refused.value) == (
        "no trial of 3 came to a score (2 diverged, 1 worker died), so there is nothing to refit; lower "
        "learning_rate; --fresh with fewer --workers begins anew with more memory for each. The test set was not "
        "read."
    )
    with pytest.raises(SearchError, match="no trial of 0"):
        best_of([])


def test_the_default_is_trial_0_if_it_came_to_a_score() -> None:
    told = [complete(0, 0.1), complete(1, 0.9)]
    assert default_of(told) is told[0]
    assert default_of([diverged(0), complete(1, 0.9)]) is None
    assert default_of([died(0), complete(1, 0.9)]) is None


def test_every_trial_is_a_row(spec: StudySpec, data: StudyData) -> None:
    told = [complete(0, 0.5), pruned(1), diverged(2), died(3), complete(4, 0.75)]
    result = assembled(spec, data, told)
    assert [(row.number, row.state, row.reason, row.value) for row in result.trials] == [
        (0, "COMPLETE", "", 0.5),
        (1, "PRUNED", "pruned", None),
        (2, "PRUNED", "diverged", None),
        (3, "FAIL", "worker died", None),
        (4, "COMPLETE", "", 0.75),
    ]
    for row, one in zip(result.trials, told, strict=True):
        assert (row.params, row.last, row.epochs) == (one.params, one.result.last, one.result.epochs)
        assert row.fold_scores == one.result.fold_scores
    assert [type(value) for value in result.trials[4].params.values()] == [float, int]


def test_best_and_default_are_summaries_of_their_rows(spec: StudySpec, data: StudyData) -> None:
    result = assembled(spec, data, [complete(0, 0.5), complete(1, 0.75)])
    assert asdict(result.best) == {
        "number": 1,
        "params": {"l2": 0.1, "batch_size": 2},
        "cv_mean": 0.75,
        "cv_std": 0.14,
        "epochs": 4,
        "fold_scores": (0.65, 0.85),
    }
    assert (result.default.number, result.default.cv_mean, result.default.cv_std) == (0, 0.5, 0.14)
    assert result.final == FinalRecord(members=5, epochs=4, default_epochs=3)
    without = assembled(spec, data, [diverged(0), complete(1, 0.75)])
    assert (without.default, without.final) == (None, FinalRecord(members=5, epochs=4, default_epochs=None))


def test_a_death_or_silence_is_an_intervention_and_a_divergence_is_none(spec: StudySpec, data: StudyData) -> None:
    result = assembled(spec, data, [complete(0, 0.5), died(1), diverged(2), pruned(3), died(4, "worker silent")])
    assert [(one.trial, one.kind) for one in result.interventions] == [(1, "worker died"), (4, "worker silent")]


def test_the_data_and_its_split_are_recorded(spec: StudySpec, data: StudyData) -> None:
    result = assembled(spec, data, [complete(0, 0.5)])
    assert (result.study, result.spec) == ("mine", spec.to_document())
    assert (result.data.name, result.data.rows, result.data.features) == ("iris", 150, 4)
    assert (result.data.task, result.data.classes) == ("classification", ("setosa", "versicolor", "virginica"))
    assert result.data.fingerprint == data.fingerprint
    assert result.data.columns == ColumnCounts(number=4, category=0, pixel=0)
    assert result.data.missing == MissingCounts(number=0, category=0)
    assert (result.split.development, result.split.test) == (120, 30)
    assert result.split.test_fingerprint == data.test.fingerprint
    assert result.split.folds_fingerprint == data.folds.fingerprint


def test_columns_are_counted_by_kind_and_by_missing_cells(spec: StudySpec) -> None:
    given = parse_spec({**spec.to_document(), "data": {"source": "given"}}, "here")
    mixed = prepare(given, {}, mixed_table(100))
    found = assembled(given, mixed, [complete(0, 0.5)]).data
    assert found.columns == ColumnCounts(number=2, category=2, pixel=0)
    assert found.missing == MissingCounts(number=1, category=1)


def test_target_and_columns_are_recorded_where_nothing_was_decided_about_them(spec: StudySpec, data: StudyData) -> None:
    reading = assembled(spec, data, [complete(0, 0.5)]).reading
    assert reading is not None
    assert reading.target == "class"
    assert reading.columns[3] == ColumnRecord(name="petal width (cm)", kind="number")
    given = parse_spec({**spec.to_document(), "data": {"source": "given"}}, "here")
    mixed = prepare(given, {}, mixed_table(100))
    reading = assembled(given, mixed, [complete(0, 0.5)]).reading
    assert reading is not None
    features = mixed.development.table.features
    assert [one.missing for one in reading.columns] == features.isna().sum().tolist()  # type: ignore[union-attr]
    assert sum(one.missing > 0 for one in reading.columns) == 2


def test_pixels_are_not_listed(spec: StudySpec) -> None:
    digits = parse_spec({**spec.to_document(), "data": {"source": "digits"}}, "here")
    assert assembled(digits, prepare(digits, {}), [complete(0, 0.5)]).reading is None


def test_copies_are_recorded_beside_the_digest(spec: StudySpec, data: StudyData) -> None:
    several = (None, Copies(0, 150, "free"), Copies(7, 150, "together"), Copies(0, 150, "free", 2, 9))
    results = [assembled(spec, replace(data, copies=copies), [complete(0, 0.5)]) for copies in several]
    assert [result.copies for result in results] == [
        CopiesRecord(rows=0, split="free"),
        CopiesRecord(rows=0, split="free"),
        CopiesRecord(rows=7, split="together"),
        CopiesRecord(rows=0, split="free", test=2),
    ]
    assert len({result.digest for result in results}) == 1


def test_time_and_machine_are_not_in_the_digest(spec: StudySpec, data: StudyData) -> None:
    told = complete(0, 0.5)
    other = FinishedTrial(
        told.params, TrialResult(0, "COMPLETE", "", 0.5, 0.49, 3, 0.14, (0.4, 0.6), NO_CURVES, 1.0, "Z")
    )
    ledger = LedgerRecord(looks=3, largest_overlap=0.5, head="h")
    assert assembled(spec, data, [told]).digest == assembled(spec, data, [other], ledger).digest
    assert assembled(spec, data, [told]).digest != assembled(spec, data, [complete(0, 0.51)]).digest


def test_origin_and_groups_of_the_test_rows_are_recorded_beside_the_digest(spec: StudySpec, data: StudyData) -> None:
    told = [complete(0, 0.5)]
    drawn, own = assembled(spec, data, told), assembled(spec, replace(data, own_test=True), told)
    assert (drawn.holdout, own.holdout) == (HoldoutRecord(origin="drawn"), HoldoutRecord(origin="own"))
    assert drawn.digest == own.digest
    table = mixed_table(100)
    given = parse_spec({**spec.to_document(), "data": {"source": "given", "test_size": 0.2}}, "here")
    grouped = assembled(given, prepare(given, {}, replace(table, groups=np.arange(100) // 5)), told)
    assert grouped.holdout == HoldoutRecord(origin="drawn", development_groups=16, test_groups=4, even_test_groups=4)
    ordered = assembled(given, prepare(given, {}, replace(table, time=np.arange(100))), told)
    assert ordered.holdout == HoldoutRecord(origin="last")
    nested = parse_spec({**given.to_document(), "cv": {"outer": 3}}, "here")
    whole = assembled(nested, prepare(nested, {}, replace(table, groups=np.arange(100) // 5)), told)
    assert whole.holdout == HoldoutRecord(
        origin="outer_folds", development_groups=20, test_groups=20, even_test_groups=20
    )
    uneven = replace(table, groups=np.maximum(np.arange(100) // 5, 10))  # of ten groups one has 55 rows
    assert assembled(nested, prepare(nested, {}, uneven), told).holdout.even_test_groups == 3


def test_of_pixels_it_is_recorded_that_their_test_score_may_be_too_good(spec: StudySpec) -> None:
    digits = parse_spec({**spec.to_document(), "data": {"source": "digits"}}, "here")
    data = prepare(digits, {})
    doubt = f"the default was chosen with them, so {TOO_GOOD}"
    told = assembled(digits, replace(data, notes=("a hint", doubt)), [complete(0, 0.5)])
    assert told.reading == ReadingRecord(notes=(doubt,))
    assert told.digest == assembled(digits, data, [complete(0, 0.5)]).digest
