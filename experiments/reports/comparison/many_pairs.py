"""The pairs that a page shows where there are so many that nobody would read them all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from experiments.evaluation.comparison.comparison_record import ComparedPair

MOST: Final = 15  # those of six studies
ONLY: Final = " Of so many pairs, only those with the first study of the same rows are shown"

Pairs = Sequence[tuple[int, ComparedPair]]  # with their positions in the comparison


def with_the_best(pairs: Pairs) -> Pairs:
    """Keep, of many pairs, those of the first study among each set of studies that are paired with one another."""
    if len(pairs) <= MOST:
        return pairs
    beaten = {pair.second for _, pair in pairs}
    return [(at, pair) for at, pair in pairs if pair.first not in beaten]
