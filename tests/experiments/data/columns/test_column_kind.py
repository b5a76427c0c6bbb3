"""A column's kind follows from its values; what says nothing of new rows is no feature."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from experiments.data.columns.column_kind import Decision, NoFeature, decide_column, file_has_comma, settled_format
from experiments.data.raw_table import RawTable
from experiments.errors import DataError

Make = Callable[..., RawTable]
MANY = range(40)


def decided(made: RawTable, comma: bool = False) -> Decision:
    return decide_column(replace(made, comma=comma), "x")


def test_numbers_are_numbers(sheet: Make) -> None:
    for values in [
        ["1", "2.5", "-3e2", "+4", ".5", "6."],
        [1, 1, None],
        [Decimal("1.25"), Decimal("2.50")],
        ["1", "2", "1"],  # also few different whole numbers
        [datetime.timedelta(days=2), datetime.timedelta(hours=1)],
    ]:
        assert decided(sheet(x=values)) == Decision("number")


def test_words_are_categories(sheet: Make) -> None:
    for values in [
        ["a", " b ", "", "a"],
        [True, False, None],
        ["1", "a", "b"],
        ["5more", "2", "3", "4"],
        ["18-25", "26-35", "50+"],
        ["<0.01", "1.00", "2.00"],
        ["[0, 0]", "[1, 1]"],
        ["0x1", "0x2"],
        [f"City {number % 15}" for number in range(60)],
    ]:
        assert decided(sheet(x=values)) == Decision("category")
    declared = sheet(declared=["x"], x=pa.chunked_array([pa.array(["1", "2", None, "1"]).dictionary_encode()]))
    assert decided(declared) == Decision("category")


@pytest.mark.parametrize(
    ("values", "form"),
    [
        (["$1,390", "$2"], "$1,234.5"),
        (["16.2%", "-3%", ""], "1234.5%"),
        (["1390 sqft", "12 sqft"], "1234.5 sqft"),
        (["6,0", "0,747"], "1234,5"),
        (["5+", "3+", "n.a."], "1234.5+"),
    ],
)
def test_numbers_of_one_format_are_numbers(values: list[str], form: str, sheet: Make) -> None:
    missing = tuple(value for value in values if value == "n.a.")
    assert decided(sheet(x=values)) == Decision("number", form, missing)


@pytest.mark.parametrize(
    ("values", "form"),
    [
        (["2026-01-31", "2026-02-01"], ""),
        (["31.01.2026", "1.2.2026"], "%d.%m.%Y"),
        (["2026-01-31T12:00:00Z", "", "unknown"], ""),
        (["01/31/2026", "00/00/0000"], "%m/%d/%Y"),
        (["20260131", "20260201"], "%Y%m%d"),
        (["01312026", "02012026"], "%m%d%Y"),
        ([20260131, 20260201], "%Y%m%d"),
        (["09:30", "23:59"], "%H:%M"),
        ([datetime.date(2026, 1, 31)], ""),
        ([datetime.time(9, 30)], ""),
    ],
)
def test_dates_are_dates(values: list[Any], form: str, sheet: Make) -> None:
    missing = tuple(value for value in values if value == "unknown")
    assert decided(sheet(x=values)) == Decision("date", form, missing)


def test_seconds_since_1970_are_dates_in_a_column_with_the_name_of_a_time(sheet: Make) -> None:
    values = ["1577836800", "1577840400", "1577840400"]
    made = sheet(created_at=values, x=values)
    assert decide_column(made, "created_at") == Decision("date", "seconds")
    assert decided(made) == Decision("number")
    earlier = ["999999999", "1000000000"]  # in September of 2001
    for form, zeros in (("seconds", ""), ("milliseconds", "000"), ("microseconds", "000000")):
        assert decide_column(sheet(time=[text + zeros for text in earlier]), "time").format == form
    for name in ("t", "unixtime"):
        assert decide_column(sheet(**{name: values}), name) == Decision("date", "seconds")


def test_a_day_that_could_be_the_month_is_refused_with_both_formats(sheet: Make) -> None:
    with pytest.raises(DataError, match=r"'01/02/2026', .*--formats 'x=%m/%d/%Y' or --formats 'x=%d/%m/%Y'\.$"):
        decided(sheet(x=["01/02/2026", "03/04/2026"]))
    assert decided(sheet(x=["01/01/2026", "02/02/2026"])) == Decision("date", "%m/%d/%Y")  # either way the same


def test_a_comma_is_read_as_in_the_rest_of_the_file(sheet: Make) -> None:
    made = sheet(x=["1,390", "2,100"], german=["0,5", "7,25"], point=["1.390", "2.100"])
    assert not file_has_comma(made, ["x"])
    assert file_has_comma(made, ["x", "german"])
    assert file_has_comma(sheet(x=["6", "0,5"]), ["x"])  # whatever the first row has
    assert decided(made) == Decision("number", "1,234.5")
    assert decided(made, comma=True) == Decision("number", "1234,5")
    assert decide_column(replace(made, comma=True), "point") == Decision("number", "1.234,5")
    assert decide_column(made, "point") == Decision("number")
    for values, form in (
        (["823", "404.958"], "1.234,5"),
        (["-12.823.100", "0"], "1.234,5"),
        (["823", "12"], ""),
        (["1.39", "2.100"], ""),
        (["0.823", "2.100"], ""),  # of English decimals
        (["1234.500", "2.100"], ""),
    ):
        assert decide_column(replace(sheet(x=values), comma=True), "x") == Decision("number", form)
        semicolons = replace(sheet(x=values), layout={"separator": ";"})
        assert decide_column(semicolons, "x") == Decision("number", form)
        alone = form if values[0].count(".") == 2 else ""  # which no decimal has
        assert decide_column(sheet(x=values), "x") == Decision("number", alone)
    decimals = replace(sheet(x=["1.823", "404.958"]), layout={"separator": ";"})
    assert decide_column(decimals, "x") == Decision("number")


def test_a_column_that_is_said_to_be_numbers_has_the_format_of_most_cells(sheet: Make) -> None:
    for values, form in (
        (["17,25 €"] * 9 + ["auf Anfrage"], "1234,5 €"),
        (["$1,234.50"] * 9 + ["($45.10)", "$ -"], "$1,234.5"),
        (["12,3", "7,1"] * 4 + ["<0,5"], "1234,5"),
        (["12.3", "7.1"] * 4 + ["<0.5"], ""),
        (["\u221212.3", "7.1"] * 4 + ["<0.5"], "1234.5"),  # a typeset minus
        (["12.3", "1,200"] + ["x"] * 9, ""),
    ):
        assert settled_format(sheet(x=values), "x", "number") == form


def test_a_counter_may_have_points_between_thousands(sheet: Make) -> None:
    made = sheet(x=[f"{number:,}".replace(",", ".") for number in range(980, 1030)])
    with pytest.raises(NoFeature, match="counts_rows"):
        decided(made, comma=True)


def test_a_word_for_missing_numbers_changes_nothing_else(sheet: Make) -> None:
    for name, values, decision in (
        ("x", ["4.268", "300"], Decision("number", "1.234,5")),
        ("x", ["20260131", "20260201"], Decision("date", "%Y%m%d")),
        ("created_at", ["1577836800", "1577840400"], Decision("date", "seconds")),
    ):
        assert decide_column(replace(sheet(**{name: values}), comma=True), name) == decision
        for word in ("-", "k.A."):
            made = sheet(**{name: [*values, word]})
            assert decide_column(replace(made, missing=("k.A.",), comma=True), name) == replace(
                decision, missing=(word,)
            )
        assert decide_column(replace(sheet(**{name: [*values, "-9"]}), missing=("-9",), comma=True), name) == decision
    assert decide_column(replace(sheet(x=[20260131, 20260201, 0]), missing=("0",)), "x") == Decision("date", "%Y%m%d")
    assert file_has_comma(sheet(x=["0,5", "-"]), ["x"])
    assert file_has_comma(replace(sheet(x=["0,5", "k.A."]), missing=("k.A.",)), ["x"])


def test_the_points_of_a_column_that_is_said_to_be_numbers_stand_between_thousands(sheet: Make) -> None:
    cases: list[tuple[list[Any], str]] = [
        (["4.268", "300"], "1.234,5"),
        (["4.268", "300", "-", "k.A."], "1.234,5"),
        (["4.268", "300", "auf Anfrage"], "1.234,5"),
        (["4.268 €", "300 €", "auf Anfrage"], "1.234,5 €"),
        ([4.268, 300.0], ""),
    ]
    for values, form in cases:
        made = replace(sheet(x=values), missing=("k.A.",))
        assert settled_format(replace(made, comma=True), "x", "number") == form
        assert settled_format(made, "x", "number") == ("1234.5 €" if "€" in form else "")
        plain = "" if form == "1.234,5" else form
        assert settled_format(replace(made, comma=True), "x", "number", thousands=False) == plain
    assert settled_format(replace(sheet(x=["1.234,5", "2"]), comma=True), "x", "number", thousands=False) == "1.234,5"


def test_a_stray_number_is_no_word_for_missing_ones(sheet: Make) -> None:
    prices = [f"${number}.50" for number in MANY]
    assert decided(sheet(x=[*prices, "0", "ask"])) == Decision("number", "$1234.5", ("ask",))
    assert decided(sheet(x=[*(f"{number},5 kg" for number in MANY), "0"])) == Decision("number", "1234,5 kg")


@pytest.mark.parametrize(
    ("values", "detail"),
    [
        (
            [f"{number}.5*" if number % 9 == 5 else f"{number}.5" for number in range(60)],
            "88% of its cells are numbers, the first other one is '5.5*'; --numbers x reads the numbers and takes the "
            "others for missing",
        ),
        (
            [f"({number}.5)" if number % 2 else f"{number}.5" for number in range(60)],
            "50% of its cells are numbers, the first other one is '(1.5)'; --formats 'x=(1234.5)' takes numbers in "
            "brackets for negative",
        ),
        (
            [f"{number / 100} m" if number % 5 == 0 else f"{number}.5 cm" for number in range(60)],
            "80% of its cells are numbers, the first other one is '0.0 m'; --numbers x reads the numbers and takes the "
            "others for missing",
        ),
        (  # 0.05 would be read as 0.05%
            [f"{number / 100}" if number % 5 == 0 else f"{number}.5%" for number in range(60)],
            "its numbers are written in two ways, as '1.5%' and '0.0'; write them alike",
        ),
        (  # also a single one
            [*(f"{number}.5%" for number in range(60)), "0", "0.75"],
            "its numbers are written in two ways, as '0.5%' and '0.75'; write them alike",
        ),
    ],
)
def test_numbers_that_are_not_written_alike_are_no_identifier(values: list[str], detail: str, sheet: Make) -> None:
    with pytest.raises(NoFeature) as why:
        decided(sheet(x=values))
    assert (why.value.reason, why.value.detail) == ("mixed_numbers", detail)


def test_few_words_among_many_numbers_are_missing(sheet: Make) -> None:
    numbers = [f"{number}.5" for number in MANY]
    assert decided(sheet(x=[*numbers, "see note", "-"])) == Decision("number", None, ("see note", "-"))
    assert decided(sheet(x=["-", "1", "2"])) == Decision("number", "", ("-",))
    for form, cells in (("$1234.5", "${0}.5"), ("1234,5", "{0},5"), ("1234.5 kg", "{0} kg"), ("1234.5", "\u2212{0}.5")):
        written = [cells.format(number) for number in MANY]
        assert decided(sheet(x=[*written, "ask"])) == Decision("number", form, ("ask",))
        with pytest.raises(NoFeature, match="mixed_numbers"):
            decided(sheet(x=[*written, *"abcd"]))  # too many words to be missing numbers


def test_a_few_numbers_above_one_among_percents_are_percents(sheet: Make) -> None:
    values = ["65", "0", *(f"{number}.5%" for number in range(60))]
    assert decided(sheet(x=values)) == Decision("number", "1234.5%")


def test_a_few_words_among_dates_are_missing(sheet: Make) -> None:
    days = [f"2026/{1 + number // 28}/{1 + number % 28}" for number in MANY]
    assert decided(sheet(x=["11:34", *days])) == Decision("date", "%Y/%m/%d")
    assert decided(sheet(x=[*days, "ongoing", "-"] * 4)) == Decision("date", "%Y/%m/%d")
    assert decided(sheet(x=["a", "b", "c", *(day.replace("/", "-") for day in days)])) == Decision("date", "%Y-%m-%d")
    assert decided(sheet(x=[*days[:19], "ongoing"] * 4)).kind == "category"  # too few dates
    with pytest.raises(NoFeature, match="identifies_rows"):
        decided(sheet(x=[*"abcd", *days]))
    with pytest.raises(DataError, match="the day could be the month"):
        decided(sheet(x=["?!", *(f"{1 + number // 12}/{1 + number % 12}/2026" for number in MANY)]))


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([f"name {number}" for number in MANY], "identifies_rows"),
        ([f"P{number:05}" for number in MANY], "identifies_rows"),
        ([f"+1 555 {number * 7919 % 10**7:07}" for number in MANY], "identifies_rows"),
        ([f"A/{number} {number * 7}" if number % 3 else str(number * 100) for number in MANY], "identifies_rows"),
        ([str(number) for number in reversed(MANY)], "counts_rows"),
        ([str(number) for number in MANY if number != 30], "counts_rows"),  # one row was deleted
        ([str(number * number) for number in MANY], "counts_rows"),
        ([number + 2**53 for number in MANY], "counts_rows"),
        ([str(number + 2**53) for number in MANY], "counts_rows"),
        ([number / 1.0 for number in MANY], "counts_rows"),
        ([f"#{number}" for number in MANY], "identifies_rows"),
        (
            [f"{1237 * 10**15 + number * 37 % 101 * 1000}" for number in MANY],
            "identifies_rows",
        ),  # of a catalogue of stars
        ([f"${number}" for number in MANY], "counts_rows"),
        ([*range(39), None], "counts_rows"),  # a cell was emptied
        (["", *map(str, range(39))], "counts_rows"),
        ([*map(str, range(39)), "-"], "counts_rows"),
        ([f"${number}" for number in range(39)] + ["-"], "counts_rows"),
        (["", "?", "NA"], "empty"),
        ([None, None], "empty"),
        (["7"] * 20, "constant"),
        (["a" * 201] * 20, "constant"),
        (["a" * 201, "b"], "free_text"),
        ([b"bytes"], "no_values"),
        ([[1, 2], [3]], "no_values"),
    ],
)
def test_what_says_nothing_of_new_rows_is_no_feature(values: list[Any], reason: str, sheet: Make) -> None:
    with pytest.raises(NoFeature) as why:
        decided(sheet(x=values))
    assert (why.value.reason, why.value.detail) == (reason, "")


def test_texts_that_are_named_like_a_time_are_said_to_be_no_dates(sheet: Make) -> None:
    values = [f"{number}. Januar {2000 + number}" for number in MANY]
    with pytest.raises(NoFeature) as why:
        decide_column(sheet(Datum=values), "Datum")
    assert (why.value.reason, why.value.detail) == (
        "identifies_rows",
        "differs in nearly every row, and is no date that is read, such as 2026-01-31 12:00 or 2026-Q1",
    )


def test_dates_among_which_several_words_stand_name_the_option_that_reads_them(sheet: Make) -> None:
    values = [f"{2000 + number}-05-17" for number in MANY] + ["spring", "in June", "Q3?", "later"]
    with pytest.raises(NoFeature) as why:
        decide_column(sheet(begun=values), "begun")
    assert (why.value.reason, why.value.detail) == (
        "identifies_rows",
        "90% of its cells are dates, the first other one is 'spring'; --dates begun reads the dates and takes the "
        "others for missing",
    )


def test_numbers_that_count_the_rows_in_time_name_the_option_that_tests_on_later_ones(sheet: Make) -> None:
    for name in ("year", "week no"):
        with pytest.raises(NoFeature) as why:
            decide_column(sheet(**{name: [1980 + number for number in MANY]}), name)
        quoted = "year" if name == "year" else "'week no'"
        assert why.value.detail == (
            f"counts the rows; if new rows will be later ones, --time {quoted} tests on later rows"
        )


@pytest.mark.parametrize("name", ["id_tree", "idUsuario", "ID_Kunde"])
def test_numbers_behind_an_id_name_the_rows(name: str, sheet: Make) -> None:
    values = [number * 7919 % 10007 for number in MANY]
    with pytest.raises(NoFeature, match="identifies_rows"):
        decide_column(sheet(**{name: values}), name)
    assert decide_column(sheet(idle=values), "idle") == Decision("number")


def test_what_only_resembles_an_identifier_is_taken(sheet: Make) -> None:
    for values in [
        list(range(19)),  # too few rows to conclude anything
        [50, *range(39)],
        [*range(37), *[None] * 3],  # of too many rows it says nothing
        [f"c{number // 2}" for number in MANY],
        [number * 0.5 for number in MANY],
    ]:
        decided(sheet(x=values))


def test_the_format_of_a_named_kind_is_settled_where_there_is_one(sheet: Make) -> None:
    made = sheet(x=["$1", "$2"], y=["1", "2"], z=["31.1.2026", "1.2.2026"], w=["$1", "kg"])
    assert [settled_format(made, name, "number") for name in "xyw"] == ["$1234.5", "", ""]
    assert settled_format(made, "z", "date") == "%d.%m.%Y"
    assert settled_format(made, "x", "category") == ""
    assert (
        settled_format(sheet(x=["5/17/2026", "5/18/2026", "5/19/2026", "in June", "later"]), "x", "date") == "%m/%d/%Y"
    )
    assert settled_format(sheet(x=["5/17/2026", "in June", "later"]), "x", "date") == ""
