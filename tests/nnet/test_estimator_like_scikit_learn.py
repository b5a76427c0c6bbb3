"""A parameter that scikit-learn's estimators have does the same here, or differs as its description says."""

import inspect
import warnings

import numpy as np
import pytest
from scipy import sparse
from sklearn import neural_network as theirs
from sklearn.datasets import load_diabetes, load_iris
from sklearn.exceptions import ConvergenceWarning

from nnet.estimator import MLPClassifier, MLPRegressor
from nnet.estimator_base import SparseRows
from nnet.lockstep import Lockstep

IRIS = load_iris(return_X_y=True)
DIABETES = load_diabetes(return_X_y=True)
QUICK = {"hidden_layer_sizes": (8,), "max_iter": 5, "random_state": 0}

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_every_parameter_and_attribute_is_described_on_its_class(kind):
    described = inspect.getdoc(kind)
    assert all(f"{name}:" in described or f"{name}," in described or f"`{name}`" in described
               for name in inspect.signature(kind).parameters)  # fmt: skip
    learnt = {name for name in vars(kind(**QUICK).fit(*IRIS)) if name.endswith("_")} | {"coefs_", "intercepts_"}
    assert {name for name in learnt if name not in described} == set()
    assert "{" not in described
    assert "alpha=2a/B for a regressor" in described


def step_of_both(mine, other, x, y, **first):
    """Both take a step of plain gradient descent from the same weights; the weights of each after it."""
    other.partial_fit(x, y, **first)
    mine.partial_fit(x, y, **first)
    for layer, (weights, bias) in enumerate(zip(other.coefs_, other.intercepts_, strict=True)):
        views = mine.network_.parameters.dense(layer, slice(0, 1))
        views.weights[0], views.bias[0, 0] = weights, bias
    mine._state.values[...] = mine.network_.parameters.values
    other.partial_fit(x, y)
    mine.partial_fit(x, y)
    return mine.coefs_ + mine.intercepts_, other.coefs_ + other.intercepts_


@pytest.mark.parametrize("classes", [2, 3])
def test_a_classifiers_alpha_is_that_of_scikit_learn_divided_by_the_rows_of_the_batch(classes):
    x, y = IRIS[0][: 50 * classes], IRIS[1][: 50 * classes]
    same = {"hidden_layer_sizes": (6,), "solver": "sgd", "momentum": 0.0, "learning_rate_init": 0.1}
    same |= {"batch_size": len(x), "activation": "tanh", "random_state": 0}
    other = theirs.MLPClassifier(**same, alpha=30.0)
    here, there = step_of_both(MLPClassifier(**same, alpha=30.0 / len(x)), other, x, y, classes=range(classes))
    for ours, other_weights in zip(here, there, strict=True):
        np.testing.assert_allclose(ours, other_weights, rtol=1e-10)


def test_a_regressors_alpha_is_twice_that_as_its_loss_is_not_halved():
    x, y = DIABETES[0], DIABETES[1] / 100
    same = {"hidden_layer_sizes": (6,), "solver": "sgd", "momentum": 0.0, "batch_size": len(x), "random_state": 0}
    other = theirs.MLPRegressor(**same, alpha=30.0, learning_rate_init=0.02)
    mine = MLPRegressor(**same, alpha=2 * 30.0 / len(x), learning_rate_init=0.01)
    for ours, other_weights in zip(*step_of_both(mine, other, x, y), strict=True):
        np.testing.assert_allclose(ours, other_weights, rtol=1e-10)


def test_verbose_prints_the_lines_of_scikit_learn(capsys):
    model = MLPClassifier(**QUICK, verbose=True, early_stopping=True).fit(*IRIS)
    printed = capsys.readouterr().out.splitlines()
    losses, scores = model.loss_curve_, model.validation_scores_
    assert printed[::2] == [f"Iteration {epoch}, loss = {loss:.8f}" for epoch, loss in enumerate(losses, 1)]
    assert printed[1::2] == [f"Validation score: {score:f}" for score in scores]
    assert len(printed) == 10
    model.set_params(early_stopping=False).partial_fit(*IRIS)
    assert capsys.readouterr().out == f"Iteration 6, loss = {model.loss_:.8f}\n"
    MLPClassifier(**QUICK).fit(*IRIS)
    assert capsys.readouterr().out == ""


def test_warm_start_begins_with_the_weights_of_the_last_fit():
    x, y = IRIS
    cold, warm = (MLPClassifier(**QUICK, batch_size=150, warm_start=warm).fit(x, y) for warm in (False, True))
    before = warm.coefs_
    first = warm.loss_curve_[:]
    warm.set_params(max_iter=1, learning_rate_init=1e-12).fit(x, y)
    for weights, earlier in zip(warm.coefs_, before, strict=True):
        np.testing.assert_allclose(weights, earlier, rtol=1e-9)
    assert (warm.n_iter_, len(warm.loss_curve_), warm.loss_curve_[:5]) == (1, 6, first)
    assert warm.loss_curve_[5] < first[4]
    assert warm.best_loss_ == min(warm.loss_curve_)
    again = cold.loss_curve_
    assert cold.fit(x, y).loss_curve_ == again


def test_warm_start_keeps_the_weights_it_began_with_where_none_score_better():
    model = MLPClassifier((16,), learning_rate_init=0.05, max_iter=60, random_state=0, early_stopping=True)
    model.set_params(warm_start=True).fit(*IRIS)
    before, score = model.predict_proba(IRIS[0]), model.best_validation_score_
    model.set_params(learning_rate_init=5.0, solver="sgd", max_iter=3).fit(*IRIS)
    assert max(model.validation_scores_[-3:]) < score == model.best_validation_score_
    assert np.array_equal(model.predict_proba(IRIS[0]), before)


def test_warm_start_refuses_another_network_and_leaves_the_one_there_is():
    x, y = IRIS
    model = MLPClassifier(**QUICK, warm_start=True).fit(x, y)
    before = model.predict_proba(x)
    with pytest.raises(
        ValueError, match=r"same classes as in the previous call to fit. Previously got \[0 1 2\], `y` has \[0 1\]"
    ):
        model.fit(x[:100], y[:100])
    with pytest.raises(ValueError, match="X has 3 features, but MLPClassifier is expecting 4 features as input"):
        model.fit(x[:, :3], y)
    with pytest.raises(
        ValueError, match=r"layers of the last fit, \(4, 8, 3\) with batch_norm=False, but got \(4, 9, 3\)"
    ):
        model.set_params(hidden_layer_sizes=(9,)).fit(x, y)
    with pytest.raises(ValueError, match=r"but got \(4, 8, 3\) with batch_norm=True; set warm_start=False"):
        model.set_params(hidden_layer_sizes=(8,), batch_norm=True).fit(x, y)
    assert np.array_equal(model.predict_proba(x), before)
    assert model.set_params(warm_start=False).fit(x, y).n_iter_ == 5


def test_partial_fit_goes_on_after_a_warm_start():
    model = MLPRegressor(**QUICK, warm_start=True).fit(*IRIS).fit(*IRIS)
    assert (model.n_iter_, len(model.loss_curve_)) == (5, 10)
    model.partial_fit(*IRIS)
    assert (model.n_iter_, len(model.loss_curve_)) == (6, 11)


def test_without_shuffling_rows_are_taken_in_their_order():
    x, y = IRIS
    rows = np.random.default_rng(0).permutation(150)
    one, other = (MLPClassifier(**QUICK, batch_size=150, shuffle=shuffle).fit(x, y) for shuffle in (False, True))
    np.testing.assert_allclose(one.coefs_[0], other.coefs_[0], rtol=1e-9)  # a whole batch has no order
    model = MLPClassifier(**{**QUICK, "max_iter": 1}, batch_size=10, shuffle=False)
    plain, moved = (model.fit(x[order], y[order]).coefs_[0] for order in (np.arange(150), rows))
    assert not np.allclose(plain, moved)
    assert np.array_equal(plain, model.set_params(random_state=0).fit(x, y).coefs_[0])
    shuffled = MLPClassifier(**{**QUICK, "max_iter": 1}, batch_size=10)
    assert not np.allclose(shuffled.fit(x, y).coefs_[0], plain)


def test_partial_fit_may_stop_and_begin_to_shuffle():
    model = MLPClassifier(**QUICK, batch_size=10, shuffle=False)
    other = MLPClassifier(**QUICK, batch_size=10)
    for shuffle in (False, True):
        model.set_params(shuffle=shuffle).partial_fit(*IRIS, classes=[0, 1, 2])
        other.set_params(shuffle=True).partial_fit(*IRIS, classes=[0, 1, 2])
    assert not np.array_equal(model.coefs_[0], other.coefs_[0])


@pytest.mark.parametrize("container", [sparse.csr_array, sparse.csc_matrix, sparse.coo_array])
@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_a_sparse_matrix_gives_the_bits_of_its_array(kind, container):
    chance = np.random.default_rng(0)
    x = chance.normal(size=(600, 7)) * (chance.uniform(size=(600, 7)) < 0.3)
    y, weights = (x.sum(axis=1) > 0).astype(int), chance.uniform(0, 1, 600)
    options = {**QUICK, "batch_size": 32, "early_stopping": True, "dropout": 0.1, "train_scores": True}
    dense = kind(**options).fit(x, y, sample_weight=weights)
    thin = kind(**options).fit(container(x), y, sample_weight=weights)
    assert thin.history_ == dense.history_
    for rows in (x, x[:1], x[:257]):
        assert np.array_equal(thin.predict(container(rows)), dense.predict(rows))
        assert np.array_equal(thin.predict(rows), dense.predict(rows))


def test_a_sparse_matrix_never_stands_in_full(monkeypatch):
    asked = []
    whole = SparseRows.take
    monkeypatch.setattr(
        SparseRows, "take", lambda self, rows, *a, **k: asked.append(len(rows)) or whole(self, rows, *a, **k)
    )
    x = sparse.random_array((5000, 2000), density=0.001, rng=np.random.default_rng(0), format="csr")
    model = MLPClassifier((2,), max_iter=1, random_state=0).fit(x, np.arange(5000) % 2)
    assert sum(asked) == 5000
    assert max(asked) == 200
    assert model.predict_proba(x).shape == (5000, 2)


@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_a_fit_that_is_interrupted_leaves_the_names_of_the_columns(kind, monkeypatch):
    pandas = pytest.importorskip("pandas")
    x, y = pandas.DataFrame(IRIS[0], columns=list("abcd")), IRIS[1]
    model = kind(**QUICK).fit(x, y)
    before = model.predict(x)

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Lockstep, "train_epoch", interrupted)
    with pytest.raises(KeyboardInterrupt):
        model.fit(x[list("dcba")], y)
    with pytest.raises(ValueError, match="same order"):
        model.predict(x[list("dcba")])
    assert np.array_equal(model.predict(x), before)


def test_a_frame_without_names_or_with_others_is_told_in_scikit_learns_words():
    frame = load_iris(as_frame=True).data
    model = MLPClassifier(**QUICK).fit(frame, IRIS[1])
    assert model.n_features_in_ == 4
    with pytest.warns(UserWarning, match="X does not have valid feature names, but MLPClassifier was fitted with"):
        model.predict(IRIS[0])
    with pytest.raises(ValueError, match="Feature names unseen at fit time"):
        model.predict(frame.rename(columns={"sepal length (cm)": "length"}))
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.set_params(early_stopping=True).fit(frame, IRIS[1]).score(frame, IRIS[1])
