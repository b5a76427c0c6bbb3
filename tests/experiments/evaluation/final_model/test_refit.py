"""A refit is the mean of networks that differ in their seeds alone, and ends where [final] says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from experiments.config.space import Space
from experiments.config.study_file import parse_spec
from experiments.config.target import Target
from experiments.data.prepare import StudyData
from experiments.evaluation.final_model.refit import RefitTask, network_of, outputs, refit, refit_task, trained_again
from experiments.search.context import StudyContext
from experiments.search.target_scaling import TargetScaler
from experiments.search.trial import Curves, FinishedTrial, TrialResult
from nnet.batches import FoldData

CLASSES = Target(("a", "b"))


@pytest.fixture
def everything(data: StudyData) -> FoldData:
    x = data.development.features.astype(np.float32)
    return FoldData(x, data.development.y, np.arange(len(x)), np.empty(0, np.intp))


def test_it_trains_for_the_epochs_it_is_told_and_is_pure(space: Space, everything: FoldData) -> None:
    task = RefitTask(4, space.candidate(space.default), epochs=5, seed=1)
    once, again = refit(task, [everything], CLASSES), refit(task, [everything], CLASSES)
    assert len(once.losses) == 5
    assert once.losses[-1] < once.losses[0]
    assert np.array_equal(once.parameters, again.parameters)


def test_outputs_are_those_of_the_trained_network(space: Space, everything: FoldData) -> None:
    candidate = space.candidate(space.default)
    longer = replace(candidate, training=replace(candidate.training, epochs=60))
    model = refit(RefitTask(4, longer, epochs=60, seed=1), [everything], CLASSES)
    predicted = outputs(model, everything.x).argmax(axis=-1)
    assert (predicted == everything.y).mean() > 0.8


def test_the_first_member_is_the_only_one_of_a_single_network(space: Space, everything: FoldData) -> None:
    task = RefitTask(4, space.candidate(space.default), epochs=5, seed=1)
    one, five = (refit(replace(task, members=members), [everything], CLASSES) for members in (1, 5))
    assert (one.parameters.shape[0], five.parameters.shape[0]) == (1, 5)
    assert one.parameters[0].tobytes() == five.parameters[0].tobytes()
    assert len({member.tobytes() for member in five.parameters}) == 5
    assert outputs(one, everything.x).tobytes() == network_of(five).predict(everything.x, 0).tobytes()
    assert one.losses != five.losses
    assert len(five.losses) == 5


@pytest.mark.parametrize("loss", ["cross_entropy", "binary_cross_entropy"])
def test_probabilities_of_classes_are_averaged(space: Space, everything: FoldData, loss: str) -> None:
    candidate = space.candidate(space.default)
    task = RefitTask(4, replace(candidate, training=replace(candidate.training, loss=loss)), 5, 1, members=3)
    model = refit(task, [everything], CLASSES)
    of_each = network_of(model).predict_folds(everything.x, slice(0, 3)).astype(np.float64)
    if loss == "cross_entropy":
        second = np.exp(of_each[:, :, 1]) / np.exp(of_each).sum(axis=-1)
        z = outputs(model, everything.x)
        found = np.exp(z[:, 1]) / np.exp(z).sum(axis=-1)
    else:
        second, z = 1 / (1 + np.exp(-of_each[:, :, 0])), outputs(model, everything.x)
        found = 1 / (1 + np.exp(-z[:, 0]))
    np.testing.assert_allclose(found, second.mean(axis=0), rtol=1e-12)
    assert z.dtype == np.float64


@pytest.mark.parametrize("log", [False, True])
def test_numbers_are_averaged_as_the_networks_output_them(space: Space, everything: FoldData, log: bool) -> None:
    candidate = space.candidate(space.default)
    y = np.exp(everything.x[:, 0].astype(np.float64))
    numbers = replace(candidate, training=replace(candidate.training, loss="mean_squared_error"))
    model = refit(RefitTask(4, numbers, 5, 1, members=3), [replace(everything, y=y)], Target(log=log))
    of_each = network_of(model).predict_folds(everything.x, slice(0, 3)).astype(np.float64)
    assert model.units != TargetScaler()
    expected = model.units.restored(of_each.mean(axis=0))
    np.testing.assert_allclose(outputs(model, everything.x), expected, rtol=1e-13)


def asked(task: dict[str, Any], final: dict[str, Any], best: int, data: StudyData) -> RefitTask:
    """The refit of a trial whose best epoch is known, of 20."""
    document = {
        "study": {"name": "moons", "seed": 3},
        "data": {"source": "moons"},
        "training": {"epochs": 20, **task},
        "space": {"l2": {"low": 1e-6, "high": 0.1, "log": True}},
        "final": final,
    }
    spec = parse_spec(document, "moons").with_inferred_settings("classification", "StratifiedKFold")
    result = TrialResult(2, "COMPLETE", "", 0.9, 0.9, best, 0.1, (0.9,), Curves((), (), (), (), ()))
    study = StudyContext(spec, Space(spec), data)
    trial = FinishedTrial(study.space.default, result)
    assert trained_again(study, trial).epochs == best
    return refit_task(study, trial)


@pytest.mark.parametrize(
    ("training", "final", "best", "epochs", "horizon"),
    [
        ({}, {}, 7, 7, 20),
        ({}, {"epochs": 50}, 7, 18, 50),  # 17.5, to the even number
        ({}, {"epochs": 10}, 1, 1, 10),  # 0.5, but at least one
        ({"schedule": "cosine"}, {"epochs": 40}, 5, 10, 40),  # it falls to a tenth
        ({"schedule": "cosine", "decay": 0.0}, {}, 5, 5, 20),
        ({"schedule": "cosine", "decay": 0.0}, {"epochs": 40}, 5, 40, 40),
        ({"schedule": "one_cycle"}, {"epochs": 8}, 5, 8, 8),
        ({"schedule": "step"}, {"epochs": 8}, 5, 2, 8),
        ({"schedule": "exponential", "decay": 0.01}, {"epochs": 8}, 20, 8, 8),
    ],
)
def test_a_horizon_of_its_own_is_trained_to_the_same_share_or_whole(
    training: dict[str, Any], final: dict[str, Any], best: int, epochs: int, horizon: int, data: StudyData
) -> None:
    task = asked(training, final, best, data)
    assert (task.epochs, task.candidate.training.epochs, task.members) == (epochs, horizon, 5)
    assert (task.number, task.seed) == (2, 3)


def test_a_rate_follows_the_horizon(everything: FoldData, data: StudyData) -> None:
    short, long = (
        refit(
            asked({"schedule": "cosine", "decay": 0.0}, {"members": 1, "epochs": epochs}, 5, data),
            [everything],
            CLASSES,
        )
        for epochs in (2, 4)
    )
    assert (len(short.losses), len(long.losses)) == (2, 4)
    assert short.losses[0] != long.losses[0]
