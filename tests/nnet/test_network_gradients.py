"""Gradients of the whole network against central differences, for three folds of different parameters at once."""

from __future__ import annotations

import numpy as np
import pytest

from nnet.activations import ACTIVATIONS
from nnet.losses import LOSSES
from nnet.network import Architecture, Mode, Network
from nnet.optimizers import SGD
from nnet.streams import RandomBits
from support.pairs import all_pairs, each_once

F, B, INPUTS = 3, 7, 4
DEPTHS = [(), (4,), (4, 3), (3, 2, 4)]
FOLDS = slice(0, F)
DELTA = 0.7


@pytest.fixture
def make(make_seeds):
    """Return make(loss, ...), which makes a network whose biases and normalisations are not at their start values."""

    def made(loss="cross_entropy", **options):
        outputs = 1 if loss == "binary_cross_entropy" else 3
        network = Network(Architecture(INPUTS, **{"hidden": (4,), "outputs": outputs} | options), make_seeds(F), float)
        parameters = network.parameters
        others = parameters.values[:, parameters.weight_columns :]
        others += np.random.default_rng(1).normal(0, 0.1, others.shape)
        return network

    return made


def example(loss="cross_entropy", outputs=3):
    rng = np.random.default_rng(2)
    y = rng.integers(0, max(outputs, 2), F * B) if LOSSES[loss].classifies else rng.normal(size=(F * B, outputs))
    targets = LOSSES[loss].encode(y, outputs, 0.1, np.dtype(float)).reshape(F, B, outputs)
    return rng.normal(size=(F, B, INPUTS)), targets


def example_weights():
    weights = np.random.default_rng(3).integers(1, 4, (F, B, 1)).astype(float)
    weights[:, 0] = weights[1, 4] = 0
    return weights


def mean_losses(network, x, targets, loss, weights=None):
    """Compute the (weighted) mean loss of each fold, (F,), by `Loss.rows`, which is another formula."""
    z = network.stack(FOLDS, x.shape[1], Mode.TRAINING).forward(x)
    rows = LOSSES[loss].rows(z.reshape(F * B, -1), targets.reshape(F * B, -1), DELTA).reshape(F, B)
    weights = np.ones((F, B)) if weights is None else weights[..., 0]
    return (rows * weights).sum(axis=1) / weights.sum(axis=1)


def gradients(network, x, targets, loss, weights=None):
    """Pass forward and backward, and return the gradients of each fold's mean loss, (F, P)."""
    stack = network.stack(FOLDS, x.shape[1], Mode.TRAINING)
    z = stack.forward(x)
    stack.backward(LOSSES[loss](z.shape, z.dtype, DELTA).step(z, targets, np.zeros(F), weights))
    return network.parameters.gradients.copy()


@pytest.mark.parametrize(
    ("activation", "loss", "hidden", "batch_norm"), all_pairs(ACTIVATIONS, LOSSES, DEPTHS, [False, True])
)
def test_for_every_activation_loss_and_depth(activation, loss, hidden, batch_norm, make, check_gradient):
    network = make(loss, hidden=hidden, activation=activation, batch_norm=batch_norm)
    x, targets = example(loss, network.architecture.outputs)
    gradient = gradients(network, x, targets, loss)
    # a kink within the step would be counted against the gradient: the step is small
    check_gradient(lambda: mean_losses(network, x, targets, loss), network.parameters.values, gradient, h=3e-6)


@pytest.mark.parametrize(("loss", "batch_norm"), each_once(LOSSES, [False, True]))
def test_with_weights_of_the_rows(loss, batch_norm, make, check_gradient):
    network = make(loss, hidden=(4, 3), activation="tanh", batch_norm=batch_norm)
    (x, targets), weights = example(loss, network.architecture.outputs), example_weights()
    gradient = gradients(network, x, targets, loss, weights)
    check_gradient(lambda: mean_losses(network, x, targets, loss, weights), network.parameters.values, gradient)


@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize(
    ("activation", "drops"),
    [
        ("tanh", {"dropout": 0.4}),
        ("relu", {"input_dropout": 0.4}),
        ("gelu", {"dropout": 0.3, "input_dropout": 0.3}),
        ("silu", {"dropout": 0.3, "input_dropout": 0.3}),
        ("tanh", {"noise": 0.5}),
        ("mish", {"noise": 0.3, "input_noise": 0.2, "dropout": 0.3, "input_dropout": 0.3}),
    ],
)
def test_with_the_masks_of_dropout_and_the_noise_held(activation, batch_norm, drops, make, check_gradient, monkeypatch):
    (x, targets), loss, held, take = example(), "cross_entropy", {}, RandomBits.take
    network = make(hidden=(6, 5), activation=activation, batch_norm=batch_norm, **drops)
    plain = mean_losses(network, x, targets, loss)
    assert (mean_losses(network, x, targets, loss) != plain).all()  # the masks change from step to step

    def hold(bits, count):  # no two layers of this network ask for equally many
        return held.setdefault((id(bits), count), take(bits, count).copy())

    monkeypatch.setattr(RandomBits, "take", hold)
    gradient = gradients(network, x, targets, loss)
    names = ("dropout", "noise", "input_dropout", "input_noise")
    assert len(held) == F * sum((2 if name in names[:2] else 1) * (name in drops) for name in names)
    check_gradient(lambda: mean_losses(network, x, targets, loss), network.parameters.values, gradient, h=3e-6)


@pytest.mark.parametrize(("l1", "l2", "batch_norm"), [(0.0, 0.3, True), (0.2, 0.0, True), (0.2, 0.3, False)])
def test_with_penalties_on_the_weights_alone(l1, l2, batch_norm, make, check_gradient):
    network, (x, targets) = make(hidden=(4, 3), activation="tanh", batch_norm=batch_norm), example()
    parameters, columns = network.parameters, network.parameters.weight_columns
    before = parameters.values.copy()
    gradients(network, x, targets, "cross_entropy")
    SGD(parameters, l2, momentum=0.0, l1=l1).step(FOLDS, [1.0] * F)  # the step is the gradient
    gradient = before - parameters.values
    parameters.values[:] = before

    def penalised():
        weights = parameters.values[:, :columns]
        penalties = l1 * np.abs(weights).sum(axis=1) + l2 / 2 * (weights**2).sum(axis=1)
        return mean_losses(network, x, targets, "cross_entropy") + penalties

    assert np.abs(before[:, :columns]).min() > 1e-4  # no weight's sign changes within the difference
    check_gradient(penalised, parameters.values, gradient)


@pytest.mark.parametrize(("hidden", "batch_norm"), [((), False), ((4, 3), False), ((4,), True)])
def test_with_a_trained_scale_of_the_inputs(hidden, batch_norm, make, check_gradient):
    network, (x, targets) = make(hidden=hidden, batch_norm=batch_norm, input_scale=True, activation="selu"), example()
    gradient = gradients(network, x, targets, "cross_entropy")
    assert gradient[:, -INPUTS:].all()  # of the factors
    check_gradient(lambda: mean_losses(network, x, targets, "cross_entropy"), network.parameters.values, gradient)


@pytest.mark.parametrize("batch_norm", [False, True])
def test_a_row_that_weighs_nothing_could_be_any_without_batch_norm(batch_norm, make):
    network, (x, targets), weights = make(batch_norm=batch_norm), example(), np.ones((F, B, 1))
    weights[:, 2] = 0
    before = gradients(network, x, targets, "cross_entropy", weights)
    x[:, 2] = 5
    assert np.allclose(gradients(network, x, targets, "cross_entropy", weights), before) != batch_norm


def test_statistics_mode_is_training_without_dropout(make):
    (x, _), options = example(), {"hidden": (6, 5), "batch_norm": True}
    network, plain = make(dropout=0.4, input_dropout=0.3, **options), make(**options)
    z = plain.stack(FOLDS, B, Mode.TRAINING).forward(x)
    assert np.array_equal(network.stack(FOLDS, B, Mode.STATISTICS).forward(x), z)
    assert np.array_equal(network.parameters.statistics, plain.parameters.statistics)
