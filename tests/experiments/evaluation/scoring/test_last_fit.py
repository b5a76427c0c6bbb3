"""The last fit in this process: models are fitted before the test rows are read, and then scored on them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.config.study_file import parse_spec
from experiments.data.prepare import StudyData, prepare, preprocessed_folds
from experiments.data.splits.holdout import SealedTestSet
from experiments.errors import SearchError
from experiments.evaluation.final_model.refit import Refit, run_refit
from experiments.evaluation.scoring.baselines import FittedBaseline
from experiments.evaluation.scoring.final_fits import FinalFits
from experiments.evaluation.scoring.last_fit import LastFit, last_fit
from experiments.evaluation.scoring.ledger import Ledger
from experiments.search.context import StudyContext
from experiments.search.executors.base import WorkerDied
from experiments.search.trial import FinishedTrial, PrunerChoice, TrialTask
from nnet.arrays import Array
from support.searched import Here, evaluate
from support.tables import mixed_frame, mixed_table

pytestmark = pytest.mark.slow

DOCUMENT: dict[str, Any] = {
    "study": {"name": "mixed"},
    "data": {"source": "moons"},
    "cv": {"n_splits": 3},
    "training": {"epochs": 4, "batch_size": 32, "patience": 0},
    "space": {"learning_rate": {"low": 1e-4, "high": 1e-1, "log": True}},
}


def fitted(executor: Here) -> list[FittedBaseline]:
    return [result for result in executor.results if isinstance(result, FittedBaseline)]


def study(task: str) -> tuple[StudySpec, StudyData]:
    table = mixed_table(200, task, weights=np.random.default_rng(7).uniform(0.5, 2.0, 200))
    data = prepare(parse_spec(DOCUMENT, "mixed"), {}, table)
    return parse_spec(DOCUMENT, "mixed").with_inferred_settings(data.target.task, data.folds.splitter), data


def look(folder: Path, spec: StudySpec, data: StudyData, executor: Here, winner: int = 1) -> tuple[LastFit, Ledger]:
    space, ledger = Space(spec), Ledger(folder / "ledger.jsonl")
    candidate = space.candidate(space.default)
    folds = preprocessed_folds(data.development, data.folds, candidate.preprocessing)
    result = evaluate(TrialTask(0, candidate, 0, spec.cv.metric, PrunerChoice("none")), folds, data.target)
    finalists = [FinishedTrial(space.default, replace(result, number=number)) for number in range(winner, -1, -1)]
    found = last_fit(FinalFits(StudyContext(spec, space, data), executor), finalists, ledger, False)
    return found, ledger


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_three_baselines_stand_beside_the_score(task: str, tmp_path: Path) -> None:
    spec, data = study(task)
    found, ledger = look(tmp_path, spec, data, Here())
    record = found.record
    names = ["majority_class", "logistic_regression"] if task == "classification" else ["mean", "ridge_regression"]
    assert [one.id for one in record.references] == [*names, "gradient_boosting"]
    for one in record.references:
        assert one.reason is None
        assert one.ci95[0] <= one.score <= one.ci95[1]
        assert (one.settings["rows"], one.settings["rows_in_all"]) == (160, 160)
    baseline, linear, _ = record.references
    assert linear.score > baseline.score + 0.2
    assert (record.confusion is None) == (task == "regression")
    again, _ = look(tmp_path, spec, data, Here())
    assert again.record == record
    assert again.record.times_scored == 1
    assert len(ledger.path.read_text().splitlines()) == 2


def test_the_baselines_learn_nothing_of_the_test_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec, data = study("regression")
    frame = mixed_frame(len(data.test), seed=99).assign(colour="green", age=-7.0)
    y = np.full(len(data.test), 1e6) + frame["age"].to_numpy()
    dirty = replace(data, test=SealedTestSet(frame, y))
    fitted_before: list[int] = []
    executors = [Here(), Here()]
    open_rows = SealedTestSet.open

    def opened(self: SealedTestSet, *arguments: Any) -> Any:
        fitted_before.append(len(fitted(executors[len(fitted_before)])))
        return open_rows(self, *arguments)

    monkeypatch.setattr(SealedTestSet, "open", opened)
    looks = [
        look(tmp_path / name, spec, rows, executor)
        for name, rows, executor in zip(("clean", "dirty"), (data, dirty), executors, strict=True)
    ]
    assert fitted_before == [3, 3]
    probe: Array = np.random.default_rng(0).normal(size=(50, 30)).astype(np.float32)

    def predicted(executor: Here) -> list[bytes]:
        estimators: list[Any] = [one.estimator for one in fitted(executor)]
        return [one.predict(probe[:, : getattr(one, "n_features_in_", 1)]).tobytes() for one in estimators]

    assert predicted(executors[0]) == predicted(executors[1])
    assert looks[0][0].record.references != looks[1][0].record.references
    models = [ledger.path.read_text().split('"models":"')[1][:64] for _, ledger in looks]
    assert models[0] == models[1]


def test_a_baseline_that_is_lost_is_computed_in_the_same_look_again(tmp_path: Path) -> None:
    """A death is no property of the study, so it leaves nothing in the record."""
    spec, data = study("classification")
    whole, _ = look(tmp_path / "whole", spec, data, Here())
    for task in ("run_baseline", "score_baseline"):
        with pytest.raises(WorkerDied, match="The same command tries again"):
            look(tmp_path / "lost", spec, data, Here(dies=task))
    found, _ = look(tmp_path / "lost", spec, data, Here())
    assert found.record == whole.record
    assert found.record.times_scored == 1


def test_a_default_that_wins_is_not_compared_with_itself(tmp_path: Path) -> None:
    spec, data = study("classification")
    found, _ = look(tmp_path, spec, data, Here(), winner=0)
    record = found.record
    assert (record.default, record.difference, record.verdict) == (None, None, "not compared")


def test_the_baselines_belong_to_the_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec, data = study("classification")
    _, ledger = look(tmp_path, spec, data, Here())
    ids = {line.split('"look":"')[1][:32] for line in ledger.path.read_text().splitlines()}
    assert len(ids) == 1
    monkeypatch.setattr("experiments.evaluation.scoring.final_fits.baseline_tasks", lambda *_: ())
    _, other = look(tmp_path / "without", spec, data, Here())
    assert ids.isdisjoint({line.split('"look":"')[1][:32] for line in other.path.read_text().splitlines()})


def test_a_network_that_diverges_is_a_refit_that_diverged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def diverged(*arguments: Any) -> Refit:
        model = run_refit(*arguments)
        model.parameters[3, 0] = np.nan
        return model

    spec, data = study("classification")
    assert spec.final.members == 5
    monkeypatch.setattr("experiments.evaluation.scoring.final_fits.run_refit", diverged)
    with pytest.raises(SearchError, match=r"the refit of trial 1 .* diverged, .* The test set was not read"):
        look(tmp_path, spec, data, Here())
    assert not (tmp_path / "ledger.jsonl").exists()
