"""Each loss against its definition and central differences; weights, smoothing, and logits that overflow."""

from __future__ import annotations

import re
from itertools import product

import numpy as np
import pandas as pd
import pytest
import scipy.special

from nnet.errors import SettingError, ShapeError
from nnet.losses import LOSSES, loss_of

F, B = 3, 6
DTYPES = [np.float32, np.float64]
DELTA = 0.7


def softmax_cross_entropy(z, t):
    return -(t * scipy.special.log_softmax(z, axis=-1)).sum(axis=-1)


def binary_cross_entropy(z, t):
    return -(t * scipy.special.log_expit(z) + (1 - t) * scipy.special.log_expit(-z)).sum(axis=-1)


REFERENCES = {
    "binary_cross_entropy": binary_cross_entropy,
    "cross_entropy": softmax_cross_entropy,
    "huber": lambda z, t: scipy.special.huber(DELTA, z - t).sum(axis=-1),
    "mean_absolute_error": lambda z, t: np.abs(z - t).sum(axis=-1),
    "mean_squared_error": lambda z, t: ((z - t) ** 2).sum(axis=-1),
}
UNITS = {
    "binary_cross_entropy": [1],
    "cross_entropy": [1, 2, 5, 40],
    "huber": [1, 4],
    "mean_absolute_error": [1, 4],
    "mean_squared_error": [1, 4],
}
CASES = [(name, units) for name in LOSSES for units in UNITS[name]]


def example(name, units, dtype=np.float64, smoothing=0.1, seed=0, scale=2.0):
    """Make outputs and targets (F, B, units), with errors on both sides of delta."""
    rng = np.random.default_rng(seed)
    if LOSSES[name].classifies:
        y = rng.integers(0, max(units, 2) if name == "binary_cross_entropy" else units, F * B)
    else:
        y = rng.normal(size=(F * B, units))
    targets = LOSSES[name].encode(y, units, smoothing, np.dtype(dtype)).reshape(F, B, units)
    return rng.normal(0, scale, (F, B, units)).astype(dtype), targets


def example_weights(dtype=np.float64):
    weights = np.random.default_rng(5).integers(1, 5, (F, B, 1)).astype(dtype)
    weights[:, 1] = weights[1, 3] = 0
    return weights


def step(name, z, targets, weights=None, total=None, delta=DELTA):
    total = np.zeros(len(z), z.dtype) if total is None else total
    return total, LOSSES[name](z.shape, z.dtype, delta).step(z.copy(), targets, total, weights)


@pytest.mark.parametrize(("name", "units"), CASES)
def test_total_is_the_weighted_sum_of_the_definition(name, units):
    for dtype, weighted in product(DTYPES, [False, True]):
        z, targets = example(name, units, dtype)
        weights = example_weights(dtype) if weighted else None
        expected = REFERENCES[name](z.astype(np.float64), targets.astype(np.float64))
        expected = (expected * (weights[..., 0] if weighted else 1)).sum(axis=1)
        total, gradient = step(name, z, targets, weights)
        np.testing.assert_allclose(total, expected, rtol=60 * np.finfo(dtype).eps)
        assert gradient.dtype == dtype
        again, _ = step(name, z, targets, weights, np.array([1, 2, 3], dtype))
        np.testing.assert_allclose(again, total + np.array([1, 2, 3]), rtol=4 * np.finfo(dtype).eps)


@pytest.mark.parametrize(("name", "units"), [case for case in CASES if case != ("cross_entropy", 1)])
@pytest.mark.parametrize(("smoothing", "weighted"), [(0.0, True), (0.2, False)])
def test_gradient_of_each_folds_mean_matches_central_differences(name, units, smoothing, weighted, check_gradient):
    z, targets = example(name, units, smoothing=smoothing, seed=1)
    weights = example_weights() if weighted else np.ones((F, B, 1))
    if name == "huber":
        errors = np.abs(z - targets)
        assert (errors < DELTA).any()
        assert (errors > DELTA).any()
        assert np.abs(errors - DELTA).min() > 1e-4  # the difference does not step across

    def mean():
        return step(name, z, targets, weights if weighted else None)[0] / weights.sum(axis=(1, 2))

    check_gradient(mean, z, step(name, z, targets, weights if weighted else None)[1])


def test_a_batch_that_weighs_nothing_changes_nothing():
    for name, units in CASES:
        total, gradient = step(name, *example(name, units), np.zeros((F, B, 1)))
        assert not total.any()
        assert not gradient.any()


@pytest.mark.parametrize(("name", "units"), CASES)
def test_rows_are_the_definition_in_float64(name, units):
    z, targets = example(name, units, np.float32, smoothing=0.0, scale=5)
    before = z.copy()
    losses = LOSSES[name].rows(z[0], targets[0], DELTA)
    assert losses.dtype == np.float64
    expected = REFERENCES[name](z[0].astype(np.float64), targets[0].astype(np.float64))
    np.testing.assert_allclose(losses, expected, rtol=1e-13, atol=1e-14)
    assert np.array_equal(z, before)


def test_the_gradient_is_the_outputs_buffer():
    for name, units in CASES:
        z, targets = example(name, units)
        assert LOSSES[name](z.shape, z.dtype).step(z, targets, np.zeros(F)) is z


@pytest.mark.parametrize("name", ["cross_entropy", "binary_cross_entropy"])
def test_extreme_logits_stay_finite_and_right(name):
    units = 1 if name == "binary_cross_entropy" else 3
    for dtype, scale in product(DTYPES, [1e4, -1e4, 100]):
        z = np.zeros((1, 3, units), dtype)
        z[0, :, 0] = scale, -scale, scale
        targets = LOSSES[name].encode(np.array([0, 1, 1]), units, 0.0, np.dtype(dtype))[None]
        expected = REFERENCES[name](z.astype(np.float64), targets.astype(np.float64))
        total, gradient = step(name, z, targets)
        np.testing.assert_allclose(total, expected.sum(axis=1), rtol=1e-6)
        np.testing.assert_allclose(LOSSES[name].rows(z[0], targets[0]), expected[0], rtol=1e-6, atol=1e-40)
        assert np.isfinite(gradient).all()


@pytest.mark.parametrize("name", LOSSES)
def test_a_confident_right_answer_costs_nothing_and_nan_is_not_hidden(name):
    units = UNITS[name][-1]
    targets = LOSSES[name].encode(
        np.zeros(2, int) if LOSSES[name].classifies else np.zeros((2, units)), units, 0, float
    )
    z = np.where(targets == 1, 800.0, -800.0) if LOSSES[name].classifies else targets.copy()
    assert not step(name, z[None], targets[None])[0].any()
    assert not LOSSES[name].rows(z, targets).any()
    z[0, 0] = np.nan
    with np.errstate(invalid="ignore"):
        total, gradient = step(name, z[:, None], targets[:, None])
        losses = LOSSES[name].rows(z, targets)
    assert np.isnan(total).tolist() == np.isnan(losses).tolist() == [True, False]
    assert np.isnan(gradient[0]).any()


@pytest.mark.parametrize(("smoothing", "dtype"), [(0.0, np.float64), (0.3, np.float32)])
def test_smoothing_spreads_its_share_over_all_classes(smoothing, dtype):
    labels = np.array([2, 0, 1, 1], np.int8)
    many = LOSSES["cross_entropy"].encode(labels, 3, smoothing, np.dtype(dtype))
    expected = (1 - smoothing) * np.eye(3)[labels] + smoothing / 3
    np.testing.assert_allclose(many, expected, rtol=4 * np.finfo(dtype).eps)
    two = LOSSES["binary_cross_entropy"].encode(labels % 2, 1, smoothing, np.dtype(dtype))
    np.testing.assert_allclose(two[:, 0], (1 - smoothing) * (labels % 2) + smoothing / 2, rtol=4 * np.finfo(dtype).eps)
    assert many.dtype == two.dtype == dtype


def test_units_of_the_last_layer():
    for name, loss in LOSSES.items():
        assert loss.outputs(2) == (1 if name == "binary_cross_entropy" else 2)
    assert LOSSES["cross_entropy"].outputs(3) == 3
    with pytest.raises(SettingError, match="for two classes, but there are 3"):
        LOSSES["binary_cross_entropy"].outputs(3)
    with pytest.raises(ShapeError, match="takes one output, but the network has 3"):
        LOSSES["binary_cross_entropy"].encode(np.arange(2), 3, 0.0, np.dtype(float))


@pytest.mark.parametrize("y", [[0, 9], [-1, 0], [[1], [0]], [[1, 0], [0, 1]], [1.0, 0.0], ["b", "a"], [True, False]])
def test_targets_that_are_no_labels_are_refused_and_what_is_said_makes_them_labels(y):
    y = np.array(y)
    for loss in (LOSSES["binary_cross_entropy"], LOSSES["cross_entropy"]):
        with pytest.raises(ShapeError, match=r"labels must lie in|class indices") as error:
            loss.encode(y, loss.outputs(2), 0.0, np.dtype(float))
        [said] = re.findall(r"; give (np\.\S+(?: \S+[])])?)", str(error.value).rstrip("."))
        frame = pd.DataFrame(y) if y.ndim == 2 else pd.Series(y)
        labels, same = (eval(said.removesuffix(","), {"np": np, "y": given}) for given in (y, frame))
        assert np.array_equal(labels, same)
        assert loss.encode(labels, loss.outputs(2), 0.0, np.dtype(float)).shape == (2, loss.outputs(2))


@pytest.mark.parametrize("name", [name for name in LOSSES if not LOSSES[name].classifies])
def test_numbers_become_a_column_for_each_output(name):
    assert LOSSES[name].encode(np.arange(4), 1, 0.0, np.dtype(np.float32)).tolist() == [[0], [1], [2], [3]]
    assert LOSSES[name].encode(np.ones((4, 2)), 2, 0.0, np.dtype(np.float32)).shape == (4, 2)
    assert LOSSES[name].encode(np.array([2, 0]), 3, 0.0, np.dtype(np.float32)).tolist() == [[0, 0, 1], [1, 0, 0]]
    with pytest.raises(ShapeError, match="y must have 3 columns, one for each output, but got 2"):
        LOSSES[name].encode(np.ones((4, 2)), 3, 0.0, np.dtype(float))
    with pytest.raises(ShapeError, match="y must hold numbers, but its type is <U1"):
        LOSSES[name].encode(np.array(["a"]), 1, 0.0, np.dtype(float))


def test_the_type_may_be_named_as_numpy_does():
    for name, loss in LOSSES.items():
        outputs = 1 if name == "binary_cross_entropy" else 3
        z, targets = np.random.default_rng(0).random((2, 1, 4, outputs))
        gradients = [
            loss((1, 4, outputs), dtype).step(z.copy(), targets, np.zeros(1)) for dtype in (float, np.dtype(float))
        ]
        assert np.array_equal(*gradients), name


def test_loss_is_found_by_name_or_refused():
    assert all(loss_of(name) is LOSSES[name] for name in LOSSES)
    with pytest.raises(SettingError, match=r"loss must be one of .*, but got 'hinge'"):
        loss_of("hinge")
