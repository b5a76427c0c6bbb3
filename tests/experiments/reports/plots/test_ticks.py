from __future__ import annotations

import pytest

from experiments.reports.plots.ticks import decimals_of, linear_ticks, log_ticks, number_ticks, short_number


@pytest.mark.parametrize(
    ("low", "high", "most", "ticks"),
    [
        (0.93, 0.975, 6, [0.93, 0.94, 0.95, 0.96, 0.97]),
        (0, 39, 8, [0, 5, 10, 15, 20, 25, 30, 35]),
        (-0.035, 0.035, 5, [-0.02, 0, 0.02]),
        (1e-9, 4e-9, 5, [1e-9, 2e-9, 3e-9, 4e-9]),
        (29_000, 34_000, 5, [29_000, 30_000, 31_000, 32_000, 33_000, 34_000]),
        (-1_200_000, 3_000_000, 5, [-1_000_000, 0, 1_000_000, 2_000_000, 3_000_000]),
        (0.3, 0.3, 5, []),
    ],
)
def test_ticks_are_round_numbers_of_the_range(low, high, most, ticks):
    assert linear_ticks(low, high, most) == pytest.approx(ticks, abs=1e-15)


def test_there_are_never_more_gaps_than_asked_for_nor_less_than_two_fifths_of_them():
    for power in range(-8, 9):
        for low, span in ((0, 1), (0.31, 0.7), (-5.2, 9.99), (7.7, 2.01)):
            ticks = linear_ticks(low * 10**power, (low + span) * 10**power, 5)
            assert 2 <= len(ticks) <= 6
            assert len({round(value, 12 - power) for value in ticks}) == len(ticks)


def test_whole_numbers_stay_whole():
    assert linear_ticks(0, 2, 5, whole=True) == [0, 1, 2]
    assert linear_ticks(0.2, 0.8, 5, whole=True) == []


def test_powers_are_left_out_evenly_where_they_are_many():
    assert log_ticks(1e-9, 1, 10) == pytest.approx([1e-9, 1e-7, 1e-5, 1e-3, 1e-1])
    assert log_ticks(16, 256, 2) == [16, 32, 64, 128, 256]


def test_labels_of_an_axis_have_the_same_decimals():
    assert [label for _, label in number_ticks(0.0, 0.16, 4)] == ["0.00", "0.05", "0.10", "0.15"]
    assert [label for _, label in number_ticks(-1500, 1500, 3)] == ["−1,000", "0", "1,000"]
    assert [label for _, label in number_ticks(0, 3e-8, 3)] == ["0", "1e-8", "2e-8", "3e-8"]
    assert [label for _, label in number_ticks(0, 3e8, 3)] == ["0", "1e8", "2e8", "3e8"]
    assert decimals_of([0.5]) == 0


def test_labels_with_a_power_of_ten_are_the_numbers_at_which_they_stand():
    for low, high in ((0, 3.2e9), (1e9, 1.01e9), (-1.6e-6, 1.6e-6), (2e7, 2.0001e7), (0, 3.5e-12)):
        ticks = number_ticks(low, high, 7)
        assert len({label for _, label in ticks}) == len(ticks) > 2
        assert [float(label.replace("−", "-")) for _, label in ticks] == pytest.approx([tick for tick, _ in ticks])
    for x in (1.5e-4, 150_000.0, 1 / 3 * 1e-5):
        assert float(short_number(x)) == pytest.approx(x, rel=1e-2)
