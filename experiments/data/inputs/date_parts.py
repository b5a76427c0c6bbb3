"""The parts of a date that a network sees: elapsed days and the year, and the month, weekday and hour in a circle.

December is next to January and 23 o'clock is next to midnight. The circle is a square on its corner: two coordinates
that are sums of multiples, which every processor computes alike, as it does not with sines.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PARTS = (
    *("days", "year", "month across", "month along", "weekday across", "weekday along"),
    *("hour across", "hour along"),
)
CIRCULAR = (2, 3, 4, 5, 6, 7)  # positions of the parts in a circle
MONDAY = 3  # days from a Monday to 1 January 1970, a Thursday


def parts_that_vary(days: NDArray[np.float64]) -> tuple[int, ...]:
    """Return the parts that differ among some dates; the first one always.

    Args:
        days: (N,) days since 1970; NaN is missing.

    >>> [PARTS[part] for part in parts_that_vary(np.array([0.0, 7.0, 365.0]))]
    ['days', 'year', 'weekday along']
    """
    present = days[~np.isnan(days)]
    others = [part for part in range(1, len(PARTS)) if len(np.unique(date_part(present, part))) > 1]
    return (0, *others)


def date_part(days: NDArray[np.float64], part: int) -> NDArray[np.float64]:
    """Compute (N,) a part of dates; NaN where a date is missing.

    >>> date_part(np.array([0.0, 31.0, 59.25]), PARTS.index("hour along"))
    array([0., 0., 1.])
    """
    if part == 0:
        return days
    missing = np.isnan(days)
    whole = np.floor(np.where(missing, 0.0, days))
    if part == 1:
        values = whole.astype("datetime64[D]").astype("datetime64[Y]").astype(np.float64) + 1970
    else:
        values = _around(_phase(np.where(missing, 0.0, days), whole, (part - 2) // 2), along=bool(part % 2))
    return np.where(missing, np.nan, values)


def _phase(days: NDArray[np.float64], whole: NDArray[np.float64], circle: int) -> NDArray[np.float64]:
    """Return the position in the year, the week or the day, from 0 to 1."""
    if circle == 0:
        return (whole.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12) / 12
    return (whole + MONDAY) % 7 / 7 if circle == 1 else days - whole


def _around(phase: NDArray[np.float64], along: bool) -> NDArray[np.float64]:
    """Return a coordinate of a point that goes around a square on its corner, from -1 to 1."""
    return 1 - 4 * np.abs((phase - 0.25 * along + 0.5) % 1 - 0.5)
