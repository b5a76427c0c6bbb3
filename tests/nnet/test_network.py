"""The whole network: gradients, initial weights, predictions in chunks."""

from __future__ import annotations

import numpy as np
import pytest

from nnet.activations import ACTIVATIONS
from nnet.errors import SettingError, ShapeError
from nnet.losses import SoftmaxCrossEntropy
from nnet.metrics import log_likelihood
from nnet.network import Architecture, Network
from nnet.optimizers import SGD

F, B = 3, 7
DEPTHS = [(), (4,), (4, 3), (4, 3, 5)]


def example():
    rng = np.random.default_rng(0)
    return rng.normal(size=(F, B, 5)), rng.integers(0, 3, (F, B))


def gradients(network, x, labels):
    """One pass forward and backward; (F, P) gradients of each fold's mean loss."""
    rows = x.shape[1]
    stack = network.stack(slice(0, F), rows, training=True)
    loss = SoftmaxCrossEntropy(F, rows, network.architecture.outputs, network.dtype)
    stack.backward(loss.step(stack.forward(x), np.eye(3)[labels], np.zeros(F)))
    return network.parameters.gradients.copy()


def mean_loss(network, x, labels):
    """The sum over the folds of their mean losses, by the other road: prediction and the metric."""
    return -sum(log_likelihood(network.predict(x[fold], fold), labels[fold]).mean() for fold in range(F))


def random_network(make_seeds, hidden=(4,), activation="relu", dropout=0.0):
    network = Network(Architecture(5, hidden, 3, activation, dropout=dropout), make_seeds(F), np.float64)
    columns = network.parameters.weight_columns  # biases away from the zero at which they start
    network.parameters.values[:, columns:] = np.random.default_rng(1).normal(
        0, 0.1, network.parameters.values[:, columns:].shape
    )
    return network


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("hidden", DEPTHS, ids=len)
def test_gradient_matches_central_differences(activation, hidden, make_seeds, check_gradient):
    network, (x, labels) = random_network(make_seeds, hidden, activation), example()
    check_gradient(lambda: mean_loss(network, x, labels), network.parameters.values, gradients(network, x, labels))


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradient_with_the_l2_penalty_matches_central_differences(activation, make_seeds, check_gradient):
    network, (x, labels), l2 = random_network(make_seeds, (4, 3), activation), example(), 0.3
    parameters, columns = network.parameters, network.parameters.weight_columns
    before = parameters.values.copy()
    gradients(network, x, labels)
    SGD(parameters, l2, momentum=0.0).step(slice(0, F), learning_rate=1.0)  # the step is the gradient
    gradient = before - parameters.values
    parameters.values[:] = before

    def penalised():
        return mean_loss(network, x, labels) + l2 / 2 * float((parameters.values[:, :columns] ** 2).sum())

    check_gradient(penalised, parameters.values, gradient)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradient_with_dropout_matches_central_differences(activation, make_seeds, check_gradient):
    x, labels = example()

    def fresh(values=None):
        network = random_network(make_seeds, (6, 5), activation, dropout=0.4)  # the same first masks
        if values is not None:
            network.parameters.values[:] = values
        return network

    values = fresh().parameters.values.copy()

    def loss():
        network, total = fresh(values), np.zeros(F)
        logits = network.stack(slice(0, F), B, training=True).forward(x)
        SoftmaxCrossEntropy(F, B, 3, network.dtype).step(logits, np.eye(3)[labels], total)
        return float(total.sum()) / B

    check_gradient(loss, values, gradients(fresh(), x, labels))


@pytest.mark.parametrize("hidden", DEPTHS, ids=len)
def test_batch_gradient_is_the_mean_of_the_rows_gradients(hidden, make_seeds):
    network, (x, labels) = random_network(make_seeds, hidden, "tanh"), example()
    rows = [gradients(network, x[:, row : row + 1], labels[:, row : row + 1]) for row in range(B)]
    np.testing.assert_allclose(gradients(network, x, labels), np.mean(rows, axis=0), rtol=0, atol=1e-14)


def test_initial_weights_have_each_layers_variance_and_biases_are_zero(make_seeds):
    network = Network(Architecture(200, (150, 100), 50), make_seeds(2))
    for fold in range(2):
        layers = network.weights(fold)
        for (weights, bias), variance in zip(layers, [2 / 200, 2 / 150, 2 / 150], strict=True):  # he, he, glorot
            assert abs(weights.var() / variance - 1) < 5 * np.sqrt(2 / weights.size)
            assert abs(weights.mean()) < 5 * np.sqrt(variance / weights.size)
            assert not bias.any()


def test_a_folds_initial_weights_follow_from_its_seed_alone(make_seeds):
    seeds, architecture = make_seeds(3), Architecture(5, (4,), 3)
    together = Network(architecture, seeds).parameters.values
    for fold, seed in enumerate(seeds):
        assert np.array_equal(Network(architecture, [seed]).parameters.values[0], together[fold])
    assert not np.array_equal(together[0], together[1])


def test_initializer_is_the_one_asked_for(make_seeds):
    he, glorot = (
        Network(Architecture(300, (200,), 2, initializer=name), make_seeds(1)).weights(0)[0][0].var()
        for name in ("he", "glorot")
    )
    assert abs(he - 2 / 300) < 3e-4
    assert abs(glorot - 2 / 500) < 3e-4


def test_prediction_is_the_plain_formula_without_dropout(make_seeds):
    network, (x, _) = random_network(make_seeds, (4, 3), "tanh", dropout=0.5), example()
    for fold in range(F):
        network.stack(slice(fold, fold + 1), B, training=True).forward(x[fold : fold + 1])  # one with dropout
        a = x[fold]
        for layer, (weights, bias) in enumerate(network.weights(fold)):
            a = a @ weights + bias if layer == 2 else np.tanh(a @ weights + bias)
        np.testing.assert_allclose(network.predict(x[fold], fold), a, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_prediction_does_not_depend_on_a_split_at_multiples_of_the_chunk(dtype, make_seeds):
    network = Network(Architecture(5, (16, 9), 3), make_seeds(1), dtype)
    x = np.random.default_rng(0).normal(size=(1000, 5))
    whole = network.predict(x)
    assert whole.dtype == dtype
    for cut in (256, 512, 768):
        assert np.array_equal(np.vstack([network.predict(x[:cut]), network.predict(x[cut:])]), whole)
    assert network.predict(x[:0]).shape == (0, 3)


@pytest.mark.parametrize("shape", [(4, 4), (4, 6), (5,), (1, 4, 5)])
def test_data_of_another_width_is_refused(shape, make_seeds):
    with pytest.raises(ShapeError, match=r"x must have shape \(N, 5\), but got"):
        Network(Architecture(5, (), 3), make_seeds(1)).predict(np.zeros(shape))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"inputs": 0}, r"at least one unit, but the sizes are \(0, 4, 3\)"),
        ({"hidden": (4, 0)}, r"at least one unit, but the sizes are \(5, 4, 0, 3\)"),
        ({"outputs": 0}, "at least one unit"),
        ({"dropout": 1.0}, "`0 <= dropout < 1` must hold, but got dropout=1.0"),
        ({"dropout": float("nan")}, "dropout=nan"),
        ({"activation": "gelu"}, "activation must be one of .*'gelu'"),
        ({"initializer": "zeros"}, "initializer must be one of .*'zeros'"),
    ],
)
def test_impossible_architectures_are_refused(change, message):
    with pytest.raises(SettingError, match=message):
        Architecture(**{"inputs": 5, "hidden": (4,), "outputs": 3} | change)
