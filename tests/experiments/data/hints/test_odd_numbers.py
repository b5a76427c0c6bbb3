"""Hints point out what is odd and change nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.config.target import Target
from experiments.data.columns.target_type import LabelledTable
from experiments.data.hints import odd_numbers as module
from experiments.data.hints.odd_numbers import brightness_hint, size_hint
from experiments.data.table import Table, TableReading

TWO = Target(("no", "yes"))
PLAIN = np.linspace(-3, 3, 60)


def hints(table: Table, target: Target, y: Any, ranked: bool = False, metric: str = "auto") -> tuple[str, ...]:
    return module.hints(LabelledTable(table, y, target), ranked, metric)


def said(values: Any, target: Target = TWO, y: Any = None, ranked: bool = False) -> str:
    features = np.column_stack([PLAIN, values])
    y = np.arange(60) % 2 if y is None else np.asarray(y)
    table = Table("t", features, ("number", "number"), ("plain", "x"), y, "y", None)
    return " | ".join(hints(table, target, y, ranked))


@pytest.mark.parametrize(
    ("values", "number"),
    [
        ([-999 if row % 9 == 0 else row / 10 for row in range(60)], "-999"),
        ([9999 if row % 9 == 0 else 1990 + row for row in range(60)], "9999"),
        ([-9 if row % 9 == 0 else row % 5 for row in range(60)], "-9"),
    ],
)
def test_numbers_that_may_mean_missing_are_pointed_out(values: list[float], number: str) -> None:
    assert said(values) == (
        f"column 'x' holds {number} in 7 development rows, apart from its other values; if that is a missing number, "
        f'data.missing = ["{number}"] says so.'
    )


@pytest.mark.parametrize(
    "values",
    [
        np.arange(60) % 100,
        [999 if row == 0 else row for row in range(60)],  # once alone
        [-9 if row % 9 == 0 else row % 20 for row in range(60)],  # not far from the rest
        [990 if row % 9 == 0 else row for row in range(60)],
        np.full(60, 999.0),
        np.full(60, np.nan),
    ],
)
def test_other_numbers_are_not(values: Any) -> None:
    assert "missing" not in said(values)


@pytest.mark.parametrize(
    ("form", "last", "hint"), [("%d.%m.%y", 30_000, True), ("%d.%m.%y", 5000, False), ("%d.%m.%Y", 30_000, False)]
)
def test_years_of_two_digits_that_span_a_century_are_pointed_out(form: str, last: float, hint: bool) -> None:
    days = np.linspace(0, last, 60)
    days[3] = np.nan
    reading = TableReading((("born", "date"),), {"born": form})
    table = Table(
        "t", pd.DataFrame({"born": days}), ("date",), ("born",), np.arange(60) % 2, "y", None, reading=reading
    )
    lines = hints(table, TWO, np.arange(60) % 2)
    assert any("years of two digits in 'born' are taken for 1969 to 2068" in line for line in lines) == hint


def test_a_target_of_a_file_with_a_code_is_pointed_out() -> None:
    y = np.arange(60) % 3
    table = Table("t", PLAIN[:, None], ("number",), ("x",), y, "y", None, reading=TableReading((("x", "number"),)))
    of_it = Target(("0", "1", "9"))
    assert any('data.drop_classes = ["9"]' in line for line in hints(table, of_it, y))
    assert hints(replace(table, reading=None), of_it, y) == ()  # an array has no such key


def test_far_values_are_pointed_out() -> None:
    values = PLAIN.copy()
    values[7] = 1e6
    assert said(values).startswith("some values of 'x' are far from the others; preprocessing.numbers = quantile")
    assert said(PLAIN * 1e6) == said(values, ranked=True) == ""


def test_a_skewed_positive_target_is_pointed_out() -> None:
    skewed = np.exp(np.linspace(0, 30, 60))
    assert said(PLAIN, Target(), skewed) == (
        "target 'y' is positive and skewed; data.target_transform = log learns its logarithm."
    )
    assert said(PLAIN, Target(log=True), skewed) == ""
    assert said(PLAIN, Target(), skewed - 1e6) == said(PLAIN, Target(), np.log(skewed) + 1) == said(PLAIN, TWO) == ""


def test_few_rows_that_rule_the_squared_deviations_are_pointed_out() -> None:
    y = np.random.default_rng(0).normal(size=300)
    assert hints_of(y) == ""
    y[[5, 9, 11]] = 1e5, -1e5, 1e5
    line = (
        "target 'y' is so far from its mean in 2 of 300 development rows that r2 and squared errors say little of the "
        "others; cv.metric = neg_mean_absolute_error weighs all rows alike."
    )
    assert hints_of(y) == hints_of(y, "neg_root_mean_squared_error") == line
    assert hints_of(y, "neg_mean_absolute_error") == hints_of(y[:99]) == ""
    y[::60] = 1e5  # 5 of 300 rows are no few
    assert hints_of(y) == ""


def hints_of(y: Any, metric: str = "auto") -> str:
    table = Table("t", np.arange(len(y), dtype=float)[:, None], ("number",), ("x",), y.copy(), "y", None)
    return " | ".join(hints(table, Target(), y, metric=metric))


def test_bright_and_dark_pictures_are_pointed_out() -> None:
    def of(pixel: int, pixel_range: float | None = 255.0, largest: int = 0) -> tuple[str, ...]:
        features = np.full((9, 4), pixel, np.uint8)
        features[0, 0] = max(pixel, largest)
        y = np.arange(9)
        return brightness_hint(Table("t", features, ("pixel",) * 4, ("0", "1", "2", "3"), y, "y", None, pixel_range))

    assert of(80, largest=128) == of(4, 16.0, largest=8) == of(200, None) == ()
    assert "pixels: none is above 16 of 255, from which" in of(8, largest=16)[0]
    assert of(204) == (
        "pixels: their mean is 0.80 of the largest value, from which a network may learn slowly or not at all; "
        "training.batch_norm = true is often much better.",
    )


def test_many_large_pictures_may_be_read_smaller() -> None:
    def of(rows: int, side: int, names: bool = True) -> tuple[str, ...]:
        features = np.zeros((rows, side * side), np.uint8)
        columns = tuple(map(str, range(side * side)))
        files = np.full(rows, "1.png", np.object_) if names else None
        return size_hint(
            Table(
                "t",
                features,
                ("pixel",) * side**2,
                columns,
                features[:, 0],
                "y",
                None,
                255.0,
                picture=(side, side),
                files=files,
            )
        )

    assert of(5000, 64) == (
        "each of the 5,000 development pictures has 4,096 inputs, so a trial may take minutes; data.size = [32, 32] "
        "has a quarter of them.",
    )
    assert of(100, 64) == of(5000, 28) == of(5000, 64, names=False) == ()


def test_a_class_of_most_rows_is_pointed_out_where_accuracy_scores() -> None:
    table = Table("t", PLAIN[:, None], ("number",), ("x",), np.zeros(60), "y", None)
    rare, some = (np.arange(60) % each == 0 for each in (20, 6))
    assert hints(table, TWO, rare * 1) == (
        "target 'y' is 'no' in 57 of 60 development rows, so accuracy says little of the others; cv.metric = "
        "roc_auc judges all thresholds at once.",
    )
    (of_three,) = hints(table, Target(("a", "b", "c")), rare * 1)
    assert of_three.endswith('cv.metric = balanced_accuracy with class_weight = "balanced" weighs all classes alike.')
    assert hints(table, TWO, some * 1) == hints(table, TWO, rare * 1, metric="f1") == ()
