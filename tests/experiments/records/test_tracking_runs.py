"""What is sent to MLflow is what it stores unchanged."""

from __future__ import annotations

import importlib
import math

import pytest

from experiments.records.tracking_runs import (
    StudyCard,
    Told,
    folder_name,
    safe_key,
    shown_params,
    shown_tags,
    trial_run,
)
from experiments.search.trial import Curves, TrialResult


def test_a_trial_without_epochs_or_time_is_a_run() -> None:
    empty = TrialResult(4, "FAIL", "worker died", None, None, 0, None, (), Curves((), (), (), ()), math.nan)
    run = trial_run(Told(empty, {"dropout": 0.1, "momentum": True}, 0.0), {"dropout", "other"})
    assert (run.started, run.ended, run.status) == (1, 1, "FAILED")
    assert [(point.key, point.value) for point in run.points] == [("epochs", 0.0)]
    assert run.params == {"dropout": "0.1", "momentum": "True", "log10_dropout": "-1"}
    assert run.tags["not_finite"] == "seconds (1 of 1)"


def test_keys_and_names_are_made_safe() -> None:
    assert shown_params({"a<b>*": 1, "x" * 300: 2}) == {"a_b__": "1", "x" * 250: "2"}
    assert shown_tags({"ünï\0cödé": "a\0b\udc80"}) == {"ünï_cödé": "a b?"}
    validation = importlib.import_module("mlflow.utils.validation")
    for key in ("/abs", "..", ".", "a/../b", "..x/", "a/", " ", "...", "\n"):
        validation._validate_param_name(safe_key(key))
    assert folder_name("<b>") != folder_name("/b/")
    assert "/" not in folder_name("../../<script>😀")


def test_a_uid_is_a_plain_word() -> None:
    with pytest.raises(ValueError, match=r"a study's uid is 1 to 64 letters, digits, _ or -, but got \"x' OR 1\""):
        StudyCard("name", "x' OR 1", "", {}, {})
