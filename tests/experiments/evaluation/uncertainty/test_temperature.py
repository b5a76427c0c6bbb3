"""Temperatures against the formula, and what decides whether one is kept."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from experiments.evaluation.records.analysis_record import UncertaintyRecord
from experiments.evaluation.uncertainty.temperature import (
    LEAST,
    MOST,
    choose_temperature,
    fit_temperature,
    scaled,
    temperatures_of,
)
from experiments.evaluation.validation_rows import ValidationRows
from nnet.arrays import Array, Targets
from nnet.metrics import log_likelihood, predicted_labels


def drawn(rows: int, sharpness: float, seed: int = 0) -> tuple[Array, Targets]:
    """Return logits, and labels drawn with the probabilities of the logits divided by the sharpness."""
    chance = np.random.default_rng(seed)
    z = 2.0 * chance.normal(size=(rows, 3))
    shares = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    y = (shares.cumsum(axis=1) < chance.random((rows, 1))).sum(axis=1)
    return sharpness * z, y


def rows_of(y: Targets, folds: int = 5, units: Targets | None = None) -> ValidationRows:
    at = np.arange(len(y))
    return ValidationRows(at, at % folds, y, at if units is None else units)


@pytest.mark.parametrize("outputs", [1, 2])
def test_it_brings_a_probability_to_the_share_of_hits(outputs: int) -> None:
    z, y = np.array([[0.0, 2.0]] * 100)[:, -outputs:], np.repeat([0, 1], [25, 75])
    share = 75.5 / 101  # 75 of 100 rows, and half of one row more
    assert fit_temperature(z, y) == pytest.approx(2 / math.log(share / (1 - share)), rel=5e-4)


def test_it_undoes_a_factor_of_the_logits() -> None:
    for sharpness in (0.5, 1.0, 3.0):
        z, y = drawn(20_000, sharpness)
        assert fit_temperature(z, y) == pytest.approx(sharpness, rel=0.03)


def test_it_has_the_least_log_loss_of_all_temperatures() -> None:
    z, y = drawn(2_000, 1.7)
    found = fit_temperature(z, y)
    losses = {factor: -log_likelihood(scaled(z, found * factor), y).mean() for factor in (0.9, 0.98, 1.0, 1.02, 1.1)}
    assert min(losses, key=losses.__getitem__) == 1.0


def test_rows_that_are_all_right_or_all_wrong_have_a_bounded_one() -> None:
    z, y = np.eye(3)[np.arange(30) % 3], np.arange(30) % 3
    assert LEAST < fit_temperature(z, y) < 0.5
    assert fit_temperature(z, (y + 1) % 3) == MOST
    assert fit_temperature(z[:0], y[:0]) == 1.0
    assert fit_temperature(1e-9 * z, y) == LEAST
    assert fit_temperature(1e4 * z, (y + 1) % 3) == MOST  # exp of it overflows


def test_it_has_four_digits_and_does_not_follow_last_bits() -> None:
    z, y = drawn(500, 2.0)
    found = fit_temperature(z, y)
    assert found == float(f"{found:.4g}")
    assert fit_temperature(z * (1 + 1e-12), y) == fit_temperature(z + 7.0, y) == found


def test_no_prediction_changes() -> None:
    z, _ = drawn(500, 1.0)
    for temperature in (0.3, 1.0, 7.0):
        assert (predicted_labels(scaled(z, temperature)) == predicted_labels(z)).all()
    assert scaled(z.astype(np.float32), 1.0).dtype == np.float32


def test_it_is_kept_where_it_helps_on_the_fold_left_out() -> None:
    z, y = drawn(400, 3.0)
    sharp = choose_temperature(z, rows_of(y))
    assert sharp.kept
    assert sharp.value == fit_temperature(z, y)
    folds = np.arange(400) % 5
    assert sharp.of_folds == tuple(fit_temperature(z[folds != fold], y[folds != fold]) for fold in range(5))
    losses = -log_likelihood(z, y), -log_likelihood(z / np.array(sharp.of_folds)[folds, None], y)
    assert (sharp.loss, sharp.scaled_loss) == tuple(loss.mean() for loss in losses)
    gains = losses[0] - losses[1]
    assert sharp.gain == pytest.approx(gains.mean(), abs=1e-12)
    assert sharp.standard_error == pytest.approx(gains.std(ddof=1) / 20)
    assert sharp.gain > sharp.standard_error


def test_it_is_not_kept_where_probabilities_hold_already() -> None:
    kept = []
    for seed in range(40):
        z, y = drawn(300, 1.0, seed)
        found = choose_temperature(z, rows_of(y))
        kept.append(found.kept)
        assert found.value == 1.0 or found.kept
    assert sum(kept) <= 8


def test_a_fold_has_no_say_in_its_own_temperature() -> None:
    z, y = drawn(300, 2.0)
    before = choose_temperature(z, rows_of(y)).of_folds
    spoilt = np.where(np.arange(300) % 5 == 2, (y + 1) % 3, y)
    after = choose_temperature(z, rows_of(spoilt)).of_folds
    assert [here == there for here, there in zip(before, after, strict=True)] == [False, False, True, False, False]


def test_a_row_of_repeated_folds_is_left_out_with_its_other_predictions() -> None:
    z, y = drawn(100, 2.0)
    twice, rows = np.concatenate([z, z + 0.1 * np.eye(3)[y]]), np.tile(np.arange(100), 2)
    folds = np.concatenate([np.arange(100) % 2, 2 + np.arange(100) // 50])
    found = choose_temperature(twice, ValidationRows(rows, folds, np.tile(y, 2), rows))
    others = ~np.isin(rows, rows[folds == 3])
    assert found.of_folds[3] == fit_temperature(twice[others], np.tile(y, 2)[others])


def test_the_error_is_over_units() -> None:
    z, y = drawn(200, 2.0)
    alone = choose_temperature(z, rows_of(y))
    folds = np.arange(200) // 40
    together = choose_temperature(z, replace(rows_of(y), folds=folds, units=folds))
    sums = np.bincount(folds, -log_likelihood(z, y) + log_likelihood(z / np.array(together.of_folds)[folds, None], y))
    assert together.standard_error == pytest.approx((sums / 40).std(ddof=1) / math.sqrt(5))
    assert together.standard_error != alone.standard_error
    one = choose_temperature(z, rows_of(y, folds=1, units=np.zeros(200, int)))
    assert (one.standard_error, one.kept, one.value) == (None, False, 1.0)


def test_winner_and_default_have_their_own() -> None:
    z, y = drawn(400, 3.0)
    mine = choose_temperature(z, rows_of(y))
    record = UncertaintyRecord(
        score="missing_probability",
        units=400,
        by="rows",
        quantiles={},
        checks=(),
        temperature=mine,
        default_temperature=None,
    )
    assert temperatures_of(record) == (mine.value, 1.0)
    assert temperatures_of(replace(record, default_temperature=mine, temperature=None)) == (1.0, mine.value)
    assert temperatures_of(None) == (1.0, 1.0)
