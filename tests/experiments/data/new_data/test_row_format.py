"""What new rows need to be read as the rows to learn from were; labels are numbers where they come from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.config.data_options import DataSection
from experiments.config.formats import GIVEN
from experiments.config.target import Target
from experiments.data.columns.target_type import LabelledTable
from experiments.data.load import load_table
from experiments.data.new_data.row_format import RowFormat, are_numbered
from experiments.data.readers.in_memory import given_table
from experiments.data.table import Table, TableReading

X = np.arange(60.0).reshape(30, 2) % 7
LABELS = np.arange(30) % 3
LETTERS = np.array(["no", "yes"])[LABELS % 2]


@pytest.mark.parametrize(
    ("labels", "numbered"),
    [(LABELS, True), (LABELS / 2, True), (LABELS.astype(str), False), (LABELS == 1, True), (LETTERS, False)],
    ids=["whole", "fractions", "texts", "truth values", "letters"],
)
def test_labels_in_memory_are_what_they_are(labels: Any, numbered: bool) -> None:
    frame = pd.DataFrame(X, columns=["a", "b"])
    section = DataSection(source=GIVEN, target="y")
    assert are_numbered(given_table(frame.assign(y=labels), section)) is numbered
    assert are_numbered(given_table((frame, labels), section)) is numbered
    assert are_numbered(given_table((X, labels), DataSection(source=GIVEN))) is numbered


@pytest.mark.parametrize(("labels", "numbered"), [(LABELS, True), (LABELS.astype(str), False), (LETTERS, False)])
def test_labels_as_categories_are_what_the_categories_are(labels: Any, numbered: bool) -> None:
    frame = pd.DataFrame(X, columns=["a", "b"]).assign(y=pd.Categorical(labels))
    assert are_numbered(given_table(frame, DataSection(source=GIVEN, target="y"))) is numbered
    for name in (2, " y "):  # names are read as texts without blanks
        section = DataSection(source=GIVEN, target=str(name).strip())
        assert are_numbered(given_table(frame.rename(columns={"y": name}), section)) is numbered
    split = (frame[["a", "b"]], frame["y"])
    assert are_numbered(given_table(split, DataSection(source=GIVEN))) is numbered


@pytest.mark.parametrize("labels", [LABELS, LABELS == 1, np.where(LABELS == 1, "TRUE", "FALSE")])
def test_labels_in_a_text_file_are_what_pandas_reads(tmp_path: Path, labels: Any) -> None:
    pd.DataFrame(X, columns=["a", "b"]).assign(y=labels).to_csv(tmp_path / "mine.csv", index=False)
    assert are_numbered(load_table(DataSection(source=str(tmp_path / "mine.csv"), target="y"), {}))


def test_new_rows_are_read_in_the_format_and_with_the_keys_of_the_file_before() -> None:
    reading = TableReading((("day", "date"),), formats={"day": "%d.%m.%Y", "y": "1234,5"})
    reading = replace(reading, keys={"sheet": "2026", "fill_down": ("who",)})
    table = Table("t", X[:, :1], ("date",), ("day",), np.zeros(30), "y", None, reading=reading)
    data = DataSection(source="mine.csv", target="y", encoding="utf-16", identifier="who", drop=("id", "x", 3))
    form = RowFormat.of(LabelledTable(table, table.target, Target()), data, ())
    assert (form.formats, form.identifiers) == ({"day": "%d.%m.%Y"}, ("who", "id"))
    assert (form.layout, form.fill_down) == ({"encoding": "utf-16", "sheet": "2026"}, ("who",))
    data = data.model_copy(update={"fill_down": ("x",)})
    assert RowFormat.of(LabelledTable(table, table.target, Target()), data, ()).fill_down == ("x",)
    plain = Table("t", X, ("number",) * 2, ("a", "b"), np.zeros(30), "y", None)
    form = RowFormat.of(LabelledTable(plain, plain.target, Target()), DataSection(source="mine.csv"), ())
    assert (form.formats, form.layout, form.identifiers) == ({}, {}, ())
