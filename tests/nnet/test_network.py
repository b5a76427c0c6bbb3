"""The network's layers, initial weights, predictions in chunks and refusals."""

from __future__ import annotations

import re
from itertools import product

import numpy as np
import pytest

from nnet.activations import ACTIVATIONS, RECTIFIERS
from nnet.batch_norm import EPSILON, BatchNorm, FixedNorm
from nnet.dense import Dense
from nnet.dropout import Dropout
from nnet.errors import SettingError, ShapeError
from nnet.initializers import INITIALIZERS
from nnet.network import CHUNK, OTHER_ROWS, Architecture, Mode, Network
from nnet.stack import Stack

F, B = 3, 7


def example():
    return np.random.default_rng(0).normal(size=(F, B, 5))


def random_network(make_seeds, dtype=np.float64, **options):
    network = Network(Architecture(5, **{"hidden": (4,), "outputs": 3} | options), make_seeds(F), dtype)
    parameters, rng = network.parameters, np.random.default_rng(1)
    others = parameters.values[:, parameters.weight_columns :]
    others += rng.normal(0, 0.1, others.shape)
    parameters.statistics[:] = rng.uniform(0.5, 2, parameters.statistics.shape)
    return network


def names(stack):
    return [type(layer).__name__ for layer in stack.layers]


def test_layers_of_each_mode_in_their_order(make_seeds):
    options = {"hidden": (4, 6), "activation": "tanh", "dropout": 0.5, "input_dropout": 0.2, "batch_norm": True}
    network, folds = random_network(make_seeds, **options), slice(0, F)
    hidden = ["Dense", "BatchNorm", "Tanh", "Dropout"]
    assert names(network.stack(folds, B, Mode.TRAINING)) == ["Dropout", *hidden, *hidden, "Dense"]
    assert names(network.stack(folds, B, Mode.STATISTICS)) == [*hidden[:3], *hidden[:3], "Dense"]
    hidden[1] = "FixedNorm"
    assert names(network.stack(folds, B, Mode.PREDICTION)) == [*hidden[:3], *hidden[:3], "Dense"]


def test_inputs_are_scaled_before_the_first_dense_layer_in_every_mode(make_seeds):
    options = {"activation": "tanh", "input_scale": True, "input_noise": 0.2, "input_dropout": 0.1}
    network, x = random_network(make_seeds, **options), example()
    scaled = ["InputScale", "Dense", "Tanh", "Dense"]
    assert names(network.stack(slice(0, F), B, Mode.TRAINING)) == ["Noise", "Dropout", *scaled]
    for mode in (Mode.STATISTICS, Mode.PREDICTION):
        assert names(network.stack(slice(0, F), B, mode)) == scaled
    factors = network.parameters.input_scale(slice(0, F)).factors
    factors[...] = np.random.default_rng(3).normal(size=factors.shape)
    for fold in range(F):
        (first, bias), (last, end) = network.weights(fold)
        expected = np.tanh((x[fold] * factors[fold]) @ first + bias) @ last + end
        np.testing.assert_allclose(network.predict(x[fold], fold), expected, rtol=0, atol=1e-12)


def test_a_scale_of_the_inputs_starts_at_1_and_changes_no_weight(make_seeds):
    seeds, x = make_seeds(2), example()[0]
    plain, scaled = (Network(Architecture(5, (4,), 3, input_scale=asked), seeds) for asked in (False, True))
    assert (scaled.parameters.input_scale(slice(0, 2)).factors == 1).all()
    assert np.array_equal(scaled.parameters.values[:, :-5], plain.parameters.values)
    assert np.array_equal(scaled.predict(x), plain.predict(x))


@pytest.mark.parametrize("batch_norm", [False, True])
def test_noise_is_added_in_training_alone(batch_norm, make_seeds):
    options = {"hidden": (4, 6), "activation": "tanh", "noise": 0.1, "input_noise": 0.2, "input_dropout": 0.1}
    network = random_network(make_seeds, batch_norm=batch_norm, **options)
    before = {mode: network.stack(slice(0, F), B, mode) for mode in Mode}
    hidden = ["Dense", "BatchNorm" if batch_norm else "Noise", "Tanh"]
    assert names(before[Mode.TRAINING]) == ["Noise", "Dropout", *hidden, *hidden, "Dense"]
    assert all("Noise" not in names(before[mode]) for mode in (Mode.STATISTICS, Mode.PREDICTION))
    if batch_norm:
        noises = [[layer._noise for layer in before[mode].layers if isinstance(layer, BatchNorm)] for mode in Mode]
        assert [[noise is None for noise in of] for of in noises] == [[False] * 2, [True] * 2, []]


def test_layers_without_options_are_dense_and_activations_only(make_seeds):
    for activation, mode in product(ACTIVATIONS, Mode):
        layers = random_network(make_seeds, activation=activation).stack(slice(0, F), B, mode).layers
        assert [type(layer) for layer in layers] == [Dense, ACTIVATIONS[activation], Dense]


def test_no_layer_is_asked_for_the_gradient_of_the_data(make_seeds, monkeypatch):
    asked = []
    for layer in (Dense, Dropout, BatchNorm):
        original = layer.backward
        monkeypatch.setattr(
            layer, "backward", lambda self, dout, f=original: (asked.append(type(self).__name__), f(self, dout))[1]
        )
    network = random_network(make_seeds, dropout=0.5, input_dropout=0.2, batch_norm=True)
    stack = network.stack(slice(0, F), B, Mode.TRAINING)
    stack.backward(stack.forward(example()).copy())
    assert asked == ["Dense", "Dropout", "BatchNorm", "Dense"]
    assert [("_dx" in vars(stack.layers[index])) for index in (1, 5)] == [False, True]


def test_a_stack_is_made_once_for_its_folds_rows_and_mode(make_seeds):
    network = random_network(make_seeds)
    keys = [
        (folds, rows, mode) for folds in (slice(0, 1), slice(0, 2), slice(1, 2)) for rows in (3, 4) for mode in Mode
    ]
    stacks = [network.stack(*key) for key in keys]
    assert len({id(stack) for stack in stacks}) == len(keys)
    assert all(network.stack(*key) is stack for key, stack in zip(keys, stacks, strict=True))


def test_few_stacks_to_predict_with_are_kept_and_one_that_is_made_again_has_the_same_bits(make_seeds):
    network, x = random_network(make_seeds, dtype=np.float32), np.random.default_rng(0).normal(size=(CHUNK + 1, 5))
    whole, first = network.predict(x), network.predict(x[:7])
    chunk = network.stack(slice(0, 1), CHUNK, Mode.PREDICTION)
    for rows in range(1, CHUNK):
        network.predict(x[:rows])
        network.predict(x[:3])  # in use, so that it is not among the oldest
    [kept] = network._predicting.values()
    assert sorted(kept) == [3, CHUNK - 1, CHUNK]
    assert len(kept) == 1 + OTHER_ROWS
    assert kept[CHUNK] is chunk
    assert network._stacks == {}
    assert np.array_equal(network.predict(x[:7]), first)
    assert np.array_equal(network.predict(x), whole)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_stack_to_predict_with_has_no_buffer_of_the_backward_pass(activation, make_seeds):
    network = random_network(make_seeds, activation=activation, hidden=(4, 6), input_scale=True)
    backward = {"_ones", "_dx", "_positive"} | ({"_scratch"} if activation != "leaky_relu" else set())
    held = {}
    for mode in (Mode.PREDICTION, Mode.TRAINING):
        stack = network.stack(slice(0, F), B, mode)
        outputs = stack.forward(example())
        if mode is Mode.TRAINING:
            stack.backward(outputs.copy())
        held[mode] = {name for layer in stack.layers for name in vars(layer)}
    assert not held[Mode.PREDICTION] & backward
    assert held[Mode.TRAINING] >= {"_ones", "_dx"}


@pytest.mark.parametrize("activation", ["relu", "selu", "tanh"])
def test_initial_weights_have_each_layers_variance_and_biases_are_zero(activation, make_seeds):
    network = Network(Architecture(200, (150, 100), 50, activation), make_seeds(2))
    he = activation in RECTIFIERS
    variances = [2 / 200, 2 / 150, 2 / 150] if he else [2 / 350, 2 / 250, 2 / 150]  # the outputs are always glorot
    if activation == "selu":
        variances[:2] = 1 / 200, 1 / 150
    for fold in range(2):
        for (weights, bias), variance in zip(network.weights(fold), variances, strict=True):
            assert abs(weights.var() / variance - 1) < 5 * np.sqrt(2 / weights.size)
            assert abs(weights.mean()) < 5 * np.sqrt(variance / weights.size)
            assert not bias.any()


def test_a_folds_initial_weights_follow_from_its_seed_alone(make_seeds):
    for initializer in (*INITIALIZERS, "auto"):
        seeds, architecture = make_seeds(3), Architecture(5, (4,), 3, initializer=initializer)
        together = Network(architecture, seeds).parameters.values
        for fold, seed in enumerate(seeds):
            assert np.array_equal(Network(architecture, [seed]).parameters.values[0], together[fold])
        assert np.array_equal(together[0], together[1]) == (initializer == "zeros")


def test_initializer_is_the_one_asked_for(make_seeds):
    expected = {"zeros": 0, "normal": 1e-4, "glorot": 2 / 100, "he": 2 / 60, "lecun": 1 / 60, "orthogonal": 1 / 60}
    assert expected.keys() == INITIALIZERS.keys()
    for name, variance in expected.items():
        weights = Network(Architecture(60, (40,), 2, initializer=name), make_seeds(1)).weights(0)[0][0]
        assert abs(weights.var() - variance) <= 0.1 * variance


@pytest.mark.parametrize("batch_norm", [False, True])
def test_prediction_is_the_plain_formula_without_dropout(batch_norm, make_seeds):
    options = {"hidden": (4, 3), "activation": "tanh", "dropout": 0.5, "input_dropout": 0.5, "batch_norm": batch_norm}
    network, x = random_network(make_seeds, **options), example()
    for fold in range(F):
        network.stack(slice(fold, fold + 1), B, Mode.TRAINING).forward(x[fold : fold + 1].copy())  # a pass with dropout
        a = x[fold]
        for layer, (weights, bias) in enumerate(network.weights(fold)):
            a = a @ weights
            if bias is not None:
                a = a + bias
            if batch_norm and layer < 2:
                views = network.parameters.batch_norm(layer, slice(fold, fold + 1))
                normal = (a - views.mean[0]) / np.sqrt(views.variance[0] + EPSILON)
                a = normal * views.scale[0] + views.shift[0]
            if layer < 2:
                a = np.tanh(a)
        np.testing.assert_allclose(network.predict(x[fold], fold), a, rtol=1e-12, atol=1e-13)


def test_prediction_changes_neither_data_nor_network(make_seeds):
    network, x = random_network(make_seeds, batch_norm=True, activation="sigmoid"), example()[0]
    kept = x.copy(), network.parameters.values.copy(), network.parameters.statistics.copy()
    first = network.predict(x)
    assert np.array_equal(network.predict(x), first)
    for before, now in zip(kept, (x, network.parameters.values, network.parameters.statistics), strict=True):
        assert np.array_equal(before, now)
    assert isinstance(network.stack(slice(0, 1), B, Mode.PREDICTION).layers[1], FixedNorm)


@pytest.mark.parametrize(("dtype", "batch_norm"), [(np.float32, False), (np.float64, True)])
def test_prediction_does_not_depend_on_a_split_at_multiples_of_the_chunk(dtype, batch_norm, make_seeds):
    network = Network(Architecture(5, (16, 9), 3, batch_norm=batch_norm), make_seeds(1), dtype)
    x = np.random.default_rng(0).normal(size=(1000, 5))
    whole = network.predict(x)
    assert whole.dtype == dtype
    for cut in (256, 512, 768):
        assert np.array_equal(np.vstack([network.predict(x[:cut]), network.predict(x[cut:])]), whole)
    assert network.predict(x[:0]).shape == (0, 3)


def test_data_of_another_width_is_refused(make_seeds):
    for shape in [(4, 4), (4, 6), (5,), (1, 4, 5)]:
        with pytest.raises(ShapeError, match=r"x must have shape \(N, 5\), but got"):
            Network(Architecture(5, (), 3), make_seeds(1)).predict(np.zeros(shape))


def test_a_fold_that_is_none_is_refused(make_seeds):
    for fold in (-1, 2):
        with pytest.raises(ShapeError, match=f"`0 <= fold < 2` must hold, but got fold={fold}"):
            Network(Architecture(5, (), 3), make_seeds(2)).predict(np.zeros((1, 5)), fold)
        with pytest.raises(ShapeError, match=f"`0 <= fold < 2` must hold, but got fold={fold}"):
            Network(Architecture(5, (), 3), make_seeds(2)).weights(fold)


def test_a_range_beyond_the_folds_and_masked_inputs_are_refused(make_seeds):
    network, x = Network(Architecture(5, (4,), 3), make_seeds(2)), np.ones((3, 5))
    for folds in (0, slice(0, 3), slice(1, 1), slice(1, 0), slice(None), slice(-1, 2), slice(0, 2, 2)):
        for refused in (
            lambda folds: network.predict_folds(x, folds),
            lambda folds: network.stack(folds, 3, Mode.TRAINING),
        ):
            with pytest.raises(
                ShapeError, match=rf"folds must be within slice\(0, 2\), but got {re.escape(str(folds))}"
            ):
                refused(folds)
    with pytest.raises(ShapeError, match="x must have every value, but some are masked"):
        network.predict(np.ma.masked_equal(np.eye(5), 1))


def test_numbers_of_numpy_become_pythons():
    given = {"dropout": np.float32(0.5), "noise": np.int8(1), "batch_norm": np.True_}
    made = Architecture(np.int64(5), (np.int32(4),), np.uint8(3), **given)
    assert made == Architecture(5, (4,), 3, dropout=0.5, noise=1, batch_norm=True)
    values = [*made.sizes, made.dropout, made.noise, made.batch_norm]
    assert [type(value) for value in values] == [int, int, int, float, int, bool]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"inputs": 0}, r"every layer must have .*, but the sizes are \(0, 4, 3\)"),
        ({"hidden": (4, 0)}, r"every layer must have .*, but the sizes are \(5, 4, 0, 3\)"),
        ({"hidden": [4]}, r"hidden must be a tuple of layer sizes, but got \[4\]"),
        ({"outputs": 0}, "every layer must have"),
        ({"outputs": 2.0}, r"outputs must be an integer, but got 2\.0"),
        ({"hidden": (4, True)}, "each size in hidden must be an integer, but got True"),
        ({"dropout": "0.5"}, r"^dropout must be a number, but got '0\.5'\.$"),
        ({"batch_norm": 1}, "batch_norm must be True or False, but got 1"),
        ({"dropout": 1.0}, "`0 <= dropout < 1` must hold, but got dropout=1.0"),
        ({"dropout": float("nan")}, "dropout=nan"),
        ({"input_dropout": -0.1}, "`0 <= input_dropout < 1` must hold, but got input_dropout=-0.1"),
        ({"input_dropout": 1.0}, "input_dropout=1.0"),
        ({"input_scale": 1}, "input_scale must be True or False, but got 1"),
        ({"noise": -0.1}, "`0 <= noise < inf` must hold, but got noise=-0.1"),
        ({"noise": float("inf")}, "noise=inf"),
        ({"input_noise": float("nan")}, "`0 <= input_noise < inf` must hold, but got input_noise=nan"),
        ({"activation": "swish"}, r"activation must be one of .*'swish'"),
        ({"initializer": "xavier"}, r"initializer must be one of .*'xavier'"),
    ],
)
def test_impossible_architectures_are_refused(change, message):
    with pytest.raises(SettingError, match=message):
        Architecture(**{"inputs": 5, "hidden": (4,), "outputs": 3} | change)


def test_what_is_not_asked_for_is_off():
    architecture = Architecture(5, (4,), 3)
    assert (architecture.dropout, architecture.input_dropout, architecture.batch_norm) == (0, 0, False)
    assert (architecture.noise, architecture.input_noise, architecture.input_scale) == (0, 0, False)
    assert (architecture.activation, architecture.initializer) == ("relu", "auto")


@pytest.mark.parametrize(("outputs", "unit_major"), [(3, True), (32, True), (33, False)])
def test_few_outputs_are_laid_out_unit_by_unit_and_hidden_layers_never(outputs, unit_major, make_seeds):
    hidden, *_, last = random_network(make_seeds, outputs=outputs).stack(slice(0, F), B, Mode.TRAINING).layers
    x = example()
    a = hidden.forward(x)
    assert a.flags.c_contiguous
    assert last.forward(a).flags.c_contiguous != unit_major


def test_sizes_are_counted_without_a_network(make_seeds):
    for options in ({}, {"batch_norm": True}, {"input_scale": True}, {"hidden": ()}, {"hidden": (3, 8)}):
        spec = Architecture(**{"inputs": 7, "hidden": (5,), "outputs": 4} | options)
        network = Network(spec, make_seeds(1))
        assert spec.parameters == network.parameters.values.shape[1]
        assert spec.weights == network.parameters.weight_columns == sum(one.size for one, _ in network.weights(0))


@pytest.mark.parametrize("dtype", [int, np.float16, bool, complex])
def test_weights_are_of_float32_or_float64(dtype):
    with pytest.raises(SettingError, match=rf"^dtype must be float32 or float64, but got {np.dtype(dtype)}"):
        Network(Architecture(2, (3,), 1), [0], dtype)


@pytest.mark.parametrize(("rows", "said"), [(0, r"^`rows >= 1` must hold"), (4.0, "^rows must be an integer")])
def test_a_number_of_rows_that_is_none_is_refused(rows, said):
    network = Network(Architecture(2, (3,), 1), [0])
    for mode in Mode:
        with pytest.raises(SettingError, match=said):
            network.stack(slice(0, 1), rows, mode)


def test_a_mode_is_no_text_and_a_network_needs_an_architecture():
    network = Network(Architecture(2, (3,), 1, dropout=0.5), [0])
    with pytest.raises(SettingError, match=r"^mode must be of type Mode, but got str; write Mode"):
        network.stack(slice(0, 1), 4, "training")
    with pytest.raises(SettingError, match=r"^architecture must be of type Architecture, but got NoneType"):
        Network(None, [0])


def test_rows_to_predict_are_not_copied_for_each_fold(make_seeds, monkeypatch):
    network, given, forward = random_network(make_seeds), [], Stack.forward
    monkeypatch.setattr(Stack, "forward", lambda stack, x: given.append(x.shape) or forward(stack, x))
    together = network.predict_folds(example()[0], slice(0, F))
    assert given == [(1, *example()[0].shape)]
    for fold in range(F):
        assert np.array_equal(together[fold], network.predict(example()[0], fold))
