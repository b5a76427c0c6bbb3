"""Estimators that go on from an earlier call, by warm_start or partial_fit, and the memory that a fitted one holds."""

from __future__ import annotations

import copy
import pickle
import re
import tracemalloc

import numpy as np
import pytest
from sklearn.datasets import load_iris

from nnet.batches import Gatherer
from nnet.errors import SettingError
from nnet.estimator import MLPClassifier, MLPRegressor

IRIS = load_iris(return_X_y=True)
QUICK = {"hidden_layer_sizes": (8,), "max_iter": 5, "random_state": 0}
PLAIN = {
    "solver": "sgd",
    "momentum": 0.0,
    "nesterovs_momentum": False,
    "batch_size": 16,
}  # has no state but the weights

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"shuffle": False, "dropout": 0.3},
        {"input_dropout": 0.2, "activation": "tanh", "noise": 0.1},
        {"input_noise": 0.1, "batch_norm": True},
    ],
    ids=str,
)
@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_warm_starts_of_one_epoch_are_the_epochs_of_one_fit(kind, options):
    whole = kind(**QUICK, **PLAIN, **options).fit(*IRIS)
    parts = kind(**{**QUICK, "max_iter": 1}, **PLAIN, **options, warm_start=True)
    for _ in range(QUICK["max_iter"]):
        parts.fit(*IRIS)
    assert parts.loss_curve_ == whole.loss_curve_
    assert np.array_equal(parts.predict(IRIS[0]), whole.predict(IRIS[0]))
    assert np.array_equal(parts.coefs_[0], whole.coefs_[0])


@pytest.mark.parametrize("option", ["dropout", "input_dropout", "noise", "input_noise"])
def test_warm_starts_draw_new_random_numbers(option):
    options = {**QUICK, "max_iter": 1, "activation": "tanh", "learning_rate_init": 1e-12, "shuffle": False}
    model = MLPClassifier(**options, **{option: 0.4}, warm_start=True)
    for _ in range(4):
        model.fit(*IRIS)
    assert len({round(loss, 6) for loss in model.loss_curve_}) == 4
    for _ in range(2):
        model.set_params(warm_start=False).fit(*IRIS)
        assert len(model.loss_curve_) == 1  # of a new network, always with the same numbers
    assert model.loss_curve_ == MLPClassifier(**options, **{option: 0.4}).fit(*IRIS).loss_curve_


def test_warm_starts_shuffle_anew(monkeypatch):
    orders, batches = [], Gatherer.batches
    monkeypatch.setattr(
        Gatherer, "batches", lambda self, given: (orders.append(tuple(given[0])), batches(self, given))[1]
    )
    model = MLPClassifier(**{**QUICK, "max_iter": 2}, warm_start=True)
    for _ in range(3):
        model.fit(*IRIS)
    assert len(orders) == len(set(orders)) == 6


def test_a_warm_start_that_fails_leaves_the_random_numbers_to_come():
    model = MLPRegressor(**QUICK, dropout=0.3, warm_start=True).fit(*IRIS)
    other = copy.deepcopy(model)
    with pytest.raises(ValueError, match="diverged in epoch"):
        model.set_params(solver="sgd", learning_rate_init=1e9).fit(*IRIS)
    model.set_params(**other.get_params())
    for one in (model, other):
        one.partial_fit(*IRIS)
    assert model.history_ == other.history_
    assert np.array_equal(model.coefs_[0], other.coefs_[0])


CHANGES = {"activation": "tanh", "dropout": 0.3, "input_dropout": 0.2, "noise": 0.1, "input_noise": 0.2}


@pytest.mark.parametrize("name", CHANGES)
def test_partial_fit_follows_a_parameter_that_is_set_between_calls(name):
    before, after = (MLPClassifier(**QUICK).partial_fit(*IRIS, classes=[0, 1, 2]) for _ in range(2))
    after.set_params(**{name: CHANGES[name]})
    for model in (before, after):
        model.partial_fit(*IRIS)
    assert before.loss_curve_[0] == after.loss_curve_[0]
    assert before.loss_curve_[1] != after.loss_curve_[1]
    assert getattr(after.network_.architecture, name) == CHANGES[name]


def test_partial_fit_refuses_other_layers_and_leaves_the_model_as_it_was():
    model = MLPClassifier(**QUICK).partial_fit(*IRIS, classes=[0, 1, 2])
    before = model.predict_proba(IRIS[0])
    for change, got in (({"hidden_layer_sizes": 9}, r"\(4, 9, 3\)"), ({"batch_norm": True}, "with batch_norm=True;")):
        with pytest.raises(
            ValueError, match=rf"partial_fit needs the layers .* got .*{got}.* set hidden_layer_sizes=\(8,\)"
        ):
            model.set_params(**{"hidden_layer_sizes": 8, "batch_norm": False} | change).partial_fit(*IRIS)
    assert np.array_equal(model.predict_proba(IRIS[0]), before)
    model.set_params(hidden_layer_sizes=[8], batch_norm=False).partial_fit(*IRIS)
    assert model.n_iter_ == 2


SHAPES = {
    "(N,)": IRIS[1],
    "(N, 1)": IRIS[1][:, None],
    "(N, 2)": np.eye(3)[IRIS[1]][:, :2],
    "(N, 3)": np.eye(3)[IRIS[1]],
}


@pytest.mark.parametrize("call", ["partial_fit", "fit"])
def test_a_regressor_goes_on_with_numbers_of_the_same_shape_alone(call):
    x = IRIS[0]
    for before, first in SHAPES.items():
        model = MLPRegressor(**QUICK, warm_start=True).fit(x, first)
        predicted = model.predict(x)
        for after in SHAPES.keys() - {before}:
            said = rf"y must have the shape of the first call, {re.escape(before)}, but got {re.escape(after)};"
            with pytest.raises(SettingError, match=said):
                getattr(model, call)(x, SHAPES[after])
        assert np.array_equal(model.predict(x), predicted)
        assert getattr(model, call)(x, first).predict(x).shape == first.shape


def test_weights_by_class_hold_in_a_call_that_lacks_a_class():
    x, y = IRIS
    options = {**QUICK, "batch_size": 16}
    by_class = MLPClassifier(**options, class_weight={0: 2.0, 1: 5.0})
    by_row = MLPClassifier(**options)
    for rows in (slice(0, 150), slice(0, 100), slice(50, 150)):
        by_class.partial_fit(x[rows], y[rows], classes=[0, 1, 2])
        by_row.partial_fit(x[rows], y[rows], [0, 1, 2], np.array([2.0, 5.0, 1.0])[y[rows]])
    assert np.array_equal(by_class.predict_proba(x), by_row.predict_proba(x))
    with pytest.raises(ValueError, match=r"must name classes among \[0, 1, 2\], but got \[3\]"):
        by_class.set_params(class_weight={0: 2.0, 3: 5.0}).partial_fit(x[:50], y[:50])


def test_weights_by_class_hold_where_all_rows_of_a_class_weigh_nothing():
    x, y = IRIS
    unseen = MLPClassifier(**QUICK, class_weight={0: 2.0, 1: 5.0}).fit(x, y, y > 0)
    assert np.array_equal(
        unseen.predict_proba(x), MLPClassifier(**QUICK).fit(x, y, [0, 5, 1] @ (y == np.c_[:3])).predict_proba(x)
    )


@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_batches_of_one_row_cannot_be_normalised(kind):
    x, y = IRIS
    with pytest.raises(ValueError, match=r"but got batch_size=1; set batch_size=2, or batch_norm=False"):
        kind(**QUICK, batch_norm=True, batch_size=1).fit(x, y)
    model, first = kind(**QUICK, batch_norm=True), {"classes": [0, 1, 2]} if kind is MLPClassifier else {}
    for rows, weights in ((1, None), (2, [1.0, 0.0])):
        with pytest.raises(ValueError, match="but got 1 training row; give more rows, or batch_norm=False"):
            model.partial_fit(x[:rows], y[:rows], sample_weight=weights, **first)
    model.set_params(batch_size=2).partial_fit(x[:2], y[:2], **first)
    assert kind(**QUICK, batch_size=1).fit(x, y).n_iter_ == 5


@pytest.mark.slow
def test_predictions_of_any_number_of_rows_hold_little_memory():
    model, x = MLPClassifier((128, 128), max_iter=1, random_state=0).fit(*IRIS), np.zeros((256, 4))
    model.predict(x)
    tracemalloc.start()
    try:
        for rows in range(1, 257):
            model.predict(x[:rows])
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 3 * 256 * 2 * 128 * 8 * 2  # two stacks of outputs and activations, with room


def test_a_pickle_of_a_small_network_with_dropout_is_small():
    model = MLPClassifier(**QUICK, dropout=0.3).fit(*IRIS)
    assert len(pickle.dumps(model)) < 20_000
