from __future__ import annotations

from typing import get_args

import pytest

from experiments.evaluation import reasons
from experiments.evaluation.results import DifferenceMethod, IntervalMethod, ReferenceId, ReferenceRecord
from experiments.reports import methods as words
from experiments.reports.blocks import Fact, plain

GIVEN = {"columns": 1200, "limit": 1000, "folds": 5, "trials": 3, "least": 20, "metric": "neg_log_loss"}
GIVEN |= {"configurations": 40, "rows": 9000, "draws": 1000, "scored": 12, "detail": "nothing to fit"}


def test_every_method_has_words():
    assert set(words.INTERVALS) == set(get_args(IntervalMethod)) - {"as_written"}
    assert set(words.TESTS) == set(get_args(DifferenceMethod)) - {"as_written"}


KINDS = dict.fromkeys(one for one in (*get_args(reasons.LeftOut), *get_args(reasons.NoScore)))


@pytest.mark.parametrize("kind", [one for one in KINDS if one is not reasons.AsWritten])
def test_every_reason_is_its_code_and_a_sentence_with_all_its_numbers(kind):
    names = [name for name in kind.model_fields if name != "code"]
    found = kind(**{name: GIVEN[name] for name in names})
    said = words.reason("here", found)
    assert plain(said).startswith(f"{found.code.replace('_', ' ')} (")
    keys = {one.key for one in said if isinstance(one, Fact)}
    assert keys == {"here.code", *(f"here.{name}" for name in names)}


def test_what_no_code_stands_for_keeps_its_words(full):
    assert plain(words.reason("here", reasons.AsWritten(detail="who knows"))) == "who knows"
    test = full[0].test.model_copy(update={"ci_method": "as_written", "ci_detail": "by eye"})
    assert plain(words.interval_method(test)) == "by eye"
    compared = test.difference.model_copy(update={"method": "as_written", "detail": "by ear"})
    assert plain(words.difference_method(compared)) == "by ear"
    chosen = full[0].analysis.selection.model_copy(update={"method": "as_written", "detail": "by hand"})
    assert plain(words.selection_method(chosen)) == "by hand"
    ranked = full[0].analysis.importances.model_copy(update={"evaluator": "as_written", "detail": "by nose"})
    assert plain(words.evaluator(ranked)) == "by nose"


def test_a_bootstrap_has_its_draws(full):
    test = full[0].test.model_copy(update={"ci_method": "bootstrap_groups", "ci_draws": 10_000})
    assert plain(words.interval_method(test)) == "percentile bootstrap over groups, 10,000 draws"


@pytest.mark.parametrize(
    ("name", "settings", "said"),
    [
        (
            "majority_class",
            {},
            "predicts the frequencies of the classes; fitted on 50 of 2,000 development rows, spread over the target",
        ),
        ("mean", {}, "predicts the mean of the target; fitted on 50 of 2,000 development rows, spread over the target"),
        (
            "ridge_regression",
            {"alpha": 1.0, "solver": "lsqr", "iterations": 100},
            "L2 with alpha = 1, LSQR, at most 100 iterations; fitted on 50 of 2,000 development rows, spread over the "
            "target",
        ),
        (
            "gradient_boosting",
            {"iterations": 50, "learning_rate": 0.2, "leaves": 15, "bins": 64},
            "of histograms, 50 iterations at learning rate 0.2, trees of at most 15 leaves, 64 bins; fitted on 50 of "
            "2,000 development rows, spread over the target",
        ),
    ],
)
def test_a_baseline_is_described(name, settings, said):
    assert name in get_args(ReferenceId)
    rows = {"rows": 50, "rows_in_all": 2000}
    found = ReferenceRecord(
        id=name, version=1, settings={**settings, **rows}, converged=None, score=0.5, ci95=None, reason=None
    )
    assert plain(words.baseline_settings("here", found)) == said
    assert words.baseline_name(found) == name.replace("_", " ")
