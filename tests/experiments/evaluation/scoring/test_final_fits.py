"""The fits on all development rows begin once, and as early as they are known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.config.study_file import parse_spec
from experiments.evaluation.scoring.final_fits import FinalFits
from experiments.search.context import StudyContext, prepare_study
from experiments.search.executors.base import WorkerDied
from support.searched import Here, searched
from support.tables import mixed_table

DOCUMENT: dict[str, Any] = {
    "study": {"name": "mixed"},
    "data": {"source": "moons"},
    "cv": {"n_splits": 2},
    "training": {"epochs": 2, "batch_size": 32, "patience": 0},
    "space": {"learning_rate": {"low": 1e-4, "high": 1e-1, "log": True}},
    "search": {"trials": 3, "lookahead": 2},
}


@pytest.fixture(scope="module")
def study() -> StudyContext:
    return prepare_study(parse_spec(DOCUMENT, "mixed"), mixed_table(80, "classification"))


def test_each_fit_is_asked_for_once_and_refits_go_first(study: StudyContext, tmp_path: Path) -> None:
    told, here = searched(DOCUMENT, tmp_path, mixed_table(80, "classification")).told, Here()
    fits = FinalFits(study, here)  # type: ignore[arg-type]
    fits.begin(told[:1])
    assert here.asked == ["run_refit", *["run_baseline"] * 3]
    fits.begin([told[2], told[0]])
    assert here.asked == ["run_refit", *["run_baseline"] * 3, "run_refit"]
    task, model = fits.refit(told[2])
    assert (task.number, model.number) == (2, 2)
    assert [task.id for task, _ in fits.baselines()] == ["majority_class", "logistic_regression", "gradient_boosting"]
    assert list(fits.preprocessors) == [fits.of_baselines]


def test_a_baseline_that_is_lost_is_told_apart_when_its_result_is_asked_for(study: StudyContext) -> None:
    fits = FinalFits(study, Here(dies="run_baseline"))  # type: ignore[arg-type]
    fits.begin([])
    with pytest.raises(WorkerDied):
        fits.baselines()


def test_baselines_of_a_small_table_are_fitted_here_when_they_are_asked_for(
    study: StudyContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = Here(computes_alike=True), Here()
    small, of_workers = FinalFits(study, here), FinalFits(study, there)  # type: ignore[arg-type]
    for fits in (small, of_workers):
        fits.begin([])
    assert (here.asked, there.asked) == ([], ["run_baseline"] * 3)
    models = [[model.estimator for _, model in fits.baselines()] for fits in (small, of_workers)]
    assert here.asked == []
    x = np.random.default_rng(0).normal(size=(20, models[0][1].n_features_in_))
    for mine, theirs in zip(*models, strict=True):
        np.testing.assert_array_equal(mine.predict(x), theirs.predict(x))
    monkeypatch.setattr("experiments.evaluation.scoring.final_fits.SMALL", 100)
    FinalFits(study, here).begin([])  # type: ignore[arg-type]
    assert here.asked == ["run_baseline"] * 3
