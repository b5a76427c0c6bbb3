"""Weights of a survey, survival times and parts of a split are pointed out; body weights and times of day are not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.data.features import column_values
from experiments.data.hints import role_hints as hints
from experiments.data.hints.role_hints import PROBE, SAMPLE, role_hints
from experiments.data.table import Table

RANDOM = np.random.default_rng(0)
AGE, SIZES = RANDOM.uniform(20, 90, 50), RANDOM.uniform(0.2, 1.8, 50)
SCALED, THIRDS = SIZES / SIZES.mean(), np.arange(50) % 3
ALIVE = THIRDS == 0


def table_of(target: str = "y", y: Any = AGE, **columns: Any) -> Table:
    frame = pd.DataFrame({"age": AGE, **columns})
    kinds = tuple("number" if dtype.kind in "fi" else "category" for dtype in frame.dtypes)
    return Table("t", frame, kinds, tuple(frame), np.asarray(y), target, None)


@pytest.mark.parametrize("name", ["pweight", "survey_weight", "fnlwgt", "final weight", "perwt", "hh_wt"])
def test_weights_of_a_survey_are_pointed_out(name: str) -> None:
    table = table_of(**{name: 1000 * SIZES})
    assert role_hints(table) == (
        f"column '{name}' is named like the weights of a survey, and is a feature; if it says how much a row counts, "
        f"data.weights = {name} lets it count so in training, and data.drop leaves it out.",
    )
    assert role_hints(replace(table, weights=SIZES)) == ()


def test_columns_are_ruled_out_by_their_names_and_first_values(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []  # rows of each column
    monkeypatch.setattr(hints, "column_values", lambda rows, at: read.append(len(rows)) or column_values(rows, at))
    words = np.tile(["red", "train"], 2 * PROBE)
    table = Table("t", pd.DataFrame({"colour": words}), ("category",), ("colour",), np.zeros(len(words)), "y", None)
    assert (role_hints(table), read) == ((), [PROBE])


def test_a_name_that_only_ends_like_a_weight_is_none() -> None:
    assert role_hints(table_of(agew=1000 * SIZES)) == ()  # the age of a wife


@pytest.mark.parametrize("name", ["weight", "wt", "w"])
def test_a_plain_weight_is_one_of_rows_if_its_mean_is_one(name: str) -> None:
    assert len(role_hints(table_of(**{name: SCALED}))) == 1
    assert role_hints(table_of(**{name: 3 * SCALED})) == ()  # of cars, in thousands of pounds
    assert role_hints(table_of(**{name: SCALED - 0.5})) == ()


@pytest.mark.parametrize("name", ["birth_weight", "weight_class", "paw", "swt", "law", "raw"])
def test_other_weights_are_not(name: str) -> None:
    assert role_hints(table_of(**{name: 1000 * SIZES})) == ()


def test_survival_times_are_pointed_out_whichever_column_is_the_target() -> None:
    status = np.where(ALIVE, 1.0, 2.0)
    for table in (
        table_of(time=1000 * SIZES, status=status),
        table_of("status", np.where(ALIVE, "dead", "alive"), time=1000 * SIZES),
        table_of("time", 1000 * SIZES, status=np.where(ALIVE, "dead", "alive")),
    ):
        (line,) = role_hints(table)
        assert line == (
            "'time', 'status' are named like the time to an event and whether it came, but are read like other "
            "columns: a time that was cut off counts as a whole one; data.drop leaves out what is not known before the "
            "target is."
        )
    assert len(role_hints(table_of("DEATH_EVENT", ALIVE.astype(int), time=100 * SIZES))) == 1
    assert len(role_hints(table_of("OS_MONTHS", 100 * SIZES, OS_STATUS=status))) == 1
    assert len(role_hints(table_of(pgtime=100 * SIZES, pgstat=ALIVE * 1.0))) == 1
    assert len(role_hints(table_of("status", THIRDS, time=100 * SIZES))) == 1  # of pbc
    assert len(role_hints(table_of(time=100 * SIZES, status=THIRDS + 1.0))) == 1
    assert role_hints(table_of(duration=100 * SIZES, status=np.array(["open", "late", "done"])[THIRDS])) == ()


def test_a_time_without_an_event_and_several_events_are_not() -> None:
    assert role_hints(table_of(time=1000 * SIZES)) == ()
    assert role_hints(table_of(status=np.where(ALIVE, 1.0, 2.0))) == ()
    assert role_hints(table_of(time=1000 * SIZES, status=np.arange(50) % 4 * 1.0)) == ()
    assert role_hints(table_of(sometimes=1000 * SIZES, status=ALIVE * 1.0)) == ()
    for name in ("loan_status", "marital_status"):
        assert role_hints(table_of(duration=1000 * SIZES, **{name: ALIVE * 1.0})) == ()


def test_parts_of_a_split_are_pointed_out() -> None:
    (line,) = role_hints(table_of(split=np.where(ALIVE, "test", "train")))
    assert line == (
        "column 'split' divides the rows into parts ('test' in 17, 'train' in 33 of the development rows), but is a "
        'feature here, and the study chooses its test rows from all parts; data.test_rows = "split=test" makes these '
        "rows the test set."
    )
    (line,) = role_hints(table_of(split=np.array(["seg_test", "Train", "test"])[THIRDS]))
    assert line.endswith('; data.test_rows = "split=seg_test,test" makes these rows the test set.')
    (line,) = role_hints(table_of(split=np.where(ALIVE, "val", "train")))
    assert line.endswith('; data.test_rows = "split=val" makes these rows the test set.')
    assert role_hints(table_of(travel=np.where(ALIVE, "bus", "train"))) == ()


@pytest.mark.parametrize(("name", "value"), [("is_test", 1), ("in_training_set", 0), ("isTrain", 0), ("is_val", 1)])
def test_a_flag_of_a_part_is_pointed_out(name: str, value: int) -> None:
    (line,) = role_hints(table_of(**{name: ALIVE * 1.0}))
    assert line == (  # or whether a person is in training
        f"column '{name}' is named like a part of the rows, and is a feature; if it says which rows are to test on, "
        f'data.test_rows = "{name}={value}" makes these rows the test set.'
    )
    (line,) = role_hints(table_of(**{name: np.where(ALIVE, "True", "False")}))
    assert f'"{name}={bool(value)}" makes' in line
    assert role_hints(table_of(**{name: SIZES})) == ()
    for other in ("blood_test", "is_tested", "train", "is_valid"):
        assert role_hints(table_of(**{other: ALIVE * 1.0})) == ()


def test_a_flag_is_pointed_out_in_a_file_that_is_sorted_by_it() -> None:
    rows = np.arange(2 * SAMPLE)
    flag = {"is_test": (rows > 1.5 * SAMPLE) * 1.0}
    table = Table("t", pd.DataFrame(flag), ("number",), tuple(flag), rows, "y", None)
    assert len(role_hints(table)) == 1


def test_parts_beside_a_test_file_are_left_out() -> None:
    (line,) = role_hints(table_of(split=np.where(ALIVE, "test", "train")), named_test=True)
    assert line.endswith(" of the development rows), but is a feature here; data.drop = split leaves it out.")
    (line,) = role_hints(table_of(is_test=ALIVE * 1.0), named_test=True)
    assert line.endswith("; if it says which rows are to test on, data.drop = is_test leaves it out.")
