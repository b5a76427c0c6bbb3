"""Columns whose missing cells tell the class are pointed out; others are not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from experiments.config.target import Target
from experiments.data.columns.target_type import LabelledTable
from experiments.data.hints.leaks import leak_hints
from experiments.data.hints.telling_gaps import telling_gaps
from experiments.data.table import Table

ROWS = 200
RANDOM = np.random.default_rng(0)
SICK = RANDOM.integers(2, size=ROWS)
SCORE = np.where(SICK == 1, RANDOM.normal(size=ROWS), np.nan)
ODD = np.arange(ROWS) % 40 == 3  # patients or others of whom the opposite is noted


def said(**columns: Any) -> tuple[str, ...]:
    frame = pd.DataFrame(columns)
    kinds = tuple("number" if dtype.kind == "f" else "category" for dtype in frame.dtypes)
    table = Table("t", frame, kinds, tuple(frame), np.zeros(ROWS), "y", None)
    return leak_hints(LabelledTable(table, SICK, Target(("no", "yes"))))


def test_what_is_measured_in_patients_alone_is_pointed_out() -> None:
    age = RANDOM.normal(size=ROWS)
    score = np.where(ODD, np.where(SICK == 1, np.nan, age), SCORE)
    line = (
        "whether '{}' is missing tells target 'y' in 97% of the development rows; data.drop leaves out what is not "
        "known before the target is."
    )
    assert said(age=age, score=score) == (line.format("score"),)
    words = np.where(np.isnan(score), None, np.array(["low", "high"])[RANDOM.integers(2, size=ROWS)])
    assert said(age=age, grade=words) == (line.format("grade"),)


def test_gaps_by_chance_and_of_a_rare_class_are_not() -> None:
    gaps = RANDOM.uniform(size=ROWS) < 0.5
    assert said(age=np.where(gaps, np.nan, RANDOM.normal(size=ROWS))) == ()
    rare = (np.arange(ROWS) < 8).astype(np.intp)
    assert list(telling_gaps({"score": rare == 0}, rare)) == []  # few rows show it
    often = (np.arange(ROWS) < 40).astype(np.intp)
    assert list(telling_gaps({"score": (often == 0) & (np.arange(ROWS) % 20 != 0)}, often)) == [("score", 0.96)]
    assert list(telling_gaps({"score": (often == 0) & (np.arange(ROWS) % 20 > 1)}, often)) == []
    assert list(telling_gaps({"score": np.ones(ROWS, bool)}, often)) == []
