"""Sentences for the codes of results.json: methods, baselines, and reasons why something is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from experiments.evaluation.records.analysis_record import ImportanceRecord, SelectionRecord
from experiments.evaluation.records.reasons import AsWritten, LeftOut, NoScore, TooFewTrials
from experiments.evaluation.records.results import (
    BaselineRecord,
    DifferenceMethod,
    FinalScore,
    IntervalMethod,
    ScoreDifference,
)
from experiments.reports.blocks import Fact, Part, Parts, Words, counted, filled, number, percent, sentence
from experiments.reports.formatting import parameter
from experiments.reports.metrics import metric_label

INTERVALS: Final[Mapping[IntervalMethod, str]] = {
    "wilson": "Wilson score interval",
    "bootstrap_rows": "percentile bootstrap over rows",
    "bootstrap_groups": "percentile bootstrap over rows that belong together",
    "expanded_bootstrap_rows": "expanded percentile bootstrap over rows",
    "expanded_bootstrap_groups": "expanded percentile bootstrap over rows that belong together",
    "bootstrap_rows_of_each_class": "percentile bootstrap over the rows of each class",
    "square_and_add_recalls": "from the Wilson score intervals of both recalls (Newcombe)",
    "smoothed_bootstrap_rows": "percentile bootstrap over rows and one more of each class, half right and half wrong",
    "smoothed_bootstrap_groups": "expanded percentile bootstrap over rows that belong together and over one such group "
    "more of each class, half right and half wrong",
    "logit_bootstrap_rows": "standard error by a bootstrap over rows, Student's t on the scale of the logit",
    "logit_bootstrap_groups": "standard error by a bootstrap over rows that belong together, Student's t on the scale "
    "of the logit",
    "skewed_t": "Student's t, corrected for skewness (Hall)",
    "corrected_resampled_t": "approximate: corrected resampled t over the outer folds, and the limits of their rows",
}
TESTS: Final[Mapping[DifferenceMethod, str]] = {
    "mcnemar_bonett_price": "exact McNemar test, adjusted Wald interval (Bonett and Price)",
    "paired_bootstrap_rows": "paired percentile bootstrap over rows",
    "paired_bootstrap_groups": "paired percentile bootstrap over rows that belong together",
    "expanded_paired_bootstrap_rows": "paired, expanded percentile bootstrap over rows",
    "expanded_paired_bootstrap_groups": "paired, expanded percentile bootstrap over rows that belong together",
    "paired_bootstrap_rows_of_each_class": "paired percentile bootstrap over the rows of each class",
    "paired_bootstrap_rows_and_intervals": "paired bootstrap over rows, no narrower than the two scores' own intervals "
    "make it (Newcombe)",
    "paired_bootstrap_groups_and_intervals": "paired bootstrap over rows that belong together, no narrower than the "
    "two scores' own intervals make it (Newcombe)",
    "agreement_groups": "the two agree in every sample of the test groups",
    "agreement_groups_of_rarest_class": "the two agree in every sample of the test groups",
    "agreement_rows_of_rarest_class": "the two agree in every sample of the test rows",
    "paired_skewed_t": "paired t test, corrected for skewness (Hall)",
    "corrected_resampled_t": "approximate: corrected resampled t test over the outer folds, and a test of their rows",
}
DRAWN: Final = {"bbc_cv_rows": "rows", "bbc_cv_groups": "groups of rows"}
SOLVERS: Final = {"lbfgs": "L-BFGS", "lsqr": "LSQR"}
BASELINES: Final = {
    "majority_class": "predicts the frequencies of the classes",
    "mean": "predicts the mean of the target",
    "logistic_regression": "L2 with C = {c}, {solver}, at most {iterations} iterations",
    "ridge_regression": "L2 with alpha = {alpha}, {solver}, at most {iterations} iterations",
    "gradient_boosting": "of histograms, {iterations} iterations at learning rate {learning_rate}, trees of at most "
    "{leaves} leaves, {bins} bins",
}
REASONS: Final = {
    "rows_in_time_order": "they depend on one another, so a bootstrap of single rows would mislead",
    "no_default_score": "there is no score to compare others with",
    "no_probabilities": "with this loss the network does not output probabilities",
    "too_many_classes": "more than {limit}",
    "too_many_columns": "{columns} columns; at most {limit} are shuffled",
    "too_many_shuffles": "{columns} columns in {folds} folds; at most {limit} times a column is shuffled in a fold",
    "too_few_trials": "{trials} complete in the space; at least {least} are needed",
    "equal_scores": "every complete trial has the same score",
    "no_parameter_tells": "no parameter distinguishes the better trials from the rest",
    "no_metric": "{metric} has no value there",
    "network_diverged": "a network of the final model diverged on a fold",
    "bootstrap_too_slow": "of {metric} over {configurations} configurations and {rows} rows; only a metric that is a "
    "sum over rows or labels is cheap enough",
    "too_few_draws": "of {draws} bootstrap draws only {scored} have a score: there are too few rows",
    "not_fitted": "{detail}",
    "not_scored": "{detail}",
}


TOO_FEW: Final = (  # by whether there are enough trials, of which too few are complete
    "{ended} in the space, {trials} of them complete; at least {least}, complete or pruned, are needed",
    "{trials} of {ended} in the space are complete; at least {least}, a quarter, are needed",
)


def interval_method(test: FinalScore) -> Parts:
    """Name the method of the test score's interval."""
    if test.ci_method == "as_written":
        return (Fact("test.ci_detail", test.ci_detail),)
    of_rarest = test.ci_method == "wilson" and test.metric != "accuracy"
    return (
        Fact("test.ci_method", INTERVALS[test.ci_method]),
        *((" of as many rows or groups as have the rarest class",) if of_rarest else ()),
        *_draws("test.ci_draws", test.ci_draws),
    )


def difference_method(compared: ScoreDifference) -> Parts:
    """Name the method by which tuned and default model were compared."""
    if compared.method == "as_written":
        return (Fact("test.difference.detail", compared.detail),)
    key, unit = "test.difference", "group" if "groups" in compared.method else "row"
    parts: list[Part] = [Fact(f"{key}.method", TESTS[compared.method])]
    parts += _draws(f"{key}.draws", compared.draws)
    if compared.agreeing is not None:
        rarest = ", as many as have the rarest class" if "rarest" in compared.method else ""
        agreeing = counted(f"{key}.agreeing", compared.agreeing, unit)
        parts += sentence(f"; limits as of {{}} that agree{rarest}", agreeing)
    if compared.exchanged is not None:
        exchanged = counted(f"{key}.exchanged", compared.exchanged, unit)
        parts += sentence("; at least as cautious as a permutation test over {}", exchanged)
    return tuple(parts)


def _draws(key: str, draws: int | None) -> Parts:
    return () if draws is None else sentence(", {}", counted(key, draws, "draw"))


def selection_method(record: SelectionRecord, smallest: bool) -> Parts:
    """Describe how the selection score was corrected.

    Args:
        smallest: the smallest network within one standard error of the best is chosen, not the best.
    """
    key = "analysis.selection"
    if record.method == "as_written":
        return (Fact(f"{key}.detail", record.detail),)
    chosen = "smallest network within one standard error of the best" if smallest else "best configuration"
    return sentence(
        f"BBC-CV: {{}} bootstrap draws of {{}}; in each, the {chosen} on the drawn rows is scored on the others",
        number(f"{key}.draws", record.draws),
        Fact(f"{key}.method", DRAWN[record.method]),
    )


def evaluator(record: ImportanceRecord) -> Parts:
    """Name the method that estimated the importance of parameters."""
    if record.evaluator == "as_written" or record.better is None:
        return (Fact("analysis.importances.detail", record.detail),)
    method = Fact("analysis.importances.evaluator", "PED-ANOVA")
    better = percent("analysis.importances.better", record.better)
    others = "all, pruned ones with them" if record.evaluator == "ped_anova_pruned" else "all"
    return sentence(f"{{}} (Optuna): the best {{}} of trials against {others}", method, better)


def baseline_name(baseline: BaselineRecord) -> str:
    """Name a baseline.

    >>> baseline_name(BaselineRecord(id="ridge_regression", version=1, settings={}, converged=None, score=None,
    ...                               ci95=None, reason=None))
    'ridge regression'
    """
    return baseline.detail.partition(":")[0] if baseline.id == "as_written" else baseline.id.replace("_", " ")


def baseline_settings(key: str, baseline: BaselineRecord) -> Parts:
    """Describe a baseline, and the rows that it was fitted on where they are not all development rows."""
    if baseline.id == "as_written":
        return (Fact(f"{key}.detail", baseline.detail),)

    def setting(name: str) -> Fact:
        value = baseline.settings[name]
        shown = f"{value:,}" if isinstance(value, int) else SOLVERS.get(str(value), parameter(value))
        return Fact(f"{key}.settings.{name}", shown)

    rows = ""
    if baseline.settings["rows"] != baseline.settings["rows_in_all"]:
        rows = "; fitted on {rows} of {rows_in_all} development rows, spread over the target"
    model = filled(f"{BASELINES[baseline.id]}{rows}", setting)
    return (*model, ", ", Fact(f"{key}.converged", "not converged")) if baseline.converged is False else model


def reason(key: str, given: LeftOut | NoScore) -> Parts:
    """State why something is missing: the code in words, then an explanation."""
    if isinstance(given, AsWritten):
        return (Fact(f"{key}.detail", given.detail),)

    def value(name: str) -> Words:
        found = getattr(given, name)
        shown = metric_label(found) if name == "metric" else f"{found:,}" if isinstance(found, int) else found
        return Fact(f"{key}.{name}", shown)

    template = REASONS[given.code]
    if isinstance(given, TooFewTrials) and given.ended is not None:
        template = TOO_FEW[given.ended >= given.least]
    explanation = filled(template, value)
    return sentence("{} ({})", Fact(f"{key}.code", given.code.replace("_", " ")), explanation)
