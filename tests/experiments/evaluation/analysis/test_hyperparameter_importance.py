from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest

from experiments.config.candidate import Hyperparameters
from experiments.config.space import Space
from experiments.config.study_file import parse_spec
from experiments.evaluation.analysis.hyperparameter_importance import importances
from experiments.evaluation.records.reasons import EqualScores, TooFewTrials
from experiments.search.trial import Curves, FinishedTrial, TrialResult

DOCUMENT: dict[str, Any] = {
    "study": {"name": "made up"},
    "data": {"source": "moons"},
    "space": {
        "learning_rate": {"low": 1e-4, "high": 1e-1, "log": True},
        "hidden_layers": {"low": 1, "high": 3},
        "hidden_units": {"low": 4, "high": 64, "log": True},
        "dropout": {"choices": [0.25]},
    },
}


@pytest.fixture
def space() -> Space:
    return Space(parse_spec(DOCUMENT, "made up"))


def told(number: int, params: Hyperparameters, value: float | None, state: Any = "COMPLETE") -> FinishedTrial:
    curves = Curves((), (), (), ())
    return FinishedTrial(params, TrialResult(number, state, "", value, value, 1, 0.0, (), curves))


def drawn(count: int, seed: int = 0) -> list[Hyperparameters]:
    chance = np.random.default_rng(seed)
    return [
        {
            "learning_rate": float(10 ** chance.uniform(-4, -1)),
            "hidden_layers": int(chance.integers(1, 4)),
            **{f"hidden_units_{layer}": int(chance.integers(4, 65)) for layer in (1, 2, 3)},
            "dropout": 0.25,
        }
        for _ in range(count)
    ]


def by_rate(params: Hyperparameters) -> float:
    return -abs(math.log10(float(params["learning_rate"])) + 2.5)


def test_what_the_score_depends_on_comes_first_whatever_the_order_of_the_draws(space: Space) -> None:
    trials = [told(number, params, by_rate(params)) for number, params in enumerate(drawn(60))]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        record = importances(trials, space)
    assert set(record.values) == set(space.distributions)
    assert next(iter(record.values)) == "learning_rate"
    assert record.values["learning_rate"] > 0.5
    assert record.values["dropout"] == 0.0
    assert sum(record.values.values()) == pytest.approx(1, abs=1e-5)
    assert list(record.values.values()) == sorted(record.values.values(), reverse=True)
    assert importances(trials, space) == record
    assert (record.evaluator, record.better) == ("ped_anova_pruned", 0.25)


def test_the_size_of_a_layer_that_is_not_there_says_nothing(space: Space) -> None:
    params = [{**one, "hidden_layers": 1 + number % 2} for number, one in enumerate(drawn(60))]
    record = importances([told(number, one, by_rate(one)) for number, one in enumerate(params)], space)
    other = [{**one, "hidden_units_3": 4 + number % 7} for number, one in enumerate(params)]
    assert record.values["hidden_units_3"] == 0.0
    assert importances([told(number, one, by_rate(one)) for number, one in enumerate(other)], space) == record


@pytest.mark.long
def test_the_largest_share_by_luck_is_that_of_scores_without_meaning(space: Space) -> None:
    """A parameter that decides is beyond it, and of 4 searches of noise at most one is."""
    clear = importances([told(number, one, by_rate(one)) for number, one in enumerate(drawn(60))], space)
    assert 0.3 < clear.by_luck < clear.values["learning_rate"]
    beyond = 0
    for seed in range(4):
        chance = np.random.default_rng(seed)
        noise = [told(number, one, float(chance.normal())) for number, one in enumerate(drawn(30, seed))]
        record = importances(noise, space)
        beyond += max(record.values.values()) > record.by_luck
    assert beyond <= 1


def test_dropout_without_hidden_layers_says_nothing() -> None:
    rules = {**DOCUMENT["space"], "hidden_layers": {"low": 0, "high": 3}, "dropout": {"low": 0.0, "high": 0.5}}
    space = Space(parse_spec(DOCUMENT | {"space": rules}, "made up"))
    params = [{**one, "hidden_layers": number % 2, "dropout": 0.01 * number} for number, one in enumerate(drawn(40))]
    record = importances([told(number, one, by_rate(one)) for number, one in enumerate(params)], space)
    other = [{**one, "dropout": 0.5 if one["hidden_layers"] == 0 else one["dropout"]} for one in params]
    assert importances([told(number, one, by_rate(one)) for number, one in enumerate(other)], space) == record


def test_too_little_is_a_reason(space: Space) -> None:
    params = drawn(25)
    few = [told(number, one, by_rate(one)) for number, one in enumerate(params[:19])]
    failed = [told(number, one, None, "FAIL") for number, one in enumerate(params, start=19)]
    outside = told(90, {**params[0], "learning_rate": 5.0}, 1.0)
    assert importances([*few, *failed, outside], space) == TooFewTrials(trials=19, least=20, ended=19)
    pruned = [told(number, one, None, "PRUNED") for number, one in enumerate(drawn(20), start=19)]
    assert importances([*few[:6], *pruned], space) == TooFewTrials(trials=6, least=7, ended=26)
    assert importances([*few[:6], *pruned[:4]], space) == TooFewTrials(trials=6, least=20, ended=10)
    alike = [told(number, one, 0.5) for number, one in enumerate(params)]
    assert importances(alike, space) == EqualScores()


def test_pruned_trials_are_among_the_others(space: Space) -> None:
    params = sorted(drawn(40), key=by_rate, reverse=True)
    complete = [told(number, one, by_rate(one)) for number, one in enumerate(params)]
    pruned = [told(number, one, None, "PRUNED") for number, one in enumerate(params[10:], start=10)]
    assert importances([*complete[:10], *pruned], space) == importances(complete, space)
