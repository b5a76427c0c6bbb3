"""p and the limits of a difference never contradict each other, whatever the data; and the verdict."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from experiments.config.target import Target
from experiments.evaluation.records.results import ScoreDifference
from experiments.evaluation.scoring.final_score import Truth, final_score
from experiments.evaluation.scoring.outer_score import FoldOutputs, pooled_score
from experiments.evaluation.statistics import intervals as statistics
from experiments.evaluation.statistics.claims import agreed, verdict

TWO = Target(("a", "b"))


def outputs(y: Any, right: Any) -> Any:
    return np.eye(2)[np.where(right, y, 1 - y)]


def test_rows_that_the_exact_test_does_not_tell_apart_have_zero_within_the_limits() -> None:
    """The adjusted Wald interval alone begins at 0.013 here, beside p = 0.07."""
    rows = np.arange(21)
    y = rows % 2
    record = final_score("accuracy", TWO, Truth(y), outputs(y, rows != 7), outputs(y, rows > 6))
    assert record.difference.p_value == pytest.approx(0.0703, abs=1e-4)
    assert record.difference.ci95 == pytest.approx((0.0, 0.5084), abs=1e-4)
    assert record.verdict == "no evidence either way"


def test_folds_that_all_gain_as_much_claim_no_more_than_their_sign_test() -> None:
    """The t test alone has the limits [0.6, 0.6] beside p = 0.0625."""
    y = np.arange(20) % 2
    folds = [FoldOutputs(y, outputs(y, y < 2), outputs(y, np.arange(20) < 8), None) for _ in range(5)]
    found = pooled_score("accuracy", TWO, folds, ordered=False)[0].difference
    assert found.p_value >= 0.05
    assert found.ci95[0] == 0.0 < found.ci95[1]


def test_p_is_raised_where_the_limits_were_widened_across_zero() -> None:
    wide = ScoreDifference(score=-0.2, ci95=(-0.5, 0.1), p_value=0.01, method="paired_bootstrap_rows_and_intervals")
    assert agreed(wide).p_value == pytest.approx(0.1913, abs=1e-4)  # of a normal value of 1.96 * 2 / 3
    assert agreed(wide).ci95 == wide.ci95
    assert agreed(None) is None


@pytest.mark.parametrize("metric", ["matthews_corrcoef", "f1", "accuracy"])
def test_no_difference_is_larger_than_two_scores_can_have(metric: str) -> None:
    """Of two rows Matthews' correlation had limits of -8.2 and 2."""
    y = np.arange(2)
    low, high = final_score(metric, TWO, Truth(y), outputs(y, y >= 0), outputs(y, y == 0)).difference.ci95
    reach = 2 if metric == "matthews_corrcoef" else 1
    assert -reach <= low < high <= reach


@pytest.mark.slow
def test_p_and_limits_agree_on_whatever_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 100 such cases three contradicted themselves: 23, 31 and 64."""
    monkeypatch.setattr(statistics, "_SCORE_DRAWS", 200)
    for seed in (*range(15), 23, 31, 64):
        random = np.random.default_rng(seed)
        rows, metric = int(random.choice([15, 40, 90])), str(random.choice(["accuracy", "f1", "roc_auc"]))
        y = (random.random(rows) < 0.3).astype(int)
        y[:4] = [0, 1, 0, 1]
        models = [random.normal(size=(rows, 2)) + strength * np.eye(2)[y] for strength in (2.2, 1.0)]
        found = final_score(metric, TWO, Truth(y), *models).difference
        assert (found.p_value < 0.05) == (not found.ci95[0] <= 0 <= found.ci95[1]), seed


def test_verdict():
    expected = {
        (0.02, 0.049): "helped",
        (-0.02, 0.049): "default better",
        (0.02, 0.05): "no evidence either way",
        (-0.02, 0.8): "no evidence either way",
        (0.0, 0.01): "no evidence either way",
    }
    for (score, p), answer in expected.items():
        difference = ScoreDifference(score=score, ci95=(-1, 1), p_value=p, method="mcnemar_bonett_price")
        assert verdict(difference) == answer
    assert verdict(None) == "not compared"
