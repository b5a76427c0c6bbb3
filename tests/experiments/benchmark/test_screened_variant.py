"""A screened variant: the rows it draws, its configurations, and the two scores on the test rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.benchmark import screened_variant
from experiments.benchmark.listed_tables import ListedTable
from experiments.benchmark.screened_variant import screened, settings_of
from experiments.benchmark.studies import searched
from experiments.config.default_study import own_study
from experiments.search.context import StudyContext, prepare_study
from experiments.search.executors.serial import SerialExecutor
from experiments.search.trial import FinishedTrial


@pytest.fixture
def table(tmp_path: Path) -> ListedTable:
    rng = np.random.default_rng(3)
    x = rng.normal(size=(100, 2)).round(3)
    frame = pd.DataFrame({"a": x[:, 0], "b": x[:, 1], "y": np.where(x[:, 0] > x[:, 1], "up", "down")})
    frame.to_csv(tmp_path / "t.csv", index=False)
    return ListedTable(1, tmp_path / "t.csv", "classification", "y")


def study_of(table: ListedTable, *variant: str) -> StudyContext:
    return prepare_study(own_study(str(table.file), None, settings_of(table, 0, 3, variant))[0])


def trials_of(study: StudyContext) -> list[FinishedTrial]:
    return searched(study, SerialExecutor())


def test_variants_of_one_space_have_the_same_configurations(table: ListedTable) -> None:
    plain = trials_of(study_of(table, "training.epochs=2"))
    other = trials_of(study_of(table, "training.epochs=3", "training.input_dropout=0.1"))
    assert [trial.params for trial in plain] == [trial.params for trial in other]
    assert len({str(trial.params) for trial in plain}) == 4  # the default and three more
    assert all(trial.result.state == "COMPLETE" for trial in plain)


def test_the_winner_is_the_best_of_the_random_ones_alone(table: ListedTable, monkeypatch: pytest.MonkeyPatch) -> None:
    scored: list[int | None] = []

    def number(*arguments: object) -> float:
        trial = arguments[-1]
        scored.append(trial.result.number if isinstance(trial, FinishedTrial) else None)
        return 0.5

    monkeypatch.setattr(screened_variant, "_test_score", number)
    settings = ("training.epochs=3",)
    drawn = trials_of(study_of(table, *settings))[1:]
    assert screened(table, 0, 3, settings)["winner"] == 0.5
    best = max(drawn, key=lambda trial: trial.result.value or 0.0).result.number
    assert scored == [best, 0]


def test_scores_are_of_the_test_rows_and_the_same_each_time(table: ListedTable) -> None:
    first = screened(table, 1, 2, ("training.epochs=20",))
    assert round(20 * first["winner"], 6) % 1 == round(20 * first["default"], 6) % 1 == 0  # of 20 test rows
    assert 0.6 < first["default"] <= 1
    again = screened(table, 1, 2, ("training.epochs=20",))
    assert (first["winner"], first["default"]) == (again["winner"], again["default"])


def test_a_model_that_diverges_has_no_score(table: ListedTable) -> None:
    wild = ("training.optimizer=sgd", "training.learning_rate=1e20", "training.epochs=3")
    assert screened(table, 0, 1, wild)["default"] is None


def test_large_tables_are_drawn_from(table: ListedTable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screened_variant, "ROWS", 60)
    first, second = (screened_variant.screened_study(table, split, 1, ()) for split in (0, 1))
    assert (first.data.rows, len(first.data.test)) == (60, 12)
    assert first.data.fingerprint != second.data.fingerprint
    assert (
        first.data.fingerprint == screened_variant.screened_study(table, 0, 5, ("training.epochs=3",)).data.fingerprint
    )
