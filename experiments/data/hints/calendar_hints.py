"""Hints about times that are not read as times: seasons, months of another language, and parts or numbers of days.

Nothing is changed. Each line says how the column is read as a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from experiments.data.features import column_values
from experiments.data.hints.time_order import LATER, later
from experiments.data.raw_table import listed, shown
from experiments.data.table import Table

PROBE = 100  # values by which most columns are ruled out
FEWEST = 3  # different seasons
SEASON = r"((?:18|19|20|21)\d\d)[/-](\d\d)"
MONTH = r"(?:\d{1,2}\.? )?([^\W\d]{3,10})\.?[ -](?:19|20)\d\d"
MONTHS = (6, 24)  # different words for months: half of the year, and all of them in two spellings
DAY_NAME = r"(?i)(.*[_ .-])?(date|datum|day|tag|fecha|dat)"
EXCEL = (32_874, 55_153)  # days of the years 1990 to 2050, as a workbook counts them
# names of the parts of a date, and what these can be
PARTS = {"y": (1800, 2200), "m": (1, 12), "d": (1, 31)}
PART_OF = {"year": "y", "yr": "y", "jahr": "y", "month": "m", "mon": "m", "monat": "m", "day": "d", "tag": "d"}
PART_OF |= {part: part for part in PARTS}


def calendar_hints(development: Table, ordered: bool = False) -> tuple[str, ...]:
    """Point out columns that hold times, but are read as categories or numbers.

    Args:
        ordered: whether another line names a time that orders the rows.
    """
    lines, parts = [], {}
    for at, name in development.columns_of("category", "number"):
        if development.kinds[at] == "category":
            first = _texts(column_values(development.features[:PROBE], at))
            if any(all(re.fullmatch(shape, text) for text in first) for shape in (SEASON, MONTH)):
                texts = _texts(column_values(development.features, at))
                lines += [*_season(development, name, texts), *_month(name, texts)]
        elif name.casefold() in PART_OF or re.fullmatch(DAY_NAME, name):
            numbers = column_values(development.features, at).astype(np.float64)
            whole = bool(len(numbers)) and bool((numbers == np.trunc(numbers)).all())  # none is missing
            if re.fullmatch(DAY_NAME, name) and _are_between(numbers, EXCEL):
                lines.append(
                    f"the numbers of {shown(name)} may be dates as a workbook counts days; written as dates, such as "
                    "2026-01-31, they tell month and weekday, too."
                )
            part = PART_OF.get(name.casefold(), "")
            if whole and part and _are_between(numbers, PARTS[part]):
                parts[part] = name
    if {"y", "m"} <= parts.keys() and development.split_key is None and not ordered:
        names = [parts[part] for part in PARTS if part in parts]
        lines.append(f"{listed(names)} may be the parts of a date, and are read as numbers; {later(*names)}")
    return tuple(lines)


def _texts(values: NDArray[np.generic]) -> set[str]:
    """Return the different texts of a feature."""
    return {str(value) for value in set(values.tolist()) if isinstance(value, str)}


def _are_between(numbers: NDArray[np.float64], limits: tuple[int, int]) -> bool:
    present = numbers[np.isfinite(numbers)]
    return bool(len(present)) and limits[0] <= present.min() < present.max() <= limits[1]


def _season(table: Table, name: str, texts: set[str]) -> Iterator[str]:
    """Say which categories are seasons, such as 2019/20."""
    found = [re.fullmatch(SEASON, text) for text in texts]
    if table.time is None and len(found) >= FEWEST and all(one and _follow(one) for one in found):
        yield (
            f"the seasons of {shown(name)} are read as categories; if new rows will be later ones, a column of their "
            f"first years, named in data.time, {LATER}"
        )


def _follow(season: re.Match[str]) -> bool:
    return (int(season[1]) + 1) % 100 == int(season[2])


def _month(name: str, texts: set[str]) -> Iterator[str]:
    """Say which categories look like months of a year in another language."""
    found = [one for text in texts if (one := re.fullmatch(MONTH, text))]
    low, high = MONTHS
    if len(found) == len(texts) and low <= len({one[1] for one in found}) <= min(high, len(texts) / 2):
        yield (
            f"{shown(name)} looks like dates, such as {shown(min(texts))}, but is read as categories; dates are read "
            "with months as numbers or in English, as in 2026-01."
        )
