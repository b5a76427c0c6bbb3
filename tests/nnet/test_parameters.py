"""One buffer for all parameters, of which the layers hold views."""

from __future__ import annotations

import numpy as np
import pytest

from nnet.parameters import Parameters

SIZES = (4, 3, 1, 2)


@pytest.fixture
def parameters():
    made = Parameters(SIZES, folds=3, dtype=np.dtype(np.float32))
    made.values[:] = np.arange(made.values.size).reshape(made.values.shape)
    made.gradients[:] = -made.values
    return made


def test_buffers_are_contiguous_and_of_the_dtype(parameters):
    columns = 4 * 3 + 3 * 1 + 1 * 2 + 3 + 1 + 2
    for buffer in (parameters.values, parameters.gradients):
        assert buffer.shape == (3, columns)
        assert buffer.dtype == np.float32
        assert buffer.flags.c_contiguous
    assert parameters.weight_columns == columns - (3 + 1 + 2)


@pytest.mark.parametrize("folds", [slice(0, 3), slice(1, 2), slice(1, 3)])
def test_the_views_of_all_layers_cover_every_column_once_weights_first(parameters, folds):
    views = [parameters.dense(layer, folds) for layer in range(len(SIZES) - 1)]
    count = folds.stop - folds.start
    for view, (inputs, outputs) in zip(views, parameters.shapes, strict=True):
        assert view.weights.shape == view.weight_gradients.shape == (count, inputs, outputs)
        assert view.bias.shape == view.bias_gradients.shape == (count, 1, outputs)
    values = [v.weights.reshape(count, -1) for v in views] + [v.bias.reshape(count, -1) for v in views]
    gradients = [v.weight_gradients.reshape(count, -1) for v in views]
    gradients += [v.bias_gradients.reshape(count, -1) for v in views]
    assert np.array_equal(np.hstack(values), parameters.values[folds])
    assert np.array_equal(np.hstack(gradients), parameters.gradients[folds])


def test_views_write_through_to_their_folds_only(parameters):
    before = parameters.values.copy()
    view = parameters.dense(0, slice(1, 2))
    view.weights[...] = 99
    view.bias[...] = 77
    assert (parameters.values[1] == 99).sum() == 12
    assert (parameters.values[1] == 77).sum() == 3
    assert np.array_equal(parameters.values[[0, 2]], before[[0, 2]])
    assert np.array_equal(parameters.gradients, -before)
