"""Scores by scikit-learn's scorer names: the network's own where it has one, which is fast, else scikit-learn's."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.config.target import Target
from experiments.errors import DataError
from nnet.arrays import Array, Targets
from nnet.metrics import METRICS, ROW_SCORES, Score, predicted_labels, score_of


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
        return probabilities(z)

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import ClassifierTags, Tags, TargetTags

        return Tags(
            estimator_type="classifier", target_tags=TargetTags(required=True), classifier_tags=ClassifierTags()
        )


class Regressed:
    """Outputs of a network in the form of a fitted scikit-learn regressor, for scorers: its X are the outputs."""

    _estimator_type = "regressor"

    def predict(self, z: Array) -> Array:
        """(N, 1) outputs -> (N,) numbers."""
        return z[:, 0]

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import RegressorTags, Tags, TargetTags

        return Tags(estimator_type="regressor", target_tags=TargetTags(required=True), regressor_tags=RegressorTags())


def probabilities(z: Array) -> NDArray[np.float64]:
    """(N, C) logits, or (N, 1) of a logistic unit -> (N, classes) probabilities.

    >>> probabilities(np.zeros((1, 1)))
    array([[0.5, 0.5]])
    """
    wide = z.astype(np.float64)
    if wide.shape[1] == 1:
        wide = np.hstack([np.zeros_like(wide), wide])
    wide -= wide.max(axis=1, keepdims=True)
    np.exp(wide, out=wide)
    wide /= wide.sum(axis=1, keepdims=True)
    return wide


def scorer(metric: str, target: Target) -> Score:
    """The score of outputs against labels (N,) or numbers (N,); higher is better, NaN where there is none.

    Outputs are (N, C), or (N, 1) of a logistic unit or of a number. NaN outputs score NaN.
    """
    if metric in METRICS:
        return score_of(metric)
    theirs = _theirs(metric, target)

    def score(z: Array, y: Targets) -> float:
        if not np.isfinite(z).all():
            return float("nan")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return theirs(z, y)
            except ValueError:
                return float("nan")

    return score


def check_metric(metric: str, target: Target, validations: Sequence[Targets]) -> None:
    """Refuse a metric that there is not, is for another task, or has no value on the validation rows of some fold.

    Raises:
        DataError: with the reason.
    """
    from sklearn.metrics import get_scorer_names

    if metric not in get_scorer_names():
        raise DataError(f"cv.metric: must be a scorer of scikit-learn's such as accuracy or r2, but got {metric!r}.")
    if target.classes and _scores_numbers(metric):
        raise DataError(f"cv.metric: {metric} scores numbers, but the target is {len(target.classes)} classes.")
    if not target.classes and not _scores_numbers(metric):
        raise DataError(f"cv.metric: {metric} scores classes, but the target is a number.")
    if metric in ROW_SCORES:
        return
    for fold, y in enumerate(validations):
        reason = _no_value(metric, target, np.eye(target.outputs)[y] if target.classes else y[:, None], y)
        if reason:
            raise DataError(f"cv.metric: {metric} cannot score the validation rows of fold {fold}: {reason}.")
        reason = "" if target.classes else _no_value(metric, target, y[:, None] - np.abs(y).max() - 1.0, y)
        if reason:
            raise DataError(f"cv.metric: {metric} cannot score every number that a network may predict: {reason}.")


def _theirs(metric: str, target: Target) -> Score:
    """Scikit-learn's scorer as a function of outputs and truth; raises what it raises."""
    from sklearn.metrics import get_scorer

    scores = get_scorer(metric)
    predicted = Classified(len(target.classes)) if target.classes else Regressed()
    return lambda z, y: float(scores(predicted, z, y))


def _scores_numbers(metric: str) -> bool:
    from sklearn.metrics import get_scorer

    return str(get_scorer(metric)._score_func.__module__).endswith("._regression")


def _no_value(metric: str, target: Target, z: Array, y: Targets) -> str:
    """Why a metric has no value; empty where it has one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            value = _theirs(metric, target)(z, y)
        except Exception as error:  # a scorer may raise what it likes
            return " ".join(str(error).split()).removesuffix(".")
    return "" if np.isfinite(value) else "it has no value"
