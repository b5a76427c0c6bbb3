"""What is sent to MLflow is what it stores unchanged."""

from __future__ import annotations

import importlib
import math
from dataclasses import replace

import pytest
from pydantic import ValidationError

from experiments.search.trial import Curves, FinishedTrial, TrialResult
from experiments.tracking.runs import final_run, folder_name, ranks_of, safe_key, shown_params, shown_tags, trial_run
from support.tracking import end, metadata, refitted, result

pytestmark = pytest.mark.slow


def test_a_trial_without_epochs_or_time_is_a_run() -> None:
    empty = TrialResult(4, "FAIL", "worker died", None, None, 0, None, (), Curves((), (), (), ()), math.nan)
    run = trial_run(FinishedTrial({"dropout": 0.1, "momentum": 2}, empty), {"dropout", "other"}, "")
    assert (run.started, run.ended, run.status) == (1, 1, "FAILED")
    assert [(point.key, point.value) for point in run.points] == [("epochs", 0.0)]
    assert run.params == {"dropout": "0.1", "momentum": "2", "log10_dropout": "-1"}
    assert run.tags["not_finite"] == "seconds (1 of 1)"


def test_a_trial_has_its_score_by_the_name_of_its_metric_too() -> None:
    single = {"cv_mean": 0.605, "cv_mean_accuracy": 0.605, "cv_std": 0.1, "epochs": 3, "seconds": 2.0}
    trial = replace(result(0), value=0.605)
    points = {point.key: point.value for point in trial_run(FinishedTrial({}, trial), (), "accuracy").points}
    assert single.items() <= points.items()
    pruned = trial_run(FinishedTrial({}, result(1, "PRUNED", "pruned")), (), "accuracy")
    assert not {"cv_mean", "cv_mean_accuracy"} & {point.key for point in pruned.points}


def test_keys_and_names_are_made_safe() -> None:
    assert shown_params({"a<b>*": 1, "x" * 300: 2}) == {"a_b__": "1", "x" * 250: "2"}
    assert shown_tags({"ünï\0cödé": "a\0b\udc80"}) == {"ünï_cödé": "a b?"}
    validation = importlib.import_module("mlflow.utils.validation")
    for key in ("/abs", "..", ".", "a/../b", "..x/", "a/", " ", "...", "\n"):
        validation._validate_param_name(safe_key(key))
    assert folder_name("<b>") != folder_name("/b/")
    assert "/" not in folder_name("../../<script>😀")


def test_the_complete_trials_are_ranked_and_the_first_of_equals_comes_first() -> None:
    results = [result(1), result(0), result(2, "PRUNED", "pruned"), replace(result(3), value=result(1).value)]
    assert ranks_of(FinishedTrial({}, trial) for trial in results) == {1: 1, 3: 2, 0: 3}


def test_the_refit_is_a_run_with_its_curve_and_its_test_scores() -> None:
    outcome = end(3, metrics={"best_cv_mean": 0.9, "test_score": 0.8, "test_ci95_low": 0.7})
    run = final_run(outcome, refitted(hidden_units_1=5, hidden_units_2=6, hidden_units_3=7), {"learning_rate"})
    curve = [(point.step, point.value) for point in run.points if point.key == "train_loss"]
    assert curve == [(1, 0.5), (2, 0.25)]
    assert {point.key for point in run.points} == {"train_loss", "test_score", "test_ci95_low", "epochs", "seconds"}
    assert run.ended - run.started == 1500
    assert [run.params[name] for name in ("hidden_units_2", "hidden_units_3", "log10_learning_rate")] == [
        "6",
        "0",
        "-2",
    ]
    assert {"refit_of": "trial 0", "verdict": "helped"}.items() <= run.tags.items()


def test_a_uid_is_a_plain_word() -> None:
    with pytest.raises(ValidationError, match="uid"):
        metadata(uid="x' OR 1")
