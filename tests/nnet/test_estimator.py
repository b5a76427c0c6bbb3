"""The estimators keep scikit-learn's contract, and train the network that their parameters describe."""

import copy
import pickle
import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_diabetes, load_iris
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.metrics import r2_score
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import nnet
from nnet.errors import SettingError
from nnet.estimator import MLPClassifier, MLPRegressor
from nnet.estimator_settings import FLAGS

IRIS = load_iris(return_X_y=True)
DIABETES = load_diabetes(return_X_y=True)
QUICK = {"hidden_layer_sizes": (8,), "max_iter": 5, "random_state": 0}

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def two_classes() -> tuple[np.ndarray, np.ndarray]:
    x, y = IRIS
    return x[y > 0], np.array(["versicolor", "virginica"])[y[y > 0] - 1]


@pytest.mark.filterwarnings("ignore:SCIPY_ARRAY_API")
@parametrize_with_checks(
    [
        MLPClassifier(),
        MLPRegressor((), loss="huber", solver="rmsprop", learning_rate_init=0.1, clip_norm=5.0, schedule="plateau"),
    ]
)
def test_scikit_learns_checks(estimator, check):
    check(estimator)


@pytest.mark.slow
def test_scikit_learn_is_imported_when_an_estimator_is_asked_for():
    code = (
        "import sys, nnet; print(dir(nnet).count('MLPRegressor'), 'sklearn' in sys.modules, "
        "nnet.MLPClassifier.__name__, 'sklearn' in sys.modules)"
    )
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert output.split() == ["1", "False", "MLPClassifier", "True"]
    assert nnet.MLPRegressor is MLPRegressor
    with pytest.raises(AttributeError):
        nnet.MLP  # noqa: B018


def test_iris():
    model = make_pipeline(StandardScaler(), MLPClassifier((16,), learning_rate_init=0.01, random_state=0))
    assert cross_val_score(model, *IRIS, cv=5).mean() > 0.93


@pytest.mark.parametrize("loss", ["mean_squared_error", "huber"])
def test_diabetes(loss):
    x, y = DIABETES
    network = MLPRegressor((16,), loss=loss, alpha=0.1, batch_size=32, max_iter=60, random_state=0)
    model = make_pipeline(StandardScaler(), network)
    assert cross_val_score(model, x, (y - y.mean()) / y.std(), cv=3).mean() > 0.4


def test_several_outputs():
    x, y = StandardScaler().fit_transform(IRIS[0]), IRIS[1]
    model = MLPRegressor((16,), learning_rate_init=0.01, random_state=0).fit(x, np.eye(3)[y])
    assert model.predict(x).shape == (150, 3)
    assert model.n_outputs_ == 3
    assert model.score(x, np.eye(3)[y]) > 0.5


def test_a_grid_search_of_a_pipeline():
    model = make_pipeline(StandardScaler(), MLPClassifier(**QUICK))
    grid = {"mlpclassifier__alpha": [0.0, 0.1], "mlpclassifier__max_iter": np.arange(1, 3)}
    search = GridSearchCV(model, grid, cv=2, error_score="raise").fit(*IRIS)
    assert search.best_params_.keys() == grid.keys()


def test_the_same_seed_gives_the_same_network_and_a_clone_is_blank():
    model = MLPClassifier(**QUICK, dropout=0.3, early_stopping=True).fit(*IRIS)
    other = clone(model)
    with pytest.raises(NotFittedError):
        other.predict(IRIS[0])
    assert np.array_equal(other.fit(*IRIS).predict_proba(IRIS[0]), model.predict_proba(IRIS[0]))
    other.set_params(random_state=1).fit(*IRIS)
    assert not np.array_equal(other.predict_proba(IRIS[0]), model.predict_proba(IRIS[0]))


@pytest.mark.parametrize("options", [{}, {"dropout": 0.2, "batch_norm": True}, {"solver": "sgd", "average_epochs": 3}])
def test_a_copy_predicts_the_same_and_goes_on_the_same(options):
    model = MLPClassifier(**QUICK, **options).fit(*IRIS)
    model.partial_fit(*IRIS)
    # joblib pickles estimators for its workers; what is unpickled here was pickled in the same line
    copies = [copy.deepcopy(model), pickle.loads(pickle.dumps(model))]
    for _ in range(3):
        for other in copies:
            assert np.array_equal(other.predict_proba(IRIS[0]), model.predict_proba(IRIS[0]))
            other.partial_fit(*IRIS)
        model.partial_fit(*IRIS)
    assert all(other.history_ == model.history_ for other in copies)


@pytest.mark.parametrize(
    "options", [{}, {"batch_norm": True, "dropout": 0.2}, {"average_epochs": 3}, {"solver": "sgd"}, {"noise": 0.1}]
)
def test_partial_fit_epoch_by_epoch_is_fit(options):
    options = {**QUICK, **options, "batch_size": 16, "schedule": "cosine"}
    whole, parts = MLPClassifier(**options).fit(*IRIS), MLPClassifier(**options)
    for _ in range(options["max_iter"]):
        parts.partial_fit(*IRIS, classes=[0, 1, 2])
    assert np.array_equal(parts.predict_proba(IRIS[0]), whole.predict_proba(IRIS[0]))
    assert (parts.n_iter_, parts.loss_curve_) == (whole.n_iter_, whole.loss_curve_)


def test_partial_fit_on_other_rows():
    x, y = IRIS
    model = MLPClassifier(**{**QUICK, "max_iter": 30}, learning_rate_init=0.03)
    for _ in range(30):
        for label in range(3):
            model.partial_fit(x[label::3], y[label::3], classes=[0, 1, 2])
    assert model.score(x, y) > 0.9
    assert model.n_iter_ == 90
    assert model.partial_fit(x[:1], y[:1]).predict(x).shape == (150,)


@pytest.mark.parametrize(
    ("options", "arguments", "message"),
    [
        ({}, {}, "classes must be passed"),
        ({}, {"classes": [0, 1]}, "labels of classes"),
        ({"early_stopping": True}, {"classes": [0, 1, 2]}, "early_stopping"),
        ({"class_weight": "balanced"}, {"classes": [0, 1, 2]}, "class_weight"),
    ],
)
def test_partial_fit_refuses(options, arguments, message):
    with pytest.raises(ValueError, match=message):
        MLPClassifier(**QUICK, **options).partial_fit(*IRIS, **arguments)


def test_partial_fit_refuses_other_classes_than_before():
    with pytest.raises(ValueError, match=r"classes must stay \[0 1 2\] over calls of partial_fit, but got \[0 1\]"):
        MLPClassifier(**QUICK).fit(*IRIS).partial_fit(*IRIS, classes=[0, 1])


@pytest.mark.parametrize(("kind", "average_epochs"), [(MLPClassifier, 3), (MLPRegressor, 1)])
def test_early_stopping_keeps_the_best_weights(kind, average_epochs):
    x, y = IRIS if kind is MLPClassifier else (DIABETES[0] * 20, DIABETES[1] / 80 - 2)
    options = {**QUICK, "max_iter": 80, "learning_rate_init": 0.1, "batch_size": 16, "batch_norm": True}
    model = kind(**options, early_stopping=True, validation_fraction=0.3, n_iter_no_change=5)
    model.set_params(average_epochs=average_epochs).fit(x, y)
    _, held_out = model._split(np.arange(len(x)), y, int(np.random.RandomState(0).randint(np.iinfo(np.int32).max)))
    assert model.score(x[held_out], y[held_out]) == pytest.approx(max(model.validation_scores_), abs=1e-12)
    assert model.best_validation_score_ == max(model.validation_scores_)
    assert model.n_iter_ == len(model.validation_scores_) == len(model.history_["validation_loss"]) < 80
    assert np.argmax(model.validation_scores_) < model.n_iter_ - 1


def test_training_stops_when_the_loss_does_not_improve_and_warns_when_it_does_not_stop():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = MLPClassifier(**{**QUICK, "max_iter": 500}, tol=100, n_iter_no_change=3).fit(*IRIS)
    assert model.n_iter_ == 1 + 3
    assert model.validation_scores_ is None
    assert model.best_validation_score_ is None
    with pytest.warns(ConvergenceWarning, match="5 epochs"):
        MLPClassifier(**QUICK).fit(*IRIS)


@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_rows_that_weigh_nothing_have_no_influence(kind):
    x, y = IRIS
    weights = (np.arange(150) % 3 > 0).astype(float)
    rubbish = np.where(weights[:, None] > 0, x, 1e6)
    for options in ({}, {"batch_size": 16, "batch_norm": True, "dropout": 0.1, "early_stopping": True}):
        weighted = kind(**QUICK, **options).fit(rubbish, y, sample_weight=7 * weights)
        without = kind(**QUICK, **options).fit(x[weights > 0], y[weights > 0])
        np.testing.assert_allclose(weighted.predict(x), without.predict(x), rtol=1e-9)
        np.testing.assert_allclose(weighted.loss_curve_, without.loss_curve_)


def test_weights_are_repetitions_in_a_full_batch():
    x, y = IRIS
    weights = np.random.default_rng(0).integers(0, 4, 150)
    weighted = MLPClassifier(**QUICK, batch_size=1000).fit(x, y, sample_weight=weights)
    repeated = MLPClassifier(**QUICK, batch_size=1000).fit(np.repeat(x, weights, axis=0), np.repeat(y, weights))
    np.testing.assert_allclose(weighted.predict_proba(x), repeated.predict_proba(x), rtol=1e-7)


def test_class_weights():
    x, y = IRIS
    by_class = MLPClassifier(**QUICK, class_weight={0: 1.0, 1: 5.0}).fit(x, y)
    by_row = MLPClassifier(**QUICK).fit(x, y, sample_weight=np.array([1.0, 5.0, 1.0])[y])
    assert np.array_equal(by_class.predict_proba(x), by_row.predict_proba(x))
    rare = MLPClassifier((), class_weight="balanced", max_iter=300, learning_rate_init=0.05, random_state=0)
    assert (rare.fit(x[45:], y[45:]).predict(x[:50]) == 0).all()
    unseen = MLPClassifier(**QUICK, class_weight="balanced").fit(x, y, sample_weight=(y > 0) * 1.0)
    assert np.array_equal(unseen.predict_proba(x), MLPClassifier(**QUICK).fit(x, y, y > 0).predict_proba(x))


@pytest.mark.parametrize(("labels", "dtype"), [(2, np.float32), (3, np.float64)])
def test_probabilities(labels, dtype):
    x, y = two_classes() if labels == 2 else IRIS
    x = x.astype(dtype)
    model = MLPClassifier(**{**QUICK, "max_iter": 50}, label_smoothing=0.1).fit(x, y)
    probabilities = model.predict_proba(x)
    assert probabilities.shape == (len(x), labels)
    assert probabilities.dtype == model.network_.dtype == model.coefs_[0].dtype == dtype
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(np.log(probabilities), model.predict_log_proba(x), rtol=1e-4, atol=1e-6)
    assert np.array_equal(model.classes_[probabilities.argmax(axis=1)], model.predict(x))
    assert (model.n_outputs_, model.out_activation_) == ((1, "logistic") if labels == 2 else (3, "softmax"))


@pytest.mark.parametrize("batch_norm", [False, True])
def test_coefs_and_intercepts_are_the_network(batch_norm):
    x, y = IRIS
    model = MLPRegressor((7, 5), activation="tanh", batch_norm=batch_norm, max_iter=5).fit(x, y)
    for layer, (weights, bias) in enumerate(zip(model.coefs_, model.intercepts_, strict=True)):
        x = x @ weights + bias
        x = np.tanh(x) if layer < 2 else x
    np.testing.assert_allclose(x[:, 0], model.predict(IRIS[0]))
    assert model.n_layers_ == 4


def test_histories():
    model = MLPClassifier(**QUICK, train_scores=True, early_stopping=True).fit(*IRIS)
    assert model.history_.keys() == {"loss", "score", "validation_loss", "validation_score"}
    assert all(len(curve) == model.n_iter_ == 5 for curve in model.history_.values())
    assert (model.loss_curve_, model.loss_) == (model.history_["loss"], model.history_["loss"][-1])


@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_sizes_and_activation_have_positions_and_others_names(kind):
    assert kind((16,), "tanh").get_params() == kind(hidden_layer_sizes=(16,), activation="tanh").get_params()
    with pytest.raises(TypeError, match="positional"):
        kind((16,), "tanh", 0.1)


@pytest.mark.parametrize("name", ["coefs_", "intercepts_"])
def test_a_model_that_is_not_fitted_says_so(name):
    with pytest.raises(NotFittedError, match="This MLPRegressor instance is not fitted yet"):
        getattr(MLPRegressor(), name)
    assert not hasattr(MLPRegressor(), name)


def test_feature_names():
    frame = load_iris(as_frame=True).data
    model = MLPClassifier(**QUICK).fit(frame, IRIS[1])
    assert list(model.feature_names_in_) == list(frame.columns)
    with pytest.raises(ValueError, match="feature names"):
        model.predict(frame[frame.columns[::-1]])


def test_threads_may_share_a_model():
    x = np.random.default_rng(0).normal(size=(2000, 4))
    model = MLPClassifier((64,), max_iter=2).fit(*IRIS)
    wanted = [model.predict_proba(x[start:]) for start in range(20)]
    with ThreadPoolExecutor(4) as pool:
        predicted = list(pool.map(lambda start: model.predict_proba(x[start:]), list(range(20)) * 3))
    assert all(np.array_equal(array, wanted[index % 20]) for index, array in enumerate(predicted))


WRONG = {
    "hidden_layer_sizes": [(0,), (2.5,), -1, "ab", (True,)],
    "activation": ["step"],
    "solver": ["lbfgs"],
    "alpha": [-1, "0", np.nan],
    "batch_size": [0, 1.5, "all"],
    "learning_rate": ["adaptive", "invscaling"],
    "learning_rate_init": [0, np.inf],
    "max_iter": [0, 2.0, True],
    "tol": [-1e-3],
    "n_iter_no_change": [0],
    "dropout": [1.0],
    "momentum": [1.5],
    "beta_2": [0.1, 1.0],
    "noise": [-0.1],
    "input_noise": [np.inf],
    "schedule": ["line"],
    "decay": [2],
    "decay_start": [1.0],
    "initializer": ["ones"],
    "label_smoothing": [1.0],
    **{name: ["False", None, 0.0] for name in [*FLAGS, "verbose"]},
}


def test_parameters_are_checked_when_they_are_used_and_named():
    for name, values in WRONG.items():
        for value in values:
            with pytest.raises(SettingError, match=name):
                MLPClassifier(**{**QUICK, name: value}).fit(*IRIS)
    with pytest.raises(SettingError, match=r"^`0 <= dropout < 1` must hold, but got dropout=-0\.1\.$"):
        MLPClassifier(dropout=-0.1).fit(*IRIS)


def test_truth_values_of_numpy_and_a_number_for_verbose_are_taken(capsys):
    model = MLPClassifier(**QUICK, **dict.fromkeys(FLAGS, np.False_), verbose=1).fit(*IRIS)
    assert "Iteration 5" in capsys.readouterr().out
    assert model.history_ == MLPClassifier(**QUICK, shuffle=False, nesterovs_momentum=False).fit(*IRIS).history_


def test_what_cannot_be_trained_on():
    x, y = IRIS
    with pytest.raises(ValueError, match="one class"):
        MLPClassifier().fit(x[:50], y[:50])
    with pytest.raises(ValueError, match="diverged in epoch"):
        MLPRegressor(**{**QUICK, "max_iter": 50}, solver="sgd", learning_rate_init=1e4).fit(x, y)
    with pytest.raises(ValueError, match="loss must be one of"):
        MLPRegressor(loss="cross_entropy").fit(x, y)
    with pytest.raises(
        ValueError, match=r"The validation set is too small: .* at least 2 rows, but validation_fraction=0\.1 of 10"
    ):
        MLPRegressor(early_stopping=True).fit(x[:10], y[:10])
    with pytest.raises(ValueError, match="`0 < validation_fraction < 1` must hold"):
        MLPRegressor(early_stopping=True, validation_fraction=1.0).fit(x, y)
    with pytest.raises(SettingError, match=r"`0 <= weight < inf` must hold, not all 0, .* but got 0\.0 to 0\.0"):
        MLPClassifier(class_weight={0: 0.0, 1: 0.0, 2: 0.0}).fit(x, y)


def test_a_failed_fit_leaves_the_model_as_it_was():
    x, y = IRIS
    model = MLPClassifier(**QUICK).fit(x, y)
    before = model.predict(x)
    with pytest.raises(ValueError, match="max_norm"):
        model.set_params(max_norm=-1).fit(x, np.where(y == 0, "a", "b"))
    assert np.array_equal(model.predict(x), before)


def test_r2_of_the_validation_is_that_of_scikit_learn():
    model = MLPRegressor()
    z, y, weights = np.random.default_rng(0).random((3, 20, 2))
    assert model._score_rows(z, y, weights[:, 0]) == r2_score(y, z, sample_weight=weights[:, 0])
    assert np.isnan(model._score_rows(z * np.nan, y, None))
