from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from experiments.config.target import Target
from experiments.evaluation.records.reasons import NoMetric, NotFitted, NotScored, TooManyClasses
from experiments.evaluation.scoring.baseline_scores import score_baseline
from experiments.evaluation.scoring.baselines import BaselineTask, FittedBaseline
from experiments.evaluation.scoring.final_score import Truth, final_score

TWO = Target(("a", "b"))
RNG = np.random.default_rng(0)
Y = RNG.integers(0, 2, 100)
X = (Y + RNG.normal(size=100))[:, None]
TASK = BaselineTask("logistic_regression", {"c": 1.0, "rows": 100, "rows_in_all": 100}, 100, 0)


class Model:
    """A fitted scikit-learn model with made-up outputs."""

    def __init__(self, outputs: Callable[[Any], Any]):
        self.decision_function = outputs


@pytest.mark.parametrize("groups", [None, np.arange(100) % 20])
@pytest.mark.parametrize("metric", ["accuracy", "neg_log_loss"])
def test_the_rules_are_the_winners(metric: str, groups: np.ndarray | None) -> None:
    model = FittedBaseline(Model(lambda x: x[:, 0] - 0.5), converged=False)
    record = score_baseline(TASK, model, metric, TWO, X, Truth(Y, groups))
    expected = final_score(metric, TWO, Truth(Y, groups), X - 0.5, None)
    assert (record.score, record.ci95) == (expected.score, expected.ci95)
    assert (record.id, record.version, record.settings) == (TASK.id, TASK.version, TASK.settings)
    assert (record.converged, record.reason) == (False, None)


@pytest.mark.parametrize("metric", ["accuracy", "neg_log_loss", "roc_auc"])
def test_outputs_that_are_not_numbers_have_no_score(metric: str) -> None:
    model = FittedBaseline(Model(lambda x: np.full(len(x), np.nan)))
    record = score_baseline(TASK, model, metric, TWO, X, Truth(Y))
    assert (record.score, record.ci95) == (None, None)
    assert isinstance(record.reason, NoMetric | NotScored)


def test_memory_that_is_short_here_is_no_outcome() -> None:
    def fails(_: Any) -> Any:
        raise MemoryError

    with pytest.raises(MemoryError):
        score_baseline(TASK, FittedBaseline(Model(fails)), "accuracy", TWO, X, Truth(Y))


def test_an_error_is_a_reason_of_one_line() -> None:
    def fails(_: Any) -> Any:
        raise ValueError("not this\nat all")

    record = score_baseline(TASK, FittedBaseline(Model(fails)), "accuracy", TWO, X, Truth(Y))
    assert (record.score, record.reason) == (None, NotScored(detail="not this"))
    unfitted = FittedBaseline(None, reason=NotFitted(detail="no"))
    assert score_baseline(TASK, unfitted, "accuracy", TWO, X, Truth(Y)).reason == NotFitted(detail="no")
    many = FittedBaseline(None, reason=TooManyClasses(limit=100))
    assert score_baseline(TASK, many, "accuracy", TWO, X, Truth(Y)).reason == TooManyClasses(limit=100)
