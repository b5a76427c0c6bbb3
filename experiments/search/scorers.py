"""Scores by scikit-learn's scorer names. A fast version of our own is used where there is one."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.config.target import Target
from experiments.errors import DataError
from experiments.search.class_rankings import AVERAGE_PRECISION, RANK_SCORES, ClassRanking, rank_score
from experiments.search.label_scores import LABEL_SCORES, label_score
from experiments.search.ranking import ROC_AUC, Ranking, roc_auc
from nnet.arrays import Array, Targets
from nnet.metrics import METRICS, ROW_SCORES, Score, class_probabilities, predicted_labels, score_of
from nnet.near import did_you_mean, near

SampleScore = Callable[[NDArray[np.intp]], float]  # score of the rows with these numbers
FAR = 1e-3  # share of a positive number that a network with a logarithmic target may predict
INSTEAD = {True: "accuracy", False: "neg_mean_absolute_error"}  # metrics of any rows, of classes and of numbers
OF_TWO_CLASSES = {  # a score of two classes -> the same of more
    "f1": "f1_macro",
    "jaccard": "jaccard_macro",
    "precision": "precision_macro",
    "recall": "recall_macro",
    "roc_auc": "roc_auc_ovr",
}


class Classified:
    """A fitted scikit-learn classifier for scorers, whose X are the outputs of a network."""

    def __init__(self, classes: int):
        self.classes_ = np.arange(classes)

    def predict(self, z: Array) -> Targets:
        """Return the (N,) class indices of (N, C) or (N, 1) outputs."""
        return predicted_labels(z)

    def predict_proba(self, z: Array) -> NDArray[np.float64]:
        """Return the (N, classes) probabilities of (N, C) or (N, 1) outputs."""
        return class_probabilities(z)

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import ClassifierTags, Tags, TargetTags

        return Tags(
            estimator_type="classifier", target_tags=TargetTags(required=True), classifier_tags=ClassifierTags()
        )


class Regressed:
    """A fitted scikit-learn regressor for scorers, whose X are the outputs of a network."""

    def predict(self, z: Array) -> Array:
        """Return the (N,) numbers of (N, 1) outputs."""
        return z[:, 0]

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import RegressorTags, Tags, TargetTags

        return Tags(estimator_type="regressor", target_tags=TargetTags(required=True), regressor_tags=RegressorTags())


def scorer(metric: str, target: Target) -> Score:
    """Return a function that scores outputs against (N,) labels or numbers; higher is better, NaN if undefined.

    Outputs are (N, C), or (N, 1) of a logistic unit or of a number. NaN outputs score NaN.
    """
    if metric in METRICS:
        return score_of(metric)
    if metric == ROC_AUC:
        return roc_auc
    if metric in LABEL_SCORES:
        return label_score(metric, len(target.classes))
    if metric in RANK_SCORES and (metric == AVERAGE_PRECISION or len(target.classes) > 2):
        return rank_score(metric)
    scikit_score = _scikit_score(metric, target)

    def score(z: Array, y: Targets) -> float:
        if not np.isfinite(z).all():
            return float("nan")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return scikit_score(z, y)
            except ValueError:
                return float("nan")

    return score


def sample_scorer(metric: str, target: Target, z: Array, y: Targets) -> SampleScore:
    """Return a function that scores samples of rows, given by their numbers; NaN as of `scorer`.

    Scores by ranks rank the rows once, and not in each sample.
    """
    if metric == ROC_AUC:
        ranking = Ranking(z, y)
        return lambda sample: float(ranking.areas(_times_drawn(sample, len(y))[None])[0])
    if metric in RANK_SCORES and (metric == AVERAGE_PRECISION or len(target.classes) > 2):
        ranks = ClassRanking(z, y)
        return lambda sample: ranks.score(metric, _times_drawn(sample, len(y)))
    score = scorer(metric, target)
    return lambda sample: score(z[sample], y[sample])


def _times_drawn(sample: NDArray[np.intp], rows: int) -> NDArray[np.float64]:
    return np.bincount(sample, minlength=rows).astype(np.float64)


def is_our_own(metric: str) -> bool:
    """Return whether our own code scores a metric, in well under a millisecond of a few hundred rows."""
    return metric in METRICS or metric == ROC_AUC or metric in LABEL_SCORES or metric in RANK_SCORES


def check_metric(metric: str, target: Target, validations: Sequence[Targets]) -> None:
    """Refuse a metric that does not exist, is for another task, or is undefined on the validation rows of a fold.

    Raises:
        DataError: with the reason.
    """
    _check_kind(metric, target)
    if metric in ROW_SCORES:
        return
    fewer = ", or a smaller cv.n_splits for more rows in a fold" if len(validations) > 2 else ""
    instead = f"take a metric that scores any rows, such as {INSTEAD[bool(target.classes)]}"
    positive = not target.classes and not target.log and all(y.min() > 0 for y in validations)
    log = ', or set data.target_transform = "log"' if positive else ""
    for fold, y in enumerate(validations):
        reason = _undefined(metric, target, np.eye(target.outputs)[y] if target.classes else y[:, None], y)
        if reason:
            rule = f"cannot score the validation rows of fold {fold}: {reason}"
            raise DataError(f"cv.metric: {metric} {rule}; {instead}{fewer}.")
        far = y * FAR if target.log else y - np.abs(y).max() - 1.0
        reason = "" if target.classes else _undefined(metric, target, far[:, None], y)
        if reason:
            rule = f"cannot score every number that a network may predict: {reason}"
            raise DataError(f"cv.metric: {metric} {rule}; {instead}{log}.")


def _check_kind(metric: str, target: Target) -> None:
    """Refuse a metric that does not exist, or is for targets of another kind, whatever the rows."""
    from sklearn.metrics import get_scorer, get_scorer_names

    if metric not in get_scorer_names():
        meant = did_you_mean(near(metric, get_scorer_names(), 3))
        rule = "must be a scorer of scikit-learn's such as accuracy or r2"
        raise DataError(f"cv.metric: {rule}, but got {metric!r}{meant}.")
    if metric == "neg_max_error":
        raise DataError(
            "cv.metric: neg_max_error has no interval, as the largest error of the test rows says nothing of larger "
            "ones; take neg_median_absolute_error or neg_root_mean_squared_error."
        )
    scores_numbers = str(get_scorer(metric)._score_func.__module__).endswith("._regression")
    if target.classes and scores_numbers:
        number = 'set data.task = "regression" to predict a number, or ' if all(map(_is_number, target.classes)) else ""
        rule = f"{metric} scores numbers, but the target is {len(target.classes)} classes"
        raise DataError(f"cv.metric: {rule}; {number}take {INSTEAD[True]}.")
    if not target.classes and not scores_numbers:
        rule, instead = f"{metric} scores classes, but the target is a number", f"take {INSTEAD[False]}"
        raise DataError(f'cv.metric: {rule}; {instead}, or set data.task = "classification" if its values are classes.')
    if len(target.classes) > 2 and metric in OF_TWO_CLASSES:
        raise DataError(
            f"cv.metric: {metric} is for two classes, but the target has {len(target.classes)}; take "
            f"{OF_TWO_CLASSES[metric]}."
        )


def _is_number(name: str) -> bool:
    try:
        return bool(np.isfinite(float(name)))
    except ValueError:
        return False


def _scikit_score(metric: str, target: Target) -> Score:
    """Return scikit-learn's scorer as a function of outputs and targets; it raises the errors of scikit-learn."""
    from sklearn.metrics import get_scorer

    scores = get_scorer(metric)
    estimator = Classified(len(target.classes)) if target.classes else Regressed()
    return lambda z, y: float(scores(estimator, z, y))


def _undefined(metric: str, target: Target, z: Array, y: Targets) -> str:
    """Return the reason why a metric is undefined on these outputs; an empty string where it is defined."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            value = _scikit_score(metric, target)(z, y)
        except Exception as error:  # a scorer may raise any error
            return " ".join(str(error).split()).removesuffix(".")
    return "" if np.isfinite(value) else "it has no value"
