"""Categories in new rows that are none of training, and those that only spell one of training otherwise."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from experiments.config.readable import readable
from experiments.data.columns.spellings import plain_spelling

SHOWN = 3  # values, and rows, of a column
TRUTH_VALUES = {"0": "false", "1": "true"}

Known = Mapping[str, AbstractSet[str | None]]


@dataclass
class Unknown:
    """The unknown categories of a column.

    cells:  number of cells that hold one.
    values: the different ones.
    rows:   the first rows with one, from 0.
    """

    cells: int = 0
    values: dict[str, None] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)


@dataclass
class Respelled:
    """The cells of a column that were read as a category of training.

    cells: number of them.
    names: spelling in the new rows -> name in training.
    """

    cells: int = 0
    names: dict[str, str] = field(default_factory=dict)


class UnknownCategories:
    """The categories of new rows that were in no training row.

    One that differs from a single known category in case, space or a last .0 alone is that one, and 0 and 1 are truth
    values.

    Args:
        known:  column -> its categories in training, but for rare ones that share an input.
        pooled: columns with such rare ones. No category of theirs is called unknown: it may be one of these.
    """

    def __init__(self, known: Known, pooled: AbstractSet[str] = frozenset()):
        self._pooled = pooled
        self._known = {name: frozenset(word for word in words if word is not None) for name, words in known.items()}
        self._spelled = {name: _by_plain_spelling(words) for name, words in self._known.items()}
        self._unknown: dict[str, Unknown] = {}
        self._respelled: dict[str, Respelled] = {}
        self._present: Counter[str] = Counter()
        self._rows = 0

    def look_at(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Note the unknown categories of the next rows, and return the rows with the spellings of training."""
        columns = {}
        for name, known in self._known.items():
            column = rows[name]
            present = column.notna()
            self._present[name] += int(present.sum())
            others = present & ~column.isin(known)
            if others.any() and (names := self._names_of(name, column[others].unique())):
                column = columns[name] = column.where(~others, column.map(names).fillna(column))
                found = self._respelled.setdefault(name, Respelled())
                found.names.update(names)
                found.cells += int(others.sum())
                others &= ~column.isin(known)
                found.cells -= int(others.sum())
            if name not in self._pooled:
                self._note(name, column, np.flatnonzero(others))
        self._rows += len(rows)
        if columns:
            rows = rows.copy()
            for name, column in columns.items():
                rows[name] = column
        return rows

    def respelled(self) -> list[str]:
        """Say which cells were read as a category of training that is spelled otherwise; no line if there are none."""
        if not self._respelled:
            return []
        columns = []
        for name, one in self._respelled.items():
            pairs = [f"{_shown(new)} as {_shown(old)}" for new, old in one.names.items()]
            columns.append(f"{readable(name, 40)} ({_first(pairs)})")
        cells = sum(one.cells for one in self._respelled.values())
        said = f"{cells} cells are read as categories" if cells > 1 else "1 cell is read as a category"
        return [f"{said} of training, which they spell otherwise: {', '.join(columns)}"]

    def unknown(self) -> list[str]:
        """Say which categories are unknown and in which rows, from 0; no line if there are none."""
        if not self._unknown:
            return []
        cells = sum(found.cells for found in self._unknown.values())
        said = "1 cell holds a category" if cells == 1 else f"{cells} cells hold categories"
        columns = [self._said(name, found) for name, found in self._unknown.items()]
        return [f"{said} that the model has not seen (rows count from 0): {', '.join(columns)}"]

    def _names_of(self, column: str, words: Sequence[str]) -> dict[str, str]:
        """Return word -> category of training, for those of some words that only spell one otherwise."""
        spelled = self._spelled[column]
        return {word: spelled[plain] for word in words if (plain := _plain(word)) in spelled}

    def _note(self, name: str, column: pd.Series, unknown: np.ndarray) -> None:
        if len(unknown):
            found = self._unknown.setdefault(name, Unknown())
            found.cells += len(unknown)
            found.values.update(dict.fromkeys(map(str, column.iloc[unknown].unique())))
            found.rows += (self._rows + unknown[: SHOWN + 1]).tolist()

    def _said(self, name: str, found: Unknown) -> str:
        values, rows = _first(list(map(_shown, found.values))), _first(found.rows)
        said = f"{values} in row{'s' if found.cells > 1 else ''} {rows}"
        if found.cells == self._present[name] > 1 and (known := self._known[name]):
            said += f"; none of its cells is one of {_first([_shown(word) for word in sorted(known)])}"
        return f"{readable(name, 40)} ({said})"


def _by_plain_spelling(words: AbstractSet[str]) -> dict[str, str]:
    """Return plain spelling -> word, where a single word has it."""
    often = Counter(map(_plain, words))
    spelled = {plain: word for word in words if often[plain := _plain(word)] == 1}
    truths = {number: spelled[plain] for number, plain in TRUTH_VALUES.items() if plain in spelled}
    return spelled | truths if set(truths.values()) == words else spelled  # such as TRUE and FALSE


def _plain(word: str) -> str:
    """Return what spellings of a category share; pandas writes whole numbers beside a missing one with a point.

    >>> _plain(" New York"), _plain("10.0"), _plain("v1.0")
    ('new york', '10', 'v1.0')
    """
    plain = plain_spelling(word)
    return plain.removesuffix(".0") if re.fullmatch(r"-?\d+\.0", plain) else plain


def _shown(word: str) -> str:
    return repr(readable(word, 40))


def _first(words: Sequence[object]) -> str:
    """Join the first few words.

    >>> _first([4, 9]), _first([1, 2, 3, 4])
    ('4, 9', '1, 2, 3, ...')
    """
    return ", ".join(map(str, words[:SHOWN])) + (", ..." if len(words) > SHOWN else "")
