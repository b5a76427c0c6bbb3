from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from experiments.config.space import Space
from experiments.config.target import Target
from experiments.data.prepare import StudyData
from experiments.evaluation.refit import RefitTask, outputs, refit
from nnet.batches import FoldData


@pytest.fixture
def everything(data: StudyData) -> FoldData:
    x = data.development.features.astype(np.float32)
    return FoldData(x, data.development.y, np.arange(len(x)), np.empty(0, np.intp))


def test_it_trains_for_the_epochs_it_is_told_and_is_pure(space: Space, everything: FoldData) -> None:
    task = RefitTask(4, space.candidate(space.default), epochs=5, seed=1)
    once, again = refit(task, [everything], Target(("a", "b"))), refit(task, [everything], Target(("a", "b")))
    assert len(once.losses) == 5
    assert once.losses[-1] < once.losses[0]
    assert np.array_equal(once.parameters, again.parameters)


def test_outputs_are_those_of_the_trained_network(space: Space, everything: FoldData) -> None:
    candidate = space.candidate(space.default)
    longer = replace(candidate, training=replace(candidate.training, epochs=60))
    model = refit(RefitTask(4, longer, epochs=60, seed=1), [everything], Target(("a", "b")))
    predicted = outputs(model, everything.x).argmax(axis=-1)
    assert (predicted == everything.y).mean() > 0.8
