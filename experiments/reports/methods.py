"""Codes of methods, models and reasons in words: results.json has the codes, the pages say the sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from experiments.evaluation.reasons import (
    AsWritten,
    BootstrapTooSlow,
    EqualScores,
    LeftOut,
    NoDefaultScore,
    NoMetric,
    NoParameterTells,
    NoProbabilities,
    NoScore,
    RowsInTimeOrder,
    TooFewDraws,
    TooFewTrials,
    TooManyClasses,
    TooManyColumns,
    TooManyShuffles,
)
from experiments.evaluation.records import ImportanceRecord, SelectionRecord
from experiments.evaluation.results import BaselineRecord, DifferenceMethod, FinalScore, IntervalMethod, ScoreDifference
from experiments.reports.blocks import Fact, Parts, Words, counted, number, sentence
from experiments.reports.formatting import metric_label, parameter

INTERVALS: Final[Mapping[IntervalMethod, str]] = {
    "wilson": "Wilson score interval",
    "bootstrap_rows": "percentile bootstrap over rows",
    "bootstrap_groups": "percentile bootstrap over groups",
    "bootstrap_rows_of_each_class": "percentile bootstrap over the rows of each class",
}
TESTS: Final[Mapping[DifferenceMethod, str]] = {
    "mcnemar_bonett_price": "exact McNemar test, adjusted Wald interval (Bonett and Price)",
    "paired_bootstrap_rows": "paired percentile bootstrap over rows",
    "paired_bootstrap_groups": "paired percentile bootstrap over groups",
    "paired_bootstrap_rows_of_each_class": "paired percentile bootstrap over the rows of each class",
}
DRAWN: Final = {"bbc_cv_rows": "rows", "bbc_cv_groups": "groups of rows"}
SOLVERS: Final = {"lbfgs": "L-BFGS", "lsqr": "LSQR"}


def interval_method(look: FinalScore) -> Parts:
    """Say how the interval of the test score was made."""
    if look.ci_method == "as_written":
        return (Fact("test.ci_detail", look.ci_detail),)
    return (Fact("test.ci_method", INTERVALS[look.ci_method]), *_draws("test.ci_draws", look.ci_draws))


def difference_method(found: ScoreDifference) -> Parts:
    """Say how winner and default were compared."""
    if found.method == "as_written":
        return (Fact("test.difference.detail", found.detail),)
    return (Fact("test.difference.method", TESTS[found.method]), *_draws("test.difference.draws", found.draws))


def _draws(key: str, draws: int | None) -> Parts:
    return () if draws is None else sentence(", {}", counted(key, draws, "draw"))


def selection_method(found: SelectionRecord) -> Parts:
    """Say how the selection score was corrected."""
    above = "analysis.selection"
    if found.method == "as_written":
        return (Fact(f"{above}.detail", found.detail),)
    return sentence(
        "BBC-CV: {} bootstrap draws of {}, the best on those drawn scored on the others",
        number(f"{above}.draws", found.draws),
        Fact(f"{above}.method", DRAWN[found.method]),
    )


def evaluator(found: ImportanceRecord) -> Parts:
    """Say how the importance of parameters was found."""
    if found.evaluator == "as_written" or found.better is None:
        return (Fact("analysis.importances.detail", found.detail),)
    return sentence(
        "{} (Optuna), the best {} of trials against all",
        Fact("analysis.importances.evaluator", "PED-ANOVA"),
        Fact("analysis.importances.better", f"{100 * found.better:.3g}%"),
    )


def reference_name(found: BaselineRecord) -> str:
    """Name a plain model.

    >>> reference_name(BaselineRecord(id="mean", version=1, settings={}, converged=None, score=None, ci95=None,
    ...                                reason=None))
    'mean'
    """
    return found.detail.partition(":")[0] if found.id == "as_written" else found.id.replace("_", " ")


def reference_settings(key: str, found: BaselineRecord) -> Parts:
    """Say what a plain model is, and which rows it was fitted on."""
    if found.id == "as_written":
        return (Fact(f"{key}.detail", found.detail),)

    def setting(name: str) -> Fact:
        value = found.settings[name]
        text = f"{value:,}" if isinstance(value, int) else SOLVERS.get(str(value), parameter(value))
        return Fact(f"{key}.settings.{name}", text)

    model: Parts = ()
    if found.id == "majority_class":
        model = ("the classes' frequencies",)
    elif found.id == "mean":
        model = ("of the target",)
    elif found.id == "logistic_regression":
        words = "L2 with C = {}, {}, at most {} iterations"
        model = sentence(words, setting("c"), setting("solver"), setting("iterations"))
    elif found.id == "ridge_regression":
        words = "L2 with alpha = {}, {}, at most {} iterations"
        model = sentence(words, setting("alpha"), setting("solver"), setting("iterations"))
    else:
        words = "of histograms, {} iterations at learning rate {}, trees of at most {} leaves, {} bins"
        names = ("iterations", "learning_rate", "leaves", "bins")
        model = sentence(words, *map(setting, names))
    rows = sentence("all {} development rows", setting("rows"))
    if found.settings["rows"] != found.settings["rows_in_all"]:
        words = "{} of {} development rows, spread over the target"
        rows = sentence(words, setting("rows"), setting("rows_in_all"))
    converged: Words = sentence(", {}", Fact(f"{key}.converged", "not converged")) if found.converged is False else ""
    return sentence("{}; fitted on {}{}", model, rows, converged)


def reason(key: str, found: LeftOut | NoScore) -> Parts:
    """Say why something is missing: the code in words, then what it means."""
    if isinstance(found, AsWritten):
        return (Fact(f"{key}.detail", found.detail),)
    return sentence("{} ({})", Fact(f"{key}.code", found.code.replace("_", " ")), _meaning(key, found))


def _meaning(key: str, found: LeftOut | NoScore) -> Words:
    def given(name: str) -> Fact:
        value = getattr(found, name)
        return Fact(f"{key}.{name}", f"{value:,}" if isinstance(value, int) else value)

    match found:
        case RowsInTimeOrder():
            return "they depend on one another, so that a bootstrap of single rows says nothing"
        case NoDefaultScore():
            return "there is nothing that others could be held against"
        case NoProbabilities():
            return "with this loss the network's outputs are none"
        case TooManyClasses():
            return sentence("more than {}", given("limit"))
        case TooManyColumns():
            return sentence("{} columns; at most {} are shuffled", given("columns"), given("limit"))
        case TooManyShuffles():
            words = "{} columns in {} folds; at most {} times a column is shuffled in a fold"
            return sentence(words, given("columns"), given("folds"), given("limit"))
        case TooFewTrials():
            words = "{} complete in the space; at least {} are needed"
            return sentence(words, given("trials"), given("least"))
        case EqualScores():
            return "every complete trial has the same"
        case NoParameterTells():
            return "none tells the better trials from the rest"
        case NoMetric():
            return sentence("{} has no value there", Fact(f"{key}.metric", metric_label(found.metric)))
        case BootstrapTooSlow():
            words = "of {} over {} configurations and {} rows; it is cheap only where a metric sums over rows or labels"
            metric = Fact(f"{key}.metric", metric_label(found.metric))
            return sentence(words, metric, given("configurations"), given("rows"))
        case TooFewDraws():
            words = "of {} bootstrap draws only {} have a score: the rows are too few"
            return sentence(words, given("draws"), given("scored"))
    return given("detail")
