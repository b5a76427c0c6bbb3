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
NOISE = 1e-4  # share of the variance that rounding and single mistakes may leave
PARTS = 3  # times the deviation that they leave, from which a part of the sum counts
EXACT = 1e-6  # deviation, as a share of the largest part, which the arithmetic leaves
FEW = 20  # columns, each of which is left out to see whether the others tell the target without it
WORSE = 2  # times the noise that may be left then
MOSTLY = 0.95  # share of rows in which a column must have a value that can be used

Floats = NDArray[np.float64]


def factors(columns: Mapping[str, Floats], y: Floats) -> list[str]:
    """Return the columns whose product, each to some power, is the target in every row, if there is one.

    Args:
        columns: as for `told_together`; those that are not positive in most rows where the target is are not looked at.
                 Where it is 0, one of the others is.
        y:       (n,) the target.

    >>> area, price = np.arange(300) % 7.0 + 1, np.arange(300) % 5.0 + 2
    >>> factors({"area": area, "of_one": price, "day": np.arange(300) - 9.0}, area * price)
    ['area', 'of_one']
    """
    there = y > 0
    if not len(y) or y.min() < 0 or 2 * there.sum() < len(y):
        return []
    logs = {name: np.log(np.where(of_it > 0, of_it, np.nan))[there] for name, of_it in columns.items()}
    names = told_together(logs, np.log(y[there]))
    zeros = np.any([columns[name][~there] == 0 for name in names], axis=0)
    return names if np.all(zeros) else []


def told_together(columns: Mapping[str, Floats], y: Floats) -> list[str]:
    """Return the columns of which the target is a weighted sum in every row, if there is one, and of which none can go.

    Columns that miss values in more than a few rows, or are always the same, are not looked at; nor are these rows.

    Args:
        columns: name -> the (n,) numbers of the rows.
        y:       (n,) or (n, targets) the target, of classes whether a row is of each.

    >>> home, away = np.arange(300) % 7.0, np.arange(300) % 5.0
    >>> told_together({"home": home, "away": away, "day": np.arange(300) ** 2.0}, home + away)
    ['home', 'away']
    """
    names, noise = _weighted(columns, y)
    for name in names if len(names) <= FEW else ():
        fewer = [other for other in names if other != name]
        told, left = _weighted({other: columns[other] for other in fewer}, y)
        if told and left <= max(EXACT**2, WORSE * noise):
            names = fewer
    return [name for name in columns if name in names]


def _weighted(columns: Mapping[str, Floats], y: Floats) -> tuple[list[str], float]:
    """Return the columns of which the target is a weighted sum, and what it leaves; none if there is none.

    Those that count least come first.
    """
    y = y.reshape(len(y), -1)
    there = {name: np.isfinite(values) for name, values in columns.items()}
    mostly = [name for name, of_it in there.items() if of_it.mean() >= MOSTLY]
    rows = np.all([there[name] for name in mostly], axis=0) if mostly else np.zeros(len(y), bool)
    if rows.sum() < max(len(y) / 2, EACH * len(mostly)):  # each misses others, or they are too many
        mostly, rows = [name for name in mostly if there[name].all()], np.ones(len(y), bool)
    y, whole = y[rows], {name: columns[name][rows] for name in mostly if np.ptp(columns[name][rows]) > 0}
    fewest = max(ROWS, EACH * len(whole))
    if len(whole) < 2 or len(y) < fewest:
        return [], np.inf
    some = np.linspace(0, len(y) - 1, fewest).astype(np.intp)
    x = np.column_stack([values[some] for values in whole.values()])
    shift, scale = x.mean(axis=0), x.std(axis=0)
    used = np.flatnonzero(scale > 0)
    if not len(used):
        return [], np.inf
    shift, scale, x = shift[used], scale[used], x[:, used]
    centre = y[some].mean(axis=0)
    weights = np.linalg.lstsq((x - shift) / scale, y[some] - centre, rcond=1e-10)[0]
    if _noise((x - shift) / scale @ weights + centre, y[some]) > NOISE:
        return [], np.inf
    names = [list(whole)[at] for at in used]
    parts = np.abs(weights).max(axis=1)
    sums = centre + sum(
        np.outer((whole[name] - low) / of_one, of_it)
        for name, low, of_one, of_it in zip(names, shift, scale, weights, strict=True)
    )
    if (noise := _noise(sums, y)) > NOISE:
        return [], np.inf
    least = max(EXACT, PARTS * noise**0.5) * parts.max()
    return [names[at] for at in np.argsort(parts, kind="stable") if parts[at] > least], noise


def _noise(sums: Floats, y: Floats) -> float:
    """Return what sums leave of the targets, as a share of their variance: the largest of all targets.

    It is infinite where a target is always the same.
    """
    spread = y.var(axis=0)
    return float((np.square(sums - y).mean(axis=0) / spread).max()) if (spread > 0).all() else np.inf
