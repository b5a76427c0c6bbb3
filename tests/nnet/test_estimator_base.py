"""The training of an estimator: when it ends, what it warns of, and its history."""

from __future__ import annotations

import warnings
from functools import partial

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.datasets import load_diabetes, load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import scale

from nnet.errors import NNetError
from nnet.estimator import MLPClassifier, MLPRegressor
from nnet.schedules import SCHEDULES

X, Y = load_iris(return_X_y=True)
NEVER_BETTER = {"hidden_layer_sizes": (4,), "tol": 100, "n_iter_no_change": 2, "random_state": 0}
PLANNED = sorted(SCHEDULES.keys() - {"constant", "plateau"})


@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize("schedule", PLANNED)
def test_a_planned_schedule_runs_to_its_end_and_warns_of_nothing(schedule, early_stopping):
    for warm_up in (0.0, 0.3):
        options = {"schedule": schedule, "warm_up": warm_up, "early_stopping": early_stopping, "max_iter": 8}
        model = MLPClassifier(**NEVER_BETTER, **options)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert model.fit(X, Y).n_iter_ == 8
        if early_stopping:
            assert model.best_validation_score_ == max(model.validation_scores_)


@pytest.mark.parametrize("schedule", ["constant", "plateau"])
def test_patience_counts_from_the_end_of_the_warm_up(schedule):
    model = MLPRegressor(**NEVER_BETTER, schedule=schedule, max_iter=20)
    assert model.fit(X, Y).n_iter_ == 1 + 2  # the first is better than none
    assert model.set_params(warm_up=0.5).fit(X, Y).n_iter_ == 10 + 2
    assert model.set_params(warm_up=0.51, early_stopping=True).fit(X, Y).n_iter_ == 11 + 2
    with pytest.warns(ConvergenceWarning):
        assert model.set_params(warm_up=0.95).fit(X, Y).n_iter_ == 20


def test_the_valleys_of_a_schedule_end_no_training():
    x, y = (scale(array) for array in load_diabetes(return_X_y=True))
    options = {"schedule": "coslog4", "max_iter": 1000, "learning_rate_init": 0.01, "random_state": 0}
    model = MLPRegressor((8,), **options).fit(x, y)
    assert model.n_iter_ == 1000
    assert model.loss_ < 0.4


@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_a_warning_stands_at_the_line_that_calls_fit_and_says_what_to_do(kind):
    with pytest.warns(ConvergenceWarning) as told:
        kind((4,), max_iter=2).fit(X, Y)
    [warning] = told
    assert warning.filename == __file__
    assert str(warning.message) == (
        "The maximum of 2 epochs is reached, and training has not converged; raise max_iter or learning_rate_init."
    )


@pytest.mark.parametrize("schedule", ["constant", "cosine"])
def test_a_training_that_diverged_after_its_best_epoch_warns_with_every_schedule(schedule):
    model = MLPRegressor((4,), solver="sgd", early_stopping=True, warm_start=True, random_state=0, max_iter=3)
    with pytest.warns(ConvergenceWarning):
        model.fit(X, Y)
    model.set_params(learning_rate_init=1e9, schedule=schedule, max_iter=50)
    with pytest.warns(ConvergenceWarning, match=r"^The loss is not finite in .*; lower learning_rate_init\.$"):
        model.fit(X, Y)


@pytest.mark.parametrize("solver", ["adam", "adagrad", "rmsprop"])
def test_a_parameter_that_stands_still_since_its_squared_gradients_overflow_is_told(solver):
    x = np.hstack([X, np.full((len(X), 1), 1e20)]).astype(np.float32)  # the loss is huge, but finite
    options = {"solver": solver, "max_iter": 3, "random_state": 0}
    for train in (MLPClassifier.fit, partial(MLPClassifier.partial_fit, classes=[0, 1, 2])):
        with pytest.raises(NNetError, match=r"^training diverged\. .* Scale X \(and y\) to about unit variance, or"):
            train(MLPClassifier(**options), x, Y)
    with pytest.warns(ConvergenceWarning, match=r"^The squares of gradients are not finite after .*; scale X"):
        MLPClassifier(**options, early_stopping=True).fit(x, Y)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("first", [False, True])
def test_curves_of_a_history_are_aligned_where_one_begins_or_ends_between_calls(first):
    model = MLPClassifier((4,), max_iter=3, early_stopping=first, train_scores=first, warm_start=True).fit(X, Y)
    model.set_params(early_stopping=not first, train_scores=not first, max_iter=2).fit(X, Y)
    lacking = [not first] * 3 + [first] * 2
    assert np.isfinite(model.history_["loss"]).all()
    for name in ("score", "validation_loss", "validation_score"):
        assert np.isnan(model.history_[name]).tolist() == lacking


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_a_row_whose_outputs_overflow_gets_no_prediction(kind):
    x = X.astype(np.float32)
    model, far = kind((8,), max_iter=2).fit(x, Y), x.astype(float)
    far[3, 0] = 1e39  # infinite in float32
    for given in (far, csr_matrix(far)):
        with pytest.raises(NNetError, match=r"^X must .* overflow for 1 of 150 rows, first for row 3; correct or"):
            model.predict(given)
