"""The one-standard-error rule, on scores whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.evaluation.analysis.one_standard_error import (
    fold_errors,
    paired_errors,
    smallest_in_draws,
    smallest_within,
)


def test_the_error_is_that_of_the_paired_difference() -> None:
    """What both scores share takes no part in it: two hit rates that vary by 0.014 differ by 0.004 or so."""
    random = np.random.default_rng(0)
    hard = random.random(1000) < 0.3
    first, second = ~hard, ~hard ^ (random.random(1000) < 0.02)
    rows = random.integers(1000, size=(4000, 1000))
    draws = np.stack([first[rows].mean(axis=1), second[rows].mean(axis=1)], axis=1)
    errors = paired_errors(draws, best=0)
    differences = first.astype(float) - second
    assert errors[0] == 0
    assert errors[1] == pytest.approx(differences.std() / np.sqrt(1000), rel=0.05)
    assert errors[1] < 0.4 * first.std() / np.sqrt(1000)


def test_the_error_of_folds_is_widened_for_their_shared_rows() -> None:
    """Differences of 0.01, 0.02 and 0.03 have a deviation of 0.01; in three folds a row is held out for two others."""
    scores = np.array([[0.9, 0.7, 0.8], [0.89, 0.68, 0.77]])
    assert fold_errors(scores, best=0, ratio=0.5) == pytest.approx([0.0, 0.01 * np.sqrt(1 / 3 + 0.5)])


def test_one_standard_error_is_inside_and_a_little_more_is_not() -> None:
    sizes = np.array([10, 30])
    assert smallest_within(np.array([0.5, 0.75]), 1, np.array([0.25, 0.0]), sizes) == 0
    assert smallest_within(np.array([0.5, 0.75]), 1, np.array([0.2499, 0.0]), sizes) == 1


def test_of_equally_small_networks_the_better_one_is_chosen_and_of_equals_the_first() -> None:
    errors, sizes = np.full(5, 0.1), np.array([30, 10, 10, 10, 5])
    assert smallest_within(np.array([0.9, 0.85, 0.87, 0.87, 0.2]), 0, errors, sizes) == 2
    assert smallest_within(np.array([0.9, 0.8, 0.8, 0.8, 0.2]), 0, np.zeros(5), sizes) == 0
    assert smallest_within(np.array([0.9, 0.9]), 0, np.zeros(2), np.array([7, 7])) == 0


def test_in_each_draw_the_rule_starts_from_the_draws_own_best() -> None:
    random, sizes = np.random.default_rng(0), np.array([40, 20, 10])
    draws = random.normal([0.8, 0.8, 0.7], 0.05, size=(200, 3))
    chosen = smallest_in_draws(draws, sizes)
    for draw, found in zip(draws, chosen.tolist(), strict=True):
        best = int(draw.argmax())
        errors = (draws[:, [best]] - draws).std(axis=0, ddof=1)
        inside = [at for at in range(3) if draw[best] - draw[at] <= errors[at]]
        assert found == max(inside)  # the sizes fall
    assert set(chosen.tolist()) == {0, 1, 2}
