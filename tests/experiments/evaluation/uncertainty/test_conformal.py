"""Quantiles by counting, and the coverage that they have on rows of the same kind."""

from __future__ import annotations

import math

import numpy as np
import pytest

from experiments.evaluation.uncertainty.conformal import THOUSANDTHS, checks_of, in_set, level_name, quantiles_of


@pytest.mark.parametrize("rows", [1, 9, 10, 57, 99, 199, 1000])
def test_the_quantile_is_the_smallest_error_that_counts_for_one_row_more(rows: int) -> None:
    errors = np.random.default_rng(rows).permutation(rows) + 1.0
    found = quantiles_of(errors, np.arange(rows))
    for thousandths in THOUSANDTHS:
        place = -(-(rows + 1) * thousandths // 1000)
        assert found.get(level_name(thousandths)) == (place if place <= rows else None)


def test_equal_errors_are_within_the_quantile() -> None:
    errors = np.full(30, 1 / 3)
    for quantile in quantiles_of(errors, np.arange(30)).values():
        assert 1 / 3 <= quantile <= 1 / 3 + 1e-9


def test_a_level_is_the_coverage_over_draws() -> None:
    chance, inside = np.random.default_rng(0), []
    for _ in range(3000):
        errors = np.abs(chance.normal(size=20))
        inside.append(abs(chance.normal()) <= quantiles_of(errors[:19], np.arange(19))["0.9"])
    assert np.mean(inside) == pytest.approx(18 / 20, abs=0.02)


def test_a_group_counts_once_whatever_its_size() -> None:
    units = np.array([0, 1, 1, 2, 2, 2, 3, 3, 3, 3])
    errors = np.array([5.0, 1, 9, 2, 2, 8, 3, 3, 3, 7])
    # weights in order of the errors: 1: 1/2, 2: 2/3, 3: 3/4, 5: 1, 7: 1/4, 8: 1/3, 9: 1/2
    found = quantiles_of(errors, units)
    assert {level: found[level] for level in ("0.5", "0.6", "0.7", "0.8")} == {
        "0.5": 5.0,  # 2.5 of 4
        "0.6": 7.0,  # 3.0
        "0.7": 8.0,  # 3.5
        "0.8": 9.0,  # 4.0, which are all
    }
    assert "0.81" not in found


def test_groups_of_one_size_do_not_miss_a_level_by_rounding() -> None:
    for size in (3, 6, 7, 49):
        units = np.repeat(np.arange(9), size)
        assert quantiles_of(units + 1.0, units)["0.9"] == 9.0


def test_new_groups_are_covered_where_rows_alone_would_not_be() -> None:
    chance, inside, pooled = np.random.default_rng(1), [], []
    for _ in range(600):
        sizes = chance.choice([1, 40], 19)
        units = np.repeat(np.arange(19), sizes)
        scale = np.exp(np.where(sizes == 1, 1.0, 0.0))  # small groups have the large errors
        errors = np.abs(chance.normal(size=len(units))) * scale[units]
        new = abs(chance.normal()) * math.exp(float(chance.integers(2)))
        inside.append(new <= quantiles_of(errors, units)["0.9"])
        pooled.append(new <= quantiles_of(errors, np.arange(len(errors)))["0.9"])
    assert np.mean(inside) == pytest.approx(0.92, abs=0.04)
    assert np.mean(pooled) < 0.85


def test_coverage_is_that_of_each_fold_by_the_errors_of_the_others() -> None:
    folds = np.repeat([0, 1], 20)
    errors = np.concatenate([np.arange(1.0, 21), 10 * np.arange(1.0, 21)])
    found = {check.level: check for check in checks_of(errors, np.arange(40), folds)}
    # ceil(21 * 0.8) = 17 of fold 1 is 170, which all of fold 0 are within; 17 of fold 0, which 1 of fold 1 is within
    assert (found[0.8].coverage, found[0.8].size) == (21 / 40, (170 + 17) / 2)
    assert list(found) == [0.8, 0.9, 0.95]
    assert found[0.95].size == (200 + 20) / 2
    assert [check.level for check in checks_of(errors[10:30], np.arange(20), folds[10:30])] == [0.8, 0.9]
    assert checks_of(errors[19:21], np.arange(2), np.array([0, 1])) == ()


def test_a_unit_counts_once_in_the_coverage() -> None:
    units = np.array([*range(20), *np.full(20, 20), *range(21, 40)])
    folds = (units >= 20).astype(int)
    errors = np.where(units == 20, 99.0, 1.0)
    (first, *_) = checks_of(errors, units, folds)
    assert first.coverage == pytest.approx(39 / 40)


def test_a_set_has_the_classes_within_the_limit_and_the_most_probable() -> None:
    errors = np.array([[0.1, 0.9, 1.0], [0.4, 0.6, 1.0], [0.7, 0.7, 0.6]])
    assert in_set(errors, 0.65).astype(int).tolist() == [[1, 0, 0], [1, 1, 0], [0, 0, 1]]
    assert in_set(errors, 0.05).astype(int).tolist() == [[1, 0, 0], [1, 0, 0], [0, 0, 1]]
    assert in_set(errors, 1.0).all()


def test_the_size_of_sets_is_their_number_of_classes() -> None:
    shares = np.array([[0.7, 0.2, 0.1], [0.5, 0.4, 0.1]] * 20)
    folds, y = np.arange(40) // 20, np.array([0, 1] * 20)
    sizes = 1 - shares
    found = checks_of(sizes[np.arange(40), y], np.arange(40), folds, sizes)
    assert [(check.level, check.coverage, check.size) for check in found] == [
        (0.8, 1.0, 1.5),  # classes of a probability of 0.4 and more
        (0.9, 1.0, 1.5),
        (0.95, 1.0, 1.5),
    ]
