"""The max-norm constraint shortens columns that are too long, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from nnet.max_norm import MaxNorm
from nnet.parameters import Parameters

SIZES, F = (5, 4, 3), 3


def make_parameters(batch_norm=False, dtype=np.float64):
    parameters = Parameters(SIZES, batch_norm, F, np.dtype(dtype))
    parameters.values[:] = np.random.default_rng(0).normal(0, 1, parameters.values.shape)
    return parameters


def matrices(parameters):
    return [parameters.dense(layer, slice(0, F)).weights for layer in range(len(SIZES) - 1)]


@pytest.mark.parametrize(
    ("limit", "dtype"), [(0.1, np.float64), (2.0, np.float32), (2.0, np.float64), (100.0, np.float64)]
)
def test_columns_keep_their_direction_and_get_at_most_the_limit(dtype, limit):
    parameters = make_parameters(dtype=dtype)
    before = [weights.astype(np.float64) for weights in matrices(parameters)]
    MaxNorm(parameters, limit).apply(slice(0, F))
    for weights, old in zip(matrices(parameters), before, strict=True):
        lengths = np.linalg.norm(old, axis=1, keepdims=True)  # of the weights into each unit
        expected = old * np.minimum(1, limit / lengths)
        np.testing.assert_allclose(weights, expected, rtol=10 * np.finfo(dtype).eps)
        short = np.broadcast_to(lengths < limit, old.shape)
        assert np.array_equal(weights[short], old[short])
    if limit == 2.0:
        lengths = [np.linalg.norm(old, axis=1) for old in before]
        assert all((length < limit).any() and (length > limit).any() for length in lengths)


def test_biases_and_normalisations_are_left_alone():
    for batch_norm in (False, True):
        parameters = make_parameters(batch_norm)
        others, statistics = parameters.values[:, parameters.weight_columns :], parameters.statistics.copy()
        others *= 100
        before = others.copy()
        MaxNorm(parameters, 0.1).apply(slice(0, F))
        assert np.array_equal(others, before)
        assert np.array_equal(parameters.statistics, statistics)


def test_other_folds_are_left_alone():
    parameters, all_at_once = make_parameters(), make_parameters()
    before, constraint = parameters.values.copy(), MaxNorm(parameters, 0.5)
    MaxNorm(all_at_once, 0.5).apply(slice(0, F))
    constraint.apply(slice(1, 2))
    assert np.array_equal(parameters.values[[0, 2]], before[[0, 2]])
    constraint.apply(slice(0, 1))
    constraint.apply(slice(2, 3))
    assert np.array_equal(parameters.values, all_at_once.values)


def test_a_unit_without_weights_stays_and_nan_is_not_hidden():
    parameters = make_parameters()
    first = matrices(parameters)[0]
    first[0, :, 1], first[1, 2, 3] = 0, np.nan
    MaxNorm(parameters, 0.5).apply(slice(0, F))
    assert not first[0, :, 1].any()
    assert np.isnan(first[1, :, 3]).all()
    assert np.isnan(parameters.values).sum() == SIZES[0]


def test_columns_whose_squares_overflow_keep_their_direction():
    parameters = make_parameters(dtype=np.float32)
    before = [weights.astype(np.float64) for weights in matrices(parameters)]
    parameters.values *= 1e25
    with np.errstate(over="ignore"):
        MaxNorm(parameters, 2.0).apply(slice(0, F))
    for weights, old in zip(matrices(parameters), before, strict=True):
        np.testing.assert_allclose(weights, 2 * old / np.linalg.norm(old, axis=1, keepdims=True), rtol=1e-5)


def test_squares_that_overflow_in_one_fold_change_no_bit_of_the_others():
    start = np.random.default_rng(0).normal(size=(F, 100 * 50))
    after = []
    for size in (1, 1e25):
        parameters = Parameters((100, 50), False, F, np.dtype(np.float32))
        parameters.dense(0, slice(0, F)).weights[...] = start.reshape(F, 100, 50)
        parameters.values[1] *= np.float32(size)
        with np.errstate(over="ignore"):
            MaxNorm(parameters, 2.0).apply(slice(0, F))
        after.append(parameters.values[[0, 2]])
    assert np.array_equal(*after)
