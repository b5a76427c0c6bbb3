"""The interval of scores of classes with few rows holds what it says, also where all rows of a class are right."""

from __future__ import annotations

from unittest.mock import Mock

import numpy as np
import pytest

from experiments.config.target import Target
from experiments.evaluation.scoring.final_score import Truth, final_score
from experiments.evaluation.statistics.smoothed_interval import MANY_OF_CLASS, smoothed_interval
from experiments.search.label_scores import counts_of

THREE = Target(("a", "b", "c"))
Y = np.repeat([0, 1, 2], [60, 30, 6])
TRUTHS = {"balanced_accuracy": 0.9167, "matthews_corrcoef": 0.8919, "precision_macro": 0.8697}


@pytest.mark.long
@pytest.mark.parametrize("metric", ["balanced_accuracy", "matthews_corrcoef", "precision_macro"])
def test_an_interval_of_few_rows_of_a_class_holds_the_truth(metric: str, monkeypatch) -> None:
    """The percentile interval holds it in 72, 88 and 87% of samples."""
    monkeypatch.setattr("experiments.evaluation.statistics.smoothed_interval.DRAWS", 200)
    random, recalls, holds = np.random.default_rng(0), np.array([0.95, 0.95, 0.85]), 0
    for _ in range(60):
        right = random.random(len(Y)) < recalls[Y]
        predicted = np.where(right, Y, (Y + random.integers(1, 3, len(Y))) % 3)
        (low, high), _ = smoothed_interval(metric, Y, predicted, 3)
        holds += low <= TRUTHS[metric] <= high
    assert holds >= 54  # of 60; at 95% fewer have a probability of 3%


def test_six_right_rows_of_a_class_do_not_make_its_recall_certain() -> None:
    """Only rows of the first class are wrong here, so that samples show nothing of the third."""
    predicted = np.where(np.arange(len(Y)) < 3, 1, Y)
    record = final_score("balanced_accuracy", THREE, Truth(Y), np.eye(3)[predicted], None)
    assert (record.score, record.ci_method) == (pytest.approx(0.9833, abs=1e-4), "smoothed_bootstrap_rows")
    # by the percentile interval 0.962, although with a recall of 0.75 all six rows are right in 18% of samples
    assert record.ci95[0] == pytest.approx(0.847, abs=0.006)
    assert record.ci95[1] >= record.score


def test_three_right_groups_of_a_class_do_not_make_its_recall_certain() -> None:
    """Two rows of a group are right or wrong together, so that three groups tell no more than three rows."""
    predicted, groups = np.where(np.arange(len(Y)) < 3, 1, Y), np.arange(len(Y)) // 2
    record = final_score("balanced_accuracy", THREE, Truth(Y, groups), np.eye(3)[predicted], None)
    assert record.ci_method == "smoothed_bootstrap_groups"
    assert record.ci95[0] == pytest.approx(0.645, abs=0.006)  # 0.955 by the expanded percentile interval
    assert record.ci95[0] < smoothed_interval("balanced_accuracy", Y, predicted, 3)[0][0]


def test_very_many_rows_have_the_samples_that_the_record_counts(monkeypatch) -> None:
    """They were drawn 1,000 times, and the record said fewer."""
    monkeypatch.setattr("experiments.evaluation.statistics.smoothed_interval.CELLS", 300 * len(Y))
    drawn = Mock(wraps=counts_of)
    monkeypatch.setattr("experiments.evaluation.statistics.smoothed_interval.counts_of", drawn)
    record = final_score("f1_macro", THREE, Truth(Y), np.eye(3)[np.roll(Y, 1)], None)
    assert (record.ci_draws, drawn.call_count) == (300, 301)  # and one for all rows


def test_many_rows_of_each_class_need_no_more() -> None:
    y = np.arange(3 * MANY_OF_CLASS) % 3
    predicted = np.where(np.arange(len(y)) % 10 == 0, (y + 1) % 3, y)
    assert final_score("f1_macro", THREE, Truth(y), np.eye(3)[predicted], None).ci_method == "bootstrap_rows"
