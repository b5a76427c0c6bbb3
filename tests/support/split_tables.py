"""Small tables to split, and what is split off them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from experiments.config.target import Target
from experiments.data.columns.target_type import labelled
from experiments.data.splits.holdout import Look, SealedTestSet
from experiments.data.splits.split import DevelopmentSet, split
from experiments.data.table import Table

GROUPS = np.repeat(np.array(["a", "b", "c", "d", "e", "f", "g", "h"], object), 5)


def table(*counts: int, **more: Any) -> Table:
    """So many rows of each class, each row with a number of its own."""
    target = np.repeat(np.arange(len(counts)), counts)
    features = np.arange(2.0 * len(target)).reshape(-1, 2)
    names = tuple("abcdefgh"[: len(counts)])
    return Table("mine", features, ("number", "number"), ("0", "1"), target, "class", names, **more)


def numbers(rows: int, **more: Any) -> Table:
    """As many rows, with a number to predict."""
    features = np.arange(2.0 * rows).reshape(-1, 2)
    target = np.linspace(0.5, 1.5, rows)
    return Table("mine", features, ("number", "number"), ("0", "1"), target, "number", None, **more)


def parts(whole: Table, test_size: float = 0.2, seed: int = 0) -> tuple[DevelopmentSet, SealedTestSet]:
    return split(labelled(whole), test_size, seed)


def opened(sealed: SealedTestSet) -> tuple[Any, np.ndarray]:
    return sealed.open(Look(sealed.fingerprint, "", ""), lambda _: True)


def development(*counts: int, **more: Any) -> DevelopmentSet:
    whole = table(*counts, **more)
    target, y = Target(whole.classes or ()), whole.target
    return DevelopmentSet(whole, y, target, "fingerprint")


def by_groups(**more: Any) -> Table:
    return replace(numbers(40), groups=GROUPS, **more)
