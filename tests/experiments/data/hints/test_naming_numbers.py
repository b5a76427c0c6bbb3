"""Whole numbers that may name the rows are pointed out, and amounts, counts and moments are not."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from experiments.data.hints.naming_numbers import naming_numbers
from experiments.data.raw_table import RawTable
from experiments.data.table import Kind, TableReading

ROWS = 300
CHANCE = np.random.default_rng(0)
EVEN = CHANCE.integers(10**15, 10**16, ROWS)
SORTED = np.sort(CHANCE.normal(5e9, 5e8, ROWS).astype(int))
NORMAL = CHANCE.normal(5e8, 5e7, ROWS).astype(int)
SHORT = CHANCE.permutation(90_000)[:ROWS] + 10_000


def hints(kind: Kind = "number", texts: bool = False, **columns: np.ndarray) -> list[str]:
    arrays = {name: pa.chunked_array([pa.array(values)]) for name, values in columns.items()}
    arrays = {name: array.cast(pa.string()) if texts else array for name, array in arrays.items()}
    reading = TableReading(tuple((name, kind) for name in columns))
    return [*naming_numbers(RawTable("mine", "mine.csv", arrays), reading, {"named"})]


def twice(values: np.ndarray) -> np.ndarray:
    """Let some numbers stand twice, or nearly ascend."""
    return np.concatenate([values[:1], values[2:4], values[1:2], values[4:-9], values[:9]])


@pytest.mark.parametrize("texts", [False, True])
@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("x", EVEN),
        ("x", SORTED),
        ("Account", NORMAL),
        ("Pat.-Nr.", SHORT),
        ("patient_id", SHORT),
        ("customer", SHORT),
    ],
)
def test_numbers_that_may_name_the_rows_are_pointed_out(name: str, values: np.ndarray, texts: bool) -> None:
    (line,) = hints(texts=texts, **{name: twice(values)})
    assert line.startswith(
        f"column {name!r} holds whole numbers that nearly all differ, as those of cards, accounts or "
    )
    assert line.endswith(f"if they name the rows, --drop {name} leaves them out")


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("amount", NORMAL),
        ("amount", CHANCE.lognormal(20.5, 0.5, ROWS).astype(int)),
        ("x", EVEN // 1000 * 1000),
        ("x", EVEN // 10**8),  # of eight digits
        ("x", EVEN % 10**12),  # of different lengths
        ("x", EVEN[np.arange(ROWS) // 2]),  # each twice
        ("x", np.sort(CHANCE.integers(16 * 10**8, 17 * 10**8, ROWS))),  # seconds
        ("timestamp", SORTED),
        ("customers", SHORT),
        ("steps", SHORT),
        ("named", EVEN),
        ("x", EVEN[:10]),
        ("x", EVEN + 0.5),
        ("x", -EVEN),
    ],
)
def test_other_numbers_are_not(name: str, values: np.ndarray) -> None:
    assert hints(**{name: values}) == []


def test_several_columns_are_named_in_one_line_and_no_categories() -> None:
    (line,) = hints(card=EVEN, age=SHORT, **{"my account": EVEN})
    assert line.startswith("columns 'card', 'my account' hold whole numbers")
    assert "--drop card 'my account' leaves" in line
    assert hints(kind="category", card=EVEN) == []
