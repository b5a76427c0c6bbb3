"""Blocks of consecutive rows are of one size, whole in time, and shared by no two parts of a table."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.data.splits.drawn_together import BLOCKS, time_blocks
from experiments.evaluation.statistics.exchanges import exchange_test
from experiments.evaluation.statistics.intervals import resampled


def test_blocks_are_consecutive_whatever_the_order_of_the_rows() -> None:
    time = np.random.default_rng(0).permutation(100)
    rows = np.flatnonzero(time >= 50)
    blocks = time_blocks(time, rows)
    assert len(np.unique(blocks)) == BLOCKS
    for block in np.unique(blocks):
        assert np.ptp(time[rows[blocks == block]]) == 4
        assert block == time[rows[blocks == block]].min()
    assert not set(blocks) & set(time_blocks(time, np.flatnonzero(time < 50)))


def test_a_moment_is_in_one_block_and_few_moments_are_blocks() -> None:
    assert time_blocks(np.array([3, 3, 1, 2, 2]), np.arange(5)).tolist() == [2, 2, 0, 1, 1]


def test_rows_in_a_time_order_claim_less_than_independent_ones() -> None:
    """Of gains that wander around 0, single rows find a difference in most cases, and blocks in few."""
    single = blocked = 0
    for seed in range(40):
        noise = np.random.default_rng(seed).normal(size=300)
        gains = np.zeros(300)
        for at in range(1, 300):
            gains[at] = 0.9 * gains[at - 1] + noise[at]
        gains, rows = gains[100:], np.arange(200)
        low, high = resampled([lambda drawn, of=gains: float(of[drawn].mean())], 200)[0].interval()
        single += not low <= 0 <= high
        outputs, none = gains[:, None], np.zeros((200, 1))
        test = exchange_test(lambda z: float(z.mean()), outputs, none, time_blocks(rows, rows))
        blocked += test.p_value < 0.05
    assert blocked <= 10 < 20 <= single


@pytest.mark.parametrize("rows", [1, 2, 9, 11, 1000])
def test_blocks_have_nearly_the_same_number_of_moments(rows: int) -> None:
    _, counts = np.unique(time_blocks(np.arange(rows), np.arange(rows)), return_counts=True)
    assert len(counts) == min(rows, BLOCKS)
    assert np.ptp(counts) <= 1
