"""The format of a column's dates, as strptime writes it, and the days since 1970 that they are.

A time without a date is a part of a day. Times with a zone are taken in UTC.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

ISO = "ISO8601"  # dates like 2026-01-31, with or without a time and a zone
NANOSECONDS = 86_400_000_000_000  # of a day
LONGEST = 40  # characters of a date
PROBE = 50  # texts
FIRST, LAST = 1800, 2200  # years
MONTHLY = 3  # years at least, and dates of a year in the mean, that are first days of months and not all in January
EPOCHS = {  # format of whole numbers since 1970 -> shape from 1973 to 2033, and number in a day
    "seconds": (r"^(1\d|[1-9])\d{8}$", 86_400),
    "milliseconds": (r"^(1\d|[1-9])\d{11}$", 86_400_000),
    "microseconds": (r"^(1\d|[1-9])\d{14}$", 86_400_000_000),
    "nanoseconds": (r"^(1\d|[1-9])\d{17}$", NANOSECONDS),
}
NO_DATE = ("0000-00-00", "0000-00-00 00:00:00", "00/00/0000")  # as databases write a missing date

SHAPES: tuple[tuple[str, tuple[str, ...]], ...] = (  # shape of a date -> its formats
    (r"\d{4}-\d\d-\d\d", (ISO,)),
    (r"\d{4}-\d{1,2}-\d{1,2}", ("%Y-%m-%d",)),
    (r"(?:18|19|20|21)\d{6}", ("%Y%m%d",)),
    (r"(?:18|19|20|21)\d{6}T\d{4}(?:\d\d)?(?:Z|[+-]\d\d:?\d\d)?", (ISO,)),
    (r"[0-3]\d[0-3]\d(?:19|20)\d\d", ("%m%d%Y", "%d%m%Y")),
    (r"\d{4}/\d{1,2}/\d{1,2}", ("%Y/%m/%d",)),
    (r"\d{4}\.\d{1,2}\.\d{1,2}", ("%Y.%m.%d",)),
    (r"\d{1,2}\.\d{1,2}\.\d{4}", ("%d.%m.%Y",)),
    (r"\d{1,2}\.\d{1,2}\.\d\d", ("%d.%m.%y",)),
    (r"\d{1,2}/\d{1,2}/\d{4}", ("%m/%d/%Y", "%d/%m/%Y")),
    (r"\d{1,2}/\d{1,2}/\d\d", ("%m/%d/%y", "%d/%m/%y")),
    (r"\d{1,2}-\d{1,2}-\d{4}", ("%m-%d-%Y", "%d-%m-%Y")),
    (r"\d{1,2}-\d{1,2}-\d\d", ("%m-%d-%y", "%d-%m-%y")),
    (r"\d{4}-\d\d", ("%Y-%m",)),
    (r"(?:18|19|20|21)\d\d/\d\d", ("%Y/%m",)),
    (r"\d{1,2}/\d{4}", ("%m/%Y",)),
    (r"[^\W\d]+ \d{1,2}, \d{4}", ("%b %d, %Y", "%B %d, %Y")),
    (r"[^\W\d]+ \d{1,2} \d{4}", ("%b %d %Y", "%B %d %Y")),
    (r"\d{1,2} [^\W\d]+ \d{4}", ("%d %b %Y", "%d %B %Y")),
    (r"[^\W\d]+ \d{1,2}(?:st|nd|rd|th), \d{4}", ("%b %dth, %Y", "%B %dth, %Y")),
    (r"[^\W\d]+ \d{1,2}(?:st|nd|rd|th) \d{4}", ("%b %dth %Y", "%B %dth %Y")),
    (r"\d{1,2}(?:st|nd|rd|th) [^\W\d]+ \d{4}", ("%dth %b %Y", "%dth %B %Y")),
    (r"\d{1,2}-[^\W\d]+-\d{4}", ("%d-%b-%Y", "%d-%B-%Y")),
    (r"\d{1,2}-[^\W\d]+-\d\d", ("%d-%b-%y",)),
    (r"\d{1,2}/[^\W\d]+/\d{4}", ("%d/%b/%Y",)),
    (r"\d{1,2}/[^\W\d]+/\d\d", ("%d/%b/%y",)),
    (r"\d{1,2}[^\W\d]+\d{4}", ("%d%b%Y",)),
    (r"[^\W\d]+-\d\d", ("%b-%y",)),
    (r"[^\W\d]+ \d{4}", ("%b %Y", "%B %Y")),
    (r"[^\W\d]+-\d{4}", ("%b-%Y", "%B-%Y")),
    (r"\d{4}M\d\d", ("%YM%m",)),
    (r"\d{4}m\d{1,2}", ("%Ym%m",)),
    (r"\d{4}Q[1-4]", ("%YQ%q",)),
    (r"\d{4}q[1-4]", ("%Yq%q",)),
    (r"\d{4}-Q[1-4]", ("%Y-Q%q",)),
    (r"\d{4} Q[1-4]", ("%Y Q%q",)),
    (r"Q[1-4] \d{4}", ("Q%q %Y",)),
    (r"Q[1-4]-\d{4}", ("Q%q-%Y",)),
    (r"Q[1-4]/\d{4}", ("Q%q/%Y",)),
    (r"\d{4}-W\d\d", ("%G-W%V",)),
    (r"\d{4}W\d\d", ("%GW%V",)),
)
CLOCKS = (  # shape of a time of day -> its format
    (r"\d{1,2}:\d\d", "%H:%M"),
    (r"\d{1,2}:\d\d:\d\d", "%H:%M:%S"),
    (r"\d{1,2}:\d\d:\d\d\.\d+", "%H:%M:%S.%f"),
    (r"\d{1,2}:\d\d:\d\d,\d+", "%H:%M:%S,%f"),  # as programs write logs
    (r"\d{1,2}:\d\d [aApP][mM]", "%I:%M %p"),
    (r"\d{1,2}:\d\d:\d\d [aApP][mM]", "%I:%M:%S %p"),
    (r"\d{1,2}\.\d\d\.\d\d [aApP][mM]", "%I.%M.%S %p"),
    (r"\d{1,2}\.\d\d\.\d\d\.\d+ [aApP][mM]", "%I.%M.%S.%f %p"),
)
DOTTED = ((r"\d{1,2}\.\d\d", "%H.%M"), (r"\d{1,2}\.\d\d\.\d\d", "%H.%M.%S"))  # beside a date; alone, it is a number
ORDINAL = r"(\d)(?:st|nd|rd|th)\b"
WEEKDAY = r"[^\W\d]+(?P<gap>,? )(?P<date>.+)"
ZONE_NAME = r"(?P<name>UTC|GMT|[ECMP][SD]T)(?:(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d\d))?)?$"
ZONE = r" ?(?:Z|[+-]\d\d(?::?\d\d)?|(?:UTC|GMT)(?:[+-]\d{1,2}(?::?\d\d)?)?|[ECMP][SD]T)"
BEHIND_UTC = {"E": 5, "C": 6, "M": 7, "P": 8}  # hours of the zones that RFC 822 names, without daylight saving


class AmbiguousDates(Exception):
    """Dates that fit two formats; the arguments are the formats."""


def is_date_format(text: str) -> bool:
    """Return whether a text is the format of dates or times.

    >>> [is_date_format(text) for text in ("%d.%m.%Y", "ISO8601", "1234.5 %")]
    [True, True, False]
    """
    return text == ISO or text in EPOCHS or re.search(r"%[YGymdbBHIj]", text) is not None


def date_format(texts: pa.ChunkedArray) -> str | None:
    """Infer the format that all of some texts have; None if there is none.

    Args:
        texts: present and stripped.

    Raises:
        AmbiguousDates: the day and the month could be exchanged, and the dates would be others.
    """
    different = pc.unique(texts)
    values = different.to_pandas()
    fitting: dict[str, NDArray[np.float64]] = {}
    for form in _candidates(values[0]):
        if not np.isnan(_days(values[:PROBE], form)).any() and not np.isnan(days := _days(values, form)).any():
            fitting[form] = days
    if not fitting:
        return None
    if fitting.keys() == {"%Y/%m"} and all(int(text[2:4]) + 1 == int(text[5:7]) for text in values):
        return None  # seasons, such as 2009/10
    first, *others = fitting
    if others and any(not np.array_equal(fitting[first], fitting[other]) for other in others):
        monthly = [form for form, days in fitting.items() if _are_first_days(days)]
        if len(monthly) != 1:
            raise AmbiguousDates(*fitting)
        return monthly[0]
    return first


def are_dates(texts: pa.ChunkedArray) -> bool:
    """Return whether all of some texts are dates of one format, which may be ambiguous."""
    try:
        return date_format(texts) is not None
    except AmbiguousDates:
        return True


def without_strays(texts: pa.ChunkedArray, strays: int, least: int) -> pa.ChunkedArray | None:
    """Return the texts that are dates of one shape, where all but a few different ones are; None of other texts.

    Args:
        texts:  present and stripped.
        strays: different texts at most that are no such dates.
        least:  different dates at least.
    """
    different = pc.unique(texts)
    head = different[:PROBE].to_pandas()
    for first in head[: strays + 1]:
        for form in _candidates(first):
            if np.isnan(_days(head, form)).sum() > strays:  # as in most columns of texts, which may be long
                continue
            values = different.to_pandas()
            unread = np.isnan(_days(values, form))
            if unread.sum() <= strays and (~unread).sum() >= least:
                dates = texts.filter(pc.is_in(texts, pa.array(values[~unread], pa.string())))
                # one word is what a missing date is called; several that are most of the cells are categories
                return dates if unread.sum() == 1 or 2 * len(dates) > len(texts) else None
    return None


def with_day_and_month_exchanged(form: str) -> str | None:
    """Return a format with day and month exchanged, where both are numbers beside each other; None for any other.

    >>> with_day_and_month_exchanged("%d.%m.%Y"), with_day_and_month_exchanged("%m/%d/%y %H:%M")
    ('%m.%d.%Y', '%d/%m/%y %H:%M')
    >>> with_day_and_month_exchanged("%Y-%m-%d"), with_day_and_month_exchanged("%d %b %Y")
    (None, None)
    """
    found = re.match(r"%(d[./-]?%m|m[./-]?%d)[./-]?%[Yy]", form)
    return None if found is None else form.translate({ord("d"): "m", ord("m"): "d"})


def date_text(days: float, form: str) -> str:
    """Write a date in a format.

    >>> date_text(18293.0, "%b-%y"), date_text(18293.5, ISO), date_text(18304.0, "%B %dth, %Y")
    ('Feb-20', '2020-02-01T12:00:00', 'February 12th, 2020')
    """
    if form in EPOCHS:
        return str(round(days * EPOCHS[form][1]))
    time = pd.Timestamp(round(days * NANOSECONDS))
    form = form.replace("%q", str(time.quarter))
    ending = {1: "st", 2: "nd", 3: "rd"}.get(time.day % 10 if time.day // 10 != 1 else 0, "th")
    form = form.replace("%dth", f"{time.day}{ending}")
    form = form.replace("%z", "+0000").replace("%Z", "UTC")
    return str(time.isoformat() if form == ISO else time.strftime(form))


def days_of(texts: pa.ChunkedArray, form: str) -> NDArray[np.float64]:
    """Return (N,) the days since 1970 of texts, NaN where they are missing or do not fit the format."""
    encoded = texts.combine_chunks().dictionary_encode()
    known = np.append(_days(encoded.dictionary.to_pandas(), form), np.nan)
    days: NDArray[np.float64] = known[encoded.indices.fill_null(len(known) - 1).to_numpy(zero_copy_only=False)]
    return days


def days_of_times(column: pa.ChunkedArray) -> NDArray[np.float64]:
    """Return (N,) the days since 1970 of Arrow's dates, times and durations.

    They are NaN where they are missing, or where a year is not plausible, as 9999 for a thing that has no end.
    """
    kind, implausible = column.type, np.zeros(len(column), bool)
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        moments = column.cast(pa.timestamp("ms", getattr(kind, "tz", None)), safe=False).cast(pa.int64()).fill_null(0)
        first, end = np.array([f"{FIRST}-01-01", f"{LAST + 1}-01-01"], "datetime64[ms]").astype(np.int64)
        implausible = (moments.to_numpy() < first) | (moments.to_numpy() >= end)
        column = column.cast(pa.timestamp("ns", getattr(kind, "tz", None)), safe=False)
    elif pa.types.is_time(kind):
        column = column.cast(pa.time64("ns"), safe=False)
    else:
        column = column.cast(pa.duration("ns"), safe=False)
    whole = column.cast(pa.int64()).cast(pa.float64(), safe=False)
    days = np.array(whole.to_numpy(), np.float64) / NANOSECONDS
    days[implausible] = np.nan  # which may not fit into nanoseconds
    return days


def _are_first_days(days: NDArray[np.float64]) -> bool:
    """Return whether all dates are first days of a month, several a year in several years, as in a monthly series.

    One date in each year could be the first working day of January.
    """
    dates = np.unique(np.floor(days).astype("datetime64[D]"))  # days before 1970 are negative
    years = len(np.unique(dates.astype("datetime64[Y]")))
    firsts = (dates == dates.astype("datetime64[M]")).all()
    return bool(firsts and years >= MONTHLY and len(dates) >= MONTHLY * years)


def _candidates(text: str) -> Iterator[str]:
    """Yield the formats that a text may have by its shape, with a day of the week before it or without."""
    if len(text) > LONGEST:
        return
    yield from _of_dates(text)
    yield from (clock for shape, clock in CLOCKS if re.fullmatch(shape, text))
    if weekday := re.fullmatch(WEEKDAY, text):
        forms = [*_of_dates(weekday["date"], iso="%Y-%m-%d")]
        yield from (f"{name}{weekday['gap']}{form}" for name in ("%a", "%A") for form in forms)


def _of_dates(text: str, iso: str = ISO) -> Iterator[str]:
    """Yield the formats of dates, with a time of day or without, that a text may have by its shape.

    Args:
        iso: format of a date by ISO 8601; ISO itself is also the format of one with a time.
    """
    for shape, formats in SHAPES:
        whole = re.fullmatch(rf"{shape}(?:(?P<gap>T|, | )(?P<clock>\d.*?)(?P<zone>{ZONE})?)?", text)
        if whole is None:
            continue
        if whole["clock"] is None:
            yield from (form.replace(ISO, iso) for form in formats)
            continue
        zone = re.sub(r"\S+", "%Z" if re.search(ZONE_NAME, text) else "%z", whole["zone"] or "")
        for clock in (form for clock_shape, form in (*CLOCKS, *DOTTED) if re.fullmatch(clock_shape, whole["clock"])):
            alone = iso == ISO and "%I" not in clock and "," not in clock and ":" in clock and whole["gap"] != ", "
            after = f"{whole['gap']}{clock}{zone}"
            yield from (form if form == ISO and alone else form.replace(ISO, "%Y-%m-%d") + after for form in formats)


def _days(texts: pd.Series, form: str) -> NDArray[np.float64]:
    """Return (N,) the days since 1970, NaN where a text does not fit or its year is not plausible."""
    if form in EPOCHS:
        numbers: NDArray[np.float64] = pd.to_numeric(texts, errors="coerce").to_numpy(np.float64, na_value=np.nan)
        return numbers / EPOCHS[form][1]
    if "%q" in form:  # which pandas does not read
        texts = texts.str.replace(r"[Qq]([1-4])(?!\d)", lambda quarter: f"Q~{3 * int(quarter[1]) - 2}", regex=True)
        form = re.sub("[Qq]%q", "Q~%m", form)
    if "%dth" in form:  # 1st, 2nd, 3rd, 4th
        texts, form = texts.str.replace(ORDINAL, r"\1", regex=True), form.replace("%dth", "%d")
    if "%V" in form:  # which is no day
        texts, form = texts + "-1", f"{form}-%u"
    if "%Z" in form:  # of which pandas reads few names
        texts, form = texts.str.replace(ZONE_NAME, _offset, regex=True), form.replace("%Z", "%z")
    if re.match("%(m%d|d%m)%Y", form):
        texts = texts.where(texts.str.match(r"\d{8}"))  # without its zero, 1112026 could be two days
    times = pd.to_datetime(texts, format=form, errors="coerce", utc=True).dt.tz_localize(None)
    if form == ISO and len(unread := texts[times.isna()].dropna()):  # perhaps with the name of a zone
        named = unread.str.replace(ZONE_NAME, _offset, regex=True)
        if not named.equals(unread):
            return _days(texts.mask(times.isna(), named), form)
    plausible = (times.dt.year >= FIRST) & (times.dt.year <= LAST)
    exact = times.where(plausible).dt.as_unit("ns").to_numpy().astype(np.int64)
    if form != ISO and not re.search("%[YGy]", form):
        exact %= NANOSECONDS  # a time of day
    return np.where(plausible, exact / NANOSECONDS, np.nan)


def _offset(zone: re.Match[str]) -> str:
    """Return the distance from UTC of a zone with a name, as in `GMT+1` and `EST`."""
    if (behind := BEHIND_UTC.get(zone["name"][0])) is not None:
        return f"-0{behind - (zone['name'][1] == 'D')}00"
    return f"{zone['sign'] or '+'}{int(zone['hours'] or 0):02}{zone['minutes'] or '00'}"
