"""Every option of the network is reachable from a study file, fixed or searched, and survives the refit."""

from __future__ import annotations

from itertools import cycle, islice
from typing import Any

import numpy as np
import pytest

from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.config.study_file import parse_spec
from experiments.data.prepare import StudyData, preprocessed_folds
from experiments.evaluation.final_model.refit import RefitTask, outputs, refit
from experiments.search.trial import PrunerChoice, TrialTask
from nnet.activations import ACTIVATIONS
from nnet.batches import FoldData
from nnet.initializers import INITIALIZERS
from nnet.losses import LOSSES
from nnet.optimizers import OPTIMIZERS
from nnet.schedules import SCHEDULES
from support.searched import evaluate

SCHEDULED = {"warm_up": 0.2, "plateau_patience": 1}
NAMES = (ACTIVATIONS, INITIALIZERS, LOSSES, OPTIMIZERS, SCHEDULES)
# the longest list of names comes whole, each with the next name of every other list
OPTIONS: list[dict[str, Any]] = [
    *(
        dict(zip(("activation", "initializer", "loss", "optimizer", "schedule"), names, strict=True)) | SCHEDULED
        for names in islice(zip(*map(cycle, NAMES), strict=True), max(map(len, NAMES)))
    ),
    {"batch_norm": True},
    {"batch_norm": True, "average_epochs": 3, "class_weight": "balanced"},
    {"clip_norm": 0.5, "max_norm": 1.0, "input_dropout": 0.1, "label_smoothing": 0.1, "l1": 1e-4},
    {"huber_delta": 0.5, "loss": "huber"},
    {"noise": 0.1, "input_noise": 0.05, "input_scale": True, "beta2": 0.95},
    {"noise": 0.1, "batch_norm": True, "schedule": "linear", "decay_start": 0.5},
]


def study(spec: StudySpec, options: dict[str, Any]) -> StudySpec:
    document = spec.to_document()
    return parse_spec({**document, "training": {**document["training"], **options}}, "options")


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_an_option_is_trained_scored_and_refitted(spec: StudySpec, data: StudyData, options: dict[str, Any]) -> None:
    space = Space(study(spec, options))
    candidate = space.candidate(space.default)
    result = evaluate(
        TrialTask(0, candidate, 0, "accuracy", PrunerChoice("none")),
        preprocessed_folds(data.development, data.folds, candidate.preprocessing),
        data.target,
    )
    assert result.state == "COMPLETE"
    development = data.development
    everything = FoldData(
        development.features.astype(np.float32), development.y, np.arange(len(development.y)), np.empty(0, np.intp)
    )
    model = refit(RefitTask(0, candidate, result.epochs, 0, result.curves.factors), [everything], data.target)
    assert np.isfinite(outputs(model, everything.x)).all()


def test_every_option_can_be_searched(spec: StudySpec) -> None:
    for options in OPTIONS:
        document = spec.to_document()
        for key in options:
            document["training"].pop(key, None)
        searched = {key: {"choices": [value]} for key, value in options.items() if key not in document["space"]}
        space = Space(parse_spec({**document, "space": {**document["space"], **searched}}, "options"))
        for key, value in options.items():
            drawn = space.candidate({**space.default, key: value})
            assert any(getattr(part, key, None) == value for part in (drawn, drawn.shape, drawn.training))
