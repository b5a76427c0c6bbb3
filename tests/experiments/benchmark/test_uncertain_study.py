"""A study's levels on rows that it has not seen, against its own parts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from experiments.benchmark import uncertain_study
from experiments.benchmark.synthetic import GROUP, UNCERTAIN
from experiments.benchmark.uncertain_study import measured
from experiments.config.study_file import parse_spec
from experiments.evaluation.records.analysis_record import UncertaintyRecord
from experiments.search.context import StudyContext, prepare_study

NEW = 300


def study(kind: str, **training: Any) -> StudyContext:
    document = {
        "study": {"name": "made"},
        "data": {"source": "given"},
        "training": {"epochs": 4, **training},
        "search": {"trials": 2, "sampler": "random", "pruner": "none"},
        "space": {"learning_rate": {"low": 1e-3, "high": 1e-1, "log": True}},
        "final": {"members": 2},
    }
    table = UNCERTAIN[kind](np.random.default_rng(1), 150 + NEW)
    return prepare_study(parse_spec(document, "made"), replace(table, own_test=NEW))


def known(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    """Let every study find this uncertainty."""
    record = UncertaintyRecord(
        score="error",
        units=150,
        by="rows",
        quantiles={"0.8": 0.0, "0.9": 1e9},
        checks=(),
        temperature=None,
        default_temperature=None,
    )
    monkeypatch.setattr(uncertain_study, "uncertainty_of", lambda *_: replace(record, **changes))


@pytest.mark.parametrize("kind", UNCERTAIN)
def test_most_rows_are_inside(kind: str) -> None:
    line = measured(study(kind))
    assert line is not None
    assert 0.6 < line["coverage_0.8"] < line["coverage_0.9"] < 1
    assert 0 < line["size_0.8"] < line["size_0.9"]
    assert ("loss" in line) == kind.endswith("classes")


def test_an_interval_without_width_holds_nothing_and_a_wide_one_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    known(monkeypatch)
    assert measured(study("number")) == {
        "coverage_0.8": 0.0,
        "size_0.8": 0.0,
        "coverage_0.9": 1.0,
        "size_0.9": pytest.approx(2e9),
    }


def test_the_least_sets_are_the_predictions(monkeypatch: pytest.MonkeyPatch) -> None:
    known(monkeypatch, quantiles={"0.8": 0.0})
    line = measured(study("five classes"))
    assert line is not None
    assert (line["coverage_0.8"], line["size_0.8"]) == (line["accuracy"], 1.0)
    assert (line["coverage_0.9"], line["size_0.9"]) == (None, None), "there are too few rows"
    assert (line["temperature"], line["loss"]) == (1.0, line["raw_loss"])


def test_outputs_that_are_no_probabilities_have_no_log_loss() -> None:
    line = measured(study("two classes", loss="mean_squared_error"))
    assert line is not None
    assert (line["loss"], line["raw_loss"]) == (None, None)


def test_new_rows_are_of_new_groups() -> None:
    table = UNCERTAIN["groups"](np.random.default_rng(0), 40)
    assert table.groups is not None
    assert np.bincount(table.groups).tolist() == [GROUP] * 8
