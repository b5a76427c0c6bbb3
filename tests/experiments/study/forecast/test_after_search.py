"""What must come out is what grows with what; that the seconds are right is measured, not tested."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from experiments.config.space import Space
from experiments.config.study_file import parse_spec
from experiments.data.prepare import prepare
from experiments.data.readers.in_memory import given_table
from experiments.study.forecast.after_search import REPORT, AfterSearch, after_search


def after(rows: int = 200, columns: int = 4, metric: str = "accuracy", workers: int = 1, **more: Any) -> AfterSearch:
    document = {
        "study": {"name": "mine"},
        "data": {"source": "moons"},
        "cv": {"metric": metric, "splitter": "StratifiedKFold"},
        "space": {"learning_rate": {"low": 1e-3, "high": 1e-1}},
    }
    spec = parse_spec(document, "here")
    random = np.random.default_rng(0)
    table = given_table((random.normal(size=(rows, columns)), random.permutation(np.arange(rows) % 2)))
    data = prepare(spec, {}, table)
    spec = spec.with_inferred_settings(data.target.task, data.folds.splitter)
    return after_search(spec, Space(spec), data, columns, workers, **more)


def test_it_grows_with_the_data() -> None:
    assert after(columns=40).fixed > after().fixed
    assert after(rows=2000).fixed > after().fixed


def test_a_metric_of_scikit_learns_takes_longer() -> None:
    assert after(metric="roc_auc").fixed > after().fixed + 3
    assert after(metric="neg_log_loss").fixed == pytest.approx(after().fixed)


def test_workers_share_it_but_for_the_report() -> None:
    one, two = (after(columns=40, metric="roc_auc", workers=workers) for workers in (1, 2))
    assert REPORT < two.fixed < one.fixed
    assert two.trials < one.trials


def test_without_the_look_nothing_is_refitted_and_no_plain_model_is_there() -> None:
    whole, sealed = after(), after(look=False)
    assert sealed.fixed < whole.fixed
    assert 0 < sealed.trials < whole.trials


def test_so_many_columns_that_none_is_shuffled_take_no_time_for_it() -> None:
    assert after(columns=1001, look=False).trials == 0
    assert after(columns=1001, look=False).fixed == pytest.approx(REPORT)


def test_it_is_fixed_seconds_and_some_trials_more() -> None:
    assert AfterSearch(2.0, 0.5).seconds(4.0) == 4.0
