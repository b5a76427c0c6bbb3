"""Scores by scikit-learn's scorer names: the network's own where it has one, which is fast, else scikit-learn's."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.errors import DataError
from nnet.arrays import Array, Targets
from nnet.metrics import METRICS, Score, predicted_labels, score_of

REGRESSION = frozenset({"r2", "neg_mean_squared_error", "neg_mean_absolute_error"})


class Classified:
    """Outputs of a network in the form of a fitted scikit-learn classifier, for scorers: its X are the outputs."""

    _estimator_type = "classifier"

    def __init__(self, classes: int):
        self.classes_ = np.arange(classes)

    def predict(self, z: Array) -> Targets:
        """(N, C) or (N, 1) outputs -> (N,) class indices."""
        return predicted_labels(z)

    def predict_proba(self, z: Array) -> NDArray[np.float64]:
        """(N, C) or (N, 1) outputs -> (N, C) probabilities."""
        wide = z.astype(np.float64)
        if wide.shape[1] == 1:
            wide = np.hstack([np.zeros_like(wide), wide])
        wide -= wide.max(axis=1, keepdims=True)
        np.exp(wide, out=wide)
        wide /= wide.sum(axis=1, keepdims=True)
        return wide

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import ClassifierTags, Tags, TargetTags

        return Tags(
            estimator_type="classifier", target_tags=TargetTags(required=True), classifier_tags=ClassifierTags()
        )


def scorer(metric: str, classes: int) -> Score:
    """The score of outputs (N, C) or (N, 1) against labels (N,); NaN outputs score NaN."""
    if metric in METRICS:
        return score_of(metric)
    from sklearn.metrics import get_scorer

    theirs, classified = get_scorer(metric), Classified(classes)

    def score(z: Array, y: Targets) -> float:
        return float(theirs(classified, z, y)) if np.isfinite(z).all() else float("nan")

    return score


def check_metric(metric: str, classes: int, validations: Sequence[Targets]) -> None:
    """Refuse a metric that there is not, or that has no value on the validation labels of some fold.

    Raises:
        DataError: with the reason.
    """
    if metric in REGRESSION:
        raise DataError(f"cv.metric: {metric} scores numbers, but the target is {classes} classes.")
    if metric in METRICS:
        return
    from sklearn.metrics import get_scorer_names

    if metric not in get_scorer_names():
        raise DataError(f"cv.metric: must be a scorer of scikit-learn's such as accuracy, but got {metric!r}.")
    score = scorer(metric, classes)
    for fold, labels in enumerate(validations):
        reason = "it has no value"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                value = score(np.eye(classes)[labels], labels)
            except Exception as error:  # a scorer may raise what it likes
                value, reason = float("nan"), " ".join(str(error).split())
        if not np.isfinite(value):
            raise DataError(f"cv.metric: {metric} cannot score the validation rows of fold {fold}: {reason}.")
