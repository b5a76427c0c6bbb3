"""Sentences for the reasons why two studies are not tested against each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from experiments.evaluation.comparison.comparison_record import NoTest, ReasonCode
from experiments.reports.metrics import metric_label

SENTENCES: Final[Mapping[ReasonCode, str]] = {
    "not_finished": "{detail} has not come to its end",
    "other_rows": "they have different rows",
    "other_folds": "they have different folds, so their networks learned from different rows",
    "other_target": "they predict different targets, or order the classes differently",
    "other_metric": "they choose by different metrics (--metric NAME scores both by one)",
    "time_order": "rows in time order depend on one another, so a bootstrap of single rows would mislead",
    "other_members": "their final models are the mean of different networks: {detail}",
    "other_arithmetic": "they were computed in different arithmetics: {detail}",
    "no_out_of_fold": "the out-of-fold predictions of {detail} are not there, or damaged",
    "no_data": "the truths of their rows are not at hand: {detail}",
    "bootstrap_too_slow": "a bootstrap of {detail} over so many configurations and rows takes too long",
    "too_few_draws": "only {detail} bootstrap draws have a score: there are too few rows",
}


def sentence_of(reason: NoTest) -> str:
    """State a reason.

    >>> sentence_of(NoTest(code="other_members", detail="1 against 5"))
    'their final models are the mean of different networks: 1 against 5'
    """
    detail = metric_label(reason.detail) if reason.code == "bootstrap_too_slow" else reason.detail.rstrip(".")
    return SENTENCES[reason.code].format(detail=detail)


def all_reasons(reasons: tuple[NoTest, ...]) -> str:
    """State all reasons in one sentence.

    >>> all_reasons((NoTest(code="other_metric"), NoTest(code="other_folds")))
    'they choose by different metrics (--metric NAME scores both by one); they have different folds, so their networks
    learned from different rows'
    """
    return "; ".join(map(sentence_of, reasons))
