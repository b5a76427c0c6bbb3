"""Columns that tell the target together: parts of a sum, factors of a product, other columns of a one-hot target."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

MOST = 200  # columns, beyond which a solution would take long
CLASSES = 20  # of a target, likewise
CLASS_ROWS = 200  # at least, of a target of classes, which chance tells sooner
ROWS = 60  # at least, by which most targets are ruled out
EACH = 4  # rows for each column, so that no target is a sum of columns by chance
NOISE = 1e-5  # share of the variance that rounding may leave
FEW = 20  # columns, each of which is left out to see whether the others tell the target without it
PART = 1e-2  # of the largest part of the sum, from which a column counts: less is that of rounding

Floats = NDArray[np.float64]


def factors(columns: Mapping[str, Floats], y: Floats) -> list[str]:
    """Return the columns whose product, each to some power, is the target in every row, if there is one.

    Args:
        columns: as for `told_together`; those that are not positive where the target is are not looked at. Where it
                 is 0, one of the others is.
        y:       (n,) the target.

    >>> area, price = np.arange(300) % 7.0 + 1, np.arange(300) % 5.0 + 2
    >>> factors({"area": area, "of_one": price, "day": np.arange(300) - 9.0}, area * price)
    ['area', 'of_one']
    """
    there = y > 0
    if not len(y) or y.min() < 0 or 2 * there.sum() < len(y):
        return []
    positive = {name: of_it[there] for name, of_it in columns.items() if (of_it[there] > 0).all()}
    names = told_together({name: np.log(of_it) for name, of_it in positive.items()}, np.log(y[there]))
    zeros = np.any([columns[name][~there] == 0 for name in names], axis=0)
    return names if np.all(zeros) else []


def told_together(columns: Mapping[str, Floats], y: Floats) -> list[str]:
    """Return the columns of which the target is a weighted sum in every row, if there is one, and of which none can go.

    Columns that miss a value, or are always the same, are not looked at.

    Args:
        columns: name -> the (n,) numbers of the rows.
        y:       (n,) or (n, targets) the target, of classes whether a row is of each.

    >>> home, away = np.arange(300) % 7.0, np.arange(300) % 5.0
    >>> told_together({"home": home, "away": away, "day": np.arange(300) ** 2.0}, home + away)
    ['home', 'away']
    """
    names = _weighted(columns, y)
    for name in names if len(names) <= FEW else ():
        fewer = [other for other in names if other != name]
        if _weighted({other: columns[other] for other in fewer}, y):
            names = fewer
    return [name for name in columns if name in names]


def _weighted(columns: Mapping[str, Floats], y: Floats) -> list[str]:
    """Return the columns of which the target is a weighted sum, those that count least first; none if there is none."""
    y = y.reshape(len(y), -1)
    whole = {name: values for name, values in columns.items() if np.isfinite(values).all() and np.ptp(values) > 0}
    fewest = max(ROWS, EACH * len(whole))
    if len(whole) < 2 or len(y) < fewest:
        return []
    some = np.linspace(0, len(y) - 1, fewest).astype(np.intp)
    x = np.column_stack([values[some] for values in whole.values()])
    shift, scale = x.mean(axis=0), x.std(axis=0)
    used = np.flatnonzero(scale > 0)
    if not len(used):
        return []
    shift, scale, x = shift[used], scale[used], x[:, used]
    centre = y[some].mean(axis=0)
    weights = np.linalg.lstsq((x - shift) / scale, y[some] - centre, rcond=1e-10)[0]
    if not _fits((x - shift) / scale @ weights + centre, y[some]):
        return []
    names = [list(whole)[at] for at in used]
    parts = np.abs(weights).max(axis=1)
    sums = centre + sum(
        np.outer((whole[name] - low) / of_one, of_it)
        for name, low, of_one, of_it in zip(names, shift, scale, weights, strict=True)
    )
    if not _fits(sums, y):
        return []
    return [names[at] for at in np.argsort(parts, kind="stable") if parts[at] > PART * parts.max()]


def _fits(sums: Floats, y: Floats) -> bool:
    """Return whether sums are the targets, but for rounding; each target has two values or more."""
    spread = y.var(axis=0)
    return bool((spread > 0).all() and (np.square(sums - y).mean(axis=0) <= NOISE * spread).all())
