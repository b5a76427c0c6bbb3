"""The claims about a difference between two models: p and limits that say the same, and the verdict."""

from __future__ import annotations

import math
from dataclasses import replace

from experiments.evaluation.records.results import SIGNIFICANCE, ScoreDifference, Verdict
from experiments.evaluation.statistics.expanded_interval import NORMAL_975


def agreed(difference: ScoreDifference | None) -> ScoreDifference | None:
    """Return a difference whose limits hold zero exactly where p is not below 0.05: the more careful of the two counts.

    p and limits come from two methods, as McNemar's exact test and an adjusted Wald interval, or the limits were
    widened and p was not. Where p is not below 0.05 zero is a difference that is not refuted, so the nearer limit is
    moved to it. Where p is below and zero lies between the limits, p is that of a normal difference whose limit on the
    side of zero is 1.96 standard errors away.

    Source: Altman and Bland (2011), How to obtain the P value from a confidence interval, BMJ 343, d2304.

    >>> near = ScoreDifference(score=0.29, ci95=(0.01, 0.51), p_value=0.07, method="mcnemar_bonett_price")
    >>> agreed(near).ci95
    (0.0, 0.51)
    >>> wide = ScoreDifference(score=0.2, ci95=(-0.05, 0.4), p_value=0.03, method="paired_bootstrap_rows")
    >>> round(agreed(wide).p_value, 3)
    0.117
    """
    if difference is None:
        return None
    low, high = difference.ci95
    if difference.p_value >= SIGNIFICANCE:
        return replace(difference, ci95=(min(low, 0.0), max(high, 0.0)))
    if not low <= 0 <= high:
        return difference
    side = difference.score - (low if difference.score > 0 else high)
    errors = NORMAL_975 * difference.score / side if side else 0.0
    return replace(difference, p_value=max(SIGNIFICANCE, math.erfc(errors / math.sqrt(2))))


def verdict(difference: ScoreDifference | None) -> Verdict:
    """Return the verdict at p < 0.05, two-sided; "not compared" where there is no default to compare with.

    Source: Schneider et al. (2025) on overtuning: in about one study of ten the tuned configuration is the worse one.

    >>> verdict(ScoreDifference(score=0.03, ci95=(0.01, 0.05), p_value=0.004, method="mcnemar_bonett_price"))
    'helped'
    >>> verdict(ScoreDifference(score=-0.01, ci95=(-0.03, 0.01), p_value=0.4, method="mcnemar_bonett_price"))
    'no evidence either way'
    """
    if difference is None:
        return "not compared"
    if difference.p_value >= SIGNIFICANCE or difference.score == 0:
        return "no evidence either way"
    return "helped" if difference.score > 0 else "default better"
