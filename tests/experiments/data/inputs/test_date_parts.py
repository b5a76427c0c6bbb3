"""The parts of dates: neighbours in time are neighbours in a circle, and what never differs is left out."""

from __future__ import annotations

import numpy as np

from experiments.data.inputs.date_parts import PARTS, date_part, parts_that_vary


def days(*texts: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    times = np.array(texts, "datetime64[ns]")
    return np.where(np.isnat(times), np.nan, times.astype(np.int64) / 86_400e9)


def point(circle: str, *texts: str) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.column_stack([date_part(days(*texts), PARTS.index(f"{circle} {way}")) for way in ("across", "along")])


def test_a_year_is_a_year_before_1970_too() -> None:
    assert date_part(days("1969-12-31", "1970-01-01", "2026-07-01T13:00"), 1).tolist() == [1969, 1970, 2026]


def test_neighbours_are_near_each_other_around_the_end() -> None:
    for circle, texts in (
        ("month", [f"2026-{month:02}-15" for month in range(1, 13)]),
        ("weekday", [f"2026-01-{day:02}" for day in range(5, 12)]),
        ("hour", [f"2026-01-05T{hour:02}:00" for hour in range(24)]),
    ):
        points = point(circle, *texts)
        np.testing.assert_allclose(np.abs(points).sum(axis=1), 1)  # a square on its corner
        steps = np.abs(points - np.roll(points, 1, axis=0)).sum(axis=1)
        assert steps.max() < 8.1 / len(texts)  # the way around is 4 in each direction
        assert len(np.unique(points.round(9), axis=0)) == len(texts)


def test_a_monday_and_a_january_begin_their_circle() -> None:
    assert point("weekday", "2026-01-05").tolist() == point("month", "2026-01-05").tolist() == [[1, 0]]
    assert point("hour", "2026-01-05T06:00", "1969-12-31T06:00").tolist() == [[0, 1], [0, 1]]


def test_parts_that_never_differ_are_left_out() -> None:
    assert [PARTS[part] for part in parts_that_vary(days("2026-01-05", "2026-01-05"))] == ["days"]
    assert "year" not in [PARTS[part] for part in parts_that_vary(days("2026-01-05", "2026-02-05"))]
    varying = [PARTS[part] for part in parts_that_vary(days("2026-01-05", "2026-01-05T06:00", "NaT"))]
    assert varying == ["days", "hour across", "hour along"]


def test_a_missing_date_has_no_parts() -> None:
    assert all(np.isnan(date_part(np.array([np.nan]), part)).all() for part in range(len(PARTS)))
