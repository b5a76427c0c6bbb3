"""A study small enough to run many times: two moons, three folds, a few epochs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from experiments.config.candidate import Preprocessing
from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.config.study_file import parse_spec
from experiments.data.prepare import StudyData, prepare, preprocessed_folds
from experiments.search.executors.base import future_of
from experiments.search.loop import Submit
from experiments.search.trial import TrialResult, TrialTask
from nnet.batches import FoldData
from nnet.metrics import Score
from nnet.settings import TrainingSettings
from nnet.training import EpochReport
from support.searched import evaluate

DOCUMENT: dict[str, Any] = {
    "study": {"name": "moons", "seed": 3},
    "data": {"source": "moons"},
    "cv": {"n_splits": 3},
    "training": {"epochs": 8, "batch_size": 32, "patience": 0},
    "search": {"trials": 16, "lookahead": 4},
    "space": {
        "learning_rate": {"low": 1e-4, "high": 1e-1, "log": True},
        "hidden_layers": {"low": 1, "high": 2},
        "hidden_units": {"low": 4, "high": 16, "log": True},
        "dropout": {"low": 0.0, "high": 0.5},
    },
    "default": {"hidden_units": 8, "learning_rate": 1e-2},
}


@pytest.fixture
def spec() -> StudySpec:
    return parse_spec(DOCUMENT, "moons").with_inferred_settings("classification", "StratifiedKFold")


@pytest.fixture
def space(spec: StudySpec) -> Space:
    return Space(spec)


@pytest.fixture(scope="session")
def data() -> StudyData:
    return prepare(parse_spec(DOCUMENT, "moons"), {})


@pytest.fixture(scope="session")
def compute(data: StudyData) -> Callable[[TrialTask], TrialResult]:
    """The evaluation in this process, remembered by task."""
    folds = preprocessed_folds(data.development, data.folds, Preprocessing())
    known: dict[TrialTask, TrialResult] = {}

    def run(task: TrialTask) -> TrialResult:
        if task not in known:
            known[task] = evaluate(task, folds, data.target)
        return replace(known[task])

    return run


@pytest.fixture
def submit(compute: Callable[[TrialTask], TrialResult]) -> Submit:
    """An executor that has the answer at once."""
    return lambda task: future_of(compute(task))


def made_up_curves(
    _: object,
    settings: TrainingSettings,
    folds: Sequence[FoldData],
    seeds: Sequence[np.random.SeedSequence],
    metric: Sequence[Score],
) -> Iterator[EpochReport]:
    """Instead of training: curves that rise at their own pace to a height that depends on the learning rate."""
    chances = [np.random.default_rng(seed) for seed in seeds]
    height = 0.9 - 0.2 * abs(np.log10(settings.learning_rate) + 2) + 0.1 * chances[0].random()
    pace = 2 + 10 * chances[0].random()
    for epoch in range(1, settings.epochs + 1):
        scores = tuple(height * (1 - 0.5 ** (epoch / pace)) + 0.1 * chance.random() for chance in chances)
        scored = epoch % settings.validate_every == 0 or epoch == settings.epochs
        for score, fold in zip(metric, folds, strict=True):
            score(np.full((len(fold.validation), 2), height, np.float32), fold.y[fold.validation])
        yield EpochReport(epoch, scores, scores if scored else None, scores if scored else None)


@pytest.fixture
def without_training(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("experiments.search.cross_validation.train", made_up_curves)


@pytest.fixture
def compute_fast(data: StudyData, without_training: None) -> Callable[[TrialTask], TrialResult]:
    """The evaluation in this process, of made-up curves."""
    folds = preprocessed_folds(data.development, data.folds, Preprocessing())
    return lambda task: evaluate(task, folds, data.target)
