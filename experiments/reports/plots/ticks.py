"""The ticks of axes: round numbers and powers, with their labels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from experiments.reports.formatting import MINUS

_MOST_DECIMALS: Final = 6  # more would make a long label
_MOST_ROUND: Final = 7

Ticks = Sequence[tuple[float, str]]  # values with their labels


def linear_ticks(low: float, high: float, most: int = 5, whole: bool = False) -> list[float]:
    """List the multiples in a range of the least step of 1, 2 or 5 that leaves so many gaps at most.

    >>> linear_ticks(0.0, 0.5), linear_ticks(-0.03, 0.03, 4), linear_ticks(0, 3, whole=True)
    ([0.0, 0.1, 0.2, 0.3, 0.4, 0.5], [-0.02, 0.0, 0.02], [0.0, 1.0, 2.0, 3.0])
    """
    step, decimals = _step((high - low) / most)
    if whole and step < 1:
        step, decimals = 1.0, 0
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(at * step, max(0, decimals)) + 0.0 for at in range(first, last + 1)]


def log_ticks(low: float, high: float, base: int) -> list[float]:
    """List powers of the base in the range, at most five of them; both ends where it holds fewer than two.

    >>> log_ticks(1e-4, 1e-1, 10)
    [0.0001, 0.001, 0.01, 0.1]
    >>> log_ticks(0.02, 0.05, 10)
    [0.02, 0.05]
    """
    first, last = math.ceil(math.log(low, base) - 1e-9), math.floor(math.log(high, base) + 1e-9)
    step = max(1, math.ceil((last - first + 1) / 5))
    ticks = [float(base) ** power for power in range(first, last + 1, step)]
    return ticks if len(ticks) > 1 else [low, high]


def round_ticks(low: float, high: float) -> list[int]:
    """List the whole numbers 1, 2 and 5 times a power of ten in a range, or the powers alone where these are many.

    >>> round_ticks(2600.0, 61000.0), round_ticks(30.0, 200000.0), round_ticks(3.2, 4.1)
    ([5000, 10000, 20000, 50000], [100, 1000, 10000, 100000], [3, 4])
    """
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    for factors in ((1, 2, 5), (1,)):
        ticks = [factor * 10**power for power in range(max(0, first), last + 1) for factor in factors]
        within = [tick for tick in ticks if low <= tick <= high]
        if len(within) <= _MOST_ROUND:
            break
    return within if len(within) > 1 else sorted({round(low), round(high)})


def number_ticks(low: float, high: float, most: int = 5, whole: bool = False) -> Ticks:
    """Return linear ticks with their labels.

    >>> number_ticks(0.9, 1.0, 2), number_ticks(-5_000, 5_000, 2)
    ([(0.9, '0.90'), (0.95, '0.95'), (1.0, '1.00')], [(-5000.0, '−5,000'), (0.0, '0'), (5000.0, '5,000')])
    """
    ticks = linear_ticks(low, high, most, whole)
    decimals = decimals_of(ticks)
    if are_long(ticks):
        return [(tick, short_number(tick)) for tick in ticks]
    return [(tick, f"{tick:z,.{decimals}f}".replace("-", MINUS)) for tick in ticks]


def are_long(ticks: Sequence[float]) -> bool:
    """Return whether ticks would have long labels without a power of ten."""
    return decimals_of(ticks) > _MOST_DECIMALS or max(map(abs, ticks), default=0.0) >= 1e7


def decimals_of(ticks: Sequence[float]) -> int:
    """Return the digits after the point that tell neighbouring ticks apart.

    >>> decimals_of([0.9, 0.95, 1.0]), decimals_of([100.0, 200.0]), decimals_of([])
    (2, 0, 0)
    """
    return max(0, _decimals(ticks[1] - ticks[0])) if len(ticks) > 1 else 0


def short_number(x: float) -> str:
    """Write a number of any size, a large or small one with as many digits as it has.

    >>> [short_number(x) for x in (1e-4, 0.001, 0.1, 64.0, 100000.0, 0.0, -2e-9, 1.5e9, 1.002e9)]
    ['1e-4', '0.001', '0.1', '64', '1e5', '0', '−2e-9', '1.5e9', '1.002e9']
    """
    text = f"{x:.3g}"
    if not (0.001 <= abs(x) < 1e5 or x == 0):
        shorter = (f"{x:.{digits}e}" for digits in range(7))
        text = next((short for short in shorter if math.isclose(float(short), x, rel_tol=1e-9)), text)
    text = text.replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")
    return MINUS + text[1:] if text.startswith("-") else text


def _step(least: float) -> tuple[float, int]:
    """Return the smallest round step that is not below the least, and its decimals."""
    if not least > 0:
        return 1.0, 0
    decimals = _decimals(least)
    size = 10.0**-decimals
    for factor in (1, 2, 5):
        if factor * size >= least * (1 - 1e-9):
            return factor * size, decimals
    return 10 * size, decimals - 1


def _decimals(size: float) -> int:
    return -math.floor(math.log10(abs(size)) + 1e-9)
