"""Two studies differ in MLflow by what they searched, what they found, and in the names of their scores."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from experiments.search.journal import Journal
from experiments.search.trial import FinishedTrial
from experiments.tracking.comparable import comparable_metadata, comparable_outcome
from support.tracking import PARAMS, Place, end, metadata, refitted, result

SPACE = {"l2": {"low": 0.0, "high": 1.0, "log": False}, "activation": {"choices": ["relu", "tanh"]}}
KNOWN = {"cv.splitter": "StratifiedKFold", "cv.metric": "f1_macro"}


def test_each_searched_range_is_a_parameter_beside_the_others() -> None:
    params = comparable_metadata(metadata(), SPACE).params
    assert params == {
        **metadata().params, "space.l2": "0.0 to 1.0", "space.activation": "relu, tanh"
    }  # fmt: skip


def test_scores_have_the_name_of_their_metric_too_and_come_first() -> None:
    outcome = end(1, metrics={"trials": 1.0, "best_cv_mean": 0.9, "test_score": 0.8})
    metrics = comparable_outcome(outcome, "f1_macro", {}).metrics
    assert list(metrics.items()) == [
        ("cv_mean_f1_macro", 0.9), ("test_f1_macro", 0.8), ("trials", 1.0), ("best_cv_mean", 0.9), ("test_score", 0.8)
    ]  # fmt: skip
    assert comparable_outcome(outcome, "", {}).metrics == outcome.metrics
    untested = comparable_outcome(end(1, metrics={"best_cv_mean": 0.9}), "r2", {}).metrics
    assert untested == {"cv_mean_r2": 0.9, "best_cv_mean": 0.9}


def test_the_best_configuration_is_tags_and_its_numbers_are_metrics() -> None:
    params: dict[str, Any] = {"hidden_layers": 1, "hidden_units_1": 8, "hidden_units_2": 9, "batch_norm": True}
    trials = {
        0: FinishedTrial({"activation": "tanh"}, result(0)),
        3: FinishedTrial({**params, "activation": "relu", "l2": 0.5}, result(3)),
    }
    outcome = comparable_outcome(end(2, metrics={}, tags={"best_trial": "3"}), "r2", trials)
    assert outcome.metrics == {
        "best_hidden_layers": 1.0, "best_hidden_units_1": 8.0, "best_hidden_units_2": 0.0, "best_l2": 0.5
    }  # fmt: skip
    assert outcome.tags == {
        **{"best_trial": "3", "best_hidden_layers": "1", "best_hidden_units_1": "8", "best_hidden_units_2": "0"},
        **{"best_batch_norm": "True", "best_activation": "relu", "best_l2": "0.5"},
    }


def described(place: Place) -> dict[str, Any]:
    """Return the names and values of each run that MLflow has, but its curves."""
    return {
        run.info.run_name: (
            run.info.run_id,
            {name: value for name, value in run.data.metrics.items() if "/" not in name},
            run.data.params,
            {name: value for name, value in run.data.tags.items() if not name.startswith("mlflow.")},
        )
        for run in place.runs(name="s")
    }


@pytest.mark.slow
def test_sync_gives_a_study_of_an_earlier_version_what_a_new_one_has_and_nothing_twice(
    place: Place, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Journal(place.study / "journal.log").begin({"uid": "uid-1", "spec": {"space": SPACE}})
    scores = {"best_cv_mean": 0.9, "test_score": 0.8}
    outcome = end(3, metrics=scores, tags={"best_trial": "0"}, refitted=refitted())
    trials = (result(0), result(1), result(2, "PRUNED", "pruned"))
    with monkeypatch.context() as earlier:
        earlier.setattr("experiments.tracking.writer.comparable_metadata", lambda metadata, space: metadata)
        earlier.setattr("experiments.tracking.writer.comparable_outcome", lambda outcome, metric, trials: outcome)
        earlier.setattr("experiments.tracking.comparable.METRIC", "none")
        earlier.setattr("experiments.tracking.writer.METRIC", "none")
        earlier.setattr("experiments.tracking.store.METRIC", "none")
        place.write(*trials, study=metadata("s", params=KNOWN), end=outcome)
    before = described(place)
    assert before["trial-000"][1].keys().isdisjoint({"cv_mean_f1_macro"})

    place.sync()
    after = described(place)
    assert {name: values[0] for name, values in after.items()} == {name: values[0] for name, values in before.items()}
    for name in ("trial-000", "trial-001"):
        assert after[name][1] == {**before[name][1], "cv_mean_f1_macro": before[name][1]["cv_mean"]}
    assert after["trial-002"] == before["trial-002"]
    configuration = {"best_learning_rate": 0.01, "best_hidden_layers": 2.0, "best_l2": 0.0}
    named = {"cv_mean_f1_macro": 0.9, "test_f1_macro": 0.8}
    assert after["s"][1] == {**scores, **named, **configuration}
    assert after["s"][2] == {**KNOWN, "space.l2": "0.0 to 1.0", "space.activation": "relu, tanh"}
    assert after["final"][1] == {**before["final"][1], "test_f1_macro": 0.8}
    for name in ("s", "final"):
        assert after[name][3] == {
            **before[name][3], **{f"best_{name}": str(value) for name, value in PARAMS.items()}
        }  # fmt: skip

    place.sync()
    assert described(place) == after
    for run in place.runs(name="s"):
        for name in ("cv_mean_f1_macro", "test_f1_macro", "best_l2"):
            assert len(place.client.get_metric_history(run.info.run_id, name)) == (name in run.data.metrics)

    new = Place(place.folder / "new", database)
    new.write(*trials, study=metadata("s", uid="uid-2", params=KNOWN), end=outcome)
    for name, (_, metrics, params, _) in described(new).items():
        assert metrics == after[name][1]
        assert params == {key: value for key, value in after[name][2].items() if not key.startswith("space.")}


@pytest.mark.slow
def test_the_view_of_an_earlier_version_is_replaced(place: Place) -> None:
    study = metadata("s", params=KNOWN)
    place.write(study=study)
    experiment = place.client.get_experiment_by_name("s")
    key = "mlflow.sharedViewState.trials"
    now = experiment.tags[key]
    place.client.set_experiment_tag(experiment.experiment_id, key, "{}")
    place.sync()
    assert place.client.get_experiment_by_name("s").tags[key] == now
    assert "cv_mean_f1_macro" in now


@pytest.mark.slow
def test_a_trial_takes_as_many_calls_as_without_the_name_of_its_metric(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    client = type(place.client)
    for name in ("create_run", "log_batch", "set_terminated", "log_metric", "set_tag", "log_param", "update_run"):
        original = getattr(client, name)

        def counted(self: Any, *given: Any, original: Any = original, name: str = name, **named: Any) -> Any:
            calls.append(name)
            return original(self, *given, **named)

        monkeypatch.setattr(client, name, counted)
    place.write(study=metadata("s", params=KNOWN))
    calls.clear()
    place.write(result(0), result(1), study=metadata("s", params=KNOWN))
    per_trial = ["create_run", "log_batch", "set_terminated"]
    assert calls.count("create_run") == 2
    at = calls.index("create_run")
    assert calls[at : at + 6] == per_trial * 2
    assert {"cv_mean", "cv_mean_f1_macro"} <= place.trials("s")["0"].data.metrics.keys()
