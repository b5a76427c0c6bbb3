from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from experiments.config.space import Space
from experiments.config.study_file import parse_spec
from experiments.data.prepare import prepare
from experiments.evaluation.records.analysis_record import AnalysisRecord, FinalRecord, SelectionRecord
from experiments.evaluation.records.outer_record import OuterRecord
from experiments.evaluation.records.results import BaselineRecord, LedgerRecord, ScoreDifference
from experiments.tracking.metadata import final_metrics, final_model, final_tags, run_metadata
from support.results import made_up, replaced

DOCUMENT: dict[str, Any] = {
    "study": {"name": "moons"},
    "data": {"source": "moons"},
    "space": {"learning_rate": {"low": 1e-4, "high": 1e-1, "log": True}, "l2": {"low": 0, "high": 1}},
}


def test_a_study_has_the_same_metadata_however_it_is_extended_or_ended() -> None:
    first, later, other = (
        parse_spec(DOCUMENT | {"search": search}, "moons").with_inferred_settings("classification", "StratifiedKFold")
        for search in ({"trials": 10}, {"trials": 20, "patience": 3, "budget_minutes": 1}, {"lookahead": 5})
    )
    data = prepare(first, {})
    metadata = run_metadata(first, Space(first), data, "uid")
    assert metadata == run_metadata(later, Space(later), data, "uid")
    assert metadata.params["search.sampler"] == "tpe"
    assert metadata.log_scaled == ("learning_rate",)
    assert metadata.searched == ("learning_rate", "l2")
    different = run_metadata(other, Space(other), data, "uid")
    assert different.tags["spec"] != metadata.tags["spec"]
    assert (different.params["search.lookahead"], metadata.params["search.lookahead"]) == ("5", "4")
    assert [(data_set.context, data_set.rows, data_set.features) for data_set in metadata.datasets] == [
        ("development", data.rows - len(data.test), 2),
        ("test", len(data.test), 2),
    ]
    fingerprints = [data_set.fingerprint for data_set in metadata.datasets]
    assert fingerprints == [data.development.fingerprint, data.test.fingerprint]


def test_a_negative_error_is_explained_where_trials_are_sorted_by_it() -> None:
    said = []
    for metric in ("neg_log_loss", "accuracy"):
        spec = parse_spec(DOCUMENT | {"cv": {"metric": metric}}, "moons")
        spec = spec.with_inferred_settings("classification", "StratifiedKFold")
        said.append(run_metadata(spec, Space(spec), prepare(spec, {}), "uid").description)
    assert said[0].endswith("Errors have a minus here, so that higher is better.")
    assert "minus" not in said[1]


def test_differences_that_are_all_equal_have_no_limits() -> None:
    limits, found = {"test_difference_ci95_low", "test_difference_ci95_high"}, []
    for interval in ((-0.1, 0.1), (0.0, 0.0)):
        compared = ScoreDifference(score=0.0, ci95=interval, p_value=1.0, method="corrected_resampled_t")
        metrics = final_metrics(replaced(made_up(), "test", difference=compared))
        assert metrics["test_p_value"] == 1
        found.append(metrics.keys() & limits)
    assert found == [limits, set()]


def test_a_second_test_is_tagged() -> None:
    result = made_up()
    once, again = final_tags(result), final_tags(replaced(result, "test", times_scored=2))
    assert again == once | {
        "test_rows_again": "had been scored before: score and verdict are optimistic by an unknown amount"
    }
    assert "verdict" in once
    assert "test_rows" not in again  # their fingerprint


def test_what_a_score_is_worth_stands_beside_it() -> None:
    selection = SelectionRecord(
        **{"configurations": 2, "rows": 48, "pooled": 0.9, "corrected": 0.8, "ci95": (0.7, 0.85), "optimism": 0.1},
        **{"floor": None, "floor95": None, "draws": 10, "method": "bbc_cv_rows"},
    )
    baseline = BaselineRecord(
        id="logistic_regression", version=1, settings={}, converged=True, score=0.5, ci95=(0.2, 0.8), reason=None
    )
    result = replaced(made_up(), "test", references=(baseline, replace(baseline, id="majority_class", score=None)))
    metrics = final_metrics(replace(result, analysis=AnalysisRecord(selection=selection)))
    assert [metrics[f"corrected_{name}"] for name in ("score", "ci95_low", "ci95_high")] == [0.8, 0.7, 0.85]
    assert {name: value for name, value in metrics.items() if "baselines" in name} == {
        "test_baselines/logistic_regression": 0.5
    }


@pytest.mark.parametrize(("own", "looks", "said"), [(1, 1, "once by this study, 0 times by others"), (1, 9, "8 times")])
def test_how_often_the_test_rows_were_scored_is_said(own: int, looks: int, said: str) -> None:
    ledger = LedgerRecord(looks=looks, own=own, largest_overlap=1.0, head="h")
    assert said in final_tags(replace(made_up(), ledger=ledger))["test_rows_scored"]
    assert "test_rows_scored" not in final_tags(replace(made_up(), ledger=None))


@pytest.mark.parametrize(
    ("choice", "members", "said"),
    [
        ("best", 1, "the network of trial {}"),
        ("best", 5, "the mean of 5 networks of trial {}"),
        ("with_default", 5, "the mean of 5 networks of trial {} and 5 of the default, trial 0"),
    ],
)
def test_the_networks_of_the_final_model_are_named(choice: str, members: int, said: str) -> None:
    result = made_up()
    result = replace(
        result,
        spec={**result.spec, "cv": {"metric": "accuracy", "splitter": "KFold"}, "final": {"choice": choice}},
        final=FinalRecord(members=members, epochs=3, default_epochs=3),
        best=replace(result.best, fold_scores=tuple(result.trials[0].fold_scores)),  # so close that both are kept
    )
    assert final_model(result) == said.format(result.best.number)


def test_the_score_of_a_nested_study_is_said_to_be_the_procedures() -> None:
    assert "test_score_of" not in final_tags(made_up())
    nested = replace(made_up(), outer=OuterRecord(splitter="KFold", folds=(), baselines=()))
    assert final_tags(nested)["test_score_of"] == "of the procedure, by nested cross-validation; not of this model"
