"""The parameters of an estimator describe a network and its training, by scikit-learn's names where it has them."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.model_selection import train_test_split

from nnet.errors import SettingError
from nnet.estimator import MLPClassifier, MLPRegressor
from nnet.estimator_settings import architecture_of, check_same_layers, check_split, settings_of
from nnet.network import Architecture
from nnet.settings import TrainingSettings


def test_parameters_left_out_are_the_defaults_of_the_estimator():
    parameters = MLPClassifier().get_params()
    assert architecture_of(parameters, 4, 3) == Architecture(4, (100,), 3, initializer="glorot")
    expected = TrainingSettings(epochs=200, batch_size=150, patience=0)
    assert settings_of(parameters, "cross_entropy", 150) == expected


def test_each_parameter_becomes_its_setting():
    network = {"activation": "mish", "dropout": 0.1, "input_dropout": 0.2, "batch_norm": True}
    network |= {"noise": 0.3, "input_noise": 0.4, "initializer": "lecun"}
    ours = MLPClassifier((5, 4), **network).get_params()
    assert architecture_of(ours, 4, 3) == Architecture(4, (5, 4), 3, **network)
    training = {"decay": 0.2, "decay_start": 0.5, "warm_up": 0.1, "l1": 0.01, "max_norm": 2.0, "clip_norm": 3.0}
    training |= {"schedule": "linear", "label_smoothing": 0.1, "momentum": 0.8}
    ours = MLPClassifier(**training, beta_2=0.95, alpha=0.02, learning_rate_init=0.1, solver="adamw").get_params()
    expected = TrainingSettings(
        epochs=200, batch_size=50, l2=0.02, beta2=0.95, learning_rate=0.1, optimizer="adamw", patience=0, **training
    )
    assert settings_of(ours, "cross_entropy", 50) == expected


def test_no_few_rows_are_left_over_to_be_normalised_by_themselves():
    for batch_norm, batch_size in ((False, 64), (True, 65)):
        parameters = MLPClassifier(batch_size=64, batch_norm=batch_norm).get_params()
        assert settings_of(parameters, "cross_entropy", 514).batch_size == batch_size


def test_scikit_learns_words_are_understood():
    assert architecture_of(MLPClassifier(7, activation="logistic").get_params(), 4, 3).activation == "sigmoid"
    assert settings_of(MLPClassifier(solver="sgd").get_params(), "cross_entropy", 9).optimizer == "nesterov"


@pytest.mark.parametrize("sizes", [50.0, None, (50, 2.5), "ab", np.array(5.0), np.array([[1, 2], [3, 4]])], ids=str)
def test_hidden_layer_sizes_that_are_no_integers_are_refused_in_one_line(sizes):
    with pytest.raises(
        SettingError, match=r"^hidden_layer_sizes must be .*, such as 50 or \(50, 20\), but got .*\.$"
    ) as error:
        architecture_of({**MLPClassifier().get_params(), "hidden_layer_sizes": sizes}, 4, 3)
    assert "\n" not in str(error.value)


def test_hidden_layer_sizes_may_be_a_number_a_sequence_or_an_array():
    for sizes in (5, np.int64(5), (5,), [5], np.array([5]), range(5, 6)):
        assert architecture_of(MLPClassifier(sizes).get_params(), 4, 3).hidden == (5,)


@pytest.mark.parametrize(
    ("fraction", "labels", "message"),
    [
        (
            0.1,
            [0, 1, 1, 0],
            r"^The validation set is too small: it needs at least 2 rows, as there are 2 classes, but "
            r"validation_fraction=0\.1 of 4 rows gives it 1; increase validation_fraction, or give more rows\.$",
        ),
        (0.1, [0, 1, 2] * 4, "^The validation set is too small: it needs at least 3 rows, as there are 3 classes"),
        (0.9, [0, 1, 2] * 4, "^The training set is too small: .* 3 rows, as there are 3 .* gives it 1; decrease"),
        (0.5, [0] * 9 + [1], r"^early_stopping=True needs at least 2 rows of every class, but one has a single row;"),
        (0.9, None, "^The training set is too small: it needs at least 1 row, but"),
        (0.0, None, r"^`0 < validation_fraction < 1` must hold, but got validation_fraction=0\.0"),
        (float("nan"), None, "validation_fraction=nan"),
        ("a", None, r"^validation_fraction must be a number, but got 'a'\.$"),
    ],
)
def test_rows_are_set_aside_where_enough_are_left_on_both_sides(fraction, labels, message):
    with pytest.raises(SettingError, match=message):
        check_split(fraction, 5 if labels is None else len(labels), None if labels is None else np.array(labels))
    model = MLPClassifier if labels else MLPRegressor
    y = labels or np.arange(5.0)
    with pytest.raises(SettingError, match=message):
        model(early_stopping=True, validation_fraction=fraction).fit(np.zeros((len(y), 2)), y)
    for rows in range(2, 12):  # what passes can be divided
        for share in (0.1, 0.3, 0.5, 0.8):
            try:
                check_split(share, 2 * rows, np.arange(2 * rows) % 2)
            except SettingError:
                continue
            train_test_split(np.arange(2 * rows), test_size=share, stratify=np.arange(2 * rows) % 2)


def test_other_layers_than_before_are_refused():
    before = Architecture(4, (5,), 3)
    with pytest.raises(
        SettingError,
        match=r"^partial_fit needs the layers of the last fit, \(4, 5, 3\) with batch_norm=False, but got \(4, 6, 3\) "
        r"with batch_norm=False; set hidden_layer_sizes=\(5,\) and batch_norm=False, or call fit with warm_start=False",
    ):
        check_same_layers(Architecture(4, (6,), 3), before, "partial_fit")
    with pytest.raises(
        SettingError, match=r"^warm_start needs .* with batch_norm=True; set warm_start=False for a new"
    ):
        check_same_layers(Architecture(4, (5,), 3, batch_norm=True), before, "warm_start")
    check_same_layers(Architecture(4, (5,), 3, "tanh", dropout=0.1, noise=0.2), before, "partial_fit")
    check_same_layers(Architecture(4, (), 3, batch_norm=True), Architecture(4, (), 3), "partial_fit")  # the same
