"""The part `analysis.roc` of results.json: the ROC curve of two classes, and operating points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

OperatingRule = Literal["half", "f1", "youden", "recall", "specificity"]


@dataclass(frozen=True, kw_only=True)
class OperatingPoint:
    """A threshold from which on the second of two classes is predicted, and what that comes to out of fold.

    rule:        a half; the largest F1; the largest Youden index, which is recall + specificity - 1; the highest
                 threshold with a recall of at least `goal`; or, where the first class is the rarer one, the lowest with
                 such a specificity.
    goal:        None of the other rules.
    threshold:   of the probability at the final model's temperature, as it is served.
    named:       share of the predictions that name the second class.
    recall:      share of the second class's rows that are named so.
    specificity: share of the first class's rows that are not.
    precision:   share of the named rows that are of the second class; None where none is named.
    """

    rule: OperatingRule
    goal: float | None
    threshold: float
    named: float
    recall: float
    specificity: float
    precision: float | None


@dataclass(frozen=True, kw_only=True)
class RocRecord:
    """The ROC curve of the second of two classes, over all out-of-fold predictions; outside the digest.

    area:                 area under the whole curve.
    positives, negatives: number of predictions of rows of the second class and of the first.
    points:               (false positive rate, true positive rate) from (0, 0) to (1, 1), at most 200 of the corners.
    operating:            empty of outputs that are no probabilities, and in older results.
    """

    area: float
    positives: int
    negatives: int
    points: tuple[tuple[float, float], ...]
    operating: tuple[OperatingPoint, ...] = ()
