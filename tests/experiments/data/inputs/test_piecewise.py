"""Bins with equally many rows, and numbers as shares of the bins below them."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from sklearn.preprocessing import KBinsDiscretizer

from experiments.data.inputs.piecewise import quantile_bins, shares

VALUES = np.random.default_rng(0).normal(3, [0.01, 5, 1e4], (203, 3))


@pytest.mark.parametrize("bins", [2, 5, 16])
def test_edges_are_the_quantiles_of_each_column(bins: int) -> None:
    column, low, high = quantile_bins(VALUES, bins)
    assert column.tolist() == [0] * bins + [1] * bins + [2] * bins
    peer = KBinsDiscretizer(bins, strategy="quantile", quantile_method="linear", subsample=None).fit(VALUES)
    for number, edges in enumerate(peer.bin_edges_):
        np.testing.assert_allclose(low[column == number], edges[:-1], rtol=1e-12)
        np.testing.assert_allclose(high[column == number], edges[1:], rtol=1e-12)


def test_bins_hold_equally_many_rows() -> None:
    column, low, high = quantile_bins(VALUES[:200, :1], 8)
    counts = [
        ((VALUES[:200, 0] >= one) & (VALUES[:200, 0] < other)).sum() for one, other in zip(low, high, strict=True)
    ]
    assert column.tolist() == [0] * 8
    assert sum(counts) == 199  # the largest is at the last edge
    assert max(counts) - min(counts) <= 1


def test_equal_edges_are_one_and_a_column_without_two_has_no_bin() -> None:
    values = np.array([[1.0, 5, np.nan], [1, 5, np.nan], [1, 5, np.nan], [2, 5, np.nan], [3, np.nan, np.nan]])
    column, low, high = quantile_bins(values, 4)
    assert column.tolist() == [0, 0]
    assert (low.tolist(), high.tolist()) == ([1, 2], [2, 3])
    assert [part.size for part in quantile_bins(values[:, :0], 4)] == [0, 0, 0]


def test_missing_numbers_move_no_edge() -> None:
    holes = np.insert(VALUES, [0, 7, 7, 150], np.nan, axis=0)
    for part, same in zip(quantile_bins(VALUES, 6), quantile_bins(holes, 6), strict=True):
        np.testing.assert_array_equal(part, same)


def test_a_share_is_the_papers_formula() -> None:
    column, low, high = quantile_bins(VALUES, 5)
    others = np.random.default_rng(1).normal(3, [0.02, 9, 2e4], (50, 3))
    encoded = shares(others[:, column], low, high)
    for row, numbers in enumerate(others):
        for bin_, number in enumerate(column):
            x = numbers[number]
            expected = 0.0 if x < low[bin_] else 1.0 if x >= high[bin_] else (x - low[bin_]) / (high[bin_] - low[bin_])
            assert encoded[row, bin_] == pytest.approx(expected, abs=1e-12)


def test_shares_add_up_to_the_rank_among_the_training_rows() -> None:
    _, low, high = quantile_bins(VALUES[:, :1], 10)
    order = np.sort(VALUES[:, 0])
    total = shares(np.repeat(order[:, None], 10, axis=1), low, high).sum(axis=1)
    assert (np.diff(total) > 0).all()
    np.testing.assert_allclose(total, 10 * np.arange(203) / 202, atol=0.7)
    assert (total[0], total[-1]) == (0, 10)


def test_far_numbers_are_0_or_1_and_missing_ones_are_0() -> None:
    _, low, high = quantile_bins(np.array([[0.0], [5e-324], [1.0]]), 2)
    far = np.array([[-1e100], [1e100], [np.nan], [np.inf]])
    encoded = shares(np.repeat(far, len(low), axis=1), low, high)
    assert encoded.tolist() == [[0, 0], [1, 1], [0, 0], [1, 1]]


def test_shares_take_little_more_memory_than_they_hold() -> None:
    values = np.random.default_rng(0).normal(size=(4096, 64))
    low, high = np.full(64, -1.0), np.full(64, 1.0)
    expected = (np.clip(values, low, high) - low) / (high - low)
    tracemalloc.start()
    found = shares(values, low, high)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.tobytes() == expected.tobytes()
    assert peak < 1.5 * found.nbytes
