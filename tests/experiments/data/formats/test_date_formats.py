"""The format of dates: what is read, as which day, and what is no date."""

from __future__ import annotations

import datetime

import numpy as np
import pyarrow as pa
import pytest

from experiments.data.formats.date_formats import (
    AmbiguousDates,
    date_format,
    date_text,
    days_of,
    days_of_times,
    is_date_format,
    without_strays,
)

DAY = 20484.0  # 31 January 2026
NO_DATES = ("2026Q5", "2026Q10", "Q1", "2026-W60", "Box 31.01.2026", "Sat 12:30")


def column(*texts: str | None) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(texts, pa.string())])


@pytest.mark.parametrize(
    ("texts", "form", "days"),
    [
        (("2026-01-31", "2026-02-01"), "ISO8601", [DAY, DAY + 1]),
        (("2026-01-31 12:00", "2026-02-01"), "ISO8601", [DAY + 0.5, DAY + 1]),
        (("2026-01-31T12:00:00+0600", "2026-01-31T06:00:00Z"), "ISO8601", [DAY + 0.25, DAY + 0.25]),
        (("2026-1-31",), "%Y-%m-%d", [DAY]),
        (
            ("2026-01-31 06:00:00,000", "2026-01-31 06:00:00,500"),
            "%Y-%m-%d %H:%M:%S,%f",
            [DAY + 0.25, DAY + 21600.5 / 86400],
        ),
        (("31.01.2026", "1.2.2026"), "%d.%m.%Y", [DAY, DAY + 1]),
        (("31.01.26",), "%d.%m.%y", [DAY]),
        (("31/01/2026", "01/02/2026"), "%d/%m/%Y", [DAY, DAY + 1]),
        (("01/31/2026", "02/01/2026"), "%m/%d/%Y", [DAY, DAY + 1]),
        (("01/31/26 06:00 PM",), "%m/%d/%y %I:%M %p", [DAY + 0.75]),
        (("20260131",), "%Y%m%d", [DAY]),
        (("20260131T000000", "20260201T120000"), "ISO8601", [DAY, DAY + 1.5]),
        (("20260131T0600Z",), "ISO8601", [DAY + 0.25]),
        (("2026-01-31 06:00:00 UTC", "2026-01-31 06:00:00.5 UTC"), "ISO8601", [DAY + 0.25, DAY + 21600.5 / 86400]),
        (("2026-01-31 06:00:00+00", "2026-01-31 06:00:00.5-05"), "ISO8601", [DAY + 0.25, DAY + 39600.5 / 86400]),
        (("2026-01-31 06:00:00Z", "2026-01-31 06:00 EST"), "ISO8601", [DAY + 0.25, DAY + 11 / 24]),
        (("2026/01/31 6:00:00 PM GMT+1",), "%Y/%m/%d %I:%M:%S %p %Z", [DAY + 17 / 24]),
        (("2026/01/31 6:00:00 PM GMT-3:30",), "%Y/%m/%d %I:%M:%S %p %Z", [DAY + 21.5 / 24]),
        (
            ("1/31/2026 6:00 AM EST", "7/31/2026 6:00 AM EDT"),
            "%m/%d/%Y %I:%M %p %Z",
            [DAY + 11 / 24, DAY + 181 + 10 / 24],
        ),
        (("Jan 31, 2026 06:00 UTC",), "%b %d, %Y %H:%M %Z", [DAY + 0.25]),
        (("31/Jan/26 6:00 PM",), "%d/%b/%y %I:%M %p", [DAY + 0.75]),
        (("31/Jan/2026",), "%d/%b/%Y", [DAY]),
        (("31-JAN-26 06.00.00.000000000 PM",), "%d-%b-%y %I.%M.%S.%f %p", [DAY + 0.75]),
        (("31-JAN-26 06.00.00 AM",), "%d-%b-%y %I.%M.%S %p", [DAY + 0.25]),
        (("31.1.2026 18.00",), "%d.%m.%Y %H.%M", [DAY + 0.75]),
        (("2026-01-31 06.00.00",), "%Y-%m-%d %H.%M.%S", [DAY + 0.25]),
        (("01312026", "02012026"), "%m%d%Y", [DAY, DAY + 1]),
        (("31012026", "01022026"), "%d%m%Y", [DAY, DAY + 1]),
        (("31jan2026", "1FEB2026"), "%d%b%Y", [DAY, DAY + 1]),
        (("Jan 31, 2026", "Feb 01, 2026"), "%b %d, %Y", [DAY, DAY + 1]),
        (("January 31, 2026",), "%B %d, %Y", [DAY]),
        (("Jan 31 2026", "Feb 1 2026"), "%b %d %Y", [DAY, DAY + 1]),
        (("January 31 2026",), "%B %d %Y", [DAY]),
        (("31-Jan-2026",), "%d-%b-%Y", [DAY]),
        (("31 January 2026",), "%d %B %Y", [DAY]),
        (("2026-01", "2026-02"), "%Y-%m", [DAY - 30, DAY + 1]),
        (("Jan-26", "Feb-26"), "%b-%y", [DAY - 30, DAY + 1]),
        (("2026M01", "2026M02"), "%YM%m", [DAY - 30, DAY + 1]),
        (("2026m1", "2026m2"), "%Ym%m", [DAY - 30, DAY + 1]),
        (("January 31st, 2026", "February 1st, 2026"), "%B %dth, %Y", [DAY, DAY + 1]),
        (("Feb 2nd 2026", "Feb 13th 2026"), "%b %dth %Y", [DAY + 2, DAY + 13]),
        (("31st January 2026", "3rd February 2026"), "%dth %B %Y", [DAY, DAY + 3]),
        (("2026/01", "2026/12"), "%Y/%m", [DAY - 30, DAY + 304]),
        (("2026Q1", "2026Q2"), "%YQ%q", [DAY - 30, DAY + 60]),
        (("2026q1",), "%Yq%q", [DAY - 30]),
        (("2025-Q4", "2026-Q1"), "%Y-Q%q", [DAY - 122, DAY - 30]),
        (("2026 Q1",), "%Y Q%q", [DAY - 30]),
        (("Q1 2026",), "Q%q %Y", [DAY - 30]),
        (("Q3-2026",), "Q%q-%Y", [DAY + 151]),
        (("Q1/2026",), "Q%q/%Y", [DAY - 30]),
        (("2026-W01", "2026-W06"), "%G-W%V", [DAY - 33, DAY + 2]),  # the first one begins in December
        (("2026W06",), "%GW%V", [DAY + 2]),
        (("Saturday, 31 January 2026", "Sunday, 1 February 2026"), "%A, %d %B %Y", [DAY, DAY + 1]),
        (("Sat Jan 31, 2026",), "%a %b %d, %Y", [DAY]),
        (("Saturday 2026-01-31",), "%A %Y-%m-%d", [DAY]),
        (("Sat 2026-01-31 06:00",), "%a %Y-%m-%d %H:%M", [DAY + 0.25]),
        (("Sat, 31 Jan 2026 18:00:00 +0600",), "%a, %d %b %Y %H:%M:%S %z", [DAY + 0.5]),
        (("Wednesday, September 30, 2026 06:00 PM",), "%A, %B %d, %Y %I:%M %p", [DAY + 242.75]),
        (("06:00", "18:30"), "%H:%M", [0.25, 0.7708333333333334]),
        (("06:00:00 AM",), "%I:%M:%S %p", [0.25]),
    ],
)
def test_dates_of_one_format_are_days(texts: tuple[str, ...], form: str, days: list[float]) -> None:
    assert date_format(column(*texts)) == form
    found = days_of(column(*texts, None, "no date"), form)
    np.testing.assert_array_equal(found, [*days, np.nan, np.nan])
    assert is_date_format(form)
    written = [date_text(day, form) for day in days]
    np.testing.assert_array_equal(days_of(column(*written), form), days)


@pytest.mark.parametrize(
    "text",
    [
        "1/2",
        "132/87",
        "3.14",
        "2026-13-01",
        "2026",
        "12345678",
        "31.31.2026",
        "a-26",
        "x",
        "06.00",
        "06.00.10",
        *NO_DATES,
    ],
)
def test_what_is_no_date_has_no_format(text: str) -> None:
    assert date_format(column(text)) is None


def test_seasons_are_no_months() -> None:
    assert date_format(column("2009/10", "2010/11")) is None
    assert date_format(column("2009/10", "2010/12")) == "%Y/%m"


def test_a_year_that_cannot_be_is_no_date() -> None:
    assert date_format(column("0001-01-01")) is None
    assert date_format(column("2201-01-01")) is None


def test_the_day_and_the_month_are_settled_by_all_rows() -> None:
    with pytest.raises(AmbiguousDates) as both:
        date_format(column("01/02/2026", "03/04/2026"))
    assert both.value.args == ("%m/%d/%Y", "%d/%m/%Y")
    assert date_format(column("01/02/2026", "13/04/2026")) == "%d/%m/%Y"
    assert date_format(column("01/02/2026", "04/13/2026")) == "%m/%d/%Y"


def test_first_days_of_months_are_no_days_of_january() -> None:
    months = [f"{month}/1/{year}" for year in range(1990, 1993) for month in (1, 4, 7, 10)]
    assert date_format(column(*months)) == "%m/%d/%Y"
    assert date_format(column(*(f"01-{month.replace('/1/', '-')}" for month in months))) == "%d-%m-%Y"
    for year in (0, 30):  # before 1970 and after it, in the evening
        evenings = [f"{month}/1/{1960 + year + number} 18:00" for month in (2, 3, 4) for number in range(3)]
        assert date_format(column(*evenings)) == "%m/%d/%Y %H:%M"
    working = ["1/2/1990", "1/2/1991", "1/3/1992", "1/4/1993"]  # the first working days of four years
    for unclear in (months[:8], [*months, "1/2/1990"], working):  # few years; another day
        with pytest.raises(AmbiguousDates):
            date_format(column(*unclear))


def test_no_other_quarter_or_week_fits_a_format() -> None:
    found = days_of(column("2026Q1", "2026Q10", "2026Q5", "2026M1", "Q1"), "%YQ%q")
    np.testing.assert_array_equal(np.isnan(found), [False, True, True, True, True])
    assert np.isnan(days_of(column("2026-W54", "2026-1", None), "%G-W%V")).all()


def test_numbers_since_1970_are_days() -> None:
    np.testing.assert_array_equal(days_of(column("1769817600", None), "seconds"), [DAY, np.nan])
    np.testing.assert_array_equal(days_of(column("1769817600000"), "milliseconds"), [DAY])
    np.testing.assert_array_equal(days_of(column("1769817600000000"), "microseconds"), [DAY])
    np.testing.assert_array_equal(days_of(column("1769817600000000000"), "nanoseconds"), [DAY])


def test_typed_dates_times_and_durations_are_days() -> None:
    for values, days in [
        ([datetime.date(2026, 1, 31), None], [DAY, np.nan]),
        ([datetime.datetime(2026, 1, 31, 12), None], [DAY + 0.5, np.nan]),
        ([datetime.time(6), None], [0.25, np.nan]),
        ([datetime.timedelta(hours=36), None], [1.5, np.nan]),
    ]:
        np.testing.assert_array_equal(days_of_times(pa.chunked_array([pa.array(values)])), days)
    for kind in (pa.date32(), pa.timestamp("us"), pa.timestamp("s")):
        far = pa.array([datetime.datetime(9999, 12, 31), datetime.datetime(2026, 1, 31), None], pa.timestamp("us"))
        np.testing.assert_array_equal(days_of_times(pa.chunked_array([far.cast(kind)])), [np.nan, DAY, np.nan])
    zoned = pa.array([datetime.datetime(2026, 1, 31, 12)], pa.timestamp("s", "Asia/Dhaka"))
    np.testing.assert_array_equal(days_of_times(pa.chunked_array([zoned])), [DAY + 0.5])


def test_a_few_texts_among_dates_are_left_out_unless_they_are_most_of_the_cells() -> None:
    dates = [f"2024-01-{day:02}" for day in range(1, 25)]
    found = without_strays(column(*dates, "11:34", "soon"), strays=3, least=20)
    assert found is not None
    assert found.to_pylist() == dates
    never = without_strays(column(*dates, *["never"] * 90), strays=3, least=20)
    assert never is not None
    assert never.to_pylist() == dates
    assert without_strays(column(*dates, *["never", "yearly", "monthly"] * 30), strays=3, least=20) is None


def test_the_name_of_a_zone_is_read_below_a_word() -> None:
    np.testing.assert_array_equal(days_of(column("unknown", "2026-01-31 06:00 UTC"), "ISO8601"), [np.nan, DAY + 0.25])


def test_digits_of_a_date_that_lost_their_zero_are_none() -> None:
    np.testing.assert_array_equal(days_of(column("01312026", "1312026", "1112026"), "%m%d%Y"), [DAY, np.nan, np.nan])
    with pytest.raises(AmbiguousDates):
        date_format(column("01022026", "02032026"))
