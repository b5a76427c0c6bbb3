from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from experiments.config.candidate import Preprocessing
from experiments.config.final_options import FinalSection
from experiments.config.space import Space
from experiments.config.study_file import parse_spec
from experiments.data.prepare import prepare, preprocessed_folds
from experiments.evaluation.analysis import permutation_importance as column_importance
from experiments.evaluation.analysis.final_folds import FinalModels
from experiments.evaluation.analysis.permutation import Permuted
from experiments.evaluation.records.analysis_record import PermutationRecord
from experiments.evaluation.records.reasons import TooManyColumns, TooManyShuffles
from experiments.search.context import StudyContext
from experiments.search.executors.base import WorkerDied
from experiments.search.executors.serial import Inline
from experiments.search.inputs import share_inputs
from experiments.search.trial import FinishedTrial, PrunerChoice, TrialTask
from support.searched import Here, evaluate
from support.tables import mixed_table

DOCUMENT: dict[str, Any] = {
    "study": {"name": "mixed", "seed": 3},
    "data": {"source": "moons"},
    "cv": {"n_splits": 3, "metric": "neg_log_loss"},
    "preprocessing": {"rare": 0.01},
    "training": {"epochs": 6, "batch_size": 32, "patience": 0},
    "space": {"learning_rate": {"low": 1e-4, "high": 1e-1, "log": True}},
    "final": {"members": 1},
}


def run(executor: Here, members: int = 1, **changes: Any) -> tuple[PermutationRecord | str, FinishedTrial]:
    spec = parse_spec(DOCUMENT, "mixed").with_inferred_settings("classification", "StratifiedKFold")
    data = prepare(spec, {}, mixed_table(150))
    space = Space(spec)
    folds = preprocessed_folds(data.development, data.folds, Preprocessing(rare=0.01))
    task = TrialTask(1, space.candidate(space.default), 3, spec.cv.metric, PrunerChoice("none"))
    winner = FinishedTrial(space.default, evaluate(task, folds, data.target))
    inputs = share_inputs(space, data, lambda content: Inline(bytes(content)))
    study = StudyContext(
        spec.model_copy(update={"final": FinalSection(members=members)}), space, replace(data, **changes)
    )
    return FinalModels(study, winner, None, inputs, executor).permutation, winner  # type: ignore[arg-type]


def test_the_record_has_every_column_once_the_largest_drop_first() -> None:
    executor = Here()
    record, winner = run(executor)
    assert executor.asked == ["run_fold_models"]
    assert record.baseline == winner.result.value
    assert (record.rows, record.repeats, record.metric) == (120, 5, "neg_log_loss")
    drops = [one.drop for one in record.columns]
    assert drops == sorted(drops, reverse=True)
    assert {one.position: one.name for one in record.columns} == dict(enumerate(("age", "city", "height", "colour")))
    assert {one.name for one in record.columns[:2]} == {"age", "colour"}
    assert all(one.deviation is not None and one.deviation > 0 for one in record.columns)
    assert run(Here())[0] == record


def test_folds_are_added_in_order() -> None:
    folds = [Permuted(1, 0.0, np.array([[-1 / (3 + at)]])) for at in range(20)]
    in_order = 0.0
    for at in range(20):
        in_order += 1 / (3 + at)
    record = column_importance.permutation_record("r2", ("x",), folds, 1)
    assert isinstance(record, PermutationRecord)
    assert record.columns[0].drop == in_order / 20


def test_several_networks_predict_as_one_model() -> None:
    (one, winner), (three, _) = run(Here()), run(Here(), members=3)
    assert (one.members, three.members) == (1, 3)
    assert (three.rows, three.repeats) == (one.rows, one.repeats)
    assert one.baseline == winner.result.value != three.baseline
    assert {column.name for column in three.columns[:2]} == {"age", "colour"}


@pytest.mark.parametrize(("bound", "factor"), [("PREDICTIONS", 1), ("PRODUCTS", 100)])  # of thousands of weights
def test_many_predictions_are_bounded(bound: str, factor: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(column_importance, bound, 4 * 3 * 10 * factor)
    monkeypatch.setattr(column_importance, "FEWEST_ROWS", 10)
    record, winner = run(Here())
    assert 30 <= record.rows <= 36
    assert record.repeats == 1
    assert all(one.deviation is None for one in record.columns)
    assert record.baseline != winner.result.value


def test_too_many_columns_are_a_reason_and_lost_workers_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    executor = Here()
    assert run(executor, features=1_001)[0] == TooManyColumns(columns=1_001, limit=1_000)
    monkeypatch.setattr(column_importance, "SCORINGS", 11)
    assert run(executor)[0] == TooManyShuffles(columns=4, folds=3, limit=11)
    assert executor.asked == []
    monkeypatch.undo()
    with pytest.raises(WorkerDied):
        run(Here(dies="run_fold_models"))
