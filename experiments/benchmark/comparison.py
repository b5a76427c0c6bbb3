"""One line of a benchmark: this platform beside one peer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
from collections.abc import Callable
from statistics import median

from experiments.benchmark.measure import Measurement
from experiments.benchmark.peers import OURS


@dataclass(frozen=True)
class Comparison:
    """How long the work of a row takes here and at a peer.

    row:   what is done.
    peer:  `floor` is this network's matrix products alone.
    ratio: how many times faster than the peer; of the floor the fraction that is reached, at most 1.
    """

    row: str
    peer: str
    ratio: float
    seconds: float
    peer_seconds: float


def write_json(lines: Sequence[DataclassInstance], file: Path) -> None:
    """The lines of a table as a list of objects."""
    file.write_text(json.dumps([asdict(one) for one in lines], indent=1) + "\n")


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
