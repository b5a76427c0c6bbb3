"""Scores of predictions, and gains that are above 0 where a side is better."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.benchmark.gains import gain, mean_with_interval, score_of


def test_scores_are_accuracy_and_root_mean_squared_error() -> None:
    assert score_of("classification", np.array([0, 1, 2, 1]), np.array([0, 1, 1, 1])) == 0.75
    assert score_of("regression", np.array([1.0, 5.0], np.float32), np.array([1.0, 2.0])) == pytest.approx(4.5**0.5)


def test_a_lower_error_is_a_gain_and_a_lower_accuracy_a_loss() -> None:
    assert gain("classification", 0.5, 0.75) == -25.0
    assert gain("regression", 5.0, 4.0) == -25.0


def test_the_interval_is_that_of_drawn_tables() -> None:
    means = mean_with_interval([-1.0, 0.0, 0.0, 9.0])
    assert (means["mean"], means["median"]) == (2.0, 0.0)
    drawn = np.random.default_rng(5).choice([-1.0, 0.0, 0.0, 9.0], (100_000, 4)).mean(axis=1)
    assert [means["low"], means["high"]] == pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=0.26)
    assert mean_with_interval([-1.0, 0.0, 0.0, 9.0]) == means
