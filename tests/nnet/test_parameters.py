"""The buffer of all parameters, of which the layers hold views."""

from __future__ import annotations

import numpy as np
import pytest

from nnet.parameters import Parameters

SIZES, F = (4, 3, 1, 2), 3
HIDDEN = (3, 1)
FOLDS = pytest.mark.parametrize("folds", [slice(0, 3), slice(1, 2), slice(1, 3)], ids=["all", "one", "some"])


@pytest.fixture(params=[False, True], ids=["biases", "batch norm"])
def parameters(request):
    made = Parameters(SIZES, request.param, F, np.dtype(np.float32))
    made.values[:] = np.arange(made.values.size).reshape(made.values.shape)
    made.gradients[:] = -made.values
    made.statistics[:] = 1000 + np.arange(made.statistics.size).reshape(made.statistics.shape)
    return made


def test_buffers_are_contiguous_and_of_the_dtype(parameters):
    norm = parameters.normalised[0]
    assert parameters.normalised == [norm, norm, False]
    others = 2 * sum(HIDDEN) + 2 if norm else sum(HIDDEN) + 2
    assert parameters.weight_columns == 4 * 3 + 3 * 1 + 1 * 2
    assert parameters.values.shape == parameters.gradients.shape == (F, parameters.weight_columns + others)
    assert parameters.statistics.shape == (F, 2 * sum(HIDDEN) if norm else 0)
    for buffer in (parameters.value_buffer, parameters.gradient_buffer, parameters.statistics):
        assert buffer.dtype == np.float32
        assert buffer.flags.c_contiguous
    for buffer, view in (
        (parameters.value_buffer, parameters.values),
        (parameters.gradient_buffer, parameters.gradients),
    ):
        assert np.shares_memory(buffer, view)
        assert all(row.ctypes.data % 64 == 0 for row in buffer)


@FOLDS
def test_the_views_of_all_layers_cover_every_column_once_weights_first(parameters, folds):
    count, layers = folds.stop - folds.start, range(len(SIZES) - 1)
    values, gradients, statistics = [], [], []
    for layer in layers:
        view, (inputs, outputs) = parameters.dense(layer, folds), parameters.shapes[layer]
        assert view.weights.shape == view.weight_gradients.shape == (count, inputs, outputs)
        values.append(view.weights)
        gradients.append(view.weight_gradients)
    for layer in layers:
        dense, outputs = parameters.dense(layer, folds), parameters.shapes[layer][1]
        if parameters.normalised[layer]:
            assert dense.bias is dense.bias_gradients is None
            norm = parameters.batch_norm(layer, folds)
            values += [norm.scale, norm.shift]
            gradients += [norm.scale_gradients, norm.shift_gradients]
            statistics += [norm.mean, norm.variance]
        else:
            values.append(dense.bias)
            gradients.append(dense.bias_gradients)
        assert values[-1].shape == gradients[-1].shape == (count, 1, outputs)
    for views, buffer in ((values, parameters.values), (gradients, parameters.gradients)):
        assert np.array_equal(np.hstack([view.reshape(count, -1) for view in views]), buffer[folds])
    if statistics:
        assert np.array_equal(np.hstack([s.reshape(count, -1) for s in statistics]), parameters.statistics[folds])


@FOLDS
@pytest.mark.parametrize("batch_norm", [False, True])
def test_the_factors_of_the_inputs_are_the_last_columns_and_start_at_1(batch_norm, folds):
    parameters = Parameters(SIZES, batch_norm, F, np.dtype(np.float32), input_scale=True)
    plain = Parameters(SIZES, batch_norm, F, np.dtype(np.float32))
    assert (parameters.input_scaled, plain.input_scaled) == (True, False)
    assert parameters.values.shape == (F, plain.values.shape[1] + 4)
    assert np.array_equal(parameters.values[:, :-4], plain.values)
    assert (parameters.values[:, -4:] == 1).all()
    assert parameters.weight_columns == plain.weight_columns
    parameters.gradients[:] = np.arange(parameters.gradients.size).reshape(parameters.gradients.shape)
    views = parameters.input_scale(folds)
    assert np.shares_memory(views.factors, parameters.value_buffer)
    assert np.array_equal(views.gradients[:, 0], parameters.gradients[folds, -4:])


def test_all_starts_at_zero_but_scales_and_variances():
    parameters = Parameters(SIZES, True, F, np.dtype(float))
    for layer in range(2):
        norm = parameters.batch_norm(layer, slice(0, F))
        assert (norm.scale == 1).all()
        assert (norm.variance == 1).all()
    assert parameters.values.sum() == parameters.statistics.sum() == F * sum(HIDDEN)
    assert not parameters.gradients.any()
    assert not Parameters(SIZES, False, F, np.dtype(float)).values.any()
