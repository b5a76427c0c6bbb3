"""The format of numbers: what is read, as which numbers, and what is no number."""

from __future__ import annotations

import pyarrow as pa
import pytest

from experiments.data.formats.number_formats import fits, is_number_format, number_format, plain_numbers, usual_format
from experiments.data.raw_table import Marks


def column(*texts: str | None) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(texts, pa.string())])


@pytest.mark.parametrize(
    ("texts", "form", "numbers"),
    [
        (("$1,390", "-$12.5", "$-3"), "$1,234.5", ["1390", "-12.5", "-3"]),
        (("1,234,567", "12"), "1,234.5", ["1234567", "12"]),
        (("12,34,567", "1,23,456.5", "45,000", "7"), "1,234.5", ["1234567", "123456.5", "45000", "7"]),  # of India
        (("₹1,05,00,000",), "₹1,234.5", ["10500000"]),
        (("900 sq.ft.", "1200 sq.ft."), "1234.5 sq.ft.", ["900", "1200"]),
        (("900 sq ft", "1,200 sq ft"), "1,234.5 sq ft", ["900", "1200"]),
        (("16.2 %", "3 %"), "1234.5 %", ["16.2", "3"]),
        (("16.2%", "3 %"), "1234.5%", ["16.2", "3"]),
        (("6,0", "-0,747"), "1234,5", ["6.0", "-0.747"]),
        (("6,0", "9,1e-05", "1E+16"), "1234,5", ["6.0", "9.1e-05", "1E+16"]),
        (("1.234,5", "7,1"), "1.234,5", ["1234.5", "7.1"]),
        (("20.3 °C", "-4 °C"), "1234.5 °C", ["20.3", "-4"]),
        (("68.5°F", "4°F"), "1234.5°F", ["68.5", "4"]),
        (("1 234,5 €", "3,2 €"), "1 234,5 €", ["1234.5", "3.2"]),
        (("1\u00a0234,5", "1\u202f234"), "1 234,5", ["1234.5", "1234"]),
        (("12\u00a0kg", "7 kg", "3.5\u202fkg"), "1234.5 kg", ["12", "7", "3.5"]),
        (("\u20ac\u00a01.234,50", "\u20ac 7"), "\u20ac 1.234,5", ["1234.50", "7"]),
        (("1\u2009234,5\u00a0\u20ac", "3,2 \u20ac"), "1 234,5 \u20ac", ["1234.5", "3.2"]),
        (("1.2\u00a0K", "900"), "1234.5KMB", ["1.2e3", "900"]),
        (("1'234.50", "7"), "1'234.5", ["1234.50", "7"]),
        (("5 Stk.", "1.200 Stk.", "7,5 Stk."), "1.234,5 Stk.", ["5", "1200", "7.5"]),
        (("12km/h", "7.5km/h"), "1234.5km/h", ["12", "7.5"]),
        (("3.5 m²", "4 m²"), "1234.5 m²", ["3.5", "4"]),
        (("EUR 3", "EUR 4.5"), "EUR 1234.5", ["3", "4.5"]),
        (("5+", "3+"), "1234.5+", ["5", "3"]),
        (("CHF 1'234.-", "CHF 80.-"), "CHF 1'234.5.-", ["1234", "80"]),
        (("12.–", "9.–"), "1234.5.–", ["12", "9"]),
        (("\u22123.5", "12"), "1234.5", ["-3.5", "12"]),
        (("$56.7M", "-$537K", "$1.2B", "$9", "0"), "$1234.5KMB", ["56.7e6", "-537e3", "1.2e9", "9", "0"]),
        (("999", "1.2k", "10 K"), "1234.5KMB", ["999", "1.2e3", "10e3"]),
        (("1,5M", "2,5K"), "1234,5KMB", ["1.5e6", "2.5e3"]),
        (("3K", "4K"), "1234.5K", ["3", "4"]),  # a unit of all
        (("-\u20ac3", "\u2212\u20ac4"), "\u20ac1234.5", ["-3", "-4"]),
        (("$1,390", "($12.5)", "0"), "($1,234.5)", ["1390", "-12.5", "0"]),  # of accounts
        (("(1.234,50 \u20ac)", "7,1 \u20ac"), "(1.234,5 \u20ac)", ["-1234.50", "7.1"]),
        (("(1,390)", "12"), "(1,234.5)", ["-1390", "12"]),
        (("$1.2M", "($3K)"), "($1234.5KMB)", ["1.2e6", "-3e3"]),
        (("12.50-", "3", "0.00"), "1234.5-", ["-12.50", "3", "0.00"]),  # of SAP
        (("80.00", "1,390.00-"), "1,234.5-", ["80.00", "-1390.00"]),
        (("1.390,00-", "80,00"), "1.234,5-", ["-1390.00", "80.00"]),
        (("\u20ac1.50-", "\u20ac2.00"), "\u20ac1234.5-", ["-1.50", "2.00"]),
    ],
)
def test_numbers_of_one_format_are_read(texts: tuple[str, ...], form: str, numbers: list[str]) -> None:
    assert number_format(column(*texts), Marks()) == form
    assert plain_numbers(column(*texts, None), form).to_pylist() == [*numbers, None]
    assert is_number_format(form)


@pytest.mark.parametrize(
    "texts",
    [
        ("$1", "2"),  # the one has it and the other does not
        ("$1", "€2"),
        ("P001", "P002"),
        ("S160", "S12"),
        ("$001", "$002"),  # codes
        ("1st", "2nd"),
        ("7M", "8"),  # a size
        ("12B", "13"),  # a door
        ("007K", "1M"),
        ("132/87", "120/80"),
        ("18-25", "26-35"),
        ("0x1", "0x2"),
        ("1,23,4", "2"),
        ("[1, 2]", "[3, 4]"),
        ("City 1", "City 2"),
        ("1.2.3", "1.2.4"),
        ("two", "three"),
        ("(47)", "12"),  # perhaps estimated
        ("($47)", "-$12", "$3"),
        ("(1,5)", "(2,3)"),
        ("2-", "1"),  # marks at school
        ("2.5-", "-1.5", "3"),
        ("2.5-", "3.5-"),
        ("2.5-", "(3)", "1"),
    ],
)
def test_what_is_no_amount_has_no_format(texts: tuple[str, ...]) -> None:
    assert number_format(column(*texts), Marks()) is None
    assert number_format(column(*texts), Marks(comma=True)) is None


@pytest.mark.parametrize(
    ("texts", "form"),
    [
        (("4.268 €", "300 €"), "1.234,5 €"),
        (("EUR 4.268", "EUR 12.300.000"), "EUR 1.234,5"),
        (("\u22124.268", "300"), "1.234,5"),
        (("4.268", "300"), "1.234,5"),
        (("4.268 kg", "3.1 kg"), "1234.5 kg"),
        (("4.268 kg", "0.300 kg"), "1234.5 kg"),
    ],
)
def test_points_stand_between_thousands_beside_a_unit_as_without_one(texts: tuple[str, ...], form: str) -> None:
    decimals = form.replace("1.234,5", "1234.5")
    for infer, others in ((number_format, ()), (usual_format, ("ask",))):
        assert infer(column(*texts, *others), Marks(comma=True)) == form
        if not texts[1].endswith(".000"):  # no number of English decimals has two points
            plain = None if decimals == "1234.5" and texts[0][0] == "4" else decimals
            assert infer(column(*texts, *others), Marks()) == plain
    assert number_format(column(*texts), Marks(separator=";")) == form


def test_an_infinite_number_is_written_alike_in_every_format() -> None:
    assert number_format(column("inf", "6,0", "-Infinity"), Marks()) == "1234,5"
    assert number_format(column("$6", "inf"), Marks()) == "$1234.5"
    assert number_format(column("4.268", "300", "inf"), Marks(comma=True)) == "1.234,5"
    assert number_format(column("inf", "-inf"), Marks(comma=True)) is None


def test_a_bare_zero_is_as_much_in_every_unit() -> None:
    assert number_format(column("0", "$1,390", "0"), Marks()) == "$1,234.5"
    assert plain_numbers(column("0", "12,50 €"), "1234,5 €").to_pylist() == ["0", "12.50"]
    assert number_format(column("0", "0"), Marks()) is None


def test_a_cell_of_another_format_does_not_fit() -> None:
    assert fits(column("$1,390", "$1390", "1390", "$1,39", "€5", None), "$1,234.5").to_pylist() == [
        *(True, True, False, False, False),
        None,
    ]
