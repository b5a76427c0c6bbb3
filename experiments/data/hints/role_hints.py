"""Hints about columns that look like a role which they do not have: weights, survival times, and parts of a split.

Nothing is changed. Each line names the key that would change it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from experiments.config.marked_rows import marked_rows
from experiments.data.features import column_values
from experiments.data.hints.leaks import TOLD
from experiments.data.parts import part_of, rows_of_parts
from experiments.data.raw_table import listed, shown
from experiments.data.table import Table

PROBE = 100  # values by which most columns are ruled out
SAMPLE = 5000  # values by which others are
WEIGHT = "(w|wt|wgt|weight|gewicht)s?"
OF_SURVEY = "[paf]|pers?|sampl(e|ing)|survey|design|final|fin|base|case|post|inv(erse)?|hh|hhs|household|person|prob"
SURVEY_WEIGHT = rf"(?i)([paf]|iw|pspw|fnl|hh|per){WEIGHT}|(.*[_ .-])?({OF_SURVEY})[_ .-]?{WEIGHT}([_ .-]?\d+)?"
PLAIN_WEIGHT = rf"(?i)(.*[_ .-])?{WEIGHT}"  # perhaps that of a thing
NEAR_ONE = 0.02  # distance from 1 of the mean of weights that are scaled to the number of rows
UNIT = r"([_ .-]?(in[_ .-])?(d|days?|w|weeks?|m|months?|mo|y|years?|yrs?))?"
DURATION = (
    rf"(?i)(.*[_ .-])?(futime|pgtime|time|duration|tte|surv(ival)?([_ .-]?time)?|follow[_ .-]?up([_ .-]?time)?"
    rf"|os|pfs|dfs|rfs){UNIT}"
)
PART = r"(?i)(is|in)[_ .-]?(train(ing)?|val(idation)?|test(ing)?)([_ .-]?(set|split|data))?"
EVENT = (
    r"(?i)(.*[_ .-])?(event|fustat|pgstat|cens(or|ored|oring)?|death|dead|died|deceased|relapsed?|vital[_ .-]?status"
    r"|os[_ .-]status)|status"
)
THREE_STATES = ({0, 1, 2}, {1, 2, 3})  # of an event: cut off, of another cause, and it


def role_hints(development: Table, named_test: bool = False) -> tuple[str, ...]:
    """Point out weights and parts of a split that are features, and survival times that are learnt as other numbers.

    Args:
        named_test: whether the study file names the test rows.
    """
    return (*_parts(development, named_test), *_weights(development), *_survival(development))


def _parts(table: Table, named_test: bool) -> Iterator[str]:
    """Say which feature divides the rows into parts to learn from and to test on, as the study divides them anew."""
    anew = "" if named_test else ", and the study chooses its test rows from all parts"

    def instead(name: str, values: Iterable[str]) -> str:
        if named_test:
            return f"data.drop = {name} leaves it out"
        return f'data.test_rows = "{marked_rows(name, tuple(values))}" makes these rows the test set'

    for at, name in table.columns_of("category"):
        first = column_values(table.features[:PROBE], at)
        if any(not isinstance(word, str) or part_of(word) is None for word in first.tolist()):
            continue
        if rows := rows_of_parts(column_values(table.features, at).tolist()):
            found = ", ".join(f"{word!r} in {rows[word]:,}" for word in sorted(rows))
            tested = [word for word in sorted(rows) if part_of(word) == "test"]
            tested = tested or [word for word in sorted(rows) if part_of(word) == "val"]
            yield (
                f"column {shown(name)} divides the rows into parts ({found} of the development rows), but is a feature "
                f"here{anew}; {instead(name, tested)}."
            )
    for name, values in _columns(table, PART):
        flags = sorted(f"{one:g}" if isinstance(one, float) else str(one) for one in _different(values))
        if len(flags) == 2:
            tested = flags[:1] if "train" in name.casefold() else flags[1:]
            yield (
                f"column {shown(name)} is named like a part of the rows, and is a feature; if it says which rows are "
                f"to test on, {instead(name, tested)}."
            )


def _weights(table: Table) -> Iterator[str]:
    """Say which feature is named like the weights of a survey; a plain weight is one if its mean is 1."""
    for name, values in _numbers(table, PLAIN_WEIGHT, SURVEY_WEIGHT) if table.weights is None else ():
        present = values[np.isfinite(values)]
        if len(present) < 2 or present.min() < 0 or present.min() == present.max():
            continue
        if re.fullmatch(SURVEY_WEIGHT, name) or abs(present.mean() - 1) < NEAR_ONE:
            yield (
                f"column {shown(name)} is named like the weights of a survey, and is a feature; if it says how much a "
                f"row counts, data.weights = {name} lets it count so in training, and data.drop leaves it out."
            )


def survival_columns(table: Table) -> tuple[str, ...]:
    """Return a column named like the time to an event and one named like whether it came; none without both.

    One of them may be the target.
    """
    times = [name for name, values in _numbers(table, DURATION) if not (values < 0).any()]
    events = [name for name, values in _columns(table, EVENT) if _are_states(values)]
    target = np.asarray(table.target)
    if re.fullmatch(EVENT, table.target_name) and _are_states(target):
        events.append(table.target_name)
    elif re.fullmatch(DURATION, table.target_name) and not _are_states(target):
        times.append(table.target_name)
    return (times[0], events[0]) if times and events else ()


def _survival(table: Table) -> Iterator[str]:
    """Say that the time to an event is learnt like other numbers."""
    if names := survival_columns(table):
        yield (
            f"{listed(names)} are named like the time to an event and whether it came, but are read like other "
            f"columns: a time that was cut off counts as a whole one; {TOLD}"
        )


def _different(values: NDArray[np.generic]) -> set[object]:
    """Return the different values of about SAMPLE rows, from all of the file: it may be sorted by them."""
    return set(values[:: 1 + len(values) // SAMPLE].tolist())


def _are_states(values: NDArray[np.generic]) -> bool:
    different = _different(values)
    return len(different) == 2 or different in THREE_STATES


def _columns(table: Table, pattern: str) -> Iterator[tuple[str, NDArray[np.generic]]]:
    """Yield the features of numbers and categories whose names have a pattern."""
    for at, name in table.columns_of("number", "category"):
        if re.fullmatch(pattern, name):
            yield name, column_values(table.features, at)


def _numbers(table: Table, *patterns: str) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Yield the numbers whose names have one of some patterns."""
    for name, _, values in table.values_of("number"):
        if any(re.fullmatch(pattern, name) for pattern in patterns):
            yield name, values.astype(np.float64)
