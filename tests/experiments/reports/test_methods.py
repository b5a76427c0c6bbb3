from __future__ import annotations

from dataclasses import fields, replace
from typing import get_args

from experiments.evaluation.records import reasons
from experiments.evaluation.records.results import BaselineId, BaselineRecord, DifferenceMethod, IntervalMethod
from experiments.reports import methods as words
from experiments.reports.blocks import Fact, plain

GIVEN = {"columns": 1200, "limit": 1000, "folds": 5, "trials": 3, "least": 20, "ended": 25, "metric": "neg_log_loss"}
GIVEN |= {"configurations": 40, "rows": 9000, "draws": 1000, "scored": 12, "detail": "nothing to fit"}


def test_every_method_has_words():
    assert set(words.INTERVALS) == set(get_args(IntervalMethod)) - {"as_written"}
    assert set(words.TESTS) == set(get_args(DifferenceMethod)) - {"as_written"}


def test_every_reason_is_its_code_and_a_sentence_with_all_its_numbers():
    kinds = {*get_args(reasons.LeftOut), *get_args(reasons.NoScore)} - {reasons.AsWritten}
    assert {kind.code for kind in kinds} == set(words.REASONS)
    for kind in kinds:
        names = [name for name in (field.name for field in fields(kind)) if name != "code"]
        given = kind(**{name: GIVEN[name] for name in names})
        said = words.reason("here", given)
        assert plain(said).startswith(f"{given.code.replace('_', ' ')} (")
        assert {part.key for part in said if isinstance(part, Fact)} == {
            "here.code",
            *(f"here.{name}" for name in names),
        }


def test_too_few_trials_are_too_few_at_all_or_too_few_complete_ones():
    def said(**numbers):
        return plain(words.reason("here", reasons.TooFewTrials(**numbers)))

    assert said(trials=15, least=20, ended=19) == (
        "too few trials (19 in the space, 15 of them complete; at least 20, complete or pruned, are needed)"
    )
    assert said(trials=6, least=7, ended=26) == (
        "too few trials (6 of 26 in the space are complete; at least 7, a quarter, are needed)"
    )
    assert said(trials=6, least=7) == "too few trials (6 complete in the space; at least 7 are needed)"


def test_what_no_code_stands_for_keeps_its_words(full):
    assert plain(words.reason("here", reasons.AsWritten(detail="who knows"))) == "who knows"
    test = replace(full[0].test, ci_method="as_written", ci_detail="by eye")
    assert plain(words.interval_method(test)) == "by eye"
    compared = replace(test.difference, method="as_written", detail="by ear")
    assert plain(words.difference_method(compared)) == "by ear"
    chosen = replace(full[0].analysis.selection, method="as_written", detail="by hand")
    assert plain(words.selection_method(chosen, smallest=False)) == "by hand"
    ranked = replace(full[0].analysis.importances, evaluator="as_written", detail="by nose")
    assert plain(words.evaluator(ranked)) == "by nose"


def test_a_bootstrap_has_its_draws(full):
    test = replace(full[0].test, ci_method="bootstrap_groups", ci_draws=10_000)
    assert plain(words.interval_method(test)) == "percentile bootstrap over rows that belong together, 10,000 draws"


def test_a_difference_names_what_its_limits_and_its_p_are_of(full):
    compared = full[0].test.difference
    alike = replace(compared, method="agreement_rows_of_rarest_class", agreeing=10)
    assert plain(words.difference_method(alike)) == (
        "the two agree in every sample of the test rows; limits as of 10 rows that agree, as many as have the rarest "
        "class"
    )
    few = replace(compared, method="expanded_paired_bootstrap_groups", draws=1000, exchanged=8)
    assert plain(words.difference_method(few)) == (
        "paired, expanded percentile bootstrap over rows that belong together, 1,000 draws; at least as "
        "cautious as a permutation test over 8 groups"
    )
    rows = replace(compared, method="paired_bootstrap_rows", exchanged=12)
    said = plain(words.difference_method(rows))
    assert said.endswith("over rows; at least as cautious as a permutation test over 12 rows")


def test_an_interval_of_the_rarest_classs_rows_is_called_so(full):
    f1 = replace(full[0].test, metric="f1", score=1.0)
    assert (
        plain(words.interval_method(f1)) == "Wilson score interval of as many rows or groups as have the rarest class"
    )
    assert plain(words.interval_method(full[0].test)) == "Wilson score interval"


def test_a_baseline_is_described():
    settings = {"alpha": 1.0, "c": 1.0, "solver": "lsqr", "iterations": 100, "learning_rate": 0.2, "leaves": 15,
                "bins": 64, "rows": 50, "rows_in_all": 2000}  # fmt: skip
    described = {
        "majority_class": "predicts the frequencies of the classes",
        "mean": "predicts the mean of the target",
        "logistic_regression": "L2 with C = 1, LSQR, at most 100 iterations",
        "ridge_regression": "L2 with alpha = 1, LSQR, at most 100 iterations",
        "gradient_boosting": "of histograms, 100 iterations at learning rate 0.2, trees of at most 15 leaves, 64 bins",
    }
    assert set(get_args(BaselineId)) - {"as_written"} == set(described)
    for name, model in described.items():
        baseline = BaselineRecord(
            id=name, version=1, settings=settings, converged=None, score=0.5, ci95=None, reason=None
        )
        said = plain(words.baseline_settings("here", baseline))
        assert said == f"{model}; fitted on 50 of 2,000 development rows, spread over the target"
        assert words.baseline_name(baseline) == name.replace("_", " ")
