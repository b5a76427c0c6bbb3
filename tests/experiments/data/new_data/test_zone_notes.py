"""Times of new rows with a zone, where those of training had none, are said, and the other way round."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.config.data_options import DataSection
from experiments.data.columns.target_type import labelled
from experiments.data.load import load_table
from experiments.data.new_data.cell_notes import CellNotes
from experiments.data.new_data.new_rows import frame_rows, read_rows
from experiments.data.new_data.row_format import RowFormat
from experiments.evaluation.final_model.model import read_model, write_model
from nnet.saving import MODEL
from support.models import mixed_model

HOURS = pd.date_range("2026-01-05 06:00", periods=60, freq="7h")
PLAIN, ZONED = RowFormat([("at", "date")], zoned=()), RowFormat([("at", "date")], zoned=("at",))
GIVEN = (
    "the times of 'at' have a zone, which those of training had not: they are taken in UTC, where the same moment may "
    "be another hour than in training"
)
LOST = (
    "the times of 'at' have no zone, which those of training had: they are taken for UTC, which gives other hours if "
    "they are of another zone"
)


def written(form: str) -> pd.DataFrame:
    return pd.DataFrame({"at": HOURS.strftime(form)})


def notes(form: RowFormat, rows: pd.DataFrame) -> list[str]:
    cells = CellNotes(form)
    assert len(pd.concat(frame_rows(rows, form, 25, cells))) == len(rows)
    return cells.lines()


WITH_ZONE = [
    written("%Y-%m-%dT%H:%M:%SZ"),
    written("%Y-%m-%d %H:%M+02:00"),
    written("%Y-%m-%d %H:%M:%S UTC"),
    written("%Y%m%dT%H%M%S-0500"),
    pd.DataFrame({"at": HOURS.tz_localize("Europe/Berlin")}),
    pd.DataFrame({"at": HOURS.tz_localize("Europe/Berlin").astype(object)}),
]
WITHOUT = [
    written("%Y-%m-%dT%H:%M:%S"),
    written("%Y-%m-%d %H:%M"),
    pd.DataFrame({"at": HOURS}),
    pd.DataFrame({"at": [None, *written("%Y-%m-%d %H:%M")["at"]]}),
]


@pytest.mark.parametrize("rows", WITH_ZONE)
def test_a_zone_that_training_had_not_is_said(rows: pd.DataFrame) -> None:
    assert [line for line in notes(PLAIN, rows) if "zone" in line] == [GIVEN]
    assert notes(ZONED, rows) == [] or "written otherwise" in notes(ZONED, rows)[0]


@pytest.mark.parametrize("rows", WITHOUT)
def test_a_zone_that_is_lost_is_said(rows: pd.DataFrame) -> None:
    assert notes(ZONED, rows) == [LOST]
    assert notes(PLAIN, rows) == []


def test_numbers_since_1970_are_in_utc() -> None:
    seconds = pd.DataFrame({"at": HOURS.astype("datetime64[s]").astype(np.int64)})
    learnt = replace(PLAIN, formats={"at": "seconds"})
    assert notes(learnt, seconds) == [GIVEN]
    assert notes(replace(learnt, zoned=("at",)), seconds) == []


@pytest.mark.parametrize("form", ["%Y-%m-%d", "%Y-%m-%dT00:00:00Z", "%Y-%m-%d 00:00"])
def test_days_are_the_same_days_with_a_zone_and_without(form: str) -> None:
    assert notes(PLAIN, written(form)) == notes(ZONED, written(form)) == []


def test_a_column_without_dates_and_a_model_that_does_not_know_zones_say_nothing() -> None:
    empty = pd.DataFrame({"at": [None, None]})
    assert notes(PLAIN, empty) == notes(ZONED, empty) == []
    assert notes(RowFormat([("at", "date")]), written("%Y-%m-%dT%H:%M:%SZ")) == []


@pytest.mark.parametrize(
    ("form", "zoned"), [("%Y-%m-%d %H:%M", ()), ("%Y-%m-%dT%H:%MZ", ("at",)), ("%d.%m.%Y %H:%M+0100", ("at",))]
)
def test_training_remembers_which_columns_have_a_zone(tmp_path: Path, form: str, zoned: tuple[str, ...]) -> None:
    rows = written(form).assign(x=range(60), y=np.arange(60) % 2)
    rows.to_csv(tmp_path / "mine.csv", index=False)
    section = DataSection(source=str(tmp_path / "mine.csv"), target="y")
    learnt = RowFormat.of(labelled(load_table(section, {})), section, ())
    assert learnt.zoned == zoned
    read = read_rows(tmp_path / "mine.csv", learnt, 25)
    assert len(pd.concat(read.chunks)) == 60
    assert read.cells.lines() == []
    rows.drop(columns="at").to_csv(tmp_path / "other.csv", index=False)
    section = DataSection(source=str(tmp_path / "other.csv"), target="y", keep=("x",))
    assert RowFormat.of(labelled(load_table(section, {})), section, ()).zoned is None


def test_a_model_keeps_it_and_one_of_an_earlier_version_has_none(tmp_path: Path) -> None:
    model = mixed_model(("no", "yes"))
    for zoned in ((), ("at",), None):
        write_model(replace(model, rows=replace(model.rows, zoned=zoned)), tmp_path)
        assert read_model(tmp_path).rows.zoned == zoned
    assert "zoned" not in json.loads((tmp_path / MODEL).read_text(encoding="utf-8"))["about"]
