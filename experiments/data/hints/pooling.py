"""The columns of which much is pooled: categories too rare for an input of their own."""

from __future__ import annotations

import re

import numpy as np

from experiments.data.hints.leaks import GROUP_NAME
from experiments.data.inputs.preprocessing import MOST_NAMES
from experiments.data.raw_table import listed
from experiments.data.table import Table

MUCH = 0.1  # share of the rows


def pooling_note(table: Table, rare: int | float) -> str | None:
    """Say of which columns much is pooled; None where there is no such column.

    Args:
        table: the development rows.
        rare:  number of rows, or as a float share of the rows, below which categories are pooled.
    """
    if isinstance(table.features, np.ndarray):
        return None
    rows = len(table.features)
    least = rare if isinstance(rare, int) else rare * rows
    found, whole = [], []
    for at, name in table.columns_of("category"):
        counts = table.features.iloc[:, at].value_counts(dropna=False)
        share = 1 - int(counts[counts >= least].iloc[:MOST_NAMES].sum()) / rows
        if share > MUCH:
            found.append(f"{share:.0%} of {name!r}")
        if share == 1 and counts.iloc[0] > 1 and not re.fullmatch(GROUP_NAME, name):
            whole.append(name)
    if not found:
        return None
    more = f" Nothing is left of {listed(whole)}: preprocessing.rare = 2 keeps what repeats." if whole else ""
    return (
        f"preprocessing.rare = {rare:g}: rare categories share one input, and are {', '.join(found)} in the "
        f"development rows; each column has at most {MOST_NAMES} other inputs.{more}"
    )
