"""The split of the rows as results.json records it: how many are on each side, what belongs together, and copies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from experiments.data.splits.copies import CopiesSplit

Origin = Literal["drawn", "last", "own", "outer_folds"]


@dataclass(frozen=True, kw_only=True)
class SplitRecord:
    """Number of development and test rows, and the fingerprints of the test rows and of the folds."""

    development: int
    test: int
    test_fingerprint: str
    folds_fingerprint: str


@dataclass(frozen=True, kw_only=True)
class HoldoutRecord:
    """The origin of the test rows, and the number of groups on each side.

    origin:             drawn by the split, the last ones in time, the source's own, or the rows of the outer folds.
    development_groups: None without groups.
    test_groups:        None without groups.
    even_test_groups:   number of groups of one size that say as much as the test groups; None without groups, and in
                        older results.
    """

    origin: Origin
    development_groups: int | None = None
    test_groups: int | None = None
    even_test_groups: int | None = None


@dataclass(frozen=True, kw_only=True)
class CopiesRecord:
    """Rows that are copies of other rows, equal in every cell.

    rows:  number of copies of an earlier row, without the source's own test rows; 0 of rows equal by chance.
    split: how the splits treat them: they stay together or are free, or groups or the time decide.
    test:  number of the source's own test rows that are copies of other rows.
    """

    rows: int
    split: CopiesSplit
    test: int = 0
