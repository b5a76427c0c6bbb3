"""Documents of schema 1: `schema_1.json` is a small study of version 0.1, as that version wrote it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from experiments.evaluation.records import reasons
from experiments.evaluation.records.reasons import LeftOut, NoScore
from experiments.evaluation.records.result_digest import digest
from experiments.evaluation.records.results import StudyResult
from experiments.evaluation.records.schema_1 import from_schema_1

OLD: dict[str, Any] = json.loads((Path(__file__).parent / "schema_1.json").read_text())


def copy(**test: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(json.dumps(OLD))
    document["test"] |= test
    return document


def translated(document: dict[str, Any]) -> StudyResult:
    return StudyResult.of_document(from_schema_1(document))


def test_a_whole_document_is_translated_and_all_numbers_stay() -> None:
    result = translated(OLD)
    assert (result.test.ci_method, result.test.score) == ("wilson", OLD["test"]["score"])
    assert result.test.difference.method == "mcnemar_bonett_price"
    assert result.analysis.selection.method == "bbc_cv_rows"
    assert result.analysis.left_out == {"importances": reasons.TooFewTrials(trials=4, least=20)}
    rows = {"rows": 120, "rows_in_all": 120}
    boosting = {"iterations": 50, "learning_rate": 0.2, "leaves": 15, "bins": 64, **rows}
    assert [(one.id, one.settings, one.converged) for one in result.test.references] == [
        ("majority_class", rows, None),
        ("logistic_regression", {"c": 1.0, "solver": "lbfgs", "iterations": 100, **rows}, True),
        ("gradient_boosting", boosting, None),
    ]
    assert result.document()["trials"] == OLD["trials"]
    assert "as_written" not in json.dumps(from_schema_1(OLD))


def test_the_digest_is_that_of_the_old_document() -> None:
    assert digest(OLD) == OLD["digest"] == from_schema_1(OLD)["digest"]
    result = translated(OLD)
    assert result.digest != OLD["digest"]
    kept = replace(result, earlier_digest=OLD["digest"])
    assert kept.digest == OLD["digest"]
    assert "earlier_digest" not in kept.document()


def test_the_old_document_is_left_as_it_is() -> None:
    before = json.dumps(OLD)
    from_schema_1(OLD)
    assert json.dumps(OLD) == before


@pytest.mark.parametrize(
    ("text", "method", "draws"),
    [
        ("percentile bootstrap over rows, 10,000 draws", "bootstrap_rows", 10_000),
        ("percentile bootstrap over groups, 998 draws", "bootstrap_groups", 998),
        ("percentile bootstrap over the rows of each class, 1,000 draws", "bootstrap_rows_of_each_class", 1_000),
        ("by eye", "as_written", None),
    ],
)
def test_every_method_of_an_interval_has_a_code(text: str, method: str, draws: int | None) -> None:
    difference = {**OLD["test"]["difference"], "method": f"paired {text}"}
    test = translated(copy(ci_method=text, difference=difference)).test
    assert (test.ci_method, test.ci_draws) == (method, draws)
    assert (test.ci_detail == text) == (method == "as_written")
    paired = method if method == "as_written" else f"paired_{method}"
    assert (test.difference.method, test.difference.draws) == (paired, draws)


@pytest.mark.parametrize(
    ("name", "settings", "id", "found", "converged"),
    [
        (
            "ridge regression",
            "L2 with alpha = 1, LSQR, at most 100 iterations; fitted on 9,000 of 90,000 development rows, spread over "
            "the target, not converged",
            "ridge_regression",
            {"solver": "lsqr", "alpha": 1.0, "iterations": 100, "rows": 9_000, "rows_in_all": 90_000},
            False,
        ),
        ("mean", "of the target; fitted on all 80 development rows", "mean", {"rows": 80, "rows_in_all": 80}, None),
        ("a forest", "100 trees", "as_written", {}, None),
    ],
)
def test_a_baseline_is_an_id_and_its_settings(
    name: str, settings: str, id: str, found: dict[str, Any], converged: bool | None
) -> None:
    reference = {"name": name, "settings": settings, "score": 0.5, "ci95": [0.4, 0.6], "reason": ""}
    test = translated(copy(references=[reference])).test
    one = test.references[0]
    assert (one.id, one.settings, one.converged, one.reason) == (id, found, converged, None)
    assert one.detail == ("a forest: 100 trees" if id == "as_written" else "")


REASONS: list[tuple[str, LeftOut]] = [
    (
        "rows in a time order depend on one another, so that a bootstrap of single rows says nothing",
        reasons.RowsInTimeOrder(),
    ),
    ("the default came to no score that others could be held against", reasons.NoDefaultScore()),
    ("with this loss the network's outputs are no probabilities", reasons.NoProbabilities()),
    ("more than 100 classes", reasons.TooManyClasses(limit=100)),
    ("1,001 columns; at most 1,000 are shuffled", reasons.TooManyColumns(columns=1001, limit=1000)),
    (
        "900 columns in 50 folds; at most 20,000 times a column is shuffled in a fold",
        reasons.TooManyShuffles(columns=900, folds=50, limit=20_000),
    ),
    ("every complete trial has the same score", reasons.EqualScores()),
    ("no parameter tells the better trials from the rest", reasons.NoParameterTells()),
    ("f1 has no value on the rows of some fold, as they are or with a column shuffled", reasons.NoMetric(metric="f1")),
    (
        "a bootstrap of roc_auc over 1 configurations and 2000000 rows takes too long: it is cheap only where a metric "
        "is a sum over rows or counts labels",
        reasons.BootstrapTooSlow(metric="roc_auc", configurations=1, rows=2_000_000),
    ),
    ("of 1000 bootstrap draws only 12 have a score: the rows are too few", reasons.TooFewDraws(draws=1000, scored=12)),
    ("nobody knows", reasons.AsWritten(detail="nobody knows")),
]


def test_every_reason_has_a_code() -> None:
    document = copy()
    document["analysis"]["left_out"] = {text: text for text, _ in REASONS}
    analysis = translated(document).analysis
    assert analysis.left_out == dict(REASONS)


def test_a_model_without_a_score_has_its_reason() -> None:
    no_scores: list[tuple[str, NoScore]] = [
        ("more than 100 classes take too many trees", reasons.TooManyClasses(limit=100)),
        ("it could not be fitted: no", reasons.NotFitted(detail="no")),
        ("it could not be scored: no: not", reasons.NotScored(detail="no: not")),
        ("its outputs have no roc_auc", reasons.NoMetric(metric="roc_auc")),
        ("nobody knows", reasons.AsWritten(detail="nobody knows")),
    ]
    model = {**OLD["test"]["references"][1], "score": None, "ci95": None}
    test = translated(copy(references=[{**model, "reason": text} for text, _ in no_scores])).test
    assert [one.reason for one in test.references] == [reason for _, reason in no_scores]


def test_a_default_that_won_is_not_compared_with_itself() -> None:
    document = copy()
    document["default"]["number"] = document["best"]["number"]
    test = translated(document).test
    assert (test.default, test.difference, test.verdict) == (None, None, "not compared")


def test_the_evaluator_of_importances_has_a_code() -> None:
    document = copy()
    words = "PED-ANOVA (Optuna), the best 25% of trials against all"
    document["analysis"]["importances"] = {"evaluator": words, "values": {"dropout": 1.0}}
    analysis = translated(document).analysis
    assert (analysis.importances.evaluator, analysis.importances.better) == ("ped_anova", 0.25)


def test_a_study_without_a_test_score_stays_without() -> None:
    assert translated({**copy(), "test": None, "ledger": None, "analysis": None}).test is None
