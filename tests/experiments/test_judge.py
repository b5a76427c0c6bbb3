from __future__ import annotations

import numpy as np
import pytest

from experiments.judge import judge
from experiments.reports import statistics
from experiments.target import Target

TWO = Target(("a", "b"))
RNG = np.random.default_rng(0)
Y = RNG.integers(0, 2, 200)
GOOD = np.stack([1.0 - Y, Y], axis=1) * 2 + RNG.normal(size=(200, 2))
BAD = RNG.normal(size=(200, 2))


@pytest.fixture(autouse=True)
def fewer_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "_SCORE_DRAWS", 300)


@pytest.mark.parametrize("metric", ["accuracy", "neg_log_loss", "f1_macro"])
def test_a_better_model_is_found_to_be_better(metric: str) -> None:
    judged = judge(metric, TWO, Y, GOOD, BAD)
    assert judged.default is not None
    assert judged.difference is not None
    assert judged.ci95[0] < judged.score < judged.ci95[1]
    assert judged.difference.score == pytest.approx(judged.score - judged.default)
    assert judged.difference.p_value < 0.01
    assert judged.difference.ci95[0] > 0


@pytest.mark.parametrize("metric", ["accuracy", "neg_log_loss", "f1_macro"])
def test_the_same_model_is_no_better(metric: str) -> None:
    judged = judge(metric, TWO, Y, GOOD, GOOD)
    assert judged.difference is not None
    assert (judged.difference.score, judged.difference.p_value) == (0.0, 1.0)


@pytest.mark.parametrize("metric", ["accuracy", "neg_log_loss", "roc_auc"])
def test_without_a_default_there_is_no_difference(metric: str) -> None:
    judged = judge(metric, TWO, Y, GOOD, None)
    assert (judged.default, judged.difference) == (None, None)


@pytest.mark.parametrize("metric", ["f1_macro", "neg_log_loss"])
def test_the_same_outputs_give_the_same_interval(metric: str) -> None:
    assert judge(metric, TWO, Y, GOOD, BAD) == judge(metric, TWO, Y, GOOD, BAD)
