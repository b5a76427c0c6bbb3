"""Columns that are named like a time."""

from __future__ import annotations

import re
from shlex import quote

# names of numbers that go on, and of those that may begin again
ONWARD = "year|yr|jahr|yearmonth|yyyymm|(date|unix)?time|unix|zeit|timestamp|epoch|elapsed|cycle|period|step|t|ts"
AROUND = "quarter|quartal|month|monat|week|woche|kw|day|tag|date|datum|hour|hr|stunde|minute|second"
FINENESS = ("year|yr|jahr", "quarter|quartal", "month|monat", "week|woche|kw", "day|tag|date|datum", "hour|hr|stunde")
UNIT = r"([_ .-]?(s|sec|ms|us|ns|h|utc|at|id|no|nr|number|index))?"


def is_time_name(name: str, words: str = f"{ONWARD}|{AROUND}") -> bool:
    """Return whether a column is named like a time.

    >>> [is_time_name(name) for name in ("Year", "fiscal_year", "weeks", "unixtime", "t", "year_built", "weight")]
    [True, True, True, True, True, False, False]
    """
    return re.fullmatch(rf"(.*[_ .-])?({words})s?{UNIT}", name, re.IGNORECASE) is not None


def fineness(name: str) -> int:
    """Return how fine a part of a time is by its name: years are 0, unknown ones the finest.

    >>> sorted(["day", "minute", "Month", "fiscal_year"], key=fineness)
    ['fiscal_year', 'Month', 'day', 'minute']
    """
    parts = enumerate(FINENESS)
    return next((at for at, words in parts if is_time_name(re.sub("_of_.*", "", name), words)), len(FINENESS))


def later_option(name: str) -> str:
    """Say which option tests on later rows.

    >>> later_option("week no")
    "if new rows will be later ones, --time 'week no' tests on later rows"
    """
    return f"if new rows will be later ones, --time {quote(name)} tests on later rows"
