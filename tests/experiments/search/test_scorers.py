from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest
from scipy.special import softmax
from sklearn import metrics

from experiments.config.target import Target
from experiments.errors import DataError
from experiments.search.scorers import OF_TWO_CLASSES, check_metric, scorer

RNG = np.random.default_rng(0)
Z = RNG.normal(size=(60, 3)).astype(np.float32)
Y = RNG.integers(0, 3, 60)
P = softmax(Z.astype(float), axis=1)
NUMBER = Target()


def classes(count: int) -> Target:
    return Target(tuple("abc"[:count]))


def test_scores_are_scikit_learns() -> None:
    for metric, expected in {
        "accuracy": metrics.accuracy_score(Y, Z.argmax(1)),
        "neg_log_loss": -metrics.log_loss(Y, P),
        "f1_macro": metrics.f1_score(Y, Z.argmax(1), average="macro"),
        "balanced_accuracy": metrics.balanced_accuracy_score(Y, Z.argmax(1)),
        "roc_auc_ovr": metrics.roc_auc_score(Y, P, multi_class="ovr"),
    }.items():
        assert scorer(metric, classes(3))(Z, Y) == pytest.approx(expected, abs=1e-12), metric


def test_a_single_logistic_unit_scores_as_its_two_classes() -> None:
    unit, labels = Z[:, :1], Y % 2
    two = np.hstack([np.zeros_like(unit), unit])
    for metric in ("roc_auc", "average_precision", "f1", "accuracy", "neg_brier_score"):
        score = scorer(metric, classes(2))
        assert score(unit, labels) == pytest.approx(score(two, labels), abs=1e-12), metric


def test_the_area_under_the_curve_is_scikit_learns() -> None:
    assert scorer("roc_auc", classes(2))(Z[:, :2], Y % 2) == pytest.approx(
        metrics.roc_auc_score(Y % 2, softmax(Z[:, :2].astype(float), axis=1)[:, 1]), abs=1e-12
    )


def test_outputs_that_are_not_numbers_have_no_score() -> None:
    for metric in ("accuracy", "f1_macro"):
        assert np.isnan(scorer(metric, classes(3))(np.full((4, 3), np.nan), np.arange(4) % 3))


def test_what_is_named_instead_of_a_score_of_two_classes_is_one_of_more() -> None:
    for metric, instead in OF_TWO_CLASSES.items():
        check_metric(metric, classes(2), [Y % 2])
        check_metric(instead, classes(3), [np.arange(60) % 3])


@pytest.mark.parametrize(
    ("metric", "validation", "words"),
    [
        ("acuracy", Y, r"must be a scorer of scikit-learn's .* 'acuracy' \(did you mean accuracy\b"),
        ("r2", Y, "scores numbers"),
        ("roc_auc", Y, "roc_auc is for two classes, but the target has 3; take roc_auc_ovr"),
        ("roc_auc_ovr", Y % 2, "fold 1"),
    ],
)
def test_a_metric_without_a_value_is_refused(metric: str, validation: np.ndarray, words: str) -> None:
    with pytest.raises(DataError, match=words):
        check_metric(metric, classes(3), [np.arange(60) % 3 if metric == "roc_auc_ovr" else Y % 2, validation])


def test_a_metric_of_another_task_says_what_to_set() -> None:
    ratings, colours = Target(tuple("12345")), Target(("blue", "red"))
    for target, said in [
        (ratings, 'is 5 classes; set data.task = "regression" to predict a number, or take accuracy.'),
        (colours, "is 2 classes; take accuracy."),
        (NUMBER, None),
    ]:
        metric = "accuracy" if said is None else "neg_mean_absolute_error"
        with pytest.raises(DataError) as caught:
            check_metric(metric, target, [Y % 2])
        instead = 'is a number; take neg_mean_absolute_error, or set data.task = "classification" if its values are'
        assert (said or instead) in str(caught.value)


def test_a_metric_without_a_value_says_what_works() -> None:
    folds = [NUMBERS, NUMBERS, NUMBERS[:1]]
    with pytest.raises(DataError) as caught:
        check_metric("r2", NUMBER, folds)
    assert str(caught.value).endswith(
        "of fold 2: it has no value; take a metric that scores any rows, such as neg_mean_absolute_error, or a smaller "
        "cv.n_splits for more rows in a fold."
    )
    check_metric("neg_mean_absolute_error", NUMBER, folds)
    with pytest.raises(DataError, match=r'such as neg_mean_absolute_error, or set data\.target_transform = "log"\.$'):
        check_metric("neg_mean_gamma_deviance", NUMBER, [np.abs(NUMBERS) + 1])
    with pytest.raises(DataError, match=r"such as accuracy, or"):
        check_metric("roc_auc_ovr", classes(3), [np.arange(60) % 3, Y % 2, Y % 2])


NUMBERS = Y + RNG.normal(size=60)
GUESSES = (NUMBERS + RNG.normal(size=60))[:, None]


def test_scores_of_numbers_are_scikit_learns() -> None:
    for metric, expected in {
        "r2": metrics.r2_score(NUMBERS, GUESSES),
        "neg_mean_squared_error": -metrics.mean_squared_error(NUMBERS, GUESSES),
        "neg_mean_absolute_error": -metrics.mean_absolute_error(NUMBERS, GUESSES),
        "neg_root_mean_squared_error": -metrics.root_mean_squared_error(NUMBERS, GUESSES),
        "neg_median_absolute_error": -metrics.median_absolute_error(NUMBERS, GUESSES),
        "explained_variance": metrics.explained_variance_score(NUMBERS, GUESSES),
    }.items():
        check_metric(metric, NUMBER, [NUMBERS])
        assert scorer(metric, NUMBER)(GUESSES, NUMBERS) == pytest.approx(expected, abs=1e-12), metric


@pytest.mark.parametrize(
    ("metric", "validation", "words"),
    [
        ("accuracy", NUMBERS, "accuracy scores classes"),
        ("neg_log_loss", NUMBERS, "neg_log_loss scores classes"),
        ("r2", NUMBERS[:1], "fold 0"),
        ("neg_max_error", NUMBERS, "has no interval.*take neg_median_absolute_error"),
        ("neg_mean_squared_log_error", np.abs(NUMBERS), "every number that a network may predict"),
        ("neg_mean_gamma_deviance", np.abs(NUMBERS), "every number that a network may predict"),
    ],
)
def test_a_metric_without_a_value_for_numbers_is_refused(metric: str, validation: np.ndarray, words: str) -> None:
    with pytest.raises(DataError, match=words):
        check_metric(metric, NUMBER, [validation])


@pytest.mark.parametrize(
    "metric", ["neg_root_mean_squared_log_error", "neg_mean_gamma_deviance", "neg_mean_poisson_deviance", "r2"]
)
def test_a_logarithmic_target_may_have_a_metric_of_positive_numbers(metric: str) -> None:
    check_metric(metric, Target(log=True), [np.abs(NUMBERS) + 1e-3])


def test_every_scorer_is_for_one_task_or_refused_in_one_line() -> None:
    """All of scikit-learn's scorers, also those to come: none may raise anything else."""
    taken = set()
    for metric in metrics.get_scorer_names():
        for target, validation in ((classes(2), Y % 2), (NUMBER, NUMBERS)):
            with suppress(DataError):
                check_metric(metric, target, [validation])
                taken.add((metric, target.task))
    assert len(taken) > 40
    assert not {(name, "regression") for name, task in taken if task == "classification"} & taken
