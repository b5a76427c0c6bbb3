"""Made rows, of which it is known what a network can learn from them: nothing, a curve, or two clouds.

Those of UNCERTAIN have noise that a level must allow for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from experiments.data.table import Kind, Table
from nnet.arrays import Array, Targets

FEATURES = 4
GROUP = 5  # rows of a group
BEND = 0.63  # of the parabola, so that 200 rows show a network about ten points more than a linear model
RIGHT = 0.95  # share of the curve's rows that keep their class; the others have the wrong one
# in which the studies of made rows search
SPACE: Mapping[str, Any] = MappingProxyType(
    {
        "learning_rate": {"low": 1e-3, "high": 1e-1, "log": True},
        "hidden_layers": {"low": 1, "high": 2},
        "hidden_units": {"low": 4, "high": 32, "log": True},
        "l2": {"low": 1e-6, "high": 1e-1, "log": True},
        "dropout": {"low": 0.0, "high": 0.5},
    }
)
Rows = tuple[NDArray[np.float64], NDArray[np.int64]]


def noise(random: np.random.Generator, rows: int) -> Rows:
    """Return (N, 4) features and (N,) labels by the toss of a fair coin, of which no feature says anything."""
    return random.normal(size=(rows, FEATURES)), random.integers(2, size=rows)


def curve(random: np.random.Generator, rows: int, bend: float = BEND) -> Rows:
    """Return (N, 4) features and (N,) labels: the side of a parabola, so that a linear model has part of it right."""
    x = random.normal(size=(rows, FEATURES))
    above = x[:, 0] + bend * (x[:, 1] ** 2 - 1) > 0
    return x, (above == (random.random(rows) < RIGHT)).astype(np.int64)


def clouds(random: np.random.Generator, rows: int, accuracy: float) -> tuple[Array, Targets]:
    """Return (N, 4) features in float32 and (N,) labels: two clouds that the best rule separates that accurately.

    Normal around -a and a on the first axis with variance 1, the sign is right with probability Φ(a).
    """
    y = random.integers(2, size=rows)
    x = random.standard_normal((rows, FEATURES), np.float32)
    x[:, 0] += (2 * y - 1) * norm.ppf(accuracy)
    return x, y


def made_table(make: Callable[[np.random.Generator, int], Rows], seed: int, development: int, test: int) -> Table:
    """Return a table of made rows whose last ones are its own test part."""
    x, y = make(np.random.default_rng(seed), development + test)
    return table_of(make.__name__, x, y, ("no", "yes"), own_test=test)


def table_of(
    name: str, x: NDArray[np.float64], y: NDArray[Any], classes: tuple[str, ...] | None = None, **more: Any
) -> Table:
    """Return a table of (N, 4) features and a (N,) target; `more` are its other fields."""
    number: Kind = "number"
    return Table(name, x, (number,) * FEATURES, tuple(map(str, range(FEATURES))), y, "y", classes, **more)


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


UNCERTAIN: Mapping[str, Callable[[np.random.Generator, int], Table]] = {
    "number": number,
    "logarithm": positive,
    "groups": grouped,
    "two classes": two,
    "five classes": five,
}
