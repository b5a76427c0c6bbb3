"""Made rows with noise that a level must allow for: numbers, numbers in groups, two classes and five."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from experiments.benchmark.synthetic import FEATURES, table_of
from experiments.data.table import Table

GROUP = 5  # rows of a group


def number(random: np.random.Generator, rows: int) -> Table:
    """Make a number, smooth in the features, whose noise grows with one of them."""
    x = random.normal(size=(rows, FEATURES))
    noise = random.normal(size=rows) * np.exp(x[:, 2] / 2)
    return table_of("number", x, np.sin(2 * x[:, 0]) + x[:, 1] ** 2 / 2 + noise)


def positive(random: np.random.Generator, rows: int) -> Table:
    """Make a positive number whose logarithm is a sum with noise."""
    x = random.normal(size=(rows, FEATURES))
    return table_of("logarithm", x, np.exp(5 + x[:, 0] - x[:, 1] / 2 + random.normal(size=rows) / 2))


def grouped(random: np.random.Generator, rows: int) -> Table:
    """Make a number whose noise has a part that all rows of a group share."""
    x, groups = random.normal(size=(rows, FEATURES)), np.arange(rows) // GROUP
    shared = random.normal(size=rows)[groups]
    return table_of("groups", x, x[:, 0] + shared + random.normal(size=rows) / 2, groups=groups)


def two(random: np.random.Generator, rows: int) -> Table:
    """Make two classes whose log-odds are smooth in the features."""
    x = random.normal(size=(rows, FEATURES))
    share = 1 / (1 + np.exp(-(1.2 * x[:, 0] + x[:, 1] ** 2 - 1)))
    return table_of("two classes", x, (random.random(rows) < share).astype(np.int64), ("no", "yes"))


def five(random: np.random.Generator, rows: int) -> Table:
    """Make five clouds that overlap."""
    y = random.integers(5, size=rows)
    angle = 2 * np.pi * y / 5
    x = random.normal(size=(rows, FEATURES))
    x[:, :2] += 1.6 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return table_of("five classes", x, y, tuple("abcde"))


MAKERS: Mapping[str, Callable[[np.random.Generator, int], Table]] = {
    "number": number,
    "logarithm": positive,
    "groups": grouped,
    "two classes": two,
    "five classes": five,
}
