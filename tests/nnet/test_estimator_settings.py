"""The parameters of an estimator describe a network and its training, by scikit-learn's names where it has them."""

from __future__ import annotations

from nnet.estimator import MLPClassifier
from nnet.estimator_settings import architecture_of, settings_of
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


def test_scikit_learns_words_are_understood():
    assert architecture_of(MLPClassifier(7, activation="logistic").get_params(), 4, 3).activation == "sigmoid"
    assert settings_of(MLPClassifier(solver="sgd").get_params(), "cross_entropy", 9).optimizer == "nesterov"
