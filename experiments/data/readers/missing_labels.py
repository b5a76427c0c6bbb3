"""The labels of arrays: a text that stands for a missing value is no class, as in a table."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.data.raw_table import shown
from experiments.data.texts import MISSING, words_present
from experiments.errors import DataError
from nnet.arrays import Rows


def is_missing_text(values: NDArray[Any], present: Iterable[str] = ()) -> NDArray[np.bool_]:
    """Mark the texts that stand for a missing value, in any case and with white space around them.

    Args:
        values:  (N,) texts, in an array of NumPy's texts or of objects.
        present: words that are values although they look like missing ones.

    >>> is_missing_text(np.array(["a", " NaN", "", "none"]), ["None"]).tolist()
    [False, True, True, False]
    """
    different, places = np.unique(values.astype(str), return_inverse=True)
    words = frozenset(MISSING) - words_present(present)
    return np.array([word.strip().lower() in words for word in different.tolist()], bool)[places]


def refuse_missing_labels(values: NDArray[Any], present: Iterable[str], what: str) -> None:
    """Refuse a target of texts in which one stands for a missing value.

    Args:
        values:  (N,) labels; numbers are not looked at.
        present: words that are values although they look like missing ones.
        what:    place of the target, for the message.

    Raises:
        DataError: the message names the first such row.
    """
    if values.dtype.kind in "UO" and len(rows := np.flatnonzero(is_missing_text(values, present))):
        word = str(values[rows[0]]).strip()
        kept = f", or set data.present = {json.dumps([word], ensure_ascii=False)} if that is a class" if word else ""
        raise DataError(
            f"{what} must have a value in every row, but {_first(rows, word)}; remove "
            f"{'these rows' if len(rows) > 1 else 'the row'}{kept}."
        )


def refuse_missing_groups(values: NDArray[Any], present: Iterable[str], what: str) -> None:
    """Refuse groups of which one is missing: its rows need not belong together.

    Args:
        values:  (N,) names or numbers of groups.
        present: words that are values although they look like missing ones.
        what:    place of the groups, for the message.

    Raises:
        DataError: the message names the first such row.
    """
    numbers = values.dtype.kind not in "UO"
    missing = values != values if numbers else is_missing_text(values, present)  # NaN differs from itself
    if len(rows := np.flatnonzero(missing)):
        word = "nan" if numbers else str(values[rows[0]]).strip()
        raise DataError(f"{what} is the groups, but {_first(rows, word)}; fill in the cell or remove the row.")


def _first(rows: Rows, word: str) -> str:
    """Say what stands in the first row, and in how many rows something like it stands."""
    more = f" ({len(rows)} such rows)" if len(rows) > 1 else ""
    return f"row {rows[0]} (from 0) {f'has {shown(word)}' if word else 'is empty'}{more}"
