"""Hints about leaks: columns that give the target away, and rows that belong together.

Nothing is changed, because only the owner of the data knows what is known before the target is. Each line names the key
that would change it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import lgamma, log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.data.columns.target_type import LabelledTable
from experiments.data.features import column_values
from experiments.data.hints.larger_of_two import larger_of_two
from experiments.data.hints.telling_gaps import telling_gaps
from experiments.data.hints.time_order import LATER
from experiments.data.hints.told_together import CLASS_ROWS, CLASSES, MOST, factors, told_together
from experiments.data.identity.hashes import fingerprint
from experiments.data.raw_table import listed, shown
from experiments.data.splits.copies import first_rows
from experiments.data.table import Table
from experiments.data.texts import INDEX_NAME
from nnet.arrays import Rows
from nnet.near import enumerated
from nnet.ordered_sums import ordered_sum

TOLD = "data.drop leaves out what is not known before the target is."
TOGETHER = "keeps rows that belong together on one side of every split."
DOUBTS = (TOLD, TOGETHER, LATER)  # end the lines that say why a score may be too good
CHANCE = 1e-6  # probability, below which a column does not tell the target by chance
REPEATS = 5  # rows of a value, in the mean, from which on values can tell the target
CORRELATED = 0.9999  # correlation, of values or ranks, of a column that is the target in another unit or scale
FEWEST = 20  # rows that show a correlation, and different numbers that show a target of the next row
MOSTLY = 0.95  # share of such rows: a few may stand beside gaps in time
SAMPLE = 5000  # rows by which most columns are ruled out, and that show a target of the next row
GROUPS = 10  # values of a column that names groups
ROWS_OF_GROUP = 1.5  # rows of a group, in the mean
THINGS = (
    "subj|subject|sujet|patient(en)?|paciente|proband(en)?|vpn?|person(en)?|participant|teilnehmer|individual|customer"
    "|kunden?|client|user|player|athlete|driver|employee|household|family|couple|dyad|pair|set|student|animal|mrn|usubj"
    "|site|plot|station|transect|nest|farm|hospital|clinic|machine|engine|device|sensor|unit"
)
NUMBERED = r"[_ .-]?(id|no|nr|number|name|code)\.?"  # after a thing: `class_students` is a count
SHORT = "code|e?-?mail([ _-]?address)?|(hh|p|s|case|resp|subj?|pat|fam)id"  # names of identifiers in one piece
OF = "(?!(?!id[_ .-]).*[_ .-]of[_ .-])"  # not before: `type_of_subject` is no subject
GROUP_NAME = rf"{INDEX_NAME}|(?i:{SHORT}|({THINGS})s?|{OF}(.*[_ .-])?({THINGS})(s?{NUMBERED})?)"
RATED = "user|customer|client|person|player|student|employee|household|family|unit"  # `Critics_User` is their rating
# of numbers, as `households` and the coordinate `x_plot` are
COUNT_NAME = rf"(?i:(?!subject)({THINGS})s|e?-?mail|kunden|patienten|personen|.*[_ .-]({RATED})|[xyzn][_ .-]({THINGS}))"
OF_A_THING = rf"(?i:.+[_ .-]({THINGS}))"  # of numbers, which may count something there, as those of `North Station`
# of categories, as families of plants and units of measures are, whose values are words of many rows each
KIND_NAME = r"(?i:(.*[_ .-])?(family|animal|unit|set|device)s?)"
ROWS_OF_KIND = 10
NUMBERING = 0.5  # share of the whole numbers from the least to the largest that name things, which are numbered


def leak_hints(development: LabelledTable) -> tuple[str, ...]:
    """Point out columns that tell the target, of their row or of the next, and repeated identifiers.

    Copies are not looked at, which have the same target in any case.
    """
    table, y, classes = development.table, development.y, bool(development.target.classes)
    rows = first_rows(table)
    lines, features = [], [*table.columns_of("number", "category", "date")]
    labels = np.unique(y[rows], return_inverse=True)[1]
    if telling := [name for at, name in features if _tells(table, at, rows, labels, None if classes else y[rows])]:
        each = f"{listed(telling)}{', each' if telling[1:] else ''}"
        lines.append(f"target {shown(table.target_name)} follows from {each} alone; {TOLD}")
    elif parts := _told_together(table, rows, labels, None if classes else np.asarray(y[rows], np.float64)):
        how = "together" if parts[1:] else "alone"
        lines.append(f"target {shown(table.target_name)} follows from {listed(parts)} {how}; {TOLD}")
    elif classes and (larger := _larger(table, rows, labels)):
        lines.append(f"target {shown(table.target_name)} follows from which of {listed(larger)} is larger; {TOLD}")
    elif classes and not isinstance(table.features, np.ndarray):
        missing = table.features.isna().to_numpy()[rows]
        for name, share in telling_gaps({name: missing[:, at] for at, name in features}, labels):
            known = f"{int(100 * share)}% of the development rows"
            lines.append(f"whether {shown(name)} is missing tells target {shown(table.target_name)} in {known}; {TOLD}")
    if ahead := [name for at, name in table.columns_of("number") if _is_ahead(table, at, y)]:
        each = f"{listed(ahead)} {'each hold' if ahead[1:] else 'holds'}"
        lines.append(f"{each} the target of the next row, which is later by data.time; {TOLD}")
    if table.groups is None:
        lines += _repeated_identifiers(table)
    if table.groups is None and table.time is None:  # of one moment rows may share many numbers
        lines += _repeated_measures(table, rows)
    return tuple(lines)


def _values(table: Table, at: int, most: int | None = None) -> NDArray[Any]:
    """Return the numbers of the first rows of a feature; of categories their codes."""
    if isinstance(table.features, np.ndarray):
        return table.features[:most, at]
    column = table.features.iloc[:, at].iloc[:most]
    return np.asarray(column.factorize(use_na_sentinel=False)[0] if table.kinds[at] == "category" else column)


def _told_together(table: Table, rows: Rows, labels: NDArray[Any], numbers: NDArray[Any] | None) -> list[str]:
    """Return the features that tell the target together: numbers, dates, and categories of two values.

    Args:
        rows:    (n,) the rows that are looked at.
        labels:  (n,) a number for each of them, the same for equal targets.
        numbers: (n,) their target if it is a number.
    """
    features = [*table.columns_of("number", "category", "date")]
    if len(features) > MOST or (numbers is None and (labels.max() >= CLASSES or len(rows) < CLASS_ROWS)):
        return []
    found, some = {}, slice(None, None, 1 + len(rows) // (4 * SAMPLE))
    for at, name in features:
        values = _values(table, at)[rows[some]]
        if table.kinds[at] != "category" or (len(values) and values.max() == 1):
            found[name] = values.astype(np.float64)
    if numbers is None:
        return told_together(found, np.eye(1 + labels.max())[labels[some]])
    return told_together(found, numbers[some]) or factors(found, numbers[some])


def _larger(table: Table, rows: Rows, labels: NDArray[Any]) -> tuple[str, str] | None:
    """Return the two numbers, or the two dates, of which the larger one tells the class; None if there are none."""
    for kind in ("number", "date"):
        columns = {name: _values(table, at)[rows].astype(np.float64) for at, name in table.columns_of(kind)}
        if (found := larger_of_two(columns, labels)) is not None:
            return found
    return None


def _tells(table: Table, at: int, rows: Rows, labels: NDArray[Any], numbers: NDArray[Any] | None) -> bool:
    """Return whether a feature tells the target of every row, and would not by chance.

    Args:
        rows:    (n,) the rows that are looked at.
        labels:  (n,) a number for each of them, the same for equal targets.
        numbers: (n,) their target if it is a number.
    """
    function, separates = table.kinds[at] != "category", True
    for most in sorted({min(SAMPLE, len(rows)), len(rows)}):
        values = _values(table, at, rows[most - 1] + 1)[rows[:most]]
        function = function and numbers is not None and _is_function(values, numbers[:most])
        separates = separates and _separates(values, labels[:most])
        if not (function or separates):
            return False
    return True


def _is_ahead(table: Table, at: int, y: NDArray[Any]) -> bool:
    """Return whether a number is the target of the next row in time, nearly wherever it is there."""
    if table.time is None or not (table.time[1:] > table.time[:-1]).all():
        return False
    y = y[:SAMPLE]
    values = _values(table, at, SAMPLE)[:-1]
    there = np.isfinite(values)
    values, following, own = values[there], y[1:][there], y[:-1][there]
    enough = len(values) >= max(FEWEST, len(y) / 2) and len(np.unique(following)) >= FEWEST
    return enough and bool(np.isclose(values, following).mean() >= MOSTLY > np.isclose(values, own).mean())


def _is_function(values: NDArray[Any], y: NDArray[Any]) -> bool:
    """Return whether numbers rise or fall with the target as one function does, where they are not missing."""
    there = np.isfinite(values)
    if there.sum() < max(FEWEST, len(y) / 2):
        return False
    x, z = values[there], np.asarray(y, np.float64)[there]
    if _are_correlated(x, z):
        return True
    (ranks_of_x, different_x), (ranks_of_z, different_z) = _ranks(x), _ranks(z)
    return min(different_x, different_z) >= FEWEST and _are_correlated(ranks_of_x, ranks_of_z)


def _ranks(values: NDArray[Any]) -> tuple[NDArray[np.float64], int]:
    """Return the ranks of values from 1 on, where equal ones share the mean of theirs, and how many values differ.

    >>> _ranks(np.array([30, 10, 30, 20]))
    (array([3.5, 1. , 3.5, 2. ]), 3)
    """
    _, of_value, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[of_value], len(counts)


def _are_correlated(x: NDArray[Any], z: NDArray[Any]) -> bool:
    """Return whether some numbers are a linear function of others, but for a little noise."""
    largest = np.abs(x).max(), np.abs(z).max()
    if min(largest) == 0:
        return False
    x, z = x / largest[0], z / largest[1]
    x, z = x - x.mean(), z - z.mean()
    scale = np.sqrt((x @ x) * (z @ z))
    return bool(scale > 0 and abs(x @ z) > CORRELATED * scale)


def _separates(values: NDArray[Any], labels: NDArray[Any]) -> bool:
    """Return whether all rows of a value have one target, and more so than would happen by chance.

    There is evidence if values repeat, or if the rows of each target are an interval of the numbers. Missing numbers
    are one value, or are passed over if they are of several targets and fewer than half.
    """
    there = np.isfinite(values) if values.dtype.kind == "f" else np.ones(len(values), bool)
    if 2 * there.sum() >= len(values) and len(np.unique(labels[~there])) > 1:
        values, labels = values[there], labels[there]
    different, codes = np.unique(values, return_inverse=True)
    counts = np.bincount(labels)
    counts = counts[counts > 0]
    rows, levels, targets = len(codes), int(codes.max()) + 1, len(counts)
    of_level = np.empty(levels, np.intp)
    of_level[codes] = labels
    if targets == 1 or (of_level[codes] != labels).any():
        return False
    if levels * REPEATS <= rows and (rows - levels) * log(counts.max() / rows) < log(CHANCE):
        return True
    if values.dtype.kind != "f" or 2 * targets > rows:  # few equal numbers may be of one thing that stands twice
        return False
    missing = int(np.isnan(different[-1]))  # sorted behind all numbers
    of_number = of_level[: levels - missing]
    if 1 + np.count_nonzero(np.diff(of_number)) != len(np.unique(of_number)):
        return False
    orders = lgamma(rows + 1) - ordered_sum(lgamma(count + 1) for count in counts.tolist())
    return lgamma(targets + 1) + missing * log(targets) - orders < log(CHANCE)


def _repeated_identifiers(table: Table) -> Iterator[str]:
    """Say which columns are named like identifiers and have the same value in several rows."""
    instead = "" if table.time is None else ", in place of data.time,"
    found: dict[str, tuple[int, int]] = {}
    for at, name in table.columns_of("number", "category"):
        if re.fullmatch(GROUP_NAME, name):
            values = _values(table, at)
            if table.kinds[at] == "number" and (re.fullmatch(COUNT_NAME, name) or _measures(name, values)):
                continue
            rows, levels = len(values), len(np.unique(values))
            named = table.kinds[at] == "category" or not (values % 1 > 0).any()  # fractions name nothing
            if table.kinds[at] == "category" and rows >= ROWS_OF_KIND * levels and _are_kinds(table, at, name):
                continue
            if named and levels >= GROUPS and rows >= ROWS_OF_GROUP * levels:
                found[name] = rows, levels
    if len(found) == 1:
        [(name, of_it)] = found.items()
        yield belonging(name, "is named like an identifier", *of_it, instead)
    elif found:
        numbers = enumerated([f"{levels:,}" for _, levels in found.values()])
        yield (
            f"columns {listed([*found])} are named like identifiers, but {next(iter(found.values()))[0]:,} development "
            f"rows have {numbers} values of them; one of them in data.groups{instead} {TOGETHER}"
        )


def _are_kinds(table: Table, at: int, name: str) -> bool:
    """Return whether a column of categories is named like kinds of things, and no value has a digit."""
    different = set(column_values(table.features, at).tolist())
    words = (str(value) for value in different if isinstance(value, str))
    return re.fullmatch(KIND_NAME, name) is not None and not any(re.search(r"\d", word) for word in words)


def _measures(name: str, values: NDArray[Any]) -> bool:
    """Return whether numbers are those of one thing, by its name, and do not number several."""
    different = np.unique(values[np.isfinite(values)])
    return re.fullmatch(OF_A_THING, name) is not None and len(different) < NUMBERING * (1 + np.ptp(different))


def belonging(name: str, why: str, rows: int, levels: int, instead: str = "") -> str:
    """Say that a column, for some reason, may name rows that belong together."""
    return (
        f"column {shown(name)} {why}, but {rows:,} development rows have {levels:,} values of it; "
        f"data.groups = {name}{instead} {TOGETHER}"
    )


def _repeated_measures(table: Table, rows: Rows) -> Iterator[str]:
    """Say which numbers with fractions are the same together again and again, as the coordinates of a site are.

    A number that rises or falls with the other one is it in another unit.

    Args:
        rows: positions of the rows that are no copies of others.
    """
    found = [[(at, name) for at, name in table.columns_of("number")]]
    for part in (rows[:SAMPLE], rows):  # the first rows rule out most columns
        found = [alike for columns in found for alike in _alike(table, columns, part)]
    for (at, name), *others in found:
        values = _values(table, at)[rows]
        if named := [other for where, other in others if not _is_function(values, _values(table, where)[rows])]:
            count, levels = len(values), len(np.unique(values))
            yield (
                f"{listed([name, *named])} are the same together in {count:,} development rows of {levels:,} kinds, as "
                f"the coordinates of a site are; data.groups = {name} {TOGETHER}"
            )


def _alike(table: Table, columns: list[tuple[int, str]], rows: Rows) -> list[list[tuple[int, str]]]:
    """Return the sets of two columns or more that repeat, and say the same about which rows are alike."""
    sets: dict[str, list[tuple[int, str]]] = {}
    for at, name in columns:
        values = _values(table, at)[rows]
        if _repeats(values):
            _, firsts, of_row = np.unique(values, return_index=True, return_inverse=True)
            sets.setdefault(fingerprint(firsts[of_row]), []).append((at, name))
    return [alike for alike in sets.values() if len(alike) > 1]


def _repeats(values: NDArray[Any]) -> bool:
    """Return whether numbers with fractions, none of them missing, are ten or more that repeat.

    None is that of more than half of the rows, as an amount of 0 is.
    """
    if not np.isfinite(values).all() or (values == np.trunc(values)).all():
        return False
    counts = np.unique(values, return_counts=True)[1]
    levels = len(counts)
    return 2 * counts.max() <= len(values) and levels >= GROUPS and len(values) >= ROWS_OF_GROUP * levels
