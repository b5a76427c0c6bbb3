"""Repeated pairs: ours, the peer, ours, the peer, and the medians."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from experiments.benchmark.comparison import Comparison
from experiments.benchmark.measure import Measurement
from experiments.benchmark.peers import OURS

Measure = Callable[[str], Measurement]


@dataclass(frozen=True)
class Compared:
    """A comparison with what only people read."""

    comparison: Comparison
    peak_mb: float
    peer_peak_mb: float
    kernel: str


def compare(row: str, peer: str, repeats: int, measure: Measure) -> Compared:
    """Measure ours, the peer, ours, the peer, ...: the medians, and the median of the pairs' ratios.

    Args:
        measure: from the name of who trains to one measurement.
    """
    pairs = [(measure(OURS), measure(peer)) for _ in range(repeats)]
    ours, theirs = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    ratio = ratio_of([(one.seconds, other.seconds) for one, other in pairs], peer)
    return Compared(
        Comparison(row, peer, ratio, median(one.seconds for one in ours), median(other.seconds for other in theirs)),
        median(one.peak_mb for one in ours),
        median(other.peak_mb for other in theirs),
        ours[0].kernel,
    )


def ratio_of(pairs: Sequence[tuple[float, float]], peer: str) -> float:
    """How many times faster than the peer we are: the median over pairs of seconds, ours and the peer's.

    >>> ratio_of([(1.0, 3.0), (1.0, 2.0), (1.0, 9.0)], "pytorch")
    3.0

    Nobody is faster than the floor; a pair that says so was disturbed.

    >>> ratio_of([(1.0, 0.8), (1.0, 1.1), (1.0, 1.2)], "floor")
    1.0
    """
    ratio = median(peer_seconds / seconds for seconds, peer_seconds in pairs)
    return min(ratio, 1.0) if peer == "floor" else ratio
